r"""Ricci flow and Perelman's functional on the sphere, for metrics $g = e^{2u}g_0$ with axial symmetry.

With $x = \cos\theta$ functions are polynomials through Gauss nodes, and $\Delta_0 P_l = -l(l+1)P_l$.  Then $K = e^{-2u}(1 - \Delta_0 u)$,
the flow is $\dot u = -K$, and the area falls as $A(t) = A_0 - 8\pi t$ (Gauss and Bonnet).

Perelman (arXiv:math/0211159): $F = \int (R + |\nabla f|^2)e^{-f}dV$ grows at the rate
$2\int|\mathrm{Ric} + \nabla\nabla f|^2e^{-f}dV$ along the flow with $\dot f = -\Delta f + |\nabla f|^2 - R$, which keeps $e^{-f}dV$.
So Ricci flow *climbs* F at fixed measure, and descends L = -F.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cached_property

import numpy as np
from numpy.polynomial import legendre
from scipy.integrate import solve_ivp

from certifield._arguments import fraction, whole
from certifield.evidence import Estimate, Exact, InputError, NotConverged

from ._homogeneous import forward_times

_CIGAR = "finite, a time from -100 to 100 and a radius from 0 to 1e100", "try (0, 1)"
_STEP = 1e-30  # of derivatives along i, which lose no digits


@dataclass(frozen=True)
class Sphere:
    """The unit sphere with axial symmetry, functions being values at ``nodes`` Gauss points in x = cos(theta)."""

    nodes: int = 40

    def __post_init__(self) -> None:
        object.__setattr__(self, "nodes", whole("nodes", self.nodes, 4, 400, "try nodes=40"))

    @cached_property
    def x(self) -> np.ndarray:
        """cos(theta) at the nodes."""
        return legendre.leggauss(self.nodes)[0]

    @cached_property
    def _weights(self) -> np.ndarray:
        return legendre.leggauss(self.nodes)[1]

    @cached_property
    def _slope(self) -> np.ndarray:
        """The matrix of d/dx."""
        values = legendre.legvander(self.x, self.nodes - 1)
        derivatives = np.stack([legendre.legval(self.x, legendre.legder(row)) for row in np.eye(self.nodes)], axis=1)
        return derivatives @ np.linalg.inv(values)

    @cached_property
    def _laplacian(self) -> np.ndarray:
        """The matrix of the Laplacian of the unit sphere."""
        values, degree = legendre.legvander(self.x, self.nodes - 1), np.arange(self.nodes)
        return values @ np.diag(-degree * (degree + 1.0)) @ np.linalg.inv(values)

    def integral(self, function: np.ndarray) -> complex:
        """Over the unit sphere."""
        return complex(2 * np.pi * (self._weights @ function))

    def laplacian(self, function: np.ndarray) -> np.ndarray:
        """That of the unit sphere."""
        return self._laplacian @ function

    def squared_gradient(self, function: np.ndarray) -> np.ndarray:
        """|grad f|^2 on the unit sphere."""
        return (1 - self.x**2) * (self._slope @ function) ** 2

    def curvature(self, u: np.ndarray) -> np.ndarray:
        """The Gauss curvature K of e^(2u) g_0."""
        return np.exp(-2 * u) * (1 - self.laplacian(u))

    def area(self, u: np.ndarray) -> complex:
        """The area of e^(2u) g_0."""
        return self.integral(np.exp(2 * u))

    def functional(self, u: np.ndarray, f: np.ndarray) -> complex:
        """Perelman's F[e^(2u) g_0, f], R being 2K."""
        gradient = self.squared_gradient(f)
        return self.integral((2 * self.curvature(u) * np.exp(2 * u) + gradient) * np.exp(-f))

    def measure(self, u: np.ndarray, f: np.ndarray) -> complex:
        """int e^(-f) dV."""
        return self.integral(np.exp(2 * u - f))

    def directions(self, u: np.ndarray, f: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(du/dt, df/dt) of the coupled flow that keeps e^(-f) dV."""
        k, scale = self.curvature(u), np.exp(-2 * u)
        gradient = scale * self.squared_gradient(f)
        return -k, -scale * self.laplacian(f) + gradient - 2 * k

    def rate(self, u: np.ndarray, f: np.ndarray) -> complex:
        r"""$2\int|\mathrm{Ric}+\nabla\nabla f|^2e^{-f}dV$, from the Hessian along and across the meridians."""
        # On e^{2u} g_0 with theta: Hess f (e1, e1) = e^{-2u}(f'' - u' f'), Hess f (e2, e2) = e^{-2u}(cot f' + u' f'), ' = d/dtheta.
        sine2 = 1 - self.x**2
        fx, ux = self._slope @ f, self._slope @ u
        across = -self.x * fx + sine2 * ux * fx
        along = self.laplacian(f) - (-self.x * fx) - sine2 * ux * fx
        k, scale = self.curvature(u), np.exp(-2 * u)
        size = (k + scale * along) ** 2 + (k + scale * across) ** 2
        return 2 * self.integral(size * np.exp(2 * u - f))


def derivative(
    function: Callable[[np.ndarray, np.ndarray], complex], u: np.ndarray, f: np.ndarray, du: np.ndarray, df: np.ndarray
) -> float:
    """The derivative of an analytic function of (u, f) along (du, df), by a step in the imaginary direction: no digits are lost."""
    return float(np.imag(function(u + 1j * _STEP * du, f + 1j * _STEP * df))) / _STEP


@dataclass(frozen=True, eq=False)
class SphereFlow:
    """u [times, nodes] of the flow, its ``area`` [times] and the extremes of K [times, 2], with errors from a second resolution."""

    times: np.ndarray
    u: np.ndarray
    area: Estimate
    extremes: Estimate


def sphere_flow(start: Callable[[np.ndarray], np.ndarray], times: Sequence[float], nodes: int = 40) -> SphereFlow:
    r"""The Ricci flow of $e^{2u}g_0$, ``start(x)`` being u at $x = \cos\theta$.

    Errors are the differences from three quarters of the nodes.  Raises `InputError` for negative times, and `NotConverged` at and after
    the extinction, which comes at $A_0/8\pi$ exactly.
    """
    at, nodes = forward_times(times), whole("nodes", nodes, 6, 400, "try nodes=40")
    found = []
    for number in (nodes, 3 * nodes // 4):
        sphere = Sphere(number)
        u = _start(start, sphere.x)
        end = float(np.real(sphere.area(u))) / (8 * np.pi)
        if at[-1] >= 0.999 * end:
            told = f"the sphere vanishes at t = A_0/(8 pi) = {end:.9g}; t = {at[-1]:g} is beyond, or too near"
            raise NotConverged(f"{told}: ask for earlier times")
        solved = solve_ivp(lambda _, v, s=sphere: -s.curvature(v), (0.0, float(at[-1]) or 1e-12), u, "Radau", at, rtol=1e-11, atol=1e-12)
        if not solved.success:
            raise NotConverged(f"the flow stopped at t = {solved.t[-1]:g}: {solved.message}; take more nodes, or a smoother start")
        rows = solved.y.T
        curvature = np.array([sphere.curvature(row) for row in rows])
        ends = np.array([[_extreme(sphere, row, np.min), _extreme(sphere, row, np.max)] for row in curvature])
        found.append((rows, np.array([float(np.real(sphere.area(row))) for row in rows]), ends))
    (u_fine, area, ends), (_, area_coarse, ends_coarse) = found
    source, method = f"sphere flow/{nodes} nodes", "Gauss nodes and Radau, two resolutions"
    errors = [np.abs(fine - coarse) + 1e-11 for fine, coarse in ((area, area_coarse), (ends, ends_coarse))]
    return SphereFlow(
        at,
        u_fine,
        Estimate.from_stderr(area, errors[0], source=f"{source}/area", method=method, bias="unknown"),
        Estimate.from_stderr(ends, errors[1], source=f"{source}/K", method=method, bias="unknown"),
    )


def _start(start: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> np.ndarray:
    remedy = "such as lambda x: 0.3 * x"
    if not callable(start):
        raise InputError("start", start, "a function of x = cos(theta)", remedy)
    u = np.asarray(start(x))
    if u.dtype.kind not in "iuf" or u.shape != x.shape or not np.all(np.isfinite(u)):
        raise InputError("start", u, f"a function that returns {len(x)} finite real numbers for as many x", remedy)
    return u.astype(float)


def _extreme(sphere: Sphere, values: np.ndarray, which: Callable[[np.ndarray], float]) -> float:
    """An extreme of a function that is given at the nodes, over a fine grid with the poles."""
    series = np.linalg.solve(legendre.legvander(sphere.x, sphere.nodes - 1), values)
    return float(which(legendre.legval(np.linspace(-1, 1, 801), series)))


def cigar(time: float, radius: float) -> tuple[Exact, Exact]:
    r"""The conformal factor $1/(e^{4t} + r^2)$ of the cigar, and its curvature $K = 2e^{4t}/(e^{4t} + r^2)$.

    A steady soliton: $\mathrm{Ric} + \nabla\nabla f = 0$ with $f = -\ln(1 + r^2)$ at t = 0.
    """
    t, r = fraction("time", time, *_CIGAR), fraction("radius", radius, *_CIGAR)
    if r < 0 or r > 10**100 or abs(t) > 100:
        raise InputError("time, radius", (time, radius), *_CIGAR)
    with localcontext() as digits:
        digits.prec = 300  # more than the 1e200 between the two terms, so that each line is good to a hundred digits
        growth, square = (4 * Decimal(t.numerator) / t.denominator).exp(), (Decimal(r.numerator) / r.denominator) ** 2
        values = float(1 / (growth + square)), float(2 * growth / (growth + square))
    where = "Hamilton, Contemp. Math. 71 (1988) 237"
    return tuple(Exact(value, "the cigar", where, radius=math.ulp(value)) for value in values)  # type: ignore[return-value]
