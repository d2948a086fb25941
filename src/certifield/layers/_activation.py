"""Activations: elementwise functions, with the name under which their Gaussian averages are filed.

`certifield.kernels` knows closed forms by ``name``; any other function is expanded in Hermite polynomials.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import jax
import jax.numpy as jnp
from jaxtyping import Array, PyTree

from certifield.ensembles._checked import checked_number, checked_scale
from certifield.evidence import InputError

from ._layer import Layer, Shape, Widths


@dataclass(frozen=True)
class Activation(Layer):
    """z -> function(z), entry by entry; of complex numbers it takes real and imaginary part one by one.

    ``name`` and ``constants`` say which closed form belongs to it; ``label`` is for the reader.
    """

    name: str
    function: Callable[..., Array]
    constants: tuple[float, ...] = ()
    label: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.label or self.name

    def build(self, shape: Shape, widths: Widths) -> tuple[PyTree, Shape]:
        """No parameters."""
        return {}, shape

    def apply(self, params: PyTree, x: Array) -> Array:
        """The function of all entries."""
        if jnp.iscomplexobj(x):
            return jax.lax.complex(self(x.real), self(x.imag))
        return self(x)

    def __call__(self, z: Array) -> Array:
        """The function of real numbers, with the constants filled in."""
        return self.function(z, *self.constants)


def _rectified(z: Array, order: float, above: float, below: float) -> Array:
    size = jnp.abs(z) ** int(order) if order > 1 else jnp.abs(z) if order else jnp.ones_like(z)
    return jnp.where(z > 0, above * size, jnp.where(z < 0, below * size, 0.0))


def _polynomial(z: Array, *coefficients: float) -> Array:
    total = jnp.full_like(z, coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        total = total * z + coefficient
    return total


def _sin(z: Array, amplitude: float, frequency: float, phase: float) -> Array:
    return amplitude * jnp.sin(frequency * z + phase)


def _gaussian(z: Array, rate: float, amplitude: float) -> Array:
    return amplitude * jnp.exp(-rate * z * z)


def _exp(z: Array, rate: float, amplitude: float) -> Array:
    return amplitude * jnp.exp(rate * z)


def _damped_sin(z: Array) -> Array:
    return jnp.exp(-z * z) * jnp.sin(z)


def _erf(z: Array) -> Array:
    return jax.lax.erf(z)


def _gelu(z: Array) -> Array:
    return 0.5 * z * jax.lax.erfc(-z * 2**-0.5)


def erf() -> Activation:
    """erf(z)."""
    return Activation("erf", _erf)


def relu() -> Activation:
    """max(z, 0)."""
    return Activation("rectified", _rectified, (1, 1.0, 0.0), "relu")


def leaky_relu(slope: float = 0.01) -> Activation:
    """Z for z > 0 and slope z for z < 0."""
    return Activation("rectified", _rectified, (1, 1.0, -checked_number("slope", slope)), f"leaky relu ({slope:g})")


def abrelu(below: float, above: float) -> Activation:
    """below min(z, 0) + above max(z, 0)."""
    known = checked_number("below", below), checked_number("above", above)
    return Activation("rectified", _rectified, (1, known[1], -known[0]), f"abrelu ({below:g}, {above:g})")


def absolute() -> Activation:
    """|z|."""
    return Activation("rectified", _rectified, (1, 1.0, 1.0), "abs")


def sign() -> Activation:
    """The sign of z: 1, -1, or 0 at 0."""
    return Activation("rectified", _rectified, (0, 1.0, -1.0), "sign")


def rectified_monomial(order: int) -> Activation:
    """max(z, 0)^order; order 0 is the step function.  Its kernel is the arc-cosine kernel of that order (Cho and Saul, NIPS 2009)."""
    return Activation("rectified", _rectified, (_order("order", order), 1.0, 0.0), f"rectified monomial {order}")


def monomial(order: int) -> Activation:
    """z^order."""
    return Activation("polynomial", _polynomial, (0.0,) * _order("order", order) + (1.0,), f"monomial {order}")


def polynomial(coefficients: Sequence[float]) -> Activation:
    """sum_k coefficients[k] z^k.  Raises `InputError` for no coefficients, and for those that are not finite."""
    known = tuple(checked_number("coefficients", entry) for entry in coefficients)
    if not known:
        raise InputError("coefficients", coefficients, "one number or more", "try coefficients=[0, 1, 0.5]")
    return Activation("polynomial", _polynomial, known)


def hermite(order: int) -> Activation:
    """He_order(z)/sqrt(order!): the probabilists' Hermite polynomial, of mean square 1 under a standard Gaussian."""
    rows = [[Fraction(1)], [Fraction(0), Fraction(1)]]
    for k in range(1, _order("order", order)):
        shifted = [Fraction(0), *rows[k]]
        rows.append([s - k * (rows[k - 1][j] if j < len(rows[k - 1]) else 0) for j, s in enumerate(shifted)])
    scale = math.sqrt(math.factorial(order))
    return Activation("polynomial", _polynomial, tuple(float(entry) / scale for entry in rows[order]), f"hermite {order}")


