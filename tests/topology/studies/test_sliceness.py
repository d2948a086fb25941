"""Slice or not, for knots of few crossings and for a pair with the same 0-surgery."""

import re

import pytest

pytest.importorskip("numba")

from readings import about, readings, with_pieces

from certifield.evidence import Certified, Obstructed, Unknown
from certifield.study import piece_of_answer
from certifield.topology.obstructions import slice_obstructions
from certifield.topology.studies import same_zero_surgery, slice_status
from certifield.topology.studies._discs import answer_in
from certifield.topology.tables import knotinfo

pytestmark = pytest.mark.knots
STATUS, PAIRS = slice_status.STUDY, same_zero_surgery.STUDY
OPEN = {1: piece_of_answer(Unknown({"bands": 1}))}


@pytest.fixture(scope="module")
def small() -> tuple:
    options = slice_status.PrimeKnots(crossings=(3, 4, 5, 6, 7, 8))
    return options, readings(STATUS, options, 3000)


def sections(found, options) -> dict:
    return {part.key: part for part in STATUS.page(found, options)}


def verdicts(study, found, options) -> dict[str, str]:
    said = dict(study.conclude(found, options))
    return {claim.key: claim.verdict(said.get(claim.ours)) for claim in study.claims}


def test_the_slice_status_agrees_with_knotinfo(small) -> None:
    options, found = small
    assert len(found) == 35 and all(map(slice_status.agrees, found.values()))
    assert all(about(STATUS, one, options) for one in found.values())
    parts = sections(found, options)
    assert sum(row[-1] for row in parts["tests"].rows) == 35 and parts["open"].rows == [] and parts["films"].pictures
    assert {answer_in(one) for one in found.values()} == {"certified", "obstructed"}
    rows = parts["matrix"].rows
    assert [row[0] for row in rows] == ["6_1", "8_8", "8_9", "8_20"] and {row[5] for row in rows} == {"ribbon disc"}
    said = {name: one.value.value for name, one in STATUS.conclude(found, options)}
    assert said == {
        "slice": 4, "not slice": 31, "open": 0, "agree with KnotInfo": 35, "differ from KnotInfo": 0, "discs that a test forbids": 0,
        "ribbon trefoils": 0,
    }  # fmt: skip
    assert verdicts(STATUS, found, options) == {"KN-08": "corrected", "KN-09": "reproduced", "KN-11": "reproduced"}


def test_claims_turn_with_the_evidence(small) -> None:
    """A trefoil with a disc would be as printed; a disc that a test forbids would refute a theorem; nothing asked decides nothing."""
    options, found = small
    disc = found["6_1"]
    slice_trefoil = with_pieces(STATUS, found["3_1"], disc.pieces, options)
    assert verdicts(STATUS, {**found, "3_1": slice_trefoil}, options)["KN-08"] == "reproduced"
    ((budget, piece),) = disc.pieces.items()
    forbidden = with_pieces(STATUS, disc, {budget: {**piece, "signature": "2"}}, options)
    assert verdicts(STATUS, {**found, "6_1": forbidden}, options)["KN-09"] == "refuted"
    empty = {name: with_pieces(STATUS, one, {}, options) for name, one in found.items()}
    assert set(verdicts(STATUS, empty, options).values()) == {"open"}


def test_the_matrix_shows_by_which_value_a_disc_is_forbidden() -> None:
    """Of the five knots of 9 crossings with Arf invariant 0 and square determinant three are slice; two have a signature."""
    options = slice_status.PrimeKnots(crossings=(9,))
    matrix = sections(readings(STATUS, options, 3000), options)["matrix"]
    rows = {row[0]: row[1:] for row in matrix.rows}
    forbidden = {name: row for name, row in rows.items() if row[4] != "ribbon disc"}
    assert len(rows) == 5 and len(forbidden) == 2
    for name, row in forbidden.items():
        found = slice_obstructions(knotinfo(name).diagram)
        assert row[0] == str(found["signature"].certificate.value) == row[5] and row[4] == "signature"
        prime, trace = (int(number) for number in re.fullmatch(r"t\^2 - (\d+) t \+ 1 mod (\d+)", row[1]).group(2, 1))
        witness = found["Fox-Milnor"].certificate.document()["witness"]
        assert (witness["prime"], witness["trace"]) == (prime, trace)


def test_a_disagreement_would_show(small) -> None:
    options, found = small
    first, second = found["6_1"], found["6_2"]
    swapped = with_pieces(STATUS, first, second.pieces, options)
    assert slice_status.agrees(first) is True and slice_status.agrees(swapped) is False
    assert sections({"6_1": swapped}, options)["open"].rows[0][-1] == "no"
    said = dict(STATUS.conclude({"6_1": swapped}, options))
    assert said["differ from KnotInfo"].value.value == 1 != said["differ from KnotInfo"].expected.value


def test_an_unknown_answer_is_neither(small) -> None:
    options, found = small
    assert slice_status.agrees(with_pieces(STATUS, found["6_1"], OPEN, options)) is None
    assert isinstance(found["6_1"]["answer"].value, Certified | Obstructed | Unknown)


def test_the_certificate_says_whether_it_is_for_discs_or_against_them(small) -> None:
    """The forger turns the word around, in a piece whose certificate is a true one about this very knot."""
    options, found = small
    for name, honest in (("6_1", Certified), ("3_1", Obstructed)):
        ((budget, piece),) = found[name].pieces.items()
        word = "obstructed" if honest is Certified else "certified"
        forged = with_pieces(STATUS, found[name], {budget: {**piece, "answer": word}}, options)
        assert isinstance(forged["answer"].value, honest)


@pytest.fixture(scope="module")
def pair() -> tuple:
    options = same_zero_surgery.Pairs(pairs=1)
    return options, readings(PAIRS, options, 20_000)


def test_a_pair_with_the_same_surgery_gets_a_verdict(pair) -> None:
    options, found = pair
    surgery, *knots = found.values()
    assert [answer_in(one) for one in found.values()] == ["certified"] * 3
    assert all(about(PAIRS, one, options) for one in found.values())
    assert not about(PAIRS, knots[0], options, of=knots[1]) and not about(PAIRS, surgery, options, of=knots[0])
    table, films = PAIRS.page(found, options)
    assert len(films.pictures) == 2 and surgery["answer"].value.spent["steps"] > 0
    assert table.rows[0][2:6] == ("certified", "slice", "slice", "both slice")
    said = {name: one.value.value for name, one in PAIRS.conclude(found, options)}
    assert said == {"pairs with equal 0-surgery": 1, "pairs with both knots slice": 1, "pairs with neither knot slice": 0}
    assert verdicts(PAIRS, found, options) == {"KN-10": "reproduced", "KN-14": "open"}


def test_a_counterexample_would_be_shouted_and_an_open_half_keeps_quiet(pair, small) -> None:
    options, found = pair
    surgery, first, _ = found.values()
    trefoil = small[1]["3_1"]
    open_half = with_pieces(PAIRS, first, OPEN, options)
    assert same_zero_surgery.verdict(surgery, [first, trefoil]).startswith("COUNTEREXAMPLE?")
    assert same_zero_surgery.verdict(surgery, [trefoil, trefoil]) == "neither slice"
    assert same_zero_surgery.verdict(surgery, [open_half, trefoil]) == "OPEN"
    assert same_zero_surgery.verdict(open_half, [first, trefoil]) == "OPEN"


def test_a_negative_number_of_pairs_is_refused() -> None:
    with pytest.raises(ValueError, match="pairs"):
        same_zero_surgery.Pairs.model_validate({"pairs": -1})
