"""New triangles where faces are far from round: long edges are split and others flipped."""

import itertools
from collections.abc import Mapping
from dataclasses import replace
from heapq import heapify, heappop, heappush

import numpy as np

from ._arrays import Complexes, Reals
from ._triangulation import EQUILATERAL, Triangulation

LONGEST = 1.7  # of an edge
SMOOTHING = 20

Edge = tuple[int, int]


def remeshed(disc: Triangulation, centres: Complexes, most: int, wished: Mapping[int, int]) -> tuple[Triangulation, Complexes]:
    """A disc with up to ``most`` points, none of the old ones moved, and triangles that are Delaunay as far as strands allow.

    A point in the middle of a face sees all of its boundary, so that a face cannot bend around others.  Here that restraint ends.
    All triangles get equilateral models, small ones where an edge has got more pieces than are ``wished`` for it.
    """
    mesh = _Mesh(disc, centres)
    mesh.split_long(most)
    mesh.flip()
    triangles = np.array([(a, b, c) for (a, b), c in mesh.third.items() if a < b and a < c])
    models = np.array(EQUILATERAL) * mesh.sizes(wished)[triangles].mean(axis=1)[:, None]
    rim = {a: b for a, b in mesh.third if (b, a) not in mesh.third}
    boundary = [next(iter(rim))]
    while len(boundary) < len(rim):
        boundary.append(rim[boundary[-1]])
    new = replace(disc, points=len(mesh.z), triangles=triangles, models=models, boundary=np.array(boundary), along=mesh.along)
    return new, np.array(mesh.z)


class _Mesh:
    """``third``: for every side of a triangle, its third point; ``strand``: sides that belong to an edge of the map."""

    def __init__(self, disc: Triangulation, centres: Complexes) -> None:
        self.z: list[complex] = centres.tolist()
        self.third: dict[Edge, int] = {}
        for a, b, c in disc.triangles.tolist():
            self._add(a, b, c)
        self.along = {dart: list(points) for dart, points in disc.along.items()}
        self.strand: dict[Edge, int] = {}
        for dart, (start, end) in disc.ends.items():
            path = [start, *self.along[dart], end]
            self.strand |= dict.fromkeys(itertools.pairwise(path), dart)

    def split_long(self, most: int) -> None:
        """Halves edges that are too long, the longest first."""
        sides = (edge for edge in self.third if edge[0] < edge[1] or edge[::-1] not in self.third)
        waiting = [(-self._length(edge), edge) for edge in sides]
        heapify(waiting)
        while waiting and len(self.z) < most and -waiting[0][0] > LONGEST:
            _, edge = heappop(waiting)
            middle = len(self.z)
            self._split(*(edge if edge in self.third else edge[::-1]))
            for one in edge:
                heappush(waiting, (-self._length((one, middle)), (one, middle)))

    def sizes(self, wished: Mapping[int, int]) -> Reals:
        """For each point how long the edges around it should be: given along strands, and averages of neighbours elsewhere."""
        given = np.full(len(self.z), np.nan)
        for (a, b), dart in self.strand.items():
            size = wished[dart] / (len(self.along[dart]) + 1)
            given[[a, b]] = np.fmax(given[[a, b]], size)
        ends = np.array(list(self.third))
        degree, fixed = np.bincount(ends[:, 0], minlength=len(given)), ~np.isnan(given)
        sizes = np.where(fixed, given, 1.0)
        for _ in range(SMOOTHING):
            sizes = np.where(fixed, given, np.bincount(ends[:, 0], sizes[ends[:, 1]], len(given)) / np.maximum(degree, 1))
        return sizes

    def flip(self) -> None:
        """Delaunay flips of sides that are no strands."""
        waiting = list(self.third)
        for _ in range(40 * len(waiting)):
            if not waiting:
                break
            a, b = waiting.pop()
            c, d = self.third.get((a, b)), self.third.get((b, a))
            if c is None or d is None or (a, b) in self.strand or (b, a) in self.strand or (c, d) in self.third or (d, c) in self.third:
                continue
            if self._area(a, d, c) > 0 and self._area(d, b, c) > 0 and self._angle(c, a, b) + self._angle(d, b, a) > np.pi + 1e-6:
                self._drop(a, b, c)
                self._drop(b, a, d)
                self._add(a, d, c)
                self._add(d, b, c)
                waiting += [(a, d), (d, b), (b, c), (c, a)]

    def _split(self, a: int, b: int) -> None:
        c, d, middle = self.third[a, b], self.third.get((b, a)), len(self.z)
        self.z.append((self.z[a] + self.z[b]) / 2)
        self._drop(a, b, c)
        self._add(a, middle, c)
        self._add(middle, b, c)
        if d is not None:
            self._drop(b, a, d)
            self._add(b, middle, d)
            self._add(middle, a, d)
        for one, two in ((a, b), (b, a)):
            if (one, two) in self.strand:
                dart = self.strand.pop((one, two))
                self.strand |= {(one, middle): dart, (middle, two): dart}
                points = self.along[dart]
                points.insert(points.index(one) + 1 if one in points else 0, middle)

    def _add(self, a: int, b: int, c: int) -> None:
        self.third[a, b], self.third[b, c], self.third[c, a] = c, a, b

    def _drop(self, a: int, b: int, c: int) -> None:
        del self.third[a, b], self.third[b, c], self.third[c, a]

    def _length(self, edge: Edge) -> float:
        return abs(self.z[edge[1]] - self.z[edge[0]])

    def _area(self, a: int, b: int, c: int) -> float:
        return ((self.z[b] - self.z[a]).conjugate() * (self.z[c] - self.z[a])).imag

    def _angle(self, at: int, one: int, two: int) -> float:
        p, q = self.z[one] - self.z[at], self.z[two] - self.z[at]
        return abs(np.angle(p.conjugate() * q))
