"""Effective couplings against closed forms, the table of section 3 of the statistics page, and other quadratures."""

import itertools
import math

import numpy as np
import pytest
from scipy import integrate

import certifield as cf

net, theory = cf.ensembles, cf.fieldtheory
TEST = np.array([0.2, 0.4, 0.6, 0.8, 1.0, 1.2])[:, None]
TRAIN = TEST * math.sqrt(0.5)


def test_errors_of_fits_carry_those_of_the_quadrature():
    """The table of fits itself is held against its printed digits by the study, see test_studies.py."""
    fit = theory.fit_couplings(net.erf_net(1, 1), TRAIN, 100.0, ("lambda_0", "lambda_NL"))
    tested = fit.errors_at(net.erf_net(1, 1), TEST)
    for mape, known in ((fit.mape, 5.0), (tested.mape, 12.0)):
        assert abs(mape.mean - known) < 0.51 and 0 < mape.stderr < 1e-3
    assert "no 1/4!" in fit.convention and "lambda < 0" in fit.convention


@pytest.mark.parametrize(
    ("ensemble", "cutoff", "scale", "coupling"), [(net.erf_net(1, 1), 100.0, 0.01, -0.18547), (net.cos_net(1, 1), 12.0, 1.0, -0.19780)]
)
def test_the_constant_couplings_of_the_table(ensemble, cutoff, scale, coupling):
    fit = theory.fit_couplings(ensemble, TRAIN * scale, cutoff)
    assert abs(float(fit.couplings.mean[0]) - coupling) < 5.1e-6


@pytest.mark.parametrize(("cutoff", "value"), [(10.0, -6.25e-6), (100.0, -6.25e-11), (1000.0, -6.25e-16)])
def test_lambda_of_the_relu_net(cutoff, value):
    found = theory.local_coupling(net.relu_net(1, 20, sigma_b=0.0), TEST, cutoff)
    assert np.max(np.abs(found.values.mean / value - 1)) < 1e-9
    assert found.spread.mean < 1e-12 and 0 < found.spread.stderr < 1e-9


def test_kappa_of_the_relu_net():
    """I_6 = Lambda^7 prod x / (7 2^6) and N^2 G_c6 = 165/2 prod x give kappa = -(165/2) 448 / (720 N^2 Lambda^7)."""
    found = theory.local_coupling(net.relu_net(1, 5, sigma_b=0.0), [[0.3], [0.8]], 4.0, order=6)
    assert abs(float(found.mean.mean) * 720 * 25 * 4.0**7 / (-82.5 * 448) - 1) < 1e-9
    wider = theory.local_coupling(net.relu_net(1, 50, sigma_b=0.0), [[0.3], [0.8]], 4.0, order=6)
    assert abs(float(wider.mean.mean / found.mean.mean) - 0.01) < 1e-9  # kappa falls as 1/N^2, lambda as 1/N


def test_entries_of_mixed_sign_are_masked():
    """Two + and two -: N G_c4 = -K(+,+) K(-,-), which no local quartic explains; three and one: 0/0."""
    ensemble, points = net.relu_net(1, 7, sigma_b=0.0), np.array([[0.5], [1.0], [-0.7]])
    found = theory.local_coupling(ensemble, points, 10.0)
    signs = np.sign(points[:, 0])[found.indices].sum(axis=1)
    assert found.impossible == np.sum(signs == 0) and found.empty == np.sum(np.abs(signs) == 2)
    assert np.array_equal(found.defined, np.abs(signs) == 4)
    mixed = cf.correlators.exact(ensemble, points, indices=[[0, 0, 2, 2]], connected=True).value[0]
    assert abs(7 * mixed + (0.5**2 / 2) * (0.7**2 / 2)) < 1e-12


@pytest.mark.parametrize(("ensemble", "constant"), [(net.gauss_net(1, 1), 1.0), (net.cos_net(1, 1), 1 / 16)])
def test_contact_integrals_in_closed_form(ensemble, constant):
    """Without a cutoff: I_4 = c sqrt(pi/2) exp(-(sum x^2 - (sum x)^2/4)/2)."""
    points = np.array([-0.6, -0.2, 0.2, 1.0])
    exact = constant * math.sqrt(math.pi / 2) * math.exp(-0.5 * (np.sum(points**2) - np.sum(points) ** 2 / 4))
    found = theory.contact_integrals(ensemble, points[:, None], 40.0, indices=[[0, 1, 2, 3]])
    assert abs(found.mean[0] / exact - 1) < 1e-9


