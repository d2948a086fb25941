"""Generalised advantage estimation (arXiv:1506.02438)."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

Series = Float[Array, "time workers"]


def advantages(
    rewards: Series,
    values: Series,
    next_values: Series,
    over: Bool[Array, "time workers"],
    ended: Bool[Array, "time workers"],
    *,
    discount: float,
    trace: float,
) -> Series:
    r"""$A_t=\sum_k(\gamma\lambda)^k\delta_{t+k}$ up to the end of the episode, $\delta_t=r_t+\gamma V(s_{t+1})-V(s_t)$.

    The value behind a game that is over, won or lost, is 0; an episode that was only cut off is valued by ``next_values``.
    """
    errors = rewards + discount * jnp.where(over, jnp.zeros_like(values), next_values) - values

    def backwards(later: Array, now: tuple[Array, Array]) -> tuple[Array, Array]:
        error, last = now
        advantage = error + discount * trace * jnp.where(last, jnp.zeros_like(later), later)
        return advantage, advantage

    _, found = jax.lax.scan(backwards, jnp.zeros_like(errors[0]), (errors, ended), reverse=True)
    return found
