"""Moments of plane-wave neurons A(p) cos(p.x + c) with uniform phase c.

Averaging the phase leaves the sign vectors of vanishing sum:

    E[prod cos(p.x_i + c)] = 2^(-n) sum over e in {-1,1}^n, sum e = 0, of E_p[cos(p . sum_i e_i x_i)],

and E_p is exp(-sigma_w^2 |x|^2 / 2d) for the cos-net; for the scalar field the amplitude joins in:
E_q[A^n cos(p.r)] = int d^dp q (2 rho/q)^(n/2) cos(p.r), rho = (2 pi)^(-d)/(p^2+m^2), a radial integral.
"""

import itertools
import math

import numpy as np
from scipy.special import hyp0f1

from certifield.enclosures import EPSILON, gauss_legendre_bound

from ._quadrature import bounded, unit_interval

_RHO = np.array([1.3, 1.7, 2.2, 3.0, 4.0, 6.0])  # ellipses that are tried around each panel


def _neutral_signs(n: int) -> np.ndarray:
    return np.array([signs for signs in itertools.product((1, -1), repeat=n) if sum(signs) == 0], dtype=float)


def superposed(points: np.ndarray) -> np.ndarray:
    """|sum_i e_i x_i| for all neutral sign vectors: [moments, signs]."""
    signs = _neutral_signs(points.shape[1])
    return np.linalg.norm(np.einsum("si,mid->msd", signs, points), axis=2)


def cos_moments(points: np.ndarray, weight_deviation: float) -> tuple[np.ndarray, np.ndarray]:
    """E[prod cos(w.x_i + b)] and an error bound: points [moments, n, d], w ~ N(0, weight_deviation^2), b uniform."""
    n = points.shape[1]
    if n % 2:
        return np.zeros(len(points)), np.zeros(len(points))
    distance = superposed(points)
    waves = np.exp(-0.5 * weight_deviation**2 * distance**2)
    # A distance is known to rounding of the longest coordinate only, and the exponent multiplies its error.
    longest = n * np.linalg.norm(points, axis=2).max(axis=1)[:, None]
    loss = weight_deviation**2 * distance * (2 * longest + 4 * distance)
    return waves.sum(axis=1) / 2**n, (32 * waves + loss * waves).sum(axis=1) * EPSILON / 2**n


def radial_transform(dim: int, mass: float, cutoff: float, power: int, distance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """int_{|p|<L} d^dp/(2 pi)^d exp(i p.r) (p^2+m^2)^(-power) and an error bound, for distances r of any shape.

    The angular average of exp(i p.r) is 0F1(d/2; -(p r)^2/4): cos for d = 1, a Bessel function for d = 2, sinc for d = 3.
    Panels of the radial integral follow both the scale m of the propagator and the period of the wave.
    """
    far = np.unique(distance)
    edges = np.concatenate(
        [[0.0], mass * np.geomspace(0.25, max(1.0, 4 * cutoff / mass), 24), np.linspace(0, cutoff, 2 + int(cutoff * far.max() / 3))]
    )
    edges = np.unique(np.clip(edges, 0, cutoff))
    sphere = 2 * math.pi ** (dim / 2) / math.gamma(dim / 2) / (2 * math.pi) ** dim

    def rule(nodes: int) -> np.ndarray:
        times, weights = unit_interval(nodes)
        p = (edges[:-1, None] + np.diff(edges)[:, None] * times).ravel()
        w = (np.diff(edges)[:, None] * weights).ravel() * p ** (dim - 1) / (p * p + mass * mass) ** power
        wave = np.cos if dim == 1 else lambda pr: hyp0f1(dim / 2, -0.25 * pr**2)
        return sphere * np.stack([np.sum(w * wave(p * r)) for r in far])

    def missed(nodes: int) -> np.ndarray:
        """In the ellipse around a panel |p| <= ``long``, Re(p^2 + m^2) >= ``away``, and the wave is at most exp(|Im p| r)."""
        centre, half = (edges[1:] + edges[:-1])[:, None] / 2, np.diff(edges)[:, None] / 2
        wide, tall = half * (_RHO + 1 / _RHO) / 2, half * (_RHO - 1 / _RHO) / 2
        away, long = mass**2 + np.maximum(centre - wide, 0) ** 2 - tall**2, np.hypot(centre + wide, tall)
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            most = np.where(away > 0, long ** (dim - 1) / np.abs(away) ** power, np.inf)
            bounds = [gauss_legendre_bound(most * np.exp(tall * r), half, _RHO, nodes).min(axis=1).sum() for r in far]
        return sphere * np.array(bounds)

    value, error = bounded(rule, missed, 20, 160, "the scalar field's momentum integral")
    # Rounding follows the size of the integrand, not of an integral that cancels; the phase p r is rounded, too.
    times, weights = unit_interval(20)
    p = edges[:-1, None] + np.diff(edges)[:, None] * times
    size = sphere * np.sum(np.diff(edges)[:, None] * weights * p ** (dim - 1) / (p * p + mass * mass) ** power)
    back = np.searchsorted(far, distance)
    return value[back], (error + (16 + cutoff * far) * EPSILON * size)[back]


def scalar_moments(points: np.ndarray, mass: float, cutoff: float, proposal: str, normaliser: float) -> tuple[np.ndarray, np.ndarray]:
    """E[prod A cos(p.x_i + c)] and an error bound; ``normaliser``: vol(B_L)/(2 pi)^d, or the propagator at distance 0.

    uniform: q (2 rho/q)^(n/2) = 2^(n/2) (vol/(2 pi)^d)^(n/2-1) (2 pi)^(-d) (p^2+m^2)^(-n/2); propagator: the same with the
    powers moved to the normaliser.
    """
    n = points.shape[1]
    if n % 2:
        return np.zeros(len(points)), np.zeros(len(points))
    power = n // 2 if proposal == "uniform" else 1
    value, error = radial_transform(points.shape[2], mass, cutoff, power, superposed(points))
    scale = 2 ** (n / 2) * normaliser ** (n / 2 - 1) / 2**n
    return scale * value.sum(axis=1), scale * error.sum(axis=1)
