"""Two triangulations of one manifold, led to the same triangulation by moves."""

import heapq
from collections.abc import Iterator
from typing import NamedTuple

from ._signature import Signature, signature
from ._simplify import three_two, two_zero
from ._triangulation import Triangulation


class Meeting(NamedTuple):
    """``pair``: isomorphic triangulations, one made from each side by moves, or None; ``seen``: how many were looked at."""

    pair: tuple[Triangulation, Triangulation] | None
    seen: int


def meeting(first: Triangulation, second: Triangulation, budget: int, slack: int = 2) -> Meeting:
    """Isomorphic triangulations, one made from each by moves, as long as fewer than ``budget`` have been seen.

    Both sides are explored in turn, small triangulations first, up to ``slack`` tetrahedra more than at the start.
    """
    one, two = _Side(first, slack), _Side(second, slack)
    while len(one.seen) + len(two.seen) < budget and (one.waiting or two.waiting):
        for found in one.step() + two.step():
            if found in one.seen and found in two.seen:
                return Meeting((one.seen[found], two.seen[found]), len(one.seen) + len(two.seen))
    return Meeting(None, len(one.seen) + len(two.seen))


class _Side:
    """What can be reached from one triangulation."""

    def __init__(self, start: Triangulation, slack: int) -> None:
        self.largest = len(start.glue) + slack
        self.seen: dict[Signature, Triangulation] = {}
        self.waiting: list[tuple[int, int, Triangulation]] = []
        self._fresh = list(self._add(start))

    def _add(self, triangulation: Triangulation) -> Iterator[Signature]:
        found, _ = signature(triangulation)
        if found not in self.seen:
            self.seen[found] = triangulation
            heapq.heappush(self.waiting, (len(triangulation.glue), len(self.seen), triangulation))
            yield found

    def step(self) -> list[Signature]:
        """The signatures of the new neighbours of the smallest triangulation that waits."""
        fresh, self._fresh = self._fresh, []
        if self.waiting:
            _, _, triangulation = heapq.heappop(self.waiting)
            for neighbour in _neighbours(triangulation, self.largest):
                fresh += self._add(neighbour)
        return fresh


def _neighbours(triangulation: Triangulation, largest: int) -> Iterator[Triangulation]:
    number, rings = triangulation.edges()
    for ring in rings:
        if len(ring) in (2, 3):
            copy = triangulation.copy()
            if two_zero(copy, ring, number) if len(ring) == 2 else three_two(copy, ring):
                yield copy
    if len(triangulation.glue) < largest:
        for t, f in triangulation.faces():
            if triangulation.glue[t][f][0] != t:
                copy = triangulation.copy()
                copy.two_three(t, f)
                yield copy
