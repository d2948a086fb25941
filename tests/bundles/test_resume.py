"""The studies of bundles, killed and resumed: the same bytes as those of an undisturbed run."""

import pytest
from killed import assert_the_same_bytes

pytest.importorskip("numba")

QUESTIONS = {
    "bicubic-monads": 'counted = [["5,1", 9]]\nsearchers = ["genetic", "random", "ppo", "a2c", "trpo"]\nevaluations = 30000\n'
    "seeds = 1\ncertified = 2\n",
    "tetra-quadric-monads": 'counted = [["5,1", 4, -1, 1], ["5,1", 16, -1, 1]]\nsearchers = ["genetic", "ppo"]\nevaluations = 20000\n'
    "seeds = 1\n",
    "line-bundle-models": 'boxes = [["tetra-quadric", 2, -1, 1], ["bicubic", 3, -3, 3]]\nevaluations = 20000\nseeds = 1\n',
    "f-theory-trees": "edges = 3\nfaces = 4\ngeometries = 500\n",
    "genetic-recipes": "bits = 8\nevolutions = 5\npopulations = 5\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", QUESTIONS)
def test_a_study_that_was_killed_ends_with_the_same_bytes(name, tmp_path, monkeypatch):
    assert_the_same_bytes(tmp_path, name, QUESTIONS[name], monkeypatch)
