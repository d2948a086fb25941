"""What callers give, checked and brought to one type; every refusal is an `InputError` with the argument, its value and a remedy."""

import math
from typing import Any

import numpy as np

from certifield.evidence import InputError


def positive(name: str, given: Any) -> float:
    """A positive and finite number."""
    if isinstance(given, bool | np.bool_) or not isinstance(given, int | float | np.integer | np.floating) or not 0 < given < math.inf:
        raise InputError(name, given, "positive and finite", f"try {name}=1.0")
    return float(given)


def whole(name: str, given: Any, least: int, most: float = math.inf) -> int:
    """A whole number from ``least`` to ``most``."""
    if isinstance(given, bool | np.bool_) or not isinstance(given, int | np.integer) or not least <= given <= most:
        allowed = f"a whole number, {least} or more" if most == math.inf else f"a whole number, {least} to {most}"
        raise InputError(name, given, allowed, f"try {name}={max(least, 1)}")
    return int(given)


def reals(name: str, given: Any, allowed: str, remedy: str) -> np.ndarray:
    """A finite array of real numbers, of any shape but an empty one; the caller checks its shape, and says what is ``allowed``."""
    try:
        array = np.asarray(given)
        array = array.astype(float) if array.dtype.kind in "iuf" else np.asarray(given, dtype=float) if array.dtype.kind == "O" else None
    except (TypeError, ValueError, OverflowError):
        array = None
    if array is None or not array.size or not np.all(np.isfinite(array)):
        raise InputError(name, given, allowed, remedy)
    return array
