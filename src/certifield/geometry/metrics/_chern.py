r"""Chern numbers by integration of curvature, with control variates.

With $B = g^{-1}R/\pi$, a matrix of forms, $c(X) = \det(1 + B)$; a product of n forms $\frac i2 X_{b\bar d}dz^bd\bar z^d$ is the number
$\epsilon^{b_1\dots b_n}\epsilon^{d_1\dots d_n}X_{b_1d_1}\cdots Z_{b_nd_n}$ times $d^{2n}x$, so that $J^n = n!\det g$.

On a Calabi-Yau variety the form $c_1 = \mathrm{tr}B$ is exact, so that every product with it has the integral 0, whatever the metric, and
$J^n$ has that of the intersection numbers.  These are control variates: on a hypersurface with its Fubini-Study metric, where $\langle A,
A\rangle$ has rank 1 in the normal direction, c_n is a linear combination of them at every point, and the error is that of rounding.
"""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from certifield._arguments import of_kind
from certifield.evidence import Estimate, Exact, InputError

from ..points import LocalGeometry, Points, integral
from ..varieties import chern_numbers, euler_number, top_power
from ._algebraic import AlgebraicMetric
from ._curvature import CurvedMetric, curvature
from ._quality import KaehlerMetric
from ._second_form import fubini_study_curvature

_CHUNK = 2048


@dataclass(frozen=True, eq=False)
class ChernIntegrals:
    r"""``c1``: $\int c_1J^{n-1}$, ``c2``: $\int c_2J^{n-2}$, ``euler``: $\int c_n$, with errors by draw; and what they must be."""

    c1: Estimate
    c2: Estimate
    euler: Estimate
    c1_expected: Exact
    c2_expected: Exact
    euler_expected: Exact


def chern_integrals(metric: KaehlerMetric, points: Points, *, controls: bool = True) -> ChernIntegrals:
    """The Chern numbers of a metric on a surface or threefold, measured on points of its variety.

    ``controls``: whether forms whose integral is known reduce the variance; c1, itself such a form, is controlled by the others.
    The curvature of a Fubini-Study metric is that of `fubini_study_curvature`.
    Raises `InputError` for points of another variety and for dimensions other than 2 and 3.
    """
    if not isinstance(metric, KaehlerMetric) or not isinstance(metric, CurvedMetric):
        raise InputError("metric", metric, "a metric with derivatives", "such as fubini_study(fermat(), [1])")
    variety = metric.variety
    of_kind("controls", controls, bool, "leave it out")
    if not of_kind("points", points, Points, "such as sample(variety, draws=1000, seed=1)").variety.same_as(variety):
        raise InputError("points", repr(points.variety), f"of the variety of the metric, {variety!r}", "sample metric.variety")
    if variety.dimension not in (2, 3):
        raise InputError("metric", repr(variety), "on a surface or a threefold", "a curve has c_1 alone, which is 0")
    n, of = variety.dimension, _curvature_of(metric)
    parts = [points.local[start : start + _CHUNK] for start in range(0, len(points), _CHUNK)]
    forms = np.concatenate([_forms(*of(part)) for part in parts]) * (points.weights / points.omega)[:, None]
    power = top_power(variety.configuration, metric.kaehler)
    known = np.zeros(forms.shape[1] - 3)
    known[-1] = float(power.value)  # type: ignore[arg-type]

    def measured(column: int, first: int, name: str) -> Estimate:
        """One column, less what it has in common with the controls from ``first`` on."""
        rest = forms[:, column]
        if controls:
            rest = rest - _explained(points, rest, forms[:, 3 + first :] - known[first:])
        return integral(points, lambda _: rest[:, None], lambda means: means[:, 0], f"{name}, by draw", bias="none")

    exact = [chern_numbers(variety.configuration, 2), euler_number(variety.configuration)]
    second = exact[0] if n == 2 else _contracted(exact[0], metric.kaehler)
    return ChernIntegrals(measured(0, 1, "c1"), measured(1, 0, "c2"), measured(2, 0, "c_n"), Exact(0), second, exact[1])


def _curvature_of(metric: CurvedMetric) -> Callable[[LocalGeometry], tuple[np.ndarray, np.ndarray]]:
    if isinstance(metric, AlgebraicMetric):
        terms = zip(metric.terms, metric.matrices, strict=True)
        if all(np.array_equal(h, np.eye(len(h))) and sum(term.degrees) == 1 for term, h in terms):
            return lambda local: fubini_study_curvature(local, metric.kaehler)
    return lambda local: curvature(metric, local)


