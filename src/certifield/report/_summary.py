"""The summary that the report and the terminal both show, as data."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from certifield.evidence import format_with_error

from ._measured import Measured, by, representative

if TYPE_CHECKING:
    from certifield.studies import StudyResults


@dataclass(frozen=True)
class SummaryRow:
    """One measurement, shown by the entry that stands for it.

    ``value``: the estimate as ``1.2345(67)``, as ``1.06(?)`` without error bar, or a word: ``refused`` (heavy tails),
    ``withheld`` (too few blocks, or draws that are not finite), ``none`` (nothing was sampled);
    ``evidence``: ``±``, ``± exact`` (an estimate that a closed form can be compared with), ``exact``, ``refused`` or ``none``;
    ``entry``: the index tuple shown, one of ``entries``; ``refused``: how many of them have their error bar withheld;
    ``note``: why, or which closed form is missing.
    """

    system: str
    ensemble: str
    dim: int
    width: int
    order: int
    connected: bool
    method: str
    entry: str
    value: str
    mean: float | None
    stderr: float | None
    exact: float | None
    pull: float | None
    evidence: str
    draws: int
    entries: int
    refused: int
    note: str


def summary(results: "StudyResults") -> list[SummaryRow]:
    """One `SummaryRow` per (system, width, order, method), in the order of the results."""
    return summary_of([Measured(row) for row in results.rows])


def summary_of(rows: list[Measured]) -> list[SummaryRow]:
    """The summary of rows that are already made ready."""
    shown = {key: representative(group) for key, group in by(rows, "system", "order").items()}
    return [_summary_row(row, shown[row.row.system, row.row.order]) for row in rows]


def _summary_row(row: Measured, entry: int) -> SummaryRow:
    place = row.row
    return SummaryRow(
        system=place.system,
        ensemble=place.ensemble,
        dim=place.dim,
        width=place.width,
        order=place.order,
        connected=place.connected,
        method=place.method,
        entry=row.name(entry),
        value=shown_value(row, entry),
        mean=_finite(row.mean[entry]) if row.sampled else None,
        stderr=_finite(row.stderr[entry]) if row.sampled else None,
        exact=None if row.exact is None else float(row.exact[entry]),
        pull=_finite(row.pulls[entry]),
        evidence=_evidence(row, entry),
        draws=row.draws,
        entries=row.entries,
        refused=int(row.refused.sum()),
        note="; ".join([*row.warnings, *filter(None, (row.withheld, place.no_closed_form))]),
    )


def shown_value(row: Measured, entry: int) -> str:
    """An entry as text: ``1.2345(67)``, or the word for why there is no such number."""
    if not row.sampled:
        return "withheld" if row.row.withheld else "none"
    if row.refused[entry]:
        return "refused"
    return format_with_error(float(row.mean[entry]), float(row.stderr[entry]))


def _evidence(row: Measured, entry: int) -> str:
    if not row.sampled:
        return "none" if row.exact is None else "exact"
    if row.refused[entry]:
        return "refused"
    return "±" if row.exact is None else "± exact"


def _finite(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None
