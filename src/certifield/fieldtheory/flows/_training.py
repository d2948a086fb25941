r"""Training of a flow by the reverse divergence $\mathrm{KL}(q\|p) = \mathbb E_q[\ln q + S] + \ln Z$, from its own draws alone.

In 32-bit numbers, by Adam with a falling rate and clipped gradients.  How far it got is the effective part of fresh draws,
$\mathrm{ESS} = (\overline w)^2/\overline{w^2}$ with $w = e^{-S}/q$.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, singledispatch
from typing import Any, Protocol, runtime_checkable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from certifield._arguments import a_function, of_kind, positive, seeded, whole
from certifield.evidence import InputError, NotConverged
from certifield.streams import stream_key

from ..gauge import GaugeLattice
from ..gauge._links import plaquettes, real_trace
from ..oracles import LatticeScalar
from ._coupling import lenient

_LOOKS = 12  # at the effective part, while training
_LOOK = 2048  # draws each


@runtime_checkable
class Flow(Protocol):
    """A law of fields that is drawn from directly, with its density; an Equinox module."""

    def draw(self, key: jax.Array, count: int) -> tuple[Any, jax.Array]:
        """``count`` independent fields, and the logarithms of their densities [count]."""
        ...

    def mismatch(self, key: jax.Array, count: int) -> tuple[Any, jax.Array, jax.Array]:
        """The same, and by how much the logarithm of the true density is larger: zero where `draw` is exact."""
        ...


@singledispatch
def action_of(target: Any) -> Callable[[Any], jax.Array]:
    """S of fields, one number for each draw: of a lattice, or a function given as it is."""
    return a_function("target", target, "fields to actions [draws]; or a LatticeScalar or GaugeLattice")


@action_of.register(LatticeScalar)
@cache  # one function of a lattice, so that programs compiled for it are found again
def _scalar(target: LatticeScalar) -> Callable[[Any], jax.Array]:
    axes = tuple(range(1, len(target.shape) + 1))
    mass, quartic, stiffness = target.rules.mass * target.mass_squared, target.rules.quartic * target.coupling, target.rules.stiffness

    def action(fields: jax.Array) -> jax.Array:
        density = fields**2 * (mass + quartic * fields**2)
        for axis in axes:
            density = density + stiffness / 2 * (fields - jnp.roll(fields, 1, axis)) ** 2
        return jnp.sum(density, axis=axes)

    return action


@action_of.register(GaugeLattice)
@cache
def _gauge(target: GaugeLattice) -> Callable[[Any], jax.Array]:
    return lambda links: -target.beta * jnp.sum(real_trace(plaquettes(links)), axis=(0, 1))


@dataclass(frozen=True, eq=False)
class Trained:
    """``flow``; ``curve`` [k, 3]: training steps done, the loss E[log q + S] and the effective part of the draws then;
    ``seconds`` of the process on the clock, compilation included.
    """

    flow: Any
    curve: np.ndarray
    seconds: float

    @property
    def ess(self) -> float:
        """The effective part at the end, from 2048 draws."""
        return float(self.curve[-1, 2])


def train(flow: Any, target: Any, *, steps: int = 600, batch: int = 256, rate: float = 0.01, seed: int = 0) -> Trained:
    """``flow`` after ``steps`` of training on e^{-S} of ``target``: a `LatticeScalar`, a `GaugeLattice`, or a function of fields to S.

    Raises `InputError` for what is no flow or target, counts below 1 (``batch`` 16), and a rate that is not positive; `NotConverged` where
    the loss is no number.
    """
    of_kind("flow", flow, Flow, "such as continuous_flow(lattice)")
    action = action_of(target)
    steps, batch, rate, key = whole("steps", steps, 1), whole("batch", batch, 16), positive("rate", rate), stream_key(seeded(seed), "flows")
    began = time.perf_counter()
    arrays, rest = eqx.partition(flow, eqx.is_inexact_array)
    if not jax.tree.leaves(arrays):
        raise InputError("flow", flow, "a flow with parameters", "such as continuous_flow(lattice)")
    with lenient():
        arrays = jax.tree.map(lambda one: one.astype(jnp.float32), arrays)
        state, curve = _optimiser(rate, steps).init(arrays), []
        marks = sorted({round(steps * (place / _LOOKS) ** 1.5) for place in range(1, _LOOKS + 1)} - {0})
        for before, after in zip([0, *marks[:-1]], marks, strict=True):
            turns = jnp.asarray(before), jnp.asarray(after - before)
            arrays, state, value = _advance(arrays, state, rest, action, key, turns, batch, rate, steps)
            logs = np.asarray(_look(arrays, rest, action, jax.random.fold_in(key, 2**31 + after)), dtype=float)
            curve.append((after, float(value), effective_part(logs)))
            if not np.isfinite(curve[-1]).all():
                raise NotConverged(f"the loss after {after} steps is no number: take a smaller rate")
    return Trained(eqx.combine(arrays, rest), np.array(curve), time.perf_counter() - began)


def _optimiser(rate: float, steps: int) -> optax.GradientTransformation:
    return optax.chain(optax.clip_by_global_norm(10.0), optax.adam(optax.cosine_decay_schedule(rate, steps, 0.02)))


@eqx.filter_jit
def _advance(
    arrays: Any, state: Any, rest: Any, action: Callable, key: jax.Array, turns: Any, batch: int, rate: float, steps: int
) -> tuple[Any, Any, jax.Array]:
    """Parameters and state after ``turns`` (start, count) of training, and the last loss."""
    start, count = turns

    def loss(arrays: Any, key: jax.Array) -> jax.Array:
        fields, density = eqx.combine(arrays, rest).draw(key, batch)
        return jnp.mean(density + action(fields)).astype(jnp.float32)

    def one(number: Any, carry: Any) -> Any:
        arrays, state, _ = carry
        value, slope = jax.value_and_grad(loss)(arrays, jax.random.fold_in(key, start + number))
        updates, state = _optimiser(rate, steps).update(slope, state)
        return optax.apply_updates(arrays, updates), state, value

    return jax.lax.fori_loop(0, count, one, (arrays, state, jnp.zeros((), jnp.float32)))


@eqx.filter_jit
def _look(arrays: Any, rest: Any, action: Callable, key: jax.Array) -> jax.Array:
    fields, density = eqx.combine(arrays, rest).draw(key, _LOOK)
    return -action(fields) - density


def effective_part(logs: np.ndarray) -> float:
    """(mean w)^2 / mean w^2, from logarithms of weights."""
    if not np.all(np.isfinite(logs)):
        return float("nan")
    weights = np.exp(logs - logs.max())
    return float(weights.sum() ** 2 / np.sum(weights**2) / len(weights))
