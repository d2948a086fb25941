"""The moves of unknot-moves@1 and ribbon@1 made on a diagram, with the colours of the components kept.

Only certificates that their checker has accepted are replayed here, so nothing is checked again.
"""

from collections.abc import Sequence

from ._state import PlanarState


class Replay:
    """A diagram under moves: darts keep their numbers, strands their colours and orientations."""

    def __init__(self, state: PlanarState) -> None:
        self.across, self.forward, self.unused = dict(state.across), dict(state.forward), state.unused
        self.circles = list(state.circle_numbers)

    def state(self) -> PlanarState:
        """The diagram as it is now."""
        return PlanarState(dict(self.across), len(self.circles), dict(self.forward), tuple(self.circles), self.unused)

    def make(self, move: Sequence) -> None:
        """Makes one move of a witness."""
        kind, *arguments = move
        {"R1+": self.add_kink, "R1-": self.remove_kink, "R2+": self.push, "R2-": self.part, "R3": self.slide, "band": self.band}[kind](
            *arguments
        )

    def add_kink(self, dart: int, over: int) -> int:
        """R1+; the dart of the loop whose face is that of ``dart``."""
        back, onward, leave, enter = self._crossing(over)
        if dart == -1:
            self._join(back, onward)
            self._join(leave, enter)
            self.forward |= dict.fromkeys((leave, onward), self.circles.pop())
            return enter
        head, colour = self.across[dart], self._colour(dart)
        along = dart in self.forward
        self._join(dart, back)
        self._join(onward, head)
        self._join(leave, enter)
        self._paint(along, colour, (dart, leave, onward))
        return enter

    def remove_kink(self, dart: int) -> None:
        """R1-."""
        self._pass(_turned(dart, 2), _turned(dart, 3))
        self._discard(dart)

    def push(self, dart: int, other: int, over: int) -> int:
        """R2+; the dart along the piece beyond the edge of ``other``."""
        head, far = self.across[dart], self.across[other]
        colours = [(one in self.forward, self._colour(one)) for one in (dart, other)]
        south, east, north, west = self._crossing(-over)
        south_of_second, east_of_second, north_of_second, west_of_second = self._crossing(-over)
        for one, two in (
            (dart, south),
            (north, north_of_second),
            (south_of_second, head),
            (other, east_of_second),
            (west_of_second, east),
            (west, far),
        ):
            self._join(one, two)
        self._paint(*colours[0], (dart, north, south_of_second))
        self._paint(*colours[1], (other, west_of_second, west))
        return north

    def part(self, dart: int) -> None:
        """R2-."""
        other = self.across[dart]
        self._pass(_turned(dart, 2), _turned(other, 2))
        self._pass(_turned(dart, 3), _turned(other, 1))
        self._discard(dart)
        self._discard(other)

    def slide(self, dart: int) -> None:
        """R3."""
        face = [dart]
        while (following := _turned(self.across[face[-1]], -1)) != dart:
            face.append(following)
        ends = [(one, self.across[one]) for one in face]
        moved = {_turned(one, 2): two for one, two in ends} | {_turned(two, 2): one for one, two in ends}
        outside = [(new, self.across[old]) for old, new in moved.items()]
        for new, far in outside:
            self._join(new, moved.get(far, far))
        for one, two in ends:
            self._join(_turned(one, 2), _turned(two, 2))

    def band(self, darts: Sequence[int], over: Sequence[int], half_twists: int) -> None:
        """The surgery; the component that is cut off gets a colour of its own."""
        tip = self.finger(darts, over)
        for _ in range(abs(half_twists)):
            tip = self.add_kink(tip, 1 if half_twists > 0 else 0)
        other = darts[-1]
        head, far = self.across[tip], self.across[other]
        self._join(tip, far)
        self._join(other, head)
        walks = PlanarState(dict(self.across), 0, dict(self.forward)).walks()
        two = [walk for _, walk in walks if {tip, head, other, far} & set(walk)]
        fresh = max([*self.forward.values(), *self.circles]) + 1
        self.forward |= dict.fromkeys(max(two, key=min), fresh)

    def finger(self, darts: Sequence[int], over: Sequence[int]) -> int:
        """The pushes of a band without its twists; the dart at the tip."""
        tip = darts[0]
        for dart, bit in zip(darts[1:-1], over, strict=True):
            tip = self.push(tip, dart, bit)
        return tip

    def _crossing(self, turn: int) -> list[int]:
        self.unused += 4
        return [_turned(self.unused - 4, turn + place) for place in range(4)]

    def _join(self, dart: int, other: int) -> None:
        self.across[dart], self.across[other] = other, dart

    def _colour(self, dart: int) -> int:
        return self.forward[dart if dart in self.forward else self.across[dart]]

    def _paint(self, along: bool, colour: int, darts: tuple[int, ...]) -> None:
        """The edges of these darts, which lead the same way, get an orientation and a colour."""
        for dart in darts:
            one, two = (dart, self.across[dart]) if along else (self.across[dart], dart)
            self.forward[one] = colour
            self.forward.pop(two, None)

    def _pass(self, dart: int, other: int) -> None:
        colour = self._colour(dart)
        first, second = self.across.pop(dart), self.across.pop(other)
        if first == other:
            self.circles.append(colour)
        else:
            self._join(first, second)

    def _discard(self, dart: int) -> None:
        for place in range(4):
            self.across.pop(_turned(dart, place), None)
            self.forward.pop(_turned(dart, place), None)


def _turned(dart: int, quarters: int) -> int:
    return (dart & ~3) | ((dart + quarters) & 3)
