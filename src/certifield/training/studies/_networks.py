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
_AHEAD, _SHARES = (0.5, 0.5, 1.0, 0.0), (1 / 6, 1 / 3, 1 / 3, 1 / 6)  # of Runge and Kutta: from a stage to the next, and what it gives


class Measured(NamedTuple):
    """At every time: prediction [T, P], tangent kernel [T, P, P], features [L, T, P, P]."""

    prediction: Any
    kernel: Any
    features: Any


class Moved(NamedTuple):
    """What training changes, in a network [0] and in its mirror image [1].

    ``first`` [2, P, N]: preactivations of the first layer; ``readout`` [2, N]; ``left``, ``right`` [L - 1, 2, K, N]: the matrices between
    hidden layers have moved by sum_k left_k right_k^T, one term for every stage and point.
    """

    first: Array
    readout: Array
    left: Array
    right: Array


def measured(
    gram: np.ndarray,
    y: np.ndarray,
    times: np.ndarray,
    gamma: float,
    activation: Callable,
    depth: int,
    width: int,
    key: Array,
    step: float = _STEP,
) -> Measured:
    """The mean over a network and the one with the other sign of its readout, so that the outputs start at 0 together.

    phi = w.f(h^L)/(gamma N), h^{l+1} = W f(h^l)/sqrt(N), h^1 = W x/sqrt(D), all parameters N(0, 1); d theta/dt = -gamma^2 N d loss/d theta.

    The steps of fourth order are of fixed length, so that the motion of a matrix is a known number of outer products: a stage multiplies
    the matrices of the start by a few vectors, and networks of width 4096 take seconds.  An adaptive solver would hold the matrices
    themselves, several times over.  Weights are in single precision: what it loses is far below the spread over networks.
    """
    values, vectors = np.linalg.eigh(gram)
    counts = [max(1, round((now - before) / step)) for before, now in pairwise(times)]
    lengths = np.repeat(np.diff(times) / counts, counts)
    given = (vectors * np.sqrt(np.maximum(values, 0.0)), y, gamma, lengths)  # rows with x.x' = gram, D absorbed
    found = _flow(*(jnp.asarray(each, dtype=jnp.float32) for each in given), key, activation, depth, width)
    at = np.concatenate([[0], np.cumsum(counts)])
    prediction, kernel, features = (np.asarray(each, dtype=float)[at] for each in found)
    return Measured(prediction, kernel, np.moveaxis(features, 1, 0))


def drawn(x: Array, key: Array, depth: int, width: int) -> tuple[Array, list[Array], Array]:
    """Preactivations of the first layer [P, N], matrices between hidden layers over sqrt(N), and the readout [N], of a random network."""
    keys = jax.random.split(key, depth + 1)
    first = x @ jax.random.normal(keys[0], (width, x.shape[1]), jnp.float32).T
    hidden = [jax.random.normal(one, (width, width), jnp.float32) / jnp.float32(width**0.5) for one in keys[1:-1]]
    return first, hidden, jax.random.normal(keys[-1], (width,), jnp.float32)


@partial(jax.jit, static_argnums=(5, 6, 7))
def _flow(x: Array, y: Array, gamma: Array, lengths: Array, key: Array, activation: Callable, depth: int, width: int) -> Measured:
    first, hidden, readout = drawn(x, key, depth, width)
    points, size, gram = len(y), jnp.float32(width), x @ x.T
    terms = 4 * points * len(lengths)

    def fields(moved: Moved, scale: Array) -> tuple[Array, Array, Array]:
        """Predictions [2, P], and f(h^l) and f'(h^l) z^l of every layer [L, 2, P, N]."""

        def change(rows: Array, taken: Array, given: Array) -> Array:
            return jnp.einsum("mpk,mkn->mpn", jnp.einsum("mpn,mkn->mpk", rows, taken) * scale[None, None], given)

        h, forward, slopes = moved.first, [], []
        for layer in range(depth):
            f, slope = jax.jvp(activation, (h,), (jnp.ones_like(h),))
            forward, slopes = [*forward, f], [*slopes, slope]
            if layer + 1 < depth:
                h = f @ hidden[layer].T + change(f, moved.right[layer], moved.left[layer])
        backward = [moved.readout[:, None] * slopes[-1]]
        for layer in reversed(range(depth - 1)):
            z = backward[0] @ hidden[layer] + change(backward[0], moved.left[layer], moved.right[layer])
            backward = [slopes[layer] * z, *backward]
        prediction = jnp.einsum("mn,mpn->mp", moved.readout, forward[-1]) / (gamma * size)
        return prediction, jnp.stack(forward), jnp.stack(backward)

    def seen(prediction: Array, forward: Array, backward: Array) -> Measured:
        phi, g = (jnp.einsum("lmpn,lmqn->lmpq", each, each) / size for each in (forward, backward))
        kernel = g[0] * gram[None] + jnp.sum(g[1:] * phi[:-1], axis=0) + phi[-1]
        return Measured(jnp.mean(prediction, axis=0), jnp.mean(kernel, axis=0), jnp.mean(phi, axis=1))

    def stage(carry: tuple[Any, ...], given: tuple[Array, ...]) -> tuple[tuple[Any, ...], Measured]:
        """One of the four of a step from ``start``; ``total``: what its stages so far give; the scales of the terms are ``scale`` now,
        ``done`` before the step, and ``due`` after it."""
        start, total, now, scale, done, due = carry
        number, ahead, share, last = given
        prediction, forward, backward = fields(now, scale)
        pull = gamma * (y[None] - prediction)[..., None]
        rates = jnp.einsum("pq,mqn->mpn", gram, pull * backward[0]), jnp.sum(pull * forward[-1], axis=1)
        place = number * points
        left, right = (
            jax.lax.dynamic_update_slice(taken, rows, (0, 0, place, 0))
            for taken, rows in ((now.left, pull[None] * backward[1:] / size), (now.right, forward[:-1]))
        )
        total = [each + share * rate for each, rate in zip(total, rates, strict=True)]
        due, tried = (jax.lax.dynamic_update_slice(each, jnp.full((points,), by), (place,)) for each, by in ((due, share), (done, ahead)))
        moved = [from_ + jnp.where(last, whole, ahead * rate) for from_, whole, rate in zip(start, total, rates, strict=True)]
        start, total = ([jnp.where(last, new, old) for new, old in zip(*pair, strict=True)] for pair in ((moved, start), (none, total)))
        scale, done = jnp.where(last, due, tried), jnp.where(last, due, done)
        return (start, total, Moved(moved[0], moved[1], left, right), scale, done, due), seen(prediction, forward, backward)

    begin = [jnp.stack([first, first]), jnp.stack([readout, -readout])]
    none = [jnp.zeros_like(each) for each in begin]
    matrices, scale = jnp.zeros((depth - 1, 2, terms, width), jnp.float32), jnp.zeros((terms,), jnp.float32)
    ahead, share = (jnp.outer(lengths, jnp.asarray(each, jnp.float32)).ravel() for each in (_AHEAD, _SHARES))
    given = jnp.arange(len(ahead)), ahead, share, jnp.arange(len(ahead)) % 4 == 3
    carry, found = jax.lax.scan(stage, (begin, none, Moved(begin[0], begin[1], matrices, matrices), scale, scale, scale), given)
    end = seen(*fields(carry[2], carry[3]))
    return jax.tree.map(lambda every, last: jnp.concatenate([every[::4], last[None]]), found, end)
