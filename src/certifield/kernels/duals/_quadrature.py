"""What the panels of `_hermite` miss of an analytic function, bounded by enclosures of the function.

A panel of n nodes and half-width w misses at most (64/15) M w rho^(-2(n-1))/(1 - rho^(-2)) of an integrand that is analytic and at most M
in the ellipse around it.  All Hermite coefficients are bounded at once: the Euclidean norm of what they miss is what the rule misses of
some f(sqrt(a) g) sum_k c_k He_k(g)/sqrt(k!) with sum c_k^2 = 1, and by Cauchy-Schwarz and Mehler, for every 0 < t < 1,

    |sum_(k<m) c_k He_k(x + iy)/sqrt(k!)|^2 <= t^(1-m) (1 - t^2)^(-1/2) exp(t x^2/(1+t) + t y^2/(1-t)).

What lies beyond the panels has the norm E[f^2; |g| > reach]^(1/2) at most (Bessel).  The bounds hold for all variances between neighbouring
entries of a table, so that programs of JAX can look them up.
"""

from collections.abc import Callable
from functools import lru_cache

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import ClosedJaxpr
from jaxtyping import Array

from certifield.enclosures import cells_of, enclose, gauss_legendre_bound, gaussian_mass, program_of, ray_integral
from certifield.evidence import NoClosedForm

_RHO = 4.0
_TILTS = 1 - 2.0 ** -np.arange(1, 9)[:, None]  # the t to choose from
_FAR, _CELLS = 9.0, 256  # of bounds on squares: how many deviations, in how many cells
_EDGES = np.concatenate([[0.0], 2.0 ** np.arange(-40, 24.01, 0.125)])  # variances


@lru_cache(maxsize=256)
def enclosed(function: Callable[[Array], Array]) -> ClosedJaxpr | None:
    """The program of the function, None where it holds an operation that nobody has enclosed."""
    try:
        program = program_of(function)
        cells_of(program, np.ones(1), np.array([0.5]), np.array([1.0]), np.zeros(1))
    except NoClosedForm:
        return None
    return program


def missed(function: Callable[[Array], Array], a: Array, order: int, panels: int, nodes: int, reach: float) -> tuple[Array, Array]:
    """Bounds for every variance on the norm of the errors of h_k, k < ``order``, and on that of E[f^2]; infinite where there is none."""
    first, second = _looked_up(_table(function, order, panels, nodes, reach), a)
    return first, second


def steepness(function: Callable[[Array], Array], a: Array) -> tuple[Array, Array]:
    """Bounds for every variance on a E[f'^2] and a^2 E[f''^2]; infinite where there is none."""
    slope = slope_of(function)
    first, second = _looked_up((_squares(slope), _squares(slope_of(slope))), a)
    return a * first, a**2 * second


def _looked_up(tables: tuple[np.ndarray, ...], a: Array) -> tuple[Array, ...]:
    edges = jnp.asarray(_EDGES).reshape((1,) * a.ndim + (-1,))
    place = jnp.sum(edges <= jax.lax.stop_gradient(a)[..., None], axis=-1) - 1
    return tuple(jnp.asarray(table)[place] for table in tables)


@lru_cache(maxsize=256)
def slope_of(function: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """f' of a function of one real number, entry by entry."""

    def slope(z: Array) -> Array:
        return jax.jvp(function, (z,), (jnp.ones_like(z),))[1]

    return slope


@lru_cache(maxsize=256)
def _squares(function: Callable[[Array], Array]) -> np.ndarray:
    """Bounds on E[f(sqrt(a) g)^2] for all a between every edge and the next: the largest values on narrow cells, and the rays beyond."""
    program = _enclosed(function)
    low, high = _roots()
    cuts = np.linspace(-_FAR, _FAR, _CELLS + 1)
    ends = np.stack([np.outer(scale, side) for scale in (low, high) for side in (cuts[:-1], cuts[1:])])
    size = enclose(program, ends.min(axis=0).ravel(), ends.max(axis=0).ravel(), np.zeros(len(low) * _CELLS)).size.reshape(len(low), -1)
    with np.errstate(over="ignore", invalid="ignore"):
        found = np.sum(gaussian_mass(cuts[:-1], cuts[1:]) * size**2, axis=1) + _both_rays(program, low, high, _FAR)
    return np.append(np.where(np.isnan(found), np.inf, found), np.inf) * (1 + 1e-12)


def _roots() -> tuple[np.ndarray, np.ndarray]:
    """The deviations at every edge and at the next one, rounded away from each other."""
    return np.sqrt(_EDGES[:-1]) * (1 - 1e-15), np.sqrt(_EDGES[1:]) * (1 + 1e-15)


def _enclosed(function: Callable[[Array], Array]) -> ClosedJaxpr:
    program = enclosed(function)
    assert program is not None  # see `Expanded.bounded`
    return program


@lru_cache(maxsize=256)
def _table(function: Callable[[Array], Array], order: int, panels: int, nodes: int, reach: float) -> tuple[np.ndarray, np.ndarray]:
    """Both bounds between every edge and the next one; beyond the last edge there is none."""
    program = _enclosed(function)
    low, high = _roots()
    half = reach / panels
    centre = half * (2 * np.arange(panels) + 1 - panels)
    wide, tall = half * (_RHO + 1 / _RHO) / 2, half * (_RHO - 1 / _RHO) / 2
    ends = np.stack([np.outer(scale, centre + side) for scale in (low, high) for side in (-wide, wide)])
    box = enclose(program, ends.min(axis=0).ravel(), ends.max(axis=0).ravel(), np.repeat(high * tall, panels))
    nearest = np.maximum(np.abs(centre) - wide, 0.0)
    weight = np.exp(0.5 * (tall**2 - nearest**2)) / np.sqrt(2 * np.pi)
    t = _TILTS
    with np.errstate(over="ignore", invalid="ignore"):
        series = np.min(t ** (1 - order) * (1 - t**2) ** -0.5 * np.exp(t * nearest**2 / (1 + t) + t * tall**2 / (1 - t)), axis=0)
        most = np.where(box.smooth, box.size, np.inf).reshape(len(low), panels)
        beyond = _both_rays(program, low, high, reach)
        of_series, of_square = (
            np.sum(gauss_legendre_bound(sizes * weight, np.float64(half), np.float64(_RHO), nodes), axis=1)
            for sizes in (most * np.sqrt(series), most**2)
        )
        found = of_series + np.sqrt(beyond), of_square + beyond
    first, second = (np.append(np.where(np.isnan(each), np.inf, each), np.inf) for each in found)
    return first, second


def _both_rays(program: ClosedJaxpr, low: np.ndarray, high: np.ndarray, reach: float) -> np.ndarray:
    return _beyond(program, low, high, reach) + _beyond(program, low, high, -reach)


def _beyond(program: ClosedJaxpr, low: np.ndarray, high: np.ndarray, start: float) -> np.ndarray:
    """E[f(s g)^2] over the ray of g from ``start``, for all s between ``low`` and ``high``.

    log |f(z)| <= p + q d at the distance d of z from low start, which is at most high (|g| - |start|) + (high - low) |start|.
    """
    first, last = (low * start, np.full(len(low), np.inf)) if start > 0 else (np.full(len(low), -np.inf), low * start)
    offset, rate = enclose(program, first, last, np.zeros(len(low))).power
    rate = np.where(rate == 0, 0.0, rate)
    return np.exp(ray_integral((2 * (offset + rate * (high - low) * abs(start)), 2 * rate * high), abs(start)))
