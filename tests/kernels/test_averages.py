"""Gaussian averages of products of activations: closed forms against quadrature, expansions against closed forms, derivatives."""

import math

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


average = jax.jit(lambda dual, a, c, b: dual(a, c, b, jnp.zeros(())), static_argnums=0)


def averaged(activation: L.Activation, resolution: Resolution, covariances=COVARIANCES) -> tuple[np.ndarray, np.ndarray]:
    """The averages at all covariances (a, c, b) at once, and their relative errors."""
    value, error = average(dual_of(activation, resolution), *map(jnp.asarray, zip(*covariances, strict=True)))
    return np.asarray(value), np.broadcast_to(np.asarray(error), value.shape)


@pytest.mark.parametrize("name", ALL)
def test_closed_forms_are_integrals(name):
    activation = ALL[name]
    for value, (a, c, b) in zip(averaged(activation, Resolution())[0], COVARIANCES, strict=True):
        scale = np.sqrt(by_quadrature(activation, a, a, a) * by_quadrature(activation, b, b, b))
        assert abs(value - by_quadrature(activation, a, c, b)) < 2e-9 * scale, (a, c, b)
        assert abs(value - by_quadrature(activation, a, 0.9 * c + 0.01, b)) > 1e-6 * scale  # sabotage twin: another covariance


@pytest.mark.parametrize("name", ["relu", "erf", "sign", "gelu", "rectified(3)", "polynomial([0.5,-1,0.3,0.2])"])
def test_derivatives_are_those_of_differences_and_of_price(name):
    """dF/dc = E[f' f'], for the rectified also by the formula of the next lower order."""
    dual, where = dual_of(ALL[name], Resolution()), np.array([0.7, 0.4, 1.9])

    def value(at):
        return dual(at[0], at[1], at[2], jnp.zeros(()))[0]

    slope = jax.jit(jax.jacfwd(value))(where)
    ahead, behind = jax.jit(jax.vmap(jax.vmap(value)))(where + 1e-5 * np.stack([np.eye(3), -np.eye(3)]))
    difference = (ahead - behind) / 2e-5
    assert np.all(np.abs(slope - difference) < 1e-8 * np.maximum(1.0, np.abs(difference)))


def test_any_function_is_expanded_within_its_bound():
    """tanh at the digits of the specification, GELU and ReLU against their closed forms."""
    assert abs(averaged(L.activation(jnp.tanh), Resolution(192, 128), [(1.0, 0.5, 1.0)])[0][0] - 0.186324413203448) < 1e-14
    own = [(a, a, a) for a, _, _ in COVARIANCES], [(b, b, b) for *_, b in COVARIANCES]
    for function, closed in ((lambda z: z * jax.scipy.stats.norm.cdf(z), L.gelu()), (lambda z: jnp.where(z > 0, z, 0.0), L.relu())):
        value, error = averaged(L.activation(function), Resolution(64, 64))
        exact, left, right = (averaged(closed, Resolution(), each)[0] for each in (COVARIANCES, *own))
        scale = np.sqrt(left * right)
        assert np.all(np.abs(value - exact) <= error * scale)
    assert abs(value - exact)[-1] <= 1e-12 * scale[-1]  # at correlation 0 a kink costs nothing


def test_kinks_and_jumps_are_found():
    clipped = kinks(lambda z: jnp.clip(z, -1.0, 0.3))
    assert np.allclose(clipped, [-1.0, 0.3], atol=1e-7) and kinks(jnp.tanh) == ()
    assert np.allclose(kinks(lambda z: jnp.where(z > 0.7, 1.0, 0.0)), [0.7], atol=1e-15)


def test_without_the_kink_the_average_is_wrong(monkeypatch):
    """Sabotage twin: panels across a jump miss digits that panels at it have."""
    function = L.activation(lambda z: jnp.where(z > 0.3141, 1.0, 0.0)).function

    def off() -> float:
        found = jax.jit(lambda a: Expanded(function, Resolution(8, 64)).power(a, jnp.zeros(()))[0])(1.0)
        return abs(float(found) - 0.5 * math.erfc(0.3141 / math.sqrt(2)))

    assert off() < 1e-14
    monkeypatch.setattr("certifield.kernels.duals._hermite.kinks", lambda _: ())
    assert off() > 1e-6
