"""Figures as numbers: the curves count proofs, pulls follow the law that they are held against, and every mark is drawn."""

import re
from math import erf, sqrt

import numpy as np
import pytest
from matplotlib.figure import Figure

from certifield.engine import Results, open_study, results
from certifield.evidence import Certified, Estimate, Exact, Obstructed
from certifield.report._answers import solved
from certifield.report._comparisons import pulls
from certifield.report._sections import shown
from certifield.report.figures import Sheet, draw
from certifield.report.figures._canvas import _fill
from certifield.study import Band, Case, Cells, Curve, Found, Limits, Note, Plot, Points, Reading, Section, Stairs, curves


def together(values: dict[str, Found]) -> Results:
    """Results by hand, of one case."""
    reading = Reading(Case("all"), values, {})
    return Results("t", "s", "0" * 64, 0, "float64", "draws", False, (), {"all": reading}, {}, ())


def test_the_curves_count_proofs(reports):
    """Against a count by hand: how many cases of a group have a proof within so much work."""
    known = results(open_study(reports["proofs"]))
    section = solved(known)
    assert section is not None
    by_time, by_work = section.plots
    assert [curve.label for curve in by_work.marks] == ["below 10", "below 20", "below 30"]
    for curve in by_work.marks:
        members = [reading["definite"].value for reading in known.readings.values() if reading.case.group == curve.label]
        work = [value.spent["pivots"] for value in members if isinstance(value, Certified | Obstructed)]
        for limit in (1, 5, 12, 20, 40, 100):
            drawn = max(curve.y[curve.x <= limit], default=0)
            assert drawn == sum(amount <= limit for amount in work)
            assert drawn == 0 or drawn != sum(amount <= limit for amount in work) + 1  # sabotage twin
    assert all(np.all(np.diff(curve.x) >= 0) and np.all(np.diff(curve.y) >= 0) for curve in (*by_time.marks, *by_work.marks))
    assert len(section.rows) == 21


def test_the_share_of_a_few_cases_is_no_curve(reports):
    known = results(open_study(reports["proofs"]))
    for number, there in ((1, False), (2, False), (10, True)):
        few = dict(list(known.readings.items())[:number])
        assert (solved(Results(**{**vars(known), "readings": few})) is not None) == there


def test_one_group_has_a_curve_for_each_round(reports):
    known = results(open_study(reports["proofs"]))
    alone = Results(**{**vars(known), "readings": {name: one for name, one in known.readings.items() if one.case.group == "below 20"}})
    section = solved(alone)
    assert section is not None
    counts = {curve.label: float(curve.y.max()) for curve in section.plots[-1].marks}
    assert counts == {"up to 15 pivots": 5, "up to 40 pivots": 9}  # m10 to m15 but m13; then m16 to m19


def test_pulls_of_honest_errors_are_normal_and_others_are_not():
    generator = np.random.default_rng(5)
    for scale, honest in ((1.0, True), (0.6, False)):
        value = Estimate.from_stderr(generator.normal(size=400), np.full(400, scale), source=f"s{scale}")
        section = pulls(together({"x": Found(value, Exact(np.zeros(400)))}))
        assert section is not None and len(section.rows) == 400
        normal = np.sort([row[-1] for row in section.rows])
        law = np.array([(1 + erf(z / sqrt(2))) / 2 for z in normal])
        distance = float(np.max(np.abs(law - (np.arange(400) + 0.5) / 400)))
        assert (distance < 2.7 / 20) is honest or scale != 1.0  # Kolmogorov: above 2.7/sqrt(n) with probability 1e-6
        assert (float(np.sqrt(np.mean(normal**2))) < 1.3) is honest


def test_few_blocks_are_translated_by_their_own_law():
    """A pull of 3 with 15 degrees of freedom has p = 0.009, which is 2.61 of the normal law."""
    deviations = np.zeros((16, 20))
    deviations[0] = 1.0
    value = Estimate(np.full(20, 3.0), {"s": deviations}, 16, 16, 0, "m", "float64")
    section = pulls(together({"x": Found(value, Exact(np.zeros(20)))}))
    assert section is not None
    assert {round(row[2], 6) for row in section.rows} == {3.0}
    assert all(abs(row[4] - 2.6125) < 0.001 for row in section.rows)


def test_too_few_pulls_and_exact_values_have_no_distribution():
    assert pulls(together({"x": Found(Estimate.from_stderr(np.zeros(19), np.ones(19), source="s"), Exact(np.zeros(19)))})) is None
    assert pulls(together({"x": Found(Exact(np.zeros(99)), Exact(np.zeros(99)))})) is None


