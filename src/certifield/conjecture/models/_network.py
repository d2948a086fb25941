"""A dense network for tables: trained by Adam on shuffled batches, stopped where rows that it does not see get worse."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from itertools import pairwise
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from ._data import Data, moments

BATCH = 64
KEPT = 8  # every so many rows are kept aside for stopping
CHECKS = 20
PATIENCE = 3
Outputs = Callable[[Any, Any], jax.Array]


@dataclass(frozen=True, eq=False)
class Network:
    """Weights and biases by layer, and the moments that its inputs, and for a regression its outputs, are standardised with."""

    layers: tuple[tuple[jax.Array, jax.Array], ...]
    inputs: tuple[np.ndarray, np.ndarray]
    outputs: tuple[float, float]
    classes: int

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Classes, or numbers."""
        raw = np.asarray(_outputs(self.layers, jnp.asarray((x - self.inputs[0]) / self.inputs[1])))
        return raw.argmax(axis=1) if self.classes else raw[:, 0] * self.outputs[1] + self.outputs[0]

    def gradients(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        r"""$\partial L / \partial x_i$ for every row, x in units of its spread: L is the cross-entropy, or half of the squared error."""
        place = jnp.asarray((x - self.inputs[0]) / self.inputs[1])
        label = jnp.asarray(y.astype(np.int32) if self.classes else (y - self.outputs[0]) / self.outputs[1])
        return np.asarray(loss_gradients(_outputs, self.layers, place, label))

    def integrated(self, x: np.ndarray, y: np.ndarray, steps: int = 16) -> np.ndarray:
        """Integrated gradients from the mean of all rows: each row's contributions to its own output, the true class or the number."""
        place = jnp.asarray((x - self.inputs[0]) / self.inputs[1])
        which = jnp.asarray(y.astype(np.int32) if self.classes else np.zeros(len(y), np.int32))
        parts = [own_gradients(_outputs, self.layers, place * ((step + 0.5) / steps), which) for step in range(steps)]
        return np.asarray(place) * np.mean([np.asarray(part) for part in parts], axis=0)


def train(data: Data, rows: np.ndarray, *, width: int = 64, depth: int = 2, steps: int = 3000, seed: int = 0) -> Network:
    """A network of ``depth`` hidden layers trained on some rows of the data."""
    rng = np.random.Generator(np.random.PCG64(seed))
    used, held = set_aside(rows, rng)
    inputs, outputs = moments(data.x[used]), scale_of(data, used)
    sizes = (data.x.shape[1], *[width] * depth, len(data.classes) or 1)
    layers = tuple((jnp.asarray(rng.normal(size=(here, out)) / np.sqrt(here)), jnp.zeros(out, float)) for here, out in pairwise(sizes))
    best = descended(_outputs, layers, jnp.asarray((data.x - inputs[0]) / inputs[1]), labels(data, outputs), (used, held), steps, rng)
    return Network(best, inputs, outputs, len(data.classes))


def set_aside(rows: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The rows that are trained on, and those that say when to stop: where there are few, the same."""
    order = rng.permutation(rows)
    return (order[len(order) // KEPT :], order[: len(order) // KEPT]) if len(order) >= 4 * KEPT else (order, order)


def scale_of(data: Data, used: np.ndarray) -> tuple[float, float]:
    """Mean and spread of the numbers of a regression, (0, 1) for classes."""
    return (0.0, 1.0) if data.classes else (float(data.y[used].mean()), float(data.y[used].std()) or 1.0)


def labels(data: Data, scale: tuple[float, float]) -> jax.Array:
    """Whole numbers for classes, else standardised ones."""
    return jnp.asarray(data.y.astype(np.int32) if data.classes else (data.y - scale[0]) / scale[1])


def descended(
    outputs: Outputs, weights: Any, x: Any, y: jax.Array, parts: tuple[np.ndarray, np.ndarray], steps: int, rng: np.random.Generator
) -> Any:
    """The weights with the least loss on the second part of the rows, by Adam on batches of the first.

    ``outputs``: logits, or one number, of the weights and one row; ``x``: any arrays whose first index is the row.
    """
    used, held = parts
    best, least, worse = weights, np.inf, 0
    state = _optimiser().init(weights)
    every = max(1, steps // CHECKS)
    with jax.numpy_dtype_promotion("standard"):  # optimisers multiply floats with the number of the step
        for _ in range(CHECKS):
            batches = jnp.asarray(used[rng.integers(0, len(used), (every, min(BATCH, len(used))))])
            weights, state = _steps(outputs, weights, state, x, y, batches)
            loss = float(_mean_loss(outputs, weights, jax.tree.map(lambda leaf: leaf[held], x), y[held]))
            if loss < least:
                best, least, worse = weights, loss, 0
            else:
                worse += 1
                if worse == PATIENCE:
                    break
    return best


@cache
def _optimiser() -> optax.GradientTransformation:
    return optax.adam(3e-3)


def _outputs(layers: tuple, x: jax.Array) -> jax.Array:
    for weight, bias in layers[:-1]:
        x = jax.nn.gelu(x @ weight + bias[None, :] if x.ndim == 2 else x @ weight + bias)
    weight, bias = layers[-1]
    return x @ weight + (bias[None, :] if x.ndim == 2 else bias)


def _loss(outputs: Outputs, weights: Any, x: Any, y: jax.Array) -> jax.Array:
    """Of one row: whole labels are classes."""
    raw = outputs(weights, x)
    if jnp.issubdtype(y.dtype, jnp.integer):
        return -jax.nn.log_softmax(raw)[y]
    return 0.5 * (raw[0] - y) ** 2


def _mean_loss(outputs: Outputs, weights: Any, x: Any, y: jax.Array) -> jax.Array:
    return jnp.mean(jax.vmap(partial(_loss, outputs, weights))(x, y))


@partial(jax.jit, static_argnums=0)
def _steps(outputs: Outputs, weights: Any, state: optax.OptState, x: Any, y: jax.Array, batches: jax.Array) -> tuple:
    def step(carry: tuple, rows: jax.Array) -> tuple[tuple, None]:
        slope = jax.grad(_mean_loss, argnums=1)(outputs, carry[0], jax.tree.map(lambda leaf: leaf[rows], x), y[rows])
        updates, after = _optimiser().update(slope, carry[1])
        return (optax.apply_updates(carry[0], updates), after), None

    return jax.lax.scan(step, (weights, state), batches)[0]


@eqx.filter_jit
def loss_gradients(outputs: Outputs, weights: Any, x: Any, y: jax.Array) -> Any:
    """The gradient of every row's loss in the row."""
    return jax.vmap(jax.grad(lambda row, label: _loss(outputs, weights, row, label)))(x, y)


@eqx.filter_jit
def own_gradients(outputs: Outputs, weights: Any, x: Any, which: jax.Array) -> Any:
    """The gradient of one of the outputs of every row in the row."""
    return jax.vmap(jax.grad(lambda row, place: outputs(weights, row)[place]))(x, which)
