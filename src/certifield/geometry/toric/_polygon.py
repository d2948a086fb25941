"""Convex lattice polygons: the toric diagrams of Calabi-Yau singularities of dimension three."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Any

from certifield.evidence import InputError

LARGEST = 10**6  # of a coordinate

Point = tuple[int, int]


@dataclass(frozen=True)
class LatticePolygon:
    """The convex hull of lattice points that are not all on one line.

    ``vertices``: its extremal points counter-clockwise, from the lowest and, among these, leftmost one; points given inside, on edges or
    twice make no difference.
    Raises `InputError` for fewer than three points, points on one line, and coordinates that are no integers, and names the point.

    >>> LatticePolygon([(0, 0), (2, 0), (1, 0), (0, 1)])
    LatticePolygon(vertices=((0, 0), (2, 0), (0, 1)))
    """

    vertices: tuple[Point, ...]

    def __post_init__(self) -> None:
        points = [_point(point) for point in _entries(self.vertices)]
        hull = _hull(sorted(set(points)))
        if len(hull) < 3:
            raise InputError("vertices", points[:6], "three points that are not on one line", "a polygon needs an area")
        start = min(range(len(hull)), key=lambda place: (hull[place][1], hull[place][0]))
        object.__setattr__(self, "vertices", tuple(hull[start:] + hull[:start]))

    @property
    def double_area(self) -> int:
        """Twice the area: the Euler number of every crepant resolution."""
        return sum(x * w - z * y for (x, y), (z, w) in self.edges())

    @property
    def boundary_points(self) -> int:
        """The number of lattice points on the boundary."""
        return sum(gcd(z - x, w - y) for (x, y), (z, w) in self.edges())

    @property
    def interior_points(self) -> int:
        r"""The number I of lattice points inside; Pick: $2\,\mathrm{Area} = 2I + B - 2$."""
        return (self.double_area - self.boundary_points + 2) // 2

    def edges(self) -> Iterator[tuple[Point, Point]]:
        """The ends of every edge, counter-clockwise."""
        return zip(self.vertices, self.vertices[1:] + self.vertices[:1], strict=True)

    def moved(self, matrix: Sequence[Sequence[int]], shift: Sequence[int] = (0, 0)) -> "LatticePolygon":
        """The image under a matrix of determinant 1 or -1 and a translation.  Raises `InputError` for another determinant."""
        (a, b), (c, d) = matrix
        if a * d - b * c not in (1, -1):
            raise InputError("matrix", matrix, "a 2 x 2 integer matrix of determinant 1 or -1", "such as [[1, 1], [0, 1]]")
        return LatticePolygon(tuple((a * x + b * y + shift[0], c * x + d * y + shift[1]) for x, y in self.vertices))


def polygons_in_grid(side: int) -> list[LatticePolygon]:
    """All convex lattice polygons in a grid of ``side`` x ``side`` points up to translation: 5, 119, 1633, 17978 for side 2, 3, 4, 5.

    A polygon is its boundary from the lowest, leftmost vertex to the highest, rightmost one and back: two sets of vectors of the upper half
    plane with one sum, the first in the order of their angles, the second in the opposite order.
    Raises `InputError` for a side that is not from 2 to 7.
    """
    if type(side) is not int or not 2 <= side <= 7:
        raise InputError("side", side, "a whole number from 2 to 7", "5 gives 17978 polygons")
    most = side - 1
    directions = [(x, y) for y in range(side) for x in range(-most, side) if gcd(x, y) == 1 and (y > 0 or x > 0)]
    directions.sort(key=_angle)
    chains = _chains(directions, most)
    found = []
    for right in chains.values():
        for out in right:
            for back in right:
                path = _boundary(out, back)
                xs = [x for x, _ in path]
                if len(path) > 2 and max(xs) - min(xs) <= most:
                    found.append(LatticePolygon(tuple(path)))
    return found


def _chains(directions: list[Point], most: int) -> dict[Point, list[list[Point]]]:
    """Sets of multiples of directions, by their sums, which reach no further than ``most`` in x or y."""
    found: dict[Point, list[list[Point]]] = {}

    def extend(place: int, chain: list[Point], x: int, y: int, low: int, high: int) -> None:
        if chain:
            found.setdefault((x, y), []).append(list(chain))
        for following in range(place, len(directions)):
            dx, dy = directions[following]
            for times in range(1, most + 1):
                u, v = x + times * dx, y + times * dy
                if v > most or max(high, u) - min(low, u) > most:
                    break
                extend(following + 1, [*chain, (times * dx, times * dy)], u, v, min(low, u), max(high, u))

    extend(0, [], 0, 0, 0, 0)
    return found


def _boundary(out: list[Point], back: list[Point]) -> list[Point]:
    path, x, y = [(0, 0)], 0, 0
    for dx, dy in out + [(-dx, -dy) for dx, dy in back]:
        x, y = x + dx, y + dy
        path.append((x, y))
    return path[:-1]


def _angle(vector: Point) -> tuple[int, float]:
    x, y = vector
    return (0, 0.0) if y == 0 else (1, -x / y)  # small integers: the quotients of different directions differ


def _hull(points: list[Point]) -> list[Point]:
    """Andrew's monotone chain, counter-clockwise, without points inside edges."""
    halves = []
    for row in (points, points[::-1]):
        half: list[Point] = []
        for point in row:
            while len(half) > 1 and _turn(half[-2], half[-1], point) <= 0:
                half.pop()
            half.append(point)
        halves.append(half[:-1])
    return halves[0] + halves[1]


def _turn(a: Point, b: Point, c: Point) -> int:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _entries(given: Any) -> list:
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise InputError("vertices", given, "a list of points", "such as [(0, 0), (1, 0), (0, 1)]")
    entries = list(given)
    if len(entries) < 3:
        raise InputError("vertices", entries, "three points or more", "such as [(0, 0), (1, 0), (0, 1)]")
    return entries


def _point(point: Any) -> Point:
    whole = isinstance(point, Iterable) and not isinstance(point, str)
    entries = list(point) if whole else []
    if len(entries) != 2 or any(isinstance(entry, bool) or not hasattr(entry, "__index__") for entry in entries):
        raise InputError("vertex", point, "a pair of integers", "such as (1, 0)")
    if max(abs(int(entry)) for entry in entries) > LARGEST:
        raise InputError("vertex", point, f"a pair of integers up to {LARGEST}", "move the polygon to the origin")
    return int(entries[0]), int(entries[1])
