"""Dynamical mean-field theory of two layers: particles that meet through the residual alone, without a width."""

from collections.abc import Callable, Sequence
from typing import Any

import diffrax
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from certifield.evidence import Estimate
from certifield.streams import stream_key

from ._problem import MeanField, Problem, problem

_GROUPS = 16


def two_layers(
    gram: Any,
    y: Any,
    times: Sequence[float],
    *,
    gamma: float,
    activation: Callable[[Array], Array] = jnp.tanh,
    particles: int = 1 << 15,
    seed: int = 0,
) -> MeanField:
    """Gradient flow of phi = (1/(gamma N)) sum_i w_i f(h_i), h = W x/sqrt(D), at infinite width, from phi = 0, all parameters N(0, 1).

    ``gram`` [P, P] = x.x'/D; ``y`` [P]; ``times`` ascending from 0; loss |phi - y|^2/2 in sum, rate gamma^2 N (so that gamma -> 0 is the
    lazy limit).  ``activation``: of JAX, differentiable.  Every neuron is a particle (h [P], w),

        dh_m/dt = gamma sum_a gram_ma D_a w f'(h_a),   dw/dt = gamma sum_a D_a f(h_a),   D = y - phi,

    integrated by Diffrax (Tsit5, relative tolerance 1e-8); each comes with its mirror image (h, -w), so that phi starts at 0.  The errors
    are those of 16 groups of ``particles``/16 that do not know of each other; the bias is of order 16/particles.

    Raises `InputError` for a gram matrix that is none, labels of another shape than [P], and times that do not ascend.
    Reference: arXiv:2205.09653, section 4.
    """
    found = problem(gram, y, times, gamma)
    each = max(2, particles // _GROUPS)
    with jax.enable_x64(True):
        keys = jax.random.split(stream_key(seed, "two-layer mean field"), _GROUPS)
        runs = [_run(found, activation, key, each) for key in keys]
    source = f"two-layer mean field/{activation}/{gamma}/{seed}"
    return MeanField(found.times, *(_estimate(np.stack(rows), source, each * _GROUPS, seed) for rows in zip(*runs, strict=True)))


def _estimate(rows: np.ndarray, source: str, draws: int, seed: int) -> Estimate:
    mean = rows.mean(axis=0)
    away = (rows - mean) / np.sqrt(len(rows) * (len(rows) - 1))
    return Estimate(mean, {source: away}, draws, len(rows), seed, "particles, their groups apart", "float64", bias="unknown")


def _run(found: Problem, activation: Callable, key: Array, count: int) -> tuple[np.ndarray, ...]:
    given = jnp.asarray(found.gram), jnp.asarray(found.y), jnp.asarray(found.times), found.gamma, key
    prediction, kernel, features = map(np.asarray, _flow(*given, activation, count // 2))
    return prediction, kernel, features[None]


def _flow_plain(gram: Array, y: Array, times: Array, gamma: float, key: Array, activation: Callable, half: int) -> tuple[Array, ...]:
    """One group: prediction [T, P], kernel [T, P, P] and features [T, P, P]."""
    left, right = jax.random.split(key)
    values, vectors = jnp.linalg.eigh(gram)
    root = vectors * jnp.sqrt(jnp.maximum(values, 0.0))[None]
    h = jax.random.normal(left, (half, len(y))) @ root.T
    w = jax.random.normal(right, (half,))
    start = jnp.concatenate([h, h]), jnp.concatenate([w, -w])
    slope = jax.vmap(jax.vmap(jax.grad(activation)))

    def output(h: Array, w: Array) -> Array:
        return w @ activation(h) / (len(w) * gamma)

    def motion(t: Any, state: tuple[Array, Array], _: None) -> tuple[Array, Array]:
        h, w = state
        residual = (y - output(h, w))[None, :]
        return gamma * (residual * w[:, None] * slope(h)) @ gram, gamma * jnp.sum(residual * activation(h), axis=1)

    def seen(t: Any, state: tuple[Array, Array], _: None) -> tuple[Array, ...]:
        h, w = state
        s, g = activation(h), w[:, None] * slope(h)
        features = s.T @ s / len(w)
        return output(h, w), features + gram * (g.T @ g) / len(w), features

    solution = diffrax.diffeqsolve(
        diffrax.ODETerm(motion),
        diffrax.Tsit5(),
        times[0],
        times[-1],
        None,
        start,
        saveat=diffrax.SaveAt(ts=times, fn=seen),
        stepsize_controller=diffrax.PIDController(rtol=1e-8, atol=1e-8),
        max_steps=100_000,
    )
    assert solution.ys is not None
    return solution.ys


_flow = jax.jit(_flow_plain, static_argnums=(5, 6))
