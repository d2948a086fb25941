"""Rasmussen's s as an obstruction to smooth discs, with a certificate."""

from collections.abc import Sequence

from certifield.evidence import Certificate, CertificateRejected, Obstructed, Unknown

from ..diagrams._diagram import Diagram
from ..diagrams._knot import checked_knot
from ..diagrams._reading import refuse
from ._order import scan
from ._rasmussen import FIELDS, rasmussen
from ._readable import MOST_CROSSINGS

MOST_WORK = 8_000  # ten times that of a knot of 12 crossings


def rasmussen_obstruction(diagram: Diagram, fields: Sequence[str] = ("F2", "F3")) -> Obstructed | Unknown:
    """The first of the fields over which s is not 0, so that the knot is not smoothly slice, with its certificate.

    khoca finds s; the checker rasmussen@1 takes nothing over but the field, and computes s by Bar-Natan's scanning algorithm.
    `Unknown` where s = 0 over all fields, where the checker would need more than its five million steps, or, with no field asked, where
    the diagram has more than 300 crossings, or is so wide that building it up crossing by crossing, with 2^ends counted in each step, is
    estimated above `MOST_WORK`.
    Raises `InputError` for links and other fields, `MissingExtra` without the extra ``knots``, and `CertificateRejected` should the
    two computations differ, which is an error in one of them.
    """
    if isinstance(fields, str) or not isinstance(fields, Sequence) or not fields:
        raise refuse("fields", fields, f"a sequence of names out of {', '.join(FIELDS)}", 'such as ("F2", "F3")')
    crossings = checked_knot(diagram).crossings
    if len(crossings) > MOST_CROSSINGS or scan(crossings).work > MOST_WORK:
        return Unknown({"fields": 0})
    for asked, field in enumerate(fields, 1):
        s = rasmussen(diagram, field).value
        certificate = _certificate(diagram, str(s), field) if s else None
        if certificate is not None:
            return Obstructed(certificate, "smooth", {"fields": asked})
    return Unknown({"fields": len(fields)})


def slice_by_rasmussen(diagram: Diagram) -> Certificate | None:
    """The certificate of `rasmussen_obstruction`, and None where there is none or the diagram is not one of a knot."""
    if diagram.components != 1:
        return None
    found = rasmussen_obstruction(diagram)
    return found.certificate if isinstance(found, Obstructed) else None


def _certificate(diagram: Diagram, s: str, field: str) -> Certificate | None:
    """A certificate that has been replayed; None where the checker gave up, as it says, after "more than 5000000 steps"."""
    claim = {"kind": "not slice", "category": "smooth", "diagram": [list(crossing) for crossing in diagram.crossings]}
    certificate = Certificate(claim, s, {"field": field}, "rasmussen@1")
    verdict = certificate.replay()
    if not verdict.accepted and not verdict.reason.startswith("more than"):
        raise CertificateRejected(f"rasmussen@1 does not confirm s = {s} over {field}: {verdict.reason}")
    return certificate if verdict.accepted else None
