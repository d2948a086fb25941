"""Random streams addressed by (seed, name, block, draw).

The key of a draw is reached by folding its address into the root key, one step an address part:

    seed -> name of the quantity -> block number -> draw number

so that any draw of any study can be made again alone, by whoever wants it, without making the draws before it.  ``fold_in``
takes 32 bits at a time; a wider number is folded in as words of 32 bits, preceded by the number of words where that is not
fixed, because cutting it would give two addresses the same draws.  The generator is named here (threefry), since
a default that an environment variable can change would change numbers.
"""

import hashlib

import jax
from jaxtyping import Array, Key

from certifield.evidence import InputError

_WORD = 0xFFFFFFFF


def stream_key(seed: int, name: str) -> Key[Array, ""]:
    """The root of the stream ``name`` under ``seed``: any seed >= 0 of any size, any text as name.

    Raises `InputError` for a seed that is not a whole number >= 0.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise InputError("seed", seed, "a whole number, 0 or more", "try seed=0")
    words = max(1, -(-seed.bit_length() // 32))
    # The seed's length goes first: otherwise seed s and a longer seed that begins with s would share a prefix of folds.
    key = jax.random.fold_in(jax.random.key(0, impl="threefry2x32"), words)
    for shift in range(words):
        key = jax.random.fold_in(key, (seed >> (32 * shift)) & _WORD)
    digest = hashlib.sha256(name.encode()).digest()
    for start in range(0, 16, 4):  # 128 bits of the name: no two names of a lifetime of studies meet
        key = jax.random.fold_in(key, int.from_bytes(digest[start : start + 4], "big"))
    return key


def block_key(stream: Key[Array, ""], block: int) -> Key[Array, ""]:
    """The key of block number ``block`` (0 <= block < 2**64), folded in as two words, high word first."""
    if isinstance(block, bool) or not isinstance(block, int) or not 0 <= block < 1 << 64:
        raise InputError("block", block, "a whole number from 0 to 2**64 - 1", "block numbers start at 0")
    return jax.random.fold_in(jax.random.fold_in(stream, block >> 32), block & _WORD)


def draw_keys(block: Key[Array, ""], first: int | Array, draws: int) -> Key[Array, " draws"]:
    """The keys of ``draws`` consecutive draws of one block, starting at draw ``first`` (both below 2**32)."""
    numbers = jax.numpy.arange(draws, dtype=jax.numpy.uint32) + jax.numpy.asarray(first, dtype=jax.numpy.uint32)
    return jax.vmap(lambda number: jax.random.fold_in(block, number))(numbers)
