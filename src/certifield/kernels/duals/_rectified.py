"""Powers of the positive and of the negative part: ReLU, leaky ReLU, absolute value, sign, step, rectified monomials.

f(z) = B max(z,0)^n + A max(-z,0)^n.  With cos t = c/sqrt(ab) =: r and integer polynomials P_n(r) = E[u^n v^n], Q_n(r),

    E[u_+^n v_+^n] = (ab)^(n/2)/(2 pi) [(pi - t) P_n(r) + sin t Q_n(r)],    E[u_+^n v_-^n] the same at -r,

    F = (ab)^(n/2)/(2 pi) {P_n [(A^2 + B^2)(pi - t) + 2 (-1)^n A B t] + sin t Q_n [A^2 + B^2 - 2 (-1)^n A B]}.

F_c is the F of f', of order n - 1 and factors n B, -n A, and 2 a F_a = n F - c F_c because f is homogeneous: so derivatives are again
closed forms, finite at coincident points.  Reference: Cho and Saul, NIPS 2009; arXiv:1711.00165.

A relative error e of all arguments moves F by e (sqrt(ab) |F_c| + |n F - c F_c|) at most, and with q = 1 + 2AB/(A^2 + B^2) in [0, 2] that
is for n = 1 the part |1 - q t/pi| + q sin(t)/pi <= 1 of sqrt(F_aa F_bb): errors of a ReLU do not grow.  On the way from the computed
covariance to the true one a and b change by 1 + e, and so the averages by (1 + e)^n/(1 - e).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import jax
import jax.numpy as jnp
from jaxtyping import Array

from certifield.enclosures import EPSILON

from ._dual import ARGUMENT, ROUNDING, Dual, divided, rooted


@dataclass(frozen=True)
class Rectified(Dual):
    """F of f(z) = above max(z,0)^order + below max(-z,0)^order."""

    order: int
    above: float
    below: float

    def __call__(self, a: Array, c: Array, b: Array, error: Array) -> tuple[Array, Array]:
        """F, and the relative error; that of a jump is a square root."""
        moved = self._moved(error) if self.order else self._angle_error(a, c, b, error)
        return _average(a, c, b, self.order, self.above, self.below), moved + ROUNDING

    def power(self, a: Array, error: Array) -> tuple[Array, Array]:
        """(A^2 + B^2)/2 (2n-1)!! a^n."""
        factor = (self.above**2 + self.below**2) / 2 * math.prod(range(2 * self.order - 1, 0, -2))
        moved = self.order * (error + ARGUMENT) * (1 + error) ** self.order
        return (factor * a**self.order if self.order else jnp.where(a > 0, factor, 0.0)), moved + ROUNDING

    def derivative(self) -> Dual:
        """f' is of order n - 1; between jumps f is flat, and its derivative is 0."""
        if not self.order:
            return Rectified(0, 0.0, 0.0)
        return Rectified(self.order - 1, self.order * self.above, -self.order * self.below)

    def _moved(self, error: Array) -> Array:
        """Errors do not grow for order 1, and above it by a E[f'^2]/E[f^2] + a sqrt(E[f''^2]/E[f^2]), the same at all variances."""
        n = self.order
        growth = 1.0 if n == 1 else n**2 / (2 * n - 1) + n * (n - 1) / math.sqrt((2 * n - 1) * (2 * n - 3))
        return growth * _over(error + ARGUMENT, error) * (1 + error) ** n

    def _angle_error(self, a: Array, c: Array, b: Array, error: Array) -> Array:
        """What a jump makes of the error d of a cosine: angles are monotone, so the ends r - d and r + d tell; near 0 and pi a root of d.

        c and sqrt(ab) are each off by the part e, and rounding moves the cosine by 16 EPSILON at most; between the ends stands the angle
        that `_average` takes, which is 0 or pi where it is too small to be known.
        """
        if self.above == self.below:
            return jnp.zeros(jnp.broadcast_shapes(a.shape, c.shape, b.shape))
        off = _over(2 * error, error) + 16 * EPSILON
        r = jnp.clip(divided(c, rooted(a) * rooted(b)), -1.0, 1.0)
        least, most = (jnp.arctan2(rooted((1 - end) * (1 + end)), end) for end in (jnp.minimum(r + off, 1.0), jnp.maximum(r - off, -1.0)))
        _, angle = _sine_and_angle(r)
        factor = (self.above - self.below) ** 2 / (math.pi * (self.above**2 + self.below**2))
        return jax.lax.stop_gradient(factor * jnp.maximum(most - angle, angle - least))


