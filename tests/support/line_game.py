"""A game without knots: walk along a line to zero."""

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp

from certifield.evidence import Certificate

FAR = 12


class Step(NamedTuple):
    state: jax.Array
    reward: jax.Array
    won: jax.Array


class Line(eqx.Module):
    """A place from 0 to 12; left and right move by one, half halves an even place; ``goal`` rewards nearness, or with -1 distance."""

    goal: int = eqx.field(static=True, default=1)
    choices: tuple[str, ...] = eqx.field(static=True, default=("left", "right", "half"))

    @property
    def num_features(self) -> int:
        return FAR + 1

    def reset(self, key: jax.Array) -> jax.Array:
        return jax.random.randint(key, (), 1, FAR + 1, dtype=jnp.int32)

    def legal(self, state: jax.Array) -> jax.Array:
        return jnp.stack([state > 0, (state > 0) & (state < FAR), (state > 0) & (state % 2 == 0)])

    def won(self, state: jax.Array) -> jax.Array:
        return state == 0

    def step(self, key: jax.Array, state: jax.Array, action: jax.Array) -> Step:
        after = jnp.stack([state - 1, state + 1, state // 2])[action]
        reward = self.goal * (state - after).astype(jnp.float32) / FAR
        return Step(after, reward, self.won(after))

    def observe(self, state: jax.Array) -> jax.Array:
        return jax.nn.one_hot(state, FAR + 1, dtype=jnp.float32)

    def cost(self, state: jax.Array) -> jax.Array:
        return state.astype(jnp.float32)

    def fingerprint(self, state: jax.Array) -> jax.Array:
        return state.astype(jnp.uint32) + 1

    def identity(self) -> dict[str, Any]:
        return {"game": "line", "goal": self.goal}

    def certificate(self, trajectory: Any) -> Certificate:
        """No proof of anything: every checker must refuse it."""
        return Certificate({"kind": "line"}, "0", {"actions": list(trajectory.actions)}, "unknot-braid@1")
