"""Spectra from correlators: the tables of lambda = 6 and of networks on an Ornstein-Uhlenbeck process."""

import math

import numpy as np
import pytest
from scipy import integrate

from certifield.evidence import Estimate, Exact, InputError
from certifield.fieldtheory import oracles, spectrum

GAPS = (1.40503913, 4.93665011, 9.08822085)


@pytest.fixture(scope="module")
def strong():
    return oracles.quantum_mechanics((0, 0, 0.5, 0, 0.25))


def test_the_generalised_eigenvalues_of_the_table(strong):
    """{x, x^3, x^5} at (1, 1.2); exact energies; the first two to 1e-5; never below the truth."""
    found = spectrum.reconstruct(spectrum.correlation_matrix(strong, (1, 3, 5), [1.0, 1.2]), [1.0, 1.2], reference=1.0, time=1.2)
    assert isinstance(found.gaps, Exact) and found.kept == 3 and not found.dropped
    assert np.all(np.abs(found.gaps.value - (1.40503913, 4.93665035, 9.0899041)) < [2e-8, 2e-8, 2e-7])
    exact = strong.gaps.value[::2][:3]
    assert np.all(np.abs(exact - GAPS) < 1e-8)
    assert np.all(found.gaps.value + found.gaps.radius >= exact)
    assert np.all(np.abs(found.gaps.value[:2] - exact[:2]) < 1e-5)
    wrong = strong.correlator([1.0, 1.2])  # sabotage twin: not what x alone shows at these times
    assert abs(float(spectrum.effective_mass(wrong, 0.2).value[0]) - GAPS[0]) > 1e-5


def test_effective_masses_of_the_table(strong):
    for t, value in ((0.5, 1.4056213), (1.0, 1.4051387), (2.0, 1.4050420)):
        found = spectrum.effective_mass(strong.correlator([t, t + 0.1]), 0.1)
        assert abs(found.value[0] - value) < 6e-8 and found.radius[0] < 1e-9
    circle = strong.thermal_correlator(8.0, [3.4, 3.5, 3.6])
    open_end, periodic = spectrum.effective_mass(circle, 0.1), spectrum.effective_mass(circle, 0.1, periodic=True)
    assert abs(periodic.value[0] - GAPS[0]) < 1e-3 and abs(open_end.value[0] - GAPS[0]) > 0.1


# the table of networks on OU, m = 1: n -> c_n^2
TANH = {1: 0.26377305, 3: 0.00878205, 5: 0.00093185, 7: 0.00014905}
TANH3 = {1: 0.54169730, 3: 0.06612465, 5: 0.02209911, 7: 0.00989119}


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (spectrum.tanh(), TANH),
        (spectrum.tanh(3.0), TANH3),
        (spectrum.sine(), {n: math.exp(-0.5) * 2.0**-n / math.factorial(n) for n in (1, 3, 5)} | {2: 0.0}),
        (spectrum.polynomial((0, 0, 0, 1)), {0: 0.0, 1: 9 / 8, 2: 0.0, 3: 3 / 4, 4: 0.0}),
        (spectrum.relu(), {0: 1 / (4 * math.pi), 1: 1 / 8, 2: 1 / (8 * math.pi), 3: 0.0}),
        (spectrum.exponential(), {n: math.exp(0.5) * 2.0**-n / math.factorial(n) for n in (0, 1, 4)}),
    ],
    ids=lambda value: value.name if isinstance(value, spectrum.Pointwise) else "",
)
def test_networks_on_a_process(function, expected):
    found = spectrum.hermite_coefficients(function, 1.0, 8)
    squares = found**2
    assert isinstance(found, Exact) and np.all(squares.radius < 1e-11)
    assert all(abs(squares.value[n] - value) < 2e-8 for n, value in expected.items())
    plain = spectrum.Pointwise(function.name, function.function, breaks=function.breaks)
    other = spectrum.hermite_coefficients(plain, 1.0, 8)  # another rule, which claims no error bar
    assert isinstance(other, Estimate) and other.bias == "unknown" and np.max(np.abs(other.mean - found.value)) < 1e-10


@pytest.mark.parametrize("function", [spectrum.relu(), spectrum.sine(1.3), spectrum.exponential(0.7), spectrum.polynomial((0.5, 0, 1, -2))])
def test_mean_squares_by_quadrature(function):
    """E[f^2] for x of standard deviation 0.8, which bounds the terms that a correlator leaves out."""
    sigma = 0.8
    x = np.linspace(-12 * sigma, 12 * sigma, 200_001)
    density = np.exp(-(x**2) / (2 * sigma**2)) / (sigma * math.sqrt(2 * math.pi))
    value, radius = function.square(sigma)
    assert abs(np.sum(function.function(x) ** 2 * density) * (x[1] - x[0]) / value - 1) < 1e-7 and 0 < radius < 1e-12 * value


def test_hermite_nodes_are_wrong_at_the_kink():
    """Sabotage twin: Gauss-Hermite integration of ReLU is off by parts in a thousand."""
    x, w = np.polynomial.hermite.hermgauss(64)
    naive = float(np.sum(w * np.maximum(x, 0.0)) / math.sqrt(math.pi)) ** 2
    assert 1e-4 < abs(naive / spectrum.hermite_coefficients(spectrum.relu(), 1.0, 1).value[0] ** 2 - 1) < 2e-2


