"""What exact values are made of: integers, fractions and truth values, which are never rounded, and floats, whose rounding is told.

An array of integers or fractions has the type int64 where all entries are integers that fit, and holds Python's own integers and
fractions where they are not.  Arithmetic goes entry by entry among Python's numbers, so that nothing wraps around at 64 bits.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from ._errors import InputError

Rational = int | Fraction  # a truth value is an integer: True counts as 1, as in Python
Number = int | Fraction | float | complex | np.ndarray

_INT64 = np.iinfo(np.int64)
_TOP = 2.0**1023  # floats up to the largest are spaced as from here on


def normalised(value: object) -> tuple[Number, np.ndarray]:
    """``value`` as it is kept, with a bound on the rounding of each entry, which is 0 unless integers stand beside floats.

    Raises `InputError` for what is neither a finite number nor an array of finite numbers.
    """
    array = _array(value)
    if array.dtype.kind == "b":
        return _closed(array), np.zeros(array.shape)
    if array.dtype.kind in "iu" and np.can_cast(array.dtype, np.int64):
        return _closed(array.astype(np.int64)), np.zeros(array.shape)
    if array.dtype.kind in "uO":
        entries = [_lowest_terms(entry) for entry in array.ravel().tolist()]
        rationals = [entry for entry in entries if isinstance(entry, Rational)]
        if len(rationals) == len(entries):
            return _closed(_among_rationals(rationals).reshape(array.shape)), np.zeros(array.shape)
        if not all(isinstance(entry, Rational | float | complex) for entry in entries):
            raise _no_number(value)
        array = _of_objects(entries).reshape(array.shape)
    elif array.dtype.kind not in "fc":
        raise _no_number(value)
    nearest, rounding = floats(array)
    if not np.all(np.isfinite(nearest)):
        raise _no_number(value)
    return _closed(nearest), rounding


def is_rational(value: Number) -> bool:
    """Whether ``value`` consists of integers, fractions or truth values."""
    return value.dtype.kind in "biO" if isinstance(value, np.ndarray) else isinstance(value, Rational)


def floats(value: object) -> tuple[np.ndarray, np.ndarray]:
    """The floats, or complex numbers, next to ``value``, and a bound on how far they are from it.

    Raises `InputError` beyond the range of floats.
    """
    array = np.asarray(value)
    if array.dtype in (np.float64, np.complex128):
        return array, np.zeros(array.shape)
    entries = array if array.dtype.kind in "fc" else objects(value)  # numpy compares its integers with floats as floats
    kind = complex if array.dtype.kind == "c" or any(isinstance(entry, complex) for entry in entries.flat) else float
    try:
        nearest = entries.astype(kind)
    except OverflowError:
        remedy = "keep it among integers and fractions"
        raise InputError("value", "a number of more than 308 digits", "within the range of floats", remedy) from None
    with np.errstate(over="ignore"):
        size = np.minimum(np.abs(nearest), _TOP)
    return nearest, np.where(nearest == entries, 0.0, np.spacing(size))


def objects(value: object) -> np.ndarray:
    """``value`` as an array of Python's numbers."""
    return np.asarray(value, dtype=object)


def entrywise(rule: Callable, left: Number, right: Number) -> Any:
    """``rule`` of two rational values, entry by entry."""
    return np.frompyfunc(rule, 2, 1)(objects(left), objects(right))


def quotient(left: Rational, right: Rational) -> Fraction:
    """The fraction left / right.  Raises `InputError` for a divisor that is zero."""
    if right == 0:
        raise InputError("divisor", right, "a number other than zero", "leave out the entries that vanish")
    return Fraction(left) / right


def power(base: Rational, exponent: int) -> Rational:
    """The power with a whole exponent, of either sign."""
    return base**exponent if exponent >= 0 else quotient(1, base**-exponent)


def _array(value: object) -> np.ndarray:
    try:
        array = np.array(value)
        if array.dtype.kind in "fc" and isinstance(value, list | tuple):
            # numpy rounds integers beside floats, and integers of both signs that need more than 63 bits.
            entries = np.array(value, dtype=object)
            if any(isinstance(entry, Rational | np.integer) for entry in entries.flat):
                return entries
        return array
    except ValueError:  # rows of different lengths
        raise _no_number(value) from None


def _lowest_terms(entry: object) -> object:
    entry = entry.item() if isinstance(entry, np.generic) else entry
    return entry.numerator if isinstance(entry, Fraction) and entry.denominator == 1 else entry


def _among_rationals(entries: Sequence[Rational]) -> np.ndarray:
    if entries and all(isinstance(entry, bool) for entry in entries):
        return np.array(entries, dtype=bool)
    whole = [int(entry) if isinstance(entry, int) else entry for entry in entries]
    fit = all(isinstance(entry, int) and _INT64.min <= entry <= _INT64.max for entry in whole)
    return np.array(whole, dtype=np.int64) if fit else _of_objects(whole)


def _of_objects(entries: Sequence[object]) -> np.ndarray:
    array = np.empty(len(entries), dtype=object)
    array[:] = entries
    return array


def _closed(array: np.ndarray) -> Number:
    """A number of Python, or ``array`` closed for writing (it is a private copy)."""
    if array.ndim == 0:
        return array.item()
    array.setflags(write=False)
    return array


def _no_number(value: object) -> InputError:
    return InputError("value", value, "a finite number or an array of finite numbers", "a failed computation has no exact value")
