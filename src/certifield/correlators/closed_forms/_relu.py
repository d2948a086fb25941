"""Moments of the rectifier neuron.

Two points, any dimension: the arc-cosine kernel.  More points whose preactivations span two Gaussian directions (d = 1 with
bias, d = 2 without): z_i = u_i . g with g in the plane, and in polar coordinates

    E[prod max(z_i, 0)] = E[r^n] (1/2 pi) int_arc prod |u_i| cos(t - t_i) dt,   E[r^n] = 2^(n/2) Gamma(n/2 + 1),

over the arc on which all cosines are positive: a trigonometric polynomial, which Gauss-Legendre integrates without cancellation.
One direction (d = 1 without bias) is the special case of angles 0 and pi: (n-1)!!/2 prod |u_i| for inputs of one sign, else 0.
"""

import math

import numpy as np

from certifield.enclosures import EPSILON

from ._quadrature import unit_interval

_NODES = 32  # a cosine polynomial of degree 8 on an arc of at most pi: the rule's error is below 1e-30


def arc_cosine_pair(overlaps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """E[max(z_1,0) max(z_2,0)] = sqrt(S11 S22) (sin t + (pi - t) cos t) / 2 pi; 0 where a variance is 0."""
    product = overlaps[:, 0, 0] * overlaps[:, 1, 1]
    root = np.sqrt(product)
    cosine = np.clip(np.divide(overlaps[:, 0, 1], root, out=np.zeros_like(root), where=root > 0), -1, 1)
    angle = np.arccos(cosine)
    value = root * (np.sin(angle) + (np.pi - angle) * cosine) / (2 * np.pi)
    return value, 16 * EPSILON * root  # sin t + (pi-t) cos t is flat in t where arccos is steep


def planar_moments(directions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """E[prod max(u_i . g, 0)] and an error bound for vectors u of shape [moments, n, 2] and a standard Gaussian g."""
    n = directions.shape[1]
    lengths = np.linalg.norm(directions, axis=2)
    angles = np.arctan2(directions[..., 1], directions[..., 0])
    apart = np.remainder(angles - angles[:, :1] + np.pi, 2 * np.pi) - np.pi
    low, high = apart.max(axis=1) - np.pi / 2, apart.min(axis=1) + np.pi / 2
    span = np.where(high - low > 16 * EPSILON, high - low, 0.0)
    times, weights = unit_interval(_NODES)
    t = low[:, None] + span[:, None] * times
    cosines = np.cos(t[:, :, None] - apart[:, None, :])
    radial = 2 ** (n / 2) * math.gamma(n / 2 + 1) * np.prod(lengths, axis=1)
    value = radial * span / (2 * np.pi) * (np.prod(cosines, axis=2) @ weights)
    return value, (32 + 8 * n) * EPSILON * radial * np.maximum(span, EPSILON) / (2 * np.pi)
