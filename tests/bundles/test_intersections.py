"""Complete intersections and flops, held against hypersurfaces by ranks, and against each other."""

import itertools
import random

import numpy as np
import pytest

pytest.importorskip("flint")

from certifield.bundles import (
    box,
    flop_reflection,
    hypersurface_cohomology,
    hypersurface_sections,
    index,
    intersection_cohomology,
    intersection_index,
)
from certifield.evidence import InputError

SPACES = (
    ([1, 1, 1, 1], [2, 2, 2, 2], ((-3, 4),) * 2 + ((-2, 3),) * 2),
    ([1, 3], [2, 4], ((-4, 4), (-2, 9))),
    ([2, 2], [3, 3], ((-4, 4),) * 2),
    ([1, 1, 1], [2, 2, 2], ((-4, 5),) * 3),
    ([1, 2], [2, 3], ((-3, 3), (-5, 11))),
)


@pytest.mark.parametrize(("spaces", "degrees", "sides"), SPACES, ids=str)
def test_sections_by_flops_against_ranks(spaces, degrees, sides):
    """The rank over a prime bounds sections from above; a wrong one has a probability below 1e-14."""
    bundles = box(*sides)
    sections = hypersurface_sections(spaces, degrees, bundles)
    for number in random.Random(3).sample(range(len(bundles)), 60):
        found = hypersurface_cohomology(spaces, degrees, [int(entry) for entry in bundles[number]])
        assert found.dimensions[0] == sections[number] >= found.lower[0], bundles[number]


def test_reflections_are_involutions_that_keep_sections_and_another_sign_does_not():
    """Sabotage twin: k_j - q_j k_i in place of k_j + q_j k_i."""
    bundles = box((-2, -1), (2, 6), (2, 6), (2, 6))
    for factor in range(4):
        matrix = flop_reflection([1] * 4, [2] * 4, factor)
        assert np.array_equal(matrix @ matrix, np.eye(4))
    matrix = flop_reflection([1] * 4, [2] * 4, 0)
    sections = hypersurface_sections([1] * 4, [2] * 4, bundles)
    ranks = [hypersurface_cohomology([1] * 4, [2] * 4, [int(entry) for entry in k]).dimensions[0] for k in bundles[:20]]
    assert hypersurface_sections([1] * 4, [2] * 4, bundles[:20] @ matrix.T).tolist() == ranks == sections[:20].tolist()
    twin = np.where(np.eye(4), matrix, -matrix)
    assert hypersurface_sections([1] * 4, [2] * 4, bundles[:20] @ twin.T).tolist() != ranks


def test_one_equation_is_a_hypersurface():
    for k in itertools.product(range(-4, 5), repeat=2):
        found, known = intersection_cohomology([2, 2], [[3, 3]], list(k)), hypersurface_cohomology([2, 2], [3, 3], list(k))
        assert found.likely_upper == found.likely_lower == known.dimensions and found.proved == known.proved
        assert intersection_index([2, 2], [[3, 3]], k) == index([2, 2], [3, 3], k)


def test_a_hyperplane_adds_nothing():
    """X in P4 is X and a hyperplane in P5, where the complex has two steps."""
    for k in range(-6, 7):
        assert intersection_cohomology([5], [[1], [5]], [k]).likely_upper == hypersurface_cohomology([4], [5], [k]).dimensions
    for k in itertools.product(range(-3, 4), repeat=2):
        found = intersection_cohomology([2, 3], [[0, 1], [3, 3]], list(k))
        known = hypersurface_cohomology([2, 2], [3, 3], list(k)).dimensions
        assert all(a <= b <= c for a, b, c in zip(found.likely_lower, known, found.likely_upper, strict=True)), k


def test_what_is_not_calabi_yau_is_said():
    """The cubic surface, where h^2(k) = h^0(K - k) with K = O(-1), and the same twice in P4; warnings are errors elsewhere."""
    with pytest.warns(UserWarning, match=r"canonical bundle is O\(-1\)"):
        found = [hypersurface_cohomology([3], [3], [k]).dimensions for k in range(-4, 5)]
    assert found[5] == (4, 0, 0) and found[:8] == [row[::-1] for row in found[7::-1]]  # k and -1 - k
    with pytest.warns(UserWarning, match=r"canonical bundle is O\(-1\)"):
        assert intersection_cohomology([4], [[1], [3]], [1]).likely_upper == found[5]
    with pytest.warns(UserWarning, match=r"canonical bundle is O\(-3\)"):
        plane = [intersection_cohomology([2], [], [k]) for k in (2, -4)]
    assert [(one.lower, one.upper) for one in plane] == [((6, 0, 0), (6, 0, 0)), ((0, 0, 3), (0, 0, 3))]  # forms of degree 2, and of 4 - 3


CICY = ([2, 3], [[2, 1], [1, 3]])


def test_two_equations_give_an_interval_where_a_rank_does_not_decide():
    """The value at (-3, 4) is that of the documentation of pyCICY."""
    found = intersection_cohomology(*CICY, [-3, 4])
    assert found.lower == found.upper == (0, 87, 0, 0) and found.proved
    found = intersection_cohomology(*CICY, [-5, 2])
    assert (found.lower, found.upper) == ((0, 0, 0, 0), (0, 3, 3, 0)) and not found.proved
    assert found.likely_lower == found.likely_upper == (0, 3, 3, 0)
    for k in itertools.product(range(-4, 5), repeat=2):
        found = intersection_cohomology(*CICY, list(k))
        assert found.decided and sum((-1) ** j * h for j, h in enumerate(found.likely_upper)) == intersection_index(*CICY, k)
        assert intersection_cohomology(*CICY, [-k[0], -k[1]]).upper == found.upper[::-1]


def test_a_differential_that_nobody_computed_is_not_taken_for_zero():
    found = intersection_cohomology([1, 1, 1, 2], [[1, 1, 1, 1], [1, 1, 1, 2]], [-3, -3, 0, 3])
    assert not found.decided and (found.likely_lower, found.likely_upper) == ((0, 0, 24, 0), (0, 16, 40, 0))


@pytest.mark.parametrize(
    "call",
    [
        lambda: intersection_cohomology([2, 3], [[2, 1], [1]], [0, 0]),
        lambda: intersection_cohomology([2, 3], [[2, 1], [0, 0]], [0, 0]),
        lambda: intersection_cohomology([1, 1], [[1, 1], [1, 1]], [0, 0]),
        lambda: intersection_cohomology([2, 3], [[2, 1], [1, 3]], [-60, 60]),
        lambda: intersection_cohomology([2, 3], [[2, 1], [1, 3]], [0.5, 0]),
        lambda: hypersurface_sections([1, 2], [3, 3], [[0, 0]]),
        lambda: hypersurface_sections([2, 2], [3, 3], [[0, 0, 0]]),
        lambda: flop_reflection([2, 2], [3, 3], 0),
    ],
)
def test_bad_input(call):
    with pytest.raises(InputError):
        call()
