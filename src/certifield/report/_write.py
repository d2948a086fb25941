"""From the directory of a study to its report."""

from pathlib import Path
from typing import TYPE_CHECKING

from ._draws import drawn_networks, scales
from ._files import write_page
from ._measured import Measured
from ._page import page
from ._source import Source, versions
from ._systems import entry_records
from .census import write_census
from .figures import free_limit, pull_distribution, sample_functions, width_law

if TYPE_CHECKING:
    from certifield.studies import Study, StudyResults


def write(directory: Path | str) -> Path:
    """Writes ``report.html`` and ``data/*.csv`` into the directory of a study or a census, from what is there; returns the page's path.

    The same blocks, or answers, give the same bytes.  Raises `InputError` where ``directory`` holds neither.
    """
    from certifield import studies
    from certifield.studies.census import is_census

    if is_census(directory):
        return write_census(directory)
    study = studies.open(directory)
    answer = study.results(studies.Store(Path(directory), study.digest()))
    return write_results(answer, directory, study=study)


def write_results(answer: "StudyResults", directory: Path | str, question: str = "", *, study: "Study | None" = None) -> Path:
    """Writes the report of results that are already at hand.

    With the ``study`` behind them, or one in ``directory``, the report also shows the question and a few drawn networks.
    """
    from certifield import studies

    directory = Path(directory)
    if study is None and (directory / studies.IDENTITY).exists():
        study = studies.open(directory)
    question = studies.write_question(study.question) if study and not question else question
    rows = [Measured(row) for row in answer.rows]
    source = Source(answer.title, answer.digest, answer.seed, answer.precision, question, scales(study) if study else {}, versions())
    pictures = (width_law(rows), free_limit(rows), pull_distribution(rows), sample_functions(drawn_networks(study) if study else []))
    figures = [figure for figure in pictures if figure]
    tables = {figure.slug: (figure.columns, figure.records) for figure in figures} | {"entries": entry_records(rows)}
    return write_page(directory, page(source, rows, figures), tables)
