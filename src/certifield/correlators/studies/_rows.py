"""What a study found, row by row: all correlators of one order, of one system at one width, by one method.

Entry t of a row is the correlator at the points ``system.points[entries[t]]``; one row holds one estimate of all its entries.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from certifield.evidence import Estimate, Exact
from certifield.study import Case, Found, Missing, Pieces, Reading

from ._system import System, Systems

SIGNAL = 5.0  # standard errors from zero at which an estimate counts as a signal (and enters a fit)


def place(system: System, width: int | None, order: int, *, shared: bool) -> str:
    """The name of a finding: "G_c4", or "N=20/G_c4" where all widths are read from the same draws."""
    return system.symbol(order) if width is None or not shared else f"N={width}/{system.symbol(order)}"


def names_of(system: System, order: int) -> tuple[str, ...]:
    """The index tuples of an order, as they are written: "0013" for the points x0, x0, x1, x3."""
    return tuple(map(entry_name, system.entries(order)))


def distinct(system: System, order: int) -> int:
    """The first entry at points that all differ, which is what n points at order n ask for; the first of all where there is none."""
    return next((place for place, entry in enumerate(system.entries(order)) if len(set(entry.tolist())) == order), 0)


@dataclass(frozen=True, eq=False)
class Row:
    """A finding with what follows from it entry by entry."""

    system: System
    case: Case
    width: int | None
    order: int
    found: Found

    @cached_property
    def estimate(self) -> Estimate | None:
        """What was sampled; None where nothing was, or it is withheld."""
        return self.found.value if isinstance(self.found.value, Estimate) else None

    @cached_property
    def exact(self) -> np.ndarray | None:
        """The exact values, or None where there is no closed form."""
        expected = self.found.expected
        return np.asarray(expected.value, dtype=float).reshape(len(self.entries)) if isinstance(expected, Exact) else None

    @cached_property
    def entries(self) -> np.ndarray:
        """Index tuples [entries, order]."""
        return self.system.entries(self.order)

    @cached_property
    def mean(self) -> np.ndarray:
        """The estimates, NaN where there are none."""
        return np.full(len(self.entries), np.nan) if self.estimate is None else np.asarray(self.estimate.mean, dtype=float)

    @cached_property
    def stderr(self) -> np.ndarray:
        """Standard errors; infinite where they are refused, or nothing was sampled."""
        return np.full(len(self.entries), np.inf) if self.estimate is None else np.asarray(self.estimate.stderr, dtype=float)

    @cached_property
    def refused(self) -> np.ndarray:
        """Entries whose error bar is withheld, because of heavy tails or of draws that are not finite."""
        if self.estimate is None:
            return np.full(len(self.entries), not self.waiting)
        return np.asarray(self.estimate.refused, dtype=bool)

    @property
    def waiting(self) -> bool:
        """Whether nothing was drawn so far."""
        return isinstance(self.found.value, Missing) and self.found.value.waiting

    @cached_property
    def barred(self) -> np.ndarray:
        """Entries with an error bar."""
        return np.isfinite(self.stderr) & np.isfinite(self.mean)

    @cached_property
    def pulls(self) -> np.ndarray:
        """(estimate - exact) / standard error; NaN where there is no exact value or no error bar."""
        if self.exact is None:
            return np.full(len(self.entries), np.nan)
        usable = self.barred & (self.stderr > 0)
        return np.where(usable, (self.mean - self.exact) / np.where(usable, self.stderr, 1), np.nan)

    @cached_property
    def signal(self) -> np.ndarray:
        """|estimate| / standard error; NaN where there is no error bar."""
        error = np.where(self.stderr > 0, self.stderr, np.finfo(float).tiny)
        return np.where(self.barred, np.abs(self.mean) / error, np.nan)

    @property
    def method(self) -> str:
        """How it was sampled."""
        return self.case.data["method"]

    @property
    def network(self) -> bool:
        """Whether whole networks were drawn, as against single neurons scaled to the width."""
        return self.method != "neuron"

    @property
    def across(self) -> int:
        """Where the row stands on an axis of widths."""
        return self.width or 1

    def name(self, entry: int) -> str:
        """The index tuple of one entry: x0 x0 x1 x3 is 0013, or 0,0,1,13 where a number has two digits."""
        return entry_name(self.entries[entry])


def entry_name(index: Iterable[int]) -> str:
    """An index tuple in few characters."""
    numbers = [int(position) for position in index]
    return ("" if max(numbers, default=0) < 10 else ",").join(map(str, numbers))


def rows_of(readings: Iterable[Reading], options: Systems) -> list[Row]:
    """All rows of a study, in the order of its cases."""
    rows = []
    for reading in readings:
        system = options.named(reading.case.data["system"])
        shared = reading.case.data["method"] == "neuron"
        for width in reading.case.data["widths"] or [None]:
            for order in system.orders:
                found = reading.found.get(place(system, width, order, shared=shared))
                if found is not None:
                    rows.append(Row(system, reading.case, width, order, found))
    return rows


def seed_of(pieces: Pieces) -> int:
    """The root seed, which every piece keeps; 0 where there is none."""
    return int(next(iter(pieces.values()))["seed"]) if pieces else 0


def representative(rows: Sequence[Row]) -> int:
    """The entry that stands for the others: the largest of those that at most half of ``rows`` refuse, or else of the least refused.

    Size is that of the exact value where there is one, so that the choice does not depend on the noise; else that of the
    first estimate.  ``rows`` share their index tuples: one system and one order, all widths and methods.
    """
    refusals = np.sum([row.refused for row in rows], axis=0)
    usable = refusals <= max(len(rows) / 2, refusals.min())
    first = next((row for row in rows if row.exact is not None), rows[0])
    size = np.abs(np.nan_to_num(first.mean) if first.exact is None else first.exact)
    # Rounded, because entries equal by symmetry differ in the last bit, which must not decide.
    rounded = np.array([float(f"{value:.9e}") for value in size])
    return int(np.argmax(np.where(usable, rounded, -1.0)))


def by_system(rows: Iterable[Row]) -> dict[str, dict[int, list[Row]]]:
    """Rows gathered by system and order, orders ascending."""
    gathered: dict[str, dict[int, list[Row]]] = {}
    for row in rows:
        gathered.setdefault(row.system.name, {}).setdefault(row.order, []).append(row)
    return {name: dict(sorted(orders.items())) for name, orders in gathered.items()}
