"""The rows of a study, made ready to be shown: arrays over entries, computed once.

Entry t of a row is the correlator at the points ``row.points[row.indices[t]]``; one row holds one estimate of all its entries.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from certifield.studies import Row

SIGNAL = 5.0  # standard errors from zero at which an estimate counts as a signal (and enters a fit)
ENOUGH = 16  # blocks of draws that an error bar needs
_WAITING = "so far: an error bar needs"  # how a study says that it withholds a row for no other reason than too few blocks


@dataclass(frozen=True, eq=False)
class Measured:
    """A row of results with what follows from it entry by entry."""

    row: "Row"

    @cached_property
    def mean(self) -> np.ndarray:
        """The estimates; the exact values where nothing was sampled."""
        source = self.exact if self.row.estimate is None else self.row.estimate.mean
        return np.full(self.entries, np.nan) if source is None else np.asarray(source, dtype=float)

    @cached_property
    def stderr(self) -> np.ndarray:
        """Standard errors; infinite where they are withheld, zero where nothing was sampled."""
        if self.row.estimate is None:
            return np.zeros(self.entries)
        return np.where(self.refused, np.inf, np.asarray(self.row.estimate.stderr, dtype=float))

    @cached_property
    def refused(self) -> np.ndarray:
        """Entries whose error bar is withheld because of heavy tails."""
        return np.zeros(self.entries, dtype=bool) if self.row.estimate is None else np.asarray(self.row.estimate.refused, dtype=bool)

    @property
    def waiting(self) -> bool:
        """Whether the row has too few blocks of draws for an error bar, and nothing else is known to be wrong with it."""
        return _WAITING in (self.row.withheld or "")

    @property
    def lost(self) -> int:
        """Entries whose error bar more blocks need not bring: heavy tails, or draws that are not finite."""
        return self.entries if self.row.withheld and not self.waiting else int(self.refused.sum())

    @property
    def withheld(self) -> str | None:
        """Why there is no estimate."""
        return f"{blocks(self.row.blocks)} of draws so far: an error bar needs {ENOUGH}" if self.waiting else self.row.withheld

    @cached_property
    def exact(self) -> np.ndarray | None:
        """The exact values, or None where there is no closed form."""
        return None if self.row.exact is None else np.asarray(self.row.exact.value, dtype=float).reshape(self.entries)

    @cached_property
    def barred(self) -> np.ndarray:
        """Entries with an error bar."""
        return np.isfinite(self.stderr) & np.isfinite(self.mean) & (self.row.estimate is not None)

    @cached_property
    def pulls(self) -> np.ndarray:
        """(estimate - exact) / standard error; NaN where there is no exact value or no error bar."""
        if self.exact is None:
            return np.full(self.entries, np.nan)
        usable = self.barred & (self.stderr > 0)
        return np.where(usable, (self.mean - self.exact) / np.where(usable, self.stderr, 1), np.nan)

    @cached_property
    def signal(self) -> np.ndarray:
        """|estimate| / standard error; NaN where the error bar is withheld."""
        error = np.where(self.stderr > 0, self.stderr, np.finfo(float).tiny)
        return np.where(self.barred, np.abs(self.mean) / error, np.nan)

    @property
    def entries(self) -> int:
        """How many entries the row has."""
        return len(self.row.indices)

    @property
    def draws(self) -> int:
        """Draws that were made."""
        return int(self.row.draws)

    @property
    def sampled(self) -> bool:
        """Whether there is an estimate."""
        return self.row.estimate is not None

    @property
    def network(self) -> bool:
        """Whether whole networks were drawn, as against single neurons scaled to the width."""
        return self.row.method.startswith("network")

    @property
    def warnings(self) -> list[str]:
        """What the estimate warns of."""
        given = None if self.row.estimate is None else self.row.estimate.diagnostics.get("warnings")
        return [given] if isinstance(given, str) else [str(warning) for warning in given] if isinstance(given, list | tuple) else []

    def name(self, entry: int) -> str:
        """The index tuple of one entry: x0 x0 x1 x3 is 0013, or 0,0,1,13 where a number has two digits."""
        return entry_name(self.row.indices[entry])

    def draws_needed(self, entry: int) -> float:
        """Draws at which the entry, as it stands, would be `SIGNAL` standard errors from zero: errors fall as 1/sqrt(draws)."""
        strength = float(self.signal[entry])
        return self.draws * (SIGNAL / strength) ** 2 if strength > 0 else np.inf


def blocks(number: int) -> str:
    """A number of blocks in words."""
    return f"{number} block" if number == 1 else f"{number} blocks"


def entry_name(index: Iterable[int]) -> str:
    """An index tuple in few characters."""
    numbers = [int(position) for position in index]
    return ("" if max(numbers, default=0) < 10 else ",").join(map(str, numbers))


def representative(rows: Sequence[Measured]) -> int:
    """The entry that stands for the others: the largest of those that at most half of ``rows`` refuse, or else of the least refused.

    Size is that of the exact value where there is one, so that the choice does not depend on the noise; else that of the
    first estimate.  ``rows`` share their index tuples: one system and one order, all widths and methods.
    """
    refusals = np.sum([row.refused for row in rows], axis=0)
    usable = refusals <= max(len(rows) / 2, refusals.min())
    first = next((row for row in rows if row.exact is not None), rows[0])
    size = np.abs(first.mean if first.exact is None else first.exact)
    # Rounded, because entries equal by symmetry differ in the last bit, which must not decide.
    rounded = np.array([float(f"{value:.9e}") for value in size])
    return int(np.argmax(np.where(usable, rounded, -1.0)))


def by(rows: Iterable[Measured], *names: str) -> dict[tuple, list[Measured]]:
    """Rows gathered by attributes of the study's rows, in the order of first appearance."""
    gathered: dict[tuple, list[Measured]] = {}
    for row in rows:
        gathered.setdefault(tuple(getattr(row.row, name) for name in names), []).append(row)
    return gathered
