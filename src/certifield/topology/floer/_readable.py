"""Diagrams as the programs of homology read them, and their answers held against polynomials that are exact."""

from certifield.evidence import Contradiction

from ..diagrams._diagram import Diagram
from ..diagrams._knot import checked_knot
from ..invariants import LaurentPolynomial

MOST_CROSSINGS = 300


def readable_knot(diagram: Diagram) -> Diagram:
    """A diagram of the same knot without nugatory crossings, at which knot_floer_homology refuses some diagrams and errs on others.

    Raises `InputError` for links, and for diagrams too large for these programs.
    """
    return checked_knot(diagram, MOST_CROSSINGS).reduced()


def hold(program: str, found: dict[int, int], name: str, exact: LaurentPolynomial) -> None:
    """Raises `Contradiction` unless the Euler characteristic ``found``, ranks with signs by exponent, is the polynomial ``exact``."""
    known = {int(exact.lowest) + place: entry for place, entry in enumerate(exact.coefficients) if entry}
    if {power: rank for power, rank in found.items() if rank} != known:
        raise Contradiction(f"the homology that {program} finds does not have the {name} {exact} as its Euler characteristic")
