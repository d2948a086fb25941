"""Lattice fields along the flow: Gaussian ones exactly, interacting ones from Markov chains, distances of clouds."""

import itertools
import math

import mpmath
import numpy as np
import pytest

from certifield.evidence import Exact, InputError, NotConverged
from certifield.fieldtheory import renormalisation as rg
from certifield.fieldtheory.oracles import LatticeScalar, lattice_fields, transfer_matrix

FREE = LatticeScalar((4, 4), 1.0, 0.0, "unhalved")
HEAVY = LatticeScalar((4, 4), 2.5, 0.0, "unhalved")
TWO = LatticeScalar((2, 2), -4.0, 8.0, "unhalved")


@pytest.fixture(scope="module")
def heavy():
    return lattice_fields(HEAVY, chains=256, kept=4, apart=10, warmup=60, steps=8, step=0.12, seed=2)


def test_fields_of_a_run(two):
    assert two.fields.shape == (4, 512, 2, 2) and not two.run.faults
    found = (two.fields**2).mean(axis=(2, 3)).mean(axis=0)
    assert abs(found.mean() - TWO.exact().second.value) < 4.9 * found.std() / math.sqrt(512)
    ends = two.fields[0, :, 0, 0], two.fields[3, :, 0, 0]
    assert abs(np.corrcoef(*ends)[0, 1]) < 0.2  # thirty trajectories apart


def test_real_modes():
    """Orthogonal, their own inverse, and eigenvectors of the action of the lattice."""
    matrix = rg._modes.mode_matrix((3, 4))
    assert np.allclose(matrix @ matrix, np.eye(12), atol=1e-14) and np.allclose(matrix, matrix.T, atol=1e-15)
    lattice = LatticeScalar((3, 4), 0.7, 0.0, "unhalved")
    precision = np.zeros((12, 12))
    for i, j in itertools.product(range(3), range(4)):
        here = 4 * i + j
        precision[here, here] += 2 * 0.7
        for other in (4 * ((i + 1) % 3) + j, 4 * i + (j + 1) % 4):  # S = sum m^2 phi^2 + sum over bonds (phi - phi')^2
            precision[here, here] += 2
            precision[other, other] += 2
            precision[here, other] -= 2
            precision[other, here] -= 2
    q = rg.mode_flow(lattice).spectrum.ravel()
    assert np.allclose(matrix @ np.diag(q) @ matrix, np.linalg.inv(precision), atol=1e-13)


def test_schedules():
    """The same noise for every mode, or the same rate; cdot = 2 r q."""
    heat, alike = rg.mode_flow(FREE), rg.mode_flow(FREE, power=1.0)
    assert np.allclose(2 * heat.rates * heat.spectrum, 2.0) and np.allclose(alike.rates, 1.0)
    assert heat.retained(0.1)[2, 2] < heat.retained(0.1)[0, 0] < heat.retained(0.0)[0, 0] == 1


def test_moved_fields():
    """Variances of the modes after a time, in one step and in two; the reference stays as it is."""
    flow, rng = rg.mode_flow(FREE), np.random.default_rng(3)
    start = rg.mode_flow(HEAVY).spectrum
    n = 40_000
    fields = rg.modes(np.sqrt(start) * rng.standard_normal((n, 4, 4)), 2)
    once, twice = flow.moved(fields, 0.3, seed=4), flow.moved(flow.moved(fields, 0.1, seed=5), 0.2, seed=6)
    expected, error = flow.variances(start, 0.3), math.sqrt(2 / n)
    for moved in (once, twice):
        found = (rg.modes(moved, 2) ** 2).mean(axis=0)
        assert np.all(np.abs(found / expected - 1) < 4.9 * error)
    assert not np.all(np.abs(flow.variances(start, 0.15) / expected - 1) < 4.9 * error)  # sabotage twin: r t in place of 2 r t
    # What is left of a field: its covariance with where it came from.
    kept = (rg.modes(once, 2) * rg.modes(fields, 2)).mean(axis=0) / start
    assert np.all(np.abs(kept - flow.retained(0.3)) < 4.9 * np.sqrt(2 * expected / start / n))
    assert np.allclose(flow.variances(flow.spectrum, 1.0), flow.spectrum)


