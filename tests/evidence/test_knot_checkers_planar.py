"""unknot-moves@1 and ribbon@1: no move changes the link, no false proof passes.

The heart is the walk: after every single move of long random walks the Kauffman bracket, which is computed without knowing any
move, must be what the move promises, and the diagram must lie in the plane.  The walks are repeated with the preconditions of the
checker spoiled one by one, and each spoiled one is seen.
"""

import json
import random
import re
from types import ModuleType
from typing import Any

import pytest
from bracket import DELTA, INVERSE, KINK, PRIME, A, bracket, jones
from mutations import mutations
from planar_walks import (
    SOURCE,
    connected_sum,
    copied,
    crossings,
    invariant,
    loaded,
    made,
    mirrored,
    proposed,
    scrambled_unknot,
    simplifying,
)

from certifield.evidence import Certificate

CHECKER = loaded()
TREFOIL = [[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 2]]  # right-handed
FIGURE_EIGHT = [[4, 2, 5, 1], [8, 6, 1, 5], [6, 3, 7, 4], [2, 7, 3, 8]]
STEVEDORE = [[1, 7, 2, 6], [3, 10, 4, 11], [5, 3, 6, 2], [7, 1, 8, 12], [9, 4, 10, 5], [11, 9, 12, 8]]
DISC_OF_STEVEDORE = [["band", [0, 12, 21], [0], 1], ["R2-", 0], ["R3", 11], ["R2-", 19], ["R3", 6], ["R2-", 6], ["R1-", 10], ["R2-", 20]]
SQUARE = connected_sum(TREFOIL, mirrored(TREFOIL))
GRANNY = connected_sum(TREFOIL, TREFOIL)
BACK = pow(KINK, -1, PRIME)


def test_the_jones_polynomial_of_the_trefoils():
    """The route itself: V(t) = t + t^3 - t^4 of the right-handed trefoil, t = A^-4, and its mirror image (Jones 1985)."""
    t, inverse = pow(A, -4, PRIME), pow(A, 4, PRIME)
    trefoil, left = (CHECKER._claimed({"kind": "unknot", "diagram": code}) for code in (TREFOIL, mirrored(TREFOIL)))
    assert jones(crossings(trefoil), 3) == DELTA * (t + t**3 - t**4) % PRIME
    assert jones(crossings(left), -3) == DELTA * (inverse + inverse**3 - inverse**4) % PRIME


# Soundness of the moves ------------------------------------------------------------------------------------------------------


def _start(module: ModuleType, rng: random.Random) -> Any:
    """A small knot, circles, or a knot with circles beside it."""
    code = rng.choice([[], [], TREFOIL, mirrored(TREFOIL), FIGURE_EIGHT, STEVEDORE])
    diagram = module._claimed({"kind": "unknot", "diagram": code})
    diagram.circles += rng.randrange(3)
    return diagram


def _pieces(diagram: Any) -> int:
    """The number of connected pieces with crossings."""
    unseen, pieces = {dart >> 2 for dart in diagram.across}, 0
    while unseen:
        waiting, pieces = [unseen.pop()], pieces + 1
        while waiting:
            crossing = waiting.pop()
            near = {diagram.across[4 * crossing + place] >> 2 for place in range(4)} & unseen
            unseen -= near
            waiting += near
    return pieces


def _promised(move: list, before: int) -> set[int]:
    """The brackets that a move may lead to: a kink over first, with its loop to the left, is negative."""
    if move[0] == "R1+":
        return {before * (BACK if move[2] else KINK) % PRIME}
    return {before * KINK % PRIME, before * BACK % PRIME} if move[0] == "R1-" else {before}


def _broken(module: ModuleType, seeds: int, steps: int = 120) -> tuple[set[str], dict[str, int]]:
    """The kinds of moves that broke what they promise, in walks that grow to ten crossings and shrink, and how often each was made."""
    broken, count = set(), dict.fromkeys(("R1+", "R1-", "R2+", "R2-", "R3", "joined pieces", "circles"), 0)
    for seed in range(seeds):
        rng = random.Random(seed)
        diagram = _start(module, rng)
        before = invariant(diagram)
        for _ in range(steps):
            kinds = ("R1+", "R2+", "R3", "R3", "R1-", "R2-") if len(diagram.across) < 40 else ("R1-", "R2-", "R3")
            move = proposed(rng, diagram, kinds)
            after = made(module, diagram, move)
            if after is None:
                continue
            count[move[0]] += 1
            if any(after.across.get(other) != dart or dart == other for dart, other in after.across.items()):
                broken.add(move[0])  # no diagram at all
                break
            count["joined pieces"] += _pieces(after) < _pieces(diagram) and move[0] == "R2+"
            count["circles"] += after.circles != diagram.circles
            now = invariant(after)
            planar = after.faces() == len(after.across) // 4 + 2 * _pieces(after)
            if now not in _promised(move, before) or not planar or after.components() != diagram.components():
                broken.add(move[0])
                break
            diagram, before = after, now
    return broken, count


