"""The first screen of a report: what was asked, whether it holds, and what to distrust."""

import html
from collections.abc import Sequence

import numpy as np

from ._fit import WidthFit, width_fits
from ._html import table
from ._measured import ALARM, Measured, by
from ._notation import correlator, count, minus
from ._source import Source


def facts(source: Source, rows: Sequence[Measured]) -> str:
    """The identity and the size of the study, as a list of definitions."""
    drawn = sum({row.row.quantity: row.draws for row in rows}.values())
    widths = sorted({row.row.width for row in rows})
    items = {
        "systems": str(len(by(rows, "system"))),
        "widths": f"{widths[0]} to {widths[-1]}" if len(widths) > 1 else str(widths[0]),
        "orders": ", ".join(str(order) for (order,) in sorted(by(rows, "order"))),
        "entries": f"{sum(row.entries for row in rows):,}".replace(",", " "),
        "draws": count(drawn),
        "seed": str(source.seed),
        "precision": html.escape(source.precision),
        "study": f'<code title="{source.digest}">{source.digest[:12]}</code>',
    }
    return '<dl class="facts">' + "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in items.items()) + "</dl>"


def laws(rows: Sequence[Measured]) -> str:
    """One line per system and order: the slope against its law, the largest pull, and what was refused."""
    groups = by(rows, "system", "order")
    lines = [_law(fit, groups[place]) for place, fit in width_fits(rows).items()]
    head = ("system", "correlator", "slope in log N", "law", "distance", "χ²/dof", "widths in fit", "largest pull", "refused entries")
    caption = "Slopes of log|G| against log N from whole networks, against the law −(k−1); pulls are over all entries, widths and methods."
    return table(head, lines, caption, "numbers")


def _law(fit: WidthFit, rows: Sequence[Measured]) -> tuple[str, ...]:
    refused, entries = sum(int(row.refused.sum()) for row in rows), sum(row.entries for row in rows)
    return (
        f'<th scope="row"><a href="#system-{html.escape(fit.system)}">{html.escape(fit.system)}</a></th>',
        correlator(fit.order, fit.connected),
        minus(fit.text),
        "–" if fit.law is None else minus(fit.law),
        "–" if fit.pull is None else f"{minus(f'{fit.pull:+.1f}')} σ",
        f"{fit.chi2:.1f}/{fit.freedom}" if fit.freedom and fit.slope is not None else "–",
        f"{len(fit.used)} of {len(fit.used) + len(fit.excluded)}",
        _largest_pull(rows),
        f'<td class="alarm">{refused} of {entries}</td>' if refused else f"0 of {entries}",
    )


def _largest_pull(rows: Sequence[Measured]) -> str:
    pulls = np.abs(np.concatenate([row.pulls for row in rows]))
    if not np.isfinite(pulls).any():
        return "no closed form" if all(row.exact is None for row in rows) else "–"
    largest = float(np.nanmax(pulls))
    return f'<td class="alarm">{largest:.1f} σ</td>' if largest > ALARM else f"{largest:.1f} σ"


def warnings(rows: Sequence[Measured]) -> str:
    """What has no error bar and why, most visible where there is something; otherwise a line that says so."""
    groups = by((row for row in rows if row.row.withheld or row.refused.any()), "system", "order", "method")
    if not groups:
        return '<p class="calm">No error bar was refused, and none was withheld.</p>'
    lines = [_warning(group) for group in groups.values()]
    head = ("system", "correlator", "method", "widths", "entries without error bar", "why")
    return (
        '<div class="warning" role="note"><p><b>Some numbers carry no error bar.</b> A refused estimate is not a number with a large '
        "error: its sum hangs on a few draws, and its error cannot be known from the draws that were made. Do not quote it.</p>"
        + table(head, lines, "Refused and withheld error bars", "reasons")
        + "</div>"
    )


def _warning(rows: Sequence[Measured]) -> tuple[str, ...]:
    """One system, order and method; the reasons are those of the width with most entries lost, the others being alike."""
    place, missing = rows[0].row, [int((~row.barred).sum()) for row in rows]
    worst = rows[int(np.argmax(missing))]
    reasons = [worst.row.withheld] if worst.row.withheld else worst.warnings or ["error bar withheld"]
    example = "" if len(rows) == 1 else f"<b>N = {worst.row.width}:</b> "
    return (
        f'<th scope="row">{html.escape(place.system)}</th>',
        correlator(place.order, place.connected),
        html.escape(place.method),
        f'<td class="list">{", ".join(str(row.row.width) for row in rows)}</td>',
        f"{sum(missing)} of {sum(row.entries for row in rows)}",
        f'<td class="why">{example}{html.escape("; ".join(reasons))}</td>',
    )