def sin(frequency: float = 1.0, phase: float = 0.0, amplitude: float = 1.0) -> Activation:
    """amplitude sin(frequency z + phase)."""
    given = {"amplitude": amplitude, "frequency": frequency, "phase": phase}
    return Activation("sin", _sin, tuple(checked_number(name, value) for name, value in given.items()))


def cos(frequency: float = 1.0) -> Activation:
    """cos(frequency z)."""
    return Activation("sin", _sin, (1.0, checked_number("frequency", frequency), math.pi / 2), "cos")


def rbf(rate: float = 1.0) -> Activation:
    """sqrt(2) sin(sqrt(2 rate) z + pi/4), whose average E[f(u) f(v)] is exp(-rate E[(u-v)^2])."""
    return Activation("sin", _sin, (math.sqrt(2), math.sqrt(2 * checked_scale("rate", rate)), math.pi / 4), "rbf")


def gaussian(rate: float = 1.0, amplitude: float = 1.0) -> Activation:
    """amplitude exp(-rate z^2).  A negative rate grows, and has kernels where the variances are below 1/(2 |rate|) only."""
    return Activation("gaussian", _gaussian, (checked_number("rate", rate), checked_number("amplitude", amplitude)))


def exp(rate: float = 1.0, amplitude: float = 1.0) -> Activation:
    """amplitude exp(rate z)."""
    return Activation("exp", _exp, (checked_number("rate", rate), checked_number("amplitude", amplitude)))


def damped_sin() -> Activation:
    """exp(-z^2) sin(z)."""
    return Activation("damped sin", _damped_sin)


def gelu() -> Activation:
    """z Phi(z), Phi the normal distribution function (not its approximation by tanh)."""
    return Activation("gelu", _gelu)


def _order(name: str, order: object) -> int:
    if isinstance(order, bool) or not isinstance(order, int) or not 0 <= order <= 12:
        raise InputError(name, order, "a whole number from 0 to 12", f"try {name}=2")
    return order


def activation(function: Callable[[Array], Array], *, label: str = "") -> Activation:
    """Any function of one real number that JAX can trace, such as ``jnp.tanh``; it is known to the kernels by its Hermite coefficients.

    Kinks and jumps are found and integrated piece by piece.
    Raises `InputError` for what cannot be called, hashed or traced, such as ``np.tanh``.
    """
    if isinstance(function, Activation):
        return function
    if not callable(function):
        raise InputError("function", function, "a function of one real number", "pass e.g. jax.numpy.tanh")
    try:
        hash(function)
    except TypeError:
        raise InputError("function", function, "a function that can be hashed", "close over constants, not over arrays") from None
    try:
        jax.eval_shape(lambda number: function(number), jax.ShapeDtypeStruct((), float))
    except jax.errors.JAXTypeError as error:
        allowed = f"a function that JAX can trace ({type(error).__name__})"
        raise InputError("function", function, allowed, "write it with jax.numpy, such as jnp.tanh for np.tanh") from None
    return Activation("function", function, (), label or getattr(function, "__name__", "function"))