def test_every_move_keeps_the_link():
    broken, count = _broken(CHECKER, seeds=600)
    assert not broken and min(count.values()) > 30, count


SABOTAGE = [
    ("other in self.face(dart) or not self.connected(dart, other)", "True", "R2+"),
    ("south_of_second, east_of_second, north_of_second, west_of_second = self._crossing(-over)",
     "south_of_second, east_of_second, north_of_second, west_of_second = self._crossing(1 - over)", "R2+"),
    ("self._join(other, east_of_second)\n        self._join(west_of_second, east)\n        self._join(west, far)",
     "self._join(other, west)\n        self._join(west_of_second, east)\n        self._join(east_of_second, far)", "R2+"),
    ("_require((dart ^ other) & 1 == 0,", "_require(True,", "R2-"),
    ("self._pass(_turned(dart, 3), _turned(other, 1))", "self._pass(_turned(dart, 2 + 1), _turned(other, 1)); self.circles += 1", "R2-"),
    ("len(face) == 2 and", "len(face) > 2 and", "R2-"),
    ("len({d & 1 for d in face}) == 2", "True", "R3"),
    ("self._join(new, moved.get(far, far))", "self._join(new, far)", "R3"),
    ("_require(self._head(dart) == _turned(dart, 1)", "_require(self._head(dart) == _turned(dart, -1)", "R1-"),
    ("            self.circles += 1\n", "            pass\n", "R1-"),  # a circle dropped
    ("            self.circles -= 1\n", "            pass\n", "R1+"),
    ("back, onward, leave, enter = self._crossing(over)", "back, onward, leave, enter = self._crossing(1 - over)", "R1+"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "kind"), SABOTAGE)
def test_unsound_moves_are_seen(right, wrong, kind):
    """Sabotage twins: a checker with one precondition, join or count spoiled breaks its promise in the same walks."""
    assert SOURCE.count(right) == 1
    assert kind in _broken(loaded(SOURCE.replace(right, wrong)), seeds=80)[0]


def _kauffman_fails(module: ModuleType) -> bool:
    """Whether a saddle fails the relation <one half twist> = A <no half twist> + A^-1 <no band> somewhere."""
    fails = False
    for seed in range(60):
        rng = random.Random(seed)
        diagram = _start(module, rng)
        for _ in range(12):
            diagram = made(module, diagram, proposed(rng, diagram, ("R1+", "R2+", "R3"))) or diagram
        if not diagram.across or len(diagram.across) > 60:
            continue
        dart = rng.choice(list(diagram.across))
        other = rng.choice(diagram.face(dart))
        if other == dart:
            continue
        flat, twisted = copied(diagram), copied(diagram)
        try:
            flat._saddle(dart, other)
            twisted._saddle(twisted.add_kink(dart, 1), other)
        except module._Refused:  # the tip has lost the face
            fails = True
            continue
        fails |= flat.faces() != len(flat.across) // 4 + 2 * _pieces(flat)
        fails |= invariant(twisted) != (A * invariant(flat) + INVERSE * invariant(diagram)) % PRIME
    return fails


def test_saddles_and_half_twists_obey_the_relation_of_kauffman():
    """One crossing, two ways to open it: the band without its twist, and no band.  This pins saddle, tip and handedness together."""
    assert not _kauffman_fails(CHECKER)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("self._join(dart, far)\n        self._join(other, head)", "self._join(dart, other)\n        self._join(far, head)"),
        ("self._join(leave, enter)\n        return enter", "self._join(leave, enter)\n        return leave"),
        ("back, onward, leave, enter = self._crossing(over)", "back, onward, leave, enter = self._crossing(1 - over)"),
    ],
)
def test_wrong_saddles_are_seen(right, wrong):
    """Sabotage twins: joined along instead of across, at the wrong side of the tip, twisted to the other hand."""
    assert SOURCE.count(right) == 1
    assert _kauffman_fails(loaded(SOURCE.replace(right, wrong)))


