"""The network: messages between the darts of a diagram, then scores for bands and a value for the link."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ._graph import FEATURES, Graph

WIDTH, HIDDEN, LAYERS, RANK = 32, 48, 4, 8
LONGEST_RANKED = 3  # strands crossed
NEIGHBOURS = 8  # the dart, four neighbours, and the means over its face, its component and the diagram


class Scores(NamedTuple):
    """The score of a band is ``ends``[d0, dn] + ``length``[strands crossed] + the sum of its crossings, each seen from both ends."""

    ends: jax.Array | np.ndarray  # [darts, darts], symmetric
    over: jax.Array | np.ndarray  # [darts, darts]: a band from the edge of one dart goes over the edge of the other
    under: jax.Array | np.ndarray  # [darts, darts]
    length: jax.Array | np.ndarray  # [LONGEST_RANKED + 1]
    value: jax.Array | np.ndarray  # natural logarithm of the number of bands that a search is expected to try


class Layer(eqx.Module):
    """One round of messages."""

    gather: eqx.nn.Linear
    spread: eqx.nn.Linear

    def __init__(self, key: jax.Array) -> None:
        one, two = jax.random.split(key)
        self.gather = eqx.nn.Linear(NEIGHBOURS * WIDTH, HIDDEN, dtype=jnp.float32, key=one)
        self.spread = eqx.nn.Linear(HIDDEN, WIDTH, dtype=jnp.float32, key=two)

    def __call__(self, state: jax.Array, graph: Graph) -> jax.Array:
        """The states of the darts after it."""
        near = [state, *(state[neighbour] for neighbour in (graph.across, graph.next, graph.previous, graph.opposite))]
        wide = [mean_over(state, group) for group in (graph.face, graph.component)]
        message = jnp.concatenate([*near, *wide, jnp.broadcast_to(mean_of(state, graph), state.shape)], axis=1)
        change = jax.vmap(self.spread)(jax.nn.silu(jax.vmap(self.gather)(message)))
        return normalised(state + change) * graph.present[:, None]


class Policy(eqx.Module):
    """Scores for the bands of a link, and its value."""

    embed: eqx.nn.Linear
    layers: list[Layer]
    ends: eqx.nn.Linear
    crossings: eqx.nn.Linear
    length: jax.Array
    value: eqx.nn.MLP

    def __init__(self, key: jax.Array) -> None:
        keys = jax.random.split(key, LAYERS + 4)
        self.embed = eqx.nn.Linear(FEATURES, WIDTH, dtype=jnp.float32, key=keys[0])
        self.layers = [Layer(each) for each in keys[4:]]
        self.ends = eqx.nn.Linear(WIDTH, 1 + 2 * RANK, dtype=jnp.float32, key=keys[1])
        self.crossings = eqx.nn.Linear(WIDTH, 2 + 3 * RANK, dtype=jnp.float32, key=keys[2])
        self.length = jnp.zeros(LONGEST_RANKED + 1, jnp.float32)
        self.value = eqx.nn.MLP(WIDTH + 1, 1, HIDDEN, 1, activation=jax.nn.silu, dtype=jnp.float32, key=keys[3])

    def __call__(self, graph: Graph) -> Scores:
        """Scores and value of one diagram."""
        state = normalised(jax.vmap(self.embed)(jnp.asarray(graph.features))) * graph.present[:, None]
        for layer in self.layers:
            state = layer(state, graph)
        end = jax.vmap(self.ends)(state)
        pair = end[:, 1 : 1 + RANK] @ end[:, 1 + RANK :].T
        crossing = jax.vmap(self.crossings)(state)
        asked, over, under = (crossing[:, 2 + RANK * part : 2 + RANK * (part + 1)] for part in range(3))
        size = jnp.log(1 + jnp.sum(graph.present))[None] / 4
        return Scores(
            ends=end[:, :1] + end[:, :1].T + pair + pair.T,
            over=asked @ over.T + crossing[None, :, 0],
            under=asked @ under.T + crossing[None, :, 1],
            length=self.length,
            value=self.value(jnp.concatenate([mean_of(state, graph), size]))[0] + 4,
        )


def mean_over(state: jax.Array, group: np.ndarray | jax.Array) -> jax.Array:
    """For each dart the mean of the states of the darts in its group."""
    count = state.shape[0]
    total = jax.ops.segment_sum(state, group, count)
    sizes = jax.ops.segment_sum(jnp.ones(count, state.dtype), group, count)
    return (total / jnp.maximum(sizes, 1)[:, None])[group]


def mean_of(state: jax.Array, graph: Graph) -> jax.Array:
    """The mean over the darts that are there."""
    return jnp.sum(state * graph.present[:, None], axis=0) / jnp.maximum(jnp.sum(graph.present), 1)


def normalised(state: jax.Array) -> jax.Array:
    """States of mean square 1."""
    return state * jax.lax.rsqrt(jnp.mean(state**2, axis=1, keepdims=True) + jnp.float32(1e-5))
