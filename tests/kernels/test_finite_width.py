"""Corrections at finite width: against exact products, against sampled networks, and what is refused."""

import warnings

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import certifield as cf
from certifield import layers as L
from certifield.evidence import InputError
from certifield.kernels import deep_linear_moment, deep_relu_moment, finite_width

RELU = L.serial(L.dense(2**0.5), L.relu(), L.dense(2**0.5), L.relu(), L.dense(2**0.5))
ERF = L.serial(L.dense(1.0, 1.0), L.erf(), L.dense(1.0, 1.0), L.erf(), L.dense())
POINTS = [[0.3, -0.2], [1.0, 0.5]]


def test_exact_moments_are_those_of_the_page():
    """Widths 8, 6, 10 at K = 2: 53.625 and 5935; order 4 is 3 prod (1 + 5/n) exactly, of linear networks 3 prod (1 + 2/n)."""
    assert deep_relu_moment([8, 6, 10], 4).value * 4 == 53.625
    assert round(float((deep_relu_moment([8, 6, 10], 6) * 8).value)) == 5935
    for widths in ([7], [3, 11]):
        assert deep_relu_moment(widths, 4).value == 3 * np.prod([1 + cf.evidence.Exact(5) / n for n in widths]).value
        assert deep_linear_moment(widths, 4).value == 3 * np.prod([1 + cf.evidence.Exact(2) / n for n in widths]).value
    s = 7.5 * 9 + 2.25 * 9 * 8 + 9 * 8 * 7 / 8
    assert abs(float(deep_relu_moment([9], 6).value) - 15 * s / 4.5**3) < 1e-12


def conditional_kernels(hidden: L.Serial, widths: list[int], points: list[list[float]], draws: int) -> np.ndarray:
    """C_ab = (1/n) sum_i s_i(x_a) s_i(x_b) of the last hidden layer, whose covariance is V/n at sigma_w = 1: [draws, P, P]."""
    ensemble = hidden.ensemble(len(points[0]), widths[:-1], outputs=widths[-1])
    features = np.asarray(ensemble.evaluate(jax.random.key(3), np.array(points), draws))
    return np.einsum("nai,nbi->nab", features, features) / widths[-1]


def test_exact_moments_are_those_of_sampled_networks():
    """E[z^4] = 3 E[C^2], with the widths of another network as sabotage twin."""
    square = (2 * conditional_kernels(L.serial(L.dense(), L.relu(), L.dense(2**0.5), L.relu()), [8, 6], [[1.0, 1.0]], 100_000).ravel()) ** 2

    def pull(widths: list[int]) -> float:
        return abs(square.mean() - float(deep_relu_moment(widths, 4).value) / 3) / (square.std() / np.sqrt(len(square)))

    assert pull([8, 6]) < 4.9 < pull([8, 8])


def test_the_first_order_of_deep_relu_is_the_sum_of_five_over_n():
    found = finite_width(RELU, [[1.0, 0.0, 1.0]], [40, 60])
    ratio = float(found.vertex.mean[0, 0, 0, 0] / found.kernel.value[0, 0] ** 2)
    assert abs(ratio - (5 / 40 + 5 / 60)) < 1e-10
    exact = found.kernel.value[0, 0] ** 2 * (float(deep_relu_moment([40, 60], 4).value) - 3)
    assert abs(float(found.connected.mean[0, 0, 0, 0]) - exact) < float(found.connected.stderr[0, 0, 0, 0])


def test_single_layers_are_exact():
    """One hidden layer: G_c4 of the Erf-net of the page, d = 2, and of any function."""
    points = [[0.3, -0.2], [1.0, 0.5], [-0.7, 0.4], [0.2, 0.9]]
    for activation in (L.erf(), L.activation(lambda z: jax.lax.erf(z))):
        network = L.serial(L.dense(1.0, 1.0), activation, L.dense())
        found = finite_width(network, points, 20)
        assert abs(20 * float(found.connected.mean[0, 1, 2, 3]) - 0.3271638131) < 1e-7


def test_the_recursion_is_the_covariance_of_conditional_kernels():
    """The Erf-net with two hidden layers of 40, within errors and the next order; twice the width is the sabotage twin."""
    kernels = conditional_kernels(L.serial(*ERF.layers[:-1]), [40, 40], POINTS, 8000)
    centred = kernels - kernels.mean(axis=0)
    found, twin = (finite_width(ERF, POINTS, width) for width in (40, 80))
    for a, b, c, d in ((0, 0, 0, 0), (0, 1, 0, 1), (1, 1, 1, 1), (0, 0, 1, 1)):
        product = centred[:, a, b] * centred[:, c, d]
        error = product.std() / np.sqrt(len(product))
        allowed = 4.9 * error + float(found.connected.stderr[a, b, c, d]) / 3
        assert abs(product.mean() - found.vertex.mean[a, b, c, d]) < allowed
        assert abs(product.mean() - twin.vertex.mean[a, b, c, d]) > allowed


def test_slopes_are_right_for_kinks_and_for_expansions():
    """The same vertex for ReLU by its closed form and by its expansion as a function like any other."""
    named = finite_width(RELU, POINTS, 50).vertex.mean
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        other = L.activation(lambda z: jnp.where(z > 0, z, 0.0))
        network = L.serial(L.dense(2**0.5), other, L.dense(2**0.5), other, L.dense(2**0.5))
        assert np.max(np.abs(finite_width(network, POINTS, 50).vertex.mean - named)) < 1e-7 * np.max(named)


def test_deep_and_narrow_networks_are_warned_of():
    with pytest.warns(UserWarning, match="depth over width is 0.39"):
        found = finite_width(L.serial(*RELU.layers[:-1], L.dense(2**0.5), L.relu(), L.dense(2**0.5)), [[1.0]], [8, 6, 10])
    assert abs(float(found.depth_over_width.value) - (1 / 8 + 1 / 6 + 1 / 10)) < 1e-15
    excess = float(found.vertex.mean[0, 0, 0, 0] / found.kernel.value[0, 0] ** 2)
    assert abs(excess - 5 * (1 / 8 + 1 / 6 + 1 / 10)) < 1e-9  # 5.87 with the factor 3, where the exact excess is 10.41


@pytest.mark.parametrize("network", [L.serial(L.conv(3), L.relu(), L.flatten(), L.dense()), L.serial(L.dense(), L.relu()),
                                     L.serial(L.dense(complex=True), L.erf(), L.dense(complex=True))])  # fmt: skip
def test_other_networks_are_refused(network):
    with pytest.raises(InputError, match="1/n"):
        finite_width(network, POINTS, 20)
