"""Curvature by the second fundamental form, and Chern numbers with control variates, each by a second route, with sabotage twins."""

import itertools

import numpy as np
import pytest
from study_answers import answered, disagreeing

from certifield.evidence import InputError
from certifield.geometry import (
    chern_forms,
    chern_integrals,
    curvature,
    fermat,
    fubini_study,
    fubini_study_curvature,
    named,
    ricci_flat,
    sample,
    two_cubics,
)
from certifield.geometry.metrics import _chern
from certifield.geometry.metrics._chern import chern_product, wedge
from certifield.geometry.spectra._projective import hyperplane, quadrature

SIGMAS = 4.9
CASES = [(named("quintic", 0), [1]), (named("bicubic", 1), [1, 2]), (two_cubics(0.5), [2]), (named("tetraquadric", 1), [1, 2, 3, 4])]


@pytest.mark.parametrize("variety, t", CASES, ids=lambda one: getattr(one, "name", str(one)))
def test_two_routes_to_the_curvature(variety, t):
    """The second fundamental form against jets of sections."""
    local = sample(variety, 30, seed=1).local
    for first, second in zip(curvature(fubini_study(variety, t), local), fubini_study_curvature(local, t), strict=True):
        assert np.max(np.abs(first - second)) < 1e-12 * np.max(np.abs(first))


def contracted(forms) -> np.ndarray:
    """eps eps X Y Z by the sum over all permutations."""
    n, total = len(forms), 0
    for rows, columns in itertools.product(itertools.permutations(range(n)), repeat=2):
        sign = np.linalg.det(np.eye(n)[list(rows)]) * np.linalg.det(np.eye(n)[list(columns)])
        total = total + sign * np.prod([form[:, b, d] for form, b, d in zip(forms, rows, columns, strict=True)], axis=0)
    return np.real(total)


def test_products_of_forms():
    """Mixed discriminants against permutations; c_2 and c_3 against traces of powers, (tr B)^2 - tr B^2 and so on."""
    g, b = chern_forms(ricci_flat(fermat(), [1], [[[2]]], draws=300, seed=1)[0], sample(fermat(), 4, seed=2).local)
    c1 = np.einsum("naabd->nbd", b)
    assert np.allclose(wedge([g, c1, c1]), contracted([g, c1, c1])) and np.allclose(wedge([g, g, g]), 6 * np.linalg.det(g).real)

    def trace(*words):  # of products of traces of cyclic words, as forms
        total = 0
        for indices in itertools.product(range(3), repeat=sum(words)):
            factors, start = [], 0
            for length in words:
                own = indices[start : start + length]
                factors += [b[:, own[i], own[(i + 1) % length]] for i in range(length)]
                start += length
            total = total + _complex_wedge(factors + [g] * (3 - len(factors)))
        return np.real(total)

    def _complex_wedge(forms):
        parts = itertools.product((0, 1), repeat=len(forms))
        real = [(one + one.conj().transpose(0, 2, 1)) / 2 for one in forms]
        imaginary = [(one - one.conj().transpose(0, 2, 1)) / 2j for one in forms]
        return sum(1j ** sum(part) * contracted([(r, i)[k] for r, i, k in zip(real, imaginary, part, strict=True)]) for part in parts)

    assert np.allclose(chern_product(b, 2, [g]), (trace(1, 1) - trace(2)) / 2)
    assert np.allclose(chern_product(b, 3, []), (trace(1, 1, 1) - 3 * trace(1, 2) + 2 * trace(3)) / 6)


@pytest.mark.parametrize("variety, euler, second", [(named("quintic", 7), -200, 50), (fermat(2), 24, 24)])
def test_hypersurfaces_leave_nothing(variety, euler, second):
    metric = fubini_study(variety, [1])
    found = chern_integrals(metric, sample(variety, 60, seed=1))
    assert abs(float(found.euler.mean) - euler) < 1e-8 and abs(float(found.c2.mean) - second) < 1e-8
    assert (float(found.euler_expected.value), float(found.c2_expected.value)) == (euler, second)


