"""Transfer of the learning rate: whether the best one for a narrow network is the best one for a wide one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from certifield.evidence import Estimate, InputError
from certifield.streams import stream_key

from ._maximal_update import Rule
from ._training import Loss, Make, checked_points, grown, half_squares, over_seeds, started, trained

_DIVERGED = 10.0  # times the loss before training: the most that enters a mean


@dataclass(frozen=True, eq=False)
class WidthTransfer:
    """``losses`` [widths, rates]: mean over seeds of log(loss after training); ``best`` [widths]: log2 of the best rate; ``shift``: the
    largest difference of the best rates, in log2.  Losses of trainings that diverge count as ten times the first one.
    """

    widths: tuple[int, ...]
    rates: tuple[float, ...]
    losses: Estimate
    best: Estimate
    shift: Estimate


def width_transfer(
    make: Make,
    widths: Sequence[int],
    rates: Sequence[float] | np.ndarray,
    x: Any,
    y: Any,
    optimiser: Callable[[Any], optax.GradientTransformation],
    *,
    rule: Rule | None,
    steps: int = 20,
    seeds: int = 4,
    seed: int = 0,
    loss: Loss = half_squares,
) -> WidthTransfer:
    """The loss after ``steps`` steps of full-batch training against the learning rate, for several widths.

    ``optimiser(rate)``, such as optax.adam; ``rates``: ascending, equally spaced in their logarithm; other arguments as `coordinate_check`.
    The best rate is the minimum of a parabola through the smallest mean loss and its neighbours.
    Raises `InputError` for rates that are not so, and like `coordinate_check`.  Reference: arXiv:2203.03466, figure 1.
    """
    logs = np.log2(np.asarray(rates, dtype=float))
    if len(logs) < 3 or not np.all(np.isfinite(logs)) or np.ptp(np.diff(logs)) > 1e-9 or logs[1] <= logs[0]:
        raise InputError("rates", list(rates), "three or more, ascending by one factor", "try rates=2.0 ** np.arange(-8, 0)")
    if len(widths) < 2 or sorted(set(widths)) != list(widths) or seeds < 2:
        raise InputError("widths, seeds", (list(widths), seeds), "two or more, widths ascending", "try widths=[64, 128, 256], seeds=4")
    points, labels = checked_points(x, y, make, widths[0])
    rows = []
    with jax.enable_x64(True):
        at, targets = (jnp.asarray(each, dtype=float if each.dtype.kind == "f" else None) for each in (points, labels))
        keys = jax.random.split(stream_key(seed, "width transfer"), seeds)
        for width in widths:
            growth = grown(make, widths[0], width)

            def reached(key: jax.Array, rate: jax.Array, width: int = width, growth: Any = growth) -> jax.Array:
                before = started(make, width, key, growth, rule)
                after = trained(before, optimiser(rate), at, targets, loss, steps, growth, rule)
                first, last = (loss(jax.vmap(each)(at), targets) for each in (before, after))
                return jnp.log(jnp.minimum(jnp.where(jnp.isfinite(last), last, jnp.inf), _DIVERGED * first))

            def over_rates(key: jax.Array, reached: Callable = reached) -> jax.Array:
                return jax.lax.map(lambda rate: reached(key, rate), jnp.asarray(rates, dtype=float))

            rows.append(np.asarray(eqx.filter_jit(eqx.filter_vmap(over_rates))(keys)))  # [seeds, rates]
    values = np.stack(rows, axis=1)
    source = f"width transfer/{rule}/{steps}/{seed}"

    def best(mean: np.ndarray) -> np.ndarray:
        return np.array([_minimum(logs, row) for row in mean])

    shift = over_seeds(values, source, seed, seeds, lambda mean: np.asarray(np.ptp(best(mean))))
    return WidthTransfer(
        tuple(widths), tuple(map(float, rates)), over_seeds(values, source, seed, seeds, lambda mean: mean),
        over_seeds(values, source, seed, seeds, best), shift,
    )  # fmt: skip


def _minimum(x: np.ndarray, y: np.ndarray) -> float:
    """Of the parabola through the lowest point and its neighbours; the end of the grid where the lowest point is there."""
    place = int(np.argmin(y))
    if place in (0, len(y) - 1):
        return float(x[place])
    low, middle, high = y[place - 1 : place + 2]
    curvature = low - 2 * middle + high
    return float(x[place] + (0.5 * (low - high) / curvature * (x[1] - x[0]) if curvature > 0 else 0.0))