def test_gaussian_flow_against_high_precision():
    flow, start, times = rg.mode_flow(FREE), rg.mode_flow(HEAVY).spectrum, [0.0, 0.05, 0.4, 3.0]
    found = rg.gaussian_flow(flow, start, times)
    with mpmath.workdps(40):
        for place, time in enumerate(times):
            kl = information = square = mpmath.mpf(0)
            for q, s, r in zip(flow.spectrum.ravel(), start.ravel(), flow.rates.ravel(), strict=True):
                q, s, r = (mpmath.mpf(float(one)) for one in (q, s, r))
                s = q + (s - q) * mpmath.exp(-2 * r * mpmath.mpf(time))
                kl += (s / q - 1 - mpmath.log(s / q)) / 2
                information += r * q * s * (1 / q - 1 / s) ** 2
                square += (mpmath.sqrt(s) - mpmath.sqrt(q)) ** 2
            for one, exact in ((found.divergence, kl), (found.information, information), (found.distance, mpmath.sqrt(square))):
                assert abs(mpmath.mpf(float(one.value[place])) - exact) <= one.radius[place] < 1e-6
    assert np.all(np.diff(found.divergence.value) < 0)
    rest = float(rg.gaussian_distance(start, flow.spectrum).value)
    assert abs(rest - found.distance.value[0] ** 2) < 1e-12


def test_information_is_the_slope_of_relative_entropy():
    flow, start, h = rg.mode_flow(FREE, power=0.4), rg.mode_flow(HEAVY).spectrum, 1e-4
    found = rg.gaussian_flow(flow, start, [0.2 - h, 0.2, 0.2 + h])
    slope = (found.divergence.value[2] - found.divergence.value[0]) / (2 * h)
    assert abs(slope + found.information.value[1]) < 1e-6


@pytest.mark.parametrize("power", [0.0, 1.0])
def test_the_estimator_on_a_gaussian_field(heavy, power):
    """Where all is known: information at every time, relative entropy, and a path that is no shorter than the distance."""
    found = rg.lattice_flow(heavy, FREE, power=power, nodes=8, seed=3).checked()
    exact = rg.gaussian_flow(found.flow, rg.mode_flow(HEAVY).spectrum, found.times)
    assert np.all(found.information.agrees_with(exact.information).agrees)
    assert np.all(found.divergence.agrees_with(exact.divergence).agrees)
    assert float(found.divergence.stderr[0]) < 0.05 * float(found.divergence.mean[0])
    assert not found.divergence[0].agrees_with(2 * exact.divergence[0]).agrees  # sabotage twin
    assert np.all(found.length.mean + 4.9 * found.length.stderr > exact.distance.value)
    assert abs(found.length.mean[0] / exact.distance.value[0] - 1) < 0.15  # nearly a straight path
    assert not rg.mode_variances(heavy)[0, 0].agrees_with(float(found.flow.spectrum[0, 0])).agrees
    assert np.all(rg.mode_variances(heavy).agrees_with(rg.mode_flow(HEAVY).spectrum).agrees)


def exact_entropy(lattice, reference):
    """KL(P|Q) of a ring of four sites with doubled bonds: moments and partition functions by the transfer matrix."""
    logs = []
    for one in (lattice, reference):
        energies = np.asarray(transfer_matrix(one.weight, 2 * one.rules.stiffness).energies(8).value)
        logs.append(float(np.log(np.sum(np.exp(-4 * energies)))))
    second, fourth = (float(one.value) for one in (lattice.exact().second, lattice.exact().fourth))
    mean = 4 * ((lattice.mass_squared - reference.mass_squared) * second + lattice.coupling * fourth)
    return -mean - (logs[0] - logs[1])


