"""Tables of exact data: every entry lies between two fractions, and most often these are one."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from math import lcm
from pathlib import Path
from typing import Any

import numpy as np

from certifield.evidence import Exact, InputError

from ._read import KEEP, read_fields

Interval = tuple[Fraction, Fraction]
SHORT = 512  # bits: an addition of such numbers costs little more than one of small ones


@dataclass(frozen=True, eq=False)
class Table:
    """Rows are objects, ``columns`` their numbers by name, ``hypotheses`` their truth values by name.

    Every number is an interval (low, high) of fractions.  ``objects``: what the rows are about, for witnesses; numbers from 0 by default.
    `Table.of` makes one from integers, fractions, `Exact` values with a radius, or pairs of fractions.
    ``left_out``: the reason for each column of a file that is not among them; ``notes``: what else is to be known of how it was read.
    """

    columns: Mapping[str, tuple[Interval, ...]]
    hypotheses: Mapping[str, tuple[bool, ...]] = field(default_factory=dict)
    objects: Sequence[Any] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

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
    def from_csv(cls, source: str | Path, *, rounded: bool = False, missing: str = KEEP, used: Sequence[str] | None = None) -> "Table":
        """The table of a CSV file, or of its text, with a line of names: integers, fractions 3/4, decimals, true and false.

        Fields are separated by commas, semicolons or tabs, whichever gives the line of names most fields.
        A first column called "name", or the first one of texts, names the objects; other such columns are left out.
        A decimal is exact as it stands, or, where the table is ``rounded``, within one unit of its last place.
        A column with a field that is empty, NA, nan, inf or no number is left out, and `remarks` says so; where ``missing`` is "skip-rows",
        it is the rows with such a field that are left out, among the columns ``used`` where these are given.
        Raises `InputError`, with the number of the line, for a text without rows, for a line with more or fewer fields than the first,
        and for two columns of one name.
        """
        found = read_fields(source, rounded=rounded, missing=missing, used=used)
        if not found.columns:
            told = "; ".join(f"{name}: {reason}" for name, reason in found.left_out.items()) or "there are texts only"
            raise InputError("table", f"no column of numbers ({told})", "such that a column is complete", "complete one, or leave out rows")
        return replace(cls.of(found.columns, found.objects), left_out=found.left_out, notes=tuple(found.notes))

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

    @cached_property
    def whole(self) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """The ends of the intervals as whole numbers of Python, and the denominators: one for all rows where it is short, else row by row.

        A common denominator of many volumes, say, has as many digits as all of them together.
        """
        found = {}
        for name, column in self.columns.items():
            units = _units(column)
            shared = units if len(units) > 1 else [units[0]] * len(column)
            low, high = (
                np.array([end.numerator * (unit // end.denominator) for end, unit in zip(ends, shared, strict=True)], object)
                for ends in zip(*column, strict=True)
            )
            found[name] = low, (low if self.exact(name) else high), np.array(units, object)
        return found

    def derived(self, name: str, function: Callable[..., Fraction], *names: str) -> "Table":
        """The table with one more column: ``function`` of exact columns.  Raises `InputError` for a column that is not exact."""
        for used in names:
            if any(low != high for low, high in self.column(used)):
                raise InputError("names", used, "an exact column", "compute the interval of the new column yourself")
        rows = zip(*(self.column(used) for used in names), strict=True)
        values = [Fraction(function(*(low for low, _ in row))) for row in rows]
        return replace(self, columns={**self.columns, name: tuple((value, value) for value in values)})

    def column(self, name: str) -> tuple[Interval, ...]:
        """A column.  Raises `InputError` for a name that there is not."""
        if name not in self.columns:
            reason = f"; {name} was left out: {self.left_out[name]}" if name in self.left_out else ""
            raise InputError("column", name, f"one of {', '.join(self.columns)}{reason}", "columns of truth values are hypotheses")
        return self.columns[name]

    def exact(self, name: str) -> bool:
        """Whether every number of a column is known exactly."""
        return all(low == high for low, high in self.column(name))

    def rows_where(self, hypothesis: str | None) -> list[int]:
        """The rows in which a hypothesis holds; all without one."""
        if hypothesis is None:
            return list(range(len(self)))
        if hypothesis not in self.hypotheses:
            raise InputError("hypothesis", hypothesis, f"one of {', '.join(self.hypotheses) or 'none'}", "leave it out for all rows")
        return [row for row, holds in enumerate(self.hypotheses[hypothesis]) if holds]

    def remarks(self) -> list[str]:
        """What to know before a search: columns left out, constant columns, columns that are equal, rows that are."""
        found = [f"column {name} left out: {reason}" for name, reason in self.left_out.items()] + list(self.notes)
        found += [f"{name} is constant" for name, column in self.columns.items() if len(set(column)) == 1]
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


def _units(column: Sequence[Interval]) -> list[int]:
    """The one denominator of all rows, where it is short; else one for every row."""
    unit = 1
    for low, high in column:
        unit = lcm(unit, low.denominator, high.denominator)
        if unit.bit_length() > SHORT:
            return [lcm(low.denominator, high.denominator) for low, high in column]
    return [unit]


def intervals(values: Iterable[Any]) -> tuple[Interval, ...]:
    """Numbers as intervals, as `Table.of` reads them."""
    return tuple(_interval(value, "value") for value in values)
