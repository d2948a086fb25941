"""Values known exactly, or up to the rounding of floats."""

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from . import _ball
from ._ball import Ball, Rational
from ._errors import InputError
from ._printing import format_exact

if TYPE_CHECKING:
    from ._agreement import Agreement
    from ._estimate import Estimate

Value = int | Fraction | float | complex | np.ndarray


@dataclass(frozen=True, eq=False, repr=False)
class Exact:
    """A value that follows from a formula, with where the formula comes from.

    ``value``: integer, fraction, float, complex number, or array of floats; ``derivation``: the formula or argument in words;
    ``reference``: where it is printed; ``radius``: bound on the absolute numerical error (0 for integers and fractions), of the
    shape of the value.  Arithmetic with other exact values and with plain numbers is exact again, with the radius carried along.
    Raises `InputError` for a value that is not finite, or a radius that is negative or belongs to an integer or a fraction.

    >>> Exact(Fraction(3, 8), "one neuron of the cos-net", "2307.03223") / 20
    3/160 exactly
    """

    value: Value
    derivation: str = ""
    reference: str = ""
    radius: float | np.ndarray = 0.0

    __array_ufunc__ = None  # an array on the left of an operator leaves the work to us

    def __post_init__(self) -> None:
        value = _normalised(self.value)
        object.__setattr__(self, "value", value)
        object.__setattr__(self, "radius", _normalised_radius(self.radius, value))

    @property
    def mean(self) -> Value:
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

    def agrees_with(self, other: "Exact | Estimate | Value", *, sigmas: float = 4.89, independent: bool = False) -> "Agreement":
        """The comparison with another value, see `Agreement`."""
        from ._agreement import compare

        return compare(self, other, sigmas=sigmas, independent=independent)

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
        return Exact(-self.value, self.derivation, self.reference, self.radius)

    def __add__(self, other: object) -> "Exact":
        return _operate(operator.add, _ball.add, self, other)

    def __sub__(self, other: object) -> "Exact":
        return NotImplemented if (right := as_exact(other)) is None else self + -right

    def __rsub__(self, other: object) -> "Exact":
        return -self + other

    def __mul__(self, other: object) -> "Exact":
        return _operate(operator.mul, _ball.multiply, self, other)

    def __truediv__(self, other: object) -> "Exact":
        return _operate(_quotient, _ball.divide, self, other)

    def __rtruediv__(self, other: object) -> "Exact":
        return NotImplemented if (left := as_exact(other)) is None else left / self

    def __pow__(self, exponent: object) -> "Exact":
        if isinstance(exponent, bool) or not isinstance(exponent, int | np.integer):
            if as_exact(exponent) is None:
                return NotImplemented
            raise InputError("exponent", exponent, "a whole number", "use cf.evidence.sqrt, exp and log for other powers")
        if int(exponent) < 0 and isinstance(self.value, Rational):
            return 1 / self ** -int(exponent)
        return _operate(lambda base, _: base ** int(exponent), lambda base, _: _ball.power(base, int(exponent)), self, 1)

    __radd__ = __add__
    __rmul__ = __mul__

    def __repr__(self) -> str:
        return format_exact(self.value, self.radius)


def as_exact(number: object) -> Exact | None:
    """``number`` as an `Exact` if it is one or is a plain number or a numpy array, else None."""
    if isinstance(number, Exact):
        return number
    plain = isinstance(number, int | float | complex | Fraction | np.ndarray | np.generic) and not isinstance(number, bool)
    return Exact(number) if plain else None  # type: ignore[arg-type]


def joined(*texts: str) -> str:
    """The different non-empty texts, in order, separated by semicolons."""
    return "; ".join(dict.fromkeys(text for text in texts if text))


def _operate(rational: Callable, balls: Callable[[Ball, Ball], Ball], left: Exact, other: object) -> Exact:
    right = as_exact(other)
    if right is None:
        return NotImplemented
    words = joined(left.derivation, right.derivation), joined(left.reference, right.reference)
    if isinstance(left.value, Rational) and isinstance(right.value, Rational):
        return Exact(rational(left.value, right.value), *words)
    with np.errstate(all="ignore"):  # an overflow is reported by the constructor, as a value that is not finite
        value, radius = balls(_ball.ball(left.value, left.radius), _ball.ball(right.value, right.radius))
    return Exact(value, *words, radius)


def _quotient(left: Rational, right: Rational) -> Fraction:
    if right == 0:
        raise InputError("divisor", right, "a number other than zero", "leave out the entries that vanish")
    return Fraction(left) / right


def _normalised(value: object) -> Value:
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else value
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        array = np.array(value)
    except ValueError:
        array = np.array(None)
    if array.dtype.kind not in "iufc" or not np.all(np.isfinite(array)):
        raise InputError("value", value, "a finite number or an array of finite numbers", "a failed computation has no exact value")
    if array.ndim == 0:
        return array.item()
    array = array.astype(complex if array.dtype.kind == "c" else float)
    array.setflags(write=False)
    return array


def _normalised_radius(radius: object, value: Value) -> float | np.ndarray:
    given = np.asarray(radius, dtype=float)
    if not np.all(given >= 0) or not np.all(np.isfinite(given)):
        raise InputError("radius", radius, "finite and 0 or more", "pass a bound on the absolute numerical error")
    if not isinstance(value, np.ndarray):
        if given.ndim or (given > 0 and isinstance(value, Rational)):
            raise InputError("radius", radius, "one number for a number, and 0 for an integer or a fraction", "pass the value as a float")
        return float(given)
    try:
        spread = np.broadcast_to(given, value.shape).copy()
    except ValueError:
        raise InputError("radius", given.shape, f"of the shape of the value, {value.shape}", "pass one radius, or one per entry") from None
    spread.setflags(write=False)
    return spread