@pytest.mark.parametrize("power", [0.0, 1.0])
def test_relative_entropy_of_two_by_two_sites(two, power):
    """The information, integrated over the flow, is the relative entropy that transfer matrices give, and that reweighting gives."""
    reference = rg.matched_reference(two)
    exact = exact_entropy(TWO, reference)
    found = rg.lattice_flow(two, reference, power=power, seed=2).checked()
    assert found.divergence[0].agrees_with(exact).agrees and float(found.divergence.stderr[0]) < 0.03 * exact
    assert not found.divergence[0].agrees_with(1.2 * exact).agrees  # sabotage twin
    assert np.all(found.information.mean > -4.9 * found.information.stderr) and found.information.mean[0] > 15 * found.information.stderr[0]
    assert rg.relative_entropy(two, reference, draws=32768, seed=1).agrees_with(exact).agrees
    # Sandwich of the distance: Gaussian laws of the same variances below, the path and Talagrand's inequality above.
    below = rg.gaussian_distance(rg.mode_variances(two), found.flow.spectrum)
    assert below.mean < found.length.mean[0] ** 2
    assert below.mean < 2 * float(found.flow.spectrum.max()) * exact


def test_too_few_moves_are_seen(two):
    """Sabotage twin: fields of the posterior that are not independent give too much, and the drift says so."""
    found = rg.lattice_flow(two, rg.matched_reference(two), power=1.0, moves=4, step=0.02, steps=1, seed=2)
    exact = exact_entropy(TWO, found.flow.reference)
    assert found.divergence.mean[0] > 2 * exact
    with pytest.raises(NotConverged, match="forgotten"):
        found.checked()
    with pytest.raises(NotConverged, match="acceptance"):
        rg.lattice_flow(two, found.flow.reference, step=3.0, steps=2, nodes=4, seed=2).checked()


def test_clouds_of_gaussian_fields():
    """Matched blocks and slices against closed forms; clouds of one law are at distance 0 once the floor is taken off."""
    rng, n = np.random.default_rng(5), 4096
    first, second = rng.standard_normal((n, 2)), 2 * rng.standard_normal((n, 2))
    matched = rg.matched_distance(first, second, size=128)
    assert 0 < float(matched.floor.mean) < 0.3 * float(matched.square.mean)
    assert 0 < float(matched.square.mean) - 2.0 < float(matched.floor.mean)  # (2 - 1)^2 in two directions, and a bias of finite clouds
    sliced = rg.sliced_distance(first, second, size=128, seed=1)
    assert sliced.square.agrees_with(1.0).agrees or abs(float(sliced.square.mean) - 1) < 0.1
    assert 2 * float(sliced.square.mean) <= float(matched.square.mean) + 4.9 * float(matched.square.stderr)
    same = rg.matched_distance(first, second / 2, size=128)
    assert same.unbiased.agrees_with(0.0).agrees and not same.square.agrees_with(0.0).agrees
    assert float(rg.matched_distance(first, first + 3.0, size=64).square.mean) > 17  # a shift costs its square, 18, in two directions
    assert np.all(matched.square.nominal_stderr > 0)


def test_a_cloud_in_one_dimension_by_sorting():
    rng = np.random.default_rng(6)
    first, second = rng.standard_normal((512, 1)), rng.standard_normal((512, 1)) + 0.5
    matched, sliced = (one(first, second, size=32).square for one in (rg.matched_distance, rg.sliced_distance))
    assert abs(float(matched.mean) - float(sliced.mean)) < 1e-12


