"""One-neuron moments against independent routes: mpmath at 30 digits, adaptive quadrature, other formulas.

Every comparison has a twin that is wrong by a factor, a sign or a pairing and must fail.
"""

import math

import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from scipy import integrate
from scipy.stats import norm

import certifield as cf
from certifield.correlators.closed_forms import neuron_moments
from certifield.correlators.closed_forms._erf import sign_moment
from certifield.correlators.closed_forms._relu import arc_cosine_pair, planar_moments
from certifield.correlators.closed_forms._waves import radial_transform

net = cf.ensembles


def moment(ensemble, points, multiset=None):
    """E[prod h] of one neuron with its error bound."""
    points = np.asarray(points, dtype=float)
    value, error = neuron_moments(ensemble.neurons, points, [tuple(multiset or range(len(points)))])
    return value[0], error[0]


def expectation(function, dimension, nodes=80):
    """E[function(g)] over a standard Gaussian g in 1 or 2 dimensions, by a rule written here (trapezoid in each direction)."""
    grid = np.linspace(-9, 9, 40 * nodes + 1 if dimension == 1 else 10 * nodes + 1)
    weight = norm.pdf(grid) * (grid[1] - grid[0])
    if dimension == 1:
        return float(np.sum(weight * function(grid)))
    first, second = np.meshgrid(grid, grid, indexing="ij")
    return float(np.einsum("i,j,ij->", weight, weight, function(first, second)))


# --- erf ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [2, 4, 6, 8])
@pytest.mark.parametrize("sigma_b", [0.3, 1.0])
def test_erf_at_coincident_points(n, sigma_b):
    x = 0.7
    deviation = math.hypot(x, sigma_b)
    with mpmath.workdps(30):
        true = mpmath.quad(lambda g: mpmath.erf(deviation * g) ** n * mpmath.npdf(g), [-12, -4, 0, 4, 12])
    value, error = moment(net.erf_net(1, 1, sigma_b=sigma_b), [[x]] * n)
    assert abs(value - float(true)) <= error < 1e-9
    assert abs(value * 1.01 - float(true)) > error


@pytest.mark.parametrize("n", [2, 4, 6])
def test_erf_on_the_line_against_a_plane_integral(n):
    points = np.linspace(-1.1, 0.9, n)
    erf = np.vectorize(math.erf)
    true = expectation(lambda w, b: np.prod([erf(w * x + 0.8 * b) for x in points], axis=0), 2, nodes=24)
    value, _ = moment(net.erf_net(1, 1, sigma_b=0.8), points[:, None])
    assert abs(value - true) < 1e-9


@pytest.mark.parametrize(("n", "nodes"), [(6, 20), (8, 6)])
def test_nested_arcsine_integrals_agree_with_plane_quadrature(n, nodes):
    """Two routes for the higher moments: Price's theorem, and tensor quadrature of erf itself."""
    points = np.linspace(-1, 1, n)[:, None] * [1.0, 0.4]
    vectors = np.concatenate([points / math.sqrt(2), np.ones((n, 1))], axis=1)
    overlaps = vectors @ vectors.T
    spread = np.sqrt(1 + 2 * np.diag(overlaps))
    correlation = 2 * overlaps / np.outer(spread, spread)
    np.fill_diagonal(correlation, 1)
    value, bound = moment(net.erf_net(2, 1), points)
    assert bound < 1e-10
    assert abs(sign_moment(correlation[None], nodes)[0] - value) < (1e-9 if n == 6 else 1e-5)


def test_six_point_erf_beyond_three_directions():
    """d = 4: only the nested integrals are left; at points in a plane they agree with the same points in d = 2 (weights rescaled)."""
    points = np.random.default_rng(2).normal(size=(6, 2))
    deep = np.concatenate([points, 1e-7 * np.random.default_rng(3).normal(size=(6, 2))], axis=1)
    four, error = moment(net.erf_net(4, 1, sigma_w=math.sqrt(2)), deep)
    two, _ = moment(net.erf_net(2, 1), points)
    assert error < 1e-9
    assert abs(four - two) < 1e-9


def test_sign_moment_of_independent_and_of_equal_signs():
    assert np.allclose(sign_moment(np.eye(4)[None], 20), 0, atol=1e-15)
    nearly_equal = np.full((1, 4, 4), 0.9999)
    nearly_equal[:, range(4), range(4)] = 1
    assert 0.97 < sign_moment(nearly_equal, 400)[0] < 1


