"""The compiled moves against the checker, which shares nothing with them, and against invariants."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("numba")  # collected only where the marker lets it
from bracket import KINK, PRIME, bracket
from planar_walks import loaded

from certifield.evidence import Certified, InputError, Unknown
from certifield.topology import Diagram
from certifield.topology.moves import simplify, unknot
from certifield.topology.moves._components import colourings, doubled_linking, label_components
from certifield.topology.moves._elementary import add_kink, is_kept
from certifield.topology.moves._fingerprint import fingerprint
from certifield.topology.moves._map import ALIVE, PlanarMap, diagram_of, map_of, moves_of
from certifield.topology.moves._passes import draw
from certifield.topology.moves._simplify import shake, simplify as simplify_map

pytestmark = pytest.mark.knots
CHECKER = loaded()
EXAMPLES = json.loads((Path(__file__).parents[1] / "example_knots.json").read_text(encoding="utf-8"))
LINKS = [
    Diagram.from_braid([1, 1, 1]),
    Diagram.from_braid([1, -2, 1, -2]),
    Diagram.from_braid([1, 1]),
    Diagram.from_braid([1, -2, 1, -2, 1, -2]),
    Diagram.from_braid([1, -2, 1, 1, -2]).split_union(Diagram.from_braid([1, 1, -1, 1, 1])),
    Diagram.from_braid([1, -1, 2, -2], 3),
]


def scrambled(diagram: Diagram, crossings: int, seed: int) -> PlanarMap:
    """A diagram of the same link with at least so many crossings, and the moves that made it in its log."""
    planar = map_of(diagram, room=2 * crossings + 40, rows=20_000, seed=seed)
    if not diagram.crossings:
        add_kink(planar, -1, 1)
    while planar.counters[ALIVE] < crossings:
        dart = draw(planar, len(planar.across))
        if planar.across[dart] >= 0 and draw(planar, 3) == 0:
            add_kink(planar, dart, draw(planar, 2))
        else:
            shake(planar, 1, 100)
    return planar


def replayed(diagram: Diagram, moves: list[list]) -> tuple[dict[int, int], int]:
    """What the checker makes of the moves."""
    state = checker_state(diagram)
    for move in moves:
        state.move(move, False)
    return state.across, state.circles


def by_name(planar: PlanarMap) -> tuple[dict[int, int], int]:
    """The darts of a map as the checker calls them."""
    darts = {dart: 4 * int(planar.name[dart >> 2]) + (dart & 3) for dart in np.flatnonzero(planar.across >= 0).tolist()}
    return {name: darts[int(planar.across[dart])] for dart, name in darts.items()}, int(planar.counters[0])


def checker_state(diagram: Diagram):
    ends: dict[int, list[int]] = {}
    for dart, label in enumerate(label for crossing in diagram.crossings for label in crossing):
        ends.setdefault(label, []).append(dart)
    across = {dart: other for one, two in ends.values() for dart, other in ((one, two), (two, one))}
    state = CHECKER._Diagram(across, diagram.circles)
    state.unused = 4 * len(diagram.crossings)
    return state


def same_up_to_kinks(one: Diagram, two: Diagram) -> bool:
    """Whether the brackets differ by a power of that of a kink, as those of isotopic links do."""
    ratio = bracket(one.crossings, one.circles) * pow(bracket(two.crossings, two.circles), -1, PRIME) % PRIME
    return any(ratio == pow(KINK, power, PRIME) for power in range(-80, 81))


def key(planar: PlanarMap) -> int:
    return int(fingerprint(planar, np.zeros(len(planar.name), np.int64), np.zeros(len(planar.across), np.int64)))


@pytest.mark.parametrize("link", LINKS, ids=range(len(LINKS)))
@pytest.mark.parametrize("seed", range(4))
def test_the_log_is_what_happened(link, seed):
    planar = scrambled(link, 30, seed)
    assert replayed(link, moves_of(planar)) == by_name(planar)
    big = diagram_of(planar)
    again = map_of(big, rows=20_000, seed=seed)
    simplify_map(again, 3)
    assert replayed(big, moves_of(again)) == by_name(again)
    assert again.counters[ALIVE] < 30


def test_whether_a_program_is_kept_is_known():
    simplify(Diagram.from_braid([1, -1, 1]), rounds=1)
    assert is_kept(simplify_map) == any(Path(simplify_map.stats.cache_path).glob("*simplify*.nbi"))
    assert not is_kept(simplify)  # which is not compiled


def test_a_log_with_one_wrong_number_does_not_replay():
    planar = scrambled(LINKS[0], 30, 7)
    big = diagram_of(planar)
    again = map_of(big, rows=20_000)
    simplify_map(again, 3)
    moves, wrong = moves_of(again), 0
    for place, move in enumerate(moves):
        spoiled = [*moves[:place], [move[0], move[1] + 1, *move[2:]], *moves[place + 1 :]]
        try:
            wrong += replayed(big, spoiled) != by_name(again)
        except CHECKER._Refused:
            wrong += 1
    assert wrong >= 0.9 * len(moves) > 10  # a few name another move that does as well


@pytest.mark.parametrize("link", LINKS, ids=range(len(LINKS)))
def test_simplification_keeps_the_bracket(link):
    for seed in range(10):
        big = diagram_of(scrambled(link, 14, seed))
        left = simplify(big, seed=seed).diagram
        assert same_up_to_kinks(big, left)
        if link == LINKS[0]:  # the twin: the trefoil is not its mirror image
            assert not same_up_to_kinks(big, left.mirror())


def test_scrambled_unknots_are_undone():
    for seed in range(150):
        tangled = diagram_of(scrambled(Diagram(circles=1), random.Random(seed).randrange(3, 80), seed))
        answer = unknot(tangled, seed=seed)
        assert isinstance(answer, Certified) and answer.certificate.replay().accepted


@pytest.mark.parametrize("name", ["gordian", "monster"])
def test_hard_unknots_are_undone(name):
    answer = unknot(Diagram.from_pd(EXAMPLES[name]))
    assert isinstance(answer, Certified) and answer.certificate.replay(isolated=True).accepted


def test_knots_stay_knotted(knotinfo):
    for row in knotinfo[:150]:
        answer = unknot(Diagram.from_pd(row["pd"]), rounds=5)
        assert isinstance(answer, Unknown) and answer.spent["moves"] > 0


def test_the_same_seed_makes_the_same_moves():
    tangled = diagram_of(scrambled(LINKS[1], 40, 3))
    assert simplify(tangled, seed=5) == simplify(tangled, seed=5)


def test_links_and_wrong_rounds_are_refused():
    with pytest.raises(InputError, match="link of 2 components"):
        unknot(LINKS[2])
    with pytest.raises(InputError, match="rounds"):
        simplify(LINKS[0], rounds=-1)


@pytest.mark.parametrize("link", LINKS, ids=range(len(LINKS)))
def test_fingerprints_forget_the_numbering_and_keep_the_mirror_image(link):
    planar = map_of(link)
    crossings = len(link.crossings)
    for seed in range(5):
        order = random.Random(seed).sample(range(crossings), crossings)
        turned = Diagram.from_pd([link.crossings[place] for place in order], circles=link.circles)
        assert key(map_of(turned)) == key(planar)
    assert key(map_of(link.reverse())) == key(planar)
    if link == LINKS[0]:
        assert key(map_of(link.mirror())) != key(planar)


def test_fingerprints_tell_diagrams_apart_as_canonical_codes_do():
    found: dict[int, tuple] = {}
    for seed in range(300):
        planar = scrambled(Diagram(circles=1), 5, seed)
        code = diagram_of(planar)
        codes = {(turned := code.reverse(flip)).canonical().crossings for flip in ((), None)}
        assert found.setdefault(key(planar), min(codes)) == min(codes), turned
    assert len(set(found.values())) == len(found) > 50


@pytest.mark.parametrize("link", LINKS, ids=range(len(LINKS)))
def test_linking_numbers_are_those_of_the_diagram(link):
    planar = map_of(link)
    home, outgoing = np.zeros((2, len(planar.across)), np.int64)
    count = label_components(planar, home, outgoing)
    doubled = np.zeros((count, count), np.int64)
    doubled_linking(planar, home, outgoing, doubled)
    assert sorted(abs(doubled).ravel() // 2) == sorted(abs(number) for row in link.linking_matrix() for number in row)


def test_colourings_are_those_of_the_determinant():
    from certifield.topology import determinant, nullity

    for link in [*LINKS, Diagram.from_braid([1, -1, 1, -1], 2), Diagram.from_braid([1, 1, -2, 1, 1, 2])]:
        planar = map_of(link)
        expected = nullity(link) + 1 - link.circles
        assert colourings(planar, np.zeros(len(planar.across), np.int64)) == expected
        assert (expected > 1 - link.circles) == (determinant(link) == 0)
