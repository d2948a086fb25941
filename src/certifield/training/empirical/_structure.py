"""Where a parameter enters a program: as a factor of one product, its derivative is a product, too.

In y_pj = sum_i a_pi W_ij the derivative with respect to W_ij is sum_p a_pi delta_pj, with delta the derivative with respect to y.  The sum
over the entries of W of two such derivatives needs inner products of a and of delta alone (arXiv:2206.08720, section 3.3).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend import core
from jaxtyping import Array

Slot = int
_CALLS = {"jit": "jaxpr", "pjit": "jaxpr", "closed_call": "call_jaxpr", "core_call": "call_jaxpr"}
# Rearrangements of entries: the derivative is rearranged alike, and inner products stay.
_REARRANGE = frozenset({"transpose", "reshape", "squeeze", "expand_dims", "copy", "convert_element_type", "rev"})


@dataclass(frozen=True)
class Step:
    """One equation, with the places in memory that it reads and writes."""

    equation: Any
    reads: tuple[Slot, ...]
    writes: tuple[Slot, ...]


@dataclass(frozen=True)
class Program:
    """A function as a list of equations, calls of compiled functions written out; ``known``: values of constants by place."""

    steps: tuple[Step, ...]
    inputs: tuple[Slot, ...]
    outputs: tuple[Slot, ...]
    known: dict[Slot, Any]

    def run(self, arguments: Sequence[Array], added: dict[int, Array] | None = None) -> tuple[list[Array], dict[Slot, Array]]:
        """The outputs, and all values by place; ``added``: what is added to the result of a step, by its number."""
        memory = dict(self.known) | dict(zip(self.inputs, arguments, strict=True))
        for number, step in enumerate(self.steps):
            primitive = step.equation.primitive
            given = primitive.get_bind_params(step.equation.params)
            functions, params = given if isinstance(given, tuple) else ((), given)  # JAX before 0.10 names inner functions apart
            found = primitive.bind(*functions, *(memory[slot] for slot in step.reads), **params)
            results = found if primitive.multiple_results else [found]
            if added and number in added:
                results = [results[0] + added[number]]
            memory.update(zip(step.writes, results, strict=True))
        return [memory[slot] for slot in self.outputs], memory


@dataclass(frozen=True)
class Product:
    """The parameter number ``leaf`` enters step number ``step`` as its right factor (``right``) or its left one, and nothing else.

    ``scales``: places of numbers that it is multiplied with before.  ``shape``: of the result.
    """

    leaf: int
    step: int
    right: bool
    scales: tuple[Slot, ...]
    shape: tuple[int, ...]


def program_of(function: Callable, *arguments: Any) -> Program:
    """The program of a function of flat arguments."""
    return _written_out(jax.make_jaxpr(function)(*arguments))


def _written_out(closed: Any) -> Program:
    steps: list[Step] = []
    known: dict[Slot, Any] = {}
    count = [0]

    def fresh() -> Slot:
        count[0] += 1
        return count[0]

    def place(atom: Any, names: dict[Any, Slot]) -> Slot:
        if isinstance(atom, core.Literal):
            slot = fresh()
            known[slot] = atom.val
            return slot
        return names[atom]

    def walk(jaxpr: Any, consts: Sequence[Any], slots: Sequence[Slot]) -> list[Slot]:
        names = dict(zip(jaxpr.invars, slots, strict=True))
        for variable, value in zip(jaxpr.constvars, consts, strict=True):
            names[variable] = fresh()
            known[names[variable]] = value
        for equation in jaxpr.eqns:
            reads = [place(atom, names) for atom in equation.invars]
            inner = equation.params.get(_CALLS.get(equation.primitive.name, ""))
            if inner is not None:
                written = walk(inner.jaxpr, inner.consts, reads)
            else:
                written = [fresh() for _ in equation.outvars]
                steps.append(Step(equation, tuple(reads), tuple(written)))
            names.update(zip(equation.outvars, written, strict=True))
        return [place(atom, names) for atom in jaxpr.outvars]

    inputs = [fresh() for _ in closed.jaxpr.invars]
    outputs = walk(closed.jaxpr, closed.consts, inputs)
    return Program(tuple(steps), tuple(inputs), tuple(outputs), known)


def products(program: Program, leaves: int) -> list[Product]:
    """The first ``leaves`` inputs of a program that enter it as a factor of one product of real matrices, or of one convolution."""
    readers: dict[Slot, list[tuple[int, int]]] = {}
    for number, step in enumerate(program.steps):
        for position, slot in enumerate(step.reads):
            readers.setdefault(slot, []).append((number, position))
    found = (_followed(program, readers, leaf, program.inputs[leaf]) for leaf in range(leaves))
    return [product for product in found if product is not None]


def _followed(program: Program, readers: dict, leaf: int, slot: Slot) -> Product | None:
    scales: list[Slot] = []
    while len(readers.get(slot, ())) == 1 and slot not in program.outputs:
        ((number, position),) = readers[slot]
        step = program.steps[number]
        equation, name = step.equation, step.equation.primitive.name
        other = equation.invars[1 - position].aval if len(step.reads) == 2 else None
        if not jnp.issubdtype(equation.outvars[0].aval.dtype, jnp.floating):
            return None  # of complex numbers the product has two derivatives
        if name in _REARRANGE or (name == "broadcast_in_dim" and equation.outvars[0].aval.size == equation.invars[0].aval.size):
            slot = step.writes[0]
        elif (name == "mul" or (name == "div" and position == 0)) and other is not None and other.shape == ():
            scales.append((1 if name == "mul" else -1) * step.reads[1 - position])
            slot = step.writes[0]
        elif name == "dot_general" and not equation.params["dimension_numbers"][1][0]:
            return Product(leaf, number, position == 1, tuple(scales), equation.outvars[0].aval.shape)
        elif name == "conv_general_dilated" and position == 1 and _plain_convolution(equation.params):
            return Product(leaf, number, True, tuple(scales), equation.outvars[0].aval.shape)
        else:
            return None
    return None


def _plain_convolution(params: dict[str, Any]) -> bool:
    return params["feature_group_count"] == 1 and params["batch_group_count"] == 1


def factor(program: Program, product: Product, memory: dict[Slot, Array]) -> Array:
    """a [positions, inputs], the other factor, with the numbers that the parameter was multiplied with."""
    step = program.steps[product.step]
    params = step.equation.params
    other = memory[step.reads[0 if product.right else 1]]
    if step.equation.primitive.name == "dot_general":
        contracted = params["dimension_numbers"][0][0 if product.right else 1]
        kept = [axis for axis in range(other.ndim) if axis not in contracted]
        a = jnp.transpose(other, (*kept, *contracted)).reshape(-1, int(np.prod([other.shape[axis] for axis in contracted], dtype=int)))
    else:
        a = _patches(other, step.equation)
    for slot in product.scales:
        a = a * memory[slot] if slot > 0 else a / memory[-slot]
    return a


def _patches(image: Array, equation: Any) -> Array:
    """The windows of a convolution, [positions, channels * taps]."""
    params = equation.params
    numbers = params["dimension_numbers"]
    kernel = [equation.invars[1].aval.shape[axis] for axis in numbers.rhs_spec[2:]]
    found = jax.lax.conv_general_dilated_patches(
        image,
        kernel,
        params["window_strides"],
        params["padding"],
        params["lhs_dilation"],
        params["rhs_dilation"],
        dimension_numbers=numbers,
        precision=jax.lax.Precision.HIGHEST,
    )
    return _positions_first(found, numbers.out_spec)


def _positions_first(array: Array, spec: Sequence[int]) -> Array:
    """[positions, channels] of an array with batch and channels on the axes spec[0], spec[1]."""
    batch, channel, *space = spec
    return jnp.transpose(array, (batch, *space, channel)).reshape(-1, array.shape[channel])


def delta(program: Program, product: Product, derivative: Array) -> Array:
    """The derivative with respect to the result, [Q, *shape], as [Q, positions, outputs]."""
    step = program.steps[product.step]
    params = step.equation.params
    if step.equation.primitive.name == "dot_general":
        other = step.equation.invars[0 if product.right else 1].aval
        free = other.ndim - len(params["dimension_numbers"][0][0])
        positions = int(np.prod(product.shape[:free] if product.right else product.shape[len(product.shape) - free :], dtype=int))
        flat = derivative.reshape(len(derivative), *((positions, -1) if product.right else (-1, positions)))
        return flat if product.right else jnp.swapaxes(flat, 1, 2)
    return jax.vmap(lambda one: _positions_first(one, params["dimension_numbers"].out_spec))(derivative)


def sizes(program: Program, product: Product) -> tuple[int, int, int]:
    """(positions, inputs, outputs) of a product."""
    equation = program.steps[product.step].equation
    matrix = equation.invars[1 if product.right else 0].aval
    result = int(np.prod(product.shape, dtype=int))
    if equation.primitive.name == "dot_general":
        contracted = equation.params["dimension_numbers"][0][1 if product.right else 0]
        inputs = int(np.prod([matrix.shape[axis] for axis in contracted], dtype=int))
        outputs = matrix.size // inputs
    else:
        outputs = matrix.shape[equation.params["dimension_numbers"].rhs_spec[0]]
        inputs = matrix.size // outputs
    return result // max(outputs, 1), inputs, outputs
