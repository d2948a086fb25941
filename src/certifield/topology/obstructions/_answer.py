"""Obstructions asked one after the other, from the cheapest on."""

from collections.abc import Sequence

from certifield.evidence import Certificate, Obstructed, Unknown

from ..diagrams._diagram import Diagram
from ..diagrams._knot import checked_knot
from ..diagrams._reading import refuse
from ._claims import as_read
from ._obstruction import Obstruction
from ._table import SLICE_OBSTRUCTIONS, UNKNOT_OBSTRUCTIONS

LARGE = 100  # crossings; up to here every certificate can be checked


def slice_obstruction(diagram: Diagram, obstructions: Sequence[Obstruction] = SLICE_OBSTRUCTIONS) -> Obstructed | Unknown:
    """The first obstruction to disjoint discs in the four-ball bounded by the components, with its certificate; else what was tried.

    The category says whether it forbids even locally flat discs ("topological") or smooth ones only ("smooth").  `Unknown` means that no
    test forbids discs, not that there are some.  Every test has limits of its own on its work, so the answer is always the same.
    Raises `InputError` for what is no diagram or the empty link, and `MissingExtra` without python-flint where it is needed.

    >>> from certifield.topology import Diagram
    >>> print(slice_obstruction(Diagram.from_braid([1, 1, 1])))
    OBSTRUCTED (topological)  1  [cert, not slice, not-slice-seifert@1]
    """
    return _first(as_read(_checked(diagram)), obstructions)


def slice_obstructions(diagram: Diagram, obstructions: Sequence[Obstruction] = SLICE_OBSTRUCTIONS) -> dict[str, Obstructed | None]:
    """What each test of the table says, by its name: the obstruction with its certificate, or None where it forbids nothing.

    Raises `InputError` for what is no diagram or the empty link, and `MissingExtra` without python-flint where it is needed.

    >>> from certifield.topology import Diagram
    >>> found = slice_obstructions(Diagram.from_braid([1, 1, 1]))
    >>> {name: one.certificate.value for name, one in found.items() if one}
    {'Arf invariant': '1', 'determinant': '3', 'signature': '-2', 'Fox-Milnor': '1', 'Goeritz lattice': '-1'}
    """
    link = as_read(_checked(diagram))
    found = {obstruction: _checkable(link, obstruction.find(link)) for obstruction in obstructions}
    return {one.name: None if proof is None else Obstructed(proof, one.category, {"tests": 1}) for one, proof in found.items()}


def unknot_obstruction(diagram: Diagram, obstructions: Sequence[Obstruction] = UNKNOT_OBSTRUCTIONS) -> Obstructed | Unknown:
    """The first invariant that tells the knot from the unknot, with its certificate; else what was tried.

    Raises `InputError` for what is no diagram of a knot, and `MissingExtra` without python-flint where it is needed.

    >>> from certifield.topology import Diagram
    >>> unknot_obstruction(Diagram.from_braid([1, 1, 1])).certificate.value
    '3'
    """
    return _first(checked_knot(diagram), obstructions)


def _first(diagram: Diagram, obstructions: Sequence[Obstruction]) -> Obstructed | Unknown:
    ordered = sorted(obstructions, key=lambda obstruction: obstruction.cost)
    for tests, obstruction in enumerate(ordered, 1):
        certificate = _checkable(diagram, obstruction.find(diagram))
        if certificate is not None:
            return Obstructed(certificate, obstruction.category, {"tests": tests})
    return Unknown({"tests": len(ordered)})


def _checkable(diagram: Diagram, certificate: Certificate | None) -> Certificate | None:
    """The certificate, or None where the diagram is so large that the checker would give up."""
    if certificate is None or len(diagram.crossings) <= LARGE or certificate.replay().accepted:
        return certificate
    return None


def _checked(diagram: Diagram) -> Diagram:
    if not isinstance(diagram, Diagram) or diagram.components == 0:
        raise refuse("diagram", diagram, "a Diagram of at least one component", "read codes with `parse`")
    return diagram
