"""Lattice fields: conventions that do not mix, and hybrid Monte Carlo against exact lattices with its run-time identities."""

import math

import numpy as np
import pytest

from certifield.evidence import Exact, InputError, NotConverged
from certifield.fieldtheory import oracles
from certifield.fieldtheory.oracles import LatticeScalar, _hmc, lattice_hmc

TWO = LatticeScalar((2, 2), -4.0, 8.0, "unhalved")


@pytest.fixture(scope="module")
def two_by_two():
    return lattice_hmc(TWO, chains=128, trajectories=300, warmup=60, steps=10, step=0.07, seed=1)


def test_two_by_two_sites_against_quadrature(two_by_two):
    assert two_by_two.checked().observables.agrees_with(TWO.exact()) and two_by_two.acceptance > 0.8
    assert float(two_by_two.observables.second.stderr) < 2e-3
    wrong = LatticeScalar((2, 2), -4.0, 6.975, "unhalved").exact()  # sabotage twin: another coupling
    assert not two_by_two.observables.second.agrees_with(wrong.second).agrees
    assert not two_by_two.correlator[0].agrees_with(TWO.exact().second).agrees  # zero momentum is not a site


def test_the_autocorrelation_time():
    """The variance of the mean of T trajectories is 2 tau/T that of one: a chain of two values that stays with probability p has
    tau = 1/2 + p'/(1 - p') for p' = 2p - 1; 1/2 where trajectories are independent; the twin without its factor 2 fails."""
    generator, n, length, stay = np.random.default_rng(1), 4000, 400, 0.8
    flips = generator.random((n, length)) > stay
    x = (np.cumsum(flips, axis=1) + generator.integers(0, 2, (n, 1))) % 2
    found = _hmc.autocorrelation_between_chains(x.mean(axis=1), x.mean(axis=1), length, "two values")  # x^2 = x
    correlation = 2 * stay - 1
    assert found.agrees_with(0.5 + correlation / (1 - correlation)).agrees
    assert not (2 * found).agrees_with(0.5 + correlation / (1 - correlation)).agrees
    free = generator.random((n, length))
    assert _hmc.autocorrelation_between_chains(free.mean(axis=1), (free**2).mean(axis=1), length, "uniform").agrees_with(0.5).agrees


def test_trajectories_of_random_length():
    """At length 0.8, where runs of fixed length were seen to be resonant: the exact values of two by two sites."""
    run = lattice_hmc(TWO, chains=128, trajectories=1200, warmup=100, steps=10, step=0.08, seed=4).checked()
    assert run.observables.agrees_with(TWO.exact()) and float(run.observables.second.stderr) < 4e-4


def test_conventions_do_not_mix(two_by_two):
    halved = TWO.converted("halved")
    assert halved.coupling == 48.0 and halved.converted("unhalved") == TWO
    with pytest.raises(InputError, match="convention"):
        two_by_two.observables.agrees_with(halved.exact())
    converted = two_by_two.observables.converted("halved")
    assert converted.agrees_with(halved.exact())
    assert abs(halved.exact().second.value - 2 * TWO.exact().second.value) < 1e-11
    with pytest.raises(InputError, match="the same shape"):
        TWO.exact().agrees_with(LatticeScalar((2, 2), 1.0, 1.0, "unhalved").exact())


def test_free_lattices_by_their_momenta():
    for side, value in ((8, 0.1270869988), (2, 0.1888888889)):
        found = LatticeScalar((side, side), 1.0, 0.0, "unhalved").exact()
        assert abs(found.second.value - value) < 1e-10 and abs(found.susceptibility.value - 0.5) < 1e-12
    chain = LatticeScalar((16,), 0.36, 0.0, "halved").exact()
    ring = oracles.transfer_matrix((0, 0, 0.18), 1.0).ring(16)
    assert isinstance(chain.second, Exact) and chain.second.agrees_with(ring.moment(2)).agrees


def test_a_free_lattice_by_monte_carlo():
    """phi^2, phi^4, chi, a Binder cumulant of 0 and the correlator of time slices of a Gaussian field, by sums over momenta."""
    lattice = LatticeScalar((4, 4), 1.0, 0.0, "unhalved")
    run = lattice_hmc(lattice, chains=128, trajectories=400, warmup=60, steps=8, step=0.12, seed=3).checked()
    exact = lattice.exact()
    assert run.observables.agrees_with(exact) and abs(float(exact.fourth.value) - 3 * float(exact.second.value) ** 2) < 1e-12
    assert run.binder.agrees_with(0.0).agrees and float(run.binder.stderr) < 0.02
    k = 2 * np.pi * np.arange(4) / 4
    slices = [np.sum(np.cos(k * d) / (2 * (1.0 + 2 - 2 * np.cos(k)))) / 16 for d in range(4)]
    assert run.correlator.agrees_with(np.array(slices)).agrees.all() and not np.any(run.correlator.agrees_with(2 * np.array(slices)).agrees)