# Certificates ----------------------------------------------------------------------------------------------------------------


def _unknot(code: list, moves: list) -> Certificate:
    return _made("unknot", code, moves, "0")


def _ribbon(code: list, moves: list, bands: int = 1) -> Certificate:
    return _made("ribbon", code, moves, str(bands))


def _made(kind: str, code: list, moves: list, value: str) -> Certificate:
    """As `certificate_of_moves` makes it, but for codes and moves that are none, too."""
    links = CHECKER.links_before_bands({"kind": kind, "diagram": code}, moves)
    witness = {"moves": moves, "links": links, "trace": CHECKER.trace(kind, moves, links)}
    return Certificate({"kind": kind, "diagram": code}, value, witness, {"unknot": "unknot-moves@1", "ribbon": "ribbon@1"}[kind])


def _disc(code: list, seed: int) -> list[list] | None:
    """A band between darts of one face, and moves to two circles, from a search that takes what it finds first."""
    rng = random.Random(seed)
    diagram = CHECKER._claimed({"kind": "ribbon", "diagram": code})
    for dart in list(diagram.across):
        for other in diagram.face(dart)[1:]:
            for twist in (0, -1, 1):
                banded = made(CHECKER, diagram, ["band", [dart, other], [], twist])
                if banded is None:
                    continue
                ended, moves = simplifying(CHECKER, rng, banded, 60)
                if not ended.across and ended.circles == 2:
                    return [["band", [dart, other], [], twist], *moves]
    return None


@pytest.fixture(scope="module")
def disc_of_square() -> list[list]:
    moves = _disc(SQUARE, seed=0)
    assert moves is not None
    return moves


@pytest.mark.parametrize("seed", range(30))
def test_scrambled_unknots_are_accepted_and_are_unknots(seed):
    code, moves = scrambled_unknot(CHECKER, random.Random(seed), 8 + seed)
    verdict = _unknot(code, moves).replay()
    assert verdict.accepted and verdict.steps == 8 + seed, verdict.reason
    if len(code) < 20:
        signless = bracket([tuple(crossing) for crossing in code])
        assert signless in {DELTA * pow(KINK, writhe, PRIME) % PRIME for writhe in range(-20, 21)}


def test_detours_are_accepted():
    """A kink and a push on the way take the numbers 6, 7 and 8, which are never used again."""
    diagram = CHECKER._claimed({"kind": "ribbon", "diagram": STEVEDORE})
    detour = [["R1+", 5, 1], ["R1-", 27], ["R2+", 0, diagram.face(0)[1], 0]]
    for move in detour:
        diagram.move(move, False)
    for dart in diagram.across:
        certificate = _ribbon(STEVEDORE, [*detour, ["R2-", dart], *DISC_OF_STEVEDORE])
        assert certificate.replay().accepted is (dart == min(diagram.face(29)))


def test_the_circle_is_the_unknot_and_kinks_may_come_and_go():
    assert _unknot([], []).replay().accepted
    assert _unknot([], [["R1+", -1, 0], ["R1-", 2]]).replay().accepted
    assert _ribbon([], [], bands=0).replay().accepted
    assert not _unknot([], [["R1+", -1, 0], ["R1+", -1, 0], ["R1-", 2]]).replay().accepted  # one circle, used twice


def test_ribbon_discs(disc_of_square):
    for code, moves in ((STEVEDORE, DISC_OF_STEVEDORE), (SQUARE, disc_of_square)):
        certificate = _ribbon(code, moves)
        verdict = certificate.replay()
        assert verdict.accepted and verdict.steps == len(moves), verdict.reason
        assert certificate.replay(isolated=True).accepted
        assert certificate.demote().value == 1
        assert Certificate(**(certificate.document() | {"value": "2"})).replay().reason == 'the value must be "1"'


def test_two_bands_end_at_three_circles():
    """Stevedore's knot twice, as a sum: the two discs one after the other."""
    (_, path, over, twist), *moves = first = DISC_OF_STEVEDORE
    second = [["band", [dart + 24 for dart in path], over, twist], *([kind, dart + 24] for kind, dart in moves)]
    double = connected_sum(STEVEDORE, STEVEDORE)
    assert _ribbon(double, first + second, bands=2).replay().accepted
    assert _ribbon(double, first + second, bands=1).replay().reason == 'the value must be "2"'
    assert not _ribbon(double, first, bands=1).replay().accepted
    assert not _ribbon(connected_sum(STEVEDORE, TREFOIL), first, bands=1).replay().accepted


