"""Interacting fields against quantum mechanics in an open box (table 3.4), exact quadrature on a 2x2 torus (table 3.7), and themselves."""

import math

import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

import certifield as cf
from certifield.fieldtheory.interacting import _chains, _reweighting, _spacing, _tempering

net, theory = cf.ensembles, cf.fieldtheory
POINTS = np.array([[0.0], [0.5], [1.0], [1.5]])
LINE = theory.open_box(4.0, 0.2)
PAIRS = [[0, 0], [0, 1], [0, 2], [3, 3]]
# coupling: Z, then the correlators at PAIRS, m = 1, T = 4
OPEN = {
    1.0: (0.8937941, [0.453280, 0.261275, 0.150949, 0.459695]),
    6.0: (0.6066961, [0.355068, 0.175907, 0.087577, 0.366402]),
    24.0: (0.2796097, [0.257172, 0.097629, 0.037219, 0.264855]),
}
ESS = {1.0: [0.98266, 0.96445, 0.92902], 24.0: [0.52439, 0.28100, 0.08069]}  # at T = 4, 8, 16


@pytest.fixture(scope="module")
def fields():
    """Continuum networks at three widths in one box: Cauchy momenta, unit amplitudes."""
    box = theory.open_box(4.0, 0.05)
    return {(n, g): theory.interacting_field(theory.free_field(1, 1.0, n), theory.quartic(g), box) for n in (8, 16, 32) for g in OPEN}


@pytest.mark.filterwarnings("ignore:S_int changes")
@pytest.mark.parametrize("coupling", [pytest.param(1.0, marks=pytest.mark.slow), 6.0, pytest.param(24.0, marks=pytest.mark.slow)])
def test_reweighting_extrapolated_in_the_width(fields, coupling):
    """Within errors of quantum mechanics at every point; the free field, the half and the quartic of the other sign are sabotage twins."""
    found = {n: theory.reweighted(fields[n, coupling], POINTS, PAIRS, draws=20_000, seed=n) for n in (8, 16, 32)}
    for one in found.values():
        assert abs(one.ess / one.predicted_ess - 1) < 0.05 and one.heaviest < 0.05
        drawn = np.linalg.norm(next(iter(one.values.deviations.values())), axis=0)
        assert np.max(np.abs(one.shift.mean)) / 3 < np.max(drawn) / 2  # the rule is of second order: a third remains
    line = theory.width_limit({n: one.values for n, one in found.items()})
    exact = np.array(OPEN[coupling][1])
    times = [[float(POINTS[place, 0]) for place in pair] for pair in PAIRS]
    assert np.max(np.abs(theory.oracles.open_box((0, 0, 0, 0, coupling / 24), 1.0, 4.0).correlator(times).value - exact)) < 1e-6
    assert np.all(line.limit.agrees_with(exact).agrees) and np.all(line.p_value > 1e-6)
    assert not np.any(line.limit.agrees_with(exact / 2).agrees)
    assert not line.limit[0].agrees_with(0.5).agrees
    assert line.dof == 1 and line.widths == (8, 16, 32)


@pytest.mark.filterwarnings("ignore:S_int changes")
def test_the_partition_function_and_the_effective_draws(fields):
    """Z(V)/Z(0) and ESS = Z(lambda)^2/Z(2 lambda) at infinite width, to the accuracy of N = 32."""
    found = theory.reweighted(fields[32, 6.0], POINTS, PAIRS, draws=20_000, seed=3)
    assert abs(float(found.partition.mean) - OPEN[6.0][0]) < 4.9 * float(found.partition.stderr) + 0.02
    oracle = theory.oracles.reweighting_efficiency((0, 0, 0, 0, 0.25), 1.0, 4.0)
    assert abs(float(oracle.value) - 0.83360) < 1e-5 and abs(found.ess - float(oracle.value)) < 0.02


