"""A module of Equinox as a real function of real parameters: what derivatives are taken of."""

import math
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PyTree

from certifield.evidence import InputError

_DRAWS = (eqx.nn.Dropout,)
_REMEMBERS = (eqx.nn.StateIndex, eqx.nn.BatchNorm, eqx.nn.SpectralNorm)
# A complex parameter u + iv counts as u and v where the output is real, and as d/dtheta and d/dtheta* where it is complex: J J^H there.
_HALF = 0.5**0.5


@dataclass(frozen=True)
class Field:
    """A module taken apart: phi(theta, x) with real leaves theta and the output as [O, C] real numbers, C = 2 where it is complex.

    ``names``, ``leaves``: of the parameters; a complex leaf stands as [2, *shape], divided by its scale.  ``rest``: what is no parameter.
    ``shape``: of one output, (O,) for outputs that are trees.  ``complex``: whether the output is.
    """

    names: tuple[str, ...]
    leaves: tuple[Array, ...]
    rest: PyTree
    shape: tuple[int, ...]
    complex: bool
    scales: tuple[float, ...]  # 0 for a real leaf

    @property
    def outputs(self) -> int:
        """O, the number of outputs."""
        return math.prod(self.shape)

    @property
    def parts(self) -> int:
        """C: real and imaginary part, or one part."""
        return 2 if self.complex else 1

    @property
    def function(self) -> "Evaluate":
        """(leaves, rest, x) -> [O, C] for one point."""
        return Evaluate(self.scales)


@dataclass(frozen=True)
class Evaluate:
    """The function of a field; a value, so that equal fields share their compiled programs."""

    scales: tuple[float, ...]

    def __call__(self, leaves: tuple[Array, ...], rest: PyTree, x: Array) -> Array:
        found = [leaf if not scale else jax.lax.complex(leaf[0], leaf[1]) * scale for leaf, scale in zip(leaves, self.scales, strict=True)]
        params, static = rest
        module = eqx.combine(jax.tree.unflatten(params.value, found), static)
        return _parts(module(x))


@dataclass(frozen=True)
class Structure:
    """The structure of a tree, as a static part of another one."""

    value: Any


def _parts(output: PyTree) -> Array:
    """The leaves of an output in a row, [O, C]."""
    flat = [jnp.ravel(jnp.asarray(leaf)) for leaf in jax.tree.leaves(output)]
    if any(jnp.iscomplexobj(leaf) for leaf in flat):
        flat = [leaf.astype(jnp.complex128) for leaf in flat]
        return jnp.stack([jnp.concatenate([part(leaf) for leaf in flat]) for part in (jnp.real, jnp.imag)], axis=1)
    return jnp.concatenate(flat)[:, None]


def field_of(module: Any, x: np.ndarray) -> Field:
    """The field of a module that takes one row of ``x``, in 64 bit.

    Raises `InputError` for modules that draw or remember, that have no parameters, or that do not take such an input.
    """
    _refuse_state(module)
    params, static = eqx.partition(module, eqx.is_inexact_array)
    named = jax.tree_util.tree_leaves_with_path(params)
    if not named:
        raise InputError("module", type(module).__name__, "a module with parameters: arrays of floats", "pass eqx.nn.MLP(...), say")
    point = jax.ShapeDtypeStruct(x.shape[1:], x.dtype)
    output = _output_of(eqx.combine(jax.tree.map(_wide, params), static), point)
    shapes = jax.tree.leaves(output)
    if not shapes or not all(jnp.issubdtype(leaf.dtype, jnp.inexact) for leaf in shapes):
        raise InputError("module", f"outputs {shapes}", "a module whose outputs are numbers", "return logits, not classes")
    is_complex = any(jnp.issubdtype(leaf.dtype, jnp.complexfloating) for leaf in shapes)
    scale = _HALF if is_complex else 1.0
    leaves, scales = [], []
    for _, leaf in named:
        wide = _wide(leaf)
        pair = jnp.iscomplexobj(wide)
        leaves.append(jnp.stack([jnp.real(wide), jnp.imag(wide)]) / scale if pair else wide)
        scales.append(scale if pair else 0.0)
    shape = tuple(shapes[0].shape) if isinstance(output, jax.ShapeDtypeStruct) else (sum(math.prod(leaf.shape) for leaf in shapes),)
    names = tuple(jax.tree_util.keystr(path).lstrip(".") for path, _ in named)
    rest = Structure(jax.tree.structure(params)), static
    return Field(names, tuple(leaves), rest, shape, is_complex, tuple(scales))


def points(name: str, given: Any) -> np.ndarray:
    """Points as an array [n, *shape] in 64 bit; whole numbers stay such, for modules that look them up.

    Raises `InputError` where they are no finite numbers.
    """
    array = np.asarray(given)
    if array.dtype.kind not in "iufc" or not array.ndim or not array.size or not np.all(np.isfinite(array)):
        raise InputError(name, given, "finite numbers of shape [points, *shape of one input]", "give one row per point")
    return array.astype({"c": complex, "f": float}.get(array.dtype.kind, int))


def _wide(leaf: Any) -> Array:
    return jnp.asarray(leaf, dtype=jnp.complex128 if jnp.iscomplexobj(leaf) else jnp.float64)


def _output_of(module: Any, point: jax.ShapeDtypeStruct) -> PyTree:
    try:
        return eqx.filter_eval_shape(module, point)
    except Exception as error:  # whatever the module raises on shapes is a fault of the arguments
        allowed = f"a module that takes one point of shape {point.shape} and nothing else ({type(error).__name__}: {error})"
        raise InputError("module", type(module).__name__, allowed, "check the shape of x, [points, *shape of one input]") from error


def _refuse_state(module: Any) -> None:
    kinds = _DRAWS + _REMEMBERS
    for part in jax.tree.leaves(module, is_leaf=lambda node: isinstance(node, kinds)):
        name = type(part).__name__
        if isinstance(part, _REMEMBERS):
            allowed = f"a function of one input; {name} also depends on the other inputs of a batch, or on earlier calls"
            raise InputError("module", name, allowed, "use LayerNorm or GroupNorm, or fold the statistics into the weights")
        if isinstance(part, _DRAWS) and not part.inference and part.p:
            allowed = f"a function of one input; {name} draws random numbers at every call"
            raise InputError("module", name, allowed, "pass eqx.nn.inference_mode(module)")
