"""Tables of exact data: every entry lies between two fractions, and most often these are one."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from certifield.evidence import Exact, InputError

Interval = tuple[Fraction, Fraction]
_NUMBER = re.compile(r"[+-]?\d+(/\d+)?|[+-]?(\d+\.\d*|\.\d+|\d+)([eE][+-]?\d+)?")
TRUTH = {"true": True, "false": False, "yes": True, "no": False}


@dataclass(frozen=True, eq=False)
class Table:
    """Rows are objects, ``columns`` their numbers by name, ``hypotheses`` their truth values by name.

    Every number is an interval (low, high) of fractions.  ``objects``: what the rows are about, for witnesses; numbers from 0 by default.
    `Table.of` makes one from integers, fractions, `Exact` values with a radius, or pairs of fractions.
    """

    columns: Mapping[str, tuple[Interval, ...]]
    hypotheses: Mapping[str, tuple[bool, ...]] = field(default_factory=dict)
    objects: Sequence[Any] = ()

    @classmethod
    def of(cls, columns: Mapping[str, Sequence[Any]], objects: Sequence[Any] = ()) -> "Table":
        """The table of these columns; those of truth values become hypotheses.

        Raises `InputError` for a float, whose error nobody knows, for columns of different lengths, and for a table without rows.
        """
        sizes = {name: len(column) for name, column in columns.items()}
        if len(set(sizes.values())) != 1 or 0 in sizes.values():
            raise InputError("columns", sizes, "of one length, with a row at least", "leave out or complete the short ones")
        truths = {name: tuple(column) for name, column in columns.items() if all(isinstance(entry, bool | np.bool_) for entry in column)}
        numbers = {
            name: tuple(_interval(entry, f"column {name!r}, row {row}") for row, entry in enumerate(column))
            for name, column in columns.items()
            if name not in truths
        }
        count = next(iter(sizes.values()))
        if objects and len(objects) != count:
            raise InputError("objects", len(objects), f"one for each of the {count} rows", "name all of them or none")
        return cls(numbers, {name: tuple(map(bool, column)) for name, column in truths.items()}, objects or range(count))

    @classmethod
    def from_csv(cls, text: str, *, rounded: bool = False) -> "Table":
        """The table of a CSV text with a line of names: integers, fractions 3/4, decimals, true and false.

        A first column called "name", or one of other texts, names the objects; other such columns are left out.
        A decimal is exact as it stands, or, where the table is ``rounded``, within one unit of its last place.
        Raises `InputError` for a text without rows, and for empty fields.
        """
        rows = list(csv.reader(io.StringIO(text.strip("\n"))))
        if len(rows) < 2 or len({len(row) for row in rows}) != 1:
            raise InputError("text", text[:60], "a line of names and lines of as many fields", "complete the short lines")
        columns: dict[str, list[Any]] = {}
        objects: list[str] = []
        for place, name in enumerate(entry.strip() for entry in rows[0]):
            entries = [row[place].strip() for row in rows[1:]]
            if place == 0 and name == "name":
                objects = entries
            elif all(entry.lower() in TRUTH for entry in entries):
                columns[name] = [TRUTH[entry.lower()] for entry in entries]
            elif all(_NUMBER.fullmatch(entry) for entry in entries):
                columns[name] = [_from_text(entry, rounded) for entry in entries]
            elif not objects:
                objects = entries
        return cls.of(columns, objects)

    def to_csv(self) -> str:
        """The table as a CSV text that `from_csv` reads, objects first; other programs, such as TxGraffiti, read it too.

        Raises `InputError` for a column of intervals, which a field cannot hold.
        """
        for name, column in self.columns.items():
            if any(low != high for low, high in column):
                raise InputError("column", name, "an exact column", "leave it out, or round it yourself")
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["name", *self.columns, *self.hypotheses])
        for row, thing in enumerate(self.objects):
            numbers = [str(column[row][0]) for column in self.columns.values()]
            writer.writerow([f"{thing}", *numbers, *[column[row] for column in self.hypotheses.values()]])
        return out.getvalue()

    def __len__(self) -> int:
        return len(self.objects)

    @cached_property
    def floats(self) -> dict[str, np.ndarray]:
        """The middles of the intervals: what is searched in, never what decides."""
        return {name: np.array([float((low + high) / 2) for low, high in column]) for name, column in self.columns.items()}

    def derived(self, name: str, function: Callable[..., Fraction], *names: str) -> "Table":
        """The table with one more column: ``function`` of exact columns.  Raises `InputError` for a column that is not exact."""
        for used in names:
            if any(low != high for low, high in self.column(used)):
                raise InputError("names", used, "an exact column", "compute the interval of the new column yourself")
        rows = zip(*(self.column(used) for used in names), strict=True)
        values = [Fraction(function(*(low for low, _ in row))) for row in rows]
        return Table({**self.columns, name: tuple((value, value) for value in values)}, self.hypotheses, self.objects)

    def column(self, name: str) -> tuple[Interval, ...]:
        """A column.  Raises `InputError` for a name that there is not."""
        if name not in self.columns:
            raise InputError("column", name, f"one of {', '.join(self.columns)}", "columns of truth values are hypotheses")
        return self.columns[name]

    def rows_where(self, hypothesis: str | None) -> list[int]:
        """The rows in which a hypothesis holds; all without one."""
        if hypothesis is None:
            return list(range(len(self)))
        if hypothesis not in self.hypotheses:
            raise InputError("hypothesis", hypothesis, f"one of {', '.join(self.hypotheses) or 'none'}", "leave it out for all rows")
        return [row for row, holds in enumerate(self.hypotheses[hypothesis]) if holds]

    def remarks(self) -> list[str]:
        """What to know before a search: constant columns, columns that are equal, rows that are."""
        found = [f"{name} is constant" for name, column in self.columns.items() if len(set(column)) == 1]
        seen: dict[tuple, str] = {}
        for name, column in self.columns.items():
            if seen.setdefault(column, name) != name:
                found.append(f"{name} equals {seen[column]}")
        repeated = len(self) - len(set(zip(*self.columns.values(), strict=True)))
        return found + ([f"{repeated} rows repeat the numbers of others"] if repeated else [])


def _interval(entry: Any, argument: str) -> Interval:
    if isinstance(entry, Exact) and entry.value is not None and np.ndim(entry.value) == 0:  # type: ignore[arg-type]
        radius = Fraction(float(entry.radius))
        middle = Fraction(entry.value)  # type: ignore[arg-type]
        return middle - radius, middle + radius
    if isinstance(entry, tuple) and len(entry) == 2:
        low, high = (_fraction(end, argument) for end in entry)
        if low <= high:
            return low, high
    value = _fraction(entry, argument)
    return value, value


def _fraction(entry: Any, argument: str) -> Fraction:
    if isinstance(entry, Fraction) or (hasattr(entry, "__index__") and not isinstance(entry, bool | np.bool_)):
        return Fraction(entry if isinstance(entry, Fraction) else int(entry))
    raise InputError(argument, entry, "an integer, a fraction, an Exact or two fractions", "a float does not say how wrong it is")


def _from_text(entry: str, rounded: bool) -> Fraction | Interval:
    if "/" in entry or entry.lstrip("+-").isdigit():
        return Fraction(entry)
    value = Decimal(entry)
    unit = Fraction(10) ** int(value.as_tuple().exponent)
    return (Fraction(entry) - unit, Fraction(entry) + unit) if rounded else Fraction(entry)


def intervals(values: Iterable[Any]) -> tuple[Interval, ...]:
    """Numbers as intervals, as `Table.of` reads them."""
    return tuple(_interval(value, "value") for value in values)
