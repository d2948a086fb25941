r"""Complete intersections in products of projective spaces, and the integers that their degrees alone decide.

The cohomology ring of $\mathbb P^{n_1}\times\dots\times\mathbb P^{n_m}$ is $\mathbb Z[J_1,\dots,J_m]/(J_i^{n_i+1})$: an element is kept as
an array of Python integers whose entry at $(a_1,\dots,a_m)$ multiplies $\prod J_i^{a_i}$, so that nothing is rounded.  X is Poincare dual
to $\prod_a \sum_i q_i^a J_i$, and $c(X) = \prod_i (1+J_i)^{n_i+1} / \prod_a (1+\sum_i q_i^a J_i)$.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from certifield._arguments import fraction, listed, of_kind, whole
from certifield.evidence import Exact, InputError

_LARGEST = 1000  # dimension of a factor, and degree
_SUCH_AS = "the quintic is Configuration((4,), ((5,),))"
_ROWS = "P5[2,4] is Configuration((5,), ((2, 4),)), the bicubic Configuration((2, 2), ((3,), (3,)))"
_SOURCE = "Candelas, Dale, Luetken, Schimmrigk, Nucl. Phys. B 298 (1988) 493"


@dataclass(frozen=True)
class Configuration:
    """The shape of a complete intersection: ``ambient`` (n_1, ..., n_m), and ``degrees``, a row [K] of q_i^a for each factor P^(n_i), with
    an entry for each equation.

    Raises `InputError` for factors below P^1, negative degrees, an equation of degree 0, and more equations than leave a curve.

    >>> Configuration((2, 2), ((3,), (3,)))
    P2xP2[(3,3)]
    >>> Configuration((5,), ((2, 4),))
    P5[2, 4]
    """

    ambient: tuple[int, ...]
    degrees: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        ambient = tuple(whole("ambient", n, 1, _LARGEST, _SUCH_AS) for n in listed("ambient", self.ambient, "a list", _SUCH_AS))
        rows = [
            tuple(whole("degrees", q, 0, _LARGEST, _SUCH_AS) for q in listed("degrees", row, "a list of rows", _SUCH_AS))
            for row in listed("degrees", self.degrees, "a list of rows", _SUCH_AS)
        ]
        if not ambient or len(rows) != len(ambient) or len({len(row) for row in rows}) != 1 or not rows[0]:
            factors = f"{len(ambient)} rows" if len(ambient) != 1 else "one row"
            allowed = f"{factors}, one for each factor, with an entry for each equation"
            raise InputError("degrees", self.degrees, allowed, _ROWS)
        for number, column in enumerate(zip(*rows, strict=True)):
            if not any(column):
                raise InputError("degrees", rows, "of positive degree in some factor for each equation", f"leave out equation {number}")
        if sum(ambient) - len(rows[0]) < 1:
            given = f"{len(rows[0])} equations in dimension {sum(ambient)}"
            raise InputError("degrees", given, "few enough equations to leave a curve at least", "take a larger ambient space")
        object.__setattr__(self, "ambient", ambient)
        object.__setattr__(self, "degrees", tuple(rows))

    @property
    def dimension(self) -> int:
        """The complex dimension."""
        return sum(self.ambient) - len(self.degrees[0])

    @property
    def equations(self) -> tuple[tuple[int, ...], ...]:
        """The multidegree of each equation."""
        return tuple(zip(*self.degrees, strict=True))

    @property
    def calabi_yau(self) -> bool:
        """Whether c_1 = 0: every row sums to n_i + 1."""
        return all(sum(row) == n + 1 for n, row in zip(self.ambient, self.degrees, strict=True))

    def require_calabi_yau(self) -> None:
        """Raises `InputError` that names the rows whose sum is not n_i + 1."""
        wrong = [
            f"row {i} of P{n} sums to {sum(row)}"
            for i, (n, row) in enumerate(zip(self.ambient, self.degrees, strict=True))
            if sum(row) != n + 1
        ]
        if wrong:
            raise InputError("degrees", "; ".join(wrong), "of rows that sum to n_i + 1, so that c_1 = 0", "change degrees or ambient space")

    def __repr__(self) -> str:
        space = "x".join(f"P{n}" for n in self.ambient)
        many = len(self.ambient) > 1
        return f"{space}[{', '.join('(' + ','.join(map(str, q)) + ')' if many else str(q[0]) for q in self.equations)}]"


def chern_numbers(space: Configuration, order: int) -> Exact:
    r"""The integers $\int_X c_k\, J_{i_1}\cdots J_{i_{n-k}}$ for k = ``order``, an array with n - k indices over the factors.

    Order 0 are the intersection numbers, order n is the Euler number.  Raises `InputError` for another order than 0 to n.
    """
    n = of_kind("space", space, Configuration, _SUCH_AS).dimension
    order = whole("order", order, 0, n, "c_2 of a threefold is order 2")
    ring = _Ring(space.ambient)
    equations = [ring.linear(q) for q in space.equations]
    total = ring.one
    for i, size in enumerate(space.ambient):
        for _ in range(size + 1):
            total = ring.times(total, ring.one + ring.linear([int(i == j) for j in range(len(space.ambient))]))
    for q in equations:
        total = ring.times(total, ring.inverse_of_one_plus(q))
    dual = ring.degree(total, order)
    for q in equations:
        dual = ring.times(dual, q)
    shape = (len(space.ambient),) * (n - order)
    values = np.empty(shape, dtype=object)
    for index in itertools.product(range(len(space.ambient)), repeat=n - order):
        wanted = tuple(size - index.count(i) for i, size in enumerate(space.ambient))
        values[index] = int(dual[wanted]) if min(wanted) >= 0 else 0
    return Exact(values if shape else values[()], f"coefficient of the top class in c_{order}({space}) [X]", _SOURCE)


def intersection_numbers(space: Configuration) -> Exact:
    r"""The integers $d_{i_1\dots i_n} = \int_X J_{i_1}\cdots J_{i_n}$, an array with n indices over the factors."""
    return chern_numbers(space, 0)


def euler_number(space: Configuration) -> Exact:
    r"""The Euler number $\chi = \int_X c_n$.

    >>> euler_number(Configuration((4,), ((5,),)))
    -200 exactly
    """
    return chern_numbers(space, of_kind("space", space, Configuration, _SUCH_AS).dimension)


def top_power(space: Configuration, kaehler: Sequence[object]) -> Exact:
    r"""$\int_X J^n = d_{i_1\dots i_n} t_{i_1}\cdots t_{i_n}$ for the class $J = \sum_i t_i J_i$, which is n! times the volume.

    Exact for whole numbers and fractions; floats bring their rounding along.  Raises `InputError` outside of the Kaehler cone, t_i > 0.
    """
    t = kaehler_parameters(space, kaehler)
    numbers = np.asarray(intersection_numbers(space).value, dtype=object)
    total = sum((numbers[index] * math.prod((t[i] for i in index), start=Fraction(1)) for index in np.ndindex(numbers.shape)), Fraction(0))
    rational = all(isinstance(one, int | np.integer | Fraction) for one in kaehler)
    if rational:
        return Exact(total if total.denominator > 1 else int(total), "d_ijk t_i t_j t_k", _SOURCE)
    return Exact(float(total), "d_ijk t_i t_j t_k", _SOURCE, radius=abs(float(total)) * 2.0**-53)


def volume(space: Configuration, kaehler: Sequence[object]) -> Exact:
    r"""$V = \int_X J^n/n! = \int_X \det g\, d^{2n}x$, with $J = \frac i2 g_{a\bar b}dz^a\wedge d\bar z^b$ and $\int_{\mathbb P^1} J_i =
    t_i$.

    >>> volume(Configuration((4,), ((5,),)), [1])
    5/6 exactly
    """
    return top_power(space, kaehler) / math.factorial(space.dimension)


def kaehler_parameters(space: Configuration, kaehler: Sequence[object]) -> list[Fraction]:
    """The parameters t_i as fractions.  Raises `InputError` for another number of them, and outside of the Kaehler cone."""
    factors = len(of_kind("space", space, Configuration, _SUCH_AS).ambient)
    given = listed("kaehler", kaehler, f"a list of {factors} numbers, one for each factor", "the quintic has t = [1]")
    if len(given) != factors:
        raise InputError("kaehler", kaehler, f"{factors} numbers, one for each factor", "the bicubic has t = [t1, t2]")
    t = [fraction("kaehler", one, "finite real numbers", "pass numbers above 0") for one in given]
    outside = [i for i, one in enumerate(t) if one <= 0]
    if outside:
        raise InputError("kaehler", kaehler, f"inside the Kaehler cone, t_i > 0 (it is not for i = {outside})", "take positive parameters")
    return t


@dataclass(frozen=True)
class _Ring:
    """Z[J_1, ..., J_m] / (J_i^(n_i + 1))."""

    ambient: tuple[int, ...]

    @property
    def zero(self) -> np.ndarray:
        return np.zeros([n + 1 for n in self.ambient], dtype=object)

    @property
    def one(self) -> np.ndarray:
        unit = self.zero
        unit[(0,) * len(self.ambient)] = 1
        return unit

    def linear(self, coefficients: Sequence[int]) -> np.ndarray:
        """sum_i q_i J_i."""
        element = self.zero
        for i, q in enumerate(coefficients):
            element[tuple(int(i == j) for j in range(len(self.ambient)))] = q
        return element

    def times(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        product = self.zero
        for index in zip(*np.nonzero(right), strict=True):
            ahead = tuple(slice(start, None) for start in index)
            behind = tuple(slice(None, size + 1 - start) for start, size in zip(index, self.ambient, strict=True))
            product[ahead] += left[behind] * right[index]
        return product

    def inverse_of_one_plus(self, nilpotent: np.ndarray) -> np.ndarray:
        """1/(1 + q) = 1 - q + q^2 - ..., which ends."""
        total = power = self.one
        for _ in range(sum(self.ambient)):
            power = self.times(power, -nilpotent)
            total = total + power
        return total

    def degree(self, element: np.ndarray, degree: int) -> np.ndarray:
        """The part of one degree."""
        return np.where(sum(np.indices(element.shape)) == degree, element, 0)
