"""Pieces as bytes: whatever goes in comes out, to the last bit, and what cannot be kept exactly is refused."""

import math

import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from certifield.engine._piece import DamagedPiece, checked, decode, encode
from certifield.evidence import InputError, certificate_of_braid_moves

PROOF = certificate_of_braid_moves([], 1, [])
NAMES = st.text(min_size=1, max_size=8)
EXACT = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**200), 2**200) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
DTYPES = st.sampled_from(["?", "<i4", ">i8", "<u2", "<f4", ">f8", "<f8", "<c16"])
ARRAYS = DTYPES.flatmap(
    lambda dtype: arrays.arrays(dtype, arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3), elements=None)
).filter(lambda array: array.dtype.kind not in "fc" or not np.isnan(array).any())


def same(one: object, other: object) -> bool:
    if isinstance(one, np.ndarray):
        return isinstance(other, np.ndarray) and one.shape == other.shape and one.dtype == other.dtype and one.tobytes() == other.tobytes()
    return type(one) is type(other) and one == other


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(NAMES, EXACT | ARRAYS | st.just(PROOF), max_size=5))
def test_whatever_goes_in_comes_out(piece: dict) -> None:
    content = encode("study", "case/a", 3, piece)
    head, found = decode(content, lambda sha: PROOF)
    assert (head["study"], head["case"], head["step"]) == ("study", "case/a", 3)
    kept = checked(piece)
    assert kept.keys() == found.keys() and all(same(kept[name], found[name]) for name in kept)
    assert encode("study", "case/a", 3, found) == content, "the bytes are a function of the content alone"
    for name, value in piece.items():
        if isinstance(value, np.ndarray):
            assert np.array_equal(found[name], value) and found[name].dtype.newbyteorder("=") == value.dtype.newbyteorder("=")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_damage(content: bytes) -> None:
    with pytest.raises(DamagedPiece):
        decode(content, lambda sha: PROOF)


@pytest.mark.parametrize("value, words", [
    (0.5, "put floats in an array"), ([1, 2.0], r"piece\['a'\]\[1\]"), ({"b": math.inf}, r"piece\['a'\]\.b"), ({1: 2}, "tables of them"),
    (object(), "whole numbers"), (b"bytes", "whole numbers"), (1j, "whole numbers"), ([2**15_000], "hex"),
    (np.array([1.0, math.nan]), "1 of 2 entries NaN"), (np.array([1j * math.nan]), "NaN"), (np.array([None]), "array of numbers"),
    (np.array(["text"]), "array of numbers")])  # fmt: skip
def test_what_cannot_be_kept_exactly_is_refused(value: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        checked({"a": value})


def test_what_looks_like_an_array_is_one() -> None:
    jax = pytest.importorskip("jax")
    kept = checked({"jax": jax.numpy.arange(3.0), "scalar": np.float64(0.5), "strided": np.arange(12.0).reshape(3, 4).T[::2]})
    assert kept["jax"].tolist() == [0.0, 1.0, 2.0] and kept["scalar"].shape == () and kept["strided"].flags.c_contiguous
    assert kept["strided"].tolist() == [[0.0, 4.0, 8.0], [2.0, 6.0, 10.0]]