def test_the_wrong_mirror_the_wrong_twist_and_the_wrong_sum_are_refused(disc_of_square):
    for code, moves in ((STEVEDORE, DISC_OF_STEVEDORE), (SQUARE, disc_of_square)):
        assert not _ribbon(mirrored(code), moves).replay().accepted
        band = moves[0]
        for twist in range(-6, 7):
            assert _ribbon(code, [[*band[:3], twist], *moves[1:]]).replay().accepted is (twist == band[3])
    assert not _ribbon(GRANNY, disc_of_square).replay().accepted
    over = [["band", *DISC_OF_STEVEDORE[0][1:2], [1], DISC_OF_STEVEDORE[0][3]], *DISC_OF_STEVEDORE[1:]]
    assert not _ribbon(STEVEDORE, over).replay().accepted


def test_a_band_must_respect_orientations():
    """One half twist more or less joins what it should part."""
    for twist in (0, 2):
        verdict = _ribbon(STEVEDORE, [["band", [0, 12, 21], [0], twist]]).replay()
        assert verdict.reason == "witness.moves[0]: the band does not give one component more"


def test_a_dropped_circle_is_refused():
    """The same proof against a checker that forgets circles: with the count left out it would accept one circle for two."""
    forgetful = loaded(SOURCE.replace("            self.circles += 1\n", "            pass\n"))
    document = _ribbon(STEVEDORE, DISC_OF_STEVEDORE).document()
    claim, witness = document["claim"], document["witness"]
    assert CHECKER.check(claim, "1", witness)[0] and "must end at 2 circles" in forgetful.check(claim, "1", witness)[1]
    banded = [["R1+", -1, 0], ["band", [2, 1], [], 0]]
    assert not _unknot([], banded).replay().accepted  # bands prove no unknot
    assert not _unknot(TREFOIL, []).replay().accepted


def test_every_single_change_is_refused(disc_of_square):
    documents = [_ribbon(STEVEDORE, DISC_OF_STEVEDORE).document(), _ribbon(SQUARE, disc_of_square).document()]
    documents += [_unknot(*scrambled_unknot(CHECKER, random.Random(seed), 8)).document() for seed in range(4)]
    refused = 0
    for document in documents:
        for field in ("claim", "value", "witness"):
            for mutated in mutations(document[field]):
                changed = document | {field: mutated}
                answer, reason, _ = CHECKER.check(changed["claim"], changed["value"], changed["witness"])
                assert not answer and reason
                refused += 1
    assert refused > 5_000


def test_changed_moves_that_are_accepted_under_a_new_trace_are_proofs_of_their_own(disc_of_square):
    """The trace guards the file; what the moves prove does not rest on it: the few changes that pass without it keep the bracket."""
    accepted = refused = 0
    for code, moves in ((STEVEDORE, DISC_OF_STEVEDORE), (SQUARE, disc_of_square)):
        for mutated in mutations(moves):
            if not isinstance(mutated, list):
                continue
            certificate = _ribbon(code, mutated)
            answer, *_ = CHECKER.check(*(certificate.document()[field] for field in ("claim", "value", "witness")))
            accepted, refused = accepted + answer, refused + (not answer)
            if answer:
                _replayed_with_brackets({"kind": "ribbon", "diagram": code}, mutated)
    assert refused > 500 and accepted < 0.02 * refused


def _replayed_with_brackets(claim: dict, moves: list) -> None:
    diagram = CHECKER._claimed(claim)
    for move in moves:
        before = invariant(diagram)
        diagram.move(move, True)
        assert move[0] == "band" or invariant(diagram) in _promised(move, before)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ([[1, 4, 2, 5], [5, 2, 6, 3], [6, 3, 1, 4]], "does not lie in the plane"),
        ([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 6]], "label 6 occurs 3 times|label 2 occurs 1 times"),
        ([[4, 1, 3, 2], [2, 3, 1, 4]], "more than one component"),  # the Hopf link
        ([[2, 4, 1, 5], [3, 1, 4, 6], [5, 3, 6, 2]], "incoming lower end"),  # a crossing turned by half
        ([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6]], "quadruples"),
        ([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 2.0]], "integers"),
        ([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, -2]], "integers"),
        ([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, True]], "integers"),
        ([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 10**4000]], "integers"),
        ("[]", "quadruples"),
        ([None], "quadruples"),
    ],
)
def test_what_is_no_diagram_of_a_knot(code, reason):
    verdict = _unknot(code, []).replay()
    assert not verdict.accepted and re.search(reason, verdict.reason), verdict.reason


