"""Exact values: arithmetic without loss among fractions, and radii that really bound the error among floats."""

import operator
import pickle
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from certifield.evidence import Exact, InputError, exp, log, sqrt

OPERATORS = (operator.add, operator.sub, operator.mul, operator.truediv)
fractions = st.fractions(min_value=-1000, max_value=1000, max_denominator=1000)
floats = st.floats(min_value=-1e100, max_value=1e100)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(fractions, fractions, st.sampled_from(OPERATORS))
def test_fractions_stay_exact(x, y, operation):
    if operation is operator.truediv and y == 0:
        with pytest.raises(InputError, match="divisor"):
            Exact(x) / y
        return
    result = operation(Exact(x), Exact(y))
    assert result.value == operation(x, y) and result.radius == 0
    assert operation(x, Exact(y)).value == operation(x, y) == operation(Exact(x), y).value


def _contained(result: Exact, truth: Fraction) -> bool:
    return abs(Fraction(result.value) - truth) <= Fraction(result.radius)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(floats, floats, st.floats(0, 1e-3), st.floats(-1, 1), st.sampled_from(OPERATORS))
def test_the_radius_bounds_the_error(x, y, relative, where, operation):
    """Against exact rational arithmetic, at a point anywhere inside the two balls."""
    left, right = Exact(x, radius=abs(x) * relative), Exact(y, radius=abs(y) * relative)
    inside_left, inside_right = (Fraction(e.value) + Fraction(where) * Fraction(e.radius) for e in (left, right))
    try:
        result = operation(left, right)
    except InputError:  # division by zero, or beyond the range of floats
        return
    assert _contained(result, operation(inside_left, inside_right))


def test_without_the_rounding_the_radius_would_not_bound():
    """Sabotage twin: the sum 0.1 + 0.2 with radius 0 misses its own exact value."""
    truth = Fraction(0.1) + Fraction(0.2)
    honest = Exact(0.1) + 0.2
    assert _contained(honest, truth)
    assert not _contained(Exact(honest.value, radius=0.0), truth)


@pytest.mark.parametrize("exponent", [-3, -1, 0, 1, 2, 7])
def test_powers(exponent):
    assert (Exact(Fraction(2, 3)) ** exponent).value == Fraction(2, 3) ** exponent
    assert _contained(Exact(0.3) ** exponent, Fraction(0.3) ** exponent)
    array = Exact(np.array([0.3, -1.7])) ** exponent
    assert all(_contained(entry, Fraction(base) ** exponent) for entry, base in zip(array, (0.3, -1.7), strict=True))


def test_a_fraction_that_is_no_float_brings_its_rounding():
    assert _contained(Exact(Fraction(1, 3)) + 0.25, Fraction(1, 3) + Fraction(1, 4))
    with pytest.raises(InputError, match="308"):
        Exact(10**400) + 0.5
    assert (Exact(10**400) + 1).value == 10**400 + 1


def test_complex_and_arrays():
    product = Exact(1 + 2j) * Exact(np.array([1.0, 2.0]))
    assert product.shape == (2,) and np.all(product.value == np.array([1 + 2j, 2 + 4j])) and np.all(product.radius > 0)
    shifted = np.array([1.0, 2.0]) + Exact(np.array([0.5, 0.25]))
    assert isinstance(shifted, Exact) and shifted[1].value == 2.25
    assert (1 - Exact(3)).value == -2 and (np.float64(1) / Exact(4.0)).value == 0.25
    assert [entry.value for entry in Exact([1, 2])] == [1.0, 2.0]
    assert Exact(np.array([1.0, 2.0]))[::-1].value.tolist() == [2.0, 1.0]
    assert np.all(Exact([1.0, 2.0]).stderr == 0) and Exact(1).stderr == 0 and Exact(2).mean == 2


def test_words_are_joined_and_values_normalised():
    total = Exact(1, "first", "[A]") + Exact(2, "second", "[A]") + 1
    assert (total.derivation, total.reference) == ("first; second", "[A]")
    assert type(Exact(Fraction(4, 2)).value) is int and type(Exact(np.float32(0.5)).value) is float
    assert pickle.loads(pickle.dumps(total)).value == 4


@pytest.mark.parametrize(
    ("build", "argument"),
    [
        (lambda: Exact(float("nan")), "value"),
        (lambda: Exact(True), "value"),
        (lambda: Exact("3"), "value"),
        (lambda: Exact([[1], [1, 2]]), "value"),
        (lambda: Exact(1.0, radius=-1e-9), "radius"),
        (lambda: Exact(1.0, radius=float("nan")), "radius"),
        (lambda: Exact(3, radius=0.1), "radius"),
        (lambda: Exact(np.zeros(2), radius=np.zeros(3)), "radius"),
        (lambda: Exact(1e200) * 1e200, "value"),
        (lambda: Exact(1.0) / Exact(1e-9, radius=1e-8), "divisor"),
        (lambda: Exact(2.0) ** 0.5, "exponent"),
        (lambda: Exact(0) ** -1, "divisor"),
        (lambda: len(Exact(1.0)), "value"),
        (lambda: Exact(np.zeros(2))[5], "index"),
        (lambda: Exact(1.0)[0], "index"),
    ],
)
def test_bad_input_names_the_argument(build, argument):
    with pytest.raises(InputError) as caught:
        build()
    assert caught.value.argument == argument


@pytest.mark.parametrize("operation", [*OPERATORS, operator.pow])
def test_other_types_are_left_to_python(operation):
    with pytest.raises(TypeError):
        operation(Exact(1.0), "text")
    with pytest.raises(TypeError):
        operation("text", Exact(1.0))


@pytest.mark.parametrize(("function", "reference"), [(exp, "exp"), (log, "log"), (sqrt, "sqrt")])
def test_elementary_functions_keep_a_rigorous_radius(function, reference):
    with mpmath.workdps(40):
        for value, radius in ((0.7, 0.0), (3.25, 1e-4), (1e-3, 1e-5)):
            result = function(Exact(value, radius=radius))
            for end in (-1, 1):
                truth = getattr(mpmath, reference)(mpmath.mpf(value) + end * mpmath.mpf(radius))
                assert abs(truth - result.value) <= result.radius
    with pytest.raises(InputError, match="real"):
        function(Exact(1j))
    with pytest.raises(InputError, match="a result or a number"):
        function("text")


@pytest.mark.parametrize("function", [log, sqrt])
def test_a_radius_that_leaves_the_domain_is_refused(function):
    with pytest.raises(InputError, match="domain"):
        function(Exact(1e-3, radius=1e-2))
