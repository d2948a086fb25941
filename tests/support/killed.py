"""A study that is killed at random moments and resumed: what it leaves behind, beside that of an undisturbed run."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from four_kinds import contents, digits, pieces

from certifield import engine


def made(folder: Path, name: str, options: str) -> Path:
    """The directory of the study ``name`` with ``options`` as TOML writes them; its quick setting without."""
    folder.mkdir()
    (folder / "study.toml").write_text(f'study = "{name}"\nseed = 1\n[options]\n{options}')
    engine.create(folder / "study.toml" if options else engine.ask(name, quick=True), folder / "run")
    return folder / "run"


def begun_and_killed(folder: Path, seed: str, *, times: int, latest: float) -> int:
    """How often a process that runs the study was killed by signal 9, at most ``latest`` seconds after its next piece."""
    rng, killed = random.Random(seed), 0
    program = f"from certifield import engine; engine.run({str(folder)!r}, workers=0)"
    for _ in range(times):
        before = len(pieces(folder))
        process = subprocess.Popen([sys.executable, "-c", program], env={**os.environ, "OMP_NUM_THREADS": "1"}, start_new_session=True)
        while process.poll() is None and len(pieces(folder)) == before:
            time.sleep(0.02)
        time.sleep(rng.uniform(0, latest))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        killed += process.returncode == -signal.SIGKILL
    return killed


def assert_the_same_bytes(folder: Path, name: str, options: str, monkeypatch, *, times: int = 3, latest: float = 1.5) -> None:
    """Of a run in one go and of one that was killed at least once and then resumed.

    What is kept between runs, such as trained learners, lies in two folders, so that all is made anew on either side.
    """
    alone, killed = (made(folder / part, name, options) for part in ("alone", "killed"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache of the killed"))
    assert begun_and_killed(killed, name, times=times, latest=latest) >= 1 and pieces(killed)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache of the other"))
    engine.run(alone, workers=0)
    whole = contents(alone)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache of the killed"))
    engine.run(killed, workers=0)
    assert contents(killed) == whole and digits(killed) == digits(alone)
