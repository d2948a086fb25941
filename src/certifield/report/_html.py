"""Pieces of a page."""

import csv
import html
import io
import urllib.parse
from collections.abc import Iterable, Sequence

import numpy as np

LONG = 12  # rows; a longer table outside the systems starts folded

# What the marks of a figure mean, as tiny pictures beside the words.
_SWATCHES = {
    "order 2": '<circle cx="12" cy="8" r="3.8" fill="var(--blue)" stroke="none"/>',
    "order 4": '<path d="M8.4 4.4h7.2v7.2H8.4z" fill="var(--orange)" stroke="none"/>',
    "order 6": '<path d="M12 3.6l4.4 8.2H7.6z" fill="var(--green)" stroke="none"/>',
    "order 8": '<path d="M12 3l4.2 5-4.2 5-4.2-5z" fill="var(--purple)" stroke="none"/>',
    "point": '<path d="M12 1v14"/><circle cx="12" cy="8" r="3.4" fill="currentColor"/>',
    "hollow": '<path d="M12 1v14"/><circle cx="12" cy="8" r="3.4" fill="var(--paper)"/>',
    "limit": '<path d="M7 3h10M12 3v9M9 9.5l3 4 3-4"/>',
    "cross": '<path d="M8.5 4.5l7 7M15.5 4.5l-7 7"/>',
    "pale": '<path d="M1 8h22" stroke-width="5" opacity=".38"/>',
    "dashed": '<path d="M1 8h22" stroke-dasharray="6 3"/>',
    "dotted": '<path d="M1 8h22" stroke-dasharray="1.6 2.4"/>',
    "bar": '<path d="M3 15V6h9v9zM12 15V2h9v13z" fill="currentColor" opacity=".4" stroke="none"/>',
    "outline": '<path d="M3 15V6h9V2h9v13"/>',
    "line": '<path d="M1 14C8 14 8 2 12 2s4 12 11 12"/>',
    "dot": '<circle cx="6" cy="10" r="1.8" fill="currentColor"/><circle cx="15" cy="5" r="1.8" fill="currentColor"/>',
    "band": '<path d="M1 3h22v10H1z" fill="currentColor" opacity=".25" stroke="none"/>',
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]], caption: str, kind: str = "") -> str:
    """A table of ready HTML cells, in a container that scrolls sideways by itself; a cell that starts with ``<td`` is taken as it is."""
    columns = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = "".join("<tr>" + "".join(cell if cell.startswith("<t") else f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{text_of(caption)}"><table class="{kind}">'
        f"<caption><span>{caption}</span></caption>"
        f"<thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def details(summary: str, content: str, opened: bool = False) -> str:
    """A part that folds; it is always open in print."""
    return f"<details{' open' if opened else ''}><summary>{summary}</summary>{content}</details>"


def fold(summary: str, content: str, rows: int) -> str:
    """The content as it is, or behind its summary where it has more than `LONG` rows."""
    return content if rows <= LONG else details(summary, content)


def key(items: Sequence[tuple[str, str]]) -> str:
    """The meaning of the marks of a figure."""
    entries = "".join(
        f'<li><svg viewBox="0 0 24 16" width="24" height="16" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.3">'
        f"{_SWATCHES[mark]}</svg>{html.escape(words)}</li>"
        for mark, words in items
    )
    return f'<ul class="key">{entries}</ul>' if items else ""


def text_of(fragment: str) -> str:
    """A fragment of HTML without its tags, fit for an attribute."""
    inside, plain = False, []
    for character in fragment:
        inside = character == "<" or (inside and character != ">")
        if not inside and character != ">":
            plain.append(character)
    return html.escape(html.unescape("".join(plain)))


def csv_text(columns: Sequence[str], records: Iterable[Sequence[object]]) -> str:
    """Comma-separated values; floats with all their digits, nothing for None and NaN."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([[_cell(value) for value in record] for record in records])
    return text.getvalue()


def csv_link(slug: str, columns: Sequence[str], records: Iterable[Sequence[object]]) -> str:
    """Two ways to the data of a figure: the file beside the page, and a copy inside the page, which also works when it is mailed."""
    data = urllib.parse.quote(csv_text(columns, records), safe=",/:;()+-. ").replace(" ", "%20")
    return (
        f'<a class="csv" download="{slug}.csv" href="data:text/csv;charset=utf-8,{data}">Data as CSV</a> '
        f'<span class="file">(also in <a href="data/{slug}.csv">data/{slug}.csv</a>)</span>'
    )


def _cell(value: object) -> object:
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else repr(float(value))
    return "" if value is None else value
