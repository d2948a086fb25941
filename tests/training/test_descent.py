"""Energy-conserving descent: stationary measures, energies, the global projection, and what stops it."""

import math
from fractions import Fraction

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from scipy import integrate
from study_answers import answered

import certifield as cf
from certifield.evidence import Estimate, Exact, InputError, NotConverged
from certifield.study import Reading, Task
from certifield.training import descent
from certifield.training.studies import energy_conserving_descent as study
from certifield.training.studies._descents import ackley, double_well, zakharov

SKEW = jnp.array([3.0, 1.0, 0.5])


@pytest.fixture(autouse=True)
def _double():
    with jax.enable_x64(True):
        yield


def valley(q):
    return 1 + jnp.sum(q * q) / 2


def bent(q):
    return 1 + jnp.sum(SKEW * q * q) / 2 + jnp.sin(q[0]) * q[1] / 4


START = np.array([1.0, 0.5, -0.3])


@pytest.mark.parametrize(("flow", "dim", "energy", "value"), [
    (descent.unit_speed_flow(4.0), 2, math.inf, 1.0), (descent.unit_speed_flow(3.0), 3, math.inf, 1.5),
    (descent.separable_flow(3.0, 0), 3, math.inf, 1.5), (descent.unit_speed_flow(2.0), 10, math.inf, 2.5),
    (descent.bbi_flow(), 2, math.log(5.0), 2 * (4 / math.log(5.0) - 1)),
])  # fmt: skip
def test_stationary_measures_in_closed_form(flow, dim, energy, value):
    """(F - F0)^(-eta d/2) of 1 + q^2/2: 2d/(eta d - d - 2); BBI in two dimensions: 2 ((E - 1)/ln E - 1)."""
    found = flow.mean_square(dim, energy=energy)
    assert abs(found.mean - value) < 1e-10 and np.max(getattr(found, "radius", found.stderr)) < 1e-10


@pytest.mark.parametrize("dim", [1, 4])
def test_stationary_measures_by_another_quadrature(dim):
    """V^-eta (e^E V^-eta - 1)^((d-2)/2) and (E/V) ((E^2 - V^2)/V)^((d-2)/2), in |q|; singular at the end in one dimension."""
    for flow, energy, weight, top in (
        (descent.separable_flow(2.0, 1), 3.0, lambda v: v**-2.0 * (math.exp(3.0) * v**-2.0 - 1) ** ((dim - 2) / 2), math.exp(1.5)),
        (descent.bbi_flow(), math.log(3.0), lambda v: 3 / v * ((9 - v * v) / v) ** ((dim - 2) / 2), 3.0),
    ):
        end = math.sqrt(2 * (top - 1)) * (1 - 1e-15)
        low, high = (integrate.quad(lambda r, k=k, w=weight: r ** (dim - 1 + k) * w(1 + r * r / 2), 0, end, limit=400)[0] for k in (0, 2))
        assert abs(flow.mean_square(dim, energy=energy).mean / (high / low) - 1) < 1e-6


@pytest.mark.parametrize(("dim", "eta", "offset"), [(2, 4.1, 0.3), (7, 2.3, 1e-3), (2, 2.001, 1.0), (1000, 1.1, 5.0)])
def test_the_bound_of_the_closed_form(dim, eta, offset):
    """2d c/(eta d - d - 2) of the very numbers that were given, in fractions: inside of the radius, and the radius of few roundings."""
    found = descent.unit_speed_flow(eta).mean_square(dim, offset=offset)
    exact = 2 * dim * Fraction(offset) / (Fraction(eta) * dim - dim - 2)
    assert isinstance(found, Exact) and abs(Fraction(float(found.value)) - exact) <= Fraction(float(found.radius))
    assert found.radius < 1e-11 * found.value


