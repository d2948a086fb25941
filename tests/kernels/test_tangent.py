"""The tangent kernel: values of the page and of another library, closed derivatives by Price's theorem, finite networks on average."""

import json
import math
from functools import partial
from pathlib import Path

import jax
import jax.flatten_util
import jax.numpy as jnp
import numpy as np
import pytest
from kernel_networks import ACTIVATIONS, POINTS, SEQUENCES, deep, dense, networks

import certifield as cf
from certifield import layers as L
from certifield.evidence import Estimate, InputError, NoClosedForm
from certifield.kernels._averages import nested_rule
from certifield.kernels.duals import Resolution, dual_of
from certifield.kernels.duals._hermite import Expanded
from certifield.kernels.duals._polar import Polar
from certifield.kernels.duals._smooth import SLOPES, by_price

PEER = json.loads((Path(__file__).parents[1] / "reference" / "neural_tangents.json").read_text(encoding="utf-8"))
QUICK = ("dense/relu/2", "dense/erf/2", "dense/gelu/2", "conv1/same/2/flatten", "conv1/circular/1/global", "pool/2", "residual/2",
         "layer_norm", "attention/identity", "attention/tied/softmax/deep")  # fmt: skip
CASES = {**ACTIVATIONS, "abrelu": L.abrelu(0.3, 1.2), "hermite": L.hermite(3), "rectified(2)": L.rectified_monomial(2),
         "damped sin": L.damped_sin(), "growing": L.gaussian(-0.1, 0.7), "sin(2,.3)": L.sin(2.0, 0.3, 1.5)}  # fmt: skip
COVARIANCES = [(1.0, 0.5, 1.0), (1.3, -0.4, 0.7), (0.8, 0.0, 1.1), (1.0, 0.999, 1.0), (1.3, 1.3, 1.3)]


@pytest.mark.parametrize(
    ("activation", "depth", "row"),
    [
        (L.erf(), 1, (1.5366755891, 0.6509932755, 0.3466054938)),
        (L.erf(), 2, (2.3161862263, 1.0249903196, 0.5389576280)),
        (L.relu(), 1, (1.3266666667, 0.5324040599, 0.5071839732)),
        (L.relu(), 2, (1.7320000000, 0.7425275554, 0.7913722192)),
        (L.gelu(), 1, (1.1386440940, 0.4355186108, 0.3813176289)),
    ],
)
def test_dense_networks_have_the_values_of_the_page(activation, depth, row):
    assert np.max(np.abs(cf.kernels.ntk(deep(activation, depth), POINTS).value[0] - row)) < 1e-10
    without_bias = L.serial(*[layer for _ in range(depth) for layer in (L.dense(1.6**0.5), activation)], L.dense(1.6**0.5))
    assert np.max(np.abs(cf.kernels.ntk(without_bias, POINTS).value[0] - row)) > 1e-2  # sabotage twins
    assert np.max(np.abs(cf.kernels.nngp(deep(activation, depth), POINTS).value[0] - row)) > 1e-2


def test_other_architectures_have_the_values_of_the_page():
    block = L.residual(L.serial(L.relu(), L.dense(2**0.5)))
    skips = cf.kernels.ntk(L.serial(L.dense(), block, block, L.dense()), POINTS)
    assert np.max(np.abs(skips.value[0] - (5.0, 1.5460530608, 1.6569219754))) < 1e-10
    images, conv = np.random.RandomState(0).randn(2, 4, 3), L.conv(3, 2**0.5)
    for network, k, theta in (
        ([conv, L.relu(), L.global_average_pool()], (0.9062898647, 0.5031685120, 0.5361897555), (1.5145365385, 0.6516065084, 0.8395575291)),
        ([conv, L.relu(), L.flatten()], (1.4112386661, 0.6359425368, 1.0206018825), (2.8224773323, 0.9362248946, 2.0412037650)),
        ([L.attention(tied=True), L.global_average_pool()], (1.0702424238, 0.2911596906, 0.4457694306), None),
    ):
        whole = L.serial(*network, L.dense())
        for kernel, entries in ((cf.kernels.nngp, k), (cf.kernels.ntk, theta or tuple(3 * entry for entry in k))):
            assert np.max(np.abs(kernel(whole, images).value[[0, 0, 1], [0, 1, 1]] - entries)) < 2e-10


