"""Free fields as random waves: table 3.1 of the page on fields, closed forms, other quadratures, and draws."""

import itertools
import math
import warnings

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate, stats

import certifield as cf

net, theory = cf.ensembles, cf.fieldtheory

DISTANCES = [0.0, 0.1, 0.5, 1.0, 2.0]
TABLE = {  # G2(r) at m = 1, Lambda = 10
    1: [0.4682744826, 0.4551225579, 0.2976031119, 0.1827860016, 0.0690241649],
    2: [0.3672596216, 0.3488820302, 0.1397151255, 0.0683878058, 0.0185204983],
    3: [0.4320777196, 0.4054696970, 0.0943873145, 0.0336652551, 0.0048201098],
    4: [0.6040318057, 0.5662747028, 0.1016764402, 0.0214203610, 0.0007244037],
}
SEED = {1: 0.058433, 2: 0.048336, 3: 0.041622}  # G_c4(0) of uniform momenta and Gaussian amplitudes, N = 50


@pytest.mark.parametrize("dim", [1, 2, 3, 4])
def test_the_cutoff_propagator_of_table_3_1(dim):
    found = theory.cutoff_propagator(dim, 1.0, 10.0, DISTANCES)
    assert np.max(np.abs(found.value - TABLE[dim])) < 6e-11 and np.max(found.radius) < 1e-12
    assert found[0].agrees_with(theory.coincident_propagator(dim, 1.0, 10.0)).agrees
    # Sabotage twins: half of it, and another cutoff.
    assert np.min(np.abs(found.value / 2 - TABLE[dim])) > 1e-4
    assert abs(theory.coincident_propagator(dim, 1.0, 9.9).value - TABLE[dim][0]) > 1e-4


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_the_four_point_function_of_the_seed_architecture(dim):
    spectrum = net.propagator(dim, 1.0, 10.0)
    found = cf.correlators.exact(
        net.random_waves(spectrum, 50, momenta="uniform", amplitude="gaussian"), np.zeros((4, dim)), connected=True
    )
    assert abs(found.value - SEED[dim]) < 6e-7
    # By the closed form (3/N)(kappa/2 M - G(0)^2), M an integral of 1/(p^2 + m^2)^2 by another quadrature.
    ball = math.pi ** (dim / 2) / math.gamma(dim / 2 + 1) * 10.0**dim
    sphere = 2 * math.pi ** (dim / 2) / math.gamma(dim / 2) / (2 * math.pi) ** dim
    squared = integrate.quad(lambda k: k ** (dim - 1) / (k * k + 1) ** 2, 0, 10, epsabs=1e-13)[0]
    by_hand = {kappa: 3 / 50 * (kappa / 2 * ball / (2 * math.pi) ** dim * sphere * squared - TABLE[dim][0] ** 2) for kappa in (1, 2, 3)}
    assert abs(found.value - by_hand[3]) < 1e-10 and abs(found.value - by_hand[2]) > 1e-3


@pytest.mark.parametrize(("amplitude", "four"), [("unit", 0.2034352), ("gaussian", 0.3259315)])
def test_the_cauchy_net_of_three_neurons(amplitude, four):
    points = [[0.0], [0.3], [0.7], [1.2]]
    field = theory.free_field(1, 1.0, 3, amplitude=amplitude)
    found = cf.correlators.exact(field, points)
    assert abs(found.value - four) < 6e-8 and found.radius < 1e-13
    kernel = cf.correlators.kernel_matrix(field, points)
    assert np.max(np.abs(kernel.value - np.exp(-np.abs(np.subtract.outer(*[np.ravel(points)] * 2))) / 2)) < 1e-14


