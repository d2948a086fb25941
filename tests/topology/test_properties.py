"""Invariants do not see how a link is drawn."""

from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st

from certifield.topology import Diagram, alexander_polynomial, determinant, jones_polynomial, levine_tristram, nullity, signature


@st.composite
def braids(draw):
    """A braid word with its number of strands."""
    strands = draw(st.integers(2, 4))
    letters = st.integers(1, strands - 1).flatmap(lambda letter: st.sampled_from((letter, -letter)))
    return draw(st.lists(letters, max_size=10)), strands


def invariants(diagram):
    return signature(diagram), nullity(diagram), determinant(diagram), jones_polynomial(diagram)


@settings(max_examples=60, deadline=None)
@given(braids(), st.integers(0, 9), st.sampled_from([1, -1]))
def test_conjugation_stabilisation_and_inserted_inverses(braid, cut, sign):
    word, strands = braid
    expected = invariants(Diagram.from_braid(word, strands))
    assert invariants(Diagram.from_braid(word[cut:] + word[:cut], strands)) == expected
    assert invariants(Diagram.from_braid([*word, sign * strands], strands + 1)) == expected
    assert invariants(Diagram.from_braid([*word[:cut], sign, -sign, *word[cut:]], strands)) == expected


def test_a_crossing_change_is_seen():
    """Sabotage twin: a word with one letter changed for its inverse has other invariants."""
    assert invariants(Diagram.from_braid([1, 1, 1])) != invariants(Diagram.from_braid([1, 1, -1]))


@settings(max_examples=60, deadline=None)
@given(braids(), st.randoms(use_true_random=False))
def test_labels_order_and_orientation(braid, random):
    diagram = Diagram.from_braid(*braid)
    labels = random.sample(range(-50, 100), 2 * len(diagram.crossings))
    rows = [tuple(labels[edge] for edge in row) for row in diagram.crossings]
    order = random.sample(range(len(rows)), len(rows))
    again = Diagram.from_pd([rows[place] for place in order], circles=diagram.circles)
    if all(len(walk) > 2 and min(walk) < 0 for walk in diagram.gauss() if walk):  # else the labels decide the orientation
        assert again.canonical() == diagram.canonical()
    assert diagram.canonical().canonical() == diagram.canonical()
    assert diagram.reverse().reverse().canonical() == diagram.canonical()
    assert invariants(diagram.reverse()) == invariants(diagram) == invariants(diagram.canonical())


@settings(max_examples=60, deadline=None)
@given(braids())
def test_mirror_images(braid):
    diagram = Diagram.from_braid(*braid)
    mirror = diagram.mirror()
    assert mirror.mirror() == diagram and mirror.canonical() == Diagram.from_braid([-letter for letter in braid[0]], braid[1]).canonical()
    assert (signature(mirror), nullity(mirror), determinant(mirror)) == (-signature(diagram), nullity(diagram), determinant(diagram))
    assert jones_polynomial(mirror) == jones_polynomial(diagram).inverted()
    linking = diagram.linking_matrix()
    assert mirror.linking_matrix() == tuple(tuple(-entry for entry in row) for row in linking)


@settings(max_examples=40, deadline=None)
@given(braids(), braids())
def test_sums(one, two):
    first, second = Diagram.from_braid(*one), Diagram.from_braid(*two)
    total, split = first.connected_sum(second), first.split_union(second)
    assert signature(total) == signature(split) == signature(first) + signature(second)
    assert determinant(total) == determinant(first) * determinant(second) and determinant(split) == 0
    assert nullity(split) == nullity(total) + 1 == nullity(first) + nullity(second) + 1
    point = Fraction(1)
    assert jones_polynomial(total)(point) == jones_polynomial(first)(point) * jones_polynomial(second)(point)


@pytest.mark.knots
@settings(max_examples=40, deadline=None)
@given(braids(), st.integers(0, 9), st.sampled_from([1, -1]))
def test_markov_moves_keep_what_python_flint_computes(braid, cut, sign):
    word, strands = braid
    diagram, moved = Diagram.from_braid(word, strands), Diagram.from_braid([*word[cut:], *word[:cut], sign * strands], strands + 1)
    assert alexander_polynomial(moved) == alexander_polynomial(diagram)
    assert alexander_polynomial(diagram.mirror()).coefficients in (
        alexander_polynomial(diagram).coefficients,
        tuple(-entry for entry in alexander_polynomial(diagram).coefficients),
    )
    for turn in (Fraction(1, 3), Fraction(2, 5)):
        assert levine_tristram(moved, turn) == levine_tristram(diagram, turn)
        assert levine_tristram(diagram, -turn) == levine_tristram(diagram, turn)
        assert levine_tristram(diagram.mirror(), turn).signature == -levine_tristram(diagram, turn).signature
