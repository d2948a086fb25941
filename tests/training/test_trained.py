"""Networks trained side by side against the theory, and the moments that are read from them."""

import numpy as np
import pytest
from four_points import ASKED

from certifield import layers as L, training as T
from certifield.evidence import InputError
from certifield.training.ensembles import moments

TIMES = (1.0, 4.0, 16.0)


def worst(measured, theory) -> float:
    return max(float(np.max(np.abs(getattr(measured, name).agrees_with(getattr(theory, name)).pull))) for name in ("mean", "covariance"))


@pytest.fixture(scope="module")
def found():
    return ASKED.train(TIMES, width=256, networks=512, seed=3)


def test_the_ensemble_is_that_of_the_theory(found):
    theory = ASKED.theory(TIMES)
    assert worst(ASKED.learned(found, TIMES, width=256, seed=3), theory) < 4.5
    apart = ASKED.deviation(found, TIMES, width=256, seed=3)
    assert float(np.max(np.abs(apart.mean.mean))) < 0.02 and np.all(apart.square.mean[-1] < 4 / 256)
    # The noise of the start has dropped out: what is left is sqrt(0.13/256) beside sqrt(0.033), an eighth of it.
    assert np.all(apart.mean.stderr[-1] < 0.2 * ASKED.learned(found, TIMES, width=256, seed=3).mean.stderr[-1])


def test_a_wrong_law_is_seen(found):
    """Sabotage twins: kernels without bias, with a missing factor, and the covariance of the posterior in place of that of the ensemble."""
    measured, apart = ASKED.learned(found, TIMES, width=256, seed=3), ASKED.deviation(found, TIMES, width=256, seed=3)
    theory = ASKED.theory(TIMES)
    for network in (L.serial(L.dense(1.5**0.5), L.erf(), L.dense(1.5**0.5)), L.serial(L.dense(1.5**0.5, 0.05**0.5), L.erf(), L.dense())):
        wrong = ASKED.but(network=network)
        again = wrong.deviation(found, TIMES, width=256, seed=3)
        assert max(worst(measured, wrong.theory(TIMES)), float(np.max(np.abs(again.mean.mean / again.mean.stderr)))) > 4.9
    posterior = np.asarray(ASKED.posterior()[1].value)[:, :, None]
    gap = apart.covariance[-1] + (np.asarray(theory.covariance.value[-1]) - posterior)
    assert float(np.max(np.abs(gap.mean / gap.stderr))) > 4.9


def test_which_networks_train_together_shows_in_no_digit_of_their_law(found):
    part = ASKED.train(TIMES, width=256, networks=3, first=10, seed=3)
    assert np.allclose(part.fields, found.fields[10:13], atol=1e-5)


def test_centred_ensembles_have_no_covariance_at_infinite_width():
    asked = ASKED.but(centred=True, rule=T.GradientDescent(0.5))
    fields = asked.train([10], width=256, networks=64, seed=1).fields
    assert fields.var(axis=0).max() < 0.01 and np.allclose(asked.theory([10]).covariance.value, 0)
    assert np.max(np.abs(fields.mean(axis=0) - asked.theory([10]).mean.value)) < 0.02


def test_training_that_diverges_is_refused():
    with pytest.raises(InputError, match="max stable rate"):
        ASKED.but(rule=T.GradientDescent(1.0)).train([10], width=16, networks=2)


def test_moments_are_unbiased_cumulants():
    """Small ensembles of a skewed law, very often: the mean of the estimates is the cumulant."""
    draws = np.random.RandomState(0).exponential(size=(4000, 8, 1, 2, 1))
    found = [moments(each, (1.0,), source="s", seed=None, method="", precision="float64") for each in draws[:800]]
    for name, expected in (("mean", 1.0), ("covariance", 1.0), ("connected", 6.0)):
        values = np.array([np.ravel(getattr(one, name).mean)[0] for one in found])
        assert abs(values.mean() - expected) < 4.9 * values.std() / np.sqrt(len(values))
    across = np.array([one.connected.mean[0, 0, 1, 0] for one in found])
    assert abs(across.mean()) < 4.9 * across.std() / np.sqrt(len(across))
    biased = np.array([each[:, 0, 0, 0].var() for each in draws[:800]])  # sabotage twin: divided by n
    assert abs(biased.mean() - 1.0) > 4.9 * biased.std() / np.sqrt(len(biased)) / 2


@pytest.mark.slow
def test_a_thousand_networks_of_width_512():
    """Means and covariances at three times within 4.5 standard errors; the twins of above as well."""
    found, theory = ASKED.train(TIMES, width=512, networks=1000, seed=7), ASKED.theory(TIMES)
    assert worst(ASKED.learned(found, TIMES, width=512, seed=7), theory) < 4.5
    apart = ASKED.deviation(found, TIMES, width=512, seed=7)
    gap = apart.covariance[-1] + (np.asarray(theory.covariance.value[-1]) - np.asarray(ASKED.posterior()[1].value)[:, :, None])
    assert float(np.max(np.abs(gap.mean / gap.stderr))) > 4.9
