"""Dynamical mean-field theory: closed forms, stored values, theories against each other and against networks; what is refused."""

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import solve_ivp

from certifield.evidence import InputError
from certifield.training import deep, deep_linear, two_layers
from certifield.training.mean_field._deep_linear import _solved
from certifield.training.mean_field._problem import problem

ONE = [[1.0]]
THREE = np.array([[1, 0.3, -0.2], [0.3, 1, 0.4], [-0.2, 0.4, 1]])
LABELS = np.array([1, -0.5, 0.3])


def identity(h):
    return h


@pytest.mark.parametrize(("gamma", "value"), [(0.3, 1.3120), (1.0, 1.4094), (3.0, 1.4989)])
def test_two_linear_layers_in_closed_form(gamma, value):
    """d phi/dt = 2 (y - phi) sqrt(1 + gamma^2 phi^2): prediction to 1e-6, kernel likewise, at t = 1 the published digits."""
    found = deep_linear(ONE, [1.5], [0, 0.5, 1], gamma=gamma, depth=1, steps=32)
    closed = solve_ivp(
        lambda _, p: 2 * (1.5 - p) * np.sqrt(1 + (gamma * p) ** 2), (0, 1), [0.0], t_eval=[0.5, 1], rtol=1e-11, atol=1e-12
    ).y[0]
    prediction, kernel = found.prediction.value[1:, 0], found.kernel.value[1:, 0, 0]
    assert np.allclose(prediction, closed, rtol=1e-5) and abs(prediction[1] - value) < 6e-5
    assert np.all(np.abs(prediction - closed) <= found.prediction.radius[1:, 0])
    assert np.allclose(kernel, 2 * np.sqrt(1 + (gamma * closed) ** 2), rtol=1e-4)
    lazy = 1.5 * (1 - np.exp(-2.0))  # sabotage: a kernel that does not move
    assert abs(lazy - value) > 1e-3


def test_the_error_of_the_grid_is_of_second_order():
    """Halving the step divides the error by four, so that the extrapolation removes it."""
    question = problem(ONE, [1.0], [0, 0.6], 1.5)
    exact = deep_linear(ONE, [1.0], [0, 0.6], gamma=1.5, depth=2, steps=32).prediction.value[1, 0]
    errors = [_solved(question, 2, steps)[0][1, 0] - exact for steps in (8, 16)]
    assert 3 < errors[0] / errors[1] < 5


def test_two_tanh_layers_have_the_published_values():
    """2e5 particles, three data (within 4.9 standard errors of ours and theirs); the trace of the kernel at three times."""
    for gamma, at_one, traces in (
        (0.2, (0.4829, -0.1260, 0.0191), None),
        (1.0, (0.4808, -0.1473, 0.0303), (0.859, 0.961, 1.190)),
        (3.0, (0.5271, -0.2507, 0.1083), (0.859, 1.644, 2.431)),
    ):
        found = two_layers(THREE, LABELS, [0, 1, 3], gamma=gamma, particles=1 << 15)
        error = np.hypot(found.prediction.stderr[1], 2e-4)
        assert np.all(np.abs(found.prediction.mean[1] - at_one) < 4.9 * error) and np.all(error < 0.004)
        if traces:
            trace = sum(found.kernel[:, k, k] for k in range(3)) / 3
            assert np.all(np.abs(trace.mean - traces) < 4.9 * np.hypot(trace.stderr, 1.3e-3))
        assert np.all(np.abs(found.prediction.mean[0]) < 1e-15)  # mirror images
        if gamma == 3.0:  # sabotage: the values of another gamma
            assert np.any(np.abs(found.prediction.mean[1] - (0.4808, -0.1473, 0.0303)) > 10 * error)


def test_sampled_paths_solve_linear_networks():
    """Two hidden layers without an activation: paths and responses against matrices, to the 1e-3 at which the iteration stops."""
    sampled = deep(ONE, [1.0], [0, 0.3, 0.6], gamma=1.5, depth=2, activation=identity, steps=6, samples=150, replicates=2)
    exact = deep_linear(ONE, [1.0], [0, 0.3, 0.6], gamma=1.5, depth=2, steps=16)
    assert np.allclose(sampled.prediction.mean, exact.prediction.value, rtol=1e-3)
    assert np.allclose(sampled.features.mean, exact.features.value, rtol=3e-3) and np.allclose(
        sampled.kernel.mean, exact.kernel.value, rtol=3e-3
    )
    without = deep_linear(ONE, [1.0], [0, 0.3, 0.6], gamma=0.75, depth=2, steps=16)  # sabotage: half the strength
    assert not np.allclose(sampled.features.mean, without.features.value, rtol=3e-2)


@pytest.mark.slow
def test_two_hidden_layers_of_tanh_against_networks():
    """gamma = 1, networks of width 512 in pairs: theory and networks within 4.9 standard errors and 2 %."""
    from certifield.streams import block_key, stream_key
    from certifield.training.studies._networks import measured

    theory = deep(ONE, [1.5], [0, 0.5, 1], gamma=1.0, steps=8, samples=800, replicates=4)
    root = stream_key(1, "test")
    runs = [
        measured(np.ones((1, 1)), np.array([1.5]), np.array([0, 0.5, 1.0]), 1.0, jnp.tanh, 2, 512, block_key(root, k)) for k in range(12)
    ]
    for mean, error, ours in (
        (*_statistics([run.prediction for run in runs]), theory.prediction),
        (*_statistics([run.kernel for run in runs]), theory.kernel),
    ):
        apart = np.abs(mean - ours.mean)[1:]
        assert np.all(apart < 4.9 * np.hypot(error, ours.stderr)[1:] + 0.01 * np.abs(mean[1:])) and np.all(apart < 0.03 * np.abs(mean[1:]))


def _statistics(rows):
    stack = np.stack(rows)
    return stack.mean(axis=0), stack.std(axis=0, ddof=1) / len(stack) ** 0.5


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"gram": [[1.0, 2.0]]}, "matrix"),
        ({"gram": [[-1.0]]}, "eigenvalues"),
        ({"y": [[1.0]]}, "ravel"),
        ({"times": [1, 2]}, "ascending from 0"),
        ({"gamma": 0.0}, "gamma"),
    ],
)
def test_problems_are_checked(changed, words):
    for solve in (two_layers, deep_linear, deep):
        with pytest.raises(InputError, match=words):
            solve(**{"gram": ONE, "y": [1.0], "times": [0, 1], "gamma": 1.0} | changed)


def test_too_few_samples_and_layers_are_refused():
    with pytest.raises(InputError, match="fewer steps"):
        deep(ONE, [1.0], [0, 1], gamma=1.0, samples=20)
    with pytest.raises(InputError, match="depth"):
        deep_linear(ONE, [1.0], [0, 1], gamma=1.0, depth=0)
