"""Flows of scalar lattice fields: symmetries, densities and integrators by other routes; training and weights against quadrature."""

import dataclasses
import sys

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from certifield.evidence import InputError, MissingExtra, NotConverged
from certifield.fieldtheory import flows
from certifield.fieldtheory.flows import _continuous, _coupling, _draws
from certifield.fieldtheory.oracles import LatticeScalar, lattice_smc

TWO = LatticeScalar((2, 2), -4.0, 8.0, "unhalved")
FOUR = LatticeScalar((4, 4), -4.0, 8.0, "unhalved")


def measured(fields):
    axes = tuple(range(1, fields.ndim))
    sites = fields[0].size
    return jnp.stack([jnp.mean(fields**2, axis=axes), jnp.mean(fields**4, axis=axes), sites * jnp.mean(fields, axis=axes) ** 2], axis=1)


def lively(lattice: LatticeScalar, size: float = 0.1, **more) -> flows.ContinuousFlow:
    """A flow with weights that do something, in 64 bits."""
    flow = jax.tree.map(lambda one: one.astype(float), flows.continuous_flow(lattice, **more))
    weights = size * jax.random.normal(jax.random.key(3), flow.weights.shape)
    return eqx.tree_at(lambda one: one.weights, flow, weights)


@pytest.fixture(scope="module")
def trained():
    return flows.train(flows.continuous_flow(TWO, steps=6), TWO, steps=250, batch=128, seed=1)


def test_the_vector_field_commutes_with_the_symmetries():
    flow, fields = lively(FOUR), jax.random.normal(jax.random.key(0), (3, 4, 4))

    @eqx.filter_jit
    def velocity(flow, one):
        return flow.velocity(0.3, one.reshape(3, 16))[0].reshape(3, 4, 4)

    moves = {"translation": lambda one: jnp.roll(one, (1, 2), (1, 2)), "reflection": lambda one: one[:, ::-1],
             "exchange of axes": lambda one: jnp.swapaxes(one, 1, 2), "sign": lambda one: -one}  # fmt: skip
    for name, move in moves.items():
        assert float(jnp.max(jnp.abs(velocity(flow, move(fields)) - move(velocity(flow, fields))))) < 1e-12, name

    class Broken(flows.ContinuousFlow):  # sabotage twin: one row of the kernel is moved
        def _kernels(self, times):
            matrix, diagonal = super()._kernels(times)
            return matrix.at[:, 0].set(jnp.roll(matrix[:, 0], 1, axis=-1)), diagonal

    broken = Broken(flow.weights, flow.frequency, flow.log_scale, flow.shape, flow.steps)
    for name in ("translation", "reflection"):
        assert float(jnp.max(jnp.abs(velocity(broken, moves[name](fields)) - moves[name](velocity(broken, fields))))) > 1e-3


def test_classes_of_displacements():
    assert _continuous.orbits((8, 8)).max() + 1 == 15 and _continuous.orbits((4, 6)).max() + 1 == 12
    assert _continuous.orbits((8,)).max() + 1 == 5 and np.all(np.diag(_continuous.orbits((3, 4, 4))) == 0)


@pytest.mark.parametrize("harmonics", [1, 3])
def test_the_divergence_is_the_trace_of_the_jacobian(harmonics):
    flow, field = lively(FOUR, harmonics=harmonics), jax.random.normal(jax.random.key(1), (1, 16))
    velocity = jax.jit(lambda one: flow.velocity(0.7, one[None]))
    jacobian, spread = jax.jit(jax.jacfwd(lambda one: velocity(one)[0][0]))(field[0]), float(velocity(field[0])[1][0])
    assert abs(spread - float(jnp.trace(jacobian))) < 1e-12 and abs(spread + float(jnp.trace(jacobian))) > 1e-2


def test_the_integrator_is_that_of_bijx():
    bijx = _coupling.bijx_or_missing()
    flow, noise = lively(FOUR, steps=5), jax.random.normal(jax.random.key(2), (4, 16))
    with _coupling.lenient():
        solver = bijx.ContFlowRK4(lambda t, x: (lambda v, d: (v, -d))(*flow.velocity(t, x)), steps=5)
        theirs, density = jax.jit(lambda start: solver.forward(start, jnp.zeros(4)))(noise)
    ours, spread = integrated(flow, noise)
    assert float(jnp.max(jnp.abs(ours - theirs))) < 1e-12 and float(jnp.max(jnp.abs(spread + density))) < 1e-11
    assert float(jnp.max(jnp.abs(integrated(lively(FOUR, steps=6), noise)[0] - theirs))) > 1e-9


@eqx.filter_jit
def integrated(flow, noise):
    return flow._integrated(noise)


@eqx.filter_jit
def mismatch(flow, key, count):
    return flow.mismatch(key, count)


@eqx.filter_jit
def log_density(flow, fields):
    return flow.log_density(fields)


