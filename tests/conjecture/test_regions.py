"""Regions and polynomials are learnt exactly, hold on larger tables, and what breaks them is named."""

import random
from fractions import Fraction

import numpy as np
import pytest

from certifield.bundles import box, hirzebruch_cohomology, hypersurface_sections
from certifield.conjecture.regions import Region, RegionMap, learn_neural_regions, learn_regions
from certifield.evidence import InputError

Point = tuple[int, ...]


def bicubic(a: int, b: int) -> tuple[int, ...]:
    """The dimensions on the bicubic in closed form, which tests of the ranks establish."""
    index = 3 * (a + b) * (2 + a * b) // 2
    if (a <= 0 and b <= 0) and (a, b) != (0, 0):
        return bicubic(-a, -b)[::-1]
    if a == b == 0:
        return (1, 0, 0, 1)
    if a == 0 or b == 0:
        return ((a + b + 2) * (a + b + 1) // 2, (a + b - 1) * (a + b - 2) // 2, 0, 0)
    return (index, 0, 0, 0) if a > 0 and b > 0 else (0, max(0, -index), max(0, index), 0)


def square(size: int, i: int) -> dict[Point, int]:
    return {(a, b): bicubic(a, b)[i] for a in range(-size, size + 1) for b in range(-size, size + 1)}


def table(points: np.ndarray, values: list[int]) -> dict[Point, int]:
    return dict(zip(map(tuple, points.tolist()), values, strict=True))


@pytest.mark.parametrize(("i", "count"), [(0, 5), (1, 6), (2, 6), (3, 5)])
def test_the_bicubic_is_learnt_and_holds_on_a_box_twice_as_large(i, count):
    found = learn_regions(square(6, i), 3)
    assert len(found.regions) == count and not found.exceptions
    verified = found.verify(square(12, i))
    assert verified.holds and verified.right == 625
    tied = [region for region in found.regions if region.factored(("a", "b")).endswith("3/2 (a + b) (a b + 2)")]
    assert len(tied) == {0: 1, 1: 2, 2: 2, 3: 1}[i]


def test_the_polynomial_of_the_positive_quadrant_is_the_index():
    region = next(one for one in learn_regions(square(6, 0), 3).regions if one.where(("a", "b")) == "b >= 1, a >= 1")
    expected = {(2, 1): Fraction(3, 2), (1, 2): Fraction(3, 2), (1, 0): Fraction(3), (0, 1): Fraction(3)}
    assert dict(region.polynomial) == expected
    assert region.formula(("a", "b")) == "3/2 a^2 b + 3/2 a b^2 + 3 a + 3 b"
    assert region.at(np.array([[2, 5], [1, 1]])).tolist() == [126, 9]


@pytest.mark.parametrize(
    ("spaces", "degrees", "spread", "sides"),
    [([1, 3], [2, 4], [0, 1], ((-6, 8), (-8, 28))), ([1] * 4, [2] * 4, [0, 1, 1, 1], ((-6, 8), (-8, 14)))],
    ids=["P1xP3", "tetra-quadric"],
)
def test_flops_are_found_as_walls(spaces, degrees, spread, sides):
    """The walls 4 a + b = 0 and 2 a + b = 0, where the reflected bundle leaves the effective cone."""
    near, far = box(*sides), box(*[(2 * low, 2 * high) for low, high in sides])
    found = learn_regions(table(near, hypersurface_sections(spaces, degrees, near[:, spread]).tolist()), 3)
    assert found.verify(table(far, hypersurface_sections(spaces, degrees, far[:, spread]).tolist())).holds
    assert any(((-degrees[-1], -1), 1) in region.walls for region in found.regions)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_ceilings_are_found_as_classes(n):
    """On F_n the polynomials beyond the wall D.C = 0 are in classes modulo n."""
    top = 8 + 4 * n
    near, far = box((-8, top), (-8, n * top)), box((-16, 2 * top), (-16, 2 * n * top))
    found = learn_regions(table(near, [hirzebruch_cohomology(n, a, b)[0] for a, b in near.tolist()]), 2)
    assert {region.modulus for region in found.regions} == ({1} if n == 1 else {1, n})
    assert len(found.regions) == 3 + n * n
    assert found.verify(table(far, [hirzebruch_cohomology(n, a, b)[0] for a, b in far.tolist()])).holds


def test_one_coordinate_and_three():
    wave = {(k,): (k * k if k % 2 else -k) for k in range(-20, 21)}
    found = learn_regions(wave, 2)
    assert {region.modulus for region in found.regions} == {2} and found.verify({(k,): k * k for k in (31, 43)}).holds
    planes = {k: max(0, sum(k) + 1) for k in map(tuple, box((-4, 4), (-4, 4), (-4, 4)).tolist())}
    found = learn_regions(planes, 1)
    assert len(found.regions) == 2 and found.verify({(9, 9, 9): 28, (-9, 0, 1): 0}).holds


def test_every_point_of_the_table_is_accounted_for():
    """Also where there is nothing to learn: a shuffled table is exceptions, and its map foretells nothing."""
    values = list(square(6, 0).values())
    random.Random(2).shuffle(values)
    shuffled = dict(zip(square(6, 0), values, strict=True))
    found = learn_regions(shuffled, 1)
    assert found.verify(shuffled).holds and len(found.exceptions) > 20
    assert not found.verify(square(9, 0)).holds
    one = dict(square(6, 0)) | {(3, 3): 7}
    found = learn_regions(one, 3)
    assert found.exceptions == (((3, 3), 7),) or found.verify(one).holds


def test_failures_are_named():
    """Sabotage twin: a polynomial that is too small by one, two regions that disagree, and a region that is missing."""
    found = learn_regions(square(6, 0), 3)
    far = square(12, 0)
    quadrant = next(one for one in found.regions if one.where(("a", "b")) == "b >= 1, a >= 1")
    lower = Region(quadrant.walls, (), 1, (0, 0), (0, 1), (*quadrant.polynomial, ((0, 0), Fraction(-1))), 36)
    others = tuple(one for one in found.regions if one is not quadrant)
    wrong = RegionMap((*others, lower), ()).verify(far)
    assert len(wrong.wrong) == 144 and not wrong.torn and not wrong.unsaid
    assert len(RegionMap((quadrant, *others, lower), ()).verify(far).torn) == 144
    assert len(RegionMap(others, ()).verify(far).unsaid) == 144
    half = Region((), (), 1, (0,), (0,), (((1,), Fraction(1, 2)),), 1)
    assert half.at(np.array([[4], [3]])).tolist()[0] == 2 and RegionMap((half,), ()).verify({(3,): 1}).wrong == ((3,),)


def test_a_network_of_soft_regions_is_beside_them():
    found = learn_neural_regions(square(6, 1), 3, steps=1500, seed=1)
    near, far = found.share_right(square(6, 1)), found.share_right(square(12, 1))
    assert near.value > 0.5 > far.value  # and 0 is the most frequent value, in 79 % of the near box
    assert found.chosen(np.array([[1, 2], [-3, 4]])).shape == (2,)


@pytest.mark.parametrize(
    "call",
    [
        lambda: learn_regions({}, 3),
        lambda: learn_regions({(1, 2): 0.5}, 3),  # type: ignore[dict-item]
        lambda: learn_regions({(1, 2): 1, (1,): 1}, 3),
        lambda: learn_regions({(1,): 2**50}, 3),
        lambda: learn_regions({(1,): 2}, 9),
        lambda: learn_regions({(0, 0): 1, (10**5, 10**5): 1}, 1),
    ],
)
def test_bad_input(call):
    with pytest.raises(InputError):
        call()