def test_quadratures_are_in_double_precision():
    """Where JAX is in single precision, too; an error bar from two sums in single precision would be short of the closed form."""
    with jax.enable_x64(False):
        found = descent.bbi_flow().mean_square(2, energy=math.log(5.0))
    assert isinstance(found, Estimate) and found.bias == "unknown" and abs(found.mean - 2 * (4 / math.log(5.0) - 1)) < 1e-12
    far = descent.separable_flow(3.0, 1).mean_square(2, energy=3000.0).mean  # of V^-3; e^3000 is no number
    assert abs(far - 2.0) < 1e-9


CASES = [
    (descent.unit_speed_flow(4.0), 2, 1.0, 0.1, math.inf),
    pytest.param(descent.separable_flow(3.0, 0), 3, 1.0, 0.02, math.inf, marks=pytest.mark.slow),
    (descent.separable_flow(2.0, 1), 4, math.exp(4.0) / 1.5**2 - 1, 0.05, 4.0),
    (descent.bbi_flow(), 2, 3.5, 0.1, math.log(5.0)),
]


@pytest.mark.parametrize(("flow", "dim", "given", "time", "energy"), CASES, ids=lambda one: getattr(one, "name", ""))
def test_chains_have_the_stationary_measure(flow, dim, given, time, energy):
    """Within 4.9 errors over 48 chains; the measure of another eta, or of another energy, is outside."""
    optimiser = descent.energy_conserving(flow, time, deltaEn=given, refresh=0.3)

    def chain(key):
        def step(carry, _):
            q, state = carry
            value, grads = jax.value_and_grad(valley)(q)
            updates, state = optimiser.update(grads, state, q, value=value)
            return (q + updates, state), jnp.sum(q * q)

        q = jnp.full(dim, dim**-0.5)
        (_, state), squares = jax.lax.scan(step, (q, optimiser.init(q)._replace(key=key)), None, length=12_000)
        return jnp.mean(squares[1000:]), state.bounces

    squares, fresh = map(np.asarray, jax.jit(jax.vmap(chain))(jax.random.split(jax.random.key(5), 48)))
    exact, error = float(flow.mean_square(dim, energy=energy).mean), squares.std() / math.sqrt(len(squares))
    assert abs(squares.mean() - exact) < 4.9 * error and error < 0.05 * exact
    assert abs(squares.mean() - 1.4 * exact) > 4.9 * error
    expected = 12_000 * -math.expm1(-0.3 * time)
    assert abs(fresh.mean() - expected) < 4.9 * math.sqrt(expected / 48)


@pytest.mark.parametrize("flow", [descent.unit_speed_flow(3.0), descent.separable_flow(3.0, 1), descent.bbi_flow()])
def test_the_energy_without_restoring_it(flow):
    """Of second order with half kicks on both sides, below 1e-6 at a step of 1/2000; of first order with a whole kick first."""
    optimiser = lambda time, **rest: descent.energy_conserving(flow, time, deltaEn=1.0, consEn=False, **rest)  # noqa: E731
    worst = [np.abs(descent.descend(bent, START, optimiser(time), round(4 / time)).drift).max() for time in (0.02, 0.01, 5e-4)]
    assert abs(worst[0] / worst[1] - 4) < 0.6 and worst[2] < 1e-6
    plain = [descent.descend(bent, START, optimiser(time, symmetric=False), round(4 / time)).drift for time in (0.01, 0.005)]
    assert 1.8 < np.abs(plain[0]).max() / np.abs(plain[1]).max() < 2.2
    held = descent.descend(bent, START, descent.energy_conserving(flow, 0.01, deltaEn=1.0), 400)
    gap = np.asarray(held.gap)[-1]
    last = flow.energy(np.log(gap), flow.shell(np.log(gap), held.state.energy, 3), 3)
    assert abs(float(last - held.state.energy)) < 1e-12


