"""Contact integrals: n legs of the kernel that meet in one point y, integrated over the ball |y| < Lambda.

    I_n(x_1..x_n; Lambda) = int_{|y| < Lambda} d^dy |y|^p K'(y, x_1) ... K'(y, x_n),   d = 1, 2, 3,

with K' the kernel without the constant of the output bias, which connected correlators do not see.  Integration is adaptive
(Gauss-Kronrod cubature of SciPy) in polar coordinates, shell by shell: the shells grow geometrically, so that a large cutoff hides no
structure near the origin, and the derivative by the cutoff is the integral over the sphere, without a difference quotient.  A Gauss rule
held against its Kronrod extension is no bound on the error, which both may miss: the integrals are estimates, of unknown bias.
"""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations_with_replacement, pairwise
from typing import Any

import numpy as np
from scipy.integrate import cubature

from certifield.correlators.closed_forms import pair_moments
from certifield.ensembles import Ensemble, fixed
from certifield.evidence import Estimate, InputError, NoClosedForm, NotConverged

_TOLERANCE = {1: 1e-11, 2: 1e-8, 3: 1e-5}  # relative, by dimension: what is reached in seconds
_SHELL = 4.0  # the ratio of the radii of neighbouring shells

Integrand = Callable[[np.ndarray], np.ndarray]  # points [q, dim] -> values [q, integrals]


def contact_integrals(
    ensemble: Ensemble, points: Any, cutoff: float, *, indices: Any = None, order: int = 4, power: int = 0, tolerance: float | None = None
) -> Estimate:
    """I_n for every index tuple: ``indices`` [T, n] into ``points`` [P, dim]; all sorted tuples of ``order`` unless given.

    ``power``: of |y| in the integrand, 2 for the operator x^2 phi^4.  ``tolerance``: relative error asked for, by default 1e-11, 1e-8, 1e-5
    in d = 1, 2, 3.  The standard error is what the adaptive rule states for itself, entry by entry.
    Raises `InputError` for unusable points, cutoff or dimension, `NoClosedForm` where the kernel has none, `NotConverged`.
    Source: arXiv:2008.08601, section 4.

    >>> import certifield as cf
    >>> net = cf.ensembles.relu_net(1, 20, sigma_b=0.0)  # I_4 = Lambda^5 x1 x2 x3 x4 / 80 for positive x
    >>> round(float(contact_integrals(net, [[1.0], [2.0]], 10.0, indices=[[0, 0, 1, 1]]).mean[0]), 6)
    5000.0
    """
    where, table = checked_points(ensemble, points), checked_indices(indices, len(points), order)
    legs = leg_function(ensemble, where)

    def integrand(y: np.ndarray) -> np.ndarray:
        return np.prod(legs(y)[:, table], axis=2) * np.sum(y * y, axis=1)[:, None] ** (power / 2)

    value, error = _over_ball(integrand, where, checked_cutoff(cutoff), tolerance)
    return _estimate(value, error, f"{table.shape[1]} legs integrated over |y| < {cutoff:g}")


def sphere_integrals(
    ensemble: Ensemble, points: Any, cutoff: float, *, indices: Any = None, order: int = 4, tolerance: float | None = None
) -> Estimate:
    """d I_n / d log Lambda = Lambda^d times the integral of the n legs over the directions of y, |y| = Lambda; arguments as above."""
    where, table = checked_points(ensemble, points), checked_indices(indices, len(points), order)
    legs, radius = leg_function(ensemble, where), checked_cutoff(cutoff)
    value, error = _over_sphere(lambda y: np.prod(legs(y)[:, table], axis=2), where, radius, tolerance)
    scale = radius ** where.shape[1]
    return _estimate(scale * value, scale * error, f"{table.shape[1]} legs integrated over |y| = {cutoff:g}")


def _estimate(value: np.ndarray, error: np.ndarray, words: str) -> Estimate:
    """With a source of its own for every set of integrals, so that those that are used twice deviate together."""
    source = f"cubature {hashlib.sha256(value.tobytes() + error.tobytes()).hexdigest()[:16]}"
    return Estimate.from_stderr(value, error, source=source, method=words, bias="unknown")


def leg_function(ensemble: Ensemble, points: np.ndarray) -> Integrand:
    """K'(y, x_i) for many y at once: y [q, dim] -> [q, P].  Raises `NoClosedForm`."""
    neurons = ensemble.neurons
    if neurons is None or not ensemble.even:
        raise NoClosedForm(f"an effective action needs a single hidden layer of independent neurons with even readout, not {ensemble.name}")
    bare = replace(neurons, width=1, output_bias=fixed(0.0))
    scale = bare.readout.moment(2)
    return lambda y: scale * pair_moments(bare, y, points)


def _over_ball(integrand: Integrand, points: np.ndarray, cutoff: float, tolerance: float | None) -> tuple[np.ndarray, np.ndarray]:
    dim, inner = points.shape[1], min(cutoff, 1.0)
    edges = [0.0, *np.geomspace(inner, cutoff, 1 + max(1, math.ceil(math.log(cutoff / inner, _SHELL)))).tolist()]
    shells = [(low, high) for low, high in pairwise(edges) if high > low]
    directions, sectors = _ANGLES[dim]

    def polar(coordinates: np.ndarray) -> np.ndarray:
        r, rest = coordinates[:, :1], coordinates[:, 1:]
        return np.sum([measure * r ** (dim - 1) * integrand(r * unit) for unit, measure in directions(rest)], axis=0)

    boxes = [([start, *low], [end, *high]) for start, end in shells for low, high in sectors(points)]
    return _summed(polar, boxes, dim, tolerance)


