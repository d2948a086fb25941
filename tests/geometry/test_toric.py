"""Volumes of toric Sasaki-Einstein manifolds: closed forms, exact bounds, invariance, and the polygons of a grid."""

import itertools
import math
import random
from fractions import Fraction

import numpy as np
import pytest

from certifield.evidence import InputError, NotConverged
from certifield.geometry.toric import (
    LatticePolygon,
    central_charge,
    derivatives,
    minimum_volume,
    minimum_volumes,
    polygons_in_grid,
    volume_bounds,
)
from certifield.geometry.toric._volume import _exact_sides

DP0 = [(1, 0), (0, 1), (-1, -1)]
DP1 = [(1, 0), (0, 1), (-1, 0), (1, -1)]
TABLE = [
    ([(0, 0), (1, 0), (0, 1)], 1.0),
    ([(0, 0), (2, 0), (0, 1)], 1 / 2),
    ([(0, 0), (1, 0), (1, 1), (0, 1)], 16 / 27),
    (DP0, 1 / 3),
    ([(1, 0), (0, 1), (-1, 0), (0, -1)], 8 / 27),
    (DP1, (46 + 13 * math.sqrt(13)) / 324),
    ([(1, 0), (0, 1), (-1, 0), (0, -1), (1, 1)], (59 + 11 * math.sqrt(33)) / 486),
    ([(1, 0), (1, 1), (0, 1), (-1, 0), (-1, -1), (0, -1)], 2 / 9),
    ([(0, 0), (2, 0), (1, 1), (0, 1)], 2 * math.sqrt(3) / 9),
]


def y(p: int, q: int) -> tuple[list, float]:
    s = math.sqrt(4 * p * p - 3 * q * q)
    return [(0, 0), (1, 0), (0, p), (-1, p - q)], q * q * (2 * p + s) / (3 * p * p * (3 * q * q - 2 * p * p + p * s))


@pytest.mark.parametrize(("vertices", "expected"), [*TABLE, *(y(p, q) for p, q in ((2, 1), (3, 1), (3, 2), (5, 2), (7, 3)))])
def test_closed_forms(vertices, expected):
    polygon = LatticePolygon(vertices)
    found = minimum_volume(polygon)
    assert abs(found.value - expected) <= 4e-16 and found.radius < 1e-15
    assert abs(minimum_volumes([polygon])[0][0] - expected) < 1e-14
    assert central_charge(polygon).value == pytest.approx(1 / (4 * expected), rel=1e-15)


def test_bounds_hold_the_algebraic_number():
    """(46 + 13 sqrt(13))/324 to a hundred digits; a float as witness of the minimum would end after sixteen."""
    low, high = volume_bounds(LatticePolygon(DP1), 100)
    assert high - low <= high / 10**100
    assert (324 * low - 46) ** 2 <= 13**3 <= (324 * high - 46) ** 2 and low > Fraction(46, 324)
    assert Fraction(float(low)) != low and not low <= Fraction(minimum_volume(LatticePolygon(DP1)).value) <= high


def test_rational_minimisers_are_found_exactly():
    """Every triangle has V = 1/(2 Area), whatever rounding does to its centroid."""
    rng = random.Random(8)
    for _ in range(60):
        points = [(rng.randint(-40, 40), rng.randint(-40, 40)) for _ in range(3)]
        try:
            triangle = LatticePolygon(points)
        except InputError:
            continue
        assert volume_bounds(triangle) == (Fraction(1, triangle.double_area),) * 2
    assert volume_bounds(LatticePolygon([(0, 0), (1, 0), (1, 1), (0, 1)])) == (Fraction(16, 27),) * 2
    low, high = volume_bounds(LatticePolygon(DP1))
    assert low < high


def test_the_volume_is_the_area_of_the_polar_body():
    """V(b) = 2/27 |(P - z)^o| at any z, by the area of the polygon of polar vertices."""
    for vertices, _ in TABLE:
        polygon = LatticePolygon(vertices)
        z = [Fraction(sum(w[a] * (2 + k) for k, w in enumerate(polygon.vertices)), sum(2 + k for k in range(len(polygon.vertices))))
             for a in (0, 1)]  # fmt: skip
        polar = []
        for (a, b), (c, d) in polygon.edges():
            normal, level = (d - b, a - c), (d - b) * (a - z[0]) + (a - c) * (b - z[1])
            polar.append((normal[0] / level, normal[1] / level))
        area = sum(u[0] * w[1] - u[1] * w[0] for u, w in zip(polar, polar[1:] + polar[:1], strict=True)) / 2
        value, gradient, _ = derivatives(polygon, [3 * z[0], 3 * z[1]])
        assert value == Fraction(2, 27) * area
        step = Fraction(1, 10**8)
        nudged = derivatives(polygon, [3 * z[0] + step, 3 * z[1]])[0]
        assert abs((nudged - value) / step - gradient[0]) < Fraction(1, 10**5)


def test_invariance_under_affine_maps():
    rng = random.Random(3)
    for vertices, expected in TABLE:
        k, shift = rng.randint(-3, 3), (rng.randint(-9, 9), rng.randint(-9, 9))
        image = LatticePolygon(vertices).moved([[1, k], [0, 1]], shift).moved([[0, 1], [1, 0]])
        assert minimum_volume(image).value == pytest.approx(expected, rel=1e-15)
        assert image.double_area == LatticePolygon(vertices).double_area


