r"""Threefolds as sparse intersection numbers: volumes of curves, divisors and the whole, exact at a rational point of the Kaehler cone.

With the Kaehler form $J = t^i D_i$, in units of the string length,

.. math:: \mathcal V = \tfrac16\kappa_{ijk}t^it^jt^k,\qquad \tau_i = \tfrac12\kappa_{ijk}t^jt^k,\qquad A_{ij} = \kappa_{ijk}t^k.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import permutations
from math import lcm
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array

from certifield._arguments import fraction, listed
from certifield.evidence import InputError


class Volumes(NamedTuple):
    r"""What a point of the Kaehler cone measures, exactly: the volume, $\tau_Q$ of all prime divisors, and $\kappa_{QQk}t^k$ of each."""

    volume: Fraction
    divisors: tuple[Fraction, ...]
    squares: tuple[Fraction, ...]


@dataclass(frozen=True, eq=False)
class Threefold:
    r"""A threefold by its numbers in a basis $D_1, \dots, D_N$ of divisor classes, N = h11.

    ``intersections``: rows (i, j, k, kappa_ijk), every triple once, in any order, i from 0; ``curves`` [curves, N]: generators of the
    Mori cone, C.D_i; ``divisors`` [divisors, N]: prime effective divisors Q^i, which may host a gauge group and carry instantons;
    ``label``: where it comes from, with the choice of the basis.  Two-dimensional arrays, dense or of `scipy.sparse`.
    Raises `InputError` for other shapes, numbers that are not whole, triples that are there twice, and divisors that are zero.
    """

    intersections: np.ndarray
    curves: Any
    divisors: Any
    label: str

    def __post_init__(self) -> None:
        curves, divisors = _whole("curves", self.curves), _whole("divisors", self.divisors)
        axions = divisors.shape[1]
        if curves.shape[1] != axions:
            raise InputError("curves", curves.shape, f"of {axions} columns, as divisors has", "write both in the same basis")
        rows = np.asarray(self.intersections)
        if rows.ndim != 2 or rows.shape[1:] != (4,) or rows.dtype.kind not in "iu":
            raise InputError("intersections", rows.shape, "whole numbers [triples, 4], rows i, j, k, kappa_ijk", "such as [[0, 0, 0, 5]]")
        if len(rows) == 0 or rows[:, :3].min() < 0 or rows[:, :3].max() >= axions:
            raise InputError("intersections", rows[:, :3].tolist()[:5], f"indices from 0 to {axions - 1}", "count basis divisors from 0")
        rows = np.column_stack([np.sort(rows[:, :3], axis=1), rows[:, 3]]).astype(np.int64)
        seen, counts = np.unique(rows[:, :3], axis=0, return_counts=True)
        if len(seen) < len(rows):
            raise InputError("intersections", seen[counts > 1][0].tolist(), "every triple once, in one order", "drop what is there twice")
        empty = np.flatnonzero(np.diff(divisors.indptr) == 0)
        if len(empty):
            raise InputError("divisors", int(empty[0]), "classes other than zero", "drop the row of that number")
        for name, value in {"intersections": rows, "curves": curves, "divisors": divisors}.items():
            object.__setattr__(self, name, value)

    @property
    def axions(self) -> int:
        """N = h11, the number of axions."""
        return self.divisors.shape[1]

    @cached_property
    def _ordered(self) -> np.ndarray:
        """Rows (i, j, k, kappa) for all orders of the three indices."""
        every = np.concatenate(
            [np.column_stack([self.intersections[:, list(p)], self.intersections[:, 3]]) for p in permutations(range(3))]
        )
        return np.unique(every, axis=0)

    @cached_property
    def _pairs(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Row and column of all entries of A that are not zero identically, and which of them each ordered triple belongs to."""
        pairs, place = np.unique(self._ordered[:, :2], axis=0, return_inverse=True)
        return pairs[:, 0], pairs[:, 1], place.ravel()

    def matrix(self, t: np.ndarray) -> csr_array:
        """A_ij = kappa_ijk t^k in floats, sparse."""
        row, column, place = self._pairs
        entries = np.bincount(place, self._ordered[:, 3] * np.asarray(t, float)[self._ordered[:, 2]], minlength=len(row))
        return csr_array((entries, (row, column)), shape=(self.axions, self.axions))

    def products(self, whole: Sequence[int]) -> np.ndarray:
        """D.E.J for all pairs of prime divisors and a point J of whole numbers, exactly: [divisors, divisors] of Python's integers."""
        row, column, place = self._pairs
        entries = np.zeros(len(row), object)
        np.add.at(entries, place, self._ordered[:, 3].astype(object) * np.array(whole, object)[self._ordered[:, 2]])
        matrix = np.zeros((self.axions, self.axions), object)
        matrix[row, column] = entries
        ends = zip(self.divisors.indptr[:-1], self.divisors.indptr[1:], strict=True)
        charges = [(self.divisors.indices[start:stop], self.divisors.data[start:stop].astype(object)) for start, stop in ends]
        left = np.array([charge @ matrix[places] for places, charge in charges])
        return np.array([left[:, places] @ charge for places, charge in charges])

    def whole_point(self, t: Sequence[Any]) -> tuple[list[int], int]:
        """Whole numbers T and q with t = T/q: floats are fractions too.  Raises `InputError` outside of the open Kaehler cone."""
        given = listed("t", t, f"{self.axions} finite numbers", "such as stretched_tip(threefold).t")
        if len(given) != self.axions:
            raise InputError("t", f"{len(given)} numbers", f"{self.axions} finite numbers, one a basis divisor", "write t in this basis")
        exact = [
            fraction("t", entry.item() if isinstance(entry, np.generic) else entry, "finite numbers", "leave nan out") for entry in given
        ]
        scale = lcm(*(one.denominator for one in exact))
        whole = [int(one * scale) for one in exact]
        volumes = curve_volumes(self.curves, whole)
        if min(volumes) <= 0:
            worst = min(range(len(volumes)), key=volumes.__getitem__)
            shown = f"t with the volume {float(Fraction(volumes[worst], scale)):.4g} of curve {worst}"
            raise InputError(
                "t", shown, "a point of the open Kaehler cone, all curves with positive volume", "try stretched_tip(threefold)"
            )
        return whole, scale

    def at(self, t: Sequence[Any]) -> Volumes:
        """All volumes at a point of the Kaehler cone, in fractions.

        Raises `InputError` outside of the cone, and where the volume or that of a prime divisor is not positive.

        >>> quintic = Threefold(np.array([[0, 0, 0, 5]]), np.array([[1]]), np.array([[1]]), "quintic")
        >>> quintic.at([2])
        Volumes(volume=Fraction(20, 3), divisors=(Fraction(10, 1),), squares=(Fraction(10, 1),))
        """
        whole, scale = self.whole_point(t)
        row, column, place = self._pairs
        numbers = np.array(whole, object)
        entries = np.zeros(len(row), object)
        np.add.at(entries, place, self._ordered[:, 3].astype(object) * numbers[self._ordered[:, 2]])
        tau = np.zeros(self.axions, object)
        np.add.at(tau, row, entries * numbers[column])  # 2 tau scale^2
        volume = Fraction(int(tau @ numbers), 6 * scale**3)
        divisors, squares = [], []
        inside = np.zeros(self.axions, bool)
        for start, stop in zip(self.divisors.indptr[:-1], self.divisors.indptr[1:], strict=True):
            places, charges = self.divisors.indices[start:stop], self.divisors.data[start:stop].astype(object)
            divisors.append(Fraction(int(charges @ tau[places]), 2 * scale**2))
            inside[places] = True
            near = np.flatnonzero(inside[row] & inside[column])
            inside[places] = False
            charge = dict(zip(places.tolist(), charges.tolist(), strict=True))
            total = sum(charge[i] * charge[j] * entry for i, j, entry in zip(row[near], column[near], entries[near], strict=True))
            squares.append(Fraction(int(total), scale))
        if volume <= 0:
            raise InputError("t", float(volume), "a point with a positive volume", "the intersection numbers belong to another basis")
        if min(divisors) <= 0:
            worst = min(range(len(divisors)), key=divisors.__getitem__)
            raise InputError("divisors", f"divisor {worst} of volume {float(divisors[worst]):.4g}", "effective", "leave it out")
        return Volumes(volume, tuple(divisors), tuple(squares))


def curve_volumes(curves: csr_array, whole: Sequence[int]) -> list[int]:
    """C.t for all curves and a point of whole numbers of any size."""
    products = curves.data.astype(object) * np.array(whole, object)[curves.indices]
    return [int(sum(products[start:stop])) for start, stop in zip(curves.indptr[:-1], curves.indptr[1:], strict=True)]


def _whole(name: str, given: Any) -> Any:
    """A matrix of whole numbers, sparse."""
    try:
        found: Any = csr_array(given)
    except (TypeError, ValueError):
        raise InputError(name, given, "a matrix of whole numbers", "an array of two dimensions") from None
    if found.ndim != 2 or 0 in found.shape:
        raise InputError(name, found.shape, "a matrix with rows and columns", "an array of two dimensions")
    if found.dtype.kind not in "iu" or (found.nnz and abs(found.data).max() >= 2**53):
        raise InputError(name, str(found.dtype), "whole numbers below 2^53", "multiply by the common denominator")
    found = found.astype(np.int64)
    found.sum_duplicates()
    found.eliminate_zeros()
    return found
