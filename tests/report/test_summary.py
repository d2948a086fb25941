"""The summary: one line per measurement, shown by an entry that is chosen without looking at the noise."""

import dataclasses

import numpy as np
import pytest

from certifield.evidence import format_with_error
from certifield.report import summary


def test_one_line_per_row_with_its_numbers(results):
    lines = summary(results)
    assert len(lines) == len(results.rows)
    for line, row in zip(lines, results.rows, strict=True):
        place = ["".join(map(str, index)) for index in row.indices].index(line.entry)
        mean, stderr, exact = (float(part[place]) for part in (row.estimate.mean, row.estimate.stderr, row.exact.value))
        assert (line.system, line.width, line.order, line.method) == (row.system, row.width, row.order, row.method)
        assert (line.mean, line.stderr, line.exact) == (mean, stderr, exact)
        assert line.pull == pytest.approx((mean - exact) / stderr, rel=1e-12)
        assert line.value == format_with_error(mean, stderr)
        assert line.evidence == "± exact"
        assert (line.draws, line.entries, line.refused) == (1_000_000, len(row.indices), 0)


def test_the_entry_shown_is_the_largest_exact_one_whatever_the_noise(make):
    for shift in (0.0, 50.0, -50.0):
        results = make(shift=shift)
        for line, row in zip(summary(results), results.rows, strict=True):
            sizes = np.abs(row.exact.value)
            assert abs(line.exact) == pytest.approx(sizes.max(), rel=1e-9)


def test_an_entry_with_an_error_bar_is_preferred_to_a_refused_one(make):
    for line in summary(make(heavy=True)):
        assert line.evidence == "± exact"
        assert line.refused == (3 if line.order > 2 else 0)
        assert ("31 %" in line.note) == (line.order > 2)


def test_a_row_of_refused_entries_shows_no_number(results):
    row = results.rows[1]
    estimate = dataclasses.replace(row.estimate, refused=np.ones(len(row.indices), dtype=bool))
    (line,) = summary(dataclasses.replace(results, rows=(dataclasses.replace(row, estimate=estimate),)))
    assert (line.value, line.evidence, line.stderr, line.pull) == ("refused", "refused", None, None)


def test_a_withheld_row_says_why(results):
    row = dataclasses.replace(results.rows[0], estimate=None, blocks=3, withheld="3 blocks of draws so far: an error bar needs 16")
    (line,) = summary(dataclasses.replace(results, rows=(row,)))
    assert (line.value, line.mean, line.pull) == ("withheld", None, None)
    assert "3 blocks" in line.note


def test_without_closed_form_there_is_no_pull(make):
    assert all((line.exact, line.pull, line.evidence) == (None, None, "±") for line in summary(make(closed=False)))