@pytest.mark.parametrize(("dim", "momenta", "proposal"), [(1, "uniform", "uniform"), (3, "spectrum", "propagator")])
def test_the_scalar_field_of_the_ensembles_is_one_of_them(dim, momenta, proposal):
    """Another implementation of the same integrals, at generic points."""
    points = np.random.default_rng(dim).normal(size=(4, dim))
    ours = net.random_waves(net.propagator(dim, 0.7, 5.0), 9, momenta=momenta, amplitude="gaussian")
    theirs = net.scalar_field(dim, 9, 0.7, 5.0, proposal=proposal)
    for connected in (False, True):
        pair = [cf.correlators.exact(one, points, connected=connected) for one in (ours, theirs)]
        assert abs(pair[0].value - pair[1].value) < 1e-11


def gaussian_spectrum(cutoff=6.0):
    return net.Spectrum(2, lambda k: jnp.exp(-k * k / 2), cutoff, "Gaussian")


@pytest.mark.parametrize("momenta", ["spectrum", "uniform"])
def test_any_spectrum_and_any_momenta(momenta):
    """Ghat = exp(-p^2/2) in the plane: G2 = exp(-r^2/2)/2 pi but for exp(-18); G_c4 by a sum over shells or rings."""
    field = net.random_waves(gaussian_spectrum(), 10, momenta=momenta)
    found = cf.correlators.exact(field, [[0.0, 0.0], [0.6, 0.8]])
    assert abs(found.value - math.exp(-0.5) / (2 * math.pi)) < math.exp(-18) and found.radius < 1e-13
    rho = field.neurons.weights
    edges = np.array(rho.edges) if momenta == "spectrum" else np.array([0.0, 6.0])
    pieces = [
        integrate.quad(lambda k: k * math.exp(-k * k), low, high, epsabs=1e-14)[0] / (2 * math.pi) ** 3
        / (1 / (math.pi * 36) if momenta == "uniform" else rho.densities[shell])
        for shell, (low, high) in enumerate(itertools.pairwise(edges))
    ]  # fmt: skip
    variance = cf.correlators.exact(field, np.zeros((2, 2))).value
    connected = cf.correlators.exact(field, np.zeros((4, 2)), connected=True)
    assert abs(connected.value - 3 / 10 * (sum(pieces) / 2 - variance**2)) < 1e-10


@pytest.mark.parametrize("amplitude", ["unit", *(pytest.param(one, marks=pytest.mark.slow) for one in ("rayleigh", "gaussian"))])
def test_draws_have_the_exact_correlators(amplitude):
    """Whole networks of shells in the plane against G_c4; the neighbouring kappa is a sabotage twin."""
    spectrum, kappa = gaussian_spectrum(3.0), {"unit": 1, "rayleigh": 2, "gaussian": 3}[amplitude]
    field = net.random_waves(spectrum, 2, amplitude=amplitude)
    points = [[0.0, 0.0], [0.2, 0.1], [0.1, -0.1], [-0.2, 0.0]]
    found = cf.correlators.estimate(field, points, connected=True, draws=60_000, method="neuron", seed=kappa)
    assert found.agrees_with(cf.correlators.exact(field, points, connected=True)).agrees
    other = net.random_waves(spectrum, 2, amplitude="gaussian" if kappa == 2 else "rayleigh")
    assert not found.agrees_with(cf.correlators.exact(other, points, connected=True)).agrees
    assert field.neurons.readout.moment(4) == kappa


def test_draws_of_a_propagator_with_a_cutoff():
    """Momenta of density 1/(p^2 + m^2) in a ball, amplitudes of one size: G2 at two points of the plane; G2/4 is the twin."""
    field = net.random_waves(net.propagator(2, 1.0, 10.0), 2)
    found = cf.correlators.estimate(field, [[0.0, 0.0], [0.3, 0.4]], draws=40_000, method="neuron", seed=3)
    assert found.agrees_with(TABLE[2][2]).agrees and not found.agrees_with(TABLE[2][2] / 4).agrees


