"""Homology, linking form, inertia and determinant are exact, and invariant where they should be."""

import cmath
import math
import random
from collections import Counter, defaultdict
from fractions import Fraction

import pytest
import sympy

pytest.importorskip("flint")  # collected only where the marker lets it
pytest.importorskip("numba")
import flint
import numpy as np
from plumbing_walks import random_tree

from certifield.evidence import NotConverged
from certifield.topology.invariants._inertia import inertia as dense_inertia
from certifield.topology.plumbing import (
    Homology,
    PlumbingForest,
    chain,
    determinant,
    homology,
    inertia,
    linking_form,
    scrambled,
    star,
)

E8 = star(-2, -2, (-2, -2), (-2, -2, -2, -2))


def test_reference_values():
    assert homology(chain(5)) == Homology(0, (5,)) and str(homology(chain(0) + chain(4, 0, 4))) == "Z + Z/8"
    assert (determinant(chain(2, 2)), determinant(chain(7, 2)), determinant(chain(3, 0, 4))) == (3, 13, -7)
    assert (determinant(E8), inertia(E8)) == (1, (0, 0, 8))
    assert (determinant(star(-1, -2, -3, -5)), inertia(star(-1, -2, -3, -5))) == (-1, (1, 0, 3))
    assert (determinant(star(-1, -2, -3, -7)), inertia(star(-1, -2, -3, -7))) == (1, (0, 0, 4))
    assert determinant(PlumbingForest()) == 1 and homology(PlumbingForest()).order == 1


def test_against_dense_elimination_and_flints_smith_form():
    rng = random.Random(3)
    for seed in range(150):
        forest = scrambled(random_tree(rng, rng.randint(1, 9), 2), 12, seed=seed)[0] + random_tree(rng, 3, 1)
        matrix = flint.fmpz_mat(forest.matrix())
        assert determinant(forest) == matrix.det()
        assert inertia(forest) == dense_inertia([[Fraction(entry) for entry in row] for row in forest.matrix()])[0]
        form = matrix.snf()
        diagonal = [abs(int(form[place, place])) for place in range(form.nrows())]
        assert homology(forest) == Homology(diagonal.count(0), tuple(sorted(entry for entry in diagonal if entry > 1)))


def test_inertia_shifts_by_the_sign_of_a_blow_up_alone():
    """The twin says that floats misjudge a nullity: a determinant of 1 beside entries of 10^9."""
    forest = chain(10**9, 0, -(10**9) + 1, 1)
    assert inertia(forest).zero == 1
    floats = np.linalg.eigvalsh(np.array(forest.matrix(), float))
    assert (np.abs(floats) < 1e-9).sum() == 0 and (np.abs(floats) < 1e-7).sum() == 1
    one, other = 1, 10
    for _ in range(99):
        one, other = other, 10 * other - one
    assert determinant(chain(*[10] * 100)) == other > 2**63
    huge = PlumbingForest((10**9,) * 40, tuple((0, vertex) for vertex in range(1, 40)))
    assert determinant(huge) == 10**360 - 39 * 10**342


def test_linking_forms_by_gauss_sums():
    """Every symbol at 2 against the sum over the group itself; equal forms have equally many elements of every square.

    The stars come first, since random trees hardly have 2 x 2 blocks of even diagonal at 4, of either kind.
    """
    rng, seen, count = random.Random(1), defaultdict(set), 0
    stars = [star(0, 4, 4, 4), star(1, 4, 4, -4), star(1, 4, 4, 4), star(1, 4, 4, 12)]
    while count < 120:
        forest = stars.pop() if stars else random_tree(rng, rng.randint(1, 5), 6)
        order = abs(determinant(forest))
        if not 2 <= order <= 100:
            continue
        count += 1
        elements, squares = _group(forest)
        assert len(elements) == order
        form = linking_form(forest)
        seen[form].add((order, tuple(sorted(Counter(squares).items()))))
        for _, k, _, eighths in form.of(2):
            top = 2 ** len(form.of(2))
            total = sum(
                cmath.exp(2j * math.pi * float(2 ** (k - 1) * square % 1))
                for element, square in zip(elements, squares, strict=True)
                if all(top * entry % 1 == 0 for entry in element)
            )
            assert (abs(total) < 1e-9) == (eighths is None)
            assert eighths is None or abs(total / abs(total) - cmath.exp(2j * math.pi * eighths / 8)) < 1e-9
    assert all(len(kinds) == 1 for kinds in seen.values()) and len(seen) > 40


def _group(forest):
    """The elements of coker Q as Q^-1 x modulo 1, and their squares under the linking form."""
    inverse = flint.fmpz_mat(forest.matrix()).inv()
    size = range(len(forest.weights))
    rows = [[Fraction(int(inverse[i, j].p), int(inverse[i, j].q)) for j in size] for i in size]
    zero = tuple(0 for _ in size)
    found, waiting = {zero: zero}, [zero]
    while waiting:
        x = waiting.pop()
        for i in size:
            y = tuple(entry + (i == j) for j, entry in enumerate(x))
            key = tuple(sum(rows[a][b] * y[b] for b in size) % 1 for a in size)
            if key not in found:
                found[key] = y
                waiting.append(y)
    return list(found), [sum(key[i] * x[i] for i in size) % 1 for key, x in found.items()]


def test_invariants_of_scrambled_forests_are_equal():
    rng = random.Random(9)
    for seed in range(60):
        base = random_tree(rng, rng.randint(1, 7), 5)
        other = scrambled(base, 15, seed=seed)[0]
        assert (homology(base), linking_form(base)) == (homology(other), linking_form(other))


def test_mirror_images_have_minus_the_linking_form():
    assert linking_form(chain(3)) != linking_form(chain(-3)) and linking_form(chain(5)) == linking_form(chain(-5))
    assert linking_form(chain(-4)).parts == ((2, 1, 0, 7), (2, 2, 1, None)) and linking_form(chain(4)).parts == (
        (2, 1, 0, 1),
        (2, 2, 1, None),
    )


def test_an_order_that_cannot_be_factored_is_named():
    """A chain for the product of two primes of 26 digits; the homology is there all the same."""
    order = sympy.nextprime(10**25) * sympy.nextprime(2 * 10**25)
    one, other, weights = order, order * 61803398874989484820458683436563811772030917980576 // 10**50, []
    while other:
        weights.append(-(-one // other))
        one, other = other, weights[-1] * other - one
    forest = chain(*weights)
    assert homology(forest).order == order == determinant(forest)
    with pytest.raises(NotConverged, match="composite"):
        linking_form(forest)


@pytest.mark.parametrize("forest", [chain(0), PlumbingForest(), chain(1)])
def test_trivial_linking_forms(forest):
    assert str(linking_form(forest)) == "trivial"
