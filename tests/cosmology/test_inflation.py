"""Inflation: closed forms, the fast route against adaptive quadrature, exact spectra against the table, and what must be refused."""

import math
from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import quad

from certifield.cosmology.inflation import (
    PRESETS,
    RANGES,
    Cosines,
    Cosmologies,
    Exponentials,
    Observed,
    Polynomial,
    Scaled,
    SexticGenome,
    _genome,
    _modes,
    _sextic,
    cosmologies,
    exact_spectrum,
    slow_roll,
)
from certifield.evidence import InputError
from certifield.search.genetic import Genetic, evolve

QUADRATIC = Polynomial(jnp.array([0.0, 0.0, 5e-11]))
QUARTIC = Polynomial(jnp.array([0.0, 0.0, 0.0, 0.0, 1e-12]))
STAROBINSKY = Exponentials(1e-10 * jnp.array([1.0, -2.0, 1.0]), jnp.array(np.sqrt(2 / 3)))


def numbers(found):
    """Means of the estimates of a cosmology, by name."""
    return SimpleNamespace(**{name: float(getattr(found, name).mean) for name in ("end", "pivot", "tilt", "ratio", "amplitude")})


def test_slow_roll_against_closed_forms():
    for n, quartic, plateau in (
        (50, (0.941176471, 0.313725490), (0.96156963, 0.00419231)),
        (60, (0.950819672, 0.262295082), (0.96782714, 0.00296389)),
    ):
        found = numbers(slow_roll(QUADRATIC, 0.0, 40.0, efolds=n, end="epsilon"))
        assert found.tilt == pytest.approx(1 - 4 / (2 * n + 1), rel=1e-9) and found.ratio == pytest.approx(16 / (2 * n + 1), rel=1e-9)
        assert found.pivot == pytest.approx(np.sqrt(4 * n + 2), rel=1e-9) and found.end == pytest.approx(np.sqrt(2), rel=1e-9)
        other = numbers(slow_roll(QUARTIC, 0.0, 60.0, efolds=n, end="epsilon"))
        assert (other.tilt, other.ratio) == pytest.approx(quartic, rel=1e-8)
        third = numbers(slow_roll(STAROBINSKY, 0.0, 10.0, efolds=n, end="epsilon"))
        assert (third.tilt, third.ratio) == pytest.approx(plateau, rel=2e-6) and third.end == pytest.approx(0.94017755, rel=1e-7)
    both = numbers(slow_roll(QUARTIC, 0.0, 60.0, efolds=50))
    assert both.end == pytest.approx(np.sqrt(12), rel=1e-9)  # eta ends it first
    assert both.tilt != pytest.approx(0.941176471, rel=1e-4)  # sabotage twin: the other end of slow roll


def test_natural_inflation_against_its_closed_form():
    """V = L(1 - cos(phi/f)): N = f^2 ln((1 + cos e)/(1 + cos p)) with angles e, p = phi/f of end and pivot."""
    f = 6.0
    found = numbers(slow_roll(Cosines(jnp.array([1e-9]), jnp.array(f)), 0.0, np.pi * f * 0.999999, efolds=55, end="epsilon"))
    end, pivot = found.end / f, found.pivot / f
    assert np.sin(end) / (f * (1 - np.cos(end))) == pytest.approx(np.sqrt(2), rel=1e-8)
    assert f**2 * np.log((1 + np.cos(end)) / (1 + np.cos(pivot))) == pytest.approx(55, rel=1e-8)


