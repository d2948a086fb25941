"""Renormalisation as inference: Gaussian posteriors exactly, identities along the scale, and what Fisher's metric hides."""

import math

import mpmath
import numpy as np
import pytest

import certifield as cf
from certifield.evidence import InputError
from certifield.fieldtheory import renormalisation as rg
from certifield.fieldtheory.oracles import LatticeScalar

FREE = LatticeScalar((4, 4), 1.0, 0.0, "unhalved")
V, F, TRUE = np.array([2.0, 0.5]), np.array([1.0, 3.0]), np.array([0.7, -0.4])
SCALES = np.array([0.0, 0.5, 2.0, 8.0])


@pytest.fixture(scope="module")
def draws():
    return np.sqrt(V) * np.random.default_rng(1).standard_normal((64_000, 2))


def test_a_gaussian_posterior_from_draws_of_the_prior(draws):
    d = 0.5 * ((draws - TRUE) ** 2) @ F
    found = rg.bayesian_flow(d, SCALES, observables=draws)
    exact = rg.gaussian_inference(V, F, TRUE, SCALES)
    assert np.all(found.divergence.agrees_with(exact.divergence).agrees)
    assert np.all(found.averages.agrees_with(exact.centre).agrees)
    assert not np.all(found.averages.agrees_with(exact.centre * 1.05).agrees)
    # Var_T(D) and Cov_T(theta, D) of a Gaussian with precision A: (1/2) sum f^2 (1/A^2 + 2 gap^2/A), f (centre - true)/A.
    precision, gap = np.asarray(exact.precision.value), np.asarray(exact.centre.value) - TRUE
    assert np.all(found.slope.agrees_with(-np.sum(F**2 * (0.5 / precision**2 + gap**2 / precision), axis=1)).agrees)
    assert np.all(found.slopes.agrees_with(-F * gap / precision).agrees)
    evidence = 0.5 * np.sum(
        -np.log(V * precision) - SCALES[:, None] * F * TRUE**2 + SCALES[:, None] * F * TRUE * exact.centre.value, axis=1
    )
    assert np.all(found.evidence.agrees_with(evidence).agrees)
    assert found.ess[0] == 1 and np.all(np.diff(found.ess) < 0)


def test_slopes_along_the_scale(draws):
    """d E_T[O]/dT = -Cov(O, D), d E_T[D]/dT = -Var(D), d log evidence/dT = -E_T[D], draw by draw, for a D that is not quadratic."""
    d, h = np.sum(draws**4, axis=1) / 10 + np.abs(draws[:, 0]), 1e-3
    less, here, more = (rg.bayesian_flow(d, [1.0 + shift], observables=np.sin(draws)) for shift in (-h, 0.0, h))
    for name, slope in (("divergence", here.slope), ("averages", here.slopes), ("evidence", -here.divergence)):
        change = (getattr(more, name).mean - getattr(less, name).mean) / (2 * h)
        assert np.allclose(change, slope.mean, rtol=1e-5, atol=1e-7), name
    assert not np.allclose((more.divergence.mean - less.divergence.mean) / (2 * h), here.slope.mean / 2, rtol=0.1)  # sabotage twin


def test_too_many_data_are_refused(draws):
    d = 0.5 * ((draws - TRUE) ** 2) @ F
    found = rg.bayesian_flow(d, [1.0, 1e6])
    assert np.isfinite(found.divergence.stderr[0]) and np.isinf(found.divergence.stderr[1])
    assert "effective" in str(found.divergence)


def test_gaussian_inference_in_high_precision():
    found = rg.gaussian_inference(V, F, TRUE, SCALES)
    with mpmath.workdps(40):
        for s, scale in enumerate(SCALES):
            total = mpmath.mpf(0)
            for k in range(2):
                v, f, true, t = (mpmath.mpf(float(one)) for one in (V[k], F[k], TRUE[k], scale))
                precision = 1 / v + t * f
                centre = t * f * true / precision
                assert abs(precision - mpmath.mpf(float(found.precision.value[s, k]))) <= found.precision.radius[s, k]
                assert abs(centre - mpmath.mpf(float(found.centre.value[s, k]))) <= found.centre.radius[s, k]
                total += f / 2 * (1 / precision + (centre - true) ** 2)
            assert abs(total - mpmath.mpf(float(found.divergence.value[s]))) <= found.divergence.radius[s] < 1e-14