def test_pick_and_extremal_vertices():
    polygon = LatticePolygon([(0, 0), (2, 0), (4, 0), (4, 3), (1, 1), (0, 3), (0, 3)])
    assert polygon.vertices == ((0, 0), (4, 0), (4, 3), (0, 3))
    assert (polygon.double_area, polygon.boundary_points, polygon.interior_points) == (24, 14, 6)
    inside = sum(0 < x < 4 and 0 < y < 3 for x, y in itertools.product(range(5), range(4)))
    assert polygon.interior_points == inside


def test_polygons_of_a_grid_by_brute_force():
    """All hulls of subsets of the 3 x 3 points, up to translation."""
    points = list(itertools.product(range(3), range(3)))
    found = set()
    for size in range(3, 10):
        for chosen in itertools.combinations(points, size):
            try:
                polygon = LatticePolygon(chosen)
            except InputError:
                continue
            x, y = min(w[0] for w in polygon.vertices), min(w[1] for w in polygon.vertices)
            found.add(polygon.moved([[1, 0], [0, 1]], (-x, -y)).vertices)
    moved = set()
    for polygon in polygons_in_grid(3):
        x, y = min(w[0] for w in polygon.vertices), min(w[1] for w in polygon.vertices)
        moved.add(polygon.moved([[1, 0], [0, 1]], (-x, -y)).vertices)
    assert moved == found and len(found) == 119
    assert [len(polygons_in_grid(side)) for side in (2, 3, 4)] == [5, 119, 1633]


def test_the_area_bound_on_a_grid():
    """1 <= 2 Area V_min < 4 pi^2/27, touched by the triangles and by nothing else."""
    polygons = polygons_in_grid(4)
    products = np.array([polygon.double_area for polygon in polygons]) * minimum_volumes(polygons)[0]
    triangles = np.array([len(polygon.vertices) == 3 for polygon in polygons])
    assert products.min() > 1 - 1e-13 and products.max() < 4 * math.pi**2 / 27
    assert np.all(np.abs(products[triangles] - 1) < 1e-13) and np.all(products[~triangles] > 1.001)


@pytest.mark.slow
def test_all_polygons_in_five_by_five():
    polygons = polygons_in_grid(5)
    products = np.array([polygon.double_area for polygon in polygons]) * minimum_volumes(polygons)[0]
    assert len(polygons) == 17978 and (np.abs(products - 1) < 1e-12).sum() == 552
    assert products.max() == pytest.approx(1.38272, abs=5e-6)


@pytest.mark.parametrize(
    "vertices",
    [
        [(0, 0), (1, 1)], [(0, 0), (1, 1), (2, 2)], [(0, 0), (0.5, 0), (0, 1)], "abc", [(0, 0), (1, 0), (0, 10**7)],
        [(0,), (1, 0), (0, 1)],
    ],
)  # fmt: skip
def test_what_is_no_polygon_is_refused(vertices):
    with pytest.raises(InputError, match="vert"):
        LatticePolygon(vertices)


def test_an_end_without_convergence_shows_the_last_iterate(monkeypatch):
    """After too few steps of Newton's method in floats, and where the bounds of a thin polygon cannot meet in fractions."""
    polygon = LatticePolygon([(0, 0), (1, 0), (0, 5), (-1, 3)])
    monkeypatch.setattr("certifield.geometry.toric._volume.MOST_STEPS", 2)
    with pytest.raises(NotConverged, match=r"Newton's method is at b = \[.*for one of \[LatticePolygon"):
        minimum_volumes([polygon])
    monkeypatch.undo()
    monkeypatch.setattr("certifield.geometry.toric._volume.minimum_volumes", lambda given: (None, 3 * np.array([[0.5, 1e-3]])))
    with pytest.raises(NotConverged, match=r"do not meet at b = \["):
        volume_bounds(LatticePolygon([(0, 0), (1, 0), (0, 1), (1, 2)]), 200)


@pytest.mark.parametrize("b", [(Fraction(0), Fraction(0)), (Fraction(3, 2), Fraction(0)), (Fraction(3, 2), Fraction(-1))])
def test_a_reeb_vector_at_the_boundary_or_beyond_has_no_volume(b):
    """Just inside, the volume is finite, and greater the nearer the boundary is."""
    polygon = LatticePolygon([(0, 0), (1, 0), (0, 1)])
    with pytest.raises(InputError, match="inside three times the polygon"):
        derivatives(polygon, b)
    near = [derivatives(polygon, [Fraction(3, 2), Fraction(1, 10**power)])[0] for power in (1, 3, 6)]
    assert near == sorted(near) and near[2] > 10**5


@pytest.mark.parametrize("shear", [10, 10**3, 10**5])
def test_thin_polygons_keep_the_reeb_vector_inside(shear):
    """Y^{3,1}, sheared to a sliver: steps of Newton's method are cut until all sides are positive, and the volume is that of Y^{3,1}."""
    vertices, expected = y(3, 1)
    polygon = LatticePolygon(vertices).moved([[1, shear], [0, 1]])
    (value,), (b,) = minimum_volumes([polygon])
    assert value == pytest.approx(expected, rel=1e-6) and minimum_volume(polygon).value == pytest.approx(expected, rel=1e-15)
    assert min(_exact_sides(polygon, [Fraction(float(entry)) for entry in b])) > 0


def test_bad_arguments():
    polygon = LatticePolygon(DP0)
    for call in (
        lambda: polygons_in_grid(1),
        lambda: volume_bounds(polygon, 0),
        lambda: derivatives(polygon, [Fraction(9), Fraction(0)]),
        lambda: polygon.moved([[2, 0], [0, 1]]),
    ):
        with pytest.raises(InputError):
            call()
    assert minimum_volumes([])[0].shape == (0,)
