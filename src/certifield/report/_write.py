"""From the directory of a study to its report."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ._html import csv_text
from ._measured import Measured
from ._page import page
from ._source import Source, versions
from ._systems import entry_records
from .figures import Figure, free_limit, pull_distribution, width_law

if TYPE_CHECKING:
    from certifield.studies import StudyResults

REPORT, DATA = "report.html", "data"


def write(directory: Path | str) -> Path:
    """Writes ``report.html`` and ``data/*.csv`` into the directory of a study, from the blocks that are there; returns the page's path.

    The same blocks give the same bytes.  Raises `InputError` where ``directory`` holds no study.
    """
    from certifield import studies

    directory = Path(directory)
    study = studies.open(directory)
    answer = study.results(studies.Store(directory, study.digest()))
    question = (directory / studies.QUESTION).read_text(encoding="utf-8")
    return write_results(answer, directory, question)


def write_results(answer: "StudyResults", directory: Path, question: str = "", extra: Sequence[Figure] = ()) -> Path:
    """Writes the report of results that are already at hand."""
    rows = [Measured(row) for row in answer.rows]
    source = Source(answer.title, answer.digest, answer.seed, answer.precision, question, versions())
    figures = [figure for figure in (width_law(rows), free_limit(rows), pull_distribution(rows), *extra) if figure]
    (directory / DATA).mkdir(parents=True, exist_ok=True)
    tables = {figure.slug: (figure.columns, figure.records) for figure in figures} | {"entries": entry_records(rows)}
    for name, (columns, records) in tables.items():
        _replace(directory / DATA / f"{name}.csv", csv_text(columns, records))
    _replace(directory / REPORT, page(source, rows, figures))
    return directory / REPORT


def _replace(path: Path, text: str) -> None:
    """Writes in one step: whoever opens the file sees the old one or the new one."""
    passing = path.with_name(f".{path.name}.part")
    passing.write_text(text, encoding="utf-8")
    passing.replace(path)
