r"""Periods of $\sum_iz_i^d - d\psi\prod_iz_i = 0$ by their series about the Fermat member.

Expanding the residue of $1/p$ in $\psi$, every period is a combination of

$F_k = \sum_{r\equiv k-1\,(d)}\frac{(d\psi)^r}{r!}\,\Gamma\big(\tfrac{r+1}d\big)^d$, k = 1, ..., d - 1,

whose coefficients depend on r + 1 modulo d alone.  The symmetry $\psi\to e^{2\pi i/d}\psi$ leaves no products of different k in
$A(\psi) = \int|\Omega|^2 = \frac{\pi^n}{d^{n+1}}\sum_k(-1)^{k-1}\big(\tfrac1\pi\sin\tfrac{\pi k}d\big)^d|F_k|^2$: signs are those of the
types (n, 0), (n-1, 1), ... at $\psi = 0$, where A is `exact_omega_volume`.  It solves the equation of Picard and Fuchs (Candelas, de la
Ossa, Green, Parkes, Nucl. Phys. B359 (1991) 21).
"""

import math

import numpy as np
from scipy.special import gamma

from certifield._arguments import finite, whole
from certifield.evidence import Exact, InputError

_WHERE = "Candelas, de la Ossa, Green, Parkes, Nucl. Phys. B359 (1991) 21"
_LARGEST = 0.9  # of |psi|: the series converges for |psi| < 1
_ROUNDING = 1e-12  # of the sum of moduli: gamma to the power d is good to 1e-14, and up to a hundred factors follow


def dwork_volume(psi: float, dimension: int = 3) -> Exact:
    r"""$\int|\Omega|^2d^{2n}x$ of the member at a real $\psi$, $|\psi|\le0.9$, in the normalisation of `omega_volume`."""
    a, _, _, bound = _derivatives(psi, dimension)
    return Exact(a, "periods", _WHERE, radius=bound[0])


def dwork_metric(psi: float, dimension: int = 3) -> Exact:
    r"""$G_{\psi\bar\psi} = -\partial\bar\partial\ln\int|\Omega|^2$ at a real $\psi$, $|\psi|\le0.9$; for the quintic at 0 it is
    $25\,\big(\Gamma(\frac25)\Gamma(\frac45)/\Gamma(\frac15)\Gamma(\frac35)\big)^5$.

    >>> dwork_metric(0)
    Exact 0.19225645... (radius ...)
    """
    value, spread = _metric(psi, dimension)
    return Exact(value, "periods", _WHERE, radius=spread)


def dwork_yukawa(psi: float, dimension: int = 3) -> tuple[Exact, Exact]:
    r"""$|\int\Omega\wedge\partial_\psi^n\Omega| = \frac{\pi^n}d\frac1{|1-\psi^d|}$ in the measure of `omega_volume`, and the physical
    coupling, that over $\int|\Omega|^2\,G_{\psi\bar\psi}^{n/2}$, for threefolds and K3 surfaces at a real $\psi$.

    The singular members give the denominator, and at $\psi = 0$ it is the root of $h_1h_{n+1}$, $h_k$ being the norms of the pure classes.
    """
    n = whole("dimension", dimension, 2, 3, "3 for the quintic, 2 for the quartic K3 surface")
    at = _psi(psi)
    kappa = math.pi**n / (n + 2) / abs(1 - at ** (n + 2))
    g, spread = _metric(psi, n)
    a = dwork_volume(psi, n)
    value, size = float(a.value), kappa / (float(a.value) * g ** (n / 2))  # type: ignore[arg-type]
    relative = float(a.radius) / value + n / 2 * spread / g + 1e-14  # type: ignore[arg-type]
    return Exact(kappa, "Yukawa coupling", _WHERE, radius=1e-14 * kappa), Exact(size, "coupling", _WHERE, radius=2 * relative * size)


def _metric(psi: float, dimension: int) -> tuple[float, float]:
    a, first, second, (e0, e1, e2) = _derivatives(psi, dimension)
    value = (first / a) ** 2 - second / a
    spread = 2 * (2 * abs(first) / a**2 * e1 + (2 * first**2 / a**3 + abs(second) / a**2) * e0 + e2 / a)
    return value, spread


def _derivatives(psi: float, dimension: int) -> tuple[float, float, float, tuple[float, float, float]]:
    r"""A, $\partial A$ and $\partial\bar\partial A$, and bounds of their rounding."""
    n, at = whole("dimension", dimension, 1, 8, "3 for the quintic"), _psi(psi)
    d = n + 2
    sums, bounds = np.zeros(3), np.zeros(3)
    for k in range(1, d):
        value, slope, size, size_slope = _series(k, d, at)
        scale = math.pi**n / d ** (n + 1) * (math.sin(math.pi * k / d) / math.pi) ** d
        sums += (-1) ** (k - 1) * scale * np.array([value**2, value * slope, slope**2])
        bounds += _ROUNDING * scale * np.array([size**2, size * size_slope, size_slope**2])
    return float(sums[0]), float(sums[1]), float(sums[2]), (float(bounds[0]), float(bounds[1]), float(bounds[2]))


def _series(k: int, d: int, psi: float) -> tuple[float, float, float, float]:
    """F_k, its derivative, and the sums of the moduli of both."""
    r = k - 1
    coefficient = d**r * float(gamma(k / d)) ** d / math.factorial(r)
    value = slope = size = size_slope = 0.0
    for _ in range(10_000):
        term, steep = coefficient * psi**r, coefficient * r * psi ** (r - 1) if r else 0.0
        value, slope, size, size_slope = value + term, slope + steep, size + abs(term), size_slope + abs(steep)
        if r > d and abs(steep) <= 1e-17 * size_slope:
            return value, slope, size, size_slope
        # Gamma((r+1)/d + 1)^d = ((r+1)/d)^d Gamma^d, and d^d/((r+1)...(r+d)) from the rest
        coefficient *= (r + 1) ** d / math.prod(range(r + 1, r + d + 1))
        r += d
    raise AssertionError("the series converges for |psi| <= 0.9")


def _psi(given: float) -> float:
    at = finite("psi", given, "try psi=0.5")
    if abs(at) > _LARGEST:
        raise InputError("psi", given, f"real, from -{_LARGEST} to {_LARGEST}", "elsewhere weil_petersson and yukawa measure it")
    return at
