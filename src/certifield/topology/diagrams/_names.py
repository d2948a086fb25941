"""Names of knots and links, and the one file of the package that asks SnapPy for them."""

import json
import re
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from certifield.evidence import CertifieldError, MissingExtra

from ._diagram import Diagram
from ._reading import refuse

if TYPE_CHECKING:
    from ..tables import KnotInfoRow

_ROLFSEN_KNOT = re.compile(r"(\d{1,2})_0*(\d{1,3})")
_THISTLETHWAITE_KNOT = re.compile(r"K?(\d{1,2})([an])_?0*(\d{1,6})")
_LINK = re.compile(r"\d{1,2}\^\d_\d{1,2}|L\d{1,2}[an]\d{1,6}")
_ORIENTED_LINK = re.compile(r"L\d{1,2}[an]\d{1,6}\{[01](,[01])*\}")
_LARGEST_OF_KNOTINFO = 13


def named(name: str) -> Diagram:
    """The diagram that a table holds under a name: KnotInfo's up to 13 crossings, SnapPy's for larger knots and for links.

    ``6_1`` and ``12n_309``, also written ``K6a3``, ``K12n309`` and ``12n_0309``, are KnotInfo's, chirality included, and ``L5a1{0}``, with
    its orientation, is LinkInfo's.  ``K14n14254``, ``5^2_1`` and ``L5a1`` are SnapPy's.  KnotInfo and SnapPy agree, chirality included,
    where knots have Dowker-Thistlethwaite names; under Rolfsen's names SnapPy has the mirror image of 125 knots, and other knots as
    10_83, 10_86 and 10_162 to 10_165, so that these names are never looked up there.
    Raises `InputError` for a name that is not in the tables, `MissingExtra` without the extra ``knots``, and `CertifieldError` where
    SnapPy fails.
    """
    allowed = 'a name such as "6_1", "5^2_1", "K12n309", "12n_309" or "L5a1"'
    text = name.strip() if isinstance(name, str) and len(name) <= 40 else ""
    if text in ("0_1", "unknot"):
        return Diagram(circles=1)
    row, knot = row_of(text), _THISTLETHWAITE_KNOT.fullmatch(text)
    if row is not None:
        return row.diagram
    if _ORIENTED_LINK.fullmatch(text):
        from ..tables._links import linkinfo_diagram

        return linkinfo_diagram(text)
    if knot is None and not _LINK.fullmatch(text):
        codes = '"braid: 1 1 1", "DT: 4 6 2" or "PD: [[1,5,2,4],[3,1,4,6],[5,3,6,2]]"'
        raise refuse("name", name, allowed, f"check the name, or give a code with a word on what it is: {codes}")
    code = _snappy(f"K{knot[1]}{knot[2]}{knot[3]}" if knot else text)
    if code is None:
        raise refuse("name", name, allowed + " that is in SnapPy's tables", "check the name")
    return Diagram.from_pd(code)


def row_of(name: str) -> "KnotInfoRow | None":
    """What KnotInfo says of a knot, where the name is one of those that are looked up there; None for other names, and the unknot."""
    from ..tables import knotinfo

    text = name.strip()
    knot, rolfsen = _THISTLETHWAITE_KNOT.fullmatch(text), _ROLFSEN_KNOT.fullmatch(text)
    if text == "0_1" or not (rolfsen or (knot and int(knot[1]) <= _LARGEST_OF_KNOTINFO)):
        return None
    return knotinfo(f"{rolfsen[1]}_{rolfsen[2]}" if rolfsen else f"{knot[1]}{knot[2]}_{knot[3]}")  # type: ignore[index]


def shown_source(name: str) -> str:
    """Whose name it is."""
    text = name.strip()
    knot = _THISTLETHWAITE_KNOT.fullmatch(text)
    if _ROLFSEN_KNOT.fullmatch(text) or text == "unknot" or (knot and int(knot[1]) <= _LARGEST_OF_KNOTINFO):
        return "KnotInfo"
    return "LinkInfo" if _ORIENTED_LINK.fullmatch(text) else "SnapPy"


# SnapPy stays out of this process: where it has been imported, the name that it shares with a compression library breaks Dask.
_ASK = """
import json, sys
import spherogram
try:
    code = [list(row) for row in spherogram.Link(sys.argv[1]).PD_code()]
except (ValueError, OSError, KeyError, IndexError, RuntimeError):
    code = None
print(json.dumps(code))
"""
_PATIENCE = 300.0  # seconds; a cold start of SnapPy takes up to ten


@cache
def _snappy(name: str) -> tuple[tuple[int, ...], ...] | None:
    """The planar diagram code under a name of SnapPy, None if there is no such name; asked in a process of its own."""
    if find_spec("spherogram") is None:
        raise MissingExtra("names of links need SnapPy and spherogram: pip install 'certifield[knots]'")
    command = [sys.executable, "-P", "-c", _ASK, name]  # -P: nothing is imported from the folder where the user happens to be
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=True)
        code = json.loads(done.stdout.splitlines()[-1])
    except (subprocess.SubprocessError, OSError, ValueError, IndexError) as error:
        said = str(getattr(error, "stderr", None) or error).strip().splitlines()[-1:]
        raise CertifieldError(f"SnapPy could not be asked for {name}: {' '.join(said)}. Mend: certifield doctor, or give a code") from error
    return None if code is None else tuple(tuple(row) for row in code)
