"""Two-dimensional gauge theory: exact plaquettes and topology by other routes, and hybrid Monte Carlo against them."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import iv

from certifield.evidence import Exact, InputError
from certifield.fieldtheory import gauge
from certifield.fieldtheory.gauge import GaugeLattice, _exact, _links

# Published values (plaquettes): U(1) on 8 x 8 and in infinite volume, SU(2) in infinite volume.
TORUS = {1.0: 0.4463899659, 2.0: 0.6977746580, 6.0: 0.9124549149}
ABELIAN = {1.0: 0.4463899659, 2.0: 0.6977746580, 6.0: 0.9123593044}
SPECIAL = {1.8: 0.3993724, 2.2: 0.4644790, 2.7: 0.5329707}


def near(found: Exact, value: float, digits: float) -> bool:
    return abs(float(found.value) - value) <= digits + float(np.asarray(found.radius))


@pytest.mark.parametrize("beta", TORUS)
def test_published_plaquettes_of_u1(beta):
    found = gauge.mean_plaquette(GaugeLattice("U(1)", (8, 8), beta))
    assert near(found, TORUS[beta], 6e-11) and float(np.asarray(found.radius)) < 1e-11
    assert near(gauge.infinite_volume_plaquette("U(1)", beta), ABELIAN[beta], 6e-11)
    if beta == 6.0:  # sabotage twin: infinite volume is not the torus
        assert not near(gauge.infinite_volume_plaquette("U(1)", beta), TORUS[beta], 6e-11)


@pytest.mark.parametrize("beta", SPECIAL)
def test_published_plaquettes_of_su2(beta):
    found = gauge.infinite_volume_plaquette("SU(2)", beta)
    assert near(found, SPECIAL[beta], 6e-8) and near(found, iv(2, beta) / iv(1, beta), 1e-14)


def by_quadrature(group: str, beta: float) -> float:
    """The plaquette in infinite volume, by the Weyl integral over eigenvalues."""
    t = 2 * np.pi * (np.arange(256) + 0.5) / 256
    if group == "U(1)":
        trace, measure = np.cos(t), np.ones_like(t)
    elif group == "SU(2)":
        trace, measure = np.cos(t), np.sin(t) ** 2
    else:
        a, b = np.meshgrid(t, t)
        z = np.exp(1j * np.stack([a, b, -a - b]))
        trace = np.real(z.sum(axis=0)) / 3
        measure = np.abs((z[0] - z[1]) * (z[0] - z[2]) * (z[1] - z[2])) ** 2
    weight = measure * np.exp(beta * trace)
    return float((weight * trace).sum() / weight.sum())


@pytest.mark.parametrize("group", ["U(1)", "SU(2)", "SU(3)"])
@pytest.mark.parametrize("beta", [0.3, 2.0, 9.0])
def test_infinite_volume_against_quadrature(group, beta):
    found = gauge.infinite_volume_plaquette(group, beta)
    assert near(found, by_quadrature(group, beta), 1e-13)
    assert near(gauge.wilson_loop(group, beta, 3), by_quadrature(group, beta) ** 3, 1e-13)
    assert not near(found, by_quadrature(group, 1.0001 * beta), 1e-13)


@pytest.mark.parametrize("beta", [1.0, 3.0])
def test_coefficients_are_bessel_functions(beta):
    abelian, special = (_exact.coefficients(gauge._groups.GROUPS[name], beta) for name in ("U(1)", "SU(2)"))
    n = abelian.weight[0]
    seen = np.abs(n) < 12
    assert np.max(np.abs(abelian.c[seen] / iv(np.abs(n[seen]), beta) - 1)) < 1e-12
    d = special.dimension[:12]
    assert np.max(np.abs(special.c[:12] / (2 * d * iv(d, beta) / beta) - 1)) < 1e-12
    assert np.max(np.abs(special.slope[:12] - 2 * d * (0.5 * (iv(d - 1, beta) + iv(d + 1, beta)) - iv(d, beta) / beta) / beta)) < 1e-12


def test_the_torus_of_su3_from_characters_by_quadrature():
    """c_r of the trivial, fundamental, adjoint and sextet representations from integrals of Schur functions over eigenvalues."""
    beta = 4.0
    t = 2 * np.pi * (np.arange(128) + 0.5) / 128
    a, b = np.meshgrid(t, t)
    z = np.exp(1j * np.stack([a, b, -a - b]))
    p1 = z.sum(axis=0)
    measure = np.abs((z[0] - z[1]) * (z[0] - z[2]) * (z[1] - z[2])) ** 2 / (6 * t.size**2)
    weight = measure * np.exp(beta * p1.real / 3)
    characters = {(0, 0): 1 + 0 * p1, (1, 0): p1, (1, 1): np.abs(p1) ** 2 - 1, (2, 0): (p1**2 + (z**2).sum(axis=0)) / 2}
    found = _exact.coefficients(gauge._groups.GROUPS["SU(3)"], beta)
    for (p, q), character in characters.items():
        place = np.flatnonzero((found.weight[0] == p) & (found.weight[1] == q))[0]
        assert abs(found.c[place] - np.sum(weight * np.conj(character)).real) < 1e-11
        assert found.dimension[place] == (p + 1) * (q + 1) * (p + q + 2) / 2


@pytest.mark.parametrize(("side", "beta"), [(2, 1.0), (4, 2.0), (4, 5.0)])
def test_topology_against_a_numerical_theta(side, beta):
    r"""$-Z''(0)/Z(0)/V$ from Z(theta) by quadrature and differences."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    phi, weights = np.pi * nodes, np.pi * weights
    orders, volume = np.arange(-30, 31), side * side

    def z(theta: float) -> float:
        c = [np.sum(weights * np.exp(beta * np.cos(phi)) * np.cos((theta / (2 * np.pi) - n) * phi)) for n in orders]
        return float(np.sum(np.array(c) ** volume))

    h = 0.05
    bend = (-z(2 * h) + 16 * z(h) - 30 * z(0.0) + 16 * z(-h) - z(-2 * h)) / (12 * h * h)
    found = gauge.topological_susceptibility(GaugeLattice("U(1)", (side, side), beta))
    assert near(found, -bend / z(0.0) / volume, 1e-7) and float(np.asarray(found.radius)) < 1e-10
    assert abs(float(found.value) + 2 * bend / z(0.0) / volume) > 1e-4


