"""Tangent kernels of modules: four methods against each other and plain derivatives, shapes, complex numbers, and what is refused."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree
from module_zoo import ZOO

from certifield.evidence import Estimate, Exact, InputError
from certifield.training import empirical_ntk
from certifield.training.empirical._cost import counts
from certifield.training.empirical._field import field_of

METHODS = ("jacobian", "products", "structured", "sketch")
EVERY = 1 << 20  # probes: more than parameters, so that the sketch takes each of them


def drawn(name: str, n: int = 5, seed: int = 0):
    make, shape = ZOO[name]
    return make(jax.random.key(seed)), np.random.default_rng(seed + n).normal(size=(n, *shape))


def by_hand(module, x, y, biases=1.0):
    """J J^H with the derivatives of JAX, for real parameters: [n, m, O, O]; ``biases``: what their derivatives are multiplied with."""
    params, static = eqx.partition(module, eqx.is_inexact_array)
    flat, back = ravel_pytree(params)
    factors = np.asarray(ravel_pytree(jax.tree.map(lambda leaf: jnp.full(leaf.shape, biases if leaf.ndim in (1, 3) else 1.0), params))[0])

    def outputs(theta, point):
        return jnp.concatenate([jnp.ravel(leaf) for leaf in jax.tree.leaves(eqx.combine(back(theta), static)(point))])

    @jax.jit
    @jax.vmap
    def jacobian(point):
        parts = (jnp.real, jnp.imag) if jnp.iscomplexobj(outputs(flat, point)) else (jnp.real,)
        return [jax.jacrev(lambda t: part(outputs(t, point)))(flat) for part in parts]  # noqa: B023  called at once

    left, right = (sum(1j**place * np.asarray(part) * factors for place, part in enumerate(jacobian(jnp.asarray(at)))) for at in (x, y))
    return np.einsum("xop,yqp->xyoq", left, right.conj())


# Quick: four methods on these modules, and one method against plain derivatives on the others.
BY_HAND = ("residual", "waves", "tree")


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.slow] * (name in BY_HAND)) for name in ZOO])
def test_four_methods_agree(name):
    """Full kernels to 1e-10 of their size; the radii cover what is between them."""
    module, x = drawn(name, 3)
    y = drawn(name, 3, seed=7)[1]
    kernels = [empirical_ntk(module, x, y, method=method, probes=EVERY) for method in METHODS]
    size = np.abs(kernels[0].value).max()
    for one in kernels[1:]:
        assert isinstance(one, Exact) and one.shape == kernels[0].shape
        assert np.abs(one.value - kernels[0].value).max() < 1e-10 * size
        assert np.all(np.abs(one.value - kernels[0].value) <= one.radius + kernels[0].radius)
        assert np.max(one.radius) < 1e-9 * size


@pytest.mark.parametrize("name", ["dense", "waves"])
def test_blocks_and_the_symmetric_half(name):
    """Cut into blocks whose last ones overlap, one half computed: the same kernel, Hermitian."""
    module, x = drawn(name, 5)
    whole = empirical_ntk(module, x, x, method="structured")
    for method in METHODS[:3]:
        cut = empirical_ntk(module, x, method=method, block=2)
        assert np.allclose(cut.value, whole.value, rtol=0, atol=1e-13 * np.abs(whole.value).max())
        axes = (1, 0, *range(2 + len(cut.shape) // 2 - 1, len(cut.shape)), *range(2, 2 + len(cut.shape) // 2 - 1))
        assert np.allclose(cut.value, cut.value.conj().transpose(axes), rtol=0, atol=1e-13 * np.abs(whole.value).max())


@pytest.mark.parametrize("name", [*BY_HAND, *(pytest.param(name, marks=pytest.mark.slow) for name in ("convolution", "attention"))])
def test_against_plain_derivatives(name):
    module, x = drawn(name, 3)
    y = drawn(name, 3, seed=7)[1]
    expected = by_hand(module, x, y)
    found = empirical_ntk(module, x, y).value
    assert np.allclose(found.reshape(expected.shape), expected, rtol=0, atol=1e-11 * np.abs(expected).max())
    assert not np.allclose(found.reshape(expected.shape), np.swapaxes(expected, 0, 1), rtol=0, atol=1e-3 * np.abs(expected).max())


@pytest.mark.parametrize("name", ["dense", "waves"])
def test_diagonal_and_trace_are_those_of_the_full_kernel(name):
    module, x = drawn(name, 3)
    y = drawn(name, 3, seed=7)[1]
    full = empirical_ntk(module, x, y).value
    outputs = int(np.prod(full.shape[2 : 2 + (full.ndim - 2) // 2]))
    full = full.reshape(3, 3, outputs, outputs)
    for method in METHODS[:3]:
        diagonal, trace = (empirical_ntk(module, x, y, output=kind, method=method).value for kind in ("diagonal", "trace"))
        assert np.allclose(diagonal.reshape(3, 3, outputs), np.einsum("xyoo->xyo", full), rtol=0, atol=1e-11)
        assert np.allclose(trace, np.einsum("xyoo->xy", full) / outputs, rtol=0, atol=1e-11)


def test_a_kernel_without_biases_is_another():
    """Sabotage twin: parameters that are left out of the sum are seen."""
    module, x = drawn("dense", 3)
    found = empirical_ntk(module, x).value
    assert np.allclose(found, by_hand(module, x, x), rtol=0, atol=1e-11)
    assert np.abs(found - by_hand(module, x, x, biases=0.0)).max() > 1e-3 * np.abs(found).max()


def test_products_are_found():
    """Where a matrix enters through one product its derivative is never formed; weights that are used twice are no such case."""
    expected = {"dense": 3, "convolution": 3, "attention": 7, "residual": 2, "complex": 0, "waves": 1}
    for name, number in expected.items():
        module, x = drawn(name)
        with jax.enable_x64(True):
            assert len(counts(field_of(module, x), x).products) == number, name


def test_complex_parameters():
    """J J^H for an analytic function of complex weights; for real outputs the flow of real and imaginary parts."""
    module, x = drawn("complex")
    params, static = eqx.partition(module, eqx.is_inexact_array)
    flat, back = ravel_pytree(params)
    jacobian = np.stack([jax.jacrev(lambda t, p=p: eqx.combine(back(t), static)(p), holomorphic=True)(flat) for p in x.astype(complex)])
    expected = np.einsum("xop,yqp->xyoq", jacobian, jacobian.conj())
    found = empirical_ntk(module, x).value
    assert np.allclose(found, expected, rtol=1e-12)
    assert not np.allclose(found, expected.conj(), rtol=1e-3)  # sabotage: the other factor conjugated
    size = eqx.nn.Lambda(lambda z: jnp.abs(z) ** 2)
    real = eqx.nn.Sequential([eqx.nn.Lambda(module), size])
    step, residual = 1e-8, np.random.default_rng(1).normal(size=(len(x), 2))
    grad = eqx.filter_grad(lambda m: jnp.sum(jax.vmap(m)(jnp.asarray(x)) * residual))(real)
    moved = eqx.apply_updates(real, jax.tree.map(lambda g: -step * jnp.conj(g), grad))
    change = (jax.vmap(moved)(jnp.asarray(x)) - jax.vmap(real)(jnp.asarray(x))) / step
    assert np.allclose(change, -np.einsum("xyop,yp->xo", empirical_ntk(real, x).value, residual), rtol=1e-4, atol=1e-2)


def test_tensor_indices_stay():
    """A symmetric tensor g_ij gives Theta_ijkl, symmetric in ij, in kl, and under exchange with the points."""
    module, x = drawn("metric")
    kernel = empirical_ntk(module, x).value
    assert kernel.shape == (5, 5, 2, 2, 2, 2)
    assert np.array_equal(kernel, kernel.transpose(0, 1, 3, 2, 4, 5)) and np.allclose(
        kernel, kernel.transpose(1, 0, 4, 5, 2, 3), atol=1e-14
    )
    assert empirical_ntk(module, x, output="diagonal").shape == (5, 5, 2, 2)


def test_the_sketch_knows_its_error():
    """All entries within 4.9 standard errors, errors of about sqrt(2/k); a sketch of another kernel is seen."""
    module, x = drawn("dense")
    exact = empirical_ntk(module, x, output="trace")
    sketch = empirical_ntk(module, x, output="trace", method="sketch", probes=96, seed=3)
    assert isinstance(sketch, Estimate) and sketch.draws == 96
    assert np.all(sketch.agrees_with(exact).agrees)
    relative = sketch.stderr.diagonal() / np.diagonal(exact.value)
    assert np.all(relative < 3 * (2 / 96) ** 0.5)
    assert not np.all(sketch.agrees_with(Exact(1.5 * exact.value)).agrees)


def test_methods_of_choice_change_with_the_question():
    """Products where one point has many outputs and there are few columns is dear; the model always names an exact method."""
    from certifield.training import cost

    module, x = drawn("dense")
    assert set(cost(module, x)) == {"jacobian", "products", "structured"}
    assert "structured" in empirical_ntk(module, x).derivation


@pytest.mark.parametrize(
    ("module", "words"),
    [
        (eqx.nn.Sequential([eqx.nn.Linear(3, 2, key=jax.random.key(0)), eqx.nn.Dropout(0.5)]), "inference_mode"),
        (eqx.nn.Sequential([eqx.nn.Linear(3, 2, key=jax.random.key(0)), eqx.nn.BatchNorm(2, "batch", mode="ema")]), "LayerNorm"),
        (eqx.nn.Linear(4, 2, key=jax.random.key(0)), "shape of x"),
        (eqx.nn.Lambda(jnp.tanh), "parameters"),
        (eqx.nn.Sequential([eqx.nn.Linear(3, 2, key=jax.random.key(0)), eqx.nn.Lambda(jnp.argmax)]), "logits"),
    ],
)
def test_modules_that_have_no_kernel(module, words):
    with pytest.raises(InputError, match=words):
        empirical_ntk(module, np.ones((2, 3)))


def test_dropout_that_is_switched_off_is_no_hindrance():
    module = eqx.nn.Sequential([eqx.nn.Linear(3, 2, key=jax.random.key(0)), eqx.nn.Dropout(0.5)])
    assert empirical_ntk(eqx.nn.inference_mode(module), np.ones((2, 3))).shape == (2, 2, 2, 2)


@pytest.mark.parametrize(
    ("changed", "words"),
    [({"output": "all"}, "output"), ({"method": "fast"}, "method"), ({"block": 0}, "block"), ({"x": [[np.nan] * 5]}, "finite"),
     ({"y": np.ones((2, 4))}, "like x"), ({"method": "sketch", "probes": 3}, "probes")],
)  # fmt: skip
def test_arguments_are_checked(changed, words):
    module, x = drawn("dense")
    with pytest.raises(InputError, match=words):
        empirical_ntk(module, **{"x": x} | changed)
