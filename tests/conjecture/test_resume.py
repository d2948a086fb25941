"""The studies of plumbing and of conjectures, killed at random moments and resumed: the same bytes as those of an undisturbed run."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from four_kinds import contents, digits, pieces

pytest.importorskip("numba")

from certifield import engine

QUESTIONS = {
    "plumbing-pairs": "moves = [5]\nbatches = 2\ncount = 5\n",
    "plumbing-networks": 'networks = ["GCN+GCN"]\nmixes = ["published"]\npairs = 64\nsteps = 3\ntested = 10\nmoves = [5, 6]\n',
    "plumbing-moves": 'players = ["random-walk", "greedy", "exact", "a2c", "dqn"]\ndepths = [2, 3]\ncount = 4\ncap = 6\ntraining = 512\n',
    "line-bundle-regions": 'spaces = ["P1xP3", "F1", "F2"]\ntetra = 1\nsteps = 200\n',
    "graph-bounds": "orders = [10, 18]\nattempts = 2\n[budget]\nrounds = [400, 20000]\n",
    "planted-tables": "rows = 300\nseeds = 2\nsteps = 100\n",
    "sasaki-einstein": "sides = [3, 4]\n",
    "e6-on-trees": "",
    "signature-slope": "batches = 2\ncount = 6\ncrossings = 8\ntwists = 3\nattacks = 1\ntried = 2\ncensus = 1\nfamilies = 1\nlot = 20\n",
    "volume-from-jones": "crossings = [9, 10]\ncount = 24\n",
    "brill-noether": "patterns = 600\n",
}
LATEST = {"plumbing-pairs": 0.2, "brill-noether": 0.2}  # seconds after a piece, where all pieces are there soon
QUICK = [pytest.param(name, marks=[pytest.mark.slow] * (name != "plumbing-pairs")) for name in QUESTIONS]


def _created(folder, name):
    folder.mkdir()
    (folder / "study.toml").write_text(f'study = "{name}"\nseed = 1\n[options]\n{QUESTIONS[name]}')
    if QUESTIONS[name]:
        engine.create(folder / "study.toml", folder / "run")
    else:
        engine.create(engine.ask(name, quick=True), folder / "run")
    return folder / "run"


def _begun_and_killed(name, folder, cache, times=3):
    """How often a process that runs the study was killed, at a random moment after its next piece."""
    rng, killed = random.Random(name), 0
    program = f"from certifield import engine; engine.run({str(folder)!r}, workers=0)"
    for _ in range(times):
        before = len(pieces(folder))
        environment = {**os.environ, "OMP_NUM_THREADS": "1", **({"XDG_CACHE_HOME": str(cache)} if cache else {})}
        process = subprocess.Popen([sys.executable, "-c", program], env=environment, start_new_session=True)
        while process.poll() is None and len(pieces(folder)) == before:
            time.sleep(0.02)
        time.sleep(rng.uniform(0, LATEST.get(name, 1.5)))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        killed += process.returncode == -signal.SIGKILL
    return killed


@pytest.mark.parametrize("name", QUICK)
def test_a_study_that_was_killed_ends_with_the_same_bytes(name, tmp_path, monkeypatch):
    """Learners are trained anew on either side: what is kept between runs lies in two folders."""
    alone, killed = (_created(tmp_path / part, name) for part in ("alone", "killed"))
    learn = name == "plumbing-moves"
    times = _begun_and_killed(name, killed, tmp_path / "cache" if learn else None, times=1 if name == "plumbing-pairs" else 3)
    assert times >= 1 and pieces(killed)
    if learn:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    engine.run(alone, workers=0)
    whole = contents(alone)
    if learn:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    engine.run(killed, workers=0)
    assert contents(killed) == whole and digits(killed) == digits(alone)
