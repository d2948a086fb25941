"""Densities on the parameters of an architecture: independent arrays, or whatever can be sampled."""

import abc
import math
from collections.abc import Callable
from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key, PyTree

from certifield.evidence import InputError, NoClosedForm

from ._law import Law
from ._momenta import AbstractMomenta


class AbstractDensity(eqx.Module):
    """A density on parameters: something that can be sampled, whose logarithm may be known."""

    @abc.abstractmethod
    def sample(self, key: Key[Array, ""]) -> PyTree:
        """One draw of all parameters."""

    @abc.abstractmethod
    def log_density(self, params: PyTree) -> Float[Array, ""]:
        """The logarithm of the density at ``params``; raises `NoClosedForm` where it is not known."""


def _is_law(node: object) -> bool:
    return isinstance(node, Law | AbstractMomenta)


def _is_shape(node: object) -> bool:
    return isinstance(node, tuple) and all(isinstance(entry, int) for entry in node)


class Independent(AbstractDensity):
    """Independent arrays: a pytree of laws, and beside it a like pytree of the shapes that they fill.

    The key of an array is its place among the leaves of the tree: neither its law nor the other arrays change its stream.
    ``shapes`` are kept as a flat tuple, in the order of the leaves.  Raises `InputError` where the two trees do not match.
    """

    laws: PyTree
    shapes: tuple[tuple[int, ...], ...] = eqx.field(static=True)

    def __init__(self, laws: PyTree, shapes: PyTree) -> None:
        tree = jax.tree.structure(laws, is_leaf=_is_law)
        flat = tuple(jax.tree.leaves(shapes, is_leaf=_is_shape))
        if not all(_is_law(leaf) for leaf in jax.tree.leaves(laws, is_leaf=_is_law)):
            raise InputError("laws", laws, "made of laws", "use laws such as cf.ensembles.normal(scale=1.0)")
        if jax.tree.structure(shapes, is_leaf=_is_shape) != tree or not all(_is_shape(shape) for shape in flat):
            raise InputError("shapes", shapes, f"a tuple of sizes for each law, as in {tree}", "give e.g. (20, 3) beside each law")
        self.laws, self.shapes = laws, flat

    def sample(self, key: Key[Array, ""]) -> PyTree:
        """One draw: a pytree like ``laws`` with arrays of the given shapes."""
        laws, tree = jax.tree.flatten(self.laws, is_leaf=_is_law)
        keys = jax.vmap(partial(jax.random.fold_in, key))(jnp.arange(len(laws), dtype=jnp.uint32))
        arrays = [law.sample(own, shape) for own, law, shape in zip(keys, laws, self.shapes, strict=True)]
        return jax.tree.unflatten(tree, arrays)

    def log_density(self, params: PyTree) -> Float[Array, ""]:
        """Sum over the arrays of the logarithm of their densities.  Raises `InputError` for arrays of other shapes."""
        laws, arrays = jax.tree.leaves(self.laws, is_leaf=_is_law), jax.tree.leaves(params)
        given = tuple(jnp.shape(array) for array in arrays)
        if given != self.shapes:
            raise InputError("params", given, f"arrays of the shapes {self.shapes}", "pass a draw of this density, or a tree like it")
        return sum((law.log_density(array) for law, array in zip(laws, arrays, strict=True)), start=jnp.zeros(()))


class Sampler(AbstractDensity):
    """A density known only through a function ``key -> parameters``; a module that it returns stands for its arrays."""

    draw: Callable[[Key[Array, ""]], PyTree] = eqx.field(static=True)

    def sample(self, key: Key[Array, ""]) -> PyTree:
        """One call of the user's function."""
        return eqx.filter(self.draw(key), eqx.is_array)

    def log_density(self, params: PyTree) -> Float[Array, ""]:
        """Not known; raises `NoClosedForm`."""
        raise NoClosedForm("the density of a sampling function is not known; give laws instead, e.g. cf.ensembles.normal()")


def over_arrays(parameters: PyTree, laws: PyTree) -> Independent:
    """The density of ``parameters`` under one law for all arrays, or under a tree of laws that is a prefix of ``parameters``.

    Raises `InputError` if the trees do not fit.
    """
    try:
        full = jax.tree.map(lambda law, part: jax.tree.map(lambda _: law, part), laws, parameters, is_leaf=_is_law)
    except ValueError as problem:
        remedy = "give one law for all arrays, or start from cf.ensembles.fan_in(module, law)"
        raise InputError("density", laws, "one law, or a tree of laws shaped like the module", remedy) from problem
    if not all(_is_law(leaf) for leaf in jax.tree.leaves(full, is_leaf=_is_law)):
        raise InputError("density", laws, "made of laws such as cf.ensembles.normal(scale=1.0)", "replace the other leaves by laws")
    leaves = jax.tree.leaves(full, is_leaf=_is_law)
    tree = jax.tree.structure(parameters)
    return Independent(jax.tree.unflatten(tree, leaves), jax.tree.map(lambda array: array.shape, parameters))


def fan_in(module: PyTree, law: Law) -> PyTree:
    """A tree of laws for ``module``: ``law`` divided by sqrt(fan-in) for every matrix or kernel, ``law`` itself for vectors.

    Fan-in is the number of inputs of one output, the product of all sizes but the first: Equinox keeps the weights of a linear map
    as [out, in], those of a convolution as [out, in, *window].  Raises `InputError` for a law that is none.
    """
    if not isinstance(law, Law):
        raise InputError("law", law, "a law of single numbers", "try cf.ensembles.normal(scale=1.0)")
    arrays = eqx.filter(module, eqx.is_inexact_array)
    return jax.tree.map(lambda array: law.scaled(math.prod(array.shape[1:]) ** -0.5) if array.ndim >= 2 else law, arrays)
