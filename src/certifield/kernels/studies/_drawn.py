"""The two- and four-point functions of one output of an architecture at one width, by draws of its networks."""

import itertools
import math
from collections.abc import Callable, Sequence
from functools import lru_cache

import jax
import jax.numpy as jnp
import numpy as np

from certifield.ensembles import Ensemble
from certifield.evidence import Estimate
from certifield.streams import BlockSums, jackknife
from certifield.study import SUBSUMS

from ._zoo import ZOO

PAIRS = list(itertools.combinations_with_replacement(range(3), 2))
FOURS = [(0, 0, 0, 0), (1, 1, 1, 1), (0, 0, 1, 1), (0, 0, 1, 2)]
_SPLIT = [((a, b), (c, d)) for p in FOURS for a, b, c, d in [p, (p[0], p[2], p[1], p[3]), (p[0], p[3], p[1], p[2])]]
_AT_ONCE = 1 << 22  # parameters and their images in memory at once


@lru_cache(maxsize=256)
def ensemble_of(name: str, width: int) -> Ensemble:
    """The networks of an architecture at one width."""
    chosen = ZOO[name]
    return chosen.network.ensemble(chosen.x.shape[1:], width)


def operations(name: str, width: int) -> int:
    """Of one draw."""
    shapes = jax.eval_shape(ensemble_of(name, width).density.sample, jax.random.key(0))
    return 12 * sum(math.prod(leaf.shape) for leaf in jax.tree.leaves(shapes)) + 200


@lru_cache(maxsize=256)
def _features(name: str, width: int, draws: int):
    """The sums over ``draws`` networks of the products of the output at pairs and at fours of inputs, of their sizes, and the largest."""
    ensemble, x = ensemble_of(name, width), jnp.asarray(ZOO[name].x.reshape(3, -1))

    def sums(key):
        field = ensemble.evaluate(key, x, draws)[:, :, 0]
        products = [math.prod([field[:, place] for place in index[1:]], start=field[:, index[0]]) for index in [*PAIRS, *FOURS]]
        stacked = jnp.stack(products, axis=1)
        size = jnp.abs(stacked)
        return jnp.sum(stacked, axis=0), jnp.sum(size, axis=0), jnp.max(size, axis=0)

    return jax.jit(sums)


def drawn(key: jax.Array, name: str, width: int, draws: int) -> list[BlockSums]:
    """Sums of these products over ``draws`` networks in 16 parts."""
    each = draws // SUBSUMS
    at_once = min(each, 1 << max(4, (_AT_ONCE // operations(name, width)).bit_length() - 1))
    parts = []
    for part in range(SUBSUMS):
        keys = [jax.random.fold_in(jax.random.fold_in(key, part), batch) for batch in range(each // at_once)]
        found = [tuple(np.asarray(row, dtype=float) for row in _features(name, width, at_once)(one)) for one in keys]
        total, size, largest = (np.stack(rows) for rows in zip(*found, strict=True))
        parts.append(BlockSums(each, total.sum(axis=0), size.sum(axis=0), largest.max(axis=0)))
    return parts


def two_points(sums: Sequence[BlockSums], source: str) -> Estimate:
    """G_2 at `PAIRS`."""
    return _estimate(sums, source, lambda total, count: (total / count[:, None])[:, : len(PAIRS)], "mean")


def four_points(sums: Sequence[BlockSums], source: str) -> Estimate:
    """G_c4 at `FOURS`."""
    return _estimate(sums, source, _connected, "k-statistic of vanishing odd moments")


def _connected(sums: np.ndarray, count: np.ndarray) -> np.ndarray:
    """((n+2) m_4 - n sum_3 m m)/(n-1), unbiased where odd moments vanish."""
    means, n = sums / count[:, None], count[:, None]
    place = {pair: number for number, ordered in enumerate(PAIRS) for pair in (ordered, ordered[::-1])}
    products = [means[:, place[p]] * means[:, place[q]] for p, q in _SPLIT]
    wick = np.stack([sum(products[3 * k : 3 * k + 3]) for k in range(len(FOURS))], axis=1)
    return ((n + 2) * means[:, len(PAIRS) :] - n * wick) / (n - 1)


def _estimate(sums: Sequence[BlockSums], source: str, statistic: Callable[[np.ndarray, np.ndarray], np.ndarray], method: str) -> Estimate:
    value, deviations = jackknife(sums, statistic)
    draws, heavy = sum(part.count for part in sums), _heavy(sums, value.shape)
    why = {"warnings": ["one draw carries more than 1 % of the sum: ask for more draws"]} if np.any(heavy) else {}
    return Estimate(value, {source: deviations}, draws, len(deviations), None, method, "float64", refused=heavy, diagnostics=why)


def _heavy(sums: Sequence[BlockSums], shape: tuple[int, ...]) -> np.ndarray:
    """Entries of which one draw carries more than 1 % of the absolute sum."""
    share = np.max([part.largest for part in sums], axis=0) / np.sum([part.absolute for part in sums], axis=0)
    return (share[: len(PAIRS)] if shape == (len(PAIRS),) else share[len(PAIRS) :]) > 0.01
