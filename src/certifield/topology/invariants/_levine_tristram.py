"""The signature function at roots of unity, exactly."""

from fractions import Fraction
from typing import Any, NamedTuple

from certifield.evidence import InputError

from ..diagrams._diagram import Diagram
from ._alexander import alexander_polynomial
from ._flint import flint
from ._inertia import inertia
from ._seifert import Matrix, seifert_matrix

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
    The nullity is exact: 0 where the minimal polynomial of w does not divide Delta, 1 where it divides Delta once.  Then the signature is
    that of an elimination in ball arithmetic, refined until the signs of all other pivots are known.  Where it divides Delta more than
    once, or Delta is 0, the elimination is exact in the cyclotomic field, which takes long for large denominators.
    Raises `InputError` for what is no diagram, a turn that is no fraction, is whole, or has a denominator above 2000, and `MissingExtra`
    without python-flint.
    """
    if not isinstance(turn, Fraction) or turn.denominator == 1 or turn.denominator > LARGEST_ORDER:
        raise InputError("turn", turn, f"a Fraction that is not whole, of denominator at most {LARGEST_ORDER}", "try Fraction(1, 3)")
    matrix = seifert_matrix(diagram)
    nullity = _nullity(diagram, turn.denominator)
    return _exact(matrix, turn) if nullity is None else _by_balls(matrix, turn, nullity)


def _nullity(diagram: Diagram, order: int) -> int | None:
    """The nullity of V - conj(w) V^T, to which the form is proportional, at the roots of unity of this order, where Delta tells it.

    A root of multiplicity m of the determinant has nullity 1 to m.
    """
    delta = flint().fmpz_poly(list(alexander_polynomial(diagram).coefficients))
    if delta == 0:
        return None
    cyclotomic = flint().fmpz_poly.cyclotomic(order)
    quotient, remainder = divmod(delta, cyclotomic)
    if remainder != 0:
        return 0
    return 1 if quotient % cyclotomic != 0 else None


def _by_balls(matrix: Matrix, turn: Fraction, nullity: int) -> SignatureNullity:
    """Signs of pivots that are known leave ``nullity`` of them that must be 0: positive and negative eigenvalues are never overcounted."""
    ball, bits, before = flint(), 64, flint().ctx.prec
    angle = ball.fmpq(2 * turn.numerator, turn.denominator)
    size = range(len(matrix))
    try:
        while True:
            ball.ctx.prec = bits
            root = ball.acb(ball.arb.cos_pi_fmpq(angle), ball.arb.sin_pi_fmpq(angle))
            one, other = 1 - root, 1 - root.conjugate()
            hermitian = [[_Ball(one * matrix[i][j] + other * matrix[j][i]) for j in size] for i in size]
            found, _ = inertia(hermitian, _Ball.conjugate, _Ball.inverse, _Ball.sign, _Ball.known)
            if found.zero == nullity:
                return SignatureNullity(found.positive - found.negative, nullity)
            bits *= 2
    finally:
        ball.ctx.prec = before


class _Ball:
    """A complex ball with the operations that the elimination needs."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __add__(self, other: "_Ball") -> "_Ball":
        return _Ball(self.value + other.value)

    def __sub__(self, other: "_Ball") -> "_Ball":
        return _Ball(self.value - other.value)

    def __mul__(self, other: "_Ball") -> "_Ball":
        return _Ball(self.value * other.value)

    def __eq__(self, other: object) -> bool:
        return bool(self.value == (other.value if isinstance(other, _Ball) else other))

    def known(self) -> bool:
        """Whether it excludes 0."""
        return not self.value.contains(0)

    def conjugate(self) -> "_Ball":
        return _Ball(self.value.conjugate())

    def inverse(self) -> "_Ball":
        return _Ball(1 / self.value)

    def sign(self) -> int:
        """Of the real part, for pivots are real; 0 where it is not known."""
        return 1 if self.value.real > 0 else -1 if self.value.real < 0 else 0


def _exact(matrix: Matrix, turn: Fraction) -> SignatureNullity:
    field = _Cyclotomic(turn)
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
