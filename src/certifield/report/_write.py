"""From the directory of a study to its report."""

from pathlib import Path

from certifield.engine import Opened, Results, open_study, results
from certifield.files import replace

from ._data import DATA
from ._page import page

REPORT = "report.html"


def write(directory: Path | str) -> Path:
    """Writes ``report.html`` and ``data/*.csv`` into the directory of a study, from the pieces that are there; returns the page's path.

    The same pieces, made in the same time, give the same bytes.  Raises `InputError` where ``directory`` holds no study.
    """
    opened = open_study(directory)
    return write_results(opened, results(opened))


def write_results(opened: Opened, found: Results) -> Path:
    """Writes the report of results that are already at hand."""
    text, files = page(opened, found)
    (opened.directory / DATA).mkdir(parents=True, exist_ok=True)
    for file in files:
        replace(opened.directory / file.path, file.text.encode())
    replace(opened.directory / REPORT, text.encode())
    return opened.directory / REPORT