def test_contact_integrals_by_another_quadrature():
    """d = 2 on a Cartesian grid of Gauss-Legendre panels inside a square ring; the kernel is evaluated by `exact`."""
    points, cutoff = np.array([[0.3, -0.2], [1.0, 0.5]]), 2.0
    ensemble = net.erf_net(2, 1)

    def leg(y, x):
        overlap = lambda a, b: 1 + np.dot(a, b) / 2  # noqa: E731
        return 2 / np.pi * np.arcsin(2 * overlap(x, y) / np.sqrt((1 + 2 * overlap(x, x)) * (1 + 2 * overlap(y, y))))

    def integrand(y1, y2):
        return leg(np.array([y1, y2]), points[0]) ** 2 * leg(np.array([y1, y2]), points[1]) ** 2

    half = lambda y: math.sqrt(cutoff**2 - y * y)  # noqa: E731
    other, _ = integrate.dblquad(integrand, -cutoff, cutoff, lambda y: -half(y), half, epsabs=1e-7)
    found = theory.contact_integrals(ensemble, points, cutoff, indices=[[0, 0, 1, 1]])
    assert abs(found.mean[0] - other) < 1e-6


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_slopes_of_the_relu_net(dim):
    points = np.array([[0.5, 0.1, 0.3], [1.0, -0.2, 0.4]])[:, :dim]
    found = theory.running(net.relu_net(dim, 20, sigma_b=0.0), points, [10.0, 100.0], indices=[[0, 0, 1, 1]])
    tolerance = {1: 1e-9, 2: 1e-7, 3: 1e-4}[dim]
    assert all(abs(float(one.mean[0]) + dim + 4) < tolerance for one in found.slopes)
    assert abs(found.fitted.mean + dim + 4) < tolerance
    assert abs(float(found.betas[0].mean[0] / found.local[0].values.mean[0]) + dim + 4) < tolerance


def test_kappa_runs_faster():
    found = theory.running(net.relu_net(1, 20, sigma_b=0.0), [[0.5], [1.0]], [10.0, 100.0], order=6)
    assert np.max(np.abs(found.slopes[0].mean + 7)) < 1e-9  # -(d + 6)


@pytest.mark.parametrize(
    ("cutoff", "slope", "tolerance"),
    [(10, -0.567, 6e-4), (30, -0.944, 6e-4), (100, -0.9965, 6e-5), (300, -1.0002, 6e-5), (1000, -1.00018, 6e-6), (3000, -1.00007, 6e-6)],
)
def test_slopes_of_the_erf_net(cutoff, slope, tolerance):
    points = [[-0.6], [-0.2], [0.2], [1.0]]
    found = theory.running(net.erf_net(1, 1), points, [cutoff, 2 * cutoff], indices=[[0, 1, 2, 3]])
    assert abs(float(found.slopes[0].mean[0]) - slope) < tolerance


