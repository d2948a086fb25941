"""Laws of momentum vectors: what a random plane wave cos(p.x + c) draws its p from.

Each can be sampled exactly and states the density that it is sampled from, so that weights w = Ghat/((2 pi)^d density) are exact.
"""

import abc
import math

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from certifield.evidence import InputError

from ._checked import checked_count, checked_scale
from ._normal import standard_normal


class AbstractMomenta(eqx.Module):
    """A law of momenta in ``dim`` dimensions that is invariant under rotations; |p| stays below ``cutoff``, which may be infinite."""

    dim: eqx.AbstractVar[int]
    cutoff: eqx.AbstractVar[float]

    @abc.abstractmethod
    def quantile(self, share: Float[Array, "..."]) -> Float[Array, "..."]:
        """The k with P(|p| < k) = ``share``."""

    def sample(self, key: Key[Array, ""], shape: tuple[int, ...]) -> Float[Array, "... dim"]:
        """Draws of shape ``shape``, whose last entry is ``dim``: a uniform direction times a length by inverse distribution."""
        if shape[-1:] != (self.dim,):
            raise InputError("shape", shape, f"a shape that ends in {self.dim}, the components of a momentum", f"append {self.dim}")
        along, across = jax.random.split(key)
        k = jnp.minimum(self.quantile(jax.random.uniform(along, shape[:-1])), self.cutoff)
        if self.dim == 1:
            return k[..., None] * jax.random.rademacher(across, shape).astype(k.dtype)
        direction = standard_normal(across, shape)
        return (k / jnp.linalg.norm(direction, axis=-1))[..., None] * direction

    def from_normal(self, u: Float[Array, "... dim"]) -> Float[Array, "... dim"]:
        """The momentum that stands for a standard normal vector: of the same direction, and as rare in length."""
        square = jnp.sum(u * u, axis=-1)
        share = jax.scipy.special.gammainc(self.dim / 2, square / 2) if self.dim > 1 else jax.scipy.special.erf(jnp.sqrt(square / 2))
        share = jnp.minimum(share, 1 - jnp.finfo(share.dtype).eps)  # in the far tail it rounds to 1, where no momentum is
        return (self.quantile(share) / jnp.sqrt(jnp.maximum(square, 1e-30)))[..., None] * u

    @abc.abstractmethod
    def radial(self, k: Float[Array, "..."]) -> Float[Array, "..."]:
        """The density at any p with |p| = ``k`` below the cutoff."""

    def log_density(self, value: Float[Array, "... dim"]) -> Float[Array, ""]:
        """Logarithm of the joint density of all momenta in ``value``."""
        k = jnp.sqrt(jnp.sum(value * value, axis=-1))
        return jnp.sum(jnp.where(k <= self.cutoff, jnp.log(self.radial(k)), -jnp.inf))


class CauchyMomenta(AbstractMomenta):
    """The law of density m/(pi (p^2 + m^2)) on the whole line: the propagator of one dimension without a cutoff."""

    mass: float = eqx.field(static=True)
    dim: int = eqx.field(static=True, default=1)
    cutoff: float = eqx.field(static=True, default=math.inf)

    def __check_init__(self) -> None:
        checked_scale("mass", self.mass, zero_allowed=False)
        if self.dim != 1 or self.cutoff != math.inf:
            raise InputError("dim, cutoff", (self.dim, self.cutoff), "1 and infinite", "take MomentumBall in more dimensions")

    def quantile(self, share: Float[Array, "..."]) -> Float[Array, "..."]:
        """M tan(pi share/2)."""
        return self.mass * jnp.tan(math.pi / 2 * share)

    def radial(self, k: Float[Array, "..."]) -> Float[Array, "..."]:
        """M/(pi (k^2 + m^2))."""
        return self.mass / (math.pi * (k * k + self.mass**2))


class MomentumShells(AbstractMomenta):
    """A step density: uniform in each shell edges[i] < |p| < edges[i+1], which is chosen with probability shares[i].

    Any radial density can be approached so; what is drawn has exactly the density that `radial` states.  ``edges`` start at 0.
    Raises `InputError` for edges that do not increase from 0, and for shares that are not positive or do not add up to 1.
    """

    dim: int = eqx.field(static=True)
    edges: tuple[float, ...] = eqx.field(static=True)
    shares: tuple[float, ...] = eqx.field(static=True)
    cutoff: float = eqx.field(static=True)

    def __init__(self, dim: int, edges: object, shares: object) -> None:
        ends, parts = np.asarray(edges, dtype=float), np.asarray(shares, dtype=float)
        if ends.ndim != 1 or len(ends) < 2 or ends[0] != 0 or not np.all(np.diff(ends) > 0) or not np.isfinite(ends[-1]):
            raise InputError("edges", edges, "finite numbers that increase from 0", "try edges=[0.0, 1.0, 10.0]")
        if parts.shape != (len(ends) - 1,) or not np.all(parts > 0) or not abs(parts.sum() - 1) < 1e-9:
            raise InputError("shares", shares, "one positive number for each shell, with the sum 1", "divide them by their sum")
        self.dim, self.edges, self.shares = checked_count("dim", dim), tuple(ends.tolist()), tuple((parts / parts.sum()).tolist())
        self.cutoff = self.edges[-1]

    @property
    def densities(self) -> np.ndarray:
        """The density in each shell, its share over its volume."""
        ball = math.pi ** (self.dim / 2) / math.gamma(self.dim / 2 + 1)
        return np.array(self.shares) / (ball * np.diff(np.array(self.edges) ** self.dim))

    def quantile(self, share: Float[Array, "..."]) -> Float[Array, "..."]:
        """The k with P(|p| < k) = ``share``: by the shell that it lies in."""
        below = np.concatenate([[0.0], np.cumsum(self.shares)])
        place = jnp.clip(jnp.searchsorted(jnp.asarray(below), share, side="right") - 1, 0, len(self.shares) - 1)
        inside = jnp.clip((share - jnp.asarray(below)[place]) / jnp.asarray(self.shares)[place], 0.0, 1.0)
        volumes = jnp.asarray(np.array(self.edges) ** self.dim)
        return (volumes[place] + inside * (volumes[place + 1] - volumes[place])) ** (1 / self.dim)

    def radial(self, k: Float[Array, "..."]) -> Float[Array, "..."]:
        """The density of the shell that k lies in."""
        place = jnp.searchsorted(jnp.asarray(self.edges), k, side="right") - 1
        return jnp.asarray(self.densities)[jnp.clip(place, 0, len(self.shares) - 1)]
