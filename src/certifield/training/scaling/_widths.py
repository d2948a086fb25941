"""How the parameters of a module grow with its width, read off two of its shapes."""

from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
from jaxtyping import PyTree

from certifield.evidence import InputError


@dataclass(frozen=True)
class Growth:
    """By what the numbers of inputs and of outputs of one parameter have grown, 1 where they do not grow with the width."""

    inputs: float
    outputs: float

    @property
    def role(self) -> str:
        """ "hidden" where both grow, "input" (biases too) or "output" where one does, "fixed" where none does."""
        return ("fixed", "output", "input", "hidden")[(self.inputs != 1) + 2 * (self.outputs != 1)]


@dataclass(frozen=True)
class WidthMap:
    """The growth of every parameter from a base module to a target; a constant, with no arrays in it.

    ``names``, ``growths``: of the parameters, in the order of the leaves of eqx.filter(module, eqx.is_inexact_array).
    """

    names: tuple[str, ...]
    growths: tuple[Growth, ...]

    @property
    def multiplier(self) -> float:
        """The growth of the width: the largest of all."""
        return max(max(growth.inputs, growth.outputs) for growth in self.growths)

    def tree(self, values: list[Any], like: PyTree) -> PyTree:
        """``values``, one a parameter, in the shape of a tree of parameters.  Raises `InputError` where it is another tree."""
        leaves, structure = jax.tree.flatten(like)
        if len(leaves) != len(values):
            raise InputError("widths", f"a map of {len(values)} parameters", f"one of {len(leaves)}", "make it from modules of this kind")
        return jax.tree.unflatten(structure, values)


def width_map(base: Any, target: Any) -> WidthMap:
    """The width map between two shapes of one architecture; base = target up to a width gives growths of 1 and is refused.

    ``base``, ``target``: modules, or what eqx.filter_eval_shape makes of them, so that no array is needed.  Arrays have their outputs on
    the first axis and their inputs on the second, as in eqx.nn.Linear and eqx.nn.Conv; eqx.nn.Embedding the other way.
    Raises `InputError` for two architectures, for a parameter that grows along other axes, and where nothing grows.
    """
    first, second = (_shapes(module) for module in (base, target))
    if first.keys() != second.keys():
        differing = sorted(first.keys() ^ second.keys())
        raise InputError("target", differing, "a module with the parameters of base", "change widths alone, not depths")
    growths = tuple(_growth(name, first[name], second[name]) for name in first)
    if all(growth.role == "fixed" for growth in growths):
        raise InputError("target", "no parameter larger than in base", "a wider or narrower module", "give base another width")
    return WidthMap(tuple(first), growths)


def _shapes(module: Any) -> dict[str, tuple[tuple[int, ...], bool]]:
    """Shape by name, and whether inputs are on the first axis."""
    looked_up = lambda node: isinstance(node, eqx.nn.Embedding)  # noqa: E731
    nodes = jax.tree_util.tree_leaves_with_path(module, is_leaf=looked_up)
    tables = {jax.tree_util.keystr(path) for path, node in nodes if looked_up(node)}
    found = {}
    for path, leaf in jax.tree_util.tree_leaves_with_path(module):
        if isinstance(leaf, jax.ShapeDtypeStruct | jax.Array) and jax.numpy.issubdtype(leaf.dtype, jax.numpy.inexact):
            name = jax.tree_util.keystr(path)
            found[name.lstrip(".")] = tuple(leaf.shape), any(name.startswith(f"{table}.") for table in tables)
    return found


def _growth(name: str, base: tuple[tuple[int, ...], bool], target: tuple[tuple[int, ...], bool]) -> Growth:
    (old, flipped), (new, _) = base, target
    if len(old) != len(new):
        raise InputError("target", f"{name} of shape {new}", f"of as many axes as in base, {old}", "change widths alone")
    ratios = [b / a for a, b in zip(old, new, strict=True)]
    growing = [axis for axis, ratio in enumerate(ratios) if ratio != 1]
    if len(growing) > 2 or any(axis > 1 for axis in growing):
        allowed = "growing along its first two axes at most, outputs and inputs"
        raise InputError("target", f"{name}: {old} -> {new}", allowed, "put what grows on the first two axes, or keep it fixed")
    outputs, inputs = ratios[0] if ratios else 1.0, ratios[1] if len(ratios) > 1 else 1.0
    return Growth(outputs, inputs) if flipped else Growth(inputs, outputs)
