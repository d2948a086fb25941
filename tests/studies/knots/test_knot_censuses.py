"""The shipped censuses of knots, at small size: answered, verified, and drawn."""

import re
import tomllib

import pytest

pytest.importorskip("numba")

from certifield.evidence import Certified, Obstructed, Unknown, certificate_of_braid_moves
from certifield.studies.census import Answered, Attempt, Item, Record, Section, shipped_censuses, task_called
from certifield.studies.knots import _discs, _ribbon_census, _ribbon_sums, _same_zero_surgery, _slice_status, _unknot_braids
from certifield.topology.obstructions import slice_obstructions
from certifield.topology.tables import knotinfo

pytestmark = pytest.mark.knots
PROOF = certificate_of_braid_moves([], 1, [])


def answered(task, options, budget):
    for item in task.items(options):
        yield Answered(item, (Attempt(budget, task.answer(item, budget, 2**62, options), 0.1),))


def test_the_ribbon_census_answers_every_slice_knot_of_few_crossings():
    options = _ribbon_census.Knots(crossings=(6, 8, 9, 10))
    found = list(answered(_ribbon_census.TASK, options, 3000))
    assert [one.status for one in found] == ["certified"] * 21
    assert all(_discs.proves_disc(one.item, one.best.record, options) for one in found)
    assert not _discs.proves_disc(found[0].item, found[1].best.record, options)
    table, films = _ribbon_census.sections(found, options)
    assert [row[1] for row in table.rows] == [1, 3, 3, 14] and len(films.pictures) == 3


def test_the_slice_status_agrees_with_knotinfo():
    options = _slice_status.PrimeKnots(crossings=(3, 4, 5, 6, 7, 8))
    found = list(answered(_slice_status.TASK, options, 3000))
    assert len(found) == 35 and all(_slice_status.agrees(one) for one in found)
    assert all(_discs.proves_sliceness(one.item, one.best.record, options) for one in found)
    tests, differing, matrix, films = _slice_status.sections(found, options)
    assert sum(row[-1] for row in tests.rows) == 35 and differing.rows == [] and films.pictures
    assert {one.status for one in found} == {"certified", "obstructed"}
    assert [row[0] for row in matrix.rows] == ["6_1", "8_8", "8_9", "8_20"] and {row[5] for row in matrix.rows} == {"ribbon disc"}


def test_the_matrix_shows_by_which_value_a_disc_is_forbidden():
    """Of the five knots of 9 crossings with Arf invariant 0 and square determinant three are slice; two have a signature."""
    options = _slice_status.PrimeKnots(crossings=(9,))
    (matrix,) = (
        part for part in _slice_status.sections(list(answered(_slice_status.TASK, options, 3000)), options) if part.key == "matrix"
    )
    rows = {row[0]: row[1:] for row in matrix.rows}
    forbidden = {name: row for name, row in rows.items() if row[4] != "ribbon disc"}
    assert len(rows) == 5 and len(forbidden) == 2
    for name, row in forbidden.items():
        found = slice_obstructions(knotinfo(name).diagram)
        assert row[0] == found["signature"].certificate.value == row[5] and row[4] == "signature"
        prime, trace = (int(number) for number in re.fullmatch(r"t\^2 - (\d+) t \+ 1 mod (\d+)", row[1]).group(2, 1))
        witness = found["Fox-Milnor"].certificate.document()["witness"]
        assert (witness["prime"], witness["trace"]) == (prime, trace)


def test_a_disagreement_would_show():
    options = _slice_status.PrimeKnots(crossings=(6,))
    first, *rest = answered(_slice_status.TASK, options, 3000)
    swapped = Answered(first.item, rest[0].attempts)
    assert _slice_status.agrees(first) is True and _slice_status.agrees(swapped) is False
    _, differing, *_ = _slice_status.sections([swapped], options)
    assert differing.rows[0][-1] == "no"


def test_an_unknown_answer_is_neither():
    options = _slice_status.PrimeKnots(crossings=(6,))
    (item, *_) = _slice_status.items(options)
    open_item = Answered(item, (Attempt(1, Record(Unknown({"bands": 1})), 0.1),))
    assert _slice_status.agrees(open_item) is None
    assert isinstance(_slice_status.answer(item, 10, 0, options).answer, Certified | Obstructed | Unknown)


TASKS = {"ribbon-census", "ribbon-sums", "same-zero-surgery", "slice-status", "unknot-braids"}


