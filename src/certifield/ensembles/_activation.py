"""Activations: by name, or any function of one number that JAX can trace."""

import difflib
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array

from certifield.evidence import InputError

from ._program import program_digest, traced

Activation = Callable[[Array], Array]

ACTIVATIONS: dict[str, Activation] = {
    "abs": jnp.abs,
    "arctan": jnp.arctan,
    "cos": jnp.cos,
    "cube": lambda z: z**3,
    "elu": jax.nn.elu,
    "erf": jax.scipy.special.erf,
    "exp": jnp.exp,
    "gaussian": lambda z: jnp.exp(-z * z / 2),
    "gelu": lambda z: jax.nn.gelu(z, approximate=False),  # z times the normal distribution function
    "gelu_tanh": jax.nn.gelu,
    "hard_tanh": jax.nn.hard_tanh,
    "identity": lambda z: z,
    "leaky_relu": jax.nn.leaky_relu,
    "mish": jax.nn.mish,
    "relu": jax.nn.relu,
    "selu": jax.nn.selu,
    "sigmoid": jax.nn.sigmoid,
    "sign": jnp.sign,
    "silu": jax.nn.silu,
    "sin": jnp.sin,
    "softplus": jax.nn.softplus,
    "softsign": jax.nn.soft_sign,
    "square": jnp.square,
    "step": lambda z: jnp.where(z > 0, 1.0, 0.0),
    "tanh": jnp.tanh,
}


def activation(given: str | Activation) -> Activation:
    """The function that a name such as "tanh" or "gelu" stands for; a function as it is, once it is seen to be an activation.

    An activation maps one real number to one real or complex number, in operations of JAX, and always the same way.
    Raises `InputError` for an unknown name, for functions of NumPy or of the standard library, for functions of whole vectors
    (softmax), for modules with arrays, and for functions that change from one call to the next.

    >>> float(activation("relu")(-2.0))
    0.0
    """
    if isinstance(given, str):
        if given not in ACTIVATIONS:
            close = difflib.get_close_matches(given, ACTIVATIONS, n=1, cutoff=0.5)
            remedy = f"did you mean {close[0]!r}?" if close else 'try activation="tanh"'
            raise InputError("activation", given, f"one of {', '.join(ACTIVATIONS)}, or a function", remedy)
        return ACTIVATIONS[given]
    if not callable(given) or not _is_hashable(given):
        remedy = 'pass e.g. "tanh" or jax.numpy.tanh; a module with arrays goes into cf.ensembles.Ensemble(module, density)'
        raise InputError("activation", given, "a function of one number", remedy)
    name = getattr(given, "__name__", "")
    remedy = f'pass "{name}"' if name in ACTIVATIONS else "use the functions of jax.numpy and jax.nn, number by number"
    words = {"argument": "activation", "given": given, "allowed": "a function of one number, in operations of JAX", "remedy": remedy}
    first, second = (traced(given, jnp.zeros(()), **words) for _ in range(2))
    if [(aval.shape, aval.dtype.kind) for aval in first.out_avals] not in ([((), "f")], [((), "c")]):
        shown = ", ".join(f"{aval.dtype}{list(aval.shape)}" for aval in first.out_avals)
        raise InputError("activation", given, f"a function from one number to one number, not to {shown}", "let it return a float")
    if program_digest(first) != program_digest(second):
        raise InputError("activation", given, "the same function at every call", "keep random numbers and counters out of it")
    return given


def is_complex(function: Activation) -> bool:
    """Whether an activation gives complex numbers."""
    return jnp.issubdtype(jax.eval_shape(lambda z: function(z), jnp.zeros(())).dtype, jnp.complexfloating)


def _is_hashable(given: Any) -> bool:
    try:
        hash(given)
    except TypeError:  # it holds arrays
        return False
    return True
