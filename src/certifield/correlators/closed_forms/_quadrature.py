"""Gauss-Legendre rules, doubled until they agree."""

from collections.abc import Callable
from functools import cache

import numpy as np

from certifield.evidence import NotConverged

from .._rounding import EPSILON

_TARGET = 1e-11


@cache
def unit_interval(nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Legendre nodes and weights on [0, 1]."""
    x, w = np.polynomial.legendre.leggauss(nodes)
    return (x + 1) / 2, w / 2


def converged(rule: Callable[[int], np.ndarray], start: int, most: int, what: str) -> tuple[np.ndarray, np.ndarray]:
    """The rule with so many nodes that half as many give the same to 1e-11, and a bound on its error.

    For the analytic integrands met here the error falls geometrically in the number of nodes, so the change on the last doubling bounds
    the error left after it with room to spare; rounding is added.  Raises `NotConverged` if ``most`` nodes are not enough.
    """
    nodes, coarse = start, rule(start)
    while True:
        nodes *= 2
        fine = rule(nodes)
        change = np.abs(fine - coarse)
        if np.all(change <= _TARGET * np.maximum(1e-3, np.abs(fine))):
            return fine, change + 64 * EPSILON * np.maximum(np.abs(fine), EPSILON)
        if nodes >= most:
            raise NotConverged(
                f"{what} still changes by {change.max():.2e} between {nodes // 2} and {nodes} nodes: the inputs are so large "
                "that neurons saturate; sample instead with cf.correlators.estimate"
            )
        coarse = fine
