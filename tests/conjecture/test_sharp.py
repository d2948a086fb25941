"""Bounds that are sharp at a row of their own: every facet of the points, and no more."""

from fractions import Fraction

import pytest

from certifield.conjecture import Table, linear_bounds


@pytest.fixture(scope="module")
def parabola() -> Table:
    """Points on y = x^2 + x and above it: below lie the chords of neighbours, which are the facets of the convex hull."""
    points = [(x, x * x + x + lift) for x in range(-3, 4) for lift in (0, 0, 5)]
    return Table.of({"x": [x for x, _ in points], "y": [y for _, y in points]})


def test_every_facet_is_found(parabola):
    plain = linear_bounds(parabola, "y", ["x"], most=1)
    found = linear_bounds(parabola, "y", ["x"], most=1, sharp=True)
    chords = {(2 * x + 2, -x * (x + 1)) for x in range(-3, 3)}  # through the points at x and x + 1
    said = {(dict(one.bound.terms).get("x", Fraction(0)), one.bound.constant) for one in found.surviving}
    assert len(plain.surviving) <= 2 and said <= chords
    touched = {row for one in found.surviving for row in one.check.touched}
    assert {parabola.columns["x"][row][0] for row in touched} == set(range(-3, 4))  # no corner is left without a bound
    assert touched < set(range(len(parabola))) and all(one.check.holds for one in found.surviving)
    untouched = {row for one in plain.surviving for row in one.check.touched}
    assert untouched < touched  # sabotage twin: without it corners are left


def test_from_above_the_greatest_rows_are_asked(parabola):
    found = linear_bounds(parabola, "y", ["x"], most=1, relation="<=", sharp=True)
    assert [str(one.bound) for one in found.surviving] == ["y <= x + 14"]  # the chord of the ends
    assert found.surviving[0].check.touched == (2, 20)