@pytest.mark.parametrize("dim", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_the_erf_net_runs_with_the_volume(dim):
    """K' tends to constants of the direction, so I_4 grows as the volume: slope -> -d."""
    points = np.array([[0.3, -0.2, 0.4], [0.5, 0.5, 0.1]])[:, :dim]
    found = theory.running(net.erf_net(dim, 1), points, [300.0, 1000.0], indices=[[0, 0, 1, 1]])
    assert abs(float(found.slopes[-1].mean[0]) + dim) < 0.02


@pytest.mark.parametrize("ensemble", [net.gauss_net(1, 1), net.cos_net(1, 1), net.gauss_net(2, 1)], ids=["gauss", "cos", "gauss d=2"])
def test_nets_that_do_not_run(ensemble):
    points = np.array([[0.3, -0.2], [1.0, 0.5]])[:, : ensemble.dim]
    found = theory.running(ensemble, points, [15.0, 60.0], indices=[[0, 0, 1, 1], [0, 1, 1, 1]])
    assert np.max(np.abs(found.slopes[-1].mean)) < 1e-12
    assert abs(found.fitted.mean) < 1e-6


def test_a_sampled_fit_finds_the_coupling_and_its_error():
    """Generalised least squares on sampled G_c4: the ReLU coupling within errors, chi2 as expected; the sabotage twin fails."""
    ensemble, cutoff = net.relu_net(1, 20, sigma_b=0.0), 10.0
    table = np.array(list(itertools.combinations_with_replacement(range(3), 4)))
    sampled = cf.correlators.estimate(ensemble, TEST[:3], indices=table, connected=True, draws=200_000, seed=3)
    fit = theory.fit_couplings(ensemble, TEST[:3], cutoff, correlators=sampled)
    assert np.all(fit.couplings.agrees_with(-6.25e-6).agrees)
    error = fit.errors_at(ensemble, TEST[:3]).mape  # every entry is off by the same factor
    assert error.mean == pytest.approx(100 * abs(fit.couplings.mean[0] / -6.25e-6 - 1), rel=1e-6)
    assert error.stderr == pytest.approx(100 * fit.couplings.stderr[0] / 6.25e-6, rel=1e-3)
    local = theory.local_coupling(ensemble, TEST[:3], cutoff, correlators=sampled)
    assert local.mean.agrees_with(-6.25e-6).agrees
    wrong = theory.fit_couplings(ensemble, TEST[:3], 1.3 * cutoff, correlators=sampled)
    assert not np.all(wrong.couplings.agrees_with(-6.25e-6).agrees)


def test_diagrams_give_the_correlators_of_the_relu_net():
    """Couplings measured at one input give G4 and G6 at others, since they are constant; without kappa, or for the Erf-net, not."""
    where, table = [[0.5], [1.0], [1.2]], {4: [[0, 0, 1, 1], [0, 1, 1, 2]], 6: [[0, 0, 1, 1, 2, 2], [2, 2, 2, 2, 2, 2]]}

    def gap(ensemble, order, kappa=1.0):
        quartic, sextic = (theory.local_coupling(ensemble, [[0.2]], 10.0, order=n).mean for n in (4, 6))
        found = theory.perturbed_correlators(ensemble, where, 10.0, quartic=quartic, sextic=kappa * sextic, indices=table[order])
        exact = cf.correlators.exact(ensemble, where, indices=table[order])
        return np.abs(found.mean - exact.value), 5 * found.stderr + exact.radius

    ensemble = net.relu_net(1, 20, sigma_b=0.0)
    for order in (4, 6):
        distance, radius = gap(ensemble, order)
        assert np.all(distance <= radius) and np.all(radius < 1e-6)
    assert np.all(gap(ensemble, 6, kappa=0.0)[0] > 1e-3) and np.any(gap(net.erf_net(1, 20), 4)[0] > 1e-3)


def test_a_sampled_coupling_that_is_not_constant_is_seen():
    ensemble = net.erf_net(1, 20)
    table = np.array([[0, 0, 0, 0], [1, 1, 1, 1], [2, 2, 2, 2], [0, 1, 2, 2]])
    points = np.array([[0.2], [0.8], [1.2]])
    sampled = cf.correlators.estimate(ensemble, points, indices=table, connected=True, draws=100_000, seed=5)
    found = theory.local_coupling(ensemble, points, 10.0, indices=table, correlators=sampled)
    assert found.p_value < 1e-6 and found.spread.mean > 5 * found.spread.stderr
    fit = theory.fit_couplings(ensemble, points, 10.0, correlators=sampled, indices=table)
    assert fit.chi2 / fit.dof > 10


def test_what_cannot_be_used():
    ensemble = net.erf_net(1, 1)
    for call in (
        lambda: theory.contact_integrals(ensemble, [[0.1]], -1.0),
        lambda: theory.contact_integrals(ensemble, [[math.nan]], 1.0),
        lambda: theory.contact_integrals(net.erf_net(4, 1), [[0.1] * 4], 1.0),
        lambda: theory.local_coupling(ensemble, [[0.1]], 1.0, order=2),
        lambda: theory.fit_couplings(ensemble, [[0.1]], 1.0, ["lambda_7"]),
        lambda: theory.fit_couplings(ensemble, [[0.1]], 1.0, ["lambda_0", "lambda_2"]),
        lambda: theory.running(ensemble, [[0.1]], [1.0]),
        lambda: theory.local_coupling(net.relu_net(1, 7, sigma_b=0.0), [[1.0], [-1.0]], 1.0, indices=[[0, 0, 0, 1]]),
        lambda: theory.perturbed_correlators(ensemble, [[0.1]], 1.0, indices=[[0, 0]]),
        lambda: theory.local_coupling(ensemble, [[0.1]], 1.0, correlators=cf.evidence.Exact([1.0, 2.0])),
    ):
        with pytest.raises(cf.evidence.InputError):
            call()
    with pytest.raises(cf.evidence.NoClosedForm):
        theory.contact_integrals(cf.ensembles.linear_field(1), [[0.1]], 1.0)
