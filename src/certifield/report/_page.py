"""The page: every part in its place."""

import html
from collections.abc import Sequence
from importlib import resources

from . import _overview, _provenance, _systems, _waiting
from ._caption import provenance
from ._html import csv_link, key
from ._measured import Measured, by
from ._source import Source
from ._summary import summary_of
from .figures import DARK, LIGHT, Figure, Sheet, draw, style_variables


def page(source: Source, rows: Sequence[Measured], figures: Sequence[Figure]) -> str:
    """One HTML document that needs nothing from anywhere else."""
    sheet = Sheet()
    drawn = "".join(_figure(number, figure, sheet, source, rows) for number, figure in enumerate(figures, 1))
    title = html.escape(source.title or "Untitled study")
    sections = {
        "overview": ("At a glance", _overview.laws(rows)),
        "warnings": ("What to distrust", _overview.warnings(rows)),
        "figures": ("Figures", drawn),
        "systems": ("Systems, entry by entry", _systems.systems(rows, summary_of(list(rows)))),
        "closed-forms": ("Without closed form", _systems.without_closed_form(rows)),
        "provenance": ("Provenance, and how to reproduce", _provenance.reproduce(source, rows)),
    }
    body = "".join(f'<section id="{name}"><h2>{heading}</h2>{content}</section>' for name, (heading, content) in sections.items())
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{title} · Certifield</title><style>{_style()}</style></head><body>'
        f'{sheet.svg()}<header><p class="kind">Certifield study report</p><h1>{title}</h1>{_overview.facts(source, rows)}'
        f"{_waiting.note(rows)}</header>"
        f"{_contents(sections, figures, rows)}<main>{body}</main>"
        f"<footer>Certifield {html.escape(source.versions.get('certifield', ''))} · study {source.digest[:12]}</footer></body></html>\n"
    )


def _style() -> str:
    text = (resources.files("certifield.report") / "style.css").read_text(encoding="utf-8")
    return text.replace("/*light*/", style_variables(LIGHT)).replace("/*dark*/", style_variables(DARK))


def _contents(sections: dict[str, tuple[str, str]], figures: Sequence[Figure], rows: Sequence[Measured]) -> str:
    inside = {
        "figures": [(f"figure-{figure.slug}", figure.title) for figure in figures],
        "systems": [(f"system-{html.escape(system)}", html.escape(system)) for (system,) in by(rows, "system")],
    }
    items = "".join(f'<li><a href="#{name}">{heading}</a>{_sublist(inside.get(name, []))}</li>' for name, (heading, _) in sections.items())
    return f'<nav aria-label="Contents"><ol>{items}</ol></nav>'


def _sublist(items: Sequence[tuple[str, str]]) -> str:
    return "<ul>" + "".join(f'<li><a href="#{name}">{heading}</a></li>' for name, heading in items) + "</ul>" if items else ""


def _figure(number: int, figure: Figure, sheet: Sheet, source: Source, rows: Sequence[Measured]) -> str:
    panels = "".join(
        f'<div class="panel" tabindex="0">{sheet.adopt(draw(panel, f"{figure.slug}-{position}"), panel.alternative)}</div>'
        for position, panel in enumerate(figure.panels)
    )
    systems = {str(record[0]) for record in figure.records} if figure.columns[0] == "system" else None
    shown = [row for row in rows if systems is None or row.row.system in systems]
    return (
        f'<figure id="figure-{figure.slug}" class="across-{figure.across}"><h3>Figure {number}. {figure.title}</h3>'
        f'<p class="reading"><b>What you see.</b> {figure.reading}</p><div class="panels">{panels}</div>'
        f"<figcaption>{key(figure.key)}<p>{figure.caption} {provenance(source, shown, figure.drawn)} {csv_link(figure)}</p></figcaption>"
        "</figure>"
    )
