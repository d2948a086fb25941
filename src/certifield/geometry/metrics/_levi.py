r"""The metric and its volume from Hermitian forms of jets.

A potential is a sum of logarithms, $K = \sum_j \frac{a_j}{\pi}\ln F_j$ with $F_j = s^\dagger H_j s > 0$.  With the matrix
$A = (\partial_\alpha\bar\partial_\beta F)$, $\alpha,\beta = 0..n$ (0 stands for no derivative), a term contributes
$g_{a\bar b} = \frac{a_j}\pi\big(A_{ab}/A_{00} - A_{a0}A_{0b}/A_{00}^2\big)$, and $\ln\det g$ varies with A as $\mathrm{Re}\sum
W_{\alpha\beta}\,\delta A_{\alpha\beta}$.
"""

from collections.abc import Sequence

import numpy as np


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
