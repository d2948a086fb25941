"""The studies of metrics, killed at random moments and resumed: the same bytes as those of an undisturbed run."""

import pytest
from killed import assert_the_same_bytes

from certifield.engine import studies

QUESTIONS = {
    "quintic-ladder": "fermat = [2, 3]\ndwork = [2]\ngeneric = []\ndonaldson = [2]\nnetwork = [6]\ndraws = 300\ntested = 300\n",
    "complete-intersection": "symmetric = [2, 3]\nplain = [2]\ndraws = 300\ntested = 300\n",
    "bicubic-table": "classes = [1, 2]\ndraws = 200\ntested = 300\n",
    "kaehler-scan": "phi = [1]\nfree = [1]\nadditive = []\nmultiplicative = []\nmatrix = [1]\nneurons = 8\nsteps = 10\ndraws = 100\n"
    "tested = 40\n",
    "ricci-flow": "squashed = [0.5, 1.7]\n",
    "kaehler-ricci": "fermat = [2]\ndraws = 200\ntested = 200\ntorus = 200\n",
    "chern-numbers": "draws = 160\ncurved = 64\ndegree = 2\n",
    "laplacian": "projective = [3, 2]\nquintic = [1, 2]\nmetric = 2\nfitted = 200\ndraws = 300\n",
    "hermitian-yang-mills": "fermat = [1, 2]\nbicubic = [1]\ndraws = 400\ntested = 200\n",
    "metric-flow": "seeds = 2\nsteps = 8\nneurons = 6\nwidths = [4, 8]\nfollowed = 2\nbumps = [0.03, 0.08]\ndraws = 150\n",
    "unique-metric": "degrees = [2, 4]\nmonge_ampere = [20]\nricci_norm = [4]\nseeds = 2\nneurons = 6\ndraws = 200\ntested = 60\n",
    "weil-petersson": "quintic = [0.0, 0.6]\nquartic = [0.4]\ndraws = 200\n",
}


def test_every_study_of_metrics_is_among_them():
    assert {name for name, entry in studies().items() if entry.area == "Calabi-Yau metrics"} == set(QUESTIONS)


@pytest.mark.slow
@pytest.mark.parametrize("name", QUESTIONS)
def test_a_study_that_was_killed_ends_with_the_same_bytes(name, tmp_path, monkeypatch):
    assert_the_same_bytes(tmp_path, name, QUESTIONS[name], monkeypatch)
