r"""Two graphs, one encoder, and a comparison that does not know which of them came first.

Each graph becomes a vector by two layers of messages and a gated sum, $h_\Gamma = \sum_v \sigma(g(h_v)) \odot \tanh(W h_v)$; a perceptron
reads $|h_1 - h_2|$ and $h_1 \odot h_2$.  Both are symmetric, so the answer is, exactly.
"""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from certifield._arguments import seeded

from ...diagrams._reading import refuse
from ._batches import Batch
from ._layers import GAT, GCN, GEN, Edges, Moments, linear, moments_of

WIDTH, FEATURES = 64, 2
NETWORKS: dict[str, tuple[Any, Any]] = {"GEN+GAT": (GEN, GAT), "GCN+GAT": (GCN, GAT), "GCN+GCN": (GCN, GCN)}


class Classifier(eqx.Module):
    """Logits of "different" and "same" for each pair of a batch."""

    first: Any
    second: Any
    gate: eqx.nn.Linear
    value: eqx.nn.Linear
    compare: eqx.nn.MLP

    def __init__(self, first: Any, second: Any, key: Key[Array, ""]) -> None:
        keys = jax.random.split(key, 5)
        self.first, self.second = first(FEATURES, WIDTH, keys[0]), second(WIDTH, WIDTH, keys[1])
        self.gate, self.value = linear(WIDTH, WIDTH, keys[2]), linear(WIDTH, WIDTH, keys[3])
        self.compare = eqx.nn.MLP(2 * WIDTH, 2, WIDTH, 2, jax.nn.relu, dtype=jnp.float32, key=keys[4])

    def __call__(self, batch: Batch) -> Float[Array, "pairs 2"]:
        """With the moments that were kept in training."""
        edges = edges_of(batch)
        return self.compared(self.first(jnp.asarray(batch.features), edges), edges, batch)

    def in_training(self, batch: Batch) -> tuple[Float[Array, "pairs 2"], Moments | None]:
        """The logits with the moments of this very batch, where the first layer has a batch norm, and these moments."""
        if not isinstance(self.first, GEN):
            return self(batch), None
        edges = edges_of(batch)
        raw = self.first.raw(jnp.asarray(batch.features), edges)
        found = moments_of(raw, edges.there)
        return self.compared(self.first.normed(raw, found), edges, batch), found

    def compared(self, states: Float[Array, "vertices width"], edges: Edges, batch: Batch) -> Float[Array, "pairs 2"]:
        """From the states after the first layer to the logits."""
        pairs = batch.same.shape[0]
        states = jax.nn.relu(self.second(jax.nn.relu(states), edges))
        gated = jax.nn.sigmoid(jax.vmap(self.gate)(states)) * jnp.tanh(jax.vmap(self.value)(states)) * edges.there[:, None]
        graphs = jax.ops.segment_sum(gated, jnp.asarray(batch.graph), 2 * pairs)
        one, other = graphs[:pairs], graphs[pairs:]
        return jax.vmap(self.compare)(jnp.concatenate([jnp.abs(one - other), one * other], axis=1))


def edges_of(batch: Batch) -> Edges:
    """The edges of a batch for JAX."""
    return Edges(jnp.asarray(batch.sender), jnp.asarray(batch.receiver), jnp.asarray(batch.there))


def classifier(name: str, seed: int = 0) -> Classifier:
    """A network before training, one of `NETWORKS` by name.  Raises `InputError` for another name or seed."""
    if name not in NETWORKS:
        raise refuse("name", name, f"one of {', '.join(NETWORKS)}", "see NETWORKS")
    with jax.enable_x64(False):
        return Classifier(*NETWORKS[name], jax.random.key(seeded(seed), impl="threefry2x32"))