def test_gaussian_distance_of_estimates(two):
    variances = rg.mode_variances(two)
    found = rg.gaussian_distance(variances, np.asarray(variances.mean) * 4)
    assert abs(float(found.mean) - float(variances.mean.sum())) < 1e-12
    assert isinstance(rg.gaussian_distance([1.0, 4.0], [4.0, 1.0]), Exact)
    assert rg.gaussian_distance([1.0, 4.0], [4.0, 1.0]).agrees_with(2.0).agrees


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda two: rg.mode_flow(TWO), "free lattice"),
        (lambda two: rg.mode_flow((4, 4)), "reference"),
        (lambda two: rg.modes([[1.0, math.nan]], 1), "fields"),
        (lambda two: rg.modes([[1.0, 2.0]], 3), "dims"),
        (lambda two: rg.mode_flow(FREE, power=math.inf), "power"),
        (lambda two: rg.mode_flow(FREE).moved(np.zeros((3, 2, 2)), 0.1), "fields"),
        (lambda two: rg.mode_flow(FREE).moved(np.zeros((3, 4, 4)), -0.1), "time"),
        (lambda two: rg.mode_flow(FREE).variances(np.zeros((4, 4)), 0.1), "positive"),
        (lambda two: rg.gaussian_flow(rg.mode_flow(FREE), np.ones((2, 2)), [0.0]), "start"),
        (lambda two: rg.gaussian_flow(rg.mode_flow(FREE), np.ones((4, 4)), [-1.0]), "times"),
        (lambda two: rg.gaussian_flow(FREE, np.ones((4, 4)), [0.0]), "mode_flow"),
        (lambda two: rg.lattice_flow(two.fields, FREE), "lattice_fields"),
        (lambda two: rg.lattice_flow(two, FREE), "of shape"),
        (lambda two: rg.lattice_flow(two, LatticeScalar((2, 2), 1.0, 0.0, "halved")), "unhalved"),
        (lambda two: rg.lattice_flow(two, LatticeScalar((2, 2), 1.0, 1.0, "unhalved")), "free lattice"),
        (lambda two: rg.lattice_flow(two, LatticeScalar((2, 2), 1.0, 0.0, "unhalved"), moves=3), "moves"),
        (lambda two: rg.lattice_flow(two, LatticeScalar((2, 2), 1.0, 0.0, "unhalved"), step=0.0), "step"),
        (lambda two: rg.relative_entropy(two, FREE), "of shape"),
        (lambda two: rg.relative_entropy(two, LatticeScalar((2, 2), 1.0, 0.0, "unhalved"), draws=10), "draws"),
        (lambda two: rg.mode_variances(two.fields), "lattice_fields"),
        (lambda two: rg.matched_reference(TWO), "lattice_fields"),
        (lambda two: rg.matched_distance(np.zeros((64, 2)), np.zeros((64, 3))), "one shape"),
        (lambda two: rg.matched_distance(np.zeros((64, 2)), np.zeros((64, 2))), "sixteenth"),
        (lambda two: rg.sliced_distance(np.zeros((64, 2)), np.zeros((64, 2)), size=2, directions=0), "directions"),
        (lambda two: rg.gaussian_distance([1.0], [1.0, 2.0]), "second"),
        (lambda two: rg.gaussian_distance([0.0], [1.0]), "positive"),
        (lambda two: lattice_fields(TWO, chains=2), "8 chains"),
        (lambda two: lattice_fields(TWO, kept=0), "kept"),
        (lambda two: lattice_fields("2x2"), "lattice"),
    ],
)
def test_bad_input(two, call, told):
    with pytest.raises(InputError, match=told):
        call(two)


def test_a_reference_without_overlap(two):
    with pytest.raises(NotConverged, match="effective"):
        rg.relative_entropy(two, LatticeScalar((2, 2), 1e-4, 0.0, "unhalved"), draws=1024)


@pytest.mark.slow
def test_eight_by_eight_sites():
    """L = 8, lambda = 8: relative entropy falls along the flow, its two routes agree, and the variances are published ones."""
    lattice = LatticeScalar((8, 8), -4.0, 8.0, "unhalved")
    fields = lattice_fields(lattice, chains=512, kept=4, apart=20, warmup=200, steps=8, step=0.1, seed=7)
    fields.run.checked()
    variances = rg.mode_variances(fields)
    assert fields.run.observables.second.agrees_with(0.143449).agrees
    assert abs(float(variances.mean.mean()) - 0.143449) < 4.9 * 4e-4
    reference = rg.matched_reference(fields)
    for power in (0.0, 1.0):
        found = rg.lattice_flow(fields, reference, power=power, seed=8).checked()
        assert np.all(found.information.mean > -4.9 * found.information.stderr)
        steps = found.divergence.mean[:-1] - found.divergence.mean[1:]
        assert np.all(steps > -4.9 * np.hypot(found.divergence.stderr[:-1], found.divergence.stderr[1:]))
        assert rg.gaussian_distance(variances, found.flow.spectrum).mean < found.length.mean[0] ** 2
