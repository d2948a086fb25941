"""The array script of a cluster, run by bash as SLURM would run it, with a scontrol that only writes down what it is told."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from four_kinds import contents, created, left_alone, pieces

from certifield import engine
from certifield.evidence import InputError


def start(script: Path, task: int, **variables: str) -> subprocess.Popen[str]:
    fake = script.parent / "bin"
    fake.mkdir(exist_ok=True)
    (fake / "scontrol").write_text(f'#!/bin/sh\necho "$@" >> {fake}/told\n')
    (fake / "scontrol").chmod(0o755)
    array = {"SLURM_ARRAY_JOB_ID": "7", "SLURM_ARRAY_TASK_ID": str(task), "PATH": f"{fake}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.Popen(
        ["bash", str(script)],
        env={**os.environ, **array, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_the_tasks_share_the_work_and_give_the_digits_of_one_process(tmp_path: Path) -> None:
    directory = created("primes", tmp_path / "run")
    script = engine.slurm_script(directory, tasks=2, setup=("export MARK=here", "module() { :; }; module load python"))
    tasks = [start(script, task) for task in range(2)]
    for task in tasks:
        told, _ = task.communicate(timeout=120)
        assert task.returncode == 0, told
    assert contents(directory) == contents(left_alone("primes", tmp_path / "alone"))
    assert not (script.parent / "bin" / "told").exists(), "what is done does not go back into the queue"


def test_a_task_near_its_limit_stops_in_order_and_goes_back_into_the_queue(tmp_path: Path) -> None:
    """The signal comes to the shell alone; the next task with the same number does the rest."""
    directory = created("primes", tmp_path / "run", count=200)
    script = engine.slurm_script(directory, tasks=1)
    task = start(script, 0, PAUSE="0.05")
    deadline = time.monotonic() + 90
    while len(pieces(directory)) < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    task.send_signal(signal.SIGTERM)
    told, _ = task.communicate(timeout=60)
    assert task.returncode == 3 and "To continue: certifield resume" in told
    assert (script.parent / "bin" / "told").read_text() == "requeue 7_0\n"
    assert 3 <= len(pieces(directory)) < 200
    again = start(script, 0)
    again.communicate(timeout=120)
    assert again.returncode == 0
    assert contents(directory) == contents(left_alone("primes", tmp_path / "alone", count=200))


def test_an_error_does_not_go_back_into_the_queue(tmp_path: Path) -> None:
    directory = created("primes", tmp_path / "run")
    script = engine.slurm_script(directory)
    (directory / "study.json").write_text("{")
    task = start(script, 0)
    task.communicate(timeout=60)
    assert task.returncode == 2 and not (script.parent / "bin" / "told").exists()


def test_what_the_script_asks_for(tmp_path: Path) -> None:
    directory = created("primes", tmp_path / "run")
    text = engine.slurm_script(directory, tasks=8, time="1-00", partition="short", memory="2G", processes=4, notice=300).read_text()
    for line in ("--array=0-7", "--time=1-00", "--partition=short", "--mem=2G", "--cpus-per-task=4", "--signal=B:TERM@300", "--requeue"):
        assert f"\n#SBATCH {line}\n" in text
    assert "partition" not in engine.slurm_script(directory).read_text() and (directory / "slurm").is_dir()


@pytest.mark.parametrize(
    "wrong", [{"tasks": 0}, {"tasks": True}, {"time": "soon"}, {"partition": "a b"}, {"memory": "$(rm)"}, {"notice": -1}, {"processes": 0}]
)
def test_what_sbatch_would_not_take_is_refused(wrong: dict, tmp_path: Path) -> None:
    (name,) = wrong
    with pytest.raises(InputError, match=f"{name} = .*try"):
        engine.slurm_script(created("primes", tmp_path / "run"), **wrong)


def test_a_path_that_sbatch_would_take_apart(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a path without blanks"):
        engine.slurm_script(created("primes", tmp_path / "my run"))
