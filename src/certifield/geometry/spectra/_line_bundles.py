r"""Hermitian-Yang-Mills metrics on line bundles.

On $O(k_1, \dots, k_m)$ a fibre metric is $H = e^\beta\prod_i|z^{(i)}|^{-2k_i}$, with curvature $F = -\partial\bar\partial\ln H =
\pi\sum_ik_ig_i - \partial\bar\partial\beta$, $g_i$ being the Fubini-Study metrics of the factors.  The equation is
$g^{\bar ba}F_{a\bar b} = \mu$ with the slope $\mu = n\pi\int c_1(L)J^{n-1}/\int J^n$, that is Poisson's:
$\Delta\beta = 4(\pi\,\mathrm{tr}_g\sum_ik_ig_i - \mu)$.  It has a solution since the right side has the integral 0, which is measured.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from certifield._arguments import listed, of_kind, whole
from certifield.evidence import Estimate, Exact, InputError

from ..metrics import AlgebraicMetric
from ..points import LocalGeometry, Points, integral, require_apart
from ..varieties import Configuration, intersection_numbers, kaehler_parameters
from ._functions import Functions
from ._laplacian import pieces, riemannian_weights

_NULL = 1e-11  # of the largest eigenvalue of the normal equations: constants, and functions that vanish on the variety
_SIGMAS = 4.9


@dataclass(frozen=True, eq=False)
class FibreMetric:
    r"""A fibre metric of the bundle O(``bundle``) with $\beta = \sum c_{AB}f_{AB}$; its measures are on points that it has not seen.

    ``slope``: $\mu/\pi$, exactly; ``source``: the mean of the right side of Poisson's equation, which must be 0; ``start`` and
    ``deviation``: the mean of $|g^{\bar ba}F_{a\bar b} - \mu|$ for beta = 0 and for the solution, over the volume.
    """

    bundle: tuple[int, ...]
    functions: Functions = field(repr=False)
    coefficients: np.ndarray = field(repr=False)
    slope: Exact
    source: Estimate
    start: Estimate
    deviation: Estimate

    def beta(self, local: LocalGeometry) -> np.ndarray:
        """beta [N] at points."""
        values = self.functions.sections.jets(local)[:, 0]
        return np.einsum("na,ab,nb->n", values, self.coefficients, values.conj(), optimize=True).real


def hermitian_yang_mills(
    metric: AlgebraicMetric, bundle: Sequence[int], points: Points, tested: Points, degrees: Sequence[int]
) -> FibreMetric:
    r"""The Hermitian-Yang-Mills metric of O(``bundle``) among the beta of multidegree ``degrees``, from ``points``, judged on ``tested``.

    The beta with the least mean of $|\Delta\beta - source|^2$: strongly, since a solution within reach is then found without the noise
    of a sample.  Raises `InputError` where both share a draw, and where the source does not integrate to 0, which is a wrong metric, slope
    or weight.
    """
    variety = of_kind("metric", metric, AlgebraicMetric, "such as fubini_study(fermat(), [1])").variety
    require_apart(points, tested)
    for part in (points, tested):
        if not part.variety.same_as(variety):
            raise InputError("points", repr(part.variety), f"of the variety of the metric, {variety!r}", "sample metric.variety")
    slope = bundle_slope(variety.configuration, metric.kaehler, bundle)
    k, mu = tuple(bundle), np.pi * float(slope.value)  # type: ignore[arg-type]
    functions = Functions(variety, degrees, variety.symmetry)  # type: ignore[arg-type]
    g = metric.metric(points.local)
    volumes, source = riemannian_weights(points, g), 4 * (_trace(points.local, g, k) - mu)
    found = np.zeros((functions.sections.size,) * 2, dtype=np.complex128)
    block, solution = _poisson(functions, points.local, g, volumes, source)
    found.ravel()[block] = solution
    coefficients = (found + found.conj().T) / 2  # of a real function
    g = metric.metric(tested.local)
    weights, start = riemannian_weights(tested, g), _trace(tested.local, g, k) - mu
    rest = start - _laplacian(functions, tested.local, g, coefficients) / 4
    features = np.stack([weights, 4 * weights * start, weights * np.abs(start), weights * np.abs(rest)], axis=1)
    measured = integral(tested, lambda _: features, lambda means: means[:, 1:] / means[:, :1], "trace of F, by draw")
    if abs(float(measured.mean[0])) > _SIGMAS * float(measured.stderr[0]) + 1e-9:
        told = f"a source of mean {measured[0]}"
        raise InputError("metric", told, "one that integrates to 0, for a solution to exist", "check class, weights and bundle")
    return FibreMetric(k, functions, coefficients, slope, measured[0], measured[1], measured[2])


def bundle_slope(space: Configuration, kaehler: Sequence[object], bundle: Sequence[int]) -> Exact:
    r"""$\mu/\pi = n\int c_1(L)J^{n-1}/\int J^n$ of O(``bundle``) in the class t, a fraction; floats count as the fractions that they are.

    >>> bundle_slope(Configuration((2, 2), ((3,), (3,))), [1, 1], [1, -1])
    0 exactly
    """
    t = np.array(kaehler_parameters(space, kaehler), dtype=object)
    k = [whole("bundle", one, -1000, 1000, "[1] for O(1)") for one in listed("bundle", bundle, "whole numbers", "[1] for O(1)")]
    if len(k) != len(t):
        raise InputError("bundle", bundle, f"{len(t)} whole numbers, one for each factor", "[1] for O(1)")
    numbers = np.asarray(intersection_numbers(space).value, dtype=object)
    for _ in range(space.dimension - 1):
        numbers = np.dot(numbers, t)
    degree, power = np.dot(np.array(k, dtype=object), numbers), np.dot(t, numbers)
    return Exact(Fraction(space.dimension * degree, power), "mu/pi")


def _trace(local: LocalGeometry, g: np.ndarray, bundle: Sequence[int]) -> np.ndarray:
    """pi tr_g of sum k_i g_i [N]."""
    total = sum(one * local.fubini_study(factor) for factor, one in enumerate(bundle))
    return np.pi * np.einsum("nba,nab->n", np.linalg.inv(g), total).real


def _poisson(
    functions: Functions, local: LocalGeometry, g: np.ndarray, volumes: np.ndarray, source: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The functions without a phase, and the c with the least mean of |Delta beta - source|^2 among the invariant ones."""
    block = next(one for one in functions.blocks if 0 in one)  # z_0^k times its conjugate has no phase
    place = np.full(functions.sections.size**2, -1)
    place[block] = np.arange(len(block))
    normal, right = np.zeros((len(block),) * 2, dtype=np.complex128), np.zeros(len(block), dtype=np.complex128)
    left, second = block // functions.sections.size, block % functions.sections.size
    for here, values, slopes in pieces(functions, local, g):
        bent = np.einsum("naf,naf->nf", slopes[:, :, left], slopes[:, :, second].conj())
        size = np.sum(np.abs(slopes) ** 2, axis=(1, 2))
        rows = 4 * (bent - size[:, None] * values[:, left] * values[:, second].conj())
        weighted = rows.conj().T * volumes[here]
        normal += weighted @ rows
        right += weighted @ source[here]
    images = [place[np.argsort(one)[block]] for one in functions.permutations]
    normal = np.mean([normal[one[:, None], one] for one in images], axis=0)
    right = np.mean([right[one] for one in images], axis=0)
    values, vectors = np.linalg.eigh(normal)
    kept = values > _NULL * values[-1]
    return block, vectors[:, kept] @ ((vectors[:, kept].conj().T @ right) / values[kept])


def _laplacian(functions: Functions, local: LocalGeometry, g: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
    """Delta beta = 4 tr_g of d dbar beta [N]."""
    found = np.empty(len(local))
    for here, values, slopes in pieces(functions, local, g):
        pushed = slopes @ coefficients  # [N, n, B]
        bent = np.sum(pushed * slopes.conj(), axis=(1, 2)).real
        beta = np.sum((values @ coefficients) * values.conj(), axis=1).real
        found[here] = 4 * (bent - np.sum(np.abs(slopes) ** 2, axis=(1, 2)) * beta)
    return found
