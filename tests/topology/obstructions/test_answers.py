"""The two questions: knots, links, what cannot be asked, and further rows in the table."""

import random

import pytest

from certifield.evidence import Certificate, InputError, Obstructed, Unknown
from certifield.topology import Diagram, fox_milnor
from certifield.topology.obstructions import (
    SLICE_OBSTRUCTIONS,
    UNKNOT_OBSTRUCTIONS,
    Obstruction,
    slice_obstruction,
    unknot_obstruction,
)
from certifield.topology.obstructions._alexander import slice_by_fox_milnor

pytestmark = pytest.mark.knots

TREFOIL, EIGHT, HOPF = (Diagram.from_braid(word) for word in ([1, 1, 1], [1, -2, 1, -2], [1, 1]))
UNLINKS = [Diagram(circles=1), Diagram(circles=3), Diagram.from_braid([1, -1]), Diagram.from_braid([1, 2, -1, -2, 1, -1])]


def replayed(answer):
    assert isinstance(answer, Obstructed)
    verdict = answer.certificate.replay()
    assert verdict.accepted, verdict.reason
    return answer


def test_knots():
    assert replayed(slice_obstruction(TREFOIL)).category == "topological"
    assert replayed(slice_obstruction(EIGHT)).certificate.value == "1"  # the Arf invariant
    square, granny = TREFOIL.connected_sum(TREFOIL.mirror()), TREFOIL.connected_sum(TREFOIL)
    assert isinstance(slice_obstruction(square), Unknown) and replayed(slice_obstruction(granny)).certificate.value == "-4"
    assert replayed(slice_obstruction(EIGHT.connected_sum(EIGHT).connected_sum(EIGHT))).category == "topological"


def test_the_unknot_and_unlinks_are_never_obstructed():
    for unlink in UNLINKS:
        assert isinstance(slice_obstruction(unlink), Unknown)
    for kinked in (Diagram(circles=1), Diagram.from_braid([1]), Diagram.from_braid([1, -2, 3])):
        answer = unknot_obstruction(kinked)
        assert isinstance(answer, Unknown) and answer.spent == {"tests": 4}


def test_links():
    whitehead = Diagram.from_braid([1, -2, 1, -2, -2])
    borromean = Diagram.from_braid([1, -2] * 3)
    assert replayed(slice_obstruction(HOPF)).certificate.witness["test"] == "linking number"
    assert replayed(slice_obstruction(whitehead)).certificate.witness["test"] in ("signature", "nullity")
    assert replayed(slice_obstruction(borromean)).certificate.witness["test"] == "nullity"
    assert replayed(slice_obstruction(TREFOIL.split_union(Diagram(circles=2)))).certificate.witness["test"] == "signature"
    assert isinstance(slice_obstruction(TREFOIL.connected_sum(TREFOIL.mirror()).split_union(UNLINKS[2])), Unknown)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("letters", [[2, -2], [-2, 2]])
def test_a_component_that_never_passes_below(letters, turned):
    """Its code has no direction for it, so the checker chooses one."""
    link = Diagram.from_braid([1, 1, 1, *letters], 3)
    link = link.reverse([1]) if turned else link
    assert replayed(slice_obstruction(link)).certificate.witness["test"] == "signature"


def test_random_links_and_their_mirror_images():
    """Every obstruction replays, and the mirror image has one exactly if the link has."""
    rng, obstructed = random.Random(11), 0
    for _ in range(60):
        strands = rng.randrange(2, 5)
        word = [rng.choice([1, -1]) * rng.randrange(1, strands) for _ in range(rng.randrange(2, 10))]
        link = Diagram.from_braid(word, strands)
        link = link.reverse(rng.sample(range(link.components), rng.randrange(link.components)))
        answers = slice_obstruction(link), slice_obstruction(link.mirror())
        assert isinstance(answers[0], Obstructed) is isinstance(answers[1], Obstructed)
        for answer in answers:
            obstructed += isinstance(answer, Obstructed) and replayed(answer) is answer
    assert 40 < obstructed < 120


def test_a_prime_is_found_exactly_if_factors_over_the_integers_forbid(knotinfo):
    """Two routes to the condition of Fox and Milnor."""
    for knot in knotinfo[::3]:
        diagram = Diagram.from_pd(knot["pd"])
        certificate = slice_by_fox_milnor(diagram)
        assert (certificate is None) is fox_milnor(diagram).holds
        assert certificate is None or certificate.replay().accepted


def test_further_rows():
    """A row of a lower cost is asked first; its certificate and its category are the answer."""
    certificate = Certificate({"kind": "any"}, "1", {}, "some-checker@1")
    row = Obstruction("a further test", "smooth", 0, lambda diagram: certificate)
    answer = slice_obstruction(TREFOIL, [*SLICE_OBSTRUCTIONS, row])
    assert isinstance(answer, Obstructed) and answer.certificate is certificate and answer.category == "smooth"
    nothing = slice_obstruction(TREFOIL, [])
    assert isinstance(nothing, Unknown) and nothing.spent == {"tests": 0}


def test_the_tables():
    for table, categories in ((SLICE_OBSTRUCTIONS, {"topological", "smooth"}), (UNKNOT_OBSTRUCTIONS, {None})):
        assert len({row.name for row in table}) == len(table) and {row.category for row in table} == categories
        assert list(table) == sorted(table, key=lambda row: row.cost)


@pytest.mark.parametrize("given", [None, [[1, 5, 2, 4]], "3_1", Diagram()])
def test_what_is_no_link(given):
    for question in (slice_obstruction, unknot_obstruction):
        with pytest.raises(InputError):
            question(given)
    with pytest.raises(InputError, match="2 components"):
        unknot_obstruction(HOPF)


def test_a_wide_diagram_is_left_alone(knotinfo, monkeypatch):
    """The Conway knot needs its Jones polynomial, which is not computed for diagrams beyond a limit of open edges."""
    (conway,) = (Diagram.from_pd(knot["pd"]) for knot in knotinfo if knot["name"] == "11n_34")
    assert replayed(unknot_obstruction(conway)).certificate.checker == "not-unknot-jones@1"
    monkeypatch.setattr("certifield.topology.obstructions._jones.WIDEST", 4)
    assert isinstance(unknot_obstruction(conway), Unknown)
