"""The kernel of a block of points by three exact methods: [n, m, *kind], real, with the parts of complex outputs side by side.

``kind`` is (O, C, O, C) for the full kernel, (O, C, C) for its diagonal, and (C, C) for its trace.
"""

from functools import partial
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, PyTree

from ._field import Evaluate
from ._kind import INDICES, Output
from ._structure import Program, delta, factor, products, program_of

Leaves = tuple[Array, ...]


class Factors(NamedTuple):
    """The derivative with respect to one parameter at every point: sum over positions of a [n, P, I] times delta [n, O, C, P, J].

    ``a`` is None for a derivative that is kept whole: delta [n, O, C, 1, entries].
    """

    a: Array | None
    delta: Array


def contracted(left: Factors, right: Factors, output: Output) -> Array:
    """The sum over the entries of a parameter of the product of its derivatives at x and at y."""
    if left.a is None or right.a is None:
        return _pairs(left.delta[..., 0, :], right.delta[..., 0, :], output)
    n, positions, inputs = left.a.shape
    m, outputs = len(right.a), left.delta.shape[-1]
    if positions == 1:
        overlap = left.a[:, 0] @ right.a[:, 0].T
        found = _pairs(left.delta[..., 0, :], right.delta[..., 0, :], output)
        return found * overlap.reshape(n, m, *(1,) * (found.ndim - 2))
    if positions_are_cheaper(positions, inputs, outputs, _count(left, output)):
        first, second, kept = INDICES[output]
        overlap = jnp.einsum("npi,mqi->nmpq", left.a, right.a)
        # The overlap goes to the left derivative first, so that no array has both positions and both outputs at once.
        moved = jnp.einsum(f"xyuv,x{first}uj->xy{first}vj", overlap, left.delta)
        return jnp.einsum(f"xy{first}vj,y{second}vj->xy{kept}", moved, right.delta)
    return _pairs(_whole(left), _whole(right), output)


def positions_are_cheaper(positions: int, inputs: int, outputs: int, count: int) -> bool:
    """Whether inner products at pairs of positions cost less than those of the whole derivatives; ``count``: outputs squared, or less."""
    return positions**2 * (inputs + (1 + count) * outputs) < count * inputs * outputs


def _count(factors: Factors, output: Output) -> int:
    outputs, parts = factors.delta.shape[1:3]
    return outputs**2 * parts**2 if output == "full" else outputs * parts**2


def _whole(factors: Factors) -> Array:
    """[n, O, C, I * J]."""
    found = jnp.einsum("npi,nocpj->nocij", factors.a, factors.delta)
    return found.reshape(*found.shape[:3], -1)


def _pairs(left: Array, right: Array, output: Output) -> Array:
    """Inner products of [n, O, C, J] and [m, O, C, J] over the last axis."""
    first, second, kept = INDICES[output]
    if output == "trace":  # one long product instead of O short ones
        flat = [jnp.swapaxes(each, 1, 2).reshape(len(each), each.shape[2], -1) for each in (left, right)]
        return jnp.einsum("xcj,ydj->xycd", *flat)
    return jnp.einsum(f"x{first}j,y{second}j->xy{kept}", left, right)


@eqx.filter_jit
def jacobians(function: Evaluate, leaves: Leaves, rest: PyTree, x: Array, chosen: tuple[int, ...]) -> tuple[Factors, ...]:
    """The derivatives with respect to some of the leaves, whole."""

    def of_chosen(some: Leaves, point: Array) -> Array:
        every = list(leaves)
        for place, leaf in zip(chosen, some, strict=True):
            every[place] = leaf
        return function(tuple(every), rest, point)

    def at(point: Array) -> tuple[Factors, ...]:
        some = tuple(leaves[place] for place in chosen)
        value, pull = jax.vjp(lambda these: of_chosen(these, point), some)
        (found,) = jax.vmap(pull)(_unit(value))
        return tuple(Factors(None, each.reshape(*value.shape, 1, -1)) for each in found)

    return jax.vmap(at)(x)


