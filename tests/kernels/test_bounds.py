"""What the radius of a kernel is: bounds on quadratures and on the growth of errors, and estimates where there is none."""

import itertools

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

import certifield as cf
from certifield import layers as L
from certifield.evidence import Estimate, Exact
from certifield.kernels._averages import nested_rule
from certifield.kernels.duals import Resolution, dual_of
from certifield.kernels.duals._hermite import _averages
from certifield.kernels.duals._quadrature import _squares, missed, slope_of

POINTS = np.array([[0.3, -0.2], [1.0, 0.5], [-0.7, 0.4]])
VARIANCES = np.array([0.3, 1.0, 4.0])
ORDER = 12


by_panels = jax.jit(_averages, static_argnums=(0, 2, 3))


def fast(z):
    """Analytic, and too fast for wide panels."""
    return jnp.sin(4 * z) + jnp.tanh(z / 8)


def quadratures() -> tuple[np.ndarray, np.ndarray, dict[int, np.ndarray]]:
    """How far 8 panels are from 200: the norm of the coefficients and E[f^2]; and the bounds for 8 and for 64 panels."""
    with jax.enable_x64(True):
        (coarse, square), (fine, known) = (by_panels(fast, VARIANCES, ORDER, panels) for panels in (8, 200))
        bounds = {panels: np.stack(missed(fast, jnp.asarray(VARIANCES), ORDER, panels, 16, 13.0)) for panels in (8, 64)}
        return np.linalg.norm(coarse - fine, axis=0), np.abs(np.asarray(square - known)), bounds


def test_what_panels_miss_is_bounded():
    """For 8 panels, which are off by far more than rounding; the bounds for 64 are smaller than that: the sabotage twin."""
    series, square, bounds = quadratures()
    assert np.max(series) > 1e-9 and np.max(square) > 1e-9
    for found, bound, narrow in zip((series, square), bounds[8], bounds[64], strict=True):
        assert np.all(found <= bound + 1e-14) and np.all(bound < np.inf)
        assert np.any(found > narrow) and np.all(narrow < 1e-12)


def test_what_panels_miss_is_in_the_error_of_the_average(monkeypatch):
    """Coefficients that are off by 1e-3 in their norm, as if panels missed that."""
    with jax.enable_x64(True):
        dual = dual_of(L.activation(jnp.tanh), Resolution(32, 32))
        known, power = jax.jit(lambda a: (dual(a, 0.1 * a, a, 0 * a)[1], dual.power(a, 0 * a)[0]))(1.0)
        monkeypatch.setattr("certifield.kernels.duals._hermite.missed", lambda function, a, *_: (0 * a + 1e-3, 0 * a))
        error = jax.jit(lambda a: dual(a, 0.1 * a, a, 0 * a)[1])(1.0)
    assert float(known) < 1e-11 and float(error) > 2e-3 / float(power) ** 0.5


def test_the_radius_is_what_the_expansion_leaves_out(monkeypatch):
    """tanh by 8 Hermite polynomials, which are off by far more than rounding; a quarter of the radius, the sabotage twin, is too small."""
    monkeypatch.setattr("certifield.kernels._matrix.RESOLUTIONS", (Resolution(8, 64),))
    kernel = cf.kernels.nngp(L.serial(L.dense(2.0), L.activation(jnp.tanh), L.dense()), POINTS)
    z, weights = nested_rule(2 * POINTS[:2] @ POINTS[:2].T, np.zeros(0), 14)
    off = abs(kernel.value[0, 1] - weights @ (np.tanh(z[:, 0]) * np.tanh(z[:, 1])))
    assert isinstance(kernel, Exact) and kernel.radius[0, 1] / 4 < off < kernel.radius[0, 1]


GROWING = [L.relu(), L.rectified_monomial(3), L.erf(), L.gelu(), L.sin(2.0, 0.3), L.gaussian(0.7), L.exp(0.5), L.sign(),
           L.polynomial([0.5, -1.0, 0.3]), pytest.param(L.activation(jnp.tanh), marks=pytest.mark.slow)]  # fmt: skip


