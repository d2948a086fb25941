"""Bands as ribbons with two edges, twisted before they end."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ._curve import Curve
from .embedding import Complexes, Reals

MOST_TWISTS = 6  # that are drawn; of more, as many as leave an even number out
STEP = 0.08
FOOT = 2.2  # half widths, over which a ribbon turns from the strand that it stands on


@dataclass(frozen=True)
class Ribbon:
    """Polygons to be filled and edges to be drawn; ``tip``: where words about the band may stand."""

    fills: list[Complexes]
    edges: list[Complexes]
    tip: complex


@dataclass(frozen=True)
class _Shape:
    """``feet``: where the left and the right end stand, at the start and at the end; twists from ``start`` over ``span``."""

    core: Curve
    half_width: float
    feet: tuple[tuple[complex, complex], tuple[complex, complex]]
    start: float
    span: float
    drawn: int

    def edge(self, side: int, one: float, two: float) -> Complexes:
        """The edge that starts on the left (1) or on the right (-1), between two lengths of the core."""
        lengths, total = np.linspace(one, two, 2 + int((two - one) / STEP)), float(self.core.lengths[-1])
        centre, normal = self.core.at_length(lengths), 1j * self.core.directions(lengths)
        turned = np.pi * self.drawn * np.clip((lengths - self.start) / self.span if self.span else 0 * lengths, 0.0, 1.0)
        aside = side * self.half_width * np.cos(turned) * normal
        last = side * (-1) ** self.drawn
        for foot, at, near in ((self.feet[0], side, lengths), (self.feet[1], last, total - lengths)):
            end = self.core.at_length(np.array([0.0 if foot is self.feet[0] else total]))
            share = _fading(near, min(FOOT * self.half_width, 0.3 * total, self._straight(foot is self.feet[0])))
            aside = (1 - share) * aside + share * (foot[at < 0] - end)
        return centre + aside

    def _straight(self, first: bool) -> float:
        """The length without twists."""
        if not self.drawn:
            return np.inf
        return self.start if first else float(self.core.lengths[-1]) - self.start - self.span


def ribbon(
    core: Curve,
    half_width: float,
    gaps: list[tuple[float, float, float]],
    half_twists: int,
    free: float,
    line: float,
    feet: tuple[tuple[complex, complex], tuple[complex, complex]],
) -> Ribbon:
    """The ribbon along a curve, with its half twists behind the length ``free``.

    It is hidden in gaps (length, slant, half): the edge on the left at length + slant, that on the right at length - slant.

    In a right-handed half twist the edge that goes from the left of the core to its right is the upper one, so that the two edges,
    both in the direction of the core, make a positive crossing.
    """
    total = float(core.lengths[-1])
    drawn = abs(half_twists) if abs(half_twists) <= MOST_TWISTS else MOST_TWISTS - abs(half_twists) % 2
    span = min(0.8 * (total - free), 3.2 * half_width * drawn)
    start = (free + total - span) / 2
    shape = _Shape(core, half_width, feet, start, span, drawn)
    turns = [start + span * (k + 0.5) / drawn for k in range(drawn)]
    shown = {side: _left_out(0.0, total, _beside(gaps, side)) for side in (1, -1)}
    fills = [np.concatenate([shape.edge(1, *left), shape.edge(-1, *right)[::-1]]) for left, right in zip(shown[1], shown[-1], strict=True)]
    edges = []
    for side in (1, -1):
        # The edge on the left before an even number of half twists goes to the right, and is the upper one if they are right-handed.
        lower = [turn for k, turn in enumerate(turns) if ((side > 0) == (k % 2 == 0)) != (half_twists > 0)]
        slant = np.hypot(span / max(drawn, 1), np.pi * half_width) / (np.pi * half_width)
        hidden = [(turn - 1.4 * line * slant, turn + 1.4 * line * slant) for turn in lower]
        edges += [shape.edge(side, one, two) for one, two in _left_out(0.0, total, [*_beside(gaps, side), *hidden])]
    return Ribbon(fills, edges, complex(core.at_length(np.array([start + span / 2]))[0]))


def _fading(lengths: Reals, reach: float) -> Reals:
    """From 1 smoothly to 0."""
    left = np.clip(1.0 - lengths / max(reach, 1e-9), 0.0, 1.0)
    return left**2 * (3.0 - 2.0 * left)


def _beside(gaps: list[tuple[float, float, float]], side: int) -> list[tuple[float, float]]:
    return [(place + side * slant - half, place + side * slant + half) for place, slant, half in gaps]


def _left_out(start: float, end: float, gaps: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """What is left of an interval."""
    left = []
    for one, two in sorted(gaps):
        if one > start:
            left.append((start, min(one, end)))
        start = max(start, two)
    if start < end:
        left.append((start, end))
    return left