@pytest.mark.parametrize("make", [
    lambda: descent.ecd_q1(0.1, eta=3.0, nu=0.0), lambda: descent.ecd_sep(0.1, eta=2.0, deltaEn=0.5, nu=0.0),
    lambda: descent.bbi(0.1, deltaEn=0.5),
])  # fmt: skip
def test_two_leaves_have_the_law_of_one(make):
    """Norms and products are over the whole tree; a projection leaf by leaf is a sabotage twin, and goes elsewhere."""
    skew = jnp.array([3.0, 1.0, 0.5, 2.0])
    loss, four = (lambda q: 1 + jnp.sum(skew * q * q) / 2 + jnp.sin(q[0]) * q[3] / 4), np.array([1.0, 0.5, -0.3, 0.4])
    joined = lambda q: loss(jnp.concatenate([q["a"], q["b"]]))  # noqa: E731
    whole = descent.descend(loss, four, make(), 60)
    parted = descent.descend(joined, {"a": four[:2], "b": four[2:]}, make(), 60)
    assert np.allclose(np.concatenate([parted.params["a"], parted.params["b"]]), whole.params, atol=1e-12)
    assert np.allclose(parted.value, whole.value, atol=1e-12)
    leafwise = optax.multi_transform({"a": make(), "b": make()}, {"a": "a", "b": "b"})
    q = {"a": jnp.asarray(four[:2]), "b": jnp.asarray(four[2:])}
    state, step = leafwise.init(q), jax.jit(leafwise.update)
    for _ in range(60):
        value, grads = jax.value_and_grad(joined)(q)
        updates, state = step(grads, state, q, value=value)
        q = optax.apply_updates(q, updates)
    assert np.max(np.abs(np.concatenate([q["a"], q["b"]]) - whole.params)) > 1e-2


def test_the_exact_kick_solves_its_equation():
    """du/dt = -(eta d/2(d-1)) (1 - u u^T) slope, against small steps; Euler's kick is not that, nor of length 1."""
    slope, time, eta = np.array([0.4, -1.0, 2.0]), 0.7, 3.0
    u = np.array([2.0, 1.0, -2.0]) / 3
    kick = lambda slope, time: descent.unit_speed_flow(eta).kick(  # noqa: E731
        descent.Momentum(jnp.asarray(u), jnp.asarray(0.0)), jnp.asarray(slope), 0.0, 0.0, time, 3
    )
    found = kick(slope, time)
    rate = eta * 3 / (2 * 2)
    path = integrate.solve_ivp(
        lambda _, y: np.concatenate([-rate * (slope - y[:3] * (y[:3] @ slope)), [-rate * (y[:3] @ slope)]]), (0, time), [*u, 0.0],
        rtol=1e-11, atol=1e-12,
    ).y[:, -1]  # fmt: skip
    assert np.allclose(found.direction, path[:3], atol=1e-9) and abs(float(found.size) - path[3]) < 1e-9
    euler = u - time * rate * (slope - u * (u @ slope))
    assert np.max(np.abs(euler - path[:3])) > 0.1
    still = kick(np.zeros(3), time)
    assert np.allclose(still.direction, u) and float(still.size) == 0
    steep = kick(1e6 * slope, 1.0)
    assert np.allclose(steep.direction, -slope / np.linalg.norm(slope)) and np.isfinite(float(steep.size))


