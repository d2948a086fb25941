"""Dynamical mean-field theory of deep networks with any activation: sampled fields, responses by derivatives or by Stein's identity."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array
from scipy.interpolate import CubicSpline

from certifield.evidence import Estimate, InputError, NotConverged
from certifield.streams import stream_key

from ._problem import MeanField, Problem, predicted, problem, weights

_ENOUGH, _MOST = 1e-3, 60  # relative change of the kernels in an iteration, and iterations
_COARSE = 0.25  # change from a grid to one of half the step, over the largest value, beyond which nothing is extrapolated
_SINGULAR = 1e-3  # eigenvalues of a covariance, over its largest, that Stein's identity inverts by half


class Orders(NamedTuple):
    """What the layers 0 to depth + 1 know of each other, [depth + 2, T P, T P]: covariances of f(h) and of f'(h) z, and responses."""

    features: Array
    gradients: Array
    response: Array
    back: Array


def deep(
    gram: Any,
    y: Any,
    times: Sequence[float],
    *,
    gamma: float,
    activation: Callable[[Array], Array] = jnp.tanh,
    depth: int = 2,
    steps: int = 8,
    samples: int = 400,
    replicates: int = 8,
    responses: Literal["derivatives", "stein"] = "derivatives",
    seed: int = 0,
) -> MeanField:
    """Gradient flow of a network with ``depth`` hidden layers at infinite width, from phi = 0; other arguments as `two_layers`.

    Fields u ~ N(0, Phi^{l-1}), r ~ N(0, G^{l+1}) are drawn on a grid of times, and the paths integrated by trapezoids,

        h(t) = u(t) + gamma int_0^t [A^{l-1} + D Phi^{l-1}] f'(h) z,   z(t) = r(t) + gamma int_0^t [B^l + D G^{l+1}] f(h),

    whose responses A = <d f(h)/dr>/gamma and B = <d(f'(h) z)/du>/gamma are derivatives of the discretised paths by JAX or, with
    ``responses="stein"``, follow from Stein's identity <d f(h)/dr> = <f(h) r> <r r>^-1, which needs no derivative, with the noise of the
    average on its right, at small gamma too.  The kernels are iterated, with the same random numbers and half of the change at a time,
    until they change by less than 1e-3.  Solutions on ``steps`` and on twice as many steps are extrapolated.  The errors are those of
    ``replicates`` such pairs with ``samples`` paths each, whose means and covariances are made exact; the bias is of order 1/samples and
    1/steps^4.

    Raises `InputError` for arguments that do not fit, and `NotConverged` where gamma is too large for the steps.
    Reference: arXiv:2205.09653, equations (4)-(9) and algorithm 1.
    """
    found = problem(gram, y, times, gamma)
    for name, value, least in (("depth", depth, 1), ("steps", steps, 4), ("samples", samples, 16), ("replicates", replicates, 2)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise InputError(name, value, f"a whole number, {least} or more", f"try {name}={4 * least}")
    if responses not in _RESPONSES:
        raise InputError("responses", responses, " or ".join(map(repr, _RESPONSES)), 'try responses="derivatives"')
    if samples <= 4 * (2 * steps + 1) * len(found.y):
        least = 4 * (2 * steps + 1) * len(found.y) + 1
        raise InputError("samples", samples, f"{least} or more: twice the numbers that a path is made of", "or take fewer steps")
    with jax.enable_x64(True):
        keys = jax.random.split(stream_key(seed, "deep mean field"), replicates)
        given = found, activation, _RESPONSES[responses], depth, samples
        runs = [_extrapolated(_solved(*given, steps, key), _solved(*given, 2 * steps, key), found.gamma, steps) for key in keys]
    source = f"deep mean field/{activation}/{depth}/{gamma}/{seed}"
    results = []
    for rows in zip(*runs, strict=True):
        stack = np.stack(rows)
        mean = stack.mean(axis=0)
        away = {source: (stack - mean) / np.sqrt(replicates * (replicates - 1))}
        words = f"fixed point of {samples} paths on {steps} steps"
        results.append(Estimate(mean, away, samples * replicates, replicates, seed, words, "float64", bias="unknown"))
    return MeanField(found.times, *results)


def _extrapolated(coarse: tuple[np.ndarray, ...], fine: tuple[np.ndarray, ...], gamma: float, steps: int) -> tuple[np.ndarray, ...]:
    moved = max(float(np.max(np.abs(right - left)) / np.max(np.abs(right))) for left, right in zip(coarse, fine, strict=True))
    if not moved <= _COARSE:
        text = f"half the step changes the curves by {moved:.0%} at gamma = {gamma:g} with {steps} steps"
        raise NotConverged(f"{text}; give steps={2 * steps} or more, or a smaller gamma")
    return tuple((4 * right - left) / 3 for left, right in zip(coarse, fine, strict=True))


def _solved(
    found: Problem, activation: Callable, responses: Callable, depth: int, samples: int, steps: int, key: Array
) -> tuple[np.ndarray, ...]:
    """Prediction [T, P], kernel [T, P, P] and features [depth, T, P, P] at the times asked for, from one set of random numbers."""
    count, points = steps + 1, len(found.y)
    grid = np.linspace(0, found.times[-1], count)
    size = count * points
    noise = _balanced(jax.random.normal(key, (depth, samples, 2 * size)))
    orders = Orders(
        jnp.stack([jnp.asarray(np.tile(found.gram, (count, count)))] * (depth + 2)),
        jnp.ones((depth + 2, size, size)),
        jnp.zeros((depth + 2, size, size)),
        jnp.zeros((depth + 2, size, size)),
    )
    past, change = np.kron(weights(grid), np.ones((points, points))), np.inf
    for number in range(_MOST):
        kernels = _at_equal_times(np.asarray(orders.gradients[1:] * orders.features[:-1]), count, points).sum(axis=0)
        prediction = predicted(kernels, found.y, grid)
        if not np.all(np.isfinite(prediction)):
            break
        factor = jnp.asarray(found.gamma * past * (found.y - prediction).ravel()[None, :])
        new, change = _swept(orders, factor, noise, points, activation, responses)
        # The first sweep leaves a guess that has nothing to do with the network; no part of it is kept.
        orders = jax.tree.map(lambda a, b, keep=0.5 * (number > 0): (1 - keep) * a + keep * b, new, orders)
        if number and float(change) < _ENOUGH:
            layers = _at_equal_times(np.asarray(orders.features[1:-1]), count, points)
            curves = [CubicSpline(grid, curve)(found.times) for curve in (prediction, kernels, np.moveaxis(layers, 0, 1))]
            return curves[0], curves[1], np.moveaxis(curves[2], 1, 0)
    moved = f"the kernels still changed by {float(change):.1e}"
    text = f"{moved} at gamma = {found.gamma:g} with {steps} steps; give steps={2 * steps} or more, or a smaller gamma"
    raise NotConverged(text)


@partial(jax.jit, static_argnums=(3, 4, 5))
def _swept(orders: Orders, factor: Array, noise: Array, points: int, activation: Callable, responses: Callable) -> tuple[Orders, Array]:
    """New orders from the fields that the old ones give, and the relative change."""
    depth = len(noise)
    new = [list(each) for each in orders]
    for layer in range(1, depth + 1):
        c = orders.response[layer - 1] + factor * orders.features[layer - 1]
        e = orders.back[layer + 1] + factor * orders.gradients[layer + 1]
        half = noise.shape[2] // 2
        u = noise[layer - 1, :, :half] @ _root(orders.features[layer - 1]).T
        r = noise[layer - 1, :, half:] @ _root(orders.gradients[layer + 1]).T
        paths = partial(_path, c=c, e=e, points=points, activation=activation)
        f, g = jax.vmap(paths)(u, r)
        new[0][layer], new[1][layer] = f.T @ f / len(f), g.T @ g / len(g)
        if depth > 1:
            new[2][layer], new[3][layer] = responses(paths, u, r, f, g, points)
    after = Orders(*(jnp.stack(each) for each in new))
    changes = [jnp.max(jnp.abs(a - b)) / jnp.max(jnp.abs(b)) for a, b in zip(after[:2], orders[:2], strict=True)]
    return after, jnp.max(jnp.stack(changes))


def _path(u: Array, r: Array, *, c: Array, e: Array, points: int, activation: Callable) -> tuple[Array, Array]:
    """f(h) and f'(h) z along one path, [T P] each; the ends of the trapezoids, which hold the value sought, by three repetitions."""
    count = len(u) // points
    slope = jax.vmap(jax.grad(activation))
    rows_u, rows_r, rows_c, rows_e = (
        u.reshape(count, points),
        r.reshape(count, points),
        c.reshape(count, points, -1),
        e.reshape(count, points, -1),
    )

    def step(carry: tuple[Array, Array], given: tuple[Array, ...]) -> tuple[tuple[Array, Array], None]:
        f, g = carry
        number, now_u, now_r, now_c, now_e = given
        before_h, before_z = now_u + now_c @ g, now_r + now_e @ f
        ends = [jax.lax.dynamic_slice(each, (0, number * points), (points, points)) for each in (now_c, now_e)]
        h, z = before_h, before_z
        for _ in range(3):
            h, z = before_h + ends[0] @ (slope(h) * z), before_z + ends[1] @ activation(h)
        f = jax.lax.dynamic_update_slice(f, activation(h), (number * points,))
        return (f, jax.lax.dynamic_update_slice(g, slope(h) * z, (number * points,))), None

    start = jnp.zeros_like(u), jnp.zeros_like(u)
    (f, g), _ = jax.lax.scan(step, start, (jnp.arange(count), rows_u, rows_r, rows_c, rows_e))
    return f, g


def _derivatives(paths: Callable, u: Array, r: Array, f: Array, g: Array, points: int) -> tuple[Array, Array]:
    """<d f/dr> and <d g/du>, [T P, T P] each: tangents of all paths, direction by direction of u and r."""
    _, push = jax.linearize(jax.vmap(paths), u, r)
    still = jnp.zeros_like(u)

    def along(unit: Array) -> tuple[Array, Array]:
        moved = jnp.broadcast_to(unit, u.shape)
        return jnp.mean(push(still, moved)[0], axis=0), jnp.mean(push(moved, still)[1], axis=0)

    f, g = jax.lax.map(along, jnp.eye(u.shape[1]))
    return f.T, g.T


def _stein(paths: Callable, u: Array, r: Array, f: Array, g: Array, points: int) -> tuple[Array, Array]:
    """The same from averages alone.  A time is regressed on those before it, since no response precedes its cause.

    Where the covariance is singular the response is not determined, and not needed: it acts on fields of this very covariance.  Where it
    nearly is, the noise of the average would be divided by next to nothing, so that small eigenvalues are inverted in part.
    """

    def regressed(path: Array, field: Array) -> Array:
        across, covariance = path.T @ field / len(field), field.T @ field / len(field)
        place = jnp.arange(len(covariance))

        def until(time: Array) -> Array:
            known = place < (time + 1) * points
            values, vectors = jnp.linalg.eigh(jnp.where(known[:, None] & known[None, :], covariance, 0.0))
            inverse = values / (values**2 + (_SINGULAR * values[-1]) ** 2)
            rows = jax.lax.dynamic_slice_in_dim(across, time * points, points)
            return jnp.where(known[None, :], rows, 0.0) @ (vectors * inverse[None, :]) @ vectors.T

        return jax.lax.map(until, jnp.arange(len(covariance) // points)).reshape(covariance.shape)

    return regressed(f, r), regressed(g, u)


_RESPONSES = {"derivatives": _derivatives, "stein": _stein}


def _balanced(noise: Array) -> Array:
    """Random numbers [..., samples, size] changed such that their mean is 0 and their covariance 1, as in the limit of many samples."""
    centred = noise - jnp.mean(noise, axis=-2, keepdims=True)
    covariance = jnp.einsum("...si,...sj->...ij", centred, centred) / noise.shape[-2]
    return jnp.swapaxes(
        jax.scipy.linalg.solve_triangular(jnp.linalg.cholesky(covariance), jnp.swapaxes(centred, -1, -2), lower=True), -1, -2
    )


def _root(covariance: Array) -> Array:
    """The symmetric root of a covariance, which may be singular: the only one that moves as little as the covariance does."""
    values, vectors = jnp.linalg.eigh(covariance)
    return (vectors * jnp.sqrt(jnp.maximum(values, 0.0))[None]) @ vectors.T


def _at_equal_times(matrices: np.ndarray, count: int, points: int) -> np.ndarray:
    cut = matrices.reshape(*matrices.shape[:-2], count, points, count, points)
    return np.moveaxis(np.diagonal(cut, axis1=-4, axis2=-2), -1, -3)