def test_the_effective_draws_are_foretold_by_volume():
    """From boxes in which they can be measured; refused with the prediction at lambda = 24, T = 64 (5e-5 at infinite width)."""
    free = theory.free_field(1, 1.0, 64)
    long = theory.interacting_field(free, theory.quartic(24.0), theory.open_box(64.0, 0.25))
    foretold = theory.foretell_ess(long)
    assert 5e-6 < foretold.ess < 5e-4 and len(foretold.volumes) >= 2
    with pytest.raises(cf.evidence.NotConverged, match=r"predicted: \d\.?\d*e-05"):
        theory.reweighted(long, POINTS, PAIRS)
    short = theory.interacting_field(free, theory.quartic(24.0), theory.open_box(4.0, 0.25))
    assert abs(theory.foretell_ess(short).ess - ESS[24.0][0]) < 0.08


def two_by_two(mass2=-4.0, coupling=8.0, about=1.0):
    """The 2x2 torus of the unhalved action in the halved convention: phi_h = sqrt(2) phi, lambda_h = 6 lambda, about a free mass."""
    box = theory.periodic_box(net.propagator(2, about), 2.0, sites=2)
    potential = theory.polynomial({2: (mass2 - about**2) / 2, 4: 6 * coupling / 24})
    return theory.interacting_field(box.ensemble, potential, theory.torus(box)), box


SITES = [[0, 0], [0, 0, 0, 0]]
EXACT_TORUS = np.array([2 * 0.1714344232, 4 * 0.0561695840])


def test_the_two_by_two_torus_by_reweighting_and_tempering():
    field, box = two_by_two()
    two, four = (theory.reweighted(field, box.sites, [row], draws=60_000, seed=4).values for row in SITES)
    assert two.agrees_with(EXACT_TORUS[0]).agrees.all() and four.agrees_with(EXACT_TORUS[1]).agrees.all()
    assert not two.agrees_with(EXACT_TORUS[0] / 2).agrees.any()  # the other convention is a sabotage twin
    pytest.importorskip("blackjax")
    field, box = two_by_two(about=0.4)  # far enough for a ladder
    found = theory.tempered(field, box.sites, SITES[:1], particles=128, runs=16, moves=5, seed=1)
    assert found.values.agrees_with(EXACT_TORUS[:1]).agrees.all() and not found.values.agrees_with(EXACT_TORUS[:1] / 2).agrees.any()
    mean = theory.reweighted(field, box.sites, SITES[:1], draws=60_000, seed=5).partition
    assert abs(float(found.log_partition.mean) - math.log(float(mean.mean))) < 4.9 * float(found.log_partition.stderr) + 0.02
    assert found.betas[0] == 0 and found.betas[-1] == 1 and np.all(np.diff(found.betas) > 0)
    assert len(found.betas) > 2 and 0 < found.acceptance < 1


@pytest.mark.parametrize("where", ["modes", pytest.param("parameters", marks=pytest.mark.slow)])
def test_chains(where, fields):
    """In mode space against the 2x2 row; in the parameters of a network against its own reweighting."""
    pytest.importorskip("blackjax")
    if where == "modes":
        field, box = two_by_two()
        found = theory.chains(field, box.sites, SITES[:1], number=8, draws=1000, warmup=200, steps=4, seed=2)
        assert found.values.agrees_with(EXACT_TORUS[:1]).agrees.all() and not found.values.agrees_with(EXACT_TORUS[:1] / 2).agrees.any()
        spread = math.sqrt(EXACT_TORUS[1] - EXACT_TORUS[0] ** 2)  # of phi^2: its error is that over the root of the effective draws
        assert abs(float(found.values.stderr[0]) * math.sqrt(found.ess) / spread - 1) < 0.15
    else:
        field = theory.interacting_field(theory.free_field(1, 1.0, 4, cutoff=5.0), theory.quartic(6.0), theory.open_box(2.0, 0.125))
        found = theory.chains(field, POINTS[:2], PAIRS[:2], number=8, draws=1000, warmup=200, steps=4, seed=2)
        plain = theory.reweighted(field, POINTS[:2], PAIRS[:2], draws=60_000, seed=6)
        assert found.values.agrees_with(plain.values, independent=True).agrees.all()
        free = cf.correlators.exact(field.free, POINTS[:2], indices=PAIRS[:2])
        assert not found.values.agrees_with(free).agrees.any()
        ladder = theory.tempered(field, POINTS[:2], PAIRS[:2], particles=512, moves=5, seed=2)
        assert ladder.values.agrees_with(plain.values, independent=True).agrees.all()
        for other in (found, ladder):  # the quadrature is in the bars of every sampler, and moves their values alike
            assert 0 < other.halving < 0.1 and len(other.values.sources & plain.values.sources) == 1
            assert other.shift.agrees_with(plain.shift, independent=True).agrees.all()
            assert not other.shift.agrees_with(-plain.shift, independent=True).agrees.any()
    assert found.r_hat < 1.01 and found.ess > 400 and 0 < found.redraws < 1
    assert found.energy.agrees_with(1.0).agrees and found.schwinger_dyson.agrees_with(1.0).agrees


