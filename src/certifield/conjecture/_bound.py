"""Linear bounds on a column of a table, decided row by row in fractions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from certifield.evidence import InputError

from ._table import Interval, Table


@dataclass(frozen=True)
class Bound:
    r"""``target`` >= constant + sum of coefficient times feature, or <= of it, in rows where ``hypothesis`` holds."""

    target: str
    relation: str
    terms: tuple[tuple[str, Fraction], ...]
    constant: Fraction = Fraction(0)
    hypothesis: str | None = None

    def __post_init__(self) -> None:
        if self.relation not in (">=", "<="):
            raise InputError("relation", self.relation, '">=" or "<="', "an equality is two bounds")

    def right(self, row: Mapping[str, Interval]) -> Interval:
        """The right-hand side between two fractions."""
        low = high = self.constant
        for name, factor in self.terms:
            ends = sorted(factor * end for end in row[name])
            low, high = low + ends[0], high + ends[1]
        return low, high

    def slack(self, row: Mapping[str, Interval]) -> Interval:
        """How far an object is from violating the bound: negative where it does."""
        (low, high), (below, above) = row[self.target], self.right(row)
        return (low - above, high - below) if self.relation == ">=" else (below - high, above - low)

    def sides(self, table: Table, rows: Sequence[int]) -> "Sides":
        """The right-hand side in many rows at once, in whole numbers of units, which is the same arithmetic as that of `right`."""
        units = [_of(table.whole[name][2], rows) for name, _ in self.terms]
        unit = np.array([self.constant.denominator], object)
        for (_, factor), part in zip(self.terms, units, strict=True):
            unit = np.lcm(unit, part * factor.denominator)
        low = high = np.full(len(rows), self.constant.numerator, object) * (unit // self.constant.denominator)
        for (name, factor), part in zip(self.terms, units, strict=True):
            below, above, _ = table.whole[name]
            whole = factor.numerator * (unit // (part * factor.denominator))
            one = low + whole * below[rows]
            high = one if low is high and below is above else high + whole * (below if factor < 0 else above)[rows]
            low = one if factor >= 0 or below is above else low + whole * above[rows]
        return Sides(low, high, unit)

    def slacks(self, table: Table, rows: Sequence[int]) -> "Sides":
        """`slack` in many rows at once."""
        right, (below, above, unit) = self.sides(table, rows), table.whole[self.target]
        unit = _of(unit, rows)
        both = np.lcm(right.unit, unit)
        low, high = right.low * (both // right.unit), right.high * (both // right.unit)
        below, above = below[rows] * (both // unit), above[rows] * (both // unit)
        return Sides(below - high, above - low, both) if self.relation == ">=" else Sides(low - above, high - below, both)

    def check(self, table: Table) -> "Check":
        """Every row decided."""
        for name in (self.target, *(name for name, _ in self.terms)):
            table.column(name)
        rows = table.rows_where(self.hypothesis)
        slack = self.slacks(table, rows)
        violated, open_, touched = slack.high < 0, slack.low < 0, (slack.low == 0) & (slack.high == 0)
        found = (tuple(rows[place] for place in np.flatnonzero(chosen)) for chosen in (touched, violated, open_ & ~violated))
        return Check(len(rows), *found)

    def __str__(self) -> str:
        parts = [f"{'' if factor == 1 else '-' if factor == -1 else f'{factor} '}{name}" for name, factor in self.terms if factor]
        if self.constant or not parts:
            parts.append(str(self.constant))
        text = f"{self.target} {self.relation} {' + '.join(parts)}".replace("+ -", "- ")
        return f"if {self.hypothesis}: {text}" if self.hypothesis else text


@dataclass(frozen=True)
class Sides:
    """Between two whole numbers of one over ``unit``, row by row; one unit for all rows is an array of length one."""

    low: np.ndarray
    high: np.ndarray
    unit: np.ndarray

    @property
    def least(self) -> Fraction:
        """Below which none of the rows lies."""
        if len(self.unit) == 1:
            return Fraction(min(self.low), self.unit[0])
        return min(map(Fraction, self.low, self.unit))


def _of(units: np.ndarray, rows: Sequence[int]) -> np.ndarray:
    """The denominators of these rows, or the one of all rows."""
    return units if len(units) == 1 else units[rows]


@dataclass(frozen=True)
class Check:
    """What became of a bound in ``rows`` rows: those that touch it exactly, that violate it, and whose intervals do not decide."""

    rows: int
    touched: tuple[int, ...]
    violated: tuple[int, ...]
    undecided: tuple[int, ...]

    @property
    def holds(self) -> bool:
        """Whether it is proved in every row."""
        return not self.violated and not self.undecided


def dominated(one: Bound, others: Sequence[Bound], table: Table) -> bool:
    """Whether in every row some other bound is at least as sharp (the test of Fajtlowicz's Dalmatian heuristic)."""
    rows = table.rows_where(one.hypothesis)
    here, sharper = one.sides(table, rows), np.zeros(len(rows), bool)
    for other in others:
        there = other.sides(table, rows)
        if one.relation == ">=":
            as_sharp = there.low * here.unit >= here.high * there.unit
        else:
            as_sharp = there.high * here.unit <= here.low * there.unit
        holds = np.ones(len(rows), bool) if other.hypothesis is None else np.array(table.hypotheses[other.hypothesis])[rows]
        sharper |= as_sharp.astype(bool) & holds
    return bool(sharper.all())
