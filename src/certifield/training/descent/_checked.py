"""What callers give to the descents, checked."""

import math
from typing import Any

import numpy as np

from certifield.evidence import InputError


def positive(name: str, given: Any, *, zero: bool = False) -> float:
    """A finite number above 0, or from 0 on."""
    number = isinstance(given, int | float | np.integer | np.floating) and not isinstance(given, bool)
    if not number or not 0 <= given < math.inf or (given == 0 and not zero):
        raise InputError(name, given, "0 or more, finite" if zero else "positive and finite", f"try {name}=1.0")
    return float(given)


def whole(name: str, given: Any, least: int) -> int:
    """A whole number from ``least`` on."""
    if isinstance(given, bool) or not isinstance(given, int | np.integer) or given < least:
        raise InputError(name, given, f"a whole number, {least} or more", f"try {name}={least}")
    return int(given)


def finite(name: str, given: Any, remedy: str) -> float:
    """A finite real number."""
    if isinstance(given, bool) or not isinstance(given, int | float | np.integer | np.floating) or not math.isfinite(given):
        raise InputError(name, given, "a finite number", remedy)
    return float(given)
