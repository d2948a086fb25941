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


rationals = st.one_of(st.integers(-(2**70), 2**70), st.integers(2**63 - 2, 2**63 + 2), st.integers(-9, 9), fractions, st.booleans())


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.lists(st.tuples(rationals, rationals), min_size=1, max_size=4), st.sampled_from(OPERATORS))
def test_arrays_of_integers_and_fractions_are_never_rounded(pairs, operation):
    """Against Python's own numbers, entry by entry, however large."""
    left, right = ([pair[side] for pair in pairs] for side in (0, 1))
    assert Exact(left).value.tolist() == left and not np.any(Exact(left).radius)
    assert (-Exact(left)).value.tolist() == [-x for x in left] and (Exact(left) ** 3).value.tolist() == [x**3 for x in left]
    if operation is operator.truediv:
        right = [y or 1 for y in right]
        truth = [Fraction(x) / y for x, y in zip(left, right, strict=True)]
    else:
        truth = [operation(x, y) for x, y in zip(left, right, strict=True)]
    result = operation(Exact(left), Exact(right))
    assert result.value.tolist() == truth and not np.any(result.radius)
    assert [entry.value for entry in result] == truth


def test_the_digits_that_floats_drop_are_kept():
    assert Exact(np.array([2**60 + 1])).value.tolist() == [2**60 + 1]
    assert (Exact([2**62 + 1]) - Exact([2**62])).value.tolist() == [1]
    assert (Exact([2**62]) * 4).value.tolist() == [2**64] and (-Exact([-(2**63)])).value.tolist() == [2**63]
    assert (Exact([2, 3]) / 6).value.tolist() == [Fraction(1, 3), Fraction(1, 2)]
    assert (Exact([2, 3]) ** -2).value.tolist() == [Fraction(1, 4), Fraction(1, 9)]
    # Sabotage twin: numpy's own arithmetic, in floats or in 64 bits, fails the same checks.
    assert np.array([2**60 + 1], dtype=float).tolist() != [2**60 + 1]
    assert (np.array([2.0**62 + 1]) - np.array([2.0**62])).tolist() != [1] and (np.array([2**62]) * 4).tolist() != [2**64]


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        ([1, 2], np.int64),
        (np.array([1, 2], dtype=np.uint8), np.int64),
        ([Fraction(4, 2), 3], np.int64),
        (np.array([1, 2], dtype=object), np.int64),
        (np.array([2**63], dtype=np.uint64), object),
        ([2**63, -1], object),
        ([1, Fraction(1, 2)], object),
        ([True, False], bool),
        ([True, Fraction(1, 2)], object),
        (np.array([1, 2], dtype=np.float32), np.float64),
        ([1, 2.5], np.float64),
        ([1, 2.5j], np.complex128),
    ],
)
def test_the_types_of_arrays(value, dtype):
    exact = Exact(value)
    assert exact.value.dtype == dtype and exact.value.tolist() == list(value) and not exact.value.flags.writeable
    assert exact.radius.tolist() == [0.0] * len(value)
    assert type(exact[0].value) in (int, float, complex, bool, Fraction)


def test_beside_floats_integers_and_fractions_are_rounded_into_the_radius():
    truth = [2**60 + 1, Fraction(1, 3), 0.5]
    mixed = Exact(truth, radius=[0.0, 0.0, 0.25])
    assert all(_contained(entry, Fraction(inside)) for entry, inside in zip(mixed, truth, strict=True))
    assert mixed.radius[0] > 0 and mixed.radius[2] == 0.25
    assert not _contained(Exact(mixed.value[0]), truth[0])  # sabotage twin: without the radius
    assert all(
        _contained(entry, inside + Fraction(0.25)) for entry, inside in zip(Exact([2**60 + 1, 3]) + 0.25, [2**60 + 1, 3], strict=True)
    )


def test_truth_values():
    assert Exact(True).value is True and str(Exact(np.bool_(False))) == "False exactly"
    assert Exact(True).agrees_with(True).agrees is True and Exact(True).agrees_with(False).agrees is False
    assert (Exact(True) + 1).value == 2 and (Exact([True, False]) - Exact([True, True])).value.tolist() == [0, -1]
    several = Exact([True, False]).agrees_with(np.array([True, True]))
    assert several.agrees.tolist() == [True, False] and Exact([True, False])[1].value is False


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
        (lambda: Exact("3"), "value"),
        (lambda: Exact(["3"]), "value"),
        (lambda: Exact([Fraction(1, 3), None]), "value"),
        (lambda: Exact([2**60, float("inf")]), "value"),
        (lambda: Exact([10**400, 0.5]), "value"),
        (lambda: Exact([1, 2], radius=0.1), "radius"),
        (lambda: Exact([1, 2]) / np.array([1, 0]), "divisor"),
        (lambda: Exact([1, 2]) + Exact([1, 2, 3]), "operands"),
        (lambda: Exact([1.0, 2.0]) + Exact([1, 2, 3]), "operands"),
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
