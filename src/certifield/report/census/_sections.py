"""What a task adds to the report: its data become pictures, plots and tables of the page."""

import html
from collections.abc import Sequence

import numpy as np

from certifield.studies.census import Picture, Plot, Section, Series

from .._html import csv_link, fold, table
from ..figures import Panel, Sheet, draw
from ..figures._figure import Curve, Mark, Points
from ._curve import COLOURS, STYLES

_MARKERS = ("o", "s", "^", "D", "v", "P")


def section_html(section: Section, sheet: Sheet) -> str:
    """The content of a section."""
    text = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in section.text.split("\n\n") if paragraph.strip())
    return text + _pictures(section.pictures) + _plots(section, sheet) + _table(section)


def _pictures(pictures: Sequence[Picture]) -> str:
    """Frames side by side, as a film strip."""
    frames = "".join(
        f'<figure><div role="img" aria-label="{html.escape(picture.alternative or picture.caption)}">{picture.svg}</div>'
        f"<figcaption>{html.escape(picture.caption)}</figcaption></figure>"
        for picture in pictures
    )
    return f'<div class="strip">{frames}</div>' if frames else ""


def _plots(section: Section, sheet: Sheet) -> str:
    panels = "".join(
        f'<div class="panel" tabindex="0">{sheet.adopt(draw(panel, f"{section.key}-{number}"), panel.alternative)}</div>'
        for number, panel in enumerate(map(panel_of, section.plots))
    )
    return f'<figure class="across-{min(2, len(section.plots))}"><div class="panels">{panels}</div></figure>' if panels else ""


def panel_of(plot: Plot) -> Panel:
    """The plot as a panel of marks."""
    marks = [mark for number, series in enumerate(plot.series) for mark in _marks(series, number)]
    told = plot.alternative or f"{plot.title}: {plot.y_label} against {plot.x_label} for {', '.join(one.label for one in plot.series)}"
    return Panel(
        plot.title,
        plot.x_label,
        plot.y_label,
        marks,
        told,
        x_log=plot.x_log,
        y_log=plot.y_log,
        y_range=plot.y_range,
        legend_columns=2,
    )


def _marks(series: Series, number: int) -> list[Mark]:
    colour, style = COLOURS[number % len(COLOURS)], STYLES[number // len(COLOURS) % len(STYLES)]
    x, y = np.asarray(series.x, dtype=float), np.asarray(series.y, dtype=float)
    bars = None
    if series.low is not None and series.high is not None:
        # Rounding can put an end of an interval on the wrong side of its point, by one unit in the last place.
        bars = np.maximum(0.0, [y - np.asarray(series.low, dtype=float), np.asarray(series.high, dtype=float) - y])
    points = Points(x, y, bars, colour=colour, marker=_MARKERS[number % len(_MARKERS)], label=series.label)
    return [Curve(x, y, colour=colour, style=style), points] if series.joined else [points]


def _table(section: Section) -> str:
    if not section.columns:
        return ""
    lines = [tuple(_cell(value, place) for place, value in enumerate(row)) for row in section.rows]
    shown = table([html.escape(name) for name in section.columns], lines, html.escape(section.title), "numbers" if section.numbers else "")
    return fold(f"{len(lines)} rows", shown, len(lines)) + f"<p>{csv_link(section.key, section.columns, section.rows)}</p>"


def _cell(value: object, place: int) -> str:
    text = "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
    text = html.escape(text)
    return f'<th scope="row">{text}</th>' if place == 0 else text
