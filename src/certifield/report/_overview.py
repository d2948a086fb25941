"""The first screen of a report: what was asked, whether it holds, and what to distrust."""

import html
from collections.abc import Sequence

import numpy as np

from ._fit import width_fits
from ._html import table
from ._measured import Measured, by
from ._notation import correlator, count, minus
from ._source import Source

_ALARM = 4.89  # standard errors: two-sided p of 1e-6


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
    lines = []
    for (system, order), fit in width_fits(rows).items():
        group = [row for row in rows if (row.row.system, row.row.order) == (system, order)]
        pulls = np.concatenate([row.pulls for row in group])
        largest = float(np.nanmax(np.abs(pulls))) if np.isfinite(pulls).any() else None
        refused, entries = sum(int(row.refused.sum()) for row in group), sum(row.entries for row in group)
        distance = "–" if fit.pull is None else f"{minus(f'{fit.pull:+.1f}')} σ"
        lines.append((
            f'<th scope="row"><a href="#system-{html.escape(system)}">{html.escape(system)}</a></th>',
            correlator(order, fit.connected),
            minus(fit.text),
            minus(fit.law),
            distance,
            f"{fit.chi2:.1f}/{fit.freedom}" if fit.freedom and fit.slope is not None else "–",
            f"{len(fit.used)} of {len(fit.used) + len(fit.excluded)}",
            "no closed form" if largest is None else f'<td class="{"alarm" if largest > _ALARM else ""}">{largest:.1f} σ</td>',
            f'<td class="alarm">{refused} of {entries}</td>' if refused else f"0 of {entries}",
        ))  # fmt: skip
    head = ("system", "correlator", "slope in log N", "law", "distance", "χ²/dof", "widths in fit", "largest pull", "refused entries")
    caption = "Slopes of log|G| against log N from whole networks, against the law −(k−1); pulls are over all entries, widths and methods."
    return table(head, lines, caption, "numbers")


def warnings(rows: Sequence[Measured]) -> str:
    """What has no error bar and why, most visible where there is something; otherwise a line that says so."""
    reasons: dict[tuple[str, str], list[Measured]] = {}
    for row in rows:
        for reason in filter(None, (row.row.withheld, *(row.warnings or (["error bar withheld"] if row.refused.any() else [])))):
            reasons.setdefault((row.row.system, reason), []).append(row)
    if not reasons:
        return '<p class="calm">No error bar was refused, and none was withheld.</p>'
    lines = [_warning(system, reason, group) for (system, reason), group in reasons.items()]
    head = ("system", "orders", "widths", "methods", "entries without error bar", "why")
    return (
        '<div class="warning" role="note"><p><b>Some numbers carry no error bar.</b> A refused estimate is not a small number with a large error: '
        "its sum hangs on a few draws, and its error cannot be known from the draws that were made. Do not quote it.</p>"
        + table(head, lines, "Refused and withheld error bars", "reasons")
        + "</div>"
    )


def _warning(system: str, reason: str, rows: Sequence[Measured]) -> tuple[str, ...]:
    places = [
        ", ".join(str(value) for value in dict.fromkeys(getattr(row.row, name) for row in rows)) for name in ("order", "width", "method")
    ]
    missing = sum(int((~row.barred).sum()) for row in rows)
    return (
        f'<th scope="row">{html.escape(system)}</th>',
        *places,
        f"{missing} of {sum(row.entries for row in rows)}",
        f'<td class="why">{html.escape(reason)}</td>',
    )
