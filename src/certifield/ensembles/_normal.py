"""Standard normal numbers, at speed: the numbers of `jax.random.normal`."""

import math
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key


def standard_normal(key: Key[Array, ""], shape: tuple[int, ...]) -> Float[Array, "..."]:
    """Independent standard normals: sqrt(2) erfinv(u) for u uniform on (-1, 1)."""
    return _in_a_row(key, math.prod(shape)).reshape(shape)


@partial(jax.jit, static_argnames="number")
def _in_a_row(key: Key[Array, ""], number: int) -> Float[Array, " number"]:
    """A function inside a program: however many arrays of one size it draws, this is traced and lowered once."""
    low = jnp.nextafter(jnp.array(-1.0), jnp.array(0.0))
    return _quantile(jax.random.uniform(key, (number,), minval=low, maxval=1.0))


@jax.custom_batching.custom_vmap
def _quantile(u: Float[Array, "..."]) -> Float[Array, "..."]:
    """Sqrt(2) erfinv(u).  Over a batch of keys this sees the whole batch, and treats it as one long vector: short rows do not fill the
    vector units.  It does so in a loop of two turns, whose body the compiler cannot merge with what uses the numbers; it would merge it,
    and evaluate the inverse again for every point of the network."""
    if u.size % 2:
        return math.sqrt(2) * jax.lax.erf_inv(u)
    return jax.lax.map(lambda half: math.sqrt(2) * jax.lax.erf_inv(half), u.reshape((2, -1))).reshape(u.shape)


@_quantile.def_vmap
def _(_size: int, _batched: Any, u: Float[Array, "..."]) -> tuple[Float[Array, "..."], bool]:
    return _quantile(u), True
