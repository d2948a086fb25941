"""A network as trees: every output is a sum or a product of functions of smaller ones, down to the inputs (arXiv:2408.10205, section 4.2).

A node of the network that several others use occurs in the tree of each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np

from certifield._arguments import listed, of_kind, positive
from certifield.evidence import InputError

from ._network import KAN, Layer
from ._symbolic import LIBRARY, Function, read_edge

_POINTS = 100  # at which a function is looked at, over its grid


@dataclass(frozen=True, eq=False)
class Branch:
    """The function from the node ``tree`` that edge ``edge`` = (layer, node, input) carries; ``name``: the function of the library that
    is nearest to it, with R^2 in brackets."""

    name: str
    edge: tuple[int, int, int]
    layer: Layer
    tree: "Tree"

    def __call__(self, x: Any) -> np.ndarray:
        """Of points [..., n], the inputs of the network."""
        _, node, source = self.edge
        return _function(self.layer, node, source, self.tree(x))


@dataclass(frozen=True, eq=False)
class Tree:
    """An input, by ``name``, without ``branches``; else their "sum" or "product"; a function of x [..., n], the inputs of the network."""

    name: str
    place: int
    branches: "tuple[Branch | Tree, ...]"

    def __call__(self, x: Any) -> np.ndarray:
        """Of points [..., n]."""
        if not self.branches:
            return np.asarray(x)[..., self.place] if self.place >= 0 else np.zeros(np.shape(x)[:-1])  # a sum of nothing
        return (np.prod if self.name == "product" else np.sum)([branch(x) for branch in self.branches], axis=0)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> list[str]:
        lines = [self.name]
        for branch in self.branches:
            within = branch.tree if isinstance(branch, Branch) else branch
            first, *rest = within._lines()
            named = f"{branch.name} of {first}" if isinstance(branch, Branch) else first
            lines += [f"  {named}", *(f"  {line}" for line in rest)]
        return lines


def trees(
    network: KAN, names: Sequence[str] | None = None, *, least: float = 1e-9, library: Mapping[str, Function] = LIBRARY
) -> tuple[Tree, ...]:  # fmt: skip
    """The tree of every output; ``names`` of the inputs, else x1, x2, ...

    Edges that are masked, or nowhere above ``least`` on their grids, are left out; edges that hand a node on, to ``least`` of its size,
    are passed over.  But for that the trees compute what the network does.  Raises `InputError` for another number of names.
    """
    inputs = of_kind("network", network, KAN, "make one with `kan` or `compiled`").layers[0].grid.shape[0]
    shown = [f"x{place + 1}" for place in range(inputs)] if names is None else list(listed("names", names, "a list of names", "try ['x']"))
    if len(shown) != inputs or not all(isinstance(name, str) for name in shown):
        raise InputError("names", names, f"{inputs} names", "name every input")
    positive("least", least, zero=True)
    below = [Tree(name, place, ()) for place, name in enumerate(shown)]
    for place, layer in enumerate(network.layers):
        sums = [_sum(place, layer, node, below, least, library) for node in range(layer.mask.shape[0])]
        plain = len(sums) - 2 * layer.products
        pairs = zip(sums[plain::2], sums[plain + 1 :: 2], strict=True)
        below = sums[:plain] + [Tree("product", -1, (one, two)) for one, two in pairs]
    return tuple(below)


def _sum(place: int, layer: Layer, node: int, below: list[Tree], least: float, library: Mapping[str, Function]) -> Tree:
    branches, handed = [], []
    for source, tree in enumerate(below):
        if not float(layer.mask[node, source]):
            continue
        grid = np.asarray(layer.grid, dtype=float)[source]
        at = np.linspace(grid[layer.order], grid[-layer.order - 1], _POINTS)
        values = _function(layer, node, source, at)
        size = float(np.max(np.abs(values)))
        if size > least and np.max(np.abs(values - at)) <= least * size:
            handed.append(tree)
        elif size > least:
            best = read_edge(at, values, noise=1e-8 * float(np.var(values)), library=library)[0]
            branches.append(Branch(f"{best.name} ({best.r2:.6f})", (place, node, source), layer, tree))
    if len(handed) == 1 and not branches:
        return handed[0]
    return Tree("sum", -1, (*handed, *branches))


def _function(layer: Layer, node: int, source: int, x: Any) -> np.ndarray:
    """Of numbers [...]: the function on one edge."""
    given = jnp.asarray(x, layer.grid.dtype)
    every = jnp.broadcast_to(given[..., None], (*given.shape, layer.grid.shape[0]))
    return np.asarray(layer.edges(every)[..., node, source])
