"""Families of potentials V(phi) in units of the reduced Planck mass; pytrees whose coefficients may be traced."""

from typing import Any, Protocol

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

Scalar = Float[Array, ""]


class Potential(Protocol):
    """A smooth function of one field, written with `jax.numpy`."""

    def __call__(self, phi: Scalar) -> Scalar: ...


def _array(given: Any) -> Any:
    """A list as an array of 64 bits; arrays, traced ones too, as they are."""
    return np.asarray(given, float) if isinstance(given, list | tuple) else given


class Polynomial(eqx.Module):
    r"""$V = \sum_n c_n \phi^n$; ``coefficients``: $c_0, c_1, \dots$"""

    coefficients: Float[Array, " terms"] = eqx.field(converter=_array)

    def __call__(self, phi: Scalar) -> Scalar:
        """Horner's rule."""
        value = jnp.zeros_like(phi)
        for place in range(self.coefficients.shape[0] - 1, -1, -1):
            value = value * phi + self.coefficients[place]
        return value


class Cosines(eqx.Module):
    r"""$V = \sum_{n \ge 1} \Lambda_n (1 - \cos(n \phi / f))$, natural inflation for one term."""

    scales: Float[Array, " terms"] = eqx.field(converter=_array)
    decay: Scalar

    def __call__(self, phi: Scalar) -> Scalar:
        """The sum."""
        n = jnp.arange(1, self.scales.shape[0] + 1).astype(phi.dtype)
        return jnp.sum(self.scales * (1 - jnp.cos(n * phi / self.decay)))


class Exponentials(eqx.Module):
    r"""$V = \sum_{n \ge 0} c_n e^{-n \lambda \phi}$; $V_0 (1 - e^{-\lambda \phi})^2$ for $c = V_0 (1, -2, 1)$, and Starobinsky's with
    $\lambda = \sqrt{2/3}$."""

    coefficients: Float[Array, " terms"] = eqx.field(converter=_array)
    rate: Scalar

    def __call__(self, phi: Scalar) -> Scalar:
        """A polynomial in the exponential."""
        return Polynomial(self.coefficients)(jnp.exp(-self.rate * phi))


class Scaled(eqx.Module):
    r"""$\lambda V$: the same $n_s$, r and e-folds, and $\lambda$ times the amplitude."""

    potential: Potential
    factor: Scalar

    def __call__(self, phi: Scalar) -> Scalar:
        """The product."""
        return self.factor * self.potential(phi)


class Lowered(eqx.Module):
    r"""$V - a$, such as with V = 0 at the minimum."""

    potential: Potential
    bottom: Scalar

    def __call__(self, phi: Scalar) -> Scalar:
        """The difference."""
        return self.potential(phi) - self.bottom
