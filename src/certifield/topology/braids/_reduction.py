"""Free and cyclic reduction of padded words in JAX, in the order of `reductions`: leftmost adjacent pair first, both ends last."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Int, Int8

from ._choices import without

Letters = Int8[Array, " most"]
Number = Int[Array, ""]
_ENDS, _NONE = -1, -2


def _cancelling(letters: Letters, length: Number) -> Number:
    """The place of the next pair to cancel; -1 for the two ends, -2 for none."""
    following = jnp.concatenate([letters[1:], jnp.zeros(1, letters.dtype)])
    pairs = (letters + following == 0) & (letters != 0)
    ends = (length > 1) & (letters[0] + letters[length - 1] == 0)
    return jnp.where(jnp.any(pairs), jnp.argmax(pairs).astype(jnp.int32), jnp.where(ends, jnp.int32(_ENDS), jnp.int32(_NONE)))


def _without_ends(letters: Letters, length: Number) -> Letters:
    places = jnp.arange(letters.size, dtype=jnp.int8)
    kept = places < (length - 2).astype(jnp.int8)
    return jnp.where(kept, without(letters, jnp.int32(0), 1), jnp.zeros((), letters.dtype))


def reduced(letters: Letters, length: Number) -> tuple[Letters, Number]:
    """The freely and cyclically reduced word."""

    def cancel(carried: tuple[Letters, Number, Number]) -> tuple[Letters, Number, Number]:
        letters, length, place = carried
        inner = without(letters, jnp.maximum(place, 0), 2)
        letters = jnp.where(place == _ENDS, _without_ends(letters, length), inner)
        return letters, length - 2, _cancelling(letters, length - 2)

    start = (letters, length, _cancelling(letters, length))
    letters, length, _ = jax.lax.while_loop(lambda carried: carried[2] > _NONE, cancel, start)
    return letters, length
