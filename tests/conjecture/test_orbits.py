"""Invariance along moves of plumbing forests, and existence with a second program."""

import random

import pytest

pytest.importorskip("numba")

from certifield.conjecture import Changed, Exists, Invariant, NotFound, existence, invariance
from certifield.evidence import InputError
from certifield.topology.plumbing import PlumbingForest, determinant, homology, inertia, normal_codes, scrambled


def start(rng):
    size = rng.randint(1, 5)
    return PlumbingForest(tuple(rng.randint(-4, 4) for _ in range(size)), tuple((rng.randrange(v), v) for v in range(1, size)))


def move(forest, rng):
    return scrambled(forest, 1, seed=rng.randrange(2**30))[0]


def test_homology_is_invariant_and_not_complete_and_the_signature_is_no_invariant():
    kinds = {"objects": 25, "steps": 6, "seed": 3}
    found = invariance("H_1", homology, start, move, classes=lambda forest: normal_codes([forest])[0], **kinds)
    assert isinstance(found, Invariant) and found.moves == 150 and found.collision is not None
    one, other = found.collision
    assert homology(one) == homology(other) and normal_codes([one]) != normal_codes([other])
    assert isinstance(invariance("|det|", lambda forest: abs(determinant(forest)), start, move, **kinds), Invariant)
    changed = invariance("signature", lambda forest: inertia(forest).positive - inertia(forest).negative, start, move, **kinds)
    assert isinstance(changed, Changed) and changed.values[0] != changed.values[1] and "REFUTED" in str(changed)
    assert abs(determinant(changed.before)) == abs(determinant(changed.after))


def test_a_move_to_another_class_is_named_as_wrong():
    with pytest.raises(InputError, match="class"):
        invariance("parity", lambda n: n % 2, lambda rng: rng.randrange(10), lambda n, rng: n + 2, classes=lambda n: n, seed=1)


def test_existence_needs_both_programs():
    def square(n):
        return round(n**0.5) ** 2 == n

    def make(rng):
        return rng.randrange(2, 400)

    found = existence("a square", square, make, again=lambda n: any(k * k == n for k in range(n)), seed=2)
    assert isinstance(found, Exists) and found.twice and square(found.witness) and "EXISTS" in str(found)
    lost = existence("a square that ends in 7", lambda n: square(n) and n % 10 == 7, make, budget=200)
    assert isinstance(lost, NotFound) and lost.tried == 200 and "OPEN" in str(lost)
    with pytest.raises(InputError):
        existence("a lie", lambda n: True, make, again=square, seed=random.Random(1).randrange(9))


@pytest.mark.parametrize(
    "call",
    [
        lambda: invariance("v", 1, start, move),
        lambda: invariance("v", homology, None, move),
        lambda: invariance("v", homology, start, "move"),
        lambda: invariance("v", homology, start, move, objects=0),
        lambda: invariance("v", homology, start, move, steps=-1),
        lambda: invariance("v", homology, start, move, seed=-1),
        lambda: invariance("v", homology, start, move, classes=3),
        lambda: invariance("v", lambda forest: 0.5, start, move),
        lambda: existence("e", 1, start),
        lambda: existence("e", bool, start, budget=0),
        lambda: existence("e", bool, start, again=1),
        lambda: existence("e", bool, start, seed=0.5),
    ],
)
def test_bad_arguments_are_named(call):
    with pytest.raises(InputError):
        call()