def test_the_inverse_flow_is_inference():
    """Regression of bare modes on those at time t: the precision of what is left is 1/s + T(t), the prior's and the data's."""
    flow, rng, n, time = rg.mode_flow(FREE), np.random.default_rng(2), 40_000, 0.05
    s = rg.mode_flow(LatticeScalar((4, 4), 2.5, 0.0, "unhalved")).spectrum
    bare = rg.modes(np.sqrt(s) * rng.standard_normal((n, 4, 4)), 2)
    x, y = (rg.modes(one, 2) for one in (bare, flow.moved(bare, time, seed=3)))
    rest = (x**2).mean(axis=0) - (x * y).mean(axis=0) ** 2 / (y**2).mean(axis=0)
    data = rg.data_of_flow(flow, time)
    expected = 1 / (1 / s + data.value)
    assert np.all(np.abs(rest / expected - 1) < 4.9 * math.sqrt(2 / n))
    assert not np.all(np.abs(rest * (1 / s + 2 * data.value) - 1) < 4.9 * math.sqrt(2 / n))  # sabotage twin
    assert np.all(rg.data_of_flow(flow, 0.2).value < data.value)
    with mpmath.workdps(30):
        for q, r, value, radius in zip(*(one.ravel() for one in (flow.spectrum, flow.rates, data.value, data.radius)), strict=True):
            exact = 1 / (mpmath.mpf(float(q)) * mpmath.expm1(2 * mpmath.mpf(float(r)) * mpmath.mpf(time)))
            assert abs(exact - mpmath.mpf(float(value))) <= radius < 1e-12 * value


def test_a_linear_model_exactly():
    """Modes of a box: the metric is that of the fields' covariance, its eigenvalues are exact, and so is what coarse graining changes."""
    box = cf.fieldtheory.periodic_box(cf.ensembles.propagator(1, 1.0), 4.0, sites=8)
    scales = np.array([0.3, 3.0, 30.0])
    found = rg.fisher_coarse_graining(box.ensemble, box.sites, scales, draws=512, seed=1)
    values = np.linalg.eigvalsh(np.asarray(box.two_point(box.sites[:, None, :] - box.sites[None, :, :]).value))[::-1]
    assert np.allclose(found.eigenvalues.mean, values, atol=1e-12)
    hidden = scales[:, None] * values < 1
    assert np.array_equal(found.kept.mean, np.sum(~hidden, axis=1)) and list(np.diff(found.kept.mean) > 0) == [True, True]
    predicted = np.sum(np.where(hidden, scales[:, None] * values, 0.0), axis=1)
    assert np.allclose(found.predicted.mean, predicted, atol=1e-12)
    assert np.all(found.change[:2].agrees_with(predicted[:2]).agrees) and found.change.mean[2] < 1e-20 == predicted[2] + 1e-20
    assert predicted[0] > 5 * found.change.stderr[0] > 0
    assert not found.change[0].agrees_with(2 * predicted[0]).agrees  # sabotage twin: T |f - f'|^2 without its 1/2


def test_a_network():
    """Few directions of many parameters are seen, more with more data; the metric foretells small changes, and not large ones."""
    ensemble = cf.ensembles.erf_net(1, 20)
    x = np.linspace(-1.5, 1.5, 6)[:, None]
    found = rg.fisher_coarse_graining(ensemble, x, [1.0, 100.0, 1e6], draws=128, seed=2)
    assert np.all(np.diff(found.kept.mean) > 0) and found.kept.mean[-1] <= 6 < 61
    assert np.all(np.diff(found.eigenvalues.mean) < 0) and found.eigenvalues.mean[5] < 3e-3 * found.eigenvalues.mean[0]
    assert np.all(found.predicted.mean <= 6)
    same = rg.fisher_coarse_graining(cf.ensembles.erf_net(1, 20, sigma_c=0.0), x, [1.0, 100.0, 1e6], draws=128, seed=2)
    assert np.array_equal(same.kept.mean, found.kept.mean)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: rg.bayesian_flow(np.zeros(10), [1.0]), "128 at least"),
        (lambda: rg.bayesian_flow(np.zeros(200), [-1.0]), "scales"),
        (lambda: rg.bayesian_flow(np.full(200, np.nan), [1.0]), "divergences"),
        (lambda: rg.bayesian_flow(np.zeros(200), [1.0], observables=np.zeros((100, 1))), "observables"),
        (lambda: rg.bayesian_flow(np.zeros((200, 2)), [1.0]), "divergences"),
        (lambda: rg.gaussian_inference([1.0], [1.0, 2.0], [0.0], [1.0]), "one length"),
        (lambda: rg.gaussian_inference([0.0], [1.0], [0.0], [1.0]), "positive"),
        (lambda: rg.gaussian_inference([1.0], [-1.0], [0.0], [1.0]), "positive"),
        (lambda: rg.data_of_flow(rg.mode_flow(FREE), 0.0), "time"),
        (lambda: rg.data_of_flow(FREE, 1.0), "mode_flow"),
        (lambda: rg.fisher_coarse_graining(FREE, [[0.0]], [1.0]), "ensemble"),
        (lambda: rg.fisher_coarse_graining(cf.ensembles.erf_net(1, 5), [0.0], [1.0]), "x"),
        (lambda: rg.fisher_coarse_graining(cf.ensembles.erf_net(1, 5), [[0.0]], [0.0]), "scales"),
        (lambda: rg.fisher_coarse_graining(cf.ensembles.erf_net(1, 5), [[0.0]], [1.0], draws=3), "draws"),
        (lambda: rg.fisher_coarse_graining(cf.fieldtheory.free_field(1, 1.0, 8), [[0.0]], [1.0]), "independent|variances"),
    ],
)
def test_bad_input(call, told):
    with pytest.raises(InputError, match=told):
        call()
