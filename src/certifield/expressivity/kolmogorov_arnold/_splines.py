r"""B-splines of any order on many grids at once, and their lines outside.

A grid is a row of knots $t_{-k} \dots t_{G+k}$, G intervals between a = t_0 and b = t_G and k more on either side; it carries G + k basis
functions.  Equal intervals have the closed form of a cardinal spline, in $v = \frac{k+1}2 - |x - \mathrm{centre}|/h$,

    B(v) = (1/k!) sum_j (-1)^j C(k+1, j) max(v - j, 0)^k,

in which nothing cancels for the orders that are used; others the recursion of Cox and de Boor.  Beyond the ends a spline goes on as its
tangent: value and slope are continuous, and no input gives 0 in silence.
"""

import math
from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from certifield.evidence import InputError


def knots(low: np.ndarray, high: np.ndarray, intervals: int, order: int) -> np.ndarray:
    """Equal intervals between ``low`` and ``high`` [n]: knots [n, G + 2k + 1].

    Raises `InputError` for G or k below 1, and where ``high`` is not above ``low``.
    """
    if intervals < 1 or order < 1:
        raise InputError("intervals, order", (intervals, order), "1 or more each", "try intervals=5, order=3")
    low, high = (np.atleast_1d(np.asarray(each, dtype=float)) for each in (low, high))
    if not np.all(np.isfinite(low) & np.isfinite(high) & (high > low)):
        raise InputError("low, high", (low, high), "finite, low below high", "try -1 and 1")
    steps = np.arange(-order, intervals + order + 1) / intervals
    return low[:, None] + (high - low)[:, None] * steps


def adapted(samples: np.ndarray, intervals: int, order: int, share: float = 0.02, margin: float = 0.01) -> np.ndarray:
    """Knots [n, G + 2k + 1] for ``samples`` [S, n]: ``share`` of equal intervals and the rest of quantiles; outside, equal steps.

    The ends are ``margin`` of the width beyond the samples.
    Where samples coincide quantiles do too: intervals are then no shorter than ``share`` of equal ones.
    """
    samples = np.asarray(samples, dtype=float)
    low, high = samples.min(axis=0), samples.max(axis=0)
    width = np.maximum(high - low, 1e-6 * (1 + np.abs(low)))
    low, high = low - margin * width, low + (1 + margin) * width
    quantiles = np.quantile(samples, np.linspace(0, 1, intervals + 1), axis=0).T
    quantiles[:, 0], quantiles[:, -1] = low, high
    even = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, intervals + 1)
    inner = share * even + (1 - share) * quantiles
    step = (high - low)[:, None] / intervals
    return np.concatenate([low[:, None] - step * np.arange(order, 0, -1), inner, high[:, None] + step * np.arange(1, order + 1)], axis=1)


def is_uniform(grid: np.ndarray) -> bool:
    """Whether all intervals of every row are equal, to rounding."""
    steps = np.diff(grid, axis=1)
    return bool(np.all(np.abs(steps - steps.mean(axis=1, keepdims=True)) <= 1e-9 * np.abs(grid).max(axis=1, keepdims=True)))


@partial(jax.jit, static_argnames=("order", "uniform"))
def basis(x: Array, grid: Array, order: int, uniform: bool) -> Array:
    """The G + k basis functions at ``x`` [..., n]: [..., n, G + k], for knots ``grid`` [n, G + 2k + 1]."""
    with jax.numpy_rank_promotion("allow"):
        return _everywhere(x, grid, order, _cardinal if uniform else _recursive)


def _everywhere(x: Array, grid: Array, order: int, at: Callable[[Array, Array, int], Array]) -> Array:
    low, high = grid[:, order], grid[:, -order - 1]
    values = at(jnp.clip(x, low, high), grid, order)
    # Tangents at both ends: their slopes are constants of the grid.
    ends = jnp.stack([low, high])
    slopes = jax.jvp(lambda y: _recursive(y, grid, order), (ends,), (jnp.ones_like(ends),))[1]
    under, over = jnp.minimum(x - low, 0)[..., None], jnp.maximum(x - high, 0)[..., None]
    return values + under * slopes[0] + over * slopes[1]


def _cardinal(x: Array, grid: Array, order: int) -> Array:
    count = grid.shape[1] - order - 1
    step = (grid[:, -1] - grid[:, 0]) / (grid.shape[1] - 1)
    scaled = (x - grid[:, 0]) / step
    centres = jnp.arange(count, dtype=x.dtype) + (order + 1) / 2
    v = (order + 1) / 2 - jnp.abs(scaled[..., None] - centres)
    total = jnp.zeros_like(v)
    for j in range((order + 2) // 2):  # v is at most (k + 1)/2
        total = total + (-1) ** j * math.comb(order + 1, j) * jnp.maximum(v - j, 0) ** order
    return total / math.factorial(order)


def _recursive(x: Array, grid: Array, order: int) -> Array:
    """Cox and de Boor; the last interval is closed, so that the right end is inside."""
    x = x[..., None]
    left, right = grid[:, :-1], grid[:, 1:]
    last = (jnp.arange(left.shape[1]) == left.shape[1] - 1 - order) & (x >= right)
    found = jnp.where(((x >= left) & (x < right)) | last, jnp.ones_like(x), 0.0)
    edge = (jnp.arange(left.shape[1]) == left.shape[1] - order) & (x >= left)  # the interval beyond the right end
    found = jnp.where(edge, 0.0, found)
    for k in range(1, order + 1):
        rise = (x - grid[:, : -k - 1]) / (grid[:, k:-1] - grid[:, : -k - 1])
        fall = (grid[:, k + 1 :] - x) / (grid[:, k + 1 :] - grid[:, 1:-k])
        found = rise * found[..., :-1] + fall * found[..., 1:]
    return found
