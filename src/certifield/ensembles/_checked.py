"""Numbers that ensembles are built from, checked and brought to one type."""

import math
from numbers import Integral, Real
from typing import Any

import numpy as np

from certifield.evidence import InputError

_EXTREME = 1e150  # beyond, and below its inverse, squares leave the range of 64-bit numbers


def plain_number(value: Any) -> Any:
    """A number in an array without dimensions (NumPy, JAX) as a number of Python; anything else as it is."""
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        return np.asarray(value).astype(float).item() if np.asarray(value).dtype.kind == "V" else value.item()  # V: bfloat16
    return value


def checked_number(name: str, value: object) -> float:
    """A finite real number as a float; raises `InputError`."""
    given = plain_number(value)
    number = float(given) if isinstance(given, Real) and not isinstance(given, bool) else math.nan
    if not math.isfinite(number):
        raise InputError(name, value, "a finite number", f"try {name}=1.0")
    return number


def checked_scale(name: str, value: object, *, zero_allowed: bool = True) -> float:
    """A finite number that is not negative, or with ``zero_allowed=False`` one that is positive; raises `InputError`."""
    given = plain_number(value)
    number = float(given) if isinstance(given, Real) and not isinstance(given, bool) else math.nan
    if not math.isfinite(number) or number < 0 or (number == 0 and not zero_allowed):
        bound = "0 or more" if zero_allowed else "more than 0"
        raise InputError(name, value, f"a finite number, {bound}", f"try {name}=1.0")
    if number and not 1 / _EXTREME < number < _EXTREME:
        raise InputError(
            name, value, f"between {1 / _EXTREME:g} and {_EXTREME:g}, so that its square is a 64-bit number", f"try {name}=1.0"
        )
    return number


def checked_count(name: str, value: object) -> int:
    """A whole number that is 1 or more, of any type that holds it exactly; raises `InputError`."""
    given = plain_number(value)
    whole = isinstance(given, Integral) or (isinstance(given, float) and given.is_integer())
    if isinstance(given, bool) or not whole or given < 1:
        raise InputError(name, value, "a whole number, 1 or more", f"try {name}={20 if name == 'width' else 1}")
    return int(given)