def _over(error: Array, relative: Array) -> Array:
    """error/(1 - relative), and infinite where nothing is known."""
    return jnp.where(relative < 1, error / jnp.where(relative < 1, 1 - relative, 1.0), jnp.inf)


def _sine_and_angle(cosine: Array) -> tuple[Array, Array]:
    """Below the rounding of the cosine the angle is not known, and a difference that is rounding alone must not become an angle."""
    square = 1.0 - cosine * cosine
    sine = rooted(jnp.where(square > 8 * EPSILON, square, 0.0))
    return sine, jnp.arctan2(sine, cosine)


@lru_cache(maxsize=32)
def polynomials(order: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Coefficients of P_n and Q_n by ascending power; P_n' = n^2 P_{n-1}, P_n - r Q_n + (1 - r^2)(Q_n' - n^2 Q_{n-1}) = 0."""
    if order == 0:
        return (1,), ()
    p = [0] * (order + 1)
    for k in range(order % 2, order + 1, 2):  # k pairs across
        rest = math.prod(range(order - k - 1, 0, -2))
        p[k] = math.factorial(k) * (math.comb(order, k) * rest) ** 2
    below = [*polynomials(order - 1)[1], *[0] * (order + 3)]
    q = [0] * (order + 4)
    for j in range(order + 1, 0, -1):
        known = (p[j] if j <= order else 0) + (j + 1) * q[j + 1] - order**2 * (below[j] - (below[j - 2] if j > 1 else 0))
        q[j - 1] = known // j
    return tuple(p), tuple(q[:order])


def _horner(coefficients: Sequence[float], r: Array) -> Array:
    total = jnp.zeros_like(r)
    for coefficient in reversed(coefficients):
        total = total * r + float(coefficient)
    return total


@partial(jax.custom_jvp, nondiff_argnums=(3, 4, 5))
def _average(a: Array, c: Array, b: Array, order: int, above: float, below: float) -> Array:
    scale = rooted(a) * rooted(b)
    # A zero input meets everything at a right angle, and has the value f(0)^2 = 0.
    r = jnp.clip(divided(c, scale), -1.0, 1.0)
    s, angle = _sine_and_angle(r)
    same, mixed = above**2 + below**2, (-1) ** order * 2 * above * below
    p, q = polynomials(order)
    total = _horner(p, r) * (same * (math.pi - angle) + mixed * angle) if mixed else _horner(p, r) * (same * (math.pi - angle))
    total = total + (same - mixed) * s * _horner(q, r) if q else total
    return total * ((scale if order == 1 else scale**order) / (2 * math.pi)) if order else jnp.where(scale > 0, total / (2 * math.pi), 0.0)


@_average.defjvp
def _derivative(order: int, above: float, below: float, primals: tuple, tangents: tuple) -> tuple[Array, Array]:
    a, c, b = primals
    value = _average(a, c, b, order, above, below)
    if order:
        slope = _average(a, c, b, order - 1, order * above, -order * below)
    else:  # the derivative of a jump is a delta function, whose average is a density
        scale = rooted(a) * rooted(b)
        r = jnp.clip(divided(c, scale), -1.0, 1.0)
        slope = divided(jnp.full_like(c, (above - below) ** 2 / (2 * math.pi)), scale * _sine_and_angle(r)[0])
    across = order * value - c * slope
    along = slope * tangents[1] + divided(across, 2 * a) * tangents[0] + divided(across, 2 * b) * tangents[2]
    return value, along
