"""Files of PLink and SnapPea: link projections drawn on the screen."""

import re
from fractions import Fraction

from ._polygon import NotGeneral, along, meetings
from ._reading import refuse
from ._walks import Pass, Walks

HEADING = re.compile(r"\s*+%\s*+Link Projection")


def walks_of_plink(text: str) -> Walks:
    """Walks of a link projection: components, vertices, arrows from vertex to vertex, and crossings as (lower arrow, upper arrow).

    The second coordinate grows downwards, as on a screen.  Raises `InputError` for files that end early or are not closed.
    """
    try:
        return _walks([int(number) for number in re.sub(r"^[^\n]*", "", text.lstrip(), count=1).split()])
    except (ValueError, IndexError, KeyError, NotGeneral) as error:
        allowed = "a file that PLink saved, in which every component is closed"
        raise refuse("plink", f"a link projection that is damaged ({type(error).__name__})", allowed, "save the link again") from None


def _walks(numbers: list[int]) -> Walks:
    rows = iter(numbers)

    def pairs() -> list[tuple[int, int]]:
        return [(next(rows), next(rows)) for _ in range(next(rows))]

    try:
        _, vertices, arrows, crossings = pairs(), pairs(), pairs(), pairs()
    except StopIteration:
        raise ValueError("it ends early") from None
    polygons = _polygons(arrows)
    order = [arrow for polygon in polygons for arrow in polygon]
    if sorted(order) != list(range(len(arrows))) or min(min(arrows), default=0) < 0:
        raise ValueError("a component is not closed")
    place = {arrow: number for number, arrow in enumerate(order)}
    points = [(Fraction(x), Fraction(-y)) for x, y in vertices]
    edges = [(points[arrows[arrow][0]], points[arrows[arrow][1]]) for arrow in order]
    upper = {frozenset((place[under], place[over])): place[over] for under, over in crossings}
    passes: list[list[tuple[Fraction, Pass]]] = [[] for _ in edges]
    signs = []
    found = meetings(edges, [len(polygon) for polygon in polygons])
    if len(found) != len(upper):
        raise ValueError("the crossings are not those of the arrows")
    for number, met in enumerate(found):
        over = upper[frozenset((met.one, met.two))]
        passes[met.one].append((met.place, Pass(number, over == met.one)))
        passes[met.two].append((met.other_place, Pass(number, over == met.two)))
        signs.append(met.turn if over == met.one else -met.turn)
    return along(passes, [len(polygon) for polygon in polygons], signs)


def _polygons(arrows: list[tuple[int, int]]) -> list[list[int]]:
    """Arrows in the order in which they follow one another."""
    begins = {start: number for number, (start, _) in enumerate(arrows)}
    found, free = [], dict.fromkeys(range(len(arrows)))
    while free:
        arrow, polygon = next(iter(free)), []
        while arrow in free:
            del free[arrow]
            polygon.append(arrow)
            arrow = begins[arrows[arrow][1]]
        if arrow != polygon[0]:
            raise ValueError("a component is not closed")
        found.append(polygon)
    return found
