r"""A field on a line that interacts in a box [-T/2, T/2] only, and is free outside: exact answers in one dimension.

This is what the density $P_G(\theta)\, e^{-\int_{-T/2}^{T/2} dt\, W(\phi_\theta(t))}$ gives for an infinitely wide network whose covariance
is $e^{-m|t|}/2m$: a sudden quench, not the theory of the infinite line.  With $H = \frac12p^2 + \frac12m^2x^2 + W(x)$ and the free ground
state $|0_f\rangle$,

    Z = <0_f| e^{-(H - m/2) T} |0_f>,
    <phi(t1) phi(t2)> = <0_f| e^{-H(T/2-t1)} x e^{-H(t1-t2)} x e^{-H(t2+T/2)} |0_f> / <0_f| e^{-HT} |0_f>.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.polynomial import polynomial as poly
from scipy import special

from certifield._arguments import positive
from certifield.evidence import Exact, InputError, NotConverged, exp

from ._basis import gaussian
from ._potential import Potential, potential
from ._quantum_mechanics import QuantumMechanics, quantum_mechanics, total

_SOURCE = "Feynman and Kac"


@dataclass(frozen=True, eq=False)
class OpenBox:
    """``system``: quantum mechanics inside the box of ``length`` T, embedded in the free theory of ``mass`` m; made by `open_box`."""

    system: QuantumMechanics
    mass: float
    length: float

    @property
    def partition_function(self) -> Exact:
        r"""$Z = E[e^{-\int W}]$ over the free field, 1 without an interaction."""
        return exp(self._log_shift) * self._norm

    def correlator(self, times: Any) -> Exact:
        r"""$\langle \phi(t_1)\phi(t_2) \rangle$ at ``times`` [P, 2] in [-T/2, T/2], where the centre of the box is 0."""
        pairs = np.atleast_2d(np.asarray(times, dtype=float))
        if pairs.ndim != 2 or pairs.shape[1] != 2 or not np.all(np.abs(pairs) <= self.length / 2):
            raise InputError("times", times, f"pairs [P, 2] between -T/2 and T/2 = {self.length / 2}", "the box is centred at 0")
        found = [self._numerator(max(pair), min(pair)) for pair in pairs.tolist()]
        value, radius = (np.array([getattr(one, part) for one in found]) for part in ("value", "radius"))
        return Exact(value, "interacting in a box, free outside", _SOURCE, radius) / self._norm

    def moment(self, power: int, time: float = 0.0) -> Exact:
        r"""$\langle \phi(t)^k \rangle$ at one ``time``; an even ``power`` k, up to the degree of $\frac12m^2x^2 + W$.

        Raises `InputError` for another power, and for a time outside of the box.

        >>> box = open_box((0, 0, 0, 0, 6 / 24), mass=1.0, length=4.0)
        >>> box.moment(4) - box.moment(2) ** 2 * 3  # the connected four-point function at the centre
        Exact -0.0230219...
        """
        degree = self.system.potential.degree
        if isinstance(power, bool) or not isinstance(power, int) or power % 2 or not 0 < power <= degree:
            raise InputError("power", power, f"2, 4, ..., at most the degree {degree} of the potential", "take a lower power")
        if not abs(time) <= self.length / 2:
            raise InputError("time", time, f"between -T/2 and T/2 = {self.length / 2}", "the box is centred at 0")
        a, c = self.length / 2 - time, self.length / 2 + time
        inside = _form(self._state(a), self.system.matrix(power), self._state(c))
        found = self._with_tails(inside, power, a, c) / self._norm
        return Exact(found.value, "interacting in a box, free outside", _SOURCE, found.radius)

    def _numerator(self, later: float, earlier: float) -> Exact:
        a, b, c = self.length / 2 - later, later - earlier, earlier + self.length / 2
        left, right = self._state(a), self._state(c)
        if b == 0:
            return self._with_tails(_form(left, self.system.matrix(2), right), 2, a, c)
        between = exp(self.system.energies * -b)
        moved = [total(self.system.matrix(1) * state[None, :], 1) for state in (left, right)]
        lost = [self._lost(state, image) for state, image in zip((left, right), moved, strict=True)]
        inside = total(moved[0] * between * moved[1], 0, math.exp(-b * self.system.levels.ceiling) * lost[0] * lost[1])
        return self._with_tails(inside, 2, a, c, math.exp(-b * float(self.system.levels.energies[0] - self.system.levels.radius[0])))

    def _with_tails(self, inside: Exact, power: int, a: float, c: float, growth: float = 1.0) -> Exact:
        """``inside``, between levels kept, with what x^(power/2) of the states above the ceiling adds, after the times a and c."""
        sizes = [math.sqrt(_upper(_form(state, self.system.matrix(power), state))) for state in (self._state(a), self._state(c))]
        tails = [self._tail(power) * math.exp(-time * self.system.levels.ceiling) for time in (a, c)]
        missing = growth * (tails[0] * (sizes[1] + tails[1]) + sizes[0] * tails[1])
        return Exact(inside.value, "", "", float(inside.radius) + missing)

    def _state(self, time: float) -> Exact:
        """e^{-H time} |0_f> on the levels [K]."""
        return self._overlaps * exp(self.system.energies * -time)

    def _lost(self, state: Exact, image: Exact) -> float:
        """The norm of the part of x|state> above the ceiling."""
        whole, kept = _form(state, self.system.matrix(2), state), total(image * image, 0)
        return math.sqrt(max(0.0, _upper(whole - kept)))

    @property
    def _log_shift(self) -> Exact:
        return Exact(self.mass * self.length / 2, "free vacuum energy", _SOURCE, 2.0**-53 * self.mass * self.length)

    @cached_property
    def _norm(self) -> Exact:
        weights = self._overlaps * self._state(self.length)
        return total(weights, 0, self._outside[0] * math.exp(-self.length * self.system.levels.ceiling))

    @cached_property
    def _overlaps(self) -> Exact:
        levels = self.system.levels
        free, error = gaussian(levels.size, levels.centre, levels.frequency, self.mass)
        rounding = np.abs(levels.vectors).T @ (error + levels.size * 2.0**-53 * np.abs(free))
        return Exact(levels.vectors.T @ free, "<n|0_f>", _SOURCE, levels.distance + rounding)

    @cached_property
    def _outside(self) -> tuple[float, float]:
        """Bounds on the weight of |0_f> above the ceiling, and on its part of <H>."""
        weight = self._overlaps * self._overlaps
        variance = 1 / (2 * self.mass)
        gaussian_moments = [special.factorial2(k - 1) * variance ** (k / 2) if k and k % 2 == 0 else float(k == 0) for k in range(30)]
        terms = [self.mass / 4, *(v * g for v, g in zip(self.system.potential.coefficients, gaussian_moments, strict=False))]
        rest = sum(terms) - _lower(total(weight * self.system.energies, 0)) + 64 * 2.0**-53 * sum(map(abs, terms))
        return max(0.0, 1 - _lower(total(weight, 0)) + 1e-15), max(0.0, rest)

    def _tail(self, power: int) -> float:
        """A bound on the norm of x^(power/2)|0_f> above the ceiling, by x^power <= a H + b."""
        if self.system.levels.ceiling <= 0:
            raise NotConverged("all levels kept have negative energies; ask for more levels")
        a, b = self.system.potential.power_bound(power)
        weight, energy = self._outside
        return math.sqrt(a * energy + b * weight)


def open_box(interaction: Potential | Sequence[float], mass: float, length: float, *, levels: int = 32) -> OpenBox:
    r"""The field of ``mass`` with $\int dt\, W(\phi)$, W = ``interaction`` $(w_0, w_1, \dots)$, in a box of ``length``.

    $\frac{\lambda}{4!}\phi^4$ is ``(0, 0, 0, 0, coupling / 24)``.  Raises `InputError` for a mass or length that is not positive, and for
    an interaction that is not bounded below.

    >>> box = open_box((0, 0, 0, 0, 6 / 24), mass=1.0, length=4.0)
    >>> box.partition_function
    Exact 0.6066960577... (radius ...)
    """
    positive("mass", mass)
    positive("length", length)
    whole = Potential(tuple(np.asarray(poly.polyadd(potential(interaction).coefficients, (0.0, 0.0, mass**2 / 2))).tolist()))
    if whole.degree > 28:
        raise InputError("interaction", whole.degree, "of degree 28 at most", "take a lower power")
    return OpenBox(quantum_mechanics(whole, levels=levels), float(mass), float(length))


def reweighting_efficiency(interaction: Potential | Sequence[float], mass: float, length: float, *, levels: int = 32) -> Exact:
    r"""ESS/n of reweighting free draws by $e^{-\int W}$, at infinite width: $E[w]^2/E[w^2] = Z(W)^2/Z(2W)$, exponentially small in T."""
    once = open_box(interaction, mass, length, levels=levels)
    twice = open_box(potential(interaction).scaled(2.0), mass, length, levels=levels)
    return once.partition_function**2 / twice.partition_function


def _form(left: Exact, matrix: Exact, right: Exact) -> Exact:
    return total(left * total(matrix * right[None, :], 1), 0)


def _upper(exact: Exact) -> float:
    return float(np.asarray(exact.value) + np.asarray(exact.radius))


def _lower(exact: Exact) -> float:
    return float(np.asarray(exact.value) - np.asarray(exact.radius))
