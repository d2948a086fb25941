"""The error of the quadrature of S_int: the rule at twice the spacing on the same draws, and what it does to values.

A rule of second order errs by a third of that, one of first order by all of it.  Without a cutoff paths are rough, and points may lie
between the nodes of the coarser rule, so that the order is not known: the whole change stands in the error bar, as a deviation that all
estimates with the same S_int share, whatever their draws.
"""

import hashlib
import math
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from certifield.evidence import Estimate, NotConverged

from ._theory import InteractingField

_COARSE = 0.1  # change of S_int on doubling the spacing


@dataclass(frozen=True, eq=False)
class Doubled:
    """``halving``: the largest change of S_int, over draws of the mean weight or more; ``shift`` [T] of the values, with its delete-one
    deviations ``away`` [blocks, T]; ``gain``: the mean weight at twice the spacing over that at the spacing, less one.

    ``source``: of the deviations, by the region and the potential; None on a lattice, whose sum is the action itself.
    """

    source: str | None
    halving: float
    shift: np.ndarray
    away: np.ndarray
    gain: float

    @property
    def bias(self) -> str:
        """Of a mean that has no other."""
        return "none" if self.source is None else "unknown"

    def deviation(self, change: Any) -> dict[str, np.ndarray]:
        """``change``, of values or of the partition function, as a deviation."""
        return {} if self.source is None else {self.source: np.asarray(change)[None]}

    def estimate(self, like: Estimate) -> Estimate | None:
        """The shift with its own statistical error, from the draws of the values."""
        if self.source is None:
            return None
        source = next(one for one in like.deviations if one != self.source)
        source = source if len(like.deviations[source]) == len(self.away) else f"{source}/twice the spacing"
        method = f"twice the spacing, {like.method}"
        return Estimate(self.shift, {source: self.away}, like.draws, len(self.away), like.seed, method, like.precision, bias="unknown")


def doubled(field: InteractingField, products: np.ndarray, logs: np.ndarray, changes: np.ndarray, blocks: int) -> Doubled:
    """From products [n, T], logarithms of weights [n] and the changes S - S' [n] of draws in ``blocks`` of one length.

    Raises `NotConverged` where S_int changes by more than 0.1, for a draw of the mean weight or more, of a field whose momenta are bounded;
    without a bound some draw always has momenta beyond any spacing, and that is a warning.
    """
    region, potential = field.region, field.potential
    if region.coarse is None:
        return Doubled(None, 0.0, np.zeros(products.shape[1]), np.zeros((blocks, products.shape[1])), 0.0)
    weights, coarse = np.exp(logs), np.exp(logs + changes)
    halving = _checked(field, np.abs(changes[weights >= weights.mean() * (1 - 1e-12)]))
    mean, left = ratio(products, weights, blocks)
    moved, without = ratio(products, coarse, blocks)
    away = (without - left - (moved - mean)) * math.sqrt((blocks - 1) / blocks)
    action = region.nodes.tobytes() + region.weights.tobytes() + f"{potential.coefficients} {potential.function!r}".encode()
    source = f"spacing {region.spacing:g}/{hashlib.sha256(action).hexdigest()[:16]}"
    return Doubled(source, halving, moved - mean, away, float(coarse.sum() / weights.sum()) - 1)


def ratio(products: np.ndarray, weights: np.ndarray, blocks: int) -> tuple[np.ndarray, np.ndarray]:
    """Sum w O / sum w, and without each of the blocks [blocks, T]."""
    # The order of a sum depends on the layout in memory, and digits on the order.
    above = (weights[:, None] * np.ascontiguousarray(products)).reshape(blocks, -1, products.shape[1]).sum(axis=1)
    below = weights.reshape(blocks, -1).sum(axis=1)
    mean, rest = above.sum(axis=0) / below.sum(), (below.sum() - below)[:, None]
    # One block may have all the weight there is: nothing is left without it, and the values are refused for their heaviest draw.
    return mean, np.where(rest > 0, (above.sum(axis=0) - above) / np.where(rest > 0, rest, 1.0), mean)


def _checked(field: InteractingField, changes: np.ndarray) -> float:
    most = float(np.max(changes, initial=0.0))
    if most > _COARSE:
        words = f"S_int changes by {most:.2g} on doubling the spacing {field.region.spacing:g}, for a draw of more than the mean weight"
        if bounded(field):
            raise NotConverged(f"{words}: the quadrature does not see the field; halve the spacing")
        told = "read the shift of the values, found.shift, all of which is in their errors; found.halving is the change of S_int"
        warnings.warn(f"{words}; momenta have no bound here: {told}", stacklevel=4)
    return most


def refuse_coarse(field: InteractingField, actions: np.ndarray, *, least: int = 1) -> None:
    """Raises `NotConverged` as soon as the first draws, of S_int [n, rules], say that `doubled` will: by ``least`` of them.

    A draw counts where its weight is above the mean weight of all draws, which these know within five standard errors.
    """
    if field.region.coarse is None or not bounded(field):
        return
    weights = np.exp(actions[:, 0].min() - actions[:, 0])
    above = weights >= weights.mean() + 5 * weights.std() / math.sqrt(len(weights))
    changes = np.abs(actions[:, 0] - actions[:, -1])[above]
    if np.sum(changes > _COARSE) >= least:
        _checked(field, changes)


def bounded(field: InteractingField) -> bool:
    """Whether a spacing can be fine enough for all draws."""
    return math.isfinite(field.cutoff) or field.region.periodic
