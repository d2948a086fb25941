"""Words and cells: what a number becomes on the page."""

from fractions import Fraction

import numpy as np
import pytest

from certifield.engine import Judged, Results
from certifield.evidence import Estimate, Exact, InputError
from certifield.report import _claims
from certifield.report._missing import _gathered
from certifield.report._values import cell, entries, found_cell
from certifield.report._words import count, duration, number, plural, probability, prose, some
from certifield.study import Case, Claim, Found, Missing, Reading


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Exact(Fraction(-3, 8)), "−3/8"),
        (Exact(7), "7"),
        (Exact(10**60), "a number of 61 digits"),
        (Exact(0.1 + 0.2), "0.3"),
        (Estimate.from_stderr(-0.35123, 0.00172, source="a"), "−0.3512(17)"),
        (Estimate.from_stderr(np.array([0.5, -2.0, 1.0]), np.full(3, 0.1), source="a"), "3 values, −2.00(10) to 1.00(10)"),
        (Estimate(np.array(1.0), {"s": np.ones(5)}, 10, 5, 0, "m", "float64"), "1(?)"),
        (Estimate(np.array(1.0), {"s": np.ones(20)}, 10, 20, 0, "m", "float64", refused=np.array(True)), "refused"),
        (Exact(np.array([1.0 + 2.0j, 0.5])), "2 values, of size 0.5+0j to 1+2j"),
        (Missing("why not"), "none"),
        (Missing("later", waiting=True), "waiting"),
    ],
)
def test_values_in_a_cell(value, text):
    assert cell(value).text == text


def test_entries_have_names_and_a_repeated_comparison_is_not_counted():
    value, expected = Estimate.from_stderr(np.array([1.0, 3.0]), np.array([0.5, 0.5]), source="a"), Exact(2)
    found = Found(value, expected, entries=("00", "01"), shown=1)
    assert [one.index for one in entries(found, value.agrees_with(expected))] == ["00", "01"]
    assert found_cell(found).note == "01: 3.00(50)" and found_cell(Found(value)) == cell(value)
    with pytest.raises(InputError, match="2 names"):
        Found(value, entries=("00",))
    reading = Reading(Case("a"), {"first": found, "again": Found(2 * value, Exact(4), repeats="twice the first")}, {})
    head = ("t", "s", "0" * 64, 0, "float64", "draws", False, ())
    known = Results(*head, {"a": reading}, {}, ())
    assert set(known.agreements) == {"a/first", "a/again"} and known.joint.compared == 2
    reading = Reading(Case("a"), {"first": found, "again": Found(2 * value, Exact(4))}, {})  # sabotage twin
    assert Results(*head, {"a": reading}, {}, ()).joint.compared == 4


def test_a_value_and_an_array_are_compared_entry_by_entry():
    value, expected = Estimate.from_stderr(np.array([1.0, 2.0]), np.array([0.5, 0.5]), source="a"), Exact(2)
    found = entries(Found(value, expected), value.agrees_with(expected))
    assert [(one.index, one.value.text, one.expected, one.pull.text) for one in found] == [
        ("0", "1.00(50)", "2", "−2.0 σ"),
        ("1", "2.00(50)", "2", "+0.0 σ"),
    ]
    exact = entries(Found(Exact(2), Exact(3)), Exact(2).agrees_with(Exact(3)))
    assert [one.pull.text for one in exact] == ["differs"]


@pytest.mark.parametrize(
    ("tex", "page"),
    [
        ("a & b", "a &amp; b"),
        ("say `certifield <show>` $1", "say <code>certifield &lt;show&gt;</code> $1"),
        ("$5 and $6", "$5 and $6"),
        (r"$\alpha_{ij}^{2k}$", '<span class="math">α<sub>ij</sub><sup>2<i>k</i></sup></span>'),
        (r"$G^{(4)}_{\mathrm{c}}$", '<span class="math"><i>G</i><sup>(4)</sup><sub>c</sub></span>'),
        ("$a<b$", '<span class="math"><i>a</i>&lt;<i>b</i></span>'),
        (r"$\frac{1}{N} \to 0$", '<span class="math">1/<i>N</i> →0</span>'),
        ('$"><b>$', '<span class="math">&#34;&gt;&lt;<i>b</i>&gt;</span>'),
    ],
)
def test_tex_becomes_letters_and_nothing_else_becomes_markup(tex, page):
    assert prose(tex) == page


def test_numbers_in_words():
    assert [count(number) for number in (7, 9999, 16384, 1234567)] == ["7", "9999", "16\u202f384", "1\u202f234\u202f567"]
    assert [plural(1, "case"), plural(0, "case"), plural(2, "entry", "entries")] == ["1 case", "0 cases", "2 entries"]
    assert [number(v) for v in (0.0, 0.25, -40, 1500, 2e-5, -3.46e7)] == ["0", "0.25", "−40", "1500", "2×10⁻⁵", "−3.46×10⁷"]
    assert [probability(p) for p in (1.0, 0.34, 0.002, 3e-8, 0.0)] == ["100 %", "34 %", "0.2 %", "3×10⁻⁸", "0"]
    assert [duration(seconds) for seconds in (0.3, 42.0, 210.0, 7560.0, 432_000.0)] == ["0.3 s", "42 s", "3.5 min", "2.1 h", "5 d"]
    assert some(["a", "b", "c", "d"], 2) == "a, b and 2 more" and some(["a", "b", "c"], 2) == "a, b, c"


def test_reasons_that_differ_in_numbers_alone_are_one_line():
    found = [("a", "G", 2, 5, "one draw carries 31 %"), ("b", "G", 1, 5, "one draw carries 1.5e-1 %"), ("c", "G", 1, 1, "no")]
    gathered = _gathered(found)
    assert [(line.cases, line.numbers, line.reason) for line in gathered.lines] == [
        ("a, b", "3 of 10", "for example, one draw carries 31 %"),
        ("c", "1", "no"),
    ]
    assert gathered.total == 4


def test_a_bound_of_a_source_is_told_as_a_bound():
    """A finding of -0.02 beside "printed 0" would look refuted, where the source says "below 0"."""
    for relation, stated, correction in (("=", "0.5", "0.4"), ("<", "< 0.5", "> 0.4"), (">", "> 0.5", "< 0.4")):
        claim = Claim("XX-01", "a source", "a statement", ours="case/value", printed=Exact(0.5), correction=Exact(0.4), relation=relation)
        row = _claims._row(Judged(claim, None, "open"))
        assert (row.stated, row.correction) == (stated, correction)
