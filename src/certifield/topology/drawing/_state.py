"""Diagrams in the midst of moves, whose darts keep their numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ..diagrams import Diagram
from ..diagrams._reading import refuse
from .embedding import PlanarMap

MOST_DARTS = 40_000


@dataclass(frozen=True)
class PlanarState:
    """A link diagram as the involution ``across`` of its darts, the numbering that unknot-moves@1 and ribbon@1 use.

    Crossing c has the darts 4c, ..., 4c + 3 counter-clockwise, the even ones on the lower strand; ``across[d]`` is the other end of the
    edge of d.  ``circles``: components without crossings.  ``forward``: the number of its component for every dart that points along
    the orientation; by default the smallest dart of a component that starts with a lower strand leaves it.  ``circle_numbers``: those
    of the circles.  ``unused``: the first dart that was never used.
    Raises `InputError` where ``across`` is no such involution or the diagram does not lie in the plane.
    """

    across: Mapping[int, int]
    circles: int = 0
    forward: Mapping[int, int] = field(default_factory=dict)
    circle_numbers: tuple[int, ...] = ()
    unused: int = 0

    def __post_init__(self) -> None:
        across = _checked(self.across)
        if type(self.circles) is not int or not 0 <= self.circles <= 1000:
            raise refuse("circles", self.circles, "0 to 1000", "count the components without crossings")
        forward = _oriented(across, self.forward)
        numbers = iter(range(max(forward.values(), default=-1) + 1, 10**9))
        object.__setattr__(self, "across", MappingProxyType(across))
        object.__setattr__(self, "forward", MappingProxyType(forward))
        object.__setattr__(self, "circle_numbers", self.circle_numbers or tuple(next(numbers) for _ in range(self.circles)))
        object.__setattr__(self, "unused", self.unused or 4 * (max(across, default=-1) // 4 + 1))

    @classmethod
    def of(cls, diagram: Diagram) -> "PlanarState":
        """The state in which crossing c of a diagram has the darts 4c, ..., 4c + 3, with its components and orientations."""
        ends: dict[int, list[int]] = {}
        for dart, label in enumerate(label for crossing in diagram.crossings for label in crossing):
            ends.setdefault(label, []).append(dart)
        across = {dart: other for one, two in ends.values() for dart, other in ((one, two), (two, one))}
        leaving = [4 * c + place for c, sign in enumerate(diagram.signs) for place in (2, 1 if sign > 0 else 3)]
        label = {dart: label for label, darts in ends.items() for dart in darts}
        forward: dict[int, int] = {}
        for number, walk in enumerate(_walks(across, sorted(leaving, key=label.__getitem__))):
            forward |= dict.fromkeys(walk, number)
        return cls(across, diagram.circles, forward)

    def walks(self) -> list[tuple[int, list[int]]]:
        """The number of each component with crossings, and the darts along it."""
        return [(self.forward[walk[0]], walk) for walk in _walks(self.across, sorted(self.forward))]


def _walks(across: Mapping[int, int], starts: Iterable[int]) -> list[list[int]]:
    """The closed walks through ``starts``, straight on through every crossing, each once."""
    seen: set[int] = set()
    walks = []
    for dart in starts:
        walk = []
        while dart not in seen:
            seen.add(dart)
            walk.append(dart)
            other = across[dart]
            dart = (other & ~3) | ((other + 2) & 3)
        if walk:
            walks.append(walk)
    return walks


def _checked(given: object) -> dict[int, int]:
    if not isinstance(given, Mapping) or len(given) > MOST_DARTS:
        raise refuse("across", given, f"a mapping of at most {MOST_DARTS} darts", "map each dart to the other end of its edge")
    across = dict(given)
    for dart, other in across.items():
        whole = type(dart) is int and type(other) is int and 0 <= dart < 10**9
        if not whole or dart == other or across.get(other) != dart or ((dart & ~3) | ((dart + 1) & 3)) not in across:
            raise refuse("across", f"{dart!r}: {other!r}", "an involution of the four darts of every crossing", "correct this dart")
    planar = PlanarMap.of_crossings(across)
    if len(planar.faces(across)) != len(across) // 4 + 2 * len(planar.pieces()):
        raise refuse("across", "darts that do not lie in the plane", "planar: V - E + F = 2 for each piece", "correct the order of darts")
    return across


def _oriented(across: dict[int, int], given: Mapping[int, int]) -> dict[int, int]:
    if given:
        if any((dart in given) == (other in given) for dart, other in across.items()) or not set(given) <= set(across):
            raise refuse("forward", given, "one of the two darts of every edge", "leave it out")
        return dict(given)
    forward: dict[int, int] = {}
    number = 0
    for start in sorted(across, key=lambda dart: (dart & 3 != 2, dart)):
        if start not in forward and across[start] not in forward:
            (walk,) = _walks(across, [start])
            forward |= dict.fromkeys(walk, number)
            number += 1
    return forward
