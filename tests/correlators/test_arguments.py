"""Unusable arguments: an `InputError` that names the argument, its value and the remedy."""

import jax.numpy as jnp
import numpy as np
import pytest

import certifield as cf

net, InputError = cf.ensembles, cf.evidence.InputError
ERF = net.erf_net(1, 5)
FOUR = [[0.1], [0.2], [0.3], [0.4]]

CASES = [
    ("points", lambda: cf.correlators.exact(ERF, [0.1, 0.2]), "shape"),
    ("points", lambda: cf.correlators.exact(ERF, [[0.1, 0.2]]), "coordinates"),
    ("points", lambda: cf.correlators.exact(ERF, [[np.nan], [0.1]]), "remove"),
    ("points", lambda: cf.correlators.estimate(ERF, [[np.inf], [0.1]], draws=100), "remove"),
    ("points", lambda: cf.correlators.exact(ERF, "points"), "numbers"),
    ("points", lambda: cf.correlators.exact(ERF, []), "shape"),
    ("points", lambda: cf.correlators.exact(ERF, [[0.1]] * 9), "lower order|indices"),
    ("ensemble", lambda: cf.correlators.exact("erf_net", FOUR), "erf_net"),
    ("indices", lambda: cf.correlators.exact(ERF, FOUR, indices=[[0, 4]]), "count points from 0"),
    ("indices", lambda: cf.correlators.exact(ERF, FOUR, indices=[[0, -1]]), "count points from 0"),
    ("indices", lambda: cf.correlators.exact(ERF, FOUR, indices=[[0.5, 1.0]]), "whole numbers"),
    ("indices", lambda: cf.correlators.exact(ERF, FOUR, indices=[[0, 1], [0]]), "same number"),
    ("components", lambda: cf.correlators.exact(ERF, FOUR, components=[0, 0, 0, 1]), "outputs"),
    ("draws", lambda: cf.correlators.estimate(ERF, FOUR, draws=0), "draws"),
    ("draws", lambda: cf.correlators.estimate(ERF, FOUR, draws=2.5), "whole number"),
    (
        "draws",
        lambda: cf.correlators.estimate(net.linear_field(1, net.exponential()), FOUR, connected=True, draws=3, method="network-kstat"),
        "5 or more",
    ),
    ("draws", lambda: cf.correlators.estimate(ERF, [[0.1]] * 8, connected=True, draws=3, method="network-kstat"), "5 or more"),
    ("draws, stderr", lambda: cf.correlators.estimate(ERF, FOUR, draws=100, stderr=0.1), "leave one"),
    ("stderr", lambda: cf.correlators.estimate(ERF, FOUR, stderr=-1.0), "more than 0"),
    ("seed", lambda: cf.correlators.estimate(ERF, FOUR, draws=100, seed=-1), "seed"),
    ("method", lambda: cf.correlators.estimate(ERF, FOUR, draws=100, method="magic"), "network-kstat"),
    ("method", lambda: cf.correlators.estimate(ERF, FOUR[:3], draws=100, method="network-wick"), "even order"),
    ("indices", lambda: cf.correlators.estimate(ERF, FOUR[:3], draws=100, method="neuron"), "exactly 0"),
    ("method", lambda: cf.correlators.estimate(net.linear_field(1), FOUR, draws=100, method="neuron"), "network-kstat"),
    (
        "method",
        lambda: cf.correlators.estimate(net.linear_field(1, net.exponential()), FOUR, draws=100, method="network-wick"),
        "network-kstat",
    ),
    ("method", lambda: cf.correlators.estimate(net.cos_net(1, 3), FOUR, draws=1000, method="sobol"), "neuron"),
    ("orders", lambda: cf.correlators.measurement(ERF, FOUR, orders={}), "pass"),
    ("orders", lambda: cf.correlators.measurement(ERF, FOUR, orders={2: [[0, 1, 2, 3]]}), "key"),
    ("block_size", lambda: cf.correlators.measurement(ERF, FOUR, orders={2: [[0, 1]]}, block_size=0), "whole number"),
    ("estimates", lambda: cf.correlators.fit_width_law([1, 2], []), "pick one"),
    ("estimates", lambda: cf.correlators.fit_width_law([1], [cf.correlators.exact(ERF, FOUR)]), "pick one"),
    ("points", lambda: cf.correlators.exact(ERF, [["0.1"], ["0.2"]]), "numbers"),
    ("components", lambda: cf.correlators.exact(ERF, FOUR, components=[0, 0]), "shaped like indices"),
    ("components", lambda: cf.correlators.measurement(ERF, FOUR, orders={2: [[0, 1]]}, components={4: [0]}), "orders"),
    ("seed", lambda: cf.correlators.estimate(ERF, FOUR, draws=1000, method="sobol", seed=-1), "seed"),
]


@pytest.mark.parametrize(("argument", "call", "remedy"), CASES, ids=range(len(CASES)))
def test_input_errors_name_argument_and_remedy(argument, call, remedy):
    with pytest.raises(InputError, match=remedy) as caught:
        call()
    assert caught.value.argument == argument
    assert "Mend:" in str(caught.value)


def test_kernel_that_is_not_known_names_the_other_method():
    with pytest.raises(cf.evidence.NoClosedForm, match="network-kstat"):
        cf.correlators.estimate(net.single_layer(jnp.abs, 1, 3), FOUR, draws=100, method="network-wick")


def test_moments_that_do_not_exist_are_not_numbers():
    ensemble = net.single_layer(jnp.tanh, 1, 3, readout=net.student_t(3.0))
    assert np.isfinite(cf.correlators.exact(ensemble, FOUR[:2]).value)
    with pytest.raises(cf.evidence.NoClosedForm, match="infinite"):
        cf.correlators.exact(ensemble, FOUR, connected=True)


def test_linear_field_without_moments():
    with pytest.raises(cf.evidence.NoClosedForm, match="infinite"):
        cf.correlators.exact(net.linear_field(1, net.student_t(3.0)), FOUR)
    wild = cf.correlators.estimate(net.linear_field(1, net.student_t(2.0)), FOUR[:2], draws=10_000)
    assert wild.method == "network-kstat"


def test_neurons_whose_readout_has_no_moments():
    with pytest.raises(InputError, match="lower order"):
        cf.correlators.estimate(net.single_layer(jnp.tanh, 1, 3, readout=net.student_t(3.0)), FOUR, draws=100, method="neuron")


def test_fingerprint_sees_the_arrays_inside_a_module():
    import equinox as eqx
    import jax

    class Shifted(eqx.Module):
        weight: jax.Array
        shift: np.ndarray

        def __call__(self, x):
            return self.weight * (x + jnp.asarray(self.shift, dtype=float))

    measured = [
        cf.correlators.measurement(
            net.Ensemble(Shifted(jnp.ones(1), np.array([k])), net.normal()), [[0.1]], orders={2: [[0, 0]]}
        ).fingerprint()
        for k in (1, 2)
    ]
    assert measured[0] != measured[1]


def test_width_law_needs_independent_draws():
    got = cf.correlators.estimate(ERF, FOUR, draws=1000)
    with pytest.raises(InputError, match="stream"):
        cf.correlators.fit_width_law([5, 10], [got, got])
