"""Problems and optimisers of the study of energy-conserving descent: losses, starts, and trainings of many seeds at once."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, PyTree

from certifield.evidence import MissingExtra

from ..descent import bbi, ecd_q1, ecd_sep


class Problem(NamedTuple):
    """``start(key)`` a tree; ``loss(params, key)``, where the key chooses a minibatch; ``score(params)`` after ``steps``: lower is better;
    ``eta`` and ``energy`` = deltaEn of the descents; ``noisy``: whether losses are of minibatches."""

    start: Callable[[Array], PyTree]
    loss: Callable[[PyTree, Array], Array]
    score: Callable[[PyTree], Array]
    steps: int
    eta: float
    energy: float = 0.1
    noisy: bool = False


def ackley(q: Array) -> Array:
    """-20 exp(-0.02 |q|/sqrt n) - exp(mean cos 2 pi q) + 20 + e + 1e-8 |q|^8: many minima, 0 at the origin."""
    square = jnp.mean(q * q) + 1e-30  # the root has a slope at the origin
    rough = jnp.exp(jnp.mean(jnp.cos(2 * jnp.pi * q)))
    return -20 * jnp.exp(-0.02 * jnp.sqrt(square)) - rough + 20 + jnp.e + 1e-8 * (len(q) * square) ** 4


def zakharov(q: Array) -> Array:
    """|q|^2 + w^2 + w^4 with w = sum_i i q_i/2: a narrow valley, 0 at the origin, 572680.3125 at ten ones."""
    w = jnp.sum(jnp.arange(1, len(q) + 1, dtype=q.dtype) * q) / 2
    return jnp.sum(q * q) + w**2 + w**4


def double_well(q: Array) -> Array:
    """(q^2 - 1)^2 + q/5 + 1/4 in one dimension: the minimum near -1, 0.0476, is the lower one."""
    return jnp.sum((q * q - 1) ** 2 + q / 5) + 0.25


def _synthetic(loss: Callable[[Array], Array], centre: list[float], steps: int, eta: float, energy: float = 0.1) -> Problem:
    start = np.array(centre)
    return Problem(lambda key: start + 0.1 * jax.random.normal(key, start.shape, float), lambda q, _: loss(q), loss, steps, eta, energy)


def _network(sizes: tuple[int, ...]) -> Callable[[Array], PyTree]:
    def start(key: Array) -> PyTree:
        keys = jax.random.split(key, len(sizes) - 1)
        pairs = zip(keys, sizes, sizes[1:], strict=False)
        return [(jax.random.normal(k, (a, b), float) / a**0.5, jnp.zeros((b,), float)) for k, a, b in pairs]

    return start


def _outputs(layers: PyTree, x: Array) -> Array:
    for weights, bias in layers[:-1]:
        x = jnp.tanh(x @ weights + bias[None])
    return x @ layers[-1][0] + layers[-1][1][None]


@cache
def _regression() -> Problem:
    """sin(3 x_1) cos(2 x_2) from 128 points, full batches; the score is the mean square at 1024 others."""
    x = np.random.default_rng(16).uniform(-1, 1, (1152, 2))
    y = (np.sin(3 * x[:, :1]) * np.cos(2 * x[:, 1:])).astype(float)

    def error(layers: PyTree, part: slice) -> Array:
        return jnp.mean((_outputs(layers, jnp.asarray(x[part])) - jnp.asarray(y[part])) ** 2)

    return Problem(_network((2, 32, 32, 1)), lambda q, _: error(q, slice(128)), lambda q: error(q, slice(128, None)), 1000, 2.0)


@cache
def _digits() -> Problem:
    """Handwritten digits, 1297 for training in minibatches of 64, 500 for the score: the mean cross-entropy."""
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise MissingExtra("data", "the handwritten digits") from None
    pixels, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(17).permutation(len(labels))
    x, y = np.asarray(pixels, float)[order] / 16, np.asarray(labels)[order]

    def entropy(layers: PyTree, at: Array, to: Array) -> Array:
        return jnp.mean(optax.softmax_cross_entropy_with_integer_labels(_outputs(layers, at), to))

    def loss(layers: PyTree, key: Array) -> Array:
        chosen = jax.random.randint(key, (64,), 0, 1297)
        return entropy(layers, jnp.asarray(x)[chosen], jnp.asarray(y)[chosen])

    return Problem(_network((64, 32, 10)), loss, lambda q: entropy(q, jnp.asarray(x[1297:]), jnp.asarray(y[1297:])), 1000, 1.5, noisy=True)


PROBLEMS: Mapping[str, Callable[[], Problem]] = {
    "ackley": lambda: _synthetic(ackley, [-4.0, 3.0], 2000, 4.0),
    "zakharov": lambda: _synthetic(zakharov, [1.0] * 10, 2000, 4.0),
    "double-well": lambda: _synthetic(double_well, [1.0], 2000, 1.0, 2.0),  # so much is needed to cross from 0.45 over 1.25
    "regression": _regression,
    "digits": _digits,
}


def _descents(make: Callable, *names: str, **fixed: Any) -> Callable[[float, Problem], Any]:
    """With those of eta and deltaEn of the problem that have ``names``; the published order of a step."""

    def made(rate: float, problem: Problem) -> Any:
        own = {"eta": problem.eta, "deltaEn": problem.energy}
        given = {name: own[name] for name in names}
        return make(rate, consEn=not problem.noisy, symmetric=False, lower=1e-6, **given, **fixed)

    return made


# Name: optimiser from rate and problem, and log2 of the smallest and largest rate; every grid has ten rates, a factor of 8 apart.
OPTIMISERS: Mapping[str, tuple[Callable[[float, Problem], Any], int]] = {
    "sgd": (lambda rate, _: optax.sgd(rate, momentum=0.9), -19),
    "adam": (lambda rate, _: optax.adam(rate), -14),
    "adamw": (lambda rate, _: optax.adamw(rate), -14),
    "bbi": (_descents(bbi, "deltaEn"), -14),
    "ecd-sep": (_descents(ecd_sep, "eta", "deltaEn"), -14),
    "ecd-q1": (_descents(ecd_q1, "eta", F0=-0.01), -14),
}


def rates(optimiser: str) -> np.ndarray:
    """The grid of rates of an optimiser."""
    return 2.0 ** (OPTIMISERS[optimiser][1] + 3 * np.arange(10))


def trained(problem: Problem, optimiser: Callable[[Any], Any], keys: Array, rates: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Score at the end [rates, seeds], lowest loss [rates, seeds], and losses in time [rates, seeds, 100], infinite after divergence."""

    def one(rate: Array, key: Array) -> tuple[Array, Array, Array]:
        first, batches, directions = jax.random.split(key, 3)
        params, chosen = problem.start(first), optax.with_extra_args_support(optimiser(rate))
        state: Any = chosen.init(params)
        state = state._replace(key=directions) if hasattr(state, "key") else state

        def step(carry: tuple[Any, Any], number: Array) -> tuple[tuple[Any, Any], Array]:
            params, state = carry
            value, grads = jax.value_and_grad(problem.loss)(params, jax.random.fold_in(batches, number))
            updates, state = chosen.update(grads, state, params, value=value)
            return (optax.apply_updates(params, updates), state), value

        (params, state), losses = jax.lax.scan(step, (params, state), jnp.arange(problem.steps))
        in_time = losses.reshape(100, -1).mean(axis=1)
        return problem.score(params), jnp.min(losses), in_time

    with jax.enable_x64(True), jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        over = jax.jit(lambda at, keys: jax.lax.map(lambda rate: jax.vmap(lambda key: one(rate, key))(keys), at))
        found = over(jnp.asarray(rates, dtype=float), keys)
    return tuple(np.where(np.isfinite(each), each, np.inf) for each in map(np.asarray, found))  # type: ignore[return-value]
