"""A dense network for tables: trained by Adam on shuffled batches, stopped where rows that it does not see get worse."""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

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
        return np.asarray(_gradients(self.layers, place, label))

    def integrated(self, x: np.ndarray, y: np.ndarray, steps: int = 16) -> np.ndarray:
        """Integrated gradients from the mean of all rows: each row's contributions to its own output, the true class or the number."""
        place = jnp.asarray((x - self.inputs[0]) / self.inputs[1])
        which = jnp.asarray(y.astype(np.int32) if self.classes else np.zeros(len(y), np.int32))
        parts = [_own_gradients(self.layers, place * ((step + 0.5) / steps), which) for step in range(steps)]
        return np.asarray(place) * np.mean([np.asarray(part) for part in parts], axis=0)


def train(data: Data, rows: np.ndarray, *, width: int = 64, depth: int = 2, steps: int = 3000, seed: int = 0) -> Network:
    """A network of ``depth`` hidden layers trained on some rows of the data."""
    rng = np.random.Generator(np.random.PCG64(seed))
    order = rng.permutation(rows)
    held, used = (order[: len(order) // KEPT], order[len(order) // KEPT :]) if len(order) >= 4 * KEPT else (order, order)
    inputs = moments(data.x[used])
    outputs = (0.0, 1.0) if data.classes else (float(data.y[used].mean()), float(data.y[used].std()) or 1.0)
    x = jnp.asarray((data.x - inputs[0]) / inputs[1])
    y = jnp.asarray(data.y.astype(np.int32) if data.classes else (data.y - outputs[0]) / outputs[1])
    sizes = (data.x.shape[1], *[width] * depth, len(data.classes) or 1)
    layers = tuple(
        (jnp.asarray(rng.normal(size=(rows_in, out)) / np.sqrt(rows_in)), jnp.zeros(out, x.dtype)) for rows_in, out in pairwise(sizes)
    )
    best, least, worse = layers, np.inf, 0
    state = _optimiser().init(layers)
    every = max(1, steps // CHECKS)
    with jax.numpy_dtype_promotion("standard"):  # optimisers multiply floats with the number of the step
        for _ in range(CHECKS):
            batches = jnp.asarray(used[rng.integers(0, len(used), (every, min(BATCH, len(used))))])
            layers, state = _steps(layers, state, x, y, batches)
            loss = float(_mean_loss(layers, x[held], y[held]))
            if loss < least:
                best, least, worse = layers, loss, 0
            else:
                worse += 1
                if worse == PATIENCE:
                    break
    return Network(best, inputs, outputs, len(data.classes))


@cache
def _optimiser() -> optax.GradientTransformation:
    return optax.adam(3e-3)


def _outputs(layers: tuple, x: jax.Array) -> jax.Array:
    for weight, bias in layers[:-1]:
        x = jax.nn.gelu(x @ weight + bias[None, :] if x.ndim == 2 else x @ weight + bias)
    weight, bias = layers[-1]
    return x @ weight + (bias[None, :] if x.ndim == 2 else bias)


def _loss(layers: tuple, x: jax.Array, y: jax.Array) -> jax.Array:
    """Of one row: whole labels are classes."""
    raw = _outputs(layers, x)
    if jnp.issubdtype(y.dtype, jnp.integer):
        return -jax.nn.log_softmax(raw)[y]
    return 0.5 * (raw[0] - y) ** 2


def _mean_loss(layers: tuple, x: jax.Array, y: jax.Array) -> jax.Array:
    return jnp.mean(jax.vmap(_loss, (None, 0, 0))(layers, x, y))


@jax.jit
def _steps(layers: tuple, state: optax.OptState, x: jax.Array, y: jax.Array, batches: jax.Array) -> tuple:
    def step(carry: tuple, rows: jax.Array) -> tuple[tuple, None]:
        updates, after = _optimiser().update(jax.grad(_mean_loss)(carry[0], x[rows], y[rows]), carry[1])
        return (optax.apply_updates(carry[0], updates), after), None

    return jax.lax.scan(step, (layers, state), batches)[0]


@eqx.filter_jit
def _gradients(layers: tuple, x: jax.Array, y: jax.Array) -> jax.Array:
    return jax.vmap(jax.grad(_loss, argnums=1), (None, 0, 0))(layers, x, y)


@eqx.filter_jit
def _own_gradients(layers: tuple, x: jax.Array, which: jax.Array) -> jax.Array:
    return jax.vmap(jax.grad(lambda row, place: _outputs(layers, row)[place]))(x, which)
