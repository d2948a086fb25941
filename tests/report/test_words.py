"""Words and cells: what a number becomes on the page."""

from fractions import Fraction

import numpy as np
import pytest

from certifield.engine import Judged, Results
from certifield.evidence import Estimate, Exact, InputError
from certifield.report import _claims, _comparisons, _findings
from certifield.report._formulas import formulas
from certifield.report._missing import _gathered
from certifield.report._sections import shown
from certifield.report._values import cell, entries, found_cell
from certifield.report._words import count, duration, minus, number, plural, probability, prose, some, typeset
from certifield.report.figures import Sheet
from certifield.study import Case, Claim, Found, Missing, Reading, Section


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Exact(Fraction(-3, 8)), "−3/8"),
        (Exact(7), "7"),
        (Exact(10**60), "a number of 61 digits"),
        (Exact(0.1 + 0.2), "0.3"),
        (Exact(-3.0966, radius=0.15), "−3.1"),  # no digit beyond the radius
        (Exact(True), "yes"),
        (Exact(Fraction(770021362071, 125000000000)), "6.1601709"),
        (Exact(614093427), "614\u202f093\u202f427"),
        (Estimate.from_stderr(-200.0, 2e-11, source="a"), "−200"),  # an error of arithmetic says nothing
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
    square = Found(Exact(np.arange(6).reshape(2, 3)), entries=tuple("abcdef"))
    assert [square.name_of((row, column)) for row in range(2) for column in range(3)] == list("abcdef")
    assert (square.name_of((2, 0)), Found(value).name_of((1,)), Found(Exact(2)).name_of(())) == ("2,0", "1", "")
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
    for relation, stated, correction in (("=", "0.5", "0.4"), ("<", "<\u00a00.5", ">\u00a00.4"), (">", ">\u00a00.5", "<\u00a00.4")):
        claim = Claim("XX-01", "a source", "a statement", ours="case/value", printed=Exact(0.5), correction=Exact(0.4), relation=relation)
        row = _claims._row(Judged(claim, None, "open"), ())
        assert (row.stated, row.correction) == (stated, correction)


@pytest.mark.parametrize(
    ("plain", "tex"),
    [
        ("lambda phi^4 of c_1 and V_int", r"$\lambda$ $\phi^{4}$ of $c_{1}$ and $V_{\mathrm{int}}$"),
        ("d_ijk t_i, x12^2, G_c^(4)/G2^2", r"$d_{ijk}$ $t_{i}$, $x_{12}^{2}$, $G_{c}^{(4)}$/$G_{2}^{2}$"),
        ("J^(n-1), |p|^2, 10^272,000, inj^-3", r"$J^{n-1}$, |p|$^{2}$, $10^{272,000}$, $\mathrm{inj}^{-3}$"),
        ("a <= -1 -> b >= .5 - c", "a ≤ −1 → b ≥ .5 − c"),
        (
            "10_157, K11n34, erf_net, sigma/k=3, L=8/lambda=8, a well-known x",
            "10_157, K11n34, erf_net, sigma/k=3, L=8/lambda=8, a well-known x",
        ),
    ],
)
def test_formulas_in_plain_words_are_found_and_names_are_left(plain, tex):
    assert formulas(plain) == tex


def test_powers_of_ten_are_written_as_such():
    assert [minus(text) for text in ("-1.5e-09", "1e-12", "1.33e+00", "2(1)e+05")] == ["−1.5×10⁻⁹", "10⁻¹²", "1.33", "2(1)×10⁵"]
    assert typeset("1e-12 to 1e-10 per GeV") == "10⁻¹² to 10⁻¹⁰ per GeV" and typeset("phase1e5") == "phase1e5"


def test_a_section_shows_values_as_the_rest_of_the_page_and_files_exact_ones_with_all_digits():
    value = Estimate(np.array(0.5), {"s": np.linspace(-0.01, 0.01, 64) / 8}, 640, 64, 0, "a method", "float64")
    made = shown(Section("k", "K", columns=("a", "b", "c"), rows=[(value, Exact(1 / 3), None)]), Sheet())
    assert made.rows[0][1:] == ["0.33333333", ""] and made.rows[0][0].startswith("0.50") and "method" not in made.rows[0][0]
    assert made.data.records[0][1] == 1 / 3 and "−" not in str(made.data.records[0])


def test_what_stands_on_the_first_screen_is_not_told_twice():
    value = Estimate.from_stderr(1.0, 0.5, source="a")
    conclusions = {name: Found(value, Exact(2)) for name in "abc"}
    known = Results("t", "s", "0" * 64, 0, "float64", "draws", False, (), {}, conclusions, ())
    assert _findings.first(known) == ["a", "b", "c"] and len(_comparisons.furthest(known)) == 3
    assert _comparisons.furthest(known, above=_findings.first(known)) == []
    assert len(_comparisons.furthest(known, above=["a", "b"])) == 3  # sabotage twin: one of them does not stand there
