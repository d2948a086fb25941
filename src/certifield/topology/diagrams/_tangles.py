"""Pretzel, Montesinos and two-bridge links, out of rational tangles.

A tangle has ends at north-west, north-east, south-west and south-east.  The tangle 1 is a crossing whose upper strand goes from south-west
to north-east, -1 the other one.  The sum puts tangles side by side, 1/T is the reflection of T in the diagonal from north-west to
south-east, and a rational number stands for the tangle that its continued fraction builds: 1/n is a column of n right-handed half twists.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from ._orient import walks_of_unoriented
from ._reading import MOST_CROSSINGS, refuse
from ._walks import Crossing, Walks

MOST_TANGLES = 100


class Tangle(NamedTuple):
    """Crossings, counter-clockwise from an end of the lower strand; labels of the edges at the four ends; circles."""

    crossings: tuple[Crossing, ...]
    nw: int
    ne: int
    sw: int
    se: int
    circles: int = 0

    def joined(self, one: int, two: int) -> "Tangle":
        """The edges ``one`` and ``two``, which come to two of the ends, become one edge; those ends are then of no use."""
        if one == two:
            return self._replace(circles=self.circles + 1)
        crossings = tuple(tuple(two if label == one else label for label in row) for row in self.crossings)
        ends = {name: two if getattr(self, name) == one else getattr(self, name) for name in ("nw", "ne", "sw", "se")}
        return self._replace(crossings=crossings, **ends)

    def shifted(self, by: int) -> "Tangle":
        """The same with larger labels."""
        crossings = tuple(tuple(label + by for label in row) for row in self.crossings)
        return Tangle(crossings, self.nw + by, self.ne + by, self.sw + by, self.se + by, self.circles)  # type: ignore[arg-type]

    @property
    def labels(self) -> int:
        """A number beyond all labels."""
        return 1 + max([self.nw, self.ne, self.sw, self.se, *(label for row in self.crossings for label in row)])

    def __add__(self, other: "Tangle") -> "Tangle":  # type: ignore[override]
        right = other.shifted(self.labels)
        both = Tangle(self.crossings + right.crossings, self.nw, right.ne, self.sw, right.se, self.circles + right.circles)
        north, south = (self.ne, right.nw), (self.se, right.sw)
        both = both.joined(*north)
        south = tuple(north[1] if label == north[0] else label for label in south)  # type: ignore[assignment]
        return both.joined(*south)

    def inverted(self) -> "Tangle":
        """1/T: the reflection in the diagonal, which leaves what is above above."""
        crossings = tuple((a, d, c, b) for a, b, c, d in self.crossings)
        return Tangle(crossings, self.nw, self.sw, self.ne, self.se, self.circles)


ZERO = Tangle((), 0, 0, 1, 1)
ONE = Tangle(((3, 1, 0, 2),), 0, 1, 2, 3)
MINUS_ONE = Tangle(((2, 3, 1, 0),), 0, 1, 2, 3)


def rational(value: Fraction | None) -> Tangle:
    """The tangle of a rational number; None is infinity, two vertical strands."""
    if value is None:
        return ZERO.inverted()
    whole = abs(value.numerator) // value.denominator * (1 if value > 0 else -1)  # towards 0, so that the tangle alternates
    tangle, unit = ZERO, ONE if whole > 0 else MINUS_ONE
    for _ in range(abs(whole)):
        tangle = tangle + unit
    rest = value - whole
    return tangle + rational(1 / rest).inverted() if rest else tangle


def walks_of_montesinos(values: Sequence[Fraction | None]) -> Walks:
    """The Montesinos link of rational tangles in a row, closed above and below; a single one is closed at its sides, as in KnotInfo.

    That is K(1/3), the right-handed trefoil, and K(1/2;-2/3;1/7), the pretzel knot P(-2,3,7); a single p/q is a two-bridge link.
    """
    _limit(values)
    tangle = rational(values[0])
    for value in values[1:]:
        tangle = tangle + rational(value)
    return _closed(tangle, sides=len(values) == 1)


def walks_of_pretzel(columns: Sequence[int]) -> Walks:
    """The pretzel link of columns of right-handed half twists, left-handed where negative.

    As in KnotInfo P(-2,3,7) is a positive knot, and P(1,1,1) is the left-handed trefoil, its strands running against each other.
    """
    values = [Fraction(1, column) if column else None for column in columns]
    _limit(values)
    tangle = rational(values[0])
    for value in values[1:]:
        tangle = tangle + rational(value)
    return _closed(tangle, sides=False)


def _limit(values: Sequence[Fraction | None]) -> None:
    crossings = sum(sum(_terms(value)) for value in values if value is not None)
    if not 1 <= len(values) <= MOST_TANGLES or crossings > MOST_CROSSINGS // 10:
        allowed = f"1 to {MOST_TANGLES} tangles with at most {MOST_CROSSINGS // 10} crossings in all"
        raise refuse("name", f"{len(values)} tangles with {crossings} crossings", allowed, "twist less")


def _terms(value: Fraction) -> list[int]:
    """The continued fraction, whose terms add up to the number of crossings."""
    terms, top, bottom = [], abs(value.numerator), value.denominator
    while bottom:
        terms.append(top // bottom)
        top, bottom = bottom, top % bottom
    return terms


def _closed(tangle: Tangle, *, sides: bool) -> Walks:
    first, second = ("nw", "sw"), ("ne", "se")
    if not sides:
        first, second = ("nw", "ne"), ("sw", "se")
    tangle = tangle.joined(getattr(tangle, first[0]), getattr(tangle, first[1]))
    tangle = tangle.joined(getattr(tangle, second[0]), getattr(tangle, second[1]))
    return walks_of_unoriented(tangle.crossings)._replace(circles=tangle.circles)
