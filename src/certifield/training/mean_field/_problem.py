"""A training problem as the mean-field theories see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from certifield.evidence import Estimate, InputError


@dataclass(frozen=True, eq=False)
class Problem:
    """``gram`` [P, P] = x.x'/D, labels ``y`` [P], ``times`` [T] from 0, and the strength of feature learning ``gamma``."""

    gram: np.ndarray
    y: np.ndarray
    times: np.ndarray
    gamma: float


def problem(gram: Any, y: Any, times: Sequence[float], gamma: float) -> Problem:
    """The arguments as arrays.  Raises `InputError` where they do not fit."""
    matrix, labels, when = (np.asarray(each, dtype=float) for each in (gram, y, times))
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not np.all(np.isfinite(matrix)):
        raise InputError("gram", matrix.shape, "a matrix [P, P] of x.x'/D", "give x @ x.T / x.shape[1]")
    if np.max(np.abs(matrix - matrix.T)) > 1e-12 * np.max(np.abs(matrix)) or np.linalg.eigvalsh(matrix)[0] < -1e-10 * np.max(
        np.abs(matrix)
    ):
        raise InputError("gram", matrix.tolist(), "symmetric without negative eigenvalues", "give x @ x.T / x.shape[1]")
    if labels.shape != matrix.shape[:1] or not np.all(np.isfinite(labels)):
        raise InputError(
            "y", labels.shape, f"finite, of shape ({len(matrix)},), one label per point", "write y.ravel() for labels in a column"
        )
    if when.ndim != 1 or len(when) < 2 or when[0] != 0 or np.any(np.diff(when) <= 0):
        raise InputError("times", list(times), "ascending from 0", "try times=[0, 0.5, 1]")
    if not gamma > 0:
        raise InputError("gamma", gamma, "above 0; 1 and more learn features, 0.1 is nearly lazy", "try gamma=1.0")
    return Problem(matrix, labels, when, float(gamma))


@dataclass(frozen=True, eq=False)
class MeanField:
    """Training in the limit of infinite width, at ``times`` [T].

    ``prediction`` [T, P]; ``kernel`` [T, P, P]: the tangent kernel, which moves where features are learned; ``features`` [L, T, P, P]: the
    covariances <f(h^l) f(h^l)> of the hidden layers.
    """

    times: np.ndarray
    prediction: Estimate
    kernel: Estimate
    features: Estimate


def weights(grid: np.ndarray) -> np.ndarray:
    """Of the trapezoidal rule from 0 to every time of a uniform grid: [t, s], zero for later s."""
    found = np.tril(np.ones((len(grid), len(grid))))
    found[:, 0] = 0.5
    np.fill_diagonal(found, 0.5)
    found[0] = 0.0
    return found * (grid[1] - grid[0])


def predicted(kernels: np.ndarray, y: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """phi on a grid, from d phi/dt = K(t) (y - phi), phi = 0 at first, by the trapezoidal rule: [T, P]."""
    phi, one, half = np.zeros((len(grid), len(y))), np.eye(len(y)), 0.5 * (grid[1] - grid[0])
    for k in range(1, len(grid)):
        known = phi[k - 1] + half * kernels[k - 1] @ (y - phi[k - 1]) + half * kernels[k] @ y
        phi[k] = np.linalg.solve(one + half * kernels[k], known)
    return phi