@pytest.mark.parametrize("flow", [descent.separable_flow(2.0, 1), descent.separable_flow(2.0, 0), descent.bbi_flow()])
def test_motions_are_those_of_the_hamiltonian(flow):
    """Velocity dH/dp and force -dH/dq by differentiation of H; the shell inverts the energy."""
    given = {"bbi": lambda v, p2: jnp.sqrt(v * v + v * p2)}
    s = 1 if "s = 1" in flow.name else 0
    energy = given.get(flow.name, lambda v, p2: 2.0 * jnp.log(v) + jnp.log(s + p2))
    q, p = jnp.asarray(START), jnp.array([0.3, -0.4, 1.2])
    hamiltonian = lambda q, p: energy(bent(q), jnp.sum(p * p))  # noqa: E731
    size, log_v = jnp.log(jnp.linalg.norm(p)), jnp.log(bent(q))
    conserved = flow.energy(log_v, size, 3)
    whole = jnp.log(hamiltonian(q, p)) if flow.name == "bbi" else hamiltonian(q, p)
    assert abs(float(conserved - whole)) < 1e-12
    assert abs(float(flow.shell(log_v, conserved, 3) - size)) < 1e-12
    velocity = flow.speed(size, conserved) * p / jnp.linalg.norm(p)
    assert np.allclose(velocity, jax.grad(hamiltonian, 1)(q, p), atol=1e-12)
    slope, time = jax.grad(bent)(q) / bent(q), 1e-6
    kicked = flow.kick(descent.Momentum(p / jnp.linalg.norm(p), size), slope, log_v, conserved, time, 3)
    force = (jnp.exp(kicked.size) * kicked.direction - p) / time
    assert np.allclose(force, -jax.grad(hamiltonian, 0)(q, p), atol=1e-6)


def test_sampling_by_the_same_flow():
    """N(0, 1)^10 at a step of 0.2: <q^2> = 10, beside BlackJAX's microcanonical Langevin sampler; Euler's kick first is 2 % off."""
    found, energy = descent.microcanonical(
        lambda q: -jnp.sum(q * q) / 2, jnp.ones(10), lambda q: jnp.sum(q * q), step=0.2, steps=6000, chains=32
    )
    assert found.agrees_with(10.0).agrees and found.stderr < 0.1 and energy.mean < 1e-6
    tree, _ = descent.microcanonical(
        lambda q: -(q["a"] ** 2) / 2 - jnp.sum(q["b"] ** 2), {"a": jnp.asarray(0.5), "b": jnp.ones(3)}, lambda q: q["b"][0] ** 2, step=0.2,
        steps=6000, chains=32, seed=3,
    )  # fmt: skip
    assert tree.agrees_with(0.5).agrees and not tree.agrees_with(1.0).agrees
    blackjax = pytest.importorskip("blackjax")
    sampler = blackjax.mclmc(lambda q: -jnp.sum(q * q) / 2, L=5.0, step_size=0.2, inverse_mass_matrix=jnp.ones(10))

    def theirs(key):
        state = sampler.init(jnp.ones(10), key)
        _, squares = jax.lax.scan(
            lambda state, k: (sampler.step(k, state)[0], jnp.sum(state.position**2)), state, jax.random.split(key, 4000)
        )
        return jnp.mean(squares[500:])

    other = np.asarray(jax.jit(jax.vmap(theirs))(jax.random.split(jax.random.key(2), 16)))
    assert abs(other.mean() - float(found.mean)) < 4.9 * math.hypot(other.std() / 4, float(found.stderr))


def test_a_loss_below_the_offset_stops_with_a_reason_or_moves_it():
    low = lambda q: jnp.sum(q * q) - 1  # noqa: E731
    with pytest.raises(NotConverged, match=r"stopped at step \d+: the loss -[\d.]+ fell below F0 = 0; give an F0"):
        descent.descend(low, START, descent.ecd_sep(0.3, eta=2.0), 300)
    moved = descent.descend(low, START, descent.ecd_sep(0.3, eta=2.0, lower=0.5), 300)
    assert int(moved.state.lowered) >= 1 and np.all(moved.gap > 0) and float(moved.state.floor) < -0.5
    with pytest.raises(NotConverged, match="not finite"):
        descent.descend(lambda q: jnp.sum(jnp.sqrt(q)) + 1, START[:2], descent.bbi(0.5, deltaEn=3.0), 300)
    stopped = descent.ecd_sep(0.1, eta=2.0)
    state = stopped.init(jnp.ones(2))
    updates, state = stopped.update(jnp.ones(2), state, value=-1.0)
    assert not np.any(updates) and int(state.stopped) == 0
    updates, state = stopped.update(jnp.ones(2), state, value=1.0)  # it stays stopped, and keeps the value that stopped it
    assert not np.any(updates) and int(state.stopped) == 0 and float(state.value) == -1


