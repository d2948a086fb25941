"""unknot-braid@1: every move keeps the Jones polynomial of the closure, unknots are accepted, everything else is refused."""

import importlib.util
import random
import re
from types import ModuleType

import pytest
from bracket import DELTA, PRIME, A, braid_closure, jones
from mutations import mutations

from certifield.evidence import Certificate, certificate_of_braid_moves, checker_path

MOVES = ("F", "C", "L", "R", "B1", "B2", "S", "D")


def _loaded(source: str) -> ModuleType:
    specification = importlib.util.spec_from_loader("checker", loader=None)
    module = importlib.util.module_from_spec(specification)
    exec(compile(source, "checker", "exec"), module.__dict__)
    return module


SOURCE = checker_path("unknot-braid@1").read_text()
CHECKER = _loaded(SOURCE)


def _proposed(rng: random.Random, word: list[int], strands: int, codes: tuple[str, ...]) -> list:
    """A move of a random kind at a random place, more often than not one that does not fit."""
    code = rng.choice(codes)
    place = rng.randrange(len(word) + 1)
    generator = rng.choice([-1, 1]) * rng.randrange(1, max(strands, 2))
    return {"C": ["C", place, generator], "L": ["L"], "R": ["R"], "S": ["S", rng.choice([-1, 1])], "D": ["D", abs(generator)]}.get(
        code, [code, place]
    )


def _fits(module: ModuleType, word: list[int], strands: int, move: list) -> tuple[list[int], int] | None:
    rule, _ = module._RULES[move[0]]
    return rule(word, strands, *move[1:])


def _invariant(word: list[int], strands: int) -> int:
    crossings, circles = braid_closure(word, strands)
    return jones(crossings, sum(1 if letter > 0 else -1 for letter in word), circles)


def _unkept(module: ModuleType, seeds: int, length: int = 60) -> set[str]:
    """The kinds of moves after which the Jones polynomial has changed, in random walks from the braids of small knots and links."""
    starts = [([1, 1, 1], 2), ([1, -2, 1, -2], 3), ([-1, -1], 2), ([1, 2, -3, 2], 4), ([], 3), ([1, 1, 2, -1, 2], 3)]
    changed, seen = set(), set()
    for seed in range(seeds):
        rng = random.Random(seed)
        word, strands = rng.choice(starts)
        before = _invariant(word, strands)
        for _ in range(length):
            move = _proposed(rng, word, strands, MOVES if len(word) < 9 and strands < 5 else tuple(set(MOVES) - {"C", "S"}))
            after = _fits(module, word, strands, move)
            if after is None:
                continue
            seen.add(move[0])
            word, strands = after
            if not all(0 < abs(letter) < strands for letter in word):  # no braid at all, from a spoiled move
                changed.add(move[0])
                break
            if _invariant(word, strands) != before:
                changed.add(move[0])
                before = _invariant(word, strands)
    assert seen == set(MOVES)
    return changed


def test_the_jones_polynomial_of_known_knots():
    """The route itself: V(t) of the right-handed trefoil, its mirror and the figure-eight knot, with t = A^-4 (Jones 1985)."""
    t = pow(A, -4, PRIME)
    inverse = pow(t, -1, PRIME)
    assert _invariant([1, 1, 1], 2) == DELTA * (t + t**3 - t**4) % PRIME
    assert _invariant([-1, -1, -1], 2) == DELTA * (inverse + inverse**3 - inverse**4) % PRIME
    assert _invariant([1, -2, 1, -2], 3) == DELTA * (t**2 - t + 1 - inverse + inverse**2) % PRIME
    assert _invariant([], 2) == DELTA**2 % PRIME


def test_every_move_keeps_the_jones_polynomial():
    assert _unkept(CHECKER, seeds=200) == set()


SABOTAGE = [
    ("or (first == last and (first > 0) != (middle > 0))", "", "B1"),
    ("inner if last > 0 else -inner, outer", "inner if first > 0 else -inner, outer", "B1"),
    ("abs(abs(word[place]) - abs(word[place + 1])) < 2", "abs(word[place]) == abs(word[place + 1])", "B2"),
    ("or len(places) != 1", "or len(places) < 1", "D"),
    ("generator not in (1, strands - 1)", "generator >= strands", "D"),
    ("word[place] != -word[(place + 1) % len(word)]", "word[place] != word[(place + 1) % len(word)]", "F"),
    ("letter, -letter, *word[place:]", "letter, letter, *word[place:]", "C"),
    ("[*word, sign * strands], strands + 1", "[*word, sign * (strands - 1)], strands", "S"),
]


