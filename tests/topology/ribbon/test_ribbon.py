"""Ribbon discs found by bands, each replayed by the checker."""

import json
from pathlib import Path

import pytest

pytest.importorskip("numba")

from certifield.evidence import Certificate, CertificateRejected, Certified, InputError, Unknown, certificate_of_moves
from certifield.topology import Diagram
from certifield.topology.ribbon import ribbon_disc
from certifield.topology.ribbon._position import Workbench
from certifield.topology.tables import knotinfo, slice_knots

pytestmark = pytest.mark.knots
EXAMPLES = json.loads((Path(__file__).parents[1] / "example_knots.json").read_text(encoding="utf-8"))
BUDGET = 300_000


@pytest.fixture(scope="module")
def discs() -> dict[str, Certificate]:
    """Certificates of all slice prime knots up to 12 crossings."""
    answers = {row.name: ribbon_disc(row.diagram, budget=BUDGET) for row in slice_knots(range(13))}
    return {name: answer.certificate for name, answer in answers.items() if isinstance(answer, Certified)}


def test_all_158_slice_prime_knots_up_to_12_crossings_are_ribbon(discs):
    assert len(discs) == 158 and {"12a_631", "12a_990", "12n_553", "12n_556"} <= discs.keys()
    assert all(certificate.replay().accepted for certificate in discs.values())


def test_the_mirror_image_needs_a_mirrored_disc(discs):
    refused = 0
    for certificate in discs.values():
        document = certificate.document()
        mirror = [list(crossing) for crossing in Diagram.from_pd(document["claim"]["diagram"]).mirror().crossings]
        claim = {"kind": "ribbon", "diagram": mirror}
        refused += not Certificate(claim, document["value"], document["witness"], "ribbon@1").replay().accepted
    assert refused == len(discs)


def test_another_twist_is_refused(discs):
    for certificate in discs.values():
        document = certificate.document()
        moves = document["witness"]["moves"]
        next(move for move in moves if move[0] == "band")[3] += 2
        assert not certificate_of_moves("ribbon", document["claim"]["diagram"], moves).replay().accepted


def test_a_dropped_move_is_refused(discs):
    for certificate in list(discs.values())[:15]:
        document = certificate.document()
        for place in range(len(document["witness"]["moves"])):
            moves = document["witness"]["moves"]
            shorter = certificate_of_moves("ribbon", document["claim"]["diagram"], moves[:place] + moves[place + 1 :])
            assert not shorter.replay().accepted


@pytest.mark.parametrize("name", ["3_1", "4_1", "5_2", "7_7", "8_18"])
def test_knots_that_are_not_slice_stay_unknown(name):
    answer = ribbon_disc(knotinfo(name).diagram, budget=500)
    assert isinstance(answer, Unknown) and answer.spent["bands"] >= 500


def test_the_conway_knot_stays_unknown():
    """It is not smoothly slice (Piccirillo), and nothing that this library computes tells."""
    assert isinstance(ribbon_disc(Diagram.from_pd(EXAMPLES["conway"]), budget=5000), Unknown)


def test_the_knot_of_kinoshita_and_terasaka_is_ribbon():
    answer = ribbon_disc(Diagram.from_pd(EXAMPLES["kinoshitaTerasaka"]))
    assert isinstance(answer, Certified) and answer.certificate.replay(isolated=True).accepted


@pytest.mark.parametrize("name", ["3_1", "4_1", "5_2", "6_2"])
def test_a_knot_and_its_mirror_image_bound_a_disc_together(name):
    knot = knotinfo(name).diagram
    answer = ribbon_disc(knot.connected_sum(knot.mirror().reverse()))
    assert isinstance(answer, Certified) and answer.certificate.replay().accepted
    assert answer.certificate.document()["value"] == "1"  # two-bridge knots need one band


def test_an_unknot_needs_no_band():
    answer = ribbon_disc(Diagram.from_braid([1, -1, 1]))
    assert isinstance(answer, Certified) and answer.certificate.document()["value"] == "0"


def test_the_same_question_has_the_same_answer(discs):
    for row in list(slice_knots(range(13)))[:30]:
        assert ribbon_disc(row.diagram, budget=BUDGET).certificate.canonical() == discs[row.name].canonical()


def test_a_proposer_that_errs_is_no_proof():
    def liar(bench, start, bands, budget):
        yield 1, start

    with pytest.raises(CertificateRejected, match="3 crossings are left"):
        ribbon_disc(Diagram.from_braid([1, 1, 1]), proposer=liar)


@pytest.mark.parametrize("proposer", [["random"], "no-such", 7, None, lambda *asked: None])
def test_what_proposes_nothing_is_refused(proposer):
    with pytest.raises(InputError, match="proposer"):
        ribbon_disc(Diagram.from_braid([1, 1, 1]), proposer=proposer)


def test_the_solution_is_written_down_even_where_the_table_of_findings_is_full(monkeypatch):
    """With room for one finding the solving band takes its place."""
    start = Workbench.__init__

    def small(self, *arguments, **options):
        start(self, *arguments, **options)
        self.findings = self.findings[:1]

    monkeypatch.setattr(Workbench, "__init__", small)
    for row in slice_knots(range(11)):
        assert isinstance(ribbon_disc(row.diagram), Certified)  # which has been replayed


@pytest.mark.parametrize(("option", "value"), [("bands", 0), ("budget", 0), ("budget", 1.5), ("bands", "two")])
def test_wrong_options_are_refused(option, value):
    with pytest.raises(InputError, match=option):
        ribbon_disc(Diagram.from_braid([1, 1, 1]), **{option: value})


def test_links_are_refused():
    with pytest.raises(InputError, match="link of 2 components"):
        ribbon_disc(Diagram.from_braid([1, 1]))
