"""A census that is killed again and again has the answers, certificates and results of one that was left alone, byte for byte."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from braid_census import answers as answers, braids as braids, question as question

from certifield.runners import census as runner
from certifield.studies import census

KILLS = 8
SLOW = {"pause": "0.05", "count": "40"}


def stored(directory: Path) -> int:
    return len(list((directory / "answers").rglob("*.json")))


def test_kills_of_workers_and_coordinators(braids, answers, coordinate, wait_for) -> None:
    """kill -9 at random moments; every second coordinator answers by itself, the others have two workers."""
    chance = random.Random(2026)
    directory, undisturbed = braids("disturbed", **SLOW), braids("undisturbed", **SLOW)
    kills = 0
    run = coordinate(directory, 0)
    while kills < KILLS:
        before = stored(directory)
        wait_for(lambda run=run, before=before: stored(directory) > before or run.process.poll() is not None)
        time.sleep(chance.uniform(0.0, 0.1))
        if run.process.poll() is not None:  # done before the kills were used up: undo some of it
            for path in chance.sample(sorted((directory / "answers").rglob("*.json")), 30):
                path.unlink()
        elif run.workers() and chance.random() < 0.5:
            os.kill(chance.choice(run.workers()), signal.SIGKILL)
            kills += 1
            continue
        else:
            run.process.kill()
            run.process.wait()
            kills += 1
        run = coordinate(directory, 2 if kills % 4 == 1 else 0)
    assert run.ended() == (0, "")
    runner.run(undisturbed, workers=0)
    assert answers(directory) == answers(undisturbed)
    assert not list(directory.rglob("*.tmp")) and not list(directory.rglob("*.damaged-*"))


RIBBON = """
title = "Ribbon discs of 51 knots"
seed = 1
census = "ribbon-census"
[items]
crossings = [6, 8, 9, 10, 11]
[budget]
rounds = [12, 3000]
"""


@pytest.mark.knots
def test_kills_of_a_census_of_ribbon_discs(answers, coordinate, wait_for, tmp_path) -> None:
    """The shipped task, with few bands at first so that there are two rounds; every kill comes after some new answers."""
    pytest.importorskip("numba")
    (tmp_path / "study.toml").write_text(RIBBON)
    directories = [tmp_path / name for name in ("disturbed", "undisturbed")]
    for directory in directories:
        census.create(tmp_path / "study.toml", directory)
    for workers in (0, 2, 0):
        run, before = coordinate(directories[0], workers), stored(directories[0])
        wait_for(lambda run=run, before=before: stored(directories[0]) > before + 5 or run.process.poll() is not None)
        run.process.kill()
        run.process.wait()
    assert 15 < stored(directories[0]) < 51 + 51
    assert coordinate(directories[0], 2).ended() == (0, "")
    runner.run(directories[1], workers=0)
    assert answers(directories[0]) == answers(directories[1])
    counts = census.answers(directories[1]).counts
    assert counts["certified"] == 51 and len(list((directories[0] / "certificates").iterdir())) == 51


def test_two_coordinators_of_one_directory(braids, answers, coordinate) -> None:
    directory, undisturbed = braids("shared", **SLOW), braids("alone", **SLOW)
    both = [coordinate(directory, 0) for _ in range(2)]
    assert [run.ended() for run in both] == [(0, "")] * 2
    runner.run(undisturbed, workers=0)
    assert answers(directory) == answers(undisturbed)


def test_ctrl_c_ends_in_good_order(braids, answers, coordinate, wait_for) -> None:
    directory, undisturbed = braids("interrupted", **SLOW), braids("undisturbed", **SLOW)
    run = coordinate(directory, 0)
    wait_for(lambda: stored(directory) > 2)
    os.killpg(run.process.pid, signal.SIGINT)
    status, errors = run.ended()
    assert status == 3
    assert errors == f"Interrupted after answers to {stored(directory)} of 40 items, which are all kept. Run the study again to continue.\n"
    runner.run(directory, workers=0)
    runner.run(undisturbed, workers=0)
    assert answers(directory) == answers(undisturbed)


def test_a_cluster_ends_a_run_as_ctrl_c_does(braids, wait_for) -> None:
    """SIGTERM: exit code 3, what is stored is kept, and the message says how to go on."""
    directory = braids("terminated", **SLOW)
    command = [sys.executable, "-m", "certifield", "resume", str(directory), "--workers", "0"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    wait_for(lambda: stored(directory) > 2)
    process.terminate()
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 3 and f"To continue: certifield resume {directory}" in errors
    assert 2 < stored(directory) < 40