def test_bounces_are_by_count_and_by_patience():
    found = descent.descend(valley, START, descent.bbi(1e-4, deltaEn=1.0, T0=10, Nb=2, T1=10**6), 60)
    turns = np.flatnonzero(np.diff(found.bounces)) + 1
    assert turns.tolist() == [10, 20] and found.bounces[-1] == 2
    stuck = descent.descend(lambda q: 1 + 0 * jnp.sum(q), START, descent.bbi(1e-4, deltaEn=1.0, T0=10**6, T1=7), 40)
    assert np.flatnonzero(np.diff(stuck.bounces)).size == 5 and int(stuck.state.planned) == 0
    speeds = descent.descend(valley, START, descent.bbi(1e-3, deltaEn=1.0, T0=10, Nb=3), 60).speed
    assert np.all(np.abs(np.diff(speeds)) < 0.02)  # a bounce keeps |p|


def test_weight_decay_is_part_of_the_loss():
    plain = descent.descend(lambda q: bent(q) + 0.35 * jnp.sum(q * q), START, descent.ecd_q1(0.1, eta=3.0, nu=0.0), 40)
    decayed = descent.descend(bent, START, descent.ecd_q1(0.1, eta=3.0, nu=0.0, weight_decay=0.7), 40)
    assert np.allclose(plain.params, decayed.params, atol=1e-12) and np.allclose(plain.value, decayed.value, atol=1e-12)


def test_schedules_chains_and_networks():
    """A schedule of Optax; a chain with clipping; a model of Equinox with a static part, in single precision."""
    fixed = descent.descend(valley, START, descent.ecd_q1(0.1, eta=3.0, nu=0.0), 20)
    scheduled = descent.descend(valley, START, descent.ecd_q1(optax.constant_schedule(0.1), eta=3.0, nu=0.0), 20)
    assert np.array_equal(fixed.value, scheduled.value)
    chain = optax.chain(optax.clip_by_global_norm(1e6), descent.ecd_q1(0.1, eta=3.0, nu=0.0))
    state = chain.init(jnp.asarray(START))
    updates, _ = chain.update(jax.grad(valley)(jnp.asarray(START)), state, jnp.asarray(START), value=valley(jnp.asarray(START)))
    assert abs(float(jnp.linalg.norm(updates)) - 0.1 / math.sqrt(3.0)) < 1e-12
    model = eqx.nn.MLP(1, 1, 8, 1, activation=jnp.tanh, key=jax.random.key(1), dtype=jnp.float32)
    params, static = eqx.partition(model, eqx.is_inexact_array)
    x = jnp.linspace(-1, 1, 16, dtype=jnp.float32)[:, None]
    loss = lambda p: jnp.mean((jax.vmap(eqx.combine(p, static))(x) - jnp.sin(2 * x)) ** 2)  # noqa: E731
    found = descent.descend(loss, params, descent.ecd_sep(0.3, eta=2.0, F0=-1e-3), 300)
    assert found.value.dtype == np.float32 and found.value[-1] < 0.05 * found.value[0]


@pytest.mark.parametrize(("loss", "at", "value"), [
    (zakharov, np.ones(10), 572680.3125), (zakharov, np.zeros(10), 0.0), (ackley, np.zeros(2), 0.0), (double_well, np.ones(1), 0.45),
])  # fmt: skip
def test_synthetic_losses(loss, at, value):
    assert abs(float(loss(jnp.asarray(at))) - value) < 1e-9 * (1 + value)
    assert np.all(np.isfinite(jax.grad(loss)(jnp.asarray(at))))


