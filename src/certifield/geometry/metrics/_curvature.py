r"""Curvature of metrics whose derivatives are known: those of algebraic metrics, and of networks, without automatic differentiation.

The curvature of g is $R_{a\bar c b\bar d} = -\partial_b\bar\partial_d g_{a\bar c} + \partial_b g_{a\bar e}\,g^{\bar e
f}\,\bar\partial_d g_{f\bar c}$, that of the Chern connection: $-\partial_b\bar\partial_d\ln\det g$ is its trace over a and c also
where g is not Kaehler.
"""

from typing import Protocol, runtime_checkable

import numpy as np

from certifield.evidence import InputError

from ..points import LocalGeometry


@runtime_checkable
class CurvedMetric(Protocol):
    """Whatever gives a metric and its derivatives in the charts of points."""

    def derivatives(self, local: LocalGeometry) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        r"""$g_{a\bar c}$ [N, a, c], $\partial_b g_{a\bar c}$ [N, b, a, c] and $\partial_b\bar\partial_d g_{a\bar c}$ [N, b, d, a, c]."""
        ...


def derivatives(metric: CurvedMetric, local: LocalGeometry) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Those of the metric."""
    if not isinstance(metric, CurvedMetric):
        raise InputError("metric", metric, "a metric with derivatives", "such as fubini_study(fermat(), [1])")
    return metric.derivatives(local)


def curvature(metric: CurvedMetric, local: LocalGeometry) -> tuple[np.ndarray, np.ndarray]:
    r"""g [N, a, c] and $R_{a\bar c b\bar d}$ [N, a, c, b, d], with all indices down."""
    g, first, fourth = derivatives(metric, local)
    inverse = np.linalg.inv(g)  # inverse[e, f] is g^{e-bar f}
    bar = first.conj().transpose(0, 1, 3, 2)  # dbar_d g_{f c-bar} [N, d, f, c]
    through = np.einsum("nbae,nef,ndfc->nacbd", first, inverse, bar, optimize=True)
    return g, through - fourth.transpose(0, 3, 4, 1, 2)


def ricci(metric: CurvedMetric, local: LocalGeometry) -> tuple[np.ndarray, np.ndarray]:
    r"""g and $R_{b\bar d} = g^{\bar c a}R_{a\bar c b\bar d} = -\partial_b\bar\partial_d\ln\det g$ [N, n, n]."""
    g, riemann = curvature(metric, local)
    return g, np.einsum("nca,nacbd->nbd", np.linalg.inv(g), riemann, optimize=True)


def scalar_curvature(metric: CurvedMetric, local: LocalGeometry) -> np.ndarray:
    r"""$\mathrm{tr}_g\,\mathrm{Ric} = g^{\bar d b}R_{b\bar d}$ [N]; the real scalar curvature is 4 times this."""
    g, tensor = ricci(metric, local)
    return np.einsum("ndb,nbd->n", np.linalg.inv(g), tensor).real


def chern_forms(metric: CurvedMetric, local: LocalGeometry) -> tuple[np.ndarray, np.ndarray]:
    r"""g [N, n, n] and the curvature endomorphism $B^{a}{}_{e} = g^{\bar c a} R_{e\bar c\,b\bar d}/\pi$ [N, a, e, b, d].

    A form $\frac i2 X_{b\bar d}\,dz^b\wedge d\bar z^d$ is kept as X, as J is as g, so that Chern forms are the elementary symmetric
    functions of B: $\frac{i}{2\pi}R$ is $\frac i2 B$.
    """
    g, riemann = curvature(metric, local)
    return g, np.einsum("nca,necbd->naebd", np.linalg.inv(g), riemann, optimize=True) / np.pi
