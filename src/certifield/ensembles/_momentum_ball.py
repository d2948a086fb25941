"""Laws of momenta in a ball |p| < cutoff: uniform, or proportional to the free propagator.

The propagator law has radial density p^(d-1)/(p^2+m^2) on [0, L].  Its distribution function follows from
F_d(p) = p^(d-2)/(d-2) - m^2 F_(d-2)(p), F_1 = arctan(p/m)/m, F_2 = log(1 + p^2/m^2)/2; for d = 1, 2 it is inverted in closed form.
"""

import math

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

_BISECTIONS = 60  # halves [0, L] down to the spacing of 64-bit numbers


def ball_volume(dim: int, radius: float) -> float:
    """Volume of the ball of the given radius in ``dim`` dimensions."""
    return math.pi ** (dim / 2) / math.gamma(dim / 2 + 1) * radius**dim


def propagator_integral(dim: int, mass: float, cutoff: float) -> float:
    """int_{|p|<L} d^dp / (p^2+m^2)."""
    return dim * ball_volume(dim, 1.0) * float(_radial_integral(dim, mass, cutoff))


def _radial_integral(dim: int, mass: float, p: float | Array) -> Array:
    """F_d(p) = int_0^p k^(d-1)/(k^2+m^2) dk."""
    p = jnp.asarray(p, dtype=float)
    if dim == 1:
        return jnp.arctan(p / mass) / mass
    if dim == 2:
        return 0.5 * jnp.log1p((p / mass) ** 2)
    return p ** (dim - 2) / (dim - 2) - mass**2 * _radial_integral(dim - 2, mass, p)


def _inverse_radial(dim: int, mass: float, cutoff: float, u: Float[Array, "..."]) -> Float[Array, "..."]:
    """The p with F_d(p) = u F_d(L)."""
    if dim == 1:
        return mass * jnp.tan(u * math.atan(cutoff / mass))
    if dim == 2:
        return mass * jnp.sqrt(jnp.expm1(u * math.log1p((cutoff / mass) ** 2)))
    target = u * _radial_integral(dim, mass, cutoff)

    def halve(_, bracket):
        low, high = bracket
        middle = 0.5 * (low + high)
        below = _radial_integral(dim, mass, middle) < target
        return jnp.where(below, middle, low), jnp.where(below, high, middle)

    low, high = jax.lax.fori_loop(0, _BISECTIONS, halve, (jnp.zeros_like(u), jnp.full_like(u, cutoff)))
    return 0.5 * (low + high)


class MomentumBall(eqx.Module):
    """The law of a momentum vector in the ball |p| < cutoff, the last axis being its components.

    ``proposal="uniform"``: density 1/vol(B_L).  ``proposal="propagator"``: density proportional to 1/(p^2+m^2).
    """

    dim: int = eqx.field(static=True)
    mass: float = eqx.field(static=True)
    cutoff: float = eqx.field(static=True)
    proposal: str = eqx.field(static=True)

    symmetric: bool = eqx.field(static=True, default=True)

    def sample(self, key: Key[Array, ""], shape: tuple[int, ...]) -> Float[Array, "... dim"]:
        """Draws of shape ``shape``, whose last entry is ``dim``: a uniform direction times a radius by inverse distribution."""
        along, across = jax.random.split(key)
        u = jax.random.uniform(along, shape[:-1])
        radius = self.cutoff * u ** (1 / self.dim) if self.proposal == "uniform" else _inverse_radial(self.dim, self.mass, self.cutoff, u)
        if self.dim == 1:
            return radius[..., None] * jax.random.rademacher(across, shape).astype(radius.dtype)
        direction = jax.random.normal(across, shape)
        return (radius / jnp.linalg.norm(direction, axis=-1))[..., None] * direction

    def log_density(self, value: Float[Array, "... dim"]) -> Float[Array, ""]:
        """Logarithm of the joint density of all momenta in ``value``."""
        square = jnp.sum(value * value, axis=-1)
        if self.proposal == "uniform":
            inside = jnp.full_like(square, -math.log(ball_volume(self.dim, self.cutoff)))
        else:
            inside = -jnp.log(square + self.mass**2) - math.log(propagator_integral(self.dim, self.mass, self.cutoff))
        return jnp.sum(jnp.where(square <= self.cutoff**2, inside, -jnp.inf))

    def moment(self, n: int) -> float:
        """Moments of a vector are not numbers: odd ones vanish, others are not offered."""
        return 0.0 if n % 2 else math.nan
