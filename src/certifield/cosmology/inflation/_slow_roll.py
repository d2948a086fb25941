r"""Slow roll by adaptive quadrature, for any smooth potential: what is reported, and what the fast route is tested against.

.. math:: \epsilon_V = \tfrac12 (V'/V)^2,\ \eta_V = V''/V,\ N = \int_{\phi_e}^{\phi_*} \frac{V}{V'} d\phi,\
    n_s = 1 - 6 \epsilon_V + 2 \eta_V,\ r = 16 \epsilon_V,\ A_s = \frac{V}{24 \pi^2 \epsilon_V}

in units $M_P = 1$ with $3 H^2 = \frac12 \dot\phi^2 + V$.  (Units in which $H^2$ equals the density have $3 M_P^2 = 1$.)
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite, pi
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq

from certifield.evidence import Estimate, InputError, NotConverged, propagate

from ._potentials import Potential

ENDS = ("both", "epsilon")  # max(epsilon, |eta|) = 1, or epsilon = 1
_TOLERANCE = 1e-10
_CELLS = 400
NEAREST = 1e-9  # part of the stretch before its limit where e-folds end: nearer to a critical point the digits of V' are lost


@dataclass(frozen=True)
class SlowRoll:
    """A slow-roll cosmology: the field at the end and at the pivot, and the observables there.

    Observables are of first order in slow roll, and differ from those of `exact_spectrum` by the second order: some 1e-4
    in the tilt and a per cent in r.
    Errors are those of the quadrature of N, as it states them, and of finding the roots: no bounds, and nothing of the second order.
    """

    end: Estimate
    pivot: Estimate
    efolds: float
    tilt: Estimate
    ratio: Estimate
    amplitude: Estimate

    @property
    def excursion(self) -> Estimate:
        """How far the field rolls from the pivot to the end."""
        return propagate(np.abs, self.pivot - self.end)


@eqx.filter_jit
def _jet(potential: Potential, phi: jax.Array) -> jax.Array:
    slope = jax.grad(lambda x: potential(x))
    return jnp.stack([potential(phi), slope(phi), jax.grad(slope)(phi)])


def jet(potential: Potential, phi: float) -> tuple[float, float, float]:
    """V, V' and V'' in double precision."""
    with jax.enable_x64(True):
        value, slope, bend = (float(one) for one in np.asarray(_jet(potential, jnp.float64(phi))))
    return value, slope, bend


