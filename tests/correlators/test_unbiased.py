"""The estimators are unbiased: exhaustive enumeration of all samples of small discrete laws, in exact fractions."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from certifield.correlators.expansion import (
    cumulant,
    evaluate,
    fewest_draws,
    joined,
    moment,
    neuron_cumulant,
    side_by_side,
    unbiased,
    wick_cumulant,
    wick_moment,
)

SKEWED = [
    ((Fraction(0), Fraction(1)), Fraction(1, 2)),
    ((Fraction(1), Fraction(-2)), Fraction(1, 3)),
    ((Fraction(3), Fraction(1)), Fraction(1, 6)),
]
EVEN = [((Fraction(s), Fraction(s * 2)), Fraction(1, 4)) for s in (1, -1)] + [
    ((Fraction(3 * s), Fraction(-s)), Fraction(1, 4)) for s in (1, -1)
]


def plain(fields, tuple_, block):
    return np.prod([fields[tuple_[k]] for k in range(len(tuple_)) if block >> k & 1], dtype=object)


def wick(fields, tuple_, block, kernel):
    """:prod: by the recursion over the last field."""
    places = [k for k in range(len(tuple_)) if block >> k & 1]
    if not places:
        return Fraction(1)
    last, rest = places[-1], block ^ (1 << places[-1])
    value = fields[tuple_[last]] * wick(fields, tuple_, rest, kernel)
    for other in places[:-1]:
        value -= kernel[tuple_[last]][tuple_[other]] * wick(fields, tuple_, rest ^ (1 << other), kernel)
    return value


def expected_estimate(law, tuple_, target, draws, join, feature, kernel=lambda pair: Fraction(1)):
    """E[estimator] over all samples of ``draws`` draws."""
    terms = unbiased(target, join)
    total = Fraction(0)
    for sample in product(law, repeat=draws):
        weight = np.prod([p for _, p in sample], dtype=object)

        def sum_of(factors, sample=sample):
            return np.array([[sum(np.prod([feature(x, tuple_, b) for b in factors], dtype=object) for x, _ in sample)]], dtype=object)

        estimate = evaluate(
            _exactly(terms), sum_of, np.array([Fraction(draws)], dtype=object), lambda pair: np.array([kernel(pair)], dtype=object)
        )
        total += weight * estimate[0, 0]
    return total


def _exactly(terms):
    from dataclasses import replace

    fractions = lambda by_draws: {p: Fraction(c).limit_denominator(10**6) for p, c in by_draws.items()}  # noqa: E731
    return [replace(term, coefficients=fractions(term.coefficients)) for term in terms]


def true_value(law, tuple_, target, feature, kernel=lambda pair: Fraction(1)):
    mean = lambda block: sum(p * feature(x, tuple_, block) for x, p in law)  # noqa: E731
    return sum(
        Fraction(term.coefficient).limit_denominator(10**6)
        * np.prod([kernel(b) for b in term.known] + [mean(b) for b in term.free], dtype=object)
        for term in target
    )


CASES = [
    ("order 2, mean unknown", SKEWED, (0, 1), cumulant(2, even=False), 3),
    ("order 3, mean unknown", SKEWED, (0, 0, 1), cumulant(3, even=False), 4),
    ("order 4, mean unknown", SKEWED, (0, 0, 1, 1), cumulant(4, even=False), 5),
    ("order 4, odd moments zero", EVEN, (0, 0, 1, 1), cumulant(4, even=True), 3),
    ("order 4, odd moments zero, mixed", EVEN, (0, 0, 0, 1), cumulant(4, even=True), 2),
    ("order 6, odd moments zero", EVEN, (0, 0, 0, 1, 1, 1), cumulant(6, even=True), 4),
    ("moment", SKEWED, (0, 1, 1), moment(3), 2),
    ("neurons, width 3", SKEWED, (0, 1, 1, 0), neuron_cumulant(4, 3, lambda b: 1.0, known_pairs=False), 4),
]


@pytest.mark.parametrize(("what", "law", "tuple_", "target", "draws"), CASES, ids=[case[0] for case in CASES])
def test_exhaustive_enumeration(what, law, tuple_, target, draws):
    got, true = expected_estimate(law, tuple_, target, draws, joined, plain), true_value(law, tuple_, target, plain)
    tolerance = Fraction(1, 10**4) if what.startswith("neurons") else 0  # its coefficients 1/3 are floats
    assert abs(got - true) <= tolerance


@pytest.mark.parametrize(("what", "law", "tuple_", "target", "draws"), CASES[:6], ids=[case[0] for case in CASES[:6]])
def test_plug_in_estimates_are_biased_and_seen(what, law, tuple_, target, draws):
    """The twin: replacing every expectation by its sample mean fails the same check."""
    plug_in = Fraction(0)
    for sample in product(law, repeat=draws):
        mean = lambda block, sample=sample: sum(plain(x, tuple_, block) for x, _ in sample) / Fraction(draws)  # noqa: E731
        value = sum(Fraction(term.coefficient) * np.prod([mean(b) for b in term.free], dtype=object) for term in target)
        plug_in += np.prod([p for _, p in sample], dtype=object) * value
    assert plug_in != true_value(law, tuple_, target, plain)


@pytest.mark.parametrize(("tuple_", "draws"), [((0, 0, 1, 1), 2), ((0, 0, 0, 0, 1, 1), 2)])
def test_wick_ordered_estimates(tuple_, draws):
    kernel = [[sum(p * x[i] * x[j] for x, p in EVEN) for j in range(2)] for i in range(2)]
    feature = lambda x, t, b: wick(x, t, b, kernel)  # noqa: E731
    target = wick_cumulant(len(tuple_))
    true = true_value(EVEN, tuple_, cumulant(len(tuple_), even=True), plain)
    assert expected_estimate(EVEN, tuple_, target, draws, side_by_side, feature) == true
    pair = lambda mask: kernel[tuple_[mask.bit_length() - 1]][tuple_[(mask & -mask).bit_length() - 1]]  # noqa: E731
    moments = true_value(EVEN, tuple_, moment(len(tuple_)), plain)
    assert expected_estimate(EVEN, tuple_, wick_moment(len(tuple_)), draws, side_by_side, feature, pair) == moments


def test_wick_ordered_eighth_cumulant_of_signs():
    """kappa_8 of a fair sign is -272, from two distinct draws for the product of two fourth-order means."""
    law = [((Fraction(s),), Fraction(1, 2)) for s in (1, -1)]
    feature = lambda x, t, b: wick(x, t, b, [[Fraction(1)]])  # noqa: E731
    got = expected_estimate(law, (0,) * 8, wick_cumulant(8), 2, side_by_side, feature)
    assert got == -272 == true_value(law, (0,) * 8, cumulant(8, even=True), plain)


def test_k_statistics_are_fishers():
    """One variable, order 4, from raw power sums: Fisher's k_4 written out (Kendall and Stuart), on a fixed sample of 7."""
    sample = [Fraction(v) for v in (1, 4, 4, -2, 7, 0, 3)]
    n = Fraction(len(sample))
    mean = sum(sample) / n
    m2, m4 = (sum((x - mean) ** k for x in sample) / n for k in (2, 4))
    fisher = n**2 * ((n + 1) * m4 - 3 * (n - 1) * m2**2) / ((n - 1) * (n - 2) * (n - 3))
    terms = _exactly(unbiased(cumulant(4, even=False), joined))
    sums = lambda factors: np.array([[sum(x ** factors[0].bit_count() for x in sample)]], dtype=object)  # noqa: E731
    got = evaluate(terms, sums, np.array([n], dtype=object), lambda pair: np.array([Fraction(1)], dtype=object))
    assert got[0, 0] == fisher
    assert got[0, 0] * (n - 1) / n != fisher


@pytest.mark.parametrize("order", range(1, 9))
def test_fewest_draws(order):
    assert fewest_draws(cumulant(order, even=False)) == order
