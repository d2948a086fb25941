"""How errors grow with the depth of a network: radii against arithmetic with 50 digits."""

import itertools

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

import certifield as cf
from certifield import layers as L
from certifield.evidence import Exact, NotConverged
from certifield.kernels.duals import Resolution, dual_of
from certifield.kernels.duals._rectified import Rectified
from certifield.layers._combined import abbreviated

RANDOM = np.random.default_rng(3).standard_normal((3, 3))
NEAR = RANDOM[:1] + np.array([[0, 1e-9, 0], [0, 1e-5, 0]])
POINTS = np.concatenate([RANDOM, NEAR, RANDOM[:1], -RANDOM[1:2], np.zeros((1, 3))])  # near, equal, opposite, and zero
APART = slice(0, 3)


def critical(depth: int) -> L.Layer:
    return L.serial(*[layer for _ in range(depth) for layer in (L.dense(2**0.5), L.relu())], L.dense(2**0.5))


def known(x: np.ndarray, y: np.ndarray, depth: int) -> tuple[mpmath.mpf, mpmath.mpf]:
    """Covariance and tangent kernel of the critical network: variances stay, cosines follow the angle."""
    first, second = ([mpmath.mpf(float(each)) for each in point] for point in (x, y))
    squared = mpmath.mpf(2**0.5) ** 2  # the weights as they are given
    scale = squared * mpmath.sqrt(mpmath.fdot(first, first) * mpmath.fdot(second, second)) / 3
    if scale == 0:
        return scale, scale
    cosine = squared * mpmath.fdot(first, second) / 3 / scale
    tangent = cosine * scale
    for _ in range(depth):
        angle = mpmath.acos(min(max(cosine, -1), 1))
        share = squared / 2 * (1 - angle / mpmath.pi)
        scale *= squared / 2
        cosine = (mpmath.sin(angle) + (mpmath.pi - angle) * cosine) / mpmath.pi
        tangent = scale * cosine + share * tangent
    return scale * cosine, tangent


def deviations(depth: int) -> list[tuple[np.ndarray, Exact, np.ndarray]]:
    """Of both kernels: how far they are off, what they are, and the product of the deviations."""
    with mpmath.workdps(50):
        exact = np.array([[known(x, y, depth) for y in POINTS] for x in POINTS])
        kernels = [kernel(critical(depth), POINTS) for kernel in (cf.kernels.nngp, cf.kernels.ntk)]
        off = [np.abs(exact[:, :, each] - kernel.value).astype(float) for each, kernel in enumerate(kernels)]
    scales = [np.sqrt(np.outer(np.diag(kernel.value), np.diag(kernel.value))) for kernel in kernels]
    return list(zip(off, kernels, scales, strict=True))


@pytest.mark.parametrize("depth", [1, 5, pytest.param(20, marks=pytest.mark.slow), pytest.param(50, marks=pytest.mark.slow)])
def test_critical_rectifiers_are_within_a_small_radius(depth):
    for (off, kernel, scale), apart, everywhere in zip(deviations(depth), (2e-12, 2e-10), (2e-12, 3e-5), strict=True):
        assert np.all(off <= kernel.radius)
        assert np.all(kernel.radius[APART, APART] <= apart * scale[APART, APART]) and np.all(kernel.radius <= everywhere * scale)


@pytest.mark.parametrize("depth", [5, pytest.param(30, marks=pytest.mark.slow)])
def test_chaotic_error_functions_are_within_a_small_radius(depth):
    """Where nearby points move apart errors between them do grow, and between others they do not."""
    kernel = cf.kernels.nngp(L.serial(*depth * [L.dense(1.5, 0.1), L.erf()], L.dense(1.5, 0.1)), POINTS[:-1])
    with mpmath.workdps(50):
        weight, bias = mpmath.mpf(1.5) ** 2, mpmath.mpf(0.1) ** 2
        points = [[mpmath.mpf(float(each)) for each in point] for point in POINTS[:-1]]
        covariance = np.array([[weight * mpmath.fdot(x, y) / 3 + bias for y in points] for x in points])
        for _ in range(depth):
            roots = [mpmath.sqrt(1 + 2 * each) for each in np.diag(covariance)]
            cosines = 2 * covariance / np.outer(roots, roots)
            covariance = weight * 2 / mpmath.pi * np.vectorize(mpmath.asin, otypes=[object])(cosines) + bias
        off = np.abs(covariance - kernel.value).astype(float)
    assert np.all(off <= kernel.radius) and np.all(kernel.radius[APART, APART] <= 1e-10)


