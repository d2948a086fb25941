"""The named networks: conventions by hand, two-point functions by sampling against formulas written here a second time.

Formulas: statistics specification 2.3; Williams, NIPS 1996; Cho and Saul, NIPS 2009; arXiv:2008.08601; arXiv:2307.03223.
"""

import functools
import inspect
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate, special

from certifield import ensembles as ens
from certifield.evidence import InputError
from certifield.streams import stream_key

KEY = stream_key(0, "named networks")
S_W, S_B, S_A, S_C = 1.2, 0.3, 0.8, 0.4
X = np.array([[0.3, -0.2], [1.0, 0.5], [-0.7, 0.4]])
DRAWS = 40_000
MASS, CUTOFF = 1.0, 6.0


def s_of(x, y):
    return S_B**2 + S_W**2 * (x @ y) / 2


def erf(x, y):
    return S_C**2 + S_A**2 * 2 / math.pi * math.asin(2 * s_of(x, y) / math.sqrt((1 + 2 * s_of(x, x)) * (1 + 2 * s_of(y, y))))


def relu(x, y):
    size = math.sqrt(s_of(x, x) * s_of(y, y))
    t = math.acos(min(1.0, s_of(x, y) / size))
    return S_C**2 + S_A**2 * size / (2 * math.pi) * (math.sin(t) + (math.pi - t) * math.cos(t))


def gauss(x, y):
    return S_C**2 + S_A**2 * math.exp(-(S_W**2) * np.sum((x - y) ** 2) / 4)


def cos(x, y):
    return S_C**2 + S_A**2 / 2 * math.exp(-(S_W**2) * np.sum((x - y) ** 2) / 4)


def linear(x, y):
    return S_C**2 + S_A**2 * s_of(x, y)


def scalar(x, y):
    """int_{|p|<L} d^2p/(2 pi)^2 e^{ip(x-y)}/(p^2+m^2) = int_0^L dp p J_0(p r)/(p^2+m^2)/(2 pi)."""
    r = np.linalg.norm(x - y)
    return integrate.quad(lambda p: p * special.j0(p * r) / (p * p + MASS**2), 0, CUTOFF)[0] / (2 * math.pi)


SIGMAS = {"sigma_w": S_W, "sigma_b": S_B, "sigma_a": S_A, "sigma_c": S_C}
WITHOUT_BIAS = {key: value for key, value in SIGMAS.items() if key != "sigma_b"}
NETWORKS = {
    "erf": (lambda width: ens.erf_net(2, width, **SIGMAS), erf),
    "relu": (lambda width: ens.relu_net(2, width, **SIGMAS), relu),
    "gauss": (lambda width: ens.gauss_net(2, width, **SIGMAS), gauss),
    "cos": (lambda width: ens.cos_net(2, width, **WITHOUT_BIAS), cos),
    "linear": (lambda width: ens.linear_net(2, width, **SIGMAS), linear),
    "scalar": (lambda width: ens.scalar_field(2, width, MASS, CUTOFF), scalar),
    "scalar, propagator": (lambda width: ens.scalar_field(2, width, MASS, CUTOFF, proposal="propagator"), scalar),
    "any activation": (lambda width: ens.single_layer(jax.scipy.special.erf, 2, width, **SIGMAS), erf),
}


@functools.cache
def sampled(name: str, width: int) -> np.ndarray:
    return np.asarray(NETWORKS[name][0](width).evaluate(KEY, X, DRAWS))[:, :, 0]


def pulls(fields: np.ndarray, kernel) -> np.ndarray:
    """(mean of phi(x) phi(y) - K(x, y)) in standard errors, for all pairs of the points."""
    found = []
    for i in range(len(X)):
        for j in range(i, len(X)):
            product = fields[:, i] * fields[:, j]
            found.append((product.mean() - kernel(X[i], X[j])) / (product.std() / math.sqrt(len(product))))
    return np.array(found)


CASES = [
    pytest.param(name, width, marks=[pytest.mark.slow] * (width == 1 and name != "erf"), id=f"{name}-{width}")
    for name in NETWORKS
    for width in (1, 6)
]


@pytest.mark.parametrize(("name", "width"), CASES)
def test_the_two_point_function_is_the_kernel_at_every_width(name, width):
    """|z| < 4.89 for 6 pairs with 40 000 networks: finds an error of 8 standard errors, 4 to 8 % of K, with 99.9 %."""
    assert np.abs(pulls(sampled(name, width), NETWORKS[name][1])).max() < 4.89


@pytest.mark.parametrize("name", NETWORKS)
def test_another_width_convention_would_be_noticed(name):
    """Sabotage: a readout of variance 1/sqrt(N) instead of 1/N multiplies the fields at N = 6 by 6^(1/4)."""
    assert np.abs(pulls(sampled(name, 6) * 6**0.25, NETWORKS[name][1])).max() > 4.89


@pytest.mark.parametrize("name", NETWORKS)
def test_a_kernel_with_a_forgotten_factor_would_be_noticed(name):
    """Sabotage: 1.2 K fails the check."""
    assert np.abs(pulls(sampled(name, 6), lambda x, y: 1.2 * NETWORKS[name][1](x, y))).max() > 4.89


