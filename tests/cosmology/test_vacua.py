"""Counts of vacua against enumeration, and late times against other algorithms."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from scipy.linalg import expm

from certifield.cosmology import vacua
from certifield.evidence import InputError, NotConverged

ASYMMETRIC = np.array([[0.0, 2.0, 0.5], [1.0, 0.0, 0.3], [0.2, 0.7, 0.0]])


def counted(dim, square):
    """The sum of the coefficients of theta_3^dim up to q^square, in whole numbers."""
    series = [1] + [0] * square
    for _ in range(dim):
        longer = [0] * (square + 1)
        for at, number in enumerate(series):
            for k in range(-math.isqrt(square - at), math.isqrt(square - at) + 1):
                longer[at + k * k] += number
        series = longer
    return sum(series)


@pytest.mark.parametrize(("dim", "square"), [(1, 10), (2, 1), (3, 9), (24, 12), (60, 30), (100, 5), (8, 200)])
def test_bounds_on_lattice_points_hold_their_number(dim, square):
    found = vacua.lattice_points(dim, square)
    assert abs(found.value - math.log10(counted(dim, square))) <= found.radius < 4


def test_small_balls_by_hand():
    assert counted(2, 1) == 5 and counted(3, 2) == 19
    assert vacua.lattice_points(7, 0).value == 0
    inside = sum(1 for v in itertools.product(range(-3, 4), repeat=3) if sum(x * x for x in v) <= 9)
    assert inside == counted(3, 9)


def test_the_largest_fourfold():
    found = vacua.fourfold_fluxes(252, 303148)
    assert (found.euler, found.betti) == (1_820_448, 1_819_942)
    assert abs(found.fluxes.value - 272_428.1) < 0.1 and found.fluxes.radius < 2.5
    sextic = vacua.fourfold_fluxes(1, 426)  # the sextic fourfold: chi = 2610, h22 = 1752
    assert (sextic.euler, sextic.betti) == (2610, 2 + 2 * 426 + 1752)
    ball = (found.betti / 2) * math.log(math.pi * found.euler / 12) - math.lgamma(found.betti / 2 + 1)
    assert abs(ball / math.log(10) - 139_599) < 5  # the twin: the volume of a ball is another number altogether


def test_trees_of_an_edge_are_the_known_ones_and_neighbours_differ_by_one_blow_up():
    for height, count in zip(range(2, 8), (2, 5, 10, 50, 82, 785), strict=True):
        edges, names = vacua.edge_tree_graph(height)
        assert len(edges) == len(set(names)) == count and np.array_equal(edges, edges.T)
    edges, names = vacua.edge_tree_graph(4)
    trees = [set() if name == "none" else set(name.split()) for name in names]
    for one, other in itertools.combinations(range(len(trees)), 2):
        smaller, larger = sorted((trees[one], trees[other]), key=len)
        near = smaller < larger and len(larger) == len(smaller) + 1
        assert bool(edges[one, other]) == near


@pytest.mark.parametrize("graph", [vacua.vacuum_graph(ASYMMETRIC), vacua.vacuum_graph(ASYMMETRIC, [0.1, 2.0, 0.0]),
                                   vacua.bubble_model(vacua.edge_tree_graph(5)[0])])  # fmt: skip
def test_late_times_are_the_dominant_eigenvector(graph):
    found = vacua.late_times(graph)
    values, vectors = np.linalg.eig(graph.matrix)
    top = int(np.argmax(values.real))
    known = abs(vectors[:, top].real) / abs(vectors[:, top].real).sum()
    assert abs(found.growth.value - values[top].real) <= found.growth.radius + 1e-12 < 1e-6
    assert (abs(found.shares.value - known) <= found.shares.radius + 1e-12).all() and found.shares.radius.max() < 1e-10
    start = np.eye(len(known))[0]
    late = expm(200.0 * (graph.matrix - found.growth.value * np.eye(len(known)))) @ start
    assert late / late.sum() == pytest.approx(known, abs=1e-9)


def test_symmetric_rates_without_losses_end_uniform_and_the_bubble_model_does_not():
    edges, _ = vacua.edge_tree_graph(5)
    even = vacua.late_times(vacua.vacuum_graph(edges))
    assert abs(even.growth.value) <= even.growth.radius and even.shares.value == pytest.approx(np.full(50, 1 / 50), abs=1e-12)
    laplacian, degrees = np.diag(edges.sum(axis=0)) - edges, np.diag(edges.sum(axis=0))
    assert np.array_equal(vacua.bubble_model(edges).matrix, -(laplacian + degrees))
    assert vacua.late_times(vacua.bubble_model(edges)).shares.value.max() > 10 / 50


def test_a_distribution_in_time_keeps_its_sum_and_approaches_the_end():
    graph = vacua.vacuum_graph(ASYMMETRIC, 0.2)
    path = graph.at([1, 0, 0], [0.0, 0.1, 100.0])
    assert path.sum(axis=1) == pytest.approx(np.ones(3)) and path[0].tolist() == [1, 0, 0]
    short = np.array([1.0, 0, 0]) + 1e-4 * graph.matrix @ [1, 0, 0]
    assert graph.at([1, 0, 0], [1e-4])[0] == pytest.approx(short / short.sum(), abs=1e-7)
    assert path[2] == pytest.approx(vacua.late_times(graph).shares.value, abs=1e-10)


def test_rates_of_very_different_size_are_refused_or_enclosed():
    slow = ASYMMETRIC.copy()
    slow[2, :2] *= 1e-30
    slow[:2, 2] *= 1e-30
    with pytest.raises(NotConverged):
        vacua.late_times(vacua.vacuum_graph(slow))


@pytest.mark.parametrize(
    "call",
    [
        lambda: vacua.lattice_points(0, 1),
        lambda: vacua.lattice_points(3, -1),
        lambda: vacua.lattice_points(True, 1),
        lambda: vacua.fourfold_fluxes(1, 1, 100),
        lambda: vacua.fourfold_fluxes(-1, 1),
        lambda: vacua.vacuum_graph([[0.0, -1.0], [1.0, 0.0]]),
        lambda: vacua.vacuum_graph([[1.0, 1.0], [1.0, 0.0]]),
        lambda: vacua.vacuum_graph([[0.0, 1.0], [0.0, 0.0]]),
        lambda: vacua.vacuum_graph(np.ones(3)),
        lambda: vacua.vacuum_graph(ASYMMETRIC, -1.0),
        lambda: vacua.vacuum_graph(np.full((2, 2), np.nan)),
        lambda: vacua.bubble_model(ASYMMETRIC),
        lambda: vacua.edge_tree_graph(1),
        lambda: vacua.edge_tree_graph(12),
        lambda: vacua.vacuum_graph(ASYMMETRIC).at([0, 0, 0], [1.0]),
        lambda: vacua.vacuum_graph(ASYMMETRIC).at([1, 0], [1.0]),
    ],
)
def test_bad_input_is_refused(call):
    with pytest.raises(InputError):
        call()


def test_hodge_numbers_of_a_fourfold_add_up_to_its_euler_number():
    """chi is the alternating sum of the diamond, 4 + 2 h11 - 4 h21 + 2 h31 + h22."""
    for h11, h31, h21 in ((5, 40, 3), (1, 426, 0), (12, 30, 21)):
        found = vacua.fourfold_fluxes(h11, h31, h21)
        h22 = found.betti - 2 - 2 * h31
        assert found.euler == 4 + 2 * h11 - 4 * h21 + 2 * h31 + h22


def test_shares_hold_the_exact_ones_of_fractions():
    """Without losses nothing is lost, and the shares are the cofactors of M (the tree theorem), here as fractions."""
    graph = vacua.vacuum_graph(ASYMMETRIC)
    assert graph.matrix.sum(axis=0) == pytest.approx(np.zeros(3), abs=1e-15)
    rates = [[Fraction(float(entry)) for entry in row] for row in ASYMMETRIC]
    m = [[rates[i][j] - (sum(rates[k][i] for k in range(3)) if i == j else 0) for j in range(3)] for i in range(3)]
    cofactors = []
    for i in range(3):
        (a, b), (c, d) = ([m[j][k] for k in range(3) if k != i] for j in range(3) if j != i)
        cofactors.append(a * d - b * c)
    exact = [one / sum(cofactors) for one in cofactors]
    found = vacua.late_times(graph)
    for share, radius, known in zip(found.shares.value.tolist(), found.shares.radius.tolist(), exact, strict=True):
        assert abs(Fraction(share) - known) <= Fraction(radius) and 0 < radius < 1e-11
    pair = vacua.late_times(vacua.vacuum_graph([[0.0, 3.0], [1.0, 0.0]])).shares.value  # out of vacuum 1 three times as fast as out of 0
    assert pair == pytest.approx([0.75, 0.25], abs=1e-12)
