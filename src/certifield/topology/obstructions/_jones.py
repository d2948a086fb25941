"""The Jones polynomial against the unknot."""

from certifield.evidence import Certificate

from ..diagrams._diagram import Diagram
from ..invariants import jones_polynomial
from ..invariants._jones import _order
from ._claims import not_the_unknot

WIDEST = 20  # open edges; there are Catalan(10) = 16796 ways to join as many


def unknot_by_jones(diagram: Diagram) -> Certificate | None:
    """A Jones polynomial other than 1 tells the knot from the unknot.  None for a diagram so wide that its states are too many."""
    if _width(diagram) > WIDEST:
        return None
    polynomial = jones_polynomial(diagram)
    span = len(polynomial.coefficients) - 1
    witness = {"lowest": int(polynomial.lowest), "coefficients": list(polynomial.coefficients)}
    return Certificate(not_the_unknot(diagram), str(span), witness, "not-unknot-jones@1") if span else None


def _width(diagram: Diagram) -> int:
    """The largest number of edges that are open at a time when the crossings are read as for the Jones polynomial."""
    open_edges, widest = set(), 0
    for crossing in _order(diagram.crossings):
        for label in diagram.crossings[crossing]:
            open_edges ^= {label}
        widest = max(widest, len(open_edges))
    return widest
