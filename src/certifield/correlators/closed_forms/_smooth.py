"""Moments of any neuron with Gaussian weights and bias, by quadratures whose error is bounded.

The preactivations at all points of a question are z_i = u_i . g with g standard Gaussian in q = rank(S) directions, so one grid serves
all moments.  The rule is the trapezoidal one.  By Poisson's formula its error is the sum over k != 0 of the Fourier transform of the
integrand at k/h; where sigma is analytic and bounded by S(z) for |Im z| <= a |u|, that is at most

    e^(a^2/2) prod_i E[S(z_i)^n]^(1/n) sum_{k != 0} e^(-2 pi a |k|/h)          (n factors, Hoelder's inequality).

S comes from the program of the activation (`enclosures`), a is the best of a list, and the cut of the grid is bounded likewise.  An
activation that is not analytic has no such strip: on one direction it is integrated piece by piece (`_panels`), else refused.
Reference: Trefethen and Weideman, SIAM Review 56 (2014) 385; Trefethen, SIAM Review 64 (2022) 132.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from jax.extend.core import ClosedJaxpr

from certifield.enclosures import EPSILON, cells_of, gaussian_mass, ray_integral
from certifield.evidence import NoClosedForm

from ._panels import line_moments

# Rules (step, shift of the grid in steps, reach), from coarse to fine.
_RULES = {
    1: ((0.2137, 0.382, 11.0), (0.1071, 0.127, 13.0), (0.0497, 0.271, 15.0), (0.0253, 0.438, 17.0)),
    2: ((0.2137, 0.382, 11.0), (0.1071, 0.127, 13.0), (0.0497, 0.271, 15.0), (0.0253, 0.438, 15.0)),
    3: ((0.2137, 0.382, 11.0), (0.1423, 0.127, 11.5)),
}
_SOUGHT, _TOLERANCE = 1e-12, 1e-8  # relative errors: a rule is taken at the first, and none is good enough beyond the second
_STRIPS = np.geomspace(8.0, 0.02, 40)
_CELLS = np.concatenate([np.arange(0.0, 16.0, 0.1), 16.0 * 2.0 ** np.arange(0, 8)])
_NEIGHBOUR = 0.3  # more than half the diagonal of a cell of the coarsest grid

Hidden = Callable[[np.ndarray], np.ndarray]


def gaussian_grid(directions: int, step: float, shift: float, reach: float) -> tuple[np.ndarray, np.ndarray]:
    """Nodes [n, directions] and weights [n] of the standard Gaussian, in a ball of radius ``reach``."""
    line = step * (shift + np.arange(-round(reach / step), round(reach / step) + 1))
    weight = np.exp(-0.5 * line**2)
    weight /= weight.sum()
    axes = np.meshgrid(*[line] * directions, indexing="ij")
    weights = np.prod(np.meshgrid(*[weight] * directions, indexing="ij"), axis=0).ravel()
    kept = sum(axis.ravel() ** 2 for axis in axes) < reach**2
    return np.stack([axis.ravel()[kept] for axis in axes], axis=1), weights[kept]


def smooth_moments(
    program: ClosedJaxpr, vectors: np.ndarray, embedding: np.ndarray, hidden: Hidden, multisets: Sequence[tuple[int, ...]]
) -> tuple[np.ndarray, np.ndarray]:
    """E[prod h_i] and an error bound for each multiset of points.

    ``vectors`` [points, parameters]: the u_i; ``embedding`` [directions, parameters]: orthonormal directions that span them; ``hidden``
    maps standardised hidden parameters [nodes, parameters] to features [points, nodes].
    Raises `NoClosedForm` for more than 3 directions, and where the error cannot be bounded.
    """
    directions = len(embedding)
    if directions not in _RULES:
        raise NoClosedForm(
            f"quadrature is offered for up to {max(_RULES)} Gaussian directions; these points span {directions}. "
            "Sample with cf.correlators.estimate(..., method='sobol') or method='neuron'"
        )
    lengths = np.linalg.norm(vectors, axis=1)
    try:
        for rule, (bound, strip) in zip(_RULES[directions], _strip_bounds(program, lengths, multisets, directions), strict=True):
            if np.all(bound <= _SOUGHT * _sizes(program, lengths, multisets)) or (rule is _RULES[directions][-1] and np.all(bound < 1)):
                value, size = _integrate(embedding, hidden, multisets, *rule)
                error = bound + EPSILON * size * (256 + 16 * max(map(len, multisets)) / strip)
                if np.all(error <= _TOLERANCE * size):
                    return value, error
        if directions > 1:
            raise NoClosedForm(
                "the error of the quadrature cannot be bounded in several Gaussian directions: the activation is not smooth on the "
                "scale of its inputs. Sample with cf.correlators.estimate(..., method='sobol')"
            )
    except NoClosedForm as problem:
        if directions > 1:
            raise NoClosedForm(f"{problem}. The activation is not smooth, or not known to be") from problem
    scales = vectors @ embedding[0]
    return line_moments(program, scales, lambda g: hidden(g[:, None] * embedding), multisets)


def _sizes(program: ClosedJaxpr, lengths: np.ndarray, multisets: Sequence[tuple[int, ...]]) -> np.ndarray:
    """Bounds on E[|prod h|] by Hoelder's inequality: what errors are measured against before the value is known."""
    norms = _norms(program, lengths, 0.0, sorted({len(m) for m in multisets}))
    return np.array([math.exp(sum(norms[len(m)][i] for i in m)) for m in multisets])


