"""Random keys from a seed and the name of their purpose, the same whatever settings JAX has."""

import hashlib

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Key

from certifield.evidence import InputError


def key_of(seed: int, purpose: str) -> Key[Array, ""]:
    """The root key of a purpose.  Raises `InputError` for a seed that is not a whole number >= 0."""
    if type(seed) is not int or seed < 0:
        raise InputError("seed", seed, "a whole number, 0 or more", "try seed=0")
    digest = hashlib.sha256(f"{seed}/{purpose}".encode()).digest()
    return jax.random.wrap_key_data(jnp.asarray(np.frombuffer(digest[:8], np.uint32)), impl="threefry2x32")
