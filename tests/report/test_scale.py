"""A census of 3,000 cases, and large arrays: a page that can be read, and nothing left out of the files."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from certifield.engine import Opened, Results, open_study, results
from certifield.evidence import Certified, Estimate, Exact, Unknown, certify_positive_definite
from certifield.report import write_results
from certifield.study import Case, Found, Reading

CASES = 3000


@pytest.fixture(scope="module")
def opened(reports, tmp_path_factory) -> Opened:
    """A study whose directory may be written to; what it found is replaced by each test."""
    found = open_study(reports["walk"])
    return replace(found, directory=tmp_path_factory.mktemp("scale"))


def of(opened: Opened, readings: dict[str, Reading]) -> Results:
    return Results(**{**vars(results(opened)), "readings": readings, "unit": "moves"})


def census() -> dict[str, Reading]:
    proof = certify_positive_definite([[2.0, 1.0], [1.0, 2.0]])
    answers = [Certified(proof, {"moves": k}) if k % 3 else Unknown({"moves": 5000}) for k in range(CASES)]
    names = [f"knot/{k}" for k in range(CASES)]
    return {
        name: Reading(
            Case(name, {}, f"{k % 8 + 3} crossings"), {"ribbon": Found(answers[k]), "determinant": Found(Exact(k), Exact(k))}, {0: {}}, 0.01
        )
        for k, name in enumerate(names)
    }


def rows(page: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((page.parent / "data" / "findings.csv").read_text(encoding="utf-8"))))


def test_a_census_of_3000_cases(opened):
    page = write_results(opened, of(opened, census()))
    text = page.read_text(encoding="utf-8")
    assert "2000 of 3000 cases have a proof" in text and "All 3000 comparisons agree" in text
    assert text.count("knot/") >= CASES and text.count("<details") == 8 + 1 and len(text) < 3_000_000
    assert "3 crossings: 375 cases" in text
    assert len(rows(page)) == 2 * CASES
    assert 'href="data/findings.csv">All' in text  # too long to be kept inside the page as well


def test_cases_beyond_what_can_be_read_are_in_the_file(opened):
    readings = {f"c{k}": Reading(Case(f"c{k}"), {"n": Found(Exact(k))}, {0: {}}) for k in range(4100)}
    page = write_results(opened, of(opened, readings))
    assert "100 more cases in the file" in page.read_text(encoding="utf-8")
    assert [row["value"] for row in rows(page)] == [str(k) for k in range(4100)]


def test_large_arrays_are_folded_and_cut(opened):
    generator = np.random.default_rng(1)
    values = {
        f"x{k}": Found(Estimate.from_stderr(generator.normal(size=(20, 20)), np.ones((20, 20)), source=f"s{k}"), Exact(np.zeros((20, 20))))
        for k in range(40)
    }
    page = write_results(opened, of(opened, {"one": Reading(Case("one"), values, {0: {}})}))
    text = page.read_text(encoding="utf-8")
    assert len(rows(page)) == 40 * 400
    shown = re.findall(r'<tr><th scope="row">\d+,\d+</th>', text)
    assert 120 <= len(shown) <= 3000 and text.count("400 entries") == 40
    assert "280 more are in data/findings.csv" in text and len(text) < 1_000_000
