"""Many random starts at once, of which the best go on: the right shape has many basins, and most are wrong."""

from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from certifield.evidence import InputError
from certifield.streams import stream_key

from ._network import KAN, Node, kan, trained_part
from ._refit import refit

_RATE, _NOISE, _BASE = 0.1, 1.0, 0.3  # curved splines at the start, since the slope of an even function says nothing


def best_starts(
    shape: Sequence[Node], x: Any, y: Any, *, starts: int = 48, steps: int = 400, keep: int = 3, intervals: int = 3, order: int = 3,
    seed: int = 0,
) -> list[KAN]:  # fmt: skip
    """The ``keep`` best of ``starts`` random networks after ``steps`` of Adam on all of ``x`` [S, n], ``y`` [S, m], the best first.

    They are trained side by side in one program.  Give them to `fit`, and take the best of what it makes: of the seed's formula about one
    start in twelve is in the right basin.  Raises `InputError` for labels of another shape, and for counts below 1.
    """
    points, labels = (np.asarray(each, dtype=float) for each in (x, y))
    if min(starts, steps, keep) < 1 or keep > starts:
        raise InputError("starts, steps, keep", (starts, steps, keep), "1 or more, keep at most starts", "try starts=48, steps=400, keep=3")
    with jax.enable_x64(True):
        made = [_random(shape, intervals, order, points, key) for key in jax.random.split(stream_key(seed, "starts"), starts)]
        if (out := jax.eval_shape(made[0], points).shape) != labels.shape:
            raise InputError("y", f"shape {labels.shape}", f"of the shape of the outputs, {out}", f"write y.reshape{out}")
        parts = [trained_part(network) for network in made]
        params, rest = (jax.tree.map(lambda *leaves: jnp.stack(leaves), *side) for side in zip(*parts, strict=True))
        at, wanted = jnp.asarray(points), jnp.asarray(labels)
        optimiser = optax.adam(optax.cosine_decay_schedule(_RATE, steps))

        def trained(params: Any, rest: Any) -> tuple[Any, Any]:
            def loss(params: Any) -> Any:
                return jnp.mean((eqx.combine(params, rest)(at) - wanted) ** 2)

            def step(carry: Any, _: None) -> tuple[Any, None]:
                params, state = carry
                updates, state = optimiser.update(jax.grad(loss)(params), state, params)
                return (optax.apply_updates(params, updates), state), None

            (params, _), _ = jax.lax.scan(step, (params, optimiser.init(params)), None, length=steps)
            return params, loss(params)

        with jax.numpy_dtype_promotion("standard"):
            params, losses = jax.jit(jax.vmap(trained))(params, rest)
        order_of = np.argsort(np.where(np.isfinite(losses), losses, np.inf))[:keep]
        return [eqx.combine(*(jax.tree.map(lambda leaf, i=i: leaf[i], side) for side in (params, rest))) for i in order_of.tolist()]


def _random(shape: Sequence[Node], intervals: int, order: int, points: np.ndarray, key: Any) -> KAN:
    network = kan(shape, intervals=intervals, order=order, noise=_NOISE, key=key)
    network = eqx.tree_at(lambda one: [layer.base for layer in one.layers], network, [_BASE * layer.base for layer in network.layers])
    return refit(network, points).network