@pytest.mark.parametrize(
    "move",
    [
        [], ["R4", 0], [["R1+"], 0, 0], ["R1+", 0], ["R1+", 0, 2], ["R1+", 99, 0], ["R1+", -2, 0], ["R1+", -1, 0], ["R1-", 0], ["R2-", -1],
        ["R2+", 0, 0, 1], ["R2+", 0, 1, 2], ["R2+", 0, None, 1], ["R3", True], ["R3", 0], ["band", [0], [], 0], ["band", [0, 0], [], 0],
        ["band", [0, 12, 21], [], 1], ["band", [0, 12, 21], [True], 1], ["band", [0, 12, 21], [2], 1], ["band", [0, 12, 21], [0], 10**9],
        ["band", {}, [], 0], ["band", [0, 12, "21"], [0], 1], ["band", [0, 12, 99], [0], 1], ["band"], "band", None, 3,
        ["R1+", 10**4000, 0], ["R2+", 0, -(10**4000), 1], ["band", [0, 10**4000], [], 0],
    ],
)  # fmt: skip
def test_malformed_moves_are_refused_with_their_place(move):
    verdict = _ribbon(STEVEDORE, [move, *DISC_OF_STEVEDORE]).replay()
    assert not verdict.accepted and verdict.reason.startswith("witness.moves[0]"), verdict.reason


def test_numbers_too_long_to_print_are_refused_quietly():
    """Python refuses to write more than 4300 digits, so that a message which quotes one would raise."""
    long = 10**5000
    for code, move in (
        ([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, long]], ["R3", 0]),
        (TREFOIL, ["R1-", long]),
        (TREFOIL, ["R2+", 0, long, 1]),
    ):
        assert not CHECKER.check({"kind": "unknot", "diagram": code}, "0", {"moves": [move], "links": [], "trace": "00000000"})[0]


def test_each_name_is_for_its_kind_of_claim(tmp_path, capsys):
    """A ribbon disc under the name of the checker of unknots is a true claim, and a name that could mislead."""
    for certificate, name in (
        (_ribbon(STEVEDORE, DISC_OF_STEVEDORE), "unknot-moves@1"),
        (_unknot(*scrambled_unknot(CHECKER, random.Random(0), 8)), "ribbon@1"),
    ):
        document = certificate.document() | {"checker": name}
        misnamed = Certificate(**document)
        assert certificate.replay().accepted
        assert f"{name} is for claims of the kind" in misnamed.replay().reason
        assert not misnamed.replay(isolated=True).accepted
        (tmp_path / "file.json").write_text(misnamed.canonical())
        assert CHECKER.main([str(tmp_path / "file.json")]) == 2
        assert "not for its claim" in json.loads(capsys.readouterr().out)["reason"]


def test_numbers_are_told_from_what_equals_them():
    """1.0 for 1 or false for 0 in the links, under a trace that fits."""
    document = _ribbon(STEVEDORE, DISC_OF_STEVEDORE).document()
    moves, links = document["witness"]["moves"], document["witness"]["links"]
    for other in ([links[0] | {"circles": False}], [links[0] | {"edges": [[float(end) for end in edge] for edge in links[0]["edges"]]}]):
        witness = {"moves": moves, "links": other, "trace": CHECKER.trace("ribbon", moves, other)}
        assert other == links
        assert CHECKER.check(document["claim"], "1", witness)[1] == "witness.moves[0]: witness.links[0] is not the link before it"


def test_a_band_begins_at_an_edge():
    """A kink could bring a circle into the diagram, but the band would be attached to nothing that the witness shows."""
    assert "there is no dart -1" in _ribbon([], [["band", [-1, 2], [], 2]]).replay().reason


def test_the_program_serves_both_names(tmp_path, capsys):
    for certificate in (_ribbon(STEVEDORE, DISC_OF_STEVEDORE), _unknot(*scrambled_unknot(CHECKER, random.Random(0), 8))):
        wrong = certificate.document() | {"value": "7/3"}
        other = certificate.document() | {"checker": "other@1"}
        for text, code in ((certificate.canonical(), 0), (json.dumps(wrong), 1), (json.dumps(other), 2)):
            (tmp_path / "file.json").write_text(text)
            assert CHECKER.main([str(tmp_path / "file.json")]) == code
            assert json.loads(capsys.readouterr().out)["accepted"] is (code == 0)
