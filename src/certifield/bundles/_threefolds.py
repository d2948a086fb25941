r"""Calabi-Yau threefolds by their configuration matrix, with what line bundles on them need in arrays of integers.

Line bundles are those of the ambient space: $O(k)$, k having one entry for each factor.  Where the Picard group has more generators than
there are factors (a configuration that is not favourable), these are a part of all.
"""

from collections.abc import Sequence
from functools import cached_property
from itertools import permutations

import numpy as np

from certifield.evidence import InputError
from certifield.geometry.varieties import Configuration, chern_numbers, euler_number, intersection_numbers

MOST_FACTORS = 12

Vector = tuple[int, ...]


class Threefold(Configuration):
    r"""A `certifield.geometry.Configuration` of dimension 3 with $c_1 = 0$, of at most twelve factors.

    Raises `InputError` for rows that do not sum to $n_i + 1$, another dimension than 3, and what a `Configuration` refuses.

    >>> Threefold((2, 2), ((3,), (3,))).euler
    -162
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.rank > MOST_FACTORS:
            raise InputError("ambient", self.ambient, f"at most {MOST_FACTORS} factors", "leave out what X does not need")
        self.require_calabi_yau()
        if self.dimension != 3:
            allowed = f"{sum(self.ambient) - 3} equations, for a threefold"
            raise InputError("degrees", self.degrees, allowed, f"the dimension is {self.dimension}")

    @property
    def rank(self) -> int:
        """The number of factors, h."""
        return len(self.ambient)

    @cached_property
    def intersections(self) -> np.ndarray:
        r"""$d_{rst} = \int_X J_r J_s J_t$, [h, h, h]."""
        return np.array(intersection_numbers(self).value, np.int64)

    @cached_property
    def second_chern(self) -> np.ndarray:
        r"""$\int_X c_2(TX) J_r$ for each r."""
        return np.array(chern_numbers(self, 2).value, np.int64)

    @cached_property
    def euler(self) -> int:
        r"""$\int c_3$."""
        return int(euler_number(self).value)  # type: ignore[arg-type]

    @cached_property
    def symmetries(self) -> tuple[Vector, ...]:
        """The permutations of factors that give the same configuration, the identity first."""
        columns = sorted(zip(*self.degrees, strict=True))
        every = permutations(range(self.rank)) if self.rank <= 8 else [tuple(range(self.rank))]

        def same(order: Vector) -> bool:
            moved = [tuple(column[i] for i in order) for column in columns]
            return all(self.ambient[i] == n for i, n in zip(order, self.ambient, strict=True)) and sorted(moved) == columns

        return tuple(order for order in every if same(order))

    def require_small(self, name: str, rows: Sequence[Sequence[int]]) -> None:
        """Raises `InputError` where a cubic form, or the sum of those of all ``rows``, might not fit 64 bits: nothing wraps around."""
        cubic, linear = 2 * int(np.abs(self.intersections).sum()), int(np.abs(self.second_chern).sum())
        largest, count = max((abs(int(entry)) for row in rows for entry in row), default=0), max(1, len(rows))
        if count * (cubic * largest**3 + linear * largest) >= 2**63:
            raise InputError(name, f"an entry of size {largest}", "entries whose cubic forms fit 64 bits", "take smaller entries")

    def index(self, k: Sequence[int]) -> int:
        r"""$\chi(O(k)) = \frac16 d_{rst} k^r k^s k^t + \frac1{12} c_{2,r} k^r$."""
        self.require_small("k", [k])
        return int(self.indices(np.asarray(k, np.int64)[None])[0])

    def indices(self, ks: np.ndarray) -> np.ndarray:
        """The indices of rows of vectors, of 64 bits."""
        self.require_small("ks", [[int(ks.min(initial=0)), int(ks.max(initial=0))]])
        cubic = np.einsum("ir,is,it,rst->i", ks, ks, ks, self.intersections, optimize=True)
        return divided(2 * cubic + ks @ self.second_chern, 12)


def divided(numbers: np.ndarray, by: int) -> np.ndarray:
    """Divided without remainder: one would mean that a class is not integral, an error of ours."""
    if np.any(numbers % by):
        raise AssertionError(f"not integral: {numbers.tolist()} / {by}")
    return numbers // by


BICUBIC = Threefold((2, 2), ((3,), (3,)))
TETRA_QUADRIC = Threefold((1, 1, 1, 1), ((2,), (2,), (2,), (2,)))
QUINTIC = Threefold((4,), ((5,),))
