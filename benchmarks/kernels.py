"""Both kernels of a deep ReLU network: blocks and half of the matrix, against a plain compiled recursion over the whole.

Depth 5, 10 inputs, float64, both with the result on the host; ours with a bound on the error of every entry.  Seconds of the processor.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from _timing import options, race, spread, write

import certifield as cf

DEPTH = 5


@partial(jax.jit, static_argnums=1)
def plain(x: jax.Array, depth: int) -> tuple[jax.Array, jax.Array]:
    """The textbook recursion on the whole matrix: cosines, angles, arc-cosine kernel, and the tangent kernel beside it."""
    kernel = tangent = 2 * x @ x.T / x.shape[1]
    for layer in range(depth):
        gain = 1 if layer == depth - 1 else 2
        scale = jnp.sqrt(jnp.diagonal(kernel))
        outer = scale[:, None] * scale[None, :]
        cosine = jnp.clip(kernel / outer, -1.0, 1.0)
        angle = jnp.arccos(cosine)
        kernel = gain * outer / (2 * jnp.pi) * (jnp.sin(angle) + (jnp.pi - angle) * cosine)
        tangent = kernel + gain * (jnp.pi - angle) / (2 * jnp.pi) * tangent
    return kernel, tangent


@partial(jax.jit, static_argnums=1)
def plain_kernel(x: jax.Array, depth: int) -> jax.Array:
    """The first alone."""
    return plain(x, depth)[0]


@partial(jax.jit, static_argnums=1)
def plain_tangent(x: jax.Array, depth: int) -> jax.Array:
    """The second alone."""
    return plain(x, depth)[1]


def measurement(name: str, ours: Callable, theirs: Callable, network: cf.layers.Layer, x: np.ndarray, repeats: int) -> dict[str, Any]:
    """The race of one kernel, and how far both are apart."""
    raced = race(
        {
            name: lambda turn: ours(network, x + 1e-9 * turn),
            "plain recursion": lambda turn: np.asarray(theirs(jnp.asarray(x + 1e-9 * turn), DEPTH)),
        },
        repeats,
        time.process_time,
    )
    ratio = np.array(raced["plain recursion"]["rounds"]) / np.array(raced[name]["rounds"])
    apart = float(np.max(np.abs(ours(network, x).value - np.asarray(theirs(jnp.asarray(x), DEPTH)))))
    for entrant, seconds in raced.items():
        print(f"{entrant}: {seconds['median']:.3g} s for {len(x)} x {len(x)}, depth {DEPTH}")
    print(f"plain recursion over {name}: {np.median(ratio):.2f}; largest difference {apart:.1e}")
    return {
        "name": f"{name} of a deep ReLU network",
        "points": len(x),
        "depth": DEPTH,
        "seconds": raced,
        "plain_over_ours": spread(ratio),
        "largest_difference": apart,
    }


def main() -> None:
    """Both races."""
    chosen = options(__doc__, __file__)
    jax.config.update("jax_enable_x64", True)
    points, repeats = (300, 2) if chosen.small else (3000, 9)
    x = np.random.RandomState(0).randn(points, 10)
    layers = [layer for _ in range(DEPTH) for layer in (cf.layers.dense(2**0.5), cf.layers.relu())]
    network = cf.layers.serial(*layers, cf.layers.dense())
    entrants = (("nngp", cf.kernels.nngp, plain_kernel), ("ntk", cf.kernels.ntk, plain_tangent))
    found = [measurement(name, ours, theirs, network, x, repeats) for name, ours, theirs in entrants]
    write(chosen, "The kernels with their error bounds are no slower than a plain compiled recursion.", found)


if __name__ == "__main__":
    main()
