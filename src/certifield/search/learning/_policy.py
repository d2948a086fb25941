"""Networks that choose and networks that value."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Key

from ._categorical import masked


class Actor(eqx.Module):
    """A perceptron from observations to the logarithms of the probabilities of the allowed choices."""

    network: eqx.nn.MLP

    def __init__(self, features: int, choices: int, width: int, key: Key[Array, ""]) -> None:
        network = eqx.nn.MLP(features, choices, width, 2, jnp.tanh, key=key, dtype=jnp.float32)
        last = network.layers[-1]
        # Almost uniform at first: whoever begins with an opinion does not look around.
        self.network = eqx.tree_at(lambda net: net.layers[-1].weight, network, 0.01 * last.weight)

    def __call__(self, observation: Float[Array, " features"], legal: Bool[Array, " choices"]) -> Float[Array, " choices"]:
        return masked(self.network(observation), legal)

    def choose(self, key: Key[Array, ""], observation: Float[Array, " features"], legal: Bool[Array, " choices"]) -> Int[Array, ""]:
        """A random choice."""
        return jax.random.categorical(key, self(observation, legal)).astype(jnp.int32)


class Critic(eqx.Module):
    """A perceptron from observations to the discounted reward to come."""

    network: eqx.nn.MLP

    def __init__(self, features: int, width: int, key: Key[Array, ""]) -> None:
        self.network = eqx.nn.MLP(features, "scalar", width, 2, jnp.tanh, key=key, dtype=jnp.float32)

    def __call__(self, observation: Float[Array, " features"]) -> Float[Array, ""]:
        return self.network(observation)
