"""In which order a diagram is built up crossing by crossing, so that few strands are open at any time."""

from collections.abc import Sequence
from typing import NamedTuple


class Scan(NamedTuple):
    """An order of the crossings, and the largest number of open ends on the way."""

    order: tuple[int, ...]
    width: int


def scan(crossings: Sequence[Sequence[int]]) -> Scan:
    """The order, of those that start anywhere and go on with the crossing that closes most ends, with the smallest open boundaries.

    >>> scan([(3, 1, 4, 0), (1, 5, 2, 4), (5, 3, 0, 2)])
    Scan(order=(0, 1, 2), width=4)
    """
    found = [_from(start, crossings) for start in range(len(crossings))]
    widths, order = min(found, default=((), ()))
    return Scan(order, max(widths, default=0))


def _from(start: int, crossings: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The sizes of the boundaries, largest first, and the order.  Of crossings that close as many ends, the first is taken."""
    left, ends, widths, order, crossing = set(range(len(crossings))), set(), [], [], start
    while True:
        ends ^= _odd(crossings[crossing])
        left.discard(crossing)
        order.append(crossing)
        widths.append(len(ends))
        if not left:
            return tuple(sorted(widths, reverse=True)), tuple(order)
        crossing = min(left, key=lambda one: (len(ends ^ _odd(crossings[one])), one))


def _odd(crossing: Sequence[int]) -> set[int]:
    """The labels that a crossing has once; an edge that joins it to itself opens and closes nothing."""
    return {label for label in crossing if crossing.count(label) == 1}