@pytest.mark.parametrize("activation", GROWING, ids=str)
def test_errors_grow_as_far_as_the_dual_says(activation):
    """All corners of the box of arguments that are off by 1e-4; a twentieth of the bound, the sabotage twin, is too small."""
    off, corners = 1e-4, np.array([(0, 0, 0), *itertools.product((-1, 1), repeat=3)])
    dual = dual_of(activation, Resolution(32, 32))
    a, r, b = np.array([(1.0, 0.5, 1.0), (0.7, -0.4, 1.9), (1.3, 0.99, 1.3)]).T
    scales = np.stack([a, np.sqrt(a * b), b])
    moved = np.stack([a, r * np.sqrt(a * b), b]) + off * corners[:, :, None] * scales  # [corner, argument, covariance]

    @jax.jit
    @jax.vmap
    def averages(arguments):
        own = [dual.power(each, jnp.zeros(()))[0] for each in (arguments[0], arguments[2])]
        return *dual(*arguments, jnp.asarray(off)), jnp.sqrt(own[0] * own[1])

    with jax.enable_x64(True):
        value, error, own = (np.asarray(each).reshape(9, 3) for each in averages(moved.transpose(0, 2, 1).reshape(27, 3)))
    shares = np.max(np.abs(value - value[0]), axis=0) / (error[0] * own[0])
    assert 1 / 20 < np.max(shares) <= 1


def test_squares_of_derivatives_are_bounded():
    """E[f'^2] of tanh, and not far above it."""
    with jax.enable_x64(True):
        exact = np.asarray(by_panels(slope_of(jnp.tanh), VARIANCES, 0, 200)[1])
    edges = np.concatenate([[0.0], 2.0 ** np.arange(-40, 24.01, 0.125)])
    bound = _squares(slope_of(jnp.tanh))[np.searchsorted(edges, VARIANCES, side="right") - 1]
    assert np.all(exact <= bound) and np.all(bound < 1.4 * exact)


def gelu(z):
    """GELU as a function like any other."""
    return 0.5 * z * (1 + jax.lax.erf(z / 2**0.5))


@pytest.mark.parametrize("kernel", [pytest.param(cf.kernels.nngp, marks=pytest.mark.slow), cf.kernels.ntk])
def test_an_expansion_is_within_its_radius(kernel):
    """GELU by its expansion, two layers deep, against its closed form; points that differ by 1e-8 are the sabotage twin."""

    def network(each):
        return L.serial(L.dense(1.5, 0.3), each, L.dense(1.5, 0.3), each, L.dense())

    closed, twin = (kernel(network(L.gelu()), scale * POINTS) for scale in (1, 1 + 1e-8))
    expanded = kernel(network(L.activation(gelu)), POINTS)
    assert isinstance(expanded, Exact) and np.max(expanded.radius) < 1e-9
    assert np.all(np.abs(expanded.value - closed.value) <= expanded.radius + closed.radius)
    assert np.any(np.abs(expanded.value - twin.value) > expanded.radius + twin.radius)


def test_without_a_bound_it_is_an_estimate():
    """Kinks without closed form, and variances for which no panel is narrow enough; the value is that of nested panels."""
    kernel = cf.kernels.nngp(L.serial(L.dense(), L.activation(jax.nn.elu), L.dense()), POINTS)
    assert isinstance(kernel, Estimate) and kernel.bias == "unknown" and np.all(kernel.stderr < 1e-9)
    z, weights = nested_rule(POINTS[:2] @ POINTS[:2].T / 2, np.zeros(1), 14)
    s = np.asarray(jax.nn.elu(jnp.asarray(z)))
    assert abs(kernel.mean[0, 1] - weights @ (s[:, 0] * s[:, 1])) < 1e-9
    steep = cf.kernels.nngp(L.serial(L.dense(), L.activation(jnp.tanh), L.dense()), 1e3 * POINTS)
    assert isinstance(steep, Estimate) and steep.bias == "unknown"
    angle = np.arccos(POINTS[0] @ POINTS[1] / np.linalg.norm(POINTS[0]) / np.linalg.norm(POINTS[1]))
    assert abs(steep.mean[0, 1] - (1 - 2 * angle / np.pi)) < 1e-2  # nearly a step


def test_cancellation_inside_a_formula_is_in_the_radius():
    """A sine of small phase at small inputs, and a Hermite polynomial of high degree, whose terms are large and cancel."""
    mpmath.mp.dps = 50
    with jax.enable_x64(True):
        a = jnp.asarray(1e-9)
        value, error = dual_of(L.sin(1.0, 1e-3), Resolution())(a, a / 2, a, jnp.zeros(()))
    b, phase = mpmath.mpf(1e-9), mpmath.mpf(1e-3)
    sine, own = ((mpmath.exp(-(b - c)) - mpmath.cos(2 * phase) * mpmath.exp(-(b + c))) / 2 for c in (b / 2, b))
    assert abs(mpmath.mpf(float(value)) - sine) <= float(error) * own
    assert float(error) < 1e-12
    cosine = np.array([1.0, 0.6, -0.3, 0.0])
    with jax.enable_x64(True):
        ones = jnp.ones(4)
        value, error = dual_of(L.hermite(12), Resolution())(ones, jnp.asarray(cosine), ones, jnp.zeros(()))
    assert np.all(np.abs(np.asarray(value) - cosine**12) <= np.asarray(error)) and np.max(error) > 1e-13
