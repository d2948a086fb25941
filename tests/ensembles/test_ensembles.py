"""Ensembles: draws, shapes, compiled programs, precision, and the modules that users bring."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from certifield import ensembles as ens
from certifield.evidence import InputError
from certifield.streams import draw_keys, stream_key

KEY = stream_key(0, "ensembles")


class ThreeLayers(eqx.Module):
    """A user's module: a number from a point."""

    layers: list
    table: jax.Array  # integers are no parameters

    def __init__(self, key: jax.Array) -> None:
        self.layers = [eqx.nn.Linear(*sizes, key=key) for sizes in ((2, 5), (5, 4), (4, "scalar"))]
        self.table = jnp.arange(2)

    def __call__(self, x: jax.Array) -> jax.Array:
        first, second, last = self.layers
        return last(jnp.tanh(second(jnp.tanh(first(x[self.table])))))


class Convolutional(eqx.Module):
    conv: eqx.nn.Conv1d
    last: eqx.nn.Linear

    def __call__(self, x: jax.Array) -> jax.Array:
        return self.last(jax.nn.relu(self.conv(x[None])).ravel())


def mlp(depth: int, out: int | str = 3) -> eqx.nn.MLP:
    return eqx.nn.MLP(2, out, 5, depth, key=jax.random.key(0))


def module_sampler(key: jax.Array) -> eqx.Module:
    return ThreeLayers(key)


THREE = ThreeLayers(jax.random.key(0))
CONV = Convolutional(eqx.nn.Conv1d(1, 3, 2, key=jax.random.key(0)), eqx.nn.Linear(3, 2, key=jax.random.key(1)))
ENSEMBLES = {
    "mlp-1": (ens.Ensemble(mlp(1), ens.student_t(5.0)), 3),
    "mlp-3": (ens.Ensemble(mlp(3), ens.fan_in(mlp(3), ens.student_t(5.0))), 3),
    "mlp-scalar": (ens.Ensemble(mlp(2, "scalar"), ens.normal()), 1),
    "three layers": (ens.Ensemble(THREE, ens.laplace(0.5)), 1),
    "convolution": (ens.Ensemble(CONV, ens.fan_in(CONV, ens.normal())), 2),
    "sampler": (ens.Ensemble(THREE, module_sampler), 1),
    "sampler of arrays": (ens.Ensemble(THREE, lambda key: eqx.filter(ThreeLayers(key), eqx.is_inexact_array)), 1),
    "named": (ens.erf_net(2, 7, outputs=2, sigma_c=0.5), 2),
    "linear field": (ens.linear_field(2, ens.exponential()), 1),
    "momenta": (ens.scalar_field(2, 4, 1.0, 5.0, proposal="propagator"), 1),
}


