"""Collective variables of a tangent kernel: a few numbers that tell how it is made and how it moves."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from certifield.evidence import Exact, InputError

from ..dynamics import residual

_REFERENCE = "arXiv:2305.00995"
_EPS = float(np.finfo(float).eps)


@dataclass(frozen=True, eq=False)
class Collective:
    """Of Theta as a matrix [n O, n O] with eigenvalues lambda, l = lambda/trace:

    ``trace``; ``entropy`` -sum l log l; ``effective_rank`` exp(entropy); ``alignment`` Y.Theta Y/(|Y|^2 |Theta|); and against the reference
    Theta_0, ``similarity`` <Theta_c, Theta_0c>/(|Theta_c| |Theta_0c|) of the centred kernels (CKA) and ``motion``
    |Theta - Theta_0|/|Theta_0|, in Frobenius norms.  None where labels or a reference are not given.
    """

    trace: Exact
    entropy: Exact
    effective_rank: Exact
    alignment: Exact | None = None
    similarity: Exact | None = None
    motion: Exact | None = None


def collective(kernel: Exact, labels: Any = None, reference: Exact | None = None) -> Collective:
    """The collective variables of a kernel [n, n], or [n, n, *shape, *shape] as `empirical_ntk` gives it.

    ``labels`` [n, *shape] with one number per row of the matrix; ``reference``: a kernel of the same shape.  Radii are bounds: kernels
    within the given radius have values within these, the entropy by Audenaert's inequality (arXiv:quant-ph/0610146).
    Raises `InputError` for kernels between different points, and for labels of another shape, [n] against [n, 1] too.
    Reference: arXiv:2305.00995.
    """
    matrix, error = _matrix("kernel", kernel)
    values, vectors = np.linalg.eigh(matrix)
    trace, count = float(np.trace(matrix).real), len(matrix)
    if trace <= 0:
        raise InputError("kernel", f"trace {trace:g}", "a kernel that is not zero", "check that the module has parameters that matter")
    positive = np.maximum(values, 0.0)  # the kernel is: so this brings no eigenvalue further from its own
    shares = positive / positive.sum()
    entropy = float(-np.sum(shares * np.log(np.where(shares > 0, shares, 1.0))))
    apart = count**0.5 * (error + residual(matrix, values, vectors)[0]) / float(positive.sum())
    entropy_error = _of_entropy(apart, count) + 2 * count * _EPS * (entropy + 1)
    most = float(np.exp(entropy))
    found = {
        "trace": Exact(trace, "trace of the tangent kernel", "", count**0.5 * error + count * _EPS * trace),
        "entropy": Exact(entropy, "entropy of the spectrum", _REFERENCE, entropy_error),
        "effective_rank": Exact(most, "exp(entropy)", _REFERENCE, most * (float(np.expm1(entropy_error)) + 4 * _EPS)),
    }
    rounding = matrix.size * _EPS  # of a norm or a product of two, relative to the sizes of both
    norm = float(np.linalg.norm(matrix))
    if labels is not None:
        y = _labels(labels, kernel)
        value = float(np.real(y.conj() @ matrix @ y) / (np.vdot(y, y).real * norm))
        found["alignment"] = Exact(value, "Y.Theta Y/(|Y|^2 |Theta|)", _REFERENCE, 2 * error / norm + 4 * rounding)
    if reference is not None:
        other, other_error = _matrix("reference", reference)
        if other.shape != matrix.shape:
            raise InputError("reference", reference.shape, f"of shape {kernel.shape}", "give the kernel at the same points")
        size = float(np.linalg.norm(other))
        motion = float(np.linalg.norm(matrix - other)) / size
        radius = (error + (1 + motion) * other_error) / max(size - other_error, np.finfo(float).tiny) + 2 * rounding * motion
        found["motion"] = Exact(motion, "|Theta - Theta_0|/|Theta_0|", _REFERENCE, radius)
        a, b = (_centred(each) for each in (matrix, other))
        sizes = [float(np.linalg.norm(each)) for each in (a, b)]
        if min(sizes) > 0:
            # Centring shortens differences, and unit vectors of a and a' differ by 2 |a - a'|/|a| at most.
            lost = [4 * _EPS * float(np.linalg.norm(each)) * count**0.5 for each in (matrix, other)]
            radius = 2 * (error + lost[0]) / sizes[0] + 2 * (other_error + lost[1]) / sizes[1] + 4 * rounding
            found["similarity"] = Exact(float(np.real(np.vdot(a, b))) / (sizes[0] * sizes[1]), "alignment of centred kernels", "", radius)
    return Collective(**found)


def _of_entropy(apart: float, count: int) -> float:
    """The most by which the entropies of two density matrices differ whose trace distance is ``apart`` or less: Audenaert's inequality."""
    if count == 1:
        return 0.0
    distance = min(apart, 1 - 1 / count)  # where it is largest, at log(count)
    return float(distance * np.log(count - 1) - distance * np.log(distance or 1.0) - (1 - distance) * np.log1p(-distance))


def _matrix(name: str, kernel: Exact) -> tuple[np.ndarray, float]:
    """[n O, n O], and the Frobenius norm of the radius, which bounds how far eigenvalues are off."""
    if not isinstance(kernel, Exact) or np.asarray(kernel.value).ndim < 2:
        raise InputError(name, kernel, "a kernel that is an Exact, such as empirical_ntk(module, x)", "wrap a matrix: Exact(matrix)")
    value = np.asarray(kernel.value)
    n, outputs = value.shape[0], value.shape[2 : 2 + (value.ndim - 2) // 2]
    if value.shape != (n, n, *outputs, *outputs):
        raise InputError(
            name, value.shape, "a kernel Theta(x, x), [n, n] or [n, n, *shape, *shape]", 'use output="full" or "trace", without y'
        )
    count = int(np.prod(outputs, dtype=int))
    moved = np.moveaxis(value.reshape(n, n, count, count), 2, 1).reshape(n * count, n * count)
    return (moved + moved.conj().T) / 2, float(np.linalg.norm(np.broadcast_to(kernel.radius, value.shape)))


def _labels(labels: Any, kernel: Exact) -> np.ndarray:
    y = np.asarray(labels)
    allowed = (kernel.shape[0], *kernel.shape[2 : 2 + (len(kernel.shape) - 2) // 2])
    if y.shape != allowed or y.dtype.kind not in "iufc" or not np.any(y) or not np.all(np.isfinite(y)):
        raise InputError("labels", f"shape {y.shape}", f"finite numbers, not all zero, of shape {allowed}", "reshape them: no broadcasting")
    return y.ravel()


def _centred(matrix: np.ndarray) -> np.ndarray:
    return matrix - matrix.mean(axis=0) - matrix.mean(axis=1)[:, None] + matrix.mean()