def test_densities_of_the_continuous_flow():
    """The mismatch is of fourth order in the step, the way back undoes the way there, and the density integrates to one."""
    errors = [float(jnp.max(jnp.abs(mismatch(lively(TWO, size=0.3, steps=steps), jax.random.key(5), 32)[2]))) for steps in (4, 8)]
    assert 8 < errors[0] / errors[1] < 40 and errors[1] > 1e-9
    nodes = np.linspace(-5, 5, 81)
    flow = lively(LatticeScalar((2,), 1.0, 1.0, "halved"), steps=40)
    grid = np.stack(np.meshgrid(nodes, nodes), axis=-1).reshape(-1, 2)
    fields, density = eqx.filter_jit(flow.draw)(jax.random.key(6), len(grid))
    assert float(jnp.max(jnp.abs(log_density(flow, fields) - density))) < 1e-7
    assert abs(float(jnp.sum(jnp.exp(log_density(flow, jnp.asarray(grid))))) * (nodes[1] - nodes[0]) ** 2 - 1) < 1e-4


def test_two_by_two_sites_against_quadrature(trained):
    assert trained.ess > 0.8 and trained.curve[-1, 0] == 250 and trained.curve[0, 2] < trained.ess
    draws = flows.sample(trained.flow, TWO, measured, draws=8192, seed=2)
    exact = TWO.exact()
    values = [float(one.mean) for one in (exact.second, exact.fourth, exact.susceptibility)]
    assert draws.faults == [] and draws.heaviest < 0.01 and 0 < np.std(draws.mismatch) < 0.05
    chain = draws.metropolis()
    for found in (draws.reweighted(), chain.values):
        assert found.agrees_with(np.array(values)).agrees.all() and float(found.stderr[0]) < 3e-3
        assert not found.agrees_with(1.15 * np.array(values)).agrees.any()
    moved = draws.log_weights + (8.0 - 6.975) * 4 * draws.observables[:, 1]  # sabotage twin: the weights of another action
    assert not dataclasses.replace(draws, log_weights=moved).reweighted().agrees_with(np.array(values)).agrees.any()
    assert 0.7 < chain.acceptance < 1 and all(0.4 < float(tau.mean) < 2 for tau in chain.autocorrelation)


def test_a_law_that_is_the_action_accepts_everything():
    """The law of a flow as its own target: weights are all one, Metropolis accepts, and tau_int is 1/2."""
    flow = lively(TWO, steps=30)
    draws = flows.sample(flow, lambda fields: -flow.log_density(fields), measured, draws=4096, seed=3)
    assert draws.ess > 1 - 1e-9 and np.std(draws.log_weights) < 1e-5
    chain = draws.metropolis(chains=64, warmup=0.0)
    assert chain.acceptance > 1 - 1e-4 and chain.autocorrelation[0].agrees_with(0.5).agrees


def test_metropolis_of_a_law_of_two_values():
    """Proposals uniform on {0, 1}, target (1, 3)/4: acceptance 3/4 on the average, the mean 3/4; without the weights it would be 1/2."""
    generator = np.random.default_rng(4)
    value = generator.integers(0, 2, 64 * 2000).astype(float)
    draws = _draws.FlowDraws(np.log(1 + 2 * value), value[:, None], np.zeros(4), (np.zeros(4), np.zeros((4, 1))), 0, "two values")
    assert abs(draws.ess - 0.8) < 0.01  # 2^2/(1 + 9) * 2
    chain = draws.metropolis()
    assert chain.values.agrees_with(0.75).agrees.all() and not chain.values.agrees_with(0.5).agrees.any()
    assert abs(chain.acceptance - (0.25 * 1 + 0.75 * (0.5 + 0.5 / 3))) < 0.01
    # rho = 1/3: from either value the chain forgets with probability 1/2 * 4/3
    assert chain.autocorrelation[0].agrees_with(0.5 + (1 / 3) / (1 - 1 / 3)).agrees


def test_unusable_weights_are_refused(trained):
    """Those of a law that is far too wide, and those of an integrator with too few steps for a stiff field."""
    wide = eqx.tree_at(lambda one: one.log_scale, trained.flow, trained.flow.log_scale + 3)
    draws = flows.sample(wide, TWO, measured, draws=4096)
    assert draws.faults and np.all(np.isinf(draws.reweighted().stderr)) and np.all(np.isinf(draws.metropolis(chains=8).values.stderr))
    assert any("lattice_smc" in fault for fault in draws.faults)
    stiff = flows.sample(lively(TWO, size=2.0, steps=6), TWO, measured, draws=4096)
    assert any("integrator" in fault for fault in stiff.faults)


