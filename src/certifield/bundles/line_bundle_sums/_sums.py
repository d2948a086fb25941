r"""$V = \bigoplus_{a=1}^5 O(L_a)$ on a Calabi-Yau threefold, for SU(5) models: topology and the conditions on it, in whole numbers.

(L. B. Anderson, J. Gray, A. Lukas, E. Palti, arXiv:1106.4804, 1202.1757.)  The conditions are met by sums, too, that are no SU(5) models:
where some $L_a$ is trivial, or some $L_a \otimes L_b$, the gauge group is larger.  `LineBundleSum.trivial` and `trivial_pairs` count these.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from operator import add
from typing import Any

import numpy as np

from certifield._arguments import listed, of_kind, whole
from certifield.evidence import InputError

from .._threefolds import Threefold, divided

LINES = 5
CONDITIONS = ("c1", "index", "anomaly", "lines", "pairs", "divisible", "signs")
SUBSETS = tuple(chosen for size in range(1, LINES) for chosen in combinations(range(LINES), size))


@dataclass(frozen=True)
class LineBundleSum:
    """Five line bundles, rows of whole numbers in the generators $J_r$ of the configuration.

    Raises `InputError` for another number of lines, and rows of another length or with entries that are not whole.

    >>> from certifield.bundles import TETRA_QUADRIC
    >>> LineBundleSum(TETRA_QUADRIC, ((-1, 0, 0, 1),) * 2 + ((1, 0, 0, -1),) * 2 + ((0, 0, 0, 0),)).index
    0
    """

    manifold: Threefold
    lines: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        of_kind("manifold", self.manifold, Threefold, "such as TETRA_QUADRIC")
        rows = [
            tuple(listed("lines", row, "rows of whole numbers", "a row for each line bundle"))
            for row in listed("lines", self.lines, "rows", "")
        ]
        if len(rows) != LINES or any(len(row) != self.manifold.rank for row in rows):
            raise InputError("lines", rows, f"{LINES} rows of {self.manifold.rank} whole numbers", "a row for each line bundle")
        checked = tuple(tuple(whole("lines", entry, -(2**15), 2**15, "whole numbers") for entry in row) for row in rows)
        object.__setattr__(self, "lines", checked)

    @property
    def c2(self) -> tuple[int, ...]:
        r"""$c_{2,r}(V) = -\frac12 d_{rst} \sum_a L_a^s L_a^t$ on the generators, for $c_1 = 0$."""
        rows = np.array(self.lines, np.int64)
        square = np.einsum("rst,st->r", self.manifold.intersections, rows.T @ rows)
        return tuple(int(entry) for entry in divided(-square, 2))

    @property
    def indices(self) -> tuple[int, ...]:
        r"""$\chi(L_a)$ of each line."""
        return tuple(int(one) for one in self.manifold.indices(np.array(self.lines, np.int64)))

    @property
    def pair_indices(self) -> tuple[int, ...]:
        r"""$\chi(L_a \otimes L_b)$ of each pair, which are the summands of $\wedge^2 V$."""
        rows = np.array(self.lines, np.int64)
        return tuple(int(one) for one in self.manifold.indices(np.array([rows[a] + rows[b] for a, b in combinations(range(LINES), 2)])))

    @property
    def index(self) -> int:
        r"""$\chi(V)$."""
        return sum(self.indices)

    @property
    def trivial(self) -> int:
        r"""How many $L_a$ are trivial.  Each has $h^0 = 1$, and makes a massless vector multiplet in the 10: SU(5) is part of SO(10)."""
        return sum(not any(row) for row in self.lines)

    @property
    def trivial_pairs(self) -> int:
        r"""How many $L_a \otimes L_b$, a < b, are trivial.  Each makes a massless vector multiplet in the 5: SU(5) is part of SU(6)."""
        return sum(not any(map(add, one, other)) for one, other in combinations(self.lines, 2))

    def misses(self, order: int) -> Mapping[str, int]:
        r"""By how much V misses each of `CONDITIONS` for a freely acting group of this ``order``; 0 where it holds.

        c1: $\sum_a |\sum L_a|$; index: $|\chi(V) + 3|\Gamma||$; anomaly: $\sum_r \max(c_{2,r}(V) - c_{2,r}(TX), 0)$; lines and pairs: by
        how much $\chi(L_a)$ and $\chi(L_a \otimes L_b)$ leave $[-3|\Gamma|, 0]$; divisible: their remainders modulo $|\Gamma|$;
        signs: sets S of lines with $d_{rst} \sum_{a \in S} L_a^r$ not 0 and of one sign, which have no common zero of slopes.
        Trivial lines and pairs miss none of these: `trivial` and `trivial_pairs` count them.  That a group of this order acts freely is
        not tested.
        """
        target = 3 * self.manifold.group_order(order)
        rows = np.array(self.lines, np.int64)
        every = (self.indices, self.pair_indices)
        forms = np.einsum("ar,rst->ast", np.array([rows[list(chosen)].sum(axis=0) for chosen in SUBSETS]), self.manifold.intersections)
        one_sign = ((forms >= 0).all(axis=(1, 2)) | (forms <= 0).all(axis=(1, 2))) & (forms != 0).any(axis=(1, 2))
        outside = [sum(max(one, 0) + max(-target - one, 0) for one in part) for part in every]
        excess = [max(mine - most, 0) for mine, most in zip(self.c2, self.manifold.second_chern.tolist(), strict=True)]
        found = (abs(rows.sum(axis=0)).sum(), abs(self.index + target), sum(excess), *outside,
                 sum(one % order for part in every for one in part), one_sign.sum())  # fmt: skip
        return {name: int(value) for name, value in zip(CONDITIONS, found, strict=True)}

    def slope_forms(self) -> np.ndarray:
        r"""$d_{rst} L_a^r$ [5, h, h]: the slope of $L_a$ is this quadratic form of the Kähler parameters."""
        return np.einsum("ar,rst->ast", np.array(self.lines, np.int64), self.manifold.intersections)


def as_sum(manifold: Threefold, lines: Any) -> LineBundleSum:
    """Of an array [5, h]."""
    return LineBundleSum(manifold, tuple(map(tuple, np.asarray(lines).tolist())))
