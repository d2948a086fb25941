"""Random streams addressed by (seed, name, block, draw).

The key of a draw is reached by folding its address into the root key, one step an address part:

    seed -> name of the quantity -> block number -> draw number

so that any draw of any study can be made again alone, by whoever wants it, without making the draws before it.  ``fold_in``
takes 32 bits at a time; a wider number is folded in as words of 32 bits, preceded by the number of words where that is not
fixed, because cutting it would give two addresses the same draws.  No setting from outside may change numbers: the
generator is named here (threefry), the root is made from bare words (``jax.random.key`` adds JAX_RANDOM_SEED_OFFSET), and the
one setting that cannot be evaded is refused.
"""

import hashlib
from functools import lru_cache
from numbers import Integral

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Key

from certifield.evidence import InputError

_WORD = 0xFFFFFFFF
_ORDER = "jax_threefry_partitionable"  # the setting of JAX that decides in which order an array is filled


def stream_key(seed: int, name: str) -> Key[Array, ""]:
    """The root of the stream ``name`` under ``seed``: any seed >= 0 of any size, any text as name.

    Raises `InputError` for a seed that is not a whole number >= 0, for a name that is not text, and where JAX is told to draw
    in the order of its old versions.
    """
    if not _is_whole(seed) or seed < 0:
        raise InputError("seed", seed, "a whole number, 0 or more", "try seed=0")
    if not isinstance(name, str):
        raise InputError("name", name, "text", "name the stream after its quantity, e.g. 'erf-d1/neuron'")
    if not getattr(jax.config, _ORDER, True):
        remedy = "unset the environment variable JAX_THREEFRY_PARTITIONABLE"
        raise InputError(_ORDER, False, "True, JAX's default: the other order of draws gives other numbers", remedy)
    return _root(int(seed), name)


@lru_cache(maxsize=1024)  # every block of a study asks for the same few roots
def _root(seed: int, name: str) -> Key[Array, ""]:
    words = max(1, -(-seed.bit_length() // 32))
    # The seed's length goes first: otherwise seed s and a longer seed that begins with s would share a prefix of folds.
    key = jax.random.fold_in(jax.random.wrap_key_data(jnp.zeros(2, dtype=jnp.uint32), impl="threefry2x32"), words)
    for shift in range(words):
        key = jax.random.fold_in(key, (seed >> (32 * shift)) & _WORD)
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
    for start in range(0, 16, 4):  # 128 bits of the name: no two names of a lifetime of studies meet
        key = jax.random.fold_in(key, int.from_bytes(digest[start : start + 4], "big"))
    return key


def block_key(stream: Key[Array, ""], block: int) -> Key[Array, ""]:
    """The key of block number ``block`` (0 <= block < 2**64), folded in as two words, high word first."""
    if not _is_whole(block) or not 0 <= block < 1 << 64:
        raise InputError("block", block, "a whole number from 0 to 2**64 - 1", "block numbers start at 0")
    block = int(block)
    return _folded(stream, np.uint32(block >> 32), np.uint32(block & _WORD))


@jax.jit  # one call where there would be dozens of small ones: small blocks are asked for by the hundred
def _folded(stream: Key[Array, ""], high: Array, low: Array) -> Key[Array, ""]:
    return jax.random.fold_in(jax.random.fold_in(stream, high), low)


def draw_keys(block: Key[Array, ""], first: int | Array, draws: int) -> Key[Array, " draws"]:
    """The keys of ``draws`` consecutive draws of one block, starting at draw ``first``.

    Raises `InputError` where a draw number would not fit 32 bits (a traced ``first`` cannot be checked, and is up to the caller).
    """
    if not _is_whole(draws) or draws < 0:
        raise InputError("draws", draws, "a whole number, 0 or more", "try draws=1000")
    if not isinstance(first, jax.Array) and not (_is_whole(first) and 0 <= first <= (1 << 32) - draws):
        raise InputError("first", first, f"a whole number from 0 to 2**32 - {draws}", "go on in the next block")
    numbers = jnp.arange(draws, dtype=jnp.uint32) + jnp.asarray(first, dtype=jnp.uint32)
    return jax.vmap(lambda number: jax.random.fold_in(block, number))(numbers)


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)