def test_the_coupling_flow():
    made = flows.coupling_flow(FOUR, layers=2, channels=3)
    flow = jax.tree.map(lambda one: one.astype(float) if eqx.is_inexact_array(one) else one, made)

    def push(one):
        ends, gain = flow._bijection().forward(one.reshape(1, 4, 4, 1), jnp.zeros(1))
        return ends.ravel(), gain[0]

    @jax.jit
    def looks(key):
        fields, density, gap = flow.mismatch(key, 4)
        with _coupling.lenient():
            return flow.log_density(fields) - density, gap, jax.jacfwd(push, has_aux=True)(jax.random.normal(key, (16,)))

    back, gap, (jacobian, gain) = jax.tree.map(np.asarray, looks(jax.random.key(0)))
    assert np.max(np.abs(back)) < 1e-11 and np.all(gap == 0)
    assert abs(gain + np.linalg.slogdet(jacobian)[1]) < 1e-10


@pytest.mark.slow
def test_the_coupling_flow_learns():
    made = flows.train(flows.coupling_flow(TWO, layers=4, channels=4, seed=1), TWO, steps=120, batch=64, rate=0.01)
    assert made.ess > 0.3 and made.ess > 3 * made.curve[0, 2]


def test_without_bijx(monkeypatch):
    monkeypatch.setitem(sys.modules, "bijx", None)
    with pytest.raises(MissingExtra, match=r"certifield\[flows\]"):
        flows.coupling_flow(TWO)


def test_arguments(trained):
    flow = flows.continuous_flow(TWO)
    for call in (lambda: flows.continuous_flow((8, 8)), lambda: flows.continuous_flow(TWO, harmonics=0),
                 lambda: flows.continuous_flow(TWO, times=1),
                 lambda: flows.continuous_flow(TWO, steps=0.5), lambda: flows.continuous_flow(TWO, seed=-1),
                 lambda: flows.coupling_flow(LatticeScalar((3, 4), 1.0, 1.0, "halved")), lambda: flows.coupling_flow(TWO, layers=1),
                 lambda: flows.train(None, TWO), lambda: flows.train(flow, "phi^4"), lambda: flows.train(flow, TWO, steps=0),
                 lambda: flows.train(flow, TWO, batch=1), lambda: flows.train(flow, TWO, rate=0.0), lambda: flows.sample(3, TWO, measured),
                 lambda: flows.sample(flow, TWO, "phi^2"), lambda: flows.sample(flow, TWO, measured, draws=10),
                 lambda: flows.sample(flow, TWO, lambda x: x, draws=1024)):  # fmt: skip
        with pytest.raises(InputError):
            call()
    draws = flows.sample(trained.flow, TWO, measured, draws=4096)
    for bad in ({"chains": 2}, {"chains": 1000}, {"warmup": 1.0}, {"warmup": "0"}):
        with pytest.raises(InputError):
            draws.metropolis(**bad)


@pytest.mark.slow
def test_a_loss_that_is_no_number():
    with pytest.raises(NotConverged, match="rate"):
        flows.train(flows.continuous_flow(TWO), lambda fields: jnp.sum(fields, axis=(1, 2)) * jnp.nan, steps=2, batch=16)


@pytest.mark.slow
def test_eight_by_eight_sites():
    """The acceptance of ledger F7: ESS of 70 % or more on L = 8, lambda = 8, and published values of hybrid Monte Carlo."""
    lattice = LatticeScalar((8, 8), -4.0, 8.0, "unhalved")
    made = flows.train(flows.continuous_flow(lattice), lattice, steps=500)
    draws = flows.sample(made.flow, lattice, measured, draws=16_384)
    assert draws.ess >= 0.7 and draws.faults == []
    assert draws.reweighted().agrees_with(np.array([0.143449, 0.042313, 0.7443])).agrees.all()


def test_particles_against_quadrature():
    """Sequential Monte Carlo on two by two sites: moments, and log Z/Z_free by the trace of a transfer matrix."""
    run = lattice_smc(TWO, particles=512, runs=16, moves=4, seed=1)
    assert run.observables.agrees_with(TWO.exact()) and run.ladder[0] == 0 and run.ladder[-1] == 1
    nodes = np.linspace(-4, 4, 161)

    def log_z(mass: float, coupling: float) -> float:
        weight = np.exp(-(mass * nodes**2 + coupling * nodes**4) / 2)
        matrix = weight[:, None] * weight * np.exp(-2 * (nodes[:, None] - nodes) ** 2) * (nodes[1] - nodes[0])
        return float(np.log(np.trace(np.linalg.matrix_power(matrix, 4))))

    gap = log_z(-4.0, 8.0) - log_z(1.0, 0.0)
    assert run.log_partition.agrees_with(gap).agrees and float(run.log_partition.stderr) < 0.03
    assert not run.log_partition.agrees_with(gap + 0.2).agrees
    with pytest.raises(InputError):
        lattice_smc(LatticeScalar((4, 4), 1.0, 0.0, "halved"))
    for bad in ({"particles": 8}, {"runs": 2}, {"moves": 0}, {"step": -1.0}, {"seed": 0.5}, {"steps": 0}):
        with pytest.raises(InputError):
            lattice_smc(TWO, **bad)
