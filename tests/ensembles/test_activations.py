"""Activations by name, and the one `InputError` for everything that is none."""

import math

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import certifield as cf

net, InputError = cf.ensembles, cf.evidence.InputError


@pytest.mark.parametrize("name", net.ACTIVATIONS)
def test_every_name_is_a_function_of_one_number(name):
    function = net.activation(name)
    assert jnp.shape(function(jnp.array(0.3))) == ()
    assert net.single_layer(name, 1, 3).name == f"{name}-net"


def test_names_and_functions_mean_the_same():
    points = [[0.3], [0.5]]
    assert (
        cf.correlators.exact(net.single_layer("tanh", 1, 3), points).value
        == cf.correlators.exact(net.single_layer(jnp.tanh, 1, 3), points).value
    )


WRONG = [
    ("tahn", "tanh"),
    (np.tanh, 'pass "tanh"'),
    (math.tanh, 'pass "tanh"'),
    (jax.nn.softmax, "jax.nn"),
    (lambda z: z > 0, "bool"),
    (lambda z: (z, z), "float64"),
    (lambda z: z * np.random.normal(), "every call"),
    (3.0, "function"),
]


@pytest.mark.parametrize(("given", "said"), WRONG, ids=range(len(WRONG)))
def test_what_is_no_activation(given, said):
    with pytest.raises(InputError, match=said) as caught:
        net.single_layer(given, 1, 3)
    assert caught.value.argument == "activation"


def test_modules_that_do_not_fit():
    key = jax.random.key(0)
    narrow = net.Ensemble(eqx.nn.MLP(3, 1, 4, 2, key=key), net.normal())
    with pytest.raises(InputError, match="1 coordinates"):
        cf.correlators.estimate(narrow, [[0.1], [0.2]], draws=1000)
    dropping = eqx.nn.Sequential([eqx.nn.Linear(1, 3, key=key), eqx.nn.Dropout(0.5), eqx.nn.Linear(3, 1, key=key)])
    with pytest.raises(InputError, match="inference_mode"):
        cf.correlators.estimate(net.Ensemble(dropping, net.normal()), [[0.1], [0.2]], draws=1000)
    with pytest.raises(InputError, match="initializer") as caught:
        net.Ensemble(eqx.nn.MLP(1, 1, 4, 2, key=key), jax.nn.initializers.normal())
    assert caught.value.argument == "density"


@pytest.mark.parametrize("width", [20, 20.0, np.int32(20), np.array(20), np.array(20.0), jnp.array(20)])
def test_widths_of_any_type_that_holds_them(width):
    assert net.erf_net(1, width).neurons.width == 20


@pytest.mark.parametrize("width", [20.5, True, "20", np.array([20]), math.nan, math.inf])
def test_widths_that_are_none(width):
    with pytest.raises(InputError, match="whole number"):
        net.erf_net(1, width)


@pytest.mark.parametrize("sigma", [1e200, 1e-200])
def test_scales_whose_squares_are_no_numbers(sigma):
    with pytest.raises(InputError, match="square"):
        net.erf_net(1, 20, sigma_w=sigma)


def test_complex_gaussians():
    law = net.complex_normal(2.0)
    draws = law.sample(jax.random.key(0), (20_000,))
    assert abs(jnp.mean(jnp.abs(draws) ** 2) - 4.0) < 4.89 * 4 / 20_000**0.5
    assert abs(jnp.mean(draws**2)) < 4.89 * 4 * 2**0.5 / 20_000**0.5
    density = jnp.exp(law.log_density(jnp.array([0.5 + 0.2j])))
    assert math.isclose(float(density), math.exp(-0.29 / 4) / (4 * math.pi), rel_tol=1e-12)
