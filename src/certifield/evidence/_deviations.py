r"""The deviations of an estimate: for each *source* an array D [replicates, *shape], with $\mathrm{Cov} = \sum_{sources} D^\dagger D$.

All that is known of an error is in them.  To first order (the delta method) the deviations of f(a, b) are $J_a D_a + J_b D_b$,
replicate by replicate where a and b share a source, and side by side where they do not, so that the covariance of the result, and
its correlation with everything else, follow without a further formula.
"""

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from ._checked import numbers
from ._errors import InputError

Deviations = Mapping[str, np.ndarray]
Push = Callable[[np.ndarray], np.ndarray]
Rule = tuple[Callable, Callable, Callable]

# Of the operators + - * / **: (value, derivative by the left operand, derivative by the right operand), of arrays x and y
RULES: dict[str, Rule] = {
    "add": (np.add, lambda x, y: 1.0, lambda x, y: 1.0),
    "subtract": (np.subtract, lambda x, y: 1.0, lambda x, y: -1.0),
    "multiply": (np.multiply, lambda x, y: y, lambda x, y: x),
    "divide": (np.divide, lambda x, y: 1 / y, lambda x, y: -x / y**2),
    "power": (np.power, lambda x, y: np.where(y == 0, 0.0, y * x ** np.where(y == 0, 0.0, y - 1)), lambda x, y: x**y * np.log(x)),
}


def checked(source: str, given: object, mean: np.ndarray) -> np.ndarray:
    """Deviations of shape [replicates, *shape] and of the type of the mean."""
    array = numbers(f"deviations[{source!r}]", given)
    if array.shape[1:] != mean.shape or array.ndim != mean.ndim + 1:
        raise InputError(f"deviations[{source!r}]", array.shape, f"of shape [replicates, *{mean.shape}]", "one row per replicate")
    if array.dtype.kind == "c" and mean.dtype.kind != "c":
        raise InputError(f"deviations[{source!r}]", "complex numbers", "real for a real mean", "pass the mean as complex numbers")
    return array.astype(mean.dtype)


def of_errors(mean: np.ndarray, errors: np.ndarray) -> np.ndarray:
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


def broken(mean: np.ndarray, deviations: Deviations) -> np.ndarray:
    """The entries that have no finite mean or no finite deviations."""
    finite = np.isfinite(mean)
    for given in deviations.values():
        finite = finite & np.all(np.isfinite(given), axis=0)
    return ~finite


def pushed(parts: Iterable[tuple[Deviations, Push]], shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    """The deviations of a result of ``shape``: those of its operands, each mapped by its push, added where they share a source."""
    total: dict[str, np.ndarray] = {}
    for deviations, push in parts:
        for source, given in deviations.items():
            moved = np.broadcast_to(push(given), (len(given), *shape))
            if source in total and len(total[source]) != len(moved):
                raise InputError(
                    f"deviations[{source!r}]",
                    (len(total[source]), len(moved)),
                    "of as many replicates on both sides",
                    "regroup the blocks alike",
                )
            total[source] = total[source] + moved if source in total else moved
    return total


def along(derivative: np.ndarray, dimensions: int) -> Push:
    """The push of a function that works entry by entry, by its derivative, onto a result with so many dimensions."""

    def push(deviations: np.ndarray) -> np.ndarray:
        rows, *shape = deviations.shape
        return derivative * deviations.reshape(rows, *(1,) * (dimensions - len(shape)), *shape)

    return push


def split(deviations: Deviations) -> dict[str, np.ndarray]:
    """Real and imaginary parts as deviations [replicates, 2, *shape] of two results."""
    return {source: np.stack([np.real(given), np.imag(given)], axis=1) for source, given in deviations.items()}


def standard_error(deviations: Deviations, shape: tuple[int, ...]) -> np.ndarray:
    """The standard error of every entry."""
    squares = [np.abs(given) ** 2 for given in deviations.values()]
    # Summed one after the other, because numpy's own order depends on shape and memory layout, and so would the last digit.
    return np.sqrt(np.cumsum(np.concatenate([np.zeros((1, *shape)), *squares]), axis=0)[-1])


def covariance(deviations: Deviations, refused: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """The covariance [size, size] of the flattened entries; a refused entry has infinite variance, and covariances NaN."""
    flags, size = refused.ravel(), refused.size
    total = np.zeros((size, size), dtype=dtype)
    for given in deviations.values():
        flat = given.reshape(-1, size)
        total += flat.conj().T @ flat
    total[flags, :] = total[:, flags] = np.nan
    total[flags, flags] = np.inf
    return total


def correlation(covariance: np.ndarray) -> np.ndarray:
    """The correlation [size, size]; entries without error, or refused, correlate with themselves only."""
    errors = np.sqrt(np.real(np.diag(covariance)))
    useful = np.isfinite(errors) & (errors > 0)
    scale = np.where(useful, 1 / np.where(useful, errors, 1), 0)
    kept = np.where(np.outer(useful, useful), covariance, 0)
    result = kept * np.outer(scale, scale)
    np.fill_diagonal(result, 1)
    return result