@pytest.mark.parametrize(("call", "words"), [
    (lambda: descent.ecd_q1(0.1, eta=3.0).init(jnp.ones(1)), "at unit speed"),
    (lambda: descent.ecd_q1(0.1, eta=3.0).init([]), "floating arrays"),
    (lambda: descent.ecd_q1(0.1, eta=3.0).init(jnp.arange(3)), "floating arrays"),
    (lambda: descent.ecd_q1(0.0, eta=3.0), "lr"),
    (lambda: descent.ecd_q1(0.1, eta=-3.0), "eta"),
    (lambda: descent.ecd_sep(0.1, s=2), "0 or 1"),
    (lambda: descent.ecd_sep(0.1, s=0), "minus infinity"),
    (lambda: descent.ecd_sep(0.1, F0=math.nan), "F0"),
    (lambda: descent.ecd_sep(0.1, nu=-1.0), "nu"),
    (lambda: descent.ecd_sep(0.1, lower=0.0), "lower"),
    (lambda: descent.bbi(0.1, T0=0), "T0"),
    (lambda: descent.bbi(0.1).update(jnp.ones(2), descent.bbi(0.1).init(jnp.ones(2))), "value=loss"),
    (lambda: descent.bbi(0.1, weight_decay=0.1).update(jnp.ones(2), descent.bbi(0.1).init(jnp.ones(2)), value=1.0), "the parameters"),
    (lambda: descent.descend(valley, START, descent.bbi(0.1), 0), "steps"),
    (lambda: descent.unit_speed_flow(1.5).mean_square(2), "larger eta"),
    (lambda: descent.bbi_flow().mean_square(2, energy=-1.0), "energy"),
    (lambda: descent.bbi_flow().mean_square(2), "energy"),
    (lambda: descent.separable_flow(2.0).mean_square(2, energy="high"), "energy"),
    (lambda: descent.microcanonical(lambda q: -jnp.sum(q * q), jnp.ones(1), jnp.sum, step=0.1), "2 or more"),
    (lambda: descent.microcanonical(lambda q: -jnp.sum(q * q), jnp.ones(2), jnp.sum, step=0.1, chains=2), "chains"),
])  # fmt: skip
def test_what_cannot_be_descended(call, words):
    with pytest.raises(InputError, match=words):
        call()


def test_names_are_public():
    assert cf.training.ecd_q1 is descent.ecd_q1 and isinstance(descent.unit_speed_flow(4.0).mean_square(2), Exact)


def test_a_part_of_the_study():
    """A measure of few steps, a drift and one optimiser on one problem: findings, sections, and no flow at unit speed in one dimension."""
    options = study.Question(steps=200, problems=("double-well",), optimisers=("ecd-sep", "ecd-q1"))
    every = {case.name: case for case in study.cases(options)}
    assert "double-well/ecd-sep" in every and "double-well/ecd-q1" not in every
    readings = {}
    for name in ("measure/unit-speed/d=2/eta=4", "drift/unit-speed", "double-well/ecd-sep"):
        pieces = {0: study.piece(Task(7, every[name], 0), options)}
        readings[name] = Reading(every[name], dict(study.read(every[name], pieces, options)), pieces)
    assert float(readings["measure/unit-speed/d=2/eta=4"]["<q^2>"].expected.value) == pytest.approx(1.0)
    assert abs(float(readings["drift/unit-speed"]["power of the time step"].value.mean) - 2) < 0.01
    assert abs(10 ** float(readings["double-well/ecd-sep"]["log10 of the lowest"].value.mean) - 0.0475) < 5e-3  # the lower minimum
    sections = list(study.page(readings, options))
    assert [section.key for section in sections] == ["measures", "energies", "double-well"]
    assert [len(section.rows) for section in sections] == [1, 1, 1]


@pytest.mark.slow
def test_the_study_of_descents():
    """One problem of one parameter, two optimisers, short chains: its claims."""
    options = {"steps": 400, "problems": ["double-well"], "optimisers": ["adam", "ecd-sep", "ecd-q1"]}
    _, verdicts, sections = answered("energy-conserving-descent", **options)
    assert verdicts == {"DY-16 (measure)": "open", "DY-16 (energy)": "reproduced", "DY-16": "open"}
    assert len(sections[-1].rows) == 2
