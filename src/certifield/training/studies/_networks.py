"""Networks in the parametrisation of the mean-field theory, trained by gradient flow, with their features and tangent kernels."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

_STEP = 1 / 32  # a kernel of 15 times this is 0.5, where the fourth order is right to 1e-4 of what is left


class Measured(NamedTuple):
    """At every time: prediction [T, P], tangent kernel [T, P, P], features [L, T, P, P]."""

    prediction: Any
    kernel: Any
    features: Any


def measured(
    gram: np.ndarray, y: np.ndarray, times: np.ndarray, gamma: float, activation: Callable, depth: int, width: int, key: Array
) -> Measured:
    """The mean over a network and the one with the other sign of its readout, so that the outputs start at 0 together.

    phi = w.f(h^L)/(gamma N), h^{l+1} = W f(h^l)/sqrt(N), h^1 = W x/sqrt(D), all parameters N(0, 1); d theta/dt = -gamma^2 N d loss/d theta.
    Weights are in single precision: what it loses is far below the spread over networks.
    """
    values, vectors = np.linalg.eigh(gram)
    x = jnp.asarray(vectors * np.sqrt(np.maximum(values, 0.0)), dtype=jnp.float32)  # rows with x.x' = gram, D absorbed
    given = x, jnp.asarray(y, dtype=jnp.float32), jnp.float32(gamma), key
    found = [_flow(*given, sign, tuple(map(float, times)), activation, depth, width) for sign in (1.0, -1.0)]
    return Measured(*(0.5 * (np.asarray(a, dtype=float) + np.asarray(b, dtype=float)) for a, b in zip(*found, strict=True)))


@partial(jax.jit, static_argnums=(5, 6, 7, 8))
def _flow(
    x: Array, y: Array, gamma: Array, key: Array, sign: float, times: tuple[float, ...], activation: Callable, depth: int, width: int
) -> Measured:
    keys = jax.random.split(key, depth + 1)
    shapes = [(width, x.shape[1]), *[(width, width)] * (depth - 1), (width,)]
    weights = [jax.random.normal(one, shape, jnp.float32) for one, shape in zip(keys, shapes, strict=True)]
    weights[-1] = sign * weights[-1]

    def features(weights: list[Array]) -> list[Array]:
        rows, found = x, []
        for place, matrix in enumerate(weights[:-1]):
            rows = activation(rows @ matrix.T / jnp.float32(width**0.5 if place else 1.0))
            found.append(rows)
        return found

    def output(weights: list[Array]) -> Array:
        return features(weights)[-1] @ weights[-1] / (gamma * jnp.float32(width))

    def slope(weights: list[Array]) -> list[Array]:
        value, pull = jax.vjp(output, weights)
        (found,) = pull((y - value) * gamma**2 * jnp.float32(width))
        return found

    def seen(weights: list[Array]) -> Measured:
        value, pull = jax.vjp(output, weights)
        rows = [jnp.concatenate([leaf.ravel() for leaf in pull(unit)[0]]) for unit in jnp.eye(len(y), dtype=jnp.float32)]
        jacobian = jnp.stack(rows)
        layers = [f @ f.T / jnp.float32(width) for f in features(weights)]
        return Measured(value, jacobian @ jacobian.T * gamma**2 * jnp.float32(width), jnp.stack(layers))

    def step(weights: list[Array], dt: Array) -> tuple[list[Array], None]:
        def moved(by: list[Array], share: float) -> list[Array]:
            return [w + jnp.float32(share) * dt * k for w, k in zip(weights, by, strict=True)]

        first = slope(weights)
        second = slope(moved(first, 0.5))
        third = slope(moved(second, 0.5))
        fourth = slope(moved(third, 1.0))
        every = zip(weights, first, second, third, fourth, strict=True)
        return [w + dt / 6 * (a + 2 * b + 2 * c + d) for w, a, b, c, d in every], None

    found = [seen(weights)]
    for before, now in pairwise(times):
        count = max(1, round((now - before) / _STEP))
        weights, _ = jax.lax.scan(step, weights, jnp.full((count,), (now - before) / count, dtype=jnp.float32))
        found.append(seen(weights))
    stacked = [jnp.stack(each) for each in zip(*found, strict=True)]
    return Measured(stacked[0], stacked[1], jnp.swapaxes(stacked[2], 0, 1))
