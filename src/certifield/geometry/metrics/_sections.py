r"""Sections of $O(k_1,\dots,k_m)$ and their derivatives along the variety.

The basis are all monomials of that multidegree, each times the root of its multinomial coefficient, so that $\sum_A |s_A|^2 = \prod_i
|z^{(i)}|^{2k_i}$ and H = 1 is the Fubini-Study metric.  Jets are taken at coordinates of length 1 in each factor, which multiplies F by
the squared modulus of a holomorphic function at most, and changes no $\partial\bar\partial\ln F$.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..points import LocalGeometry
from ..varieties import Variety, monomials, multidegree_monomials

_CHUNK = 64  # points whose jets stay in the cache


@dataclass(frozen=True)
class Sections:
    """The monomials of multidegree ``degrees`` on a variety."""

    variety: Variety
    degrees: tuple[int, ...]

    @cached_property
    def exponents(self) -> np.ndarray:
        """[sections, coordinates]."""
        return multidegree_monomials(self.variety.ambient, self.degrees)

    @property
    def size(self) -> int:
        """The number of sections, before the relations that the equations impose."""
        return math.prod(math.comb(n + k, n) for n, k in zip(self.variety.ambient, self.degrees, strict=True))

    @cached_property
    def norms(self) -> np.ndarray:
        """The roots of the multinomial coefficients [sections]."""
        numbers = np.ones(self.size)
        for part, degree in zip(self.variety.factors, self.degrees, strict=True):
            if degree:
                numbers *= [math.factorial(degree) / math.prod(map(math.factorial, row)) for row in self.exponents[:, part].tolist()]
        return np.sqrt(numbers)

    @cached_property
    def relations(self) -> np.ndarray:
        r"""An orthonormal basis [sections, relations] of the r with $\sum_A r_A s_A = 0$ on X: multiples of the equations."""
        place = {tuple(row): number for number, row in enumerate(self.exponents.tolist())}
        columns = []
        for p, q in zip(self.variety.polynomials, self.variety.configuration.equations, strict=True):
            left = [k - d for k, d in zip(self.degrees, q, strict=True)]
            if min(left) < 0:
                continue
            for row in multidegree_monomials(self.variety.ambient, left):
                column = np.zeros(self.size, dtype=np.complex128)
                where = [place[tuple(one)] for one in (p.exponents + row).tolist()]
                column[where] = p.coefficients / self.norms[where]
                columns.append(column)
        if not columns:
            return np.zeros((self.size, 0), dtype=np.complex128)
        basis, sizes, _ = np.linalg.svd(np.stack(columns, axis=1), full_matrices=False)
        return basis[:, sizes > 1e-10 * sizes[0]]

    def canonical(self, h: np.ndarray) -> np.ndarray:
        """The form with the same values on X that is a multiple of 1 on the relations, and has no entries between them and the rest.

        What H does to relations is not seen on X; this one is positive definite wherever any choice is.
        """
        r = self.relations
        if not r.shape[1]:
            return h
        across = h @ r
        h = h - across @ r.conj().T - r @ (across.conj().T - (r.conj().T @ across) @ r.conj().T)
        return h + (np.trace(h).real / (self.size - r.shape[1])) * (r @ r.conj().T)

    def jets(self, local: LocalGeometry, order: int = 1, dtype: type = np.complex128) -> np.ndarray:
        r"""Values, first and, for ``order`` 2, second derivatives along the local coordinates: [N, components, sections].

        Components: the value, $\partial_a$ for a = 1..n, then $\partial_a\partial_b$ for $a \le b$ in the order of `pairs`.
        """
        n = self.variety.dimension
        components = 1 + n + (n * (n + 1) // 2 if order == 2 else 0)
        found = np.empty((len(local), components, self.size), dtype=dtype)
        for here, jets in self.chunks(local, order):
            found[here] = jets.transpose(2, 0, 1)
        return found

    def chunks(self, local: LocalGeometry, order: int = 1) -> Iterator[tuple[slice, np.ndarray]]:
        """The same for a few points at a time, in the order [components, sections, points] of the computation."""
        z, tangents, second = _of_length_one(local, order)
        for start in range(0, len(local), _CHUNK):
            here = slice(start, start + _CHUNK)
            yield here, self._of_chunk(z[here], tangents[here], None if second is None else second[here], order)

    def _of_chunk(self, z: np.ndarray, tangents: np.ndarray, second: np.ndarray | None, order: int) -> np.ndarray:
        whole = None
        for part, degree in zip(self.variety.factors, self.degrees, strict=True):
            if degree:
                curved = None if second is None else second[:, :, part]
                own = _monomial_jets(z[:, part], tangents[:, :, part], curved, degree)
                whole = own if whole is None else _product(whole, own, self.variety.dimension, order)
        assert whole is not None  # some degree is positive
        return whole


def pairs(dimension: int) -> tuple[np.ndarray, np.ndarray]:
    """The index pairs a <= b of second derivatives, in order."""
    return np.triu_indices(dimension)


def _of_length_one(local: LocalGeometry, order: int) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Coordinates, tangents and second derivatives [N, pairs, coordinates], all over the length of the coordinates of their factor."""
    variety = local.variety
    lengths = np.concatenate(
        [np.repeat(np.linalg.norm(local.z[:, part], axis=1, keepdims=True), part.stop - part.start, axis=1) for part in variety.factors],
        axis=1,
    )
    second = local.second_derivatives / lengths[:, None, :] if order == 2 else None
    return local.z / lengths, local.tangents / lengths[:, None, :], second