BY_HAND = {
    "erf": lambda z, x: special.erf(z),
    "relu": lambda z, x: np.maximum(z, 0),
    "linear": lambda z, x: z,
    "cos": lambda z, x: np.cos(z),
    "gauss": lambda z, x: np.exp(z) / np.sqrt(np.exp(2 * (S_B**2 + S_W**2 * np.sum(x * x, axis=1) / 2)))[:, None],
    "scalar": None,
    "any activation": lambda z, x: special.erf(z),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_a_network_is_the_sum_over_its_neurons(name):
    """phi(x) = N^(-1/2) sum_i alpha_i h(w_i . x + b_i) + c, written out in numpy with the drawn parameters."""
    network = NETWORKS[name][0](5).draw(KEY)
    alpha, w, b, c = (np.asarray(array) for array in network.params)
    assert (alpha.shape, w.shape, b.shape, c.shape) == ((5, 1), (5, 2), (5,), (1,))
    z = X @ w.T + b
    if name == "scalar":
        h = np.sqrt(2 * math.pi * CUTOFF**2 / (2 * math.pi) ** 2) * np.cos(z) / np.sqrt(np.sum(w * w, axis=1) + MASS**2)
    else:
        h = BY_HAND[name](z, X)
    np.testing.assert_allclose(network(X), h @ alpha / math.sqrt(5) + c, rtol=1e-12)


def test_outputs_are_independent_fields_of_one_kernel():
    """E[phi_i phi_j] = delta_ij K for three outputs; |z| < 4.89, power as above."""
    fields = np.asarray(ens.erf_net(2, 4, outputs=3, **SIGMAS | {"sigma_c": 0.0}).evaluate(KEY, X, DRAWS))
    kernel = erf(X[0], X[1]) - S_C**2
    for i in range(3):
        for j in range(3):
            product = fields[:, 0, i] * fields[:, 1, j]
            assert abs(product.mean() - kernel * (i == j)) < 4.89 * product.std() / math.sqrt(DRAWS)


def test_gauss_net_far_away_does_not_overflow():
    found = ens.gauss_net(1, 3).evaluate(KEY, [[60.0], [-60.0]], 8)
    assert np.all(np.isfinite(found))


def test_single_layer_takes_laws():
    """Laws as they stand: E[phi^2] = E[alpha^2] E[w^2 x^2] for the linear activation, |z| < 4.89 with 40 000 networks."""
    net = ens.single_layer(
        lambda z: z, 1, 3, weights=ens.uniform(-1, 1), biases=ens.fixed(), readout=ens.student_t(9.0), output_bias=ens.fixed(), name="lines"
    )
    assert net.name == "lines" and "student_t" in net.scale
    square = np.asarray(net.evaluate(KEY, [[2.0]], DRAWS))[:, 0, 0] ** 2
    exact = 9 / 7 * 4 / 3
    assert abs(square.mean() - exact) < 4.89 * square.std() / math.sqrt(DRAWS)
    assert abs(1.2 * square.mean() - exact) > 4.89 * 1.2 * square.std() / math.sqrt(DRAWS)  # sabotage: a forgotten factor


GAUSSIAN = [ens.erf_net, ens.relu_net, ens.gauss_net, ens.linear_net, ens.cos_net, functools.partial(ens.single_layer, jnp.tanh)]
BAD = [("width", 0), ("width", True), ("width", 2.5), ("width", "20"), ("dim", 0), ("dim", -1), ("outputs", 0)]
BAD += [(name, value) for name in SIGMAS for value in (-1.0, math.nan, math.inf, "1", None)]


@pytest.mark.parametrize("build", GAUSSIAN)
def test_an_unusable_argument_is_named_with_its_value_and_a_remedy(build):
    accepted = inspect.signature(build).parameters
    for name, value in BAD:
        if name in accepted:
            with pytest.raises(InputError) as caught:
                build(**{"dim": 1, "width": 5, name: value})
            assert caught.value.argument == name
            assert str(caught.value).startswith(f"{name} = {value!r} cannot be used: it must be ")
            assert f"Mend: try {name}=" in str(caught.value)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: ens.scalar_field(1, 5, 0.0, 1.0), "mass"),
        (lambda: ens.scalar_field(1, 5, math.nan, 1.0), "mass"),
        (lambda: ens.scalar_field(1, 5, 1.0, 0.0), "cutoff"),
        (lambda: ens.scalar_field(1, 5, 1.0, math.inf), "cutoff"),
        (lambda: ens.scalar_field(0, 5, 1.0, 1.0), "dim"),
        (lambda: ens.scalar_field(1, 0, 1.0, 1.0), "width"),
        (lambda: ens.scalar_field(1, 5, 1.0, 1.0, proposal="flat"), "proposal"),
        (lambda: ens.single_layer("tahn", 1, 5), "activation"),
        (lambda: ens.single_layer(ens.erf_net(1, 1).draw(KEY), 1, 5), "activation"),
        (lambda: ens.single_layer(jnp.tanh, 1, 5, readout=1.0), "readout"),
        (lambda: ens.single_layer(jnp.tanh, 1, 5, weights="normal"), "weights"),
        (lambda: ens.linear_field(0), "dim"),
        (lambda: ens.linear_field(1, 1.0), "law"),
    ],
)
def test_an_unusable_question_is_an_input_error(call, argument):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument == argument
    assert caught.value.remedy


def test_whole_numbers_and_numbers_of_numpy_are_accepted():
    assert ens.erf_net(np.int64(2), np.int32(5), sigma_w=np.float64(1), sigma_a=2) == ens.erf_net(2, 5, sigma_w=1.0, sigma_a=2.0)


def test_descriptions_hold_no_memory_addresses():
    for name, (build, _) in NETWORKS.items():
        assert " at 0x" not in repr(build(2).architecture), name
    assert repr(ens.single_layer(jnp.tanh, 1, 5).architecture) != repr(ens.single_layer(jnp.sin, 1, 5).architecture)