def test_scaling_changes_the_amplitude_alone():
    plain, scaled = (numbers(slow_roll(one, 0.0, 40.0)) for one in (QUADRATIC, Scaled(QUADRATIC, jnp.array(7.3))))
    assert (scaled.tilt, scaled.ratio, scaled.pivot) == pytest.approx((plain.tilt, plain.ratio, plain.pivot), rel=1e-10)
    assert scaled.amplitude == pytest.approx(7.3 * plain.amplitude, rel=1e-10)
    c = jnp.array([0.0, 1e-9, 4e-10, 1e-11, 3e-12, -2e-12, 1e-13])
    first, second = (cosmologies(c * factor, 55.0, 60.0) for factor in (1.0, 1e-3))
    there = np.asarray(first.minimum & first.rolls)
    assert there.any() and np.allclose(np.asarray(first.tilt)[there], np.asarray(second.tilt)[there], rtol=1e-10)
    assert np.allclose(np.asarray(second.amplitude)[there] * 1e3, np.asarray(first.amplitude)[there], rtol=1e-10)


def random_sextics(count, seed=0):
    return np.concatenate([np.zeros((count, 1)), np.array(RANGES) * np.random.default_rng(seed).uniform(-1, 1, (count, 6))], axis=1)


def stretches(c, reach):
    """Minima with the next critical point on each side, by numpy."""
    roots = np.roots((c[1:] * np.arange(1, len(c)))[::-1])
    real = np.sort([root.real for root in roots if abs(root.imag) < 1e-7 * (1 + abs(root.real)) and abs(root.real) < reach])
    bend = (c[2:] * np.arange(2, len(c)) * np.arange(1, len(c) - 1))[::-1]
    for place, root in enumerate(real):
        if np.polyval(bend, root) > 0:
            yield root, (real[place + 1] if place + 1 < len(real) else reach)
            yield root, (real[place - 1] if place else -reach)


def test_the_fast_route_against_adaptive_quadrature():
    """Every cosmology of 40 random sextics: which exist, which reach 55 e-folds, and their observables."""
    rows, compared = random_sextics(40), 0
    found = jax.tree.map(np.asarray, jax.jit(jax.vmap(lambda c: cosmologies(c, 55.0, 60.0)))(jnp.asarray(rows)))
    for row, c in enumerate(rows):
        sides = list(stretches(c, 60.0))
        assert int(found.minimum[row].sum()) == len(sides)
        for minimum, limit in sides:
            shifted = c.copy()
            shifted[0] -= np.polyval(c[::-1], minimum)
            level = np.polyval(c[::-1], minimum)
            match = [k for k in range(6) if found.minimum[row, k] and abs(found.vacuum[row, k] - level) < 1e-9 * abs(level) + 1e-18]
            match = [k for k in match if not found.rolls[row, k] or (found.end[row, k] > minimum) == (limit > minimum)]
            try:
                exact = numbers(slow_roll(Polynomial(jnp.asarray(shifted)), float(minimum), float(limit)))
            except InputError:
                assert all(found.efolds[row, k] < 55 - 1e-9 for k in match)
                continue
            (k,) = [k for k in match if found.efolds[row, k] >= 55 - 1e-9]
            assert found.end[row, k] == pytest.approx(exact.end, rel=1e-7)
            assert found.tilt[row, k] == pytest.approx(exact.tilt, abs=2e-5 + 1e-3 * abs(1 - exact.tilt))  # what the fast route promises
            assert found.ratio[row, k] == pytest.approx(exact.ratio, rel=2e-3) and found.amplitude[row, k] == pytest.approx(
                exact.amplitude, rel=2e-3
            )
            compared += 1
    assert compared >= 15