def _norms(program: ClosedJaxpr, lengths: np.ndarray, strip: float, orders: Sequence[int], widen: float = 0.0) -> dict[int, np.ndarray]:
    """log E[S(z_i)^n]^(1/n) for z_i ~ N(0, |u_i|^2), S the bound on |sigma| in the strip |Im z| <= strip |u_i|: order -> [points]."""
    ends = np.concatenate([-_CELLS[:0:-1], _CELLS])
    low = np.concatenate([[-np.inf], ends[:-1], [_CELLS[-1]]])
    high = np.concatenate([[-_CELLS[-1]], ends[1:], [np.inf]])
    seen = cells_of(program, lengths, low - widen, high + widen, np.full(len(low), strip))
    shape = (len(lengths), len(low))
    with np.errstate(divide="ignore"):
        size = np.where(seen.smooth if strip else True, np.log(seen.size), np.inf).reshape(shape)
        mass = np.log(np.maximum(gaussian_mass(low[1:-1], high[1:-1]), 5e-324))
    offset, rate = seen.power[0].reshape(shape), seen.power[1].reshape(shape) * lengths[:, None]
    rate = np.where(np.isnan(rate), 0.0, rate)
    smooth = np.asarray(seen.smooth).reshape(shape) | (strip == 0)
    norms = {}
    for n in orders:
        parts = [n * size[:, 1:-1] + mass]
        for end in (0, -1):
            ray = ray_integral((n * (offset[:, end] + rate[:, end] * widen), n * rate[:, end]), _CELLS[-1])
            parts.append(np.where(smooth[:, end], ray, np.inf)[:, None])
        joined = np.concatenate(parts, axis=1)
        top = np.maximum(joined.max(axis=1, keepdims=True), -1e300)
        with np.errstate(invalid="ignore"):
            total = top[:, 0] + np.log(np.sum(np.exp(joined - top), axis=1))
        norms[n] = np.where(np.isnan(total), np.inf, total) / n
    return norms


def _strip_bounds(
    program: ClosedJaxpr, lengths: np.ndarray, multisets: Sequence[tuple[int, ...]], directions: int
) -> list[tuple[np.ndarray, float]]:
    """For each rule a bound on its error, for each multiset, and the strip behind it."""
    orders = sorted({len(m) for m in multisets})
    norms = [_norms(program, lengths, strip, orders) for strip in _STRIPS]
    doubled = _norms(program, lengths, 0.0, [2 * n for n in orders], widen=_NEIGHBOUR)
    found = []
    for step, _, reach in _RULES[directions]:
        best = np.full(len(multisets), np.inf)
        strips = np.full(len(multisets), _STRIPS[-1])
        for strip, norm in zip(_STRIPS, norms, strict=True):
            log_waves = 0.5 * strip**2 + _log_lattice(2 * math.pi * strip / step, directions)
            with np.errstate(over="ignore"):
                bound = np.exp([log_waves + sum(norm[len(m)][i] for i in m) for m in multisets])
            strips, best = np.where(bound < best, strip, strips), np.fmin(best, bound)
        with np.errstate(over="ignore"):
            cut = np.exp([0.5 * _log_cut(directions, step, reach) + sum(doubled[2 * len(m)][i] for i in m) for m in multisets])
        found.append((best + cut, float(strips.min())))
    return found


def _log_lattice(rate: float, directions: int) -> float:
    """log of sum over k != 0 of exp(-rate |k|), by shells of equal largest component m, which is at most |k|."""
    shells = ((2 * m + 1) ** directions - (2 * m - 1) ** directions for m in range(1, 40))
    return math.log(sum(number * math.exp(-rate * m) for m, number in enumerate(shells))) - rate


def _log_cut(directions: int, step: float, reach: float) -> float:
    """log E[1(|g| > R - d) e^(2 d |g| + d^2)], d half the diagonal of a grid cell: the square of the weight that the grid leaves out.

    A node stands for its cell, in which the weight changes by at most e^(d |g| + d^2/2).
    """
    near = 0.5 * step * math.sqrt(directions)
    start = reach - near - 2 * near  # of s = r - 2 d in r^(q-1) exp(-r^2/2 + 2 d r)
    radius = start + 2 * near
    sphere = math.log(2) - directions / 2 * math.log(2) - math.lgamma(directions / 2)
    return sphere + 3 * near**2 + (directions - 1) * math.log(radius) - start**2 / 2 - math.log(start - (directions - 1) / radius)


def _integrate(
    embedding: np.ndarray, hidden: Hidden, multisets: Sequence[tuple[int, ...]], step: float, shift: float, reach: float
) -> tuple[np.ndarray, np.ndarray]:
    """E[prod h] and E[|prod h|]."""
    grid, weights = gaussian_grid(len(embedding), step, shift, reach)
    values = hidden(grid @ embedding)
    products = (np.prod(values[list(multiset)], axis=0) for multiset in multisets)
    pairs = [(weights @ product, weights @ np.abs(product)) for product in products]
    return np.array([mean for mean, _ in pairs]), np.array([size for _, size in pairs])
