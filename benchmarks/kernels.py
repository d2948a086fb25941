"""The kernel of a deep ReLU network: blocks and half of the matrix, against a plain compiled recursion over the whole.

Depth 5, 10 inputs, float64, both with the result on the host; ours with a bound on the error of every entry.  Seconds of the processor.
"""

import time
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from _timing import options, race, spread, write

import certifield as cf

DEPTH = 5


@partial(jax.jit, static_argnums=1)
def plain(x: jax.Array, depth: int) -> jax.Array:
    """The textbook recursion on the whole matrix: cosines, angles, arc-cosine kernel."""
    kernel = 2 * x @ x.T / x.shape[1]
    for layer in range(depth):
        scale = jnp.sqrt(jnp.diagonal(kernel))
        outer = scale[:, None] * scale[None, :]
        cosine = jnp.clip(kernel / outer, -1.0, 1.0)
        angle = jnp.arccos(cosine)
        kernel = outer / (2 * jnp.pi) * (jnp.sin(angle) + (jnp.pi - angle) * cosine)
        kernel = kernel if layer == depth - 1 else 2 * kernel
    return kernel


def main() -> None:
    """The race, and how far both are apart."""
    chosen = options(__doc__, __file__)
    jax.config.update("jax_enable_x64", True)
    points, repeats = (300, 2) if chosen.small else (3000, 9)
    x = np.random.RandomState(0).randn(points, 10)
    layers = [layer for _ in range(DEPTH) for layer in (cf.layers.dense(2**0.5), cf.layers.relu())]
    network = cf.layers.serial(*layers, cf.layers.dense())
    raced = race(
        {
            "nngp": lambda turn: cf.kernels.nngp(network, x + 1e-9 * turn),
            "plain recursion": lambda turn: np.asarray(plain(jnp.asarray(x + 1e-9 * turn), DEPTH)),
        },
        repeats,
        time.process_time,
    )
    ratio = np.array(raced["plain recursion"]["rounds"]) / np.array(raced["nngp"]["rounds"])
    kernel = cf.kernels.nngp(network, x)
    apart = float(np.max(np.abs(kernel.value - np.asarray(plain(jnp.asarray(x), DEPTH)))))
    for name, seconds in raced.items():
        print(f"{name}: {seconds['median']:.3g} s for {points} x {points}, depth {DEPTH}")
    print(f"plain recursion over nngp: {np.median(ratio):.2f}; largest difference {apart:.1e}")
    measurement = {
        "name": "kernel of a deep ReLU network",
        "points": points,
        "depth": DEPTH,
        "seconds": raced,
        "plain_over_ours": spread(ratio),
        "largest_difference": apart,
    }
    write(chosen, "The kernel with its error bound is no slower than a plain compiled recursion.", [measurement])


if __name__ == "__main__":
    main()
