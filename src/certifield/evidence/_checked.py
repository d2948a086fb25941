"""What an `Estimate` asks of its fields."""

import json
import math
import re
from collections.abc import Mapping

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


def deviations(source: str, given: object, mean: np.ndarray) -> np.ndarray:
    """Deviations of shape [replicates, *shape] and of the type of the mean."""
    array = numbers(f"deviations[{source!r}]", given)
    if array.shape[1:] != mean.shape or array.ndim != mean.ndim + 1:
        raise InputError(f"deviations[{source!r}]", array.shape, f"of shape [replicates, *{mean.shape}]", "one row per replicate")
    if array.dtype.kind == "c" and mean.dtype.kind != "c":
        raise InputError(f"deviations[{source!r}]", "complex numbers", "real for a real mean", "pass the mean as complex numbers")
    return array.astype(mean.dtype)


def deviations_of_errors(mean: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """D with D^H D = the covariance that standard errors [*shape], or a covariance [size, size], stand for."""
    size = mean.size
    if errors.shape == mean.shape:
        if not np.all(np.isfinite(errors)) or np.any(np.real(errors) < 0) or np.any(np.imag(errors) != 0):
            raise InputError("stderr", errors.tolist(), "finite and 0 or more", "pass one standard error per entry")
        return np.diag(np.real(errors).ravel()).reshape(size, *mean.shape)
    if errors.shape != (size, size) or not np.all(np.isfinite(errors)):
        raise InputError("stderr", errors.shape, f"of shape {mean.shape}, or a covariance of shape {(size, size)}", "one error per entry")
    values, vectors = np.linalg.eigh(errors)
    largest = np.max(np.abs(values), initial=0.0)
    if np.max(np.abs(errors - errors.conj().T), initial=0.0) > 1e-12 * largest or np.min(values, initial=0.0) < -1e-12 * largest:
        raise InputError("stderr", "this covariance", "symmetric without negative eigenvalues", "check how it was made")
    factor = np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.conj().T
    return factor.reshape(size, *mean.shape)


def broken(mean: np.ndarray, deviations: Mapping[str, np.ndarray]) -> np.ndarray:
    """The entries that have no finite mean or no finite deviations."""
    finite = np.isfinite(mean)
    for given in deviations.values():
        finite = finite & np.all(np.isfinite(given), axis=0)
    return ~finite


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
