r"""Which edges and nodes count: sizes, entropy, attribution, and networks without the rest.

$|\phi|_1$ is the mean of $|\phi|$ over a batch, $|\Phi|_1$ its sum over the edges of a layer, and
$S = -\sum (|\phi|_1/|\Phi|_1) \ln(|\phi|_1/|\Phi|_1)$ (arXiv:2404.19756, section 2.5.1).
"""

from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from certifield.evidence import InputError

from ._network import KAN, Layer


def sizes(network: KAN, x: Array) -> list[Array]:
    """|phi|_1 of every edge [o, n], layer by layer, over the batch ``x`` [S, n]."""
    return [jnp.mean(jnp.abs(layer.edges(at)), axis=0) for layer, at in zip(network.layers, network.inputs(x), strict=True)]


def penalty(network: KAN, x: Array, *, size: float = 1.0, entropy: float = 1.0) -> Array:
    """The sum over layers of size |Phi|_1 + entropy S, which is added to a loss, times lambda, to make a network sparse."""
    total = jnp.zeros((), network.layers[0].coefficients.dtype)
    for edges in sizes(network, x):
        whole = jnp.sum(edges)
        share = edges / jnp.where(whole > 0, whole, 1.0)
        total = total + size * whole - entropy * jnp.sum(share * jnp.log(jnp.where(share > 0, share, 1.0)))
    return total


def attribution(network: KAN, x: Any) -> list[np.ndarray]:
    """The share of every edge [o, n] in the spread of the outputs, passed back through spreads of edges and nodes (arXiv:2408.10205)."""
    at = jnp.asarray(x, network.layers[0].grid.dtype)
    spreads = [np.asarray(jnp.std(layer.edges(one), axis=0), float) for layer, one in zip(network.layers, network.inputs(at), strict=True)]
    nodes, found = np.ones(network.layers[-1].mask.shape[0] - network.layers[-1].products), []
    for layer, spread in zip(reversed(network.layers), reversed(spreads), strict=True):
        plain = len(spread) - 2 * layer.products
        sums = np.concatenate([nodes[:plain], np.repeat(nodes[plain:], 2)])  # both factors of a product
        edges = sums[:, None] * spread / np.maximum(np.sqrt(np.sum(spread**2, axis=1, keepdims=True)), 1e-300)
        found.insert(0, edges)
        nodes = edges.sum(axis=0)
    return found


@dataclass(frozen=True, eq=False)
class Pruned:
    """``network`` without what was dropped; ``nodes``: hidden nodes that are left, layer by layer; ``edges`` that were dropped beside;
    ``change``: the largest change of an output on the batch."""

    network: KAN
    nodes: tuple[tuple[int, ...], ...]
    edges: int
    change: float


def prune(network: KAN, x: Any, *, node: float = 1e-2, edge: float = 1e-3) -> Pruned:
    """Drops the hidden nodes whose largest edge in, or out, is below ``node`` in |phi|_1, and edges below ``edge``.

    Layers with products keep their nodes, and lose edges.  Raises `InputError` where a layer would have no node left.
    """
    at = jnp.asarray(x, network.layers[0].grid.dtype)
    scores, layers, kept, dropped = [np.asarray(each, float) for each in sizes(network, at)], list(network.layers), [], 0
    for place in range(len(layers) - 1):
        if layers[place].products:
            kept.append(tuple(range(layers[place + 1].mask.shape[1])))
            continue
        alive = (scores[place].max(axis=1) >= node) & (scores[place + 1].max(axis=0) >= node)
        if not alive.any():
            raise InputError(
                "node", node, f"at most {float(scores[place].max()):.2g}, else layer {place + 1} is empty", "take a smaller one"
            )
        chosen = np.flatnonzero(alive)
        kept.append(tuple(chosen.tolist()))
        layers[place], layers[place + 1] = _rows(layers[place], chosen), _columns(layers[place + 1], chosen)
        scores[place], scores[place + 1] = scores[place][chosen], scores[place + 1][:, chosen]
    for place, (layer, score) in enumerate(zip(layers, scores, strict=True)):
        mask = np.asarray(layer.mask) * (score >= edge)
        dropped += int(np.sum(np.asarray(layer.mask) != mask))
        layers[place] = eqx.tree_at(lambda one: one.mask, layer, jnp.asarray(mask, layer.mask.dtype))
    smaller = KAN(tuple(layers))
    return Pruned(smaller, tuple(kept), dropped, float(jnp.max(jnp.abs(smaller(at) - network(at)))))


def _rows(layer: Layer, chosen: np.ndarray) -> Layer:
    parts = layer.coefficients[chosen], layer.scale[chosen], layer.base[chosen], layer.mask[chosen]
    return eqx.tree_at(lambda one: (one.coefficients, one.scale, one.base, one.mask), layer, parts)


def _columns(layer: Layer, chosen: np.ndarray) -> Layer:
    parts = layer.coefficients[:, chosen], layer.scale[:, chosen], layer.base[:, chosen], layer.grid[chosen], layer.mask[:, chosen]
    return eqx.tree_at(lambda one: (one.coefficients, one.scale, one.base, one.grid, one.mask), layer, parts)
