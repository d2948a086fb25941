"""Weights of the network in a file: half precision, leaf after leaf."""

from functools import cache
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ._network import Policy

SHIPPED = Path(__file__).with_name("policy.npz")


def save(policy: Policy, path: Path, *, seed: int) -> None:
    """Writes the weights, and the seed that they were trained from."""
    leaves = jax.tree.leaves(eqx.filter(policy, eqx.is_array))
    contents: dict[str, Any] = {f"leaf{place:02d}": np.asarray(leaf, np.float16) for place, leaf in enumerate(leaves)}
    np.savez_compressed(path, **contents, seed=np.int64(seed))


def load(path: Path) -> Policy:
    """The network of a file."""
    blank = Policy(jax.random.key(0, impl="threefry2x32"))
    arrays, rest = eqx.partition(blank, eqx.is_array)
    with np.load(path) as file:
        leaves = [jnp.asarray(file[f"leaf{place:02d}"], jnp.float32) for place in range(len(jax.tree.leaves(arrays)))]
    return eqx.combine(jax.tree.unflatten(jax.tree.structure(arrays), leaves), rest)


@cache
def shipped() -> Policy:
    """The network that comes with the library."""
    return load(SHIPPED)
