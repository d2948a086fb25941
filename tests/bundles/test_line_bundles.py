"""Cohomology of line bundles: tables, duality, and independent routes by toric geometry and by points in the plane."""

import itertools
import random
import sys

import pytest

pytest.importorskip("flint")
import flint
import numpy as np

from certifield.bundles import (
    ambient_cohomology,
    del_pezzo_cohomology,
    del_pezzo_index,
    exceptional_curves,
    hirzebruch_box,
    hirzebruch_cohomology,
    hirzebruch_index,
    hypersurface_cohomology,
    index,
)
from certifield.bundles._multiplication import PRIMES, generic_rank
from certifield.bundles._surfaces import _complete
from certifield.evidence import InputError, MissingExtra

TETRA = {
    (1, 2, -4, 1): (0, 36, 0, 0), (-4, 1, 1, 1): (0, 24, 0, 0), (2, 2, -1, -1): (0, 4, 0, 0), (0, 0, 2, -3): (0, 6, 4, 0),
    (0, 1, 1, -2): (0, 4, 0, 0), (-1, 2, 2, 2): (2, 0, 0, 0), (-1, 3, 2, 2): (4, 0, 0, 0), (-1, 2, 3, 3): (8, 0, 0, 0),
    (-2, 4, 4, 4): (3, 47, 0, 0), (-2, 5, 4, 4): (6, 48, 0, 0), (1, 1, 1, 1): (16, 0, 0, 0), (2, 2, 2, 2): (80, 0, 0, 0),
    (-1, 4, 4, 0): (0, 18, 0, 0), (3, 3, -4, 3): (0, 152, 0, 0),
}  # fmt: skip
MIXED = {
    (-1, 4): (2, 0, 0, 0), (-1, 5): (8, 0, 0, 0), (-2, 8): (3, 63, 0, 0), (-2, 9): (12, 64, 0, 0), (-3, 2): (0, 20, 0, 0),
    (2, -1): (0, 0, 4, 0),
}  # fmt: skip
SECTIONS = {
    (3, 1, 1, 1): 7, (4, 2, 2, 2): 6, (6, 3, 3, 3): 10, (5, 3, 3, 2): 6, (4, 3, 2): 6, (6, *(2,) * 6): 10, (12, *(4,) * 8): 11,
    (2, *(1,) * 5): 1, (4, *(2,) * 5): 1, (7, 5, 4, 1): 11, (3, -2, 1, 1): 8, (8, *(3,) * 7): 3, (3, 5): 0,
}  # fmt: skip


def toric_cohomology(n: int, a: int, b: int) -> tuple[int, int, int]:
    """F_n as a toric surface with rays (0,1), (1,0), (0,-1), (-1,n): for each character, the components of the rays below."""
    rays = [(1, 0), (0, 1), (-1, n), (0, -1)]  # in cyclic order; D of (0, 1) is C with C^2 = -n
    coefficients = [b, a, 0, 0]
    found = [0, 0, 0]
    for m in itertools.product(range(-22, 23), repeat=2):
        below = [m[0] * x + m[1] * y < -c for (x, y), c in zip(rays, coefficients, strict=True)]
        components = sum(below[place] and not below[place - 1] for place in range(4))
        if not any(below):
            found[0] += 1
        elif all(below):
            found[2] += 1
        else:
            found[1] += components - 1
    return tuple(found)


def test_hirzebruch_surfaces_against_the_toric_formula():
    for n in range(4):
        for a, b in itertools.product(range(-4, 4), range(-5, 6)):
            found = hirzebruch_cohomology(n, a, b)
            assert found == toric_cohomology(n, a, b), (n, a, b)
            assert found[0] - found[1] + found[2] == hirzebruch_index(n, a, b)
            assert found == hirzebruch_cohomology(n, -2 - a, -n - 2 - b)[::-1]