def test_shells_follow_the_spectrum():
    """Nearly proportional to Ghat, so that weights w hardly differ; where Ghat is 0 a thousandth of the mean share is left."""
    shells = net.random_waves(gaussian_spectrum(3.0), 2).neurons.weights
    middle = (np.array(shells.edges)[1:] + np.array(shells.edges)[:-1]) / 2
    ratio = shells.densities * np.exp(middle**2 / 2)
    assert np.ptp(ratio) < 1e-9 * ratio.max() and abs(ratio.mean() * 2 * math.pi * (1 - math.exp(-4.5)) - 1) < 1e-4
    half = net.random_waves(net.Spectrum(1, lambda k: jnp.where(k < 1.0, 1.0, 0.0), 2.0), 2).neurons.weights
    assert np.allclose(half.shares[200], half.shares[0] / 2001, rtol=1e-2) and half.shares[200] > 0


def test_whole_networks_of_the_cauchy_net():
    field = theory.free_field(1, 1.0, 4, amplitude="rayleigh")
    points = [[0.0], [0.0], [1.0], [1.0]]
    found = cf.correlators.estimate(field, points, connected=True, draws=100_000, method="network-kstat", seed=5)
    exact = cf.correlators.exact(field, points, connected=True)
    assert found.agrees_with(exact).agrees and not found.agrees_with(0.0).agrees
    assert abs(float(exact.value) - (math.exp(-2) + 2 - 1 - 2 * math.exp(-2)) / 16) < 1e-14


def test_momenta_have_the_density_that_they_state():
    shells = net.MomentumShells(3, [0.0, 0.5, 1.0, 4.0], [0.2, 0.5, 0.3])
    drawn = np.linalg.norm(np.asarray(shells.sample(jax.random.key(1), (50_000, 3))), axis=1)
    at = np.array([0.3, 0.5, 0.8, 1.0, 2.0, 3.5])
    share = np.array([np.mean(drawn < one) for one in at])
    k = np.linspace(0, 4, 400_001)[1:]
    below = np.cumsum(4 * math.pi * k**2 * np.asarray(shells.radial(k), dtype=float)) * (k[1] - k[0])
    assert np.max(np.abs(share - np.interp(at, k, below))) < 4.9 * 0.5 / math.sqrt(50_000)
    line = net.CauchyMomenta(2.0)
    assert stats.kstest(np.asarray(line.sample(jax.random.key(2), (20_000, 1)))[:, 0] / 2, stats.cauchy.cdf).pvalue > 1e-6
    assert abs(float(line.radial(0.0)) * 2 * math.pi - 1) < 1e-6 and abs(float(line.radial(2.0)) * 4 * math.pi - 1) < 1e-6


@pytest.mark.parametrize(("dim", "form"), [
    (1, lambda r: math.exp(-r) / 2), (2, lambda r: integrate.quad(lambda t: math.exp(-r * math.cosh(t)), 0, 8)[0] / (2 * math.pi)),
    (3, lambda r: math.exp(-r) / (4 * math.pi * r)),
    (4, lambda r: integrate.quad(lambda t: math.exp(-r * math.cosh(t)) * math.cosh(t), 0, 8)[0] / (4 * math.pi**2 * r)),
])  # fmt: skip
def test_the_continuum_is_told_from_the_cutoff(dim, form):
    found = theory.continuum_propagator(dim, 1.0, [0.5, 1.0])
    assert np.max(np.abs(found.value / [form(0.5), form(1.0)] - 1)) < 1e-12
    assert np.all(np.abs(found.value - np.array(TABLE[dim])[2:4]) > 1e-4)  # Lambda = 10 is not the continuum
    assert found[1].agrees_with(theory.continuum_propagator(dim, 2.0, 0.5) / 2.0 ** (dim - 2)).agrees  # by dimensions


