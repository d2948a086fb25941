"""The player that every other has to beat."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Key


class RandomWalk(eqx.Module):
    """Every allowed choice with the same probability (to the 24 bits of a random number)."""

    def choose(self, key: Key[Array, ""], observation: Float[Array, " features"], legal: Bool[Array, " choices"]) -> Int[Array, ""]:
        """The k-th of the allowed choices, with k random."""
        upto = jnp.cumsum(legal, dtype=jnp.int32)
        wanted = jnp.floor(jax.random.uniform(key, (), jnp.float32) * upto[-1].astype(jnp.float32)).astype(jnp.int32)
        return jnp.argmax(upto > wanted).astype(jnp.int32)