def index_form(n: int, a: int, b: int, up: bool = True) -> int:
    """h^0 as an index, after the multiple of C that is fixed is taken away; the multiple is a ceiling."""
    meets = -n * a + b  # D.C
    times = (-(meets // n) if up else -meets // n) if meets < 0 else 0
    a -= times
    return hirzebruch_index(n, a, b) if a >= 0 and b >= 0 else 0


def test_the_ceiling_in_the_index_form():
    """Sabotage twin: with a floor in its place the formula fails."""
    rows = [(n, a, b) for n in range(1, 6) for a in range(9) for b in range(30)]
    ceiling = [index_form(*row) == hirzebruch_cohomology(*row)[0] for row in rows]
    assert all(ceiling)

    def floored(n: int, a: int, b: int) -> int:
        meets = -n * a + b
        a -= (-meets) // n if meets < 0 else 0
        return hirzebruch_index(n, a, b) if a >= 0 and b >= 0 else 0

    assert not all(floored(*row) == hirzebruch_cohomology(*row)[0] for row in rows)


def test_exceptional_curves():
    assert [len(exceptional_curves(n)) for n in range(1, 9)] == [1, 3, 6, 10, 16, 27, 56, 240]
    for d, *m in exceptional_curves(8):
        assert d * d - sum(x * x for x in m) == -1 and 3 * d - sum(m) == 1


@pytest.mark.parametrize(("given", "expected"), SECTIONS.items(), ids=str)
def test_sections_on_del_pezzo_surfaces(given, expected):
    found = del_pezzo_cohomology(given[0], given[1:])
    assert found[0] == expected and found[0] - found[1] + found[2] == del_pezzo_index(given[0], given[1:])
    assert found == del_pezzo_cohomology(-3 - given[0], [-1 - m for m in given[1:]])[::-1]


def interpolation(degree: int, multiplicities: list[int], rng: random.Random) -> int:
    """Curves of this degree with these multiplicities at random points of the plane modulo a prime: columns less rank."""
    p = 32003
    monomials = [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)]
    rows = []
    for m in multiplicities:
        x, y = rng.randrange(1, p), rng.randrange(1, p)
        for u, v in itertools.product(range(max(m, 0)), repeat=2):
            if u + v < m:
                rows.append([_falling(i, u) * _falling(j, v) * pow(x, i - u, p) * pow(y, j - v, p) % p if i >= u and j >= v else 0
                             for i, j in monomials])  # fmt: skip
    if not rows:
        return len(monomials)
    return len(monomials) - int(flint.nmod_mat(rows, p).rank())


def _falling(number: int, count: int) -> int:
    value = 1
    for step in range(count):
        value *= number - step
    return value


def test_sections_against_interpolation_at_random_points():
    rng = random.Random(6)
    for count in (1, 2, 3, 5, 7):
        for _ in range(25):
            degree, multiplicities = rng.randint(0, 8), [rng.randint(-2, 4) for _ in range(count)]
            expected = interpolation(degree, multiplicities, rng)
            assert del_pezzo_cohomology(degree, multiplicities)[0] == expected, (degree, multiplicities)


def test_the_bicubic():
    """One map of full rank between degrees 2, or none: h^1 and h^2 by the sign of the index."""
    for k1, k2 in itertools.product(range(-6, 0), range(1, 6)):
        expected = 3 * (k1 + k2) * (2 + k1 * k2) // 2
        assert index([2, 2], [3, 3], [k1, k2]) == expected
        found = hypersurface_cohomology([2, 2], [3, 3], [k1, k2])
        assert found.dimensions == (0, max(0, -expected), max(0, expected), 0) and found.proved
        assert hypersurface_cohomology([2, 2], [3, 3], [-k1, -k2]).dimensions == found.dimensions[::-1]
    for b in range(1, 8):
        assert hypersurface_cohomology([2, 2], [3, 3], [0, b]).dimensions == ((b + 1) * (b + 2) // 2, (b - 1) * (b - 2) // 2, 0, 0)


@pytest.mark.parametrize(
    ("spaces", "degrees", "k", "expected"),
    [*(([1] * 4, [2] * 4, k, h) for k, h in TETRA.items()), *(([1, 3], [2, 4], k, h) for k, h in MIXED.items())],
)
def test_tables(spaces, degrees, k, expected):
    found = hypersurface_cohomology(spaces, degrees, k)
    assert found.dimensions == expected
    assert all(low <= high for low, high in zip(found.lower, found.upper, strict=True))
    assert sum((-1) ** place * h for place, h in enumerate(expected)) == index(spaces, degrees, k)


def test_one_nonzero_dimension_is_no_rule():
    """Sabotage twin of 'h^1 = max(0, -index)': it fails at (0, 0, 2, -3) and at (-2, 4, 4, 4) on the tetra-quadric."""
    for k in ((0, 0, 2, -3), (-2, 4, 4, 4)):
        assert TETRA[k][1] != max(0, -index([1] * 4, [2] * 4, k))


def test_the_quintic_and_the_quartic():
    assert [hypersurface_cohomology([4], [5], [k]).dimensions[0] for k in range(1, 6)] == [5, 15, 35, 70, 125]
    assert [hypersurface_cohomology([3], [4], [k]).dimensions for k in range(4)] == [(1, 0, 1), (4, 0, 0), (10, 0, 0), (20, 0, 0)]
    assert ambient_cohomology([4], [-5]) == (4, 1) and ambient_cohomology([4], [-3]) == (0, 0)


@pytest.mark.parametrize(
    "call",
    [
        lambda: hypersurface_cohomology([2, 2], [3, 3], [1]),
        lambda: hypersurface_cohomology([2, 2], [3, 0], [1, 1]),
        lambda: hypersurface_cohomology([2, 2], [3, 3], [-90, 90]),
        lambda: hirzebruch_cohomology(-1, 0, 0),
        lambda: exceptional_curves(9),
        lambda: del_pezzo_cohomology(1, [0.5]),
    ],
)
def test_bad_input(call):
    with pytest.raises(InputError):
        call()


def test_a_modulus_below_the_sides_of_a_matrix_is_refused():
    """Modulo 2 a random square matrix is singular with probability 0.71; modulo 2^31 a random one of side 40 is not."""
    rows = np.random.default_rng(0).integers(0, 2**31 - 20, size=(40, 40))
    assert generic_rank(rows, PRIMES[0]) == 40
    with pytest.raises(InputError, match="prime = 37"):
        generic_rank(rows, 37)


@pytest.mark.parametrize("found", [lambda: _complete(-5, 0, 0, (3, 5)), lambda: _complete(1, 0, 2, (0, 0))])
def test_a_negative_dimension_is_an_error_and_no_answer(found):
    """What the formula says of (3; 5) without the test of effectiveness is -5."""
    assert del_pezzo_index(3, [5]) == -5 and del_pezzo_cohomology(3, [5])[0] == 0
    with pytest.raises(AssertionError, match="negative dimension"):
        found()


def test_without_flint_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "flint", None)
    with pytest.raises(MissingExtra, match="precision"):
        hypersurface_cohomology([2, 2], [3, 3], [-3, 3])


def test_a_box_has_all_of_its_bundles():
    box = hirzebruch_box(1, 2)
    assert len(box) == 25 and box[0, 0] == (1, 0, 0)
