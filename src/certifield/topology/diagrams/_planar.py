"""From a planar diagram code to walks, with everything checked: labels, orientation, planarity."""

from collections.abc import Sequence
from itertools import pairwise

from ._reading import MOST_CROSSINGS, integers, refuse, sequence
from ._walks import Crossing, Pass, Walks

COUNTER_CLOCKWISE = "list every crossing counter-clockwise from its lower incoming edge"

Dart = tuple[int, int]  # (crossing, slot): one end of an edge; slot 0 is the lower incoming end, slots go counter-clockwise


def read_crossings(given: object) -> tuple[Crossing, ...]:
    """Four integers for each crossing."""
    rows = sequence("pd", given, "a list of crossings with 4 labels each")
    if len(rows) > MOST_CROSSINGS:
        raise refuse("pd", f"{len(rows)} crossings", f"a code of at most {MOST_CROSSINGS} crossings", "split the diagram")
    crossings = [tuple(integers("pd", row)) for row in rows]
    for row in crossings:
        if len(row) != 4:
            raise refuse(
                "pd", row, "a list of crossings with 4 labels each", "list every crossing counter-clockwise from its lower incoming edge"
            )
    return tuple(crossings)  # type: ignore[arg-type]


def edge_ends(crossings: Sequence[Crossing]) -> dict[Dart, Dart]:
    """The other end of the edge, for each end of an edge; raises `InputError` unless each label occurs exactly twice."""
    ends: dict[int, list[Dart]] = {}
    for crossing, row in enumerate(crossings):
        for slot, label in enumerate(row):
            ends.setdefault(label, []).append((crossing, slot))
    for label, found in ends.items():
        if len(found) != 2:
            raise refuse(
                "pd", f"label {label} occurs {len(found)} times", "a code in which each label occurs exactly twice", "correct this label"
            )
    return {dart: other for one, two in ends.values() for dart, other in ((one, two), (two, one))}


def faces(crossings: Sequence[Crossing]) -> list[list[Dart]]:
    """Faces of the diagram, each as the corners on its boundary; corner (c, s) lies between slots s and s + 1 of crossing c."""
    ends, found = edge_ends(crossings), []
    free = dict.fromkeys((crossing, slot) for crossing in range(len(crossings)) for slot in range(4))
    while free:
        corner, face = next(iter(free)), []
        while corner in free:
            del free[corner]
            face.append(corner)
            crossing, slot = corner
            corner = ends[crossing, (slot + 1) % 4]  # the edge at the far side leads on
        found.append(face)
    return found


def pieces(crossings: Sequence[Crossing]) -> list[list[int]]:
    """Crossings of each connected piece of the diagram."""
    ends, found = edge_ends(crossings), []
    free = dict.fromkeys(range(len(crossings)))
    while free:
        piece = [next(iter(free))]
        del free[piece[0]]
        for crossing in piece:  # grows while it is read
            for slot in range(4):
                neighbour = ends[crossing, slot][0]
                if neighbour in free:
                    del free[neighbour]
                    piece.append(neighbour)
        found.append(sorted(piece))
    return found


def check_planar(crossings: Sequence[Crossing]) -> None:
    """Raises `InputError` unless V - E + F = 2 for every connected piece."""
    euler = len(faces(crossings)) - len(crossings)
    expected = 2 * len(pieces(crossings))
    if euler != expected:
        genus = (expected - euler) // 2
        raise refuse("pd", f"a code of genus {genus}", "planar: V - E + F = 2 for each piece", COUNTER_CLOCKWISE)


def walks_of(crossings: Sequence[Crossing], signs: Sequence[int] | None = None) -> Walks:
    """Walks of a planar diagram code.  Components are ordered by their smallest label, and each starts on the edge of that label.

    A component that never passes below is oriented by ``signs``, else by increasing labels.
    """
    ends, entered = edge_ends(crossings), {}
    traced = [_trace(crossings, ends, (crossing, 0), entered) for crossing in range(len(crossings)) if (crossing, 0) not in entered]
    for crossing in range(len(crossings)):
        if not {(crossing, 1), (crossing, 3)} & entered.keys():
            traced.append(_trace(crossings, ends, _upper_start(crossings, ends, crossing, signs), entered))
    found = tuple(1 if (crossing, 3) in entered else -1 for crossing in range(len(crossings)))
    if signs is not None and found != tuple(signs):
        raise refuse("signs", tuple(signs), f"the signs that the code has: {_shown(found)}", "leave the signs out, or correct the code")
    rows = []
    for walk in traced:
        labels = [crossings[crossing][slot] for crossing, slot in walk]
        start = labels.index(min(labels))
        turned = walk[start:] + walk[:start]
        rows.append((min(labels), tuple(Pass(crossing, slot != 0) for crossing, slot in turned)))
    return Walks(tuple(walk for _, walk in sorted(rows)), found)


def _trace(crossings: Sequence[Crossing], ends: dict[Dart, Dart], start: Dart, entered: dict[Dart, None]) -> list[Dart]:
    """The darts by which a strand enters its crossings, from ``start`` until it closes; they are added to ``entered``."""
    walk, dart = [], start
    while dart not in entered:
        crossing, slot = dart
        if slot == 2 or (crossing, (slot + 2) % 4) in entered:
            given = f"label {crossings[crossing][slot]} runs against the orientation at crossing {crossing}"
            raise refuse(
                "pd", given, "oriented: the first label of a crossing is its lower incoming edge", "turn this crossing by two places"
            )
        entered[dart] = None
        walk.append(dart)
        dart = ends[crossing, (slot + 2) % 4]
    return walk


def _upper_start(crossings: Sequence[Crossing], ends: dict[Dart, Dart], crossing: int, signs: Sequence[int] | None) -> Dart:
    """A dart by which a component that is never below enters ``crossing``, its first crossing."""
    if signs is not None:
        return (crossing, 3 if signs[crossing] > 0 else 1)
    forward = _labels(crossings, ends, (crossing, 3))
    start = forward.index(min(forward))
    turned = forward[start:] + forward[:start]
    # Two labels do not tell the direction: the smaller one enters the first crossing.
    increasing = start == 0 if len(turned) == 2 else 2 * sum(one < two for one, two in pairwise(turned)) >= len(turned) - 1
    return (crossing, 3 if increasing else 1)


def _labels(crossings: Sequence[Crossing], ends: dict[Dart, Dart], start: Dart) -> list[int]:
    walk = _trace(crossings, ends, start, {})
    return [crossings[crossing][slot] for crossing, slot in walk]


def _shown(signs: Sequence[int]) -> str:
    return str(tuple(signs)) if len(signs) <= 20 else f"{len(signs)} signs"
