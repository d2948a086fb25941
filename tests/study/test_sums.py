"""Sub-sums of blocks: grouped for a jackknife as a slow and obvious way would group them, a few pieces at a time."""

from collections.abc import Iterator, Mapping

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from certifield.evidence import InputError
from certifield.streams import BlockSums, jackknife
from certifield.study import groups, piece_of_sums
from certifield.study._sums import sub_sums


def block(seed: int, count: int, nonfinite: int = 0) -> BlockSums:
    numbers = np.random.default_rng(seed).normal(size=(count, 2))
    return BlockSums(count, numbers.sum(axis=0), abs(numbers).sum(axis=0), abs(numbers).max(axis=0, initial=0), nonfinite)


DRAWS = st.tuples(st.integers(0, 40), st.integers(0, 2)).filter(any)  # finite, and not finite
COUNTS = st.lists(st.lists(DRAWS, min_size=1, max_size=6), max_size=15)


def pieces_of(counts: list[list[tuple[int, int]]]) -> dict[int, dict]:
    return {
        step: dict(piece_of_sums([block(100 * step + row, *pair) for row, pair in enumerate(rows)])) for step, rows in enumerate(counts)
    }


@settings(max_examples=50, deadline=None)
@given(COUNTS, st.integers(1, 20))
def test_groups_are_those_of_brute_force(counts: list[list[tuple[int, int]]], most: int) -> None:
    """Consecutive sub-sums; a group ends where the draws so far reach its share of all."""
    pieces = pieces_of(counts)
    flat = [part for piece in pieces.values() for part in sub_sums(piece)]
    total = sum(part.count + part.nonfinite for part in flat)
    slow: list[list[BlockSums]] = [[]]
    drawn = 0
    for part in flat:
        slow[-1].append(part)
        drawn += part.count + part.nonfinite
        if drawn * most >= total * len(slow):
            slow.append([])
    found = groups(pieces, most)
    assert len(found) == len(slow) - 1 and (slow[-1] == [])
    for mine, theirs in zip(found, slow, strict=False):
        assert mine.count == sum(part.count for part in theirs) and mine.nonfinite == sum(part.nonfinite for part in theirs)
        np.testing.assert_allclose(mine.sums, sum(part.sums for part in theirs), rtol=1e-12, atol=1e-12)
        np.testing.assert_array_equal(mine.largest, np.max([part.largest for part in theirs], axis=0))
    assert sum(part.count for part in found) == sum(part.count for part in flat)


def test_equal_blocks_give_equal_groups() -> None:
    pieces = pieces_of([[(10, 0)] * 16] * 64)
    found = groups(pieces)
    assert len(found) == 128 and {part.count for part in found} == {80}
    assert len(groups(pieces_of([[(10, 0)] * 16]))) == 16, "a single piece has an error bar"
    assert groups({}) == []


def test_pieces_of_another_kind_are_named() -> None:
    with pytest.raises(InputError, match=r"pieces = \['disc', 'spent'\].*piece_of_sums"):
        groups({0: {"disc": [1], "spent": 3}})


class Lazy(Mapping[int, dict]):
    """Pieces that are made when they are looked at; ``alive`` counts those that are."""

    def __init__(self, number: int) -> None:
        self.number, self.looked = number, 0

    def __getitem__(self, step: int) -> dict:
        self.looked += 1
        return dict(piece_of_sums([block(step, 8) for _ in range(4)]))

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.number))

    def __len__(self) -> int:
        return self.number


def test_every_piece_is_looked_at_a_bounded_number_of_times() -> None:
    pieces = Lazy(300)
    found = groups(pieces)
    assert sum(part.count for part in found) == 300 * 32 and pieces.looked <= 600


def test_the_error_bar_is_honest() -> None:
    """The mean of normal numbers: the jackknife over groups gives 1/sqrt(n) within its own scatter (128 groups: 6 %)."""
    found = groups(pieces_of([[(40, 0)] * 16] * 40))
    mean, deviations = jackknife(found, lambda sums, count: sums / count[:, None])
    stderr = np.sqrt((deviations**2).sum(axis=0))
    n = 40 * 16 * 40
    assert np.all(abs(mean) < 4.89 / np.sqrt(n)) and np.all(abs(stderr * np.sqrt(n) - 1) < 4.89 * 0.0625)


def test_sums_that_overflowed_are_kept() -> None:
    piece = piece_of_sums([BlockSums(1, np.array([np.nan, np.inf]), np.array([np.inf, np.inf]), np.ones(2))])
    assert np.isposinf(piece["sums"]).all()
