"""Many networks of one width, trained side by side from independent draws by the same rule."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PyTree

from certifield.evidence import NotConverged
from certifield.layers import Layer
from certifield.streams import draw_keys, stream_key

from ..dynamics import Loss, Rule

_NUMBERS = 1 << 21  # parameters of the networks that are trained at once: what fits into the cache


@dataclass(frozen=True, eq=False)
class Trained:
    """``initial`` [networks, n + p, outputs]: the field before training at training and other points; ``fields`` [networks, times, p,
    outputs]: after it; ``moved`` [networks, 2]: |theta - theta_0| and |theta_0| at the last time."""

    initial: np.ndarray
    fields: np.ndarray
    moved: np.ndarray


@dataclass(frozen=True)
class Protocol:
    """Everything about a training but its data: so a program is compiled once."""

    network: Layer
    shape: tuple[int, ...]
    width: int
    outputs: int
    rule: Rule
    loss: Loss
    centred: bool
    step: float
    times: tuple[float, ...]
    precision: str

    def parameters(self) -> int:
        """How many parameters one network has."""
        shapes = jax.eval_shape(self.ensemble().density.sample, jax.random.key(0))
        return sum(int(np.prod(leaf.shape)) for leaf in jax.tree.leaves(shapes))

    def ensemble(self):
        """The finite networks."""
        return self.network.ensemble(self.shape, self.width, outputs=self.outputs)


def trained(protocol: Protocol, x: np.ndarray, y: np.ndarray, at: np.ndarray, seed: int, first: int, count: int) -> Trained:
    """Networks number ``first`` and on, of the stream of ``seed``: which are trained together changes no digit of their law.

    Raises `NotConverged` where a field is not finite.
    """
    program = _program(protocol)
    root = stream_key(seed, f"trained/{protocol.network}/{protocol.width}")
    block = max(1, min(count, _NUMBERS // protocol.parameters()))
    data = [jnp.asarray(array.reshape(len(array), -1), dtype=protocol.precision) for array in (x, y, at)]
    found = []
    for start in range(0, count, block):
        begin = min(start, max(count - block, 0))  # the last block overlaps the one before: one shape is compiled
        part = [np.asarray(out) for out in program(draw_keys(root, first + begin, block), *data)]
        found.append([out[start - begin :] for out in part])
    initial, fields, moved = (np.concatenate(parts) for parts in zip(*found, strict=True))
    if not np.all(np.isfinite(fields)):
        raise NotConverged(f"training of {protocol.network} at width {protocol.width} diverged: lower the rate {protocol.rule.rate:g}")
    return Trained(initial, fields, moved)


@lru_cache(maxsize=64)
def _program(protocol: Protocol) -> Callable[..., tuple[Array, Array, Array]]:
    ensemble = protocol.ensemble()
    times = protocol.rule.times(protocol.times)

    def one(key: Array, x: Array, y: Array, at: Array) -> tuple[Array, Array, Array]:
        params = jax.tree.map(lambda leaf: leaf.astype(protocol.precision), ensemble.density.sample(key))
        before = ensemble.architecture(params, jnp.concatenate([x, at]))
        offset = before if protocol.centred else jnp.zeros_like(before)

        def loss(params: PyTree) -> Array:
            return protocol.loss.total(ensemble.architecture(params, x) - offset[: len(x)], y)

        states = protocol.rule.states(jax.grad(loss), params, times, protocol.step)
        after = jax.lax.map(lambda state: ensemble.architecture(state, at), states) - offset[None, len(x) :]
        lengths = [_norm(jax.tree.map(lambda last, first: last[-1] - first, states, params)), _norm(params)]
        return before, after, jnp.stack(lengths)

    return jax.jit(jax.vmap(one, in_axes=(0, None, None, None)))


def _norm(tree: PyTree) -> Array:
    return jnp.sqrt(sum(jnp.sum(leaf**2) for leaf in jax.tree.leaves(tree)))
