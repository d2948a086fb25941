"""Questions of yes or no, against what is known of the knots."""

import json
from itertools import chain
from pathlib import Path

import pytest

pytest.importorskip("numba")

from certifield.evidence import Certificate, Certified, InputError, Obstructed, Unknown
from certifield.topology import Diagram, parse, signature
from certifield.topology.diagrams import read
from certifield.topology.floer import rasmussen_obstruction
from certifield.topology.questions import examine, is_slice, is_unknot
from certifield.topology.questions._examine import _tellers
from certifield.topology.questions._geometry import no_hyperbolic_structure
from certifield.topology.questions._invariants import INVARIANTS, expected_cost, invariants_of
from certifield.topology.questions._links import link_answers
from certifield.topology.tables import knotinfo, prime_knots

pytestmark = pytest.mark.knots
EXAMPLES = json.loads((Path(__file__).parents[1] / "example_knots.json").read_text(encoding="utf-8"))


def test_no_prime_knot_is_the_unknot():
    for row in prime_knots(range(9)):
        answer = is_unknot(row.diagram)
        assert isinstance(answer, Obstructed) and answer.certificate.replay().accepted


@pytest.mark.parametrize("name", ["gordian", "monster"])
def test_hard_unknots_are_unknots(name):
    answer = is_unknot(Diagram.from_pd(EXAMPLES[name]))
    assert isinstance(answer, Certified) and answer.certificate.replay().accepted


def test_every_prime_knot_up_to_9_crossings_is_decided_as_knotinfo_says():
    for row in prime_knots(range(10)):
        answer = is_slice(row.diagram, budget=3000)
        assert not isinstance(answer, Unknown), row.name
        assert isinstance(answer, Certified) == (row.smooth_four_genus.high == 0), row.name
        assert answer.certificate.replay().accepted


def test_the_conway_knot_is_left_open():
    """Its Alexander polynomial is 1 and its s is 0, so that no test here can forbid a smooth disc; Piccirillo proved that there is none."""
    answer = is_slice(Diagram.from_pd(EXAMPLES["conway"]), budget=2000)
    assert isinstance(answer, Unknown) and answer.spent["bands"] >= 2000


def test_the_examination_of_the_stevedore():
    found = examine(knotinfo("6_1").diagram)
    values = {name: value for name, value, _ in found.invariants}
    assert values["signature"] == 0 == values["tau"] == values["Rasmussen's s over Q"]
    assert (values["determinant"], values["genus"], values["fibred"]) == (9, 1, False)
    assert str(values["Jones polynomial"]) == "t^-2 - t^-1 + 2 - 2 t + t^2 - t^3 + t^4"
    assert isinstance(found.unknot, Obstructed) and isinstance(found.slice, Certified)
    assert values["its factors"] == "(-2 + t) (-1 + 2 t)"
    assert {name: source for name, _, source in found.invariants}["Fox-Milnor condition"] == "exact: f(t) f(1/t) with f = (-2 + t)"
    assert abs(values["hyperbolic volume"].value - 3.1639632289) < 1e-9 and abs(values["slope of the cusp"].value - 1.8267382783) < 1e-9
    assert not any(isinstance(value, float) for value in values.values())


def test_the_examination_of_a_trefoil_keeps_its_hand():
    right = examine(Diagram.from_braid([1, 1, 1]))
    left = examine(Diagram.from_braid([-1, -1, -1]))
    hands = [{name: value for name, value, _ in found.invariants} for found in (right, left)]
    assert [hand["signature"] for hand in hands] == [-2, 2]
    assert [hand["tau"] for hand in hands] == [1, -1] and hands[0]["hyperbolic volume"] is None
    assert [hand["Rasmussen's s over Q"] for hand in hands] == [2, -2]
    assert signature(Diagram.from_braid([1, 1, 1])) == -2


@pytest.mark.parametrize("diagram", [Diagram(circles=1), Diagram.from_pd(EXAMPLES["gordian"])])
def test_the_unknot_is_slice(diagram):
    """Of a diagram of 141 crossings the invariants are those of the simplified one."""
    found = examine(diagram)
    assert isinstance(found.unknot, Certified) and isinstance(found.slice, Certified)
    assert found.slice.certificate.value == "0" and found.slice.certificate.replay().accepted
    values = {name: value for name, value, _ in found.invariants}
    assert (values["determinant"], values["genus"], values["Rasmussen's s over Q"]) == (1, 0, 0)


@pytest.mark.slow
def test_the_time_holds_whatever_is_being_computed():
    """Rasmussen's s of 48 crossings takes very long; what was found before is kept, and the rest says that it was late."""
    found = examine(Diagram.from_pd(EXAMPLES["gst"]), seconds=8)
    rows = {name: (value, source) for name, value, source in found.invariants}
    assert list(rows) == [name for row in INVARIANTS for name in row.names]
    assert rows["signature"][0] == 0 and rows["determinant"][0] == 1
    assert rows["Rasmussen's s over Q"] == (None, "not within 8 s")
    assert isinstance(found.unknot, Obstructed) and isinstance(found.slice, Unknown) and found.slice.spent["tests"] > 0


def long_ribbon_knot() -> Diagram:
    """76 figure-eights in a row: 304 crossings, more than the programs of homology and SnapPy are given, and slice."""
    eight = Diagram.from_braid([1, -2, 1, -2])
    whole = eight
    for _ in range(75):
        whole = whole.connected_sum(eight)
    return whole


