"""The coordinate check: whether what the layers put out moves by as much in wide networks as in narrow ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from certifield.evidence import Estimate, InputError
from certifield.streams import stream_key

from ..empirical import preactivations
from ._maximal_update import Rule
from ._training import Loss, Make, checked_points, grown, half_squares, over_seeds, started, trained


@dataclass(frozen=True, eq=False)
class CoordinateCheck:
    """``changes`` [names, widths]: mean over seeds of log(rms change) in training; ``slopes`` [names]: of it in log(width).

    ``passed``: whether all slopes are within ``tolerance`` of 0; a training that diverges does not pass.
    """

    names: tuple[str, ...]
    widths: tuple[int, ...]
    changes: Estimate
    slopes: Estimate
    tolerance: float
    passed: bool


def coordinate_check(
    make: Make,
    widths: Sequence[int],
    x: Any,
    y: Any,
    optimiser: optax.GradientTransformation,
    *,
    rule: Rule | None,
    steps: int = 5,
    seeds: int = 4,
    seed: int = 0,
    loss: Loss = half_squares,
    tolerance: float = 0.05,
) -> CoordinateCheck:
    """How far the preactivations and the output move in ``steps`` steps of full-batch training, against width.

    ``make(width, key)``: a module; ``optimiser``: at the base width, the first of ``widths``; ``rule``: that of `maximal_update`, or None
    for the standard parametrisation; ``loss(outputs, y)``.  Everything is in 64 bit.
    Raises `InputError` for fewer than two widths or seeds, for labels of another shape than the outputs, and like `width_map`.
    Reference: arXiv:2203.03466, appendix D.1.
    """
    if len(widths) < 2 or sorted(set(widths)) != list(widths):
        raise InputError("widths", list(widths), "two or more, ascending", "try widths=[64, 128, 256]")
    if seeds < 2 or steps < 1:
        raise InputError("seeds, steps", (seeds, steps), "two seeds and one step, or more", "try seeds=4, steps=5")
    points, labels = checked_points(x, y, make, widths[0])
    names: tuple[str, ...] = ()
    columns = []
    with jax.enable_x64(True):
        at, targets = (jnp.asarray(each, dtype=float if each.dtype.kind == "f" else None) for each in (points, labels))
        for width in widths:
            growth = grown(make, widths[0], width)

            def moved(key: jax.Array, width: int = width, growth: Any = growth) -> dict[str, jax.Array]:
                before = started(make, width, key, growth, rule)
                after = trained(before, optimiser, at, targets, loss, steps, growth, rule)
                first, last = preactivations(before, at), preactivations(after, at)
                return {name: jnp.sqrt(jnp.mean(jnp.abs(last[name] - first[name]) ** 2)) for name in first}

            found = eqx.filter_jit(eqx.filter_vmap(moved))(jax.random.split(stream_key(seed, "coordinate check"), seeds))
            names = tuple(found)
            columns.append(np.log(np.stack([np.asarray(found[name]) for name in names], axis=1)))  # [seeds, names]
    logs = np.stack(columns, axis=2)
    across = np.log(np.asarray(widths, dtype=float))
    direction = (across - across.mean()) / np.sum((across - across.mean()) ** 2)
    source = f"coordinate check/{rule}/{steps}/{seed}"
    changes = over_seeds(logs, source, seed, seeds, lambda mean: mean)
    slopes = over_seeds(logs, source, seed, seeds, lambda mean: mean @ direction)
    passed = bool(np.all(np.isfinite(logs)) and np.all(np.abs(slopes.mean) <= tolerance))
    return CoordinateCheck(names, tuple(widths), changes, slopes, tolerance, passed)
