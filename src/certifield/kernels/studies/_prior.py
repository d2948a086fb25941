"""The Gaussian process prior exp(-y^T A y/2) with A = (D^p)^T D^p, D the difference of neighbours: what it is a prior of."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from certifield.evidence import Exact
from certifield.study import Found

_POINTS = 8
ORDERS = (1, 2, 3)


def difference(points: int, order: int) -> np.ndarray:
    """D^order [points - order, points] in integers."""
    matrix = np.eye(points, dtype=np.int64)
    for _ in range(order):
        matrix = matrix[1:] - matrix[:-1]
    return matrix


def nullity(matrix: np.ndarray) -> int:
    """The dimension of the kernel of an integer matrix, by exact elimination."""
    rows = [[Fraction(int(entry)) for entry in row] for row in matrix]
    rank = 0
    for column in range(matrix.shape[1]):
        pivot = next((row for row in range(rank, len(rows)) if rows[row][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for other in range(rank + 1, len(rows)):
            factor = rows[other][column] / rows[rank][column]
            rows[other] = [entry - factor * top for entry, top in zip(rows[other], rows[rank], strict=True)]
        rank += 1
    return matrix.shape[1] - rank


def bridge_covariance(points: int) -> np.ndarray:
    """A^(-1) for p = 1 with both ends held at 0: that of the Brownian bridge, min(i,j) (n+1 - max(i,j))/(n+1), as fractions."""
    places = range(1, points + 1)
    return np.array([[Fraction(min(i, j) * (points + 1 - max(i, j)), points + 1) for j in places] for i in places], dtype=object)


def prior_findings() -> Iterator[tuple[str, Found]]:
    """How many directions A leaves without a density, for p = 1, 2, 3, and A times the covariance once the ends are held."""
    operators = [difference(_POINTS, order) for order in ORDERS]
    dimensions = [nullity(operator.T @ operator) for operator in operators]
    source = "polynomials of degree below p, by exact elimination"
    yield "difference prior: nullity of (D^p)^T D^p", Found(Exact(np.array(dimensions), source), Exact(np.array(ORDERS), "p"))
    held = difference(_POINTS + 2, 1)[:, 1:-1]  # the values at both ends are 0
    product = (held.T @ held).astype(object) @ bridge_covariance(_POINTS)
    expected = Exact(np.eye(_POINTS, dtype=np.int64), "the unit matrix")
    yield "difference prior: A times the bridge covariance", Found(Exact(product, "exact fractions"), expected)
