"""The game of monads: one entry up or down by one at a time, until every condition holds."""

from dataclasses import asdict
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Key, UInt32

from certifield.evidence import Certificate, InputError
from certifield.search import Reward

from ._certificate import certificate_of_topology
from ._conditions import TERMS, Conditions
from ._monad import Monad

POOL = 1 << 16  # states that games begin from


class Move(NamedTuple):
    """A state with what led there."""

    state: Int[Array, "vectors h"]
    reward: Float[Array, ""]
    won: Bool[Array, ""]


class MonadGame(eqx.Module):
    r"""States are the vectors of B and of C, the last of C making up for the others so that $c_1 = 0$.

    A move adds or subtracts 1 in one free entry: $2 h (r_B + r_C - 1)$ moves.  One that leaves the box gives the old state back; with
    ``masked`` it is not allowed.  Games begin from random states of the box, each free entry uniform, drawn once by ``seed``.
    Raises `InputError` for conditions that leave out one, since a game that is won is certified to meet all.
    """

    conditions: Conditions
    pool: Int[Array, "states vectors h"]
    reward: Reward = eqx.field(static=True)
    masked: bool = eqx.field(static=True)
    seed: int = eqx.field(static=True)

    def __init__(
        self, conditions: Conditions, reward: Reward | None = None, *, masked: bool = True, seed: int = 0, pool: int = POOL
    ) -> None:
        if conditions.bundle != "positive" or not all(conditions.weights):
            given = (conditions.bundle, conditions.weights)
            raise InputError("conditions", given, 'the bundle "positive" and no weight 0: what is won has a certificate', "leave them out")
        if type(pool) is not int or not 1 <= pool <= 1 << 22:
            raise InputError("pool", pool, "a whole number from 1", f"leave it at {POOL}")
        self.conditions, self.reward, self.masked, self.seed = conditions, reward or Reward(), masked, seed
        self.pool = jnp.asarray(_random_states(conditions, pool, seed), jnp.int32)

    @property
    def choices(self) -> tuple[str, ...]:
        """The moves by name, such as "+b2.0": entry 0 of the vector number 2 of B."""
        r_b, r_c = self.conditions.box.shape
        free = [*(f"b{i}" for i in range(r_b)), *(f"c{a}" for a in range(r_c - 1))]
        return tuple(f"{sign}{name}.{r}" for sign in "+-" for name in free for r in range(self.conditions.box.manifold.rank))

    @property
    def num_features(self) -> int:
        """The entries, and the terms of the value."""
        return self.pool.shape[1] * self.pool.shape[2] + len(TERMS)

    def reset(self, key: Key[Array, ""]) -> Int[Array, "vectors h"]:
        """One of the random states."""
        return self.pool[jax.random.randint(key, (), 0, self.pool.shape[0])]

    def _moved(self, state: Int[Array, "vectors h"], action: Int[Array, ""]) -> tuple[Int[Array, "vectors h"], Bool[Array, ""]]:
        """The state after a move, in the box or not; and whether it is."""
        rows, h = state.shape
        free = (rows - 1) * h
        sign = jnp.where(action < free, 1, -1).astype(jnp.int32)
        row, entry = action % free // h, action % h
        r_b = self.conditions.box.shape[0]
        last = jnp.where(row < r_b, sign, -sign)
        after = state.at[row, entry].add(sign).at[rows - 1, entry].add(last)
        return after, self._inside(after)

    def _inside(self, state: Int[Array, "vectors h"]) -> Bool[Array, ""]:
        box = self.conditions.box
        b, c = state[: box.shape[0]], state[box.shape[0] :]
        return jnp.all((box.b[0] <= b) & (b <= box.b[1])) & jnp.all((box.c[0] <= c) & (c <= box.c[1]))

    def _judged(self, state: Int[Array, "vectors h"]) -> tuple[Float[Array, ""], Bool[Array, ""]]:
        r_b = self.conditions.box.shape[0]
        value, won = self.conditions.judged(state[:r_b], state[r_b:])
        return value.astype(jnp.float32), won

    def step(self, key: Key[Array, ""], state: Int[Array, "vectors h"], action: Int[Array, ""]) -> Move:
        """What a move leads to; it does not depend on the key."""
        after, inside = self._moved(state, action)
        after = jnp.where(inside, after, state)
        (old, _), (new, won) = self._judged(state), self._judged(after)
        return Move(after, self.reward.earned(new - old, inside, won), won)

    def legal(self, state: Int[Array, "vectors h"]) -> Bool[Array, " choices"]:
        """Without a mask every move; none from a terminal state."""
        numbers = jnp.arange(len(self.choices), dtype=jnp.int32)
        inside = jax.vmap(lambda action: self._moved(state, action)[1])(numbers) if self.masked else jnp.ones(len(self.choices), bool)
        return inside & ~self.won(state)

    def won(self, state: Int[Array, "vectors h"]) -> Bool[Array, ""]:
        """Whether every condition holds, in whole numbers, and the state is in the box."""
        return self._judged(state)[1] & self._inside(state)

    def observe(self, state: Int[Array, "vectors h"]) -> Float[Array, " features"]:
        """The entries over M, and log(1 + t) for the terms t."""
        box = self.conditions.box
        terms = self.conditions.terms(state[: box.shape[0]], state[box.shape[0] :]).astype(jnp.float32)
        return jnp.concatenate([state.astype(jnp.float32).ravel() / box.largest, jnp.log1p(terms) / 4])

    def cost(self, state: Int[Array, "vectors h"]) -> Float[Array, ""]:
        """Minus the intrinsic value."""
        return -self._judged(state)[0]

    def fingerprint(self, state: Int[Array, "vectors h"]) -> UInt32[Array, ""]:
        """A multiplicative hash of the entries."""
        mixed = jnp.uint32(2166136261)
        for entry in state.ravel():
            mixed = (mixed ^ entry.astype(jnp.uint32)) * jnp.uint32(16777619)
        return mixed

    def reached(self, observations: np.ndarray, actions: np.ndarray) -> np.ndarray:
        """The states [samples, r_B + r_C, h] after legal moves, from what was observed before them."""
        rows, h = self.pool.shape[1:]
        states = np.rint(observations[:, : rows * h] * self.conditions.box.largest).astype(np.int64).reshape(-1, rows, h)
        row, entry, free = actions % ((rows - 1) * h) // h, actions % h, (rows - 1) * h
        sign = np.where(actions < free, 1, -1)
        samples = np.arange(len(states))
        states[samples, row, entry] += sign
        states[samples, rows - 1, entry] += np.where(row < self.conditions.box.shape[0], sign, -sign)
        return states

    def identity(self) -> dict[str, Any]:
        """Manifold, box, conditions, reward."""
        box = self.conditions.box
        told = {
            "spaces": box.manifold.ambient,
            "degrees": box.manifold.degrees,
            "shape": box.shape,
            "order": box.order,
            "b": box.b,
            "c": box.c,
        }
        told |= {"bundle": self.conditions.bundle, "weights": self.conditions.weights, "reward": asdict(self.reward)}
        return {"game": "monads", "masked": self.masked, "seed": self.seed, "pool": self.pool.shape[0]} | told

    def certificate(self, trajectory: Any) -> Certificate:
        """Of the topology of the last state, found by moving in Python's integers, whatever this game says of it."""
        box = self.conditions.box
        rows = [list(map(int, row)) for row in np.asarray(trajectory.start)]
        h, r_b = box.manifold.rank, box.shape[0]
        for action in trajectory.actions:
            place, sign = (action, 1) if action < (len(rows) - 1) * h else (action - (len(rows) - 1) * h, -1)
            rows[place // h][place % h] += sign
            rows[-1][place % h] += sign if place // h < r_b else -sign
        state = Monad(box.manifold, tuple(map(tuple, rows[:r_b])), tuple(map(tuple, rows[r_b:])))
        return certificate_of_topology(state, box.order)


def _random_states(conditions: Conditions, count: int, seed: int) -> np.ndarray:
    """Free entries uniform, until the last vector lies in the box, too."""
    box = conditions.box
    (r_b, r_c), h = box.shape, box.manifold.rank
    rng, found, kept = np.random.Generator(np.random.PCG64([seed, 2108, 7316])), [], 0
    for _ in range(1000):
        b = rng.integers(box.b[0], box.b[1] + 1, (count, r_b, h))
        c = rng.integers(box.c[0], box.c[1] + 1, (count, r_c - 1, h))
        last = b.sum(axis=1, keepdims=True) - c.sum(axis=1, keepdims=True)
        good = ((last >= box.c[0]) & (last <= box.c[1])).all(axis=(1, 2))
        found.append(np.concatenate([b, c, last], axis=1)[good])
        kept += int(good.sum())
        if kept >= count:
            return np.concatenate(found)[:count]
    raise InputError("box", [box.b, box.c], "such that random entries often give a last vector in the box", "widen the range of C")
