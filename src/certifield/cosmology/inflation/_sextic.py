r"""Slow roll of many polynomials at once: all minima and both sides of each, compiled by JAX.

Critical points are the real eigenvalues of the companion matrix of V'.  From each minimum outward, to the next critical point or the edge
of the field range, the end is bracketed on a grid and found by bisection; then $d\phi/dN = V'/V$ is followed outward by Runge and Kutta
with steps that grow from the end to the pivot.  Amplitudes and ratios have errors of 2e-3 at most, 1 - n_s of 1e-3.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from ._slow_roll import NEAREST

_CELLS, _HALVINGS, _STEPS = 32, 36, 96
_REAL = 1e-7  # imaginary parts below this count as rounding, relative to the root


Jet = Callable[[Array], tuple[Array, Array, Array]]  # from fields to V, V', V'' there


class Cosmologies(NamedTuple):
    """One entry for each minimum and side; what does not exist is marked by ``minimum`` False.

    ``minimum``: there is one, with V = 0 after the shift; ``rolls``: there is slow roll outward of it, else ``excess`` is the least of
    max(epsilon, |eta|) - 1; ``efolds``: available up to the pivot, N at most; the observables hold where ``efolds`` is N.
    ``vacuum``: V at the minimum before the shift; ``apart``: the least distance of a complex critical point from the real line, 1 without.
    """

    minimum: Bool[Array, " sides"]
    rolls: Bool[Array, " sides"]
    efolds: Float[Array, " sides"]
    tilt: Float[Array, " sides"]
    ratio: Float[Array, " sides"]
    amplitude: Float[Array, " sides"]
    end: Float[Array, " sides"]
    pivot: Float[Array, " sides"]
    vacuum: Float[Array, " sides"]
    excess: Float[Array, " sides"]
    apart: Float[Array, ""]


def _jet(c: Float[Array, " terms"], phi: Float[Array, "..."]) -> tuple[Array, Array, Array]:
    """V, V', V'' by Horner's rule for all three."""
    value = slope = half = jnp.zeros_like(phi)
    for place in range(c.shape[0] - 1, -1, -1):
        half = half * phi + slope
        slope = slope * phi + value
        value = value * phi + c[place]
    return value, slope, 2 * half


def cosmologies(c: Float[Array, " terms"], efolds: float, reach: float) -> Cosmologies:
    r"""Those of $\sum_n c_n \phi^n$, whose last coefficient is not 0, on $|\phi| \le$ ``reach``; $c_0$ is set for each minimum."""
    terms = c.shape[0]
    slope = c[1:] * jnp.arange(1, terms).astype(c.dtype)
    size = terms - 2
    companion = (
        jnp.zeros((size, size), c.dtype).at[jnp.arange(1, size), jnp.arange(size - 1)].set(1.0).at[:, -1].set(-slope[:-1] / slope[-1])
    )
    roots = jnp.linalg.eigvals(companion)
    real = jnp.abs(roots.imag) <= _REAL * (1 + jnp.abs(roots.real))
    places = jnp.where(real & (jnp.abs(roots.real) < reach), roots.real, jnp.inf)
    bend = _jet(c, jnp.where(jnp.isfinite(places), places, 0.0))[2]
    lowest = jnp.isfinite(places) & (bend > 0)
    most = (size + 1) // 2
    order = jnp.argsort(jnp.where(lowest, places, jnp.inf))[:most]
    minima, there = places[order], lowest[order]
    safe = jnp.where(there, minima, 0.0)
    ahead = jnp.min(jnp.where(places[None, :] > safe[:, None] + 1e-9, places[None, :], reach), axis=1)
    behind = jnp.max(jnp.where(places[None, :] < safe[:, None] - 1e-9, places[None, :], -reach), axis=1)
    starts, limits = jnp.concatenate([safe, safe]), jnp.concatenate([ahead, behind])

    def lowered(bottom: Array) -> Jet:
        shifted = c.at[0].add(-bottom)
        return lambda phi: _jet(shifted, phi)

    found = jax.vmap(lambda start, limit: side(lowered, start, limit, efolds))(starts, limits)
    apart = jnp.min(jnp.where(real, jnp.inf, jnp.abs(roots.imag)))
    told = (jnp.concatenate([there, there]), *found, jnp.where(jnp.isfinite(apart), apart, 1.0))
    return Cosmologies(*told)  # pyright: ignore[reportCallIssue]  the sides are a tuple of arrays in this order


def side(lowered: Callable[[Array], Jet], start: Array, limit: Array, efolds: float) -> tuple[Array, ...]:
    """The cosmology that rolls from the side of ``limit`` into the minimum at ``start``; ``lowered(a)``: the jet of V - a."""
    bottom = lowered(jnp.zeros_like(start))(start)[0]
    jet = lowered(bottom)
    reach = limit - start

    def excess(part: Array) -> Array:
        value, slope, bend = jet(start + reach * part)
        good = value > 0
        safe = jnp.where(good, value, 1.0)
        return jnp.where(good, jnp.maximum((slope / safe) ** 2 / 2, jnp.abs(bend / safe)) - 1, 1e30)

    cells = jnp.asarray((np.arange(_CELLS + 1) / _CELLS) ** 2, start.dtype)
    values = excess(cells)
    inside = values < 0
    first = jnp.argmax(inside)
    rolls = inside[first] & (first > 0)
    low, high = cells[jnp.maximum(first - 1, 0)], cells[first]

    def halve(_: int, ends: tuple[Array, Array]) -> tuple[Array, Array]:
        middle = (ends[0] + ends[1]) / 2
        outside = excess(middle) >= 0
        return jnp.where(outside, middle, ends[0]), jnp.where(outside, ends[1], middle)

    low, high = jax.lax.fori_loop(0, _HALVINGS, halve, (low, high))
    end = start + reach * high
    times = jnp.asarray((np.arange(_STEPS + 1) / _STEPS) ** 1.25 * efolds, start.dtype)

    def rate(phi: Array) -> Array:
        value, slope, _ = jet(phi)
        return slope / jnp.where(value > 0, value, 1.0)

    def step(carried: tuple, ends: tuple[Array, Array]) -> tuple[tuple, None]:
        phi, gained, going = carried
        h = ends[1] - ends[0]
        a = rate(phi)
        b = rate(phi + h / 2 * a)
        d = rate(phi + h / 2 * b)
        e = rate(phi + h * d)
        new = phi + h / 6 * (a + 2 * b + 2 * d + e)
        part = (new - start) / jnp.where(reach == 0, 1.0, reach)
        going = going & (part < 1 - NEAREST) & (excess(part) < 0)
        return (jnp.where(going, new, phi), jnp.where(going, ends[1], gained), going), None

    (pivot, gained, _), _ = jax.lax.scan(step, (end, jnp.zeros_like(end), rolls), (times[:-1], times[1:]))
    value, slope, bend = jet(pivot)
    safe = jnp.where(value > 0, value, 1.0)
    epsilon, eta = (slope / safe) ** 2 / 2, bend / safe
    amplitude = value / (24 * np.pi**2 * jnp.where(epsilon > 0, epsilon, 1.0))
    return rolls, jnp.where(rolls, gained, 0.0), 1 - 6 * epsilon + 2 * eta, 16 * epsilon, amplitude, end, pivot, bottom, jnp.min(values)
