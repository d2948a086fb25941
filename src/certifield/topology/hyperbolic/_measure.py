"""The complement of a knot measured by SnapPy, and verified where that succeeds."""

from collections.abc import Iterable, Iterator
from typing import Any

from certifield.evidence import Exact

from ..diagrams._diagram import Diagram
from ..diagrams._knot import checked_knot
from ..diagrams._reading import refuse
from ._cusp import Cusp, Unverified
from ._group import hold
from ._newton import structure
from ._process import ask

MOST_CROSSINGS = 300
REFERENCE = "interval Newton method, arXiv:1310.3410; triangulation and framing by {}: trust in their code"


def cusp(diagram: Diagram, *, quick: bool = False) -> Cusp:
    """Volume, cusp shape, slope, translations and shortest geodesic of the complement of a knot, in the chirality of ``diagram``.

    SnapPy runs in a process of its own, which stays for the next question.  A triangulation with tetrahedra that are not positively
    oriented is replaced up to ten times.  Its fundamental group is held against the homology, the framing and the Alexander polynomial
    of the knot.  ``quick`` leaves out the translations and the geodesic, which may take seconds.
    Raises `InputError` for links and diagrams of more than 300 crossings, `MissingExtra` without the extra ``knots``, and `Contradiction`
    where SnapPy's triangulation cannot be one of the exterior.
    """
    (found,) = cusps([diagram], quick=quick)
    return found


def cusps(diagrams: Iterable[Diagram], *, quick: bool = False) -> Iterator[Cusp]:
    """`cusp` of each of many diagrams, which are read one at a time."""
    if not isinstance(quick, bool):
        raise refuse("quick", quick, "True or False", "leave it out for all numbers")
    return (_measured(checked_knot(diagram, MOST_CROSSINGS), quick) for diagram in diagrams)


def _measured(diagram: Diagram, quick: bool) -> Cusp:
    if not diagram.crossings:
        return Cusp("not_hyperbolic")
    found = ask([list(crossing) for crossing in diagram.crossings], quick=quick)
    if found["solution"] is None:
        return Cusp("not_hyperbolic")
    hold(found["group"], diagram, found["program"])
    proved = structure(found["equations"], found["shapes"]) if all(im > 0 for _, im in found["shapes"]) else None
    program, shape = found["program"], complex(*found["shape"]).conjugate()  # SnapPy looks at the cusp from its other side
    floats = _translations(shape, found["area"], program) | _half("inj_proxy", found["geodesic"], program)
    if proved is None:
        return Cusp("unverified", Unverified(found["volume"], program), Unverified(shape, program), **floats)
    volume = _ball(proved.volume, "volume of the complete structure", program)
    return Cusp("verified", volume, _ball(proved.shape, "cusp shape lambda / mu", program), **floats)


def _translations(shape: complex, area: float | None, program: str) -> dict[str, Unverified]:
    """mu and lambda > 0 of the cusp of this area, which is |mu|^2 |Im(lambda / mu)|."""
    if area is None:
        return {}
    longitude = abs(shape) * (area / abs(shape.imag)) ** 0.5
    return {"meridian": Unverified(longitude / shape, program), "longitude": Unverified(longitude, program)}


def _half(name: str, length: float | None, program: str) -> dict[str, Unverified]:
    return {} if length is None else {name: Unverified(length / 2, program)}


def _ball(ball: Any, derivation: str, program: str) -> Exact:
    """A ball of Arb as the float next to its middle, with a radius that covers both."""
    middle = float(ball.mid()) if hasattr(ball, "mid_rad_10exp") else complex(ball.mid())
    radius = float(abs(ball - middle).abs_upper()) * (1 + 2**-50)
    return Exact(middle, derivation, REFERENCE.format(program), radius)
