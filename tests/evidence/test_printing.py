"""How numbers, results and records read."""

import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from certifield.evidence import Agreement, Certificate, Estimate, Exact, certify_coincident_cumulant, format_with_error

INF, NAN = float("inf"), float("nan")


@pytest.mark.parametrize(
    ("value", "stderr", "text"),
    [
        (1.2345, 0.0067, "1.2345(67)"),
        (-1.2345, 0.0067, "-1.2345(67)"),
        (0.35123, 0.00172, "0.3512(17)"),
        (0.5, 0.0996, "0.50(10)"),  # the error rounds up into another decade
        (0.5, 0.00994, "0.5000(99)"),
        (0.5, 0.00996, "0.500(10)"),
        (3.17, 1.24, "3.2(1.2)"),
        (9.96, 9.96, "10(10)"),
        (0.3, 12.4, "0(12)"),  # an error larger than its value
        (-0.3, 12.4, "0(12)"),
        (0.0, 0.25, "0.00(25)"),
        (1234.5, 123.0, "1230(120)"),
        (160.79, 0.31, "160.79(31)"),
        (1e-12, 0.5, "0.00(50)"),
        (1.5e-9, 2e-11, "1.500(20)e-09"),
        (-2.5e12, 3e10, "-2.500(30)e+12"),
        (1e-9, 3.2e-8, "0.1(3.2)e-08"),
        (2.5e-310, 1e-312, "2.500(10)e-310"),
        (1e300, 1e299, "1.00(10)e+300"),
        (0.375, 0.0, "0.375(0)"),
        (1.0, 1e-20, "1.0(1.0e-20)"),
        (1.0612, INF, "1.06(?)"),
        (1.0612, NAN, "1.06(?)"),
        (NAN, 0.1, "nan"),
        (-INF, 0.1, "-inf"),
        (1.25 - 0.5j, 0.013, "1.250(13)-0.500(13)j"),
        (1.25 + 0.5j, 0.013 + 0.2j, "1.250(13)+0.50(20)j"),
        (np.float64(1.2345), np.float64(0.0067), "1.2345(67)"),
    ],
)
def test_table(value, stderr, text):
    assert format_with_error(value, stderr) == text


def _read(text: str) -> tuple[float, float]:
    """Value and error of the compact form, read by the plain rule: digits in brackets count in units of the last digit."""
    head, rest = text.split("(")
    error, suffix = rest.split(")")
    if "." not in error:
        error = f"{Decimal(error).scaleb(-len(head.partition('.')[2])):f}"
    return float(head + suffix), float(error + suffix)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.floats(-1e8, 1e8), st.floats(1e-6, 1e9))
def test_the_compact_form_reads_back(value, error):
    """The value to half a unit of the second digit of the error, the error to five per cent."""
    shown, spread = _read(format_with_error(value, error))
    assert abs(spread - error) <= 0.0501 * error
    assert abs(shown - value) <= 0.0501 * error * (1 + 1e-9) + 1e-14 * abs(value)


def test_exact():
    assert str(Exact(Fraction(-315, 128))) == "-315/128 exactly"
    assert str(Exact(10**5000)) == "an integer of 16610 bits exactly"
    assert str(Exact(Fraction(1, 2**1001))) == "a fraction of 1/1002 bits exactly"
    assert str(Exact([2**60 + 1, Fraction(-1, 3)])) == "[1152921504606846977, -1/3] exactly"
    assert str(Exact([[True], [False]])).replace("\n ", " ") == "[[True], [False]] exactly"
    assert str(Exact(0.375)) == "Exact 0.375"
    assert str(Exact(0.375, radius=1e-15)) == "Exact 0.375 (radius 1.0e-15)"
    assert str(Exact(3.17e-38, radius=2e-16)) == "Exact 0 (radius 2.1e-16)"


@given(st.floats(1e-6, 1e6), st.floats(1e-20, 1e-3), st.booleans())
def test_the_ball_of_the_decimals_holds_that_of_the_float(value, radius, negative):
    """Exact arithmetic on the printed text: the decimals with their radius cover the float with its own."""
    value = -value if negative else value
    shown, covering = re.fullmatch(r"Exact (\S+) \(radius (\S+)\)", str(Exact(value, radius=radius))).groups()
    assert Fraction(covering) >= abs(Fraction(shown) - Fraction(value)) + Fraction(repr(radius))
    assert str(Exact([[0.5, 1.0], [2.0, 1 / 3]])).replace("\n ", " ") == "Exact [[0.5, 1], [2, 0.3333333333]]"
    assert str(Exact(1 + 2j)) == "Exact (1+2j)"


def test_estimates(measured):
    estimate = Estimate(0.35123, {"a": np.full(128, 0.00172 / np.sqrt(128))}, 10**6, 128, 0, "network-wick", "float64")
    assert str(estimate) == repr(estimate) == "0.3512(17)  [network-wick, 1000000 draws, 128 blocks, seed 0]"
    assert "bias unknown" in str(estimate**2)
    few = measured(0.5, 0.1, blocks=8)
    assert str(few) == "0.5(?)  [network-wick, 1000 draws, 8 blocks, seed 0, no error bar: 8 blocks, needs 16]"
    vector = Estimate.from_stderr([1.0, 2.0], [0.1, 0.25], source="paper")
    assert str(vector) == "[1.00(10), 2.00(25)]  [given]"
    long = str(Estimate.from_stderr(np.ones((40, 2)), np.full((40, 2), 0.1), source="paper"))
    assert "..." in long and len(long) < 400
    assert str(measured(1 + 2j, blocks=8)).startswith("1(?)+2(?)j")
    complex_one = Estimate(np.array(1 + 2j), {"a": np.array([0.1, 0.25j])}, 10, 0, None, "given", "float64")
    assert str(complex_one).startswith("1.00(10)+2.00(25)j")


def test_a_refusal_says_why(measured):
    heavy = measured([1.06, 2.0], refused=np.array([True, False]), diagnostics={"warnings": ["one draw carries 3 % of the sum"]})
    assert str(heavy).startswith("[1.06(?), 2.0")
    assert "error bar refused: one draw carries 3 % of the sum" in str(heavy)
    assert "no reason recorded" in str(measured(1.0, refused=np.array(True)))
    assert "refused: tail" in str(measured(1.0, refused=np.array(True), diagnostics={"warnings": "tail"}))


def test_records():
    agreement = Estimate.from_stderr([1.0, 2.0], [0.1, 0.1], source="a").agrees_with([1.05, 2.0] * np.ones(2))
    assert str(agreement) == "[pull -0.50 (p = 0.62, agrees), pull +0.00 (p = 1, agrees)]  [chi2 0.25 for 2, p = 0.88]"
    assert str(Agreement(9.0, 1e-19, False, 4.89, True)) == "pull +9.00 (p = 1e-19, disagrees)"
    assert str(Agreement(0.0, 1.0, False, 4.89, False)) == "undecided"
    assert str(certify_coincident_cumulant("cos", 8)) == "-315/128  [cert, coincident cumulant, coincident-cumulant@1]"
    assert str(Certificate({}, "1" * 100, {}, "other@1")) == f"{'1' * 28}...{'1' * 28}  [cert, claim, other@1]"
