"""Which average belongs to which activation."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array

from certifield.layers import Activation, absolute, cos, erf, relu, sign, sin

from . import _smooth
from ._dual import Dual, Resolution
from ._hermite import Expanded
from ._polar import planar
from ._rectified import Rectified
from ._smooth import Smooth

FORMULAS: dict[str, Callable[..., Array]] = {
    "erf": _smooth.erf,
    "sin": _smooth.sin,
    "gaussian": _smooth.gaussian,
    "exp": _smooth.exp,
    "gelu": _smooth.gelu,
    "damped sin": _smooth.damped_sin,
    "polynomial": _smooth.polynomial,
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
    if known.name == "rectified":
        order, above, below = known.constants
        return Rectified(int(order), above, below)
    if known.name in FORMULAS:
        return Smooth(FORMULAS[known.name], known.constants)
    return planar(known.function, Expanded(known.function, resolution))
