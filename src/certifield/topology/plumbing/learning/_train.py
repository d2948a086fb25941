"""Training by Adam on cross-entropy, the same weights for the same arguments."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from certifield._arguments import of_kind, positive, seeded, whole

from .._pairs import Pairs
from ._batches import Batch, batches
from ._classifier import Classifier, classifier
from ._layers import GEN, Moments

LAST = 32  # batches whose moments the batch norm keeps in the end


@dataclass(frozen=True)
class Trained:
    """The network, and its mean loss by tenths of the steps."""

    network: Classifier
    losses: tuple[float, ...]


def train(name: str, pairs: Pairs, *, steps: int = 1000, rate: float = 1e-3, seed: int = 0) -> Trained:
    """One of `NETWORKS` trained on pairs that it sees in a new order again and again, ``steps`` batches in all.

    A batch has up to 64 pairs.  Raises `InputError` for another name and for numbers below 1.
    """
    of_kind("pairs", pairs, Pairs, "see certifield.topology.plumbing.pairs")
    whole("steps", steps, 1), positive("rate", rate)
    network = classifier(name, seed)
    optimiser, step = _compiled(float(rate))
    losses, last = [], []
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"):  # Optax multiplies floats with the number of the step
        memory = optimiser.init(eqx.filter(network, eqx.is_inexact_array))
        for number, batch in enumerate(_endless(pairs, seed)):
            if number == steps:
                break
            network, memory, loss, moments = step(network, memory, batch)
            losses.append(loss)
            last = [*last, moments][-LAST:]
        if isinstance(network.first, GEN):
            kept = Moments(*(jnp.mean(jnp.stack(parts), axis=0) for parts in zip(*last, strict=True)))
            network = eqx.tree_at(lambda net: net.first.kept, network, kept)
        told = tuple(float(np.mean(part)) for part in np.array_split(np.array(jax.device_get(losses)), min(10, steps)))
    return Trained(network, told)


def _endless(pairs: Pairs, seed: int) -> Iterator[Batch]:
    rng = np.random.Generator(np.random.PCG64([seeded(seed), 5]))
    while True:
        yield from batches(pairs, rng.permutation(len(pairs)))


def _loss(network: Classifier, batch: Batch) -> tuple[jax.Array, Moments | None]:
    logits, moments = network.in_training(batch)
    each = optax.softmax_cross_entropy_with_integer_labels(logits, jnp.asarray(batch.same))
    return jnp.sum(each * batch.asked) / jnp.maximum(jnp.sum(jnp.asarray(batch.asked)), 1), moments


@cache
def _compiled(rate: float) -> Any:
    optimiser = optax.adam(rate)

    @eqx.filter_jit
    def step(network: Classifier, memory: Any, batch: Batch) -> tuple:
        (loss, moments), gradients = eqx.filter_value_and_grad(_loss, has_aux=True)(network, batch)
        change, memory = optimiser.update(gradients, memory, eqx.filter(network, eqx.is_inexact_array))
        return eqx.apply_updates(network, change), memory, loss, moments

    return optimiser, step
