"""Smooth strands through the points of an embedding, and where they pass each other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ._curve import Curve, meeting
from .embedding import Complexes, Corners, Embedding, PlanarMap


@dataclass(frozen=True)
class Strand:
    """A smooth line along darts of the map; ``passes``: its parameter at each node, by the dart that leaves the node."""

    darts: tuple[int, ...]
    curve: Curve
    passes: dict[int, float]


class Strands:
    """Lines along an embedded map, with corners rounded as far as there is room."""

    def __init__(self, given: PlanarMap, where: Embedding) -> None:
        self.map, self.where, self._corners = given, where, Corners(where.triangles, where.centres)
        self._turns: dict[int, tuple[Complexes, float]] = {}
        for dart in given.across:
            if dart not in self._turns and given.straight(dart) is not None:
                self._turn_at(dart)

    def closed(self, darts: Sequence[int]) -> Strand:
        """The strand of a component."""
        line = _Line()
        passes = {}
        for dart in darts:
            pieces, parameter = self._turns[dart]
            passes[dart] = line.add(pieces) + parameter
            self._along(dart, line)
        line.to(line.pieces[0][0])
        return Strand(tuple(darts), Curve(np.array(line.pieces), True), passes)

    def core(self, darts: Sequence[int]) -> Strand:
        """The line in the middle of a band, from the strand under one foot to the strand under the other."""
        line = _Line(self._foot(darts[0]))
        passes = {}
        for dart in darts:
            if dart in self._turns:
                pieces, parameter = self._turns[dart]
                passes[dart] = line.add(pieces) + parameter
            self._along(dart, line)
        line.to(self._foot(self.map.across[darts[-1]]))
        return Strand(tuple(darts), Curve(np.array(line.pieces)), passes)

    def room(self, darts: Sequence[int]) -> float:
        """The smallest distance of the inner points of edges from what is around them."""
        return min(self._corners.clearance(point) for dart in darts for point in self.where.along[dart])

    def _along(self, dart: int, line: "_Line") -> None:
        path = [self.where.place[self.map.node[dart]], *self.where.along[dart], self.where.place[self.map.node[self.map.across[dart]]]]
        for triple in zip(path, path[1:], path[2:], strict=False):
            line.add(self._corner(*triple))

    def _corner(self, before: int, point: int, after: int) -> Complexes:
        z, share = self.where.centres, self._corners.share(before, point, after)
        return np.array([[z[point] + share * (z[before] - z[point]), z[point], z[point] + share * (z[after] - z[point])]])

    def _turn_at(self, dart: int) -> None:
        """The lines through a node and the parameters where they meet; sharp corners if round ones would meet more than once."""
        one = self._through(dart)
        crossing = self.map.after[dart]
        if self.map.straight(dart) in self.map.through:  # a foot: the third dart is met in the middle
            self._keep(dart, one, len(one) / 2)
            return
        other = self._through(crossing)
        met = meeting(one, other)
        if len(met) != 1:
            one, other = _sharp(one), _sharp(other)
            met = [(1.0, 1.0)]
        self._keep(dart, one, met[0][0])
        self._keep(crossing, other, met[0][1])

    def _through(self, dart: int) -> Complexes:
        """The corner that is left by ``dart``."""
        back = self.map.straight(dart)
        assert back is not None  # asked for lines that go through only
        return self._corner(self.where.along[back][0], self.where.place[self.map.node[dart]], self.where.along[dart][0])

    def _keep(self, dart: int, pieces: Complexes, parameter: float) -> None:
        back = self.map.straight(dart)
        assert back is not None
        self._turns[dart] = pieces, parameter
        self._turns[back] = pieces[::-1, ::-1], len(pieces) - parameter

    def _foot(self, dart: int) -> complex:
        """The point of the strand where the core that leaves by ``dart`` stands."""
        pieces, parameter = self._turns[self.map.after[dart]]
        return complex(Curve(pieces).at(np.array([parameter]))[0])


class _Line:
    """Pieces that are put together, with straight ones in between."""

    def __init__(self, start: complex | None = None) -> None:
        self.pieces: list[Complexes] = []
        self._end = start

    def add(self, pieces: Complexes) -> int:
        """Appends a corner; the number of its first piece."""
        self.to(complex(pieces[0][0]))
        self.pieces += list(pieces)
        self._end = complex(pieces[-1][2])
        return len(self.pieces) - len(pieces)

    def to(self, point: complex) -> None:
        """Goes straight to a point."""
        if self._end is not None and abs(point - self._end) > 1e-9:
            self.pieces.append(np.array([self._end, (self._end + point) / 2, point]))
        self._end = point


def _sharp(corner: Complexes) -> Complexes:
    start, point, end = corner[0]
    return np.array([[start, (start + point) / 2, point], [point, (point + end) / 2, end]])
