"""Many complements at once, by SnapPy's floats alone: a filter for attacks, whose findings `cusps` then proves."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from certifield._arguments import whole

from ..diagrams._diagram import Diagram
from ..diagrams._knot import checked_knot
from ..diagrams._reading import refuse
from ._cusp import Unverified
from ._measure import MOST_CROSSINGS
from ._process import asked

LOT = 200  # diagrams of one question


@dataclass(frozen=True)
class Rough:
    """Volume, natural slope Re(lambda / mu), and where asked the length of the meridian on the maximal cusp: floats without bounds."""

    volume: Unverified
    slope: Unverified
    meridian: Unverified | None = None


def rough_cusps(diagrams: Iterable[Diagram], *, meridians: bool = False) -> Iterator[Rough | None]:
    """Floats of each of many knots, None where SnapPy finds no structure with all tetrahedra positively oriented; about a millisecond each.

    Signs are those of `cusp`: the slope is odd under mirror images.  Raises `InputError` for links and diagrams of more than 300 crossings.
    """
    if not isinstance(meridians, bool):
        raise refuse("meridians", meridians, "True or False", "leave it out")
    knots = (checked_knot(diagram, MOST_CROSSINGS) for diagram in diagrams)
    return (found for lot in _lots(knots) for found in _asked(lot, meridians))


def _lots(knots: Iterable[Diagram]) -> Iterator[list[Diagram]]:
    lot: list[Diagram] = []
    for knot in knots:
        lot.append(knot)
        if len(lot) == LOT:
            yield lot
            lot = []
    if lot:
        yield lot


def _asked(lot: list[Diagram], meridians: bool) -> Iterator[Rough | None]:
    crossed = [[list(crossing) for crossing in knot.crossings] for knot in lot if knot.crossings]  # the circle has no code
    answer = asked({"codes": crossed, "meridians": meridians}, f"{len(crossed)} diagrams")
    rows, program = iter(answer["rows"]), answer["program"]
    for knot in lot:
        row = next(rows) if knot.crossings else None
        if row is None:
            yield None
            continue
        volume, real, _, length = row
        cusp = None if length is None else Unverified(length, program)
        yield Rough(Unverified(volume, program), Unverified(real, program), cusp)


@cache
def census_size() -> int:
    """How many prime knots SnapPy's table has, of up to 14 crossings and not all hyperbolic."""
    return asked({"census": [0, 0]}, "the census")["size"]


def census_knots(first: int, count: int) -> list[tuple[str, Diagram]]:
    """Names and diagrams of some knots of SnapPy's copy of the table of Hoste and Thistlethwaite, by place, in SnapPy's chirality."""
    whole("first", first, 0, census_size() - 1), whole("count", count, 1, 100_000)
    answer = asked({"census": [first, count]}, f"knots {first} to {first + count - 1} of the census")
    return [(name, Diagram.from_pd(code)) for name, code in answer["rows"]]
