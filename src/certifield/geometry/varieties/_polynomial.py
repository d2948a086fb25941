r"""Polynomials in several complex variables, evaluated with all their derivatives at many points at a time.

Every derivative of order r of $p = \sum_t c_t z^{e_t}$ is a combination of the monomials $z^{e_t - \ldots}$ of degree r less.  So a table
of those monomials is evaluated once a call, by products of powers, and one matrix multiplication gives all partial derivatives of that
order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations_with_replacement
from numbers import Complex

import numpy as np

from certifield._arguments import whole
from certifield.evidence import InputError


@dataclass(frozen=True, eq=False)
class Polynomial:
    r"""$p(z) = \sum_t c_t \prod_i z_i^{e_{ti}}$.

    ``exponents`` [terms, coordinates]: whole numbers, sorted, each monomial once; ``coefficients`` [terms]: complex.
    Polynomials are made from `coordinates` by ``+``, ``-``, ``*`` and ``**``, or by `Polynomial.of` from a table.

    >>> x, y, z = coordinates(3)
    >>> x**3 + y**3 + z**3 - 3 * x * y * z
    1*x0^3 - 3*x0*x1*x2 + 1*x1^3 + 1*x2^3
    """

    exponents: np.ndarray
    coefficients: np.ndarray

    @classmethod
    def of(cls, terms: Mapping[Sequence[int], Complex]) -> "Polynomial":
        """From a table monomial -> coefficient, a monomial being its exponents.  Raises `InputError` for other tables."""
        if not isinstance(terms, Mapping) or not all(isinstance(monomial, Sequence) for monomial in terms):
            raise InputError("terms", terms, "a table from monomials to coefficients", "z0^2 z1 is {(2, 1): 1}")
        monomials = [tuple(monomial) for monomial in terms]
        if not monomials or len({len(one) for one in monomials}) != 1:
            raise InputError("terms", monomials, "monomials of one length, one at least", "write (5, 0, 0, 0, 0) for z0^5")
        if not all(isinstance(power, int | np.integer) and power >= 0 for one in monomials for power in one):
            raise InputError("terms", monomials, "monomials of whole numbers, 0 or more", "write (5, 0, 0, 0, 0) for z0^5")
        try:
            given = np.array([complex(one) for one in terms.values()])
        except (TypeError, ValueError, OverflowError):
            raise InputError("coefficients", list(terms.values()), "complex numbers", "pass numbers") from None
        if not np.all(np.isfinite(given)):
            raise InputError("coefficients", list(terms.values()), "finite", "pass finite numbers")
        return cls._gathered(np.array(monomials, dtype=np.int64), given)

    @classmethod
    def _gathered(cls, exponents: np.ndarray, coefficients: np.ndarray) -> "Polynomial":
        """Terms of one monomial added up, and those that cancel exactly left out."""
        monomials, where = np.unique(exponents, axis=0, return_inverse=True)
        sums = np.zeros(len(monomials), dtype=np.complex128)
        np.add.at(sums, where.ravel(), coefficients)
        kept = sums != 0
        return cls(monomials[kept][::-1], sums[kept][::-1])

    @property
    def variables(self) -> int:
        """The number of coordinates."""
        return self.exponents.shape[1]

    def __call__(self, z: np.ndarray) -> np.ndarray:
        """The values at ``z`` [points, coordinates]."""
        return self._derivatives(z, 0)[:, 0]

    def gradient(self, z: np.ndarray) -> np.ndarray:
        """The derivatives dp/dz_i at ``z`` [points, coordinates], of the same shape."""
        return self._derivatives(z, 1)

    def hessian(self, z: np.ndarray) -> np.ndarray:
        """The second derivatives [points, coordinates, coordinates]."""
        size = self.variables
        packed = self._derivatives(z, 2)
        rows, columns = np.array(list(combinations_with_replacement(range(size), 2))).T
        full = np.empty((len(z), size, size), dtype=np.complex128)
        full[:, rows, columns] = packed
        full[:, columns, rows] = packed
        return full

    def _derivatives(self, z: np.ndarray, order: int) -> np.ndarray:
        monomials, matrix = self._tables[order]
        try:
            at = np.array(z, dtype=np.complex128)
        except (TypeError, ValueError):
            at = np.array(0j)
        if at.ndim != 2 or at.shape[1] != self.variables:
            raise InputError("z", z, f"complex numbers [points, {self.variables}]", "one row of coordinates a point")
        return monomial_values(at, monomials) @ matrix

    @cached_property
    def _tables(self) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
        return tuple(self._table(order) for order in range(3))

    def _table(self, order: int) -> tuple[np.ndarray, np.ndarray]:
        """Monomials [m, coordinates] and the matrix [m, derivatives] that makes of them all derivatives of this order."""
        derivatives = list(combinations_with_replacement(range(self.variables), order))
        lowered, factors = [], []
        for directions in derivatives:
            exponents, factor = self.exponents.copy(), self.coefficients.copy()
            for direction in directions:
                factor = factor * exponents[:, direction]
                exponents[:, direction] -= 1
            lowered.append(np.maximum(exponents, 0))  # a factor 0 stands where an exponent was 0
            factors.append(factor)
        monomials, where = np.unique(np.concatenate(lowered), axis=0, return_inverse=True)
        matrix = np.zeros((len(monomials), len(derivatives)), dtype=np.complex128)
        for column, (place, factor) in enumerate(zip(np.split(where.ravel(), len(derivatives)), factors, strict=True)):
            np.add.at(matrix[:, column], place, factor)
        return monomials, matrix

    def _with(self, other: object) -> "Polynomial | None":
        if isinstance(other, Polynomial):
            if other.variables != self.variables:
                allowed = f"a polynomial in {self.variables} variables as well"
                raise InputError("polynomial", f"one in {other.variables} variables", allowed, "take both from one call of coordinates")
            return other
        if isinstance(other, Complex):
            if not np.isfinite(complex(other)):
                raise InputError("coefficient", other, "finite", "pass a finite number")
            return Polynomial(np.zeros((1, self.variables), dtype=np.int64), np.array([complex(other)]))
        return None

    def __add__(self, other: object) -> "Polynomial":
        if (right := self._with(other)) is None:
            return NotImplemented
        return self._gathered(np.vstack([self.exponents, right.exponents]), np.concatenate([self.coefficients, right.coefficients]))

    def __neg__(self) -> "Polynomial":
        return Polynomial(self.exponents, -self.coefficients)

    def __sub__(self, other: object) -> "Polynomial":
        return NotImplemented if (right := self._with(other)) is None else self + -right

    def __rsub__(self, other: object) -> "Polynomial":
        return -self + other

    def __mul__(self, other: object) -> "Polynomial":
        if (right := self._with(other)) is None:
            return NotImplemented
        exponents = (self.exponents[:, None] + right.exponents[None]).reshape(-1, self.variables)
        return self._gathered(exponents, np.outer(self.coefficients, right.coefficients).ravel())

    def __pow__(self, power: int) -> "Polynomial":
        power = whole("power", power, 0, 1000, "polynomials have no other powers")
        product = Polynomial(np.zeros((1, self.variables), dtype=np.int64), np.ones(1, dtype=np.complex128))
        for _ in range(power):
            product = product * self
        return product

    __radd__ = __add__
    __rmul__ = __mul__

    def __repr__(self) -> str:
        """Nine terms at most."""
        shown = [f"{_plain(c)}{_monomial(e)}" for e, c in zip(self.exponents[:9], self.coefficients[:9], strict=True)]
        more = f" + ... ({len(self.coefficients)} terms)" if len(self.coefficients) > 9 else ""
        return (" + ".join(shown).replace("+ -", "- ") or "0") + more


def coordinates(number: int) -> tuple[Polynomial, ...]:
    """The homogeneous coordinates z_0, ..., z_(number-1) as polynomials, to build others from."""
    number = whole("number", number, 1, 1000, "P^4 has 5 homogeneous coordinates")
    return tuple(Polynomial(row[None], np.ones(1, dtype=np.complex128)) for row in np.eye(number, dtype=np.int64))


@lru_cache(maxsize=256)
def monomials(variables: int, degree: int) -> np.ndarray:
    """The exponents [monomials, variables] of all monomials of a degree, in descending lexicographic order; read-only."""
    rows: list[tuple[int, ...]] = []

    def extend(head: tuple[int, ...], left: int) -> None:
        if len(head) == variables - 1:
            rows.append((*head, left))
            return
        for power in range(left, -1, -1):
            extend((*head, power), left - power)

    extend((), degree)
    table = np.array(rows, dtype=np.int64)
    table.setflags(write=False)
    return table


def monomial_values(z: np.ndarray, exponents: np.ndarray) -> np.ndarray:
    """prod_i z_i^e_i for ``z`` [points, variables] and ``exponents`` [monomials, variables]: [points, monomials]."""
    values = np.ones((len(exponents), len(z)), dtype=z.dtype)
    for powers, column in zip(z.T, exponents.T, strict=True):
        if not column.any():
            continue
        table = np.ones((column.max() + 1, len(z)), dtype=z.dtype)
        for power in range(1, len(table)):
            np.multiply(table[power - 1], powers, out=table[power])
        values *= table[column]
    return values.T


def _plain(number: complex) -> str:
    return f"{number.real:g}" if number.imag == 0 else f"({number:.3g})"


def _monomial(exponents: np.ndarray) -> str:
    return "".join(f"*x{i}" + (f"^{power}" if power > 1 else "") for i, power in enumerate(exponents.tolist()) if power)