@pytest.mark.parametrize("where", ["modes", pytest.param("parameters", marks=pytest.mark.slow)])
def test_no_u_turn(where, fields):
    """NUTS in mode space against the 2x2 row, in the parameters of a network against its own reweighting."""
    pytest.importorskip("blackjax")
    if where == "modes":
        field, box = two_by_two()
        found = theory.chains(field, box.sites, lambda phi: phi[..., :1] ** 2, draws=400, warmup=200, walk="nuts", seed=3)
        assert found.values.agrees_with(EXACT_TORUS[:1]).agrees.all() and not found.values.agrees_with(EXACT_TORUS[:1] / 2).agrees.any()
    else:
        field = theory.interacting_field(theory.free_field(1, 1.0, 4, cutoff=5.0), theory.quartic(6.0), theory.open_box(2.0, 0.125))
        found = theory.chains(field, POINTS[:2], PAIRS[:2], draws=1000, warmup=300, walk="nuts", seed=3)
        plain = theory.reweighted(field, POINTS[:2], PAIRS[:2], draws=60_000, seed=6)
        assert found.values.agrees_with(plain.values, independent=True).agrees.all()
    assert found.energy is None and found.schwinger_dyson.agrees_with(1.0).agrees and "NUTS" in str(found.values)


def test_functions_of_the_field_are_measured_like_products():
    field, box = two_by_two()
    table, function = (theory.reweighted(field, box.sites, what, draws=2000, seed=4).values for what in (
        [[0, 1], [2, 2]], lambda phi: np.stack([phi[..., 0] * phi[..., 1], phi[..., 2] ** 2], axis=-1)))  # fmt: skip
    assert np.array_equal(table.mean, function.mean) and np.array_equal(table.stderr, function.stderr)
    for wrong in (lambda phi: phi.mean(), lambda phi: phi[0], lambda phi: phi[..., :0]):
        with pytest.raises(cf.evidence.InputError, match="a function of fields"):
            theory.reweighted(field, box.sites, wrong)


def test_a_moment_of_one_mode_by_quadrature():
    """One site: the integral of phi^2 exp(-phi^2/2 - g phi^4) is known; a function of phi is as good as coefficients."""
    box = theory.periodic_box(net.propagator(1, 1.0), 2.0, sites=2)
    field = theory.interacting_field(box.ensemble, lambda phi: 0.1 * phi**4, theory.torus(box))
    same = theory.interacting_field(box.ensemble, {4: 0.1}, theory.torus(box))
    found, other = (theory.reweighted(one, box.sites, [[0, 0]], draws=20_000, seed=7).values for one in (field, same))
    assert abs(float(found.mean[0] - other.mean[0])) < 1e-5
    grid = np.linspace(-6, 6, 401)
    a, b = np.meshgrid(grid, grid, indexing="ij")  # two sites: (m^2 + 2)/2 (a^2 + b^2) - 2 a b, m = 1, both bonds
    weight = np.exp(-(a**2 + b**2) / 2 - (a - b) ** 2 - 0.1 * (a**4 + b**4))
    assert found.agrees_with(np.array([np.sum(weight * a**2) / weight.sum()])).agrees.all()


