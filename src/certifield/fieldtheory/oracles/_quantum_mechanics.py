r"""Quantum mechanics of one particle in a polynomial potential, $H = \frac12 p^2 + V(x)$, with bounds on every number.

Sums over levels are cut at the K levels below the energy ``ceiling``; what is left out is bounded by completeness, since
$\sum_n |\langle m|A|n\rangle|^2 = \langle m|A^2|m\rangle$ is known.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from certifield._arguments import positive
from certifield.evidence import Exact, InputError, NotConverged, exp

from ._elements import Elements
from ._levels import Levels, lowest_levels
from ._potential import Potential, potential

_SOURCE = "Schroedinger equation"


@dataclass(frozen=True, eq=False)
class QuantumMechanics:
    r"""The K lowest levels of $H = \frac12 p^2 + V(x)$ and their matrix elements; made by `quantum_mechanics`."""

    potential: Potential
    levels: Levels

    @property
    def energies(self) -> Exact:
        """E_n [K], none missing below ``levels.ceiling``; radii by Kato and Temple."""
        return Exact(self.levels.energies, "oscillator basis, residual bounds", "Kato 1949", self.levels.radius)

    @property
    def gaps(self) -> Exact:
        """E_n - E_0 for n = 1, ..., K - 1."""
        return self.energies[1:] - self.energies[0]

    def matrix(self, power: int = 1) -> Exact:
        """<m|x^power|n> [K, K], ``power`` up to twice the degree; the sign of each level is that of the computed vector."""
        if isinstance(power, bool) or not isinstance(power, int) or not 0 <= power <= 2 * self.potential.degree:
            raise InputError("power", power, f"a whole number, 0 to {2 * self.potential.degree}", "take a lower power")
        value, radius = self._elements.between(power)
        return Exact(value, f"<m|x^{power}|n>, residual bounds", "Davis and Kahan 1970", radius)

    def moment(self, power: int, level: int = 0) -> Exact:
        r"""$\langle x^k \rangle$ in a level; above twice the degree d by the hypervirial relations

        $\sum_k v_k (2j+k) \langle x^{j-1+k}\rangle = 2jE\langle x^{j-1}\rangle + \frac14 j(j-1)(j-2)\langle x^{j-3}\rangle$.
        """
        if power < 0 or not 0 <= level < len(self.levels.energies):
            raise InputError("power, level", (power, level), f"0 or more, level below {len(self.levels.energies)}", "ask for more levels")
        known = [self.matrix(k)[level, level] for k in range(min(power, 2 * self.potential.degree) + 1)]
        factors = self.potential.coefficients
        for k in range(len(known), power + 1):
            j = k + 1 - self.potential.degree
            right = 2 * j * self.energies[level] * known[j - 1] + (j * (j - 1) * (j - 2) / 4 * known[j - 3] if j > 2 else 0.0)
            for degree, factor in enumerate(factors[:-1]):
                right = right - (factor * (2 * j + degree)) * known[j - 1 + degree]
            known.append(right / (factors[-1] * (2 * j + self.potential.degree)))
        return known[power]

    def residues(self, power: int = 1) -> Exact:
        r"""$|\langle 0|x^k|n\rangle|^2$ [K], the weights of the exponentials in the correlator of x^k."""
        return self.matrix(power)[0] ** 2

    def correlator(self, times: Any, operators: tuple[int, int] = (1, 1), *, connected: bool = False) -> Exact:
        r"""$\langle x^i(t)\, x^j(0) \rangle = \sum_n \langle 0|x^i|n\rangle\langle n|x^j|0\rangle e^{-(E_n-E_0)|t|}$ at ``times`` [T], for
        ``operators`` = (i, j); ``connected`` leaves out n = 0.  In the ground state, on an infinite line."""
        t, (first, second) = _times(times), operators
        start = int(connected)
        weights = (self.matrix(first)[0] * self.matrix(second)[0])[start:]
        decays = exp((self.energies - self.energies[0])[None, start:] * -t[:, None])
        left = self._beyond(first) * self._beyond(second)
        tail = math.sqrt(left) * np.exp(-(self.levels.ceiling - self.levels.energies[0]) * t)
        return total(weights[None, :] * decays, 1, tail, f"<x^{first}(t) x^{second}(0)>, sum over levels")

    def partition_function(self, beta: float) -> Exact:
        r"""$\mathrm{Tr}\, e^{-\beta H}$; the levels above the ceiling are bounded by those of an oscillator below the potential."""
        positive("beta", beta)
        tail, _ = self._above(beta)
        return total(exp(self.energies * -float(beta)), 0, tail, "Tr exp(-beta H), sum over levels")

    def thermal_correlator(self, beta: float, times: Any) -> Exact:
        r"""$\mathrm{Tr}[e^{-(\beta-t)H} x e^{-tH} x] / \mathrm{Tr}\, e^{-\beta H}$ at ``times`` [T] in [0, beta]: a circle."""
        positive("beta", beta)
        t = _times(times)
        if np.any(t > beta):
            raise InputError("times", times, f"between 0 and beta = {beta}", "the circle has this length")
        matrix, squared, top = self.matrix(1) ** 2, self.matrix(2), self.levels.ceiling
        left = exp(self.energies[None, :] * -(beta - t)[:, None])
        right = exp(self.energies[None, :] * -t[:, None])
        rest = np.maximum(0.0, np.diag(squared.value + squared.radius) - np.sum(matrix.value - matrix.radius, axis=1))
        crossed = np.exp(-t * top) * (left.value @ rest) + np.exp(-(beta - t) * top) * (right.value @ rest)
        _, squares = self._above(beta)
        terms = left[:, :, None] * matrix[None, :, :] * right[:, None, :]
        above = total(total(terms, 2), 1, crossed + squares, "thermal <x(t) x(0)>, sum over levels")
        return above / self.partition_function(beta)

    @cached_property
    def _elements(self) -> Elements:
        return Elements(self.potential, self.levels)

    def _beyond(self, power: int) -> float:
        """An upper bound on the sum of |<0|x^power|n>|^2 above the ceiling, by completeness."""
        found = self.residues(power)
        total = self.moment(2 * power)
        return max(0.0, float(total.value + total.radius - np.sum(found.value - found.radius)))

    def _above(self, beta: float) -> tuple[float, float]:
        r"""Bounds on the sums of $e^{-\beta E}$ and of $e^{-\beta E}\langle x^2 \rangle$ over the levels above the ceiling."""
        frequency = self.levels.frequency if self.potential.degree > 2 else math.sqrt(2 * self.potential.coefficients[2])
        floor = self.potential.lower_bound(frequency * (1 - 1e-12))
        a, b = self.potential.power_bound(2)
        n = np.arange(len(self.levels.energies), len(self.levels.energies) + int(200 / (beta * frequency)) + 100)
        energies = np.maximum(self.levels.ceiling, frequency * (n + 0.5) + floor)
        weights = np.exp(-beta * energies)
        if beta * energies[0] < 1 or not np.isfinite(floor):
            raise NotConverged(f"beta = {beta} is too hot for {len(self.levels.energies)} levels; ask for more")
        return 1.01 * float(np.sum(weights)), 1.01 * float(np.sum(weights * (a * energies + b)))


def quantum_mechanics(coefficients: Potential | Sequence[float], *, levels: int = 24) -> QuantumMechanics:
    r"""The lowest ``levels`` levels (a few more) of $\frac12 p^2 + \sum_k v_k x^k$ for ``coefficients`` $(v_0, v_1, \dots)$.

    Units: hbar = mass = 1.  In field theory in one dimension $V = \frac12 m^2\phi^2 + \frac\lambda{4!}\phi^4$, so that
    $v_4 = \lambda/24$.  Raises `InputError` for a potential that is not bounded below, and `NotConverged` where the bounds cannot be had.

    >>> oscillator = quantum_mechanics((0, 0, 0.5, 0, 0.25))
    >>> oscillator.energies[0]
    Exact 0.62092702982... (radius ...)
    """
    if isinstance(levels, bool) or not isinstance(levels, int) or not 1 <= levels <= 200:
        raise InputError("levels", levels, "a whole number, 1 to 200", "try levels=24")
    chosen = potential(coefficients)
    return QuantumMechanics(chosen, lowest_levels(chosen, levels))


def total(terms: Exact, axis: int, tail: Any = 0.0, derivation: str = "") -> Exact:
    """The sum of exact values along an axis, with a tail added to the radius."""
    value, radius = np.asarray(terms.value), np.asarray(terms.radius)
    rounding = value.shape[axis] * 2.0**-53 * np.sum(np.abs(value), axis=axis)
    return Exact(np.sum(value, axis=axis), derivation, _SOURCE, np.sum(radius, axis=axis) + rounding + tail)


def _times(given: Any) -> np.ndarray:
    times = np.abs(np.atleast_1d(np.asarray(given, dtype=float)))
    if times.ndim != 1 or not np.all(np.isfinite(times)):
        raise InputError("times", given, "finite numbers [T]", "pass [0.0, 0.5, 1.0]")
    return times
