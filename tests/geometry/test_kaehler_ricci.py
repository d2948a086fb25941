"""Kaehler-Ricci flow: its fixed point against least squares, its rate against the flat torus, its speed against differences."""

import math

import numpy as np
import pytest

from certifield.evidence import InputError
from certifield.geometry import AlgebraicMetric, Symmetry, fermat, fit, fubini_study, generic, logarithms, quality, sample
from certifield.geometry.flows import kaehler_ricci_flow

SIGMAS = 4.9


def sigma(metric, points):
    return float(quality(metric, points, ricci=0, certify=False).sigma.mean)


def test_the_fixed_point_is_the_metric_of_least_squares():
    variety = fermat()
    points, rest = sample(variety, 500, seed=1), sample(variety, 300, seed=2)
    start = fubini_study(variety, logarithms(variety, [1], [[4]]))
    flow = kaehler_ricci_flow(start, points, [0, 0.02, 0.05, 0.1, 1])
    least = fit(start, points)
    distance = np.asarray(flow.distance.mean)
    assert np.all(np.diff(distance) < 0) and distance[-1] < 0.03 * distance[0]
    found, wanted = (sigma(one, rest) for one in (flow.metrics[-1], least))
    assert abs(found / wanted - 1) < 0.1 and found < 0.02 * sigma(start, rest)
    h, other = (one.matrices[0] / one.matrices[0][0, 0] for one in (flow.metrics[-1], least))
    assert np.linalg.norm(h - other) < 0.05 * np.linalg.norm(other)
    still = kaehler_ricci_flow(flow.metrics[-1], points, [0, 1]).distance
    assert abs(float(still.mean[0] - still.mean[1])) < 1e-5  # it rests there
    assert flow.metrics[2].kaehler == start.kaehler and quality(flow.metrics[2], rest, ricci=0).certified


@pytest.mark.slow  # the study's own test has a torus too
def test_waves_fall_as_on_the_flat_torus():
    """On the cubic curve of volume 3, whose lattice is hexagonal, the lowest eigenvalue is 8 pi^2/3^1.5."""
    variety = fermat(1)
    random = np.random.default_rng(0)
    a = random.normal(size=(6, 6)) + 1j * random.normal(size=(6, 6))
    start = AlgebraicMetric(variety, logarithms(variety, [1], [[2]]), (np.eye(6) + 0.03 * a @ a.conj().T,))
    flow = kaehler_ricci_flow(start, sample(variety, 400, seed=1), [0.3, 0.4, 0.5], symmetry=Symmetry())
    rates = -4 * np.diff(np.log(np.asarray(flow.distance.mean))) / 0.1
    assert np.allclose(rates, 8 * math.pi**2 / 3**1.5, rtol=0.04)


def test_the_first_step():
    """The potential begins to move by ln eta, as far as potentials of its degree can follow; not by half of it, nor against it."""
    variety = fermat(2)
    points = sample(variety, 400, seed=3)
    start = fubini_study(variety, logarithms(variety, [1], [[8]]))
    step = 1e-5
    flow = kaehler_ricci_flow(start, points, [0, step], tolerance=1e-10)
    before, after = (np.log(one.forms(points.local)[0][:, 0, 0].real) for one in (start, flow.metrics[1]))
    share = points.weights / points.weights.sum()
    moved, wanted = (after - before) / (8 * np.pi * step), np.log(start.ratio(points.local))
    moved, wanted = moved - share @ moved, wanted - share @ wanted
    assert abs(share @ (moved * wanted) / (share @ wanted**2) - 1) < 0.05
    assert share @ (moved - wanted) ** 2 < 0.05 * (share @ wanted**2)


def test_several_logarithms():
    variety = generic(((1, 1), ((2,), (2,))), 1)
    points = sample(variety, 300, seed=1)
    start = fubini_study(variety, logarithms(variety, [1, 2], [[1, 1], [0, 1]]))
    flow = kaehler_ricci_flow(start, points, [0, 2], symmetry=Symmetry())  # the logarithms overlap
    assert float(flow.distance.mean[1]) < 0.35 * float(flow.distance.mean[0])
    assert abs(sigma(flow.metrics[1], points) - sigma(fit(start, points, symmetry=Symmetry()), points)) < 0.02
    assert flow.metrics[1].kaehler == (1, 2)


def test_refusals():
    variety = fermat(1)
    start, points = fubini_study(variety, [1]), sample(variety, 40, seed=1)
    sly = AlgebraicMetric(variety, start.terms, (np.diag([1.0, 1.0, -2.0]),))
    for call in (
        lambda: kaehler_ricci_flow(start, points, [-1]),
        lambda: kaehler_ricci_flow(start, points, []),
        lambda: kaehler_ricci_flow(start, sample(fermat(2), 4, seed=1), [1]),
        lambda: kaehler_ricci_flow(sly, points, [1]),
        lambda: kaehler_ricci_flow(start, points[:6], [1], symmetry=Symmetry()),
        lambda: kaehler_ricci_flow(start, points, [1], tolerance=0),
        lambda: kaehler_ricci_flow("metric", points, [1]),
    ):
        with pytest.raises(InputError):
            call()


def test_the_distance_is_the_spread_of_ln_eta():
    """In the measure |Omega|^2; with equal weights it is another number."""
    variety = fermat(1)
    points, start = sample(variety, 100, seed=1), fubini_study(variety, logarithms(variety, [1], [[2]]))
    found = kaehler_ricci_flow(start, points, [0, 0.1]).distance
    value = np.log(start.ratio(points.local))
    spread = [np.sqrt(np.average((value - np.average(value, weights=w)) ** 2, weights=w)) for w in (points.weights, np.ones(len(points)))]
    assert math.isclose(float(found.mean[0]), spread[0], rel_tol=1e-9) and abs(spread[1] / spread[0] - 1) > 0.01
