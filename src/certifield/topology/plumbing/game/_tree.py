"""One tree in slots, for JAX: pure functions of static shape, made to be vectorised over many trees.

A slot holds a vertex with its weight and the slot of its parent; the root has `ROOT`, a slot without a vertex `GONE`.  Every edge is that
of a vertex to its parent, so that a vertex and a kind name a move.
"""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, UInt32

ROOT, GONE = -1, -2
KINDS = ("leaf +1", "leaf -1", "edge +1", "edge -1", "reduce")
ROUNDS = 6  # of colours: as many as the radius of the largest goal, and one more


class Tree(eqx.Module):
    """Weights and parents by slot."""

    weight: Int[Array, "*games slots"]
    parent: Int[Array, "*games slots"]


class Near(NamedTuple):
    """Of every slot: whether it holds a vertex, how many neighbours it has, and the least and the greatest of its children."""

    alive: Bool[Array, " slots"]
    valence: Int[Array, " slots"]
    first: Int[Array, " slots"]
    last: Int[Array, " slots"]


def children(tree: Tree) -> Bool[Array, "slots slots"]:
    """Whether the second slot is a child of the first."""
    return tree.parent[None, :] == jnp.arange(tree.parent.size, dtype=jnp.int32)[:, None]


def near(tree: Tree) -> Near:
    """The neighbours of all vertices."""
    below, slots = children(tree), jnp.arange(tree.parent.size, dtype=jnp.int32)
    count = jnp.sum(below, axis=1, dtype=jnp.int32)
    first = jnp.min(jnp.where(below, slots[None, :], np.int32(tree.parent.size)), axis=1)
    last = jnp.max(jnp.where(below, slots[None, :], np.int32(-1)), axis=1)
    return Near(tree.parent > GONE, count + (tree.parent >= 0).astype(jnp.int32), first, last)


def legal(tree: Tree) -> Bool[Array, " choices"]:
    """Which moves fit, by vertex and kind: blow-ups where a slot is free; reductions of 1, -1 at valence 1, 2 and of 0 at valence 2."""
    told = near(tree)
    room = jnp.any(~told.alive)
    small = (jnp.abs(tree.weight) == 1) & (told.valence >= 1) & (told.valence <= 2)
    reduces = told.alive & (small | ((tree.weight == 0) & (told.valence == 2)))
    leaf, edge = told.alive & room, (tree.parent >= 0) & room
    return jnp.stack([leaf, leaf, edge, edge, reduces], axis=1).ravel()


def moved(tree: Tree, action: Int[Array, ""]) -> Tree:
    """The tree after a move that fits; what a move that does not fit leads to means nothing."""
    slot, kind = action // np.int32(len(KINDS)), action % np.int32(len(KINDS))
    grown, reduced = _grown(tree, slot, kind), _reduced(tree, slot)
    reduces = kind == len(KINDS) - 1
    return Tree(jnp.where(reduces, reduced.weight, grown.weight), jnp.where(reduces, reduced.parent, grown.parent))


def _grown(tree: Tree, slot: Array, kind: Array) -> Tree:
    """A new vertex in the first free slot: a leaf on a vertex, or on the edge of a vertex to its parent."""
    sign = np.int32(1) - 2 * (kind % np.int32(2))
    free, above = jnp.argmin(tree.parent > GONE).astype(jnp.int32), tree.parent[slot]
    on_edge = kind >= 2
    weight = tree.weight.at[slot].add(sign).at[jnp.where(on_edge, above, np.int32(tree.parent.size))].add(sign, mode="drop")
    parent = tree.parent.at[free].set(jnp.where(on_edge, above, slot))
    parent = parent.at[slot].set(jnp.where(on_edge, free, above))
    return Tree(weight.at[free].set(sign), parent)


def _reduced(tree: Tree, slot: Array) -> Tree:
    """A blow-down of 1 or -1, or an absorption of 0, whose two neighbours become one in the slot of the first.

    The first neighbour is the parent, or at the root the first child; the second one is the other, which may not be there.
    """
    told, nowhere = near(tree), np.int32(tree.parent.size)
    sign, above = tree.weight[slot], tree.parent[slot]
    at_root = above < 0
    one = jnp.where(at_root, told.first[slot], above)
    other = jnp.where(told.valence[slot] == 2, jnp.where(at_root, told.last[slot], told.first[slot]), nowhere)
    absorbs = sign == 0
    weight = tree.weight.at[one].add(-sign).at[other].add(-sign, mode="drop")
    weight = weight.at[one].add(jnp.where(absorbs, tree.weight.at[other].get(mode="fill", fill_value=0), np.int32(0)))
    parent = jnp.where(absorbs & (tree.parent == other), one, tree.parent)
    parent = parent.at[one].set(jnp.where(at_root, np.int32(ROOT), parent[one]))
    parent = parent.at[other].set(jnp.where(absorbs, np.int32(GONE), one), mode="drop").at[slot].set(np.int32(GONE))
    return Tree(jnp.where(parent > GONE, weight, np.int32(0)), parent)


def score(tree: Tree) -> Float[Array, ""]:
    r"""$5 \#V + \sum |e_v|$, the score of arXiv:2305.05966, section 4."""
    return (5 * jnp.sum(tree.parent > GONE, dtype=jnp.int32) + jnp.sum(jnp.abs(tree.weight), dtype=jnp.int32)).astype(jnp.float32)


def mark(tree: Tree) -> UInt32[Array, ""]:
    """32 bits that isomorphic trees share and others hardly ever, by rounds of colours; exact isomorphism is for the checker."""
    below, alive = children(tree), tree.parent > GONE
    joined = below | below.T
    first = _mixed(tree.weight.astype(jnp.uint32) * np.uint32(0x9E3779B1) + jnp.sum(joined, axis=1, dtype=jnp.uint32))

    def refined(_: int, colour: Array) -> Array:
        seen = jnp.sum(jnp.where(joined, _mixed(colour ^ np.uint32(0x5BD1E995))[None, :], np.uint32(0)), axis=1, dtype=jnp.uint32)
        return _mixed(colour * np.uint32(0x85EBCA77) + seen)

    colour = jax.lax.fori_loop(0, ROUNDS, refined, first)  # a loop, which is compiled once, where copies take ten times as long
    return _mixed(jnp.sum(jnp.where(alive, colour, np.uint32(0)), dtype=jnp.uint32) + jnp.sum(alive, dtype=jnp.uint32))


def _mixed(bits: Array) -> Array:
    """A bijection of 32 bits without a pattern (the last steps of MurmurHash3)."""
    bits = (bits ^ (bits >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    bits = (bits ^ (bits >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return bits ^ (bits >> np.uint32(16))
