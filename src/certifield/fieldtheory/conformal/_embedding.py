r"""Points as rays of the null cone: conformal maps of $\mathbb R^D$ are the rotations of SO(D+1, 1).

$x \mapsto X = (X^0, X^\mu, X^{D+1}) = (\frac{1+x^2}2, x^\mu, \frac{1-x^2}2)$, and
$X \cdot Y = -X^0 Y^0 + X^\mu Y_\mu + X^{D+1} Y^{D+1} = -\frac12 (x - y)^2$.
Reference: arXiv:2409.12222, section 2.
"""

from typing import Any

import numpy as np

from certifield.evidence import InputError


def embed(points: Any) -> np.ndarray:
    r"""X [..., D + 2] for points x [..., D], in the order $(X^0, X^1, \dots, X^D, X^{D+1})$.  Raises `InputError` for D = 0 and NaN.

    >>> embed([[0.6, 0.8]]).tolist()
    [[1.0, 0.6, 0.8, 0.0]]
    """
    x = checked_points("points", points)
    square = np.sum(x**2, axis=-1, keepdims=True)
    return np.concatenate([(1 + square) / 2, x, (1 - square) / 2], axis=-1)


def continued(points: Any) -> np.ndarray:
    r"""X with $X^0 \to i X^0$ [..., D + 2]: with these inputs the Euclidean product is $X \cdot Y$.

    A law of the parameters that is invariant under SO(D+2) so gives fields that are covariant under SO(D+1, 1).  The field is complex, and
    correlators are means of products without conjugation.
    """
    rows = embed(points).astype(complex)
    rows[..., 0] *= 1j
    return rows


def null_product(x: Any, y: Any) -> np.ndarray:
    r"""$X \cdot Y$ of embedded points [..., D + 2], which is $-\frac12 (x-y)^2$ and 0 at coincident points."""
    a, b = np.asarray(x), np.asarray(y)
    return np.sum(a[..., 1:] * b[..., 1:], axis=-1) - a[..., 0] * b[..., 0]


def cross_ratios(points: Any) -> tuple[np.ndarray, np.ndarray]:
    r"""$u = \frac{x_{12}^2 x_{34}^2}{x_{13}^2 x_{24}^2}$ and $v = \frac{x_{14}^2 x_{23}^2}{x_{13}^2 x_{24}^2}$ of points [..., 4, D].

    Raises `InputError` for points that coincide, where the correlator diverges or vanishes.
    """
    x = checked_points("points", points)
    if x.ndim < 2 or x.shape[-2] != 4:
        raise InputError("points", x.shape, "of shape [..., 4, D]", "give four points")
    square = lambda i, j: np.sum((x[..., i, :] - x[..., j, :]) ** 2, axis=-1)  # noqa: E731
    for i in range(4):
        for j in range(i):
            if np.any(square(i, j) == 0):
                raise InputError("points", f"points {j} and {i} coincide", "four points at distances above 0", "move one of them")
    below = square(0, 2) * square(1, 3)
    return square(0, 1) * square(2, 3) / below, square(0, 3) * square(1, 2) / below


def checked_points(name: str, given: Any) -> np.ndarray:
    """Real finite points [..., D]."""
    try:
        array = np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        raise InputError(name, given, "real numbers of shape [..., D]", "give the coordinates of the points") from None
    if array.ndim == 0 or array.shape[-1] == 0 or not np.all(np.isfinite(array)):
        raise InputError(name, array.shape if array.size == 0 else given, "finite, of shape [..., D] with D >= 1", "give coordinates")
    return array
