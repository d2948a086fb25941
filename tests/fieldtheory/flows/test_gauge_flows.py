"""Flows of matrices and links: equivariance, Jacobians by differentiation, spectra by quadrature, and lattices against exact plaquettes."""

import itertools
import math
from functools import reduce

import equinox as eqx
import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from scipy.linalg import expm
from scipy.special import iv
from scipy.stats import unitary_group

from certifield.evidence import InputError
from certifield.fieldtheory import flows, gauge
from certifield.fieldtheory.flows import _gauge
from certifield.fieldtheory.flows._coupling import lenient
from certifield.fieldtheory.gauge import GaugeLattice, _links

SETS = ((1.0,), (0.17, -0.65, 1.22), (0.98, -0.63, -0.21))  # coefficients of arXiv:2008.05456, beta = 9


def wide(flow, size=None):
    """In 64 bits; with ``size``, weights that do something."""
    key = jax.random.key(7)

    def one(leaf):
        if not eqx.is_inexact_array(leaf):
            return leaf
        return leaf.astype(float) if size is None else size * jax.random.normal(key, leaf.shape)

    return jax.tree.map(one, flow)


def trace(matrices):
    return jnp.stack([_links.real_trace(matrices), _links.real_trace(_links.product(matrices, matrices))], axis=-1)


def plaquette(links):
    square = gauge.topological_charges(links) ** 2 if links.shape[0] == 1 else jnp.zeros(links.shape[-1])
    sites = links.shape[3] * links.shape[4]
    return jnp.stack([jnp.mean(_links.real_trace(_links.plaquettes(links)), axis=(0, 1)), square / sites], axis=-1)


def uniform(n, shape, seed):
    """Matrices [n, n, *shape] of U(1) or SU(n), without a program of JAX."""
    if n == 1:
        return np.exp(2j * np.pi * np.random.default_rng(seed).random((1, 1, *shape)))
    found = unitary_group.rvs(n, size=math.prod(shape), random_state=seed).reshape(-1, n, n)
    found = found / (np.linalg.det(found) ** (1 / n))[..., None, None]
    return np.moveaxis(found, 0, -1).reshape(n, n, *shape)


def times(*factors):
    """The product of matrices [n, n, ...]."""
    return reduce(lambda a, b: np.einsum("ij...,jk...->ik...", a, b), factors)


def turned_back(matrices):
    return np.conj(np.swapaxes(matrices, 0, 1))


@eqx.filter_jit
def pushed(flow, given):
    return flow.pushed(given)


@eqx.filter_jit
def mismatch(flow):
    return flow.mismatch(jax.random.key(3), 8)[2]


def by_differences(flow, links):
    """The logarithm of the determinant of a flow in all directions of all links [n, n, ..., draws], by differences, and its density."""
    n, *shape, draws = links.shape[1:]
    basis, places = _links.generators(n), list(np.ndindex(*shape))
    starts = np.repeat(links[..., None], 2 * len(places) * len(basis) + 1, axis=-1)  # all directions side by side, and the start itself
    for number, (sign, place, axis) in enumerate(itertools.product((1, -1), places, range(len(basis)))):
        step = expm(sign * 1e-5 * basis[axis])[..., None]
        starts[:, :, *place, :, number] = times(step, links[:, :, *place])
    ends, density = (np.asarray(one) for one in pushed(flow, starts.reshape(n, n, *shape, -1)))
    ends, half = ends.reshape(starts.shape), len(places) * len(basis)
    change = times((ends[..., :half] - ends[..., half:-1]) / 2e-5, np.broadcast_to(turned_back(ends[..., -1:]), ends[..., :half].shape))
    rows = -2 * np.einsum("bij,ji...sr->...bsr", basis, change).real.reshape(half, draws, half)
    return np.linalg.slogdet(np.moveaxis(rows, 1, 0))[1], density.reshape(draws, -1)[:, -1]


@pytest.mark.parametrize("n", [2, 3])
def test_class_flows_commute_with_conjugation(n):
    flow = wide(flows.class_flow(n, powers=3, steps=80), 0.3)
    count = 2 * (n * n - 1) + 1  # thrice as many are pushed: as many as the differences below have
    start, frame = uniform(n, (count,), 1), uniform(n, (count,), 2)
    skewed = times(start, frame)  # sabotage twin: multiplication from one side is no conjugation
    every = np.concatenate([start, times(frame, start, turned_back(frame)), skewed], axis=-1)
    (one, two, other), (density, same, _) = (np.split(np.asarray(each), 3, axis=-1) for each in pushed(flow, every))
    assert np.max(np.abs(two - times(frame, one, turned_back(frame)))) < 1e-11 and np.max(np.abs(same - density)) < 1e-11
    assert np.max(np.abs(times(one, turned_back(one)) - np.eye(n)[..., None])) < 1e-11
    assert np.max(np.abs(one - start)) > 0.1 and np.max(np.abs(other - times(one, frame))) > 0.1


