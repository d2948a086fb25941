"""The first screen of a report: what was asked, whether it holds, and what to distrust."""

import html
from collections.abc import Sequence

import numpy as np

from . import _document
from ._fit import WidthFit, width_fits
from ._html import fold, table
from ._measured import Measured, by
from ._notation import correlator, count, minus
from ._source import Source
from ._verdict import comparisons, verdict
from ._waiting import waiting_table


def facts(source: Source, rows: Sequence[Measured]) -> str:
    """The identity and the size of the study, as a list of definitions."""
    drawn = sum({row.row.quantity: row.draws for row in rows}.values())
    widths = sorted({row.row.width for row in rows})
    items = {
        "systems": str(len(by(rows, "system"))),
        "widths": f"{widths[0]} to {widths[-1]}" if len(widths) > 1 else str(widths[0]),
        "orders": ", ".join(str(order) for (order,) in sorted(by(rows, "order"))),
        "entries": _spaced(sum(row.entries for row in rows)),
        "draws": count(drawn),
        "seed": str(source.seed),
        "precision": html.escape(source.precision),
        "study": f'<code title="{source.digest}">{source.digest[:12]}</code>',
    }
    return _document.facts(items)


def laws(rows: Sequence[Measured]) -> str:
    """What carries an error bar, then one line per system and order: what is missing, the slope against its law, the largest pull."""
    groups, compared = by(rows, "system", "order"), comparisons(rows)
    lines = [_law(fit, groups[place], compared) for place, fit in width_fits(rows).items()]
    head = (
        "system",
        "correlator",
        "refused",
        "too few blocks",
        "slope in log N",
        "law",
        "distance",
        "χ²/dof",
        "widths in fit",
        "largest pull",
    )
    caption = "Slopes of log|G| against log N from whole networks, against the law −(k−1); pulls are over all entries, widths and methods."
    return f"<p>{_tally(rows)}</p>" + table(head, lines, caption, "numbers")


def _tally(rows: Sequence[Measured]) -> str:
    """All entries in one sentence, each in one of its parts."""
    total, lost, waiting = sum(row.entries for row in rows), sum(row.lost for row in rows), sum(_waiting(row) for row in rows)
    measured = sum(int(row.barred.sum()) for row in rows)
    why = "heavy tails" if all(row.sampled for row in rows if row.lost) else "heavy tails, or draws that are not finite"
    return (
        f"Of {_spaced(total)} entries: {_spaced(measured)} with an error bar, {_spaced(lost)} refused ({why}), "
        f"{_spaced(waiting)} without enough blocks yet."
    )


def _law(fit: WidthFit, rows: Sequence[Measured], compared: int) -> tuple[str, ...]:
    lost, waiting, entries = sum(row.lost for row in rows), sum(map(_waiting, rows)), sum(row.entries for row in rows)
    return (
        f'<th scope="row"><a href="#system-{html.escape(fit.system)}">{html.escape(fit.system)}</a></th>',
        correlator(fit.order, fit.connected),
        f'<td class="alarm">{lost} of {entries}</td>' if lost else f"0 of {entries}",
        f"{waiting} of {entries}",
        minus(fit.text),
        "–" if fit.law is None else minus(fit.law),
        "–" if fit.pull is None else f"{minus(f'{fit.pull:+.1f}')} σ",
        f"{fit.chi2:.1f}/{fit.freedom}" if fit.freedom and fit.slope is not None else "–",
        f"{len(fit.used)} of {len(fit.used) + len(fit.excluded) + len(fit.waiting)}",
        _largest_pull(rows, compared),
    )


def _waiting(row: Measured) -> int:
    return row.entries if row.waiting else 0


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _largest_pull(rows: Sequence[Measured], compared: int) -> str:
    found = verdict(rows, compared)
    if found is None:
        return "no closed form" if all(row.exact is None for row in rows) else "–"
    return f'<td class="alarm">{found.largest:.1f} σ</td>' if found.contradicted else f"{found.largest:.1f} σ"


def warnings(rows: Sequence[Measured]) -> str:
    """What is refused an error bar and why, most visible where there is something; then what waits for more blocks."""
    groups = by((row for row in rows if row.lost), "system", "order", "method")
    return (_refused(list(groups.values())) if groups else '<p class="calm">No error bar was refused.</p>') + waiting_table(rows)


def _refused(groups: Sequence[Sequence[Measured]]) -> str:
    head = ("system", "correlator", "method", "widths", "entries refused", "why")
    lines = table(head, map(_warning, groups), "Refused error bars", "reasons")
    why = ["its sum hangs on a few draws, and its error cannot be known from the draws that were made"] * any(
        row.sampled for group in groups for row in group
    ) + ["some of its draws are not finite"] * any(not row.sampled for group in groups for row in group)
    return (
        '<div class="warning" role="note"><p><b>Some error bars are refused.</b> A refused estimate is not a number with a large error: '
        f"{', or '.join(why)}. Do not quote it.</p>" + fold(f"Refused error bars: {len(groups)} rows", lines, len(groups)) + "</div>"
    )


def _warning(rows: Sequence[Measured]) -> tuple[str, ...]:
    """One system, order and method; where the widths differ, the reasons are those of the width with most entries lost."""
    place, missing = rows[0].row, [row.lost for row in rows]
    worst = rows[int(np.argmax(missing))]
    alike = len({_reasons(row) for row in rows}) == 1
    worst_of = "" if alike else f"<b>Worst at N = {worst.row.width}:</b> "
    return (
        f'<th scope="row">{html.escape(place.system)}</th>',
        correlator(place.order, place.connected),
        html.escape(place.method),
        f'<td class="list">{", ".join(str(row.row.width) for row in rows)}</td>',
        f"{sum(missing)} of {sum(row.entries for row in rows)}",
        f'<td class="why">{worst_of}{html.escape(_reasons(worst))}</td>',
    )


def _reasons(row: Measured) -> str:
    return row.withheld or "; ".join(row.warnings) or "error bar withheld"
