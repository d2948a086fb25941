r"""Layers of message passing on padded batches, with sums over segments: GEN, GCN and GAT.

All map states [vertices, inside] to states [vertices, outside].  Edges stand in both directions; those that are not there lead to a vertex
behind the last, and vertices that are not there keep to themselves.
"""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, Key

States = Float[Array, "vertices width"]


class Edges(NamedTuple):
    """Where edges begin and end, and which vertices are there."""

    sender: Int[Array, " edges"]
    receiver: Int[Array, " edges"]
    there: Float[Array, " vertices"]


class Moments(NamedTuple):
    """Mean and variance of each entry over the vertices of a batch."""

    mean: Float[Array, " width"]
    variance: Float[Array, " width"]


class GCN(eqx.Module):
    r"""$h'_v = b + \sum_{u \in N(v) \cup v} W h_u / \sqrt{(d_u + 1)(d_v + 1)}$ with the valences d (arXiv:1609.02907, equation 2)."""

    linear: eqx.nn.Linear

    def __init__(self, inside: int, outside: int, key: Key[Array, ""]) -> None:
        self.linear = linear(inside, outside, key)

    def __call__(self, states: States, edges: Edges) -> States:
        count = states.shape[0]
        degree = 1 + jax.ops.segment_sum(jnp.ones(edges.receiver.shape, states.dtype), edges.receiver, count)
        root = jax.lax.rsqrt(degree)[:, None]
        assert self.linear.bias is not None
        sent = root * (states @ self.linear.weight.T)
        return root * (jax.ops.segment_sum(sent[edges.sender], edges.receiver, count) + sent) + self.linear.bias[None, :]


class GAT(eqx.Module):
    r"""$h'_v = b + \sum_{u \in N(v) \cup v} \alpha_{vu} W h_u$ with $\alpha_{vu} \propto \exp \ell(s \cdot W h_u + t \cdot W h_v)$.

    Their sum over u is 1; one head; $\ell$ is the identity above 0 and 0.2 times it below (arXiv:1710.10903, equations 1 to 4).
    """

    linear: eqx.nn.Linear
    source: Float[Array, " outside"]
    target: Float[Array, " outside"]

    def __init__(self, inside: int, outside: int, key: Key[Array, ""]) -> None:
        one, two, three = jax.random.split(key, 3)
        self.linear = linear(inside, outside, one)
        self.source, self.target = (jax.random.normal(each, (outside,), jnp.float32) / outside**0.5 for each in (two, three))

    def __call__(self, states: States, edges: Edges) -> States:
        count = states.shape[0]
        inner = states @ self.linear.weight.T
        assert self.linear.bias is not None
        source, target = inner @ self.source, inner @ self.target
        own = jax.nn.leaky_relu(source + target, 0.2)
        other = jax.nn.leaky_relu(source[edges.sender] + target[jnp.minimum(edges.receiver, count - 1)], 0.2)
        top = jnp.maximum(own, jax.ops.segment_max(other, edges.receiver, count))  # a softmax does not change by it
        top = jax.lax.stop_gradient(top)
        of_own = jnp.exp(own - top)
        of_other = jnp.exp(other - top[jnp.minimum(edges.receiver, count - 1)])
        total = of_own + jax.ops.segment_sum(of_other, edges.receiver, count)
        gathered = jax.ops.segment_sum(of_other[:, None] * inner[edges.sender], edges.receiver, count)
        return (of_own[:, None] * inner + gathered) / total[:, None] + self.linear.bias[None, :]


class GEN(eqx.Module):
    r"""$h'_v = N(\upsilon(\phi(h_v), \sum_{u \in N(v)} \psi(\phi(h_v), \phi(h_u))))$, N being a batch norm.

    The three perceptrons have one hidden layer of 32.  The network of arXiv:2305.05966, section 3, as its published code has it.
    """

    inner: eqx.nn.MLP
    message: eqx.nn.MLP
    update: eqx.nn.MLP
    scale: Float[Array, " outside"]
    shift: Float[Array, " outside"]
    kept: Moments

    def __init__(self, inside: int, outside: int, key: Key[Array, ""], hidden: int = 32) -> None:
        keys = jax.random.split(key, 3)
        sizes = ((inside, hidden), (2 * hidden, hidden), (2 * hidden, outside))
        self.inner, self.message, self.update = (
            eqx.nn.MLP(one, other, hidden, 1, jax.nn.relu, dtype=jnp.float32, key=each)
            for (one, other), each in zip(sizes, keys, strict=True)
        )
        self.scale, self.shift = jnp.ones(outside, jnp.float32), jnp.zeros(outside, jnp.float32)
        self.kept = Moments(jnp.zeros(outside, jnp.float32), jnp.ones(outside, jnp.float32))

    def __call__(self, states: States, edges: Edges) -> States:
        """With the moments that are kept: no graph depends on the others of its batch."""
        return self.normed(self.raw(states, edges), self.kept)

    def raw(self, states: States, edges: Edges) -> States:
        """The states before the batch norm."""
        count = states.shape[0]
        inner = jax.vmap(self.inner)(states)
        ends = jnp.concatenate([inner[jnp.minimum(edges.receiver, count - 1)], inner[edges.sender]], axis=1)
        gathered = jax.ops.segment_sum(jax.vmap(self.message)(ends), edges.receiver, count)
        return jax.vmap(self.update)(jnp.concatenate([inner, gathered], axis=1))

    def normed(self, raw: States, moments: Moments) -> States:
        """The batch norm with these moments (arXiv:1502.03167)."""
        root = jax.lax.rsqrt(moments.variance + jnp.float32(1e-5))
        return (raw - moments.mean[None, :]) * (root * self.scale)[None, :] + self.shift[None, :]


def moments_of(raw: States, there: Float[Array, " vertices"]) -> Moments:
    """Over the vertices that are there."""
    count = jnp.maximum(jnp.sum(there), 1)
    mean = jnp.sum(raw * there[:, None], axis=0) / count
    return Moments(mean, jnp.sum((raw - mean[None, :]) ** 2 * there[:, None], axis=0) / count)


def linear(inside: int, outside: int, key: Key[Array, ""]) -> eqx.nn.Linear:
    """A linear layer in single precision."""
    return eqx.nn.Linear(inside, outside, dtype=jnp.float32, key=key)
