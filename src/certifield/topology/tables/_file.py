"""The one file that opens `database_knotinfo`: a table of 89 MB, mapped into memory and read line by line, only where asked.

The package's own reader makes 13,000 dictionaries of 248 texts, which takes many seconds and a gigabyte.  The file has no quotes and no
line breaks inside cells, so that splitting at the delimiter is all there is to parsing it.
"""

import mmap
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from certifield.evidence import MissingExtra

MOST_CROSSINGS = 13
_CROSSINGS = re.compile(r"\d+")


class Place(NamedTuple):
    """Where the line of a knot is in the file, and what its first cells say."""

    name: str
    dt_name: str
    crossings: int
    start: int


@cache
def table() -> mmap.mmap:
    """The bytes of KnotInfo's table of knots.  Raises `MissingExtra` without the extra ``knots``."""
    try:
        import database_knotinfo
    except ImportError:
        raise MissingExtra("KnotInfo's table is not installed: pip install 'certifield[knots]'") from None
    names = database_knotinfo.Names
    path = Path(database_knotinfo.__path__[0], names.csv_path.value, f"{names.file_knot.value}.csv")
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


@cache
def columns() -> dict[str, int]:
    """The number of each column under its name."""
    return {name: number for number, name in enumerate(_line(0).split("|"))}


@cache
def places() -> dict[str, Place]:
    """The knots in the order of the table, the unknot first, under their names; the second line holds display names and is left out."""
    found, column, start = {}, columns(), table().find(b"\n", table().find(b"\n") + 1) + 1
    while start < len(table()):
        cells = table()[start : start + 80].decode().split("|")
        place = Place(cells[column["name"]], cells[column["dt_name"]], int(_leading(cells[column["category"]])), start)
        found[place.name] = place
        start = (table().find(b"\n", start) + 1) or len(table())
    return found


@cache
def dt_names() -> dict[str, str]:
    """The name of each knot under its name in the tables of Dowker and Thistlethwaite, which is another one up to 10 crossings."""
    return {place.dt_name: place.name for place in places().values()}


def cells(place: Place) -> dict[str, str]:
    """The texts of one knot under the names of their columns, without the spaces around them."""
    texts = _line(place.start).split("|")
    return {name: texts[number].strip() for name, number in columns().items()}


def _line(start: int) -> str:
    end = table().find(b"\n", start)
    return table()[start : len(table()) if end < 0 else end].decode().rstrip("\r")


def _leading(category: str) -> str:
    """The category of a knot is its number of crossings, with "a" or "n" behind it at 13."""
    match = _CROSSINGS.match(category)
    assert match is not None  # a table of another layout
    return match[0]