def test_the_error_bars_cover():
    """Twenty independent repetitions of a small measurement: pulls of unit variance, within a chi-squared of p = 1e-6 on either side."""
    box = theory.periodic_box(net.propagator(1, 1.0), 2.0, sites=2)
    field = theory.interacting_field(box.ensemble, {4: 0.1}, theory.torus(box))
    grid = np.linspace(-6, 6, 401)
    a, b = np.meshgrid(grid, grid, indexing="ij")
    weight = np.exp(-(a**2 + b**2) / 2 - (a - b) ** 2 - 0.1 * (a**4 + b**4))
    exact = np.sum(weight * a**2) / weight.sum()
    values = [theory.reweighted(field, box.sites, [[0, 0]], draws=4096, seed=seed).values for seed in range(20)]
    pulls = np.array([float((one.mean[0] - exact) / one.stderr[0]) for one in values])
    assert 3.0 < np.sum(pulls**2) < 62.0  # chi-squared with 20 degrees of freedom
    halved = np.sum((2 * pulls) ** 2)  # sabotage twin: bars of half the size
    assert halved > 2 * np.sum(pulls**2)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:S_int changes")
@pytest.mark.parametrize("coupling", [1.0, 6.0, 24.0])
def test_the_error_bars_of_the_limit_cover(fields, coupling):
    """Twenty-four extrapolations to infinite width in the open box, against quantum mechanics at every point: squared pulls add up to a
    chi-squared of 24 degrees of freedom, within p = 1e-6 on either side; bars of a third of the size would not."""
    pulls = []
    for seed in range(24):
        found = {n: theory.reweighted(fields[n, coupling], POINTS, PAIRS, draws=2048, seed=1000 * seed + n).values for n in (8, 16, 32)}
        limit = theory.width_limit(found).limit
        pulls.append((limit.mean - OPEN[coupling][1]) / limit.stderr)
    total = np.sum(np.square(pulls), axis=0)
    low, high = stats.chi2.ppf(1e-6, 24), stats.chi2.isf(1e-6, 24)
    assert np.all((low < total) & (total < high)) and np.all(9 * total > high), total
    inside = np.mean(np.abs(pulls) < 1)
    assert abs(inside - 0.683) < 4.9 * math.sqrt(0.683 * 0.317 / 48)  # four correlated points count as two


@pytest.mark.filterwarnings("ignore:S_int changes")
def test_the_choice_by_a_pilot(fields):
    assert isinstance(theory.measure(fields[8, 1.0], POINTS, PAIRS, draws=2000), theory.Reweighted)


def test_weights_that_turn_out_worse_are_refused(monkeypatch):
    """Two sites far from the free field: the pilot says so; and where it were wrong, one draw has much of the weight, or few are effective,
    and no mean is printed without a warning."""
    box = theory.periodic_box(net.propagator(1, 1.0), 2.0, sites=2)
    steep = theory.interacting_field(box.ensemble, {2: -30.0, 4: 1.5}, theory.torus(box))
    with pytest.raises(cf.evidence.NotConverged, match=r"predicted: .* of the draws would be effective"):
        theory.reweighted(steep, box.sites, [[0, 0]], draws=2000)
    monkeypatch.setattr(_reweighting, "foretell_ess", lambda field, seed: theory.Foretold(0.5, np.ones(1), np.ones(1)))
    found = theory.reweighted(steep, box.sites, [[0, 0]], draws=2000)
    assert found.heaviest > 0.05 and found.ess < 0.01 and np.all(found.values.refused) and np.all(np.isinf(found.values.stderr))
    assert "tempered" in str(found.values.diagnostics) and np.all(found.partition.refused)
    assert abs(np.mean(np.exp(found.log_weights)) - 1) < 1e-9
    with pytest.raises(cf.evidence.InputError, match="add a constant to V"):
        theory.reweighted(theory.interacting_field(box.ensemble, {2: -60.0, 4: 1.5}, theory.torus(box)), box.sites, [[0, 0]], draws=2000)


