"""Sections made ready for the page: plots drawn, pictures framed, tables and their data laid out."""

import re
import urllib.parse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from certifield.engine import Opened, Results
from certifield.engine._arithmetic import arithmetic
from certifield.evidence import Certified, Estimate, Exact, InputError, Obstructed, Unknown
from certifield.study import Missing, Picture, Plot, Section
from certifield.study._section import paragraphs

from ._data import Data
from ._findings import LONG
from ._values import cell
from ._words import minus
from .figures import Sheet, draw, swatch

RESERVED = ("findings", "pulls", "solved", "claims", "missing", "provenance", "overview", "answers")
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,79}")
_EVIDENCE = Exact | Estimate | Certified | Obstructed | Unknown | Missing
_MOST_ROWS = 1000  # of a table on the page


@dataclass(frozen=True)
class Film:
    """A picture as an address of its own: whatever its text says, it can neither run nor fetch anything, nor restyle the page."""

    address: str
    caption: str
    alternative: str


@dataclass(frozen=True)
class Shown:
    """A section as the template takes it."""

    key: str
    title: str
    text: Sequence[str]
    films: Sequence[Film]
    plots: Sequence[Markup]
    caption: str
    legend: Sequence[tuple[Markup, str]]
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: bool
    folded: bool
    left: int
    data: Data | None

    @property
    def across(self) -> int:
        """How many plots stand side by side on a wide page."""
        return min(2, len(self.plots))


def own_sections(opened: Opened, results: Results) -> list[Section]:
    """What the study itself adds to its page.  Raises `InputError` for a key that cannot be a file, or is taken."""
    with arithmetic(opened.asked.precision):
        found = list(opened.asked.study.page(results.readings, opened.asked.options))
    taken: set[str] = set(RESERVED)
    for section in found:
        if not isinstance(section, Section):
            raise InputError("page", section, "a Section each", "yield Section(key, title, ...)")
        if not _KEY.fullmatch(section.key) or section.key.lower() in taken:
            allowed = f"a name of its own, of letters, digits, . _ -, and none of {', '.join(RESERVED)}"
            raise InputError("key of a section", section.key, allowed, "rename it")
        taken.add(section.key.lower())
    return found


def shown(section: Section, sheet: Sheet) -> Shown:
    """The section with its plots drawn on ``sheet``."""
    data = Data(section.key, section.columns, [list(map(_filed, row)) for row in section.rows]) if section.columns else None
    visible = [] if section.hidden else list(section.rows)
    return Shown(
        section.key,
        section.title,
        list(paragraphs(section.text)),
        [_film(picture) for picture in section.pictures],
        [_drawn(plot, f"{section.key}-{number}", sheet) for number, plot in enumerate(section.plots)],
        section.caption,
        [(swatch(mark), words) for mark, words in section.legend],
        [] if section.hidden else section.columns,
        [[_told(value) for value in row] for row in visible[:_MOST_ROWS]],
        section.numbers,
        len(visible) > LONG,
        max(len(visible) - _MOST_ROWS, 0),
        data,
    )


def files_of(sections: Iterable[Shown]) -> list[Data]:
    """The data of sections."""
    return [section.data for section in sections if section.data is not None]


def _drawn(plot: Plot, salt: str, sheet: Sheet) -> Markup:
    return Markup(sheet.adopt(draw(plot, salt), _alternative(plot)))


def _alternative(plot: Plot) -> str:
    """The words of the plot, or else what its axes and labels say."""
    labels = [label for mark in plot.marks if (label := getattr(mark, "label", ""))]
    listed = f" for {', '.join(labels)}" if labels else ""
    return plot.alternative or f"{plot.title or 'Plot'}: {plot.y_label} against {plot.x_label}{listed}"


def _film(picture: Picture) -> Film:
    text = picture.svg
    if "xmlns=" not in text.partition(">")[0]:  # an element that was to stand inside a page, and not alone
        text = text.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    address = "data:image/svg+xml;charset=utf-8," + urllib.parse.quote(text, safe=" =:/,;.()-+!*@?")
    return Film(address, picture.caption, picture.alternative or picture.caption or "A picture without words")


def _filed(value: object) -> object:
    """A value with its evidence as a file has it: an exact one with all its digits, others as the page writes them."""
    if isinstance(value, Exact) and not value.shape:
        return value.value
    return _told(value).replace("−", "-") if isinstance(value, _EVIDENCE) else value


def _told(value: object) -> str:
    if isinstance(value, _EVIDENCE):
        return cell(value).text
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else minus(f"{value:.6g}")
    return "" if value is None else minus(str(value)) if isinstance(value, int | np.integer) else str(value)
