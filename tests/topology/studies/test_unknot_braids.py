"""Games on braids of the unknot, at small size, and what is said of games that a test makes up."""

import pytest

pytest.importorskip("numba")

from readings import about, reading, readings

from certifield.evidence import Certified, Unknown, certificate_of_braid_moves
from certifield.study import Case, Reading, Task, answer_of, piece_of_answer
from certifield.topology.studies import unknot_braids
from certifield.topology.studies._braid_claims import CLAIMS
from certifield.topology.studies._braid_page import labels_of
from certifield.topology.studies._discs import answer_in

pytestmark = pytest.mark.knots
STUDY, Braids = unknot_braids.STUDY, unknot_braids.Braids
PROOF = certificate_of_braid_moves([], 1, [])
WON = piece_of_answer(Certified(PROOF), {"choices": 1, "forgeries accepted": 0})
LOST = piece_of_answer(Unknown({"choices": 9}))


@pytest.fixture(scope="module")
def games() -> tuple:
    options = Braids(players=("random-walk", "simplifier"), suites=("named",), random=((4, 24),), count=4)
    return options, readings(STUDY, options, 400)


def test_braids_are_played_and_drawn(games) -> None:
    options, found = games
    every = list(found.values())
    assert len(every) == 12 and all(about(STUDY, one, options) for one in every if answer_in(one) == "certified")
    assert [answer_in(one) for one in every if one.case.data["player"] == "simplifier"] == ["certified"] * 6
    walked = [one for one in every if one.case.data["player"] == "random-walk" and one.case.data["suite"] == "random"]
    assert sum(answer_in(one) == "certified" for one in walked) >= 3
    assert not about(STUDY, every[0], options, of=every[-1])
    named, scrambled = STUDY.page(found, options)
    assert named.columns == ("player", "letters", "braids", "within 400", "95 % interval", "mean choices")
    assert {len(row) for row in named.rows} == {6}
    assert named.key == "suite-named" and len(named.rows) == 4 and named.plots == [] == scrambled.plots and len(scrambled.rows) == 8


def test_checkers_refuse_false_copies_of_the_proofs(games) -> None:
    """And the twin: a proof that is whole without its last move would be accepted once more."""
    _, found = games
    won = [one for one in found.values() if answer_in(one) == "certified"]
    assert all(one["forgeries accepted"].value.value == 0 for one in won if one.case.data["player"] == "random-walk")
    assert all(one["invariants changed"].value.value == 0 for one in won if one.case.data["player"] == "simplifier")
    assert unknot_braids.forgeries_accepted(certificate_of_braid_moves([1], 2, [["D", 1], ["L"]])) in (0, 1)
    longer = certificate_of_braid_moves([1, -1], 2, [["F", 0], ["C", 1]])
    assert not longer.replay().accepted


def test_games_continue_and_follow_from_the_seed_of_the_options() -> None:
    options = Braids(players=("random-walk",), suites=(), random=((6, 96),), count=6)
    other = options.model_copy(update={"seed": 8})
    cases = list(STUDY.cases(options))
    short, long = ([STUDY.piece(Task(0, case, cap), options) for case in cases] for cap in (60, 2000))
    for before, after in zip(short, long, strict=True):
        assert before["answer"] == "unknown" or before["choices"] == after["choices"]
    assert "unknown" in {one["answer"] for one in short} and any(one["answer"] == "certified" for one in long)
    made = [answer_of(one).spent for one in long]
    assert made != [answer_of(STUDY.piece(Task(0, case, 2000), other)).spent for case in cases]
    assert made == [answer_of(STUDY.piece(Task(1, case, 2000), options)).spent for case in cases], "the root seed does not matter"


def played(attempts: dict[int, bool], place: int, player: str = "random-walk", suite: str = "hard", length: int | None = None) -> Reading:
    """A braid with a piece for each of these budgets, undone or not."""
    word = [1] * (place + 1 if length is None else length)
    case = Case(f"{player}-{suite}-{place}", {"player": player, "suite": suite, "word": word, "strands": 2, "braid": place}, player)
    return reading(STUDY, case, {cap: WON if undone else LOST for cap, undone in attempts.items()}, Braids())


def named(games: list[Reading]) -> dict[str, Reading]:
    return {one.case.name: one for one in games}


def test_what_changes_with_the_length_is_told_in_words() -> None:
    """Sixty braids of one player: short ones all undone, long ones not; and the twin, where the intervals overlap."""

    def told(undone_of_the_long: int):
        games = [played({9: place < 30 + undone_of_the_long}, place) for place in range(60)]
        section, film = STUDY.page(named(games), Braids(players=("random-walk",)))
        assert film.key == "films" and len(film.pictures) == 1
        return section

    assert "random-walk falls from 1.00 to 0.00" in told(0).text and len(told(0).plots) == 2
    assert "random-walk stays flat (1.00, then 0.92, within the intervals)" in told(29).text


