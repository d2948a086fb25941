r"""Chains of sites by their transfer matrix $K(x, y) = e^{-\frac12 W(x) - \frac\kappa2 (x-y)^2 - \frac12 W(y)}$, by quadrature.

The trapezoidal rule with step h converges exponentially for functions that are analytic in a strip $|\mathrm{Im}\, y| \le b$:

    |integral - rule| <= 2 / (e^{2 pi b / h} - 1) * max over the strip of the integral of |f|        (Trefethen and Weideman 2014, thm 5.1)

and here $|e^{-W(y+ib)}| \le e^{-\frac12 W(y) + g}$, $g = \max_y [\frac12 W(y) - \mathrm{Re}\, W(y+ib)]$, while a bond grows by
$e^{\kappa b^2/2}$.  Sites beyond [-X, X] are bounded by their weight alone.  The radius is the sum of both bounds and of the rounding.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.polynomial import polynomial as poly
from scipy import linalg

from certifield._arguments import positive
from certifield.evidence import Exact, InputError, NotConverged, log

from ._potential import Potential, minimum, potential

_SOURCE = "Trefethen and Weideman 2014"
_REACH = 90.0  # W is this much above its minimum at the last node
_POWER = 8  # moments up to this power are covered
_TARGET = 1e-22  # relative error of the rule
_UNIT = 2.0**-53


@dataclass(frozen=True, eq=False)
class TransferMatrix:
    """``site``: the weight W of a site; ``stiffness`` kappa of a bond; made by `transfer_matrix` and `trotter`.

    ``spacing`` a and ``log_norm``: energies are -(log Lambda + log_norm)/a.
    """

    site: Potential
    stiffness: float
    spacing: float = 1.0
    log_norm: float = 0.0

    def energies(self, count: int = 2) -> Exact:
        r"""$-\ln\Lambda_n / a$ of the ``count`` largest eigenvalues, none missing."""
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= 32:
            raise InputError("count", count, "a whole number, 1 to 32", "try count=2")
        values = self._spectrum[0][:count]
        missed = [k for k in range(count) if not self._counted(k)]
        if missed:
            raise NotConverged(f"only the {missed[0]} largest eigenvalues could be counted; ask for fewer")
        radius = self._residual() / values + len(self._nodes) * _UNIT * values[0] / values
        logs = log(Exact(values, "transfer matrix by the trapezoidal rule", _SOURCE, radius * values))
        return (logs + Exact(self.log_norm, radius=4 * _UNIT * abs(self.log_norm))) * (-1 / self.spacing)

    def gap(self) -> Exact:
        """E_1 - E_0, the inverse correlation length of an infinite chain."""
        found = self.energies(2)
        return found[1] - found[0]

    def moment(self, power: int) -> Exact:
        r"""$\langle x^k \rangle$ at a site of an infinite chain."""
        _even_or_odd(power)
        if not self._counted(1):
            raise NotConverged("the second eigenvalue could not be counted; take a finer lattice")
        values, vectors = self._spectrum
        x, u = self._nodes, vectors[:, 0]
        residual = self._residual() + len(x) * _UNIT * values[0]
        distance = math.sqrt(2) * residual / (values[0] - values[1] - 2 * residual)
        spread = self._weight_sum(0) * self._weight_sum(2 * (power // 2 + power % 2))
        second = spread * (2 * distance / values[0]) ** 2
        radius = 2 * float(np.linalg.norm(x**power * u)) * distance + second + len(x) * _UNIT * float(u @ (np.abs(x) ** power * u))
        return Exact(float(u @ (x**power * u)), "first eigenvector of the transfer matrix", _SOURCE, radius)

    def ring(self, length: int) -> "Ring":
        """A closed chain of ``length`` sites, 2 or more."""
        if isinstance(length, bool) or not isinstance(length, int) or not 2 <= length <= 4096:
            raise InputError("length", length, "a whole number, 2 to 4096", "try length=8")
        return Ring(self, length)

    def ground_state_chain(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        r"""(nodes [n], moves [n, n], start [n]) of the stationary, reversible chain $K(x,y)\psi_0(y)/\Lambda_0\psi_0(x)$ on the nodes."""
        u = np.abs(self._spectrum[1][:, 0])
        kept = u > 1e-7 * np.max(u)  # the others have a weight below 1e-14, where the ratio of noise would be a move
        inside = self.matrix[np.ix_(kept, kept)] * u[kept][None, :]
        moves = inside / np.sum(inside, axis=1, keepdims=True)
        return self._nodes[kept], moves, u[kept] ** 2 / np.sum(u[kept] ** 2)

    @cached_property
    def _grid(self) -> tuple[float, float, float]:
        """(X, h, relative error of the rule for one site)."""
        bottom = self.site.lower_bound()
        curvature = poly.polyroots(self.site.derivative(2)) if self.site.degree > 2 else np.zeros(1)
        reach = max(self.site.turning_point(bottom + _REACH), float(np.max(np.abs(curvature))), 1e-3)
        heights = float(max(self.site(reach), self.site(-reach))) - bottom
        best = (math.inf, 0.0, 0.0)
        for b in reach * np.geomspace(0.01, 1.0, 60):
            growth = self.stiffness * b**2 - self._strip(b) + heights / 2 + abs(bottom) / 2 + _POWER * math.log(reach + b + 1)
            step = 2 * math.pi * b / (growth + math.log(2 / _TARGET))
            best = min(best, (-step, b, growth))
        nodes = math.ceil(reach / -best[0])
        if nodes > 2000:
            raise NotConverged(f"{2 * nodes} nodes are needed for a stiffness of {self.stiffness:g}; take a coarser lattice")
        return reach, reach / nodes, _TARGET

    def _strip(self, b: float) -> float:
        r"""$\min_y [\mathrm{Re}\, W(y+ib) - \frac12 W(y)]$."""
        shifted = np.zeros(1, dtype=complex)
        for factor in reversed(self.site.coefficients):
            shifted = poly.polyadd(poly.polymul(shifted, (1j * b, 1.0)), (factor,))
        rest = poly.polysub(np.real(shifted), np.asarray(self.site.coefficients) / 2)
        return minimum(np.trim_zeros(np.atleast_1d(rest), "b"))

    @cached_property
    def _nodes(self) -> np.ndarray:
        reach, step, _ = self._grid
        return np.linspace(-reach, reach, 2 * round(reach / step) + 1)

    @cached_property
    def matrix(self) -> np.ndarray:
        """h K at the nodes."""
        x = self._nodes
        half = self.site(x) / 2
        return self._grid[1] * np.exp(-half[:, None] - self.stiffness / 2 * (x[:, None] - x[None, :]) ** 2 - half[None, :])

    @cached_property
    def _spectrum(self) -> tuple[np.ndarray, np.ndarray]:
        values, vectors = linalg.eigh(self.matrix)
        return values[::-1], vectors[:, ::-1]

    def _weight_sum(self, power: int) -> float:
        return self._grid[1] * float(np.sum(np.abs(self._nodes) ** power * np.exp(-self.site(self._nodes))))

    def tail(self, power: int) -> float:
        """Bound on the relative weight of configurations with one given site beyond the last node, times |x|^power anywhere."""
        reach, step, _ = self._grid
        largest = self._spectrum[0][0]
        beyond = 0.0
        for side in (reach, -reach):
            slope = abs(float(poly.polyval(side, self.site.derivative()))) - power / reach
            if slope <= 0:
                raise NotConverged("the weight of a site does not fall at the last node; take a lower power")
            beyond += math.exp(-float(self.site(side))) * (step + 1 / slope)
        return 2 * reach**power * beyond * self._weight_sum(0) / largest**2

    def relative_error(self, sites: int, power: int) -> float:
        """Of a sum over configurations of ``sites`` sites with |x|^power inserted, over the partition function."""
        exponents = 4 * (float(np.max(np.abs(self.site(self._nodes)))) + self.stiffness * self._grid[0] ** 2 + 8)
        rounding = sites * (len(self._nodes) + exponents) * _UNIT
        return sites * (self._grid[2] + self.tail(power)) + rounding

    def _residual(self) -> float:
        """Bound on ||K u - Lambda u|| for the interpolated eigenvectors, on the line."""
        return self.relative_error(2, 0) * float(self._spectrum[0][0])

    def _counted(self, k: int) -> bool:
        r"""Whether $\mathrm{Tr}\, K^p$ leaves no room for another eigenvalue as large as the k-th, for some p (K is positive)."""
        ratios = np.maximum(self._spectrum[0], 0.0) / self._spectrum[0][k]
        for p in (2, 4, 8, 16, 32, 64, 128):
            room = float(np.sum(ratios[k + 1 :] ** p)) + self.relative_error(p, 0) * float(np.sum(ratios**p))
            if room < 0.9:
                return True
        return False


@dataclass(frozen=True, eq=False)
class Ring:
    """A closed chain of ``length`` sites."""

    chain: TransferMatrix
    length: int

    def moment(self, power: int) -> Exact:
        r"""$\langle x^k \rangle$ at a site."""
        _even_or_odd(power)
        x, diagonal = self.chain._nodes, np.diag(self._power(self.length))
        value, size = (float(np.sum(y**power * diagonal)) for y in (x, np.abs(x)))
        return self._ratio(value, size, power, f"<x^{power}> on a ring")

    def correlator(self, distance: int, powers: tuple[int, int] = (1, 1)) -> Exact:
        r"""$\langle x_0^i x_d^j \rangle$, ``powers`` = (i, j), at a ``distance`` d of sites."""
        first, second = powers
        _even_or_odd(first + second)
        x, d = self.chain._nodes, int(distance) % self.length
        both = self._power(d) * self._power(self.length - d).T
        value, size = (float(f(x) ** first @ both @ f(x) ** second) for f in (lambda y: y, np.abs))
        return self._ratio(value, size, first + second, f"<x^{first} x^{second}> on a ring")

    def susceptibility(self) -> Exact:
        r"""$\chi = \sum_d \langle x_0 x_d \rangle$ = sites * <(mean field)^2>."""
        found = self.correlator(0)
        for distance in range(1, self.length):
            found = found + self.correlator(distance)
        return found

    def _power(self, exponent: int) -> np.ndarray:
        if exponent not in self._powers:
            scaled = self.chain.matrix / self.chain._spectrum[0][0]
            self._powers[exponent] = np.linalg.matrix_power(scaled, exponent)
        return self._powers[exponent]

    @cached_property
    def _powers(self) -> dict[int, np.ndarray]:
        return {}

    def _ratio(self, value: float, size: float, power: int, derivation: str) -> Exact:
        norm = float(np.trace(self._power(self.length)))
        error = self.chain.relative_error(self.length, power)
        moment = Exact(value / norm, derivation, _SOURCE, error * (1 + size / norm) + 4 * _UNIT * size / norm)
        return moment / Exact(1.0, radius=self.chain.relative_error(self.length, 0))


def transfer_matrix(site: Potential | Sequence[float], stiffness: float) -> TransferMatrix:
    r"""The chain with the action $\sum_i [W(x_i) + \frac\kappa2 (x_i - x_{i+1})^2]$, W = ``site``, kappa = ``stiffness``.

    Raises `InputError` for a site weight that is not bounded below, and a stiffness that is not positive.

    >>> chain = transfer_matrix((0, 0, 1.0, 0, 1.0), stiffness=2.0)  # m^2 = lambda = 1, without halves
    >>> chain.gap()
    Exact 1.26074967... (radius ...)
    """
    positive("stiffness", stiffness)
    return TransferMatrix(potential(site), float(stiffness))


def trotter(coefficients: Potential | Sequence[float], spacing: float) -> TransferMatrix:
    r"""Quantum mechanics on a lattice in time: $e^{-aV/2} e^{-ap^2/2} e^{-aV/2}$ for ``spacing`` a, whose energies differ by O(a^2).

    >>> trotter((0, 0, 0.5, 0, 0.25), 0.25).moment(2)
    Exact 0.35095902... (radius ...)
    """
    positive("spacing", spacing)
    return TransferMatrix(potential(coefficients).scaled(spacing), 1 / spacing, float(spacing), -math.log(2 * math.pi * spacing) / 2)


def _even_or_odd(power: int) -> None:
    if isinstance(power, bool) or not isinstance(power, int) or not 0 <= power <= _POWER:
        raise InputError("power", power, f"a whole number, 0 to {_POWER} in all", "take lower powers")
