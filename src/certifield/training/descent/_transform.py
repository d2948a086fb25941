"""Energy-conserving descent as a transformation of Optax: one step for all flows, with norms and products over the whole tree."""

import math
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, PyTree

from certifield._arguments import positive
from certifield.evidence import InputError

from ._flows import Flow, Momentum, unit

_tree = optax.tree


class Bounces(NamedTuple):
    """New random directions at the same |p|: ``planned`` ones, ``every`` so many steps; and after ``patience`` steps without progress."""

    every: int
    planned: int
    patience: int


class DescentState(NamedTuple):
    """The state of an energy-conserving descent, and its diagnostics.

    ``step``: updates so far; ``momentum``, ``floor`` = F0, ``energy`` (of the flow, conserved); ``value``: the last F, with weight decay;
    ``gap`` = F - F0; ``drift``: the energy before it was restored, less ``energy``; ``speed``: |dq/dt|; ``bounces`` so far, of which
    ``planned`` by count; ``best`` F, ``stale`` steps since; ``lowered``: how often F0 was moved; ``unshelled``: steps at which no momentum
    has the conserved energy; ``stopped``: the step at which F fell below F0 or was not finite, -1 while all is well.
    """

    step: Array
    key: Array
    momentum: Momentum
    floor: Array
    energy: Array
    value: Array
    gap: Array
    drift: Array
    speed: Array
    bounces: Array
    planned: Array
    best: Array
    stale: Array
    lowered: Array
    unshelled: Array
    stopped: Array


