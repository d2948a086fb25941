"""Knots whose complements are known to have no hyperbolic structure, from the picture alone."""

from ..diagrams import Diagram
from ..diagrams._summands import summands
from ..invariants import LaurentPolynomial, alexander_polynomial, determinant, jones_polynomial

FEW = 20  # crossings, up to which the Jones polynomial takes next to no time


def no_hyperbolic_structure(diagram: Diagram) -> str:
    """Why the complement of a knot has none, or nothing where that cannot be seen.

    A diagram that falls into two knotted summands shows a connected sum, whose complement has an essential annulus (Thurston).
    A summand is known to be knotted by its determinant, its Alexander polynomial or, where it is small, its Jones polynomial.
    """
    if not diagram.crossings:
        return "the unknot has no hyperbolic structure"
    parts = summands(diagram)
    if len(parts) < 2 or sum(map(_is_knotted, parts)) < 2:
        return ""
    return "a connected sum has no hyperbolic structure"


def _is_knotted(diagram: Diagram) -> bool:
    if determinant(diagram) != 1 or len(alexander_polynomial(diagram).coefficients) > 1:
        return True
    return len(diagram.crossings) <= FEW and jones_polynomial(diagram) != LaurentPolynomial((1,))