def test_shipped_censuses_name_their_tasks():
    files = shipped_censuses()
    named = {name: tomllib.loads(path.read_text(encoding="utf-8"))["census"] for name, path in files.items()}
    assert set(named.values()) == TASKS and all(task_called(task).unit for task in TASKS)
    assert set(named) == TASKS | {"ribbon-census-13"}


def test_sums_with_the_mirror_image_are_solved_and_drawn():
    options = _ribbon_sums.Sums(sizes=(6, 8), count=2, proposers=("enumeration", "random"))
    found = list(answered(_ribbon_sums.TASK, options, 2000))
    assert [one.status for one in found] == ["certified"] * 8
    assert found[0].item.data["diagram"] == found[1].item.data["diagram"] != found[2].item.data["diagram"]
    table, _ = _ribbon_sums.sections(found, options)
    assert [row[:4] for row in table.rows] == [(who, size, 2, 2) for who in ("enumeration", "random") for size in (6, 8)]
    assert all(one.best.record.spent["bands"] > 0 for one in found)


def test_a_pair_with_the_same_surgery_gets_a_verdict():
    options = _same_zero_surgery.Pairs(pairs=1)
    surgery, *knots = answered(_same_zero_surgery.TASK, options, 20_000)
    assert [surgery.status, *(one.status for one in knots)] == ["certified"] * 3
    assert all(_same_zero_surgery.proves(one.item, one.best.record, options) for one in (surgery, *knots))
    assert not _same_zero_surgery.proves(knots[0].item, knots[1].best.record, options)
    table, films = _same_zero_surgery.sections([surgery, *knots], options)
    assert len(films.pictures) == 2 and surgery.best.record.spent["steps"] > 0
    assert table.rows[0][2:6] == ("certified", "slice", "slice", "both slice")


def test_a_counterexample_would_be_shouted_and_an_open_half_keeps_quiet():
    surgery, first, _ = answered(_same_zero_surgery.TASK, _same_zero_surgery.Pairs(pairs=1), 20_000)
    trefoil = next(answered(_slice_status.TASK, _slice_status.PrimeKnots(crossings=(3,)), 100))
    open_half = Answered(first.item, (Attempt(1, Record(Unknown({"bands": 1})), 0.1),))
    assert _same_zero_surgery.verdict(surgery, [first, trefoil]).startswith("COUNTEREXAMPLE?")
    assert _same_zero_surgery.verdict(surgery, [trefoil, trefoil]) == "neither slice"
    assert _same_zero_surgery.verdict(surgery, [open_half, trefoil]) == "OPEN"
    assert _same_zero_surgery.verdict(open_half, [first, trefoil]) == "OPEN"


def test_braids_are_played_and_drawn():
    options = _unknot_braids.Braids(players=("random-walk", "simplifier"), suites=("named",), random=((4, 24),), count=4)
    found = list(answered(_unknot_braids.TASK, options, 400))
    assert len(found) == 12 and all(_unknot_braids.proves(one.item, one.best.record, options) for one in found if one.status == "certified")
    assert [one.status for one in found if one.item.data["player"] == "simplifier"] == ["certified"] * 6
    walked = [one for one in found if one.item.data["player"] == "random-walk" and one.item.data["suite"] == "random"]
    assert sum(one.status == "certified" for one in walked) >= 3
    assert not _unknot_braids.proves(found[0].item, found[-1].best.record, options)
    named, scrambled = _unknot_braids.sections(found, options)
    assert named.columns == ("player", "letters", "braids", "within 400", "95 % interval", "mean choices")
    assert {len(row) for row in named.rows} == {6}
    assert named.key == "suite-named" and len(named.rows) == 4 and named.plots == [] == scrambled.plots and len(scrambled.rows) == 8


def test_what_changes_with_the_length_is_told_in_words():
    """Sixty braids of one player: short ones all undone, long ones not; and the twin, where the intervals overlap."""

    def told(undone_of_the_long: int) -> Section:
        rows = [([1] * length, True) for length in range(1, 31)]
        rows += [([1] * length, length < 31 + undone_of_the_long) for length in range(31, 61)]
        found = []
        for place, (word, undone) in enumerate(rows):
            data = {"player": "random-walk", "suite": "hard", "word": word, "strands": 2, "braid": place}
            record = Record(Certified(PROOF), {"choices": 1}) if undone else Record(Unknown({"choices": 9}))
            found.append(Answered(Item(str(place), data), (Attempt(9, record, 0.1),)))
        section, film = _unknot_braids.sections(found, _unknot_braids.Braids(players=("random-walk",)))
        assert film.key == "films" and len(film.pictures) == 1
        return section

    assert "random-walk falls from 1.00 to 0.00" in told(0).text and len(told(0).plots) == 2
    assert "random-walk stays flat (1.00, then 0.92, within the intervals)" in told(29).text


