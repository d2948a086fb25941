"""A link on the way to a disc: its map, and the moves and bands that led there."""

from dataclasses import dataclass, field

import numpy as np

from ..diagrams import Diagram
from ..moves._fingerprint import fingerprint
from ..moves._map import ALIVE, CIRCLES, FREE, NEXT_NAME, PlanarMap, empty_map, map_of, moves_of
from ..moves._simplify import simplify
from ._attach import attach, load
from ._enumerate import BITS, CROSSED, DARTS, HALF_TWISTS

ROUNDS = 3  # shakings in vain before a link counts as simplified


@dataclass(frozen=True)
class Band:
    """A band as the checker reads it."""

    darts: tuple[int, ...]
    over: tuple[int, ...]
    half_twists: int

    def move(self) -> list:
        """The move of a witness."""
        return ["band", list(self.darts), list(self.over), self.half_twists]


@dataclass(frozen=True, eq=False)
class Position:
    """``planar``: a map without room to spare; ``moves``: the witness so far; ``bands``: how many of the moves are bands."""

    planar: PlanarMap
    moves: tuple[list, ...] = ()
    bands: tuple[Band, ...] = ()
    key: int = field(default=0)

    @property
    def crossings(self) -> int:
        """Crossings left."""
        return int(self.planar.counters[ALIVE])

    @property
    def solved(self) -> bool:
        """Whether circles alone are left."""
        return self.crossings == 0


class Workbench:
    """Scratch maps large enough for the bands of one search; nothing in them outlives a call."""

    def __init__(self, crossings: int) -> None:
        slots = 4 * crossings + 96
        self.child = empty_map(slots, 64 * slots)
        self.scratch = np.zeros((5, 4 * slots), np.int64)
        self.order, self.queue = np.zeros(slots, np.int64), np.zeros(4 * slots, np.int64)
        self.findings = np.zeros((4096, DARTS + 14), np.int64)

    def start(self, diagram: Diagram, seed: int) -> Position:
        """The position of a diagram, without what can be removed or shortened; it is not shaken, so that proofs stay short."""
        load(map_of(diagram, room=0, seed=seed), self.child)
        self.child.counters[5] = 1
        simplify(self.child, 0)
        return self.taken((), ())

    def after(self, position: Position, finding: np.ndarray) -> Position:
        """The position after one of the bands found from ``position``."""
        crossed, bits, half_twists = int(finding[CROSSED]), int(finding[BITS]), int(finding[HALF_TWISTS])
        darts = finding[DARTS : DARTS + crossed + 2]
        names = tuple(int(4 * position.planar.name[dart >> 2] + (dart & 3)) for dart in darts)
        band = Band(names, tuple(bits >> place & 1 for place in range(crossed)), half_twists)
        load(position.planar, self.child)
        attach(self.child, darts, bits, crossed, half_twists)
        simplify(self.child, ROUNDS)
        return self.taken((*position.moves, band.move()), (*position.bands, band))

    def taken(self, moves: tuple[list, ...], bands: tuple[Band, ...]) -> Position:
        """The position on the bench; ``moves`` and ``bands`` led to where its log begins."""
        return Position(compacted(self.child), (*moves, *moves_of(self.child)), bands, self.key())

    def key(self) -> int:
        """The fingerprint of the link on the bench."""
        return int(fingerprint(self.child, self.order, self.queue))


def compacted(planar: PlanarMap) -> PlanarMap:
    """The same diagram in as many slots as it has crossings."""
    alive = np.flatnonzero(planar.across[::4] >= 0)
    compact = empty_map(len(alive))
    slot_of = np.full(len(planar.name), -1, np.int64)
    slot_of[alive] = np.arange(len(alive))
    across = planar.across.reshape(-1, 4)[alive].ravel()
    compact.across[:] = 4 * slot_of[across >> 2] + (across & 3)
    compact.name[:] = planar.name[alive]
    compact.counters[[CIRCLES, NEXT_NAME, ALIVE]] = planar.counters[CIRCLES], planar.counters[NEXT_NAME], len(alive)
    compact.counters[FREE] = 0
    compact.random[0] = planar.random[0]
    return compact
