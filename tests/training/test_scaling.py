"""Powers of the width, width maps, the maximal update as a transformation of Optax, coordinate check and transfer."""

from fractions import Fraction

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from module_zoo import Block

from certifield.evidence import InputError
from certifield.training import (
    Growth,
    Parametrisation,
    coordinate_check,
    maximal_update,
    maximal_update_init,
    width_map,
    width_transfer,
)
from certifield.training.scaling._transfer import _minimum

HALF = Fraction(1, 2)


def mlp(width: int, key: jax.Array) -> eqx.nn.MLP:
    return eqx.nn.MLP(8, 1, width, 2, activation=jnp.tanh, key=key)


@pytest.mark.parametrize(
    ("one", "r", "regime"),
    [
        (Parametrisation.standard(2), -1, "unstable"),
        (Parametrisation.standard(2, 1), HALF, "kernel"),
        (Parametrisation.tangent_kernel(2), HALF, "kernel"),
        (Parametrisation.maximal_update(2), 0, "features are learned"),
        (Parametrisation.maximal_update(5), 0, "features are learned"),
        (Parametrisation.standard(3, 2), Fraction(3, 2), "trivial"),
    ],
)
def test_the_named_parametrisations(one, r, regime):
    """The rows of arXiv:2011.14522, table 1; a gauge transformation changes nothing."""
    for shift in (0, 1, -HALF, Fraction(3, 7)):
        assert one.gauge(shift).r.value == r and one.gauge(shift).regime == regime
    assert Parametrisation(one.a, one.b, one.c + HALF).r.value != r  # sabotage: a rate alone is no gauge


@pytest.mark.parametrize(
    ("a", "b", "c", "regime"),
    [
        ((1, 1, HALF), (-1, -HALF, -HALF / 2), 0, "unstable"),  # a + b of the readout alone is too small, 1/4
        ((-HALF, 0, 0), (HALF, HALF, 1), HALF, "unstable"),  # 2 a + c alone is, 1/2
        ((-HALF / 4, 3 * HALF / 4, HALF), (HALF / 4, HALF / 4, 0), 0, "unstable"),  # a + b + r alone is, 3/4
        ((-HALF / 2, HALF / 2, HALF), (HALF / 2, HALF / 2, HALF), 0, "kernel"),  # moves, since 2 a + c = 1, although a + b + r = 3/2
    ],
)
def test_every_condition_decides_alone(a, b, c, regime):
    """Of arXiv:2011.14522, theorem 3.2 and 3.3."""
    assert Parametrisation(a, b, c).regime == regime


def test_the_best_rate_is_that_of_a_parabola():
    x = np.arange(-4.0, 3.0)
    assert _minimum(x, 2 * (x - 0.3) ** 2 + 1) == pytest.approx(0.3) and _minimum(x, x) == -4


def test_powers_are_exact_and_paired():
    with pytest.raises(InputError, match="Fraction"):
        Parametrisation((0, 0), (0, 0.5), 0)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="layers"):
        Parametrisation((Fraction(0),), (Fraction(0),), Fraction(0))


def test_the_width_map_of_a_perceptron():
    """Shapes alone will do; inputs, hidden and output weights by what grows."""
    base, target = (eqx.filter_eval_shape(mlp, width, jax.random.key(0)) for width in (16, 64))
    found = width_map(base, target)
    roles = dict(zip(found.names, (growth.role for growth in found.growths), strict=True))
    assert list(roles.values()) == ["input", "input", "hidden", "input", "output", "fixed"] and found.multiplier == 4
    assert found.growths[2] == Growth(4, 4) and found.growths[4] == Growth(4, 1)


def test_the_width_map_of_convolutions_and_tables():
    class Net(eqx.Module):
        table: eqx.nn.Embedding
        conv: eqx.nn.Conv1d
        gain: jax.Array

        def __init__(self, width):
            self.table = eqx.nn.Embedding(5, width, key=jax.random.key(0))
            self.conv, self.gain = eqx.nn.Conv1d(width, width, 3, key=jax.random.key(1)), jnp.ones(())

    found = width_map(Net(4), Net(12))
    assert [growth.role for growth in found.growths] == ["input", "hidden", "input", "fixed"]


@pytest.mark.parametrize(
    ("base", "target", "words"),
    [
        (mlp(8, jax.random.key(0)), mlp(8, jax.random.key(1)), "another width"),
        (mlp(8, jax.random.key(0)), eqx.nn.MLP(8, 1, 8, 3, key=jax.random.key(1)), "depths"),
        (eqx.nn.Conv1d(2, 2, 3, key=jax.random.key(0)), eqx.nn.Conv1d(2, 4, 5, key=jax.random.key(0)), r"weight"),
    ],
)
def test_width_maps_that_make_no_sense(base, target, words):
    with pytest.raises(InputError, match=words):
        width_map(base, target)


