"""The weighted random agent of Gukov, Halverson, Manolescu and Ruehle, arXiv:2304.09304."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..diagrams._reading import refuse
from ..moves._map import moves_of
from ._enumerate import BITS, COLUMNS, CROSSED, DARTS, HALF_TWISTS, LEFT
from ._position import ROUNDS, Band, Position, Workbench, compacted
from ._walk import walk

KINDS = ("start", "attach", "over", "under", "twist")
MOST_TWISTS = 31  # full ones of a band: with one half more the checker accepts 63 half twists, and 64 at most
CHUNK = 256  # bands between two looks at the budget


@dataclass(frozen=True)
class RandomAgent:
    """Bands by random actions, and a new start where they lead nowhere.

    ``weights``: of one valid action of each kind, (start, attach, over, under, twist).  A start is never offered together with anything
    else, so that its weight only sets the scale.
    An attempt is given up after ``steps`` actions, when more crossings than ``size`` are left (by default one more than at the start), and
    before a band or a full twist too many: at most ``most`` of each, and so at most ``most`` + 1 components.
    At most ``restarts`` attempts are made.  Raises `InputError` for other weights than five that are not negative, and for limits that
    are not whole numbers in their range.
    """

    weights: tuple[float, ...] = (1.0, 17.0, 1.0, 1.0, 3.0)
    steps: int = 50
    size: int | None = None
    most: int = 5
    restarts: int = 2**62

    def __post_init__(self) -> None:
        weights = self.weights
        if not isinstance(weights, tuple | list) or len(weights) != len(KINDS) or not all(map(_is_weight, weights)):
            raise refuse("weights", weights, "five finite numbers, not negative", "such as (1, 17, 1, 1, 3)")
        for name, least, most in (("steps", 3, 10**6), ("size", 0, 10**6), ("most", 1, MOST_TWISTS), ("restarts", 1, 2**62)):
            given = getattr(self, name)
            if not (given is None and name == "size") and (type(given) is not int or not least <= given <= most):
                raise refuse(name, given, f"a whole number from {least} to {most}", "leave it out")

    def __call__(self, bench: Workbench, start: Position, bands: int, budget: int) -> Iterator[tuple[int, Position | None]]:
        """Bands tried since the last step, and the solved position once there is one."""
        bench.child.random[0] = start.planar.random[0]
        size = start.crossings + 1 if self.size is None else self.size
        left = self.restarts
        while left > 0:
            limits = np.array([self.steps, size, min(bands, self.most), self.most, left], np.int64)
            laid = np.zeros((self.most, COLUMNS), np.int64)
            chunk = max(1, min(CHUNK, budget))
            tried, restarts, count = walk(start.planar, bench.child, np.array(self.weights), limits, chunk, ROUNDS, bench.scratch, laid)
            yield tried, None if count < 0 else retraced(bench, start, laid[:count])
            left, budget = left - restarts, budget - tried


def _is_weight(given: object) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool) and 0 <= given < math.inf


def retraced(bench: Workbench, start: Position, laid: np.ndarray) -> Position:
    """The solved position on the bench; ``laid`` says which bands led there and after which of the logged moves."""
    logged, moves, bands, begin = moves_of(bench.child), list(start.moves), list(start.bands), 0
    for row in laid.tolist():
        over = tuple(row[BITS] >> place & 1 for place in range(row[CROSSED]))
        bands.append(Band(tuple(row[DARTS : DARTS + row[CROSSED] + 2]), over, row[HALF_TWISTS]))
        moves += [*logged[begin : row[LEFT]], bands[-1].move()]
        begin = row[LEFT]
    return Position(compacted(bench.child), (*moves, *logged[begin:]), tuple(bands), bench.key())
