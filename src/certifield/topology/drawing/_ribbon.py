"""Bands as ribbons with two edges, twisted before they end."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ._curve import Curve
from .embedding import Complexes

MOST_TWISTS = 6  # that are drawn; of more, as many as leave an even number out
STEP = 0.08


@dataclass(frozen=True)
class Ribbon:
    """Polygons to be filled and edges to be drawn; ``tip``: where words about the band may stand."""

    fills: list[Complexes]
    edges: list[Complexes]
    tip: complex


def ribbon(core: Curve, half_width: float, gaps: list[tuple[float, float]], half_twists: int, free: float, line: float) -> Ribbon:
    """The ribbon along a curve, hidden between the lengths of each gap, with its half twists behind the length ``free``.

    In a right-handed half twist the edge that goes from the left of the core to its right is the upper one, so that the two edges,
    both in the direction of the core, make a positive crossing.
    """
    total = float(core.lengths[-1])
    drawn = abs(half_twists) if abs(half_twists) <= MOST_TWISTS else MOST_TWISTS - abs(half_twists) % 2
    span = min(0.8 * (total - free), 3.2 * half_width * drawn)
    start = (free + total - span) / 2
    turns = [start + span * (k + 0.5) / drawn for k in range(drawn)]
    fills, edges = [], []
    for one, two in _left_out(0.0, total, gaps):
        fills.append(np.concatenate([_edge(core, half_width, side, one, two, start, span, drawn)[::side] for side in (1, -1)]))
    for side in (1, -1):
        # The edge on the left before an even number of half twists goes to the right, and is the upper one if they are right-handed.
        lower = [turn for k, turn in enumerate(turns) if ((side > 0) == (k % 2 == 0)) != (half_twists > 0)]
        slant = np.hypot(span / max(drawn, 1), np.pi * half_width) / (np.pi * half_width)
        hidden = [(turn - 1.4 * line * slant, turn + 1.4 * line * slant) for turn in lower]
        edges += [_edge(core, half_width, side, one, two, start, span, drawn) for one, two in _left_out(0.0, total, [*gaps, *hidden])]
    return Ribbon(fills, edges, complex(core.at_length(np.array([start + span / 2]))[0]))


def _edge(core: Curve, half_width: float, side: int, one: float, two: float, start: float, span: float, drawn: int) -> Complexes:
    lengths = np.linspace(one, two, 2 + int((two - one) / STEP))
    centre, normal = core.at_length(lengths), 1j * core.directions(lengths)
    turned = np.pi * drawn * np.clip((lengths - start) / span if span else 0 * lengths, 0.0, 1.0)
    return centre + side * half_width * np.cos(turned) * normal


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
