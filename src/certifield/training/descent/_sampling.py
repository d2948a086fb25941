r"""The same flow as a sampler: at unit speed, with $\frac{\eta d}2 \ln(F - F_0) = -\ln p$, its stationary density is p.

This is microcanonical Langevin sampling (arXiv:2212.08549), which BlackJAX has as ``mclmc``: there is no Metropolis step, and what is left
of the step size is a bias of second order.
"""

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, PyTree

from certifield._arguments import positive, whole
from certifield.evidence import Estimate, InputError
from certifield.streams import stream_key

from ._flows import Momentum, unit, unit_speed_flow

_tree = optax.tree


def microcanonical(
    log_density: Callable[[Any], Any],
    start: PyTree,
    measure: Callable[[Any], Any],
    *,
    step: float,
    steps: int = 2000,
    warmup: int = 500,
    refresh: float = 0.2,
    chains: int = 16,
    seed: int = 0,
) -> tuple[Estimate, Estimate]:
    """Averages of ``measure(q)`` over the density, and the mean square of the change of energy at a step, over the number of parameters.

    ``start``: parameters, a tree; every chain begins at them; ``refresh``: rate at which directions are drawn anew.
    Error bars are over chains, which are independent.  The bias of the step is not in them: halve ``step``, or keep the second result below
    about 5e-4.  Raises `InputError` for a single parameter, fewer chains than 8, and counts below 1.
    """
    positive("step", step)
    positive("refresh", refresh)
    for name, given, least in (("steps", steps, 1), ("warmup", warmup, 0), ("chains", chains, 8)):
        whole(name, given, least)
    dim = _tree.size(start)
    if dim < 2:
        raise InputError("start", f"{dim} parameter", "2 or more: at unit speed a single one cannot turn", "take a chain of another kind")
    flow = unit_speed_flow(2 / dim)  # eta d/2 = 1: ln V = -ln p
    again = -math.expm1(-refresh * step)

    @jax.jit
    def run(key: Array) -> tuple[Any, Array]:
        def leap(carry: Any, number: Array) -> tuple[Any, tuple[Any, Array]]:
            q, momentum, log_v, slope = carry
            drawn, chance = jax.random.split(jax.random.fold_in(key, number))
            before = flow.energy(log_v, momentum.size, dim)
            momentum = flow.kick(momentum, slope, log_v, 0.0, step / 2, dim)
            q = _tree.add_scale(q, step, momentum.direction)
            log_v, slope = surprise(q)
            momentum = flow.kick(momentum, slope, log_v, 0.0, step / 2, dim)
            change = flow.energy(log_v, momentum.size, dim) - before
            anew = jax.random.uniform(chance, dtype=log_v.dtype) < again
            new = unit(_tree.random_like(drawn, q))
            direction = jax.tree.map(lambda a, b: jnp.where(anew, a, b), new, momentum.direction)
            return (q, Momentum(direction, jnp.zeros_like(momentum.size)), log_v, slope), (measure(q), change**2 / dim)

        log_v, slope = surprise(start)
        first = Momentum(unit(_tree.random_like(jax.random.fold_in(key, warmup + steps), start)), jnp.zeros_like(log_v))
        carry, _ = jax.lax.scan(leap, (start, first, log_v, slope), jnp.arange(warmup))
        _, (seen, changes) = jax.lax.scan(leap, carry, jnp.arange(warmup, warmup + steps))
        return jnp.mean(seen, axis=0), jnp.mean(changes)

    surprise = jax.value_and_grad(lambda q: -log_density(q))
    keys = jax.random.split(stream_key(seed, "microcanonical"), chains)
    rows, changes = (np.asarray(each, dtype=float) for each in jax.vmap(run)(keys))
    source = f"microcanonical/{step}/{steps}/{seed}"
    return tuple(
        Estimate(each.mean(axis=0), {name: (each - each.mean(axis=0)) / math.sqrt(chains * (chains - 1))}, chains * steps, chains, seed,
                 "microcanonical chains", str(each.dtype), bias="unknown")
        for each, name in ((rows, source), (changes, f"{source}/energy"))
    )  # type: ignore[return-value]  # fmt: skip
