r"""The curvature of Fubini-Study metrics by the second fundamental form.

The ambient metric $\sum_i\frac{t_i}\pi\partial\bar\partial\ln|z^{(i)}|^2$ is a product of spaces of constant holomorphic curvature, and by
Gauss $R = R_{\mathrm{ambient}} - \langle A, A\rangle$.  In affine coordinates that are orthonormal at the point in each factor the ambient
connection vanishes there, so that A(v, w) is the normal vector with $dp(A) = -\mathrm{Hess}\,p(v, w)$ for tangents v, w that are orthogonal
to $z^{(i)}$ in every factor: no derivatives of higher order, and no jets of sections.
"""

from collections.abc import Sequence

import numpy as np

from certifield._arguments import of_kind, positive_float

from ..points import LocalGeometry
from ..varieties import kaehler_parameters


def fubini_study_curvature(local: LocalGeometry, kaehler: Sequence[object]) -> tuple[np.ndarray, np.ndarray]:
    r"""g [N, a, c] of the class t and $R_{a\bar c b\bar d}$ [N, a, c, b, d], with all indices down, as `curvature` has them.

    Raises `InputError` outside of the Kaehler cone.
    """
    variety = of_kind("local", local, LocalGeometry, "the local geometry of a sample is sample(...).local").variety
    t = [positive_float("kaehler", one, "scale the class") for one in kaehler_parameters(variety.configuration, kaehler)]
    z, lifts = local.z.copy(), local.tangents.copy()
    n, points = variety.dimension, len(z)
    g, riemann = np.zeros((points, n, n), dtype=np.complex128), np.zeros((points, n, n, n, n), dtype=np.complex128)
    dual = np.empty(z.shape[1])  # of the ambient metric, at |z| = 1 in each factor
    for part, weight in zip(variety.factors, t, strict=True):
        length = np.linalg.norm(z[:, part], axis=1)
        z[:, part] /= length[:, None]
        lifts[:, :, part] /= length[:, None, None]
        along = lifts[:, :, part] @ z[:, part].conj()[:, :, None]
        lifts[:, :, part] -= along * z[:, None, part]
        own = lifts[:, :, part] @ lifts[:, :, part].conj().transpose(0, 2, 1) / np.pi
        both = own[:, :, :, None, None] * own[:, None, None]
        g += weight * own
        riemann += weight * np.pi * (both + both.transpose(0, 1, 4, 3, 2))
        dual[part] = np.pi / weight
    slopes = variety.jacobian(z)  # [N, K, I]: orthogonal to z in each factor, by Euler
    normal = (slopes * dual) @ slopes.conj().transpose(0, 2, 1)
    bent = np.stack([lifts @ p.hessian(z) @ lifts.transpose(0, 2, 1) for p in variety.polynomials], axis=1)  # [N, K, a, b]
    flat = bent.reshape(points, len(variety.polynomials), n * n)
    squares = (flat.transpose(0, 2, 1) @ np.linalg.inv(normal).transpose(0, 2, 1) @ flat.conj()).reshape(points, n, n, n, n)
    return g, riemann - squares.transpose(0, 1, 3, 2, 4)  # [N, a, b, c, d] as [N, a, c, b, d]
