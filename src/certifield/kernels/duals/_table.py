"""Which average belongs to which activation."""

from collections.abc import Callable

import jax
import jax.numpy as jnp

from certifield.layers import Activation, absolute, cos, erf, relu, sign, sin

from . import _smooth
from ._dual import Dual, Resolution
from ._hermite import Expanded
from ._rectified import Rectified
from ._smooth import Smooth

CLOSED: dict[str, Callable[..., Dual]] = {
    "rectified": lambda order, above, below: Rectified(int(order), above, below),
    **{
        name: lambda *constants, formula=getattr(_smooth, name): Smooth(formula, constants)
        for name in ("erf", "sin", "gaussian", "exp", "gelu", "polynomial")
    },
}

# Functions of JAX that are one of the named activations.
SAME: dict[Callable, Activation] = {
    jax.nn.relu: relu(),
    jax.lax.erf: erf(),
    jax.scipy.special.erf: erf(),
    jnp.sin: sin(),
    jnp.cos: cos(),
    jnp.abs: absolute(),
    jnp.sign: sign(),
}


def dual_of(activation: Activation, resolution: Resolution) -> Dual:
    """The average of products of ``activation``: a closed form where there is one, else its expansion at ``resolution``."""
    known = SAME.get(activation.function, activation)
    if known.name in CLOSED:
        return CLOSED[known.name](*known.constants)
    return Expanded(known.function, resolution)


def is_closed(activation: Activation) -> bool:
    """Whether a closed form is known."""
    return SAME.get(activation.function, activation).name in CLOSED
