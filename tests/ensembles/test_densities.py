"""Densities: trees of laws, their keys and their logarithms, and the laws of a user's module."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from certifield import ensembles as ens
from certifield.ensembles._density import over_arrays
from certifield.evidence import InputError, NoClosedForm
from certifield.streams import stream_key

KEY = stream_key(0, "densities")
LAWS = {
    "deep": [(ens.normal(2.0), ens.laplace()), ens.uniform(0.0, 1.0)],
    "flat": ens.student_t(5.0),
    "momenta": ens.MomentumBall(2, 1.0, 3.0, "uniform"),
}
SHAPES = {"deep": [((3, 2), ()), (4,)], "flat": (2,), "momenta": (5, 2)}
NESTED = ens.Independent(LAWS, SHAPES)


def test_a_draw_is_a_tree_like_the_laws_with_arrays_of_the_shapes():
    drawn = NESTED.sample(KEY)
    assert jax.tree.map(jnp.shape, drawn) == SHAPES


def test_the_key_of_an_array_is_its_place_in_the_tree():
    arrays, laws = (
        jax.tree.leaves(NESTED.sample(KEY)),
        jax.tree.leaves(LAWS, is_leaf=lambda node: isinstance(node, ens.Law | ens.MomentumBall)),
    )
    for place, (array, law) in enumerate(zip(arrays, laws, strict=True)):
        assert np.array_equal(array, law.sample(jax.random.fold_in(KEY, place), array.shape))


def test_another_law_at_one_place_leaves_the_numbers_of_the_others():
    other = ens.Independent(LAWS | {"flat": ens.normal()}, SHAPES | {"flat": (7,)})
    one, two = NESTED.sample(KEY), other.sample(KEY)
    same = jax.tree.map(np.array_equal, one, two | {"flat": one["flat"]})
    assert all(jax.tree.leaves(same))
    assert one["flat"].shape != two["flat"].shape


def test_equal_laws_at_two_places_draw_differently():
    first, second = ens.Independent((ens.normal(), ens.normal()), ((8,), (8,))).sample(KEY)
    assert not np.any(first == second)


def test_the_logarithm_of_the_density_is_the_sum_over_the_arrays():
    drawn = NESTED.sample(KEY)
    by_hand = [
        LAWS["deep"][0][0].log_density(drawn["deep"][0][0]),
        LAWS["deep"][0][1].log_density(drawn["deep"][0][1]),
        LAWS["deep"][1].log_density(drawn["deep"][1]),
        LAWS["flat"].log_density(drawn["flat"]),
        LAWS["momenta"].log_density(drawn["momenta"]),
    ]
    assert float(NESTED.log_density(drawn)) == pytest.approx(float(sum(by_hand)), rel=1e-13)
    assert np.isfinite(float(NESTED.log_density(drawn)))


def test_a_tree_of_laws_can_be_compiled():
    """Its shapes are part of the program, and must be hashable whatever tree they came in."""
    drawn = eqx.filter_jit(lambda density, key: density.sample(key))(NESTED, KEY)
    assert all(jax.tree.leaves(jax.tree.map(lambda one, two: np.allclose(one, two, rtol=1e-14), drawn, NESTED.sample(KEY))))


MODULE = eqx.nn.MLP(3, 2, 5, 1, key=jax.random.key(0))
PARAMETERS = eqx.filter(MODULE, eqx.is_inexact_array)


def test_one_law_is_spread_over_all_arrays():
    density = over_arrays(PARAMETERS, ens.laplace(0.5))
    assert density.shapes == ((5, 3), (5,), (2, 5), (2,))
    assert jax.tree.structure(density.sample(KEY)) == jax.tree.structure(PARAMETERS)


def test_a_tree_of_laws_may_be_a_prefix_of_the_module():
    class Two(eqx.Module):
        inner: eqx.nn.Linear
        outer: eqx.nn.Linear

    module = Two(eqx.nn.Linear(2, 3, key=KEY), eqx.nn.Linear(3, 1, key=KEY))
    drawn = over_arrays(
        eqx.filter(module, eqx.is_inexact_array), eqx.tree_at(lambda m: (m.inner, m.outer), module, (ens.fixed(1.0), ens.normal()))
    )
    sampled = drawn.sample(KEY)
    assert np.all(sampled.inner.weight == 1.0) and np.all(sampled.inner.bias == 1.0)
    assert not np.any(sampled.outer.weight == 1.0)


def test_fan_in_counts_the_inputs_of_one_output():
    """Matrices [out, in] and kernels [out, in, *window] alike; vectors and the bias of a convolution [out, 1] keep the law."""

    class Convolutional(eqx.Module):
        first: eqx.nn.Conv1d
        second: eqx.nn.Conv2d
        last: eqx.nn.Linear

    module = Convolutional(eqx.nn.Conv1d(2, 4, 3, key=KEY), eqx.nn.Conv2d(4, 2, (3, 5), key=KEY), eqx.nn.Linear(16, 1, key=KEY))
    laws = ens.fan_in(module, ens.normal(2.0))
    assert laws.first.weight.scale == pytest.approx(2 / np.sqrt(2 * 3))
    assert laws.second.weight.scale == pytest.approx(2 / np.sqrt(4 * 15))
    assert laws.last.weight.scale == pytest.approx(2 / np.sqrt(16))
    assert laws.first.bias.scale == laws.second.bias.scale == laws.last.bias.scale == 2.0


def test_a_sampling_function_may_return_a_whole_module_and_knows_no_density():
    density = ens.Sampler(lambda key: eqx.nn.MLP(3, 2, 5, 1, key=key))
    assert jax.tree.structure(density.sample(KEY)) == jax.tree.structure(PARAMETERS)
    with pytest.raises(NoClosedForm, match="give laws instead"):
        density.log_density(PARAMETERS)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: ens.Independent({"a": ens.normal()}, {"b": (3,)}), "shapes"),
        (lambda: ens.Independent((ens.normal(), ens.normal()), ((3,),)), "shapes"),
        (lambda: ens.Independent([ens.normal()], [[3, 2]]), "shapes"),
        (lambda: ens.Independent([ens.normal()], [3]), "shapes"),
        (lambda: ens.Independent([1.0], [(3,)]), "laws"),
        (lambda: NESTED.log_density({"deep": []}), "params"),
        (lambda: ens.Independent(ens.normal(), (3,)).log_density(jnp.zeros(4)), "params"),
        (lambda: over_arrays(PARAMETERS, [ens.normal()]), "density"),
        (lambda: over_arrays(PARAMETERS, 1.0), "density"),
        (lambda: ens.fan_in(MODULE, 1.0), "law"),
    ],
)
def test_trees_that_do_not_fit_are_an_input_error(call, argument):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument == argument
    assert caught.value.remedy
