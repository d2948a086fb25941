"""What Gaussian integrals of an enclosed function need: its cells, their weights, rays, and what a rule misses on a panel."""

import numpy as np
from jax.extend.core import ClosedJaxpr
from scipy.special import log_ndtr, ndtr

from ._program import enclose
from ._thick import Thick


def cells_of(program: ClosedJaxpr, scales: np.ndarray, low: np.ndarray, high: np.ndarray, height: np.ndarray) -> Thick:
    """Enclosures of sigma(c g) for g in the cells [n] and every c in ``scales`` [m]: a value on m n cells, point by point."""
    ends = np.stack([np.outer(scales, low), np.outer(scales, high)])
    ends = np.where(np.isnan(ends), 0.0, ends)  # 0 times an infinite end
    return enclose(program, ends.min(axis=0).ravel(), ends.max(axis=0).ravel(), np.outer(np.abs(scales), height).ravel())


def gaussian_mass(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """P(low < g < high), without cancellation in either tail."""
    mirrored = low > 0
    a, b = np.where(mirrored, -high, low), np.where(mirrored, -low, high)
    return ndtr(b) - ndtr(a)


def ray_integral(power: tuple[np.ndarray, np.ndarray], start: float) -> np.ndarray:
    """log of int_start^inf exp(a + b (g - start)) phi(g) dg for the two numbers of ``power``."""
    offset, rate = power
    with np.errstate(invalid="ignore"):
        total = offset - rate * start + 0.5 * rate**2 + log_ndtr(rate - start)
    return np.where(np.isnan(total), np.where(offset == -np.inf, -np.inf, np.inf), total)


def gauss_legendre_bound(most: np.ndarray, half: np.ndarray | float, rho: np.ndarray | float, nodes: int) -> np.ndarray:
    """What the rule misses at most on an interval of half-width ``half``: (64/15) M half rho^(-2(n-1))/(1 - rho^(-2)), for an integrand
    that is analytic and at most M in the ellipse with foci at the ends and semi-axes half (rho +- 1/rho)/2.

    Reference: Trefethen, Approximation Theory and Approximation Practice, theorem 19.3.
    """
    return 64 / 15 * most * half * rho ** (-2.0 * (nodes - 1)) / (1 - rho**-2.0)
