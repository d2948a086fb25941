"""Spectra of Laplacians against harmonic analysis on projective spaces, quadrics and flat tori, with sabotage twins."""

import dataclasses
import itertools

import numpy as np
import pytest
from study_answers import answered, disagreeing

from certifield.evidence import InputError
from certifield.geometry import LocalGeometry, Symmetry, Variety, coordinates, fermat, fubini_study, named, ricci_flat, sample
from certifield.geometry.spectra import Functions, laplacian_spectrum, projective_levels, projective_spectrum
from certifield.geometry.spectra._laplacian import solved
from certifield.geometry.spectra._projective import hyperplane, quadrature

SIGMAS = 4.9


@pytest.mark.parametrize("dimension, degree", [(1, 6), (2, 4), (3, 3)])
def test_projective_spaces(dimension, degree):
    found, (exact, times) = projective_spectrum(dimension, degree), projective_levels(dimension, degree + 1)
    assert found.multiplicities == times
    assert np.max(np.abs(found.levels.mean - exact.value)) < 1e-6 and np.all(np.abs(found.levels.mean - exact.value) <= found.levels.stderr)


def flat(levels) -> np.ndarray:
    return np.concatenate([np.full(level.multiplicity, level.value) for level in levels])


def test_without_the_symmetry():
    """All phases are summed over, and nothing is averaged: the same multiplets, degenerate by the quadrature alone."""
    space = hyperplane(2)
    local, volumes = quadrature(space, 3, 5)
    functions = Functions(space, (2,), Symmetry())
    found = flat(solved(functions, local, volumes, fubini_study(space, [1]).metric(local)))
    assert len(found) == 36 and len(functions.blocks) == 1  # ten functions of P^3 that are 0 on the plane are gone, 100 -> 36
    assert np.allclose(found, np.repeat([0, 12 * np.pi, 32 * np.pi], [1, 8, 27]), atol=1e-6)
    half = flat(solved(functions, local, volumes, fubini_study(space, [2]).metric(local)))
    assert np.allclose(half, found / 2, atol=1e-6)  # sabotage twin: twice the metric has half the eigenvalues


def test_a_quadric_is_a_product_of_spheres():
    """z0 z3 = z1 z2 is P^1 x P^1 with the product metric: 4 pi (l(l+1) + m(m+1)), each (2l+1)(2m+1) times."""
    z = coordinates(4)
    quadric = Variety((3,), (z[0] * z[3] - z[1] * z[2],))
    line, shares = quadrature(hyperplane(1), 4, 5)
    pairs = np.array([np.outer(a, b).ravel() for a, b in itertools.product(line.z[:, :2], repeat=2)])
    local = LocalGeometry(quadric, pairs)
    found = flat(
        solved(Functions(quadric, (2,), Symmetry()), local, np.outer(shares, shares).ravel(), fubini_study(quadric, [1]).metric(local))
    )
    exact = sorted(4 * np.pi * (l * (l + 1) + m * (m + 1)) for l in range(3) for m in range(3) for _ in range((2 * l + 1) * (2 * m + 1)))  # noqa: E741
    assert np.allclose(found, exact, atol=1e-6)


@pytest.fixture(scope="module")
def torus():
    metric, _ = ricci_flat(fermat(1), [1], [[[2]], [[6]]], draws=600, seed=3)
    return metric, sample(fermat(1), 600, seed=4)


def test_a_flat_torus(torus):
    """The Fermat cubic is the hexagonal torus, of area 3: 8 pi^2/3^1.5 times 1, 3, 4, 6 waves each, 2 + 4 where the sample may split
    them."""
    metric, points = torus
    exact = 8 * np.pi**2 / 3**1.5 * np.array([0, 1, 3, 3, 4])
    found = laplacian_spectrum(metric, points, [4], levels=5)
    assert found.multiplicities == (1, 6, 2, 4, 6) and float(found.levels.stderr[1]) < 0.03
    assert np.all(np.abs(found.levels.mean - exact) < 1e-6 + SIGMAS * found.levels.stderr)
    assert np.all(np.abs(found.scaled.mean - 3 * exact) < 1e-6 + SIGMAS * found.scaled.stderr)
    unweighted = dataclasses.replace(points, weights=points.weights * points.omega**2)  # sabotage twin
    wrong = laplacian_spectrum(metric, unweighted, [4], levels=2).levels
    assert abs(wrong.mean[1] - exact[1]) > SIGMAS * wrong.stderr[1]