def test_the_budget_is_known_before_anything_is_run():
    seed = net.random_waves(net.propagator(1, 1.0, 10.0), 50, momenta="uniform", amplitude="gaussian")
    found = theory.budget(seed, [[0.0]])
    assert abs(found.ratio.value - SEED[1] / TABLE[1][0] ** 2) < 1e-5 and found.quadruple == (0, 0, 0, 0)
    wide = found.width_for(0.01)
    ratios = [theory.budget(net.random_waves(net.propagator(1, 1.0, 10.0), n, momenta="uniform", amplitude="gaussian"), [[0.0]]).ratio.value
              for n in (wide, wide - 1)]  # fmt: skip
    assert ratios[0] <= 0.01 < ratios[1]
    for amplitude, ratio in (("unit", -1.5), ("rayleigh", 0.0), ("gaussian", 1.5)):  # (3/N)(kappa/2 - 1)
        field = theory.free_field(2, 1.0, 10, cutoff=10.0, amplitude=amplitude)
        assert abs(10 * theory.budget(field, [[0.0, 0.0]]).ratio.value - ratio) < 1e-11


def test_the_advisor_names_an_architecture():
    advice = theory.advise(net.propagator(2, 1.0, 10.0), 0.01)
    rows = {(momenta, amplitude): width for momenta, amplitude, _, width in advice.rows}
    assert advice.momenta == "spectrum" and rows[advice.momenta, advice.amplitude] == advice.width == min(rows.values())
    assert rows["uniform", "gaussian"] > 8 * advice.width and f"N = {advice.width}" in str(advice)
    assert advice.field().neurons.width == advice.width
    assert {row[0] for row in theory.advise(net.propagator(1, 1.0), 0.1).rows} == {"spectrum"}


@pytest.mark.parametrize(("sites", "variance"), [(8, 0.1270869988), (2, 0.1888888889)])
def test_the_lattice_field_of_table_3_7(sites, variance):
    """The halved action here is twice the covariance of the unhalved one; chi = 1/(2 m^2) of it."""
    box = theory.periodic_box(net.propagator(2, 1.0), float(sites), sites=sites)
    found = box.two_point(box.sites)
    assert abs(found.value[0] / 2 - variance) < 1e-10 and found.radius.max() < 1e-12
    assert abs(found.value.sum() / 2 - 0.5) < 1e-12
    assert len(box.ensemble.density.shapes[0]) == 1 and box.ensemble.density.shapes[0][0] == sites**2


def test_a_periodic_box_is_gaussian():
    box = theory.periodic_box(net.propagator(1, 1.0, 12.0), 4.0)
    points = np.array([[0.1], [0.9], [2.2], [-1.0]])
    assert np.allclose(box.two_point(points).value, box.two_point(points + 4.0).value, atol=1e-13)
    phi = np.asarray(box.ensemble.evaluate(jax.random.key(3), points, 40_000))[..., 0].astype(float)
    exact = box.two_point(points[:, None] - points[None]).value
    error = np.sqrt((np.outer(np.diag(exact), np.diag(exact)) + exact**2) / len(phi))
    assert np.max(np.abs(phi.T @ phi / len(phi) - exact) / error) < 4.9
    four = phi[:, 0] ** 4 - 3 * exact[0, 0] ** 2
    assert abs(four.mean()) < 4.9 * four.std() / math.sqrt(len(phi))
    thermal = math.cosh(2.0 - 0.8) / (2 * math.sinh(2.0))  # the continuum circle of length 4, at distance 0.8
    assert abs(box.two_point([0.8]).value - thermal) < 0.02


def test_the_radius_of_a_periodic_box_holds_far_away():
    """At distances where the phases lose digits: the same sum in rationals of the momenta, by thirty digits."""
    mpmath = pytest.importorskip("mpmath")
    box = theory.periodic_box(net.propagator(1, 1.0, 30.0), 4.0)
    for r in (0.3, 1234.5, 1e6 / 3):
        with mpmath.workdps(30):
            exact = mpmath.fsum(
                w * mpmath.cos(mpmath.mpf(p) * mpmath.mpf(r)) for w, p in zip(box.weights.tolist(), box.momenta[:, 0].tolist(), strict=True)
            )
        found = box.two_point([r])
        assert abs(float(exact - mpmath.mpf(float(found.value)))) <= float(found.radius) < 1e-12 * (1 + r)
    assert float(exact - mpmath.mpf(float(found.value))) != 0  # what the radius is for


