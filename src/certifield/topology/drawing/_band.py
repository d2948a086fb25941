"""Bands laid on a diagram before the surgery."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from ..diagrams._reading import integers, refuse, sequence
from ._state import PlanarState
from .embedding import PlanarMap

Band = Sequence[object]  # "band", [d0, ..., dn], [o1, ..., o(n-1)], half twists, as in a witness of ribbon@1


class CrossesItself(Exception):
    """The band runs along or across itself, which a single core cannot show: a picture has a finger in its place."""


@dataclass(frozen=True)
class Core:
    """The line in the middle of a band: the darts along it, one for each face; at each further one it is over (1) or under (0)."""

    darts: tuple[int, ...]
    over: tuple[int, ...]
    half_twists: int


def read_band(given: object) -> tuple[list[int], list[int], int]:
    """Darts, bits and half twists of a band in the format of ribbon@1.  Raises `InputError` for anything else."""
    entries = sequence("band", given, 'a move ["band", [d0, ..., dn], [o1, ..., o(n-1)], half_twists]')
    if len(entries) != 4 or entries[0] != "band":
        raise refuse("band", given, 'a move ["band", [d0, ..., dn], [o1, ..., o(n-1)], half_twists]', "see the checker of ribbon@1")
    darts, over, (half_twists,) = integers("band", entries[1]), integers("band", entries[2]), integers("band", [entries[3]])
    if len(darts) < 2 or len(over) != len(darts) - 2 or not {0, 1} >= set(over) or abs(half_twists) > 64:
        raise refuse("band", given, "n + 1 darts, n - 1 bits and at most 64 half twists", "see the checker of ribbon@1")
    return darts, over, half_twists


def laid(given: PlanarMap, state: PlanarState, band: Band) -> Core:
    """The core of a band, added to the map: a foot on the first edge, a node on every edge that is crossed, a foot on the last.

    The checker pushes a finger over each edge and gives names to the darts of its two new crossings; here the two crossings are one
    node of the core, and the names of the darts that lead away from the finger are kept for what comes later in the band.
    Raises `CrossesItself`, or `InputError` where two darts have no face in common.
    """
    darts, over, half_twists = read_band(band)
    fresh, names, unused = count(max(given.across, default=0) + (1 << 40)), {}, state.unused
    _present(given, darts[0], band)
    anchor, along = _foot(given, darts[0], fresh), []
    foot = anchor
    for place, dart in enumerate(darts[1:]):
        known = names.get(dart, dart)
        if known not in given.across and unused > dart >= state.unused:
            raise CrossesItself
        known = _in_face(given, anchor, known, band)
        core = next(fresh)
        _insert(given, core, anchor)
        along.append(core)
        last = place == len(over)
        anchor = _node(given, core, known, fresh, last)
        if not last:
            first, second = ([(unused + shift) | ((turn - over[place]) & 3) for turn in range(4)] for shift in (0, 4))
            if place == 0:
                names |= {first[0]: given.after[given.after[foot]], second[0]: foot}
            names |= {first[3]: given.after[anchor], second[1]: anchor}
            unused += 8
    return Core(tuple(along), tuple(over), half_twists)


def _present(given: PlanarMap, dart: int, band: Band) -> None:
    if dart not in given.across:
        raise refuse("band", band, f"darts of the diagram, which has no dart {dart}", "number darts as the checker of ribbon@1 does")


def _in_face(given: PlanarMap, anchor: int, dart: int, band: Band) -> int:
    """The dart, or where earlier bands have cut its edge the part of it, whose face is that of ``anchor``."""
    _present(given, dart, band)
    if dart not in given.piece(anchor):
        return dart
    face, part = set(given.face(anchor)), dart
    while part not in face:
        onward = given.straight(given.across[part])
        if onward is None or given.node[onward] >= 0:
            raise refuse("band", band, f"darts that follow each other in a face, unlike {dart}", "cross the edges one by one")
        part = onward
    return part


def _join(given: PlanarMap, one: int, two: int) -> None:
    given.across[one], given.across[two] = two, one


def _insert(given: PlanarMap, dart: int, anchor: int) -> None:
    """A dart at the node of ``anchor``, next to it counter-clockwise."""
    given.node[dart] = given.node[anchor]
    given.after[dart], given.after[anchor] = given.after[anchor], dart


def _foot(given: PlanarMap, dart: int, fresh: "count[int]") -> int:
    """A node on the edge of ``dart``; the dart of it that leads on in the same direction."""
    onward, back = next(fresh), next(fresh)
    head = given.across[dart]
    _join(given, dart, back)
    _join(given, onward, head)
    _around(given, onward, back)
    given.through |= {onward: back, back: onward}
    return onward


def _node(given: PlanarMap, core: int, dart: int, fresh: "count[int]", last: bool) -> int:
    """Where the core meets the edge of ``dart`` from its left; the dart of the new node that leads back along the edge."""
    south, east, west = next(fresh), next(fresh), next(fresh)
    head = given.across[dart]
    _join(given, dart, east)
    _join(given, west, head)
    _join(given, core, south)
    _around(given, south, east, west)
    if last:
        given.through |= {east: west, west: east}
    return east


def _around(given: PlanarMap, *darts: int) -> None:
    """A new node, with a negative name, that has these darts counter-clockwise."""
    name = min(0, *given.node.values()) - 1
    for dart, following in zip(darts, darts[1:] + darts[:1], strict=True):
        given.after[dart], given.node[dart] = following, name