def test_chains_of_a_lattice_are_rings():
    found = LatticeScalar((8,), -4.0, 8.0, "unhalved").exact()
    assert abs(found.second.value - 0.1791949173) < 1e-9 and abs(found.susceptibility.value - 0.3532901622) < 1e-9


def test_the_force_is_the_gradient_of_the_action():
    import jax

    field = jax.random.normal(jax.random.key(0), (3, 4, 5))  # two axes and five chains
    for name in ("halved", "unhalved"):
        rules = LatticeScalar((3, 4), 0.7, 0.3, name).rules
        parameters = (rules.mass * 0.7, rules.quartic * 0.3, rules.stiffness, 0.1)
        gradient = jax.grad(lambda f, p=parameters: _hmc._action(f, p).sum())(field)
        assert np.allclose(gradient, _hmc._force(field, parameters), atol=1e-10)
    phi = np.asarray(field)
    printed = 0.7 * phi**2 + 0.3 * phi**4
    for axis in (0, 1):
        printed = printed + 2 * phi**2 - phi * np.roll(phi, -1, axis) - phi * np.roll(phi, 1, axis)
    assert np.allclose(_hmc._action(field, parameters), printed.sum(axis=(0, 1)), atol=1e-10)


def test_a_coarse_step_is_reported():
    """Steps at which the leapfrog scheme is unstable: low acceptance, and a run that refuses to be used."""
    run = lattice_hmc(TWO, chains=128, trajectories=50, warmup=10, steps=10, step=0.75, seed=1)
    assert run.acceptance < 0.4 and run.faults
    with pytest.raises(NotConverged, match="acceptance"):
        run.checked()


def test_a_broken_sampler_is_seen(two_by_two, monkeypatch):
    """Sabotage twin: with half of the force on the coupling, both identities fail though nothing crashes."""
    import jax

    honest, program = _hmc._force, _hmc._run.__wrapped__
    broken = jax.jit(lambda *given: program(*given[:3], 10, given[4]))  # compiled by itself: what the others compiled stays
    monkeypatch.setattr(_hmc, "_force", lambda field, given: honest(field, (given[0], given[1] / 2, *given[2:])))
    monkeypatch.setattr(_hmc, "_run", broken)
    run = lattice_hmc(TWO, chains=128, trajectories=300, warmup=60, steps=10, step=0.07, seed=1)
    assert any("phi dS/dphi" in fault for fault in run.faults) and not two_by_two.faults


# L, lambda: <phi^2>, chi, <|m|>, Binder, with errors, of two million trajectories
ROWS = [
    (8, 8.0, (0.143449, 21e-6), (0.7443, 12e-4), (0.08703, 8e-5), (0.0805, 10e-4)),
    (6, 6.975, (0.161394, 31e-6), (1.0638, 17e-4), (0.14157, 14e-5), (0.1930, 8e-4)),
    (8, 6.008, (0.183895, 33e-6), (1.9018, 42e-4), (0.14248, 18e-5), (0.2105, 10e-4)),
]


@pytest.mark.slow
@pytest.mark.parametrize(("side", "coupling", "second", "chi", "size", "binder"), ROWS)
def test_the_rows_of_two_dimensions(side, coupling, second, chi, size, binder):
    lattice = LatticeScalar((side, side), -4.0, coupling, "unhalved")
    run = lattice_hmc(lattice, chains=512, trajectories=2000, warmup=500, steps=8, step=0.1, seed=5).checked()
    mine = run.observables.second, run.observables.susceptibility, run.magnetisation, run.binder
    for found, (value, error) in zip(mine, (second, chi, size, binder), strict=True):
        assert abs(float(found.mean) - value) < 4 * math.hypot(float(found.stderr), error)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: LatticeScalar((8, 8), 1.0, 1.0, "half"), "convention"),
        (lambda: LatticeScalar((1, 8), 1.0, 1.0, "halved"), "shape"),
        (lambda: LatticeScalar((8, 8), 1.0, -0.5, "halved"), r"-0.5 phi\^4"),
        (lambda: LatticeScalar((8, 8), 0.0, 0.0, "halved"), "zero mode"),
        (lambda: LatticeScalar((4, 4), 1.0, 1.0, "halved").exact(), "lattice_hmc"),
        (lambda: lattice_hmc(TWO, chains=2), "8 chains"),
    ],
)
def test_refusals(call, told):
    with pytest.raises(InputError, match=told):
        call()
