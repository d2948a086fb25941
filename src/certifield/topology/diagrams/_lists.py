"""Lists without a word on what they are: recognised where only one reading makes sense, refused where two do."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from certifield.evidence import InputError

from . import _braid, _gauss, _orient, _planar
from ._planar import check_planar
from ._polygon import walks_of_points
from ._reading import refuse
from ._walks import Walks, planar_code

SMALL = 2  # crossings, up to which a word in the letters of a braid may look like another code by chance


class Found(NamedTuple):
    """Walks, and in words what they were read as."""

    walks: Walks
    how: str


def counted(number: int, things: str) -> str:
    """``1 crossing``, ``2 crossings``."""
    return f"{number} {things}{'' if number == 1 else 's'}"


def from_pd(entries: list) -> Found:
    """A planar diagram code, as a list of fours or flat."""
    if entries and all(isinstance(entry, int) for entry in entries) and len(entries) % 4 == 0:
        entries = [entries[place : place + 4] for place in range(0, len(entries), 4)]
    crossings = _planar.read_crossings(entries)
    oriented = _orient.oriented(crossings)
    walks = _planar.walks_of(oriented)._replace(circles=int(not crossings))
    check_planar(planar_code(walks))
    turned = sum(one != two for one, two in zip(crossings, oriented, strict=True))
    return Found(walks, f"a planar diagram code of {counted(len(crossings), 'crossing')}" + (", without orientation" if turned else ""))


def from_gauss(entries: list) -> Found:
    """A Gauss code without signs, or Sage's pair of a Gauss code and signs."""
    if len(entries) == 2 and _depth(entries) == 3:
        walks = _gauss.walks_of_gauss(*entries)
        return Found(walks, f"a Gauss code of {counted(len(walks.signs), 'crossing')} with signs")
    walks = _gauss.walks_of_gauss(entries)
    check_planar(planar_code(walks))
    return Found(walks, f"a Gauss code of {counted(len(walks.signs), 'crossing')}{_image(walks)}")


def from_dt(entries: list) -> Found:
    """A Dowker-Thistlethwaite code."""
    walks = _gauss.walks_of_dt(entries)
    check_planar(planar_code(walks))
    return Found(walks, f"a Dowker-Thistlethwaite code of {counted(len(walks.signs), 'crossing')}{_image(walks)}")


def _image(walks: Walks) -> str:
    return ", which does not know its mirror image: the first crossing was made positive" if walks.signs else ""


def from_braid(entries: list) -> Found:
    """The closure of a braid word, or of [strands, word] as KnotInfo writes it."""
    if len(entries) == 2 and isinstance(entries[0], int) and isinstance(entries[1], list):
        strands, word = entries
    else:
        strands, word = None, entries
    walks = _braid.walks_of_braid(word, strands)
    width = strands if strands is not None else max((abs(letter) for letter in word), default=0) + 1
    return Found(walks, f"the closure of a braid word of {counted(len(word), 'letter')} on {counted(width, 'strand')}")


def from_points(rows: list) -> Found:
    """Closed polygons: a list of points, or of lists of points."""
    polygons = rows if rows and isinstance(rows[0], list) and rows[0] and isinstance(rows[0][0], list) else [rows]
    for polygon in polygons:
        if not isinstance(polygon, list) or not all(isinstance(row, list) for row in polygon):
            raise refuse("points", rows, "a list of points x, y, z, or one for each closed polygon", "write [[0, 0, 0], [1, 0, 2], ...]")
    for row in (row for polygon in polygons for row in polygon):
        if not all(isinstance(entry, int | float) for entry in row):
            raise refuse("points", rows, "a list of points x, y, z, or one for each closed polygon", "write [[0, 0, 0], [1, 0, 2], ...]")
    walks = walks_of_points(polygons)
    edges = sum(map(len, polygons))
    return Found(walks, f"closed polygons in space with {counted(edges, 'point')}, seen with {counted(len(walks.signs), 'crossing')}")


READERS: dict[str, Callable[[list], Found]] = {
    "PD": from_pd, "Gauss": from_gauss, "DT": from_dt, "braid": from_braid, "points": from_points,
}  # fmt: skip