def test_sign_moment_of_four_against_orthant_probability():
    """Equicorrelated at 1/2: P(all four positive) = 1/5, so E[sign^4] = (16/5 - 1 - 6 (2/pi) asin(1/2))/1 with all pairs 1/3."""
    correlation = np.full((1, 4, 4), 0.5)
    correlation[:, range(4), range(4)] = 1
    # P(all +) = (1 + sum_6 E[ss] + E[ssss]) / 16 and E[ss] = 1/3.
    assert math.isclose(sign_moment(correlation, 40)[0], 16 / 5 - 1 - 2, abs_tol=1e-12)


@pytest.mark.slow
def test_saturated_erf_is_refused_with_its_remedy():
    """Far inputs that nearly coincide need more nodes than are allowed: NotConverged, naming what to do."""
    with pytest.raises(cf.evidence.NotConverged, match="sample"):
        cf.correlators.exact(net.erf_net(1, 1, sigma_w=1e7), [[1.0], [1.0], [1.0], [1.0]], connected=True)


# --- relu -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 3, 4, 6, 8])
def test_relu_on_the_line_against_an_angular_integral(n):
    """One adaptive quadrature over the angle of (w, b), an algorithm of its own (no arcs worked out)."""
    points = np.linspace(-0.7, 1.2, n)
    vectors = np.stack([points, np.full(n, 0.9)], axis=1)
    radial = 2 ** (n / 2) * math.gamma(n / 2 + 1)
    kinks = sorted(float(t) for v in vectors for t in (math.atan2(-v[0], v[1]), math.atan2(v[0], -v[1])))
    integrand = lambda t: np.prod(np.maximum(vectors @ [math.cos(t), math.sin(t)], 0))  # noqa: E731
    true = radial / (2 * math.pi) * integrate.quad(integrand, -math.pi, math.pi, points=kinks, epsabs=1e-14, limit=400)[0]
    value, error = moment(net.relu_net(1, 1, sigma_b=0.9), points[:, None])
    assert abs(value - true) < 1e-10
    assert error < 1e-11
    assert abs(2 * value - true) > 1e-4


def test_relu_pair_by_two_routes():
    vectors = np.random.default_rng(0).normal(size=(50, 2, 2))
    pair, bound = arc_cosine_pair(np.einsum("mid,mjd->mij", vectors, vectors))
    planar, error = planar_moments(vectors)
    assert np.all(np.abs(pair - planar) <= bound + error + 1e-13)


def test_relu_with_three_directions_has_no_closed_form_here():
    with pytest.raises(cf.evidence.NoClosedForm, match="sobol"):
        cf.correlators.exact(net.relu_net(2, 5), [[0.1, 0.2], [0.5, -0.3], [1.0, 0.1], [-0.2, 0.4]])


def test_relu_at_the_origin_without_bias_is_zero():
    assert cf.correlators.exact(net.relu_net(2, 5, sigma_b=0.0), [[0.0, 0.0], [1.0, 0.0]]).value == 0
    assert cf.correlators.exact(net.relu_net(1, 5, sigma_b=0.0), [[0.0]] * 4, connected=True).value == 0


# --- gauss, cos, linear -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [2, 4, 6])
def test_gauss_against_a_plane_integral(n):
    points = np.linspace(-0.4, 0.5, n)
    true = expectation(lambda w, b: np.prod([np.exp(w * x + 0.3 * b - 0.09 - x * x) for x in points], axis=0), 2, nodes=24)
    value, _ = moment(net.gauss_net(1, 1, sigma_b=0.3), points[:, None])
    assert math.isclose(value, true, rel_tol=1e-9)


@pytest.mark.parametrize("n", [2, 4, 6, 8])
def test_cos_against_averages_over_weight_and_phase(n):
    points = np.linspace(-0.4, 1.5, n)
    phases = np.linspace(-math.pi, math.pi, 64, endpoint=False)  # exact for trigonometric polynomials of degree < 64
    true = expectation(lambda w: np.mean([np.prod([np.cos(0.7 * w * x + b) for x in points], axis=0) for b in phases], axis=0), 1)
    value, _ = moment(net.cos_net(1, 1, sigma_w=0.7), points[:, None])
    assert math.isclose(value, true, rel_tol=1e-9, abs_tol=1e-13)


