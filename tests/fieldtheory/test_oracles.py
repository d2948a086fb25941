"""Quantum mechanics, chains and perturbation series against the tables of the literature, other algorithms and one another."""

import dataclasses
import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import integrate, linalg, special

import certifield as cf
from certifield.evidence import InputError, NotConverged
from certifield.fieldtheory import oracles
from certifield.fieldtheory.oracles._counting import levels_below
from certifield.fieldtheory.oracles._elements import Elements
from certifield.fieldtheory.studies._named_potentials import exact_four

QUARTIC = {1: (0, 0, 0.5, 0, 1 / 24), 6: (0, 0, 0.5, 0, 0.25), 24: (0, 0, 0.5, 0, 1.0)}

# coefficients: E0, E1, E2, <x^2>, <x^4>
LEVELS = [
    (QUARTIC[1], 0.52773613, 1.63130053, 2.82218956, 0.4528436733, 0.5991396320),
    (QUARTIC[6], 0.62092703, 2.02596616, 3.69845032, 0.3548402512, 0.3547823715),
    (QUARTIC[24], 0.80377065, 2.73789227, 5.17929169, 0.2571498214, 0.1822069433),
    ((0, 0, 0.5, 0, 0.1), 0.55914633, 1.76950264, 3.13862431, 0.4125253684, 0.4887365293),
    ((0, 0, 0, 0, 1.0), 0.66798626, 2.39364402, 4.69679539, 0.2873375668, 0.2226620864),
    ((0, 0, -0.5, 0, 0.25), 0.14723514, 0.87226120, 2.12797875, 0.6673186910, 1.0860717748),
]


@pytest.fixture(scope="module")
def strong():
    """lambda = 6."""
    return oracles.quantum_mechanics(QUARTIC[6])


@pytest.mark.parametrize("row", LEVELS)
def test_the_table_of_the_anharmonic_oscillator(row):
    coefficients, *levels, second, fourth = row
    system = oracles.quantum_mechanics(coefficients)
    assert np.all(np.abs(system.energies.value[:3] - levels) < 1e-8) and np.all(system.energies.radius[:3] < 1e-11)
    for power, value in ((2, second), (4, fourth)):
        assert abs(system.moment(power).value - value) < 2e-10 and system.moment(power).radius < 1e-10
    wrong = oracles.quantum_mechanics((*coefficients[:4], coefficients[4] * 4))  # sabotage twin: a lost factor of lambda
    assert abs(wrong.energies.value[0] - levels[0]) > 1e-3


def test_literature_values_without_the_half():
    """p^2 + x^2 + x^4 and p^2 + x^4 are twice (p^2/2 + ...)."""
    for coefficients, value in (((0, 0, 0.5, 0, 0.5), 1.39235164), ((0, 0, 0, 0, 0.5), 1.06036209)):
        assert abs(2 * oracles.quantum_mechanics(coefficients, levels=4).energies.value[0] - value) < 1e-8


def test_residues_and_thermal_circle(strong):
    assert abs(strong.residues().value[1] - 0.3544343581) < 1e-10 and abs(strong.residues().value[3] - 0.0004053870) < 1e-10
    for beta, values in ((2.0, [0.3906832, 0.2239199, 0.1768780]), (4.0, [0.3569920, 0.1784849, 0.0922856])):
        found = strong.thermal_correlator(beta, [0.0, 0.5, 1.0])
        assert np.all(np.abs(found.value - values) < 6e-8) and np.all(found.radius < 1e-9)
    sabotage = strong.correlator([0.0, 0.5, 1.0]).value  # the infinite line is not a circle
    assert np.max(np.abs(sabotage - values)) > 1e-3
    assert np.all(strong.thermal_correlator(40.0, [0.0, 0.5]).agrees_with(strong.correlator([0.0, 0.5])).agrees)