@pytest.mark.parametrize(
    "variety, t, draws", [(two_cubics(0.5), [1], 1000), (named("bicubic", 3), [1, 2], 1000)], ids=["P5[3,3]", "bicubic"]
)
def test_integers_within_errors(variety, t, draws):
    """Within 4.9 errors, of a size that decides; the plain error is several times as large."""
    metric, points = fubini_study(variety, t), sample(variety, draws, seed=5)
    found, plain = chern_integrals(metric, points), chern_integrals(metric, points, controls=False)
    for name, share in (("euler", 0.01), ("c2", 0.01)):
        one, expected = getattr(found, name), float(getattr(found, f"{name}_expected").value)
        assert abs(float(one.mean) - expected) < SIGMAS * float(one.stderr) < 4 * SIGMAS * share * abs(expected)
        assert float(getattr(plain, name).stderr) > 2 * float(one.stderr)
    assert abs(float(found.c1.mean)) < SIGMAS * float(found.c1.stderr) and float(found.c1.stderr) > 1e-3  # its own control would leave 0


def test_error_bars_of_controlled_integrals():
    """Over 12 samples of the bicubic the spread of chi is that of its error bars; one off by 2.5 fails."""
    variety = named("bicubic", 3)
    found = [chern_integrals(fubini_study(variety, [1, 1]), sample(variety, 150, seed=40 + i)).euler for i in range(12)]
    pulls = np.array([float((one.mean + 162) / one.stderr) for one in found])
    assert 0.4 < np.sqrt(np.mean(pulls**2)) < 2.2


def test_coefficients_know_nothing_of_what_they_are_applied_to():
    """Other targets on every second draw change what is subtracted on the others alone."""
    points = sample(fermat(), 40, seed=1)
    random = np.random.default_rng(0)
    target, controls = random.normal(size=len(points)), random.normal(size=(len(points), 3))
    even = points.draws % 2 == 0
    before, after = (_chern._explained(points, one, controls) for one in (target, np.where(even, 5 * target, target)))
    assert np.array_equal(before[even], after[even]) and not np.allclose(before[~even], after[~even])


def test_a_fitted_metric():
    """Curvature by jets: chi of a nearly Ricci-flat metric, where no pointwise identity helps."""
    metric, _ = ricci_flat(fermat(), [1], [[[2]]], draws=400, seed=1)
    found = chern_integrals(metric, sample(fermat(), 500, seed=2))
    assert abs(float(found.euler.mean) + 200) < SIGMAS * float(found.euler.stderr) < 60
    assert abs(float(found.c2.mean) - 50) < SIGMAS * float(found.c2.stderr) < 6


def test_sabotage(monkeypatch):
    """Without the second fundamental form, or with 2 pi for pi, the integers are missed."""
    variety = two_cubics(0.5)
    metric, points = fubini_study(variety, [1]), sample(variety, 300, seed=6)
    right = fubini_study_curvature

    def half(local, t):
        g, riemann = right(local, t)
        return g, riemann / 2

    def ambient(local, t):
        g, _ = right(local, t)
        both = g[:, :, :, None, None] * g[:, None, None]
        return g, np.pi * (both + both.transpose(0, 1, 4, 3, 2))

    for wrong in (half, ambient):
        monkeypatch.setattr(_chern, "fubini_study_curvature", wrong)
        found = chern_integrals(metric, points, controls=False).euler
        assert abs(float(found.mean) + 144) > SIGMAS * float(found.stderr)


def test_refusals():
    metric = fubini_study(fermat(), [1])
    for call in (
        lambda: chern_integrals(metric, sample(fermat(2), 4, seed=1)),
        lambda: chern_integrals(fubini_study(fermat(1), [1]), sample(fermat(1), 4, seed=1)),
        lambda: chern_integrals("metric", sample(fermat(), 4, seed=1)),
        lambda: fubini_study_curvature(sample(fermat(), 4, seed=1).local, [-1]),
    ):
        with pytest.raises(InputError):
            call()


def test_the_study():
    readings, _, (section,) = answered("chern-numbers", draws=320, curved=96, degree=2)
    assert not disagreeing(readings) and len(section.plots) == 6 and len(section.rows) == 12
    assert float(readings["quintic/Fubini-Study"]["euler, controlled"].value.stderr) < 1e-8


def test_the_first_chern_form_of_the_plane():
    """c_1 = 3 J on P^2 point by point, B being an endomorphism of the tangent bundle over pi: a lost pi or a transposed index shows."""
    plane = hyperplane(2)
    g, b = chern_forms(fubini_study(plane, [1]), quadrature(plane, 3, 2)[0])
    assert np.allclose(np.einsum("naabd->nbd", b), 3 * g, rtol=1e-10)
    assert np.allclose(chern_product(b, 2, []), 3 * np.linalg.det(g).real * 2, rtol=1e-10)  # c_2 = 3 J^2, and J^2 = 2 det g
