"""What `quality` measures, each by a second route: kappa, the Ricci measure, quantiles and the volume, with sabotage twins."""

import math

import numpy as np
import pytest

from certifield.evidence import InputError
from certifield.geometry import (
    AlgebraicMetric,
    Points,
    certify_kaehler,
    exact_omega_volume,
    fermat,
    fubini_study,
    named,
    quality,
    ricci_flat,
    sample,
    scalar_curvature,
    volume,
)
from certifield.geometry.spectra._projective import hyperplane, quadrature

SIGMAS = 4.9


def test_a_wrong_kappa_is_refused_with_its_reason():
    """Sabotage twin: the constant of int J^n, of V over n! twice, or of the class with t = 1 multiplies eta by a constant, and is told."""
    metric, points = fubini_study(fermat(), [2]), sample(fermat(), 400, seed=2)
    right = float(volume(metric.variety.configuration, [2]).value) / exact_omega_volume(3).value
    given = {"ricci": 0, "certify": False}
    found = quality(metric, points, kappa=right, **given).kappa
    assert abs(float(found.mean) - right) < SIGMAS * float(found.stderr) < 0.2 * right
    for wrong, said in ((6 * right, "int J"), (right / 6, "twice"), (right / 8, "t = 1"), (1.5 * right, "one of Omega|one Omega")):
        with pytest.raises(InputError, match=said):
            quality(metric, points, kappa=wrong, **given)


def test_the_ricci_measure():
    """On P^2 the trace is 6 pi and V = 1/2; on K3 no scaling of g changes it, and the sum without moduli would vanish (c_1 = 0)."""
    plane = hyperplane(2)
    local, volumes = quadrature(plane, 4, 3)
    g = fubini_study(plane, [1])
    points = Points(local, volumes * local.omega / np.linalg.det(g.metric(local)).real, np.arange(len(volumes)))
    assert math.isclose(float(quality(g, points, certify=False).ricci.mean), 6 * math.pi / math.sqrt(2), rel_tol=1e-9)
    points = sample(fermat(2), 60, seed=1)
    one, two = (quality(fubini_study(fermat(2), [t]), points, certify=False).ricci for t in (1, 3))
    assert math.isclose(float(one.mean), float(two.mean), rel_tol=1e-9) and float(one.mean) > 5 * float(one.stderr)
    values = np.abs(scalar_curvature(fubini_study(fermat(2), [1]), points.local))
    forms = points.weights * np.linalg.det(fubini_study(fermat(2), [1]).metric(points.local)).real / points.omega
    assert math.isclose(float(one.mean), forms.mean() ** -0.5 * np.mean(forms * values), rel_tol=1e-9)


def test_the_quantile_is_of_the_measure():
    """Where 99.9 per cent of the weights, not of the points, have a smaller |1 - eta|."""
    variety = named("bicubic", 1)
    metric, points = fubini_study(variety, [1, 3]), sample(variety, 700, seed=1)
    ratio = np.linalg.det(metric.metric(points.local)).real / points.omega
    gap = np.abs(1 - ratio / np.average(ratio, weights=points.weights))

    def quantile(weights):
        return min(x for x in gap if weights[gap <= x].sum() >= 0.999 * weights.sum())

    found = quality(metric, points, ricci=0, certify=False)
    assert math.isclose(float(found.quantile.mean), quantile(points.weights)) and math.isclose(float(found.maximum.mean), gap.max())
    assert abs(quantile(np.ones(len(gap))) / quantile(points.weights) - 1) > 1e-3


class OfTheChart:
    """A metric plus d dbar of 0.1 sum |z_I|^2, the coordinates being those of the chart: closed in every chart, and not global."""

    def __init__(self, base):
        self.base, self.variety, self.kaehler = base, base.variety, base.kaehler

    def metric(self, local):
        return self.base.metric(local) + 0.1 * local.tangents @ local.tangents.conj().transpose(0, 2, 1)


def test_a_potential_that_is_not_global_is_told_by_its_volume():
    """Sabotage twin: inputs that are no functions on the variety, though the metric is positive; the base itself raises no alarm."""
    base, points = fubini_study(fermat(), [1]), sample(fermat(), 400, seed=3)
    right, wrong = (quality(one, points, ricci=0, certify=False) for one in (base, OfTheChart(base)))
    assert not right.volume.diagnostics and "Mend" not in str(right)
    (told,) = wrong.volume.diagnostics["warnings"]
    assert wrong.positive.successes == len(points) and "5/6" in told and "defined everywhere" in told and told in str(wrong)


@pytest.mark.parametrize("draws", [2, 3, 4])
def test_a_few_draws_are_no_alarm(draws):
    """Two draws that happen to agree have a small error: one set in eight was five of them off."""
    metric, _ = ricci_flat(fermat(), [1], [[[2]]], draws=100, seed=1)
    found = (quality(metric, sample(fermat(), draws, seed), ricci=0, certify=False) for seed in range(1000, 1040))
    assert not any(one.volume.diagnostics.get("warnings") for one in found)


def test_errors_by_leaving_out_one_draw():
    """Sigma and l2 of all draws but one, eta being over the mean of the rest: the jackknife with nothing expanded to first order."""
    points, h = sample(fermat(), 100, seed=6), np.diag([3.0, 1, 1, 1, 1])  # far from Ricci-flat, and most eta below 1
    metric = AlgebraicMetric(fermat(), fubini_study(fermat(), [1]).terms, (h,))
    ratio = np.linalg.det(metric.metric(points.local)).real / points.omega

    def of(kept, centre=None):
        w = points.weights[kept]
        eta = ratio[kept] / (np.average(ratio[kept], weights=w) if centre is None else centre)
        return np.average(np.abs(1 - eta), weights=w), np.sqrt(np.average((1 - eta) ** 2, weights=w))

    def spread(centre=None):
        left = np.array([of(points.draws != draw, centre) for draw in range(100)])
        return np.sqrt(99 * np.var(left, axis=0))

    found = quality(metric, points, ricci=0, certify=False)
    assert np.allclose([float(found.sigma.stderr), float(found.l2.stderr)], spread(), rtol=0.03)
    still = spread(np.average(ratio, weights=points.weights))  # sabotage twin: the mean of eta has no error
    assert still[0] > 1.3 * spread()[0]


def test_a_certificate_is_about_this_metric():
    """The matrix of the claim, read back from its digits, is H with its imaginary parts; the conjugated H is another metric."""
    variety, random = named("quintic", 0), np.random.default_rng(0)
    a = random.normal(size=(5, 5, 2)) @ np.array([1, 1j])
    h = a @ a.conj().T + np.eye(5)
    metric = AlgebraicMetric(variety, fubini_study(variety, [1]).terms, ((h + h.conj().T) / 2,))
    (term,) = certify_kaehler(metric).checked().document()["claim"]["terms"]
    (block,) = term["blocks"]
    places = [metric.sections[0].exponents.tolist().index(row) for row in block["monomials"]]
    for i, row in enumerate(block["matrix"]):
        for j, (real, imaginary) in enumerate(row):
            assert complex(float.fromhex(real), float.fromhex(imaginary)) == metric.matrices[0][places[i], places[j]]
