"""What callers give, checked and brought to one type; every refusal is an `InputError` with the argument, its value and a remedy."""

import math
import os
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from certifield.evidence import InputError

T = TypeVar("T")
MOST = sys.float_info.max  # whole numbers beyond it are no floats


def of_kind(name: str, given: Any, kind: type[T], remedy: str) -> T:
    """An object of one of our classes."""
    if not isinstance(given, kind):
        raise InputError(name, given, f"a {kind.__name__}", remedy)
    return given


def whole(name: str, given: Any, least: int, most: float = math.inf, remedy: str = "") -> int:
    """A whole number from ``least`` to ``most``."""
    if isinstance(given, bool | np.bool_) or not isinstance(given, int | np.integer) or not least <= given <= most:
        allowed = f"a whole number, {least} or more" if most == math.inf else f"a whole number from {least} to {most}"
        raise InputError(name, given, allowed, remedy or f"try {name}={max(least, 1)}")
    return int(given)


def finite(name: str, given: Any, remedy: str = "") -> float:
    """A finite real number."""
    real = isinstance(given, int | float | np.integer | np.floating) and not isinstance(given, bool | np.bool_)
    if not real or not -MOST <= given <= MOST:
        raise InputError(name, given, "a finite number", remedy or f"try {name}=1.0")
    return float(given)


def positive(name: str, given: Any, *, zero: bool = False) -> float:
    """A finite number above 0, or from 0 on."""
    real = isinstance(given, int | float | np.integer | np.floating) and not isinstance(given, bool | np.bool_)
    if not real or not 0 <= given <= MOST or (given == 0 and not zero):
        raise InputError(name, given, "0 or more, finite" if zero else "positive and finite", f"try {name}=1.0")
    return float(given)


def interval(low: Any, high: Any) -> tuple[float, float]:
    """Two finite numbers, the first below the second."""
    ends = finite("low", low, "try low=-1.0"), finite("high", high, "try high=1.0")
    if not ends[0] < ends[1]:
        raise InputError("low, high", ends, "an interval, low < high", "try low=-1.0, high=1.0")
    return ends


def a_function(name: str, given: Any, of: str) -> Callable[..., Any]:
    """Something that can be called; ``of`` says with what, and what it is to return."""
    if not callable(given):
        raise InputError(name, given, f"a function of {of}", "pass a function, such as a lambda")
    return given


def seeded(given: Any) -> int:
    """The number of a stream of random numbers."""
    return whole("seed", given, 0, math.inf, "try seed=0")


def fraction(name: str, given: Any, allowed: str, remedy: str) -> Fraction:
    """A finite real number, exactly as it is given: floats are fractions too."""
    if isinstance(given, int | np.integer) and not isinstance(given, bool):
        return Fraction(int(given))
    if isinstance(given, Fraction):
        return given
    if not isinstance(given, float | np.floating) or not math.isfinite(given):
        raise InputError(name, given, allowed, remedy)
    return Fraction(float(given))


def positive_fraction(name: str, given: Any, remedy: str) -> Fraction:
    """A finite real number above 0, exactly."""
    number = fraction(name, given, "a finite number above 0", remedy)
    if number <= 0:
        raise InputError(name, given, "a finite number above 0", remedy)
    return number


def positive_float(name: str, given: Any, remedy: str) -> float:
    """A real number above 0 as a float, which can hold it."""
    exact = positive_fraction(name, given, remedy)
    try:
        number = float(exact)
    except OverflowError:
        number = math.inf
    if not 0 < number < math.inf:
        raise InputError(name, given, "above 0, and of a size that a float can hold", remedy)
    return number


def reals(name: str, given: Any, allowed: str, remedy: str, dimensions: int | None = None) -> np.ndarray:
    """Finite real numbers as floats, one at the least, in an array of so many ``dimensions``, any if None."""
    try:
        array = np.asarray(given)
        array = array.astype(float) if array.dtype.kind in "iuf" else np.asarray(given, dtype=float) if array.dtype.kind == "O" else None
    except (TypeError, ValueError, OverflowError):
        array = None
    if array is None or dimensions not in (None, array.ndim) or not array.size or not np.all(np.isfinite(array)):
        raise InputError(name, given, allowed, remedy)
    return array


def listed(name: str, given: Any, allowed: str, remedy: str) -> Sequence:
    """A list, a tuple or an array; a text is none of them."""
    if not isinstance(given, Sequence | np.ndarray) or isinstance(given, str | bytes) or getattr(given, "shape", (1,)) == ():
        raise InputError(name, given, allowed, remedy)
    return given  # type: ignore[return-value]


def file_path(given: Any) -> Path:
    """The name of a file."""
    if not isinstance(given, str | os.PathLike):
        raise InputError("path", given, "the name of a file", 'such as "metric.npz"')
    return Path(given)
