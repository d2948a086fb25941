"""The page: every part in its place."""

import html
from collections.abc import Sequence

from . import _overview, _provenance, _systems, _waiting
from ._caption import provenance
from ._document import document
from ._html import csv_link, key
from ._measured import Measured, by
from ._source import Source
from ._summary import summary_of
from .figures import Figure, Sheet, draw


def page(source: Source, rows: Sequence[Measured], figures: Sequence[Figure]) -> str:
    """One HTML document that needs nothing from anywhere else."""
    sheet = Sheet()
    drawn = "".join(_figure(number, figure, sheet, source, rows) for number, figure in enumerate(figures, 1))
    sections = {
        "overview": ("At a glance", _overview.laws(rows)),
        "warnings": ("What to distrust", _overview.warnings(rows)),
        "figures": ("Figures", drawn),
        "systems": ("Systems, entry by entry", _systems.systems(rows, summary_of(list(rows)))),
        "closed-forms": ("Without closed form", _systems.without_closed_form(rows)),
        "provenance": ("Provenance, and how to reproduce", _provenance.reproduce(source, rows)),
    }
    inside = {
        "figures": [(f"figure-{figure.slug}", figure.title) for figure in figures],
        "systems": [(f"system-{html.escape(system)}", html.escape(system)) for (system,) in by(rows, "system")],
    }
    header = f"{_overview.facts(source, rows)}{_waiting.note(rows)}"
    footer = f"Certifield {html.escape(source.versions.get('certifield', ''))} · study {source.digest[:12]}"
    return document(source.title, "Certifield study report", sheet, header, sections, inside, footer)


def _figure(number: int, figure: Figure, sheet: Sheet, source: Source, rows: Sequence[Measured]) -> str:
    panels = "".join(
        f'<div class="panel" tabindex="0">{sheet.adopt(draw(panel, f"{figure.slug}-{position}"), panel.alternative)}</div>'
        for position, panel in enumerate(figure.panels)
    )
    systems = {str(record[0]) for record in figure.records} if figure.columns[0] == "system" else None
    shown = [row for row in rows if systems is None or row.row.system in systems]
    link = csv_link(figure.slug, figure.columns, figure.records)
    return (
        f'<figure id="figure-{figure.slug}" class="across-{figure.across}"><h3>Figure {number}. {figure.title}</h3>'
        f'<p class="reading"><b>What you see.</b> {figure.reading}</p><div class="panels">{panels}</div>'
        f"<figcaption>{key(figure.key)}<p>{figure.caption} {provenance(source, shown, figure.drawn)} {link}</p></figcaption>"
        "</figure>"
    )
