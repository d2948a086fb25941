"""Training: the band that led on against the others, and the effort of each link."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from .._enumerate import BITS, CROSSED, DARTS
from ._examples import CANDIDATES, PATIENCE, Example, examples_of, ribbon_knots
from ._graph import Graph, stacked
from ._network import LONGEST_RANKED, Policy

BATCH = 16
PRESSED = 0.3  # weight of the value's loss


@dataclass(frozen=True)
class Training:
    """What came of it: the network, and per hundred steps (share of links whose first band leads on, losses of bands and of values)."""

    policy: Policy
    examples: int
    progress: tuple[tuple[float, float, float], ...]


def train(*, knots: int = 400, steps: int = 2000, seed: int = 0, learning_rate: float = 3e-3, largest: int = 128) -> Training:
    """Trains the network on so many ribbon knots made on purpose, solved by enumeration; the same arguments, the same weights.

    Links of more than ``largest`` darts are left out."""
    every = [example for place, knot in enumerate(islice(ribbon_knots(seed), knots)) for example in examples_of(knot, place, largest)]
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"):  # the same weights in every process, and Optax as it likes
        policy, progress = descended(every, steps, seed, learning_rate)
    return Training(policy, len(every), progress)


def descended(
    examples: list[Example], steps: int, seed: int, learning_rate: float
) -> tuple[Policy, tuple[tuple[float, float, float], ...]]:
    """The network after so many steps, and what `Training` says of its progress."""
    policy = Policy(jax.random.key(seed, impl="threefry2x32"))
    optimiser, step = compiled_step(learning_rate, steps)
    state, progress, recent = optimiser.init(eqx.filter(policy, eqx.is_array)), [], []
    for number, batch in enumerate(islice(batches(examples, seed), steps)):
        policy, state, told = step(policy, state, batch)
        recent.append(jax.device_get(told))
        if (number + 1) % 100 == 0:
            progress.append(tuple(float(value) for value in np.mean(recent, axis=0)))
            recent = []
    return policy, tuple(progress)


def batches(examples: list[Example], seed: int) -> Iterator[tuple[Graph, dict[str, np.ndarray]]]:
    """Batches without end; half of each from links whose next band is known."""
    rng = np.random.default_rng(seed)
    known, other = ([example for example in examples if bool(len(example.bands)) is flag] for flag in (True, False))
    while True:
        half = BATCH // 2 if other else 0
        chosen = [*(known[place] for place in rng.integers(len(known), size=BATCH - half))]
        chosen += [other[place] for place in rng.integers(max(len(other), 1), size=half)]
        yield stacked([example.graph for example in chosen]), answers(chosen)


def answers(examples: list[Example]) -> dict[str, np.ndarray]:
    """What a batch is judged by: the bands in arrays, which of them there are, and the efforts."""
    rows = np.zeros((len(examples), CANDIDATES, DARTS + LONGEST_RANKED + 2), np.int32)
    there, worth = np.zeros((2, len(examples), CANDIDATES), np.float32)
    for place, example in enumerate(examples):
        count = len(example.bands)
        rows[place, :count], there[place, :count], worth[place, :count] = example.bands[:, : rows.shape[2]], 1, example.worth
    cost = np.array([example.cost for example in examples], np.float32)
    return {"rows": rows, "there": there, "worth": worth, "cost": np.log1p(cost), "censored": (cost >= PATIENCE).astype(np.float32)}


def judged(policy: Policy, graph: Graph, answer: dict[str, jax.Array]) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Of one example: whether the first in the ranking leads on, the cross entropy of bands and their worth, and the error of the value."""
    scores = policy(graph)
    rows, crossed = answer["rows"], answer["rows"][:, CROSSED]
    first = rows[:, DARTS]
    last = jnp.take_along_axis(rows, DARTS + 1 + crossed[:, None], axis=1)[:, 0]
    total = scores.ends[first, last] + scores.length[jnp.minimum(crossed, LONGEST_RANKED)]
    for place in range(LONGEST_RANKED):
        dart = rows[:, DARTS + 1 + place]
        beyond = jnp.asarray(graph.across)[dart]
        over = scores.over[first, dart] + scores.over[last, beyond]
        under = scores.under[first, dart] + scores.under[last, beyond]
        total += jnp.where(place < crossed, jnp.where((rows[:, BITS] >> place) & 1 == 1, over, under), 0)
    total = jnp.where(answer["there"] > 0, total, -1e9)
    error = scores.value - answer["cost"]
    error = jnp.where(answer["censored"] > 0, jnp.minimum(error, 0), error)
    share = answer["worth"] / jnp.maximum(jnp.sum(answer["worth"]), 1e-6)
    return share[jnp.argmax(total)] > 0, -jnp.sum(share * jax.nn.log_softmax(total)), optax.losses.huber_loss(error)


@cache
def compiled_step(learning_rate: float, steps: int):
    """The optimiser, and one step of it, compiled."""
    optimiser = optax.adamw(optax.cosine_decay_schedule(learning_rate, steps), weight_decay=1e-4)

    def loss(policy, batch):
        graphs, answer = batch
        first, entropy, error = jax.vmap(judged, in_axes=(None, 0, 0))(policy, graphs, answer)
        taught = jnp.maximum(jnp.sum(answer["worth"].max(axis=1) > 0), 1)
        told = (jnp.sum(first) / taught, jnp.sum(entropy) / taught, jnp.mean(error))
        return told[1] + PRESSED * told[2], told

    @eqx.filter_jit
    def step(policy, state, batch):
        (_, told), gradient = eqx.filter_value_and_grad(loss, has_aux=True)(policy, batch)
        change, state = optimiser.update(gradient, state, eqx.filter(policy, eqx.is_array))
        return eqx.apply_updates(policy, change), state, told

    return optimiser, step
