"""Toric hypersurfaces: products of projective spaces against their degrees, CYTools against our own arithmetic, with sabotage twins."""

import itertools

import numpy as np
import pytest

from certifield.evidence import InputError, MissingExtra
from certifield.geometry import Configuration, chern_numbers, euler_number, intersection_numbers, volume
from certifield.geometry.toric import ToricHypersurface, polytope_hypersurface

QUINTIC = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [-1, -1, -1, -1]]
MIRROR_PAIRS = {  # a threefold by its vertices, its Euler number, and that of its mirror
    "11222": ([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [-1, -2, -2, -2]], -168),
    "11114": ([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [-1, -1, -1, -4]], -296),
    "11169": ([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [-1, -1, -6, -9]], -540),
}


def product(*dimensions) -> ToricHypersurface:
    """The anticanonical hypersurface of a product of projective spaces: the fan is the product of theirs."""
    d, start, groups = sum(dimensions), 0, []
    rays = []
    for n in dimensions:
        block = np.zeros((n + 1, d), dtype=int)
        block[:n, start : start + n] = np.eye(n, dtype=int)
        block[n, start : start + n] = -1
        groups.append(range(len(rays), len(rays) + n + 1))
        rays += block.tolist()
        start += n
    cones = [sum(parts, ()) for parts in itertools.product(*(itertools.combinations(group, len(group) - 1) for group in groups))]
    facets = [np.round(np.linalg.solve(np.array([rays[i] for i in cone], float), -np.ones(d))).astype(int) for cone in cones]
    return ToricHypersurface(np.array(rays), np.array(facets), np.array(cones))


@pytest.mark.parametrize("dimensions", [(4,), (2, 2), (1, 3), (1, 1, 2), (3,), (1, 2), (1, 1, 1)])
def test_products_of_projective_spaces(dimensions):
    """Against the ring of the degrees, which knows nothing of fans: all numbers, c_2, the Euler number and a volume."""
    found, space = product(*dimensions), Configuration(dimensions, tuple((n + 1,) for n in dimensions))
    first = np.cumsum([0, *(n + 1 for n in dimensions)])[:-1]  # a divisor of each factor
    factor = np.repeat(np.arange(len(dimensions)), [n + 1 for n in dimensions])
    numbers, exact = np.asarray(found.intersection_numbers().value), np.asarray(intersection_numbers(space).value)
    assert np.array_equal(numbers, exact[np.ix_(*[factor] * found.dimension)].astype(int))
    second = np.asarray(found.second_chern_numbers().value)
    assert np.array_equal(second, np.asarray(chern_numbers(space, 2).value)[factor] if found.dimension == 3 else 24)
    assert found.euler_number().value == euler_number(space).value
    a, t = np.zeros(len(factor), dtype=int), [1 + i for i in range(len(dimensions))]
    a[first] = t
    assert found.volume(a.tolist()).value == volume(space, t).value
    relations = np.einsum("ik,i...->k...", found.rays, numbers)
    assert not np.any(relations) and np.any(np.einsum("i,i...->...", np.arange(len(factor)), numbers))


def test_a_wall_inside_of_a_facet():
    """F_2 x P^1, whose polytope has a facet of two cones: divisors that meet over the inside of a facet alone do not meet on X."""
    circle = [(1, 0, 0), (0, 1, 0), (-1, 2, 0), (0, -1, 0)]
    rays = np.array([*circle, (0, 0, 1), (0, 0, -1)])
    cones = np.array([(i, (i + 1) % 4, top) for i in range(4) for top in (4, 5)])
    facets = np.unique([np.round(np.linalg.solve(rays[cone].astype(float), -np.ones(3))).astype(int) for cone in cones], axis=0)
    found = ToricHypersurface(rays, facets, cones)
    numbers = np.asarray(found.intersection_numbers().value)
    assert len(facets) == 6 and numbers[1, 4] == 0 == numbers[1, 5] and numbers[0, 4] == 2 == numbers[0, 5]
    assert found.euler_number().value == 24 and not np.any(np.einsum("ik,ij->kj", rays, numbers))


def test_refusals():
    good = product(2, 2)
    other = good.cones.copy()
    other[0] = other[1]
    for call in (
        lambda: ToricHypersurface(good.rays, good.facets, good.cones[1:]),
        lambda: ToricHypersurface(good.rays, good.facets, other),
        lambda: ToricHypersurface(2 * good.rays, good.facets, good.cones),
        lambda: ToricHypersurface(good.rays, good.facets[:, :3], good.cones),
        lambda: ToricHypersurface(good.rays / 2, good.facets, good.cones),
        lambda: ToricHypersurface("rays", good.facets, good.cones),
        lambda: good.volume([1, 0, 0]),
        lambda: good.volume([1, 0, 0, 0, 0, 0]),  # on the boundary of the cone
        lambda: good.volume(["x"] * 6),
        lambda: polytope_hypersurface([[1, 0], [0, 1], [-1, -1]]),
        lambda: polytope_hypersurface("quintic"),
    ):
        with pytest.raises(InputError):
            call()


def test_without_cytools(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "cytools", None)
    with pytest.raises(MissingExtra, match=r"certifield\[toric\]"):
        polytope_hypersurface(QUINTIC)


@pytest.mark.toric
@pytest.mark.parametrize("name", MIRROR_PAIRS)
def test_against_cytools(name):
    """Their intersection numbers and c_2, by floats and another algorithm, and the Euler number of Batyrev's formula."""
    from cytools import Polytope

    vertices, euler = MIRROR_PAIRS[name]
    found, theirs = polytope_hypersurface(vertices), Polytope(vertices).triangulate().get_cy()
    numbers = np.asarray(found.intersection_numbers().value)
    for key, number in theirs.intersection_numbers(in_basis=False).items():
        if 0 not in key:
            assert numbers[tuple(int(i) - 1 for i in key)] == pytest.approx(float(number), abs=1e-6)
    assert np.allclose(found.second_chern_numbers().value, theirs.second_chern_class(in_basis=False)[1:])
    assert found.euler_number().value == euler == theirs.chi() == 2 * (theirs.h11() - theirs.h21())
    rays = {tuple(row) for row in np.asarray(theirs.toric_mori_cone(in_basis=False).rays())[:, 1:].tolist()}
    assert rays <= {tuple(row) for row in found.curves.tolist()}  # extremal ones among all


@pytest.mark.toric
def test_the_mirror_of_a_k3_surface():
    found = polytope_hypersurface([[1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, -1, -1]], dual=True)
    assert found.euler_number().value == 24 and len(found.rays) == 22  # 22 points on edges of the dual simplex: Picard number 19


@pytest.mark.toric
@pytest.mark.slow
def test_the_mirror_of_the_quintic():
    found = polytope_hypersurface(QUINTIC, dual=True)
    assert found.euler_number().value == 200 and len(found.rays) == 105


@pytest.mark.toric
def test_polytopes_that_are_refused():
    with pytest.raises(InputError, match="reflexive"):
        polytope_hypersurface([[7, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [-1, -1, -1, -1]])