def test_sides_are_followed_in_groups_that_change_no_digit():
    """Alone, mapped, mapped twice and in another order, over more sides than one group has, each of its own e-folds: the same bits."""
    rows, efolds = jnp.asarray(random_sextics(320, 3)), jnp.asarray(np.linspace(40.0, 60.0, 320))
    mapped = jax.vmap(lambda c, n: cosmologies(c, n, 60.0))
    once = jax.tree.map(np.asarray, jax.jit(mapped)(rows, efolds))
    sides = int(once.minimum.sum())
    assert _sextic._TOGETHER < sides < 2 * _sextic._TOGETHER and (once.end[once.minimum & once.rolls] != 0).all()
    twice = jax.jit(jax.vmap(mapped))(rows.reshape(20, 16, 7), efolds.reshape(20, 16))
    turned = jax.jit(mapped)(rows[::-1], efolds[::-1])
    alone = [jax.tree.map(np.asarray, jax.jit(lambda c, n: cosmologies(c, n, 60.0))(rows[k], efolds[k])) for k in range(0, 320, 64)]
    for name in once._fields:
        held = getattr(once, name)
        assert np.array_equal(np.asarray(getattr(twice, name)).reshape(held.shape), held)
        assert np.array_equal(np.asarray(getattr(turned, name))[::-1], held)
        assert np.array_equal(np.stack([getattr(one, name) for one in alone]), held[::64])
    assert not np.array_equal(np.asarray(jax.jit(mapped)(rows, efolds[::-1]).efolds), once.efolds)  # sabotage: e-folds of other rows


def test_a_local_maximum_is_no_vacuum():
    """Sabotage twin: upside down, the minima of V are those of -V, and the number of cosmologies is another."""
    rows = random_sextics(60, 1)
    counts = [int(np.asarray(jax.vmap(lambda c: cosmologies(c, 55.0, 60.0))(jnp.asarray(sign * rows)).minimum).sum()) for sign in (1, -1)]
    expected = [sum(1 for c in sign * rows for _ in stretches(c, 60.0)) for sign in (1, -1)]
    assert counts == expected and counts[0] != counts[1]


@pytest.mark.parametrize(
    ("potential", "start", "table"), [(QUADRATIC, 17.5, (0.96338, 0.14403, 5.0989e-9)), (STAROBINSKY, 6.0, (0.96490, 0.003550, 1.8539e-9))]
)
def test_exact_spectra_against_the_table(potential, start, table):
    told = exact_spectrum(potential, start)
    found = numbers(told)
    assert found.tilt == pytest.approx(table[0], abs=2e-5) and found.ratio == pytest.approx(table[1], rel=2e-4)
    assert found.amplitude == pytest.approx(table[2], rel=1e-4)
    further = numbers(exact_spectrum(potential, start * 1.02))
    assert (further.tilt, further.ratio, further.amplitude) == pytest.approx((found.tilt, found.ratio, found.amplitude), rel=1e-6)
    assert all(0 < float(one.stderr) < 3e-7 * float(one.mean) for one in (told.tilt, told.ratio, told.amplitude))
    rolled = numbers(slow_roll(potential, 0.0, 40.0 if potential is QUADRATIC else 10.0, end="epsilon"))
    assert found.ratio != pytest.approx(rolled.ratio, rel=3e-4)  # what slow roll misses is seen
    with pytest.raises(InputError, match="at most"):
        exact_spectrum(potential, start * 0.85, efolds=60)


def test_modes_of_power_law_inflation_are_hankel_functions():
    """V = V_0 e^{-l phi}: epsilon = l^2/2 for ever, P_R = (2^(nu - 3/2) G(nu)/G(3/2))^2 (1 - epsilon)^(2 nu - 1) H^2/(8 pi^2 epsilon) with
    nu = 3/2 + epsilon/(1 - epsilon), n_s - 1 = 3 - 2 nu, and r = 16 epsilon: exact beyond slow roll."""
    rate, total, efolds = 0.5, 40.0, 25.0
    epsilon = rate**2 / 2
    nu = 1.5 + epsilon / (1 - epsilon)
    pivot = rate * (total - efolds)
    hubble = 1e-10 * np.exp(-rate * pivot) / (3 - epsilon)
    expected = (2 ** (nu - 1.5) * math.gamma(nu) / math.gamma(1.5)) ** 2 * (1 - epsilon) ** (2 * nu - 1) * hubble / (8 * np.pi**2 * epsilon)
    potential = Exponentials(jnp.array([0.0, 1e-10]), jnp.array(rate))
    errors = {}
    for accuracy in (_modes.FINE, _modes.COARSE):
        logs, where = _modes._spectra(potential, *map(jnp.float64, (0.0, total, efolds)), _modes.Accuracy(*map(jnp.float64, accuracy)))
        scalar, tensor = np.asarray(logs)
        tilt, ratio = (scalar[2] - scalar[0]) / (2 * accuracy.step), np.exp(tensor[1] - scalar[1])
        errors[accuracy] = [float(where) - pivot, tilt - (3 - 2 * nu), ratio / (16 * epsilon) - 1, np.exp(scalar[1]) / expected - 1]
    assert np.max(np.abs(errors[_modes.FINE])) < 2e-7
    assert np.max(np.abs(errors[_modes.COARSE])) < 2e-6


