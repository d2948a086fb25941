"""Distributions over the allowed choices."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

_NEVER = -1e9  # finite, so that a state without allowed choices makes no NaN


def masked(logits: Float[Array, "*batch choices"], legal: Bool[Array, "*batch choices"]) -> Float[Array, "*batch choices"]:
    """Logarithms of probabilities, with none left for what is not allowed."""
    return jax.nn.log_softmax(jnp.where(legal, logits, jnp.asarray(_NEVER, logits.dtype)))


def entropy(logs: Float[Array, "*batch choices"]) -> Float[Array, "*batch"]:
    """-sum p log p; choices that are not allowed count nothing."""
    return -jnp.sum(jnp.exp(logs) * logs, axis=-1)


def divergence(logs: Float[Array, "*batch choices"], others: Float[Array, "*batch choices"]) -> Float[Array, "*batch"]:
    """Kullback-Leibler divergence sum p (log p - log q)."""
    return jnp.sum(jnp.exp(logs) * (logs - others), axis=-1)
