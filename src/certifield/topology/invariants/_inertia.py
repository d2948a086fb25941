"""How many eigenvalues of an exact Hermitian matrix are positive, zero and negative."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple


class Inertia(NamedTuple):
    """Numbers of positive, zero and negative eigenvalues."""

    positive: int
    zero: int
    negative: int


def rational_sign(value: Fraction) -> int:
    """-1, 0 or 1."""
    return (value > 0) - (value < 0)


def inertia(
    matrix: Sequence[Sequence[Any]],
    conjugate: Callable[[Any], Any] = lambda value: value,
    inverse: Callable[[Any], Any] = lambda value: 1 / value,
    sign: Callable[[Any], int] = rational_sign,
    known: Callable[[Any], bool] = lambda value: value != 0,
) -> tuple[Inertia, list[Any]]:
    """The inertia of a Hermitian matrix over a field, and the pivots, whose product is the determinant.

    Congruence by elimination (Sylvester's law): a pivot that is not 0 on the diagonal, or, if the diagonal is 0 and h_ij is not,
    row i plus conj(c) times row j with c = h_ij, which puts 2 |h_ij|^2 there.  By default the field is that of the rationals.
    ``known``: whether a number is known not to be 0, which makes it a pivot.  Where numbers are balls that may be too wide for that, the
    counts of positive and negative eigenvalues are lower bounds, and they are exact where their sum is the rank.
    """
    rows = [list(row) for row in matrix]
    pivots: list[Any] = []
    while rows:
        size = range(len(rows))
        place = next((i for i in size if known(rows[i][i])), None)
        if place is None:
            pair = next(((i, j) for i in size for j in size if known(rows[i][j])), None)
            if pair is None:
                pivots += [rows[i][i] for i in size]
                break
            place, other = pair
            factor = rows[place][other]
            rows[place] = [here + factor * there for here, there in zip(rows[place], rows[other], strict=True)]
            for row in rows:
                row[place] = row[place] + conjugate(factor) * row[other]
        rows[0], rows[place] = rows[place], rows[0]
        for row in rows:
            row[0], row[place] = row[place], row[0]
        pivot, *above = rows.pop(0)
        pivots.append(pivot)
        reciprocal = inverse(pivot)
        filled = [(column, there) for column, there in enumerate(above) if there != 0]  # most entries are 0
        for row in rows:
            factor = row.pop(0) * reciprocal
            if factor != 0:
                for column, there in filled:
                    row[column] = row[column] - factor * there
    signs = [sign(pivot) for pivot in pivots]
    return Inertia(signs.count(1), signs.count(0), signs.count(-1)), pivots
