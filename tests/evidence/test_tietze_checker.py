"""unknot-group@1: every move keeps the group, unknots are accepted, everything else is refused."""

import itertools
import random
import re
from collections import Counter
from types import ModuleType

import numpy as np
import pytest
from mutations import mutations
from planar_walks import loaded, mirrored, scrambled_unknot

from certifield.evidence import Certificate, Certified, InputError, checker_path
from certifield.topology import Diagram, jones_polynomial
from certifield.topology.groups import unknot_by_group, wirtinger

SOURCE = checker_path("unknot-group@1").read_text()
CHECKER = loaded(SOURCE)
TREFOIL = [[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 2]]
FIGURE_EIGHT = [[4, 2, 5, 1], [8, 6, 1, 5], [6, 3, 7, 4], [2, 7, 3, 8]]
STEVEDORE = [[1, 7, 2, 6], [3, 10, 4, 11], [5, 3, 6, 2], [7, 1, 8, 12], [9, 4, 10, 5], [11, 9, 12, 8]]
KINKED = [[2, 2, 3, 1], [3, 1, 4, 4]]

# Homomorphisms to A_4: an invariant of groups that Tietze moves must keep ----------------------------------------------------

EVEN = [p for p in itertools.permutations(range(4)) if sum(a > b for a, b in itertools.combinations(p, 2)) % 2 == 0]
PRODUCT = np.array([[EVEN.index(tuple(p[k] for k in q)) for q in EVEN] for p in EVEN])
INVERSE = PRODUCT.argmin(axis=1)  # the identity is the first


def _homomorphisms(group: object) -> int:
    names = sorted(group.generators)
    if not {abs(g) for word in group.relators.values() for g in word} <= set(names):
        return 0  # a relator with a generator that is gone
    images = dict(zip(names, np.indices((12,) * len(names)).reshape(len(names), -1), strict=True))
    good = np.ones(12 ** len(names), dtype=bool)
    for word in group.relators.values():
        value = np.zeros(good.size, dtype=int)
        for g in word:
            value = PRODUCT[value, images[g] if g > 0 else INVERSE[images[-g]]]
        good &= value == 0
    return int(good.sum())


def _proposed(rng: random.Random, group: object) -> list:
    relators = sorted(group.relators)
    if not relators or rng.random() < 0.4:
        return ["eliminate", rng.choice([*relators, 0]), rng.choice(sorted(group.generators))]
    number, other = rng.choice(relators), rng.choice(relators)
    start, turn = (rng.randrange(len(group.relators[key]) + 1) for key in (number, other))
    return ["multiply", number, start, other, rng.choice([1, -1]), turn]


def _broken(module: ModuleType, seeds: int) -> set[str]:
    """The kinds of moves that changed the number of homomorphisms, or made an error, in random walks from small knots."""
    broken = set()
    for seed in range(seeds):
        rng = random.Random(seed)
        code = rng.choice([TREFOIL, mirrored(TREFOIL), FIGURE_EIGHT, KINKED])
        group = module._Group(*module._wirtinger(code))
        before = _homomorphisms(group)
        for _ in range(10):
            move = _proposed(rng, group)
            try:
                group.move(move)
            except module._Refused:
                continue
            except Exception:
                broken.add(move[0])
                break
            if _homomorphisms(group) != before:
                broken.add(move[0])
                break
            if sum(map(len, group.relators.values())) > 100:
                break
    return broken


def test_every_move_keeps_the_group():
    assert not _broken(CHECKER, 300)


SABOTAGE = [
    ("and number != other, ", ", ", "multiply"),
    ("len(places) == 1", "len(places) > 0", "eliminate"),
    ("value = _inverse(rest) if relator[places[0]] > 0 else rest", "value = rest", "eliminate"),
    ("-generator: _inverse(value)", "-generator: value", "eliminate"),
    ("rest = relator[places[0] + 1 :] + relator[: places[0]]", "rest = relator[: places[0]] + relator[places[0] + 1 :]", "eliminate"),
    ("kept[-1] == -letter", "abs(kept[-1]) == abs(letter)", "multiply"),
    ("return kept[trim : len(kept) - trim]", "return kept[trim:]", "multiply"),
    ("relator[start:] + relator[:start] + factor[turn:]", "relator[:start] + factor[turn:]", "multiply"),
]


