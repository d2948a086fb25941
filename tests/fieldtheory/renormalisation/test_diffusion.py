"""The learned score and the inverse flow: exact traces, symmetries, exact averages and partition functions after weighting."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from certifield.evidence import InputError, NotConverged
from certifield.fieldtheory import renormalisation as rg
from certifield.fieldtheory.oracles import LatticeScalar, lattice_fields, transfer_matrix

TWO = LatticeScalar((2, 2), -4.0, 8.0, "unhalved")


@pytest.fixture(scope="module")
def learned(two):
    return rg.learn_score(two, rg.matched_reference(two), channels=3, waves=4, steps=300, batch=128, rate=1e-2, seed=1)


@pytest.fixture(scope="module")
def diffused(learned):
    return rg.diffuse(learned, draws=4096, steps=12, seed=2)


def log_partition(lattice):
    energies = np.asarray(transfer_matrix(lattice.weight, 2 * lattice.rules.stiffness).energies(8).value)
    return float(np.log(np.sum(np.exp(-4 * energies))))


def test_weights_make_it_exact(diffused):
    """Two by two sites: averages and the partition function by the transfer matrix, which also the chain of Metropolis steps gives."""
    exact = TWO.exact()
    for found in (diffused.checked().observables(), diffused.along_the_chain()):
        assert found.second.agrees_with(exact.second).agrees and found.fourth.agrees_with(exact.fourth).agrees
        assert found.susceptibility.agrees_with(exact.susceptibility).agrees
    assert diffused.ess > 0.9 and diffused.acceptance > 0.8 and diffused.step_error < 0.02
    assert diffused.log_partition().agrees_with(log_partition(TWO)).agrees and float(diffused.log_partition().stderr) < 0.01
    assert not diffused.log_partition().agrees_with(log_partition(TWO) + 0.05).agrees


def test_wrong_densities_are_seen(diffused):
    """Sabotage twins: without the change of volume, or without weights, something is off that the honest program gets right."""
    assert not diffused.as_they_are().fourth.agrees_with(TWO.exact().fourth * 1.1).agrees
    lost = dataclasses.replace(diffused, log_weights=diffused.log_weights + 0.3 * np.log(np.mean(diffused.fields**2, axis=(1, 2))))
    assert not lost.observables().second.agrees_with(TWO.exact().second).agrees


def test_averages_of_known_weights():
    """Weights and the chain by hand: three values with weights 1, 2, 5."""
    which = np.random.default_rng(2).permutation(np.repeat([0, 1, 2], 1920))
    fields = np.array([1.0, 2.0, 3.0])[which][:, None, None] * np.ones((1, 2, 2))
    logs = np.log(np.array([1.0, 2.0, 5.0])[which])
    weights = np.exp(logs)
    ess = float(weights.sum() ** 2 / np.sum(weights**2)) / len(weights)
    chain, taken = rg._diffusion._metropolis(logs, np.random.default_rng(1))
    found = rg.DiffusedFields(TWO, fields, logs, ess, 0.01, taken, chain, 0.0, 1)
    assert abs(float(found.observables().second.mean) - (1 + 2 * 4 + 5 * 9) / 8) < 1e-12
    assert abs(float(found.observables().susceptibility.mean) - 4 * (1 + 2 * 4 + 5 * 9) / 8) < 1e-12
    assert abs(float(found.as_they_are().second.mean) - 14 / 3) < 1e-12
    assert abs(float(found.log_partition().mean) - np.log(8 / 3)) < 1e-12
    assert abs(ess - 64 / 90) < 1e-12
    assert found.along_the_chain().second.agrees_with((1 + 2 * 4 + 5 * 9) / 8, sigmas=5).agrees
    # From law pi = (1, 2, 5)/8 to a third each, with the least of 1 and the ratio of weights.
    expected = (1 / 8) * 1 + (2 / 8) * (1 / 2 + 1 + 1) / 3 + (5 / 8) * (1 / 5 + 2 / 5 + 1) / 3
    assert abs(taken - expected) < 4.9 * 0.5 / np.sqrt(len(logs))


def test_the_trace_is_that_of_the_jacobian(learned):
    """Of a network whose coefficients are all different from 0, at a time in the middle; without the slopes of a channel it is not."""
    with jax.enable_x64(True):
        setting = learned.setting
        network = jax.tree.map(lambda one: one + 0.3 * jax.random.normal(jax.random.key(3), one.shape), learned.network)
        y = 0.4 * jax.random.normal(jax.random.key(4), (3, 4))
        u = jnp.array([[0.2], [0.5], [0.9]])
        _, trace = network(setting, y, u)
        slopes = jax.jit(jax.jacfwd(lambda one, when: network(setting, one[None], when)[0][0]))
        for place in range(3):
            jacobian = slopes(y[place], u[place : place + 1])
            expected = float(jnp.sum(setting.rates * setting.q * jnp.diag(jacobian)))
            assert abs(float(trace[place]) - expected) < 1e-10
            assert abs(float(trace[place]) - 1.2 * expected) > 1e-6


def test_symmetries_of_the_score():
    """Translations, reflections, a turn and phi -> -phi of a lattice of three by three sites."""
    lattice = LatticeScalar((3, 3), -1.0, 2.0, "unhalved")
    fields = lattice_fields(lattice, chains=16, kept=1, apart=5, warmup=5, seed=1)
    learned = rg.learn_score(fields, LatticeScalar((3, 3), 1.0, 0.0, "unhalved"), channels=2, waves=3, steps=3, batch=8, seed=1)
    with jax.enable_x64(True):
        network = jax.tree.map(lambda one: one + 0.3 * jax.random.normal(jax.random.key(5), one.shape), learned.network)

        program = jax.jit(lambda y: network(learned.setting, y, 0.4))

        def score(phi):
            found, trace = program(jnp.asarray(phi.reshape(1, 9)) @ learned.setting.matrix)
            return np.asarray(found @ learned.setting.matrix).reshape(3, 3), float(trace[0])

        phi = np.asarray(jax.random.normal(jax.random.key(6), (3, 3)))
        here, trace = score(phi)
        for act in (lambda f: np.roll(f, 1, 0), lambda f: np.roll(f, 2, 1), lambda f: f[::-1], lambda f: f.T, np.negative):
            there, same = score(act(phi))
            assert np.allclose(there, act(here), atol=1e-12) and abs(same - trace) < 1e-12
        assert not np.allclose(score(phi * np.arange(1, 4))[0], here * np.arange(1, 4), atol=1e-3)


def test_training_and_what_it_learns(two, learned):
    """The loss falls to a floor below that of no score; the score at late times is that of a field nearly free."""
    start, end = learned.losses[:10].mean(), learned.losses[-50:].mean()
    assert end < start < 1.2 and end < 0.95
    again = rg.learn_score(two, learned.flow.reference, channels=3, waves=4, steps=5, batch=128, rate=1e-2, seed=1)
    assert np.all(np.isfinite(again.losses)) and again.losses[0] > end


def test_an_untrained_score_is_refused(two):
    """A score of 0 leaves fields free: fewer draws are effective, and steps of the equation do nothing; too far a reference is refused."""
    reference = LatticeScalar((2, 2), 0.02, 0.0, "unhalved")
    untrained = rg.learn_score(two, reference, channels=3, waves=4, steps=1, batch=128, rate=1e-12, seed=1)
    found = rg.diffuse(untrained, draws=256, steps=12, seed=3)
    assert found.ess < 0.3 and found.step_error < 1e-6
    far = LatticeScalar((2, 2), 1e-5, 0.0, "unhalved")
    lost = rg.diffuse(rg.learn_score(two, far, channels=3, waves=4, steps=1, batch=128, rate=1e-12, seed=1), draws=64, steps=12, seed=3)
    with pytest.raises(NotConverged, match="of all weight"):
        lost.checked()
    assert np.isinf(lost.observables().second.stderr) and np.all(np.isfinite(lost.as_they_are().second.stderr))
    for part, told in ((("ess", 0.001), "effective"), (("step_error", 0.1), "more steps")):
        with pytest.raises(NotConverged, match=told):
            dataclasses.replace(found, **dict([part])).checked()


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda two, learned: rg.learn_score(two.fields, learned.flow.reference), "lattice_fields"),
        (lambda two, learned: rg.learn_score(two, LatticeScalar((4, 4), 1.0, 0.0, "unhalved")), "of shape"),
        (lambda two, learned: rg.learn_score(two, TWO), "free lattice"),
        (lambda two, learned: rg.learn_score(two, learned.flow.reference, channels=0), "channels"),
        (lambda two, learned: rg.learn_score(two, learned.flow.reference, steps=0), "steps"),
        (lambda two, learned: rg.learn_score(two, learned.flow.reference, batch=2.5), "batch"),
        (lambda two, learned: rg.learn_score(two, learned.flow.reference, rate=-1.0), "rate"),
        (lambda two, learned: rg.learn_score(two, learned.flow.reference, seed=-1), "seed"),
        (lambda two, learned: rg.diffuse(learned.network), "learn_score"),
        (lambda two, learned: rg.diffuse(learned, draws=10), "draws"),
        (lambda two, learned: rg.diffuse(learned, steps=1), "steps"),
        (lambda two, learned: rg.diffuse(learned, seed=1.5), "seed"),
    ],
)
def test_bad_input(two, learned, call, told):
    with pytest.raises(InputError, match=told):
        call(two, learned)


@pytest.mark.slow
@pytest.mark.parametrize("power", [0.0, 1.0])
def test_four_by_four_sites(power):
    """Both schedules, against hybrid Monte Carlo."""
    lattice = LatticeScalar((4, 4), -4.0, 8.0, "unhalved")
    fields = lattice_fields(lattice, chains=512, kept=8, apart=15, warmup=200, steps=8, step=0.1, seed=7)
    learned = rg.learn_score(fields, rg.matched_reference(fields), power=power, steps=600, seed=2)
    found, seen = rg.diffuse(learned, seed=3).checked(), fields.run.checked().observables
    assert found.ess > 0.8
    for mine, theirs in ((found.observables(), seen), (found.along_the_chain(), seen)):
        for name in ("second", "fourth", "susceptibility"):
            assert getattr(mine, name).agrees_with(getattr(theirs, name), independent=True).agrees


@pytest.mark.slow
def test_eight_by_eight_sites():
    """L = 8, lambda = 8: more than 70 % of the draws are effective, and published averages come out."""
    lattice = LatticeScalar((8, 8), -4.0, 8.0, "unhalved")
    fields = lattice_fields(lattice, chains=512, kept=8, apart=15, warmup=200, steps=8, step=0.1, seed=7)
    learned = rg.learn_score(fields, rg.matched_reference(fields), steps=400, seed=2)
    found = rg.diffuse(learned, draws=2048, seed=3).checked()
    assert found.ess > 0.7
    seen = found.observables()
    for one, (value, error) in ((seen.second, (0.143449, 21e-6)), (seen.fourth, (0.042313, 12e-6)), (seen.susceptibility, (0.7443, 12e-4))):
        assert abs(float(one.mean) - value) < 4.9 * np.hypot(float(one.stderr), error)
