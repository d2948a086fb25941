r"""Draws of a flow, and how they become those of the action: by their weights, or by independence Metropolis.

Weights $w = e^{-S}/q$.  Metropolis proposes draw after draw and accepts with $\min(1, w'/w)$ (arXiv:1904.12072); it has no bias for long
chains, and pays for rejections with repeated fields, which its autocorrelation time counts.
"""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from certifield._arguments import a_function, of_kind, seeded, whole
from certifield.evidence import Estimate, InputError
from certifield.streams import stream_key

from ..interacting._reweighting import HEAVIEST, LEAST_ESS
from ..interacting._spacing import ratio
from ..oracles._hmc import autocorrelation_between_chains
from ._coupling import lenient
from ._training import Flow, action_of, effective_part

_BLOCKS = 128
_CHUNK = 4096
_CHECKED = 256  # draws whose density is computed from the Jacobian of the map itself
_SPREAD = 0.1  # of log q about it, above which there is no answer


@dataclass(frozen=True, eq=False)
class FlowDraws:
    """Independent draws of a flow: ``log_weights`` [draws] of e^{-S}/q, up to a constant; ``observables`` [draws, T] of them.

    ``ess``: the effective part; ``heaviest``: the part of all weight that one draw has; ``mismatch`` [256]: the logarithm of the true
    density less the one in the weights, on draws of their own, with their weights and observables.
    """

    log_weights: np.ndarray
    observables: np.ndarray
    mismatch: np.ndarray
    checked: tuple[np.ndarray, np.ndarray]
    seed: int
    source: str

    @property
    def ess(self) -> float:
        """(mean w)^2 / mean w^2."""
        return effective_part(self.log_weights)

    @property
    def heaviest(self) -> float:
        """The largest weight over the sum."""
        weights = np.exp(self.log_weights - self.log_weights.max())
        return float(1 / weights.sum())

    @property
    def faults(self) -> list[str]:
        """What makes the weights unusable; empty is good."""
        found = []
        if not self.ess >= LEAST_ESS:
            found.append(f"only {self.ess:.2g} of the draws are effective, below {LEAST_ESS:g}: train longer, or take lattice_smc")
        if not self.heaviest <= HEAVIEST:
            found.append(f"one draw has {self.heaviest:.2g} of all weight, more than {HEAVIEST:g}: train longer, or take lattice_smc")
        if not np.std(self.mismatch) <= _SPREAD:
            found.append(f"log q is off by {np.std(self.mismatch):.2g}, more than {_SPREAD:g}: give the integrator more steps")
        return found

    def reweighted(self) -> Estimate:
        """The means [T] of the observables under e^{-S}; refused where `faults` are found.

        What the mismatch of the density does to them, a covariance, is one of their deviations.
        """
        weights = np.exp(self.log_weights - self.log_weights.max())
        mean, left = ratio(self.observables, weights, _BLOCKS)
        deviations = {self.source: (left - mean) * math.sqrt((_BLOCKS - 1) / _BLOCKS)}
        if np.any(self.mismatch):
            logs, seen = self.checked
            share = np.exp(logs - logs.max())
            share = share / share.sum()
            gap = self.mismatch - share @ self.mismatch
            deviations[f"{self.source}/integrator"] = (share * gap) @ (seen - share @ seen)[None]
        count = len(weights)
        return Estimate(
            mean, deviations, count, _BLOCKS, self.seed, "reweighted draws of a flow", "float64", bias="unknown",
            refused=np.full(mean.shape, bool(self.faults)), effective_draws=self.ess * count,
            diagnostics={"warnings": self.faults} if self.faults else {},
        )  # fmt: skip

    def efficiency(self) -> Estimate:
        """`ess` with its error, by a jackknife over blocks."""
        weights = np.exp(self.log_weights - self.log_weights.max()).reshape(_BLOCKS, -1)
        first, second, count = weights.sum(axis=1), (weights**2).sum(axis=1), len(self.log_weights)
        without = (first.sum() - first) ** 2 / (second.sum() - second) / (count - count // _BLOCKS)
        whole_one = first.sum() ** 2 / second.sum() / count
        away = (without - without.mean()) * math.sqrt((_BLOCKS - 1) / _BLOCKS)
        return Estimate(
            np.asarray(whole_one), {f"{self.source}/ess": away}, count, _BLOCKS, self.seed, "weights", "float64", bias="unknown"
        )

    def metropolis(self, *, chains: int = 64, warmup: float = 0.1) -> "IndependenceChain":
        """Chains that propose the draws in turn; the first ``warmup`` of each is left out.  Raises `InputError` for fewer than 8 chains,
        chains shorter than 16, and a share that is not below 1.
        """
        chains = whole("chains", chains, 8, len(self.log_weights) // 16)
        if isinstance(warmup, bool) or not isinstance(warmup, int | float) or not 0 <= warmup < 1:
            raise InputError("warmup", warmup, "a share from 0, below 1", "try warmup=0.1")
        length = len(self.log_weights) // chains
        logs = self.log_weights[: chains * length].reshape(chains, length)
        chances = np.log(np.random.default_rng([self.seed, 1904]).random((chains, length)))
        place, taken = np.zeros(chains, dtype=int), np.zeros((chains, length), dtype=int)
        rows, accepted = np.arange(chains), 0
        for step in range(1, length):
            yes = chances[:, step] < logs[:, step] - logs[rows, place]
            place = np.where(yes, step, place)
            taken[:, step], accepted = place, accepted + int(yes.sum())
        first = int(warmup * length)
        seen = self.observables[: chains * length].reshape(chains, length, -1)[rows[:, None], taken[:, first:]]
        means, squares = seen.mean(axis=1), (seen**2).mean(axis=1)
        spread = (means - means.mean(axis=0)) / math.sqrt(chains * (chains - 1))
        source = f"{self.source}/metropolis {chains}"
        values = Estimate(means.mean(axis=0), {source: spread}, seen.shape[0] * seen.shape[1], chains, self.seed, "independence Metropolis",
                          "float64", refused=np.full(means.shape[1], bool(self.faults)),
                          diagnostics={"warnings": self.faults} if self.faults else {})  # fmt: skip
        times = [
            autocorrelation_between_chains(means[:, k], squares[:, k], length - first, f"{source}/tau {k}") for k in range(len(means[0]))
        ]
        return IndependenceChain(values, accepted / (chains * (length - 1)), tuple(times))


@dataclass(frozen=True, eq=False)
class IndependenceChain:
    """``values`` [T]; ``acceptance``; ``autocorrelation``: tau_int of each observable in steps, 1/2 where all are accepted."""

    values: Estimate
    acceptance: float
    autocorrelation: tuple[Estimate, ...]


def sample(flow: Any, target: Any, observables: Callable[[Any], Any], *, draws: int = 16_384, seed: int = 0) -> FlowDraws:
    """``draws`` independent fields of a flow in 64-bit numbers, with weights for ``target`` and ``observables`` (fields to [draws, T]).

    Raises `InputError` for what is no flow, target or function, and fewer than 1024 draws.
    """
    of_kind("flow", flow, Flow, "such as train(...).flow")
    action, draws, seed = action_of(target), whole("draws", draws, 1024), seeded(seed)
    a_function("observables", observables, "fields to numbers [draws, T]")
    count = _BLOCKS * -(-draws // _BLOCKS)
    key = stream_key(seed, "lattice flows/draws")
    with jax.enable_x64(True), lenient():
        wide = jax.tree.map(_wide, flow)
        found = [
            _chunk(wide, action, observables, jax.random.fold_in(key, place), min(_CHUNK, count)) for place in range(-(-count // _CHUNK))
        ]
        logs, seen = (np.concatenate([np.asarray(one[part], dtype=float) for one in found])[:count] for part in (0, 1))
        checked = _check(wide, action, observables, jax.random.fold_in(key, 2**31))
        some, those, gap = (np.asarray(one, dtype=float) for one in checked)
    if seen.ndim != 2 or len(seen) != count:
        raise InputError("observables", f"arrays of shape {seen.shape}", "[draws, T]", "return one row of numbers for each draw")
    digest = hashlib.sha256(logs.tobytes()).hexdigest()[:16]
    return FlowDraws(logs, seen, gap, (some, those), seed, f"flow draws {seed}/{digest}")


@eqx.filter_jit
def _chunk(flow: Any, action: Callable, observables: Callable, key: jax.Array, count: int) -> tuple[jax.Array, jax.Array]:
    """Logarithms of weights, and observables."""
    fields, density = flow.draw(key, count)
    return -action(fields) - density, observables(fields)


@eqx.filter_jit
def _check(flow: Any, action: Callable, observables: Callable, key: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    """The same, and the mismatch of the density."""
    fields, density, gap = flow.mismatch(key, _CHECKED)
    return -action(fields) - density, observables(fields), gap


def _wide(leaf: Any) -> Any:
    """A parameter in 64 bits."""
    return leaf.astype(jnp.float64) if eqx.is_inexact_array(leaf) else leaf
