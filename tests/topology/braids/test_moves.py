"""The exact twin of the game against the checker, which shares no line with it."""

import importlib.util
import random

import pytest

from certifield.evidence import InputError, checker_path
from certifield.topology.braids import CORE, GROWTH, UnknotGame, moved, played, reductions
from certifield.topology.braids._moves import checked_braid, components


@pytest.fixture(scope="module")
def rules() -> dict:
    """Move code to the rule of the checker."""
    specification = importlib.util.spec_from_file_location("checker_of_braids", checker_path("unknot-braid@1"))
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return {code: rule for code, (rule, _) in module._RULES.items()}


def random_word(rng: random.Random, strands: int, length: int) -> list[int]:
    return [rng.choice([-1, 1]) * rng.randrange(1, strands) for _ in range(length)]


def random_move(rng: random.Random, word: list[int], strands: int) -> list:
    code, place = rng.choice(["F", "C", "L", "R", "B1", "B2", "S", "D"]), rng.randrange(-1, len(word) + 2)
    letter = rng.choice([-1, 1]) * rng.randrange(1, strands + 1)
    return {"C": [code, place, letter], "L": [code], "R": [code], "S": [code, rng.choice([-1, 1, 2])], "D": [code, abs(letter)]}.get(
        code, [code, place]
    )


def disagreements(rules: dict, twin, trials: int = 4000) -> set[str]:
    """Codes of random moves, fitting or not, on which the twin and the checker differ."""
    rng, found = random.Random(5), set()
    for _ in range(trials):
        strands = rng.randrange(2, 6)
        word = random_word(rng, strands, rng.randrange(7))
        move = random_move(rng, word, strands)
        if twin(list(word), strands, move) != rules[move[0]](list(word), strands, *move[1:]):
            found.add(move[0])
    return found


def test_every_move_does_what_the_checker_says(rules):
    assert disagreements(rules, moved) == set()


def test_a_wrong_twin_is_seen(rules):
    """Sabotage: L taken for R, and a braid relation without its signs."""

    def spoiled(word, strands, move):
        if move[0] == "B1" and (after := moved(word, strands, move)):
            return [abs(letter) for letter in after[0]], after[1]
        return moved(word, strands, ["R"] if move == ["L"] else move)

    assert disagreements(rules, spoiled) == {"L", "B1"}


def test_choices_are_moves_followed_by_reductions(rules):
    """Every choice, replayed move by move by the checker, gives the same reduced braid, whose closure is still a knot."""
    rng, seen = random.Random(6), set()
    for _ in range(3000):
        strands = rng.randrange(2, 6)
        word, _ = reductions(random_word(rng, strands, rng.randrange(2, 12)), strands)
        name = rng.choice(CORE + GROWTH)
        after = played(word, strands, name)
        if after is None:
            continue
        seen.add(name)
        braid = (list(word), strands)
        for move in after[2]:
            braid = rules[move[0]](*braid, *move[1:])
        assert braid == after[:2]
        assert components(after[0], after[1]) == components(word, strands)
        assert reductions(after[0], after[1])[1] == []
    assert seen == {*CORE, *GROWTH}


@pytest.mark.parametrize(
    ("word", "strands"),
    [("1 2", 3), ([0], 2), ([1], 1), ([1, 3], 3), ([True], 2), ([1.0], 2), ([1], 0), ([1], "2"), ([], 2), ([1, 1], 2), ([1] * 20_000, 2)],
)
def test_bad_braids_give_an_input_error(word, strands):
    with pytest.raises(InputError):
        checked_braid(word, strands)
    with pytest.raises(InputError):
        UnknotGame([(word, strands)])


@pytest.mark.parametrize(
    "options", [{"most_letters": 8}, {"most_letters": 200}, {"most_strands": 1}, {"choices": ["Q"]}, {"choices": []}, {"reward": "much"}]
)
def test_bad_games_give_an_input_error(options):
    with pytest.raises(InputError):
        UnknotGame([([1, -2], 3)], **options)
    with pytest.raises(InputError):
        UnknotGame([])
