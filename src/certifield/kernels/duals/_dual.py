"""What the recursion needs to know of one activation.

Errors are relative to the deviations: an entry K_xy with error e is known up to e sqrt(K_xx K_yy).  By Price's theorem and Cauchy-Schwarz

    |delta F| <= e (sqrt(ab) |F_c| + a |F_a| + b |F_b|) <= e sqrt(F_aa F_bb) (first + second),

first = a E[f'^2]/E[f^2] and second = a sqrt(E[f''^2]/E[f^2]), each the larger of its values at the two points; so first + second is by how
much the relative error can grow in one layer.  These are derivatives at the computed covariance.  On the way to the true one averages of
squares change by the factor exp(2048 e) at most: densities of Gaussians whose variances differ by the part e differ by exp(e u^2/2) at u
deviations, and beyond u = 64 no square of a number of 64 bits has weight.  So `grown` is a bound and not its first order alone.
Rounding inside a formula adds `ROUNDING`, and that of its arguments as many `ARGUMENT` as errors grow by.
"""

import abc
from dataclasses import dataclass

import jax.numpy as jnp
from jaxtyping import Array

from certifield.enclosures import EPSILON

ROUNDING = 64 * EPSILON  # of one closed form, or of one linear layer, relative to the deviations
ARGUMENT = 8 * EPSILON  # relative, of what a formula makes of a, b and c before it takes a function of them


@dataclass(frozen=True)
class Resolution:
    """How finely a function without a closed form is resolved: Hermite polynomials of degree < ``order``, in ``panels`` panels.

    ``bounded``: whether errors hold a bound on what the panels miss, where one is known; it can be infinite.
    """

    order: int = 48
    panels: int = 64
    bounded: bool = True


class Dual(abc.ABC):
    """The average F of one activation; all arguments broadcast against each other, and gradients are finite everywhere."""

    @property
    def bounded(self) -> bool:
        """Whether the errors are bounds: for closed forms they are."""
        return True

    @abc.abstractmethod
    def __call__(self, a: Array, c: Array, b: Array, error: Array) -> tuple[Array, Array]:
        """F(a, c, b) with a, b >= 0 the variances, and its relative error from the relative ``error`` of all arguments."""

    @abc.abstractmethod
    def power(self, a: Array, error: Array) -> tuple[Array, Array]:
        """E[f(u)^2] = F(a, a, a), and its relative error."""

    @abc.abstractmethod
    def derivative(self) -> "Dual":
        """The average of f', the derivative where there is one: dF/dc (Price's theorem) unless f jumps."""


def grown(growth: Array, error: Array) -> Array:
    """growth (e + ARGUMENT) exp(4096 e): how large the relative error e becomes; see above."""
    return growth * (error + ARGUMENT) * jnp.exp(4096 * error)


def compounded(first: Array, second: Array) -> Array:
    """The relative error of a product."""
    return first + second + first * second


def rooted(square: Array) -> Array:
    """The square root, with derivative 0 at 0 in place of infinity."""
    safe = jnp.where(square > 0, square, 1.0)
    return jnp.where(square > 0, jnp.sqrt(safe), 0.0)


def divided(numerator: Array, denominator: Array) -> Array:
    """numerator/denominator, and 0 where the denominator is 0."""
    safe = jnp.where(denominator != 0, denominator, 1.0)
    return jnp.where(denominator != 0, numerator / safe, 0.0)
