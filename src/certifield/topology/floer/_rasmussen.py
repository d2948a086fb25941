"""Rasmussen's s over several fields, as another program finds it."""

from certifield.evidence import Contradiction, Exact

from ..diagrams._diagram import Diagram
from ..diagrams._reading import refuse
from ..invariants import jones_polynomial
from ._khoca import khoca_version, surviving_degrees
from ._readable import hold, readable_knot

FIELDS = {"Q": 0, "F2": 2, "F3": 3}


def rasmussen(diagram: Diagram, field: str = "Q") -> Exact:
    """Rasmussen's s(K; F) over F = "Q", "F2" or "F3"; 2 for the right-handed trefoil.  |s| <= 2 g_4, so that 0 for slice knots.

    Reduced Khovanov homology with X^2 = X (Lee, Bar-Natan; Rasmussen, math/0402131; Mackaay, Turner and Vaz, math/0509692) has one
    surviving generator, of quantum degree s.  The values over two fields may differ.
    The number is the output of khoca (Lewark and Lobb): trust in its code.  `rasmussen_obstruction` gives a certificate instead.
    The homology from which khoca finds it is held against the Jones polynomial, its Euler characteristic.
    Raises `InputError` for links and other fields, `MissingExtra` without the extra ``knots``, and `Contradiction` where khoca errs.
    """
    if not isinstance(field, str) or field not in FIELDS:
        raise refuse("field", field, f"one of {', '.join(FIELDS)}", "say over which field s is meant")
    program = khoca_version()
    reduced = readable_knot(diagram)
    if not reduced.crossings:
        return _exact(0, field, program)
    survivors, euler = surviving_degrees(reduced, FIELDS[field])
    hold(program, euler, "Jones polynomial", jones_polynomial(reduced))
    if len(survivors) != 1 or survivors[0][0] != 0:
        raise Contradiction(f"{program} left {survivors} where one generator of degree 0 must survive")
    return _exact(survivors[0][1], field, program)


def _exact(s: int, field: str, program: str) -> Exact:
    return Exact(s, f"Rasmussen's s over {field} by reduced Khovanov homology with X^2 = X", f"{program}; trust in its code")
