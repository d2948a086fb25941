"""Laws of momenta in a ball |p| < cutoff: uniform, or proportional to the free propagator.

The propagator law has radial density k^(d-1)/(k^2+m^2) on [0, L].  With t = p^2/(p^2+m^2),

    F_d(p) = int_0^p k^(d-1)/(k^2+m^2) dk = p^d/(p^2+m^2) f_d(t),      f_d(t) = 2F1(1, 1; d/2+1; t)/d,
    f_1 = arcsin(sqrt t)/sqrt(t (1-t)),   f_2 = -log(1-t)/(2t),   f_d = (1/(d-2) - (1-t) f_(d-2))/t.

The recursion loses digits at small t, where the hypergeometric series (all terms positive) is summed instead.  F_1 and F_2 are
inverted in closed form.  For larger d, log F_d is an increasing concave function of log p, with slope 1/f_d, on which Newton's method
cannot overshoot more than once.
"""

import math
from types import ModuleType

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from certifield.evidence import InputError

from ._checked import checked_count, checked_scale
from ._momenta import AbstractMomenta

PROPOSALS = ("uniform", "propagator")
_TERMS = 50  # of the series: at t = 1/2 the rest is below 2^-53
_NEWTON_STEPS = 7


def ball_volume(dim: int, radius: float) -> float:
    """Volume of the ball of the given radius in ``dim`` dimensions."""
    return math.pi ** (dim / 2) / math.gamma(dim / 2 + 1) * radius**dim


def propagator_integral(dim: int, mass: float, cutoff: float) -> float:
    """int_{|p|<L} d^dp / (p^2+m^2), in 64 bit whatever the precision of JAX: it is part of the definition of an ensemble."""
    return dim * ball_volume(dim, cutoff) * float(_fraction(dim, mass, np.asarray(float(cutoff)), np)) / (cutoff**2 + mass**2)


def _fraction(dim: int, mass: float, p: Array | np.ndarray, xp: ModuleType) -> Array:
    """f_d at momentum p > 0, in the arithmetic of ``xp``: numpy or jax.numpy."""
    square = p**2 + mass**2
    t, rest = p**2 / square, mass**2 / square
    series = 1.0
    for k in range(_TERMS, 0, -1):
        series = 1.0 + series * t * (k / (dim / 2 + k))
    near = xp.maximum(t, 0.5)  # keeps the branch that is not taken finite
    value = xp.arctan(p / mass) * square / (p * mass) if dim % 2 else 0.5 * xp.log1p((p / mass) ** 2) / t
    for d in range(4 - dim % 2, dim + 1, 2):
        value = (1 / (d - 2) - rest * value) / near
    return value if dim <= 2 else xp.where(t < 0.5, series / dim, value)


def _inverse_radial(dim: int, mass: float, cutoff: float, u: Float[Array, "..."]) -> Float[Array, "..."]:
    """The p with F_d(p) = u F_d(L)."""
    if dim == 1:
        return mass * jnp.tan(u * math.atan(cutoff / mass))
    if dim == 2:
        return mass * jnp.sqrt(jnp.expm1(u * math.log1p((cutoff / mass) ** 2)))

    def height(log_p: Array) -> tuple[Array, Array]:
        p = jnp.exp(log_p)
        fraction = _fraction(dim, mass, p, jnp)
        return dim * log_p - jnp.log(p**2 + mass**2) + jnp.log(fraction), 1 / fraction

    def step(_: int, log_p: Array) -> Array:
        value, slope = height(log_p)
        return log_p - (value - target) / slope

    log_u = jnp.log(jnp.maximum(u, jnp.finfo(u.dtype).tiny))
    target = height(jnp.full_like(u, math.log(cutoff)))[0] + log_u
    return jnp.exp(jax.lax.fori_loop(0, _NEWTON_STEPS, step, math.log(cutoff) + log_u / dim))


class MomentumBall(AbstractMomenta):
    """The law of a momentum vector in the ball |p| < cutoff, the last axis being its components.

    ``proposal="uniform"``: density 1/vol(B_L).  ``proposal="propagator"``: density proportional to 1/(p^2+m^2).
    Raises `InputError` for a dim below 1, a mass or cutoff that is not positive, an unknown proposal.
    """

    dim: int = eqx.field(static=True)
    mass: float = eqx.field(static=True)
    cutoff: float = eqx.field(static=True)
    proposal: str = eqx.field(static=True)

    def __check_init__(self) -> None:
        checked_count("dim", self.dim)
        checked_scale("mass", self.mass, zero_allowed=False)
        checked_scale("cutoff", self.cutoff, zero_allowed=False)
        if self.proposal not in PROPOSALS:
            remedy = "try proposal='propagator', whose finite-width errors are smaller"
            raise InputError("proposal", self.proposal, "'uniform' or 'propagator'", remedy)

    def quantile(self, share: Float[Array, "..."]) -> Float[Array, "..."]:
        """The k with P(|p| < k) = ``share``."""
        if self.proposal == "uniform":
            return self.cutoff * share ** (1 / self.dim)
        return _inverse_radial(self.dim, self.mass, self.cutoff, share)

    @property
    def normaliser(self) -> float:
        """The integral over the ball of 1, or of 1/(p^2 + m^2), by the proposal."""
        uniform = self.proposal == "uniform"
        return ball_volume(self.dim, self.cutoff) if uniform else propagator_integral(self.dim, self.mass, self.cutoff)

    def radial(self, k: Float[Array, "..."]) -> Float[Array, "..."]:
        """The density at |p| = ``k`` below the cutoff."""
        size = jnp.ones_like(k) if self.proposal == "uniform" else 1 / (k * k + self.mass**2)
        return size / self.normaliser
