"""Numbers that ensembles are built from, checked and brought to one type."""

import math
from numbers import Integral, Real

from certifield.evidence import InputError


def checked_number(name: str, value: object) -> float:
    """A finite real number as a float; raises `InputError`."""
    number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else math.nan
    if not math.isfinite(number):
        raise InputError(name, value, "a finite number", f"try {name}=1.0")
    return number


def checked_scale(name: str, value: object, *, zero_allowed: bool = True) -> float:
    """A finite number that is not negative, or with ``zero_allowed=False`` one that is positive; raises `InputError`."""
    number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else math.nan
    if not math.isfinite(number) or number < 0 or (number == 0 and not zero_allowed):
        bound = "0 or more" if zero_allowed else "more than 0"
        raise InputError(name, value, f"a finite number, {bound}", f"try {name}=1.0")
    return number


def checked_count(name: str, value: object) -> int:
    """A whole number that is 1 or more; raises `InputError`."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 1:
        raise InputError(name, value, "a whole number, 1 or more", f"try {name}={20 if name == 'width' else 1}")
    return int(value)
