"""What the matrices of a module put out, layer by layer, without a word in the module about it."""

from typing import Any

import equinox as eqx
import jax
from jaxtyping import Array

from ._field import field_of
from ._structure import products, program_of


def preactivations(module: Any, x: Any) -> dict[str, Array]:
    """The results of all products of a parameter with what comes in, by the name of the parameter, [n, ...]; "output" is the output.

    A parameter that enters through one product or convolution counts, before its bias is added.  In 64 bit; works under jit and grad.
    Raises `InputError` like `empirical_ntk`.
    """
    field = field_of(module, x)
    dynamic, static = eqx.partition(field.rest, eqx.is_array)
    flat, tree = jax.tree.flatten(dynamic)
    count = len(field.leaves)

    def plain(*arguments: Array) -> Array:
        some, others, point = arguments[:count], arguments[count:-1], arguments[-1]
        return field.function(some, eqx.combine(jax.tree.unflatten(tree, others), static), point)

    program = program_of(plain, *field.leaves, *flat, x[0])
    entering = products(program, count)

    def at(point: Array) -> dict[str, Array]:
        (output,), memory = program.run([*field.leaves, *flat, point])
        return {field.names[one.leaf]: memory[program.steps[one.step].writes[0]] for one in entering} | {"output": output}

    return jax.vmap(at)(x)
