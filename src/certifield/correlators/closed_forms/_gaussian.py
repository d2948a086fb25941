"""Moments of the exponential and the linear neuron: Gaussian integrals without any special function."""

import numpy as np

from certifield.enclosures import EPSILON

from ..expansion import hafnian


def gauss_moments(points: np.ndarray, weight_variance: float, bias_variance: float) -> tuple[np.ndarray, np.ndarray]:
    """E[prod exp(z_i - S_ii)] = exp(n(n-2) s_b^2/2 + (s_w^2/2d)(|sum x|^2 - 2 sum |x|^2)), ``weight_variance`` = s_w^2/d;
    points [moments, n, d].
    """
    n = points.shape[1]
    # |sum x|^2 - 2 sum |x|^2 = (n-2) sum |x|^2 - sum_{i<j} |x_i - x_j|^2: for two far points that are close, only the difference is left.
    apart = 0.5 * np.sum((points[:, :, None] - points[:, None, :]) ** 2, axis=(1, 2, 3))
    far = (n - 2) * np.sum(points**2, axis=(1, 2))
    exponent = 0.5 * n * (n - 2) * bias_variance + 0.5 * weight_variance * (far - apart)
    size = 0.5 * n * abs(n - 2) * bias_variance + 0.5 * weight_variance * (np.abs(far) + apart)
    with np.errstate(over="ignore"):
        value = np.exp(exponent)
        return value, (8 + 8 * size) * EPSILON * value


def linear_moments(overlaps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """E[prod z_i] = sum over pairings of prod S_ij (Wick), for covariances [moments, n, n]."""
    value = np.array([hafnian(matrix) for matrix in overlaps], dtype=float)
    length = np.sqrt(np.diagonal(overlaps, axis1=1, axis2=2))  # |S_ij| may be small by cancellation, |u_i| |u_j| is not
    size = np.array([hafnian(np.outer(row, row)) for row in length], dtype=float)
    return value, 16 * EPSILON * size
