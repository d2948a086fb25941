"""Verdicts with certificates, and pairs with exact labels."""

import random

import numpy as np
import pytest

pytest.importorskip("numba")  # collected only where the marker lets it
from plumbing_walks import random_tree

from certifield.evidence import Certified, InputError, Obstructed
from certifield.topology.plumbing import (
    PlumbingForest,
    chain,
    determinant,
    hard_negatives,
    homology,
    linking_form,
    normal_form,
    pairs,
    same_manifold,
    scrambled,
    star,
)

EQUAL_DETERMINANT = [
    star(1, 2, 3, 5), star(1, 2, 7, 3), star(2, 1, 1, 1), PlumbingForest((1, 1, -3, 2, -3, 7), ((0, 1), (0, 2), (0, 3), (1, 4), (1, 5))),
]  # fmt: skip


def test_scrambled_pairs_are_the_same_and_the_moves_are_replayed():
    rng = random.Random(11)
    for seed in range(60):
        base = random_tree(rng, rng.randint(1, 10), 4)
        answer = same_manifold(scrambled(base, 25, seed=seed)[0], scrambled(base, 25, seed=seed + 1000)[0])
        assert isinstance(answer, Certified) and answer.certificate.replay().accepted


def test_the_four_of_determinant_one_are_different():
    """|det| alone, and H_1, and the linking form, call all of them the same: the twin of this test."""
    assert {abs(determinant(forest)) for forest in EQUAL_DETERMINANT} == {1}
    for place, one in enumerate(EQUAL_DETERMINANT):
        for other in EQUAL_DETERMINANT[:place]:
            answer = same_manifold(one, other)
            assert isinstance(answer, Obstructed) and answer.certificate.value == "normal form" and answer.certificate.replay().accepted


@pytest.mark.parametrize(
    ("one", "other", "by"),
    [
        (chain(2), chain(3), "homology"),
        (chain(0), chain(1), "homology"),
        (chain(4), chain(2) + chain(2), "homology"),
        (chain(0) + chain(3), chain(3), "homology"),
        (chain(3), chain(-3), "linking form"),
        (chain(-5), chain(-2, -3), "linking form"),  # L(5,1) and L(5,2)
        (chain(8), chain(-8), "linking form"),
        (chain(-7), chain(-2, -4), "normal form"),  # L(7,1) and L(7,2): 2 is a square modulo 7
    ],
)
def test_what_tells_two_manifolds_apart(one, other, by):
    answer = same_manifold(one, other)
    assert isinstance(answer, Obstructed) and answer.certificate.value == by
    assert answer.certificate.replay(isolated=True).accepted
    assert isinstance(same_manifold(one, scrambled(one, 20, seed=1)[0]), Certified)


def test_pairs_have_exact_labels():
    assert pairs("same", 60, seed=1).same.all() and not pairs("random", 60, seed=1).same.any()
    tweaks = pairs("tweak", 400, seed=1)
    assert 0 < tweaks.same.sum() < 40  # some tweaks change nothing: those of a vertex with a leaf of weight 0
    for number in range(0, 400, 40):
        assert (normal_form(tweaks.first[number]) == normal_form(tweaks.second[number])) == tweaks.same[number]
    number = int(np.flatnonzero(tweaks.same)[0])
    assert isinstance(same_manifold(tweaks.first[number], tweaks.second[number]), Certified)


def test_pairs_are_functions_of_their_seed():
    one, again, other = (pairs("tweak", 5, seed=seed, moves=3) for seed in (1, 1, 2))
    assert one.first.weights.tolist() == again.first.weights.tolist() != other.first.weights.tolist()


def test_a_tweak_in_place_would_make_every_pair_the_same():
    """Sabotage twin of the copy: both sides from the tweaked weights."""
    tweaks = pairs("tweak", 50, seed=3, moves=1)
    assert tweaks.same.mean() < 0.5 and normal_form(tweaks.first[0]) == normal_form(tweaks.first[0])


def test_hard_negatives_agree_in_all_invariants_but_the_normal_form():
    for one, other in hard_negatives(30, seed=4):
        assert (homology(one), linking_form(one)) == (homology(other), linking_form(other))
        answer = same_manifold(one, other)
        assert isinstance(answer, Obstructed) and answer.certificate.value == "normal form"
    hard = pairs("hard", 30, seed=4)
    assert not hard.same.any() and len(hard) == 30


@pytest.mark.parametrize(("kind", "count", "moves"), [("soft", 1, 1), ("same", 0, 1), ("same", 1, 0), ("same", 1.0, 1)])
def test_bad_questions_are_refused(kind, count, moves):
    with pytest.raises(InputError):
        pairs(kind, count, seed=1, moves=moves)


@pytest.mark.slow
def test_two_thousand_pairs():
    assert all(pairs(kind, 1000, seed=77, moves=40).same.all() for kind in ("same",))
    rng = random.Random(12)
    for seed in range(1000):
        base = random_tree(rng, rng.randint(1, 10), 4)
        one, other = (scrambled(base, 40, seed=2 * seed + side)[0] for side in (0, 1))
        assert isinstance(same_manifold(one, other), Certified)
