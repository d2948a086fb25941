"""The deformed density, shared variances and tilted ensembles against quadrature, closed forms and one another."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate, stats

import certifield as cf

theory, net = cf.fieldtheory, cf.ensembles

# (components, <t>, <t^2>, kappa_4 of a component) at s = 1, lambda = 0.1
ROWS = [
    (1, 0.4087807019, 0.4560964903, -0.0452084965),
    (2, 0.7777245587, 1.1113772066, -0.0368751644),
    (6, 1.9978451422, 5.0107742889, -0.0194420413),
    (40, 7.7171147701, 61.4144261497, -0.0019948701),
]


@pytest.mark.parametrize(("n", "first", "second", "kappa"), ROWS)
def test_the_rows_of_the_deformed_density(n, first, second, kappa):
    law = theory.deformed_gaussian(n, coupling=0.1).law
    assert abs(law.moment(1).value - first) < 1e-9 and abs(law.moment(2).value - second) < 1e-9
    assert abs(law.kappa4().value - kappa) < 1e-9
    assert abs(n / 2 - law.moment(1).value - 0.2 * law.moment(2).value) < 1e-10  # n/2 - <t>/s^2 - 2 lambda <t^2> = 0
    assert law.moment(1).radius < 1e-9


@pytest.mark.parametrize("n", [1, 6])
def test_moments_by_another_quadrature(n):
    law = theory.deformed_gaussian(n, s=1.7, coupling=0.3).law
    weight = lambda r, k: r ** (n - 1 + 2 * k) * math.exp(-(r**2) / 1.7**2 - 0.3 * r**4)  # noqa: E731
    norm, second = (integrate.quad(weight, 0, 12, args=(k,), epsabs=1e-14)[0] for k in (0, 2))
    assert abs(law.moment(2).value / (second / norm) - 1) < 1e-9
    sphere = 2 * math.pi ** (n / 2) / math.gamma(n / 2)
    assert law.log_normaliser().value == pytest.approx(math.log(sphere * norm), rel=1e-10)


@pytest.mark.parametrize(("n", "s", "coupling"), [(5000, 1.0, 0.0), (5000, 0.7, 1000.0), (1, 3.0, 1e-4), (100_000, 1.0, 50.0)])
def test_many_components_and_strong_couplings(n, s, coupling):
    """The mass is found wherever it is: n/2 = <t>/s^2 + 2 lambda <t^2> to nine digits."""
    law = theory.deformed_gaussian(n, s=s, coupling=coupling).law
    balance = law.moment(1).value / s**2 + 2 * coupling * law.moment(2).value
    assert balance == pytest.approx(n / 2, rel=1e-9)


def test_without_deformation_a_component_has_half_the_variance():
    law = theory.deformed_gaussian(3, s=2.0, coupling=0.0).law
    assert law.moment(1).value / 3 == pytest.approx(2.0, rel=1e-10) and abs(law.kappa4().value) < 1e-9


@pytest.mark.parametrize(("n", "first", "second", "kappa"), ROWS)
def test_sampling_the_deformed_density(n, first, second, kappa):
    density = theory.deformed_gaussian(n, coupling=0.1)
    draws = 200_000
    w = np.asarray(jax.jit(jax.vmap(density.sample))(jax.random.split(jax.random.key(n), draws)))
    t = np.sum(w * w, axis=1)
    for value, sample in ((first, t), (second, t * t)):
        assert abs(sample.mean() - value) < 4.9 * sample.std() / math.sqrt(draws)
    # kappa_4 of a component by the radial identity, with its error by blocks; the Gaussian value 0 is a sabotage twin where it can be seen
    blocks = t.reshape(100, -1)
    whole = 3 * (np.mean(t * t) / (n * (n + 2)) - np.mean(t) ** 2 / n**2)
    spread = 3 * (np.mean(blocks**2, axis=1) / (n * (n + 2)) - 2 * first * np.mean(blocks, axis=1) / n**2)
    assert abs(whole - kappa) < 4.9 * spread.std() / 10
    assert abs(whole) > 4.9 * spread.std() / 10
    uniform = w[:, 0] / np.sqrt(t)
    assert stats.kstest(uniform**2, stats.beta(0.5, (n - 1) / 2).cdf).pvalue > 1e-6 if n > 1 else np.all(np.abs(uniform) == 1)


def test_the_quantiles_by_the_gamma_law():
    """At lambda = 0, t/s^2 is Gamma(n/2): the table of quantiles against SciPy."""
    odds, log_t, _ = theory.deformed_gaussian(5, s=1.3, coupling=0.0).law.quantiles
    inside = np.abs(odds) < 20
    law = stats.gamma(2.5, scale=1.3**2)
    expected = law.logcdf(np.exp(log_t[inside])) - law.logsf(np.exp(log_t[inside]))
    assert np.max(np.abs(odds[inside] - expected)) < 1e-6


def gamma_variance(key):
    return 0.25 * jax.random.gamma(key, 4.0)


@pytest.mark.parametrize("width", [4, pytest.param(64, marks=pytest.mark.slow)])
def test_a_shared_variance_does_not_decouple(width):
    """Constant neurons with Gaussian readouts, v ~ Gamma(4, 1/4): G_c4 = 3 Var(v) = 0.75 at every N."""
    bare = net.single_layer(jnp.ones_like, 1, width)
    ensemble = theory.shared_variance(bare, gamma_variance)
    found = cf.correlators.estimate(ensemble, [[0.5]] * 4, connected=True, draws=100_000, method="network-kstat", seed=width)
    assert found.agrees_with(0.75).agrees and not found.agrees_with(0.0).agrees
    assert not found.agrees_with(3 * 0.25 / math.sqrt(width)).agrees


def test_total_cumulance_for_general_neurons():
    points = [[0.2], [0.4], [0.8], [1.0]]
    bare = net.erf_net(1, 5)
    ensemble = theory.shared_variance(bare, gamma_variance)
    exact = theory.shared_variance_cumulant(bare, points, 1.0, 1.25)
    found = cf.correlators.estimate(ensemble, points, connected=True, draws=100_000, method="network-kstat", seed=9)
    assert found.agrees_with(exact).agrees
    assert not found.agrees_with(cf.correlators.exact(bare, points, connected=True)).agrees
    wide = theory.shared_variance_cumulant(net.erf_net(1, 10**6), points, 1.0, 1.25)
    kernel = cf.correlators.free_limit(bare, points)
    assert wide.value == pytest.approx(0.25 * float(kernel.value), rel=1e-5)


@pytest.mark.slow
def test_a_tilted_ensemble_is_the_deformed_one():
    """P_0 Gaussian of variance 1/2, tilt t^2 at coupling 0.1: <t> of the row n = 2, by chains and by reweighting."""
    pytest.importorskip("blackjax")
    plain = net.Independent(net.normal(math.sqrt(0.5)), (2,))
    square = lambda w: jnp.sum(w * w)  # noqa: E731
    budget = {"chains": 4, "draws": 1500, "warmup": 300, "seed": 4}
    both = lambda w: jnp.stack([square(w), square(w) ** 2])  # noqa: E731
    found = theory.tilted_expectation(plain, lambda w: square(w) ** 2, both, coupling=0.1, **budget)
    exact = np.array([0.7777245587, 1.1113772066])
    assert np.all(found.chains.agrees_with(exact).agrees) and np.all(found.reweighted.agrees_with(exact).agrees)
    assert np.all(found.agreement.agrees) and found.r_hat < 1.01 and found.ess > 1000 and found.reweighted_ess > 1000
    assert not np.all(found.chains.agrees_with(np.array([1.0, 2.0])).agrees)  # what the Gaussian would give


def test_what_cannot_be_used():
    plain = net.Independent(net.normal(), (2,))
    for call in (
        lambda: theory.deformed_gaussian(0),
        lambda: theory.deformed_gaussian(3, coupling=-0.1),
        lambda: theory.deformed_gaussian(3, s=0.0),
        lambda: theory.shared_variance(net.linear_field(2), gamma_variance),
        lambda: theory.shared_variance_cumulant(net.erf_net(1, 2), [[0.1]] * 4, 1.0, 0.5),
        lambda: theory.shared_variance_cumulant(net.erf_net(1, 2), [[0.1]], 1.0, 1.5),
        lambda: theory.tilted_expectation(plain, jnp.sum, jnp.sum, chains=1),
    ):
        with pytest.raises(cf.evidence.InputError):
            call()
