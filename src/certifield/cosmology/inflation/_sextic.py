r"""Slow roll of many polynomials at once: all minima and both sides of each, compiled by JAX.

Critical points are the real eigenvalues of the companion matrix of V'.  A polynomial of degree six has room for six sides, of which one in
five exists, so those that exist are brought together and followed in groups, from each minimum to the next critical point or the edge of
the field range: the work is that of what exists, whatever else is mapped or batched around it.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from ._side import Jet, side

_REAL = 1e-7  # imaginary parts below this count as rounding, relative to the root
_TOGETHER = 256  # sides that are followed at once


class Cosmologies(NamedTuple):
    """One entry for each minimum and side; what does not exist is marked by ``minimum`` False, and has zeros elsewhere.

    ``minimum``: there is one, with V = 0 after the shift; ``rolls``: there is slow roll outward of it, else ``excess`` is the least of
    max(epsilon, |eta|) - 1; ``efolds``: available up to the pivot, N at most; the observables hold where ``efolds`` is N.
    ``vacuum``: V at the minimum before the shift; ``apart``: the least distance of a complex critical point from the real line, 1 without.
    """

    minimum: Bool[Array, "*rest sides"]
    rolls: Bool[Array, "*rest sides"]
    efolds: Float[Array, "*rest sides"]
    tilt: Float[Array, "*rest sides"]
    ratio: Float[Array, "*rest sides"]
    amplitude: Float[Array, "*rest sides"]
    end: Float[Array, "*rest sides"]
    pivot: Float[Array, "*rest sides"]
    vacuum: Float[Array, "*rest sides"]
    excess: Float[Array, "*rest sides"]
    apart: Float[Array, "*rest"]


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
    found = _of_many(c[None], jnp.full(1, efolds, c.dtype), jnp.full(1, reach, c.dtype))
    return jax.tree.map(lambda part: part[0], found)


@jax.custom_batching.custom_vmap
def _of_many(c: Float[Array, "rows terms"], efolds: Float[Array, " rows"], reach: Float[Array, " rows"]) -> Cosmologies:
    """Those of each row; under `jax.vmap` there are more rows."""
    minimum, start, limit, apart = jax.vmap(_stretches)(c, reach)
    rows, sides = minimum.shape
    there, starts, limits = minimum.ravel(), start.ravel(), limit.ravel()
    count = rows * sides
    width = min(_TOGETHER, count)
    order = jnp.argsort(~there, stable=True)
    order = jnp.concatenate([order, jnp.full(-count % width, count, order.dtype)])

    def followed(c: Array, start: Array, limit: Array, efolds: Array) -> tuple[Array, ...]:
        def lowered(bottom: Array) -> Jet:
            return lambda phi: _jet(c.at[0].add(-bottom), phi)

        return side(lowered, start, limit, efolds)

    def group(number: Array, told: Array) -> Array:
        """Writes down what is found of one group of sides; those beyond the last are dropped."""
        chosen = jax.lax.dynamic_slice(order, (number * width,), (width,))
        row = jnp.minimum(chosen // sides, rows - 1)
        safe = jnp.minimum(chosen, count - 1)
        found = jax.vmap(followed)(c[row], starts[safe], limits[safe], efolds[row])
        return told.at[chosen].set(jnp.stack([part.astype(c.dtype) for part in found], axis=1), mode="drop")

    groups = -(-jnp.sum(there) // width)
    told = jax.lax.fori_loop(0, groups, group, jnp.zeros((count, len(Cosmologies._fields) - 2), c.dtype))
    told = jnp.where(there[:, None], told, 0).reshape(rows, sides, -1)
    rolls, *rest = (told[:, :, place] for place in range(told.shape[2]))
    return Cosmologies(minimum, rolls > 0, *rest, apart)  # pyright: ignore[reportCallIssue]  the sides are in this order


@_of_many.def_vmap
def _(size: int, mapped: list[bool], *parts: Array) -> tuple[Cosmologies, Cosmologies]:
    every = [part if one else jnp.broadcast_to(part, (size, *part.shape)) for part, one in zip(parts, mapped, strict=True)]
    found = _of_many(*(part.reshape(-1, *part.shape[2:]) for part in every))
    return jax.tree.map(lambda part: part.reshape(size, -1, *part.shape[1:]), found), jax.tree.map(lambda _: True, found)


def _stretches(c: Float[Array, " terms"], reach: Float[Array, ""]) -> tuple[Array, Array, Array, Array]:
    """Whether there is a minimum, where, and the next critical point or edge on one side, [sides] each; how far complex ones are."""
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
    order = jnp.argsort(jnp.where(lowest, places, jnp.inf))[: (size + 1) // 2]
    minima, there = places[order], lowest[order]
    safe = jnp.where(there, minima, 0.0)
    ahead = jnp.min(jnp.where(places[None, :] > safe[:, None] + 1e-9, places[None, :], reach), axis=1)
    behind = jnp.max(jnp.where(places[None, :] < safe[:, None] - 1e-9, places[None, :], -reach), axis=1)
    apart = jnp.min(jnp.where(real, jnp.inf, jnp.abs(roots.imag)))
    apart = jnp.where(jnp.isfinite(apart), apart, 1.0)
    return jnp.concatenate([there, there]), jnp.concatenate([safe, safe]), jnp.concatenate([ahead, behind]), apart