@pytest.mark.parametrize("name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in PEER["tangent"]])
def test_neural_tangents_agrees(name):
    """To 1e-12, but for ReLU on the diagonal of its convolutions: there it takes the arccos of a cosine that rounding moves from 1, which
    is an angle of sqrt(2 eps) = 2e-8 in place of 0, and ours is exact (see below)."""
    kernel, theirs = cf.kernels.ntk(*networks()[name]), np.array(PEER["tangent"][name])
    gap, largest = np.abs(kernel.value - theirs), np.abs(theirs).max()
    if "flatten" in name:
        assert np.all(np.diag(gap) <= math.sqrt(2 * np.finfo(float).eps) * largest)
        np.fill_diagonal(gap, 0.0)
    assert np.all(gap <= 1e-12 * largest)
    assert np.max(kernel.radius) < (1e-3 if "pool" in name or "global" in name or "deep" in name else 1e-7) * np.abs(theirs).max()


FLAT = [name for name in PEER["tangent"] if "flatten" in name]


def diagonal(name: str) -> np.ndarray:
    """K' of a convolution, ReLU and a dense layer at equal inputs, by hand: at every position half of 0.4^2 + 1.3^2 mean |x|^2."""
    _, padding, stride, _ = name.split("/")
    x, step = networks()[name][1], int(stride)
    square = np.mean(x**2, axis=-1)
    for axis in range(1, square.ndim):
        size = square.shape[axis]
        short = 0 if padding == "valid" else max((-(-size // step) - 1) * step + 3 - size, 0)
        widths = [(0, 0)] * square.ndim
        widths[axis] = (short // 2, short - short // 2)
        square = np.pad(square, widths, mode="wrap" if padding == "circular" else "constant")
        windows = np.lib.stride_tricks.sliding_window_view(square, 3, axis=axis)
        square = windows.mean(axis=-1).take(range(0, windows.shape[axis], step), axis)
    return 0.1 + 1.6 * np.mean(0.4**2 + 1.3**2 * square, axis=tuple(range(1, square.ndim))) / 2


@pytest.mark.parametrize("name", FLAT)
def test_the_diagonal_of_relu_is_exact(name):
    """One half of the positions is on at every point: Theta = 2 K' - sigma_b^2, for every network whose diagonal the peer rounds.

    Sabotage twins: without the bias, and without the half.
    """
    network, x = networks()[name]
    theta, known = np.diag(cf.kernels.ntk(network, x).value), diagonal(name)
    assert np.allclose(np.diag(cf.kernels.nngp(network, x).value), known, rtol=1e-13)
    assert np.allclose(theta, 2 * known - 0.1, rtol=1e-13)
    assert not np.allclose(theta, 2 * known, rtol=1e-2) and not np.allclose(theta, 4 * known - 0.3, rtol=1e-2)


def test_standard_parametrisation_is_that_of_neural_tangents():
    for name in ("erf", "relu"):
        theirs = np.array(PEER["standard"][f"dense/{name}/2/standard width 64"])
        assert np.allclose(cf.kernels.ntk(deep(ACTIVATIONS[name], 2), POINTS, standard_width=64).value, theirs, rtol=1e-13)
        assert not np.allclose(cf.kernels.ntk(deep(ACTIVATIONS[name], 2), POINTS, standard_width=65).value, theirs, rtol=1e-3)
    network = L.serial(L.conv(3, 1.3, 0.4, padding="same"), L.relu(), L.flatten(), dense())
    theirs = np.array(PEER["standard"]["conv1/same/1/flatten/standard width 32"])
    assert np.allclose(cf.kernels.ntk(network, SEQUENCES, standard_width=32).value, theirs, rtol=1e-10)
    with pytest.raises(InputError, match="standard"):
        cf.kernels.ntk(networks()["attention/identity"][0], SEQUENCES, standard_width=8)


average = jax.jit(lambda dual, *covariance: dual(*covariance, jnp.zeros(())), static_argnums=0)


def averages(activation: L.Activation, covariance: tuple[float, float, float], *, slope: bool = True) -> tuple[float, float]:
    """F and E[f' f'] (NaN without ``slope``) at one covariance."""
    with jax.enable_x64(True):
        dual = dual_of(activation, Resolution(96, 128))
        return float(average(dual, *covariance)[0]), float(average(dual.derivative(), *covariance)[0]) if slope else np.nan


def test_the_table_of_the_page():
    """a = b = 1, c = 1/2."""
    both = {
        L.erf(): (0.21634689593878548, 0.45015815807855303), L.relu(): (0.30449889052211476, 1 / 3),
        L.gelu(): (0.22729491502199153, 0.3422672424594431), L.sin(): (0.1917002497821018, 0.4148304099305316),
        L.exp(): (4.4816890703380645, 4.4816890703380645), L.gaussian(): (0.35355339059327373, 0.08838834764831843),
        L.activation(jnp.tanh): (0.186324413203448, None), L.activation(jax.nn.silu): (0.183169663088159, None),
        L.activation(jax.nn.sigmoid): (0.271428325631705, None),
    }  # fmt: skip
    for activation, (value, slope) in both.items():
        found = averages(activation, (1.0, 0.5, 1.0), slope=slope is not None)
        assert abs(found[0] - value) < 1e-12 * max(1, value), activation
        assert slope is None or abs(found[1] - slope) < 1e-12 * max(1, slope), activation


@partial(jax.jit, static_argnums=0)
def moved(dual, a, c, b):
    """F and its derivative in c."""
    return jax.jvp(lambda moving: average(dual, a, moving, b)[0], (c,), (jnp.ones_like(c),))


@pytest.mark.parametrize("name", CASES)
def test_every_closed_form_and_its_derivative(name):
    """The derivative in c (Price), and the average of f' by Hermite polynomials of the function itself, agree with the closed form."""
    activation = CASES[name]
    if name == "sign":  # a jump: training never sees its density
        assert averages(activation, (1.0, 0.5, 1.0))[1] == 0.0
        return
    with jax.enable_x64(True):
        a, c, b = map(np.array, zip(*COVARIANCES, strict=True))
        dual, function = dual_of(activation, Resolution()), Expanded(activation, Resolution(192, 128, bounded=False))
        value, price = moved(dual, a, c, b)
        slope = np.asarray(average(dual.derivative(), a, c, b)[0])
        expanded = [tuple(map(np.asarray, average(one, a, c, b))) for one in (function, function.derivative())]
        if name == "gelu":  # the expansion's own derivative
            assert np.allclose(moved(function, a, c, b)[1], expanded[1][0], rtol=1e-10)
    assert np.all(np.abs(np.asarray(price) - slope) < 1e-12 * np.maximum(1, np.abs(slope)))
    for (number, error), exact, wide in zip(expanded, (np.asarray(value), slope), (0.1, 0.5), strict=True):
        converged = (np.asarray(c) < 0.9) | (name in SMOOTH)  # a kink near coincident points takes more terms
        assert np.all(np.abs(number - exact) < np.where(converged, np.abs(number) * error + 1e-9, wide))


SMOOTH = set(CASES) - {"relu", "leaky_relu(0.1)", "absolute", "sign", "abrelu", "rectified(2)"}


def test_a_wrong_derivative_is_seen():
    """Sabotage twin: the derivative of the Gaussian without its factor c."""
    formula = next(one for one in SLOPES if one.__name__ == "gaussian")
    with jax.enable_x64(True):
        right = by_price(formula)(*map(jnp.asarray, (1.0, 0.5, 1.0)), 1.0, 1.0)
        assert abs(float(right) - float(SLOPES[formula](*map(jnp.asarray, (1.0, 0.5, 1.0)), 1.0, 1.0))) < 1e-14
        assert abs(float(right) - float(SLOPES[formula](*map(jnp.asarray, (1.0, 0.5, 1.0)), 1.0, 1.0)) / 0.5) > 1e-2


def tangents(network: L.Layer, x: np.ndarray, width: int, draws: int) -> tuple[np.ndarray, np.ndarray]:
    """The mean of sum_theta d phi conj d phi over finite networks, and its error."""
    ensemble = network.ensemble(x.shape[1:], width)
    flat = jnp.asarray(x.reshape(len(x), -1))

    def one(key):
        params, tree = jax.flatten_util.ravel_pytree(ensemble.density.sample(key))

        def field(p, part):
            return part(ensemble.architecture(tree(p), flat)[:, 0])

        rows = [
            jax.jacrev(lambda p, part=part: field(p, part))(params)
            for part in ((jnp.real, jnp.imag) if np.iscomplexobj(x) else (jnp.real,))
        ]
        jacobian = rows[0] if len(rows) == 1 else jax.lax.complex(*rows)
        return jacobian @ jnp.conj(jacobian).T

    found = np.asarray(jax.lax.map(jax.jit(one), jax.random.split(jax.random.key(3), draws), batch_size=64))
    return found.mean(axis=0), found.std(axis=0) / np.sqrt(draws)


SOFT = L.attention(1.5, 0.8, key_size=96, heads=4)
TOKENS = np.random.RandomState(2).randn(2, 3, 2)
FIELD = [L.dense(1.0, 0.5, complex=True), L.erf(), L.dense(1.0, 0.0, complex=True)]
FINITE = {
    "tanh": (L.serial(L.dense(1.0, 0.4), L.activation(jnp.tanh), L.dense(1.0, 0.2)), POINTS, 32, 1500),
    "relu, pooled": (L.serial(L.conv(2, 1.3, 0.4), L.relu(), L.global_average_pool(), L.dense(1.3)), TOKENS, 32, 1500),
    "attention, softmax": (L.serial(SOFT, L.global_average_pool()), TOKENS, 8, 1500),
    "complex": (L.serial(*FIELD), POINTS + 1j * POINTS[::-1], 32, 1500),
}


@pytest.mark.parametrize("name", FINITE)
def test_finite_networks_have_this_tangent_kernel_on_average(name):
    """One nonlinear layer: at every width.  Softmax attention is off by 1/key size, which is below the error."""
    network, x, width, draws = FINITE[name]
    mean, error = tangents(network, x, width, draws)
    kernel, covariance = cf.kernels.ntk(network, x, draws=4096), cf.kernels.nngp(network, x, draws=4096)
    spread = np.sqrt(error**2 + np.asarray(kernel.stderr) ** 2)
    assert np.max(np.abs(mean - kernel.mean) / spread) < 4.9
    assert np.max(np.abs(mean - covariance.mean) / spread) > 4.9  # sabotage twin


def test_drawn_kernels_are_of_the_same_draws():
    network = L.serial(L.attention(), L.global_average_pool())
    theta, k = cf.kernels.ntk(network, TOKENS), cf.kernels.nngp(network, TOKENS)
    assert isinstance(theta, Estimate) and theta.sources == k.sources
    assert float((theta / k)[0, 0].stderr) < float(theta[0, 0].stderr)


def test_blocks_and_functions_are_the_matrix():
    network, x = deep(L.relu(), 2), np.random.RandomState(0).randn(23, 3)
    whole, pieces = cf.kernels.ntk(network, x), cf.kernels.ntk(network, x, block=9)
    assert np.all(np.abs(whole.value - pieces.value) <= 2 * whole.radius) and np.array_equal(whole.value, whole.value.T)
    assert np.allclose(cf.kernels.ntk(network, x[:5], x[7:]).value, whole.value[:5, 7:], rtol=1e-12)
    function = cf.kernels.ntk_function(network)
    assert np.allclose(jax.jit(function)(jnp.asarray(x[:4]), jnp.asarray(x[5:8])), whole.value[:4, 5:8], rtol=1e-5)
    with pytest.raises(NoClosedForm, match="ntk"):
        cf.kernels.ntk_function(L.serial(L.attention(), L.global_average_pool()))


def test_a_rule_without_tangent_is_refused():
    class Tripled(L.Layer):
        def build(self, shape, widths):
            return {}, shape

        def apply(self, params, x):
            return 3 * x

    cf.kernels.propagate.register(Tripled, lambda layer, state, _: state.but(cross=9 * state.cross, left=9 * state.left,
                                                                           right=9 * state.right))  # fmt: skip
    assert np.allclose(cf.kernels.nngp(L.serial(L.dense(), Tripled()), POINTS).value, 9 * cf.kernels.nngp(L.dense(), POINTS).value)
    with pytest.raises(NoClosedForm, match="tangent"):
        cf.kernels.ntk(L.serial(L.dense(), Tripled()), POINTS)


def test_a_growing_gaussian_needs_small_variances():
    with pytest.raises(InputError):
        cf.kernels.ntk(L.serial(L.dense(), L.gaussian(-1.0), L.dense()), 3 * POINTS)


def bent(z):
    """Kinks at 0.3, where nothing homogeneous has them."""
    return jnp.where(z > 0.3, z - 0.3, 0.0) + 0.2 * jnp.tanh(z)


@pytest.mark.parametrize("covariance", [(1.0, 0.5, 1.0), (1.0, 0.999, 1.0)])
def test_kinks_are_integrated_in_the_plane(covariance):
    """An activation with kinks without closed form, by nested panels that end at them; and ReLU, which the expansion misses near 1."""
    a, c, b = covariance
    with jax.enable_x64(True):
        dual = dual_of(L.activation(bent), Resolution(64, 64))
        assert isinstance(dual, Polar) and isinstance(dual.derivative(), Polar)
        z, weights = nested_rule(np.array([[a, c], [c, b]]), np.array([0.3]), 16)
        above = np.maximum(z - 0.3, 0.0) + 0.2 * np.tanh(z), (z > 0.3) + 0.2 * (1 - np.tanh(z) ** 2)
        for values, one in zip(above, (dual, dual.derivative()), strict=True):
            assert abs(float(average(one, *covariance)[0]) - np.sum(weights * values[:, 0] * values[:, 1])) < 1e-9
        expanded = Expanded(L.relu(), Resolution(64, 64)).derivative()
        plane, exact = Polar(expanded.function, Resolution(64, 64)), averages(L.relu(), covariance)[1]
        assert abs(float(average(plane, *covariance)[0]) - exact) < 1e-14
        if c > 0.9:
            assert abs(float(average(expanded, *covariance)[0]) - exact) > 1e-6  # sabotage twin
