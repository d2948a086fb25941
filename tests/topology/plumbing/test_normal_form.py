"""The normal form: reference values, any order of moves, no mismatch on scrambled pairs."""

import random

import numpy as np
import pytest

pytest.importorskip("numba")  # collected only where the marker lets it
from plumbing_walks import by_rescans, random_tree, shape

from certifield.topology.plumbing import (
    Handle,
    LensSpace,
    Plumbing,
    PlumbingForest,
    Seifert,
    chain,
    homology,
    normal_codes,
    normal_form,
    pieces,
    play,
    scrambled,
    star,
)

POINCARE = star(-2, -2, (-2, -2), (-2, -2, -2, -2))
TWO_NODES = PlumbingForest((1, 1, -3, 2, -3, 7), ((0, 1), (0, 2), (0, 3), (1, 4), (1, 5)))
TABLE = [
    (chain(5), chain(-2, -2, -2, -2)),
    (chain(2, 2), chain(-3)),
    (chain(7, 2), chain(-2, -2, -2, -2, -2, -3)),
    (chain(3, 0, 4), chain(-2, -2, -2, -2, -2, -2)),
    (chain(7), chain(-2, -2, -2, -2, -2, -2)),
    (chain(2, 1, 2), chain(0)),
    (chain(0, 0), PlumbingForest()),
    (chain(2, 4), chain(-2, -2, -3)),
    (POINCARE, POINCARE),
    (star(1, 2, 3, 5), POINCARE),
    (star(-1, -2, -3, -5), star(-1, -2, -3, -5)),
    (star(-1, -2, -3, -7), star(-1, -2, -3, -7)),
    (star(1, 2, 7, 3), star(-2, -2, (-2, -2), (-2,) * 6)),
    (star(2, 1, 1, 1), PlumbingForest()),
    (TWO_NODES, PlumbingForest.from_text("(-2(-2(-2(-2(-2))))(-2(0(-3)(0(-2)(-3)))))")),
]


@pytest.mark.parametrize(("forest", "expected"), TABLE, ids=lambda forest: str(forest))
def test_reference_values(forest, expected):
    found = normal_form(forest)
    assert shape(found.forest) == shape(expected) and found == normal_form(expected) and not normal_form(expected).moves
    assert shape(play(forest, found.moves)) == shape(expected)


def test_a_blow_down_of_the_wrong_sign_is_no_move():
    """Sabotage twin: neighbours that gain the sign make the table wrong wherever a blow-down comes first, and change the homology."""

    def first_blow_down(forest, sign):
        vertex = next(v for v, weight in enumerate(forest.weights) if abs(weight) == 1 and 0 < len(forest.neighbours[v]) <= 2)
        state = Plumbing(forest)
        near, weight = sorted(state.near[vertex]), state.weights[vertex]
        state.move(("blow-down", vertex))
        for other in near:
            state.weights[other] += (1 - sign) * weight  # the move itself has taken the sign away
        return state.forest()

    rows = [(chain(2, 1, 2), chain(0)), (chain(1, 3), chain(2)), (star(-3, -1, -2, 4), star(-2, -2, 4))]
    for forest, expected in rows:
        assert normal_form(first_blow_down(forest, 1)) == normal_form(expected)
        assert normal_form(first_blow_down(forest, -1)) != normal_form(expected)
    rng, changed = random.Random(6), 0
    for _ in range(40):
        tree = chain(*[rng.choice((-3, -2, 2, 3)) for _ in range(3)], rng.choice((1, -1)), 4)
        assert homology(first_blow_down(tree, 1)) == homology(tree)
        changed += homology(first_blow_down(tree, -1)) != homology(tree)
    assert changed > 30


def test_the_poincare_sphere_is_not_its_mirror_image():
    assert normal_form(star(-1, -2, -3, -5)) != normal_form(POINCARE)
    assert normal_form(POINCARE.mirror()) == normal_form(star(-1, -2, -3, -5))


def test_the_three_forms_of_rp2_absorption_are_interchangeable():
    bases = [PlumbingForest.from_text(f"(3(-1)({middle}({first})({second}))(-4))")
             for middle, first, second in ((-1, -2, -2), (1, 2, 2), (0, 2, -2))]  # fmt: skip
    assert len({normal_form(base) for base in bases}) == 1


def test_scrambled_forests_have_one_normal_form_in_any_order_of_moves():
    rng = random.Random(5)
    for seed in range(120):
        base = random_tree(rng, rng.randint(1, 10), 4)
        one, other = scrambled(base, 30, seed=seed)[0], scrambled(base, 30, seed=1000 + seed, down=False)[0]
        found = normal_form(base)
        assert found == normal_form(one) == normal_form(other)
        assert shape(found.forest) == shape(by_rescans(one)) == shape(by_rescans(other, rng))
        assert homology(found.forest) == homology(one)


def test_codes_are_equal_exactly_for_isomorphic_forests():
    rng = random.Random(7)
    trees = [PlumbingForest(*_shuffled(random_tree(rng, rng.randint(1, 6), 3), rng)) for _ in range(400)]
    codes = normal_codes(trees)
    assert codes == [np.array(normal_form(tree).code, np.int64).tobytes() for tree in trees]
    shapes = [str(shape(normal_form(tree).forest)) for tree in trees]
    assert len(set(zip(codes, shapes, strict=True))) == len(set(codes)) == len(set(shapes)) > 20


def test_many_forests_grow_their_room():
    assert normal_codes([chain(3), chain(70_000), chain(-2, -2)])[2] == normal_codes([chain(3)])[0]
    assert normal_codes([]) == []


def test_pieces():
    assert pieces(chain(-3, -2)) == pieces(chain(-2, -3)) == (LensSpace(5, 2),)
    assert pieces(chain(0)) == (Handle(),) and pieces(chain(1)) == ()
    (poincare,) = pieces(star(1, 2, 3, 5))
    assert poincare == Seifert(-2, ((2, 1), (3, 2), (5, 4))) and poincare.euler * 30 == -1
    assert [str(piece) for piece in pieces(TWO_NODES + chain(0) + chain(7))] == ["graph of 2 nodes", "S1xS2", "L(7,6)"]


def _shuffled(tree, rng):
    order = list(range(len(tree.weights)))
    rng.shuffle(order)
    weights = [0] * len(order)
    for vertex, place in enumerate(order):
        weights[place] = tree.weights[vertex]
    return tuple(weights), tuple((order[u], order[w]) for u, w in tree.edges)
