"""Invariants that the literature knows exactly or between two bounds."""

import ast
from dataclasses import dataclass

from ..diagrams._reading import refuse


@dataclass(frozen=True, order=True)
class Interval:
    """The whole numbers from ``low`` to ``high``, one of which is the value.

    Raises `InputError` for bounds that are no whole numbers in increasing order.

    >>> print(Interval(0, 1), Interval(2, 2), Interval(0, 1).known)
    [0, 1] 2 False
    """

    low: int
    high: int

    def __post_init__(self) -> None:
        if type(self.low) is not int or type(self.high) is not int or self.low > self.high:
            raise refuse("bounds", (self.low, self.high), "two whole numbers in increasing order", "pass the lower bound first")

    @property
    def known(self) -> bool:
        """Whether the two bounds agree."""
        return self.low == self.high

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int) and self.low <= value <= self.high

    def __str__(self) -> str:
        return str(self.low) if self.known else f"[{self.low}, {self.high}]"


def interval_of_text(text: str) -> Interval | None:
    """The interval that a cell such as ``2`` or ``[0,1]`` of KnotInfo holds; None for an empty cell.

    >>> interval_of_text("[0,1]"), interval_of_text("2"), interval_of_text("")
    (Interval(low=0, high=1), Interval(low=2, high=2), None)
    """
    bounds = ast.literal_eval(text) if text else None
    if bounds is None:
        return None
    return Interval(bounds, bounds) if isinstance(bounds, int) else Interval(*bounds)
