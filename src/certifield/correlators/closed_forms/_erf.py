"""Moments of the erf neuron.

erf(z) is the average of sign(z + xi) over xi ~ N(0, 1/2), so E[prod erf(z_i)] = E[prod sign(y_i)] with y centred Gaussian of covariance
2 S + 1.  With R its correlation matrix and R(t) = 1 + t (R - 1), Price's theorem and the fundamental theorem of calculus give

    E[prod_n sign](R) = int_0^1 dt sum_{i<j} R_ij (2/pi) / sqrt(1 - t^2 R_ij^2) E[prod_{others} sign](R(t) given y_i = y_j = 0),

down to E[sign sign] = (2/pi) arcsin R_12 (Williams' kernel): one integral for the 4-point function, two nested ones for the
6-point function.

The integrand is the derivative of E(t) = E[prod sign](R(t)), which is analytic where the real part of R(t) is positive definite:
the Gaussian integral then converges, and with 1 + tau (e - 1), y (e - 1) the real and imaginary parts of the eigenvalues of R(tau + i y),

    |E(tau + i y)| <= prod_e (1 + (y (e - 1)/(1 + tau (e - 1)))^2)^(1/4).

This, and Cauchy's bound on the derivative, bound the error of the Gauss-Legendre rule (`_missed`).
"""

import numpy as np

from certifield.enclosures import EPSILON, gauss_legendre_bound

from ._quadrature import bounded, unit_interval

_NODES = {4: (32, 4096), 6: (20, 160), 8: (16, 64)}  # order -> nodes to begin with and to give up at, an integral


def _pair(correlation: np.ndarray) -> np.ndarray:
    return (2 / np.pi) * np.arcsin(np.clip(correlation, -1, 1))


def _conditional(correlation: np.ndarray, i: int, j: int) -> np.ndarray:
    """Correlation matrix of the others given y_i = y_j = 0; batched over the leading axes."""
    others = [k for k in range(correlation.shape[-1]) if k not in (i, j)]
    rho = correlation[..., i, j][..., None, None]
    a, b = correlation[..., others, i], correlation[..., others, j]
    outer = lambda u, v: u[..., :, None] * v[..., None, :]  # noqa: E731
    removed = (outer(a, a) + outer(b, b) - rho * (outer(a, b) + outer(b, a))) / (1 - rho**2)
    covariance = correlation[..., others, :][..., others] - removed
    spread = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
    return covariance / (spread[..., :, None] * spread[..., None, :])


def sign_moment(correlation: np.ndarray, nodes: int) -> np.ndarray:
    """E[prod sign(y_i)] for correlation matrices [..., n, n], n even, by Gauss-Legendre with ``nodes`` nodes an integral."""
    n = correlation.shape[-1]
    if n == 2:
        return _pair(correlation[..., 0, 1])
    times, weights = unit_interval(nodes)
    identity = np.eye(n)
    moved = identity + times[:, None, None] * (correlation - identity)[..., None, :, :]
    total = np.zeros(correlation.shape[:-2])
    for i in range(n):
        for j in range(i + 1, n):
            rho = correlation[..., i, j][..., None]
            slope = (2 / np.pi) * rho / np.sqrt(1 - (times * rho) ** 2)
            total += np.sum(weights * slope * sign_moment(_conditional(moved, i, j), nodes), axis=-1)
    return total


def _missed(correlation: np.ndarray, nodes: int) -> np.ndarray:
    """What `sign_moment` misses at most, for correlation matrices [moments, n, n].

    Conditioning keeps the smallest eigenvalue (a Schur complement, divided by variances below 1), so that the inner integrals are at
    least as easy as the outer one; their errors enter with the total weight sum (2/pi) arcsin |R_ij| <= the number of pairs.
    """
    eigenvalues = np.linalg.eigvalsh(correlation)
    least = np.clip(eigenvalues[:, 0], 1e-300, 1.0)
    total = np.zeros(len(correlation))
    for n in range(4, correlation.shape[-1] + 1, 2):
        largest = np.minimum(n, eigenvalues[:, -1]) if n == correlation.shape[-1] else np.full(len(correlation), float(n))
        total = n * (n - 1) / 2 * total + _missed_by_one(least, np.maximum(largest, 1.0), n, nodes)
    return total


def _missed_by_one(least: np.ndarray, largest: np.ndarray, n: int, nodes: int) -> np.ndarray:
    """The error of the integral over t in [0, 1] for eigenvalues between ``least`` and ``largest``.

    E is analytic for -room < Re t < 1 + room; the ellipse takes half of that room, Cauchy's circles a quarter.
    """
    with np.errstate(divide="ignore"):
        room = np.minimum(1.0, np.minimum(1 / (largest - 1), least / (1 - least)))
    rho = 1 + room + np.sqrt((1 + room) ** 2 - 1)
    height = (rho - 1 / rho) / 4 + room / 4
    thinnest = np.minimum(1 - 0.75 * room * (largest - 1), 1 - (1 + 0.75 * room) * (1 - least))
    size = (1 + (height * np.maximum(1 - least, largest - 1) / thinnest) ** 2) ** (n / 4)
    with np.errstate(over="ignore"):
        return gauss_legendre_bound(size / (room / 4), np.full_like(rho, 0.5), rho, nodes)


def erf_moments(overlaps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """E[prod erf(z_i)] and its error bound for covariances S of shape [moments, n, n]; odd n vanish."""
    n = overlaps.shape[-1]
    if n % 2:
        return np.zeros(len(overlaps)), np.zeros(len(overlaps))
    variance = 1 + 2 * np.diagonal(overlaps, axis1=1, axis2=2)
    correlation = 2 * overlaps / np.sqrt(variance[:, :, None] * variance[:, None, :])
    correlation[:, range(n), range(n)] = 1.0
    if n == 2:
        value = _pair(correlation[:, 0, 1])
        steep = np.maximum(np.sqrt(1 - np.minimum(correlation[:, 0, 1] ** 2, 1)), np.sqrt(EPSILON))  # arcsin loses half the digits at 1
        return value, 16 * EPSILON / steep
    start, most = _NODES[n]
    pieces = [
        bounded(
            lambda nodes, one=one: sign_moment(one, nodes),
            lambda nodes, one=one: _missed(one, nodes),
            start,
            most,
            "the Erf-net's arcsine integral",
        )
        for one in np.array_split(correlation, max(1, len(correlation) * start ** (n // 2 - 1) // 50_000))
    ]
    return np.concatenate([value for value, _ in pieces]), np.concatenate([error for _, error in pieces])