def _over_sphere(integrand: Integrand, points: np.ndarray, radius: float, tolerance: float | None) -> tuple[np.ndarray, np.ndarray]:
    dim = points.shape[1]
    directions, sectors = _ANGLES[dim]

    def angular(rest: np.ndarray) -> np.ndarray:
        return np.sum([measure * integrand(radius * unit) for unit, measure in directions(rest)], axis=0)

    if dim == 1:
        value = angular(np.zeros((1, 0)))[0]
        return value, 1e-14 * np.abs(value)
    return _summed(angular, sectors(points), dim, tolerance)


def _summed(function: Integrand, boxes: Sequence[tuple[Sequence[float], Sequence[float]]], dim: int, tolerance: float | None):
    """The sum over boxes, each to the tolerance of what the boxes before it gave, so that no work goes into tails.

    Integrals below 1e-12 of the largest (entries that vanish but for rounding) are asked for no more than that.
    """
    relative, rule = tolerance or _TOLERANCE[dim], "gk21" if len(boxes[0][0]) < 3 else "gk15"
    asked: dict[str, Any] = {"rule": rule, "rtol": relative, "atol": relative}
    value = error = np.zeros(1)
    rough = np.max(np.abs(cubature(function, *boxes[0], rule=rule, max_subdivisions=0).estimate))
    for low, high in boxes:
        scale = np.maximum(np.abs(value), max(1e-12 * max(np.max(np.abs(value)), rough), 1e-300))
        found = cubature(lambda at, scale=scale: function(at) / scale, low, high, **asked)
        if found.status != "converged":
            reached = f"{np.max(found.error):.2g}, not {relative:g}"
            raise NotConverged(f"a contact integral over {low} to {high} reaches {reached} of its value; ask for a larger tolerance")
        value, error = value + scale * found.estimate, error + scale * found.error
    return value, error + 1e-14 * np.abs(value)


def _line(rest: np.ndarray) -> list[tuple[np.ndarray, Any]]:
    one = np.ones((len(rest), 1))
    return [(one, 1.0), (-one, 1.0)]


def _circle(rest: np.ndarray) -> list[tuple[np.ndarray, Any]]:
    return [(np.stack([np.cos(rest[:, 0]), np.sin(rest[:, 0])], axis=1), 1.0)]


def _sphere(rest: np.ndarray) -> list[tuple[np.ndarray, Any]]:
    theta, phi = rest.T
    unit = np.stack([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)], axis=1)
    return [(unit, np.sin(theta)[:, None])]


def _whole_circle(points: np.ndarray) -> list[tuple[list[float], list[float]]]:
    """Sectors between the directions of the points and their opposites, where the kernel of a rectifier has its kinks."""
    along = np.arctan2(points[:, 1], points[:, 0])
    edges = np.unique(np.round(np.remainder(np.concatenate([along, along + math.pi]), 2 * math.pi), 12))
    return [([low], [high]) for low, high in pairwise([*edges.tolist(), float(edges[0]) + 2 * math.pi])]


# By dimension: directions of y with their measure from angles [q, dim - 1], and the boxes of angles that cover all directions.
_ANGLES: dict[int, tuple[Callable, Callable]] = {
    1: (_line, lambda points: [([], [])]),
    2: (_circle, _whole_circle),
    3: (_sphere, lambda points: [([0.0, 0.0], [math.pi, 2 * math.pi])]),
}


def checked_points(ensemble: Ensemble, points: Any) -> np.ndarray:
    """Points [P, dim] with dim = 1, 2 or 3 as floats; raises `InputError`."""
    where = np.array(points, dtype=float)
    if where.ndim != 2 or not len(where) or not np.all(np.isfinite(where)) or ensemble.dim not in (None, where.shape[1]):
        raise InputError("points", points, f"finite, of shape [points, {ensemble.dim or 'dim'}]", "give one row per point")
    if where.shape[1] not in _ANGLES:
        raise InputError("points", where.shape, "in 1, 2 or 3 dimensions", "contact integrals are evaluated for d = 1, 2, 3")
    return where


def checked_indices(indices: Any, points: int, order: int) -> np.ndarray:
    """Index tuples [T, n]; all sorted ones of ``order`` unless given; raises `InputError`."""
    if indices is None:
        return np.array(list(combinations_with_replacement(range(points), order)), dtype=int)
    table = np.asarray(indices)
    if table.ndim != 2 or not table.size or table.dtype.kind not in "iu" or table.min() < 0 or table.max() >= points:
        raise InputError("indices", indices, f"whole numbers of shape [entries, n], from 0 to {points - 1}", "count points from 0")
    return table.astype(int)


def checked_cutoff(cutoff: float) -> float:
    """A finite cutoff more than 0; raises `InputError`."""
    if isinstance(cutoff, bool) or not isinstance(cutoff, int | float | np.floating) or not 0 < cutoff < math.inf:
        raise InputError("cutoff", cutoff, "a finite number more than 0", "try cutoff=10.0")
    return float(cutoff)
