"""The statements that a search found, with their table, as one certificate; and as a folder that can be kept."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from certifield.evidence import Certificate, InputError, save

from ._bound import Bound
from ._findings import Findings
from ._obligation import lean_file
from ._table import Interval
from ._words import called

CHECKER = "table-statements@1"
CERTIFICATE = "statements.json"


def certify_statements(findings: Findings, source: Mapping[str, str] | None = None) -> Certificate:
    """The certificate of all that was found: the table, every bound that survives or is dead, and the relation, by table-statements@1.

    The checker decides each statement in every row again, in fractions, and each dead one in the row that is its witness.
    ``source``: what to know of where the table is from, such as the hash of its file.
    Raises `InputError` where there is no statement of this kind; rules of truth values are none.
    """
    table = findings.table
    statements, fates = list[dict[str, Any]](), list[dict[str, int]]()
    if findings.relation is not None:
        terms = [[str(factor), list(names)] for factor, names in findings.relation.terms]
        statements.append({"target": findings.target, "relation": "=", "terms": terms, "hypothesis": None})
        fates.append({"touched": len(table)})
    for one in findings.surviving:
        statements.append(_statement(one.bound))
        fates.append({"touched": len(one.bound.check(table).touched)})
    holding = len(statements)
    for one in findings.dead:
        statements.append(_statement(one.bound))
        fates.append({"violated": one.row})
    if not statements:
        raise InputError("findings", findings.target, "such that a bound or a relation was found", "rules of truth values have none")
    claim = {
        "kind": "statements decided in a table",
        "rows": len(table),
        "source": dict(source or {}),
        "objects": [called(thing) for thing in table.objects],
        "columns": {name: [_entry(interval) for interval in column] for name, column in table.columns.items()},
        "truths": {name: list(column) for name, column in table.hypotheses.items()},
        "statements": statements,
    }
    return Certificate(claim, str(holding), {"fates": fates}, CHECKER).checked()


def keep(findings: Findings, folder: Path, *files: Path) -> None:
    """Makes a folder of the certificate, the whole report, stubs for Lean of all survivors, and copies of the files of the table.

    Raises `InputError` for a folder that holds something, and where there is nothing to certify.
    """
    refuse_used(folder)
    contents = [file.read_bytes() for file in files]
    source = {file.name: f"sha256 {hashlib.sha256(content).hexdigest()}" for file, content in zip(files, contents, strict=True)}
    certificate = certify_statements(findings, source)
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in zip(files, contents, strict=True):
        (folder / file.name).write_bytes(content)
    head = [f"{name}: {told}" for name, told in source.items()]
    (folder / "report.txt").write_text("\n".join([*head, "", findings.report(weak=True), ""]), encoding="utf-8")
    stubs = lean_file([one.theorem(f"conjecture_{place}") for place, one in enumerate(findings.shown(weak=True), 1)])
    (folder / "statements.lean").write_text(stubs + "\n", encoding="utf-8")
    save(certificate, folder / CERTIFICATE)  # last, so that a folder that has it is whole


def refuse_used(folder: Path) -> None:
    """Raises `InputError` for a folder that holds something already, or a file."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError("out", str(folder), "a folder that is empty, or that there is not", "name another, or remove it")


def _statement(bound: Bound) -> dict[str, Any]:
    terms = [[str(factor), [name]] for name, factor in bound.terms]
    terms += [[str(bound.constant), []]] if bound.constant else []
    return {"target": bound.target, "relation": bound.relation, "terms": terms, "hypothesis": bound.hypothesis}


def _entry(interval: Interval) -> Any:
    low, high = interval
    return str(low) if low == high else [str(low), str(high)]
