r"""The density of sampled points: mixed discriminants of the Fubini-Study metrics of the factors.

With $\det(\sum_i s_i g_i) = \sum_k c_k\, s^k$, the form $\prod_i J_i^{k_i}$ is $\prod_i k_i!\; c_k\, d^{2n}x$.
"""

import itertools
import math
from collections.abc import Mapping

import numpy as np

from certifield._arguments import of_kind

from ._local import LocalGeometry

MultiIndex = tuple[int, ...]


def mixed_discriminants(points: LocalGeometry) -> dict[MultiIndex, np.ndarray]:
    """c_k [N] for every multi-index k of order n, by interpolation of the determinant in s at whole numbers."""
    of_kind("points", points, LocalGeometry, "the local geometry of a sample is sample(...).local")
    metrics = [points.fubini_study(i) for i in range(len(points.variety.ambient))]
    indices = multi_indices(len(metrics), points.variety.dimension)
    # The points of a simplex of whole numbers are unisolvent for homogeneous polynomials of that degree.
    nodes = np.array(indices, dtype=float)
    powers = np.prod(nodes[:, None, :] ** np.array(indices)[None, :, :], axis=2)
    values = [np.linalg.det(sum(s * g for s, g in zip(node, metrics, strict=True) if s)).real for node in nodes]
    return dict(zip(indices, np.linalg.solve(powers, np.array(values)), strict=True))


def density(points: LocalGeometry, mixture: Mapping[MultiIndex, int], numbers: Mapping[MultiIndex, int]) -> np.ndarray:
    r"""The density [N] of the points in $d^{2n}x$: $\sum_k r_k\, k!\, c_k / \sum_k r_k N_k$ for r_k draws of kind k with N_k points
    each.
    """
    found = mixed_discriminants(points)
    total = sum(number * numbers[k] for k, number in mixture.items())
    return np.asarray(sum(number * math.prod(map(math.factorial, k)) * found[k] for k, number in mixture.items())) / total


def multi_indices(factors: int, order: int) -> list[MultiIndex]:
    """All multi-indices of an order, in descending order."""
    return sorted((k for k in itertools.product(range(order + 1), repeat=factors) if sum(k) == order), reverse=True)
