"""What is known of a knot without a certificate: from the kind of its code, and from KnotInfo.  It is data, and proves nothing."""

from dataclasses import replace

from certifield.evidence import Unknown

from ..diagrams._parse import Reading
from ..questions import Examination
from ..questions._invariants import HYPERBOLIC

SOURCES = {"11n_34": "Piccirillo, arXiv:1808.02923"}  # of what no test here can find


def with_known_geometry(found: Examination, reading: Reading) -> Examination:
    """The examination that says of a torus knot or a satellite why no volume was found, where the code or KnotInfo tells it."""
    if not reading.geometry:
        return found
    rows = (
        row._replace(source=reading.geometry) if row.name in HYPERBOLIC.names and row.value is None else row for row in found.invariants
    )
    return replace(found, invariants=tuple(rows))


def literature(found: Examination, reading: Reading) -> str:
    """What KnotInfo says of a knot of which it is unknown here whether it is slice; nothing of others, and of codes without a name."""
    if reading.row is None or not isinstance(found.slice, Unknown):
        return ""
    genus = reading.row.smooth_four_genus
    sources = "; ".join([*filter(None, [SOURCES.get(reading.row.name)]), f"KnotInfo: smooth four-genus {genus}"])
    if genus.low > 0:
        return f"not smoothly slice ({sources}); no certificate here"
    return f"smoothly slice ({sources}); no disc was found here" if genus.high == 0 else f"not known ({sources})"
