"""The signature function at roots of unity, exactly."""

from fractions import Fraction
from typing import Any, NamedTuple

from certifield.evidence import InputError

from ..diagrams._diagram import Diagram
from ._flint import flint
from ._inertia import inertia
from ._seifert import seifert_matrix

LARGEST_ORDER = 2000


class SignatureNullity(NamedTuple):
    """Signature and nullity of a Hermitian form.  Where the nullity is not 0 for a knot, the point is a root of Delta."""

    signature: int
    nullity: int


def levine_tristram(diagram: Diagram, turn: Fraction) -> SignatureNullity:
    """Signature and nullity of (1 - w) V + (1 - conj(w)) V^T at w = exp(2 pi i turn), a root of unity other than 1.

    At turn = 1/2 the signature is `signature`; positive knots have negative values (KnotInfo's convention).  For a slice knot it is 0
    at every w with nullity 0, that is off the roots of Delta (Tristram, Proc. Camb. Phil. Soc. 66 (1969) 251).  The roots of unity
    are dense, so the whole function can be had.
    The elimination is exact in the cyclotomic field; the sign of a pivot that is not 0 is read off an enclosure in ball arithmetic,
    refined until it excludes 0.  Raises `InputError` for a turn that is no fraction, is whole, or has a denominator above 2000, and
    `MissingExtra` without python-flint.
    """
    if not isinstance(turn, Fraction) or turn.denominator == 1 or turn.denominator > LARGEST_ORDER:
        raise InputError("turn", turn, f"a Fraction that is not whole, of denominator at most {LARGEST_ORDER}", "try Fraction(1, 3)")
    field = _Cyclotomic(turn)
    matrix = seifert_matrix(diagram)
    size = range(len(matrix))
    one, other = field.power(0) - field.power(1), field.power(0) - field.power(-1)
    hermitian = [[field.reduced(one * matrix[i][j] + other * matrix[j][i]) for j in size] for i in size]
    found, _ = inertia([[_Element(entry, field) for entry in row] for row in hermitian], _Element.conjugate, _Element.inverse, field.sign)
    return SignatureNullity(found.positive - found.negative, found.zero)


class _Cyclotomic:
    """Q(z) with z = exp(2 pi i turn): polynomials in z modulo the cyclotomic polynomial."""

    def __init__(self, turn: Fraction) -> None:
        self.flint, self.turn, self.order = flint(), turn % 1, turn.denominator
        self.modulus = self.flint.fmpq_poly(self.flint.fmpz_poly.cyclotomic(self.order))

    def power(self, exponent: int) -> Any:
        """z to a whole power."""
        return self.reduced(self.flint.fmpq_poly([0] * (exponent % self.order) + [1]))

    def reduced(self, polynomial: Any) -> Any:
        return polynomial % self.modulus

    def sign(self, element: "_Element") -> int:
        """The sign of a real number of the field."""
        if element.value == 0:
            return 0
        flint, bits = self.flint, 64
        before = flint.ctx.prec
        try:
            while True:
                flint.ctx.prec = bits
                total = flint.arb(0)
                for exponent, coefficient in enumerate(element.value.coeffs()):
                    angle = 2 * self.turn * exponent
                    total += flint.arb(coefficient) * flint.arb.cos_pi_fmpq(flint.fmpq(angle.numerator, angle.denominator))
                if not total.contains(0):
                    return 1 if total > 0 else -1
                bits *= 2
        finally:
            flint.ctx.prec = before


class _Element:
    """A number of a cyclotomic field, with the operations that the elimination needs."""

    def __init__(self, value: Any, field: _Cyclotomic) -> None:
        self.value, self.field = value, field

    def __add__(self, other: "_Element") -> "_Element":
        return _Element(self.value + other.value, self.field)

    def __sub__(self, other: "_Element") -> "_Element":
        return _Element(self.value - other.value, self.field)

    def __mul__(self, other: "_Element") -> "_Element":
        return _Element(self.field.reduced(self.value * other.value), self.field)

    def __eq__(self, other: object) -> bool:
        return self.value == (other.value if isinstance(other, _Element) else other)

    def conjugate(self) -> "_Element":
        """The number with 1/z in place of z."""
        order = self.field.order
        coefficients = [0] * order
        for exponent, coefficient in enumerate(self.value.coeffs()):
            coefficients[-exponent % order] = coefficient
        return _Element(self.field.reduced(self.field.flint.fmpq_poly(coefficients)), self.field)

    def inverse(self) -> "_Element":
        """One over the number, by Euclid's algorithm against the cyclotomic polynomial."""
        _, reciprocal, _ = self.value.xgcd(self.field.modulus)
        return _Element(reciprocal, self.field)
