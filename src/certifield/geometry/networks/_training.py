"""Adam with a cosine schedule, over batches that are chosen beforehand."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax


def chosen_batches(points: int, steps: int, batch: int, seed: int) -> jax.Array:
    """The points of each step [steps, batch], drawn with replacement."""
    random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1,)))
    return jnp.asarray(random.integers(points, size=(steps, min(batch, points))).astype(np.int32))


def adam(objective: Callable[[Any, jax.Array], jax.Array], start: Any, chosen: jax.Array, rate: float) -> tuple[Any, jax.Array]:
    """The weights after as many steps as rows of ``chosen``, and the losses; ``objective``: of weights and the numbers of points."""
    rule = optax.scale_by_adam()
    rates = jnp.asarray(rate / 2 * (1 + np.cos(np.pi * np.arange(chosen.shape[0]) / chosen.shape[0])), jnp.float32)

    def one(state: Any, at: tuple[jax.Array, jax.Array]) -> tuple[Any, jax.Array]:
        (layers, memory), (batch, step) = state, at
        loss, gradient = jax.value_and_grad(objective)(layers, batch)
        change, memory = rule.update(gradient, memory, layers)
        return (jax.tree.map(lambda old, by: old - step * by, layers, change), memory), loss

    (layers, _), losses = jax.lax.scan(one, (start, rule.init(start)), (chosen, rates))
    return layers, losses
