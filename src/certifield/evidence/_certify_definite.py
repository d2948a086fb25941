"""Makes certificates that a matrix is positive definite, by elimination among fractions."""

from fractions import Fraction
from math import prod

import numpy as np

from ._certificate import Certificate
from ._checked import numbers
from ._errors import InputError

_LARGEST = 64


def certify_positive_definite(matrix: object) -> Certificate:
    """A certificate that a symmetric float matrix is positive definite, exactly as its floats stand, with its determinant as value.

    The witness is the factorisation L D L^T in fractions.  Raises `InputError` if the matrix is not square, symmetric, finite, of
    64 rows at most, and positive definite (naming the pivot that is not positive).
    """
    array = numbers("matrix", matrix)
    square = array.ndim == 2 and 0 < array.shape[0] <= _LARGEST and array.shape[0] == array.shape[1]
    if not square or array.dtype.kind == "c" or not np.all(np.isfinite(array)) or np.any(array != array.T):
        raise InputError("matrix", matrix, f"square, symmetric, real and finite, of {_LARGEST} rows at most", "pass (A + A.T)/2")
    array = array + 0.0  # a zero without sign
    rows = [[Fraction(entry) for entry in row] for row in array.tolist()]
    lower, diagonal = _factorised(rows)
    claim = {"kind": "positive definite", "matrix": [[entry.hex() for entry in row] for row in array.tolist()]}
    try:
        witness = {"lower": [[str(entry) for entry in row] for row in lower], "diagonal": [str(pivot) for pivot in diagonal]}
        return Certificate(claim, str(prod(diagonal, start=Fraction(1))), witness, "positive-definite@1")
    except ValueError:
        raise InputError("matrix", matrix, "of fractions below 4300 digits", "round or rescale it, or take a smaller matrix") from None


def _factorised(rows: list[list[Fraction]]) -> tuple[list[list[Fraction]], list[Fraction]]:
    """L (left of its diagonal) and D by elimination: what remains after step k is the Schur complement of the first k rows."""
    size = len(rows)
    lower: list[list[Fraction]] = [[] for _ in rows]
    diagonal: list[Fraction] = []
    for k in range(size):
        pivot = rows[k][k]
        if pivot <= 0:
            given = f"a matrix whose pivot {k} is {'negative' if pivot else 'zero'}"
            raise InputError("matrix", given, "positive definite", "check its smallest eigenvalue, and that no two points coincide")
        diagonal.append(pivot)
        for i in range(k + 1, size):
            factor = rows[i][k] / pivot
            lower[i].append(factor)
            rows[i][k + 1 :] = [entry - factor * other for entry, other in zip(rows[i][k + 1 :], rows[k][k + 1 :], strict=True)]
    return lower, diagonal