def _contracted(numbers: Exact, kaehler: Sequence[object]) -> Exact:
    """c_2 J from its values on the J_i."""
    values = np.atleast_1d(np.asarray(numbers.value))
    return Exact(sum(int(one) * t for one, t in zip(values, kaehler, strict=True)), "c_2 J")  # type: ignore[operator]


def _explained(points: Points, target: np.ndarray, controls: np.ndarray) -> np.ndarray:
    """A combination of ``controls`` [N, C], whose means are 0, that varies as ``target`` [N]: its coefficients for every second draw are
    fitted on the others, so that they know nothing of what they are applied to, and the mean stays unbiased.
    """
    names, where = np.unique(points.draws, return_inverse=True)
    sums = np.stack([np.bincount(where, column, len(names)) for column in (target, *controls.T)], axis=1)
    found = np.empty(len(target))
    for half in (0, 1):
        others = sums[np.arange(len(names)) % 2 != half]
        others = others - others.mean(axis=0)
        scale = np.linalg.norm(others, axis=0) + 1e-300
        slope = np.linalg.lstsq(others[:, 1:] / scale[1:], others[:, 0], rcond=1e-9)[0] / scale[1:]
        found[where % 2 == half] = controls[where % 2 == half] @ slope
    return found


def _forms(g: np.ndarray, riemann: np.ndarray) -> np.ndarray:
    """c1 J^(n-1), c2 J^(n-2), c_n, and the controls: c1 J^(n-1), all other products of n forms with c1, and J^n [N, forms]."""
    points, n = len(g), g.shape[1]
    inverse = np.linalg.inv(g).transpose(0, 2, 1)  # [N, a, c]
    flat = riemann.transpose(0, 2, 1, 3, 4).reshape(points, n, -1)  # [N, c, e b d]
    b = (inverse @ flat).reshape(points, n, n, n, n) / np.pi  # [N, a, e, b, d]
    c1 = np.einsum("naabd->nbd", b)
    products = {"c1J": chern_product(b, 1, [g] * (n - 1)), "c2": chern_product(b, 2, [g] * (n - 2)), "c_n": chern_product(b, n, [])}
    controls = [products["c1J"]]
    controls += [wedge([c1] * k + [g] * (n - k)) for k in range(2, n + 1)]
    controls += [chern_product(b, 2, [c1])] if n == 3 else []
    controls.append(math.factorial(n) * np.linalg.det(g).real)
    return np.stack([*products.values(), *controls], axis=1)


def chern_product(b: np.ndarray, order: int, others: Sequence[np.ndarray]) -> np.ndarray:
    """c_k [N] times other forms [N, n, n]: the sum of the principal minors of size k of the matrix of forms b [N, a, e, b, d]."""
    total = np.zeros(len(b))
    for rows in itertools.combinations(range(b.shape[1]), order):
        for columns in itertools.permutations(rows):
            sign = np.linalg.det(np.eye(b.shape[1])[list(rows)][:, list(columns)])
            total += round(sign) * wedge([*(b[:, i, j] for i, j in zip(rows, columns, strict=True)), *others])
    return total


def wedge(forms: Sequence[np.ndarray]) -> np.ndarray:
    """The product [N] of n forms [N, n, n]: n! times their mixed discriminant, by inclusion and exclusion."""
    n, total = len(forms), 0.0
    for size in range(1, n + 1):
        for some in itertools.combinations(forms, size):
            total = total + (-1) ** (n - size) * _determinant(sum(some[1:], some[0]))
    return np.real(np.asarray(total))


def _determinant(matrix: np.ndarray) -> np.ndarray:
    if matrix.shape[1] == 2:
        return matrix[:, 0, 0] * matrix[:, 1, 1] - matrix[:, 0, 1] * matrix[:, 1, 0]
    m = matrix.transpose(1, 2, 0)
    crossed = [m[1, i] * m[2, j] - m[1, j] * m[2, i] for i, j in ((1, 2), (2, 0), (0, 1))]
    return m[0, 0] * crossed[0] + m[0, 1] * crossed[1] + m[0, 2] * crossed[2]
