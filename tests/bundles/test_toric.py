"""Line bundles on toric varieties: projective spaces and their products, Hirzebruch surfaces, the hexagon of dP3, duality."""

import itertools
import random

import pytest

pytest.importorskip("flint")

from certifield.bundles import (
    Fan,
    ambient_cohomology,
    del_pezzo_cohomology,
    hirzebruch_cohomology,
    hirzebruch_fan,
    product_fan,
    projective_fan,
    toric_cohomology,
)
from certifield.evidence import InputError

HEXAGON = Fan(((1, 0), (1, 1), (0, 1), (-1, 0), (-1, -1), (0, -1)), tuple((i, (i + 1) % 6) for i in range(6)))


def test_projective_spaces_and_products():
    for n in (1, 2, 3):
        for k in range(-6, 5):
            degree, size = ambient_cohomology([n], [k])
            expected = tuple(size if place == degree and size else 0 for place in range(n + 1))
            assert toric_cohomology(projective_fan(n), [k, *[0] * n]) == expected
    fan = product_fan(projective_fan(1), projective_fan(2))
    for k in itertools.product(range(-4, 4), range(-5, 4)):
        degree, size = ambient_cohomology([1, 2], k)
        assert toric_cohomology(fan, [k[0], 0, k[1], 0, 0]) == tuple(size if place == degree and size else 0 for place in range(4))


def test_hirzebruch_surfaces():
    for n, a, b in itertools.product(range(4), range(-4, 4), range(-5, 6)):
        assert toric_cohomology(hirzebruch_fan(n), [b, a, 0, 0]) == hirzebruch_cohomology(n, a, b)


def test_the_hexagon():
    assert toric_cohomology(HEXAGON, [-1] * 6) == (0, 0, 1)
    assert toric_cohomology(HEXAGON, [-2, 0, 0, 0, 0, 0]) == (0, 2, 0)


def test_the_hexagon_is_the_plane_blown_up_in_three_points():
    """Its divisors are e1, l - e1 - e2, e2, l - e2 - e3, e3, l - e1 - e3 around; another algorithm altogether."""
    classes = [(0, -1, 0, 0), (1, 1, 1, 0), (0, 0, -1, 0), (1, 0, 1, 1), (0, 0, 0, -1), (1, 1, 0, 1)]
    rng = random.Random(2)
    for _ in range(60):
        a = [rng.randint(-3, 3) for _ in range(6)]
        d, *m = (sum(entry * one[place] for entry, one in zip(a, classes, strict=True)) for place in range(4))
        assert toric_cohomology(HEXAGON, a) == del_pezzo_cohomology(d, m)


def test_serre_duality_in_dimension_three():
    fan = product_fan(projective_fan(1), hirzebruch_fan(1))
    rng = random.Random(1)
    for _ in range(25):
        a = [rng.randint(-3, 3) for _ in fan.rays]
        assert toric_cohomology(fan, a) == toric_cohomology(fan, [-1 - entry for entry in a])[::-1]


@pytest.mark.parametrize(
    ("rays", "cones", "named"),
    [
        ((), (), "rays"),
        (((1, 0), (0, 1)), ((0, 1),), "cones"),
        (((2, 0), (0, 1), (-1, -1)), ((0, 1), (1, 2), (2, 0)), "ray 0"),
        (((1, 0), (-1, 0), (0, 1)), ((0, 1), (1, 2), (2, 0)), "cone"),
        (((1, 0), (0, 1, 0)), ((0, 1),), "ray 1"),
    ],
)
def test_what_is_no_complete_fan_is_refused(rays, cones, named):
    with pytest.raises(InputError, match=named):
        Fan(rays, cones)


def test_bad_coefficients():
    for wrong in ([1], [1, 2, 0.5], [10**6, 0, 0]):
        with pytest.raises(InputError, match="coefficients"):
            toric_cohomology(projective_fan(2), wrong)