def energy_conserving(
    flow: Flow,
    lr: Any,
    *,
    F0: float = 0.0,
    deltaEn: float = 0.0,
    consEn: bool = True,
    nu: float = 0.0,
    refresh: float = 0.0,
    weight_decay: float = 0.0,
    lower: float | None = None,
    bounces: Bounces | None = None,
    symmetric: bool = True,
    seed: int = 0,
) -> optax.GradientTransformationExtraArgs:
    r"""A descent along ``flow`` in time steps of ``lr``, a number or a schedule of Optax; ``update`` takes the loss as ``value=``.

    ``F0``: the offset, below every value of the loss; ``deltaEn``: |p|^2 at the start, where p is against the gradient; ``consEn``: |p| is
    set to the shell of the conserved energy at each step (leave it out for minibatches, whose losses differ, or have one shell a batch);
    ``nu``: the direction becomes (u + nu z)/|u + nu z| with z ~ N(0, 1); ``refresh``: rate of a Poisson process of new random directions;
    ``weight_decay``: lambda, F + lambda |q|^2/2 takes the place of F; ``lower``: a loss below F0 moves F0 to that loss less this, and is
    counted; without it the descent stops there.  ``symmetric``: half a kick before the energy is restored and half after, which is the
    leapfrog scheme, of second order; False: restore, kick, drift, as the published programs do, of first order.

    After a stop all updates are 0, and `checked` says why.  The program has no branch on numbers: it runs under jit, vmap and scan.
    Raises `InputError` for rates that are not positive, for a flow at unit speed over one parameter, and for an update without ``value``.
    """
    if not callable(lr) and not isinstance(lr, jax.Array):
        positive("lr", lr)
    for name, given in (("deltaEn", deltaEn), ("nu", nu), ("refresh", refresh), ("weight_decay", weight_decay)):
        positive(name, given, zero=True)
    if lower is not None:
        positive("lower", lower)
    if not math.isfinite(F0):
        raise InputError("F0", F0, "finite, below every value of the loss", "take the lowest loss that can be, often 0")
    before = 0.5 if symmetric else 0.0

    def init(params: PyTree) -> DescentState:
        leaves = [leaf for leaf in jax.tree.leaves(params) if leaf is not None]
        if not leaves or not all(jnp.issubdtype(jnp.asarray(leaf).dtype, jnp.floating) for leaf in leaves):
            raise InputError(
                "params", jax.tree.structure(params), "a tree of floating arrays", "pass eqx.filter(model, eqx.is_inexact_array)"
            )
        if _tree.size(params) < flow.least:
            raise InputError("params", "1 parameter", f"{flow.least} or more: at unit speed a single one cannot turn", "take `ecd_sep`")
        kind = jnp.result_type(*leaves)
        zero, none = jnp.zeros((), kind), jnp.zeros((), jnp.int32)
        floor = jnp.asarray(F0, kind)
        momentum = Momentum(_tree.zeros_like(params), zero)
        return DescentState(
            none, jax.random.key(seed), momentum, floor, zero, zero, zero, zero, zero, none, none, jnp.asarray(jnp.inf, kind), none, none,
            none, none - 1,
        )  # fmt: skip

    def update(grads: PyTree, state: Any, params: PyTree = None, *, value: Any = None, **extra: Any) -> tuple[PyTree, Any]:
        del extra
        if value is None:
            raise InputError("value", None, "the loss at the parameters", "call update(grads, state, params, value=loss)")
        kind, dim = state.floor.dtype, _tree.size(grads)
        time = jnp.asarray(lr(state.step) if callable(lr) else lr, kind)
        value = jnp.asarray(value, kind)
        if weight_decay:
            if params is None:
                raise InputError("params", None, "the parameters, which decay", "call update(grads, state, params, value=loss)")
            value = value + weight_decay / 2 * _tree.norm(params, squared=True)
            grads = _tree.add_scale(grads, weight_decay, params)
        first, below = state.step == 0, value <= state.floor
        floor = state.floor if lower is None else jnp.where(below, value - lower, state.floor)
        gap = value - floor
        fine = jnp.isfinite(value) & jnp.isfinite(_tree.norm(grads)) & (gap > 0) & (state.stopped < 0)
        log_v = jnp.log(jnp.where(fine, gap, 1.0))
        slope = _tree.scale(jnp.where(fine, 1 / gap, 0.0), jax.tree.map(lambda leaf: jnp.where(fine, leaf, 0.0), grads))
        length = jnp.asarray(flow.start(log_v, deltaEn), kind)
        start = Momentum(_tree.scale(-1.0, unit(slope)), length)
        momentum = _where(first, start, state.momentum)
        # The conserved energy is that of the start; a floor that moves gives another one to the same momentum.
        energy = jnp.where(first | (floor != state.floor), flow.energy(log_v, momentum.size, dim), state.energy)

        after_first = flow.kick(momentum, slope, log_v, energy, before * time, dim)
        momentum = _where(first, momentum, after_first)
        drift = flow.energy(log_v, momentum.size, dim) - energy
        wanted = flow.shell(log_v, energy, dim)
        held = ~jnp.isnan(wanted)
        if consEn:
            momentum = momentum._replace(size=jnp.where(held, wanted, momentum.size))
        direction, key, counts = _turned(momentum.direction, state, value, time, first)
        momentum = flow.kick(Momentum(direction, momentum.size), slope, log_v, energy, (1 - before) * time, dim)
        speed = flow.speed(momentum.size, energy)
        updates = jax.tree.map(lambda leaf: jnp.where(fine, time * speed * leaf, 0.0).astype(leaf.dtype), momentum.direction)
        bounced, planned, best, stale = counts
        found = DescentState(
            state.step + 1, key, momentum, floor, energy, value, gap, drift, speed, bounced, planned, best, stale,
            state.lowered + _one(floor != state.floor), state.unshelled + _one(~held),
            jnp.where(fine | (state.stopped >= 0), state.stopped, state.step),
        )  # fmt: skip
        stopped = state._replace(step=state.step + 1, value=jnp.where(state.stopped < 0, value, state.value),
                                 gap=jnp.where(state.stopped < 0, gap, state.gap), stopped=found.stopped)  # fmt: skip
        return updates, _where(fine, found, stopped)

    def _turned(
        direction: PyTree, state: DescentState, value: Array, time: Array, first: Array
    ) -> tuple[PyTree, Array, tuple[Array, Array, Array, Array]]:
        """The direction after noise, refreshment and bounces; the next key; bounces, planned ones, best loss, steps since."""
        key, drawn, noise, chance = jax.random.split(state.key, 4)
        better = value < state.best
        best, stale = jnp.where(better, value, state.best), jnp.where(better, 0, state.stale + 1)
        count, planned = state.bounces, state.planned
        anew = jnp.zeros((), bool)
        if bounces is not None:
            due = (state.step % bounces.every == 0) & (planned < bounces.planned) & ~first
            anew = due | (stale >= bounces.patience)
            planned, stale = planned + _one(due), jnp.where(anew, 0, stale)
        if refresh:
            renewed = jax.random.uniform(chance, dtype=value.dtype) < -jnp.expm1(-refresh * time)
            anew = anew | renewed
        if bounces is not None or refresh:
            anew = anew & ~first
            direction = _where(anew, unit(_tree.random_like(drawn, direction)), direction)
            count = count + _one(anew)
        if nu:
            shaken = unit(_tree.add_scale(direction, nu, _tree.random_like(noise, direction)))
            direction = _where(first, direction, shaken)
        return direction, key, (count, planned, best, stale)

    return optax.GradientTransformationExtraArgs(init, update)  # type: ignore[arg-type]


def _one(condition: Array) -> Array:
    return condition.astype(jnp.int32)


def _where(condition: Array, one: Any, other: Any) -> Any:
    return jax.tree.map(lambda a, b: jnp.where(condition, a, b), one, other)
