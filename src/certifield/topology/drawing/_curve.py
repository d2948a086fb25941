"""Smooth lines made of quadratic Bezier curves."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .embedding import Complexes, Reals

SAMPLES = 16  # of each piece


@dataclass(frozen=True)
class Curve:
    """Quadratic pieces, one a row of ``pieces``: start, control point, end.  Parameter k + u is the point u of piece k."""

    pieces: Complexes
    closed: bool = False

    def at(self, parameters: Reals) -> Complexes:
        """Points of the curve."""
        number = np.minimum(parameters.astype(int), len(self.pieces) - 1)
        u, (start, control, end) = parameters - number, self.pieces[number].T
        return (1 - u) ** 2 * start + 2 * u * (1 - u) * control + u**2 * end

    @cached_property
    def _parameters(self) -> Reals:
        return np.linspace(0.0, len(self.pieces), SAMPLES * len(self.pieces) + 1)

    @cached_property
    def lengths(self) -> Reals:
        """The lengths from the start of the curve up to evenly spaced parameters."""
        return np.concatenate([[0.0], np.cumsum(np.abs(np.diff(self.at(self._parameters))))])

    def length(self, parameter: float) -> float:
        """The length from the start up to a parameter."""
        return float(np.interp(parameter, self._parameters, self.lengths))

    def moved(self, parameter: float, distance: float) -> float:
        """The parameter a distance further along, round the corner of a closed curve, up to the ends of one that is not."""
        goal = self.length(parameter) + distance
        if not self.closed:
            return float(np.interp(goal, self.lengths, self._parameters))
        turns, rest = divmod(goal, self.lengths[-1])
        return float(turns * len(self.pieces) + np.interp(rest, self.lengths, self._parameters))

    def part(self, start: float, end: float) -> "Curve":
        """The piece of the curve between two parameters; those of a closed curve go on beyond the number of its pieces."""
        first, last = int(np.floor(start)), int(np.ceil(end))
        rows = self.pieces[np.arange(first, max(last, first + 1)) % len(self.pieces)].copy()
        rows[-1] = _split(rows[-1], end - first - len(rows) + 1)[0]
        rows[0] = _split(rows[0], (start - first) / (1.0 if len(rows) > 1 else max(end - first, 1e-12)))[1]
        return Curve(rows)

    def at_length(self, lengths: Reals) -> Complexes:
        """Points at given lengths from the start of a curve that is not closed."""
        return self.at(np.interp(lengths, self.lengths, self._parameters))

    def directions(self, lengths: Reals) -> Complexes:
        """Unit tangents there."""
        step = 1e-2 * self.lengths[-1] / len(self.pieces)
        ends = np.clip(np.stack([lengths - step, lengths + step]), 0.0, self.lengths[-1])
        one, two = self.at_length(ends[0]), self.at_length(ends[1])
        return (two - one) / np.abs(two - one)

    def slope(self, parameter: float) -> complex:
        """The unit tangent at a parameter."""
        place = parameter % len(self.pieces) if self.closed else min(max(parameter, 1e-6), len(self.pieces) - 1e-6)
        start, control, end = self.pieces[int(place)].tolist()
        u = place % 1.0
        tangent = (1 - u) * (control - start) + u * (end - control)
        return tangent / abs(tangent)


def _split(piece: Complexes, u: float) -> tuple[Complexes, Complexes]:
    """Both parts of a quadratic at u (de Casteljau)."""
    start, control, end = piece
    one, two = start + u * (control - start), control + u * (end - control)
    middle = one + u * (two - one)
    return np.array([start, one, middle]), np.array([middle, two, end])


def meeting(one: Complexes, other: Complexes) -> list[tuple[float, float]]:
    """Where two rows of quadratic pieces meet: the parameters on each, counted from 0 to the number of its pieces."""
    return [(u / SAMPLES, v / SAMPLES) for u, v in meetings(*(curve.at(curve._parameters) for curve in (Curve(one), Curve(other))))]


def meetings(one: Complexes, other: Complexes) -> list[tuple[float, float]]:
    """Where two polygonal lines meet: the parameters on each, counted from 0 to the number of sides."""
    p, q, s, t = one[:-1], np.diff(one), other[:-1], np.diff(other)
    across = (q.conj()[:, None] * t).imag
    with np.errstate(divide="ignore", invalid="ignore"):
        u = ((s - p[:, None]).conj() * t).imag / across
        v = ((s - p[:, None]).conj() * q[:, None]).imag / across
    found = np.argwhere((u >= 0) & (u < 1) & (v >= 0) & (v < 1))
    return [(float(i + u[i, j]), float(j + v[i, j])) for i, j in found.tolist()]
