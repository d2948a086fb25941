"""What a network is told of a braid: the word around its beginning, seen from its first letter.

Letters are told relative to the first one: how many generators away, and whether of the same sign.  The game does not change when
all indices are shifted, or all signs turned, and neither does that.  Beside it: how far the first letter is from the outermost
generators, how often these occur, because they must occur once to be removed, and the sizes.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, Int8

from ._choices import count_of

AHEAD, BEHIND = 9, 5
_FAR = 3  # generators farther away than that are told as that far
_KINDS = 2 * (2 * _FAR + 1)
_RARE = 4  # an outermost generator occurs once, twice, ... or at least this often


def features(choices: int) -> int:
    """The number of entries of an encoding for a game of that many choices."""
    return (AHEAD + BEHIND - 1) * _KINDS + 2 * (_FAR + 1) + 2 * _RARE + 2 + choices


def _window(letters: Int8[Array, " most"], length: Int[Array, ""]) -> Int8[Array, " seen"]:
    """The first letters and the last ones, without repetition in short words."""
    last = length - 1 - jnp.arange(BEHIND, dtype=jnp.int32)
    behind = jnp.where(last >= AHEAD, letters[jnp.maximum(last, 0)], jnp.zeros((), letters.dtype))
    return jnp.concatenate([letters[1:AHEAD], behind])


def _relative(letters: Int8[Array, " seen"], first: Int8[Array, ""]) -> Float[Array, "seen kinds"]:
    away = jnp.clip(jnp.abs(letters) - jnp.abs(first), -_FAR, _FAR) + _FAR
    kind = jnp.where(letters == 0, jnp.int8(-1), 2 * away + ((letters > 0) == (first > 0)).astype(jnp.int8))
    return jax.nn.one_hot(kind, _KINDS, dtype=jnp.float32)


def encoded(
    letters: Int8[Array, " most"], length: Int[Array, ""], strands: Int[Array, ""], legal: Array, most_strands: int
) -> Float[Array, " features"]:
    """The encoding; all entries lie between 0 and 1."""
    top, bottom = (strands - 1).astype(jnp.int8), jnp.int8(1)
    first = jnp.abs(letters[0])
    distances = jnp.clip(jnp.stack([top - first, first - bottom]), 0, _FAR)
    counts = jnp.clip(jnp.stack([count_of(letters, top), count_of(letters, bottom)]), 1, _RARE) - 1
    parts = [
        _relative(_window(letters, length), letters[0]).ravel(),
        jax.nn.one_hot(distances, _FAR + 1, dtype=jnp.float32).ravel(),
        jax.nn.one_hot(counts, _RARE, dtype=jnp.float32).ravel(),
        jnp.stack([length.astype(jnp.float32) / letters.size, strands.astype(jnp.float32) / most_strands]),
        legal.astype(jnp.float32),
    ]
    return jnp.concatenate(parts)
