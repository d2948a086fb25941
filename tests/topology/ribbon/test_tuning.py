"""Bayesian optimisation of the random agent's weights."""

import pytest

pytest.importorskip("numba")
pytest.importorskip("optuna")

from certifield.evidence import InputError
from certifield.topology import Diagram
from certifield.topology.ribbon import RandomAgent, tune_weights
from certifield.topology.ribbon._tune import effort
from certifield.topology.tables import slice_knots

pytestmark = [pytest.mark.knots, pytest.mark.filterwarnings("ignore::optuna.exceptions.ExperimentalWarning")]


@pytest.fixture(scope="module")
def knots():
    return [row.diagram for row in slice_knots(range(11))][::4]


def test_tuning_repeats_and_does_not_end_worse_than_it_began(knots):
    tuning = tune_weights(knots, trials=6, budget=200, seed=3)
    assert tuning == tune_weights(knots, trials=6, budget=200, seed=3)
    assert tuning.trials[0][0] == RandomAgent().weights and len(tuning.trials) == 6
    assert tuning.effort == min(spent for _, spent in tuning.trials) == effort(tuning.agent, knots, 200, 3)
    assert tuning.trials != tune_weights(knots, trials=6, budget=200, seed=4).trials


def test_the_effort_tells_good_weights_from_bad(knots):
    never = RandomAgent(weights=(1, 0, 1, 1, 3))
    assert (
        effort(RandomAgent(), knots, 100, 0) < effort(RandomAgent(weights=(1, 17, 1, 1, 300)), knots, 100, 0) < effort(never, knots, 100, 0)
    )


@pytest.mark.parametrize("weights", [5, None, "11111", (1, 2, 3), (1, -1, 1, 1, 1), (1, float("nan"), 1, 1, 1), (1, "a", 1, 1, 1)])
def test_wrong_weights_are_refused(weights):
    with pytest.raises(InputError, match="weights"):
        RandomAgent(weights=weights)


def test_wrong_questions_are_refused(knots):
    with pytest.raises(InputError, match="trials"):
        tune_weights(knots, trials=0)
    for given in ([], "6_1", 7, (knot for knot in knots)):
        with pytest.raises(InputError, match="knots"):
            tune_weights(given)
    for given in ([1], [Diagram.from_braid([1, 1])]):
        with pytest.raises(InputError, match="diagram"):
            tune_weights(given)
