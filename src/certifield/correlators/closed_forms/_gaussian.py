"""Moments of the exponential and the linear neuron: Gaussian integrals without any special function."""

import numpy as np

from .._rounding import EPSILON
from ..expansion import hafnian


def gauss_moments(points: np.ndarray, weight_variance: float, bias_variance: float) -> tuple[np.ndarray, np.ndarray]:
    """E[prod exp(z_i - S_ii)] = exp(n(n-2) s_b^2/2 + (s_w^2/2d)(|sum x|^2 - 2 sum |x|^2)), ``weight_variance`` = s_w^2/d;
    points [moments, n, d].
    """
    n = points.shape[1]
    squares = np.sum(points.sum(axis=1) ** 2, axis=1) - 2 * np.sum(points**2, axis=(1, 2))
    exponent = 0.5 * n * (n - 2) * bias_variance + 0.5 * weight_variance * squares
    value = np.exp(exponent)
    return value, (8 + 4 * np.abs(exponent)) * EPSILON * value


def linear_moments(overlaps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """E[prod z_i] = sum over pairings of prod S_ij (Wick), for covariances [moments, n, n]."""
    value = np.array([hafnian(matrix) for matrix in overlaps])
    size = np.array([hafnian(np.abs(matrix)) for matrix in overlaps])
    return value, 16 * EPSILON * size
