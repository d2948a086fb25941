"""Derivatives of closed forms: against differences of the exact values, and without NaN where points coincide or vanish."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import certifield as cf

net, correlators = cf.ensembles, cf.correlators
LINE = np.array([[0.2], [0.6], [-0.5], [1.1]])
PLANE = np.array([[0.2, -0.3], [0.6, 0.1], [-0.5, 0.4], [1.1, 0.2]])

CASES = [
    (net.erf_net(1, 5, sigma_c=0.4), LINE, 2, False),
    (net.erf_net(2, 5), PLANE, 4, True),
    (net.relu_net(2, 5, sigma_b=0.3), PLANE, 2, False),
    (net.relu_net(1, 5), LINE, 4, True),
    (net.cos_net(2, 3), PLANE, 4, False),
    (net.gauss_net(1, 3, sigma_b=0.2), LINE, 4, True),
    (net.linear_net(2, 3, sigma_b=0.5), PLANE, 4, False),
    (net.linear_field(2, net.exponential()), PLANE, 3, False),
]


def by_differences(function, x, step=1e-5):
    slopes = np.zeros(x.shape)
    for place in np.ndindex(*x.shape):
        moved = np.zeros(x.shape)
        moved[place] = step
        slopes[place] = (function(x + moved) - function(x - moved)) / (2 * step)
    return slopes


@pytest.mark.parametrize(("ensemble", "points", "order", "connected"), CASES, ids=[case[0].name for case in CASES])
def test_values_and_slopes_are_those_of_the_exact_correlators(ensemble, points, order, connected):
    points = points[:order]
    function = correlators.formula(ensemble, points.shape[1], order, connected=connected)
    exact = correlators.exact(ensemble, points, connected=connected)
    value, slopes = jax.jit(jax.value_and_grad(function))(jnp.asarray(points))
    assert abs(float(value) - exact.value) < 1e-11 * max(1, abs(exact.value))
    true = by_differences(lambda x: correlators.exact(ensemble, x, connected=connected).value, points)
    assert np.max(np.abs(slopes - true)) < 1e-7
    assert np.max(np.abs(2 * slopes - true)) > 1e-6


def test_slopes_along_the_scales():
    scales = {"sigma_w": 0.9, "sigma_b": 0.7, "sigma_a": 1.2, "sigma_c": 0.4}
    function = correlators.formula(net.erf_net(1, 4, **scales), 1, 4)
    slopes = jax.jit(jax.grad(lambda given: function(jnp.asarray(LINE), **given)))(scales)
    for name in scales:
        ends = [correlators.exact(net.erf_net(1, 4, **(scales | {name: scales[name] + h})), LINE).value for h in (1e-5, -1e-5)]
        assert abs(float(slopes[name]) - (ends[0] - ends[1]) / 2e-5) < 1e-7


@pytest.mark.parametrize("make", [net.erf_net, net.relu_net, net.cos_net, net.gauss_net, net.linear_net])
@pytest.mark.parametrize("order", [2, 4])
def test_coincident_points_and_the_origin_have_derivatives(make, order):
    function = correlators.formula(make(1, 5), 1, order)
    slope = jax.jit(jax.value_and_grad(lambda points, sigma_b: function(points, sigma_b=sigma_b)))
    for x in (0.0, 0.7):
        for sigma_b in (0.0, 1.0):
            value, slopes = slope(jnp.full((order, 1), x), sigma_b)
            assert np.isfinite(value)
            assert np.all(np.isfinite(slopes))


def test_the_kernel_of_the_relu_net_at_coincident_points():
    """K(x, y) = (1 + x y)/2 to second order in x - y, so dK/dx = y/2 at x = y; without bias at x = 0: y/4, the mean of both sides."""
    kernel = correlators.formula(net.relu_net(1, 3), 1, 2)
    assert np.allclose(jax.jit(jax.grad(kernel))(jnp.array([[0.6], [0.6]])), 0.3, atol=1e-12)
    kernel = correlators.formula(net.relu_net(1, 3, sigma_b=0.0), 1, 2)
    assert np.allclose(jax.jit(jax.grad(kernel))(jnp.array([[0.0], [0.6]]))[0], 0.15, atol=1e-12)


def test_index_tuples_and_transformations():
    function = correlators.formula(net.cos_net(1, 3), 1, 2, indices=[[0, 1], [2, 2]])
    values = jax.jit(function)(jnp.asarray(LINE))
    assert np.allclose(values, correlators.exact(net.cos_net(1, 3), LINE, indices=[[0, 1], [2, 2]]).value)
    curvature = jax.jit(jax.hessian(correlators.formula(net.cos_net(1, 3), 1, 2)))(jnp.zeros((2, 1)))
    assert np.allclose(curvature.reshape(2, 2), [[-0.5, 0.5], [0.5, -0.5]])  # K = exp(-(x - y)^2/2)/2


def test_what_has_no_such_formula_says_so():
    with pytest.raises(cf.evidence.NoClosedForm, match="exact"):
        correlators.formula(net.single_layer("tanh", 1, 3), 1, 2)
    with pytest.raises(cf.evidence.InputError, match="sigma_w"):
        correlators.formula(net.erf_net(1, 3), 1, 2)(jnp.zeros((2, 1)), sigma=1.0)
