"""The figures as numbers, before anything is drawn."""

import ast
import dataclasses
from pathlib import Path

import numpy as np
import pytest

import certifield.report as report
from certifield.report._fit import width_fits
from certifield.report._measured import Measured
from certifield.report._verdict import comparisons, threshold
from certifield.report.figures import Panel, draw, free_limit, pull_distribution, width_law
from certifield.report.figures._figure import Curve, Limits, Points
from certifield.report.figures._inline import Sheet


@pytest.fixture
def rows(results) -> list[Measured]:
    return [Measured(row) for row in results.rows]


def test_the_fitted_slopes_are_those_of_the_law(rows):
    """Power: at five widths and these errors, an exponent off by 0.08 (order 4) or 1.0 (order 6) shows with 99.9 %."""
    for fit in width_fits(rows).values():
        assert fit.law == 1 - fit.order // 2
        assert fit.pull is not None and abs(fit.pull) < 4.89


def test_a_wrong_law_is_noticed(results):
    wrong = [
        dataclasses.replace(row, estimate=row.estimate * float(row.width) ** -0.1)
        for row in results.rows
        if row.order == 4 and row.method != "neuron"
    ]
    (fit,) = width_fits([Measured(row) for row in wrong]).values()
    assert fit.pull is not None and abs(fit.pull) > 4.89


def test_points_are_drawn_by_their_signal(rows):
    panel = width_law(rows).panels[0]
    shown = {"full": [], "hollow": [], "limit": []}
    for mark in panel.marks:
        if isinstance(mark, Points) and mark.error is not None:
            shown["hollow" if mark.hollow else "full"] += list(np.abs(mark.y) / mark.error)
        if isinstance(mark, Limits):
            shown["limit"] += list(mark.y)
    assert min(shown["full"]) >= 5
    assert all(2 <= signal < 5 for signal in shown["hollow"])
    assert len(shown["full"]) + len(shown["hollow"]) + len(shown["limit"]) == 15  # five widths, three orders
    assert shown["limit"]  # order 6 at N = 1000 is far below the noise


def test_the_noise_floor_is_one_standard_error(rows):
    dotted = [mark for mark in width_law(rows).panels[0].marks if isinstance(mark, Curve) and mark.style == "dotted"]
    errors = {float(row.stderr[0]) for row in rows if row.network}
    assert len(dotted) == 3
    assert {float(value) for curve in dotted for value in curve.y} <= errors


def test_the_ratio_to_the_wick_value_is_computed_by_hand(rows):
    figure = free_limit(rows)
    assert figure is not None
    for system, quantity, entry, method, width, ratio, stderr, exact in figure.records:
        if quantity != "G4/Wick":
            continue
        four = next(row for row in rows if (row.row.order, row.row.method, row.row.width) == (4, method, width))
        two = next(row for row in rows if row.row.order == 2)
        kernel = {"".join(map(str, index)): value for index, value in zip(two.row.indices, two.row.exact.value, strict=True)}
        place = [four.name(position) for position in range(four.entries)].index(entry)
        wick = sum(kernel["".join(sorted(entry[i] for i in pair))] * kernel["".join(sorted(entry[i] for i in rest))]
                   for pair, rest in (((0, 1), (2, 3)), ((0, 2), (1, 3)), ((0, 3), (1, 2))))  # fmt: skip
        assert system == "erf-d1"
        assert ratio == pytest.approx(1 + four.mean[place] / wick, rel=1e-12)
        assert stderr == pytest.approx(four.stderr[place] / wick, rel=1e-12)
        assert exact == pytest.approx(1 + four.row.exact.value[place] / wick, rel=1e-12)


def test_honest_pulls_are_called_so_and_shifted_ones_are_not(make):
    honest = pull_distribution([Measured(row) for row in make().rows])
    shifted = pull_distribution([Measured(row) for row in make(shift=8.0).rows])
    assert honest is not None and "No pull contradicts" in honest.reading and "Bonferroni" in honest.reading
    assert shifted is not None and "Chance does not explain" in shifted.reading and "No pull contradicts" not in shifted.reading


