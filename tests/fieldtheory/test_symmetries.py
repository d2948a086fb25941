"""Symmetries: maps of parameters, closed forms, statistical tests; every one with an ensemble in which it is broken."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

import certifield as cf

theory, net = cf.fieldtheory, cf.ensembles
POINTS = np.array([[0.3, -0.2], [1.0, 0.5], [-0.7, 0.4], [0.2, 0.9]])
LINE = np.array([[-0.4], [0.3], [0.9], [1.3]])


def relu(outputs=2, readout=None, width=4):
    return net.single_layer(jax.nn.relu, 1, width, outputs=outputs, sigma_b=0.0, readout=readout)


UNIFORM = net.uniform(-math.sqrt(3), math.sqrt(3))  # unit variance


def error_of(found):
    return found.radius if isinstance(found, cf.evidence.Exact) else found.stderr


def order_parameter(moments):
    return 0.5 * (moments[0] + moments[1]) - 3 * moments[2]


COMPONENTS = [[0, 0, 0, 0], [1, 1, 1, 1], [0, 0, 1, 1]]


def test_the_order_parameter_of_output_rotations():
    """A = kappa_4(a) E[sigma^4]/N: -0.45 for uniform weights, ReLU, N = 4; 0 for Gaussian ones; exact and sampled."""
    chosen = {"indices": [[0] * 4] * 3, "components": COMPONENTS}
    named = net.relu_net(1, 4, outputs=2, sigma_b=0.0)
    assert abs(order_parameter(cf.correlators.exact(named, [[1.0]], **chosen).value)) < 1e-12
    sampled = cf.correlators.estimate(relu(readout=UNIFORM), [[1.0]], draws=200_000, method="network-kstat", seed=1, **chosen)
    value = cf.evidence.propagate(order_parameter, sampled)
    assert value.agrees_with(-0.45).agrees and not value.agrees_with(0.0).agrees
    twin = net.erf_net(1, 4, outputs=2)
    gaussian = cf.correlators.estimate(twin, [[1.0]], draws=100_000, method="network-kstat", seed=2, **chosen)
    assert cf.evidence.propagate(order_parameter, gaussian).agrees_with(0.0).agrees


def output_map(rotation):
    return lambda p: p._replace(readout=p.readout @ jnp.asarray(rotation).T, output_bias=p.output_bias @ jnp.asarray(rotation).T)


@pytest.mark.parametrize("element", theory.output_rotations(3, 2) + theory.output_permutations(3)[:2], ids=lambda one: one.name)
def test_output_rotations_are_absorbed_by_gaussian_readouts(element):
    ensemble = net.erf_net(2, 5, outputs=3, sigma_c=0.5)
    found = theory.check_parameter_map(ensemble, element, output_map(element.output), POINTS)
    assert found.holds and found.draws == 8
    laplace = net.single_layer(jax.lax.erf, 2, 5, outputs=3, readout=net.laplace(), output_bias=net.normal(0.5))
    twin = theory.check_parameter_map(laplace, element, output_map(element.output), POINTS)
    assert twin.field < 1e-10  # phi transforms all the same; the measure does so under permutations only
    assert twin.holds == (not element.name.startswith("O("))


def test_unitary_outputs_are_absorbed():
    element = theory.unitary_outputs(2, 1)[0]
    ensemble = net.erf_net(1, 4, outputs=4)
    assert np.allclose(element.output @ element.output.T, np.eye(4))
    assert theory.check_parameter_map(ensemble, element, output_map(element.output), LINE).holds


def test_symplectic_outputs_are_absorbed_and_no_more_than_symplectic():
    """Orthogonal on 8 real outputs, and they keep the complex symplectic form; a unitary matrix of that size does not."""
    for element in theory.symplectic_outputs(2, 2, seed=1):
        assert np.allclose(element.output @ element.output.T, np.eye(8), atol=1e-12)
        assert violation_of_the_form(element.output) < 1e-12
        assert theory.check_parameter_map(net.erf_net(1, 2, outputs=8), element, output_map(element.output), LINE).holds
    laplace = net.single_layer(jax.lax.erf, 1, 2, outputs=8, readout=net.laplace())
    assert not theory.check_parameter_map(laplace, element, output_map(element.output), LINE).holds
    assert violation_of_the_form(theory.unitary_outputs(4, 1)[0].output) > 0.1


def violation_of_the_form(output):
    """U^T J U = J for U = Re + i Im on (z, w) and J = (0 1; -1 0)."""
    half = len(output) // 2
    unitary, form = output[:half, :half] + 1j * output[half:, :half], np.kron([[0, 1], [-1, 0]], np.eye(half // 2))
    return np.max(np.abs(unitary.T @ form @ unitary - form))


def test_symplectic_elements_are_spread_evenly():
    """Haar: the mean of all entries vanishes, and that of |U_ij|^2 over the complex matrix is 1/(2D), here 1/2; Sp(1) = SU(2)."""
    elements = np.stack([one.output for one in theory.symplectic_outputs(1, 2000, seed=2)])
    entries = elements[:, :2, 0] + 1j * elements[:, 2:, 0]
    share = np.abs(entries[:, 0]) ** 2  # uniform on [0, 1], since (z, w) is uniform on the three-sphere
    assert stats.kstest(share, "uniform").pvalue > 1e-6 and stats.kstest(np.abs(entries[:, 0]), "uniform").pvalue < 1e-6
    assert np.max(np.abs(elements.mean(axis=0))) < 4.9 * 0.5 / math.sqrt(2000)


@pytest.mark.parametrize("activation", [jnp.tanh, jnp.sin, jax.nn.relu, jnp.exp])
def test_any_network_on_a_rotation_invariant_first_layer(activation):
    """ST-08: four different g on W x, Haar rotations: W -> W A^(-1)."""
    ensemble = net.single_layer(activation, 2, 6, readout=net.student_t(5.0))
    for element in theory.input_rotations(2, 2):
        inverse = np.linalg.inv(element.linear)
        found = theory.check_parameter_map(ensemble, element, lambda p, m=inverse: p._replace(weights=p.weights @ jnp.asarray(m)), POINTS)
        assert found.holds
    twin = net.single_layer(activation, 2, 6, weights=net.laplace())
    assert not theory.check_parameter_map(twin, element, lambda p: p._replace(weights=p.weights @ jnp.asarray(inverse)), POINTS).holds


def test_translations_of_the_cos_net_are_absorbed_by_the_phase():
    element = theory.translations(2, 1)[0]
    shift = jnp.asarray(element.shift)
    wrap = lambda b: jnp.mod(b + math.pi, 2 * math.pi) - math.pi  # noqa: E731
    move = lambda p: p._replace(biases=wrap(p.biases - p.weights @ shift))  # noqa: E731
    assert theory.check_parameter_map(net.cos_net(2, 6), element, move, POINTS).holds
    narrow = net.single_layer(jnp.cos, 2, 6, biases=net.uniform(-1.0, 1.0))
    assert not theory.check_parameter_map(narrow, element, move, POINTS).holds


def test_a_wrong_map_moves_the_field():
    element = theory.sign_flip()[0]
    found = theory.check_parameter_map(net.erf_net(2, 3), element, lambda p: p, POINTS)
    assert found.field > 1 and found.measure == 0 and not found.holds
    with pytest.raises(cf.evidence.InputError):
        theory.check_parameter_map(net.erf_net(2, 3), element, lambda p: p._replace(readout=p.readout[:1]), POINTS)


@pytest.mark.parametrize(
    ("ensemble", "element", "order", "invariant"),
    [
        (net.cos_net(2, 3), theory.translations(2, 1)[0], 4, True),
        (net.gauss_net(2, 3, sigma_b=0.3), theory.translations(2, 1)[0], 2, True),
        (net.gauss_net(2, 3, sigma_b=0.3), theory.translations(2, 1)[0], 4, False),
        (net.erf_net(2, 3), theory.input_rotations(2, 1)[0], 4, True),
        (net.erf_net(2, 3), theory.translations(2, 1)[0], 4, False),
        (net.cos_net(2, 3), theory.euclidean(2, 1)[0], 4, True),
        (net.erf_net(2, 3), theory.parity(2)[0], 4, True),
        (net.erf_net(2, 3), theory.sign_flip()[0], 4, True),
        (net.linear_field(2, net.uniform()), theory.scaling(2, 1.7, -1.0)[0], 4, True),
        (net.linear_field(2, net.uniform()), theory.scaling(2, 1.7, 0.0)[0], 4, False),
        (net.linear_field(2, net.uniform()), theory.translations(2, 1)[0], 4, False),
        (net.linear_field(2, net.exponential()), theory.sign_flip()[0], 3, False),
    ],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_exact_correlators(ensemble, element, order, invariant):
    found = theory.exact_violation(ensemble, element, POINTS, order=order, connected=order == 4)
    assert np.all(np.abs(found.mean) <= error_of(found)) == invariant


def test_differences_are_bounds_where_points_move_without_rounding():
    dyadic, field = np.array([[0.25], [1.0], [-0.75], [0.125]]), net.linear_field(1, net.uniform())
    for given, factor, kind in [
        (dyadic, 2.0, cf.evidence.Exact),
        (dyadic, 1.7, cf.evidence.Estimate),
        (0.3 * dyadic, 3.0, cf.evidence.Estimate),
    ]:
        found = theory.exact_violation(field, theory.scaling(1, factor, -1.0)[0], given)
        assert type(found) is kind and abs(found.mean) < 1e-13
    rounded = theory.exact_violation(net.cos_net(2, 3), theory.translations(2, 1)[0], POINTS)
    assert isinstance(rounded, cf.evidence.Estimate) and rounded.bias == "unknown"


def test_exact_correlators_of_several_outputs():
    element = theory.output_rotations(2, 1)[0]
    gaussian = theory.exact_violation(net.erf_net(1, 4, outputs=2), element, LINE, components=2)
    assert np.all(np.abs(gaussian.mean) <= error_of(gaussian))
    smooth = net.single_layer(jnp.tanh, 1, 4, outputs=2, readout=UNIFORM)
    assert np.any(np.abs(theory.exact_violation(smooth, element, LINE, components=2).mean) > 1e-3)


layers = cf.layers
COMPLEX = layers.serial(layers.dense(complex=True), layers.erf(), layers.dense(complex=True)).ensemble(1, 3)
LAPLACE = net.single_layer(jnp.tanh, 1, 1, outputs=4, readout=net.laplace())
SYMMETRIC = [
    ("O(D)", relu(), theory.output_rotations(2, 2), LINE[1:3]),
    ("U(D)", net.erf_net(1, 4, outputs=2), theory.unitary_outputs(1, 2), LINE[1:3]),
    ("Sp(D)", net.erf_net(1, 2, outputs=4), theory.symplectic_outputs(1, 2), LINE[1:2]),
    ("complex U(1)", COMPLEX, theory.unitary_outputs(1, 2), LINE[1:3]),
    ("Z2", net.erf_net(2, 4), theory.sign_flip(), POINTS[:2]),
    ("translation", net.cos_net(1, 3), theory.translations(1, 2), LINE[:2]),
    ("rotation", net.erf_net(2, 3), theory.input_rotations(2, 2), POINTS[:2]),
    ("parity", net.erf_net(2, 3), theory.parity(2), POINTS[:2]),
    ("permutation", relu(readout=UNIFORM), theory.output_permutations(2), LINE[1:3]),
    ("scale", net.linear_net(1, 3, sigma_b=0.0), theory.scaling(1, 2.0, -1.0), LINE[1:3]),
]
SIGNS = net.single_layer(jnp.sin, 2, 1, sigma_b=0.0, weights=net.rademacher())
BROKEN = [
    ("O(D), uniform weights", relu(readout=UNIFORM, width=1), theory.output_rotations(2, 2), LINE[1:3]),
    ("Z2, biased weights", net.single_layer(jax.nn.relu, 1, 4, readout=net.normal(1.0, 0.3)), theory.sign_flip(), LINE[1:3]),
    ("translation of the Gauss-net", net.gauss_net(1, 2, sigma_b=0.3), theory.translations(1, 1), np.array([[-0.4], [0.3]])),
    ("rotation, weights +1 or -1", SIGNS, theory.input_rotations(2, 2), POINTS[:2]),
    ("U(D), Laplace weights", LAPLACE, theory.unitary_outputs(2, 1), LINE[1:2]),
    ("Sp(D), Laplace weights", LAPLACE, theory.symplectic_outputs(1, 1), LINE[1:2]),
    ("scale of the Erf-net", net.erf_net(1, 3), theory.scaling(1, 2.0, -1.0), LINE[1:3]),
]  # fmt: skip


# What neighbours in the list see as well is left to `make test-all`.
NEIGHBOURS = {"Sp(D)", "U(D)", "permutation", "parity", "Sp(D), Laplace weights"}


def rows(listed):
    return [pytest.param(*row, id=row[0], marks=[pytest.mark.slow] * (row[0] in NEIGHBOURS)) for row in listed]


@pytest.mark.parametrize(("name", "ensemble", "elements", "points"), rows(SYMMETRIC))
def test_symmetric_ensembles_are_not_rejected(name, ensemble, elements, points):
    for one in theory.check_symmetry(ensemble, elements, points, draws=10_000, seed=11):
        assert one.p_value > 1e-6 and one.detectable > 0


@pytest.mark.parametrize(("name", "ensemble", "elements", "points"), rows(BROKEN))
def test_sabotaged_ensembles_are_detected(name, ensemble, elements, points):
    found = theory.check_symmetry(ensemble, elements, points, draws=20_000, seed=12)
    assert min(one.p_value for one in found) < 1e-6
    assert any(one.rejected for one in found) and all(0 < one.detectable < 1 for one in found)
    worst = min(found, key=lambda one: one.p_value)
    assert len(worst.products) == len(worst.violations) and worst.violations.draws == 20_000


@pytest.mark.slow
def test_p_values_of_a_true_symmetry_are_uniform():
    """The Gauss-net, whose tails are the heaviest here, against itself: 24 seeds."""
    same, ensemble = [theory.Transformation("identity")], net.gauss_net(1, 2, sigma_b=0.3)
    found = [theory.check_symmetry(ensemble, same, LINE[:2], draws=4000, seed=seed)[0].p_correlators for seed in range(24)]
    assert stats.kstest(found, "uniform").pvalue > 1e-4 and min(found) > 1e-3


def test_a_broken_parity_of_weights_is_seen_by_the_omnibus_test_too():
    ensemble = net.single_layer(jax.nn.relu, 1, 2, readout=net.normal(0.3, 1.5))
    found = theory.check_symmetry(ensemble, theory.sign_flip(), LINE[1:2], draws=2000, seed=3)[0]
    assert found.p_omnibus == pytest.approx(1e-3)
    assert found.violations.signal[found.products.index((0,))] > 4.9  # -2 E[phi]


def test_the_stated_power():
    """One correlator, phi^2 at one point: what is detectable follows from its spread, about sqrt(2) for a field that is nearly Gaussian."""
    draws = 2000
    found = theory.check_symmetry(net.erf_net(1, 4), theory.sign_flip(), LINE[1:2], orders=(2,), draws=draws, seed=1)[0]
    textbook = math.sqrt(2) * math.sqrt(2 / draws) * (stats.norm.isf(0.005) + stats.norm.isf(0.1))
    assert 0.7 < found.detectable / textbook < 2


def test_holm_and_energy_against_known_values():
    assert np.allclose(theory.holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
    random = np.random.default_rng(0)
    left, right = random.normal(size=(40, 1)), random.normal(size=(50, 1))
    squared = 2 * stats.energy_distance(left[:, 0], right[:, 0]) ** 2 / 2  # SciPy: sqrt(2 E|X-Y| - E|X-X'| - E|Y-Y'|)
    assert theory.energy_test(left, right, resamples=99).distance == pytest.approx(squared, rel=1e-9)
    assert theory.energy_test(left, right + 3, resamples=99).p_value == pytest.approx(0.01)


def test_what_cannot_be_used():
    ensemble = net.erf_net(2, 3)
    for call in (
        lambda: theory.check_symmetry(ensemble, theory.sign_flip(), POINTS, draws=10),
        lambda: theory.check_symmetry(ensemble, theory.sign_flip(2), POINTS, draws=1000),
        lambda: theory.check_symmetry(ensemble, theory.parity(3), POINTS, draws=1000),
        lambda: theory.check_symmetry(ensemble, theory.sign_flip(), np.zeros((12, 2)), draws=1000),
        lambda: theory.exact_violation(ensemble, theory.parity(2), POINTS[:2]),
    ):
        with pytest.raises(cf.evidence.InputError):
            call()