@pytest.mark.parametrize("n", [2, 3])
def test_densities_of_class_flows(n):
    """log q against the Jacobian in all directions of the algebra."""
    jacobian, density = by_differences(wide(flows.class_flow(n, powers=3, steps=80), 0.3), uniform(n, (3,), 2))
    assert np.max(np.abs(density + jacobian)) < 1e-6 and np.max(np.abs(jacobian)) > 0.1


def test_angles_near_pi_keep_their_digits():
    """In single precision as in double: two maps that draw to pi by exp(6) each, from angles at which the sine of the end is rounding.

    The density is that of h'(theta) sin^2 h/sin^2 theta with tan(h/2) = exp(12) tan(theta/2).  Sabotage twin: the sine of the rounded end.
    """
    shifts, shares = np.full((2, 1, 1, 1, 4), 6.0), np.ones((2, 1, 1, 1, 4))
    angle = np.array([0.5, 2.0, 3.0, 3.14])
    told = []
    for real, kind in ((jnp.float32, jnp.complex64), (jnp.float64, jnp.complex128)):
        w = np.zeros((2, 2, 1, 1, 4), complex)
        w[0, 0], w[1, 1] = np.exp(1j * angle), np.exp(-1j * angle)
        with lenient():
            moved, gain = _gauge._spectral(jnp.asarray(w, kind), jnp.asarray(shifts, real), jnp.asarray(shares, real))
        told.append(np.asarray(gain)[0, 0])
        assert np.allclose(np.einsum("ab...,cb...->ac...", moved, np.conj(moved)), np.eye(2)[:, :, None, None, None], atol=1e-5)
    with mpmath.workdps(40):
        exact = []
        for theta in map(mpmath.mpf, angle.tolist()):
            h = 2 * mpmath.atan(mpmath.exp(12) * mpmath.tan(theta / 2))
            # h' = sin h/sin theta for a map of this form
            exact.append(float(3 * mpmath.log(mpmath.sin(h) / mpmath.sin(theta))))
    assert np.allclose(told[0], exact, atol=2e-3) and np.allclose(told[1], exact, atol=1e-6)
    end = np.float32(np.pi) - 2 * np.arctan2(np.float32(1), np.exp(np.float32(12)) * np.tan(angle.astype(np.float32) / 2))
    with np.errstate(invalid="ignore"):
        assert not np.allclose(3 * np.log(np.sin(end.astype(np.float32)) / np.sin(angle)), exact, atol=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("n", [2, 3])
def test_what_the_integrator_leaves_out(n):
    """Against the Jacobian of the eigenangles: little in many steps, and more where the flow is steep."""
    flow = wide(flows.class_flow(n, powers=3, steps=80), 0.3)
    assert float(jnp.max(jnp.abs(mismatch(flow)))) < 1e-5
    steep = eqx.tree_at(lambda one: one.weights, flow, 8 * flow.weights)
    assert float(jnp.max(jnp.abs(mismatch(steep)))) > 1e-5


def by_angles(n: int, coefficients: tuple[float, ...], beta: float) -> np.ndarray:
    """Means of Re tr U/N and Re tr U^2/N by quadrature over eigenangles."""
    t = 2 * np.pi * (np.arange(192) + 0.5) / 192
    free = np.meshgrid(*[t] * (n - 1), indexing="ij")
    z = np.exp(1j * np.stack([*free, -sum(free)]))
    measure = np.prod([np.abs(z[i] - z[j]) ** 2 for i in range(n) for j in range(i)], axis=0)
    powers = [np.sum(z**k, axis=0).real / n for k in range(1, 4)]
    weight = measure * np.exp(beta * sum(c * p for c, p in zip(coefficients, powers, strict=False)))
    return np.array([np.sum(weight * p) / np.sum(weight) for p in powers[:2]])


@pytest.mark.parametrize(("n", "beta"), [pytest.param(2, 2.0, marks=pytest.mark.slow), (3, 3.0)])
def test_class_actions_by_reweighting(n, beta):
    """Weights alone give the density of the second set; as many draws are effective as a quadrature over the start of the flow says."""
    flow = wide(flows.class_flow(n, powers=2, steps=6), 0.15)
    draws = flows.sample(flow, flows.class_action(SETS[2], beta), trace, draws=4096, seed=1)
    exact = by_angles(n, SETS[2], beta)
    assert draws.reweighted().agrees_with(exact).agrees.all() and float(draws.reweighted().stderr[0]) < 0.02
    assert not draws.reweighted().agrees_with(by_angles(n, SETS[2], 2 * beta)).agrees.all()
    assert 1e-7 < np.max(np.abs(draws.mismatch)) < 1e-3
    known, other = (flows.class_efficiency(flow, SETS[2], one) for one in (beta, 2 * beta))
    assert draws.efficiency().agrees_with(float(known.mean)).agrees and float(known.stderr) < 1e-8
    assert not draws.efficiency().agrees_with(float(other.mean)).agrees  # sabotage twin: another action


@pytest.mark.slow
def test_a_flow_of_one_su2_matrix():
    """ESS of 90 % at beta = 9 (the acceptance of ledger F7), and the trace by quadrature."""
    action = flows.class_action(SETS[0], 9.0)
    made = flows.train(flows.class_flow(2, powers=4, steps=8), action, steps=150, batch=64, rate=0.1)
    draws = flows.sample(made.flow, action, trace, draws=2048)
    assert draws.ess >= 0.9 and draws.faults == []
    assert draws.reweighted().agrees_with(by_angles(2, SETS[0], 9.0)).agrees.all()


def test_traces_by_quadrature():
    assert flows.class_quadrature(2, SETS[0], 9.0).agrees_with(by_angles(2, SETS[0], 9.0)[0]).agrees
    assert abs(by_angles(2, SETS[0], 9.0)[0] - float(gauge.infinite_volume_plaquette("SU(2)", 9.0).value)) < 1e-12


def test_the_effective_part_of_uniform_draws():
    r"""Without a flow w = e^{-S}: of SU(2), $\int w = 2I_1(\beta)/\beta$, so that the part is $2I_1(\beta)^2/(\beta I_1(2\beta))$."""
    still = jax.tree.map(jnp.zeros_like, flows.class_flow(2, powers=1, steps=1))
    for beta in (0.5, 3.0):
        expected = 4 * iv(1, beta) ** 2 / (beta * iv(1, 2 * beta))
        assert abs(float(flows.class_efficiency(still, (1.0,), beta).mean) - expected) < 1e-12


@pytest.mark.slow
@pytest.mark.parametrize("n", [2, 3])
@pytest.mark.parametrize("coefficients", SETS)
def test_flows_of_one_matrix(n, coefficients):
    """ESS of 90 % at beta = 9: the acceptance of ledger F7."""
    action = flows.class_action(coefficients, 9.0)
    made = flows.train(flows.class_flow(n), action, steps=300, batch=256, rate=0.1)
    assert float(flows.class_efficiency(made.flow, coefficients, 9.0).mean) >= 0.9  # a rare large weight is not missed
    draws = flows.sample(made.flow, action, trace, draws=4096)
    assert draws.ess >= 0.9 and draws.reweighted().agrees_with(by_angles(n, coefficients, 9.0)).agrees.all()


@pytest.mark.parametrize(
    ("group", "hierarchy"), [("U(1)", True), ("U(1)", False), ("SU(2)", True), pytest.param("SU(2)", False, marks=pytest.mark.slow)]
)
def test_gauge_flows_are_equivariant(group, hierarchy):
    n = {"U(1)": 1, "SU(2)": 2}[group]
    flow = wide(flows.gauge_flow(GaugeLattice(group, (4, 4), 2.0), hierarchy=hierarchy, sweeps=1), 0.5)
    links, turn = jnp.asarray(uniform(n, (2, 4, 4, 5), 3)), jnp.asarray(uniform(n, (4, 4, 5), 4))
    (one, two), (density, other) = transformed(flow, links, turn)
    assert float(jnp.max(jnp.abs(two - gauge.gauge_transformed(one, turn)))) < 1e-12
    assert float(jnp.max(jnp.abs(other - density))) < 1e-12 and float(jnp.max(jnp.abs(one - links))) > 0.1


@eqx.filter_jit
def transformed(flow, links, turn):
    """Links and densities at the end, of a start and of what a gauge transformation makes of it."""
    ends, density = flow.pushed(jnp.concatenate([links, gauge.gauge_transformed(links, turn)], axis=-1))
    return jnp.split(ends, 2, axis=-1), jnp.split(density, 2)


def test_a_layer_that_looks_at_links_is_not_equivariant(monkeypatch):
    """Sabotage twin: conditions from the trace of a link instead of a loop."""
    honest = _gauge._conditions
    flow = wide(flows.gauge_flow(GaugeLattice("U(1)", (4, 4), 2.0), hierarchy=False, sweeps=1), 0.5)
    links, turn = jnp.asarray(uniform(1, (2, 4, 4, 5), 5)), jnp.asarray(uniform(1, (4, 4, 5), 6))
    every = jnp.concatenate([links, gauge.gauge_transformed(links, turn)], axis=-1)
    monkeypatch.setattr(_gauge, "_conditions", lambda trace, *rest: honest(_links.real_trace(every[:, :, 1]), *rest))
    before, after = jnp.split(eqx.filter_jit(flow.pushed)(every)[1], 2)
    assert float(jnp.max(jnp.abs(after - before))) > 1e-3


@pytest.mark.parametrize("group", ["U(1)", "SU(2)"])
def test_jacobians_of_gauge_flows(group):
    """log q against the determinant in all directions of all links, by differences."""
    lattice = GaugeLattice(group, (2, 2), 2.0)
    jacobian, density = by_differences(wide(flows.gauge_flow(lattice), 0.5), uniform(lattice.rules.n, (2, 2, 2, 1), 5))
    assert abs(density[0] + jacobian[0]) < 1e-6 and abs(jacobian[0]) > 0.1


def test_masks_freeze_what_conditions_see():
    """All links move in a hierarchy but those of one comb and the frozen rows; each layer moves links that no loop shares."""
    masks = _gauge._halvings(8)
    assert [(mask.direction, mask.length, mask.spacing) for mask in masks] == [
        (1, 8, 4),
        (1, 8, 2),
        (1, 8, 1),
        (0, 1, 4),
        (0, 1, 2),
        (0, 1, 1),
    ]
    moved = [int(_gauge._active((8, 8), mask).sum()) for mask in masks]
    assert moved == [1, 2, 4, 8, 16, 32]  # 7 holonomies, and 7 of 8 rows: all gauge-invariant directions but those of one comb


@pytest.mark.parametrize("side", [2, pytest.param(4, marks=pytest.mark.slow)])
def test_a_lattice_of_links(side):
    """Plaquettes and topology of U(1) from a hierarchy, reweighted, against the exact torus."""
    lattice = GaugeLattice("U(1)", (side, side), 2.0)
    made = flows.train(flows.gauge_flow(lattice), lattice, steps=120, batch=64, rate=0.03)
    draws = flows.sample(made.flow, lattice, plaquette, draws=8192)
    assert made.ess > 0.5 and draws.faults == []
    exact = np.array([float(gauge.mean_plaquette(lattice).value), float(gauge.topological_susceptibility(lattice).value)])
    assert draws.reweighted().agrees_with(exact).agrees.all() and not draws.reweighted()[0].agrees_with(1.1 * exact[0]).agrees


@pytest.mark.slow
@pytest.mark.parametrize("group", ["U(1)", "SU(2)"])
def test_eight_by_eight_plaquettes(group):
    lattice = GaugeLattice(group, (8, 8), 2.0)
    made = flows.train(flows.gauge_flow(lattice), lattice, steps=250, batch=64, rate=0.03)
    draws = flows.sample(made.flow, lattice, plaquette, draws=4096)
    assert made.ess > 0.3 and draws.reweighted()[0].agrees_with(gauge.mean_plaquette(lattice)).agrees


def test_arguments():
    torus = GaugeLattice("U(1)", (4, 4), 1.0)
    for call in (lambda: flows.gauge_flow("U(1)"), lambda: flows.gauge_flow(GaugeLattice("SU(3)", (4, 4), 1.0)),
                 lambda: flows.gauge_flow(GaugeLattice("U(1)", (6, 6), 1.0)), lambda: flows.gauge_flow(GaugeLattice("U(1)", (4, 8), 1.0)),
                 lambda: flows.gauge_flow(GaugeLattice("U(1)", (5, 4), 1.0), hierarchy=False), lambda: flows.gauge_flow(torus, hierarchy=1),
                 lambda: flows.gauge_flow(torus, sweeps=0), lambda: flows.gauge_flow(torus, bumps=0),
                 lambda: flows.gauge_flow(torus, seed=-1),
                 lambda: flows.class_flow(1), lambda: flows.class_flow(2, powers=0), lambda: flows.class_flow(2, times=1),
                 lambda: flows.class_flow(2, steps=0), lambda: flows.class_action((), 1.0), lambda: flows.class_action((1.0,), 0.0),
                 lambda: flows.class_action((np.nan,), 1.0), lambda: flows.class_action("1", 1.0),
                 lambda: flows.class_quadrature(4, (1.0,), 1.0), lambda: flows.class_quadrature(2, (), 1.0),
                 lambda: flows.class_efficiency(None, (1.0,), 1.0), lambda: flows.class_efficiency(flows.class_flow(4), (1.0,), 1.0),
                 lambda: flows.class_efficiency(flows.class_flow(2), (1.0,), -1.0)):  # fmt: skip
        with pytest.raises(InputError):
            call()
