"""The signature function on every arc of the circle between roots of the Alexander polynomial."""

from fractions import Fraction
from itertools import pairwise
from typing import Any

from certifield.evidence import Certificate

from ..diagrams._diagram import Diagram
from ..invariants._alexander import alexander_polynomial
from ..invariants._flint import flint
from ._circle import form_at
from ._seifert_form import slice_certificate


def slice_by_signature_function(diagram: Diagram) -> Certificate | None:
    """A Levine-Tristram signature other than 0 off the roots of Delta forbids a disc (Levine 1969; Tristram 1969).

    Complete: the function is constant between roots of Delta and 0 near w = 1; every other arc of the upper half circle is tried, but for
    that of w = -1, whose value is the signature.
    """
    if diagram.components != 1:
        return None
    for cotangent in arc_points(diagram):
        form = form_at(diagram, cotangent)
        if form.signature:
            return slice_certificate(diagram, form.signature, "signature", **form.witness())
    return None


def arc_points(diagram: Diagram) -> list[Fraction]:
    """Cotangents of one point in each arc strictly between two neighbouring roots of Delta on the upper half circle, for a knot.

    The simplest fraction between two enclosures that are proved to hold one root each.  Raises `MissingExtra` without python-flint.
    """
    enclosures = sorted(
        (_fraction(root.real.lower()), _fraction(root.real.upper()))
        for root, _ in _in_cotangents(diagram).complex_roots()
        if root.imag == 0 and root.real > 0
    )
    return [simplest_between(one[1], two[0]) for one, two in pairwise(enclosures)]


def _in_cotangents(diagram: Diagram) -> Any:
    """(c^2 + 1)^g D(2 (c^2 - 1)/(c^2 + 1)) as a polynomial in c, where Delta(t) = D(t + 1/t) has degree g in t."""
    polynomial = flint().fmpz_poly
    coefficients = trace_polynomial(list(alexander_polynomial(diagram).coefficients))
    degree, total = len(coefficients) - 1, polynomial([])
    for power, entry in enumerate(coefficients):
        total += entry * polynomial([-2, 0, 2]) ** power * polynomial([1, 0, 1]) ** (degree - power)
    return total


def trace_polynomial(coefficients: list[int]) -> list[int]:
    """Coefficients of D with t^-g times the given reciprocal polynomial of degree 2 g equal to D(t + 1/t)."""
    rest, found = list(coefficients), []
    while rest:  # the middle coefficient of (t + 1/t)^k is binomial: take off the outermost terms, from the highest power down
        leading, degree = rest[-1], len(rest) // 2
        found.append(leading)
        power = flint().fmpz_poly([1, 0, 1]) ** degree
        rest = [entry - leading * int(power[place]) for place, entry in enumerate(rest)][1:-1]
    return found[::-1]


def simplest_between(low: Fraction, high: Fraction) -> Fraction:
    """The fraction of least denominator, and then of least numerator, strictly between two that are not negative."""
    whole = low.numerator // low.denominator + 1
    if whole < high:
        return Fraction(whole)
    whole -= 1
    if low == whole:  # low itself is excluded, and high is at most whole + 1
        return whole + Fraction(1, int(1 / (high - whole)) + 1)
    return whole + 1 / simplest_between(1 / (high - whole), 1 / (low - whole))


def _fraction(end: Any) -> Fraction:
    exact = end.fmpq()
    return Fraction(int(exact.numerator), int(exact.denominator))