def test_the_transformation_scales_by_role_and_carries_no_state():
    base, target = mlp(4, jax.random.key(0)), mlp(16, jax.random.key(0))
    widths = width_map(base, target)
    params = eqx.filter(target, eqx.is_inexact_array)
    grads = jax.tree.map(jnp.ones_like, params)
    for rule, factors in (("adam", [1, 1, 0.25, 1, 0.25, 1]), ("sgd", [4, 4, 1, 4, 0.25, 1])):
        plain, scaled = optax.sgd(0.5), maximal_update(optax.sgd(0.5), widths, rule=rule)
        assert jax.tree.structure(scaled.init(params)) == jax.tree.structure(plain.init(params))
        updates, _ = jax.jit(scaled.update)(grads, scaled.init(params), params)
        assert [float(leaf.ravel()[0]) for leaf in jax.tree.leaves(updates)] == [-0.5 * factor for factor in factors]
    decayed = {}
    for decoupled in (True, False):
        shrinking = maximal_update(optax.sgd(0.0), widths, weight_decay=0.1, decoupled=decoupled)
        updates, _ = shrinking.update(grads, shrinking.init(params), params)
        decayed[decoupled] = [float((a / b).ravel()[0]) for a, b in zip(jax.tree.leaves(updates), jax.tree.leaves(params), strict=True)]
    assert np.allclose(decayed[True], -0.1) and np.allclose(decayed[False], [-0.1, -0.1, -0.025, -0.1, -0.025, -0.1])
    with pytest.raises(InputError, match="rule"):
        maximal_update(optax.sgd(1.0), widths, rule="lion")  # type: ignore[arg-type]


def test_only_output_weights_start_smaller():
    target = mlp(16, jax.random.key(0))
    changed = maximal_update_init(target, width_map(mlp(4, jax.random.key(0)), target))
    ratios = [
        float((a / b).ravel()[0]) for a, b in zip(*(jax.tree.leaves(eqx.filter(m, eqx.is_array)) for m in (changed, target)), strict=True)
    ]
    assert ratios == [1, 1, 1, 1, 0.5, 1]


def test_a_transformer_block_has_a_map():
    shapes = [eqx.filter_eval_shape(lambda w, k: Block(w, 2, key=k), width, jax.random.key(0)) for width in (8, 16)]
    found = width_map(*shapes)
    roles = dict(zip(found.names, (growth.role for growth in found.growths), strict=True))
    assert roles["attention.query_proj.weight"] == "hidden" and roles["readout.weight"] == "output" and roles["up.bias"] == "input"


@pytest.fixture(scope="module")
def data():
    x = np.random.default_rng(0).normal(size=(12, 8))
    return x, np.sin(x[:, :1])


def test_coordinates_keep_their_size_under_the_maximal_update_alone(data):
    """Widths 32 to 256 with Adam: slopes within 0.1 of 0 (three seeds), and in the standard parametrisation one above 0.2."""
    checks = {
        rule: coordinate_check(mlp, [32, 256], *data, optax.adam(0.01), rule=rule, seeds=3, steps=4, tolerance=0.1)
        for rule in (None, "adam")
    }
    assert checks["adam"].names == ("layers[0].weight", "layers[1].weight", "layers[2].weight", "output")
    assert checks["adam"].passed and not checks[None].passed
    assert checks[None].slopes.mean[1] > 0.2
    assert np.all(checks["adam"].slopes.stderr < 0.1)


def test_learning_rates_transfer(data):
    """Width 16 to 128: the best rate of the standard parametrisation falls by more than an octave, that of the maximal update stays."""
    rates = 2.0 ** np.arange(-8, 0)
    found = {rule: width_transfer(mlp, [16, 128], rates, *data, optax.adam, rule=rule, seeds=2, steps=8) for rule in (None, "adam")}
    assert float(found["adam"].shift.mean) < 1 < float(found[None].shift.mean)
    assert found["adam"].losses.shape == (2, 8)


def test_labels_are_not_broadcast(data):
    x, y = data
    with pytest.raises(InputError, match="shape of the outputs"):
        coordinate_check(mlp, [8, 16], x, y[:, 0], optax.adam(0.1), rule="adam")
    with pytest.raises(InputError, match="ascending"):
        coordinate_check(mlp, [16, 8], x, y, optax.adam(0.1), rule="adam")
    with pytest.raises(InputError, match="rates"):
        width_transfer(mlp, [8, 16], [0.1, 0.3, 0.4], x, y, optax.adam, rule="adam")
