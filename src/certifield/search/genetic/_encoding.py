"""Numbers as bits: whole numbers in binary or Gray code, real numbers as bins of an interval."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import ClassVar, Protocol

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Integer, UInt8

from certifield.evidence import InputError

MOST_BITS = 30  # of one number


def _plain(bits: Integer[Array, "*rest bits"]) -> Integer[Array, "*rest bits"]:
    return bits


def _from_gray(bits: Integer[Array, "*rest bits"]) -> Integer[Array, "*rest bits"]:
    return jnp.cumsum(bits, axis=-1, dtype=bits.dtype) & 1


# Code: from its digits, the highest first, to binary ones; and a whole number as the number that has its digits in binary.
CODES: Mapping[str, tuple[Callable[[Array], Array], Callable[[np.ndarray], np.ndarray]]] = {
    "binary": (_plain, lambda number: number),
    "gray": (_from_gray, lambda number: number ^ (number >> 1)),
}


class Encoding(Protocol):
    """A number on some bits, the highest first."""

    @property
    def bits(self) -> int: ...
    def decode(self, bits: UInt8[Array, "*rest bits"]) -> Array: ...
    def encode(self, numbers: np.ndarray) -> np.ndarray: ...


@dataclass(frozen=True)
class Integers:
    r"""The whole numbers $x_{min}, \dots, x_{min} + 2^m - 1$ on m bits.

    ``code``: "binary", or "gray", in which neighbours differ in one bit.
    Raises `InputError` where the range does not have $2^m$ numbers, and says how many bits hold it.
    """

    low: int
    high: int
    bits: int
    code: str = "binary"

    def __post_init__(self) -> None:
        _check_code(self.bits, self.code)
        size = self.high - self.low + 1
        if size != 1 << self.bits:
            allowed = f"{1 << self.bits} numbers on {self.bits} bits, not {size}"
            needed = max(1, (size - 1).bit_length())
            remedy = f"take {needed} bits and the range {self.low} to {self.low + (1 << needed) - 1}"
            raise InputError("range", [self.low, self.high], allowed, remedy)

    def decode(self, bits: UInt8[Array, "*rest bits"]) -> Int[Array, " *rest"]:
        """The numbers of bits along the last axis."""
        return _number(bits, self.code) + self.low

    def encode(self, numbers: np.ndarray) -> np.ndarray:
        """The bits of whole numbers, along a new last axis.  Raises `InputError` for numbers out of range."""
        given = np.asarray(numbers)
        if given.size and (given.min() < self.low or given.max() > self.high):
            worst = int(given.min()) if given.min() < self.low else int(given.max())
            raise InputError("numbers", worst, f"from {self.low} to {self.high}", "widen the range, which takes more bits")
        return _digits(given - self.low, self.bits, self.code)


@dataclass(frozen=True)
class Reals:
    """The middles of $2^m$ equal bins of an interval, on m bits; with ``at`` = "left" their left edges.

    Raises `InputError` for an empty interval, and for an unknown ``at``.
    """

    low: float
    high: float
    bits: int
    code: str = "binary"
    at: str = "centre"

    _SHIFTS: ClassVar = {"centre": 0.5, "left": 0.0}

    def __post_init__(self) -> None:
        _check_code(self.bits, self.code)
        if not self.low < self.high or not np.isfinite([self.low, self.high]).all():
            raise InputError("interval", [self.low, self.high], "two finite numbers, the lower one first", "exchange or correct them")
        if self.at not in self._SHIFTS:
            raise InputError("at", self.at, f"one of {', '.join(self._SHIFTS)}", "leave it out")

    def decode(self, bits: UInt8[Array, "*rest bits"]) -> Float[Array, " *rest"]:
        """The numbers of bits along the last axis."""
        place = _number(bits, self.code).astype(jnp.result_type(float)) + self._SHIFTS[self.at]
        return self.low + place * ((self.high - self.low) / (1 << self.bits))

    def encode(self, numbers: np.ndarray) -> np.ndarray:
        """The bits of the bins that the numbers lie in, along a new last axis.  Raises `InputError` for numbers outside the interval."""
        given = np.asarray(numbers, float)
        if given.size and not (self.low <= given.min() and given.max() < self.high):
            raise InputError("numbers", [given.min(), given.max()], f"from {self.low} to below {self.high}", "widen the interval")
        places = np.floor((given - self.low) * ((1 << self.bits) / (self.high - self.low))).astype(np.int64)
        return _digits(np.minimum(places, (1 << self.bits) - 1), self.bits, self.code)


def split(bits: UInt8[Array, "*rest bits"], encodings: tuple[Encoding, ...]) -> list[Array]:
    """The numbers of encodings that share a string of bits, one after the other."""
    ends = list(accumulate(each.bits for each in encodings))
    return [each.decode(bits[..., end - each.bits : end]) for each, end in zip(encodings, ends, strict=True)]


def _check_code(bits: int, code: str) -> None:
    if type(bits) is not int or not 1 <= bits <= MOST_BITS:
        raise InputError("bits", bits, f"a whole number from 1 to {MOST_BITS}", "such as 3, for eight numbers")
    if code not in CODES:
        raise InputError("code", code, f"one of {', '.join(CODES)}", "leave it out for binary")


def _number(bits: UInt8[Array, "*rest bits"], code: str) -> Int[Array, " *rest"]:
    """Horner by doubling, highest bit first: whole-array operations, which vectorise."""
    digits = CODES[code][0](bits).astype(jnp.int32)
    value = digits[..., 0]
    for place in range(1, digits.shape[-1]):
        value = 2 * value + digits[..., place]
    return value


def _digits(numbers: np.ndarray, bits: int, code: str) -> np.ndarray:
    coded = CODES[code][1](numbers.astype(np.int64))
    return ((coded[..., None] >> np.arange(bits - 1, -1, -1)) & 1).astype(np.uint8)
