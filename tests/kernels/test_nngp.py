"""The matrix as a whole: blocks, symmetry, gradients, complex fields, and what is refused."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import certifield as cf
from certifield import layers as L
from certifield.evidence import Estimate, Exact, InputError, NoClosedForm
from certifield.kernels import Resolution

RELU = L.serial(L.dense(1.3, 0.2), L.relu(), L.dense(1.3, 0.2), L.relu(), L.dense())
X = np.random.RandomState(0).randn(37, 4)


def test_blocks_do_not_show():
    whole, pieces = cf.kernels.nngp(RELU, X), cf.kernels.nngp(RELU, X, block=10)
    assert isinstance(whole, Exact) and np.all(np.abs(whole.value - pieces.value) <= 2 * whole.radius)
    assert np.array_equal(pieces.value, pieces.value.T) and np.array_equal(pieces.radius, pieces.radius.T)
    across = cf.kernels.nngp(RELU, X[:11], X[20:33], block=10)
    assert np.all(np.abs(across.value - whole.value[:11, 20:33]) <= 2 * across.radius)


def test_only_the_upper_half_is_computed(monkeypatch):
    from certifield.kernels import _matrix

    seen, block = [], _matrix._block
    monkeypatch.setattr(_matrix, "_block", lambda *arguments: seen.append(arguments) or block(*arguments))
    cf.kernels.nngp(RELU, X, block=10)
    assert len(seen) == 4 * 5 // 2


def test_positions_that_are_left_give_all_their_pairs():
    x = np.random.RandomState(1).randn(3, 5, 2)
    kernel = cf.kernels.nngp(L.serial(L.conv(3), L.relu(), L.conv(3)), x, block=2)
    assert kernel.shape == (3, 3, 5, 5) and np.allclose(kernel.value, kernel.value.transpose(1, 0, 3, 2), rtol=1e-14)


SMOOTH_OR_NOT = [L.relu(), L.sign(), L.activation(jnp.tanh)]  # others share the code of one of these
REST = [L.absolute(), L.leaky_relu(0.2), L.rectified_monomial(2), L.erf(), L.sin()]


@pytest.mark.parametrize("layer", [*SMOOTH_OR_NOT, *(pytest.param(layer, marks=pytest.mark.slow) for layer in REST)], ids=str)
def test_gradients_are_finite_at_coincident_and_at_zero_inputs(layer):
    x = jnp.asarray([[0.0, 0.0], [1.0, 2.0], [1.0, 2.0], [-1.0, -2.0]])
    kernel = cf.kernels.kernel_function(L.serial(L.dense(), layer, L.dense(), layer, L.dense()), resolution=Resolution(24, 24))
    gradient = jax.jit(jax.grad(lambda z: jnp.sum(kernel(z, z) ** 2)))(x)
    assert np.all(np.isfinite(gradient))


def test_gradients_are_differences():
    kernel = cf.kernels.kernel_function(RELU)
    x, y, step = jnp.asarray(X[:2]), jnp.asarray(X[2:4]), 1e-6
    total = jax.jit(lambda z: jnp.sum(kernel(z, y) * jnp.asarray([[1.0, 2.0], [3.0, -1.0]])))
    moved = jnp.zeros_like(x).at[1, 2].set(step)
    assert abs(float(jax.grad(total)(x)[1, 2]) - float((total(x + moved) - total(x - moved)) / (2 * step))) < 1e-8


def test_softmax_attention_is_an_estimate():
    x = np.random.RandomState(1).randn(2, 3, 2)
    network = L.serial(L.attention(), L.global_average_pool())
    kernel = cf.kernels.nngp(network, x)
    assert isinstance(kernel, Estimate) and kernel.bias == "none" and kernel.draws == 1024
    assert np.array_equal(kernel.mean, cf.kernels.nngp(network, x).mean) and np.allclose(kernel.mean, kernel.mean.T)
    with pytest.raises(NoClosedForm, match="nngp"):
        cf.kernels.kernel_function(network)
    later = cf.kernels.nngp(L.serial(L.attention(), L.relu(), L.dense(), L.global_average_pool()), x)
    assert later.bias == "unknown"


@pytest.mark.parametrize(
    ("network", "x", "match"),
    [
        (L.serial(L.relu(), L.dense()), X, "not Gaussian"),
        (L.serial(L.dense(), L.relu(), L.erf(), L.dense()), X, "compose"),
        (L.serial(L.dense(), L.relu(), L.layer_norm(), L.dense()), X, "mean 0"),
        (L.serial(L.conv(3), L.relu(), L.flatten()), X.reshape(-1, 2, 2)[:, :, :1], "positions"),
        (L.serial(L.conv(1), L.relu(), L.flatten()), X.reshape(37, 2, 2), "dense"),
        (L.serial(L.dense(complex=True), L.erf(), L.dense()), X, "complex"),
        (L.serial(L.dense(), L.relu(), L.dense()), X[0], "one row per point"),
        (L.serial(L.dense(), L.relu(), L.dense()), [[np.nan]], "finite"),
        (L.serial(L.dense(), L.global_average_pool(), L.dense()), X, "positions"),
        (L.dense(), [[1.0], [2.0, 3.0]], "one row per point"),
        (L.dense(), [[1e200]], "below 1e75"),
        (L.dense(), [["a"]], "one row per point"),
        ("dense", X, "made of layers"),
    ],
)
def test_what_has_no_limit_is_refused(network, x, match):
    with pytest.raises(InputError, match=match):
        cf.kernels.nngp(network, x)


def test_a_layer_of_ones_own_joins():
    from certifield.kernels import propagate

    class Doubled(L.Layer):
        def build(self, shape, widths):
            return {}, shape

        def apply(self, params, x):
            return 2 * x

    with pytest.raises(NoClosedForm, match="Doubled"):
        cf.kernels.nngp(L.serial(L.dense(), Doubled()), X[:2])
    propagate.register(Doubled, lambda layer, state, _: state.but(cross=4 * state.cross, left=4 * state.left, right=4 * state.right))
    assert np.allclose(cf.kernels.nngp(L.serial(L.dense(), Doubled()), X[:2]).value, 4 * cf.kernels.nngp(L.dense(), X[:2]).value)