@pytest.mark.parametrize(("right", "wrong", "kind"), SABOTAGE)
def test_unsound_moves_are_seen(right, wrong, kind):
    """Sabotage twins: a checker with one precondition or formula spoiled changes the number of homomorphisms in the same walks."""
    assert SOURCE.count(right) == 1
    assert kind in _broken(loaded(SOURCE.replace(right, wrong)), 120)


def test_the_presentation_is_that_of_the_library():
    """Two programs read the diagram; they agree up to the numbering of crossings, which is that of the code in both."""
    for code in (TREFOIL, mirrored(TREFOIL), FIGURE_EIGHT, STEVEDORE, KINKED):
        diagram = Diagram.from_pd(code)
        group = wirtinger(diagram)
        generators, relators = CHECKER._wirtinger([list(crossing) for crossing in diagram.crossings])
        assert (generators, tuple(map(tuple, relators))) == (group.generators, group.relators)


# Certificates ----------------------------------------------------------------------------------------------------------------


def _scrambled(seed: int, steps: int) -> Certificate:
    answer = unknot_by_group(Diagram.from_pd(scrambled_unknot(loaded(), random.Random(seed), steps)[0]))
    assert isinstance(answer, Certified)
    return answer.certificate


@pytest.mark.parametrize("seed", range(10))
def test_unknots_are_accepted(seed):
    certificate = _scrambled(seed, 5 + 3 * seed)
    assert certificate.replay().accepted and certificate.demote().value == 0


def test_a_process_of_its_own_agrees():
    assert _scrambled(3, 20).replay(isolated=True).accepted


def test_every_single_change_is_refused_or_leaves_a_diagram_of_the_unknot():
    """No change of the witness is accepted; a changed claim may be another diagram of the unknot."""
    refused = 0
    for seed in range(2):
        document = _scrambled(seed, 5).document()
        for field in ("claim", "value", "witness"):
            for mutated in mutations(document[field]):
                changed = document | {field: mutated}
                accepted, reason, _ = CHECKER.check(changed["claim"], changed["value"], changed["witness"])
                assert accepted or reason
                refused += not accepted
                if accepted:
                    assert field == "claim", mutated
                    assert jones_polynomial(Diagram.from_pd(mutated["diagram"])) == 1
    assert refused > 1000


def test_moves_of_one_knot_prove_nothing_of_another():
    document = _scrambled(0, 12).document()
    for code in (TREFOIL, FIGURE_EIGHT, STEVEDORE):
        assert not CHECKER.check({"kind": "unknot", "diagram": code}, "0", document["witness"])[0]


EMPTY = {"moves": [], "trace": "00000000"}


@pytest.mark.parametrize(
    ("diagram", "witness", "reason"),
    [
        (TREFOIL, EMPTY, "3 generators"),
        (TREFOIL, {"moves": [["eliminate", 0, 1]], "trace": "0"}, "2 generators"),
        (
            TREFOIL,
            {"moves": [["eliminate", 0, 1], ["eliminate", 1, 2]], "trace": "0"},
            r"moves\[1\].*3 times|moves\[1\].*2 times|moves\[1\]",
        ),
        (TREFOIL, {"moves": [["multiply", 0, 0, 0, 1, 0]], "trace": "0"}, r"moves\[0\]: two different"),
        (TREFOIL, {"moves": [["multiply", 0, 4, 1, 1, 0]], "trace": "0"}, r"moves\[0\]: a place"),
        (TREFOIL, {"moves": [["multiply", 0, 0, 1, 2, 0]], "trace": "0"}, r"moves\[0\]: e must"),
        (TREFOIL, {"moves": [["eliminate", 2, 1]], "trace": "0"}, r"moves\[0\]: there is no relator"),
        (TREFOIL, {"moves": [["eliminate", 0, 4]], "trace": "0"}, r"moves\[0\]: there is no generator"),
        (TREFOIL, {"moves": [["eliminate", 0, True]], "trace": "0"}, "integers"),
        (TREFOIL, {"moves": [[["eliminate"], 0, 1]], "trace": "0"}, "not a move"),
        ([], {"moves": [], "trace": "1"}, "trace"),
        ([[1, 4, 2, 5], [5, 2, 6, 3], [6, 3, 1, 4]], EMPTY, "plane|begin"),
        ([[1, 3, 2, 4], [3, 1, 4, 2]], EMPTY, "component"),  # the Hopf link
        ([[1, 2, 2, 1], [3, 4, 4, 3]], EMPTY, "component"),  # two kinked circles
        ([[1, 1, 2, 3]], EMPTY, "occurs"),
        ([[-1, -1, 2, 2]], EMPTY, "integers from 0"),
        ([[2, 2, 1, 1], [10**4000] * 4], EMPTY, "integers"),
    ],
)
def test_false_proofs_are_refused_at_the_wrong_move(diagram, witness, reason):
    accepted, why, _ = CHECKER.check({"kind": "unknot", "diagram": diagram}, "0", witness)
    assert not accepted and re.search(reason, why), why


