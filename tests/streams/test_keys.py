"""Random streams: every part of an address matters, nothing else does."""

import os
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from certifield.evidence import InputError
from certifield.streams import block_key, draw_keys, stream_key


def words(key: jax.Array) -> list:
    return np.asarray(jax.random.key_data(key)).tolist()


FROZEN = [2670989641, 2648455898]  # seed 3, name "a", block 1, draw 7


def test_the_same_address_gives_the_same_key_in_every_run():
    """Frozen words: stored blocks of earlier versions must stay computable."""
    assert words(draw_keys(block_key(stream_key(3, "a"), 1), 7, 1)[0]) == FROZEN


ADDRESSES = {
    "seed": [
        stream_key(seed, "erf")
        for seed in (0, 1, 2, 2**31, 2**32 - 1, 2**32, 2**32 + 1, 2**33, 2**64 - 1, 2**64, 2**64 + 1, 2**65, 2**200, 2**200 + 1)
    ],
    "name": [stream_key(0, name) for name in ("", "a", "b", "ab", "ba", "a ", "erf/N=2", "erf/N=20", "é", "\x00", "a" * 1000)],
    "block": [block_key(stream_key(0, "a"), block) for block in (0, 1, 2, 2**32 - 1, 2**32, 2**32 + 1, 2**33, 2**63, 2**63 + 1, 2**64 - 1)],
    "draw": [key for first in (0, 2**16, 2**32 - 3) for key in draw_keys(block_key(stream_key(0, "a"), 0), first, 3)],
}


@pytest.mark.parametrize("part", ADDRESSES)
def test_every_part_of_the_address_matters(part):
    keys = ADDRESSES[part]
    assert len({tuple(words(key)) for key in keys}) == len(keys)


def test_parts_of_the_address_do_not_run_into_each_other():
    """(block, draw) = (a, b) and (b, a), a seed's words and a block's words: the same numbers at other places are other addresses."""
    stream = stream_key(5, "a")
    keys = [draw_keys(block_key(stream, block), draw, 1)[0] for block in range(4) for draw in range(4)]
    keys += [block_key(stream_key(seed, "a"), block) for seed in (5, 2**32 * 5, 2**32 + 5) for block in (0, 5, 2**32 * 5)]
    assert len({tuple(words(key)) for key in keys}) == len(keys)


def test_blocks_whose_numbers_differ_by_2_to_the_32_draw_differently():
    stream = stream_key(0, "erf")
    first, second = (jax.random.normal(draw_keys(block_key(stream, block), 0, 1)[0], (8,)) for block in (3, 3 + 2**32))
    assert not np.any(np.asarray(first) == np.asarray(second))


def test_a_key_made_from_32_bits_of_the_block_would_be_noticed():
    """Sabotage: cutting the block number to 32 bits gives two blocks the same draws."""
    stream = stream_key(0, "erf")
    cut = [jax.random.fold_in(stream, block & 0xFFFFFFFF) for block in (3, 3 + 2**32)]
    assert words(cut[0]) == words(cut[1])


BLOCK = block_key(stream_key(1, "a"), 0)
compiled = jax.jit(lambda first: draw_keys(BLOCK, first, 5))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 16), st.sampled_from([0, 1, 7, 15]), st.sampled_from([0, 1, 9]))
def test_keys_do_not_depend_on_how_draws_are_batched(first, skipped, draws):
    whole = words(draw_keys(BLOCK, first, 16))
    draws = min(draws, 16 - skipped)
    assert words(draw_keys(BLOCK, first + skipped, draws)) == whole[skipped : skipped + draws]
    assert words(compiled(jnp.uint32(first))) == whole[:5]


@pytest.mark.parametrize("sampler", [jax.random.normal, jax.random.uniform, lambda key: jax.random.t(key, 3.0), jax.random.laplace])
def test_numbers_do_not_depend_on_how_draws_are_batched(sampler):
    """To the last bit, for rejection samplers too: the digits of a study stand on it."""
    keys = draw_keys(BLOCK, 0, 20)
    many = jax.jit(jax.vmap(sampler))
    whole = np.asarray(many(keys))
    assert np.array_equal(whole, np.concatenate([np.asarray(many(keys[:10])), np.asarray(many(keys[10:]))]))
    assert np.array_equal(whole[:3], [np.asarray(jax.jit(sampler)(key)) for key in keys[:3]])


def test_numpy_integers_are_whole_numbers():
    assert words(block_key(stream_key(np.int64(7), "a"), np.uint32(2))) == words(block_key(stream_key(7, "a"), 2))


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: stream_key(-1, "a"), "seed"),
        (lambda: stream_key(True, "a"), "seed"),
        (lambda: stream_key(1.0, "a"), "seed"),
        (lambda: stream_key("1", "a"), "seed"),
        (lambda: stream_key(0, None), "name"),
        (lambda: stream_key(0, b"a"), "name"),
        (lambda: block_key(stream_key(0, "a"), -1), "block"),
        (lambda: block_key(stream_key(0, "a"), 2**64), "block"),
        (lambda: block_key(stream_key(0, "a"), 1.5), "block"),
        (lambda: block_key(stream_key(0, "a"), False), "block"),
        (lambda: draw_keys(stream_key(0, "a"), 0, -1), "draws"),
        (lambda: draw_keys(stream_key(0, "a"), 0, 2.0), "draws"),
        (lambda: draw_keys(stream_key(0, "a"), -1, 1), "first"),
        (lambda: draw_keys(stream_key(0, "a"), 2**32 - 1, 2), "first"),
    ],
)
def test_an_unusable_address_is_an_input_error(call, argument):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument == argument
    assert caught.value.remedy


def test_any_text_is_a_name():
    assert words(stream_key(0, "\ud800")) != words(stream_key(0, "\ud801"))


NUMBERS = """
import jax
from certifield.streams import block_key, draw_keys, stream_key
keys = draw_keys(block_key(stream_key(3, "a"), 1), 7, 2)
print(jax.random.key_data(keys).tolist(), [float(x).hex() for x in jax.random.normal(keys[0], (3,))])
"""


def test_no_environment_variable_changes_a_number():
    """JAX's default generator and its seed offset are evaded."""
    hostile = {**os.environ, "JAX_ENABLE_X64": "1", "JAX_DEFAULT_PRNG_IMPL": "rbg", "JAX_RANDOM_SEED_OFFSET": "5"}
    changed = subprocess.run([sys.executable, "-c", NUMBERS], env=hostile, capture_output=True, text=True, timeout=120)
    keys = draw_keys(block_key(stream_key(3, "a"), 1), 7, 2)
    numbers = [float(x).hex() for x in jax.random.normal(keys[0], (3,))]
    assert changed.stdout == f"{words(keys)} {numbers}\n", changed.stderr


def test_the_order_of_draws_of_old_versions_cannot_be_evaded_and_is_refused():
    with jax.threefry_partitionable(False), pytest.raises(InputError, match="unset the environment variable JAX_THREEFRY_PARTITIONABLE"):
        stream_key(0, "a")
