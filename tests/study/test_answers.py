"""Pieces that are answers, and claims that are bounds."""

from types import SimpleNamespace

import pytest

from certifield.engine._results import held
from certifield.evidence import Certified, Estimate, Exact, InputError, Obstructed, Unknown, certificate_of_braid_moves
from certifield.study import Claim, Found, Missing, answer_of, best, figures_of, piece_of_answer, read_answer, status

PROOF = certificate_of_braid_moves([], 1, [])
ANSWERS = [Certified(PROOF, {"bands": 7}), Obstructed(PROOF, "smooth", {"bands": 7}), Unknown({"bands": 7})]


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_comes_back_from_its_piece(answer) -> None:
    piece = piece_of_answer(answer, {"moves": 3, "name": "x"})
    back = answer_of(piece)
    assert type(back) is type(answer) and dict(back.spent) == {"bands": 7} and figures_of(piece) == {"moves": 3, "name": "x"}
    assert getattr(back, "category", None) == getattr(answer, "category", None)
    assert getattr(back, "certificate", None) is getattr(answer, "certificate", None)


def test_an_answer_is_one_of_three_and_figures_have_other_names() -> None:
    with pytest.raises(InputError, match="answer"):
        piece_of_answer(PROOF)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="figures"):
        piece_of_answer(ANSWERS[0], {"spent": 3})


def test_the_first_proof_answers_and_else_the_last_search() -> None:
    lost, won, late = piece_of_answer(ANSWERS[2], {"try": 1}), piece_of_answer(ANSWERS[0], {"try": 2}), piece_of_answer(ANSWERS[1])
    assert best({}) is None and best({10: lost, 20: won, 30: late}) is won and best({10: lost, 20: {**lost, "try": 5}})["try"] == 5
    found = dict(read_answer({10: lost, 20: won, 30: late}))
    assert isinstance(found["answer"].value, Certified) and found["try"].value.value == 2
    assert status(found["answer"].value) == "certified"


def test_a_case_that_was_not_asked_waits_and_only_whole_numbers_are_findings() -> None:
    ((name, found),) = read_answer({})
    assert name == "answer" and isinstance(found.value, Missing) and found.value.waiting and status(found.value) == "waiting"
    piece = piece_of_answer(ANSWERS[2], {"moves": 3, "word": "x", "flag": True, "list": [1], "none": None})
    assert set(dict(read_answer({5: piece}))) == {"answer", "moves"}


def estimate(mean: float) -> Found:
    return Found(Estimate.from_stderr(mean, 0.1, source="here"))


@pytest.mark.parametrize(
    "found, verdict",
    [
        (estimate(2.0), "reproduced"),
        (estimate(1.1), "open"),
        (estimate(0.9), "open"),
        (estimate(0.0), "refuted"),
        (Found(Exact(2)), "reproduced"),
        (Found(Exact(1)), "refuted"),  # a bound that is met exactly is not exceeded
        (Found(Exact(0)), "refuted"),
        (Found(Estimate.from_stderr(2.0, 0.0, source="here")), "open"),
        (Found(Missing("no draws")), "open"),
        (None, "open"),
    ],
)
def test_a_bound_is_decided_where_the_finding_is_told_apart_from_it(found, verdict: str) -> None:
    above = Claim("X", "somewhere", "more than one", "name", Exact(1), relation=">")
    assert above.verdict(found) == verdict
    below = Claim("X", "somewhere", "less than one", "name", Exact(1), relation="<")
    opposite = {"reproduced": "refuted", "refuted": "reproduced", "open": "open"}[verdict]
    assert below.verdict(found) == (
        "refuted" if found is not None and isinstance(found.value, Exact) and found.value.value == 1 else opposite
    )


def test_a_wrong_bound_may_have_a_correction_on_the_other_side() -> None:
    claim = Claim("X", "somewhere", "less than one", "name", Exact(1), Exact(1), relation="<")
    assert [claim.verdict(estimate(mean)) for mean in (0.0, 1.1, 2.0)] == ["reproduced", "open", "corrected"]
    further = Claim("X", "somewhere", "less than one", "name", Exact(1), Exact(5), relation="<")
    assert [further.verdict(estimate(mean)) for mean in (2.0, 9.0)] == ["refuted", "corrected"]


def test_a_claim_of_other_options_is_open() -> None:
    """What the source prints for one factor of the labels says nothing of another one."""
    claim = Claim("DY", "a source", "a number", "x", Exact(1), asked={"labels": 1.0, "times": (1.0, 4.0)})
    same, other = SimpleNamespace(labels=1.0, times=(1.0, 4.0), widths=[3]), SimpleNamespace(labels=3.0, times=(1.0, 4.0))
    assert held(claim, Found(Exact(2)), same).value.value == 2 and held(claim, None, other) is None
    found = held(claim, Found(Exact(2)), other)
    assert str(found.value) == "withheld: the source speaks of labels = 1.0" and claim.verdict(found) == "open"
    assert claim.verdict(held(claim, Found(Exact(2)), same)) == "refuted"
