"""The kernel that is never formed, collective variables, trajectories, expansions in the motion of parameters."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from certifield.evidence import Exact, InputError, NotConverged
from certifield.training import (
    collective,
    empirical_ntk,
    expanded,
    kernel_trajectory,
    ntk_eigenvalues,
    ntk_log_determinant,
    ntk_solve,
    ntk_trace,
    preactivations,
)
from certifield.training.empirical._collective import _of_entropy
from certifield.training.empirical._operator import _logarithm


@pytest.fixture(scope="module")
def net():
    return eqx.nn.MLP(3, 2, 16, 2, activation=jnp.tanh, key=jax.random.key(2))


@pytest.fixture(scope="module")
def x():
    return np.random.default_rng(1).normal(size=(6, 3))


@pytest.fixture(scope="module")
def matrix(net, x):
    return empirical_ntk(net, x).value.transpose(0, 2, 1, 3).reshape(12, 12)


def test_solves_and_spectra_without_the_matrix(net, x, matrix):
    right = np.random.default_rng(3).normal(size=(6, 2))
    for ridge in (0.0, 0.1):
        found = ntk_solve(net, x, right, ridge=ridge, block=3)
        expected = np.linalg.solve(matrix + ridge * np.eye(12), right.ravel()).reshape(6, 2)
        assert np.all(np.abs(found.mean - expected) <= found.stderr) and np.max(found.stderr) < 1e-5 * np.max(np.abs(expected))
        assert found.bias == "unknown"
    twin = np.linalg.solve(matrix + 0.2 * np.eye(12), right.ravel()).reshape(6, 2)
    assert np.max(np.abs(ntk_solve(net, x, right, ridge=0.1).mean - twin)) > 1e-3  # sabotage: another ridge
    values = np.linalg.eigvalsh(matrix)[::-1]
    largest = ntk_eigenvalues(net, x, top=3)
    assert np.all(np.abs(largest.mean - values[:3]) <= largest.stderr) and np.all(largest.stderr < 1e-9 * values[0])
    trace = ntk_trace(net, x, probes=64)
    assert abs(float(trace.mean) - np.trace(matrix)) < 4.9 * float(trace.stderr) < np.trace(matrix)


def test_the_logarithm_of_the_determinant_lies_between_two_rules(net, x, matrix):
    """As many steps as the matrix has rows: no bias, and the error of the signs alone.  Fewer: bounds for every v, which close."""
    regular = matrix + 0.1 * np.eye(12)
    exact, full = np.linalg.slogdet(regular)[1], ntk_log_determinant(net, x, ridge=0.1, probes=64)
    assert abs(full.mean - exact) < 4.9 * full.stderr and full.bias == "bounded(0.000e+00)" and full.stderr < 1.5
    assert abs(full.mean - np.linalg.slogdet(10 * regular)[1]) > 4.9 * full.stderr  # sabotage: another matrix
    v = np.where(np.arange(12) % 3, 1.0, -1.0)
    values, vectors = np.linalg.eigh(regular)
    known, gaps = float((vectors.T @ v) ** 2 @ np.log(values)), []
    for steps in (2, 4, 6):
        low, high = _logarithm(lambda u: regular @ u, v, 0.1, steps)
        assert low < known < high
        gaps.append(high - low)
    assert gaps[2] < 0.5 * gaps[1] < 0.5 * gaps[0]
    for changed, words in (({"ridge": 0.0}, "above 0"), ({"probes": 1}, "probes"), ({"steps": 1}, "steps")):
        with pytest.raises(InputError, match=words):
            ntk_log_determinant(net, x, **{"ridge": 0.1} | changed)


def test_singular_kernels_and_shapes_have_their_errors(net, x):
    line = eqx.nn.Linear(1, 1, key=jax.random.key(0))
    with pytest.raises(NotConverged, match="ridge"):
        ntk_solve(line, np.array([[1.0], [2.0], [3.0], [4.0]]), np.array([[1.0], [0.0], [1.0], [0.0]]))
    with pytest.raises(InputError, match="no broadcasting"):
        ntk_solve(net, x, np.ones(6))
    for wrong in ({"ridge": -1.0}, {"ridge": "a"}, {"ridge": np.nan}, {"tolerance": 0.0}, {"most": 0}):
        with pytest.raises(InputError, match=next(iter(wrong))):
            ntk_solve(net, x, np.ones((6, 2)), **wrong)
    for right in (np.full((6, 2), "a"), np.full((6, 2), np.nan)):
        with pytest.raises(InputError, match="finite"):
            ntk_solve(net, x, right)
    with pytest.raises(InputError, match="top"):
        ntk_eigenvalues(net, x, top=12)


def test_collective_variables_by_hand(net, x, matrix):
    kernel = empirical_ntk(net, x)
    y = np.random.default_rng(4).normal(size=(6, 2))
    found = collective(kernel, y, kernel * 2)
    shares = np.linalg.eigvalsh(matrix) / np.trace(matrix)
    entropy = -np.sum(shares * np.log(shares))
    assert np.isclose(found.trace.value, np.trace(matrix)) and np.isclose(found.entropy.value, entropy)
    assert np.isclose(found.effective_rank.value, np.exp(entropy)) and found.motion.value == pytest.approx(0.5)
    assert found.similarity.value == pytest.approx(1.0)
    assert found.alignment.value == pytest.approx(y.ravel() @ matrix @ y.ravel() / (np.sum(y**2) * np.linalg.norm(matrix)))
    # Kernels that are off by their radius have variables within theirs, which say something.
    off = Exact(kernel.value, radius=np.full(kernel.shape, 1e-3))
    signs = np.random.default_rng(6).choice([-1e-3, 1e-3], (8, 12, 12))
    stated, widest = (
        collective(off, y, kernel * 2),
        dict.fromkeys(("trace", "entropy", "effective_rank", "alignment", "motion", "similarity"), 0.0),
    )
    for move in (1e-3 * np.eye(12), *(np.triu(each) + np.triu(each, 1).T for each in signs)):
        other = collective(Exact((matrix + move).reshape(6, 2, 6, 2).transpose(0, 2, 1, 3)), y, kernel * 2)
        for name in widest:
            gap = abs(getattr(other, name).value - getattr(stated, name).value)
            assert gap <= getattr(stated, name).radius, name
            widest[name] = max(widest[name], gap / getattr(stated, name).radius)
    assert min(widest[name] for name in ("trace", "alignment", "motion")) > 1 / 40, widest
    other, centre = np.diag(np.arange(1.0, 13)) + matrix, np.eye(12) - 1 / 12
    moved = collective(kernel, reference=Exact(other.reshape(6, 2, 6, 2).transpose(0, 2, 1, 3)))
    a, b = centre @ matrix @ centre, centre @ other @ centre
    assert moved.similarity.value == pytest.approx(np.sum(a * b) / (np.linalg.norm(a) * np.linalg.norm(b)), rel=1e-12)
    assert moved.motion.value == pytest.approx(650**0.5 / np.linalg.norm(other), rel=1e-12)
    even = collective(Exact(np.eye(5)))  # sabotage: of equal eigenvalues the rank is full
    assert even.effective_rank.value == pytest.approx(5) and found.effective_rank.value < 11
    with pytest.raises(InputError, match="no broadcasting"):
        collective(kernel, y[:, 0])
    for wrong in (matrix, Exact(1.0), Exact(np.ones(3))):
        with pytest.raises(InputError, match="kernel"):
            collective(wrong)
    with pytest.raises(InputError, match="finite"):
        collective(kernel, np.full((6, 2), np.nan))
    with pytest.raises(InputError, match="without y"):
        collective(empirical_ntk(net, x, x[:2]))


def test_the_bound_on_entropies_is_reached():
    """By a pure state and one with T spread over all others."""
    for distance, count in ((1e-9, 12), (0.2, 3), (0.4, 2)):
        shares = np.array([1 - distance, *[distance / (count - 1)] * (count - 1)])
        assert _of_entropy(distance, count) == pytest.approx(-np.sum(shares * np.log(shares)), rel=1e-6)
    assert _of_entropy(5.0, 4) == pytest.approx(np.log(4)) and _of_entropy(0.0, 4) == _of_entropy(0.3, 1) == 0


def test_a_step_of_training_moves_outputs_by_the_kernel(net, x):
    """phi_1 = phi_0 - rate Theta (phi_0 - y) to first order in the rate; the kernel moves, and its variables start from themselves."""
    y, rate = np.random.default_rng(5).normal(size=(6, 2)), 1e-6
    found = kernel_trajectory(net, x, y, optax.sgd(rate), [0, 1], loss=lambda f, t: 0.5 * jnp.sum((f - t) ** 2))
    before, after = (np.asarray(jax.vmap(module)(jnp.asarray(x))) for module in found.modules)
    predicted = -rate * np.einsum("xyop,yp->xo", found.kernels[0].value, before - y)
    assert np.allclose(after - before, predicted, rtol=1e-4)
    assert not np.allclose(after - before, -predicted, rtol=1e-1)  # sabotage: the sign of the seeds
    assert found.variables[0].motion.value == 0 < found.variables[1].motion.value < 1e-4
    with pytest.raises(InputError, match="no broadcasting"):
        kernel_trajectory(net, x, y[:, :1], optax.sgd(rate), [0, 1], loss=lambda f, t: jnp.sum(f))


def test_training_that_diverges_is_no_trajectory(net, x):
    loss = lambda f, t: 0.5 * jnp.sum((f - t) ** 2)  # noqa: E731
    with pytest.raises(NotConverged, match=r"diverged between step 1 and step 60.*smaller learning rate"):
        kernel_trajectory(net, x, np.ones((6, 2)), optax.sgd(1e3), [0, 1, 60], loss=loss)


@pytest.mark.parametrize(("part", "words"), [(eqx.nn.Dropout(0.5), "inference_mode"), (eqx.nn.BatchNorm(2, "b", mode="ema"), "LayerNorm")])
def test_modules_with_a_state_are_refused_everywhere(x, part, words):
    module = eqx.nn.Sequential([eqx.nn.Linear(3, 2, key=jax.random.key(0)), part])
    calls = [
        lambda: ntk_solve(module, x, np.ones((6, 2))),
        lambda: ntk_eigenvalues(module, x),
        lambda: ntk_trace(module, x),
        lambda: kernel_trajectory(module, x, np.ones((6, 2)), optax.sgd(0.1), [0, 1], loss=lambda f, t: jnp.sum(f)),
    ]
    for call in calls:
        with pytest.raises(InputError, match=words):
            call()


def test_expansions_in_the_motion_of_the_parameters(net, x):
    """The error of order k falls as the motion to the power k + 1."""
    point = jnp.asarray(x[0])
    direction = jax.tree.map(
        lambda leaf: jnp.sin(jnp.arange(leaf.size, dtype=float)).reshape(leaf.shape), eqx.filter(net, eqx.is_inexact_array)
    )
    for order in (0, 1, 2):
        errors = []
        for size in (0.02, 0.01):
            other = eqx.apply_updates(net, jax.tree.map(lambda leaf, size=size: size * leaf, direction))
            errors.append(np.max(np.abs(expanded(net, order)(other, point) - other(point))))
        assert 2**order * 1.3 < errors[0] / errors[1] < 2 ** (order + 2) / 1.3


def test_preactivations_are_those_of_the_layers(net, x):
    found = preactivations(net, x)
    first = x @ np.asarray(net.layers[0].weight).T
    assert list(found) == ["layers[0].weight", "layers[1].weight", "layers[2].weight", "output"]
    assert np.allclose(found["layers[0].weight"], first) and np.allclose(found["output"][..., 0], jax.vmap(net)(jnp.asarray(x)))