def test_what_has_no_inflation_is_refused_by_name():
    steep = Exponentials(jnp.array([0.0, 0.0, 1e-10]), jnp.array(-2.0))  # e^{4 phi}
    fallen = Polynomial(jnp.array([0.0, 0.0, 1e-10, 0.0, -1e-12]))

    def step(phi):
        return phi**2 + 30 * (1 + jnp.tanh((phi - 12) / 0.1))

    for call, word in (
        (lambda: slow_roll(QUADRATIC, 0.0, 5.0), "at most"),
        (lambda: slow_roll(QUADRATIC, 0.0, 40.0, end="eta"), "one of"),
        (lambda: slow_roll(QUADRATIC, 1.0, -1.0), "rises"),
        (lambda: slow_roll(steep, 0.0, 5.0), "slow roll ends"),
        (lambda: slow_roll(step, 0.0, 40.0), r"at most 3\d.*slow roll is interrupted"),  # epsilon passes 1 more than once
        (lambda: slow_roll(fallen, 0.0, 20.0), "V' = -"),  # V is not bounded below
        (lambda: slow_roll(Polynomial(jnp.array([-1e-10, 0.0, 5e-11])), 0.0, 40.0), "V = -1e-10"),
        (lambda: slow_roll(QUADRATIC, 0.0, float("inf")), "finite"),
        (lambda: slow_roll(QUADRATIC, 0.0, 40.0, efolds=float("nan")), "above 0"),
        (lambda: slow_roll(Cosines([1e-10], 1.0), 0.0, np.pi, efolds=55.0), "40.14 here: the limit 3.14159 is a maximum of V"),
        (lambda: slow_roll(STAROBINSKY, 0.0, 4.0, efolds=55.0), "16.16, from the end to the limit"),
        (lambda: exact_spectrum(QUADRATIC, 17.5, efolds=-1.0), "between 12"),
        (lambda: exact_spectrum(QUADRATIC, 17.5, efolds=5.0), "settle"),
        (lambda: exact_spectrum(QUADRATIC, float("nan")), "finite field"),
        (lambda: exact_spectrum(QUADRATIC, 0.5), "begin further out"),
        (lambda: Observed(ratio=0.0), "above 0"),
        (lambda: SexticGenome(amplitude="free"), "rescale"),
        (lambda: SexticGenome(vacuum="false"), "reached"),
        (lambda: SexticGenome(ranges=(1.0,)), "six numbers"),
    ):
        with pytest.raises(InputError, match=word):
            call()
    assert all(preset.source for preset in PRESETS.values()) and PRESETS["planck2018"].amplitude == pytest.approx(2.1e-9, rel=0.002)


