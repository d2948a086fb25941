"""Set partitions of the positions 0..n-1, each block a bit mask: the combinatorics under cumulants, Wick's theorem and k-statistics."""

from collections.abc import Iterator
from functools import cache

ALL = frozenset(range(1, 9))
EVEN = frozenset({2, 4, 6, 8})
INTERACTING = frozenset({4, 6, 8})  # even blocks beyond the free pair


def _partitions(rest: int, sizes: frozenset[int]) -> Iterator[tuple[int, ...]]:
    if rest == 0:
        yield ()
        return
    first = rest & -rest
    others = rest ^ first
    chosen = others
    while True:  # all subsets of `others`, largest first, joined with the first position
        block = chosen | first
        if block.bit_count() in sizes:
            for tail in _partitions(rest ^ block, sizes):
                yield (block, *tail)
        if chosen == 0:
            return
        chosen = (chosen - 1) & others


@cache
def set_partitions(size: int, sizes: frozenset[int] = ALL) -> tuple[tuple[int, ...], ...]:
    """All partitions of {0, ..., size-1} into blocks whose sizes are in ``sizes``, blocks as bit masks.

    >>> len(set_partitions(4)), len(set_partitions(6, EVEN)), set_partitions(3, frozenset({1, 2}))[0]
    (15, 31, (5, 2))
    """
    return tuple(_partitions((1 << size) - 1, sizes))


def positions(mask: int) -> tuple[int, ...]:
    """The positions in a block.

    >>> positions(0b1010)
    (1, 3)
    """
    return tuple(place for place in range(mask.bit_length()) if mask >> place & 1)