@eqx.filter_jit
def structured(function: Evaluate, leaves: Leaves, rest: PyTree, x: Array) -> tuple[Factors, ...]:
    """The derivatives with respect to all leaves, as factors wherever a leaf enters through one product."""
    dynamic, static = eqx.partition(rest, eqx.is_array)
    flat, tree = jax.tree.flatten(dynamic)

    def plain(*arguments: Array) -> Array:
        some, others, point = arguments[: len(leaves)], arguments[len(leaves) : -1], arguments[-1]
        return function(some, eqx.combine(jax.tree.unflatten(tree, others), static), point)

    program = program_of(plain, *leaves, *flat, x[0])
    entering = products(program, len(leaves))
    return jax.vmap(partial(_factors, program, entering, leaves, flat))(x)


def _factors(program: Program, entering: list, leaves: Leaves, others: list[Array], point: Array) -> tuple[Factors, ...]:
    through = {product.leaf for product in entering}
    whole = [place for place in range(len(leaves)) if place not in through]

    def run(some: Leaves, added: Leaves) -> tuple[Array, list[Array]]:
        every = list(leaves)
        for place, leaf in zip(whole, some, strict=True):
            every[place] = leaf
        steps = {product.step: value for product, value in zip(entering, added, strict=True)}
        (output,), memory = program.run([*every, *others, point], steps)
        return output, [factor(program, product, memory) for product in entering]

    zeros = tuple(jnp.zeros(product.shape) for product in entering)
    value, pull, a = jax.vjp(run, tuple(leaves[place] for place in whole), zeros, has_aux=True)
    of_leaves, of_results = jax.vmap(pull)(_unit(value))
    found: dict[int, Factors] = {}
    for place, derivative in zip(whole, of_leaves, strict=True):
        found[place] = Factors(None, derivative.reshape(*value.shape, 1, -1))
    for product, derivative, other in zip(entering, of_results, a, strict=True):
        rows = delta(program, product, derivative)
        found[product.leaf] = Factors(other, rows.reshape(*value.shape, *rows.shape[1:]))
    return tuple(found[place] for place in range(len(leaves)))


@eqx.filter_jit
def by_products(function: Evaluate, leaves: Leaves, rest: PyTree, x: Array, y: Array, output: Output) -> Array:
    """The kernel column by column: Theta v = J (J^T v), without any derivative that is kept."""
    _, push = jax.linearize(lambda these: jax.vmap(function, (None, None, 0))(these, rest, x), leaves)

    def column(point: Array) -> Array:
        value, pull = jax.vjp(lambda these: function(these, rest, point), leaves)
        found = jax.vmap(lambda unit: push(*pull(unit)))(_unit(value))  # [Q, n, O, C]
        return found.reshape(*value.shape, *found.shape[1:])

    columns = jax.lax.map(column, y)  # [m, O', C', n, O, C]
    return jnp.einsum({"full": "ypdxoc->xyocpd", "diagonal": "yodxoc->xyocd", "trace": "yodxoc->xycd"}[output], columns)


@eqx.filter_jit
def summed(left: tuple[Factors, ...], right: tuple[Factors, ...], output: Output) -> Array:
    """The kernel from the derivatives with respect to some leaves."""
    return sum((contracted(a, b, output) for a, b in zip(left, right, strict=True)), start=jnp.zeros(()))


@eqx.filter_jit
def sizes_of_outputs(factors: tuple[Factors, ...]) -> Array:
    """The sum of squares of all derivatives, [n, O]: what rounding is measured by."""

    def at(one: tuple[Factors, ...]) -> Array:
        alone = jax.tree.map(lambda each: each[None], one)
        found = sum((contracted(each, each, "diagonal")[0, 0] for each in alone), start=jnp.zeros(()))
        return jnp.trace(found, axis1=-2, axis2=-1)

    return jax.vmap(at)(factors)


def _unit(value: Array) -> Array:
    """[Q, O, C]: the outputs one by one."""
    return jnp.eye(value.size).reshape(value.size, *value.shape)