def _monomial_jets(z: np.ndarray, tangents: np.ndarray, second: np.ndarray | None, degree: int) -> np.ndarray:
    """The monomials of one factor with their derivatives, [components, monomials, N], by the product rule, one degree after the other."""
    points, size = z.shape
    n = tangents.shape[1]
    line = [z.T[None], tangents.transpose(1, 2, 0)] + ([] if second is None else [second.transpose(1, 2, 0)])
    first = np.concatenate(line)  # [components, size, N]
    jets = np.zeros((len(first), 1, points), dtype=np.complex128)
    jets[0] = 1
    for power in range(1, degree + 1):
        table, below = monomials(size, power), monomials(size, power - 1)
        place = {tuple(row): number for number, row in enumerate(below.tolist())}
        coordinate = np.argmax(table > 0, axis=1)
        lowered = table.copy()
        lowered[np.arange(len(table)), coordinate] -= 1
        parent = [place[tuple(row)] for row in lowered.tolist()]
        factor = np.sqrt(power / table[np.arange(len(table)), coordinate])  # multinomial coefficients, one step
        jets = _times(jets[:, parent], first[:, coordinate] * factor[None, :, None], n)
    return jets


def _times(left: np.ndarray, right: np.ndarray, n: int) -> np.ndarray:
    """The product of functions with their derivatives, [components, ...] each."""
    product = np.empty(np.broadcast_shapes(left.shape, right.shape), dtype=np.complex128)
    product[0] = left[0] * right[0]
    product[1 : n + 1] = left[1 : n + 1] * right[0] + left[0] * right[1 : n + 1]
    if len(left) > n + 1:
        rows, columns = pairs(n)
        crossed = left[1 + rows] * right[1 + columns] + left[1 + columns] * right[1 + rows]
        product[n + 1 :] = left[n + 1 :] * right[0] + left[0] * right[n + 1 :] + crossed
    return product


def _product(left: np.ndarray, right: np.ndarray, n: int, order: int) -> np.ndarray:
    """All products of sections of two factors: [components, left x right, N]."""
    components, _, points = left.shape
    return _times(left[:, :, None], right[:, None, :], n).reshape(components, -1, points)