def test_gauss_net_is_translation_invariant_in_its_two_point_function_only():
    ensemble, points = net.gauss_net(1, 1, sigma_b=0.3), np.array([[0.1], [0.4], [-0.2], [0.3]])
    two = [cf.correlators.exact(ensemble, points[:2] + shift).value for shift in (0.0, 0.5)]
    four = [cf.correlators.exact(ensemble, points + shift, connected=True).value for shift in (0.0, 0.5)]
    assert math.isclose(*two, rel_tol=1e-12)
    assert not math.isclose(*four, rel_tol=1e-2)


def test_cos_net_is_translation_invariant_at_every_width():
    ensemble, points = net.cos_net(2, 3), np.random.default_rng(1).normal(size=(6, 2))
    values = [cf.correlators.exact(ensemble, points + shift, connected=True).value for shift in (0.0, 0.7)]
    assert math.isclose(*values, rel_tol=1e-10)


@pytest.mark.parametrize("n", [2, 4, 6, 8])
def test_linear_net_at_coincident_points(n):
    """z has variance S: E[z^n] = (n-1)!! S^(n/2)."""
    variance = 0.6**2 + 0.5**2
    value, _ = moment(net.linear_net(1, 1, sigma_b=0.5), [[0.6]] * n)
    assert math.isclose(value, math.prod(range(n - 1, 0, -2)) * variance ** (n / 2), rel_tol=1e-12)


@pytest.mark.parametrize("law", [net.exponential(), net.uniform(-1, 2), net.laplace(), net.rademacher(), net.normal(location=0.5)])
def test_linear_field_moments_against_enumeration_of_monomials(law):
    """phi = (theta_1 x_1 + theta_2 x_2)/sqrt(2): expand the product of three fields by hand."""
    points = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.25]])
    true = (
        sum(
            np.prod([points[k, j] for k, j in enumerate(chosen)]) * law.moment(chosen.count(0)) * law.moment(chosen.count(1))
            for chosen in [(i, j, k) for i in range(2) for j in range(2) for k in range(2)]
        )
        / 2**1.5
    )
    assert math.isclose(cf.correlators.exact(net.linear_field(2, law), points).value, true, rel_tol=1e-12, abs_tol=1e-13)


# --- scalar field -----------------------------------------------------------------------------------------------------------------


# The mean of e^(i p x) over directions in 1 to 4 dimensions, as a function of |p||x|.
WAVES = {
    1: mpmath.cos,
    2: mpmath.j0,
    3: mpmath.sinc,
    4: lambda x: 2 * mpmath.j1(x) / x if x else mpmath.mpf(1),
}


@pytest.mark.parametrize("dim", [1, 2, 3, 4])
@pytest.mark.parametrize("power", [1, 2, 3])
@pytest.mark.parametrize("distance", [0.0, 0.7, 5.0])
def test_momentum_integral_against_mpmath(dim, power, distance):
    mass, cutoff = 0.8, 20.0
    with mpmath.workdps(18):
        wave = WAVES[dim]
        sphere = 2 * mpmath.pi ** (mpmath.mpf(dim) / 2) / mpmath.gamma(mpmath.mpf(dim) / 2) / (2 * mpmath.pi) ** dim
        panels = list(mpmath.linspace(0, cutoff, 3 + int(distance * cutoff / 3) + 6))
        true = sphere * mpmath.quad(lambda p: p ** (dim - 1) * wave(p * distance) / (p * p + mass**2) ** power, panels)
    value, error = radial_transform(dim, mass, cutoff, power, np.array([distance]))
    assert abs(value[0] - float(true)) <= error[0] < 1e-10 * max(1, abs(float(true)))


@pytest.mark.parametrize("proposal", ["uniform", "propagator"])
def test_scalar_field_four_point_function_by_sampling_momenta(proposal):
    """E[prod A cos(p x + c)] over 4e6 momenta and phases of NumPy's; |z| < 4.89, and 3 % off must fail (power > 0.999)."""
    mass, cutoff, points = 1.0, 20.0, np.array([0.0, 0.3, 0.5, 0.9])
    rng = np.random.default_rng(3)
    u = rng.uniform(-1, 1, 4_000_000)
    if proposal == "uniform":
        p, density = cutoff * u, np.full(len(u), 1 / (2 * cutoff))
    else:
        p = mass * np.tan(u * math.atan(cutoff / mass))
        density = mass / (p**2 + mass**2) / (2 * math.atan(cutoff / mass))
    amplitude = np.sqrt(2 / (2 * math.pi) / (p**2 + mass**2) / density)
    phase = rng.uniform(-math.pi, math.pi, len(u))
    product = np.prod([amplitude * np.cos(p * x + phase) for x in points], axis=0)
    mean, stderr = product.mean(), product.std() / math.sqrt(len(u))
    value, _ = moment(net.scalar_field(1, 1, mass, cutoff, proposal=proposal), points[:, None])
    assert abs(mean - value) < 4.89 * stderr
    assert 8 * stderr < 0.03 * value
    assert abs(mean - 1.03 * value) > 3.1 * stderr


