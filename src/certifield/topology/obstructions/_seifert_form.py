"""Obstructions read off the Seifert form at w = -1: Arf invariant, determinant, signature, nullity; and linking numbers."""

from math import isqrt

from certifield.evidence import Certificate

from ..diagrams._diagram import Diagram
from ..invariants import arf, determinant, nullity
from ._circle import form_at
from ._claims import least_darts, not_slice, not_the_unknot


def slice_certificate(diagram: Diagram, value: int, test: str, **witness: object) -> Certificate:
    """That the link is not topologically slice, for the checker of Seifert forms."""
    return Certificate(not_slice(diagram), str(value), {"test": test, **witness}, "not-slice-seifert@1")


def unknot_certificate(diagram: Diagram, value: int, test: str, **witness: object) -> Certificate:
    """That the knot is knotted, for the checker of Seifert forms."""
    return Certificate(not_the_unknot(diagram), str(value), {"test": test, **witness}, "not-unknot-seifert@1")


def slice_by_arf(diagram: Diagram) -> Certificate | None:
    """Arf = 1 forbids a disc (Robertello, Comm. Pure Appl. Math. 18 (1965) 543)."""
    return slice_certificate(diagram, 1, "arf") if diagram.components == 1 and arf(diagram) else None


def slice_by_determinant(diagram: Diagram) -> Certificate | None:
    """A determinant that is no square forbids a disc."""
    found = determinant(diagram) if diagram.components == 1 else 0
    return slice_certificate(diagram, found, "determinant") if isqrt(found) ** 2 != found else None


def slice_by_signature(diagram: Diagram) -> Certificate | None:
    """A signature other than 0 forbids discs (Murasugi, Trans. Am. Math. Soc. 117 (1965) 387)."""
    form = form_at(diagram)
    return slice_certificate(diagram, form.signature, "signature", **form.witness()) if form.signature else None


def slice_by_nullity(diagram: Diagram) -> Certificate | None:
    """A nullity other than components - 1 forbids disjoint discs."""
    found = nullity(diagram)
    return slice_certificate(diagram, found, "nullity") if found != diagram.components - 1 else None


def slice_by_linking(diagram: Diagram) -> Certificate | None:
    """Linking numbers other than 0 forbid disjoint discs."""
    linking, darts = diagram.linking_matrix(), least_darts(diagram)
    for one in range(len(darts)):
        for two in range(one):
            if linking[one][two]:
                pair = sorted((darts[one], darts[two]))
                return slice_certificate(diagram, linking[one][two], "linking number", darts=pair)
    return None


def unknot_by_determinant(diagram: Diagram) -> Certificate | None:
    """A determinant other than 1 tells the knot from the unknot."""
    found = determinant(diagram)
    return unknot_certificate(diagram, found, "determinant") if found != 1 else None


def unknot_by_signature(diagram: Diagram) -> Certificate | None:
    """A signature other than 0 tells the knot from the unknot."""
    form = form_at(diagram)
    return unknot_certificate(diagram, form.signature, "signature", **form.witness()) if form.signature else None
