r"""Calabi-Yau threefolds by their configuration matrix, with what line bundles on them need in arrays of integers.

Line bundles are those of the ambient space: $O(k)$, k having one entry for each factor.  Where the Picard group has more generators than
there are factors (a configuration that is not favourable), these are a part of all.
"""

import re
from collections.abc import Sequence
from functools import cached_property
from itertools import permutations

import numpy as np

from certifield._arguments import whole
from certifield.evidence import InputError
from certifield.geometry.varieties import Configuration, chern_numbers, euler_number, intersection_numbers

MOST_FACTORS = 12

Vector = tuple[int, ...]


class Threefold(Configuration):
    r"""A `certifield.geometry.Configuration` of dimension 3 with $c_1 = 0$, of at most twelve factors.

    ``degrees`` has a row for each projective space and a column for each equation.  `from_text` reads a matrix as it is printed.
    Raises `InputError` for rows that do not sum to $n_i + 1$, another dimension than 3, and what a `Configuration` refuses.

    >>> Threefold((2, 2), ((3,), (3,))).euler
    -162
    """

    def __post_init__(self) -> None:
        self._refuse_equations_as_rows()
        super().__post_init__()
        if not self.calabi_yau:
            sums = ", ".join(f"that of P{n} to {sum(row)}" for n, row in zip(self.ambient, self.degrees, strict=True) if sum(row) != n + 1)
            raise InputError("degrees", self.degrees, f"of rows that sum to n + 1 for each P^n, so that c_1 = 0; {sums}",
                             "a row is a projective space, a column an equation")  # fmt: skip
        if self.rank > MOST_FACTORS:
            raise InputError("ambient", self.ambient, f"at most {MOST_FACTORS} factors", "leave out what X does not need")
        if self.dimension != 3:
            allowed = f"{sum(self.ambient) - 3} equations, for a threefold"
            raise InputError("degrees", self.degrees, allowed, f"the dimension is {self.dimension}")

    def _refuse_equations_as_rows(self) -> None:
        """A matrix that is a threefold when it is turned is refused with the turned one, and a text with what reads it."""
        if isinstance(self.ambient, str):
            raise InputError("ambient", self.ambient, "a list of whole numbers, such as (1, 1, 2)",
                             'Threefold.from_text("P1 | 2; P1 | 2; P2 | 3") reads a matrix as text')  # fmt: skip
        try:
            ambient, rows = tuple(map(int, self.ambient)), [tuple(map(int, row)) for row in self.degrees]
            turned = tuple(zip(*rows, strict=True))
        except (TypeError, ValueError):
            return
        good = [len(one) == len(ambient) and all(sum(r) == n + 1 for r, n in zip(one, ambient, strict=True)) for one in (rows, turned)]
        if good == [False, True]:
            allowed = "a row for each projective space and a column for each equation"
            raise InputError("degrees", tuple(rows), allowed, f"yours turned is Threefold({ambient}, {turned})")

    @classmethod
    def from_text(cls, text: str) -> "Threefold":
        """Of a configuration matrix as it is printed: a line for each P^n, n first and then its degrees, such as ``3 | 2 2``.

        Whatever is no digit parts numbers, so that brackets, commas and a P before n may stand there.
        Raises `InputError` for a text without lines of two numbers or more, and as `Threefold` does.

        >>> Threefold.from_text("P1 | 2 0; P1 | 0 2; P3 | 2 2")
        P1xP1xP3[(2,0,2), (0,2,2)]
        """
        lines = [[int(one) for one in re.findall(r"-?[0-9]+", line)] for line in re.split(r"[\n;]", str(text))]
        rows = [line for line in lines if line]
        if not rows or any(len(row) < 2 for row in rows):
            raise InputError("text", text, "a line for each P^n: n, then the degrees in it", "such as P1 | 2 0; P1 | 0 2; P3 | 2 2")
        return cls(tuple(row[0] for row in rows), tuple(tuple(row[1:]) for row in rows))

    def group_order(self, order: int) -> int:
        r"""The ``order`` of a group that may act freely: the Euler number of $X/\Gamma$ is $\chi(X)/|\Gamma|$, a whole number.

        Necessary only: whether there is such a group is not tested.  Raises `InputError` for an order that does not divide.
        """
        whole("order", order, 1)
        if self.euler % order:
            some = [one for one in range(1, 65) if self.euler % one == 0]
            raise InputError("order", order, f"a divisor of the Euler number {self.euler}, as of a group that acts freely",
                             f"of those up to 64 these divide it: {', '.join(map(str, some))}")  # fmt: skip
        return order

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
