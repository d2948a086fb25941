"""Laws of independent real parameters: a table of standard variables, moved and stretched.

A parameter is ``location + scale * z`` with ``z`` from a row of `STANDARD`: how to draw ``z``, the logarithm of its density, its
moments ``E[z^n]`` (infinite where they do not exist), whether it is symmetric, whether its density is a mass on atoms, and the order from
which on E|z|^n is infinite.  A new law is a new row.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Inexact, Key

from certifield.evidence import InputError

from ._checked import checked_number, checked_scale
from ._normal import standard_normal


class StandardVariable(NamedTuple):
    """One row: everything that is known of a standard variable z with one shape parameter."""

    draw: Callable[[Key[Array, ""], tuple[int, ...], float], Array]
    log_density: Callable[[Array, float], Array]
    moment: Callable[[int, float], float]
    symmetric: bool
    atoms: bool = False
    tail: Callable[[float], float] = lambda _: math.inf
    complex: bool = False


def _double_factorial(n: int) -> float:
    return float(math.prod(range(n, 0, -2)))


def _student_draw(key: Key[Array, ""], shape: tuple[int, ...], freedom: float) -> Array:
    """Bailey, Math. Comp. 62 (1994) 779: Box-Muller with the radius of a Student plane.  No rejection, hence fast to compile and to run."""
    along, around = jax.random.split(key)
    radius = jnp.sqrt(freedom * jnp.expm1(2 / freedom * jax.random.exponential(along, shape)))
    return radius * jnp.cos(2 * math.pi * jax.random.uniform(around, shape))


def _complex_draw(key: Key[Array, ""], shape: tuple[int, ...], _: float) -> Array:
    real, imaginary = standard_normal(key, (2, *shape)) * math.sqrt(0.5)
    return jax.lax.complex(real, imaginary)


def _rayleigh_draw(key: Key[Array, ""], shape: tuple[int, ...], _: float) -> Array:
    size, sign = jax.random.split(key)
    return jnp.sqrt(jax.random.exponential(size, shape)) * jax.random.rademacher(sign, shape).astype(float)


def _student_moment(n: int, freedom: float) -> float:
    if n % 2:
        return 0.0 if n < freedom else math.nan
    if n >= freedom:
        return math.inf
    return math.prod((k - 1) * freedom / (freedom - k) for k in range(2, n + 1, 2))


def _student_log_density(z: Array, freedom: float) -> Array:
    norm = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2) - 0.5 * math.log(freedom * math.pi)
    return norm - 0.5 * (freedom + 1) * jnp.log1p(z * z / freedom)


STANDARD: dict[str, StandardVariable] = {
    "normal": StandardVariable(
        draw=lambda key, shape, _: standard_normal(key, shape),
        log_density=lambda z, _: -0.5 * z * z - 0.5 * math.log(2 * math.pi),
        moment=lambda n, _: 0.0 if n % 2 else _double_factorial(n - 1),
        symmetric=True,
    ),
    "uniform": StandardVariable(  # on [-1, 1]
        draw=lambda key, shape, _: jax.random.uniform(key, shape, minval=-1.0, maxval=1.0),
        log_density=lambda z, _: jnp.where(jnp.abs(z) <= 1, -math.log(2), -jnp.inf),
        moment=lambda n, _: 0.0 if n % 2 else 1 / (n + 1),
        symmetric=True,
    ),
    "laplace": StandardVariable(
        draw=lambda key, shape, _: jax.random.laplace(key, shape),
        log_density=lambda z, _: -jnp.abs(z) - math.log(2),
        moment=lambda n, _: 0.0 if n % 2 else float(math.factorial(n)),
        symmetric=True,
    ),
    "student_t": StandardVariable(  # shape parameter: degrees of freedom
        draw=_student_draw,
        log_density=_student_log_density,
        moment=_student_moment,
        symmetric=True,
        tail=lambda freedom: freedom,
    ),
    "rademacher": StandardVariable(  # +1 or -1; the density is the probability mass
        draw=lambda key, shape, _: jax.random.rademacher(key, shape).astype(float),
        log_density=lambda z, _: jnp.where(jnp.abs(z) == 1, -math.log(2), -jnp.inf),
        moment=lambda n, _: 0.0 if n % 2 else 1.0,
        symmetric=True,
        atoms=True,
    ),
    "rayleigh": StandardVariable(  # on both sides of 0: z^2 is exponential, so that a wave z cos(p.x + c) is Gaussian for a uniform phase
        draw=_rayleigh_draw,
        log_density=lambda z, _: jnp.log(jnp.abs(z)) - z * z,
        moment=lambda n, _: 0.0 if n % 2 else float(math.factorial(n // 2)),
        symmetric=True,
    ),
    "exponential": StandardVariable(
        draw=lambda key, shape, _: jax.random.exponential(key, shape),
        log_density=lambda z, _: jnp.where(z >= 0, -z, -jnp.inf),
        moment=lambda n, _: float(math.factorial(n)),
        symmetric=False,
    ),
    "complex_normal": StandardVariable(  # E|z|^2 = 1; all moments E[z^n] vanish
        draw=_complex_draw,
        log_density=lambda z, _: -(z * jnp.conj(z)).real - math.log(math.pi),
        moment=lambda n, _: 0.0 if n else 1.0,
        symmetric=True,
        complex=True,
    ),
    "fixed": StandardVariable(  # z = 0 always: a parameter that is not random
        draw=lambda key, shape, _: jnp.zeros(shape),
        log_density=lambda z, _: jnp.where(z == 0, 0.0, -jnp.inf),
        moment=lambda n, _: 0.0 if n else 1.0,
        symmetric=True,
    ),
}


class Law(eqx.Module):
    """The law of independent entries ``location + scale * z``, z from the row ``family`` of `STANDARD`.

    >>> normal(scale=2.0).moment(4)
    48.0
    """

    family: str = eqx.field(static=True)
    location: float = eqx.field(static=True, default=0.0)
    scale: float = eqx.field(static=True, default=1.0)
    shape: float = eqx.field(static=True, default=0.0)

    def __check_init__(self) -> None:
        if self.family not in STANDARD:
            raise InputError("family", self.family, f"one of {', '.join(STANDARD)}", "use a function such as cf.ensembles.normal()")

    def sample(self, key: Key[Array, ""], shape: tuple[int, ...]) -> Inexact[Array, "..."]:
        """Independent draws of the given shape."""
        if self.scale == 0:
            return jnp.full(shape, self.location, dtype=float)
        return self.location + self.scale * STANDARD[self.family].draw(key, shape, self.shape)

    def log_density(self, value: Inexact[Array, "..."]) -> Inexact[Array, ""]:
        """The logarithm of the joint density of all entries of ``value``."""
        if self.scale == 0:
            return jnp.where(jnp.all(value == self.location), 0.0, -jnp.inf)
        standard = STANDARD[self.family]
        # A mass does not thin out where its atoms are moved apart; the density of a complex number does so in two directions.
        stretching = 0.0 if standard.atoms else (1 + standard.complex) * math.log(self.scale)
        return jnp.sum(standard.log_density((value - self.location) / self.scale, self.shape) - stretching)

    def moment(self, n: int) -> float:
        """E[x^n], exact up to rounding; infinite where it diverges, NaN where it has no value at all."""
        if self.scale == 0:
            return self.location**n
        standard = STANDARD[self.family].moment
        terms = [
            math.comb(n, k) * self.location ** (n - k) * self.scale**k * standard(k, self.shape)
            for k in range(n + 1)
            if self.location or k == n
        ]
        total = math.fsum(terms)
        # An even power has a mean, finite or not, even where the odd powers in its expansion about the location have none.
        return math.inf if math.isnan(total) and n % 2 == 0 else total

    @property
    def symmetric(self) -> bool:
        """Whether x and -x have the same law, so that odd moments vanish (where they exist)."""
        return self.location == 0 and (self.scale == 0 or STANDARD[self.family].symmetric)

    @property
    def tail(self) -> float:
        """The order from which on E|x|^n is infinite; infinite if all moments exist."""
        return math.inf if self.scale == 0 else STANDARD[self.family].tail(self.shape)

    @property
    def complex(self) -> bool:
        """Whether its draws are complex numbers."""
        return STANDARD[self.family].complex

    def scaled(self, factor: float) -> "Law":
        """The law of ``factor * x`` for a factor >= 0.  Raises `InputError` for a negative one."""
        factor = checked_scale("factor", factor)
        return Law(self.family, self.location * factor, self.scale * factor, self.shape)


def normal(scale: float = 1.0, location: float = 0.0) -> Law:
    """Gaussian with standard deviation ``scale``."""
    return Law("normal", checked_number("location", location), checked_scale("scale", scale))


def complex_normal(scale: float = 1.0) -> Law:
    """Complex Gaussian, invariant under phases: E|x|^2 = scale^2, E[x^2] = 0.  For modules with complex arrays."""
    return Law("complex_normal", 0.0, checked_scale("scale", scale))


def uniform(low: float = -1.0, high: float = 1.0) -> Law:
    """Uniform on [low, high]."""
    low, high = checked_number("low", low), checked_number("high", high)
    if high < low:
        raise InputError("low, high", (low, high), "in ascending order", "exchange them")
    return Law("uniform", (low + high) / 2, (high - low) / 2)


def laplace(scale: float = 1.0, location: float = 0.0) -> Law:
    """Density exp(-|x - location|/scale) / (2 scale); variance 2 scale^2."""
    return Law("laplace", checked_number("location", location), checked_scale("scale", scale))


def student_t(freedom: float, scale: float = 1.0, location: float = 0.0) -> Law:
    """Student's t with ``freedom`` degrees of freedom, times ``scale``: E|x|^n is infinite from n = freedom on."""
    return Law(
        "student_t",
        checked_number("location", location),
        checked_scale("scale", scale),
        checked_scale("freedom", freedom, zero_allowed=False),
    )


def rademacher(scale: float = 1.0) -> Law:
    """+scale or -scale with probability one half each."""
    return Law("rademacher", 0.0, checked_scale("scale", scale))


def rayleigh(scale: float = 1.0) -> Law:
    """A symmetric law whose square is exponential of mean scale^2: density |x| exp(-x^2/scale^2)/scale^2, E[x^4] = 2 scale^4."""
    return Law("rayleigh", 0.0, checked_scale("scale", scale))


def exponential(scale: float = 1.0, location: float = 0.0) -> Law:
    """Density exp(-(x - location)/scale)/scale for x > location."""
    return Law("exponential", checked_number("location", location), checked_scale("scale", scale))


def fixed(value: float = 0.0) -> Law:
    """A parameter that is not random."""
    return Law("fixed", checked_number("value", value), 0.0)
