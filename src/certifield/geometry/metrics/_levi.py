r"""The metric and its volume from Hermitian forms of jets.

A potential is a sum of logarithms, $K = \sum_j \frac{a_j}{\pi}\ln F_j$ with $F_j = s^\dagger H_j s > 0$.  With the matrix
$A = (\partial_\alpha\bar\partial_\beta F)$, $\alpha,\beta = 0..n$ (0 stands for no derivative), a term contributes
$g_{a\bar b} = \frac{a_j}\pi\big(A_{ab}/A_{00} - A_{a0}A_{0b}/A_{00}^2\big)$, and $\ln\det g$ varies with A as $\mathrm{Re}\sum
W_{\alpha\beta}\,\delta A_{\alpha\beta}$.

Further derivatives: multiplying sections by $e^{q(x)}$ with a holomorphic polynomial q of degree 2 changes no $\partial\bar\partial\ln F$,
and q can be chosen such that all $\partial_a F$ and $\partial_a\partial_b F$ vanish at the point.  With F = 1 there, $\ln F$ has the
derivatives $K_{a\bar c} = F_{a\bar c}$, $K_{ab\bar c} = F_{ab\bar c}$ and $K_{ab\bar c\bar d} = F_{ab\bar c\bar d} - F_{a\bar
c}F_{b\bar d} - F_{a\bar d}F_{b\bar c}$, which are entries of one Hermitian matrix of jets.
"""

from collections.abc import Sequence

import numpy as np

from ._sections import pairs


def metric_of(weights: Sequence[float], forms: Sequence[np.ndarray]) -> np.ndarray:
    """g [N, n, n] from the weights a_j and the matrices A_j [N, n + 1, n + 1]."""
    total = 0.0
    for weight, a in zip(weights, forms, strict=True):
        size = np.real(a[:, :1, :1])
        total = total + (weight / np.pi) * (a[:, 1:, 1:] / size - a[:, 1:, :1] @ a[:, :1, 1:] / size**2)
    return np.asarray(total)


def volume_slopes(weights: Sequence[float], forms: Sequence[np.ndarray], metric: np.ndarray) -> list[np.ndarray]:
    r"""$W_j$ [N, n + 1, n + 1] with $\delta\ln\det g = \mathrm{Re}\sum_j\sum_{\alpha\beta} W_{j,\alpha\beta}\,\delta A_{j,\alpha\beta}$."""
    inverse = np.linalg.inv(metric).transpose(0, 2, 1)  # inverse[a, b] multiplies the variation of g_ab
    slopes = []
    for weight, a in zip(weights, forms, strict=True):
        size, up, down = np.real(a[:, 0, 0]), a[:, 1:, :1], a[:, :1, 1:]
        w = np.empty_like(a)
        w[:, 1:, 1:] = inverse
        w[:, 1:, 0] = -np.sum(inverse * down, axis=2) / size[:, None]
        w[:, 0, 1:] = -np.sum(inverse * up, axis=1) / size[:, None]
        bent = a[:, 1:, 1:] / size[:, None, None] - 2 * (up @ down) / size[:, None, None] ** 2
        w[:, 0, 0] = -np.sum(inverse * bent, axis=(1, 2))
        slopes.append((weight / np.pi) / size[:, None, None] * w)
    return slopes


def determinant(metric: np.ndarray) -> np.ndarray:
    """det g [N], and NaN where g is not positive definite."""
    eigenvalues = np.linalg.eigvalsh(metric)
    return np.where(eigenvalues[:, 0] > 0, np.prod(eigenvalues, axis=1), np.nan)


def derivatives_of(weights: Sequence[float], forms: Sequence[np.ndarray], n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""$g_{a\bar c}$ [N, a, c], $\partial_b g_{a\bar c}$ [N, b, a, c] and $\partial_b\bar\partial_d g_{a\bar c}$ [N, b, d, a, c] from the
    matrices A_j of second jets.
    """
    first, second, fourth = 0.0, 0.0, 0.0
    place = np.zeros((n, n), dtype=np.int64)
    place[pairs(n)] = np.arange(n * (n + 1) // 2)
    place = np.maximum(place, place.T)
    for weight, a in zip(weights, forms, strict=True):
        a = _flattened(a / np.real(a[:, :1, :1]), n)
        levi, bent = a[:, 1 : n + 1, 1 : n + 1], a[:, n + 1 :, n + 1 :]
        mixed = a[:, n + 1 :, 1 : n + 1][:, place]  # [N, b, a, c]
        four = bent[:, place][:, :, :, place].transpose(0, 1, 3, 2, 4)  # [N, b, a, d, c] as [N, b, d, a, c]
        crossed = np.einsum("nac,nbd->nbdac", levi, levi) + np.einsum("nad,nbc->nbdac", levi, levi)
        scale = weight / np.pi
        first, second, fourth = first + scale * levi, second + scale * mixed, fourth + scale * (four - crossed)
    return np.asarray(first), np.asarray(second), np.asarray(fourth)


def _flattened(a: np.ndarray, n: int) -> np.ndarray:
    """T A T^dagger with the unit lower triangular T that removes pure derivatives of F; A[0, 0] = 1."""
    rows, columns = pairs(n)
    l = -a[:, 1 : n + 1, 0]  # noqa: E741
    size = 1 + n + len(rows)
    t = np.zeros((len(a), size, size), dtype=np.complex128)
    t[:, np.arange(size), np.arange(size)] = 1
    t[:, 1 : n + 1, 0] = l
    number = np.arange(len(rows)) + n + 1
    t[:, number, 1 + columns] += l[:, rows]
    t[:, number, 1 + rows] += l[:, columns]
    without = a[:, n + 1 :, 0] + l[:, rows] * a[:, 1 + columns, 0] + l[:, columns] * a[:, 1 + rows, 0]
    t[:, n + 1 :, 0] = -without
    return t @ a @ t.conj().transpose(0, 2, 1)
