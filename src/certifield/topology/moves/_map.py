"""A link diagram as arrays of darts, made for compiled moves.

The theory is that of the checker of planar moves: crossing c has the darts 4c, ..., 4c + 3 counter-clockwise from the incoming end of the
lower strand, dart d leaves its crossing along an edge, ``across[d]`` is the dart at the other end, and the face of d is on its left.  Even
darts are lower, odd ones upper.

Here a crossing lives in a *slot*, which is used again after the crossing has vanished; ``name[slot]`` is its number in the checker, which
never is.  The log speaks of names, so that it is a witness as it stands.
"""

from typing import NamedTuple

import numpy as np

from ..diagrams import Diagram

CIRCLES, NEXT_NAME, ALIVE, FREE, LOGGED, LOGGING, OVERFLOW, WORK = range(8)

# The rows of the log: kind and up to three numbers.
KINK, UNKINK, PUSH, PART, SLIDE = range(5)
MOVES = {KINK: ("R1+", 2), UNKINK: ("R1-", 1), PUSH: ("R2+", 3), PART: ("R2-", 1), SLIDE: ("R3", 1)}


class PlanarMap(NamedTuple):
    """Arrays of one diagram: the state (``across``, ``name``, ``free``, ``counters``), its log, and room for the searches on it.

    ``counters``: circles, next name, crossings alive, free slots, rows of the log, whether to log, whether room ran out, moves made.
    """

    across: np.ndarray  # int64 [4 slots]; -1 for a dart that is not there
    name: np.ndarray  # int64 [slots]
    free: np.ndarray  # int64 [slots], a stack
    counters: np.ndarray  # int64 [8]
    log: np.ndarray  # int32 [rows, 4]
    random: np.ndarray  # uint64 [1], the state of xorshift
    face: np.ndarray  # int64 [4 slots], number of the face of each dart
    mark: np.ndarray  # int64 [4 slots]
    queue: np.ndarray  # int64 [4 slots]
    origin: np.ndarray  # int64 [4 slots], by face: the dart crossed to come there
    distance: np.ndarray  # int64 [4 slots], by face


def empty_map(slots: int, rows: int = 0) -> PlanarMap:
    """A map without crossings or circles, with room for ``slots`` crossings and ``rows`` logged moves."""
    return PlanarMap(
        across=np.full(4 * slots, -1, np.int64),
        name=np.zeros(slots, np.int64),
        free=np.arange(slots, dtype=np.int64)[::-1].copy(),
        counters=np.array([0, 0, 0, slots, 0, int(rows > 0), 0, 0], np.int64),
        log=np.zeros((rows, 4), np.int32),
        random=np.ones(1, np.uint64),
        face=np.full(4 * slots, -1, np.int64),
        mark=np.zeros(4 * slots, np.int64),
        queue=np.zeros(4 * slots, np.int64),
        origin=np.zeros(4 * slots, np.int64),
        distance=np.zeros(4 * slots, np.int64),
    )


def map_of(diagram: Diagram, *, room: int | None = None, rows: int = 0, seed: int = 0) -> PlanarMap:
    """The map of a diagram; crossing c of its code is in slot c under the name c."""
    crossings = len(diagram.crossings)
    planar = empty_map(crossings + (2 * crossings + 32 if room is None else room), rows)
    order = np.argsort(np.array(diagram.crossings, np.int64).ravel(), kind="stable")  # the two ends of each edge, one after the other
    planar.across[order[0::2]], planar.across[order[1::2]] = order[1::2], order[0::2]
    planar.name[:crossings] = np.arange(crossings)
    planar.counters[[CIRCLES, NEXT_NAME, ALIVE]] = diagram.circles, crossings, crossings
    planar.counters[FREE] -= crossings
    planar.random[0] = np.uint64((seed * 0x9E3779B97F4A7C15 + 0x2545F4914F6CDD1D) % 2**64 or 1)
    return planar


def diagram_of(planar: PlanarMap) -> Diagram:
    """The diagram of a map.  Each component is oriented from its first dart that leaves a crossing below."""
    if not planar.counters[ALIVE]:
        return Diagram(circles=int(planar.counters[CIRCLES]))
    across = planar.across.tolist()
    label: dict[int, int] = {}
    entered: set[int] = set()
    alive = [slot for slot in range(len(planar.name)) if across[4 * slot] >= 0]
    for start in [4 * slot + 2 for slot in alive] + [4 * slot + 1 for slot in alive]:
        dart = start
        while dart not in label:
            other = across[dart]
            label[dart] = label[other] = len(label) // 2
            entered.add(other)
            dart = (other & ~3) | ((other + 2) & 3)
    code = []
    for slot in alive:
        first = 4 * slot if 4 * slot in entered else 4 * slot + 2
        code.append([label[(first & ~3) | ((first + place) & 3)] for place in range(4)])
    return Diagram.from_pd(code, circles=int(planar.counters[CIRCLES]))


def moves_of(planar: PlanarMap) -> list[list]:
    """The logged moves in the words of the checker."""
    rows = planar.log[: planar.counters[LOGGED]].tolist()
    return [[MOVES[row[0]][0], *row[1 : 1 + MOVES[row[0]][1]]] for row in rows]