def recognised(entries: list) -> Found:
    """The one reading that a bare list has.

    Flat lists are braid words unless every crossing occurs once above and once below in a planar way (Gauss), or all are different even
    numbers (DT), or every label occurs twice in fours of a connected planar code (PD), for more than two crossings.
    Raises `InputError` with the readings and the prefixes that choose where there are several, or none.
    """
    if not entries:
        return Found(Walks((), (), 1), "the empty code, of the unknot")
    _refuse_what_nearly_fits(entries)
    possible = {kind: found for kind in _candidates(entries) if (found := _tried(kind, entries)) is not None}
    if not possible:
        kinds = _candidates(entries)
        if len(kinds) == 1:
            return READERS[kinds[0]](entries)  # its error is the one to be shown
        raise refuse("text", entries, "a planar diagram, Gauss, Dowker-Thistlethwaite or braid code", _prefixes(READERS))
    sizes = [len(found.walks.signs) for kind, found in possible.items() if kind != "braid"]
    if len(possible) == 2 and "braid" in possible and min(sizes) > SMALL:
        del possible["braid"]
    if len(possible) > 1:
        readings = " or ".join(found.how for found in possible.values())
        raise refuse("text", f"{entries}, which is {readings}", "a code with one reading", _prefixes(possible))
    return next(iter(possible.values()))


def _refuse_what_nearly_fits(entries: list) -> None:
    """Raises the error of a Gauss or DT code that cannot be read: such a list must not pass for a braid in silence."""
    for kind in _candidates(entries):
        if kind in ("Gauss", "DT") and len(entries) > SMALL * (2 if kind == "Gauss" else 1):
            try:
                READERS[kind](entries)
            except InputError as error:
                raise refuse("text", f"{error.given}", error.allowed, f'{error.remedy}; or, if it is a braid, write "braid: ..."') from None


def _prefixes(kinds: object) -> str:
    return "say which: " + ", ".join(f'"{kind}: ..."' for kind in kinds)  # type: ignore[attr-defined]


def _candidates(entries: list) -> list[str]:
    """The kinds of codes that the form of a list allows."""
    if all(isinstance(entry, int) for entry in entries):
        return ["braid", *(kind for kind, fits in (("Gauss", _is_gauss), ("DT", _is_dt), ("PD", _is_pd)) if fits([entries]))]
    if len(entries) == 2 and isinstance(entries[0], int) and isinstance(entries[1], list):
        return ["braid"]
    if _depth(entries) == 3:
        signs = entries[1] if len(entries) == 2 and isinstance(entries[1], list) else [None]
        return ["Gauss"] if all(isinstance(entry, int) for entry in signs) else ["points"]
    if not all(isinstance(entry, list) for entry in entries):
        return []
    fits = {"PD": all(len(row) == 4 for row in entries), "points": all(len(row) == 3 for row in entries)}
    if any(isinstance(entry, float) for row in entries for entry in row):
        return ["points"]
    fits |= {"Gauss": _is_gauss(entries), "DT": _is_dt(entries)}
    found = [kind for kind, fit in fits.items() if fit]
    if "PD" in found and len(found) == 1:
        return found
    return [kind for kind in found if kind != "PD" or _is_pd(entries)]


def _tried(kind: str, entries: list) -> Found | None:
    try:
        found = READERS[kind](entries)
    except InputError:
        return None
    flat = all(isinstance(entry, int) for entry in entries)
    if kind == "PD" and flat and len(_planar.pieces(planar_code(found.walks))) > 1:
        return None
    return found


def _depth(entries: object) -> int:
    depth = 0
    while isinstance(entries, list) and entries:
        depth, entries = depth + 1, entries[0]
    return depth


def _whole(rows: Sequence[list]) -> list[int] | None:
    flat = [entry for row in rows for entry in row]
    return flat if flat and all(isinstance(entry, int) for entry in flat) else None


def _is_gauss(rows: Sequence[list]) -> bool:
    flat = _whole(rows)
    return (
        flat is not None and len(flat) % 2 == 0 and sorted(flat) == sorted(sign * name for name in set(map(abs, flat)) for sign in (1, -1))
    )


def _is_dt(rows: Sequence[list]) -> bool:
    flat = _whole(rows)
    return flat is not None and sorted(map(abs, flat)) == list(range(2, 2 * len(flat) + 1, 2))


def _is_pd(rows: Sequence[list]) -> bool:
    flat = _whole(rows)
    if flat is None or len(flat) % 4 or min(flat) < 0:
        return False
    least = min(flat)
    return least in (0, 1) and sorted(flat) == sorted([*range(least, least + len(flat) // 2)] * 2)