def test_a_coarse_quadrature_is_refused_or_warned_of(monkeypatch):
    """S_int by every second node against all: with a cutoff a refusal, without one a warning, as some momentum is beyond any spacing.

    The first draws suffice for the refusal, of chains and particles too, before they start.
    """
    coarse = theory.open_box(4.0, 0.07)
    flat = net.random_waves(net.Spectrum(1, lambda k: 0.05 * jnp.ones_like(k), 20.0), 2)
    with_cutoff = theory.interacting_field(flat, theory.quartic(24.0), coarse)
    with pytest.raises(cf.evidence.NotConverged, match=r"S_int changes by .* on doubling the spacing"):
        theory.reweighted(with_cutoff, [[0.0]], [[0, 0]], draws=2000)
    without = theory.interacting_field(theory.free_field(1, 1.0, 2), theory.quartic(24.0), coarse)
    with pytest.warns(UserWarning, match="momenta have no bound here"):
        found = theory.reweighted(without, [[0.0]], [[0, 0]], draws=2000)
    assert found.halving > 0.1 and found.shift is not None
    assert f"doubling the spacing changes S_int by {found.halving:.2g}" in str(found) and str(found.shift) in str(found)
    for module, late in ((_reweighting, "doubled"), (_tempering, "_programs"), (_chains, "_program")):
        monkeypatch.setattr(module, late, lambda *_: pytest.fail("too late"))
    pytest.importorskip("blackjax")
    for sampler in (theory.reweighted, theory.tempered, theory.chains):
        with pytest.raises(cf.evidence.NotConverged, match="halve the spacing"):
            sampler(with_cutoff, [[0.0]], [[0, 0]])


def test_the_quadrature_is_in_the_error_bars():
    """The shift is what a box of twice the spacing gives with the same draws; all of it is in the bars of the values and of Z, common to
    all seeds; and it is more than what remains, which a much finer box tells."""
    at = lambda spacing: theory.interacting_field(flat, theory.quartic(24.0), theory.open_box(2.0, spacing))  # noqa: E731
    flat = net.random_waves(net.Spectrum(1, lambda k: 0.3 * jnp.ones_like(k), 3.0), 8)
    twice, found, fine = (theory.reweighted(at(h), POINTS[:2], PAIRS[:2], draws=4000, seed=3) for h in (0.1, 0.05, 0.0125))
    assert np.allclose(found.shift.mean, twice.values.mean - found.values.mean, rtol=0, atol=1e-6)
    gain = float(twice.partition.mean - found.partition.mean)
    (drawn, shift), (plain, moved) = (list(one.deviations.values()) for one in (found.values, found.partition))
    assert np.allclose(shift, found.shift.mean) and abs(float(moved[0]) - gain) < 1e-6
    assert np.allclose(found.values.stderr**2, np.sum(drawn**2, axis=0) + found.shift.mean**2)
    assert abs(float(found.partition.stderr) ** 2 - np.sum(plain**2) - gain**2) < 1e-9 and found.partition.bias == "unknown"
    left = np.abs(found.values.mean - fine.values.mean)
    assert np.all(left < np.abs(found.shift.mean)) and np.all(left > np.abs(found.shift.mean) / 6)  # a third, of second order
    other = theory.reweighted(at(0.05), POINTS[:2], PAIRS[:2], draws=4000, seed=4).values
    gap = cf.evidence.propagate(np.subtract, found.values, other, independent=True)
    assert np.all(gap.stderr**2 < 1.3 * (np.sum(drawn**2, axis=0) + np.linalg.norm(next(iter(other.deviations.values())), axis=0) ** 2))
    lattice, box = two_by_two()
    there = theory.reweighted(lattice, box.sites, SITES[:1], draws=1000)
    assert there.shift is None and len(there.values.sources) == 1 and there.partition.bias == "none"