def test_plateaus_have_more_e_folds_than_are_asked_for():
    """Towards the top of phi^2 - phi^4/2m^2 N diverges as a logarithm: any N is reached before it, at the pivot of the integral of V/V'.

    Where V' is exactly 0 nothing rolls, which is said.  Sabotage twins: V/V' without its factor 1/2, and the pivot of another N.
    """
    m = 20.0
    hill = Polynomial(1e-10 * jnp.array([0.0, 0.0, 1.0, 0.0, -1 / (2 * m**2)]))

    def folds(low: float, high: float, factor: float = 2.0) -> float:
        return quad(lambda phi: phi * (1 - phi**2 / (2 * m**2)) / (factor * (1 - phi**2 / m**2)), low, high, epsrel=1e-12, limit=200)[0]

    found = {wanted: slow_roll(hill, 0.0, m, efolds=wanted) for wanted in (60.0, 400.0)}
    ends = {wanted: (float(one.end.mean), float(one.pivot.mean)) for wanted, one in found.items()}
    for wanted, (end, pivot) in ends.items():
        assert folds(end, pivot) == pytest.approx(wanted, rel=1e-8) and end < pivot < m
        assert folds(end, pivot, factor=1.0) != pytest.approx(wanted, rel=1e-2)
    assert folds(*ends[60.0]) != pytest.approx(folds(*ends[400.0]), rel=1e-2)

    def flat(phi):
        return 1e-10 * jnp.where(phi < 10, phi**2 * (1 - phi / 15), 100 / 3)

    with pytest.raises(InputError, match="V' = 0 at phi = 10"):
        slow_roll(flat, 0.0, 40.0)


def test_fitness_is_graded_and_viable_means_the_window():
    genome, rng = SexticGenome(), np.random.default_rng(2)
    assert genome.bits == 36
    strings = jnp.asarray(rng.integers(0, 2, (400, 36)), jnp.uint8)
    fitness, viable = (np.asarray(one) for one in jax.jit(jax.vmap(genome.judge))(strings))
    found = jax.tree.map(np.asarray, jax.jit(jax.vmap(lambda b: cosmologies(genome.decode(b), 55.0, 60.0)))(strings))
    none, rolling = ~found.minimum.any(axis=1), (found.minimum & found.rolls).any(axis=1)
    full = (found.minimum & found.rolls & (found.efolds >= 55 - 1e-6)).any(axis=1)
    assert (
        (fitness[none] < -3).all()
        and (fitness[full] > -1 - 1e-12).all()
        and ((fitness[rolling & ~full] >= -2) & (fitness[rolling & ~full] < -1)).all()
    )
    assert none.sum() > 30 and len(np.unique(fitness[none])) > 30 and (fitness[viable] == 0).all() and (fitness[full & ~viable] < 0).all()
    grid = SexticGenome(amplitude="grid")
    assert not np.asarray(jax.jit(jax.vmap(grid.judge))(strings)[1])[~viable].any()


def test_fitness_by_hand():
    """Four sides: what is missed by a tilt of three standard deviations, a ratio e times the bound, e-folds, slow roll; and the window."""
    seen, n = PRESETS["planck2018"], 55.0
    sides = {
        "minimum": [True] * 5 + [False],
        "rolls": [True] * 4 + [False, True],
        "efolds": [n, n, n, 11.0, 0.0, n],
        "tilt": [0.9649 - 3 * 0.0042, 0.9649, 0.9649 + 0.0041, 0.9649, 0.9649, 0.9649],
        "ratio": [0.01, 0.056 * np.e, 0.055, 0.01, 0.01, 0.01],
        "amplitude": [seen.amplitude * factor for factor in (1.0, 1.0, np.e * 1.05, 1.0, 1.0, 1.0)],
        "excess": [-1.0] * 4 + [3.0, -1.0],
    }
    held = {name: jnp.asarray(sides.get(name, [0.0] * 6)) for name in Cosmologies._fields}
    value, viable = (np.asarray(one) for one in _genome.graded(Cosmologies(**held), seen))
    assert (
        value == pytest.approx([-0.2 / 1.2, -0.5, 0.0, -2 + 0.2, -2 - 3 / 4, -4.0])
        and viable.tolist() == [False] * 2 + [True] + [False] * 3
    )
    value, viable = (np.asarray(one) for one in _genome.graded(Cosmologies(**held), seen, 0.05))
    assert value[:3] == pytest.approx([-0.2 / 1.2, -0.5, -0.5]) and not viable.any()
    for factor, good in ((1.04, True), (1.07, False), (1 / 1.04, True), (1 / 1.07, False)):
        near = Cosmologies(**{**held, "amplitude": jnp.full(6, seen.amplitude * factor)})
        assert np.asarray(_genome.graded(near, seen, 0.05)[1]).tolist() == [False] * 2 + [good] + [False] * 3
    flat = jnp.array([0.0, 1e-9, 0.0, 1e-11, 0.0, 1e-12, 1e-14])  # its minimum lies at -83
    apart = np.asarray(cosmologies(flat, n, 60.0).apart)
    assert apart > 0 and float(SexticGenome().judged(flat)[0]) == pytest.approx(-3 - apart / (1 + apart))


