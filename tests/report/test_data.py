"""The data beside the page are the findings, to the last digit."""

import csv
import math
import re
import urllib.parse
from pathlib import Path

import numpy as np
import pytest

from certifield.engine import open_study, results
from certifield.evidence import Estimate


def rows(directory: Path, name: str) -> list[dict[str, str]]:
    with (directory / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def numbers(directory: Path) -> dict[tuple[str, str, str], tuple[float, ...]]:
    """Value, error, expected value and pull of all estimates that were compared."""
    return {
        (row["case"], row["finding"], row["entry"]): tuple(float(row[name]) for name in ("value", "error", "expected", "pull"))
        for row in rows(directory, "findings")
        if row["kind"] == "estimate" and row["verdict"] in ("agrees", "disagrees")
    }


def agree(directory: Path, found: dict[tuple[str, str, str], tuple[float, ...]]) -> bool:
    """Whether every compared number of every case is there, equal to the last bit."""
    seen = 0
    for case, reading in results(open_study(directory)).readings.items():
        for name, one in reading.items():
            if not isinstance(one.value, Estimate) or np.any(one.value.refused):
                continue
            expected = np.broadcast_to(np.asarray(one.expected.value, dtype=float), one.value.shape)
            for index in np.ndindex(*one.value.shape):
                mean, error, held = (float(np.asarray(part)[index]) for part in (one.value.mean, one.value.stderr, expected))
                told = found.get((case, name, ",".join(map(str, index))))
                if told is None or told[:3] != (mean, error, held) or not math.isclose(told[3], (mean - held) / error, rel_tol=1e-12):
                    return False
                seen += 1
    return seen == len([key for key in found if key[0]])


@pytest.mark.parametrize("name", ["draws", "walk"])
def test_all_findings_are_in_the_file(reports, name):
    assert agree(reports[name], numbers(reports[name]))


def test_another_digit_is_noticed(reports):
    found = numbers(reports["draws"])
    key, (value, *rest) = next(iter(found.items()))
    assert not agree(reports["draws"], {**found, key: (float(np.nextafter(value, np.inf)), *rest)})


def test_kinds_reasons_and_complex_numbers(reports):
    found = {(row["case"], row["finding"], row["entry"]): row for row in rows(reports["draws"], "findings")}
    assert found["cauchy", "sixth", ""]["kind"] == "withheld" and found["cauchy", "sixth", ""]["remark"] == "it does not exist"
    assert found["cauchy", "moments", "3"]["error"] == "inf" and "31 %" in found["cauchy", "moments", "3"]["remark"]
    assert (found["width=1", "phase", ""]["value"], found["width=1", "phase", ""]["imaginary"]) == ("0.5", "0.25")
    assert found["width=1", "double factorial", ""]["verdict"] == "agrees"
    assert found["", "limit of the fourth moment", ""]["kind"] == "estimate"


def test_answers_name_their_certificates(reports):
    found = rows(reports["proofs"], "findings")
    proofs = [row for row in found if row["certificate"]]
    assert len(found) == 24 and len(proofs) == 21
    assert all((reports["proofs"] / "certificates" / f"{row['certificate']}.json").is_file() for row in proofs)
    assert {row["remark"] for row in found if row["kind"] == "obstructed"} == {"smooth"}
    assert [row["spent"] for row in found if row["case"] == "m6"] == ["60 pivots"]  # 5 + 15 + 40


def test_the_copy_inside_the_page_is_the_file_beside_it(reports, pages):
    copies = dict(re.findall(r'download="([^"]*)" href="data:text/csv;charset=utf-8,([^"]*)"', pages["draws"]))
    assert set(copies) == {"findings.csv", "pulls.csv", "fourth.csv"} == {path.name for path in (reports["draws"] / "data").iterdir()}
    for name, data in copies.items():
        assert urllib.parse.unquote(data) == (reports["draws"] / "data" / name).read_text(encoding="utf-8")


def test_pulls_are_those_of_the_findings_that_have_an_error(reports):
    estimates = {(f"{case}/{name}" if case else name, entry): told[3] for (case, name, entry), told in numbers(reports["draws"]).items()}
    shown = {(row["finding"], row["entry"]): float(row["pull"]) for row in rows(reports["draws"], "pulls")}
    assert shown == estimates and len(shown) == 31
