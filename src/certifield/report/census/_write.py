"""From the directory of a census to its report."""

from pathlib import Path

from certifield.studies.census import AnswerStore, open as open_census, results, write_census_question

from .._files import Table, write_page
from ._curve import solved
from ._page import page
from ._table import answer_records


def write_census(directory: Path | str) -> Path:
    """Writes ``report.html`` and ``data/*.csv`` into the directory of a census, from the answers that are there; returns its path."""
    census, directory = open_census(directory), Path(directory)
    found = results(census, AnswerStore(directory, census.digest()))
    sections = list(census.task.sections(found.answered, census.options))
    figure = solved(found)
    tables: dict[str, Table] = {"answers": answer_records(found)}
    if figure is not None:
        tables[figure.slug] = (figure.columns, figure.records)
    tables |= {section.key: (section.columns, section.rows) for section in sections if section.columns}
    return write_page(directory, page(found, write_census_question(census.question), figure, sections), tables)
