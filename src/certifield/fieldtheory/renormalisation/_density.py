r"""The exact flow of a density of one variable, as steepest descent of relative entropy.

    dP/dt = (1/2) d/dx [P Cdot d/dx log(P/Q)],        d KL(P|Q)/dt = -(1/2) Cdot E_P[(d/dx log(P/Q))^2] <= 0

(arXiv:2202.11737, zero dimensions): Wegner and Morris' flow at a fixed reference $Q = e^{-U}$.  With $P = \psi\sqrt Q$ it is
$\dot\psi = -H\psi$ for the Schroedinger operator $H = \frac{\dot C}2(-\partial^2 + \frac14 U'^2 - \frac12 U'')$, whose ground state is
$\sqrt Q$; its matrix in sinc functions is diagonalised once, which makes every time exact, and converges exponentially in the spacing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial import polynomial as poly
from scipy import interpolate, linalg

from certifield._arguments import positive, reals
from certifield.evidence import Estimate, InputError, NotConverged
from certifield.fieldtheory.oracles import Potential

_REACH = 40.0  # what is left of psi and of sqrt(Q) at the ends of the grid, as an exponent
_SIZES = (121, 241, 481)  # points of the grids
_FLOOR = 1e-11  # of psi, below which it is rounding
_TARGET = 1e-6  # of every number, between two grids
_DEGREE = 7  # of splines
_NODES = 16  # between two times, for the length of the path


@dataclass(frozen=True, eq=False)
class DensityFlow:
    r"""The flow at ``times`` [T], on the grid ``points`` [G]: ``density`` P_t and ``score`` d/dx log(P_t/Q) [T, G], ``reference`` Q [G].

    ``divergence``: KL(P_t|Q); ``information``: $E_P[(\partial\log P/Q)^2]$; ``production``: d KL/dt, from the generator and not from the
    score; ``distance``: W_2(P_t, Q), from the monotone map; ``length``: of the path from P_0 to P_t in the Wasserstein metric, whose speed
    is (1/2) Cdot sqrt(information), never less than W_2(P_0, P_t).  All [T], with the difference of two grids as their error.
    """

    times: np.ndarray
    points: np.ndarray
    density: np.ndarray
    score: np.ndarray
    reference: np.ndarray
    divergence: Estimate
    information: Estimate
    production: Estimate
    distance: Estimate
    length: Estimate


def density_flow(
    start: Potential | Sequence[float], times: Any, *, reference: Potential | Sequence[float] = (0.0, 0.0, 0.5), speed: float = 2.0
) -> DensityFlow:
    r"""The flow from $P_0 \propto e^{-V}$, V = ``start``, to $Q \propto e^{-U}$, U = ``reference``, with $\dot C$ = ``speed``.

    Both are polynomials bounded below, as `oracles.Potential` or as their coefficients.
    Raises `InputError` for others, for times that are negative or do not grow, and where $V - U/2$ is not bounded below: such a density
    is too wide for the expansion in states of the reference.  `NotConverged` where two grids differ by more than 1e-6.

    >>> flow = density_flow((0, 0, 0.5, 0, 0.5), [0.25, 0.5, 1.0])
    >>> [round(float(one), 7) for one in flow.divergence.mean]
    [0.0505877, 0.0161806, 0.0019534]
    """
    first, last = checked_potential("start", start), checked_potential("reference", reference)
    t = reals("times", times, "growing numbers [T], 0 or more", "try [0.0, 0.5, 1.0]", 1)
    if t[0] < 0 or np.any(np.diff(t) <= 0):
        raise InputError("times", times, "growing numbers, 0 or more", "try [0.0, 0.5, 1.0]")
    rate = positive("speed", speed) / 2
    reach = _reach(first, last)
    coarse, error = _Grid(first, last, rate, reach, _SIZES[0]).numbers(t), np.full(1, np.inf)
    for size in _SIZES[1:]:
        fine = _Grid(first, last, rate, reach, size)
        numbers = fine.numbers(t)
        coarse, error = numbers, np.abs(numbers - coarse)
        if np.all(error < _TARGET):
            break
    else:
        raise NotConverged(f"two grids of the flow differ by {np.nanmax(error):.2g}: the wells are too narrow for their distance")
    source = f"density flow/{first.coefficients}/{last.coefficients}/{rate}/{t.tolist()}"
    told = f"sinc grid of {len(fine.x)} points, halved spacing"
    every = Estimate.from_stderr(numbers, error + 1e-12, source=source, method=told, bias="unknown")
    psi = fine.states(t)
    return DensityFlow(t, fine.x, psi * fine.root, fine.scores(psi), fine.root**2, *(every[row] for row in range(5)))


def checked_potential(name: str, given: Any) -> Potential:
    """A polynomial bounded below, from its coefficients or as it is."""
    if isinstance(given, Potential):
        return given
    if not isinstance(given, Sequence | np.ndarray) or isinstance(given, str):
        raise InputError(name, given, "a polynomial (v_0, v_1, ...) that is bounded below", "pass (0, 0, 0.5, 0, 0.5)")
    return Potential(tuple(given))


def _reach(first: Potential, last: Potential) -> float:
    """Where both psi = e^(-V + U/2) and sqrt(Q) = e^(-U/2) have fallen."""
    try:
        both = Potential(tuple(poly.polysub(first.coefficients, np.asarray(last.coefficients) / 2).tolist()))
    except InputError:
        told = f"V with V - U/2 bounded below, U = {last.describe()}"
        raise InputError("start", first.describe(), told, "take a wider reference, or follow Gaussians with mode_flow") from None
    half = last.scaled(0.5)
    return max(one.turning_point(one.lower_bound() + _REACH) for one in (both, half))


class _Grid:
    """The generator on one grid."""

    def __init__(self, first: Potential, last: Potential, rate: float, reach: float, size: int) -> None:
        self.x = np.linspace(-reach, reach, size)
        self.step, self.rate = self.x[1] - self.x[0], rate
        self.slope = poly.polyval(self.x, last.derivative())
        self.root = np.exp(-(last(self.x) - last.lower_bound()) / 2)
        self.root /= math.sqrt(self.step * np.sum(self.root**2))
        exponent = first(self.x) - last(self.x) / 2
        start = np.exp(-(exponent - exponent.min()))
        start /= self.step * np.sum(start * self.root)
        # Sinc functions: -d^2/dx^2 and d/dx between points i and j.
        far = np.subtract.outer(np.arange(size), np.arange(size))
        sign, apart = (-1.0) ** far, np.where(far == 0, 1, far)
        bend = np.where(far == 0, math.pi**2 / 3, 2 * sign / apart**2) / self.step**2
        self.derivative = np.where(far == 0, 0.0, sign / apart) / self.step
        self.energies, self.vectors = linalg.eigh(rate * (bend + np.diag(self.slope**2 / 4 - poly.polyval(self.x, last.derivative(2)) / 2)))
        self.start = self.vectors.T @ start

    def states(self, times: np.ndarray) -> np.ndarray:
        """Psi [T, G]."""
        return (self.start * np.exp(-np.outer(times, self.energies))) @ self.vectors.T

    def scores(self, psi: np.ndarray) -> np.ndarray:
        """d/dx log(P/Q), where psi is above its rounding; 0 beyond."""
        kept = psi > _FLOOR * psi.max(axis=1, keepdims=True)
        return np.where(kept, psi @ self.derivative.T / np.where(kept, psi, 1.0) + self.slope / 2, 0.0)

    def numbers(self, times: np.ndarray) -> np.ndarray:
        """KL, Fisher information, d KL/dt, W_2 and the length of the path [5, T]."""
        psi = self.states(times)
        kept = psi > _FLOOR * psi.max(axis=1, keepdims=True)
        logs = np.where(kept, np.log(np.where(kept, psi, 1.0) / self.root), 0.0)
        change = -(self.start * self.energies * np.exp(-np.outer(times, self.energies))) @ self.vectors.T
        divergence, production = (self.step * np.sum(one * self.root * logs, axis=1) for one in (psi, change))
        distance = [math.sqrt(_squared_distance(self.x, one * self.root, self.root**2)) for one in psi]
        return np.stack([divergence, self._information(times), production, np.array(distance), self._lengths(times)])

    def _information(self, times: np.ndarray) -> np.ndarray:
        psi = self.states(times)
        return self.step * np.sum(psi * self.root * self.scores(psi) ** 2, axis=1)

    def _lengths(self, times: np.ndarray) -> np.ndarray:
        """From 0, by Gauss and Legendre's rule between one time and the next."""
        nodes, weights = np.polynomial.legendre.leggauss(_NODES)
        edges = np.concatenate([[0.0], times])
        half = np.diff(edges)[:, None] / 2
        at = (edges[1:] + edges[:-1])[:, None] / 2 + half * nodes
        speeds = self.rate * np.sqrt(self._information(at.ravel())).reshape(at.shape)
        return np.cumsum(np.sum(half * weights * speeds, axis=1))


def _squared_distance(x: np.ndarray, p: np.ndarray, q: np.ndarray) -> float:
    """W_2^2 of two densities on a grid: the mean square shift of the monotone map, found from log F/(1 - F) on both sides."""
    (inside, level), (others, theirs) = (_quantiles(x, one) for one in (p, q))
    target = interpolate.make_interp_spline(theirs, others, _DEGREE)(np.clip(level, theirs[0], theirs[-1]))
    return float(np.sum((target - inside) ** 2 * np.maximum(p[np.searchsorted(x, inside)], 0.0)) * (x[1] - x[0]))


def _quantiles(x: np.ndarray, density: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points, and log F/(1 - F) there, where both sides have weight."""
    clean = np.maximum(density, 0.0)
    left, right = (interpolate.make_interp_spline(x, one, _DEGREE).antiderivative()(x) for one in (clean, clean[::-1]))
    right = right[::-1]
    kept = (left > 1e-12) & (right > 1e-12)
    return x[kept], np.log(left[kept]) - np.log(right[kept])