def test_relators_that_explode_are_refused():
    """A relator multiplied back and forth doubles; the checker stops at a million letters."""
    moves = [["multiply", n % 2, 0, 1 - n % 2, 1, 0] for n in range(200)]
    accepted, reason, steps = CHECKER.check({"kind": "unknot", "diagram": TREFOIL}, "0", {"moves": moves, "trace": "0"})
    assert not accepted and steps < 200 and "letters" in reason


def test_a_generator_of_many_relators_is_not_written_out():
    """A strand above 50 crossings is in 50 relators; its elimination by a long relator is refused at the first that does not fit."""
    code = [list(crossing) for crossing in Diagram.from_braid([1, -1] * 50 + [1] * 9).crossings]
    group = CHECKER._Group(*CHECKER._wirtinger(code))
    hub, times = Counter(abs(letter) for relator in group.relators.values() for letter in relator).most_common(1)[0]
    once = next(key for key, word in group.relators.items() if sum(abs(letter) == hub for letter in word) == 1)
    one, other, *_ = (key for key, word in group.relators.items() if hub not in map(abs, word) and len(word) == 4)
    while len(group.relators[one]) < 100_000:
        group.move(["multiply", one, 0, other, 1, 0])
        one, other = sorted((one, other), key=lambda key: len(group.relators[key]))
    group.move(["multiply", once, 0, other, 1, 0])
    with pytest.raises(CHECKER._Refused, match="letters"):
        group.move(["eliminate", once, hub])
    assert times > 40 and sum(map(len, group.relators.values())) < 2 * CHECKER.MOST_LETTERS


def test_endless_work_is_refused(monkeypatch):
    """A long relator is multiplied by a short one and by its inverse, again and again; each turn writes all of it."""
    monkeypatch.setattr(CHECKER, "MOST_WORK", 10**6)
    moves = [["multiply", n % 2, 0, 1 - n % 2, 1, 0] for n in range(18)]
    moves += [["multiply", 0, 0, 1, sign, 0] for _ in range(400) for sign in (1, -1)]
    accepted, reason, steps = CHECKER.check({"kind": "unknot", "diagram": TREFOIL}, "0", {"moves": moves, "trace": "0"})
    assert not accepted and 18 < steps < len(moves) and reason.endswith("the moves write more than 1000000 letters")


def test_numbers_too_long_to_print_are_refused_quietly():
    for move in (["eliminate", 10**5000, 1], ["eliminate", 0, -(10**5000)], ["multiply", 0, 0, 10**5000, 1, 0]):
        assert not CHECKER.check({"kind": "unknot", "diagram": TREFOIL}, "0", {"moves": [move], "trace": "0"})[0]


def test_the_circle_itself():
    assert Certificate({"kind": "unknot", "diagram": []}, "0", EMPTY, "unknot-group@1").replay().accepted


def test_links_raise_in_the_library():
    with pytest.raises(InputError):
        unknot_by_group(Diagram.from_braid([1, 1]))
