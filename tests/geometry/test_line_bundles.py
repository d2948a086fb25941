"""Hermitian-Yang-Mills metrics against the closed form on curves, slopes against intersection numbers, with sabotage twins."""

from fractions import Fraction

import numpy as np
import pytest
from study_answers import answered, disagreeing

from certifield.evidence import InputError
from certifield.geometry import CONFIGURATIONS, AlgebraicMetric, Variety, fermat, fubini_study, logarithms, named, ricci_flat, sample
from certifield.geometry.spectra import _line_bundles, bundle_slope, hermitian_yang_mills

SIGMAS = 4.9


def test_slopes():
    """n int c_1 J^(n-1)/int J^n by hand: 3 t^2 k/t^3 on the quintic; on the bicubic (3 t2^2 + 6 t1 t2, ...) k/3(t1^2 t2 + t1 t2^2)."""
    assert bundle_slope(CONFIGURATIONS["quintic"], [2], [3]).value == Fraction(9, 2)
    t1, t2, k1, k2 = 1, 2, 2, -1
    by_hand = Fraction(3 * (k1 * (3 * t2**2 + 6 * t1 * t2) + k2 * (3 * t1**2 + 6 * t1 * t2)), 9 * (t1**2 * t2 + t1 * t2**2))
    assert bundle_slope(CONFIGURATIONS["bicubic"], [t1, t2], [k1, k2]).value == by_hand
    assert bundle_slope(CONFIGURATIONS["bicubic"], [1, 1], [1, -1]).value == 0
    assert bundle_slope(CONFIGURATIONS["quintic"], [0.1], [3]).value == 9 / Fraction(0.1)  # of the very float


def test_the_closed_form_on_a_curve():
    """tr F = mu is F = mu g there: beta = k ln|z|^2 - (mu/pi) K pi + const, for a metric without symmetry."""
    curve = fermat(1)
    plain = Variety(curve.ambient, curve.polynomials)
    h = np.diag([1.0, 1.2, 0.9]).astype(complex)
    h[0, 1], h[1, 0] = 0.1j, -0.1j
    metric = AlgebraicMetric(plain, logarithms(plain, [1], [[1]]), (h,))
    points, tested = sample(plain, 500, seed=1), sample(plain, 200, seed=2)
    found = [hermitian_yang_mills(metric, [2], points, tested, [k]) for k in (1, 2, 3)]
    assert float(found[0].slope.value) == 2
    z = tested.local.z
    size = np.einsum("na,ab,nb->n", z, h, z.conj()).real
    exact = 2 * (np.log(np.sum(np.abs(z) ** 2, axis=1)) - np.log(size))
    errors = [np.std(one.beta(tested.local) - exact) for one in found]
    assert errors[2] < 2e-4 < 0.2 * np.std(exact) and errors[0] > 5 * errors[1] > 25 * errors[2]
    assert float(found[2].deviation.mean) < 1e-2 * float(found[2].start.mean)


@pytest.mark.parametrize("bundle", [[1], [-2]])
def test_the_quintic(bundle):
    metric, points = ricci_flat(fermat(), [1], [[[2]]], draws=500, seed=1)
    found = hermitian_yang_mills(metric, bundle, points, sample(fermat(), 300, seed=2), [2])
    assert found.slope.value == 3 * bundle[0]
    assert abs(float(found.source.mean)) < SIGMAS * float(found.source.stderr) and float(found.deviation.mean) < 0.4 * float(
        found.start.mean
    )


def test_fubini_study_is_solved_already():
    """On a product class k proportional to t the trace is constant, and beta = 0."""
    variety = named("bicubic", 3)
    found = hermitian_yang_mills(fubini_study(variety, [1, 2]), [2, 4], sample(variety, 200, seed=1), sample(variety, 50, seed=2), [1, 1])
    assert float(found.start.mean) < 1e-10 and float(found.deviation.mean) < 1e-8


