"""The tangent kernel of a module as it stands."""

from collections.abc import Iterator
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np

from certifield.evidence import Estimate, Exact, InputError
from certifield.kernels._matrix import blocks, starts

from ._blocks import Factors, by_products, jacobians, sizes_of_outputs, structured, summed
from ._cost import ENTRIES, METHODS, Counts, counts, per_pair, per_point, seconds
from ._field import Field, field_of, points
from ._kind import Output, combined, in_shape, scales
from ._sketch import from_all_directions, sketched

Method = Literal["auto", "jacobian", "products", "structured", "sketch"]
_REFERENCE = "arXiv:1806.07572 (definition), arXiv:2206.08720 (methods)"
_OUTPUTS = ("full", "trace", "diagonal")


def empirical_ntk(
    module: Any,
    x: Any,
    y: Any = None,
    *,
    output: Output = "full",
    method: Method = "auto",
    probes: int = 256,
    seed: int = 0,
    block: int | None = None,
) -> Exact | Estimate:
    """The tangent kernel Theta(x, y)_oo' = sum over parameters of d phi_o(x)/d theta conj(d phi_o'(y)/d theta), of any module of Equinox.

    ``module``: a function of one point, such as eqx.nn.MLP, whose arrays of floats are the parameters; ``x`` [n, *shape of one input];
    ``y`` likewise, or None for Theta(x, x).  ``output``: "full" [n, m, *shape, *shape] with the axes of the output kept, so that a module
    with values g_ij gives Theta_ijkl; "diagonal" [n, m, *shape], o = o'; "trace" [n, m], the mean over o = o'.  A tree of outputs counts as
    one vector.  Always computed in 64 bit, in blocks of ``block`` points.

    ``method``: "jacobian" contracts the derivatives, group of parameters by group; "products" takes one tangent-kernel-vector product per
    column; "structured" uses that the derivative with respect to a matrix is an outer product; "auto" chooses by counted operations.
    These give an `Exact`, whose radius bounds rounding to first order.  "sketch" gives an unbiased `Estimate` from ``probes`` random
    directions of the parameters under ``seed``, relative error about sqrt(2/probes); with as many probes as parameters it is exact.

    For the loss |phi - y|^2/2 in sum, gradient flow moves outputs as d phi/dt = -Theta (phi - y): for real outputs, and for complex ones
    that depend on complex parameters analytically.  A complex parameter counts as two real ones where the output is real, and as theta and
    its conjugate where it is complex (J J^H).

    Raises `InputError` for modules that draw random numbers or remember (dropout, batch norm), and for inputs that do not fit.

    >>> import equinox as eqx, jax
    >>> line = eqx.nn.Linear(2, 1, key=jax.random.key(0))
    >>> empirical_ntk(line, [[1.0, 2.0], [0.0, 3.0]], output="trace")
    Exact [[6, 7],
     [7, 10]] (radius 2.7e-14)
    """
    _check(output, method, block)
    with jax.enable_x64(True):
        rows, columns = points("x", x), None if y is None else points("y", y)
        if columns is not None and columns.shape[1:] != rows.shape[1:]:
            raise InputError("y", columns.shape, f"of shape [m, {', '.join(map(str, rows.shape[1:]))}] like x", "give both the same inputs")
        field = field_of(module, rows)
        found = counts(field, rows)
        if method == "sketch" and probes < found.parameters:
            return sketched(field, found.parameters, rows, columns, output, probes, seed)
        real = field.outputs * field.parts
        guesses = seconds(found, len(rows), None if columns is None else len(columns), real, output)
        name = min(guesses, key=guesses.__getitem__) if method == "auto" else method
        if name == "sketch":
            value = from_all_directions(field, rows, columns, output)
        else:
            value = _assembled(field, found, rows, columns, output, name, block)
        if columns is None:  # the diagonal tells how large the derivatives are
            left = right = _own_sizes(value, output)
        else:
            size = max(1, ENTRIES // max(1, per_point(found, real, "diagonal")))
            left, right = (_sizes(field, at, size) for at in (rows, columns))
    terms = 2 * found.terms + (found.terms if name == "structured" else found.parameters)
    radius = in_shape(terms * np.finfo(float).eps * scales(left, right, output), field, output)
    return Exact(in_shape(value, field, output), f"sum over {found.parameters} parameters, {name}", _REFERENCE, radius)


def cost(module: Any, x: Any, y: Any = None, *, output: Output = "full") -> dict[str, float]:
    """The guesses that "auto" chooses by: relative costs of the exact methods, by name."""
    _check(output, "auto", None)
    with jax.enable_x64(True):
        rows = points("x", x)
        field = field_of(module, rows)
        return seconds(counts(field, rows), len(rows), None if y is None else len(y), field.outputs * field.parts, output)


def _check(output: str, method: str, block: int | None) -> None:
    if output not in _OUTPUTS:
        raise InputError("output", output, f"one of {', '.join(_OUTPUTS)}", 'try output="trace"')
    if method not in ("auto", *METHODS, "sketch"):
        raise InputError("method", method, f"one of auto, {', '.join(METHODS)}, sketch", "leave it out")
    if block is not None and (isinstance(block, bool) or not isinstance(block, int) or block < 1):
        raise InputError("block", block, "a whole number of points, 1 or more", "leave it out")


def _assembled(
    field: Field, found: Counts, x: np.ndarray, y: np.ndarray | None, output: Output, method: str, block: int | None
) -> np.ndarray:
    """The kernel, block by block, the upper half of them where it is symmetric."""
    real = field.outputs * field.parts
    size = block or _block_size(found, real, output, method)
    other, kind = x if y is None else y, {"full": (field.outputs,) * 2, "diagonal": (field.outputs,), "trace": ()}[output]
    value = np.empty((len(x), len(other), *kind), dtype=complex if field.complex else float)
    for rows, columns in blocks(len(x), None if y is None else len(y), size):
        part = combined(
            _block(field, found, jnp.asarray(x[rows]), jnp.asarray(other[columns]), output, method, rows == columns and y is None), field
        )
        value[rows, columns] = part
        if y is None and rows != columns:
            turned = np.swapaxes(part, 0, 1)
            value[columns, rows] = np.conj(np.swapaxes(turned, 2, 3) if output == "full" else turned)
    return value


def _block(field: Field, found: Counts, x: jax.Array, y: jax.Array, output: Output, method: str, same: bool) -> np.ndarray:
    arguments = field.function, field.leaves, field.rest
    if method == "products":
        return np.asarray(by_products(*arguments, x, y, output))
    if method == "structured":
        left = structured(*arguments, x)
        return np.asarray(summed(left, left if same else structured(*arguments, y), output))
    total = np.zeros(())
    for chosen in _groups(found.leaves, max(len(x), len(y)) * field.outputs * field.parts):
        rows: tuple[Factors, ...] = jacobians(*arguments, x, chosen)
        total = total + np.asarray(summed(rows, rows if same else jacobians(*arguments, y, chosen), output))
    return total


def _groups(leaves: tuple[int, ...], rows: int) -> Iterator[tuple[int, ...]]:
    """Neighbouring parameters whose derivatives fit into memory together."""
    open_: list[int] = []
    for place, size in enumerate(leaves):
        if open_ and rows * (sum(leaves[each] for each in open_) + size) > ENTRIES:
            yield tuple(open_)
            open_ = []
        open_.append(place)
    yield tuple(open_)


def _block_size(found: Counts, real: int, output: Output, method: str) -> int:
    pair = per_pair(found, real, output) if method == "structured" else real**2 if output == "full" else real
    alone = {"jacobian": real * max(found.leaves), "products": real * found.parameters // 64, "structured": per_point(found, real, output)}
    return max(1, min(int((ENTRIES / pair) ** 0.5), ENTRIES // max(1, alone[method])))


def _own_sizes(value: np.ndarray, output: Output) -> np.ndarray:
    """|d phi_o/d theta|^2 at every point from the kernel between all points, [n, O]; for the trace the sum over o."""
    found = np.einsum({"full": "xxoo->xo", "diagonal": "xxo->xo", "trace": "xx->x"}[output], value)
    return np.real(found).reshape(len(value), -1)


def _sizes(field: Field, x: np.ndarray, block: int) -> np.ndarray:
    """|d phi_o/d theta|^2 at every point, [n, O]."""
    arguments = field.function, field.leaves, field.rest
    found = np.empty((len(x), field.outputs))
    for start in starts(len(x), block):
        found[start : start + block] = np.asarray(sizes_of_outputs(structured(*arguments, jnp.asarray(x[start : start + block]))))
    return found
