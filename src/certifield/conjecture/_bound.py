"""Linear bounds on a column of a table, decided row by row in fractions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

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

    def check(self, table: Table) -> "Check":
        """Every row decided."""
        names = [self.target, *(name for name, _ in self.terms)]
        columns = {name: table.column(name) for name in names}
        touched, violated, undecided = [], [], []
        rows = table.rows_where(self.hypothesis)
        for row in rows:
            low, high = self.slack({name: column[row] for name, column in columns.items()})
            if high < 0:
                violated.append(row)
            elif low < 0:
                undecided.append(row)
            elif low == high == 0:
                touched.append(row)
        return Check(len(rows), tuple(touched), tuple(violated), tuple(undecided))

    def __str__(self) -> str:
        parts = [f"{'' if factor == 1 else '-' if factor == -1 else f'{factor} '}{name}" for name, factor in self.terms if factor]
        if self.constant or not parts:
            parts.append(str(self.constant))
        text = f"{self.target} {self.relation} {' + '.join(parts)}".replace("+ -", "- ")
        return f"if {self.hypothesis}: {text}" if self.hypothesis else text


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
    for row in table.rows_where(one.hypothesis):
        numbers = {name: column[row] for name, column in table.columns.items()}
        here = one.right(numbers)
        sharper = False
        for other in others:
            if other.hypothesis is None or table.hypotheses[other.hypothesis][row]:
                there = other.right(numbers)
                sharper |= there[0] >= here[1] if one.relation == ">=" else there[1] <= here[0]
        if not sharper:
            return False
    return True
