"""Pairs of different knots with the same 0-surgery, shipped as planar diagram codes."""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ..diagrams._diagram import Diagram

_FILE = Path(__file__).with_name("pairs.json")


class Pair(NamedTuple):
    """Two knots with 0-surgeries that are homeomorphic, orientation preserved, for the diagrams as they stand.

    ``names``: in SnapPy's tables; a name with a leading "-" is the mirror image of the knot under that name, that is of SnapPy's diagram
    of it, or for the knots of the census of the diagram that SnapPy found of it.  ``source`` says where the pair comes from.
    """

    names: tuple[str, str]
    first: Diagram
    second: Diagram
    source: str


@cache
def shipped_pairs() -> tuple[Pair, ...]:
    """The pairs, small ones first; each is certified by `equal_zero_surgery` with a budget of 60,000, the first five with the default.

    >>> shipped_pairs()[0].names
    ('K12n309', '-K14n14254')
    """
    rows = json.loads(_FILE.read_text(encoding="utf-8"))["pairs"]
    return tuple(
        Pair((row["names"][0], row["names"][1]), Diagram.from_pd(row["first"]), Diagram.from_pd(row["second"]), row["source"])
        for row in rows
    )
