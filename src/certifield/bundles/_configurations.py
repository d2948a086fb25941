r"""Calabi-Yau threefolds as complete intersections in products of projective spaces, by their configuration matrix.

Line bundles are those of the ambient space: $O(k)$, k having one entry for each factor.  Where the Picard group has more generators than
there are factors (a configuration that is not favourable), these are a part of all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations_with_replacement, permutations

import numpy as np

from certifield.evidence import InputError

MOST_FACTORS = 12

Vector = tuple[int, ...]


@dataclass(frozen=True)
class Configuration:
    r"""$X = [\,P^{n_1} \times \dots \times P^{n_m} \mid Q\,]$: ``degrees``: a row for each of ``spaces``, a column for each equation.

    Raises `InputError` for rows of different lengths, entries below 0, rows that do not sum to $n_i + 1$ (where $c_1 = 0$ fails), and a
    dimension other than 3.

    >>> Configuration((2, 2), ((3,), (3,))).euler
    -162
    """

    spaces: Vector
    degrees: tuple[Vector, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "spaces", tuple(self.spaces))
        object.__setattr__(self, "degrees", tuple(tuple(row) for row in self.degrees))
        rows = [entry for row in self.degrees for entry in row]
        if not 1 <= len(self.spaces) <= MOST_FACTORS or any(type(n) is not int or n < 1 for n in self.spaces):
            raise InputError("spaces", self.spaces, f"1 to {MOST_FACTORS} whole numbers from 1", "such as (2, 2)")
        if len(self.degrees) != len(self.spaces) or len({len(row) for row in self.degrees}) != 1 or not rows:
            raise InputError(
                "degrees", self.degrees, f"{len(self.spaces)} rows of one length, 1 or more", "a row for each projective space"
            )
        if any(type(entry) is not int or entry < 0 for entry in rows):
            raise InputError("degrees", self.degrees, "whole numbers from 0", "such as ((3,), (3,))")
        for row, (n, entries) in enumerate(zip(self.spaces, self.degrees, strict=True)):
            if sum(entries) != n + 1:
                raise InputError("degrees", list(entries), f"a row {row} with sum {n + 1}, so that c_1 = 0", f"it sums to {sum(entries)}")
        dimension = sum(self.spaces) - len(self.degrees[0])
        if dimension != 3:
            raise InputError("degrees", self.degrees, f"{sum(self.spaces) - 3} equations, for a threefold", f"the dimension is {dimension}")

    @property
    def rank(self) -> int:
        """The number of factors, h."""
        return len(self.spaces)

    @cached_property
    def intersections(self) -> np.ndarray:
        r"""$d_{rst} = \int_X J_r J_s J_t$, [h, h, h]."""
        top = self._integrals(3)
        found = np.zeros((self.rank,) * 3, np.int64)
        for place, value in top.items():
            for order in permutations(place):
                found[order] = value
        return found

    @cached_property
    def second_chern(self) -> np.ndarray:
        r"""$\int_X c_2(TX) J_r$ for each r, with $c_2 = \frac12 (\sum_a (q_a \cdot J)^2 - \sum_i (n_i + 1) J_i^2)$."""
        q = np.array(self.degrees, np.int64)
        form = q @ q.T - np.diag(np.array(self.spaces) + 1)
        return _halved(np.einsum("st,rst->r", form, self.intersections), 2)

    @cached_property
    def euler(self) -> int:
        r"""$\int c_3$, with $c_3 = \frac13 (\sum_i (n_i + 1) J_i^3 - \sum_a (q_a \cdot J)^3)$."""
        d = self.intersections
        diagonal = sum((n + 1) * int(d[i, i, i]) for i, n in enumerate(self.spaces))
        equations = sum(int(np.einsum("r,s,t,rst->", q, q, q, d)) for q in np.array(self.degrees, np.int64).T)
        return int(_halved(np.array(diagonal - equations), 3))

    @cached_property
    def symmetries(self) -> tuple[Vector, ...]:
        """The permutations of factors that give the same configuration, the identity first."""
        columns = sorted(zip(*self.degrees, strict=True))
        every = permutations(range(self.rank)) if self.rank <= 8 else [tuple(range(self.rank))]

        def same(order: Vector) -> bool:
            moved = [tuple(column[i] for i in order) for column in columns]
            return all(self.spaces[i] == n for i, n in zip(order, self.spaces, strict=True)) and sorted(moved) == columns

        return tuple(order for order in every if same(order))

    def index(self, k: Sequence[int]) -> int:
        r"""$\chi(O(k)) = \frac16 d_{rst} k^r k^s k^t + \frac1{12} c_{2,r} k^r$."""
        return int(self.indices(np.asarray(k, np.int64)[None])[0])

    def indices(self, ks: np.ndarray) -> np.ndarray:
        """The indices of rows of vectors."""
        cubic = np.einsum("ir,is,it,rst->i", ks, ks, ks, self.intersections, optimize=True)
        return _halved(2 * cubic + ks @ self.second_chern, 12)

    def _integrals(self, degree: int) -> dict[Vector, int]:
        """The integrals over X of monomials in the J of this degree, by ascending factors."""
        equations = [{} for _ in self.degrees[0]]
        for i, row in enumerate(self.degrees):
            unit = tuple(int(i == j) for j in range(self.rank))
            for equation, entry in zip(equations, row, strict=True):
                if entry:
                    equation[unit] = entry
        restricted: dict[Vector, int] = {(0,) * self.rank: 1}
        for equation in equations:
            restricted = _product(restricted, equation, self.spaces)
        found = {}
        for place in combinations_with_replacement(range(self.rank), degree):
            rest = tuple(n - place.count(i) for i, n in enumerate(self.spaces))
            found[place] = restricted.get(rest, 0)
        return found


def _product(one: dict[Vector, int], other: dict[Vector, int], most: Vector) -> dict[Vector, int]:
    """Of polynomials by exponents, without powers above ``most``, which are 0 on the ambient space."""
    found: dict[Vector, int] = {}
    for left, a in one.items():
        for right, b in other.items():
            total = tuple(x + y for x, y in zip(left, right, strict=True))
            if all(x <= n for x, n in zip(total, most, strict=True)):
                found[total] = found.get(total, 0) + a * b
    return found


def _halved(numbers: np.ndarray, by: int) -> np.ndarray:
    """Divided without remainder: one would mean that a class is not integral, an error of ours."""
    if np.any(numbers % by):
        raise AssertionError(f"not integral: {numbers.tolist()} / {by}")
    return numbers // by


BICUBIC = Configuration((2, 2), ((3,), (3,)))
TETRA_QUADRIC = Configuration((1, 1, 1, 1), ((2,), (2,), (2,), (2,)))
QUINTIC = Configuration((4,), ((5,),))


def box(ranges: Iterable[tuple[int, int]]) -> np.ndarray:
    """All integer vectors with entries in these ranges, [vectors, h], in lexicographic order."""
    grids = np.meshgrid(*[np.arange(low, high + 1) for low, high in ranges], indexing="ij")
    return np.stack([grid.ravel() for grid in grids], axis=1).astype(np.int64)