@pytest.mark.slow
def test_what_is_too_large_for_a_program_costs_its_rows_only():
    assert isinstance(rasmussen_obstruction(long_ribbon_knot()), Unknown)
    assert not isinstance(is_slice(long_ribbon_knot(), budget=1), Obstructed)
    found = {name: (value, source) for name, value, source in chain(*invariants_of(long_ribbon_knot()))}
    assert found["signature"][0] == 0 and found["determinant"][0] == 5**76 and found["Alexander polynomial"][0] is not None
    assert found["genus"][0] is None and "at most 300 crossings" in found["genus"][1]
    assert found["hyperbolic volume"] == (None, "a connected sum has no hyperbolic structure")


@pytest.mark.parametrize("seconds", [0, -1, "long", float("inf"), True])
def test_a_time_is_a_positive_number(seconds):
    with pytest.raises(InputError, match="seconds"):
        examine(Diagram.from_braid([1, 1, 1]), seconds=seconds)


def test_links_and_the_empty_link_are_refused():
    with pytest.raises(InputError, match="link of 2 components"):
        is_unknot(Diagram.from_braid([1, 1]))
    with pytest.raises(InputError, match="empty link"):
        examine(Diagram())


LINKS = {
    "Hopf": (Diagram.from_braid([1, 1]), Obstructed, Obstructed, Obstructed),
    "Whitehead": (Diagram.from_braid([1, -2, 1, -2, -2]), Obstructed, Obstructed, Obstructed),
    "Borromean": (Diagram.from_braid([1, -2] * 3), Obstructed, Obstructed, Obstructed),
    "unlink": (Diagram.from_braid([1, -1, 2, -2, 1, -1]), Certified, Certified, Certified),
    "circles": (Diagram(circles=3), Certified, Certified, Certified),
    "trefoil and circle": (Diagram.from_braid([1, 1, 1]).split_union(Diagram(circles=1)), Obstructed, Certified, Obstructed),
    "split in disguise": (Diagram.from_braid([1, 1, 1, 2, -2, 3, 3]), Obstructed, Certified, Obstructed),
}


@pytest.mark.parametrize("name", LINKS)
def test_links_are_asked_whether_they_are_unlinks_split_and_slice(name):
    diagram, *expected = LINKS[name]
    found = dict(link_answers(diagram, 0))
    assert [type(found[question]) for question in ("unlink", "split", "slice")] == expected
    assert all(answer.certificate.replay(isolated=True).accepted for answer in found.values())


def test_a_certificate_of_a_link_is_for_its_diagram_alone():
    """Sabotage twins: the moves of the unlink for the Hopf link, and its colourings for a split link."""
    unlink, hopf = dict(link_answers(Diagram.from_braid([1, -1]), 0)), dict(link_answers(Diagram.from_braid([1, 1]), 0))
    for question in ("unlink", "split"):
        proof, other = unlink[question].certificate, hopf["split"].certificate
        claim = dict(proof.document()["claim"]) | {"diagram": other.document()["claim"]["diagram"]}
        assert not Certificate(claim, proof.value, proof.document()["witness"], proof.checker).replay().accepted
        claim = dict(other.document()["claim"]) | {"diagram": proof.document()["claim"]["diagram"]}
        assert "2 independent colourings" in Certificate(claim, "1", {"prime": 3}, other.checker).replay().reason


def test_what_has_no_hyperbolic_structure_is_known_before_one_is_sought():
    """Sums of knotted summands by their picture; sabotage twins: a prime knot, and sums with pictures of the unknot."""
    texts = ("3_1 # 4_1", "8_20 # 8_21", "6_1 # 11n_34", "6_1", "6_1 # unknot", "6_1 # braid: 1 -1 1")
    why = {text: no_hyperbolic_structure(parse(text)) for text in texts}
    assert [text for text, reason in why.items() if "connected sum" in reason] == list(texts[:3]) and why["6_1 # braid: 1 -1 1"] == ""
    assert no_hyperbolic_structure(Diagram.from_braid([1, 1, 1, -2])) == ""
    reasons = {text: read(text).geometry for text in ("mirror 3_1", "T(3,4)", "cable(4_1, 2, 3)", "6_1", "T(1,4)", "3_1 # 4_1")}
    assert [text for text, reason in reasons.items() if reason] == ["mirror 3_1", "T(3,4)", "cable(4_1, 2, 3)"]


def test_quick_rows_come_before_slow_ones():
    """For the knot of 48 crossings, volume and Jones polynomial before Floer homology and s, each of which is slow and asked apart."""
    gst = Diagram.from_pd(EXAMPLES["gst"])
    order = [row.names[0] for row in sorted(INVARIANTS, key=lambda row: expected_cost(row, gst))]
    assert order[-2:] == ["genus", "Rasmussen's s over Q"] and {"tell_khovanov"} <= set(_tellers(gst))
    assert _tellers(Diagram.from_braid([1, 1, 1])) == ["tell_answers", "tell_invariants"]


@pytest.mark.slow
def test_a_large_diagram_with_a_signature_is_answered():
    """400 crossings: what its Seifert matrix forbids is known before the simplifier has ended."""
    found = examine(Diagram.from_braid([1, -2, 1, 1] * 99 + [1, -2, 1, 1]).connected_sum(Diagram.from_braid([1] * 3)), seconds=60)
    assert isinstance(found.slice, Obstructed) and isinstance(found.unknot, Obstructed)