@pytest.mark.parametrize(
    "coefficients", [(0, 0, -5.0, 0, 0.5), (0, 0.3, 0.5, 0.4, 0.25), (2.0, 0, -5.0, 0.01, 0.5), (0, 0, 0.5, 0, 0, 0, 1.0), (0, 0, 0.5)]
)
def test_levels_by_finite_differences(coefficients):
    """Second differences on two grids, extrapolated: another discretisation, for doublets, sextics and potentials without parity."""
    system = oracles.quantum_mechanics(coefficients, levels=8)

    def grid(nodes):
        x = np.linspace(-7, 7, nodes)
        h = x[1] - x[0]
        diagonal = 1 / h**2 + np.polynomial.polynomial.polyval(x, coefficients)
        return linalg.eigh_tridiagonal(diagonal, np.full(nodes - 1, -0.5 / h**2), select="i", select_range=(0, 5), eigvals_only=True)

    richardson = (4 * grid(8001) - grid(4001)) / 3
    assert np.all(np.abs(system.energies.value[:6] - richardson) < 2e-6)
    assert np.all(system.energies.radius < 1e-9)


def test_radii_hold_for_the_oscillator():
    """All levels, moments and correlators of the free theory are known: the truth lies within every radius."""
    system = oracles.quantum_mechanics((0, 0, 0.5 * 1.7**2), levels=10)
    n = np.arange(len(system.energies))
    assert np.all(np.abs(system.energies.value - 1.7 * (n + 0.5)) <= system.energies.radius)
    for power in (2, 4, 6, 8):
        exact = special.factorial2(power - 1) * (1 / 3.4) ** (power // 2)
        assert abs(system.moment(power).value - exact) <= system.moment(power).radius < 1e-9
    t = np.array([0.0, 0.3, 2.0])
    assert np.all(system.correlator(t).agrees_with(np.exp(-1.7 * t) / 3.4).agrees)
    beta = 3.0
    thermal = np.cosh(1.7 * (t - beta / 2)) / (3.4 * np.sinh(1.7 * beta / 2))
    assert np.all(system.thermal_correlator(beta, t).agrees_with(thermal).agrees)
    assert system.partition_function(beta).agrees_with(1 / (2 * math.sinh(1.7 * beta / 2))).agrees


def test_counting_is_an_upper_bound_and_sees_every_level():
    """Half a level above and below each eigenvalue; a coarse staircase may count too many, never too few."""
    potential = oracles.Potential((0, 0, 0.5))
    for level in (0, 3, 10):
        assert levels_below(potential, level + 0.4, 4000) == level and levels_below(potential, level + 0.6, 4000) == level + 1
        assert levels_below(potential, level + 0.6, 60) >= level + 1
    quartic = oracles.Potential(QUARTIC[6])
    energies = oracles.quantum_mechanics(quartic).energies.value
    for side, start in (("even", 0), ("odd", 1)):
        assert levels_below(quartic, float(energies[start + 6]) + 0.2, 6400, side) == 4


def test_moments_beyond_the_degree_by_the_virial_recursion(strong):
    """<x^10> against the wave function itself, by quadrature; one factor off in the recursion would be seen."""
    levels = strong.levels
    x = np.linspace(-6, 6, 4001)
    y = math.sqrt(levels.frequency) * x
    wave = np.zeros_like(x)
    before, state = np.zeros_like(x), (levels.frequency / math.pi) ** 0.25 * np.exp(-y * y / 2)
    for n in range(levels.size):
        wave += levels.vectors[n, 0] * state
        before, state = state, math.sqrt(2 / (n + 1)) * y * state - math.sqrt(n / (n + 1)) * before
    found = integrate.simpson(wave**2 * x**10, x=x)
    assert abs(found - strong.moment(10).value) < 1e-8 and strong.moment(10).radius < 1e-9
    assert abs(integrate.simpson(wave**2, x=x) - 1) < 1e-10


# coupling: Z, <phi(0)^2>, (0, .5), (0, 1), <phi(1.5)^2>, ESS at T = 4, 8, 16, 32, 64
BOX = {
    1: (0.8937941, (0.453280, 0.261275, 0.150949, 0.459695), (0.98266, 0.96445, 0.92902, 0.86203, 0.74220)),
    6: (0.6066961, (0.355068, 0.175907, 0.087577, 0.366402), (0.83360, 0.69439, 0.48184, 0.23200, 0.05379)),
    24: (0.2796097, (0.257172, 0.097629, 0.037219, 0.264855), (0.52439, 0.28100, 0.08069, 0.00665, 0.00005)),
}


@pytest.mark.parametrize("coupling", BOX)
def test_the_table_of_the_open_box(coupling):
    norm, values, shares = BOX[coupling]
    box = oracles.open_box((0, 0, 0, 0, coupling / 24), 1.0, 4.0)
    found = box.correlator([[0, 0], [0, 0.5], [1, 0], [1.5, 1.5]])
    assert abs(box.partition_function.value - norm) < 6e-8 and box.partition_function.radius < 1e-10
    assert np.all(np.abs(found.value - values) < 8e-7) and np.all(found.radius < 1e-10)
    for length, share in zip((4.0, 8.0, 16.0, 32.0, 64.0), shares, strict=True):
        assert abs(oracles.reweighting_efficiency((0, 0, 0, 0, coupling / 24), 1.0, length).value - share) < 6e-6
    infinite = oracles.quantum_mechanics((0, 0, 0.5, 0, coupling / 24)).moment(2)  # sabotage twin: a box is not the infinite line
    assert not found[0].agrees_with(infinite).agrees


def on_a_grid(interaction, length):
    """<phi(t)^k> in the open box of mass 1, as a function of k and t, by the Hamiltonian on a grid of points (sinc functions)."""
    x, step = np.linspace(-7, 7, 401, retstep=True)
    apart = np.arange(401)[:, None] - np.arange(401)
    kinetic = np.where(apart == 0, np.pi**2 / 3, 2 * (-1.0) ** apart / np.where(apart == 0, 1, apart) ** 2) / (2 * step**2)
    energies, vectors = np.linalg.eigh(kinetic + np.diag(x**2 / 2 + np.polynomial.polynomial.polyval(x, interaction)))
    free = vectors.T @ np.exp(-(x**2) / 2)

    def moment(power, time):
        later, earlier = (vectors @ (np.exp(-energies * part) * free) for part in (length / 2 - time, length / 2 + time))
        return later @ (x**power * earlier) / (later @ earlier)

    return moment


def test_moments_in_the_open_box_on_a_grid():
    """A double well against its Hamiltonian on a grid; a box half as long is a sabotage twin."""
    interaction, length = (0, 0, -1.2, 0, 0.35), 6.0
    moment = on_a_grid(interaction, length)
    box, half = (oracles.open_box(interaction, 1.0, part) for part in (length, length / 2))
    for power, time in ((2, 0.0), (4, 0.0), (4, 2.5)):
        found = box.moment(power, time)
        assert abs(found.value - moment(power, time)) < found.radius + 1e-10 and found.radius < 1e-9
    assert abs(half.moment(4).value - moment(4, 0.0)) > 1e-3
    for wrong in ((3, 0.0), (6, 0.0), (4, 3.5)):
        with pytest.raises(cf.evidence.InputError):
            box.moment(*wrong)


def test_moments_know_what_few_levels_miss():
    """Of four levels the truth lies within the radius, and far outside of that of the levels kept alone."""
    interaction = (0, 0, -1.2, 0, 0.35)
    short, moment = oracles.open_box(interaction, 1.0, 1.0, levels=4), on_a_grid(interaction, 1.0)
    for power, time, missed in ((4, 0.0, 1e-9), (4, 0.2, 1e-8)):
        assert missed < abs(short.moment(power, time).value - moment(power, time)) < short.moment(power, time).radius < 1e-3


@pytest.mark.parametrize(("name", "interaction"), [("lambda=6", (0, 0, 0, 0, 0.25)), ("2=-1.2,4=0.35", (0, 0, -1.2, 0, 0.35))])
def test_the_connected_four_point_function_that_studies_expect(name, interaction):
    moment, found = on_a_grid(interaction, 4.0), exact_four(name, 4.0)
    assert abs(found.value - (moment(4, 0.0) - 3 * moment(2, 0.0) ** 2)) < found.radius + 1e-9 < 1e-6 < abs(found.value)


def test_the_open_box_by_gaussian_integrals():
    """W = mu x^2/2 on a lattice of times is a Gaussian integral: determinants and inverses, extrapolated in the step."""
    mu, length = 0.8, 3.0
    box = oracles.open_box((0, 0, mu / 2), 1.0, length)

    def lattice(steps):
        t = np.linspace(-length / 2, length / 2, steps + 1)
        weights = np.full(steps + 1, length / steps)
        weights[[0, -1]] /= 2
        kernel = np.exp(-np.abs(t[:, None] - t[None, :])) / 2
        inner = np.eye(steps + 1) + mu * np.sqrt(weights)[:, None] * kernel * np.sqrt(weights)[None, :]
        moved = linalg.solve(np.eye(steps + 1) + mu * kernel * weights[None, :], kernel)
        return np.array([1 / math.sqrt(linalg.det(inner)), moved[steps // 2, steps // 2], moved[steps // 2, 0]])

    expected = (4 * lattice(400) - lattice(200)) / 3
    found = box.correlator([[0, 0], [0, -1.5]])
    assert abs(box.partition_function.value - expected[0]) < 1e-7
    assert np.all(np.abs(found.value - expected[1:]) < 1e-7)


def test_the_table_of_lattice_spacings():
    rows = {0.5: (0.6057258, 1.3584129, 0.3402979), 0.25: (0.6168214, 1.3922203, 0.3509590), 0.1: (0.6202532, 1.4029218, 0.3542068)}
    for spacing, (energy, gap, second) in rows.items():
        chain = oracles.trotter(QUARTIC[6], spacing)
        found = chain.energies(1)[0], chain.gap(), chain.moment(2)
        assert all(abs(one.value - value) < 6e-8 and one.radius < 1e-10 for one, value in zip(found, (energy, gap, second), strict=True))
    errors = [oracles.trotter(QUARTIC[6], a).energies(1).value[0] - 0.62092702982575 for a in (0.2, 0.1)]
    assert 3.9 < errors[0] / errors[1] < 4.1  # of second order in the spacing


def test_chains_without_halves():
    for mass, coupling, second, susceptibility, gap in (
        (-4.0, 8.0, 0.1791949173, 0.3532901622, 1.1172643),
        (1.0, 1.0, 0.1538676442, 0.2755615742, 1.2607497),
    ):
        chain = oracles.transfer_matrix((0, 0, mass, 0, coupling), stiffness=2.0)
        ring = chain.ring(8)
        assert abs(ring.moment(2).value - second) < 2e-10 and abs(ring.susceptibility().value - susceptibility) < 2e-10
        assert abs(chain.gap().value - gap) < 6e-8 and chain.gap().radius < 1e-10
    ring = oracles.transfer_matrix((0, 0, -4.0, 0, 8.0), stiffness=2.0).ring(8)
    assert abs(ring.correlator(1).value - 0.0586641082) < 2e-10 and abs(ring.correlator(2).value - 0.0193887715) < 2e-10


# m^2, lambda: <phi^2>, <phi^4>, chi of the lattice of two by two sites
TWO_BY_TWO = [
    (-4.0, 8.0, 0.1714344232, 0.0561695840, 0.4504816415),
    (-4.0, 6.975, 0.1956262102, 0.0711283841, 0.5442096309),
    (1.0, 1.0, 0.1301461272, 0.0459554443, 0.2940850213),
]


@pytest.mark.parametrize(("mass", "coupling", "second", "fourth", "susceptibility"), TWO_BY_TWO)
def test_two_by_two_sites(mass, coupling, second, fourth, susceptibility):
    """A ring of four sites whose bonds are doubled by periodicity; with single bonds (the twin) the values are missed."""
    ring = oracles.transfer_matrix((0, 0, mass, 0, coupling), stiffness=4.0).ring(4)
    found = ring.moment(2), ring.moment(4), ring.susceptibility()
    assert all(abs(one.value - value) < 2e-10 for one, value in zip(found, (second, fourth, susceptibility), strict=True))
    assert all(one.radius < 1e-11 for one in found)
    single = oracles.transfer_matrix((0, 0, mass, 0, coupling), stiffness=2.0).ring(4)
    assert abs(single.moment(2).value - second) > 1e-3


def test_radii_of_chains_hold_for_gaussian_weights():
    """1/(2(m^2 + p^2)) summed over momenta, and the gap of the free chain, 2 asinh(m/2)."""
    mass = 0.6
    chain = oracles.transfer_matrix((0, 0, mass**2), stiffness=2.0)
    for length in (2, 5, 16):
        momenta = 2 * (1 - np.cos(2 * np.pi * np.arange(length) / length))
        exact = float(np.mean(1 / (2 * (mass**2 + momenta))))
        found = chain.ring(length).moment(2)
        assert abs(found.value - exact) <= found.radius < 1e-11
        assert chain.ring(length).susceptibility().agrees_with(1 / (2 * mass**2)).agrees
    gap = chain.gap()
    assert abs(gap.value - 2 * math.asinh(mass / 2)) <= gap.radius < 1e-11
    line = 1 / (2 * mass * math.sqrt(mass**2 + 4))
    assert abs(chain.moment(2).value - line) <= chain.moment(2).radius < 1e-11


def test_a_ring_by_direct_summation():
    """Three sites of a chain without parity, summed over a grid of all three: another rule (Gauss-Hermite)."""
    chain = oracles.transfer_matrix((0, 0.3, 0.5, 0.1, 0.2), stiffness=1.0)
    x, w = np.polynomial.hermite.hermgauss(80)
    a, b, c = np.meshgrid(x, x, x, indexing="ij")
    site = lambda y: np.polynomial.polynomial.polyval(y, (0, 0.3, 0.5, 0.1, 0.2)) - y * y  # noqa: E731
    action = site(a) + site(b) + site(c) + ((a - b) ** 2 + (b - c) ** 2 + (c - a) ** 2) / 2
    weight = np.einsum("i,j,k,ijk->ijk", w, w, w, np.exp(-action))
    exact = {name: float(np.sum(weight * f) / np.sum(weight)) for name, f in (("1", a), ("2", a * a), ("13", a * b**3))}
    ring = chain.ring(3)
    for name, found in (("1", ring.moment(1)), ("2", ring.moment(2)), ("13", ring.correlator(1, (1, 3)))):
        assert abs(found.value - exact[name]) < 1e-9 and found.radius < 1e-10


def test_the_series_of_bender_and_wu():
    series = oracles.perturbation_series((0, 0, 0, 0, 1), 40)
    assert [term.value for term in series[:4]] == [Fraction(1, 2), Fraction(3, 4), Fraction(-21, 8), Fraction(333, 16)]
    assert series[4].value == Fraction(-30885, 128)
    growth = -math.sqrt(6 / math.pi**3) * (-3.0) ** 40 * math.gamma(40.5)  # (-1)^(k+1)
    assert abs(float(series[40].value) / growth - (1 - 95 / (72 * 40))) < 2e-3
    for g in (0.001, 0.002):
        sum_of_three = sum(float(term.value) * g**k for k, term in enumerate(series[:4]))
        gap = oracles.quantum_mechanics((0, 0, 0.5, 0, g), levels=2).energies.value[0] - sum_of_three
        assert abs(gap / (float(series[4].value) * g**4) - 1) < 0.05
    wrong = sum(float(term.value) * 0.001**k for k, term in enumerate([*series[:2], -1 * series[2], series[3]]))  # sabotage twin: a sign
    assert abs(oracles.quantum_mechanics((0, 0, 0.5, 0, 0.001), levels=2).energies.value[0] - wrong) > 1e-6


def test_series_of_other_perturbations():
    """A shift by a linear term is exact at second order; a change of frequency is a square root; x^3 has -11/8 at second order."""
    assert [term.value for term in oracles.perturbation_series((0, 1), 5)] == [Fraction(1, 2), 0, Fraction(-1, 2), 0, 0, 0]
    square = oracles.perturbation_series((0, 0, Fraction(1, 2)), 5, frequency=2)
    exact = [float(special.binom(0.5, k)) * 4.0 ** (0.5 - k) / 2 for k in range(6)]
    assert np.allclose([float(term.value) for term in square], exact, rtol=1e-14)
    assert oracles.perturbation_series((0, 0, 0, 1), 2)[2].value == Fraction(-11, 8)


def test_the_frequency_of_the_best_gaussian():
    for mass, g in ((1.0, 0.25), (-1.0, 0.25), (1.0, 1.0)):
        frequency = oracles.Potential((0, 0, mass / 2, 0, g)).hartree_frequency()
        assert abs(frequency**3 - mass * frequency - 6 * g) < 1e-6


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: oracles.quantum_mechanics((0, 0, 0.5, 0, -0.1)), r"-0.1 x\^4"),
        (lambda: oracles.quantum_mechanics((0, 0, 0.5, 0.2)), r"0.2 x\^3"),
        (lambda: oracles.quantum_mechanics((0, 0, math.nan)), "finite"),
        (lambda: oracles.quantum_mechanics((0, 0, 0.5), levels=0), "levels"),
        (lambda: oracles.quantum_mechanics((0, 0, 0.5), levels=2).thermal_correlator(-1.0, [0.0]), "beta"),
        (lambda: oracles.open_box((0, 0, 0, 0, 0.25), 0.0, 4.0), "mass"),
        (lambda: oracles.open_box((0, 0, 0, 0, 0.25), 1.0, 4.0).correlator([[0.0, 3.0]]), "centred"),
        (lambda: oracles.transfer_matrix((0, 0, 1.0), 0.0), "stiffness"),
        (lambda: oracles.trotter((0, 0, 0.5), 0.1).moment(12), "power"),
        (lambda: oracles.perturbation_series((0, 0.5), 2), "fractions"),
    ],
)
def test_refusals(call, told):
    with pytest.raises(InputError, match=told):
        call()


def test_a_hot_circle_needs_more_levels():
    with pytest.raises(NotConverged, match="ask for more"):
        oracles.quantum_mechanics((0, 0, 0.5), levels=4).partition_function(0.01)


def test_results_carry_their_evidence(strong):
    assert isinstance(strong.energies, cf.evidence.Exact) and "Kato" in strong.energies.reference
    assert isinstance(strong.correlator([0.0]), cf.evidence.Exact)


def test_errors_of_levels_are_in_their_elements():
    """Levels 0 and 1 turned into each other by 1e-4: <0|x|0> moves by twice that times <0|x|1>, to first order, within the bound."""
    system = oracles.quantum_mechanics((0, 0, 0.5, 0, 0.25), levels=6)
    levels, angle = system.levels, 1e-4
    turned, gap = levels.vectors.copy(), float(levels.energies[1] - levels.energies[0])
    turned[:, 0] = math.cos(angle) * levels.vectors[:, 0] + math.sin(angle) * levels.vectors[:, 1]
    turned[:, 1] = math.cos(angle) * levels.vectors[:, 1] - math.sin(angle) * levels.vectors[:, 0]
    away = np.where(np.arange(len(levels.energies)) < 2, angle, 0.0)
    errors = {"distance": levels.distance + away, "residuals": levels.residuals + gap * away, "radius": levels.radius + gap * away**2}
    moved = dataclasses.replace(levels, vectors=turned, **errors)
    value, bound = Elements(system.potential, moved).between(1)
    exact = 2 * angle * float(system.matrix(1).value[0, 1])
    assert abs(abs(value[0, 0]) - abs(exact)) < 1e-7 and np.all(np.abs(value - system.matrix(1).value) <= bound + system.matrix(1).radius)
    assert bound[0, 0] < 1.5 * abs(exact)


def test_the_vacuum_energy_of_an_open_box_is_rounded():
    """m T/2 by rational numbers: its radius holds the rounding of the product."""
    for mass, length in ((0.1, 0.7), (1 / 3, 7.7), (2.3, 11.9)):
        found = oracles.open_box((0, 0, 0, 0, 0.1), mass, length, levels=4)._log_shift
        assert abs(Fraction(mass) * Fraction(length) / 2 - Fraction(float(found.value))) <= Fraction(float(found.radius))
