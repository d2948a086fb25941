"""Reweighting: independent draws of the free field with the weights exp(-S_int), which also give Z(V)/Z(0).

The effective part of the draws, (E w)^2/E w^2, falls exponentially with the volume of the box, so it is foretold from a pilot: draws on
smaller boxes about the same centre, where it can be measured, and a straight line of its logarithm against the volume.
"""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from certifield.ensembles import program_digest
from certifield.evidence import Estimate, InputError, NotConverged
from certifield.streams import draw_keys, stream_key

from ._spacing import bounded, doubled, ratio, refuse_coarse
from ._theory import Deformed, InteractingField, checked_rows, deformed

LEAST_ESS = 0.01  # of the draws, below which there is no answer
HEAVIEST = 0.05  # part of all weight that one draw may have
_LARGEST = 700.0  # logarithm of 64-bit numbers
_BLOCKS = 128
_PILOT = 2048
_SHARES = 2.0 ** (-np.arange(8.0) / 2)  # sides of the smaller boxes
_CHUNK = 1 << 24  # numbers that a chunk of draws may take, in all neurons and points


@dataclass(frozen=True, eq=False)
class Reweighted:
    """Correlators under P_0 exp(-S_int) from draws of P_0.

    ``values`` [T]: at ``indices``, refused where the weights are unusable; ``partition``: Z(V)/Z(0); ``ess``: the effective part of the
    draws, ``predicted_ess`` from the pilot; ``heaviest``: the part of all weight that one draw has.
    ``log_weights`` [draws]: the logarithm of each draw's weight over the mean weight.
    ``halving``: the largest change of S_int on doubling the spacing, over draws of more than the mean weight; ``shift`` [T]: what doubling
    does to the values, on the same draws (None on a lattice).  All of what doubling does is in the errors of ``values`` and ``partition``.
    """

    values: Estimate
    partition: Estimate
    ess: float
    predicted_ess: float
    heaviest: float
    log_weights: np.ndarray
    halving: float
    shift: Estimate | None

    def __str__(self) -> str:
        lines = [f"{self.values}", f"Z(V)/Z(0): {self.partition}"]
        lines += [f"effective part of the draws: {self.ess:.3g}, foretold {self.predicted_ess:.3g}; heaviest draw: {self.heaviest:.2g}"]
        if self.shift is not None:
            lines += [f"doubling the spacing changes S_int by {self.halving:.2g} at most, the values by {self.shift}"]
        return "\n".join(lines)


@dataclass(frozen=True)
class Foretold:
    """A pilot's prediction: ``ess``, the effective part of draws in the whole box, from those in boxes of ``volumes`` [k]."""

    ess: float
    volumes: np.ndarray
    measured: np.ndarray


def foretell_ess(field: InteractingField, *, draws: int = _PILOT, seed: int = 0) -> Foretold:
    """The effective part of draws that reweighting will have, from ``draws`` draws of the free field.

    Measured where a hundred draws stay effective; else extrapolated: log ESS is a straight line in the volume once the box is longer
    than the correlation length.  On a lattice there are no smaller boxes: the pilot's own value is all there is.
    """
    shares = _SHARES if not field.region.periodic else _SHARES[:1]
    rules = np.stack([field.region.within(share) for share in shares])
    kernel = deformed(field, np.zeros((1, field.region.nodes.shape[1])), rules=rules)
    actions, _ = _drawn(field, kernel, stream_key(seed, "interacting/pilot"), draws)
    effective = np.array([_ess(-row) for row in actions.T])
    volumes = rules.sum(axis=1)
    if effective[0] * draws >= 100 or len(shares) == 1:
        return Foretold(float(effective[0]), volumes[:1], effective[:1])
    sound = np.flatnonzero(effective * draws >= 100)[:3]
    if len(sound) < 2:
        raise NotConverged("the pilot finds fewer than 100 effective draws even in the smallest box: take cf.fieldtheory.tempered")
    slope, offset = np.polyfit(volumes[sound], np.log(effective[sound]), 1)
    return Foretold(float(min(1.0, np.exp(offset + slope * volumes[0]))), volumes[sound], effective[sound])