def test_draws_at_twice_the_spacing():
    """Normal draws with S' - S = x^2/2 twice the weight's: the variance falls from 1/2 to 1/3, Z by sqrt(2/3); a box of bounded momenta
    refuses such a change."""
    field = theory.interacting_field(theory.free_field(1, 1.0, 4), theory.quartic(1.0), LINE)
    x = np.random.default_rng(5).normal(size=200_000)
    with pytest.warns(UserWarning, match="read the shift"):
        found = _spacing.doubled(field, x[:, None] ** 2, -(x**2) / 2, -(x**2) / 2, 100)
    like = cf.evidence.Estimate([0.5], {"draws": np.zeros((100, 1))}, 100, 100, 0, "draws", "float64")
    assert found.estimate(like).agrees_with(1 / 3 - 1 / 2).agrees and not found.estimate(like).agrees_with(1 / 3 - 1).agrees
    assert 1e-4 < found.estimate(like).stderr[0] < 2e-3 and found.estimate(like).sources == {"draws"}
    assert abs(found.gain - (math.sqrt(2 / 3) - 1)) < 3e-3 and abs(found.halving - math.log(2) / 2) < 0.01  # of draws above the mean weight
    bounded = theory.interacting_field(theory.free_field(1, 1.0, 4, cutoff=5.0), theory.quartic(1.0), LINE)
    with pytest.raises(cf.evidence.NotConverged, match="halve the spacing"):
        _spacing.doubled(bounded, x[:, None] ** 2, -(x**2) / 2, -(x**2) / 2, 100)


def test_weights_are_summed_in_64_bits():
    field, box = two_by_two()
    assert "float64 weights" in theory.reweighted(field, box.sites, [[0, 0]], draws=1000).values.precision


@pytest.mark.parametrize(("r_hat", "acceptance", "divergent", "energy", "told"), [
    (1.02, 0.8, 0, 1.0, "R-hat is 1.020"),
    (math.nan, 0.8, 0, 1.0, "R-hat"),
    (1.001, 0.3, 0, 1.0, "only 0.3 of the trajectories"),
    (1.001, 0.8, 4, 1.0, "4 of 3999 trajectories diverge"),
    (1.001, 0.8, 0, 1.05, "exp.-dH. is 1.050"),
])  # fmt: skip
def test_chains_that_are_not_believed(r_hat, acceptance, divergent, energy, told):
    checks = {"exp(-dH)": cf.evidence.Estimate.from_stderr(energy, 0.01, source=told)}
    with pytest.raises(cf.evidence.NotConverged, match=told):
        _chains._believed(r_hat, acceptance, divergent, 3999, checks)
    sound = {"exp(-dH)": cf.evidence.Estimate.from_stderr(1.01, 0.01, source="sound")}
    _chains._believed(1.001, 0.8, 0, 3999, sound)
    _chains._believed(1.001, 0.8, 4, 4000, sound)  # one in a thousand is no fault: it was rejected, and the record says so


@pytest.mark.parametrize("divergent", [0, 1])
def test_divergent_trajectories_are_in_the_record(monkeypatch, divergent):
    pytest.importorskip("blackjax")
    field, box = two_by_two()
    plain = _chains._program
    # The chains that other tests have compiled, one of whose trajectories is said to have been divergent.
    told = lambda *asked: lambda keys: (*(run := plain(*asked)(keys))[:-1], run[-1].at[3, 7].set(bool(divergent)))  # noqa: E731
    monkeypatch.setattr(_chains, "_program", told)
    found = theory.chains(field, box.sites, SITES[:1], number=8, draws=1000, warmup=200, steps=4, seed=2)
    assert found.divergent == divergent and found.shift is None
    assert found.values.diagnostics.get("warnings", []) == ["1 of 8000 trajectories diverge, and were rejected"] * divergent


