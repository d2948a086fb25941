r"""Networks for the game: two rounds of messages along the edges, then logits for each vertex and kind of move, or one value.

$h' = \mathrm{relu}(S h + N A h + b)$ with the adjacency A; the head of a vertex also reads its parent.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Key

from ._tree import GONE, KINDS, ROOT

WEIGHTS = (-3, -2, -1, 0, 1, 2, 3)  # that are told apart; others by size alone
PLAIN = len(WEIGHTS) + 6
PRIOR = 4.0  # of reductions in logits: there are four growths at every vertex and only few reductions


class Body(eqx.Module):
    """States of the vertices, their parents' states, which of them are there, and their mean."""

    embed: eqx.nn.Linear
    own: list[eqx.nn.Linear]
    near: list[eqx.nn.Linear]
    most: int = eqx.field(static=True)

    def __init__(self, most: int, width: int, key: Key[Array, ""]) -> None:
        keys = jax.random.split(key, 5)
        self.embed = _linear(PLAIN, width, keys[0])
        self.own, self.near = ([_linear(width, width, each) for each in part] for part in (keys[1:3], keys[3:5]))
        self.most = most

    def __call__(self, observation: Float[Array, " features"]) -> tuple[Array, Array, Array, Array]:
        weight, parent = observation[: self.most], observation[self.most : 2 * self.most]
        there = (parent > GONE).astype(jnp.float32)
        up = (parent[:, None] == jnp.arange(self.most, dtype=jnp.float32)[None, :]).astype(jnp.float32)
        joined = up + up.T
        valence = jnp.sum(joined, axis=1)
        columns = [*(weight == value for value in WEIGHTS), *(valence == value for value in (1, 2)), parent == ROOT]
        numbers = jnp.stack([jnp.arcsinh(weight), jnp.abs(weight) / 8, valence / 4], axis=1)
        features = jnp.concatenate([jnp.stack(columns, axis=1).astype(jnp.float32), numbers], axis=1)
        states = jax.nn.relu(jax.vmap(self.embed)(features)) * there[:, None]
        for own, near in zip(self.own, self.near, strict=True):
            states = jax.nn.relu(jax.vmap(own)(states) + joined @ jax.vmap(near)(states)) * there[:, None]
        return states, up @ states, there, jnp.sum(states, axis=0) / jnp.maximum(jnp.sum(there), 1)


class MoveLogits(eqx.Module):
    """A number for each vertex and kind of move, from observations: logits of a policy, or values of the moves."""

    body: Body
    head: eqx.nn.MLP

    def __init__(self, most: int, width: int, key: Key[Array, ""]) -> None:
        one, two = jax.random.split(key)
        self.body = Body(most, width, one)
        head = eqx.nn.MLP(3 * width + 2, len(KINDS), width, 1, jax.nn.relu, dtype=jnp.float32, key=two)
        self.head = eqx.tree_at(lambda net: net.layers[-1].weight, head, 0.01 * head.layers[-1].weight)  # no opinion at first

    def __call__(self, observation: Float[Array, " features"]) -> Float[Array, " choices"]:
        states, above, _, mean = self.body(observation)
        wide = jnp.broadcast_to(jnp.concatenate([mean, observation[2 * self.body.most :]]), (self.body.most, mean.size + 2))
        return jax.vmap(self.head)(jnp.concatenate([states, above, wide], axis=1)).ravel()


class MoveActor(eqx.Module):
    """From observations to the logarithms of the probabilities of the moves that fit."""

    network: MoveLogits

    def __init__(self, most: int, width: int, key: Key[Array, ""]) -> None:
        self.network = MoveLogits(most, width, key)

    def __call__(self, observation: Float[Array, " features"], legal: Bool[Array, " choices"]) -> Float[Array, " choices"]:
        reduces = jnp.arange(legal.size, dtype=jnp.int32) % len(KINDS) == len(KINDS) - 1
        logits = self.network(observation) + jnp.where(reduces, jnp.float32(PRIOR), jnp.float32(0))
        return jax.nn.log_softmax(jnp.where(legal, logits, jnp.float32(-1e9)))

    def choose(self, key: Key[Array, ""], observation: Float[Array, " features"], legal: Bool[Array, " choices"]) -> Int[Array, ""]:
        """A random move."""
        return jax.random.categorical(key, self(observation, legal)).astype(jnp.int32)


class MoveCritic(eqx.Module):
    """From observations to the discounted reward to come."""

    body: Body
    head: eqx.nn.MLP

    def __init__(self, most: int, width: int, key: Key[Array, ""]) -> None:
        one, two = jax.random.split(key)
        self.body = Body(most, width, one)
        self.head = eqx.nn.MLP(width + 2, "scalar", width, 1, jax.nn.relu, dtype=jnp.float32, key=two)

    def __call__(self, observation: Float[Array, " features"]) -> Float[Array, ""]:
        return self.head(jnp.concatenate([self.body(observation)[3], observation[2 * self.body.most :]]))


def _linear(inside: int, outside: int, key: Key[Array, ""]) -> eqx.nn.Linear:
    return eqx.nn.Linear(inside, outside, dtype=jnp.float32, key=key)
