"""Arcs of the circle and the signature function on them, against KnotInfo's jumps."""

import math
from fractions import Fraction

import pytest

from certifield.topology import Diagram, alexander_polynomial, levine_tristram, signature
from certifield.topology.obstructions._circle import form_at
from certifield.topology.obstructions._signature_function import (
    arc_points,
    simplest_between,
    slice_by_signature_function,
    trace_polynomial,
)

pytestmark = pytest.mark.knots


def table_value(knot, cotangent):
    """The value at the point by KnotInfo's jumps, given with eight digits or so."""
    place = 2 * math.atan2(1, cotangent) / math.pi
    return next((after for jump, _, after in reversed(knot["signature_jumps"]) if jump < place), 0)


def wrong_arcs(knotinfo, points):
    """Knots whose values at the points differ from the table, or do not reach all values that the table has between its jumps."""
    wrong = []
    for knot in knotinfo[:60]:
        diagram = Diagram.from_pd(knot["pd"])
        values = {point: form_at(diagram, point) for point in points(diagram)}
        nonsingular = all(form.nullity == 0 and form.determinant for form in values.values())
        agree = all(form.signature == table_value(knot, point) for point, form in values.items())
        inner = {after for _, _, after in knot["signature_jumps"]} - {signature(diagram), 0}
        if not (nonsingular and agree and inner <= {form.signature for form in values.values()}):
            wrong.append(knot["name"])
    return wrong


def test_every_arc_has_a_point_with_the_value_of_the_table(knotinfo):
    assert wrong_arcs(knotinfo, arc_points) == []


def test_a_missing_arc_is_seen(knotinfo):
    """Sabotage twin: without the first arc of each knot."""
    assert wrong_arcs(knotinfo, lambda diagram: arc_points(diagram)[1:])


def test_rational_points_and_roots_of_unity_agree():
    """w = i has the cotangent 1: the turn 1/4."""
    for word in ([1, 1, 1], [1, -2, 1, -2], [1] * 7, [1, 2] * 4, [1, 1, 1, 2, -1, 2]):
        diagram = Diagram.from_braid(word)
        form = form_at(diagram, Fraction(1))
        assert (form.signature, form.nullity) == levine_tristram(diagram, Fraction(1, 4))
        assert form_at(diagram).signature == signature(diagram)
        conjugate = form_at(diagram, Fraction(-1))
        assert (conjugate.signature, conjugate.determinant) == (form.signature, form.determinant)


def test_the_determinant_is_the_alexander_polynomial_at_the_point(knotinfo):
    """|det(q S - i p A)| = (p^2 + q^2)^g |D(2 (c^2 - 1)/(c^2 + 1))| with 2 g rows, Delta(t) = D(t + 1/t)."""
    for knot in knotinfo[:40]:
        diagram, c = Diagram.from_pd(knot["pd"]), Fraction(2, 3)
        polynomial = trace_polynomial(list(alexander_polynomial(diagram).coefficients))
        trace = 2 * (c * c - 1) / (c * c + 1)
        value = sum(entry * trace**power for power, entry in enumerate(polynomial))
        half = Fraction(abs(form_at(diagram, c).determinant)) / abs(value)
        assert half.denominator == 1 and 13 ** round(math.log(half, 13)) == half


def test_a_signature_function_that_sees_more_than_the_signature():
    """3_1 # 3_1 # mirror of 5_1 has signature 0; the jumps of the summands cancel at w = -1 only."""
    knot = Diagram.from_braid([1, 1, 1]).connected_sum(Diagram.from_braid([1, 1, 1]))
    other = Diagram.from_braid([1] * 5).mirror()
    both = knot.connected_sum(other)
    assert signature(both) == 0
    certificate = slice_by_signature_function(both)
    assert certificate is not None and certificate.replay().accepted and certificate.witness["cotangent"] != "0"
    square = knot.connected_sum(knot.mirror())
    assert slice_by_signature_function(square) is None and arc_points(square) == []


def test_the_simplest_fraction_between_two():
    for low in (Fraction(p, q) for q in range(1, 6) for p in range(2 * q)):
        for high in (low + Fraction(p, 15) for p in (1, 2, 7, 15, 40)):
            fractions = (Fraction(p, q) for q in range(1, 40) for p in range(int(low * q), int(high * q) + 2))
            assert simplest_between(low, high) == next(fraction for fraction in fractions if low < fraction < high)


def test_trace_polynomials():
    """t^-1 - 1 + t = x - 1; t^-2 - t^-1 + 1 - t + t^2 = x^2 - x - 1 for x = t + 1/t."""
    assert trace_polynomial([1, -1, 1]) == [-1, 1] and trace_polynomial([1, -1, 1, -1, 1]) == [-1, -1, 1] and trace_polynomial([1]) == [1]