def slow_roll(potential: Potential, minimum: float, limit: float, *, efolds: float = 55.0, end: str = "both") -> SlowRoll:
    """The cosmology that rolls from the side of ``limit`` into the ``minimum``, where V is 0, pivot ``efolds`` before the end.

    The end is the innermost point where slow roll begins outward of the minimum.  Raises `InputError` where V is not positive and rising
    outward, where there is no slow roll, where it is interrupted, and where there are fewer e-folds before ``limit`` (less 1e-9 of the
    stretch, where a critical point would take the digits of V'), naming how many.
    """
    if end not in ENDS:
        raise InputError("end", end, f"one of {', '.join(ENDS)}", 'leave it at "both"')
    if not (isfinite(minimum) and isfinite(limit) and minimum != limit):
        raise InputError("limit", limit, f"a finite number other than the minimum {minimum}", "choose the side the field comes from")
    if not 0 < efolds < np.inf:
        raise InputError("efolds", efolds, "a finite number above 0", "try efolds=55")
    reach = limit - minimum

    def excess(part: float) -> float:
        value, slope, bend = jet(potential, minimum + reach * part)
        if not value > 0 or not slope * reach > 0:
            allowed = "such that V is positive and rises from the minimum to the limit"
            raise InputError(
                "potential", f"V = {value:.3g}, V' = {slope:.3g} at phi = {minimum + reach * part:.4g}", allowed, "nearer limit"
            )
        epsilon = (slope / value) ** 2 / 2
        return (max(epsilon, abs(bend / value)) if end == "both" else epsilon) - 1

    cells = np.arange(1, _CELLS + 1) ** 2 / _CELLS**2 * (1 - NEAREST)
    values = [excess(part) for part in cells]
    inside = [place for place, value in enumerate(values) if value < 0]
    if not inside or inside[0] == 0:
        raise InputError("potential", f"excess of the slow-roll parameters from {max(values):.3g} to {min(values):.3g}",
                         "such that slow roll ends between the minimum and the limit", "widen the limit")  # fmt: skip
    start: Any = brentq(excess, cells[inside[0] - 1], cells[inside[0]], xtol=1e-15)
    broken = next((place for place in range(inside[0], _CELLS) if values[place] >= 0), _CELLS - 1)
    last = float(cells[broken])

    def gain(part: float) -> float:
        value, slope, _ = jet(potential, minimum + reach * part)
        return value / slope * reach

    total, wrong, done = 0.0, 0.0, start
    while total < efolds and done < last:
        # Half the way to the limit at most: towards a critical point N grows as a logarithm, evenly over such steps.
        step = min(last, float(cells[np.searchsorted(cells, done, side="right")]), (1 + done) / 2)
        more, error = _quadrature(gain, done, step)
        # Towards a critical point N diverges: where it is more than is asked for, its digits do not matter.
        if error > 1e-7 * max(more, 1e-300) and total + more - error < efolds:
            raise NotConverged(f"e-folds between phi = {minimum + reach * done:.6g} and {minimum + reach * step:.6g}: error {error:.2g}")
        if total + more >= efolds:
            pivot = _pivot(gain, done, step, efolds - total)
            wrong += _quadrature(gain, done, pivot)[1]
            rounding = 2e-15 * (abs(minimum) + abs(reach))
            ends = (minimum + reach * start, rounding), (minimum + reach * pivot, abs(reach) * wrong / gain(pivot) + rounding)
            return _observed(potential, *ends, efolds)
        total, wrong, done = total + more, wrong + error, step
    if broken == _CELLS - 1 and _flattens(potential, minimum + reach, reach):
        allowed = (
            f"at most {total:.4g} here: the limit {minimum + reach:.6g} is a maximum of V or another point where V' = 0, towards which "
        )
        allowed += f"e-folds grow without end, and those up to {NEAREST:g} of the stretch before it are resolved"
        raise InputError("efolds", efolds, allowed, "ask for fewer: more begin so near to this point that the digits of V' are lost")
    reason = "slow roll is interrupted there" if broken < _CELLS - 1 else "the limit"
    raise InputError("efolds", efolds, f"at most {total:.4g}, from the end to {reason}", "ask for fewer, or another potential")


def _flattens(potential: Potential, limit: float, reach: float) -> bool:
    """Whether V' is 0 at the limit, up to rounding."""
    _, slope, _ = jet(potential, limit)
    _, before, _ = jet(potential, limit - 1e-3 * reach)
    return abs(slope) < 1e-4 * abs(before)


def _pivot(gain: Callable[[float], float], low: float, high: float, missing: float) -> float:
    """Where the e-folds from ``low`` outward are what is missing."""
    found: Any = brentq(lambda part: _quadrature(gain, low, part)[0] - missing, low, high, xtol=1e-15)
    return float(found)


def _quadrature(gain: Callable[[float], float], low: float, high: float) -> tuple[float, float]:
    found = quad(gain, low, high, epsabs=0, epsrel=_TOLERANCE, limit=200, full_output=1)  # without warnings: the error is looked at
    return found[0], found[1]


def _observed(potential: Potential, end: tuple[float, float], pivot: tuple[float, float], efolds: float) -> SlowRoll:
    """The observables at the pivot, with what its error makes of them."""
    about: dict[str, Any] = {
        "source": f"quadrature from {end[0]:.15g} to {pivot[0]:.15g}",
        "method": "first order in slow roll, error of the quadrature only",
        "bias": "unknown",
    }

    def observables(phi: float) -> np.ndarray:
        value, slope, bend = jet(potential, phi)
        epsilon, eta = (slope / value) ** 2 / 2, bend / value
        return np.array([1 - 6 * epsilon + 2 * eta, 16 * epsilon, value / (24 * pi**2 * epsilon)])

    there = observables(pivot[0])
    moved = np.max([abs(observables(pivot[0] + side * pivot[1]) - there) for side in (-1, 1)], axis=0) + np.spacing(abs(there))
    told = (Estimate.from_stderr(value, error, **about) for value, error in zip(there, moved, strict=True))
    return SlowRoll(Estimate.from_stderr(*end, **about), Estimate.from_stderr(*pivot, **about), efolds, *told)