def test_strong_and_no_coupling():
    """At small beta to first order; at large ones 1 - dim/(2 beta), of a Gaussian in the directions of the algebra."""
    for group, (slope, dim, beta) in {"U(1)": (1 / 2, 1, 200.0), "SU(2)": (1 / 4, 3, 200.0), "SU(3)": (1 / 18, 8, 60.0)}.items():
        assert float(gauge.mean_plaquette(GaugeLattice(group, (3, 4), 0.0)).value) < 1e-270
        assert abs(float(gauge.infinite_volume_plaquette(group, beta).value) - 1 + dim / (2 * beta)) < dim / beta**2
        assert abs(float(gauge.infinite_volume_plaquette(group, 1e-3).value) / 1e-3 - slope) < 1e-4


@pytest.mark.parametrize("n", [1, 2, 3])
def test_links_are_gauge_covariant_and_forces_are_slopes(n):
    @jax.jit
    def looks(key):
        links, turn = _links.haar(key, n, (2, 3, 4, 5)), _links.haar(jax.random.fold_in(key, 1), n, (3, 4, 5))
        half = links.at[:, :, 0].set(_links.product(turn, links[:, :, 0]))  # the other end is not turned
        algebra = _links.gaussian_algebra(jax.random.fold_in(key, 2), n, links.shape[2:])
        one = jnp.eye(n, dtype=complex).reshape(n, n, 1, 1, 1, 1)
        staples = _links.antihermitian(_links.product(links, _links.staples(links)))
        moves = _links.exponential(jnp.stack([1e-5 * algebra, -1e-5 * algebra], axis=-1))
        every = jnp.stack([links, gauge.gauge_transformed(links, turn), half], axis=-1)
        moved = _links.product(moves, links[..., None])
        traces = _links.real_trace(_links.plaquettes(jnp.concatenate([every, moved], axis=-1)))
        before, after, other, plus, minus = jnp.moveaxis(traces, -1, 0)
        gaps = (_links.product(links, _links.dagger(links)) - one, after - before, _links.antihermitian(algebra) - algebra, other - before)
        force = jnp.sum(_links.real_trace(_links.product(algebra, staples)))
        return *(jnp.max(jnp.abs(gap)) for gap in gaps), force - jnp.sum(plus - minus) / 2e-5

    unitary, covariant, algebraic, broken, force = map(float, looks(jax.random.key(n)))
    assert max(unitary, covariant, algebraic) < 1e-13 and broken > 0.1
    assert abs(force) < 1e-6


@pytest.mark.parametrize(("group", "side", "beta"), [("U(1)", 4, 2.0), ("SU(2)", 2, 2.2), ("SU(3)", 2, 6.0)])
def test_hybrid_monte_carlo_against_the_torus(group, side, beta):
    lattice = GaugeLattice(group, (side, side), beta)
    run = gauge.gauge_hmc(lattice, chains=64, trajectories=150, warmup=40, steps=6, step=0.2, seed=5).checked()
    assert run.plaquette.agrees_with(gauge.mean_plaquette(lattice)).agrees and float(run.plaquette.stderr) < 3e-3
    assert not run.plaquette.agrees_with(gauge.mean_plaquette(GaugeLattice(group, (side, side), 1.1 * beta))).agrees
    if group == "U(1)":
        assert run.charge is not None
        exact = gauge.topological_susceptibility(lattice)
        assert run.charge.agrees_with(exact).agrees and not run.charge.agrees_with(2 * exact).agrees


def test_faults_are_told():
    run = gauge.gauge_hmc(GaugeLattice("U(1)", (4, 4), 2.0), chains=64, trajectories=150, warmup=0, steps=6, step=2.0, seed=5)
    assert any("acceptance" in fault for fault in run.faults)


def test_arguments():
    good = GaugeLattice("U(1)", (4, 4), 1.0)
    for bad in ({"group": "SO(3)"}, {"group": None}, {"shape": (4,)}, {"shape": (1, 4)}, {"shape": [4, 4]}, {"shape": (4.0, 4)},
                {"beta": -1.0}, {"beta": math.nan}, {"beta": "1"}, {"beta": 1e3}):  # fmt: skip
        with pytest.raises(InputError):
            GaugeLattice(**({"group": "U(1)", "shape": (4, 4), "beta": 1.0} | bad))
    for call in (lambda: gauge.mean_plaquette("U(1)"), lambda: gauge.infinite_volume_plaquette("SU(5)", 1.0),
                 lambda: gauge.wilson_loop("U(1)", 1.0, 0), lambda: gauge.wilson_loop("U(1)", -1.0, 1),
                 lambda: gauge.topological_susceptibility(GaugeLattice("SU(2)", (4, 4), 1.0)),
                 lambda: gauge.gauge_hmc(None), lambda: gauge.gauge_hmc(good, chains=4), lambda: gauge.gauge_hmc(good, steps=0),
                 lambda: gauge.gauge_hmc(good, step=0.0), lambda: gauge.gauge_hmc(good, seed=-1)):  # fmt: skip
        with pytest.raises(InputError):
            call()
