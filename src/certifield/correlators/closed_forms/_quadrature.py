"""Gauss-Legendre rules with so many nodes that a bound on their error is small."""

from collections.abc import Callable
from functools import cache

import numpy as np

from certifield.enclosures import EPSILON
from certifield.evidence import NotConverged

_TARGET = 1e-11


@cache
def unit_interval(nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Legendre nodes and weights on [0, 1]."""
    x, w = np.polynomial.legendre.leggauss(nodes)
    return (x + 1) / 2, w / 2


def bounded(
    rule: Callable[[int], np.ndarray], missed: Callable[[int], np.ndarray], start: int, most: int, what: str
) -> tuple[np.ndarray, np.ndarray]:
    """The rule with so many nodes that it misses at most 1e-11 of the value, and a bound on its error; rounding is added.

    ``missed(nodes)`` bounds the error of ``rule(nodes)``.  Raises `NotConverged` if ``most`` nodes are not enough.
    """
    nodes = start
    while True:
        limit = missed(nodes)
        if np.all(limit <= _TARGET) or nodes >= most:  # a first look, without the value
            value = rule(nodes)
            if np.all(limit <= _TARGET * np.maximum(1e-3, np.abs(value))):
                return value, limit + 64 * EPSILON * np.maximum(np.abs(value), EPSILON)
        if nodes >= most:
            raise NotConverged(
                f"{what} is only known to {np.max(limit):.2e} with {nodes} nodes: the inputs are so large that neurons saturate; "
                "sample instead with cf.correlators.estimate"
            )
        nodes *= 2
