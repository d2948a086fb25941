"""Values known exactly, or up to the rounding of floats."""

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from . import _ball
from ._agreement import Agreement, Comparable, agreement_of_exact, not_comparable
from ._ball import Ball
from ._errors import InputError
from ._numbers import Number, entrywise, floats, is_rational, normalised, objects, power, quotient
from ._printing import format_exact

# The larger of two sizes, among Python's numbers, whose integers never wrap around.
_larger = np.frompyfunc(lambda one, other: max(abs(one), abs(other)), 2, 1)


@dataclass(frozen=True, eq=False, repr=False)
class Exact:
    """A value that follows from a formula, with where the formula comes from.

    ``value``: truth value, integer, fraction, float, complex number, or an array of these; ``derivation``: the formula or argument
    in words; ``reference``: where it is printed; ``radius``: bound on the absolute numerical error (0 for integers, fractions and
    truth values), of the shape of the value.  Integers and fractions of any size keep all their digits, in arrays too, which have
    the type int64 where all entries fit and hold Python's numbers where not; beside floats they are rounded, and the rounding goes
    into the radius.  Arithmetic with other exact values and with plain numbers is exact again, with the radius carried along;
    a truth value counts as 0 or 1.
    Raises `InputError` for a value that is not finite, or a radius that is negative or belongs to an integer or a fraction.

    >>> Exact(Fraction(3, 8), "one neuron of the cos-net", "2307.03223") / 20
    3/160 exactly
    >>> Exact([2**62, 2**62 + 1]) * 4 - 2**64
    [0, 4] exactly
    """

    value: Number
    derivation: str = ""
    reference: str = ""
    radius: float | np.ndarray = 0.0

    __array_ufunc__ = None  # an array on the left of an operator leaves the work to us

    def __post_init__(self) -> None:
        value, rounding = normalised(self.value)
        object.__setattr__(self, "value", value)
        object.__setattr__(self, "radius", _normalised_radius(self.radius, value, rounding))

    @property
    def mean(self) -> Number:
        """The value, under the name that an `Estimate` has for it."""
        return self.value

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the value, () for a number."""
        return np.shape(self.value) if isinstance(self.value, np.ndarray) else ()

    @property
    def stderr(self) -> float | np.ndarray:
        """Zero: an exact value has no statistical error."""
        return np.zeros(self.shape) if self.shape else 0.0

    def agrees_with(self, other: Comparable | Number, *, sigmas: float = 4.89, independent: bool = False) -> Agreement:
        """The comparison with another value, see `Agreement`."""
        right = as_exact(other)
        if right is not None:
            gap = self - right
            size = _larger(np.asarray(self.value), np.asarray(right.value))
            return agreement_of_exact(np.asarray(gap.value), np.asarray(gap.radius), size, sigmas)
        if isinstance(other, Comparable):  # an estimate, which knows how
            return other.agrees_with(self, sigmas=sigmas, independent=independent).reversed()
        raise not_comparable(other)

    def __getitem__(self, index: object) -> "Exact":
        try:
            value, radius = np.asarray(self.value)[index], np.asarray(self.radius)[index]  # type: ignore[index]
        except IndexError as error:
            allowed = f"an index into shape {self.shape} ({error})"
            raise InputError("index", index, allowed, f"count from 0, with {len(self.shape)} indices at most") from None
        return Exact(value, self.derivation, self.reference, radius)

    def __len__(self) -> int:
        if not self.shape:
            raise InputError("value", self.value, "an array", "a single number has no length")
        return self.shape[0]

    def __iter__(self) -> Iterator["Exact"]:
        return (self[position] for position in range(len(self)))

    def __neg__(self) -> "Exact":
        value = -(objects(self.value) if is_rational(self.value) else self.value)
        return Exact(value, self.derivation, self.reference, self.radius)

    def __add__(self, other: object) -> "Exact":
        return _operate(operator.add, _ball.add, self, other)

    def __sub__(self, other: object) -> "Exact":
        return NotImplemented if (right := as_exact(other)) is None else self + -right

    def __rsub__(self, other: object) -> "Exact":
        return -self + other

    def __mul__(self, other: object) -> "Exact":
        return _operate(operator.mul, _ball.multiply, self, other)

    def __truediv__(self, other: object) -> "Exact":
        return _operate(quotient, _ball.divide, self, other)

    def __rtruediv__(self, other: object) -> "Exact":
        return NotImplemented if (left := as_exact(other)) is None else left / self

    def __pow__(self, exponent: object) -> "Exact":
        if isinstance(exponent, bool) or not isinstance(exponent, int | np.integer):
            if as_exact(exponent) is None:
                return NotImplemented
            raise InputError("exponent", exponent, "a whole number", "use cf.evidence.sqrt, exp and log for other powers")
        whole = int(exponent)
        return _operate(lambda base, _: power(base, whole), lambda base, _: _ball.power(base, whole), self, 1)

    __radd__ = __add__
    __rmul__ = __mul__

    def __repr__(self) -> str:
        return format_exact(self.value, self.radius)


def as_exact(number: object) -> Exact | None:
    """``number`` as an `Exact` if it is one or is a plain number or a numpy array, else None."""
    if isinstance(number, Exact):
        return number
    return Exact(number) if isinstance(number, int | float | complex | Fraction | np.ndarray | np.generic) else None  # type: ignore[arg-type]


def in_floats(exact: Exact) -> Exact:
    """``exact`` as floats, with the rounding of integers and fractions as its radius."""
    if not is_rational(exact.value):
        return exact
    nearest, rounding = floats(exact.value)
    return Exact(nearest, exact.derivation, exact.reference, rounding)


def joined(*texts: str) -> str:
    """The different non-empty texts, in order, separated by semicolons."""
    return "; ".join(dict.fromkeys(text for text in texts if text))


def _operate(rational: Callable, balls: Callable[[Ball, Ball], Ball], left: Exact, other: object) -> Exact:
    right = as_exact(other)
    if right is None:
        return NotImplemented
    try:
        np.broadcast_shapes(left.shape, right.shape)
    except ValueError:
        raise InputError("operands", (left.shape, right.shape), "of shapes that fit together", "index or reshape one of them") from None
    words = joined(left.derivation, right.derivation), joined(left.reference, right.reference)
    if is_rational(left.value) and is_rational(right.value):
        return Exact(entrywise(rational, left.value, right.value), *words)
    with np.errstate(all="ignore"):  # an overflow is reported by the constructor, as a value that is not finite
        value, radius = balls(_ball.ball(left.value, left.radius), _ball.ball(right.value, right.radius))
    return Exact(value, *words, radius)


def _normalised_radius(radius: object, value: Number, rounding: np.ndarray) -> float | np.ndarray:
    given = np.asarray(radius, dtype=float)
    if not np.all(given >= 0) or not np.all(np.isfinite(given)):
        raise InputError("radius", radius, "finite and 0 or more", "pass a bound on the absolute numerical error")
    if is_rational(value) and np.any(given > 0):
        raise InputError("radius", radius, "0 for integers, fractions and truth values", "pass the value in floats")
    if not isinstance(value, np.ndarray):
        if given.ndim:
            raise InputError("radius", radius, "one number for a number", "pass one number")
        return float(given + rounding)
    try:
        spread = np.broadcast_to(given, value.shape) + rounding
    except ValueError:
        raise InputError("radius", given.shape, f"of the shape of the value, {value.shape}", "pass one radius, or one per entry") from None
    spread.setflags(write=False)
    return spread
