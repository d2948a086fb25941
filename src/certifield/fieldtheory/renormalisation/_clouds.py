r"""Wasserstein distances of two clouds of fields, without entropy.

Clouds are cut into blocks that are matched one by one, exactly (the assignment problem), or along directions, where sorting matches; so
there is no entropic bias, and blocks give independent values.  A bootstrap would match a field with its own copy.
What is left is the bias of finite clouds: two clouds of one law are not at distance 0.  That floor is measured between blocks of the same
cloud, and taken off as in the divergence of Sinkhorn.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize
from scipy.spatial import distance

from certifield._arguments import reals, seeded, whole
from certifield.evidence import Estimate, InputError


@dataclass(frozen=True, eq=False)
class CloudDistance:
    """``square``: W_2^2 between blocks of ``size`` fields of two clouds; ``floor``: between blocks of the same cloud, the mean of both.

    ``unbiased``: square less floor, which vanishes for clouds of one law, and is not a bound for others.
    """

    square: Estimate
    floor: Estimate
    size: int

    @property
    def unbiased(self) -> Estimate:
        """The square less its floor: they come from the same blocks."""
        return self.square - self.floor


def matched_distance(first: Any, second: Any, *, size: int = 128) -> CloudDistance:
    """W_2^2 of two clouds [n, ...] of as many fields, blocks of ``size`` matched at the least cost, exactly.

    Raises `InputError` for clouds of different shapes, or of fewer than sixteen blocks.
    """

    def cost(a: np.ndarray, b: np.ndarray) -> float:
        costs = distance.cdist(a, b, "sqeuclidean")
        return float(costs[optimize.linear_sum_assignment(costs)].mean())

    return _between(first, second, size, cost, "exact assignment")


def sliced_distance(first: Any, second: Any, *, size: int = 128, directions: int = 64, seed: int = 0) -> CloudDistance:
    r"""The mean over random unit ``directions`` of the squared distance along them: at most $W_2^2$ over the number of sites.

    Raises `InputError` as `matched_distance`, and for fewer than one direction.
    """
    count, generator = whole("directions", directions, 1), np.random.default_rng(seeded(seed))
    sites = np.asarray(first)[0].size if np.ndim(first) > 1 else 1
    lines = generator.standard_normal((sites, count))
    lines /= np.linalg.norm(lines, axis=0)

    def cost(a: np.ndarray, b: np.ndarray) -> float:
        return float(np.mean((np.sort(a @ lines, axis=0) - np.sort(b @ lines, axis=0)) ** 2))

    return _between(first, second, size, cost, f"{count} directions")


def _between(first: Any, second: Any, size: int, cost: Callable[[np.ndarray, np.ndarray], float], told: str) -> CloudDistance:
    clouds = [reals(name, one, "finite fields [n, ...]", "pass arrays of fields") for name, one in (("first", first), ("second", second))]
    whole("size", size, 2)
    if clouds[0].shape != clouds[1].shape or clouds[0].ndim < 2:
        raise InputError("first, second", [one.shape for one in clouds], "two clouds [n, ...] of one shape", "take as many fields of both")
    units = len(clouds[0]) // (2 * size)
    if units < 8:
        raise InputError("size", size, f"a sixteenth of the {len(clouds[0])} fields at most", "take more fields, or smaller blocks")
    a, b = (one[: 2 * units * size].reshape(units, 2, size, -1) for one in clouds)
    # Two blocks of each cloud make a unit, and units have nothing in common.
    rows = [(cost(p[0], q[0]) + cost(p[1], q[1]), cost(p[0], p[1]) + cost(q[0], q[1])) for p, q in zip(a, b, strict=True)]
    values = np.array(rows) / 2
    away = (values - values.mean(axis=0)) / math.sqrt(units * (units - 1))
    source = f"clouds/{told}/{size}/{float(clouds[0].sum())!r}/{float(clouds[1].sum())!r}"
    every = Estimate(values.mean(axis=0), {source: away}, 2 * units * size, units, None, told, "float64", bias="unknown")
    return CloudDistance(every[0], every[1], size)