def test_an_unfinished_study_shows_no_share_of_a_round_in_which_games_wait() -> None:
    """Half of the games that were lost at first have not been continued, and one has lost the piece of its first round."""
    games = [played({20: place % 2 == 0} | ({400: True} if place % 4 == 1 else {}), place) for place in range(40)]
    games[1] = played({400: True}, 1)
    options = Braids(players=("random-walk", "trpo"))
    section, *_ = STUDY.page(named(games), options)
    columns = list(zip(*section.rows, strict=True))
    assert set(columns[0]) == {"random-walk"} and sum(columns[2]) == 40
    assert columns[3] == ("", "0.50", "0.50", "0.50", "0.50") and columns[4][0] == ""
    assert set(columns[5]) == {""}  # of those that got so far all are won, since the others are not asked again
    assert len(section.plots[0].marks[0].x) == 4
    assert labels_of(section.plots[0]) == ["random-walk"]
    assert section.text.startswith("1 of 40 games have not been played yet. ") and "shortest to the longest" not in section.text
    assert dict(STUDY.conclude(named(games), options))["undone by random-walk of hard"].value.waiting


def verdicts(games: list[Reading], players: tuple[str, ...]) -> dict[str, str]:
    said = dict(STUDY.conclude(named(games), Braids(players=players)))
    return {claim.key: claim.verdict(said.get(claim.ours)) for claim in CLAIMS}


@pytest.mark.parametrize("walk, learner, verdict", [(5, 38, "reproduced"), (38, 5, "refuted"), (20, 22, "open"), (40, 40, "open")])
def test_who_is_better_is_decided_by_more_than_chance(walk: int, learner: int, verdict: str) -> None:
    wins = {"random-walk": walk, "ppo": learner}
    games = [played({9: place < wins[player]}, place, player) for player in wins for place in range(40)]
    assert verdicts(games, tuple(wins))["KN-03"] == verdict
    games[0] = played({}, 0)
    assert verdicts(games, tuple(wins))["KN-03"] == "open"


def test_growth_is_the_longest_fifth_less_the_shortest() -> None:
    games = []
    for place in range(50):
        one = played({9: True}, place, suite="random")
        piece = {**WON, "choices": 10 + place // 10 * 20 + place % 2}
        games.append(reading(STUDY, one.case, {9: piece}, Braids()))
    said = dict(STUDY.conclude(named(games), Braids(players=("random-walk",))))["growth of the choices of random-walk"].value
    assert float(said.mean) == 80.0 and float(said.stderr) == pytest.approx((2 * (10 / 4 / 9) / 10) ** 0.5, rel=1e-12)
    assert verdicts(games, ("random-walk",))["KN-02"] == "reproduced"
    assert verdicts(games[::-1], ("random-walk",))["KN-02"] == "reproduced", "lengths count, not the order"
    flat = [reading(STUDY, one.case, {9: {**WON, "choices": 10 + place % 2}}, Braids()) for place, one in enumerate(games)]
    assert verdicts(flat, ("random-walk",))["KN-02"] == "open"


@pytest.mark.parametrize("kind", [[12, 60], [8, 600], [8, 20], [2, 24], [6, "x"], [6]])
def test_random_braids_that_the_game_has_no_room_for_are_refused_at_once(kind) -> None:
    with pytest.raises(ValueError, match="random"):
        Braids.model_validate({"random": [kind]})


@pytest.mark.slow
def test_what_learners_practise_on_is_not_what_they_are_asked() -> None:
    """Neither a braid of the suites nor one of the random ones, up to rotation, mirror image, reversal and turning over."""
    from certifield.topology.braids import practice

    def form(word, strands):
        turned = [[*word[place:], *word[:place]] for place in range(len(word))]
        turned += [[-letter for letter in one] for one in turned]
        turned += [one[::-1] for one in turned]
        flipped = [[(abs(letter) - strands) * (-1 if letter > 0 else 1) for letter in one] for one in turned]
        return min(map(tuple, turned + flipped))

    options = Braids()
    practised = {form(*one) for one in practice(options.seed)}
    assert not practised & {form(word, strands) for _, word, strands in unknot_braids.problems(options)}
    word, strands = practice(options.seed)[5]
    assert form([-letter for letter in [*word[3:], *word[:3]]], strands) in practised  # the form sees through a disguise
