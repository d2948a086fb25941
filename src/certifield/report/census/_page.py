"""The page of a census: every part in its place."""

import html
from collections.abc import Sequence

from certifield.studies.census import CensusResults, Section

from .._document import document
from .._html import csv_link, details, table
from .._source import versions
from ..figures import Figure, Sheet, draw
from ._overview import identity, tallies
from ._sections import section_html
from ._table import answer_table


def page(results: CensusResults, question: str, figure: Figure | None, sections: Sequence[Section]) -> str:
    """One HTML document that needs nothing from anywhere else."""
    sheet, found = Sheet(), versions(results.packages)
    parts = {
        "overview": ("At a glance", tallies(results)),
        **({} if figure is None else {"solved": (html.escape(figure.title), _figure(figure, sheet))}),
        **{section.key: (html.escape(section.title), section_html(section, sheet)) for section in sections},
        "items": ("Items, answer by answer", answer_table(results)),
        "provenance": ("Provenance, and how to reproduce", _provenance(results, question, found)),
    }
    footer = f"Certifield {html.escape(found.get('certifield', ''))} · census {results.digest[:12]}"
    return document(results.title, "Certifield census report", sheet, identity(results), parts, {}, footer)


def _figure(figure: Figure, sheet: Sheet) -> str:
    panels = "".join(
        f'<div class="panel" tabindex="0">{sheet.adopt(draw(panel, f"{figure.slug}-{number}"), panel.alternative)}</div>'
        for number, panel in enumerate(figure.panels)
    )
    link = csv_link(figure.slug, figure.columns, figure.records)
    return (
        f'<figure class="across-2"><p class="reading"><b>What you see.</b> {figure.reading}</p><div class="panels">{panels}</div>'
        f"<figcaption><p>{figure.caption} {link}</p></figcaption></figure>"
    )


def _provenance(results: CensusResults, question: str, found: dict[str, str]) -> str:
    what = {"census digest (sha256)": f"<code>{results.digest}</code>", "seed": str(results.seed)}
    what |= {html.escape(name): html.escape(version) for name, version in found.items()}
    lines = [(f'<th scope="row">{name}</th>', f'<td class="why">{value}</td>') for name, value in what.items()]
    commands = (
        "<p>Save the question below as <code>study.toml</code>, then:</p>"
        "<pre>certifield run study.toml DIR\ncertifield verify DIR\ncertifield report DIR\n"
        "certifield verify DIR/certificates/SHA256.json</pre>"
        "<p>An answer follows from the item, the options in the question below, the budget of its round, and a seed derived from item, "
        "budget and the seed of the census. "
        "The same question and versions give the same answers and certificates, on one core or many, interrupted or not; times differ.</p>"
    )
    return (
        table(("what", "value"), lines, "Provenance", "reasons")
        + commands
        + details("The question: study.toml", f"<pre>{html.escape(question)}</pre>")
    )
