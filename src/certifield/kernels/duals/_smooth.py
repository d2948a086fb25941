"""Smooth activations with a closed form, and the closed forms of their derivatives."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import jax
import jax.numpy as jnp
from jaxtyping import Array

from ._dual import ARGUMENT, ROUNDING, Dual, divided, grown, rooted


@dataclass(frozen=True)
class Smooth(Dual):
    """F by a ``formula`` (a, c, b, *constants) that is smooth for all covariances."""

    formula: Callable[..., Array]
    constants: tuple[float, ...] = ()

    def __call__(self, a: Array, c: Array, b: Array, error: Array) -> tuple[Array, Array]:
        """F, and the relative error; its growth comes from F_c = E[f'(u) f'(v)] and F_cc at coincident points."""
        (left, one), (right, other) = self._growth(a), self._growth(b)
        near = MOVED.get(self.formula)
        moved = grown(jnp.maximum(left, right), error) if near is None else near(a, c, b, error)
        return self.formula(a, c, b, *self.constants), moved + ROUNDING * jnp.maximum(one, other)

    def power(self, a: Array, error: Array) -> tuple[Array, Array]:
        """F(a, a, a); where that is concave and 0 at 0, its relative error is at most that of a."""
        growth, size = self._growth(a)
        moved = error + ARGUMENT if self.formula in CONCAVE else grown(growth, error)
        return self.formula(a, a, a, *self.constants), moved + ROUNDING * size

    def derivative(self) -> Dual:
        """The closed form of dF/dc, or its differentiation where none is written down."""
        return Smooth(SLOPES.get(self.formula) or by_price(self.formula), self.constants)

    def _growth(self, a: Array) -> tuple[Array, Array]:
        """By how much errors grow; and how large the terms of a polynomial are that cancel, relative to their sum."""
        flat = jax.lax.stop_gradient(a).ravel()
        value = self.formula(flat, flat, flat, *self.constants)
        first = _derived(lambda c, d: self.formula(d, c, d, *self.constants))
        second = _derived(first)
        slope, curvature = first(flat, flat), second(flat, flat)
        known = (value > 0) & (flat > 0)
        safe = jnp.where(known, value, 1.0)
        grown = flat * slope / safe + flat * rooted(jnp.maximum(curvature, 0.0) / safe)
        size = polynomial(flat, flat, flat, *map(abs, self.constants)) / safe if self.formula is polynomial else jnp.ones(())
        return jnp.max(jnp.where(known, grown, 1.0)), jnp.max(jnp.where(known, size, 1.0))


def _derived(function: Callable[[Array, Array], Array]) -> Callable[[Array, Array], Array]:
    """The derivative with respect to the first argument, entry by entry."""
    return lambda c, d: jax.jvp(lambda moving: function(moving, d), (c,), (jnp.ones_like(c),))[1]


@lru_cache(maxsize=64)
def by_price(formula: Callable[..., Array]) -> Callable[..., Array]:
    """dF/dc = E[f'(u) f'(v)] by differentiating the formula (Price's theorem)."""

    def slope(a: Array, c: Array, b: Array, *constants: float) -> Array:
        a, c, b = jnp.broadcast_arrays(a, c, b)
        return _derived(lambda moving, _: formula(a, moving, b, *constants))(c, c)

    return slope


def erf(a: Array, c: Array, b: Array) -> Array:
    """(2/pi) arcsin(2c/sqrt((1+2a)(1+2b))).  Reference: Williams, NIPS 1996."""
    ratio = 2 * c / (jnp.sqrt(1 + 2 * a) * jnp.sqrt(1 + 2 * b))
    # The cosine without cancellation where points coincide at large variances: (1+2a)(1+2b) - 4c^2 = 1 + 2a + 2b + 4(ab - c^2).
    rest = jnp.maximum(1 + 2 * (a + b) + 4 * (a * b - c * c), 1.0) / ((1 + 2 * a) * (1 + 2 * b))
    return (2 / math.pi) * jnp.arctan2(ratio, jnp.sqrt(rest))


def erf_moved(a: Array, c: Array, b: Array, error: Array) -> Array:
    """How far F(erf) can be from that of arguments off by the part e, relative to sqrt(F_aa F_bb), by the mean value theorem.

    F_c = (4/pi) D^(-1/2) and a F_a = -(4/pi) c a/(1+2a) D^(-1/2), D = 1 + 2a + 2b + 4(ab - c^2): with the least D and the largest |c|.
    """
    a, c, b = map(jax.lax.stop_gradient, (a, c, b))
    e = jnp.where(error < 0.25, error + ARGUMENT, 0.5)
    both = rooted(a) * rooted(b)
    most = jnp.abs(c) + e * both
    least = jnp.maximum(1 + 2 * (a + b) * (1 - e) + 4 * (a * b * (1 - 2 * e) - most * most), 1.0)
    shift = both + most * (a / (1 + 2 * a) + b / (1 + 2 * b)) / (1 - e)
    own = rooted(erf(a, a, a)) * rooted(erf(b, b, b))
    return jnp.where(error < 0.25, divided(4 / math.pi * e * shift, own * jnp.sqrt(least)), jnp.inf)


def erf_slope(a: Array, c: Array, b: Array) -> Array:
    """(4/pi) ((1+2a)(1+2b) - 4c^2)^(-1/2)."""
    return (4 / math.pi) * jnp.maximum(1 + 2 * (a + b) + 4 * (a * b - c * c), 1.0) ** -0.5


def sin(a: Array, c: Array, b: Array, amplitude: float, frequency: float, phase: float) -> Array:
    """(A^2/2) [e^{-B^2(a+b-2c)/2} - cos(2C) e^{-B^2(a+b+2c)/2}] for A sin(Bz + C)."""
    scale = frequency**2
    # The difference of both exponentials vanishes with c: written without cancellation.  Exponents are not cut at 0, where a derivative
    # would be that of neither side.
    both = -jnp.exp(-0.5 * scale * (a + b - 2 * jnp.abs(c))) * jnp.expm1(-2 * scale * jnp.abs(c)) * jnp.sign(c)
    small = scale * jnp.abs(c) < 1.0
    even = 2 * jnp.exp(-0.5 * scale * (a + b)) * jnp.sinh(jnp.where(small, scale * c, 0.0))
    far = jnp.exp(-0.5 * scale * (a + b + 2 * c))
    return 0.5 * amplitude**2 * (jnp.where(small, even, both) + 2 * math.sin(phase) ** 2 * far)  # 1 - cos 2C = 2 sin^2 C


def sin_slope(a: Array, c: Array, b: Array, amplitude: float, frequency: float, phase: float) -> Array:
    """The F of AB cos(Bz + C)."""
    return sin(a, c, b, amplitude * frequency, frequency, phase + math.pi / 2)


def gaussian(a: Array, c: Array, b: Array, rate: float, amplitude: float) -> Array:
    """A^2 ((1+2ra)(1+2rb) - 4r^2c^2)^(-1/2) for A e^{-rz^2}; NaN where a negative rate leaves no average."""
    return amplitude**2 * _spread(a, c, b, rate) ** -0.5


def gaussian_slope(a: Array, c: Array, b: Array, rate: float, amplitude: float) -> Array:
    """4 A^2 r^2 c ((1+2ra)(1+2rb) - 4r^2c^2)^(-3/2)."""
    return (2 * amplitude * rate) ** 2 * c * _spread(a, c, b, rate) ** -1.5


def _spread(a: Array, c: Array, b: Array, rate: float) -> Array:
    spread = 1 + 2 * rate * (a + b) + 4 * rate**2 * (a * b - c * c)
    return spread if rate >= 0 else jnp.where((1 + 2 * rate * a > 0) & (1 + 2 * rate * b > 0) & (spread > 0), spread, jnp.nan)


def exp(a: Array, c: Array, b: Array, rate: float, amplitude: float) -> Array:
    """A^2 e^{B^2((a+b)/2+c)} for A e^{Bz}."""
    return amplitude**2 * jnp.exp(rate**2 * ((a + b) / 2 + c))


def exp_slope(a: Array, c: Array, b: Array, rate: float, amplitude: float) -> Array:
    """B^2 F."""
    return rate**2 * exp(a, c, b, rate, amplitude)


def damped_sin(a: Array, c: Array, b: Array) -> Array:
    """e^{-(a+b+4(ab-c^2)+2c)/(2D)} (e^{2c/D} - 1)/(2 sqrt D), D = (1+2a)(1+2b) - 4c^2, for e^{-z^2} sin z."""
    rest = a * b - c * c
    spread = 1 + 2 * (a + b) + 4 * rest
    return jnp.exp(-(a + b + 4 * rest + 2 * c) / (2 * spread)) * jnp.expm1(2 * c / spread) / (2 * jnp.sqrt(spread))


def gelu(a: Array, c: Array, b: Array) -> Array:
    """c/4 + (1/2pi)[(c^2 + ab D)/(p sqrt D) + c atan(c/sqrt D)], p = (1+a)(1+b), D = p - c^2, for z Phi(z)."""
    product = (1 + a) * (1 + b)
    root = jnp.sqrt(1 + a + b + (a * b - c * c))
    return c / 4 + ((c * c + a * b * root**2) / (product * root) + c * jnp.arctan2(c, root)) / (2 * math.pi)


def gelu_slope(a: Array, c: Array, b: Array) -> Array:
    """1/4 + atan(c/sqrt D)/(2pi) + c/(2pi sqrt D) [(a+b+2)/p + 1/D]."""
    product = (1 + a) * (1 + b)
    square = 1 + a + b + (a * b - c * c)
    root = jnp.sqrt(square)
    return 0.25 + (jnp.arctan2(c, root) + c / root * ((a + b + 2) / product + 1 / square)) / (2 * math.pi)


def polynomial(a: Array, c: Array, b: Array, *coefficients: float) -> Array:
    """sum_k k! c^k M_k(a) M_k(b), M_k(a) = sum_p coefficients[p] binom(p,k) (p-k-1)!! a^((p-k)/2) over p - k even (Mehler, Isserlis)."""
    total = jnp.zeros(())
    for k in range(len(coefficients) - 1, -1, -1):
        left, right = _pairings(a, k, coefficients), _pairings(b, k, coefficients)
        total = total * c + math.factorial(k) * left * right
    return total


def polynomial_slope(a: Array, c: Array, b: Array, *coefficients: float) -> Array:
    """The F of the derivative."""
    return polynomial(a, c, b, *([k * each for k, each in enumerate(coefficients)][1:] or [0.0]))


def _pairings(a: Array, k: int, coefficients: tuple[float, ...]) -> Array:
    total = jnp.zeros_like(a)
    for p in range(len(coefficients) - 1 - (len(coefficients) - 1 - k) % 2, k - 1, -2):
        total = total * a + coefficients[p] * math.comb(p, k) * math.prod(range(p - k - 1, 0, -2))
    return total


SLOPES: dict[Callable[..., Array], Callable[..., Array]] = {
    erf: erf_slope,
    sin: sin_slope,
    gaussian: gaussian_slope,
    exp: exp_slope,
    gelu: gelu_slope,
    polynomial: polynomial_slope,
}

# How far the value can be off, where that is known at every covariance and not at coincident points alone.
MOVED: dict[Callable[..., Array], Callable[[Array, Array, Array, Array], Array]] = {erf: erf_moved}
CONCAVE = {erf}  # F(a, a, a) as a function of a
