"""Flows of matrices and links: equivariance, Jacobians by differentiation, spectra by quadrature, and lattices against exact plaquettes."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from certifield.evidence import InputError
from certifield.fieldtheory import flows, gauge
from certifield.fieldtheory.flows import _gauge
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


@pytest.mark.parametrize("n", [2, 3])
def test_class_flows_commute_with_conjugation(n):
    flow, key = wide(flows.class_flow(n, powers=4, steps=6), 0.3), jax.random.key(1)
    start, frame = _links.haar(key, n, (16,)), _links.haar(jax.random.fold_in(key, 1), n, (16,))

    def turned(u):
        return _links.product(frame, u, _links.dagger(frame))

    one, density = flow.pushed(start)
    two, other = flow.pushed(turned(start))
    assert float(jnp.max(jnp.abs(two - turned(one)))) < 1e-11 and float(jnp.max(jnp.abs(other - density))) < 1e-11
    eye = jnp.eye(n, dtype=complex)[..., None]
    assert float(jnp.max(jnp.abs(_links.product(one, _links.dagger(one)) - eye))) < 1e-11
    assert float(jnp.max(jnp.abs(one - start))) > 0.1
    skewed = _links.product(start, frame)  # sabotage twin: multiplication from one side is no conjugation
    assert float(jnp.max(jnp.abs(flow.pushed(skewed)[0] - _links.product(one, frame)))) > 0.1


@pytest.mark.parametrize("n", [2, 3])
def test_densities_of_class_flows(n):
    """log q against the Jacobian in all directions of the algebra, and against that of the eigenangles."""
    flow = wide(flows.class_flow(n, powers=3, steps=40), 0.3)
    start = _links.haar(jax.random.key(2), n, (3,))
    end, density = flow.pushed(start)
    basis, rows = _links.generators(n), []
    for generator in basis:
        step = [flow.pushed(_links.product(_links.exponential(t * jnp.asarray(generator)[..., None]), start))[0] for t in (1e-5, -1e-5)]
        change = _links.product((step[0] - step[1]) / 2e-5, _links.dagger(end))
        rows.append(-2 * np.einsum("bij,jic->cb", basis, np.asarray(change)).real)
    jacobian = np.linalg.slogdet(np.stack(rows, axis=1))[1]
    assert np.max(np.abs(np.asarray(density) + jacobian)) < 1e-6 and np.max(np.abs(jacobian)) > 0.1
    assert float(jnp.max(jnp.abs(flow.mismatch(jax.random.key(3), 8)[2]))) < 1e-5
    coarse = eqx.tree_at(lambda one: one.weights, wide(flows.class_flow(n, powers=3, steps=2)), flow.weights)
    assert float(jnp.max(jnp.abs(coarse.mismatch(jax.random.key(3), 8)[2]))) > 1e-5


def by_angles(n: int, coefficients: tuple[float, ...], beta: float) -> np.ndarray:
    """Means of Re tr U/N and Re tr U^2/N by quadrature over eigenangles."""
    t = 2 * np.pi * (np.arange(192) + 0.5) / 192
    free = np.meshgrid(*[t] * (n - 1), indexing="ij")
    z = np.exp(1j * np.stack([*free, -sum(free)]))
    measure = np.prod([np.abs(z[i] - z[j]) ** 2 for i in range(n) for j in range(i)], axis=0)
    powers = [np.sum(z**k, axis=0).real / n for k in range(1, 4)]
    weight = measure * np.exp(beta * sum(c * p for c, p in zip(coefficients, powers, strict=False)))
    return np.array([np.sum(weight * p) / np.sum(weight) for p in powers[:2]])


@pytest.mark.parametrize(("n", "beta"), [(2, 2.0), (3, 3.0)])
def test_class_actions_by_reweighting(n, beta):
    """An untrained flow is nearly uniform: its weights alone give the density of the second set."""
    draws = flows.sample(flows.class_flow(n), flows.class_action(SETS[2], beta), trace, draws=4096, seed=1)
    exact = by_angles(n, SETS[2], beta)
    assert draws.reweighted().agrees_with(exact).agrees.all() and float(draws.reweighted().stderr[0]) < 0.02
    assert not draws.reweighted().agrees_with(by_angles(n, SETS[2], 2 * beta)).agrees.all()


def test_a_flow_of_one_su2_matrix():
    """ESS of 90 % at beta = 9 (the acceptance of ledger F7), and the trace by quadrature."""
    action = flows.class_action(SETS[0], 9.0)
    made = flows.train(flows.class_flow(2, powers=4, steps=8), action, steps=150, batch=64, rate=0.1)
    draws = flows.sample(made.flow, action, trace, draws=2048)
    assert draws.ess >= 0.9 and draws.faults == []
    assert draws.reweighted().agrees_with(by_angles(2, SETS[0], 9.0)).agrees.all()
    assert flows.class_quadrature(2, SETS[0], 9.0).agrees_with(by_angles(2, SETS[0], 9.0)[0]).agrees
    assert abs(by_angles(2, SETS[0], 9.0)[0] - float(gauge.infinite_volume_plaquette("SU(2)", 9.0).value)) < 1e-12


@pytest.mark.slow
@pytest.mark.parametrize("n", [2, 3])
@pytest.mark.parametrize("coefficients", SETS)
def test_flows_of_one_matrix(n, coefficients):
    action = flows.class_action(coefficients, 9.0)
    made = flows.train(flows.class_flow(n), action, steps=300, batch=256, rate=0.1)
    draws = flows.sample(made.flow, action, trace, draws=4096)
    assert draws.ess >= 0.9 and draws.reweighted().agrees_with(by_angles(n, coefficients, 9.0)).agrees.all()


@pytest.mark.parametrize("hierarchy", [True, False])
@pytest.mark.parametrize("group", ["U(1)", "SU(2)"])
def test_gauge_flows_are_equivariant(group, hierarchy):
    n, key = {"U(1)": 1, "SU(2)": 2}[group], jax.random.key(3)
    flow = wide(flows.gauge_flow(GaugeLattice(group, (4, 4), 2.0), hierarchy=hierarchy, sweeps=1), 0.5)
    links, turn = _links.haar(key, n, (2, 4, 4, 5)), _links.haar(jax.random.fold_in(key, 1), n, (4, 4, 5))
    one, density = flow.pushed(links)
    two, other = flow.pushed(gauge.gauge_transformed(links, turn))
    assert float(jnp.max(jnp.abs(two - gauge.gauge_transformed(one, turn)))) < 1e-12
    assert float(jnp.max(jnp.abs(other - density))) < 1e-12 and float(jnp.max(jnp.abs(one - links))) > 0.1


def test_a_layer_that_looks_at_links_is_not_equivariant(monkeypatch):
    """Sabotage twin: conditions from the trace of a link instead of a loop."""
    honest = _gauge._conditions
    flow, key = wide(flows.gauge_flow(GaugeLattice("SU(2)", (4, 4), 2.0), hierarchy=False, sweeps=1), 0.5), jax.random.key(4)
    links, turn = _links.haar(key, 2, (2, 4, 4, 5)), _links.haar(jax.random.fold_in(key, 1), 2, (4, 4, 5))

    def density(given):
        monkeypatch.setattr(_gauge, "_conditions", lambda trace, *rest: honest(_links.real_trace(given[:, :, 1]), *rest))
        return flow.pushed(given)[1]

    assert float(jnp.max(jnp.abs(density(gauge.gauge_transformed(links, turn)) - density(links)))) > 1e-3


@pytest.mark.parametrize("group", ["U(1)", "SU(2)"])
def test_jacobians_of_gauge_flows(group):
    """log q against the determinant in all directions of all links, by differences."""
    lattice = GaugeLattice(group, (2, 2), 2.0)
    flow = wide(flows.gauge_flow(lattice), 0.5)
    n = lattice.rules.n
    links = _links.haar(jax.random.key(5), n, (2, 2, 2, 1))
    basis, push = _links.generators(n), jax.jit(lambda given: flow.pushed(given)[0])
    end, density = flow.pushed(links)
    rows = []
    for place in np.ndindex(2, 2, 2):
        for generator in basis:
            turn = np.zeros((n, n, 2, 2, 2, 1), dtype=complex)
            turn[:, :, *place, 0] = generator
            ends = [push(_links.product(_links.exponential(t * jnp.asarray(turn)), links)) for t in (1e-5, -1e-5)]
            change = np.asarray(_links.product((ends[0] - ends[1]) / 2e-5, _links.dagger(end)))
            rows.append(-2 * np.einsum("bij,jixyzc->xyzb", basis, change).real.ravel())
    jacobian = float(np.linalg.slogdet(np.array(rows))[1])
    assert abs(float(density[0]) + jacobian) < 1e-6 and abs(jacobian) > 0.1


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
                 lambda: flows.class_quadrature(4, (1.0,), 1.0), lambda: flows.class_quadrature(2, (), 1.0)):  # fmt: skip
        with pytest.raises(InputError):
            call()