def test_a_wrong_slope_has_no_solution(monkeypatch):
    """Sabotage twin: with J^n for J^n/n! the source does not integrate to 0, which is said."""
    metric, points = ricci_flat(fermat(), [1], [[[2]]], draws=300, seed=1)
    right = bundle_slope
    monkeypatch.setattr(_line_bundles, "bundle_slope", lambda *given: right(*given) / 6)
    with pytest.raises(InputError, match="integrates to 0"):
        hermitian_yang_mills(metric, [1], points, sample(fermat(), 200, seed=2), [1])


def test_refusals():
    metric, points = fubini_study(fermat(), [1]), sample(fermat(), 20, seed=1)
    other = sample(fermat(), 20, seed=2)
    for call in (
        lambda: hermitian_yang_mills(metric, [1], points, points, [1]),
        lambda: hermitian_yang_mills(metric, [1, 1], points, other, [1]),
        lambda: hermitian_yang_mills(metric, [0.5], points, other, [1]),
        lambda: hermitian_yang_mills(metric, [1], points, sample(fermat(2), 5, seed=3), [1]),
        lambda: hermitian_yang_mills("metric", [1], points, other, [1]),
    ):
        with pytest.raises(InputError):
            call()


def test_the_study():
    readings, _, (section,) = answered("hermitian-yang-mills", fermat=[2], bicubic=[1], draws=600, tested=300)
    assert not disagreeing(readings) and len(section.rows) == 3
    assert all(float(one["deviation"].value.mean) < float(one["start"].value.mean) for one in readings.values())


def test_the_source_is_that_of_poisson():
    """4 (pi tr_g sum k_i g_i - mu) over the volume, by hand; on the quartic surface, where mu = 2 pi."""
    metric, points, tested = fubini_study(fermat(2), [1]), sample(fermat(2), 60, seed=1), sample(fermat(2), 40, seed=2)
    h = np.diag([1.0, 1.3, 0.8, 1.1])
    metric = AlgebraicMetric(fermat(2), metric.terms, (h,))
    found = hermitian_yang_mills(metric, [1], points, tested, [1])
    g = metric.metric(tested.local)
    trace = np.trace(np.linalg.solve(g.transpose(0, 2, 1), tested.local.fubini_study(0).transpose(0, 2, 1)), axis1=1, axis2=2).real
    forms = tested.weights * np.linalg.det(g).real / tested.omega
    source = 4 * np.pi * (trace - 2)
    assert np.isclose(float(found.source.mean), np.average(source, weights=forms), rtol=1e-8)
    assert np.isclose(float(found.start.mean), np.average(np.abs(source) / 4, weights=forms), rtol=1e-8)


def test_the_solution_is_stationary_in_the_volume():
    """No Hermitian change of the coefficients lowers the mean of |Delta beta - source|^2 dV on the points of the fit; if all count alike,
    another is the solution.
    """
    curve = fermat(1)
    plain, h = Variety(curve.ambient, curve.polynomials), np.diag([1.0, 3.0, 0.5]).astype(complex)
    metric = AlgebraicMetric(plain, logarithms(plain, [1], [[1]]), (h,))
    points = sample(plain, 60, seed=1)
    found = hermitian_yang_mills(metric, [2], points, sample(plain, 40, seed=2), [1])
    g, random = metric.metric(points.local), np.random.default_rng(0)
    volumes = points.weights * np.linalg.det(g).real / points.omega
    source = 4 * np.pi * (2 * points.local.fubini_study(0)[:, 0, 0] / g[:, 0, 0] - 2).real
    rest = _line_bundles._laplacian(found.functions, points.local, g, found.coefficients) - source
    x = random.normal(size=(3, 3)) + 1j * random.normal(size=(3, 3))
    change = _line_bundles._laplacian(found.functions, points.local, g, x + x.conj().T)

    def overlap(w):
        return abs(w @ (rest * change)) / np.sqrt((w @ rest**2) * (w @ change**2))

    assert overlap(volumes) < 1e-6 and overlap(np.ones(len(points))) > 1e-2
