"""No number without a warning where sampling misleads: draws that all vanish, tails, lost digits, closures that change, broken promises."""

import os
import subprocess
import sys

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import certifield as cf

net, correlators, InputError = cf.ensembles, cf.correlators, cf.evidence.InputError


def deep_relu(depth):
    """Bias-free rectifiers of width 1, weights of variance 2: E[phi^2] = 2 x^2 at every depth."""
    module = eqx.nn.MLP(1, 1, 1, depth, use_bias=False, use_final_bias=False, key=jax.random.key(0))
    return net.Ensemble(module, net.fan_in(module, net.normal(2**0.5)), even=True, dim=1)


def test_draws_that_all_vanish_prove_nothing():
    """The Gauss-net far out is a rare spike: exact 0.995, and 100 000 draws of 0.

    Sixteen rectifiers in a row: one network in 65 536 is alive.
    """
    far = [[30.0], [30.1]]
    got = correlators.estimate(net.gauss_net(1, 5, sigma_b=0.1), far, draws=100_000)
    assert abs(correlators.exact(net.gauss_net(1, 5, sigma_b=0.1), far).value - np.exp(-0.005)) < 1e-12
    assert bool(got.refused)
    assert np.isinf(got.stderr)
    assert "prove" in " ".join(got.diagnostics["warnings"])
    assert bool(correlators.estimate(deep_relu(16), [[1.0], [1.0]], draws=2000).refused)


def test_a_spread_of_zero_is_believed_where_it_is_known():
    fixed = net.single_layer("tanh", 1, 3, weights=net.fixed(0.5), biases=net.fixed(0.1), readout=net.fixed(1.0))
    for ensemble in (net.erf_net(1, 5, sigma_a=0.0, sigma_c=1.0), fixed):
        assert not bool(correlators.estimate(ensemble, [[0.1], [0.2]], draws=1000).refused)


@pytest.mark.parametrize("freedom", [2.5, 3.0, 4.0])
def test_infinite_variance_is_known_before_the_first_draw(freedom):
    for seed in range(2):
        got = correlators.estimate(net.linear_field(1, net.student_t(freedom)), [[1.0], [1.0]], draws=20_000, seed=seed)
        assert bool(got.refused)
        assert "infinite" in got.diagnostics["warnings"][0]


def test_how_the_field_grows_with_a_heavy_parameter():
    """The readout of a tanh network enters linearly, its inner weights not at all; those of a rectifier do."""
    from certifield.correlators.sampling._growth import infinite_variance

    points = np.array([[0.4], [1.0]])
    heavy = {"weights": net.student_t(3.0)}
    assert infinite_variance(net.single_layer("tanh", 1, 3, **heavy), "network-kstat", points, 2) == ""
    assert "correlator itself" in infinite_variance(net.single_layer("relu", 1, 3, **heavy), "network-kstat", points, 4)
    assert "error bar" in infinite_variance(net.single_layer("relu", 1, 3, **heavy), "neuron", points, 2)
    readout = net.single_layer("tanh", 1, 3, readout=net.student_t(3.0))
    assert "error bar" in infinite_variance(readout, "network-kstat", points, 2)
    assert infinite_variance(readout, "neuron", points, 2) == ""  # averaged by hand


def test_light_tails_are_not_said_to_be_infinite():
    four = [[0.2], [0.6], [1.0], [1.4]]
    got = correlators.estimate(net.erf_net(1, 5), four, connected=True, draws=20_000)
    assert not bool(got.refused)
    for seed in range(2):
        got = correlators.estimate(net.erf_net(1, 5), four, connected=True, draws=2_000, method="network-wick", seed=seed)
        said = " ".join(got.diagnostics.get("warnings", []))
        assert "infinite" not in said
        assert ("too few draws" in said) == bool(got.refused)


def circle(angle):
    """e^(i angle), also where JAX mixes no types."""
    return jax.lax.complex(jnp.cos(angle), jnp.sin(angle))


class Wave(eqx.Module):
    """phi(x) = sum_k a_k exp(i k x)."""

    amplitude: jax.Array

    def __call__(self, x):
        return jnp.sum(self.amplitude * circle(jnp.arange(3.0) * x[0]))


def test_complex_outputs_need_their_conjugations():
    """E|a|^2 = 1, so E[phi(x) phi(y)*] = 1 + e^(i s) + e^(2 i s), s = x - y; E[phi phi] = 0; a Gaussian field has no cumulants."""
    waves = net.Ensemble(Wave(jnp.zeros(3, dtype=complex)), net.complex_normal(), even=True, dim=1)
    points = [[0.2], [0.7]]
    with pytest.raises(InputError, match="conjugated") as caught:
        correlators.estimate(waves, points, draws=2000)
    assert caught.value.argument == "conjugate"
    true = np.sum(np.exp(-0.5j * np.arange(3)))
    ask = {"draws": 20_000, "indices": [[0, 1], [0, 1]], "conjugate": [[0, 1], [0, 0]]}
    got = correlators.estimate(waves, points, **ask)
    assert np.iscomplexobj(got.mean)
    assert np.all(np.abs(got.mean - [true, 0.0]) < 4.89 * got.nominal_stderr)
    assert abs(got.mean[0].imag - true.imag) < 0.1 * abs(true.imag)
    four = correlators.estimate(waves, points, indices=[0, 1, 0, 1], conjugate=[0, 1, 0, 1], connected=True, draws=20_000)
    assert abs(four.mean) < 4.89 * four.nominal_stderr
    with pytest.raises(InputError, match="network-kstat"):
        correlators.estimate(waves, points, draws=2000, conjugate=[0, 1], method="network-wick")