def test_few_neurons_with_uniform_momenta_are_warned_of():
    with pytest.warns(UserWarning, match=r"G_c4/G2\^2 = 0.266"):
        theory.free_field(1, 1.0, 50, cutoff=10.0, momenta="uniform", amplitude="gaussian")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        theory.free_field(1, 1.0, 100, cutoff=10.0, momenta="uniform")
        theory.free_field(1, 1.0, 2)


@pytest.mark.parametrize(("call", "words"), [
    (lambda: theory.free_field(1, 0.0, 5), "diverges at p = 0"),
    (lambda: theory.free_field(2, -1.0, 5, cutoff=3.0), "logarithmically at p = 0"),
    (lambda: theory.free_field(1, math.nan, 5), "mass"),
    (lambda: theory.free_field(2, 1.0, 5), "diverges logarithmically"),
    (lambda: theory.free_field(3, 1.0, 5), "as Lambda"),
    (lambda: theory.free_field(1, 1.0, 5, cutoff=0.0), "cutoff"),
    (lambda: theory.free_field(1, 1.0, 5, cutoff=-3.0), "cutoff"),
    (lambda: theory.free_field(1, 1.0, 0), "width"),
    (lambda: theory.free_field(1, 1.0, 5, momenta="uniform"), "momenta"),
    (lambda: theory.free_field(1, 1.0, 5, amplitude="big"), "amplitude"),
    (lambda: theory.free_field(1, 1.0, 5, amplitude=net.normal(2.0)), "amplitude"),
    (lambda: theory.free_field(1, 1.0, 5, amplitude=net.normal(0.8, 0.6)), "amplitude"),
    (lambda: net.random_waves(net.propagator(1, 1.0, 9.0), 5, momenta=net.MomentumShells(1, [0.0, 5.0], [1.0])), "reaching up to 9"),
    (lambda: net.random_waves(net.propagator(1, 1.0, 9.0), 5, momenta=net.MomentumShells(1, [0.0, 12.0], [1.0])), "one cutoff"),
    (lambda: theory.free_field(1, 1.0, 5, cutoff=3.0, momenta=net.CauchyMomenta(1.0)), "one cutoff"),
    (lambda: net.Spectrum(1, lambda k: -k, 3.0), "density"),
    (lambda: net.MomentumShells(1, [0.0, 1.0], [0.5]), "shares"),
    (lambda: net.MomentumShells(1, [1.0, 2.0], [1.0]), "edges"),
    (lambda: theory.continuum_propagator(2, 1.0, [0.0]), "distances"),
    (lambda: theory.cutoff_propagator(1, 1.0, 3.0, []), "distances"),
    (lambda: theory.coincident_propagator(5, 1.0, 3.0), "dim"),
    (lambda: theory.budget(theory.free_field(1, 1.0, 5), [[0.0]]).width_for(0.0), "error"),
    (lambda: theory.budget(net.linear_field(2), [[0.0, 1.0]]), "field"),
    (lambda: theory.periodic_box(net.propagator(1, 1.0), 4.0), "sites"),
    (lambda: theory.periodic_box(net.propagator(1, 1.0, 3.0), -4.0), "length"),
    (lambda: theory.periodic_box(net.propagator(3, 1.0, 300.0), 100.0), "modes"),
    (lambda: theory.periodic_box(net.propagator(1, 1.0), 4.0, sites=4).two_point([1.0, 2.0]), "separations"),
])  # fmt: skip
def test_what_is_no_free_field(call, words):
    with pytest.raises(cf.evidence.InputError, match=words):
        call()


def test_a_density_with_a_kink_has_no_bound():
    kinked = net.random_waves(net.Spectrum(1, lambda k: jnp.maximum(1.0 - k, 0.0), 2.0), 3, momenta="uniform")
    with pytest.raises(cf.evidence.NoClosedForm, match="kinks"):
        cf.correlators.exact(kinked, [[0.0], [1.0]])
