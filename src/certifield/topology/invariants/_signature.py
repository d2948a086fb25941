"""Signature, nullity, determinant and Arf invariant from the symmetrised Seifert matrix."""

from fractions import Fraction
from math import prod

from ..diagrams._diagram import Diagram
from ..diagrams._knot import checked_knot
from ._inertia import inertia
from ._seifert import seifert_matrix


def signature(diagram: Diagram) -> int:
    """The signature of V + V^T; -2 for the right-handed trefoil: positive knots have negative signature (KnotInfo's convention)."""
    found, _ = inertia(_symmetrised(diagram))
    return found.positive - found.negative


def nullity(diagram: Diagram) -> int:
    """The nullity of V + V^T for a connected surface: 0 for a knot, m - 1 for the unlink of m components."""
    return inertia(_symmetrised(diagram))[0].zero


def determinant(diagram: Diagram) -> int:
    """|det(V + V^T)| = |Delta(-1)|; 1 for the unknot, 0 for a split link."""
    return abs(int(prod(_pivots(diagram), start=Fraction(1))))


def arf(diagram: Diagram) -> int:
    """The Arf invariant of a knot: 0 exactly if Delta(-1) = +-1 modulo 8 (Levine).  Raises `InputError` for a link."""
    return 0 if determinant(checked_knot(diagram)) % 8 in (1, 7) else 1


def _symmetrised(diagram: Diagram) -> list[list[Fraction]]:
    matrix = seifert_matrix(diagram)
    size, zero = range(len(matrix)), Fraction(0)
    return [[Fraction(entry) if (entry := matrix[i][j] + matrix[j][i]) else zero for j in size] for i in size]


def _pivots(diagram: Diagram) -> list[Fraction]:
    return inertia(_symmetrised(diagram))[1]
