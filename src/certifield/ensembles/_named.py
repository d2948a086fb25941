"""Activations and laws by name, for files that cannot hold a function."""

import difflib
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array

from certifield.evidence import InputError

from . import _law

_OF_JAX_NN = ("celu", "elu", "gelu", "hard_tanh", "leaky_relu", "log_sigmoid", "mish", "relu", "relu6", "selu", "sigmoid", "silu",
              "soft_sign", "softplus", "squareplus", "swish", "tanh")  # fmt: skip
_OF_NUMPY = {"abs": jnp.abs, "cos": jnp.cos, "exp": jnp.exp, "sign": jnp.sign, "sin": jnp.sin}

ACTIVATIONS: Mapping[str, Callable[[Array], Array]] = {
    **{name: getattr(jax.nn, name) for name in _OF_JAX_NN},
    **_OF_NUMPY,
    "erf": jax.scipy.special.erf,
}
LAWS: Mapping[str, Callable[[], _law.Law]] = {
    "normal": _law.normal,
    "uniform": _law.uniform,
    "laplace": _law.laplace,
    "rademacher": _law.rademacher,
    "exponential": _law.exponential,
}


def activation_called(name: str) -> Callable[[Array], Array]:
    """The activation of this name: one of ``jax.nn``, or abs, cos, erf, exp, sign, sin.  Raises `InputError` naming the nearest."""
    return _called("activation", name, ACTIVATIONS)


def law_called(name: str) -> _law.Law:
    """The law of this name with its default parameters.  Raises `InputError` naming the nearest."""
    return _called("law", name, LAWS)()


def _called(argument: str, name: str, known: Mapping[str, Any]) -> Any:
    if name in known:
        return known[name]
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    remedy = f"did you mean {close[0]!r}?" if close else "write one of your own in a Python file, and name it as file.py:function"
    raise InputError(argument, name, f"one of {', '.join(sorted(known))}", remedy)
