"""What an `Estimate` asks of its fields."""

import json
import math
import re

import numpy as np

from ._errors import InputError

_BOUND = re.compile(r"bounded\((.+)\)")


def numbers(argument: str, given: object) -> np.ndarray:
    """A float64 or complex128 copy of ``given``."""
    try:
        array = np.array(given)
    except ValueError:
        array = np.array(None)
    if array.dtype.kind not in "iufc":
        raise InputError(argument, given, "a number or an array of numbers", "pass floats")
    return array.astype(complex if array.dtype.kind == "c" else float)


def flags(given: object, shape: tuple[int, ...]) -> np.ndarray:
    """``given`` as booleans of ``shape``."""
    array = np.asarray(given)
    if array.dtype != bool or array.shape not in ((), shape):
        raise InputError("refused", given, f"booleans of shape {shape}", "pass one per entry of the mean")
    return np.broadcast_to(array, shape)


def count(argument: str, given: object) -> int:
    """``given`` as a whole number, 0 or more."""
    if isinstance(given, bool) or not isinstance(given, int | np.integer) or given < 0:
        raise InputError(argument, given, "a whole number, 0 or more", "0 stands for unknown")
    return int(given)


def bias(given: str) -> str:
    """``given``, one of "none", "bounded(b)" with b >= 0, "unknown"."""
    if given not in ("none", "unknown") and not bound(given) >= 0:
        raise InputError("bias", given, '"none", "unknown" or "bounded(b)" with b >= 0', 'try bias="bounded(1e-6)"')
    return given


def bound(bias: str) -> float:
    """The b of "bounded(b)", 0 for none, and NaN for anything else."""
    found = _BOUND.fullmatch(bias) if isinstance(bias, str) else None
    try:
        return float(found[1]) if found else 0.0 if bias == "none" else math.nan
    except ValueError:
        return math.nan


def plain(argument: str, given: object, *, finite: bool = False) -> object:
    """A copy of ``given`` in which everything is a JSON type (numpy numbers and arrays become numbers and lists)."""
    try:
        return json.loads(json.dumps(given, default=lambda value: value.tolist(), allow_nan=not finite))
    except (TypeError, ValueError, AttributeError, RecursionError) as error:
        remedy = "use finite numbers, texts, lists and dictionaries only"
        raise InputError(argument, given, f"made of JSON types ({error})", remedy) from None


def frozen(array: np.ndarray) -> np.ndarray:
    """``array``, closed for writing (every array here is a private copy)."""
    array = np.asarray(array)
    array.setflags(write=False)
    return array
