r"""The cosmology that rolls into one minimum from one side, for any potential whose jet is given, compiled by JAX.

Outward of the minimum the end is bracketed on a grid and found by bisection; then $d\phi/dN = V'/V$ is followed outward by Runge and Kutta
with steps that grow from the end to the pivot.  Amplitudes and ratios have errors of 2e-3 at most, 1 - n_s of 1e-3.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ._slow_roll import NEAREST

_CELLS, _HALVINGS, _STEPS = 32, 36, 96

Jet = Callable[[Array], tuple[Array, Array, Array]]  # from fields to V, V', V'' there


def side(lowered: Callable[[Array], Jet], start: Array, limit: Array, efolds: Array | float) -> tuple[Array, ...]:
    """The cosmology that rolls from the side of ``limit`` into the minimum at ``start``; ``lowered(a)``: the jet of V - a."""
    bottom = lowered(jnp.zeros_like(start))(start)[0]
    jet = lowered(bottom)
    reach = limit - start

    def seen(phi: Array) -> tuple[Array, Array]:
        """V'/V, and by how much the larger slow-roll parameter exceeds 1: without end where V is not positive."""
        value, slope, bend = jet(phi)
        good = value > 0
        safe = jnp.where(good, value, 1.0)
        rate = slope / safe
        return rate, jnp.where(good, jnp.maximum(rate**2 / 2, jnp.abs(bend / safe)) - 1, 1e30)

    cells = jnp.asarray((np.arange(_CELLS + 1) / _CELLS) ** 2, start.dtype)
    values = seen(start + reach * cells)[1]
    inside = values < 0
    first = jnp.argmax(inside)
    rolls = inside[first] & (first > 0)

    def halve(_: int, ends: tuple[Array, Array]) -> tuple[Array, Array]:
        middle = (ends[0] + ends[1]) / 2
        outside = seen(start + reach * middle)[1] >= 0
        return jnp.where(outside, middle, ends[0]), jnp.where(outside, ends[1], middle)

    _, high = jax.lax.fori_loop(0, _HALVINGS, halve, (cells[jnp.maximum(first - 1, 0)], cells[first]))
    end = start + reach * high
    times = jnp.asarray((np.arange(_STEPS + 1) / _STEPS) ** 1.25, start.dtype) * efolds

    def step(carried: tuple, ends: tuple[Array, Array]) -> tuple[tuple, None]:
        phi, rate, gained, going = carried
        h = ends[1] - ends[0]
        b = seen(phi + h / 2 * rate)[0]
        d = seen(phi + h / 2 * b)[0]
        e = seen(phi + h * d)[0]
        new = phi + h / 6 * (rate + 2 * b + 2 * d + e)
        there, excess = seen(new)
        part = (new - start) / jnp.where(reach == 0, 1.0, reach)
        going = going & (part < 1 - NEAREST) & (excess < 0)
        return (jnp.where(going, new, phi), jnp.where(going, there, rate), jnp.where(going, ends[1], gained), going), None

    begin = (end, seen(end)[0], jnp.zeros_like(end), rolls)
    (pivot, _, gained, _), _ = jax.lax.scan(step, begin, (times[:-1], times[1:]))
    value, slope, bend = jet(pivot)
    safe = jnp.where(value > 0, value, 1.0)
    epsilon, eta = (slope / safe) ** 2 / 2, bend / safe
    amplitude = value / (24 * np.pi**2 * jnp.where(epsilon > 0, epsilon, 1.0))
    return rolls, jnp.where(rolls, gained, 0.0), 1 - 6 * epsilon + 2 * eta, 16 * epsilon, amplitude, end, pivot, bottom, jnp.min(values)
