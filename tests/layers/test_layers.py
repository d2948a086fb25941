"""Descriptions of networks, and the finite networks that follow from them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import certifield as cf
from certifield import layers as L
from certifield.evidence import InputError

X = np.random.RandomState(0).randn(3, 2)
TOKENS = np.random.RandomState(1).randn(3, 5, 2)


def test_descriptions_are_values():
    first, second = (L.serial(L.dense(1.0, 0.5), L.relu(), L.conv(3), L.attention()) for _ in range(2))
    assert first == second and hash(first) == hash(second) and first != L.serial(L.dense(1.0, 0.5), L.erf())
    assert str(L.serial(L.dense(), L.residual(L.serial(L.relu(), L.dense())))) == "dense > [identity + (relu > dense)]"


def test_a_dense_network_is_the_formula():
    ensemble = L.serial(L.dense(1.3, 0.5), L.erf(), L.dense(0.7)).ensemble(2, 6, outputs=3)
    network = ensemble.draw(jax.random.key(0))
    (first, _, last) = network.params
    hidden = jax.scipy.special.erf(1.3 / 2**0.5 * X @ first["weights"] + 0.5 * first["bias"][None, :])
    assert np.allclose(network(X), 0.7 / 6**0.5 * hidden @ last["weights"], rtol=1e-12)
    assert ensemble.dim == 2 and ensemble.even and network(X).shape == (3, 3)


def test_the_named_network_has_the_same_law():
    """One hidden layer is the Erf-net: equal second moments, from parameters of other conventions."""
    ours = L.serial(L.dense(1.0, 1.0), L.erf(), L.dense())
    assert np.allclose(
        cf.kernels.nngp(ours, X).value, cf.correlators.kernel_matrix(cf.ensembles.erf_net(dim=2, width=5), X).value, atol=1e-13
    )


def test_widths_one_by_one():
    network = L.serial(L.dense(), L.relu(), L.dense(), L.relu(), L.dense())
    shapes = network.ensemble(2, [7, 4]).density.shapes
    assert shapes == ((2, 7), (7, 4), (4, 1))


@pytest.mark.parametrize(("padding", "stride", "places"), [("circular", 1, 5), ("same", 2, 3), ("valid", 2, 2)])
def test_a_convolution_is_that_of_jax(padding, stride, places):
    ensemble = L.conv(3, 1.5, stride=stride, padding=padding).ensemble((5, 2), 9, outputs=4)
    network = ensemble.draw(jax.random.key(1))
    x = jnp.asarray(TOKENS)
    if padding == "circular":
        x = jnp.concatenate([x[:, -1:], x, x[:, :1]], axis=1)
    mode = {"circular": "VALID", "same": "SAME", "valid": "VALID"}[padding]
    weights = network.params["weights"]
    expected = jax.lax.conv_general_dilated(x, weights, (stride,), mode, dimension_numbers=("NXC", "XIO", "NXC")) * 1.5 / 6**0.5
    assert np.allclose(network(TOKENS.reshape(3, -1)).reshape(3, places, 4), expected, rtol=1e-12)


def test_a_convolution_in_two_dimensions_is_that_of_jax():
    images = np.random.RandomState(2).randn(2, 5, 4, 2)
    network = L.conv((3, 2), stride=(2, 1), padding="same").ensemble((5, 4, 2), 9, outputs=4).draw(jax.random.key(1))
    expected = jax.lax.conv_general_dilated(jnp.asarray(images), network.params["weights"], (2, 1), "SAME",
                                            dimension_numbers=("NXYC", "XYIO", "NXYC")) / 12**0.5  # fmt: skip
    assert np.allclose(network(images.reshape(2, -1)).reshape(expected.shape), expected, rtol=1e-12)


def test_attention_sees_all_positions_alike():
    """Permuting the positions permutes the outputs."""
    network = L.attention().ensemble((5, 2), 4, outputs=3).draw(jax.random.key(2))
    order = np.array([3, 0, 4, 1, 2])
    plain = np.asarray(network(TOKENS.reshape(3, -1))).reshape(3, 5, 3)
    moved = np.asarray(network(TOKENS[:, order].reshape(3, -1))).reshape(3, 5, 3)
    assert np.allclose(plain[:, order], moved, rtol=1e-12) and not np.allclose(plain, moved)


def test_complex_networks_are_circular():
    """E[phi phi] = 0 and E|phi|^2 = K, for complex inputs as well."""
    network = L.serial(L.dense(complex=True), L.erf(), L.dense(complex=True))
    field = np.asarray(network.ensemble(2, 4).evaluate(jax.random.key(0), X + 1j, 20_000))[:, 0, 0]
    square = field**2
    assert np.iscomplexobj(field)
    assert abs(square.mean()) < 4.9 * np.sqrt(np.mean(np.abs(square) ** 2) / len(square))


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: L.dense(-1.0), "sigma_w"),
        (lambda: L.conv(0), "window"),
        (lambda: L.conv(3, padding="mirror"), "padding"),
        (lambda: L.conv(3, stride=(1, 2)), "stride"),
        (lambda: L.conv(True), "window"),
        (lambda: L.average_pool("x"), "window"),
        (lambda: L.attention(key_size=2.5), "key_size"),
        (lambda: L.dense().ensemble("3", 4), "dim"),
        (lambda: L.average_pool(0), "window"),
        (lambda: L.attention(heads=0), "heads"),
        (lambda: L.monomial(-1), "order"),
        (lambda: L.polynomial([]), "coefficients"),
        (lambda: L.activation(3), "function"),
        (lambda: L.serial(jnp.tanh), "activation"),
        (lambda: L.residual(), "branches"),
        (lambda: L.residual(L.relu()), "random"),
        (lambda: L.relu().ensemble(2, 3), "dense"),
        (lambda: L.dense().ensemble((0,), 3), "dim"),
        (lambda: L.serial(L.dense(), L.dense()).ensemble(2, [3, 4]), "width"),
        (lambda: L.serial(L.dense(), L.dense()).ensemble(2, 0), "width"),
        (lambda: L.serial(L.conv(9), L.flatten(), L.dense()).ensemble((5, 2), 3), "positions"),
        (lambda: L.serial(L.dense(), L.residual(L.serial(L.relu(), L.dense()))).ensemble(2, 3), "one shape"),
    ],
)
def test_bad_input_is_explained(make, match):
    with pytest.raises(InputError, match=match):
        make()


def test_functions_of_numpy_are_no_activations():
    for function in (np.tanh, float, lambda x: x if x > 0 else 0.0):
        with pytest.raises(InputError, match=r"jnp\.tanh"):
            L.activation(function)
    assert L.activation(lambda x: jnp.where(x > 0, x, 0.0)).label == "<lambda>"
