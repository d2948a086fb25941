"""The ledger of claims: what the sources state and what we find, of all shipped studies, as data beside their catalogue.

    AREA/claims.json    one row a claim, with the study, the digest and the version that decided it

The rows are taken from finished directories by `record`; they are shown without running anything.
"""

import json
from collections.abc import Iterable, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from certifield.evidence import InputError
from certifield.files import replace
from certifield.study._claim import VERDICTS

from ._catalogue import catalogues, studies
from ._directory import open_study
from ._results import results

FILE = "claims.json"


def ledger() -> list[dict[str, Any]]:
    """All rows, by area and study in the order of the catalogues; a study that has not been recorded has none."""
    return [{"area": catalogue.area, **row} for catalogue in catalogues() for row in _rows_beside(catalogue.folder)]


def untestable() -> list[dict[str, str]]:
    """Statements of the sources that nothing here can test: ``key``, ``source``, what it ``says``, and the ``reason``."""
    return [{"area": catalogue.area, **row} for catalogue in catalogues() for row in catalogue.untestable]


def _rows_beside(folder: Traversable) -> list[dict[str, Any]]:
    """The rows in the file beside a catalogue."""
    path = folder / FILE
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []


def rows_of(directory: Path | str) -> list[dict[str, Any]]:
    """The claims of the study in ``directory``, as its pieces decide them now."""
    opened = open_study(directory)
    found = results(opened)
    head = {"study": opened.asked.question.study, "digest": opened.digest}
    return [{**judged.data(), **head} for judged in found.claims]


def record(directories: Iterable[Path | str]) -> list[Path]:
    """Takes the claims of finished directories of shipped studies into the files beside their catalogues, and names the files.

    Raises `InputError` for a directory whose study is not shipped.
    """
    fresh: dict[str, list[dict[str, Any]]] = {}
    for directory in directories:
        name = open_study(directory).asked.question.study
        if name not in studies():
            raise InputError("directory", str(directory), "the directory of a shipped study", f"it holds {name}")
        fresh[name] = rows_of(directory)
    written = []
    for catalogue in catalogues():
        mine = [entry.name for entry in catalogue.studies]
        if isinstance(catalogue.folder, Path) and fresh.keys() & set(mine):
            kept: dict[str, list[dict[str, Any]]] = {}
            for row in _rows_beside(catalogue.folder):
                kept.setdefault(row["study"], []).append(row)
            rows = [row for name in mine for row in {**kept, **fresh}.get(name, [])]
            replace(catalogue.folder / FILE, (json.dumps(rows, indent=1, ensure_ascii=False) + "\n").encode())
            written.append(catalogue.folder / FILE)
    return written


def summary(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """How many claims have each verdict, by area."""
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        area = counts.setdefault(row.get("area", ""), dict.fromkeys(VERDICTS, 0))
        area[row["verdict"]] += 1
    return counts


def stated(row: Mapping[str, Any]) -> str:
    """What a row's source prints and what we correct it to, with the side on which ours should lie where that is a bound; "" without.

    >>> stated({"printed": "Exact 0.5", "correction": None, "relation": "<"})
    'printed < 0.5'
    """
    opposite = {"=": "=", "<": ">", ">": "<"}[row["relation"]]
    told = []
    for word, relation, value in (("printed", row["relation"], row["printed"]), ("corrected", opposite, row["correction"])):
        if value is not None:
            side = "" if relation == "=" else f"{relation} "
            told.append(f"{word} {side}{value.removeprefix('Exact ').removesuffix(' exactly')}")
    return ", ".join(told)