@pytest.mark.slow
def test_the_error_bars_of_chains_cover():
    """Sixty runs against the 2x2 row: squared pulls within p = 1e-6 of a chi-squared; bars of twice or half the size would not be."""
    pytest.importorskip("blackjax")
    field, box = two_by_two()
    asked = {"draws": 400, "warmup": 200, "steps": 4}
    found = [theory.chains(field, box.sites, lambda phi: phi[..., :1] ** 2, seed=seed, **asked).values for seed in range(60)]
    total = sum(float((one.mean[0] - EXACT_TORUS[0]) / one.stderr[0]) ** 2 for one in found)
    low, high = stats.chi2.ppf(1e-6, 60), stats.chi2.isf(1e-6, 60)
    assert low < total < high and total / 4 < low and 4 * total > high


def test_the_rules_of_a_region_fill_its_volume():
    """Fine and coarse weights, in one and two dimensions, of lattices and of continuous boxes."""
    boxes = [theory.open_box([3.0, 2.0], 0.25), theory.torus(theory.periodic_box(net.propagator(2, 1.0), 3.0, sites=6)),
             theory.torus(theory.periodic_box(net.propagator(2, 1.0, 4.0), 3.0), sites=8)]  # fmt: skip
    for region, volume in zip(boxes, (6.0, 9.0, 9.0), strict=True):
        assert abs(region.weights.sum() / volume - 1) < 1e-12 and region.volume == volume
        assert region.coarse is None or abs(region.coarse.sum() / volume - 1) < 1e-12
    line = theory.open_box(2.0, 0.05)
    x = line.nodes[:, 0]
    fine, coarse = (float(rule @ x**4) for rule in (line.weights, line.coarse))
    assert abs(fine + (fine - coarse) / 3 - 2 / 5) < 2e-6 < 1e-3 < abs(fine - 2 / 5)  # of second order, ends included


def test_both_sides_of_a_double_well_are_visited(monkeypatch):
    """Two sites in wells that no trajectory leaves: with the flip <phi> vanishes; without it the chains do not agree."""
    pytest.importorskip("blackjax")
    box = theory.periodic_box(net.propagator(1, 1.0), 2.0, sites=2)
    asked = {"number": 8, "draws": 300, "warmup": 200, "steps": 4, "seed": 2}
    sides = lambda phi: np.stack([phi[..., 0], phi[..., 0] ** 2], axis=-1)  # noqa: E731
    well = {2: -8.0, 4: 0.5}
    found = theory.chains(theory.interacting_field(box.ensemble, well, theory.torus(box)), box.sites, sides, **asked).values
    assert found[0].agrees_with(0.0).agrees and float(found.stderr[0]) < 0.1 * math.sqrt(float(found.mean[1]))
    monkeypatch.setattr(type(theory.quartic(1.0)), "even", False)
    with pytest.raises(cf.evidence.NotConverged, match="R-hat"):
        theory.chains(theory.interacting_field(box.ensemble, well, theory.torus(box)), box.sites, sides, **asked)


UNEVEN = ((10, 1.35, 0.04), (20, 1.1, 0.01), (40, 1.08, 0.002), (80, 1.02, 0.02))  # width, value, error


