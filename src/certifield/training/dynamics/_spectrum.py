"""The eigenvalues and eigenvectors of the tangent kernel of the training points: all times follow from them."""

from dataclasses import dataclass

import numpy as np

from certifield.evidence import InputError, PrecisionError

_CONDITION = 1e6  # from which on single precision says nothing of the slow modes
_NEGATIVE = 1e-10  # of the largest eigenvalue: what rounding may leave below 0
_SHOWN = 8  # pairs of points


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Theta = V diag(values) V^T for orthogonal V, up to ``error`` in the Frobenius norm; ``ridge`` was added to its diagonal.

    ``vectors`` are V up to ``skew`` in the Frobenius norm.  Both are measured on the decomposition, so that nothing is asked of LAPACK.
    """

    values: np.ndarray
    vectors: np.ndarray
    error: float
    skew: float
    ridge: float
    matrix: np.ndarray

    @property
    def low(self) -> float:
        """A lower bound on the smallest eigenvalue, 0 or more."""
        return max(float(self.values[0]) - self.error, 0.0)

    @property
    def high(self) -> float:
        """An upper bound on the largest."""
        return float(self.values[-1]) + self.error

    @property
    def inverse_error(self) -> float:
        """A bound on the error of 1/Theta in the Frobenius norm: 1/low^2 times that of Theta."""
        return self.low**-2 * self.error

    @property
    def rank(self) -> int:
        """How many eigenvalues are told apart from 0."""
        return int(np.sum(self.values > self.error + len(self.values) * np.finfo(float).eps * self.values[-1]))

    def invertible(self) -> "Spectrum":
        """Itself.  Raises `InputError` where the kernel is singular, with the pairs of points that are alike to it."""
        count = len(self.values)
        if self.rank == count:
            return self
        size = np.sqrt(np.maximum(np.diag(self.matrix), 0.0))
        alike = np.abs(self.matrix) >= (1 - 1e-10) * size[:, None] * size[None]
        pairs = [(int(i), int(j)) for i, j in np.argwhere(np.triu(alike, 1))]
        told = f"; points that it cannot tell apart: {', '.join(map(str, pairs[:_SHOWN]))}" if pairs else ""
        allowed = f"with an invertible kernel: Theta_XX is singular (rank {self.rank} of {count}){told}"
        raise InputError("x", f"{count} points", allowed, "remove duplicate or parallel points, or state a ridge; finite times are known")


def spectrum(theta: np.ndarray, *, radius: float = 0.0, ridge: float = 0.0) -> Spectrum:
    """The spectrum of a symmetric positive kernel [n, n], given up to ``radius`` in the Frobenius norm.

    Raises `InputError` for a matrix that is not symmetric or has negative eigenvalues, and `PrecisionError` for one in single precision
    whose condition number exceeds 1e6 or eps^(-1)/n.
    """
    given = np.asarray(theta)
    if given.ndim != 2 or given.shape[0] != given.shape[1] or not given.size or given.dtype.kind not in "iuf":
        raise InputError("theta", given.shape, "a real matrix of shape [n, n]", "for several outputs give the kernel of one")
    if not np.all(np.isfinite(given)) or np.max(np.abs(given - given.T)) > 1e-6 * np.max(np.abs(given)):
        raise InputError("theta", given, "symmetric and finite", "use cf.kernels.ntk(network, x)")
    matrix = (given.astype(float) + given.T.astype(float)) / 2
    values, vectors = np.linalg.eigh(matrix)
    top = float(values[-1])
    eps = float(np.finfo(given.dtype).eps) if given.dtype.kind == "f" else 0.0
    if given.dtype.itemsize < 8 and given.dtype.kind == "f" and values[0] + ridge < top * max(1 / _CONDITION, len(values) * eps):
        told = f"eigenvalues between {values[0]:.3g} and {top:.3g} need more digits than {given.dtype} has"
        raise PrecisionError(f"{told}: compute the kernel in 64 bit (cf.kernels.ntk does), or state a ridge")
    if values[0] < -max(_NEGATIVE, 2 * len(values) * eps) * top - radius:
        raise InputError("theta", f"eigenvalue {values[0]:.3g} of {top:.3g}", "positive semi-definite", "is it a kernel of one output?")
    left, skew = residual(matrix, values, vectors)
    given_in = (eps + np.finfo(float).eps) * float(np.linalg.norm(matrix))  # digits that the numbers given do not have
    return Spectrum(np.maximum(values, 0.0) + ridge, vectors, radius + left + given_in, skew, ridge, matrix)


def residual(matrix: np.ndarray, values: np.ndarray, vectors: np.ndarray) -> tuple[float, float]:
    """Bounds on |matrix - V diag(values) V^+| and on |vectors - V| for a unitary V, in the Frobenius norm, by computing both.

    V is the polar factor of the vectors W: |W - V| <= |W^+ W - 1| = skew, hence |matrix - V D V^+| is at most
    |matrix - W D W^+| + (2 skew + skew^2) max |D|.  Products of n terms round by n eps each.
    """
    count, unit = len(values), np.finfo(float).eps
    skew = float(np.linalg.norm(vectors.conj().T @ vectors - np.eye(count))) + 2 * count**1.5 * unit
    left = float(np.linalg.norm(matrix - (vectors * values) @ vectors.conj().T)) + 4 * count**1.5 * unit * float(np.linalg.norm(values))
    return left + 3 * skew * float(np.max(np.abs(values))), skew