def test_a_local_minimum_is_a_vacuum_only_where_it_may_be():
    """Two minima by hand, of c phi^2 (phi - a)^2/4 tilted: the upper one is left out of the global vacua, and takes c_0 of its own."""
    a, tilt, wide = 25.0, 2e-9, SexticGenome(reach=60.0)
    c = jnp.array([0.0, tilt, 1e-12 * a**2, -2e-12 * a, 1e-12, 0.0, 1e-19])
    found = jax.tree.map(np.asarray, cosmologies(c, 55.0, 60.0))
    vacua = np.unique(found.vacuum[found.minimum].round(20))
    lower, upper = (found.minimum & (abs(found.vacuum - one) < 1e-15) for one in vacua)
    deep = np.asarray(_genome.above_the_lowest(c, jax.tree.map(jnp.asarray, found), 60.0))
    assert lower.sum() == upper.sum() == 2 and (deep[lower] == 0).all() and (deep[upper] > 0).all()
    edge = np.asarray(_genome.above_the_lowest(c.at[6].set(-1e-15), jax.tree.map(jnp.asarray, found), 60.0))
    assert (edge[found.minimum] > 0).all()  # unbounded below: the edge is lowest
    assert vacua[1] - vacua[0] == pytest.approx(tilt * a, rel=0.01)
    for every, one in ((wide, False), (SexticGenome(reach=60.0, vacuum="global"), True)):
        assert (float(every.judged(c.at[1].set(-tilt).at[6].set(-1e-15))[0]) < -3) == one
    shifted = np.asarray(c).copy()
    shifted[0] -= vacua[0]  # sabotage: c_0 of the other minimum, at which V is not 0
    place = float(np.roots((np.asarray(c)[1:] * np.arange(1, 7))[::-1]).real.max())
    side = int(np.flatnonzero(upper & (found.end > place))[0])
    own = shifted - np.array([vacua[1] - vacua[0], *[0] * 6])
    right = numbers(slow_roll(Polynomial(jnp.asarray(own)), place, 60.0))
    assert found.ratio[side] == pytest.approx(right.ratio, rel=2e-3)
    with pytest.raises(InputError):
        slow_roll(Polynomial(jnp.asarray(shifted)), place, 60.0, end="epsilon")


def test_evolution_finds_viable_models_by_rescaling():
    seen = evolve(SexticGenome(), Genetic(population=50, generations=15), seed=0)
    assert len(seen.found[0]) > 20 and seen.fitness[0, -1, 4] == 0 and seen.terminal[0, -1] > seen.terminal[0, 0]
    genome = SexticGenome()
    c = np.asarray(genome.decode(jnp.asarray(seen.found[0][0])))
    one = jax.tree.map(np.asarray, cosmologies(jnp.asarray(c), 55.0, 60.0))
    good = np.asarray(genome.graded(jax.tree.map(jnp.asarray, one))[1])
    assert good.any() and (np.abs(one.tilt[good] - 0.9649) <= 0.0042).all() and (one.ratio[good] < 0.056).all()
