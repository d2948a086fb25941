"""Any activation by its Hermite coefficients.

With h_k(a) = E[f(sqrt(a) g) He_k(g)]/sqrt(k!), g standard Gaussian, Mehler's formula gives

    F(a, c, b) = sum_k h_k(a) h_k(b) r^k,   r = c/sqrt(ab),

and what the terms from k = n on miss is at most |r|^n (T(a) T(b))^(1/2), T = E[f^2] - sum_{k<n} h_k^2 (Parseval).  The coefficients are
one-dimensional integrals, by Gauss-Legendre panels between the kinks and jumps of f.  Where f is analytic, what the panels miss is bounded
(`_quadrature`), and so is all of the error: an error d(a) in the norm of the coefficients changes F by (d(a) |h(b)| + |h(a)| d(b) + d d) at
most, T by 2 |h| d + d^2 beside that of E[f^2], and a sum of N terms rounds by N EPSILON of their absolute values in whatever order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from certifield.enclosures import EPSILON

from ._dual import ROUNDING, Dual, Resolution, divided, grown, rooted
from ._quadrature import enclosed, missed, slope_of, steepness

_REACH = 13.0  # standard deviations: what lies beyond weighs 1e-38
_NODES = 16  # of a panel
_FAR, _CELL, _NARROW, _MOST = 64.125937, 0.2503717, 1e-8, 24  # where kinks are looked for (at no round number), and how many may be
_AT_ONCE = 1024  # places there
_X, _W = np.polynomial.legendre.leggauss(_NODES)


@dataclass(frozen=True)
class Expanded(Dual):
    """F of any ``function``, from Hermite polynomials."""

    function: Callable[[Array], Array]
    resolution: Resolution

    def __call__(self, a: Array, c: Array, b: Array, error: Array) -> tuple[Array, Array]:
        """F, and its relative error: the growth of what was there, what the expansion leaves out, and what the panels miss."""
        left, right = self._expansion(a), self._expansion(b)
        r = divided(c, rooted(a) * rooted(b))
        r = r + jax.lax.stop_gradient(jnp.clip(r, -1.0, 1.0) - r)  # rounding alone is cut, and no derivative
        pairs = left.known[::-1], right.known[::-1]
        total, _ = jax.lax.scan(lambda sum_, pair: (sum_ * r + pair[0] * pair[1], None), jnp.zeros_like(r), pairs)
        rest = jnp.where(r == 0, 0.0, jnp.abs(r) ** self.resolution.order * jnp.sqrt(left.rest * right.rest))
        off = left.off + right.off + left.off * right.off
        grown_ = grown(jnp.maximum(left.growth, right.growth), error)
        return total, jax.lax.stop_gradient(grown_ + rest + off + ROUNDING)

    def power(self, a: Array, error: Array) -> tuple[Array, Array]:
        """E[f^2] by the panels alone."""
        power, off = self._square(a)
        return power, jax.lax.stop_gradient(grown(self._growth(a, power - off), error) + divided(off, power) + ROUNDING)

    def derivative(self) -> Dual:
        """f' by differentiation of the function, between its jumps."""
        return Expanded(slope_of(self.function), self.resolution)

    @property
    def bounded(self) -> bool:
        """Whether the error of the quadrature is part of the error: where the function is analytic, by a program that can be enclosed."""
        slope = slope_of(self.function)
        functions = (self.function, slope, slope_of(slope))
        return self.resolution.bounded and not kinks(self.function) and all(enclosed(each) is not None for each in functions)

    def _expansion(self, a: Array) -> "Expansion":
        known, power = _averages(self.function, a, self.resolution.order, self.resolution.panels)
        of_series, of_square = self._missed(a)
        off = divided(of_series + self._rounding * jnp.sum(jnp.abs(known), axis=0), rooted(power))
        of_power = divided(of_square, power) + self._rounding
        share = divided(jnp.maximum(power - jnp.sum(known**2, axis=0), 0.0), power)
        rest = share + 2 * off + off**2 + of_power
        return Expansion(known, rest, off, self._growth(a, power * (1 - of_power), known))

    @property
    def _rounding(self) -> float:
        return self.resolution.panels * _NODES * EPSILON

    def _missed(self, a: Array) -> tuple[Array, Array]:
        """What the panels miss of the coefficients and of E[f^2]; 0 where that is not known (see `bounded`)."""
        if not self.bounded:
            return jnp.zeros_like(a), jnp.zeros_like(a)
        return missed(self.function, a, self.resolution.order, self.resolution.panels, _NODES, _REACH)

    def _square(self, a: Array) -> tuple[Array, Array]:
        """E[f^2] and its error."""
        power = _averages(self.function, a, 0, self.resolution.panels)[1]
        return power, self._missed(a)[1] + self._rounding * power

    def _growth(self, a: Array, power: Array, known: Array | None = None) -> Array:
        """first + second of `Dual` from bounds on E[f'^2] and E[f''^2] and the least E[f^2]; else from the coefficients that are known."""
        if self.bounded:
            slope, curvature = steepness(self.function, a)
        else:
            known = _averages(self.function, a, self.resolution.order, self.resolution.panels)[0] if known is None else known
            degree = jnp.arange(float(self.resolution.order)).reshape((-1,) + (1,) * a.ndim)
            slope, curvature = (jnp.sum(weight * known**2, axis=0) for weight in (degree, degree * (degree - 1)))
        first, second = (jnp.where((power > 0) | (part == 0), divided(part, power), jnp.inf) for part in (slope, curvature))
        return jnp.max(first + jnp.sqrt(second) + 1.0)


