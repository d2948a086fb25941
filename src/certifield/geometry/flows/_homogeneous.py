r"""Ricci flow, $\dot g = -2\,\mathrm{Ric}$, of metrics that a few numbers describe.

Space forms of dimension n and curvature $k/r^2$: $r^2(t) = r_0^2 - 2k(n-1)t$.  Left-invariant metrics diag(a, b, c) on SU(2), in a frame
with $[e_1, e_2] = 2e_3$ and cyclic, so that a = b = c = 1 is the unit sphere: $\mathrm{Ric}(e_1, e_1) = 2(a^2 - (b-c)^2)/(bc)$ and cyclic.
Milnor, Adv. Math. 21 (1976) 293.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.integrate import solve_ivp

from certifield._arguments import fraction, positive_fraction, reals, whole
from certifield.evidence import Estimate, Exact, InputError, NotConverged

_RATES = (1e-12, 1e-10)  # relative tolerances whose solutions are compared
_ROUND = 1e-3  # of the start: below this size the metric is not followed any further


def space_form_radius(dimension: int, radius: float | Fraction, time: float | Fraction, curvature: int = 1) -> Exact:
    r"""$r^2(t) = r_0^2 - 2k(n-1)t$ for the sphere (k = 1), the flat torus (0) and hyperbolic space (-1).

    Exact for fractions.  Raises `InputError` at and after the extinction of a sphere, and for negative times.
    """
    dimension = whole("dimension", dimension, 1, math.inf, "3 for the 3-sphere")
    curvature = whole("curvature", curvature, -1, 1, "1 for a sphere, 0 for a torus, -1 for hyperbolic space")
    _require_forward(time)
    square = positive_fraction("radius", radius, "try radius=1") ** 2
    if fraction("time", time, *_FORWARD) * 2 * curvature * (dimension - 1) >= square:
        end = extinction_time(dimension, radius).value
        raise InputError("time", time, f"before the extinction at {end}", "take an earlier time: there is no metric afterwards")
    start = Exact(radius, "r_0") ** 2
    return start - Exact(time) * (2 * curvature * (dimension - 1))


def extinction_time(dimension: int, radius: float | Fraction) -> Exact:
    r"""$r_0^2/(2(n-1))$, when a round sphere has shrunk to a point."""
    dimension = whole("dimension", dimension, 2, math.inf, "a circle has no curvature")
    positive_fraction("radius", radius, "try radius=1")
    return Exact(radius) ** 2 / (2 * (dimension - 1))


def su2_ricci(metric: Sequence[float] | np.ndarray) -> np.ndarray:
    """Ric(e_i, e_i) of the left-invariant metric diag(a, b, c): an array of three numbers."""
    return _ricci(_diagonal("metric", metric))


def _diagonal(name: str, given: object) -> np.ndarray:
    numbers = reals(name, given, *_THREE, dimensions=1)
    if len(numbers) != 3 or not np.all(numbers > 0):
        raise InputError(name, given, *_THREE)
    return numbers


def _ricci(metric: np.ndarray) -> np.ndarray:
    a, b, c = metric
    return np.array([2 * (a * a - (b - c) ** 2) / (b * c), 2 * (b * b - (c - a) ** 2) / (c * a), 2 * (c * c - (a - b) ** 2) / (a * b)])


@dataclass(frozen=True, eq=False)
class SU2Flow:
    """The ``metric`` [times, 3] at ``times``, with the difference of two tolerances as its error."""

    times: np.ndarray
    metric: Estimate


def su2_flow(start: Sequence[float], times: Sequence[float]) -> SU2Flow:
    """The Ricci flow of a left-invariant metric on SU(2).

    General metrics become round as they shrink.  Raises `InputError` for negative times and metrics that are not positive, and
    `NotConverged` for times after which the metric is smaller than a thousandth of its start: beyond, the equation has no solution.
    """
    initial, at = _diagonal("start", start), forward_times(times)

    def small(_: float, metric: np.ndarray) -> float:
        return float(np.min(metric) - _ROUND * np.min(initial))

    small.terminal = True  # type: ignore[attr-defined]
    solved = [
        solve_ivp(lambda _, g: -2 * _ricci(g), (0.0, float(at[-1]) or 1e-12), initial, "DOP853", at, events=small, rtol=rate, atol=rate)
        for rate in _RATES
    ]
    if solved[0].t_events[0].size:
        end = float(solved[0].t_events[0][0])
        told = f"the metric has shrunk to a thousandth at t = {end:.9g}, before t = {at[-1]:g}"
        raise NotConverged(f"{told}: ask for earlier times, there is no solution beyond its extinction just after")
    fine, coarse = (one.y.T for one in solved)
    source = f"su2/{list(map(float, initial))}"
    errors, method = np.abs(fine - coarse) + 1e-14, "DOP853, two tolerances"
    return SU2Flow(at, Estimate.from_stderr(fine, errors, source=source, method=method, bias="unknown"))


_THREE = "three positive numbers a, b, c", "try [1, 1, 1]"
_FORWARD = (
    "0 or later: backwards, dg/dt = +2 Ric is a heat equation with the wrong sign, whose short waves grow without bound",
    "flow forwards; the gradient of Perelman's F is climbed, L = -F",
)


def _require_forward(time: object) -> None:
    if fraction("time", time, *_FORWARD) < 0:
        raise InputError("time", time, *_FORWARD)


def forward_times(times: object) -> np.ndarray:
    """Times from 0 on, ascending.  Raises `InputError` for others: the flow has one direction."""
    at = reals("times", times, "a list of finite times, one at the least", "try [0, 0.1]", dimensions=1)
    for time in (at[0], *np.diff(at)):
        _require_forward(time)
    return at
