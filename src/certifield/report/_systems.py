"""A section per system: its definition, its summary, and its entries with their signal and noise."""

import html
from collections.abc import Sequence

import numpy as np

from ._caption import parameters
from ._html import details, table
from ._measured import SIGNAL, Measured, by, entry_name
from ._notation import correlator, count, formula, minus
from ._source import definition
from ._summary import SummaryRow, shown_value

_CELLS = 3600  # entry cells a report holds about at most; the rest is in the CSV file
_OPEN_ROWS = 24  # a summary table longer than this starts folded


def systems(rows: Sequence[Measured], summary: Sequence[SummaryRow]) -> str:
    """All systems, in the order of the question."""
    shown = max(4, min(24, _CELLS // max(len(rows), 1)))
    gathered = by(rows, "system")
    return "".join(_system(group, [line for line in summary if line.system == system], shown) for (system,), group in gathered.items())


def _system(rows: Sequence[Measured], summary: Sequence[SummaryRow], shown: int) -> str:
    place = rows[0].row
    words, conventions = definition(place.ensemble)
    lines = [
        f"<b>{html.escape(place.ensemble)}</b>{': ' + formula(words) if words else ''}.",
        *(formula(line) + "." for line in conventions),
    ]
    if place.parameters:
        lines.append(f"Parameters: {parameters(dict(place.parameters))}.")
    points = ", ".join(f"x<sub>{position}</sub> = {_point(point)}" for position, point in enumerate(place.points))
    tables = "".join(_entry_tables(order, group, shown) for (order,), group in sorted(by(rows, "order").items()))
    headline = details(f"Summary: {len(summary)} measurements", _summary_table(summary), opened=len(summary) <= _OPEN_ROWS)
    return (
        f'<section class="system" id="system-{html.escape(place.system)}"><h3>{html.escape(place.system)}</h3>'
        f"<p>{' '.join(lines)}</p><p>Points in d = {place.dim}: {points}.</p>{headline}{tables}</section>"
    )


def _summary_table(summary: Sequence[SummaryRow]) -> str:
    lines = [_summary_line(line) for line in sorted(summary, key=lambda line: line.order)]
    head = ("correlator", "entry", "N", "method", "estimate", "exact", "pull", "evidence", "draws", "refused")
    return table(head, lines, "The entry that stands for each order: the largest one, at every width", "numbers")


def _summary_line(line: SummaryRow) -> tuple[str, ...]:
    value = minus(line.value)
    if line.evidence == "refused":
        value = f'<td class="alarm" title="{html.escape(line.note)}">{line.value}</td>'
    elif line.value == "withheld":
        value = f"{line.value}<small>{html.escape(line.note)}</small>"
    return (
        correlator(line.order, line.connected),
        line.entry,
        str(line.width),
        line.method,
        value,
        "–" if line.exact is None else minus(f"{line.exact:.6g}"),
        "–" if line.pull is None else minus(f"{line.pull:+.2f}"),
        line.evidence,
        count(line.draws),
        f'<td class="alarm">{line.refused} of {line.entries}</td>'
        if line.refused
        else "–"
        if line.value == "withheld"
        else f"0 of {line.entries}",
    )


def _entry_tables(order: int, rows: Sequence[Measured], shown: int) -> str:
    return "".join(
        _entry_table(order, method, group, shown) for (method,), group in by(rows, "method").items() if any(row.sampled for row in group)
    )


def _entry_table(order: int, method: str, rows: Sequence[Measured], shown: int) -> str:
    ordered = sorted((row for row in rows if row.sampled), key=lambda row: row.row.width)
    chosen = _largest(ordered, shown)
    lines = [(f'<th scope="row">{ordered[0].name(entry)}</th>', *(_cell(row, entry) for row in ordered)) for entry in chosen]
    left = ordered[0].entries - len(chosen)
    which = f"The {len(chosen)} largest of {ordered[0].entries} entries; all are in data/entries.csv" if left else "All entries"
    caption = f"{which}. Under each value: S/N = |estimate|/error; below {SIGNAL:.0f}, the draws that would reach {SIGNAL:.0f}."
    head = ("entry", *(f"N = {row.row.width}" for row in ordered))
    weak = sum(int((row.signal < SIGNAL).sum()) for row in ordered)
    refused = sum(int(row.refused.sum()) for row in ordered)
    remarks = [f"{weak} of {sum(row.entries for row in ordered)} below {SIGNAL:.0f} σ"] * bool(weak) + [f"{refused} refused"] * bool(
        refused
    )
    note = f' <span class="remark">{", ".join(remarks)}</span>' if remarks else ""
    return details(
        f"{correlator(order, ordered[0].row.connected)} by {html.escape(method)}: signal and noise per entry{note}",
        table(head, lines, caption, "entries"),
    )


def _largest(rows: Sequence[Measured], shown: int) -> list[int]:
    first = rows[0]
    size = np.abs(first.mean if first.exact is None else first.exact)
    return [int(entry) for entry in np.argsort(-np.nan_to_num(size), kind="stable")[:shown]]


def _cell(row: Measured, entry: int) -> str:
    value = minus(shown_value(row, entry))
    if row.refused[entry]:
        return '<td class="alarm">refused</td>'
    strength = row.signal[entry]
    if not strength >= SIGNAL:
        need = row.draws_needed(entry)
        return f'<td class="weak">{value}<small>S/N {strength:.1f}, needs {count(need) if np.isfinite(need) else "∞"}</small></td>'
    return f"{value}<small>S/N {count(strength) if np.isfinite(strength) else '∞'}</small>"


def _point(point: Sequence[float]) -> str:
    inside = ", ".join(minus(f"{coordinate:g}") for coordinate in point)
    return inside if len(point) == 1 else f"({inside})"


def without_closed_form(rows: Sequence[Measured]) -> str:
    """The questions that have no exact answer here, with the route that exists."""
    reasons: dict[tuple[str, int, str], list[int]] = {}
    for row in rows:
        if row.row.no_closed_form:
            reasons.setdefault((row.row.system, row.row.order, row.row.no_closed_form), []).append(row.row.width)
    if not reasons:
        return "<p>Every correlator of this study has a closed form to be compared with.</p>"
    lines = [
        (
            f'<th scope="row">{html.escape(system)}</th>',
            correlator(order),
            ", ".join(map(str, sorted(set(widths)))),
            f'<td class="why">{html.escape(reason)}</td>',
        )
        for (system, order, reason), widths in reasons.items()
    ]
    return table(
        ("system", "correlator", "widths", "why, and what to ask instead"),
        lines,
        "Questions without closed form: these rows rest on estimates alone",
        "reasons",
    )


def entry_records(rows: Sequence[Measured]) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
    """Every entry of every row, for data/entries.csv."""
    columns = ("system", "order", "method", "width", "entry", "estimate", "stderr", "exact", "pull", "draws", "refused")
    records = []
    for row in (row for row in rows if row.sampled):
        place, exact = row.row, [None] * row.entries if row.exact is None else row.exact.tolist()
        names = (entry_name(index) for index in place.indices)
        numbers = zip(names, row.mean.tolist(), row.stderr.tolist(), exact, row.pulls.tolist(), row.refused.tolist(), strict=True)
        records += [(place.system, place.order, place.method, place.width, *entry, row.draws, int(flag)) for *entry, flag in numbers]
    return columns, records
