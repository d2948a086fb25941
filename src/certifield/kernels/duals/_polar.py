"""Activations with kinks or jumps and without a closed form, by integration in the plane.

In polar coordinates u = sqrt(a) s cos(p), v = sqrt(b) s cos(p - t), t the angle between both, with cos(t) = c/sqrt(ab),

    F = 1/(2 pi) int dp int s ds exp(-s^2/2) f(u) f(v).

A kink at z is the curve s = z/(sqrt(a) cos p): radial panels end at it, and angular panels at the directions of kinks at 0 and where two
curves cross.  So it converges as fast as for smooth functions, near coincident points too, where Hermite polynomials converge slowly.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from certifield.enclosures import EPSILON

from ._dual import ROUNDING, Dual, divided, rooted
from ._hermite import Expanded, kinks, slope_of

MOST = 3  # kinks; with more of them there are too many crossings, and the expansion is used
_REACH, _RADIAL, _AT_ONCE = 9.0, 6, 64
_GRADED = np.concatenate([[0.0], *(sign * 0.5 ** np.arange(1, 7) for sign in (1, -1))])
_X, _W = np.polynomial.legendre.leggauss(12)


@dataclass(frozen=True)
class Polar(Expanded):
    """F of a ``function`` with a few kinks; squares E[f^2] and the growth of errors are those of the expansion."""

    def __call__(self, a: Array, c: Array, b: Array, error: Array) -> tuple[Array, Array]:
        """F, and its relative error; a jump makes of the error of an angle its square root."""
        growth = jnp.maximum(*(self._growth(each, self._square(each)[0]) for each in (a, b)))
        shape = jnp.broadcast_shapes(a.shape, c.shape, b.shape)
        entries = [jnp.broadcast_to(each, shape).ravel() for each in (a, c, b)]
        places, panels = np.asarray(kinks(self.function)), max(8, self.resolution.panels // 8)

        def one(entry: tuple[Array, Array, Array]) -> Array:
            return _integral(self.function, places, panels, *entry)

        value = jax.lax.map(one, tuple(entries), batch_size=_AT_ONCE).reshape(shape)
        moved = growth * error + (4 * jnp.sqrt(error + EPSILON) if jumps(self.function) else 0.0)
        return value, jax.lax.stop_gradient(moved + ROUNDING)

    def derivative(self) -> Dual:
        """f' between the kinks, where it jumps."""
        return planar(slope_of(self.function), self)


def planar(function: Callable[[Array], Array], like: Expanded) -> Expanded:
    """The average of ``function``: in the plane where it has a few kinks, by the expansion where it has none or many."""
    return (Polar if 0 < len(kinks(function)) <= MOST else Expanded)(function, like.resolution)


@lru_cache(maxsize=256)
def jumps(function: Callable[[Array], Array]) -> bool:
    """Whether the function itself is different on both sides of a kink."""
    places = np.asarray(kinks(function))
    with jax.ensure_compile_time_eval(), jax.enable_x64(True):
        sides = [np.asarray(jax.vmap(function)(jnp.asarray(places + step))) for step in (-1e-6, 1e-6)]
    return bool(np.any(np.abs(sides[0] - sides[1]) > 1e-4 * (1 + np.abs(sides[0]))))


def _integral(function: Callable[[Array], Array], places: np.ndarray, panels: int, a: Array, c: Array, b: Array) -> Array:
    """F at one covariance."""
    left, right = rooted(a), rooted(b)
    cosine = jnp.clip(divided(c, left * right), -1.0, 1.0)
    sine = rooted(jnp.maximum(1.0 - cosine * cosine, 0.0))
    turn = jnp.arctan2(sine, cosine)
    # Where the curves u = z and v = w cross: z sqrt(b) cos(p - t) = w sqrt(a) cos(p).
    z, w = (each.ravel() for each in np.meshgrid(places, places))
    crossings = jnp.arctan2(w * left - z * right * cosine, z * right * sine)
    rays = jnp.concatenate([jnp.array([0.5, -0.5]) * jnp.pi, turn + jnp.array([0.5, -0.5]) * jnp.pi])
    if np.any(np.abs(places) > 1e-6):  # curves that are no rays run off to infinity beside them, and change fast there
        rays = (rays[:, None] + _GRADED[None]).ravel()
    ends = jnp.concatenate([rays, crossings, crossings + jnp.pi])
    cuts = jnp.sort(jnp.concatenate([jnp.linspace(0, 2 * jnp.pi, panels + 1), jnp.mod(ends, 2 * jnp.pi)]))
    angles, weights = _panels(cuts)
    across, along = left * jnp.cos(angles), right * jnp.cos(angles - turn)
    at = [jnp.clip(jnp.where(divided(z_, side) > 0, divided(z_, side), 0.0), 0.0, _REACH) for z_ in places for side in (across, along)]
    even = jnp.broadcast_to(jnp.linspace(0, _REACH, _RADIAL + 1), (len(angles), _RADIAL + 1))
    radii, radial = _panels(jnp.sort(jnp.concatenate([even, jnp.stack(at, axis=1)], axis=1), axis=1))
    values = jax.vmap(function)(jnp.stack([across[:, None] * radii, along[:, None] * radii]).ravel()).reshape((2, *radii.shape))
    density = radial * radii * jnp.exp(-0.5 * radii**2)
    return jnp.sum(weights * jnp.sum(values[0] * values[1] * density, axis=1)) / (2 * jnp.pi)


def _panels(cuts: Array) -> tuple[Array, Array]:
    """Nodes and weights of Gauss and Legendre between ascending cuts, along the last axis."""
    middle, half = (cuts[..., 1:] + cuts[..., :-1]) / 2, (cuts[..., 1:] - cuts[..., :-1]) / 2
    x, w = (each.reshape((1,) * cuts.ndim + (-1,)) for each in (_X, _W))
    nodes = middle[..., None] + half[..., None] * x
    return nodes.reshape((*cuts.shape[:-1], -1)), (half[..., None] * w).reshape((*cuts.shape[:-1], -1))
