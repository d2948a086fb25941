"""The free scalar as a network, and its propagator with and without a cutoff.

S = int d^dx [(d phi)^2 + m^2 phi^2]/2, weight exp(-S): G2(p) = 1/(p^2 + m^2).  With |p| < Lambda the network has the cutoff propagator at
every width, which is not that of the continuum: at a distance r they differ by what oscillates as cos(Lambda r).
"""

import math
import warnings
from typing import Any

import numpy as np
from scipy.special import kv

from certifield.correlators import exact
from certifield.ensembles import AbstractMomenta, Ensemble, Law, propagator, random_waves
from certifield.evidence import Exact, InputError

from ._budget import budget

_ROUNDING = 2.0**-53
_ENOUGH = 10.0  # neurons per (Lambda/m)^d below which uniform momenta get a warning


def free_field(
    dim: int,
    mass: float,
    width: int,
    *,
    cutoff: float = math.inf,
    momenta: str | AbstractMomenta = "spectrum",
    amplitude: str | Law = "unit",
) -> Ensemble:
    """The free scalar in ``dim`` dimensions as N = ``width`` random plane waves; an infinite cutoff, the continuum, in d = 1 only.

    ``momenta``, ``amplitude`` as in `cf.ensembles.random_waves`.  Warns where uniform momenta are too few for the
    ball, N < 10 (Lambda/m)^d, with the connected four-point function that is to be expected.
    Raises `InputError` for a mass or cutoff that is not positive, for a width below 1, and for a continuum in d > 1, where G2(0) diverges.

    >>> import certifield as cf
    >>> field = free_field(1, 1.0, 64)
    >>> round(float(cf.correlators.exact(field, [[0.0], [1.0]]).value), 9)  # exp(-1)/2
    0.183939721
    """
    field = random_waves(propagator(dim, mass, cutoff), width, momenta=momenta, amplitude=amplitude)
    if momenta == "uniform" and width < _ENOUGH * (cutoff / mass) ** dim:
        predicted = budget(field, np.zeros((1, dim)))
        warnings.warn(
            f"N = {width} is below 10 (Lambda/m)^d = {_ENOUGH * (cutoff / mass) ** dim:.3g} neurons for uniform momenta: expect "
            f"G_c4/G2^2 = {float(np.asarray(predicted.ratio.value)):.3g} at coincident points; momenta='spectrum' needs far fewer",
            stacklevel=2,
        )
    return field


def cutoff_propagator(dim: int, mass: float, cutoff: float, distances: Any) -> Exact:
    """Int_{|p|<Lambda} d^dp/(2 pi)^d cos(p.r)/(p^2 + m^2), by quadrature with a bounded error; raises as `free_field`.

    >>> cutoff_propagator(3, 1.0, 10.0, [0.5])
    Exact [0.09438731...
    """
    far = _distances(distances, zero=True)
    field = random_waves(propagator(dim, mass, cutoff), 1)
    points = np.zeros((far.size + 1, dim))
    points[1:, 0] = far.ravel()
    found = exact(field, points, indices=[[0, row] for row in range(1, far.size + 1)])
    value, radius = (np.reshape(np.asarray(part), far.shape) for part in (found.value, found.radius))
    return Exact(value, "radial Fourier integral", "arXiv:2307.03223", radius)


def continuum_propagator(dim: int, mass: float, distances: Any) -> Exact:
    """(2 pi)^(-d/2) (m/r)^(d/2-1) K_(d/2-1)(m r): exp(-m r)/2m, K_0(m r)/2 pi, exp(-m r)/4 pi r, m K_1(m r)/4 pi^2 r in d = 1, 2, 3, 4.

    The radius allows 32 units in the last place for the Bessel function.  Raises `InputError` for distance 0 in d > 1, where it diverges.
    """
    propagator(dim, mass)  # for its checks
    far = _distances(distances, zero=dim == 1)
    order = dim / 2 - 1
    if dim % 2:  # elementary: K_(1/2) and its like
        value = np.exp(-mass * far) / (2 * mass) if dim == 1 else None
        if dim == 3:
            value = np.exp(-mass * far) / (4 * math.pi * far)
    else:
        value = None
    if value is None:
        value = (2 * math.pi) ** (-dim / 2) * (mass / far) ** order * kv(order, mass * far)
    return Exact(value, "Bessel function", "Fourier transform of 1/(p^2 + m^2)", (32 + 4 * mass * far) * _ROUNDING * value)


def coincident_propagator(dim: int, mass: float, cutoff: float) -> Exact:
    """The cutoff propagator at distance 0 in closed form, d = 1 to 4; raises `InputError` for others.

    arctan(L/m)/(pi m), log(1 + L^2/m^2)/4 pi, (L - m arctan(L/m))/2 pi^2, (L^2 - m^2 log(1 + L^2/m^2))/16 pi^2.
    """
    propagator(dim, mass, cutoff)
    ratio = cutoff / mass
    terms = {
        1: [math.atan(ratio) / (math.pi * mass)],
        2: [math.log1p(ratio**2) / (4 * math.pi)],
        3: [cutoff / (2 * math.pi**2), -mass * math.atan(ratio) / (2 * math.pi**2)],
        4: [cutoff**2 / (16 * math.pi**2), -(mass**2) * math.log1p(ratio**2) / (16 * math.pi**2)],
    }.get(dim)
    if terms is None:
        raise InputError("dim", dim, "1 to 4", "use cutoff_propagator(dim, mass, cutoff, [0.0])")
    return Exact(sum(terms), f"closed form in d = {dim}", "radial integral of 1/(p^2 + m^2)", 8 * _ROUNDING * sum(map(abs, terms)))


def _distances(given: Any, *, zero: bool) -> np.ndarray:
    try:
        far = np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        far = np.full(1, np.nan)
    if not far.size or not np.all(np.isfinite(far)) or np.any(far < 0) or (not zero and np.any(far == 0)):
        allowed = "finite numbers, 0 or more" if zero else "finite numbers more than 0, where the continuum propagator is finite"
        raise InputError("distances", given, allowed, "give e.g. [0.5, 1.0]")
    return far
