"""A planar map made into a triangulated disc, with nodes for crossings, along edges and inside faces."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from math import pi, tan

import numpy as np

from ._arrays import Complexes, Integers
from ._planar_map import PlanarMap

EQUILATERAL = (0.0, 1.0, 0.5 + 0.75**0.5 * 1j)


@dataclass(frozen=True)
class Triangulation:
    """A disc: counter-clockwise ``triangles`` of its points, and its ``boundary``, counter-clockwise.

    ``place``: the point of each node of the map; ``along``: the points on the edge of each dart, in order, between its ``ends``.
    ``models``: three corners for each triangle, the shape that it would like to have.
    No two points are joined twice, so that with one more point outside it is a triangulation of the sphere without double edges,
    hence 3-connected: it has a circle packing (Koebe, Andreev, Thurston) and an embedding by barycentres (Tutte).
    """

    points: int
    triangles: Integers
    models: Complexes
    boundary: Integers
    place: dict[int, int]
    along: dict[int, list[int]]
    ends: dict[int, tuple[int, int]]


def triangulated(given: PlanarMap, piece: list[int], outer: list[int], points_on: Mapping[int, int]) -> Triangulation:
    """The disc of one connected piece of a map with the face ``outer`` outside, with ``points_on`` points on the edge of a dart.

    A face gets a point in its middle, joined to all of its boundary.  Outside, and where the boundary passes a point twice, as at a
    nugatory crossing, a ring of new points is laid along it first.
    """
    fresh = count()
    place = {node: next(fresh) for node in dict.fromkeys(given.node[dart] for dart in piece)}
    along: dict[int, list[int]] = {}
    for dart in piece:
        if dart not in along:
            along[dart] = [next(fresh) for _ in range(points_on[dart])]
            along[given.across[dart]] = along[dart][::-1]
    triangles: list[tuple[int, int, int]] = []
    models: list[tuple[complex, complex, complex]] = []
    boundary: list[int] = []
    outside = set(outer)
    for face in given.faces(piece):
        rim = [point for dart in face for point in (place[given.node[dart]], *along[dart])]
        is_outer = face[0] in outside
        if is_outer or len(set(rim)) < len(rim):
            rim = _ring(rim, fresh, triangles)
            models += [_isosceles(6)] * (2 * len(rim))
        if is_outer:
            boundary = rim[::-1]
        else:
            centre = next(fresh)
            triangles += [(one, two, centre) for one, two in _sides(rim)]
            models += [_isosceles(len(rim))] * len(rim)
    ends = {dart: (place[given.node[dart]], place[given.node[given.across[dart]]]) for dart in piece}
    return Triangulation(next(fresh), np.array(triangles), np.array(models), np.array(boundary), place, along, ends)


def _isosceles(sides: int) -> tuple[complex, complex, complex]:
    """A side of length 1 of a regular polygon, and its centre."""
    return -0.5, 0.5, 0.5j / tan(pi / sides)


def _ring(rim: list[int], fresh: "count[int]", triangles: list[tuple[int, int, int]]) -> list[int]:
    ring = [next(fresh) for _ in rim]
    for (one, two), (inner, inner_next) in zip(_sides(rim), _sides(ring), strict=True):
        triangles += [(one, two, inner), (two, inner_next, inner)]
    return ring


def _sides(rim: list[int]) -> list[tuple[int, int]]:
    return list(zip(rim, rim[1:] + rim[:1], strict=True))
