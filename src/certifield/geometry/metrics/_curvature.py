r"""Curvature of algebraic metrics, without automatic differentiation.

Multiplying sections by $e^{q(x)}$ with a holomorphic polynomial q of degree 2 changes no $\partial\bar\partial\ln F$, and q can be chosen
such that all $\partial_a F$ and $\partial_a\partial_b F$ vanish at the point.  With F = 1 there, $\ln F$ has the derivatives
$K_{a\bar c} = F_{a\bar c}$, $K_{ab\bar c} = F_{ab\bar c}$ and $K_{ab\bar c\bar d} = F_{ab\bar c\bar d} - F_{a\bar c}F_{b\bar d} - F_{a\bar
d}F_{b\bar c}$, which are entries of one Hermitian matrix of jets.  The curvature of g is $R_{a\bar c b\bar d} = -\partial_b\bar\partial_d
g_{a\bar c} + \partial_b g_{a\bar e}\,g^{\bar e f}\,\bar\partial_d g_{f\bar c}$.
"""

import numpy as np

from certifield._arguments import of_kind

from ..points import LocalGeometry
from ._algebraic import AlgebraicMetric
from ._sections import pairs


def derivatives(metric: AlgebraicMetric, local: LocalGeometry) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""$g_{a\bar c}$ [N, a, c], $\partial_b g_{a\bar c}$ [N, b, a, c] and $\partial_b\bar\partial_d g_{a\bar c}$ [N, b, d, a, c]."""
    n = of_kind("metric", metric, AlgebraicMetric, "such as fubini_study(fermat(), [1])").variety.dimension
    first, second, fourth = 0.0, 0.0, 0.0
    place = np.zeros((n, n), dtype=np.int64)
    place[pairs(n)] = np.arange(n * (n + 1) // 2)
    place = np.maximum(place, place.T)
    for weight, a in zip(metric.weights, metric.forms(local, order=2), strict=True):
        a = _flattened(a / np.real(a[:, :1, :1]), n)
        levi, bent = a[:, 1 : n + 1, 1 : n + 1], a[:, n + 1 :, n + 1 :]
        mixed = a[:, n + 1 :, 1 : n + 1][:, place]  # [N, b, a, c]
        four = bent[:, place][:, :, :, place].transpose(0, 1, 3, 2, 4)  # [N, b, a, d, c] as [N, b, d, a, c]
        crossed = np.einsum("nac,nbd->nbdac", levi, levi) + np.einsum("nad,nbc->nbdac", levi, levi)
        scale = weight / np.pi
        first, second, fourth = first + scale * levi, second + scale * mixed, fourth + scale * (four - crossed)
    return np.asarray(first), np.asarray(second), np.asarray(fourth)


def curvature(metric: AlgebraicMetric, local: LocalGeometry) -> tuple[np.ndarray, np.ndarray]:
    r"""g [N, a, c] and $R_{a\bar c b\bar d}$ [N, a, c, b, d], with all indices down."""
    g, first, fourth = derivatives(metric, local)
    inverse = np.linalg.inv(g)  # inverse[e, f] is g^{e-bar f}
    bar = first.conj().transpose(0, 1, 3, 2)  # dbar_d g_{f c-bar} [N, d, f, c]
    through = np.einsum("nbae,nef,ndfc->nacbd", first, inverse, bar, optimize=True)
    return g, through - fourth.transpose(0, 3, 4, 1, 2)


def ricci(metric: AlgebraicMetric, local: LocalGeometry) -> tuple[np.ndarray, np.ndarray]:
    r"""g and $R_{b\bar d} = g^{\bar c a}R_{a\bar c b\bar d} = -\partial_b\bar\partial_d\ln\det g$ [N, n, n]."""
    g, riemann = curvature(metric, local)
    return g, np.einsum("nca,nacbd->nbd", np.linalg.inv(g), riemann, optimize=True)


def scalar_curvature(metric: AlgebraicMetric, local: LocalGeometry) -> np.ndarray:
    r"""$\mathrm{tr}_g\,\mathrm{Ric} = g^{\bar d b}R_{b\bar d}$ [N]; the real scalar curvature is 4 times this."""
    g, tensor = ricci(metric, local)
    return np.einsum("ndb,nbd->n", np.linalg.inv(g), tensor).real


def chern_forms(metric: AlgebraicMetric, local: LocalGeometry) -> tuple[np.ndarray, np.ndarray]:
    r"""g [N, n, n] and the curvature endomorphism $B^{a}{}_{e} = g^{\bar c a} R_{e\bar c\,b\bar d}/\pi$ [N, a, e, b, d].

    A form $\frac i2 X_{b\bar d}\,dz^b\wedge d\bar z^d$ is kept as X, as J is as g, so that Chern forms are the elementary symmetric
    functions of B: $\frac{i}{2\pi}R$ is $\frac i2 B$.
    """
    g, riemann = curvature(metric, local)
    return g, np.einsum("nca,necbd->naebd", np.linalg.inv(g), riemann, optimize=True) / np.pi


def _flattened(a: np.ndarray, n: int) -> np.ndarray:
    """T A T^dagger with the unit lower triangular T that removes pure derivatives of F; A[0, 0] = 1."""
    rows, columns = pairs(n)
    l = -a[:, 1 : n + 1, 0]  # noqa: E741
    size = 1 + n + len(rows)
    t = np.zeros((len(a), size, size), dtype=np.complex128)
    t[:, np.arange(size), np.arange(size)] = 1
    t[:, 1 : n + 1, 0] = l
    number = np.arange(len(rows)) + n + 1
    t[:, number, 1 + columns] += l[:, rows]
    t[:, number, 1 + rows] += l[:, columns]
    without = a[:, n + 1 :, 0] + l[:, rows] * a[:, 1 + columns, 0] + l[:, columns] * a[:, 1 + rows, 0]
    t[:, n + 1 :, 0] = -without
    return t @ a @ t.conj().transpose(0, 2, 1)
