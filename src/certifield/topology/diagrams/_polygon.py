"""Diagrams of closed polygons, in space or drawn in the plane: exact, in rational numbers."""

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ._reading import MOST_CROSSINGS, refuse
from ._walks import Pass, Walks

MOST_EDGES = 2000
TRIES = 12
Point = tuple[Fraction, Fraction]


class Meeting(NamedTuple):
    """Where edge ``one`` and edge ``two`` cross in the plane: the places along both, from 0 to 1, and the sign of one x two."""

    one: int
    two: int
    place: Fraction
    other_place: Fraction
    turn: int


class NotGeneral(Exception):
    """Points, edges or crossings lie on each other."""


def walks_of_points(polygons: Sequence[Sequence[Sequence[float | int | Fraction]]]) -> Walks:
    """Walks of closed polygons in space, seen along an axis close to the third: the strand with the larger coordinate is above.

    The axes are right-handed and the picture keeps their orientation, so that the chirality is that of the points.  What is computed is
    exact; the direction is changed until no two crossings coincide.
    Raises `InputError` for fewer than three points, more than 2000 edges, numbers that are not finite, and polygons that meet themselves.
    """
    points = [_clean(polygon) for polygon in polygons]
    if not points or sum(map(len, points)) > MOST_EDGES:
        raise refuse("points", f"{sum(map(len, points))} points", f"closed polygons with 3 to {MOST_EDGES} points", "leave out some points")
    for attempt in range(TRIES):
        # Shears keep orientations; the first direction is the third axis itself.
        a, b = (Fraction(attempt * 7919 % 101, 4001), Fraction(attempt * 104729 % 103, 3989)) if attempt else (Fraction(0), Fraction(0))
        seen = [[(x + a * z, y + b * z) for x, y, z in polygon] for polygon in points]
        try:
            return _walks(seen, [[z for *_, z in polygon] for polygon in points])
        except NotGeneral:
            continue
    raise refuse("points", "polygons that meet themselves or each other", "disjoint simple polygons", "move the points that coincide")


def _clean(polygon: Sequence[Sequence[float | int | Fraction]]) -> list[tuple[Fraction, Fraction, Fraction]]:
    """Exact coordinates, without repeated points and without the first one at the end."""
    found: list[tuple[Fraction, Fraction, Fraction]] = []
    for row in polygon:
        if len(row) != 3 or not all(isinstance(entry, Fraction) or math.isfinite(entry) for entry in row):
            raise refuse("points", list(row), "points with three finite coordinates", "write x, y, z for each point")
        point = (Fraction(row[0]), Fraction(row[1]), Fraction(row[2]))
        if not found or found[-1] != point:
            found.append(point)
    if len(found) > 1 and found[0] == found[-1]:
        found.pop()
    if len(found) < 3:
        raise refuse("points", f"a polygon of {len(found)} points", "polygons of at least three points", "give more points")
    return found


def _walks(seen: list[list[Point]], heights: list[list[Fraction]]) -> Walks:
    """Walks of polygons in the plane with a height over each corner."""
    edges = [(one, two) for polygon in seen for one, two in zip(polygon, polygon[1:] + polygon[:1], strict=True)]
    above = [(one, two) for row in heights for one, two in zip(row, row[1:] + row[:1], strict=True)]
    sizes = [len(polygon) for polygon in seen]
    passes: list[list[tuple[Fraction, Pass]]] = [[] for _ in edges]
    signs = []
    for number, met in enumerate(meetings(edges, sizes)):
        first = above[met.one][0] + met.place * (above[met.one][1] - above[met.one][0])
        second = above[met.two][0] + met.other_place * (above[met.two][1] - above[met.two][0])
        if first == second:
            raise NotGeneral
        passes[met.one].append((met.place, Pass(number, first > second)))
        passes[met.two].append((met.other_place, Pass(number, second > first)))
        signs.append(met.turn if first > second else -met.turn)
    return along(passes, sizes, signs)


def along(passes: list[list[tuple[Fraction, Pass]]], sizes: list[int], signs: list[int]) -> Walks:
    """The passes of all edges in the order in which the polygons run through them."""
    walks, start = [], 0
    for size in sizes:
        rows = [sorted(passes[edge]) for edge in range(start, start + size)]
        if any(one[0] == two[0] for row in rows for one, two in pairwise(row)):
            raise NotGeneral
        walks.append(tuple(one for row in rows for _, one in row))
        start += size
    return Walks(tuple(walk for walk in walks if walk), tuple(signs), sum(not walk for walk in walks))


def meetings(edges: Sequence[tuple[Point, Point]], sizes: Sequence[int]) -> list[Meeting]:
    """All crossings of edges that are not neighbours in their polygon; raises `NotGeneral` where edges touch or overlap."""
    following = {}
    start = 0
    for size in sizes:
        following |= {start + place: start + (place + 1) % size for place in range(size)}
        start += size
    found = []
    for one, two in _candidates(edges):
        if following[one] == two or following[two] == one:
            if _folds_back(edges[one], edges[two]):
                raise NotGeneral
            continue
        met = _crossing(one, two, edges[one], edges[two])
        if met is not None:
            found.append(met)
        if len(found) > MOST_CROSSINGS:
            raise refuse("points", f"more than {MOST_CROSSINGS} crossings", f"at most {MOST_CROSSINGS}", "make the polygon smoother")
    return found


def _candidates(edges: Sequence[tuple[Point, Point]]) -> list[tuple[int, int]]:
    """Pairs of edges whose boxes meet, in floating point with room for its errors."""
    corners = np.array([[[float(x), float(y)] for x, y in edge] for edge in edges])
    spread = 1e-9 * (1 + np.abs(corners).max())
    low, high = corners.min(axis=1) - spread, corners.max(axis=1) + spread
    meet = np.ones((len(edges), len(edges)), bool)
    for axis in (0, 1):
        meet &= (low[:, None, axis] <= high[None, :, axis]) & (low[None, :, axis] <= high[:, None, axis])
    return [(int(one), int(two)) for one, two in zip(*np.nonzero(np.triu(meet, 1)), strict=True)]


def _area(one: Point, two: Point, three: Point) -> Fraction:
    return (two[0] - one[0]) * (three[1] - one[1]) - (two[1] - one[1]) * (three[0] - one[0])


def _crossing(one: int, two: int, edge: tuple[Point, Point], other: tuple[Point, Point]) -> Meeting | None:
    sides = [_area(*other, edge[0]), _area(*other, edge[1]), _area(*edge, other[0]), _area(*edge, other[1])]
    if sides[0] * sides[1] > 0 or sides[2] * sides[3] > 0:
        return None
    if 0 in sides:
        if not any(sides) and not _overlap(edge, other):
            return None
        raise NotGeneral
    place, other_place = sides[0] / (sides[0] - sides[1]), sides[2] / (sides[2] - sides[3])
    return Meeting(one, two, place, other_place, 1 if sides[3] > 0 else -1)


def _folds_back(edge: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    """Whether two neighbours in a polygon lie on each other."""
    (a, b), (c, d) = ((two[0] - one[0], two[1] - one[1]) for one, two in (edge, other))
    return a * d == b * c and a * c + b * d <= 0


def _overlap(edge: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    """Whether two edges on one line meet."""
    return max(min(edge), min(other)) <= min(max(edge), max(other))
