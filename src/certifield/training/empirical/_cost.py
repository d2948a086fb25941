"""What each exact method costs, and how many points fit into a block: counted on the program of the module, before anything is computed."""

import math
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import numpy as np

from ._blocks import positions_are_cheaper
from ._field import Field
from ._kind import Output
from ._structure import Program, products, program_of, sizes

ENTRIES = 1 << 24  # numbers in memory at once, beside the kernel itself
METHODS = ("jacobian", "products", "structured")
# Nanoseconds: of a multiplication in a large product of matrices, of one in a product that is small or has a matrix of its own for every
# point, and of a number that is written and read once.  Only their ratios matter.
_LARGE, _SMALL, _MOVED = 0.05, 0.1, 1.0


@dataclass(frozen=True)
class Counts:
    """Of the program at one point: ``multiplications`` forward, ``numbers`` written, ``terms`` in the longest chain of sums.

    ``products``: (positions, inputs, outputs) of the parameters that enter through one product; ``whole``: entries of the other ones;
    ``leaves``: entries of every parameter.
    """

    multiplications: int
    numbers: int
    terms: int
    products: tuple[tuple[int, int, int], ...]
    whole: int
    leaves: tuple[int, ...]

    @property
    def parameters(self) -> int:
        """P, the number of real parameters."""
        return sum(self.leaves)


def counts(field: Field, x: np.ndarray) -> Counts:
    """Counted on the program, without computing."""
    dynamic, static = eqx.partition(field.rest, eqx.is_array)
    flat, tree = jax.tree.flatten(dynamic)

    def plain(*arguments: Any) -> Any:
        some, others, point = arguments[: len(field.leaves)], arguments[len(field.leaves) : -1], arguments[-1]
        return field.function(some, eqx.combine(jax.tree.unflatten(tree, others), static), point)

    program = program_of(plain, *field.leaves, *flat, jax.ShapeDtypeStruct(x.shape[1:], x.dtype))
    entering = products(program, len(field.leaves))
    through = {product.leaf for product in entering}
    leaves = tuple(leaf.size for leaf in field.leaves)
    whole = sum(size for place, size in enumerate(leaves) if place not in through)
    every = tuple(sizes(program, product) for product in entering)
    return Counts(*_of_steps(program), every, whole, leaves)


def _of_steps(program: Program) -> tuple[int, int, int]:
    multiplications = numbers = terms = 0
    for step in program.steps:
        equation = step.equation
        written = sum(math.prod(out.aval.shape) for out in equation.outvars)
        length = 1
        if equation.primitive.name == "dot_general":
            length = math.prod(equation.invars[0].aval.shape[axis] for axis in equation.params["dimension_numbers"][0][0])
            multiplications += written * length
        elif equation.primitive.name == "conv_general_dilated":
            kernel = equation.invars[1].aval.shape
            length = math.prod(kernel) // kernel[equation.params["dimension_numbers"].rhs_spec[0]]
            multiplications += written * length
        elif equation.primitive.name.startswith("reduce_"):
            length = math.prod(equation.invars[0].aval.shape) // max(written, 1)
        numbers += written
        terms += length
    return multiplications, numbers, terms


def per_pair(found: Counts, outputs: int, output: Output) -> int:
    """Numbers in memory for one pair of points, by structured derivatives."""
    kept = outputs**2 if output == "full" else outputs
    most = kept
    for positions, inputs, width in found.products:
        if positions > 1 and positions_are_cheaper(positions, inputs, width, kept):
            most = max(most, positions * (positions + outputs * width))
    return most


def per_point(found: Counts, outputs: int, output: Output) -> int:
    """Numbers in memory for the derivatives at one point, by structured derivatives."""
    kept = outputs**2 if output == "full" else outputs
    total = outputs * found.whole
    for positions, inputs, width in found.products:
        apart = positions == 1 or positions_are_cheaper(positions, inputs, width, kept)
        total += positions * (inputs + outputs * width) + (0 if apart else outputs * inputs * width)
    return total


def seconds(found: Counts, n: int, m: int | None, outputs: int, output: Output) -> dict[str, float]:
    """A guess for every exact method, for n x m points (the symmetric n x n without ``m``) and ``outputs`` real outputs."""
    rows, columns = n, n if m is None else m
    kept = outputs**2 if output == "full" else outputs
    both = n if m is None else n + m
    pairs = rows * columns
    back = _SMALL * found.multiplications + _MOVED * found.numbers
    weights = sum(p * i * j for p, i, j in found.products) + found.whole
    jacobian = both * outputs * (2 * back + _SMALL * weights + 2 * _MOVED * found.parameters) + _LARGE * pairs * kept * found.parameters
    by_products = outputs * (columns * (2 * back + _MOVED * found.parameters) + pairs * (2 * back + _SMALL * weights))
    structured = both * outputs * (back + _MOVED * found.whole) + _LARGE * pairs * kept * found.whole
    for p, i, j in found.products:
        if p == 1:
            structured += pairs * (_LARGE * (i + kept * j) + _MOVED * kept)
        elif positions_are_cheaper(p, i, j, kept):
            structured += pairs * p * p * (_LARGE * (i + (kept + outputs) * j) + _MOVED)
        else:
            structured += both * outputs * i * j * (_SMALL * p + _MOVED) + _LARGE * pairs * kept * i * j
    return {name: 1e-9 * each for name, each in zip(METHODS, (jacobian, by_products, structured), strict=True)}
