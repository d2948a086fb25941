"""What the studies of the tangent kernel of drawn networks share: sums over draws, and statistics of them with their errors."""

from collections.abc import Callable

import jax
import numpy as np
from jaxtyping import Array

from certifield.evidence import Estimate
from certifield.streams import BlockSums, jackknife
from certifield.study import SUBSUMS, Case, Piece, Task

from certifield.study import piece_of_sums  # isort: skip

Statistic = Callable[[np.ndarray, np.ndarray], np.ndarray]


def sums_over_draws(
    task: Task, draws: int, at_once: int, values: Callable[[Array], Array], features: Callable[[np.ndarray], np.ndarray]
) -> Piece:
    """Sums of the ``features`` [draws, k] of the ``values`` at so many keys, in 16 parts; ``at_once``: keys in one call."""
    count, parts = draws // SUBSUMS, []
    at_once = max(1, min(count, at_once))
    for part in range(SUBSUMS):
        keys = jax.random.split(jax.random.fold_in(task.key, part), count)
        rows = features(np.concatenate([np.asarray(values(keys[at : at + at_once]), dtype=float) for at in range(0, count, at_once)]))
        parts.append(BlockSums(count, rows.sum(axis=0), np.abs(rows).sum(axis=0), np.abs(rows).max(axis=0)))
    return piece_of_sums(parts)


def over_draws(study: str, case: Case, sums: list[BlockSums], statistic: Statistic) -> Estimate:
    """A statistic of sums [groups, k] and numbers of draws [groups], by the jackknife."""
    value, deviations = jackknife(sums, statistic)
    draws, source = sum(part.count for part in sums), f"{study}/{case.name}"
    return Estimate(np.asarray(value), {source: deviations}, draws, len(deviations), None, "draws of networks", "float64")