def test_many_pulls_beyond_two_errors_are_explained_before_the_verdict(make):
    shifted = pull_distribution([Measured(row) for row in make(shift=1.0).rows])
    assert shifted is not None and "this share alone proves nothing" in shifted.reading
    honest = pull_distribution([Measured(row) for row in make().rows])
    assert honest is not None and "this share alone" not in honest.reading


def test_the_threshold_is_the_one_that_draws_confirm():
    """Of 40 000 studies with 100 pulls of Student's law from 16 blocks, 1 % - 0.005 % are beyond; five errors of the count are 100."""
    draws = np.random.default_rng(3).standard_t(15, size=(40_000, 100))
    largest = np.abs(draws).max(axis=1)
    assert abs(int((largest > threshold(100, 16)).sum()) - 398) < 100
    assert abs(int((largest > threshold(100, 0)).sum()) - 398) > 1000  # the normal law would be far too strict
    assert threshold(1, 0) == pytest.approx(2.5758293, abs=1e-6)


def test_widths_of_one_neuron_quantity_are_one_comparison_each_entry(rows):
    assert comparisons(rows) == sum(row.entries for row in rows if row.network or row.row.width == 2)


def test_a_legend_tells_slopes_alone(make, rows):
    assert any(mark.label for mark in width_law(rows).panels[0].marks if isinstance(mark, Points))
    early = [Measured(row) for row in make(waiting=3).rows]
    assert not any(mark.label for mark in width_law(early).panels[0].marks if isinstance(mark, Points))


def test_the_reading_tells_noise_from_want_of_blocks(make, rows):
    early = width_law([Measured(row) for row in make(waiting=3).rows])
    assert early.reading.count("not measured yet, for want of blocks") == 3
    assert "noise" not in early.reading
    noisy = width_law([row for row in rows if row.row.order == 6 and row.row.width >= 100])
    assert "of 2, 0 stand out of the noise, 2 drown in it" in noisy.reading
    assert "blocks" not in noisy.reading


def test_drawing_is_reproducible_and_identifiers_follow_the_salt(rows):
    panel = width_law(rows).panels[0]
    first, again, other = draw(panel, "one"), draw(panel, "one"), draw(panel, "two")
    assert first == again
    assert first != other


def test_every_mark_is_drawn_and_colours_follow_the_page():
    x = np.array([1.0, 10.0, 100.0])
    panel = Panel("t", "x", "y", [Points(x, x, 0.1 * x, "orange", "s"), Curve(x, x, "blue")], "words", x_log=True, y_log=True)
    inline = Sheet().adopt(draw(panel, "salt"), panel.alternative)
    assert inline.count("var(--orange)") > 0 and inline.count("var(--blue)") > 0
    assert "#" not in "".join(part for part in inline.split('"') if part.startswith("fill:#") or part.startswith("stroke:#"))
    assert inline.count("<svg") == inline.count("</svg>") == 1
    assert inline.count("<g") == inline.count("</g>")


def test_matplotlib_is_imported_in_one_file_inside_functions():
    files = sorted(Path(report.__file__).parent.rglob("*.py"))
    importing = {file.name for file in files if _imports(ast.parse(file.read_text(encoding="utf-8")))}
    assert importing == {"_canvas.py"}
    adapter = next(file for file in files if file.name == "_canvas.py").read_text(encoding="utf-8")
    assert not any(_imports_here(node) for node in ast.parse(adapter).body)
    assert "pyplot" not in adapter


def _imports(tree: ast.AST) -> bool:
    return any(_imports_here(node) for node in ast.walk(tree))


def _imports_here(node: ast.AST) -> bool:
    names = (
        [alias.name for alias in node.names]
        if isinstance(node, ast.Import)
        else [node.module or ""]
        if isinstance(node, ast.ImportFrom)
        else []
    )
    return any(name.split(".")[0] == "matplotlib" for name in names)
