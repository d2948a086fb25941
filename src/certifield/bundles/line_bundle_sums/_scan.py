"""All sums of five line bundles of a box that meet the conditions in whole numbers, each multiset once: the truth for searches."""

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

import numpy as np

from certifield._arguments import of_kind, whole
from certifield.evidence import InputError, MissingExtra

from .._flops import box
from .._threefolds import Threefold
from ..monads import canonical_rows
from ._sums import LINES

MOST_VECTORS = 20_000  # that pass alone, so that pairs fit into memory


@dataclass(frozen=True)
class SumBox:
    r"""Sums with entries from ``low`` to ``high``, for a group of order ``order`` that acts freely, which is not tested.

    Raises `InputError` for empty ranges, an order below 1 or one that does not divide the Euler number, and boxes of more than ten million
    vectors.
    """

    manifold: Threefold
    order: int
    low: int = -2
    high: int = 1

    def __post_init__(self) -> None:
        of_kind("manifold", self.manifold, Threefold, "such as TETRA_QUADRIC")
        self.manifold.group_order(self.order)
        whole("low", self.low, -64, 63)
        whole("high", self.high, self.low + 1, 64)
        if (self.high - self.low + 1) ** self.manifold.rank > 10**7:
            raise InputError("high", self.high, "such that the box has at most ten million vectors", "take a smaller range")

    @cached_property
    def vectors(self) -> np.ndarray:
        """Those that a line may have: index from -3 |Gamma| to 0, divisible by |Gamma|, and a slope form that is 0 or of two signs."""
        every = box(*[(self.low, self.high)] * self.manifold.rank)
        chi = self.manifold.indices(every)
        every = every[(chi <= 0) & (chi >= -3 * self.order) & (chi % self.order == 0)]
        forms = np.einsum("ar,rst->ast", every, self.manifold.intersections)
        two = (forms > 0).any(axis=(1, 2)) & (forms < 0).any(axis=(1, 2))
        return every[two | (forms == 0).all(axis=(1, 2))]


class SumCounts(NamedTuple):
    """Multisets that pass one condition after another.

    ``sums``: of sum 0, whose lines and pairs have an index from -3 |Gamma| to 0 that |Gamma| divides; ``index``: of these, those of index
    -3 |Gamma|; ``anomaly``: of these, those with c_2(V) <= c_2(TX); ``signs``: of these, those where no set of lines has a slope form of
    one sign.
    """

    sums: int
    index: int  # pyright: ignore[reportIncompatibleMethodOverride]  nobody looks for a number in it
    anomaly: int
    signs: int


@dataclass(frozen=True, eq=False, repr=False)
class SumScan:
    """``counts``: by name, see `SumCounts`; ``sums`` [sums, 5, h]: the last ones.

    Printed, a scan says its counts and how many `classes` are SU(5) models as far as `trivial` tells.
    """

    box: SumBox
    counts: SumCounts
    sums: np.ndarray

    @cached_property
    def classes(self) -> np.ndarray:
        """Canonical forms under permutations of lines and the symmetries of the configuration, each once."""
        return canonical_rows(self.box.manifold, self.sums, LINES)

    @cached_property
    def trivial(self) -> np.ndarray:
        r"""[classes]: how many $L_a$ and how many $L_a \otimes L_b$ of each class are trivial; the gauge group is SU(5), up to a part that
        commutes with it, only where there are none."""
        rows = self.classes
        pairs = sum((~(rows[:, a] + rows[:, b]).any(axis=1)).astype(int) for a, b in combinations(range(LINES), 2))
        return (~rows.any(axis=2)).sum(axis=1) + pairs

    def __repr__(self) -> str:
        box, c = self.box, self.counts
        return (
            f"{box.manifold}, |Gamma| = {box.order}, entries from {box.low} to {box.high}: {c.sums} sums of lines and pairs that pass, "
            f"{c.index} of index {-3 * box.order}, {c.anomaly} without an anomaly, {c.signs} with slope forms of both signs; "
            f"{len(self.classes)} classes, {int((self.trivial == 0).sum())} without a trivial line or pair"
        )


def scan_sums(given: SumBox) -> SumScan:
    """Every multiset of the box that meets all of `CONDITIONS`, exactly once; also those with trivial lines or pairs.  Needs numba.

    Raises `InputError` where more than twenty thousand vectors pass alone.
    """
    of_kind("given", given, SumBox, "such as SumBox(TETRA_QUADRIC, 4)")
    try:
        from ._kernels import fives
    except ImportError:
        raise MissingExtra("exhaustive scans need numba: pip install 'certifield[models]'") from None
    v, m, order = given.vectors, given.manifold, given.order
    if len(v) > MOST_VECTORS:
        raise InputError(
            "low, high", (given.low, given.high), f"a box of which {MOST_VECTORS} vectors pass", f"{len(v)} do: take a smaller one"
        )
    width = 5 * (given.high - given.low) + 1
    radix = width ** np.arange(m.rank - 1, -1, -1, dtype=np.int64)
    codes = (v - 5 * given.low) @ radix  # of all partial sums, shifted
    chi = m.indices(v)
    pairs = np.zeros((len(v), len(v)), bool)
    for number, row in enumerate(v):
        both = m.indices(v + row)
        pairs[number] = (both <= 0) & (both >= -3 * order) & (both % order == 0)
    squares = np.einsum("rst,as,at->ar", m.intersections, v, v)
    ascending = np.argsort(codes)  # box order is lexicographic, so codes ascend already; kept for the search of the last vector
    found, counts = fives(v, chi, pairs, squares, codes[ascending], ascending, radix, -3 * order, 2 * m.second_chern, 5 * given.low)
    sums = v[found]
    if len(sums):
        sums = sums[_no_sign(sums, m)]
    closed, right, free = map(int, counts)
    return SumScan(given, SumCounts(closed, right, free, len(sums)), sums)


def _no_sign(sums: np.ndarray, manifold: Threefold) -> np.ndarray:
    """Which have no set of lines with a slope form of one sign."""
    good = np.ones(len(sums), bool)
    for chosen in range(1, 2**LINES - 1):
        part = sums[:, [a for a in range(LINES) if chosen >> a & 1]].sum(axis=1)
        forms = np.einsum("ar,rst->ast", part, manifold.intersections)
        signs = (forms > 0).any(axis=(1, 2)), (forms < 0).any(axis=(1, 2))
        good &= signs[0] == signs[1]
    return good
