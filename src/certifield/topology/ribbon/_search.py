"""Best first: the position and length of band that promise most are tried next."""

import heapq
from collections.abc import Iterator

from certifield.evidence import Answer, Certificate, Certified, Unknown

from ..diagrams import Diagram
from ..diagrams._reading import integers, refuse
from ._enumerate import LEFT, bands_from
from ._position import ROUNDS, Position, Workbench

SIMPLE_UP_TO = 2  # strands crossed: longer bands follow shortest paths
PER_STRAND, PER_BAND = 4, 2  # crossings that a strand crossed, and a band laid, count as much as
CHEAPEST = 64  # positions kept of one position, shortest band and fewest crossings first
LONGEST_ENUMERATED = 7


def ribbon_disc(diagram: Diagram, *, bands: int = 3, budget: int = 100_000, seed: int = 0) -> Answer:
    """A ribbon disc for a knot, with at most so many ``bands``, or Unknown after ``budget`` bands have been tried.

    A knot is ribbon if k bands split it into k + 1 circles that bound disjoint discs; it is then smoothly slice.
    Each link on the way is simplified by Reidemeister moves, all logged; links that cannot bound disjoint discs are dropped: linking
    numbers must vanish, and there must be as many independent colourings as components.
    Raises `InputError` for a link, or a budget that is not a positive integer.

    >>> from certifield.topology import Diagram
    >>> stevedore = Diagram.from_dt([4, 8, 12, 10, 2, 6])
    >>> str(ribbon_disc(stevedore))
    'CERTIFIED  1  [cert, ribbon, ribbon@1]'
    """
    if diagram.components != 1:
        raise refuse("diagram", f"a link of {diagram.components} components", "a diagram of a knot", "choose one component with sublink")
    for name, value in (("bands", bands), ("budget", budget)):
        (number,) = integers(name, [value])
        if number < 1:
            raise refuse(name, value, "a positive integer", "such as 3 bands, or a budget of 100000")
    spent = 0
    for tried, position in explore(diagram, bands, seed):
        spent += tried
        if position is not None:
            return Certified(certificate(diagram, position))
        if spent >= budget:
            break
    return Unknown({"bands": spent})


def certificate(diagram: Diagram, position: Position) -> Certificate:
    """The certificate of a solved position."""
    claim = {"kind": "ribbon", "diagram": [list(crossing) for crossing in diagram.crossings]}
    return Certificate(claim, str(len(position.bands)), {"moves": list(position.moves)}, "ribbon@1")


def explore(diagram: Diagram, bands: int, seed: int) -> Iterator[tuple[int, Position | None]]:
    """Bands tried since the last step, and the solved position once there is one; ends where there is nothing left to try."""
    bench = Workbench(len(diagram.crossings))
    start = bench.start(diagram, seed)
    if start.solved:
        yield 0, start
        return
    seen, order = {start.key}, 0
    queue: list[tuple[int, int, int, Position]] = [(start.crossings, order, 0, start)]
    while queue:
        score, _, crossed, position = heapq.heappop(queue)
        children = []
        for dart in range(len(position.planar.across)):
            tried, rows, solved = bands_from(
                position.planar, bench.child, dart, crossed, crossed > SIMPLE_UP_TO, ROUNDS, bench.scratch, bench.findings
            )
            if solved:
                yield tried, bench.after(position, bench.findings[rows - 1])
                return
            yield tried, None
            children.extend(bench.findings[:rows].copy())
        if crossed < LONGEST_ENUMERATED:
            order += 1
            heapq.heappush(queue, (score + PER_STRAND, order, crossed + 1, position))
        if len(position.bands) + 1 >= bands:
            continue
        for finding in sorted(children, key=lambda row: int(row[LEFT]))[:CHEAPEST]:
            child = bench.after(position, finding)
            if child.key not in seen:
                seen.add(child.key)
                order += 1
                heapq.heappush(queue, (child.crossings + PER_BAND * len(child.bands), order, 0, child))