class Expansion(NamedTuple):
    """h_k(a) [order, *shape of a], the share T(a)/E[f^2] that is left, how far the norm of h may be off, and by how much errors grow."""

    known: Array
    rest: Array
    off: Array
    growth: Array


def _averages(function: Callable[[Array], Array], a: Array, order: int, panels: int) -> tuple[Array, Array]:
    """h_k(a) [order, *shape], and E[f^2] [*shape]."""
    flat = a.ravel()
    scale = rooted(flat)[:, None]
    nodes, weights = _rule(jax.lax.stop_gradient(scale), np.asarray(kinks(function)), panels)
    values = jax.vmap(function)((scale * nodes).ravel()).reshape(nodes.shape)
    weights = weights * jnp.exp(-0.5 * nodes**2) / np.sqrt(2 * np.pi)
    weighted = weights * values

    def step(pair: tuple[Array, Array], k: Array) -> tuple[tuple[Array, Array], Array]:
        before, now = pair  # He_{k-1}/sqrt((k-1)!), He_k/sqrt(k!)
        after = (nodes * now - jnp.sqrt(k) * before) / jnp.sqrt(k + 1)
        return (now, after), jnp.sum(weighted * now, axis=1)

    start = jnp.zeros_like(nodes), jnp.ones_like(nodes)
    power = jnp.sum(weighted * values, axis=1).reshape(a.shape)
    if not order:
        return jnp.zeros((0, *a.shape)), power
    _, found = jax.lax.scan(step, start, jnp.arange(float(order)))
    return found.reshape((order, *a.shape)), power


def _rule(scale: Array, jumps: np.ndarray, panels: int) -> tuple[Array, Array]:
    """Nodes and weights [points, nodes] of panels between equidistant cuts and the ``jumps`` of the function of scale z."""
    cuts = jnp.broadcast_to(jnp.linspace(-_REACH, _REACH, panels + 1)[None, :], (len(scale), panels + 1))
    if len(jumps):
        own = jnp.clip(divided(jnp.broadcast_to(jnp.asarray(jumps)[None, :], (len(scale), len(jumps))), scale), -_REACH, _REACH)
        cuts = jnp.sort(jnp.concatenate([cuts, own], axis=1), axis=1)
    middle, half = (cuts[:, 1:] + cuts[:, :-1]) / 2, (cuts[:, 1:] - cuts[:, :-1]) / 2
    nodes = middle[:, :, None] + half[:, :, None] * _X[None, None, :]
    return nodes.reshape((len(scale), -1)), (half[:, :, None] * _W[None, None, :]).reshape((len(scale), -1))


@lru_cache(maxsize=256)
def kinks(function: Callable[[Array], Array]) -> tuple[float, ...]:
    """Where the function is not smooth, in [-64, 64]: cells whose Legendre coefficients do not decay are halved until they are narrow.

    None at all where more than 24 are left: then it is not smooth in pieces, and its error shows as one of the quadrature.
    """
    evaluate = jax.jit(jax.vmap(function))

    def values_at(places: np.ndarray) -> np.ndarray:  # in pieces of one size, so that one program does for all
        pieces = np.resize(places, (-(-places.size // _AT_ONCE), _AT_ONCE))
        found = np.concatenate([np.asarray(evaluate(piece), dtype=float) for piece in pieces])
        return found[: places.size].reshape(places.shape)

    low, width = -_FAR + _CELL * np.arange(int(2 * _FAR / _CELL)), _CELL
    to_series = np.linalg.inv(np.polynomial.legendre.legvander(_X, _NODES - 1))
    with jax.ensure_compile_time_eval(), jax.enable_x64(True):  # whatever the precision of the caller: the answer is kept
        # Rounding of the function where it is next to nothing, as of 1 - tanh(z)^2, is no kink.
        near = np.abs(values_at(np.linspace(-8, 8, 257)))
        nothing = 4 * EPSILON * np.max(near, where=np.isfinite(near), initial=0.0)
        while len(low):
            values = values_at(low[:, None] + width * (_X[None, :] + 1) / 2)
            last = np.max(np.abs(values @ to_series.T)[:, -3:], axis=1)
            low = low[~(last <= np.maximum(3e-14 * np.max(np.abs(values), axis=1), nothing))]
            if len(low) > 2 * _MOST:
                return ()
            if width < _NARROW:
                break
            width /= 2
            low = np.sort(np.concatenate([low, low + width]))
        return tuple(sorted({_jump(values_at, place, place + width) for place in low.tolist()}))[:_MOST]


def _jump(values_at: Callable[[np.ndarray], np.ndarray], low: float, high: float) -> float:
    """The place of a kink, known well enough, or of a jump, which is halved down to neighbouring numbers."""
    for _ in range(60):
        middle = (low + high) / 2
        left, centre, right = values_at(np.array([low, middle, high])).tolist()
        if abs(right - left) < 1e-6 * (abs(right) + abs(left)) or not low < middle < high:
            return middle
        low, high = (low, middle) if abs(centre - left) > abs(right - centre) else (middle, high)
    return high