def test_an_imaginary_activation_is_a_complex_network():
    ensemble = net.single_layer(circle, 1, 5)
    assert ensemble.neurons is None
    got = correlators.estimate(ensemble, [[0.1], [0.6]], draws=20_000, conjugate=[0, 1])
    assert abs(got.mean - np.exp(-0.125)) < 4.89 * got.nominal_stderr


@pytest.mark.slow
def test_32_bits_that_lose_the_field_are_refused():
    code = """
import equinox as eqx, jax, jax.numpy as jnp, certifield as cf
class Offset(eqx.Module):
    weight: jax.Array
    back: float = eqx.field(static=True)
    def __call__(self, x):
        return (jnp.sum(self.weight * x) + 1e7) - self.back
for back in (0.0, 1e7):
    try:
        ensemble = cf.ensembles.Ensemble(Offset(jnp.ones(2), back), cf.ensembles.normal())
        print("kept", cf.correlators.estimate(ensemble, [[0.2], [0.4]], connected=True, draws=4096))
    except cf.evidence.PrecisionError as problem:
        print("refused", problem)
"""
    single = os.environ | {"JAX_ENABLE_X64": "0"}
    done = subprocess.run([sys.executable, "-c", code], env=single, capture_output=True, text=True, check=True)
    said = done.stdout.splitlines()
    assert [line.split()[0] for line in said] == ["refused", "refused"]


def test_closures_that_change_are_seen():
    """One function object, two captured values: exact and sampled values follow, for an activation and inside a module."""
    scale = 1.0

    def stretched(z):
        return jnp.tanh(scale * z)

    layer = net.single_layer(stretched, 1, 5)
    module = eqx.nn.MLP(1, 1, 4, 1, activation=stretched, key=jax.random.key(0))
    deep = net.Ensemble(module, net.normal(), even=True)
    ask = lambda ensemble: float(correlators.estimate(ensemble, [[0.5], [0.5]], draws=2000, method="network-kstat").mean)  # noqa: E731
    before = correlators.exact(layer, [[0.5], [0.5]]).value, ask(layer), ask(deep)
    scale = 3.0
    after = correlators.exact(layer, [[0.5], [0.5]]).value, ask(layer), ask(deep)
    fresh = net.single_layer(lambda z: jnp.tanh(3.0 * z), 1, 5)
    assert np.all(np.array(after) > 1.2 * np.array(before))
    assert abs(after[0] - correlators.exact(fresh, [[0.5], [0.5]]).value) < 1e-12


def test_a_promise_of_evenness_that_is_broken():
    class Shifted(eqx.Module):
        weight: jax.Array

        def __call__(self, x):
            return self.weight * x + 1.0

    with pytest.raises(InputError, match="standard errors") as caught:
        correlators.estimate(net.Ensemble(Shifted(jnp.ones(1)), net.normal(), even=True), [[1.0]] * 4, connected=True, draws=2000)
    assert caught.value.argument == "even"
    skewed = net.Ensemble(Shifted(jnp.ones(1)), net.normal())
    got = correlators.estimate(skewed, [[1.0]], indices=[0, 0], connected=True, draws=20_000)
    assert abs(got.mean - 1.0) < 4.89 * got.nominal_stderr


def test_points_of_any_type_that_holds_them():
    from fractions import Fraction

    true = correlators.exact(net.erf_net(1, 20), [[0.5], [0.25]]).value
    for points in (np.array([[Fraction(1, 2)], [0.25]], dtype=object), jnp.array([[0.5], [0.25]], dtype=jnp.bfloat16)):
        assert correlators.exact(net.erf_net(1, 20.0), points).value == true
    with pytest.raises(InputError, match="numbers"):
        correlators.exact(net.erf_net(1, 20), np.array([[Fraction(1, 3)], [0.25]], dtype=object))


def test_networks_outside_jax():
    """Gaussian waves in NumPy, 128 in a call: phi = a cos x + b sin x, E[phi phi] = cos(x - y), no fourth cumulant."""

    def waves(key, points):
        a, b = np.random.default_rng(key).normal(size=(2, 128, 1))
        return a * np.cos(points[:, 0]) + b * np.sin(points[:, 0])

    ensemble = net.outside(waves, dim=1, batch=128, even=True)
    two = correlators.estimate(ensemble, [[0.2], [0.9]], draws=20_000)
    assert abs(two.mean - np.cos(0.7)) < 4.89 * two.nominal_stderr
    assert two.nominal_stderr < 0.02
    four = correlators.estimate(ensemble, [[0.2], [0.9]], indices=[0, 0, 1, 1], connected=True, draws=20_000)
    assert abs(four.mean) < 4.89 * four.nominal_stderr
    again = correlators.estimate(ensemble, [[0.2], [0.9]], draws=20_000)
    assert again.mean == two.mean
    with pytest.raises(cf.evidence.NoClosedForm):
        correlators.exact(ensemble, [[0.2], [0.9]])
    for wrong, said in ((lambda key, points: np.random.normal(size=len(points)), "twice"), (lambda key, points: np.zeros(7), "shape")):
        with pytest.raises(InputError, match=said):
            correlators.estimate(net.outside(wrong, dim=1), [[0.2], [0.9]], draws=2000)