def test_symmetry_and_sample_agree():
    """Level by level within the errors: the 20 lowest of Fermat with the group, and as the mean of 20 without it, on other points."""
    metric = fubini_study(fermat(), [1])
    with_group = laplacian_spectrum(metric, sample(fermat(), 1500, seed=5), [1], levels=3)
    without = laplacian_spectrum(metric, sample(fermat(), 6000, seed=6), [1], levels=25, symmetry=Symmetry())
    assert with_group.multiplicities == (1, 20, 4) and without.multiplicities == (1,) * 25
    ratio = with_group.scaled.mean[1] / with_group.levels.mean[1]
    assert abs(ratio - (5 / 6) ** (1 / 3)) < 0.01 < abs(ratio - 5 / 6)  # at volume 1, V being 5/6
    assert float(with_group.levels.stderr[1]) < 0.01 * float(with_group.levels.mean[1])
    assert abs(with_group.levels.mean[1] - without.levels.mean[1:21].mean()) < 0.02 * with_group.levels.mean[1]


def test_levels_are_those_of_their_eigenfunctions():
    """On the points that they were found on Rayleigh's quotients are the eigenvalues; complex coefficients, so that those of conjugated
    eigenvectors are not.
    """
    variety = named("quartic K3", 2)
    metric, points = fubini_study(variety, [1]), sample(variety, 40, seed=1)
    found = laplacian_spectrum(metric, points, [1], levels=6).levels.mean
    g = metric.metric(points.local)
    volumes = points.weights * np.linalg.det(g).real / points.omega
    levels = solved(Functions(variety, (1,), variety.symmetry), points.local, volumes, g)
    assert np.allclose(found, [one.value for one in levels[:6]], rtol=1e-8, atol=1e-8) and found[1] > 1


def test_error_bars_by_draw():
    """Over 16 samples the first level varies as its error bar says; one off by 2.5 fails."""
    metric = fubini_study(fermat(2), [1])
    points = sample(fermat(2), 16 * 200, seed=8)
    found = [laplacian_spectrum(metric, points[points.draws // 200 == i], [1], levels=2).levels for i in range(16)]
    spread = np.std([float(one.mean[1]) for one in found], ddof=1) / np.mean([float(one.stderr[1]) for one in found])
    assert 0.4 < spread < 2.2


def test_refusals(torus):
    metric, points = torus
    for call in (
        lambda: laplacian_spectrum(metric, points, [1, 1]),
        lambda: laplacian_spectrum(metric, points, [0.5]),
        lambda: laplacian_spectrum(metric, points, [1], levels=0),
        lambda: laplacian_spectrum(metric, sample(fermat(2), 2, 1), [1]),
        lambda: laplacian_spectrum("metric", points, [1]),
        lambda: laplacian_spectrum(fubini_study(named("quintic", 1), [1]), sample(named("quintic", 1), 2, 1), [6]),
        lambda: projective_spectrum(0, 1),
        lambda: projective_levels(1, 0),
    ):
        with pytest.raises(InputError):
            call()


def test_the_study():
    readings, verdicts, (section,) = answered("laplacian", projective=[3, 2], quintic=[3], metric=2, fitted=300, draws=400)
    assert verdicts == {"GE-10": "reproduced"} and not disagreeing(readings)
    assert len(section.plots) == 2 and section.rows[-1][1] == "1, 20, 20, 4, 60, 30"