@pytest.mark.parametrize(("right", "wrong", "code"), SABOTAGE)
def test_unsound_moves_are_seen(right, wrong, code):
    """Sabotage twins: a checker with one precondition or sign spoiled changes the polynomial in the same walks."""
    assert SOURCE.count(right) == 1
    assert code in _unkept(_loaded(SOURCE.replace(right, wrong)), seeds=60)


# Certificates ----------------------------------------------------------------------------------------------------------------


def _scrambled(seed: int, growth: int) -> Certificate:
    """A braid of the unknot with the moves that undo it: those of a random walk from the empty word, each inverted."""
    rng = random.Random(seed)
    word, strands, undone = [], 1, []
    while len(undone) < growth:
        move = _proposed(rng, word, strands, ("C", "C", "L", "R", "B1", "B1", "B2", "S"))
        after = _fits(CHECKER, word, strands, move)
        if after is None or (move[0] == "S" and strands == 6):
            continue
        undone.append(_inverse(move, strands))
        word, strands = after
    return certificate_of_braid_moves(word, strands, undone[::-1])


def _inverse(move: list, strands: int) -> list:
    code = {"C": "F", "L": "R", "R": "L", "S": "D"}.get(move[0], move[0])
    return {"F": [code, *move[1:2]], "D": [code, strands]}.get(code, [code, *move[1:]])


@pytest.mark.parametrize("seed", range(40))
def test_scrambled_unknots_are_accepted_and_are_unknots(seed):
    certificate = _scrambled(seed, growth=12 + seed)
    document = certificate.document()
    verdict = certificate.replay()
    assert verdict.accepted and verdict.steps == 12 + seed, verdict.reason
    assert certificate.demote().value == 0
    if len(document["claim"]["word"]) < 30:
        assert _invariant(document["claim"]["word"], document["claim"]["strands"]) == DELTA


def test_every_single_change_is_refused_or_leaves_a_braid_of_the_unknot():
    """A changed claim that is accepted must have the Jones polynomial of the unknot; of changed witnesses few are right."""
    accepted = refused = 0
    for seed in range(3):
        document = _scrambled(seed, growth=14).document()
        for field in ("claim", "value", "witness"):
            for mutated in mutations(document[field]):
                changed = document | {field: mutated}
                answer, reason, _ = CHECKER.check(changed["claim"], changed["value"], changed["witness"])
                accepted, refused = accepted + answer, refused + (not answer)
                assert answer or reason
                if answer:
                    assert field != "value"
                    assert _invariant(changed["claim"]["word"], changed["claim"]["strands"]) == DELTA
    assert refused > 1000 and accepted < 0.02 * refused


@pytest.mark.parametrize(
    ("claim", "moves", "reason"),
    [
        ({"strands": 2, "word": [1, 1, 1]}, [["D", 1]], r"moves\[0\]"),  # the trefoil
        ({"strands": 2, "word": [1, -1]}, [["F", 0]], "2 circles"),  # the unlink of two circles
        ({"strands": 2, "word": []}, [["D", 1]], r"moves\[0\]"),  # a circle dropped
        ({"strands": 3, "word": [1, -2]}, [["D", 1]], "letters are left"),
        ({"strands": 2, "word": [1]}, [["D", 2]], r"moves\[0\]"),
        ({"strands": 2, "word": [2]}, [["D", 1]], "claim.word"),
        ({"strands": 2, "word": [0]}, [["D", 1]], "claim.word"),
        ({"strands": True, "word": []}, [], "claim.strands"),
        ({"strands": 10**4000, "word": []}, [], "claim.strands"),
        ({"strands": 2, "word": [1]}, [["F", 10**4000]], r"moves\[0\]"),
        ({"strands": 2, "word": [1]}, [["F", 0], ["D", 1]], r"moves\[0\]"),  # one letter does not cancel itself
        ({"strands": 2, "word": [1]}, [["D", True]], r"moves\[0\]"),
        ({"strands": 2, "word": [1]}, [[["D"], 1]], r"moves\[0\]"),
    ],
)
def test_false_proofs_are_refused_at_the_wrong_move(claim, moves, reason):
    verdict = certificate_of_braid_moves(claim["word"], claim["strands"], moves).replay()
    assert not verdict.accepted
    assert re.search(reason, verdict.reason)


def test_the_circle_itself():
    assert certificate_of_braid_moves([], 1, []).replay().accepted