def reweighted(field: InteractingField, points: Any, indices: Any, *, draws: int = 100_000, seed: int = 0) -> Reweighted:
    """The n-point functions at ``indices`` [T, n] into ``points`` [P, dim] from ``draws`` independent draws of the free field.

    ``indices`` may be a function of fields [..., P] to numbers [..., T] instead, whose means are measured.
    Raises `NotConverged` with the prediction where fewer than 1 % of the draws would be effective; also where S_int changes by more than
    0.1 on doubling the spacing, for a draw of more than the mean weight.  Without a cutoff some draw always has momenta beyond any
    spacing: that is a warning then.  What doubling does to the values is part of their errors.  Where the weights turn out worse than
    foretold (below 1 %, or one draw with more than 5 % of all weight) the error bars are refused.
    Raises `InputError` for unusable points and indices, fewer than 1000 draws, and a Z(V)/Z(0) that no 64-bit number holds.
    """
    where, measured = checked_rows(field, points, indices)
    if isinstance(draws, bool) or not isinstance(draws, int) or draws < 1000:
        raise InputError("draws", draws, "a whole number, 1000 or more", "try draws=100_000")
    foretold = foretell_ess(field, seed=seed)
    if foretold.ess < LEAST_ESS:
        raise NotConverged(
            f"predicted: {foretold.ess:.2g} of the draws would be effective, and {LEAST_ESS:g} is the least; take cf.fieldtheory.tempered, "
            "or a smaller box"
        )
    count = _BLOCKS * -(-draws // _BLOCKS)
    watched = partial(refuse_coarse, field)
    actions, phi = _drawn(field, deformed(field, where), stream_key(seed, "interacting/draws"), count, watched)
    top = float(-actions[:, 0].min())
    if abs(top) > _LARGEST:
        raise InputError("potential", f"S_int = {-top:.4g} at least", f"within {_LARGEST:g} of zero", "add a constant to V, for Z(V)/Z(0)")
    weights = np.exp(-actions[:, 0] - top)
    share = weights / weights.sum()
    ess, heaviest = float(1 / np.sum(share**2)) / count, float(share.max())
    logs = -actions[:, 0] - top - math.log(float(weights.mean()))
    faults = []
    if ess < LEAST_ESS:
        faults.append(f"only {ess:.2g} of the draws are effective, below {LEAST_ESS:g}: take cf.fieldtheory.tempered")
    if heaviest > HEAVIEST:
        faults.append(f"one draw has {heaviest:.2g} of all weight, more than {HEAVIEST:g}: take cf.fieldtheory.tempered")
    made = _Made(_digest(field, count, seed), count, ess, seed, tuple(faults))
    products = measured(phi)
    mean, left = ratio(products, weights, _BLOCKS)
    coarse = doubled(field, products, logs, actions[:, 0] - actions[:, -1], _BLOCKS)
    blocks = math.exp(top) * weights.reshape(_BLOCKS, -1).mean(axis=1)
    partition = blocks.mean()
    values = made.estimate("reweighted draws", mean, left, coarse.deviation(coarse.shift))
    rest = (blocks.sum() - blocks) / (_BLOCKS - 1)
    normalised = made.estimate("mean weight", partition, rest, coarse.deviation(partition * coarse.gain), coarse.bias)
    return Reweighted(values, normalised, ess, foretold.ess, heaviest, logs, coarse.halving, coarse.estimate(values))


@dataclass(frozen=True)
class _Made:
    """What the estimates of one set of draws share.  Another question to the same field with the same seed is asked of the same draws, so
    that its estimates deviate together with these.
    """

    source: str
    count: int
    ess: float
    seed: int
    faults: tuple[str, ...]

    def estimate(self, method: str, mean: Any, left: np.ndarray, spacing: dict[str, np.ndarray], bias: str = "unknown") -> Estimate:
        """From the mean, its delete-one values [blocks, ...] and the deviation of the quadrature."""
        away = (left - mean) * math.sqrt((_BLOCKS - 1) / _BLOCKS)
        return Estimate(
            mean,
            {self.source: away} | spacing,
            self.count,
            _BLOCKS,
            self.seed,
            method,
            f"{precision()} fields, float64 weights",
            bias=bias,
            refused=np.full(np.shape(mean), bool(self.faults)),
            effective_draws=self.ess * self.count,
            diagnostics={"warnings": list(self.faults)} if self.faults else {},
        )


def _digest(field: InteractingField, count: int, seed: int) -> str:
    """A name for the draws, by all that decides them and their weights."""
    region, potential = field.region, field.potential
    program = program_digest(field.free.program(jnp.asarray(region.nodes[:1])))
    arrays = region.nodes.tobytes() + region.weights.tobytes()
    text = f"{program} {potential.coefficients} {potential.function!r} {count} {seed} {hashlib.sha256(arrays).hexdigest()}"
    return f"reweighted {seed}/{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def precision() -> str:
    """Of the numbers of JAX as they are now."""
    return jnp.zeros(()).dtype.name


def source_of(what: str, seed: int, values: np.ndarray) -> str:
    """A name for a set of draws that other fields, boxes and points do not share."""
    return f"{what} {seed}/{hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()[:16]}"


def _ess(logs: np.ndarray) -> float:
    weights = np.exp(logs - logs.max())
    return float(weights.sum() ** 2 / np.sum(weights**2) / len(weights))


def pilot_spacing(field: InteractingField, points: np.ndarray, seed: int) -> None:
    """Raises `NotConverged` where free draws show that the spacing is too coarse for samplers that tell only at their end."""
    if field.region.coarse is not None and bounded(field):
        actions, _ = _drawn(field, deformed(field, points), stream_key(seed, "interacting/pilot"), _PILOT)
        if _ess(-actions[:, 0]) * _PILOT >= 100:
            refuse_coarse(field, actions, least=3)


def _drawn(
    field: InteractingField, kernel: Deformed, key: jax.Array, count: int, watched: Callable[[np.ndarray], None] = lambda actions: None
) -> tuple[np.ndarray, np.ndarray]:
    """S_int [count, rules] and the field [count, points] of draws of P_0, in 64 bits; ``watched`` is shown the first of S_int."""
    rows = jax.tree.leaves(jax.eval_shape(field.free.density.sample, key))[0].shape[0]
    size = int(min(count, max(64, 2 ** math.floor(math.log2(_CHUNK / (rows * len(kernel.x)) + 1)))))
    actions, phi = [], []
    for start in range(0, count, size):
        some, values = _chunk(field.free.density, kernel, draw_keys(key, start, size))
        actions.append(np.asarray(some, dtype=float))
        phi.append(np.asarray(values, dtype=float))
        if not start:
            watched(actions[0][:count])
    return np.concatenate(actions)[:count], np.concatenate(phi)[:count]


@eqx.filter_jit
def _chunk(density: Any, kernel: Deformed, keys: jax.Array) -> tuple[jax.Array, jax.Array]:
    return jax.vmap(lambda key: kernel(density.sample(key)))(keys)
