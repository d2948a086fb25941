"""The page and its tables, as files."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ._html import csv_text

REPORT, DATA = "report.html", "data"

Table = tuple[Sequence[str], Iterable[Sequence[object]]]  # columns and records


def write_page(directory: Path, page: str, tables: Mapping[str, Table]) -> Path:
    """Writes ``report.html`` and a CSV file for each of the tables into ``directory``; returns the path of the page."""
    (directory / DATA).mkdir(parents=True, exist_ok=True)
    for name, (columns, records) in tables.items():
        _replace(directory / DATA / f"{name}.csv", csv_text(columns, records))
    _replace(directory / REPORT, page)
    return directory / REPORT


def _replace(path: Path, text: str) -> None:
    """Writes in one step: whoever opens the file sees the old one or the new one."""
    passing = path.with_name(f".{path.name}.part")
    passing.write_text(text, encoding="utf-8", newline="\n")
    passing.replace(path)