def played(attempts: dict[int, bool], place: int, player: str = "random-walk") -> Answered:
    """A braid with an answer for each of these budgets, undone or not."""
    data = {"player": player, "suite": "hard", "word": [1] * (place + 1), "strands": 2, "braid": place}
    records = {True: Record(Certified(PROOF), {"choices": 1}), False: Record(Unknown({"choices": 9}))}
    return Answered(Item(f"{player}-{place}", data), tuple(Attempt(cap, records[undone], 0.1) for cap, undone in attempts.items()))


def test_an_unfinished_census_shows_no_share_of_a_round_in_which_games_wait():
    """Half of the games that were lost at first have not been continued, and one has lost the answer of its first round."""
    found = [played({20: place % 2 == 0} | ({400: True} if place % 4 == 1 else {}), place) for place in range(40)]
    found[1] = played({400: True}, 1)
    options = _unknot_braids.Braids(players=("random-walk", "trpo"))
    (section, *_) = _unknot_braids.sections(found, options)
    columns = list(zip(*section.rows, strict=True))
    assert set(columns[0]) == {"random-walk"} and sum(columns[2]) == 40
    assert columns[3] == ("", "0.50", "0.50", "0.50", "0.50") and columns[4][0] == ""
    assert set(columns[5]) == {""}  # of those that got so far all are won, since the others are not asked again
    assert len(section.plots[0].series[0].x) == 4
    assert [series.label for series in section.plots[0].series] == ["random-walk"]
    assert section.text.startswith("1 of 40 games have not been played yet. ") and "shortest to the longest" not in section.text


def test_games_continue_and_follow_from_the_seed_of_the_items():
    options = _unknot_braids.Braids(players=("random-walk",), suites=(), random=((6, 96),), count=6)
    other = options.model_copy(update={"seed": 8})
    items = list(_unknot_braids.items(options))
    short, long = ([_unknot_braids.answer(item, cap, 0, options) for item in items] for cap in (60, 2000))
    for before, after in zip(short, long, strict=True):
        assert before.status == "unknown" or before.figures == after.figures
    assert "unknown" in {one.status for one in short} and any(one.status == "certified" for one in long)
    assert [one.figures for one in long] != [_unknot_braids.answer(item, 2000, 0, other).figures for item in items]
    twice = [item for item in items for _ in range(2)]
    assert len({item.name for item in twice}) == 6


@pytest.mark.parametrize("kind", [[12, 60], [8, 600], [8, 20], [2, 24], [6, "x"], [6]])
def test_random_braids_that_the_game_has_no_room_for_are_refused_at_once(kind):
    with pytest.raises(ValueError, match="random"):
        _unknot_braids.Braids.model_validate({"random": [kind]})


@pytest.mark.parametrize("sizes", [[4], [13], [54], ["x"]])
def test_sums_of_sizes_that_there_are_not_are_refused(sizes):
    with pytest.raises(ValueError, match="sizes"):
        _ribbon_sums.Sums.model_validate({"sizes": sizes})


def test_a_negative_number_of_pairs_is_refused():
    with pytest.raises(ValueError, match="pairs"):
        _same_zero_surgery.Pairs.model_validate({"pairs": -1})


def test_what_learners_practise_on_is_not_what_they_are_asked():
    """Neither a braid of the suites nor one of the random ones, up to rotation, mirror image, reversal and turning over."""
    from certifield.topology.braids import practice

    def form(word, strands):
        turned = [[*word[place:], *word[:place]] for place in range(len(word))]
        turned += [[-letter for letter in one] for one in turned]
        turned += [one[::-1] for one in turned]
        flipped = [[(abs(letter) - strands) * (-1 if letter > 0 else 1) for letter in one] for one in turned]
        return min(map(tuple, turned + flipped))

    options = _unknot_braids.Braids()
    practised = {form(*one) for one in practice(options.seed)}
    assert not practised & {form(word, strands) for _, word, strands in _unknot_braids.problems(options)}
    word, strands = practice(options.seed)[5]
    assert form([-letter for letter in [*word[3:], *word[:3]]], strands) in practised  # the form sees through a disguise