def test_scalar_field_width_corrections_are_smaller_for_the_propagator_proposal():
    points = [[0.0], [0.3], [0.5], [0.9]]
    uniform, matched = (
        cf.correlators.exact(net.scalar_field(1, 10, 1.0, 20.0, proposal=p), points, connected=True).value
        for p in ("uniform", "propagator")
    )
    assert abs(matched) < 0.2 * abs(uniform)


# --- any activation -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [2, 4, 6])
def test_smooth_activation_by_quadrature(n):
    points = np.linspace(-1, 0.8, n)
    true = expectation(lambda w, b: np.prod([np.tanh(w * x + b) for x in points], axis=0), 2, nodes=24)
    value, error = moment(net.single_layer(jnp.tanh, 1, 1), points[:, None])
    assert abs(value - true) <= error + 1e-9


def test_quadrature_recognises_the_erf_net():
    import jax

    points = [[0.3, -0.2], [1.0, 0.5], [-0.7, 0.4], [0.2, 0.9]]
    generic = cf.correlators.exact(net.single_layer(jax.scipy.special.erf, 2, 3), points, connected=True)
    named = cf.correlators.exact(net.erf_net(2, 3), points, connected=True)
    assert abs(generic.value - named.value) <= generic.radius + named.radius
    assert generic.radius < 1e-9


def test_a_kink_is_not_integrated_silently():
    with pytest.raises(cf.evidence.NoClosedForm, match="not smooth"):
        cf.correlators.exact(net.single_layer(jnp.abs, 1, 3), [[0.1], [0.5]])


def test_laws_without_a_closed_form_are_refused():
    ensemble = net.single_layer(jnp.tanh, 1, 3, weights=net.student_t(5.0))
    with pytest.raises(cf.evidence.NoClosedForm, match="neuron"):
        cf.correlators.exact(ensemble, [[0.1], [0.5]])


@pytest.mark.parametrize("make", [net.cos_net, net.gauss_net, net.erf_net], ids=["cos", "gauss", "erf"])
def test_a_named_network_with_other_laws_is_not_the_named_network(make):
    """A closed form must not outlive the laws it was derived for."""
    import equinox as eqx

    named = make(1, 3)
    changed = eqx.tree_at(lambda e: e.density.laws.weights, named, net.student_t(9.0), is_leaf=lambda node: isinstance(node, net.Law))
    with pytest.raises(cf.evidence.NoClosedForm, match="laws"):
        cf.correlators.exact(changed, [[0.1], [0.5]])


def test_deep_networks_have_no_closed_form():
    import equinox as eqx
    import jax

    deep = net.Ensemble(eqx.nn.MLP(1, 1, 4, 3, key=jax.random.key(0)), net.normal())
    with pytest.raises(cf.evidence.NoClosedForm, match="estimate"):
        cf.correlators.exact(deep, [[0.1], [0.5]])


@pytest.mark.parametrize("readout", [net.uniform(-1, 1), net.laplace(), net.rademacher(), net.exponential()])
def test_readouts_that_are_not_gaussian(readout):
    """kappa_4 at one point of N neurons, from moments of a and of erf by the textbook formula."""
    ensemble = net.single_layer(jnp.tanh, 1, 4, readout=readout)
    m = {n: readout.moment(n) * expectation(lambda w, b, n=n: np.tanh(0.5 * w + b) ** n, 2, nodes=24) for n in (1, 2, 3, 4)}
    kappa = m[4] - 4 * m[3] * m[1] - 3 * m[2] ** 2 + 12 * m[2] * m[1] ** 2 - 6 * m[1] ** 4
    got = cf.correlators.exact(ensemble, [[0.5]] * 4, connected=True)
    assert abs(got.value - kappa / 4) < 1e-8