# Of modules that take the same way, one is quick.
TWINS = ("mlp-1", "mlp-scalar", "three layers", "sampler of arrays")


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.slow] * (name in TWINS)) for name in ENSEMBLES])
def test_evaluate_gives_the_networks_that_draw_gives(name):
    """Draw number j has the key fold_in(key, j): the same outputs to rounding, in all shapes of x."""
    ensemble, outputs = ENSEMBLES[name]
    drawn, value = eqx.filter_jit(ensemble.draw), eqx.filter_jit(lambda network, x: network(x))  # not an operation at a time
    x = jnp.array([[0.3, -0.2], [1.0, 0.5], [0.3, -0.2]])
    found = ensemble.evaluate(KEY, x, 4)
    assert found.shape == (4, 3, outputs)
    assert np.array_equal(found[:, 0], found[:, 2])
    keys = draw_keys(KEY, 0, 4)
    for j in (0, 3):
        network = drawn(keys[j])
        np.testing.assert_allclose(found[j], value(network, x), rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(found[j, 1], value(network, x[1]), rtol=1e-12, atol=1e-13)
    assert value(network, [[[0.3, -0.2]], [[1.0, 0.5]]]).shape == (2, 1, outputs)
    assert len({float(value) for value in found[:, 1, 0]}) == 4


def test_the_first_draws_do_not_depend_on_how_many_are_asked_for():
    ensemble = ENSEMBLES["mlp-1"][0]
    np.testing.assert_allclose(ensemble.evaluate(KEY, [[0.3, -0.2]], 9)[:4], ensemble.evaluate(KEY, [[0.3, -0.2]], 4), rtol=1e-12)


def test_a_module_is_evaluated_with_the_drawn_arrays():
    """By hand: tanh layers with the drawn weights and biases; the module's own arrays play no role, its integers stay."""
    network = ENSEMBLES["three layers"][0].draw(KEY)
    z = np.array([0.3, -0.2])
    for place, layer in enumerate(network.params.layers):
        z = np.asarray(layer.weight) @ z + np.asarray(layer.bias)
        z = np.tanh(z) if place < 2 else z
    np.testing.assert_allclose(network([0.3, -0.2]), z, rtol=1e-12)
    assert network.params.table is None


def counted(build):
    """Number of times that the activation is traced while two ensembles, built one after the other, are evaluated."""
    traces = []

    def activation(z):
        traces.append(1)
        return jnp.tanh(z)

    first = build(activation)
    first.evaluate(KEY, jnp.zeros((3, 2)), 2)
    once = len(traces)
    build(activation).evaluate(stream_key(1, "other"), jnp.ones((3, 2)), 2)
    return once, len(traces)


def sample_mlp(key):
    return mlp(1)


BUILDERS = {
    "single_layer": lambda activation: ens.single_layer(activation, 2, 6),
    "mlp": lambda activation: ens.Ensemble(eqx.nn.MLP(2, 1, 4, 2, activation, key=jax.random.key(3)), ens.student_t(4.0)),
    "sampler": lambda activation: ens.Ensemble(eqx.nn.MLP(2, 3, 5, 1, activation, key=jax.random.key(3)), sample_mlp),
}


@pytest.mark.parametrize("kind", BUILDERS)
def test_equal_ensembles_are_compiled_once(kind):
    once, twice = counted(BUILDERS[kind])
    assert 0 < twice - once < once  # the look at the program is made again, the compilation is not


def test_an_ensemble_of_another_width_would_be_noticed():
    """Sabotage: the counter does count; another program is another trace."""
    widths = iter((6, 7))
    once, twice = counted(lambda activation: ens.single_layer(activation, 2, next(widths)))
    assert twice > once


@pytest.mark.parametrize("name", ["mlp-1", "momenta"])
@pytest.mark.parametrize("switched_on", [True, False])
def test_outputs_have_the_precision_of_jax(name, switched_on):
    """That of the moment, not that of the day when the module was built."""
    with jax.enable_x64(switched_on):
        found = ENSEMBLES[name][0].evaluate(KEY, [[0.3, -0.2]], 2)
        assert found.dtype == (jnp.float64 if switched_on else jnp.float32)
        assert np.all(np.isfinite(found))


def test_a_law_that_shows_it_makes_an_ensemble_even():
    assert ens.erf_net(1, 5).even and ens.linear_field(1).even
    assert not ens.single_layer(jnp.tanh, 1, 5, readout=ens.exponential()).even
    assert not ens.single_layer(jnp.tanh, 1, 5, output_bias=ens.fixed(1.0)).even
    assert not ens.Ensemble(mlp(1), ens.normal()).even
    assert ens.Ensemble(mlp(1), ens.normal(), even=True).even


def test_a_users_architecture_takes_a_density_or_a_function():
    class Slope(ens.AbstractArchitecture):
        def __call__(self, params, x):
            return params["slope"] * jnp.sum(x, axis=-1, keepdims=True)

    for density in (ens.Independent({"slope": ens.fixed(2.0)}, {"slope": ()}), lambda key: {"slope": jnp.array(2.0)}):
        np.testing.assert_allclose(ens.Ensemble(Slope(), density).evaluate(KEY, [[1.0, 0.5]], 1), [[[3.0]]])


def test_only_single_layers_of_independent_neurons_have_neurons():
    neurons = ens.erf_net(3, 7, outputs=2, sigma_w=1.5, sigma_a=2.0).neurons
    assert (neurons.width, neurons.dim, neurons.outputs, neurons.feature.name) == (7, 3, 2, "erf")
    assert neurons.readout == ens.normal(2.0) and neurons.weights.scale == pytest.approx(1.5 / np.sqrt(3))
    assert neurons.biases == ens.normal(1.0) and neurons.output_bias == ens.normal(0.0)
    assert ens.linear_field(2).neurons is None
    assert ENSEMBLES["mlp-1"][0].neurons is None
    dependent = ens.Ensemble(ens.erf_net(1, 2).architecture, lambda key: ens.erf_net(1, 2).density.sample(key))
    assert dependent.neurons is None


def matrix_valued() -> ens.Ensemble:
    class Outer(eqx.Module):
        weight: jax.Array

        def __call__(self, x):
            return jnp.outer(self.weight, x)

    return ens.Ensemble(Outer(jnp.ones(2)), ens.normal())


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: ens.Ensemble(3.0, ens.normal()), "architecture"),
        (lambda: ens.Ensemble(jnp.tanh, ens.normal()), "architecture"),
        (lambda: ens.Ensemble(mlp(1), 3.0), "density"),
        (lambda: ens.Ensemble(mlp(1), [ens.normal()]), "density"),
        (lambda: ens.Ensemble(mlp(1), lambda key: mlp(2)), "density"),
        (lambda: ens.Ensemble(mlp(1), lambda key: eqx.nn.MLP(2, 3, 6, 1, key=key)), "density"),
        (lambda: ens.Ensemble(mlp(1), ens.Independent(ens.normal(), (3,))), "density"),
        (lambda: ens.Ensemble(ens.LinearField(), ens.normal()), "density"),
        (lambda: ens.Ensemble(ens.LinearField(), "normal"), "density"),
        (lambda: ens.Ensemble(mlp(1), ens.normal(), dim=0), "dim"),
        (lambda: ens.erf_net(2, 3).evaluate(KEY, [[1.0]], 2), "x"),
        (lambda: ens.erf_net(2, 3).evaluate(KEY, 1.0, 2), "x"),
        (lambda: ens.erf_net(2, 3).evaluate(KEY, [[1.0, 2.0]], 0), "draws"),
        (lambda: ens.erf_net(2, 3).draw(KEY)([[1.0]]), "x"),
        (lambda: ens.linear_field(2).draw(KEY)([1.0]), "x"),
        (lambda: matrix_valued().evaluate(KEY, [[1.0, 2.0]], 2), "architecture"),
    ],
)
def test_what_is_no_ensemble_is_an_input_error(call, argument):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument == argument
    assert caught.value.remedy
