"""Gaussian averages of products of activations: closed forms against quadrature, expansions against closed forms, derivatives."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from kernel_networks import ACTIVATIONS

from certifield import layers as L
from certifield.kernels._averages import nested_rule
from certifield.kernels.duals import Resolution, dual_of
from certifield.kernels.duals._hermite import Expanded, kinks

COVARIANCES = [(1.0, 0.5, 1.0), (0.7, -0.6, 1.9), (2.0, 1.99, 2.1), (0.3, 0.0, 1.2)]
ALL = {**ACTIVATIONS, "hermite(3)": L.hermite(3), **{f"rectified({n})": L.rectified_monomial(n) for n in range(5)},
       "leaky(-2)": L.leaky_relu(-2.0), "sin(1.3, 0.4)": L.sin(1.3, 0.4)}  # fmt: skip


def by_quadrature(activation: L.Activation, a: float, c: float, b: float) -> float:
    jumps = np.zeros(1) if activation.name == "rectified" else np.zeros(0)
    z, weights = nested_rule(np.array([[a, c], [c, b]]), jumps, 14)
    s = np.asarray(activation(jnp.asarray(z)))
    return float(weights @ (s[:, 0] * s[:, 1]))


def averaged(activation: L.Activation, a: float, c: float, b: float, resolution: Resolution | None = None) -> tuple[float, float]:
    arrays = [jnp.asarray([[each]]) for each in (a, c, b)]
    value, error = dual_of(activation, resolution or Resolution())(*arrays, jnp.zeros(()))
    return float(value[0, 0]), float(jnp.max(error))


@pytest.mark.parametrize("name", ALL)
def test_closed_forms_are_integrals(name):
    activation = ALL[name]
    values = np.asarray(dual_of(activation, Resolution())(*map(jnp.asarray, zip(*COVARIANCES, strict=True)), jnp.zeros(()))[0])
    for value, (a, c, b) in zip(values, COVARIANCES, strict=True):
        scale = np.sqrt(by_quadrature(activation, a, a, a) * by_quadrature(activation, b, b, b))
        assert abs(value - by_quadrature(activation, a, c, b)) < 2e-9 * scale, (a, c, b)
        assert abs(value - by_quadrature(activation, a, 0.9 * c + 0.01, b)) > 1e-6 * scale  # sabotage twin: another covariance


@pytest.mark.parametrize("name", ["relu", "erf", "sign", "gelu", "rectified(3)", "polynomial([0.5,-1,0.3,0.2])"])
def test_derivatives_are_those_of_differences_and_of_price(name):
    """dF/dc = E[f' f'], for the rectified also by the formula of the next lower order."""
    activation = ALL[name]

    def value(a, c, b):
        return dual_of(activation, Resolution())(a, c, b, jnp.zeros(()))[0]

    where = [jnp.asarray([each]) for each in (0.7, 0.4, 1.9)]
    for place in range(3):
        ones = [jnp.ones(1) if k == place else jnp.zeros(1) for k in range(3)]
        _, slope = jax.jvp(value, tuple(where), tuple(ones))
        ahead, behind = ([w + sign * 1e-5 * one for w, one in zip(where, ones, strict=True)] for sign in (1, -1))
        difference = (value(*ahead) - value(*behind)) / 2e-5
        assert abs(float((slope - difference)[0])) < 1e-8 * max(1.0, abs(float(difference[0])))


def test_any_function_is_expanded_within_its_bound():
    """tanh at the digits of the specification, GELU and ReLU against their closed forms."""
    fine = Resolution(192, 128)
    assert abs(averaged(L.activation(jnp.tanh), 1.0, 0.5, 1.0, fine)[0] - 0.186324413203448) < 1e-14
    for function, closed in ((lambda z: z * jax.scipy.stats.norm.cdf(z), L.gelu()), (lambda z: jnp.where(z > 0, z, 0.0), L.relu())):
        for a, c, b in COVARIANCES:
            value, error = averaged(L.activation(function), a, c, b, Resolution(64, 64))
            exact, scale = averaged(closed, a, c, b)[0], np.sqrt(averaged(closed, a, a, a)[0] * averaged(closed, b, b, b)[0])
            assert abs(value - exact) <= error * scale
    assert abs(value - exact) <= 1e-12 * scale  # at correlation 0 a kink costs nothing


def test_kinks_and_jumps_are_found():
    clipped = kinks(lambda z: jnp.clip(z, -1.0, 0.3))
    assert np.allclose(clipped, [-1.0, 0.3], atol=1e-7) and kinks(jnp.tanh) == ()
    assert np.allclose(kinks(lambda z: jnp.where(z > 0.7, 1.0, 0.0)), [0.7], atol=1e-15)


def test_without_the_kink_the_average_is_wrong(monkeypatch):
    """Sabotage twin: panels across a jump miss digits that panels at it have."""
    function = L.activation(lambda z: jnp.where(z > 0.3141, 1.0, 0.0)).function
    a = jnp.asarray([1.0])
    exact = 0.5 * (1 - jax.scipy.special.erf(0.3141 / np.sqrt(2)))
    assert abs(float(Expanded(function, Resolution(8, 64)).power(a, jnp.zeros(()))[0][0] - exact)) < 1e-14
    monkeypatch.setattr("certifield.kernels.duals._hermite.kinks", lambda _: ())
    assert abs(float(Expanded(function, Resolution(8, 64)).power(a, jnp.zeros(()))[0][0] - exact)) > 1e-6
