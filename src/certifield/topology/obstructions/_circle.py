"""The Seifert form at points of the unit circle with rational cotangent."""

from fractions import Fraction
from math import isqrt, prod
from typing import NamedTuple

from ..diagrams._diagram import Diagram
from ..invariants._inertia import inertia
from ..invariants._seifert import seifert_matrix


class FormAt(NamedTuple):
    """Signature, nullity and determinant of q S - i p A, S = V + V^T, A = V - V^T, at w = (c + i)/(c - i) with c = p/q."""

    cotangent: Fraction
    signature: int
    nullity: int
    determinant: int

    def witness(self) -> dict[str, str]:
        """What the checker is told: the point, and the determinant, which binds the two together."""
        return {"cotangent": str(self.cotangent), "determinant": str(self.determinant)}


def form_at(diagram: Diagram, cotangent: Fraction = Fraction(0)) -> FormAt:
    """The form (1 - w) V + (1 - conj(w)) V^T, divided by a positive number so that its entries are q S - i p A.

    cot(arg(w)/2) = c: w = -1 for c = 0, and w tends to 1 for large c.  The rational points are dense in the circle, so every arc between
    roots of the Alexander polynomial has some.  Computed from the real form [[q S, p A], [-p A, q S]], which has every eigenvalue twice.
    A split diagram is taken without the tubes that would join its pieces.
    """
    matrix = seifert_matrix(diagram)
    size = range(len(matrix) - (diagram.pieces - 1))
    p, q = cotangent.numerator, cotangent.denominator
    even = [[Fraction(q * (matrix[i][j] + matrix[j][i])) for j in size] for i in size]
    odd = [[Fraction(p * (matrix[i][j] - matrix[j][i])) for j in size] for i in size]
    if not p:
        found, pivots = inertia(even)
        return FormAt(cotangent, found.positive - found.negative, found.zero, int(prod(pivots, start=Fraction(1))))
    upper = [one + two for one, two in zip(even, odd, strict=True)]
    lower = [[-entry for entry in two] + one for one, two in zip(even, odd, strict=True)]
    found, pivots = inertia(upper + lower)
    determinant = isqrt(int(prod(pivots, start=Fraction(1)))) * (-1) ** (found.negative // 2)
    return FormAt(cotangent, (found.positive - found.negative) // 2, found.zero // 2, determinant)
