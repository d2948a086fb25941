r"""The effective potential of one variable: fluctuations of variance C integrated out.

    V_C(phi) = -log E_z exp(-V_0(phi + z)),  z ~ N(0, C),        dV/dC = (1/2) (V'' - V'^2)

the second line being Polchinski's equation (arXiv:2202.11737, zero dimensions).  With P(x) ~ exp(-(x - phi)^2/2C - V_0(x)) it has the
derivatives V' = E[V_0'] and V'' = E[V_0''] - Var[V_0'], so that no difference is taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial import polynomial as poly

from certifield._arguments import positive, reals
from certifield.evidence import Estimate, propagate
from certifield.fieldtheory.oracles import Potential

from ._density import checked_potential

_DEPTH = 45.0  # exponents above the least one that are integrated over
_POINTS = 256  # of the trapezoidal rule, and half as many for its error: both converge exponentially


@dataclass(frozen=True, eq=False)
class EffectivePotential:
    """``values`` V, ``slopes`` V' and ``curvatures`` V'' at ``fields`` [N], for fluctuations of ``variance`` C."""

    fields: np.ndarray
    variance: float
    values: Estimate
    slopes: Estimate
    curvatures: Estimate

    @property
    def rate(self) -> Estimate:
        """dV/dC = (V'' - V'^2)/2, Polchinski's equation [N]."""
        return propagate(lambda slope, bend: (bend - slope**2) / 2, self.slopes, self.curvatures)


def effective_potential(potential: Potential | Sequence[float], variance: float, fields: Any) -> EffectivePotential:
    """V_C at ``fields`` [N] from V_0 = ``potential``, a polynomial bounded below; C = ``variance``.

    Raises `InputError` for a potential that is not bounded below, a variance that is not positive, and fields that are not finite.

    >>> found = effective_potential((0, 0, 0, 0, 0.1), 0.4, [0.7])
    >>> round(float(found.values.mean[0]), 7)
    0.1309187
    """
    start, width = checked_potential("potential", potential), positive("variance", variance)
    phi = reals("fields", fields, "finite numbers [N]", "pass [0.0, 0.5, 1.0]", 1)
    fine, coarse = (np.array([_integrated(start, width, one, count) for one in phi]).T for count in (_POINTS, _POINTS // 2))
    rounding = 1e-14 * (1 + np.abs(fine))
    source = f"effective potential/{start.coefficients}/{width!r}/{phi.tolist()}"
    every = Estimate.from_stderr(fine, np.abs(fine - coarse) + rounding, source=source, method="trapezoidal rule", bias="unknown")
    return EffectivePotential(phi, width, every[0], every[1], every[2])


def _integrated(start: Potential, variance: float, phi: float, count: int) -> tuple[float, float, float]:
    """V, V' and V'' at one field, from so many points between the turning points of the exponent."""
    exponent = poly.polyadd(start.coefficients, np.array([phi**2, -2 * phi, 1.0]) / (2 * variance))
    turns = poly.polyroots(poly.polyder(exponent))
    least = float(np.min(poly.polyval(turns[np.abs(turns.imag) < 1e-6 * (1 + np.abs(turns))].real, exponent)))
    ends = poly.polyroots(poly.polysub(exponent, (least + _DEPTH,)))
    ends = ends[np.abs(ends.imag) < 1e-6 * (1 + np.abs(ends))].real
    x = np.linspace(ends.min(), ends.max(), count)
    weights = np.exp(least - poly.polyval(x, exponent))
    total = float(np.sum(weights))
    slope, bend = (poly.polyval(x, start.derivative(order)) for order in (1, 2))
    mean = float(weights @ slope) / total
    curvature = float(weights @ bend) / total - float(weights @ (slope - mean) ** 2) / total
    norm = total * (x[1] - x[0]) / np.sqrt(2 * np.pi * variance)
    return least - float(np.log(norm)), mean, curvature