def test_without_the_error_of_the_angle_the_radius_is_too_small(monkeypatch):
    """Sabotage twin: the tangent kernel between points that nearly coincide."""
    monkeypatch.setattr(Rectified, "_angle_error", lambda self, a, c, b, error: 0.0)
    (off, kernel, _), (tangent_off, tangent, _) = deviations(6)  # a depth that no other test has compiled
    assert np.all(off <= kernel.radius) and np.any(tangent_off > 10 * tangent.radius)


LOCAL = [L.relu(), L.leaky_relu(0.2), L.leaky_relu(-0.4), L.absolute(), L.rectified_monomial(2), L.rectified_monomial(3), L.sign(), L.erf()]


@pytest.mark.parametrize("activation", LOCAL, ids=str)
@pytest.mark.parametrize("off", [1e-5, 1e-2, 0.1])
def test_bounds_hold_in_all_corners(activation, off):
    """Cosines from -1 to 1, variances small and large, arguments off in all ways; half of the bound, the sabotage twin, is too small."""
    dual, corners = dual_of(activation, Resolution()), np.array([(0, 0, 0), *itertools.product((-1, 0, 1), repeat=3)])
    cosines = [-1, -0.999, -0.5, 0, 0.4, 0.8, 0.9, 0.98, 0.9999, 1 - 1e-9, 1]
    r, ratio, size = (each.ravel() for each in np.meshgrid(cosines, [1.0, 7.0], [1e-3, 1.0, 1e4]))
    scales = size * np.stack([np.ones_like(r), ratio**0.5, ratio])
    centre = scales * np.stack([np.ones_like(r), r, np.ones_like(r)])
    a, c, b = (centre[None] + off * corners[:, :, None] * scales[None]).transpose(1, 0, 2)
    with jax.enable_x64(True):
        value, error = map(np.asarray, jax.jit(dual)(a, c, b, jnp.asarray(off)))
        variances = [tuple(map(np.asarray, dual.power(each, jnp.asarray(off)))) for each in (a, b)]
    own = np.sqrt(variances[0][0][0] * variances[1][0][0])
    shares = np.abs(value - value[0]) / (np.broadcast_to(error, value.shape)[0] * own)
    assert 0.5 < np.max(shares) <= 1
    moved = [np.abs(diagonal / diagonal[0] - 1) / np.broadcast_to(most, diagonal.shape)[0] for diagonal, most in variances]
    assert np.max(moved) <= 1 and (np.max(moved) > 0.5 or activation == L.sign())  # the square of a sign is 1


@pytest.mark.parametrize("side", [1, -1])
def test_angles_too_small_to_be_known_are_bounded_from_the_value_that_was_taken(side):
    """Within some roundings of coincident and of opposite points, against 50 digits: the angle is taken as 0 or pi there."""
    rounding, sizes = 2.0**-52, np.random.default_rng(8).uniform(0.1, 10, (2, 40))
    grid = np.meshgrid(np.arange(1, 13) / 2 * rounding, np.array([0, 1, 4, 10, 30, 1000]) * rounding, np.arange(40))
    places, errors, at = (each.ravel() for each in grid)
    a, b = np.where(at == 0, 1.0, sizes[:, at.astype(int)])
    c = side * (1 - places) * np.sqrt(a * b)
    with jax.enable_x64(True):
        value, bound = map(np.asarray, jax.jit(dual_of(L.sign(), Resolution()))(a, c, b, errors))
    with mpmath.workdps(50):
        cosines = [mpmath.mpf(each) / mpmath.sqrt(mpmath.mpf(one) * mpmath.mpf(other)) for each, one, other in zip(c, a, b, strict=True)]
        pairs = [(min(max(cosine, -1), 1), mpmath.mpf(error)) for cosine, error in zip(cosines, errors, strict=True)]
        moved = [(cosine - side * error) / (1 + error) for cosine, error in pairs]
        true = [2 / mpmath.pi * mpmath.asin(each) for each in moved]
        shares = np.array(
            [abs(one - mpmath.mpf(mine)) / mpmath.mpf(most) for one, mine, most in zip(true, value, bound, strict=True)], float
        )
    assert 0.8 < np.max(shares) <= 1


def test_deep_networks_are_named_in_few_words():
    layers = [L.dense(), L.relu()]
    assert abbreviated(critical(40)) == "(dense > relu) x 40 > dense"
    assert abbreviated(L.serial(*layers)) == "dense > relu" and abbreviated(L.serial(*2 * [L.dense()])) == "dense x 2"
    assert abbreviated(L.residual(L.serial(), L.serial(*3 * layers))) == "[identity + ((dense > relu) x 3)]"
    growing = L.serial(*40 * [L.dense(), L.layer_norm(), L.rectified_monomial(2)], L.dense())  # squares double relative errors
    with pytest.raises(NotConverged, match=r"^through \(dense > [^>]* > [^>]*\) x 40 > dense errors grow"):
        cf.kernels.nngp(growing, RANDOM[:2])
