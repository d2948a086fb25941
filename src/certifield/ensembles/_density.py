"""Densities on the parameters of an architecture: independent arrays, or whatever can be sampled."""

import abc
from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key, PyTree

from certifield.evidence import InputError, NoClosedForm

from ._law import Law
from ._momentum_ball import MomentumBall


class AbstractDensity(eqx.Module):
    """A density on parameters: something that can be sampled, whose logarithm may be known."""

    @abc.abstractmethod
    def sample(self, key: Key[Array, ""]) -> PyTree:
        """One draw of all parameters."""

    @abc.abstractmethod
    def log_density(self, params: PyTree) -> Float[Array, ""]:
        """The logarithm of the density at ``params``; raises `NoClosedForm` where it is not known."""


def _is_law(node: object) -> bool:
    return isinstance(node, Law | MomentumBall)


def _is_shape(node: object) -> bool:
    return isinstance(node, tuple) and all(isinstance(entry, int) for entry in node)


class Independent(AbstractDensity):
    """Independent arrays: a pytree of laws, and beside it a pytree of the shapes that they fill.

    The key of an array is its place in the tree, so adding a draw never changes another array's numbers.
    """

    laws: PyTree
    shapes: PyTree = eqx.field(static=True)

    def sample(self, key: Key[Array, ""]) -> PyTree:
        """One draw: a pytree like ``laws`` with arrays of the given shapes."""
        laws, tree = jax.tree.flatten(self.laws, is_leaf=_is_law)
        shapes = jax.tree.leaves(self.shapes, is_leaf=_is_shape)
        arrays = [law.sample(jax.random.fold_in(key, place), shape) for place, (law, shape) in enumerate(zip(laws, shapes, strict=True))]
        return jax.tree.unflatten(tree, arrays)

    def log_density(self, params: PyTree) -> Float[Array, ""]:
        """Sum over the arrays of the logarithm of their densities."""
        laws = jax.tree.leaves(self.laws, is_leaf=_is_law)
        return jnp.sum(jnp.stack([law.log_density(array) for law, array in zip(laws, jax.tree.leaves(params), strict=True)]))


class Sampler(AbstractDensity):
    """A density known only through a function ``key -> parameters``."""

    draw: Callable[[Key[Array, ""]], PyTree] = eqx.field(static=True)

    def sample(self, key: Key[Array, ""]) -> PyTree:
        """One call of the user's function."""
        return self.draw(key)

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
        raise InputError("density", laws, "one law, or a tree of laws shaped like the module", str(problem)) from problem
    if not all(_is_law(leaf) for leaf in jax.tree.leaves(full, is_leaf=_is_law)):
        raise InputError("density", laws, "made of laws such as cf.ensembles.normal(scale=1.0)", "replace the other leaves by laws")
    leaves = jax.tree.leaves(full, is_leaf=_is_law)
    shapes = tuple(array.shape for array in jax.tree.leaves(parameters))
    return Independent(laws=jax.tree.unflatten(jax.tree.structure(parameters), leaves), shapes=shapes)


def fan_in(module: PyTree, law: Law) -> PyTree:
    """A tree of laws for ``module``: ``law`` divided by sqrt(fan-in) for every matrix, ``law`` itself for vectors.

    Fan-in is the size of the last axis (Equinox keeps weights as [out, in]).
    """
    arrays = eqx.filter(module, eqx.is_inexact_array)
    return jax.tree.map(lambda array: law.scaled(array.shape[-1] ** -0.5) if array.ndim >= 2 else law, arrays)