def every_mark(**changes) -> Plot:
    x = np.array([1.0, 2.0, 4.0])
    marks = [
        Points(x, x, np.array([[0.1, 0.2, 0.3], [0.2, 0.1, 0.4]]), label="points"),
        Points(x, x + 1, hollow=True, marker="s", colour="orange"),
        Limits(x, x + 2),
        Curve(x, x**2, style="dashed", label="$x^2$"),
        Band(x, x - 0.5, x + 0.5),
        Stairs(np.arange(4.0), x, filled=True, colour="green"),
        Cells(np.arange(1.0, 4.0), np.arange(1.0, 3.0), np.array([[1.0, 2.0]]), "$z$", "purple"),
        Note(0.1, 0.9, "a note"),
    ]
    given = {"title": "all $\\alpha$", "x_label": "$x$", "y_label": "y, é, 纽", "marks": marks, "strip": Plot("", "$x$", "r", marks[:1])}
    return Plot(**{**given, **changes})


@pytest.mark.parametrize(
    "changes", [{}, {"x_log": True, "y_log": True, "y_range": (0.5, 30)}, {"title": "$\\nonsense{$ and $1"}, {"marks": []}]
)
def test_every_mark_is_drawn_and_the_same_plot_gives_the_same_bytes(changes):
    plot = every_mark(**changes)
    assert draw(plot, "a") == draw(plot, "a")
    assert set(re.findall(r'clipPath id="(\w+)"', draw(plot, "a"))).isdisjoint(re.findall(r'clipPath id="(\w+)"', draw(plot, "b")))
    assert len(draw(plot, "a")) > len(draw(Plot("", "", "", []), "a"))


def test_glyphs_are_shared_and_words_stand_for_a_plot_without_any():
    sheet = Sheet()
    section = shown(Section("k", "K", plots=[every_mark(), every_mark()]), sheet)
    assert all('aria-label="all $\\alpha$: y, é, 纽 against $x$ for points, $x^2$"' in plot for plot in section.plots)
    wanted = {name for plot in section.plots for name in re.findall(r'href="#(g\w{8})"', plot)}
    assert wanted == set(sheet.outlines)
    assert "var(--blue)" not in section.plots[0] and "var(--green)" in section.plots[0]


@pytest.mark.parametrize(
    ("x", "told"),
    [
        ([2.0, 4.0, 8.0], ["2", "4", "6", "8"]),
        ([0.3, 4.0], ["0.5", "1", "2"]),
        ([2e-5, 3e-5], ["2.1×10⁻⁵", "2.4×10⁻⁵", "2.7×10⁻⁵", "3×10⁻⁵"]),
        ([1e-3, 10.0], ["10⁻³", "10⁻²", "10⁻¹", "10⁰", "10¹"]),
        ([2880.0, 2880.0], ["1500", "3000", "4500"]),
    ],
)
def test_logarithmic_axes_have_numbers_however_little_they_span(x, told):
    """In a decade there are no powers of ten to stand at the ticks; at one place there is room on either side."""
    axes = Figure().add_subplot()
    _fill(axes, Plot("", "x", "y", [Points(np.array(x), np.array(x), np.array(x) / 50)], x_log=True, y_log=True))
    low, high = axes.get_xlim()
    places = [place for place in axes.xaxis.get_majorticklocs() if low <= place <= high]
    assert [axes.xaxis.get_major_formatter()(place) for place in places] == told
    assert low < min(x) and max(x) < high


def test_axes_of_whole_numbers_have_whole_numbers():
    """Degrees 2, 3 and 4: there is nothing to read at 2.25.  Halves keep their halves."""
    for x, whole in (([2.0, 3.0, 4.0], True), ([2.0, 2.5, 3.0], False)):
        axes = Figure().add_subplot()
        _fill(axes, Plot("", "degree k", "y", [Points(np.array(x), np.array(x) / 7)]))
        low, high = axes.get_xlim()
        places = [place for place in axes.xaxis.get_majorticklocs() if low <= place <= high]
        assert len(places) > 1 and all(place == round(place) for place in places) is whole


def test_a_line_of_many_points_has_no_markers():
    assert [type(mark).__name__ for mark in curves("a", range(100), range(100))] == ["Curve"]
    assert [type(mark).__name__ for mark in curves("a", range(9), range(9))] == ["Curve", "Points"]
