"""Makes certificates that a symmetric matrix is not positive semidefinite, with a vector as witness."""

from fractions import Fraction

import numpy as np

from ._certificate import Certificate
from ._checked import numbers
from ._errors import InputError

_LARGEST = 256


def certify_negative_direction(matrix: object, vector: object, *, radius: float = 0.0) -> Certificate:
    """A certificate that no symmetric matrix within ``radius`` of ``matrix`` in every entry is positive semidefinite.

    The witness is ``vector``; the value is its form plus radius * (sum |v|)^2, a negative fraction.  Raises `InputError` if the matrix is
    not square, symmetric and finite, the vector has another length, or the bound is not negative.

    >>> print(certify_negative_direction([[1.0, 2.0], [2.0, 1.0]], [1.0, -1.0]))
    -2  [cert, negative direction, negative-direction@1]
    """
    array, direction = numbers("matrix", matrix), numbers("vector", vector)
    square = array.ndim == 2 and 0 < len(array) <= _LARGEST and array.shape[0] == array.shape[1] and array.dtype.kind != "c"
    if not square or not np.all(np.isfinite(array)) or np.any(array != array.T):
        raise InputError("matrix", matrix, f"square, symmetric, real and finite, of {_LARGEST} rows at most", "pass (A + A.T)/2")
    if direction.shape != (len(array),) or not np.all(np.isfinite(direction)) or direction.dtype.kind == "c":
        raise InputError("vector", vector, f"of {len(array)} finite numbers", "pass the eigenvector of the smallest eigenvalue")
    if not 0 <= radius < np.inf:
        raise InputError("radius", radius, "finite and 0 or more", "pass the largest radius of an entry")
    array = array + 0.0  # a zero without sign
    entries, forms = [Fraction(entry) for entry in direction.tolist()], [[Fraction(entry) for entry in row] for row in array.tolist()]
    form = sum((x * entry * y for x, row in zip(entries, forms, strict=True) for entry, y in zip(row, entries, strict=True)), Fraction(0))
    bound = form + Fraction(radius) * sum(abs(entry) for entry in entries) ** 2
    if bound >= 0:
        raise InputError("vector", vector, "one whose form is negative beyond the radius", "the matrix may be positive semidefinite")
    rows = [[entry.hex() for entry in row] for row in array.tolist()]
    claim = {"kind": "negative direction", "matrix": rows, "radius": (float(radius) + 0.0).hex()}
    return Certificate(claim, str(bound), {"vector": [str(entry) for entry in entries]}, "negative-direction@1")
