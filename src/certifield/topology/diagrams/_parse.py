"""Diagrams from text."""

import re

from ._diagram import Diagram
from ._knot import checked_knot
from ._names import named
from ._reading import brackets, refuse

LONGEST = 400_000  # characters; a code of 10,000 crossings fits
# Possessive quantifiers: a long gap must not be scanned more than once.
_PREFIX = re.compile(r"\s*+(pd|braid|br|dt|gauss)\s*+(:|(?=[\[({+\-\d]))\s*+", re.IGNORECASE)
_BRAID_ON = re.compile(r"BR\[(\d{1,5}),[\[({](.*)[\])}]\]", re.IGNORECASE)
_MIRROR = re.compile(r"\s*+(mirror\b|-(?=\s*+([^\s\d-]|\d++[_^an])))\s*+", re.IGNORECASE)  # -1 is a letter, -6_1 an image
MOST_SUMMANDS = 100
_SIGNED_GAUSS = re.compile(r"[OU]\d{1,9}[+-]", re.IGNORECASE)


def parse(text: str) -> Diagram:
    """The diagram that a text describes.

    ``PD: [[1,5,2,4], ...]``, ``PD[X[1,5,2,4], ...]`` or a bare list of fours; ``braid: 1 1 1`` or a bare list of integers;
    ``BR[2, {1, 1, 1}]``; ``DT: [4, 6, 2]``; ``Gauss: [1, -2, 3, -1, 2, -3]``; signed Gauss code ``O1+U2+O3+U1+O2+U3+`` with ``|``
    between components; anything else is a name, see `named`.
    ``mirror`` before any of these, or ``-`` before any but a list without brackets, is the mirror image, and
    ``#`` between two is the sum of knots: ``3_1 # mirror 3_1``.
    Raises `InputError` for everything that is none of these, `MissingExtra` for a name without the extra ``knots``.

    >>> parse("braid: 1 1 1") == parse("[1, 1, 1]")
    True
    """
    if not isinstance(text, str) or len(text) > LONGEST:
        raise refuse(
            "text", text if not isinstance(text, str) else text[:40], f"text of at most {LONGEST} characters", "see the forms in `parse`"
        )
    parts = text.split("#")
    if len(parts) > MOST_SUMMANDS:
        raise refuse("text", text[:40], f"a sum of at most {MOST_SUMMANDS} knots", "sum up fewer")
    if len(parts) == 1:
        return _summand(text)
    total, *others = (checked_knot(_summand(part)) for part in parts)
    for other in others:
        total = total.connected_sum(other)
    return total


def _summand(text: str) -> Diagram:
    """What stands between two signs #: a code or a name, or the mirror image of one."""
    mirror = _MIRROR.match(text)
    return _plain(text[mirror.end() :]).mirror() if mirror else _plain(text)


def _plain(text: str) -> Diagram:
    compact = re.sub(r"\s+", "", text)
    if on := _BRAID_ON.fullmatch(compact):
        return Diagram.from_braid(brackets("text", on[2]), int(on[1]))
    if _SIGNED_GAUSS.match(compact):
        return _signed_gauss(compact)
    if re.match(r"PD\[X\[", compact, re.IGNORECASE):
        return Diagram.from_pd(_rows(brackets("text", re.sub(r"[XP]D?(?=\[)", "", compact, flags=re.IGNORECASE))))
    prefix = _PREFIX.match(text)
    if prefix is None and not re.match(r"\s*+([\[({]|[+-]?\d++([\s,;]|$)|-)", text):
        return named(text)
    entries = brackets("text", text[prefix.end() :] if prefix else text)
    kind = prefix[1].lower() if prefix else "pd" if entries and isinstance(entries[0], list) else "braid"
    if kind == "pd":
        return Diagram.from_pd(_rows(entries))
    if kind in ("braid", "br"):
        return Diagram.from_braid(entries)
    return Diagram.from_dt(entries) if kind == "dt" else Diagram.from_gauss(entries)


def _rows(entries: list) -> list:
    """A code of one crossing may come without its outer bracket."""
    return [entries] if len(entries) == 4 and all(isinstance(entry, int) for entry in entries) else entries


def _signed_gauss(compact: str) -> Diagram:
    walks, signs = [], {}
    for part in re.split(r"[|,;]", compact):
        if not re.fullmatch(r"([OU]\d{1,9}[+-])*", part, re.IGNORECASE):
            raise refuse("text", part[:40], "made of parts such as O1+ or U12-", "write | between components")
        walk = []
        for passage in _SIGNED_GAUSS.findall(part):
            name, sign = int(passage[1:-1]), 1 if passage[-1] == "+" else -1
            if signs.setdefault(name, sign) != sign:
                raise refuse("text", passage, f"with one sign for crossing {name}", "give both passes of a crossing the same sign")
            walk.append(name if passage[0] in "Oo" else -name)
        walks.append(walk)
    return Diagram.from_gauss(walks, [signs[name] for name in sorted(signs)])
