"""Enumeration, best first: the position and length of band that promise most are tried next."""

import heapq
from collections.abc import Iterator

from ._enumerate import LEFT, bands_from
from ._position import ROUNDS, Position, Workbench

SIMPLE_UP_TO = 2  # strands crossed: longer bands follow shortest paths
PER_STRAND, PER_BAND = 4, 2  # crossings that a strand crossed, and a band laid, count as much as
CHEAPEST = 64  # positions kept of one position, shortest band and fewest crossings first
LONGEST_ENUMERATED = 7


def enumeration(bench: Workbench, start: Position, bands: int, budget: int) -> Iterator[tuple[int, Position | None]]:
    """Bands tried since the last step, and the solved position once there is one; ends where there is nothing left to try."""
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
