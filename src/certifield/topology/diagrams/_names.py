"""Names of knots and links, and the one file of the package that asks SnapPy for them.

SnapPy must be imported for the first time in the main thread, and its tables belong to that thread.
"""

import re

from certifield.evidence import MissingExtra

from ._diagram import Diagram
from ._reading import refuse

_ROLFSEN_KNOT = re.compile(r"\d{1,2}_\d{1,3}")
_THISTLETHWAITE_KNOT = re.compile(r"K?(\d{1,2})([an])_?(\d{1,6})")
_LINK = re.compile(r"\d{1,2}\^\d_\d{1,2}|L\d{1,2}[an]\d{1,6}(\{[01](,[01])*\})?")
_LARGEST_OF_KNOTINFO = 13


def named(name: str) -> Diagram:
    """The diagram that a table holds under a name: KnotInfo's up to 13 crossings, SnapPy's for larger knots and for links.

    ``6_1`` and ``12n_309``, also written ``K6a3`` and ``K12n309``, are KnotInfo's, chirality included.  ``K14n14254``, ``5^2_1`` and
    ``L5a1`` are SnapPy's.  The two tables agree, chirality included, where knots have Dowker-Thistlethwaite names; under Rolfsen's
    names SnapPy has the mirror image of 125 knots, and other knots as 10_83, 10_86 and 10_162 to 10_165, so that these names are
    never looked up there.
    Raises `InputError` for a name that is not in the tables, and `MissingExtra` without the extra ``knots``.
    """
    allowed = 'a name such as "6_1", "5^2_1", "K12n309", "12n_309" or "L5a1"'
    text = name.strip() if isinstance(name, str) and len(name) <= 40 else ""
    if text == "0_1":
        return Diagram(circles=1)
    knot = _THISTLETHWAITE_KNOT.fullmatch(text)
    if _ROLFSEN_KNOT.fullmatch(text) or (knot and int(knot[1]) <= _LARGEST_OF_KNOTINFO):
        from ..tables import knotinfo

        return knotinfo(text).diagram
    if knot is None and not _LINK.fullmatch(text):
        raise refuse("name", name, allowed, "or pass a code to `parse`")
    code = _snappy(f"K{knot[1]}{knot[2]}{knot[3]}" if knot else text)
    if code is None:
        raise refuse("name", name, allowed + " that is in SnapPy's tables", "check the name")
    return Diagram.from_pd(code)


def _snappy(name: str) -> list | None:
    """The planar diagram code under a name of SnapPy, None if there is no such name."""
    try:
        import spherogram
    except ImportError:
        raise MissingExtra("names of links need SnapPy and spherogram: pip install 'certifield[knots]'") from None
    try:
        return [list(row) for row in spherogram.Link(name).PD_code()]
    except (ValueError, OSError, KeyError, IndexError, RuntimeError):
        return None
