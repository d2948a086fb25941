"""The one file that speaks with SnapPy and spherogram: names of knots and links.

SnapPy must be imported for the first time in the main thread, and its tables belong to that thread.
"""

import re

from certifield.evidence import MissingExtra

from ._diagram import Diagram
from ._reading import refuse

_ROLFSEN = re.compile(r"\d{1,2}_\d{1,3}|\d{1,2}\^\d_\d{1,2}")
_TABULATED = re.compile(r"[KL]\d{1,2}[an]\d{1,6}(\{[01](,[01])*\})?")
_KNOTINFO = re.compile(r"(\d{1,2}[an])_(\d{1,5})")


def named(name: str) -> Diagram:
    """The diagram that SnapPy's tables hold under a name: Rolfsen's ``6_1`` and ``5^2_1``, ``K12n309``, ``L5a1``, KnotInfo's ``12n_309``.

    A name stands for a knot up to mirror image; the image is the one of SnapPy's table, which is not always that of KnotInfo.
    Raises `InputError` for a name that is not in the tables, and `MissingExtra` without the extra ``knots``.
    """
    allowed = 'a name such as "6_1", "5^2_1", "K12n309", "12n_309" or "L5a1"'
    text = name.strip() if isinstance(name, str) and len(name) <= 40 else ""
    knotinfo = _KNOTINFO.fullmatch(text)
    text = f"K{knotinfo[1]}{knotinfo[2]}" if knotinfo else text
    if not _ROLFSEN.fullmatch(text) and not _TABULATED.fullmatch(text):
        raise refuse("name", name, allowed, "or pass a code to `parse`")
    if text == "0_1":
        return Diagram(circles=1)
    try:
        import spherogram
    except ImportError:
        raise MissingExtra("names of knots need SnapPy and spherogram: pip install 'certifield[knots]'") from None
    try:
        link = spherogram.Link(text)
    except (ValueError, OSError, KeyError, IndexError, RuntimeError):
        raise refuse("name", name, allowed + " that is in SnapPy's tables", "check the name") from None
    return Diagram.from_pd([tuple(row) for row in link.PD_code()])
