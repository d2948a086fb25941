"""The Alexander polynomial and the condition of Fox and Milnor."""

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Any

from ..diagrams._diagram import Diagram
from ._flint import flint
from ._laurent import LaurentPolynomial
from ._seifert import Matrix, seifert_matrix


def alexander_polynomial(diagram: Diagram) -> LaurentPolynomial:
    """Delta(t) = det(V - t V^T), normalised: Delta(t) = Delta(1/t) and Delta(1) = 1 for a knot.

    For a link of several components the sign is not determined: the last coefficient is made positive and the lowest exponent 0.
    A split link has Delta = 0.  Raises `InputError` for what is no diagram, and `MissingExtra` without python-flint.
    """
    matrix = seifert_matrix(diagram)
    knot = diagram.components == 1
    polynomial = LaurentPolynomial(tuple((_from_characteristic_polynomial if knot else _digits_of_determinant)(matrix)))
    if not polynomial.coefficients:
        return polynomial
    reference = sum(polynomial.coefficients) if knot else polynomial.coefficients[-1]
    sign = 1 if reference > 0 else -1
    lowest = Fraction(-(len(polynomial.coefficients) // 2) if knot else 0)
    return LaurentPolynomial(tuple(sign * entry for entry in polynomial.coefficients), lowest)


def _from_characteristic_polynomial(matrix: Matrix) -> list[int]:
    """Coefficients of det(V - t V^T) of a knot, in increasing powers of t.

    A = V - V^T is unimodular for a knot, and V - t V^T = A + (1 - t) V^T: the determinant is s^n p(1/s) at s = 1 - t with
    p(x) = det(x + A^-1 V^T).
    """
    size, flint_of = range(len(matrix)), flint()
    skew = flint_of.fmpz_mat([[matrix[i][j] - matrix[j][i] for j in size] for i in size])
    quotient, _ = (skew.inv() * flint_of.fmpq_mat(flint_of.fmpz_mat([[matrix[j][i] for j in size] for i in size]))).numer_denom()
    reversed_coefficients = flint_of.fmpz_poly((-quotient).charpoly().coeffs()[::-1])
    return [int(entry) for entry in reversed_coefficients(flint_of.fmpz_poly([1, -1])).coeffs()]


def _digits_of_determinant(matrix: Matrix) -> list[int]:
    """Coefficients of det(V - t V^T) in increasing powers of t: the digits of one determinant, at a power of 2 beyond all of them."""
    size = range(len(matrix))
    bound = 1  # the coefficients add up, in absolute value, to at most the product of these row sums
    for i in size:
        bound *= max(sum(abs(matrix[i][j]) + abs(matrix[j][i]) for j in size), 1)
    base = 1 << (bound.bit_length() + 1)
    value = int(flint().fmpz_mat([[matrix[i][j] - base * matrix[j][i] for j in size] for i in size]).det()) if matrix else 1
    digits = []
    while value:
        digit = (value + base // 2) % base - base // 2
        digits.append(digit)
        value = (value - digit) // base
    return digits


@dataclass(frozen=True)
class FoxMilnor:
    """Whether Delta(t) = +-t^k f(t) f(1/t), and the factors of Delta that tell.

    ``content``: the greatest common divisor of the coefficients; ``factors``: irreducible polynomials (coefficients in increasing powers)
    with their exponents; ``unpaired``: those of them that break the condition: a factor that is its own reciprocal has an odd
    exponent, or the exponents of a factor and of its reciprocal differ.  ``holds`` is True also for Delta = 0.
    """

    holds: bool
    content: int
    factors: tuple[tuple[tuple[int, ...], int], ...]
    unpaired: tuple[tuple[int, ...], ...]


def fox_milnor(diagram: Diagram) -> FoxMilnor:
    """The condition of Fox and Milnor on the Alexander polynomial: a slice knot satisfies it (Osaka J. Math. 3 (1966) 257).

    For a link of several components this is a statement about the one-variable polynomial alone: a link that bounds disjoint discs has
    Delta = 0, and its components are slice knots.  Raises `MissingExtra` without python-flint.
    """
    polynomial: Any = flint().fmpz_poly(list(alexander_polynomial(diagram).coefficients))
    if polynomial == 0:
        return FoxMilnor(True, 0, (), ())
    content, found = polynomial.factor()
    exponents = {_normalised(tuple(int(entry) for entry in factor.coeffs())): int(exponent) for factor, exponent in found}
    unpaired = []
    for factor, exponent in exponents.items():
        reciprocal = _normalised(factor[::-1])
        if exponent % 2 if reciprocal == factor else exponents.get(reciprocal, 0) != exponent:
            unpaired.append(factor)
    size = abs(int(content))
    square = _is_square(size)
    return FoxMilnor(square and not unpaired, size, tuple(sorted(exponents.items())), tuple(sorted(unpaired)))


def _normalised(factor: tuple[int, ...]) -> tuple[int, ...]:
    """The factor or its negative, with a positive last coefficient."""
    return factor if factor[-1] > 0 else tuple(-entry for entry in factor)


def _is_square(number: int) -> bool:
    return isqrt(number) ** 2 == number