def test_the_correlator_of_a_network_by_a_double_integral():
    function, t, m = spectrum.tanh(2.0), 0.7, 1.3
    found = spectrum.pointwise_correlator(function, m, [0.0, t])
    sigma, rho = math.sqrt(1 / (2 * m)), math.exp(-m * t)
    x, w = np.polynomial.hermite_e.hermegauss(120)
    w = w / math.sqrt(2 * math.pi)
    inner = np.tanh(2 * sigma * (rho * x[:, None] + math.sqrt(1 - rho**2) * x[None, :])) @ w
    assert abs(found.value[1] - float(np.sum(w * np.tanh(2 * sigma * x) * inner))) < 1e-9
    square = integrate.quad(lambda y: np.tanh(2 * sigma * y) ** 2 * math.exp(-y * y / 2) / math.sqrt(2 * math.pi), -12, 12)[0]
    assert abs(found.value[0] - square) <= found.radius[0] + 1e-9
    quick = spectrum.pointwise_correlator(function, m, [t], connected=True)
    assert abs(quick.value[0] - found.value[1]) < 1e-12  # odd: no vacuum part


def test_odd_networks_show_one_three_five():
    """{tanh x, tanh 3x, x^3}: the levels of the oscillator, exactly as t grows, though no network is one."""
    chosen = [spectrum.hermite_coefficients(f, 1.0, 60) for f in (spectrum.tanh(), spectrum.tanh(3.0), spectrum.polynomial((0, 0, 0, 1)))]
    table, n = np.array([one.value for one in chosen]), np.arange(60)
    matrices = np.array([(table * np.exp(-n * t)) @ table.T for t in (2.0, 2.4)])
    found = spectrum.reconstruct(Exact(matrices, radius=1e-14), [2.0, 2.4], reference=2.0, time=2.4)
    assert np.all(np.abs(found.gaps.value - (1, 3, 5)) < (1e-6, 1e-5, 0.03)) and np.all(found.gaps.value > (1, 3, 5))


def ornstein_uhlenbeck(blocks, steps, spacing, seed):
    rng = np.random.default_rng(seed)
    x = np.empty((blocks, steps))
    x[:, 0] = rng.normal(size=blocks) * math.sqrt(0.5)
    for k in range(1, steps):
        x[:, k] = math.exp(-spacing) * x[:, k - 1] + math.sqrt((1 - math.exp(-2 * spacing)) / 2) * rng.normal(size=blocks)
    return x


def sampled(operators, lags, blocks=40, steps=6000, seed=3):
    values = np.stack(np.broadcast_arrays(*operators(ornstein_uhlenbeck(blocks, steps, 0.1, seed))), axis=-1)
    found = [np.einsum("bti,btj->bij", values[:, lag:], values[:, : steps - lag]) / (steps - lag) for lag in lags]
    return np.stack(found, axis=1), values.mean(axis=1)


def test_sampled_networks_within_their_jackknife_errors():
    blocks, means = sampled(lambda x: (np.tanh(x), x**3), (3, 6))
    found = spectrum.reconstruct(blocks, [0.3, 0.6], reference=0.3, time=0.6, vacuum=means)
    assert isinstance(found.gaps, Estimate) and found.kept == 2 and found.gaps.blocks == 40
    pull = (found.gaps.mean - [1.0, 3.0]) / found.gaps.stderr
    assert np.all(np.abs(pull) < 4.9) and np.all(found.gaps.stderr < [0.1, 0.5])
    assert not found.gaps.agrees_with(np.array([2.0, 6.0])).agrees.any()


def test_the_vacuum_is_subtracted():
    """x + 3 has a constant: without its subtraction the lowest 'energy' is that of the vacuum, zero (the twin)."""
    blocks, means = sampled(lambda x: (x + 3,), (3, 6), steps=3000)
    with_vacuum = spectrum.reconstruct(blocks, [0.3, 0.6], reference=0.3, time=0.6, vacuum=means)
    without = spectrum.reconstruct(blocks, [0.3, 0.6], reference=0.3, time=0.6)
    assert abs(float(with_vacuum.gaps.mean[0]) - 1) < 5 * float(with_vacuum.gaps.stderr[0]) + 0.05
    assert abs(float(without.gaps.mean[0])) < 0.05


def test_directions_in_the_noise_are_dropped_and_reported():
    blocks, means = sampled(lambda x: (x, 2 * x, x**3), (3, 6), steps=1500)
    found = spectrum.reconstruct(blocks, [0.3, 0.6], reference=0.3, time=0.6, vacuum=means)
    assert found.kept == 2 and len(found.dropped) == 1 and abs(found.dropped[0][0]) < 1e-10
    twice = Exact(np.stack([np.ones((2, 2)), np.full((2, 2), 0.5)]), radius=1e-12)
    same = spectrum.reconstruct(twice, [1, 2], reference=1, time=2)
    assert same.kept == 1 and len(same.dropped) == 1 and abs(same.gaps.value[0] - math.log(2)) < 1e-9


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: spectrum.reconstruct(np.zeros((4, 2, 1, 1)), [1, 2], reference=1, time=2), "blocks"),
        (lambda: spectrum.reconstruct(np.ones((9, 2, 1, 1)), [1, 2], reference=2, time=1), "reference"),
        (lambda: spectrum.reconstruct(np.full((9, 2, 1, 1), np.nan), [1, 2], reference=1, time=2), "finite"),
        (lambda: spectrum.reconstruct(-np.ones((9, 2, 1, 1)), [1, 2], reference=1, time=2), "positive on the diagonal"),
        (lambda: spectrum.effective_mass(Exact(np.ones(2)), 1.0, periodic=True), "T >= 3"),
        (lambda: spectrum.hermite_coefficients(spectrum.tanh(), -1.0, 3), "mass"),
        (lambda: spectrum.tanh(0.0), "slope"),
        (lambda: spectrum.pointwise_correlator(spectrum.Pointwise("own", np.sin), 1.0, [0.0]), "closed form"),
    ],
)
def test_refusals(call, told):
    with pytest.raises(InputError, match=told):
        call()
