"""The studies of cosmologies, killed and resumed: the same bytes as those of an undisturbed run."""

import pytest
from killed import assert_the_same_bytes

QUESTIONS = {
    "inflation-sextic": 'closed = ["Starobinsky"]\namplitudes = ["rescale", "grid"]\nevolutions = 1\nsolved = 1\n',
    "inflation-priors": 'priors = ["box", "decades"]\ndraws = 20000\n',
    "inflation-learning": 'searchers = ["genetic", "random", "ppo", "a2c"]\nevaluations = 10000\nseeds = 2\n',
    "inflation-forms": "evolutions = 2\ndepth = 2\nsolved = 1\n",
    "vacua-graph": "heights = [3, 4, 5, 6]\nfourfolds = [[1, 426]]\n",
    "axion-photon": "polytopes = []\nshares = [0.02, 0.05]\ngeometries = 2\nsizes = [5, 10]\nmatrices = 50\n",
}
QUICK = [pytest.param(name, marks=[pytest.mark.slow] * (name != "vacua-graph")) for name in QUESTIONS]


@pytest.mark.parametrize("name", QUICK)
def test_a_study_that_was_killed_ends_with_the_same_bytes(name, tmp_path, monkeypatch):
    assert_the_same_bytes(tmp_path, name, QUESTIONS[name], monkeypatch)
