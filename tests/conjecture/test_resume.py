"""The studies of plumbing and of conjectures, killed and resumed: the same bytes as those of an undisturbed run."""

import os
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
    "plumbing-moves": 'players = ["random-walk", "greedy", "exact"]\ndepths = [2, 3]\ncount = 4\ncap = 6\n',
    "sasaki-einstein": "sides = [3, 4]\n",
    "e6-on-trees": "",
    "signature-slope": "batches = 2\ncount = 6\ncrossings = 8\ntwists = 3\nattacks = 1\ntried = 2\ncensus = 1\nfamilies = 1\nlot = 20\n",
    "volume-from-jones": "crossings = [9, 10]\ncount = 24\n",
    "brill-noether": 'bundles = ["d4"]\n',
}
QUICK = [pytest.param(name, marks=[pytest.mark.slow] * (name != "plumbing-pairs")) for name in QUESTIONS]


def _created(folder, name):
    folder.mkdir()
    (folder / "study.toml").write_text(f'study = "{name}"\nseed = 1\n[options]\n{QUESTIONS[name]}')
    if QUESTIONS[name]:
        engine.create(folder / "study.toml", folder / "run")
    else:
        engine.create(engine.ask(name, quick=True), folder / "run")
    return folder / "run"


@pytest.mark.parametrize("name", QUICK)
def test_a_study_that_was_killed_ends_with_the_same_bytes(name, tmp_path):
    alone, killed = (_created(tmp_path / part, name) for part in ("alone", "killed"))
    program = f"from certifield import engine; engine.run({str(killed)!r}, workers=0)"
    process = subprocess.Popen([sys.executable, "-c", program], env={**os.environ, "OMP_NUM_THREADS": "1"}, start_new_session=True)
    while process.poll() is None and not pieces(killed):
        time.sleep(0.05)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert pieces(killed)
    engine.run(alone, workers=0)
    whole = contents(alone)
    assert process.returncode == -signal.SIGKILL or contents(killed) == whole
    engine.run(killed, workers=0)
    assert contents(killed) == whole and digits(killed) == digits(alone)
