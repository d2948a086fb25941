"""The studies of plumbing and of conjectures, killed at random moments and resumed: the same bytes as those of an undisturbed run."""

import pytest
from killed import assert_the_same_bytes

pytest.importorskip("numba")

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
QUICK = [pytest.param(name, marks=[pytest.mark.slow] * (name != "plumbing-pairs")) for name in QUESTIONS]


@pytest.mark.parametrize("name", QUICK)
def test_a_study_that_was_killed_ends_with_the_same_bytes(name, tmp_path, monkeypatch):
    assert_the_same_bytes(tmp_path, name, QUESTIONS[name], monkeypatch)
