"""Knots of KnotInfo by name, by number of crossings, and by sliceness."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from ..diagrams._reading import integers, refuse
from ._file import MOST_CROSSINGS, cells, dt_names, places
from ._row import UNKNOT, KnotInfoRow

_ROLFSEN = re.compile(r"(10|\d)_\d{1,3}")
_THISTLETHWAITE = re.compile(r"K?(\d{1,2}[an])_?(\d{1,4})")


def knotinfo(name: str) -> KnotInfoRow:
    """What KnotInfo says of one knot: "6_1", "12n_309", or in the names of Dowker and Thistlethwaite "6a_3", "K6a3", "K12n309".

    Raises `InputError` for a name that is not in the table of prime knots up to 13 crossings, and `MissingExtra` without the extra
    ``knots``.
    """
    text = name.strip() if isinstance(name, str) and len(name) <= 40 else ""
    other = _THISTLETHWAITE.fullmatch(text)
    found = dt_names().get(f"{other[1]}_{other[2]}") if other else text if _ROLFSEN.fullmatch(text) else None
    if found not in places():
        allowed = f'a name of KnotInfo\'s table, which ends at {MOST_CROSSINGS} crossings, such as "6_1", "12n_309" or "K12n309"'
        raise refuse("name", name, allowed, _names_near(text))
    return _row(found)


def _names_near(text: str) -> str:
    """Which names there are for the number of crossings that a text begins with, and what else can be given."""
    given = re.match(r"K?(\d{1,2})([an]?)", text)
    crossings, kind = (int(given[1]), given[2]) if given else (0, "")
    codes = "or give a code: braid: ..., DT: ..., PD: ..."
    if not 3 <= crossings <= MOST_CROSSINGS:
        larger = f"larger knots have names of SnapPy's, such as {crossings}a_1 and {crossings}n_1, {codes}"
        return larger if crossings > MOST_CROSSINGS else f"check the name, {codes}"
    names = [place.dt_name if kind else name for name, place in places().items() if place.crossings == crossings]
    if kind:
        names = sorted((name for name in names if name.startswith(f"{crossings}{kind}")), key=lambda name: int(name.partition("_")[2]))
    if not names:
        return f"check the name, {codes}"
    parts = [[name for name in names if letter in name] for letter in "an"] if any("n_" in name for name in names) else [names]
    ranges = " and ".join(f"{part[0]} to {part[-1]}" if len(part) > 1 else part[0] for part in parts if part)
    return f"there are {len(names)} prime knots with {crossings} crossings{' and this letter' if kind else ''}: {ranges}; {codes}"


def prime_knots(crossings: int | Iterable[int] = range(3, MOST_CROSSINGS + 1)) -> Iterator[KnotInfoRow]:
    """The prime knots, one of each mirror pair, with one of these numbers of crossings, in the order of the table; without the unknot.

    Raises `InputError` for other numbers than 0 to 13.
    """
    wanted = _numbers(crossings)
    return (_row(place.name) for place in places().values() if place.crossings in wanted and place.crossings > 0)


def slice_knots(crossings: int | Iterable[int] = range(3, MOST_CROSSINGS + 1), *, category: str = "smooth") -> Iterator[KnotInfoRow]:
    """The prime knots that the table knows to be slice, that is of four-genus 0; 158 up to 12 crossings are smoothly slice.

    ``category``: "smooth", or "topological", of which the table is empty at 13 crossings.  Six knots of 13 crossings with smooth
    four-genus in [0, 1] are not among them.
    Raises `InputError` for other numbers and categories.
    """
    if category not in ("smooth", "topological"):
        raise refuse("category", category, '"smooth" or "topological"', "say which kind of disc is meant")
    return (row for row in prime_knots(crossings) if _is_zero(row, category))


def _is_zero(row: KnotInfoRow, category: str) -> bool:
    genus = row.smooth_four_genus if category == "smooth" else row.topological_four_genus
    return genus is not None and genus.high == 0


def _numbers(crossings: int | Iterable[int]) -> set[int]:
    entries = list(crossings) if isinstance(crossings, range | list | tuple | set | frozenset) else crossings
    numbers = set(integers("crossings", entries if isinstance(entries, list) else [entries]))
    if not numbers <= set(range(MOST_CROSSINGS + 1)):
        raise refuse("crossings", sorted(numbers)[-1], f"numbers from 0 to {MOST_CROSSINGS}", "KnotInfo's table ends there")
    return numbers


@cache
def _row(name: str) -> KnotInfoRow:
    place = places()[name]
    texts = cells(place)
    if place.crossings == 0:
        texts |= UNKNOT
    return KnotInfoRow(place.name, place.dt_name, place.crossings, texts)
