"""The obstruction against KnotInfo: every algebraically slice knot that is not slice is obstructed, no slice knot is."""

import pytest

from certifield.evidence import InputError, Obstructed, Unknown
from certifield.topology import Diagram, alexander_polynomial, fox_milnor, signature
from certifield.topology.twisted import twisted_obstruction

pytestmark = pytest.mark.knots
STEVEDORE = Diagram.from_pd([[1, 7, 2, 6], [3, 10, 4, 11], [5, 3, 6, 2], [7, 1, 8, 12], [9, 4, 10, 5], [11, 9, 12, 8]])


def test_the_sixteen_knots_of_herald_kirk_and_livingston(knots):
    """0804.1355 settles them; signatures and the Alexander polynomial see nothing."""
    obstructed = {name: diagram for name, (diagram, genus) in knots.items() if genus}
    assert len(obstructed) == 16
    for name, diagram in obstructed.items():
        assert signature(diagram) == 0 and fox_milnor(diagram).holds
        answer = twisted_obstruction(diagram)
        assert isinstance(answer, Obstructed) and answer.category == "topological", name
        verdict = answer.certificate.replay()
        assert verdict.accepted, (name, verdict.reason)


def test_slice_knots_are_not_obstructed(knots):
    for name, (diagram, genus) in knots.items():
        if not genus:
            answer = twisted_obstruction(diagram, budget=400_000)
            assert isinstance(answer, Unknown) and answer.spent["matrix entries"] <= 400_000, name


def test_a_knot_and_its_mirror_image():
    """K # -K, reversed, is ribbon, and the figure eight equals its mirror image and its reverse, so all three sums are slice."""
    eight = Diagram.from_braid([1, -2, 1, -2])
    for summand in (eight, eight.mirror(), eight.reverse()):
        assert isinstance(twisted_obstruction(eight.connected_sum(summand), budget=1_000_000), Unknown)


def test_8_17_is_not_concordant_to_its_reverse():
    """Kirk and Livingston, Topology 38 (1999) 663.  8_17 is its own mirror image reversed, so that 8_17 # 8_17 is slice.

    H_1 of the threefold cover of the sum has two eigenspaces over F_13, planes of 14 lines each.
    """
    knot = Diagram.from_braid([-1, -1, 2, -1, 2, -1, 2, 2])
    assert alexander_polynomial(knot).coefficients == (-1, 4, -8, 11, -8, 4, -1)
    answer = twisted_obstruction(knot.connected_sum(knot.reverse()), 60_000_000, covers=(3,))
    assert isinstance(answer, Obstructed)
    verdict = answer.certificate.replay()
    assert verdict.accepted and verdict.steps == 28
    assert isinstance(twisted_obstruction(knot.connected_sum(knot), 60_000_000, covers=(3,)), Unknown)  # sabotage twin


def test_the_answer_can_be_repeated_and_ends_with_its_budget(knots):
    diagram = knots["12n_210"][0]
    first, second = twisted_obstruction(diagram), twisted_obstruction(diagram)
    assert isinstance(first, Obstructed) and isinstance(second, Obstructed)
    assert first.certificate.canonical() == second.certificate.canonical()
    nothing = twisted_obstruction(diagram, budget=0)
    assert isinstance(nothing, Unknown) and dict(nothing.spent) == {"matrix entries": 0, "polynomials": 0}


def test_the_unknot_has_no_covers():
    for unknot in (Diagram(circles=1), Diagram.from_braid([1, -2]), Diagram.from_braid([1])):
        assert isinstance(twisted_obstruction(unknot), Unknown)


@pytest.mark.parametrize(
    ("diagram", "options", "argument"),
    [
        (Diagram.from_braid([1, 1]), {}, "diagram"),
        (Diagram(), {}, "diagram"),
        (STEVEDORE, {"budget": -1}, "budget"),
        (STEVEDORE, {"budget": 1.5}, "budget"),
        (STEVEDORE, {"covers": (2, 6)}, "covers"),
        (STEVEDORE, {"covers": (1,)}, "covers"),
        (STEVEDORE, {"covers": 2}, "covers"),
        (STEVEDORE, {"covers": (64,)}, "covers"),
    ],
)
def test_bad_input(diagram, options, argument):
    with pytest.raises(InputError) as caught:
        twisted_obstruction(diagram, **options)
    assert caught.value.argument == argument
