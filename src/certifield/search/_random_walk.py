"""The player that every other has to beat."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Key

from .learning._categorical import masked


class RandomWalk(eqx.Module):
    """Every allowed choice with the same probability."""

    def choose(self, key: Key[Array, ""], observation: Float[Array, " features"], legal: Bool[Array, " choices"]) -> Int[Array, ""]:
        """One of the allowed choices."""
        return jax.random.categorical(key, masked(jnp.zeros(legal.shape, jnp.float32), legal)).astype(jnp.int32)
