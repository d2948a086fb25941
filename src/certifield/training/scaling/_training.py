"""Short trainings of many seeds of one module, compiled together."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, PyTree

from certifield.evidence import Estimate, InputError

from ._maximal_update import Rule, maximal_update, maximal_update_init
from ._widths import WidthMap, width_map

Make = Callable[[int, Array], Any]
Loss = Callable[[Array, Array], Array]


def half_squares(outputs: Array, y: Array) -> Array:
    """|phi - y|^2/2, the mean over points and the sum over outputs."""
    return 0.5 * jnp.sum((outputs - y) ** 2) / len(y)


def checked_points(x: Any, y: Any, make: Make, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Points [n, ...] and labels of the shape of the outputs.

    Raises `InputError` where labels would be broadcast, [n] against [n, 1]: the loss would be another one, silently.
    """
    points, labels = (np.asarray(each) for each in (x, y))
    module = eqx.filter_eval_shape(make, width, jax.random.key(0))
    found = eqx.filter_eval_shape(lambda m, p: jax.vmap(m)(p), module, jnp.asarray(points))
    if labels.shape != found.shape:
        raise InputError("y", f"shape {labels.shape}", f"of the shape of the outputs, {found.shape}", f"write y.reshape{found.shape}")
    return points, labels


def grown(make: Make, base: int, width: int) -> WidthMap | None:
    """The width map from the base, without an array; None at the base."""
    shapes = [eqx.filter_eval_shape(make, each, jax.random.key(0)) for each in (base, width)]
    return None if base == width else width_map(*shapes)


def started(make: Make, width: int, key: Array, widths: WidthMap | None, rule: Rule | None) -> Any:
    """A module in 64 bit, in the standard parametrisation without a ``rule``."""
    module = jax.tree.map(lambda leaf: leaf.astype(jnp.float64) if eqx.is_inexact_array(leaf) else leaf, make(width, key))
    return module if widths is None or rule is None else maximal_update_init(module, widths)


def trained(
    module: Any,
    optimiser: optax.GradientTransformation,
    x: Array,
    y: Array,
    loss: Loss,
    steps: int,
    widths: WidthMap | None,
    rule: Rule | None,
) -> Any:
    """The module after full-batch training."""
    chosen = optimiser if widths is None or rule is None else maximal_update(optimiser, widths, rule=rule)
    params, static = eqx.partition(module, eqx.is_inexact_array)

    def value(params: PyTree) -> Array:
        return loss(jax.vmap(eqx.combine(params, static))(x), y)

    def step(carry: tuple[PyTree, PyTree], _: None) -> tuple[tuple[PyTree, PyTree], None]:
        params, state = carry
        updates, state = chosen.update(jax.grad(value)(params), state, params)
        return (optax.apply_updates(params, updates), state), None

    with jax.numpy_dtype_promotion("standard"):  # optimisers multiply floats with the number of the step
        (params, _), _ = jax.lax.scan(step, (params, chosen.init(params)), None, length=steps)
    return eqx.combine(params, static)


def over_seeds(values: np.ndarray, source: str, seed: int, draws: int, statistic: Callable[[np.ndarray], np.ndarray]) -> Estimate:
    """A statistic of the mean over seeds, the first axis, with the error by leaving out one seed at a time."""
    count = len(values)
    mean = statistic(values.mean(axis=0))
    left = np.stack([statistic(np.delete(values, place, axis=0).mean(axis=0)) for place in range(count)])
    away = {source: (left - left.mean(axis=0)) * ((count - 1) / count) ** 0.5}
    return Estimate(mean, away, draws, count, seed, "trained networks, leaving out one seed", "float64", bias="unknown")
