r"""Kaehler-Ricci flow among algebraic metrics.

In its class the flow is that of a potential, $\dot\varphi = \ln\frac{\det g}{\kappa|\Omega|^2}$ with $g = g_0 +
\partial\bar\partial\varphi$ (Cao, Invent. Math. 81 (1985) 359): $\dot g = -\mathrm{Ric}$, whose only fixed point is the Ricci-flat metric.
With $K = \sum_j\frac{a_j}\pi \ln s_j^\dagger H_js_j$ potentials move by $\sum_j\frac{a_j}\pi\frac{s_j^\dagger\dot
H_js_j}{s_j^\dagger H_js_j}$, and $\dot H$ is the one that comes nearest to $\ln\eta$ in the measure $|\Omega|^2$ (Galerkin).  Near to the
fixed point $\ln\eta$ obeys the heat equation: a mode of the eigenvalue $\lambda$ of $-\Delta = -4g^{\bar ba}\partial_a\bar\partial_b$
falls as $e^{-\lambda t/4}$; so the flow is stiff, and the integration implicit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.integrate import solve_ivp

from certifield._arguments import of_kind, positive_float
from certifield.evidence import Estimate, InputError, NotConverged

from ..metrics import AlgebraicMetric, determinant, invariant_forms, metric_of, unpacked
from ..points import Points, integral
from ..varieties import Symmetry
from ._homogeneous import forward_times

_POINTS_EACH = 3  # parameters need this many points each at the least
_DAMPING = 1e-4  # relative to the largest singular value: directions of H that the potential hardly sees, as where logarithms overlap


@dataclass(frozen=True, eq=False)
class KaehlerRicciFlow:
    r"""The ``metrics`` at the ``times`` [T], and ``distance`` [T]: the root of the mean of $(\ln\eta - \overline{\ln\eta})^2$ in the
    measure $|\Omega|^2$ on the points of the flow, with errors by draw; 0 for the Ricci-flat metric.
    """

    times: np.ndarray
    metrics: tuple[AlgebraicMetric, ...] = field(repr=False)
    distance: Estimate


def kaehler_ricci_flow(
    start: AlgebraicMetric, points: Points, times: Sequence[float], *, symmetry: Symmetry | None = None, tolerance: float = 1e-7
) -> KaehlerRicciFlow:
    """The Kaehler-Ricci flow from ``start``, projected on potentials of its degrees, with the integrals over ``points``.

    ``symmetry``: that of the variety unless another is given, which the flow keeps; `Symmetry()` is none.  ``tolerance``: of the entries of
    H, relative.  Judge the metrics by `quality`, on another seed.
    Raises `InputError` for negative times, for fewer than three points a parameter, and for a start that is not positive.
    """
    of_kind("start", start, AlgebraicMetric, "such as fubini_study(fermat(), logarithms(fermat(), [1], [[4]]))")
    if not of_kind("points", points, Points, "such as sample(variety, draws=1000, seed=1)").variety.same_as(start.variety):
        raise InputError("points", repr(points.variety), f"of the variety of the metric, {start.variety!r}", "sample start.variety")
    at, tolerance = forward_times(times), positive_float("tolerance", tolerance, "try tolerance=1e-7")
    forms = [invariant_forms(start.variety, term.degrees, symmetry) for term in start.terms]
    sizes = [one.size for one in forms]
    if len(points) < _POINTS_EACH * sum(sizes):
        given = f"{len(points)} points for {sum(sizes)} parameters"
        raise InputError("points", given, f"{_POINTS_EACH} points a parameter, better 15", "sample more, or take a lower degree")
    tables, ends = [one.expanded(points.local) for one in forms], np.cumsum(sizes)[:-1]
    share = points.weights / points.weights.sum()
    root, size = np.sqrt(share), start.variety.dimension + 1

    def logarithm(c: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        """ln eta less its mean [N], NaN where g or some F_j is not positive, and the jets of F_j."""
        jets = [unpacked(part @ table, size) for table, part in zip(tables, np.split(c, ends), strict=True)]
        inside = all(np.all(np.real(f[:, 0, 0]) > 0) for f in jets)
        value = np.log(determinant(metric_of(start.weights, jets)) / points.omega) if inside else np.full(len(points), np.nan)
        return value - share @ value, jets

    def speed(_: float, c: np.ndarray) -> np.ndarray:
        value, jets = logarithm(c)
        if not np.all(np.isfinite(value)):
            return np.full(len(c), np.nan)  # a shorter step is tried
        parts = zip(start.weights, tables, jets, strict=True)
        slopes = np.concatenate([(a / np.pi) * table[:, :, 0] / np.real(f[:, :1, 0]) for a, table, f in parts], axis=1)
        # Damped and not cut off, so that the speed is a smooth function of H; where it vanishes is left as it is.
        left, sizes, right = np.linalg.svd(slopes * root[:, None], full_matrices=False)
        return (sizes / (sizes**2 + (_DAMPING * sizes[0]) ** 2) * (value * root @ left)) @ right

    c = np.concatenate([one.parameters(h) for one, h in zip(forms, start.matrices, strict=True)])
    if not np.all(np.isfinite(logarithm(c)[0])):
        raise InputError("start", "a metric that is not positive at a point", "positive", "start from fubini_study")
    solved = solve_ivp(speed, (0.0, float(at[-1]) or 1e-12), c, "BDF", at, rtol=tolerance, atol=tolerance * float(np.abs(c).max()))
    if not solved.success:
        raise NotConverged(f"the flow stopped at t = {solved.t[-1] if len(solved.t) else 0:g}: {solved.message}; take more points")
    metrics, columns = [], [points.weights]
    for row in solved.y.T:
        parts = zip(forms, np.split(row, ends), strict=True)
        metrics.append(AlgebraicMetric(start.variety, start.terms, tuple(one.canonical(part) for one, part in parts)))
        value = logarithm(row)[0]
        columns += [points.weights * value, points.weights * value**2]
    features = np.stack(columns, axis=1)

    def statistic(means: np.ndarray) -> np.ndarray:
        first, second = means[:, 1::2] / means[:, :1], means[:, 2::2] / means[:, :1]
        return np.sqrt(np.maximum(second - first**2, 0))

    return KaehlerRicciFlow(at, tuple(metrics), integral(points, lambda _: features, statistic, "ln eta along the flow, by draw"))
