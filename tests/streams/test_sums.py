"""Block sums: exact merging, whatever the order."""

import math
from fractions import Fraction
from functools import reduce
from operator import add

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from certifield.evidence import InputError
from certifield.streams import BlockSums, group, merge


def block(values: list[float], count: int = 4, nonfinite: int = 0) -> BlockSums:
    row = np.array(values)
    return BlockSums(count, row, np.abs(row), np.abs(row), nonfinite)


def bits(part: BlockSums) -> tuple:
    arrays = (part.sums, part.absolute, part.largest)
    return part.count, part.nonfinite, *(tuple(float(entry).hex() for entry in array) for array in arrays)


FINITE = st.floats(allow_nan=False, allow_infinity=False)
ANYTHING = st.floats()


@st.composite
def rows(draw, entries, most: int = 8):
    features = draw(st.integers(1, 3))
    row = st.lists(entries, min_size=features, max_size=features)
    return draw(st.lists(st.builds(block, row, st.integers(0, 10**12), st.integers(0, 5)), min_size=1, max_size=most))


@settings(max_examples=50, deadline=None)
@given(rows(ANYTHING), st.randoms(use_true_random=False))
def test_the_order_of_blocks_does_not_show_in_any_bit(parts, random):
    """For every floating-point number: infinities, NaN, sums whose partial sums overflow."""
    shuffled = parts.copy()
    random.shuffle(shuffled)
    assert bits(merge(parts)) == bits(merge(shuffled))


@settings(max_examples=50, deadline=None)
@given(rows(FINITE))
def test_merging_is_the_exact_sum_rounded_once(parts):
    merged = merge(parts)
    for place, found in enumerate(merged.sums):
        exact = sum(Fraction(float(part.sums[place])) for part in parts)
        try:
            assert found == float(exact)
        except OverflowError:
            assert found == (math.inf if exact > 0 else -math.inf)
    assert merged.count == sum(part.count for part in parts)
    assert merged.nonfinite == sum(part.nonfinite for part in parts)


def test_a_plain_sum_would_not_pass():
    """Sabotage: adding floats one after the other depends on the order (``sum`` does otherwise from Python 3.12 on)."""
    numbers = [0.1, 1e16, -1e16]
    assert reduce(add, numbers) != reduce(add, reversed(numbers))
    assert merge([block([x]) for x in numbers]).sums[0] == 0.1


def test_partial_sums_that_overflow_do_not_matter():
    assert merge([block([x]) for x in (1e308, 1e308, -1e308, -1e308, 3.0)]).sums[0] == 3.0
    assert merge([block([-1e308])] * 2).sums[0] == -math.inf
    assert merge([block([x]) for x in (1e308, 1e308, -math.inf)]).sums[0] == -math.inf
    assert math.isnan(merge([block([x]) for x in (1e308, 1e308, -math.inf, math.inf)]).sums[0])


@given(rows(FINITE))
@settings(max_examples=50, deadline=None)
def test_absolute_values_and_largest(parts):
    merged = merge(parts)
    assert np.all(merged.largest == np.max([part.largest for part in parts], axis=0))
    assert np.all(merged.absolute >= np.abs(merged.sums) * (1 - 1e-15))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 700), st.integers(1, 130))
def test_groups_hold_every_block_once_in_order_and_are_few(blocks, most):
    groups = group([block([2.0**-index if index < 1000 else 0.0], count=1) for index in range(blocks)], most)
    assert len(groups) <= most
    assert sum(part.count for part in groups) == blocks
    firsts = [float(part.largest[0]) for part in groups]
    assert firsts == sorted(firsts, reverse=True)
    sizes = [part.count for part in groups]
    assert all(size == sizes[0] for size in sizes[:-1])


def test_memory_of_groups_does_not_grow_with_the_number_of_blocks():
    assert len(group([block([1.0])] * 100_000)) <= 128


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: merge([]), "blocks"),
        (lambda: merge([block([1.0]), block([1.0, 2.0])]), "blocks"),
        (lambda: group([block([1.0])], 0), "most"),
        (lambda: BlockSums(1, np.zeros(2), np.zeros(2), np.zeros(3)), "sums, absolute, largest"),
        (lambda: BlockSums(1, np.zeros((2, 1)), np.zeros((2, 1)), np.zeros((2, 1))), "sums, absolute, largest"),
    ],
)
def test_what_cannot_be_merged_is_an_input_error(call, argument):
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.argument == argument
