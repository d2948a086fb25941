"""The table at the end of a run: each measurement by the entry that stands for it, and by how all its entries agree."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from rich.table import Table

    from certifield.report import SummaryRow
    from certifield.studies import Row, StudyResults

MOST_ROWS = 60  # beyond, only the narrowest and the widest network of each system and order are printed


@dataclass(frozen=True)
class Line:
    """A row of the summary with the comparison of all entries: the largest |pull|, and the joint p-value of the whole vector."""

    shown: "SummaryRow"
    largest_pull: float | None
    joint_p: float | None

    def data(self) -> dict[str, Any]:
        """The line as JSON data."""
        return {**asdict(self.shown), "largest_pull": self.largest_pull, "joint_p": self.joint_p}


def lines_of(results: "StudyResults") -> list[Line]:
    """One `Line` per row of the results."""
    from certifield.report import summary

    return [Line(shown, *_agreement(row)) for shown, row in zip(summary(results), results.rows, strict=True)]


def _agreement(row: "Row") -> tuple[float | None, float | None]:
    if row.estimate is None or row.exact is None:
        return None, None
    agreement = row.estimate.agrees_with(row.exact)
    if not np.any(agreement.decisive):
        return None, None
    largest = float(np.max(np.abs(agreement.pull)))
    return (largest if np.isfinite(largest) else None), agreement.p_joint


def table_of(lines: list[Line]) -> "Table":
    """The lines as a table of at most 120 columns: a section for each correlator and method, widths downwards."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    for heading in ("system", "method", "what", "entry"):
        table.add_column(heading, no_wrap=True)
    for heading in ("N", "value", "exact", "pull", "max|pull|", "joint p", "draws"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("proof", no_wrap=True)
    for section in _sections(lines):
        for line in section if len(lines) <= MOST_ROWS else section[:: max(1, len(section) - 1)]:
            table.add_row(*_cells(line))
        table.add_section()
    return table


def _sections(lines: list[Line]) -> list[list[Line]]:
    sections: dict[tuple[str, int, str], list[Line]] = {}
    for line in lines:
        sections.setdefault((line.shown.system, line.shown.order, line.shown.method), []).append(line)
    systems = list(dict.fromkeys(line.shown.system for line in lines))
    return [
        sorted(sections[key], key=lambda line: line.shown.width)
        for key in sorted(sections, key=lambda key: (systems.index(key[0]), *key[1:]))
    ]


def _cells(line: Line) -> list[str]:
    shown = line.shown
    return [
        shown.system,
        shown.method,
        f"G_c{shown.order}" if shown.connected else f"G{shown.order}",
        shown.entry if shown.entries == 1 else f"{shown.entry} of {shown.entries}",
        str(shown.width),
        shown.value,
        _number(shown.exact, "{:.6g}"),
        _number(shown.pull, "{:+.1f}"),
        _number(line.largest_pull, "{:.1f}"),
        _number(line.joint_p, "{:.2g}"),
        f"{shown.draws:.1e}" if shown.draws >= 1e6 else str(shown.draws),
        shown.evidence,
    ]


def _number(value: float | None, form: str) -> str:
    return "" if value is None else form.format(value)