def test_a_straight_line_in_the_width():
    draws = {n: cf.evidence.Estimate.from_stderr([1.0 + 3.0 / n, 2.0], [0.01, 0.02], source=f"width {n}") for n in (10, 20, 40)}
    line = theory.width_limit(draws)
    assert np.allclose(line.limit.mean, [1.0, 2.0]) and np.allclose(line.slope.mean, [3.0, 0.0]) and np.allclose(line.chi2, 0)
    x = 1 / np.array([10, 20, 40])
    covariance = np.linalg.inv(np.stack([[3, x.sum()], [x.sum(), (x**2).sum()]])) * 0.01**2
    assert np.allclose(line.limit.stderr[0], math.sqrt(covariance[0, 0])) and np.allclose(line.slope.stderr[0], math.sqrt(covariance[1, 1]))
    uneven = {n: cf.evidence.Estimate.from_stderr([value], [error], source=f"uneven {n}") for n, value, error in UNEVEN}
    fit, spread = np.polyfit([1 / n for n, _, _ in UNEVEN], [v for _, v, _ in UNEVEN], 1, w=[1 / e for _, _, e in UNEVEN], cov="unscaled")
    found = theory.width_limit(uneven)
    assert np.allclose([found.slope.mean[0], found.limit.mean[0]], fit)
    assert np.allclose([found.slope.stderr[0], found.limit.stderr[0]], np.sqrt(np.diag(spread)))
    bent = {n: cf.evidence.Estimate.from_stderr([1.0 + 30.0 / n**2], [0.01], source=f"bent {n}") for n in (10, 20, 40)}
    assert theory.width_limit(bent).p_value[0] < 0.01


@pytest.mark.parametrize(("call", "words"), [
    (lambda: theory.quartic(-1.0), "not bounded below"),
    (lambda: theory.polynomial({4: -0.1}), "leading term -0.1 phi\\^4"),
    (lambda: theory.polynomial({2: 1.0, 3: 0.5}), "leading term 0.5 phi\\^3"),
    (lambda: theory.polynomial({4: math.nan}), "terms"),
    (lambda: theory.polynomial({}), "terms"),
    (lambda: theory.interacting_field(theory.free_field(1, 1.0, 4), lambda phi: phi**2 - phi**4, LINE), "bounded below"),
    (lambda: theory.interacting_field(theory.free_field(1, 1.0, 4), "phi^4", LINE), "potential"),
    (lambda: theory.interacting_field(theory.free_field(1, 1.0, 4), {4: 1.0}, theory.open_box([4.0, 4.0], 0.5)), "dimensions"),
    (lambda: theory.interacting_field(theory.free_field(1, 1.0, 4, cutoff=10.0), {4: 1.0}, LINE), "spacing"),
    (lambda: theory.interacting_field("free", {4: 1.0}, theory.open_box(4.0, 0.2)), "free"),
    (lambda: theory.open_box(0.0, 0.1), "lengths"),
    (lambda: theory.open_box(4.0, math.nan), "spacing"),
    (lambda: theory.open_box([1e3, 1e3], 0.1), "nodes"),
    (lambda: theory.width_limit({}), "three widths"),
    (lambda: theory.reweighted(two_by_two()[0], [[0.0]], [[0, 0]]), "points"),
    (lambda: theory.reweighted(two_by_two()[0], [[0.0, 0.0]], [[0, 1]]), "indices"),
    (lambda: theory.reweighted(two_by_two()[0], [[0.0, 0.0]], [[0, 0]], draws=10), "draws"),
    (lambda: theory.tempered(two_by_two()[0], [[0.0, 0.0]], [[0, 0]], runs=1), "runs"),
    (lambda: theory.chains(two_by_two()[0], [[0.0, 0.0]], [[0, 0]], number=1), "number"),
    (lambda: theory.chains(two_by_two()[0], [[0.0, 0.0]], [[0, 0]], walk="gibbs"), "one of hmc, nuts"),
])  # fmt: skip
def test_what_is_no_interacting_field(call, words):
    with pytest.raises(cf.evidence.InputError, match=words):
        call()


def test_networks_without_coordinates_have_no_chains():
    pytest.importorskip("blackjax")
    field = theory.interacting_field(net.erf_net(1, 4), {4: 1.0}, theory.open_box(1.0, 0.25))
    with pytest.raises(cf.evidence.InputError, match="tempered"):
        theory.chains(field, [[0.0]], [[0, 0]])
