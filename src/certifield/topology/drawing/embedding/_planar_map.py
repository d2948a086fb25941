"""Planar maps: nodes, the darts around each counter-clockwise, and which darts are two ends of one edge."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class PlanarMap:
    """A map on the sphere.  ``across`` joins the two darts of an edge, ``after`` goes round a node counter-clockwise.

    The face of a dart lies on its left.  ``node`` names the node that a dart leaves.  A node has four darts, or three where a band
    stands on an edge; then ``through`` joins the two darts of the edge.
    """

    across: dict[int, int]
    after: dict[int, int]
    node: dict[int, int]
    through: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of_crossings(cls, across: dict[int, int]) -> "PlanarMap":
        """The map of a diagram whose crossing c has the darts 4c, ..., 4c + 3 counter-clockwise."""
        after = {dart: (dart & ~3) | ((dart + 1) & 3) for dart in across}
        return cls(dict(across), after, {dart: dart >> 2 for dart in across})

    def before(self, dart: int) -> int:
        """The dart of the same node next to it clockwise."""
        first = dart
        while self.after[dart] != first:
            dart = self.after[dart]
        return dart

    def face(self, dart: int) -> list[int]:
        """The darts that have the face of ``dart`` on their left, in order."""
        darts, following = [dart], self.before(self.across[dart])
        while following != dart:
            darts.append(following)
            following = self.before(self.across[following])
        return darts

    def faces(self, darts: Iterable[int]) -> list[list[int]]:
        """All faces along some darts."""
        seen: set[int] = set()
        found = []
        for dart in darts:
            if dart not in seen:
                found.append(self.face(dart))
                seen.update(found[-1])
        return found

    def piece(self, dart: int) -> list[int]:
        """The darts of the connected piece that ``dart`` belongs to."""
        found = {dart: None}
        waiting = [dart]
        while waiting:
            one = waiting.pop()
            for near in (self.across[one], self.after[one]):
                if near not in found:
                    found[near] = None
                    waiting.append(near)
        return list(found)

    def pieces(self) -> list[list[int]]:
        """The darts of each connected piece."""
        left = dict.fromkeys(self.across)
        found = []
        while left:
            found.append(self.piece(next(iter(left))))
            for dart in found[-1]:
                del left[dart]
        return found

    def straight(self, dart: int) -> int | None:
        """The dart by which whoever comes in at ``dart`` leaves: opposite at four darts; at three, a foot, nowhere for the third."""
        opposite = self.after[self.after[dart]]
        if self.after[self.after[opposite]] == dart:
            return opposite
        return self.through.get(dart)
