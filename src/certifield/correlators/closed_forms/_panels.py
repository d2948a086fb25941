"""One Gaussian direction: E[prod_i sigma(c_i g)] for any activation made of pieces, by Gauss-Legendre on panels that fit the pieces.

A panel of half-width r with centre m is accepted where one analytic formula holds on the ellipse with foci m +- r and semi-axes
r (rho +- 1/rho)/2: if the integrand is at most M there, n nodes miss by at most (64/15) M r rho^(-2(n-1))/(1 - rho^(-2))
(Trefethen, Approximation Theory and Practice, theorem 19.3).  Others are halved; a panel that has become light holds a breakpoint, and is
bounded by the size of the integrand on it.  So supports and breakpoints are found by bounds and never by looking at sample points.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from jax.extend.core import ClosedJaxpr

from certifield.enclosures import EPSILON, cells_of, gaussian_mass, ray_integral
from certifield.evidence import NoClosedForm

from ._quadrature import unit_interval

_NODES, _RHO = 16, 4.0
_MISSED = 64 / 15 * _RHO ** (-2 * (_NODES - 1)) / (1 - _RHO**-2)
_REACH = 40.0  # of the panels; the rays beyond it have a weight below 1e-349
_FINEST = 2.0**-46
_MOST = 1 << 17  # panels
_TOLERANCE = 1e-8  # relative radius beyond which there is no closed form
_CHUNK = 1 << 12

Hidden = Callable[[np.ndarray], np.ndarray]


def line_moments(
    program: ClosedJaxpr, scales: np.ndarray, hidden: Hidden, multisets: Sequence[tuple[int, ...]]
) -> tuple[np.ndarray, np.ndarray]:
    """E[prod h_i] and an error bound for each multiset; ``scales`` [points]: z_i = c_i g; ``hidden`` [nodes] -> [points, nodes].

    Raises `NoClosedForm` where the bound does not become small.
    """
    tails = _tails(program, scales, multisets)
    size = None
    value = error = np.full(len(multisets), np.inf)
    for tolerance in (1e-11, 1e-13, 1e-15):  # relative to the size, which is not known before
        try:
            panels, bounds = _accepted(program, scales, multisets, tolerance, size)
        except NoClosedForm:
            if size is None:
                raise
            break  # what the coarser panels gave is a bound, too
        value, size, rounding = _summed(panels, hidden, multisets)
        error = bounds + tails + rounding
        if np.all(error <= 1e-10 * size):
            break
    # A product that is 0 wherever it was looked at, and bounded by 0 elsewhere, is 0.
    if np.any(error > _TOLERANCE * size + 1e-300) and np.any(error > 1e-13 * np.maximum(size, 1.0)):
        raise NoClosedForm(
            f"the error of the quadrature is bounded by {float(error.max()):.1e} only: the activation has too many breakpoints, or grows "
            "too fast on the scale of its inputs. Sample with cf.correlators.estimate(..., method='sobol')"
        )
    return value, error


def _tails(program: ClosedJaxpr, scales: np.ndarray, multisets: Sequence[tuple[int, ...]]) -> np.ndarray:
    """Bounds on the integrals over |g| > reach."""
    total = np.zeros(len(multisets))
    for ends in ((_REACH, np.inf), (-np.inf, -_REACH)):
        ray = cells_of(program, scales, np.array([ends[0]]), np.array([ends[1]]), np.zeros(1))
        offset, rate = ray.power[0], ray.power[1] * np.abs(scales)  # s counts in z, not in g
        logs = [ray_integral((offset[list(m)].sum(), np.where(rate == 0, 0.0, rate)[list(m)].sum()), _REACH) for m in multisets]
        with np.errstate(over="ignore"):
            total += np.exp(np.array(logs, dtype=float))
    if not np.all(np.isfinite(total)):
        raise NoClosedForm("the activation is not known to be integrable; sample with cf.correlators.estimate(..., method='neuron')")
    return total


def _accepted(
    program: ClosedJaxpr, scales: np.ndarray, multisets: Sequence[tuple[int, ...]], tolerance: float, size: np.ndarray | None
) -> tuple[tuple[np.ndarray, np.ndarray, np.ndarray], np.ndarray]:
    """Panels (centres, half-widths, heights of the ellipse) and a bound on what they miss, for each multiset."""
    chosen = [list(multiset) for multiset in multisets]
    edges = np.linspace(-_REACH, _REACH, 161)
    low, high = edges[:-1], edges[1:]
    kept: list[tuple[np.ndarray, np.ndarray]] = []
    bounds, count = np.zeros(len(multisets)), 0
    while len(low):
        centre, half = (low + high) / 2, (high - low) / 2
        wide, tall = half * (_RHO + 1 / _RHO) / 2, half * (_RHO - 1 / _RHO) / 2
        box = cells_of(program, scales, centre - wide, centre + wide, tall)
        shape = (len(scales), len(low))
        smooth, sizes = box.smooth.reshape(shape), box.size.reshape(shape)
        real_sizes = np.maximum(np.abs(box.low), np.abs(box.high)).reshape(shape)
        nearest = np.maximum(np.abs(centre) - wide, 0.0)
        weight = np.exp(0.5 * tall**2 - 0.5 * nearest**2) / math.sqrt(2 * math.pi)
        with np.errstate(over="ignore", invalid="ignore"):
            most = np.stack([np.prod(sizes[m], axis=0) for m in chosen])
            most = np.where(np.isnan(most), np.inf, most)
            real = np.stack([np.prod(real_sizes[m], axis=0) for m in chosen])
            real = np.where(np.isnan(real), np.inf, real)
            whole = np.where(real == 0, 0.0, real * gaussian_mass(low, high))  # bounds the integral itself
            analytic = np.stack([smooth[m].all(axis=0) for m in chosen])
            missed = np.where(most == 0, 0.0, np.where(analytic, _MISSED * most * weight * half, np.inf))
        if size is None:
            guess = 1e-3 * whole.sum(axis=1)
            size = np.where(np.isfinite(guess), np.maximum(guess, 1e-280), 1.0)
        allowed = tolerance * size[:, None] * half / _REACH
        # Halving does not help where the ellipse is as good as the panel.
        enough = np.all((missed <= allowed) | (analytic & (most <= 4 * real) & np.isfinite(most)), axis=0)
        # A breakpoint: the integrand is bounded on the panel, whatever it does there, and not evaluated.
        light = ~enough & (np.all(whole <= allowed, axis=0) | (half <= _FINEST * np.maximum(1.0, np.abs(centre))))
        bounds += missed[:, enough].sum(axis=1) + whole[:, light].sum(axis=1)
        kept.append((centre[enough], half[enough]))
        count += len(low)
        if count > _MOST or not np.all(np.isfinite(bounds)):
            raise NoClosedForm(
                "the activation has singularities, or too many breakpoints, for a quadrature with a bounded error. Sample with "
                "cf.correlators.estimate(..., method='sobol')"
            )
        again = ~enough & ~light
        low, high, centre = low[again], high[again], centre[again]
        low, high = np.concatenate([low, centre]), np.concatenate([centre, high])
    centre, half = (np.concatenate(parts) for parts in zip(*kept, strict=True))
    return (centre, half, half * (_RHO - 1 / _RHO) / 2), bounds


def _summed(
    panels: tuple[np.ndarray, np.ndarray, np.ndarray], hidden: Hidden, multisets: Sequence[tuple[int, ...]]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """E[prod h], E[|prod h|] and a bound on rounding, over all panels.

    g is rounded by |g| eps, which moves an integrand that is analytic within ``tall`` by the part n |g| eps/tall of its size.
    """
    centre, half, tall = panels
    times, weights = unit_interval(_NODES)
    nodes = (centre[:, None] + half[:, None] * (2 * times - 1)).ravel()
    measure = (2 * half[:, None] * weights).ravel() * np.exp(-0.5 * nodes**2) / math.sqrt(2 * math.pi)
    spread = 64 + 8 * (1 + np.abs(nodes)) / np.repeat(tall, _NODES)
    heavy = measure > 0
    nodes, measure, spread = nodes[heavy], measure[heavy], spread[heavy]
    value, size, rounding = np.zeros((3, len(multisets)))
    for start in range(0, len(nodes), _CHUNK):
        part = slice(start, start + _CHUNK)
        values = hidden(np.pad(nodes[part], (0, max(0, start + _CHUNK - len(nodes)))))[:, : len(nodes[part])]
        for row, multiset in enumerate(multisets):
            product = measure[part] * np.prod(values[list(multiset)], axis=0)
            value[row] += product.sum()
            size[row] += np.abs(product).sum()
            rounding[row] += EPSILON * len(multiset) * (np.abs(product) * spread[part]).sum()
    return value, size, rounding
