"""A study that is killed at random moments and resumed: what it leaves behind, beside that of an undisturbed run."""

import os
import random
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from four_kinds import contents, digits, pieces

from certifield import engine


def made(folder: Path, name: str, options: str) -> Path:
    """The directory of the study ``name`` with ``options`` as TOML writes them; its quick setting without."""
    folder.mkdir()
    (folder / "study.toml").write_text(f'study = "{name}"\nseed = 1\n[options]\n{options}')
    engine.create(folder / "study.toml" if options else engine.ask(name, quick=True), folder / "run")
    return folder / "run"


# A thread of the process itself looks for the next piece, since some studies are through before another process would have looked.
PROGRAM = """
import os, signal, sys, threading, time
sys.path[:0] = [{support!r}]
from pathlib import Path
from four_kinds import pieces
from certifield import engine

folder, before = Path({folder!r}), len(pieces(Path({folder!r})))

def wait_and_kill():
    while len(pieces(folder)) == before:
        time.sleep(0.001)
    end = time.monotonic() + {wait!r}
    while time.monotonic() < end and len(pieces(folder)) < {last!r}:
        time.sleep(0.001)
    os.kill(os.getpid(), signal.SIGKILL)

threading.Thread(target=wait_and_kill, daemon=True).start()
engine.run(folder, workers=0)
"""


def begun_and_killed(folder: Path, seed: str, last: int, *, times: int = 3, latest: float = 1.5) -> int:
    """How often a process that runs the study was killed by signal 9: at most ``latest`` seconds after its next piece.

    It is killed sooner where ``last`` pieces are there, all but one: some studies would be through, on a fast machine.
    """
    rng, killed = random.Random(seed), 0
    for _ in range(times):
        program = PROGRAM.format(support=str(Path(__file__).parent), folder=str(folder), wait=rng.uniform(0, latest), last=last)
        process = subprocess.Popen([sys.executable, "-c", program], env={**os.environ, "OMP_NUM_THREADS": "1"}, start_new_session=True)
        process.wait()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # what it had started
        killed += process.returncode == -signal.SIGKILL
    return killed


def assert_the_same_bytes(folder: Path, name: str, options: str, monkeypatch) -> None:
    """Of a run in one go and of one that was killed at least once and then resumed.

    What is kept between runs, such as trained learners, lies in two folders, so that all is made anew on either side.
    """
    alone, killed = (made(folder / part, name, options) for part in ("alone", "killed"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache of the other"))
    engine.run(alone, workers=0)
    whole = contents(alone)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache of the killed"))
    assert begun_and_killed(killed, name, len(pieces(alone)) - 1) >= 1 and pieces(killed)
    engine.run(killed, workers=0)
    assert contents(killed) == whole and digits(killed) == digits(alone)
