"""Beam search: the best few states of each depth, by the cost that the environment itself names."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Key, PyTree, UInt32

from certifield.evidence import InputError

from ._environment import Environment
from ._keys import key_of
from ._players import Games, rows_of

MOST_KEPT = 1 << 28  # states of all depths whose ways are remembered


@dataclass(frozen=True)
class Beam:
    """Keeps at each depth ``width`` different states of least cost, ties and near ties broken by ``noise`` times a random number.

    A state is not kept twice, as far as a table of ``memory`` fingerprints remembers.  Raises `InputError` for what is out of range.
    """

    width: int = 64
    noise: float = 1.0
    memory: int = 1 << 16

    def __post_init__(self) -> None:
        for name, least, most in (("width", 1, 1 << 20), ("memory", 2, 1 << 28)):
            if type(getattr(self, name)) is not int or not least <= getattr(self, name) <= most:
                raise InputError(name, getattr(self, name), f"a whole number from {least} to {most}", "leave it out")
        if isinstance(self.noise, bool) or not isinstance(self.noise, int | float) or not 0 <= self.noise <= 1e6:
            raise InputError("noise", self.noise, "a number from 0 to a million", "leave it at 1, about one letter or strand of a braid")

    def games(self, environment: Environment, starts: PyTree, seed: int, cap: int) -> Games:
        """One search for each start, to the depth ``cap``.  Raises `InputError` where width times depth exceeds `MOST_KEPT`."""
        if self.width * cap > MOST_KEPT:
            raise InputError("cap", cap, f"at most {MOST_KEPT // self.width} for a beam of {self.width}", "search less deep, or less wide")
        key = key_of(seed, "beam")
        paths, states = [], []
        for row in range(rows_of(starts)):
            start = jax.tree.map(lambda rows, row=row: rows[row], starts)
            path, looked_at = self._path(environment, start, jax.random.fold_in(key, row), cap)
            paths.append(path)
            states.append(looked_at)
        actions = np.zeros((len(paths), max(1, *(len(path or []) for path in paths))), np.int32)
        for row, path in enumerate(paths):
            actions[row, : len(path or [])] = path or []
        won = np.array([path is not None for path in paths])
        return Games(actions, np.array([len(path or []) for path in paths]), won, np.array(states))

    def _path(self, environment: Any, start: PyTree, key: Key[Array, ""], cap: int) -> tuple[list[int] | None, int]:
        found = jax.tree.map(np.asarray, _searched(self, environment, start, key, cap))
        if found.winner < 0:
            return ([], 0) if bool(environment.won(start)) else (None, int(found.looked_at))
        place, path = int(found.winner), []
        for level in range(int(found.depth) - 1, -1, -1):
            path.append(int(found.choices[level, place]))
            place = int(found.parents[level, place])
        return path[::-1], int(found.looked_at)


class _Search(NamedTuple):
    """The kept states and which of them exist; where they came from; the winner among the kept, -1 before there is one."""

    states: PyTree
    alive: Bool[Array, " width"]
    table: UInt32[Array, " memory"]
    parents: Int[Array, "cap width"]
    choices: Int[Array, "cap width"]
    depth: Int[Array, ""]
    winner: Int[Array, ""]
    looked_at: Int[Array, ""]


class _Children(NamedTuple):
    """Everything that one choice leads to from the kept states, in one row."""

    states: PyTree
    allowed: Bool[Array, " children"]
    won: Bool[Array, " children"]
    costs: Float[Array, " children"]
    prints: UInt32[Array, " children"]


def _children(environment: Any, states: PyTree, alive: Array, key: Array) -> _Children:
    numbers = jnp.arange(len(environment.choices), dtype=jnp.int32)

    def child(state: PyTree, action: Array) -> tuple[PyTree, Array, Array, Array]:
        after = environment.step(key, state, action)
        return after.state, after.won, environment.cost(after.state), environment.fingerprint(after.state)

    found = jax.vmap(lambda state: jax.vmap(child, in_axes=(None, 0))(state, numbers))(states)
    allowed = jax.vmap(environment.legal)(states) & alive[:, None]
    flat = jax.tree.map(lambda leaf: leaf.reshape(-1, *leaf.shape[2:]), (found[0], allowed, *found[1:]))
    return _Children(*flat)


def _first_of_each(prints: Array, counted: Array) -> Array:
    """Marks one of each group of equal fingerprints, among those that are counted."""
    order = jnp.lexsort((~counted, prints))
    arranged = prints[order]
    first = jnp.concatenate([jnp.ones(1, bool), arranged[1:] != arranged[:-1]])
    return jnp.zeros_like(counted).at[order].set(first) & counted


@eqx.filter_jit
def _searched(beam: Beam, environment: Any, start: PyTree, key: Array, cap: int) -> _Search:
    def deeper(search: _Search) -> _Search:
        stepping, breaking = jax.random.split(jax.random.fold_in(key, search.depth))
        children = _children(environment, search.states, search.alive, stepping)
        slots = children.prints % beam.memory
        new = _first_of_each(children.prints, children.allowed & (search.table[slots] != children.prints))
        noise = beam.noise * jax.random.uniform(breaking, new.shape, jnp.float32)
        scores = jnp.where(new, jnp.where(children.won, -1.0, children.costs + noise), jnp.inf)
        best, places = jax.lax.top_k(-scores, beam.width)
        kept = jnp.isfinite(best)
        table = search.table.at[jnp.where(kept, slots[places], beam.memory)].set(children.prints[places], mode="drop")
        width, count = len(environment.choices), jnp.sum(children.allowed, dtype=jnp.int32)
        return _Search(
            jax.tree.map(lambda leaf: leaf[places], children.states),
            kept,
            table,
            search.parents.at[search.depth].set((places // width).astype(search.parents.dtype)),
            search.choices.at[search.depth].set((places % width).astype(search.choices.dtype)),
            search.depth + 1,
            jnp.where(children.won[places[0]] & kept[0], jnp.int32(0), jnp.int32(-1)),
            search.looked_at + count,
        )

    def going(search: _Search) -> Array:
        return (search.winner < 0) & (search.depth < cap) & jnp.any(search.alive)

    parents, choices = (jnp.zeros((cap, beam.width), np.min_scalar_type(most - 1)) for most in (beam.width, len(environment.choices)))
    alive = (jnp.arange(beam.width) == 0) & ~environment.won(start)
    # At first every slot holds a number that belongs into the next one, so that nothing seems to be known but the start.
    table = (jnp.arange(beam.memory, dtype=jnp.uint32) + 1) % beam.memory
    mark = environment.fingerprint(start)
    table = table.at[mark % beam.memory].set(mark)
    first = jax.tree.map(lambda leaf: jnp.broadcast_to(leaf, (beam.width, *leaf.shape)), start)
    return jax.lax.while_loop(going, deeper, _Search(first, alive, table, parents, choices, jnp.int32(0), jnp.int32(-1), jnp.int32(0)))
