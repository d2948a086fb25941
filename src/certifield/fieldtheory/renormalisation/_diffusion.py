r"""The inverse flow: free fields carried back to the interacting lattice by a learned score, and made exact by their weights.

    dy_k/dt = -r_k q_k grad_k log(P_t/Q)(y),        d log p/dt = -div        (probability flow, arXiv:2011.13456, arXiv:2308.12355)

from t = infinity, where p = Q, to 0, by Diffrax.  The density p of what arrives is known, so that weights e^{-S}/p, or Metropolis steps
between independent proposals, make averages exact for every score; a poor one has few effective draws.
"""

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

import diffrax
import jax
import jax.numpy as jnp
import numpy as np

from certifield._arguments import of_kind, seeded, whole
from certifield.evidence import Estimate, NotConverged, propagate
from certifield.fieldtheory.oracles import LatticeObservables, LatticeScalar
from certifield.streams import stream_key

from ._score import LearnedScore, Setting

_CHUNK = 512
_BLOCKS = 64
_LEAST_ESS, _HEAVIEST = 0.01, 0.05
_STEP_ERROR = 0.02  # of a log weight, on doubling the steps


@dataclass(frozen=True, eq=False)
class DiffusedFields:
    r"""``fields`` [n, *shape] of ``lattice`` with ``log_weights`` $-S - \log p$ [n]; averages of `observables` are exact in the mean.

    ``ess``: (mean w)^2 / mean w^2; ``heaviest``: the part of all weight that one field has; ``acceptance`` of the Metropolis chain through
    the fields in their order, which goes through ``chain`` [n], numbers of fields; ``step_error``: the largest change of a log weight on
    doubling the steps, among the first fields.
    """

    lattice: LatticeScalar
    fields: np.ndarray
    log_weights: np.ndarray
    ess: float
    heaviest: float
    acceptance: float
    chain: np.ndarray
    step_error: float
    seed: int

    @property
    def faults(self) -> list[str]:
        """What is wrong; empty is good."""
        found = [] if self.ess >= _LEAST_ESS else [f"{self.ess:.2g} of the draws are effective, below {_LEAST_ESS}: train for longer"]
        if self.heaviest > _HEAVIEST:
            found.append(f"one draw has {self.heaviest:.2g} of all weight, more than {_HEAVIEST}: train for longer, or draw more")
        if self.step_error > _STEP_ERROR:
            found.append(f"log weights change by {self.step_error:.2g} on doubling the steps: take more steps")
        return found

    def checked(self) -> "DiffusedFields":
        """Itself, if nothing is wrong.  Raises `NotConverged` with the faults."""
        if self.faults:
            raise NotConverged("; ".join(self.faults))
        return self

    def observables(self) -> LatticeObservables:
        """phi^2, phi^4 and the susceptibility with the weights; refused where the weights are unusable."""
        return self._observed(np.exp(self.log_weights - self.log_weights.max()), self.fields, "weights of diffused fields")

    def along_the_chain(self) -> LatticeObservables:
        """The same along the Metropolis chain, whose blocks hold its autocorrelation."""
        return self._observed(np.ones(len(self.chain)), self.fields[self.chain], "Metropolis chain of diffused fields")

    def as_they_are(self) -> LatticeObservables:
        """The same without weights: averages of the model, not of the lattice."""
        return self._observed(np.ones(len(self.fields)), self.fields, "diffused fields, no weights")

    def log_partition(self) -> Estimate:
        r"""$\ln\int d\phi\, e^{-S}$, from the mean weight."""
        top = float(self.log_weights.max())
        blocks = np.exp(self.log_weights - top).reshape(_BLOCKS, -1).mean(axis=1)
        away = (blocks - blocks.mean()) / math.sqrt(_BLOCKS * (_BLOCKS - 1))
        source = f"diffused/{self.lattice}/{self.seed}/{self.log_weights[0]!r}"
        mean = Estimate(blocks.mean(), {source: away}, len(self.fields), _BLOCKS, self.seed, "weights of diffused fields", "float64")
        return propagate(lambda one: np.log(one) + top, mean)

    def _observed(self, weights: np.ndarray, fields: np.ndarray, told: str) -> LatticeObservables:
        axes = tuple(range(1, fields.ndim))
        rows = np.stack([(fields**2).mean(axis=axes), (fields**4).mean(axis=axes), fields.mean(axis=axes) ** 2 * self.lattice.sites])
        sums = (weights * rows).reshape(3, _BLOCKS, -1).sum(axis=2)
        norms = weights.reshape(_BLOCKS, -1).sum(axis=1)
        mean = sums.sum(axis=1) / norms.sum()
        left = (sums.sum(axis=1, keepdims=True) - sums) / (norms.sum() - norms)
        away = (left - left.mean(axis=1, keepdims=True)).T * math.sqrt((_BLOCKS - 1) / _BLOCKS)
        refused = np.full(3, bool(self.faults) and told.startswith("weights"))
        source = f"diffused/{self.lattice}/{self.seed}/{self.log_weights[0]!r}/{told}"
        warned = {"warnings": list(self.faults)} if refused.any() else {}
        every = Estimate(mean, {source: away}, len(fields), _BLOCKS, self.seed, told, "float64", "unknown", refused, diagnostics=warned)
        return LatticeObservables(self.lattice, every[0], every[1], every[2])


def diffuse(score: LearnedScore, *, draws: int = 4096, steps: int = 16, seed: int = 0) -> DiffusedFields:
    """``draws`` fields of the lattice, from free fields by ``steps`` steps of Tsitouras' method of order five, in the logarithmic clock.

    Raises `InputError` for fewer than 64 draws and fewer than 2 steps; `DiffusedFields.checked` raises where the weights are unusable.
    """
    of_kind("score", score, LearnedScore, "train one with learn_score")
    count = _BLOCKS * -(-whole("draws", draws, 64) // _BLOCKS)
    whole("steps", steps, 2)
    key, shape = stream_key(seeded(seed), "renormalisation/diffuse"), score.lattice.shape
    with jax.enable_x64(True):
        setting = score.setting
        y = jax.random.normal(key, (count, score.lattice.sites)) * jnp.sqrt(setting.q)[None, :]
        parts = [_carried(score.network, setting, y[i : i + _CHUNK], steps) for i in range(0, count, _CHUNK)]
        x, logs = (np.concatenate([np.asarray(one[part]) for one in parts]) for part in (0, 1))
        doubled = np.asarray(_carried(score.network, setting, y[:_BLOCKS], 2 * steps)[1])
    weights = np.exp(logs - logs.max())
    ess, heaviest = float(weights.sum() ** 2 / np.sum(weights**2)) / count, float(weights.max() / weights.sum())
    chain, moved = _metropolis(logs, np.random.default_rng(seed))
    return DiffusedFields(
        score.lattice, x.reshape(count, *shape), logs, ess, heaviest, moved, chain, float(np.max(np.abs(doubled - logs[:_BLOCKS]))), seed
    )


@partial(jax.jit, static_argnames="steps")
def _carried(network: Any, setting: Setting, y: Any, steps: int) -> tuple[Any, Any]:
    """Fields [n, V] and log weights -S - log p from modes of the reference."""

    def rate(u: Any, state: Any, _: Any) -> Any:
        score, trace = network(setting, state[0], u)
        noise = (setting.rates * setting.q)[None, :]
        return -setting.pace(u) * noise * score, setting.pace(u) * trace

    density = -jnp.sum(y * y / setting.q[None, :] + jnp.log(2 * math.pi * setting.q)[None, :], axis=1) / 2
    solved = diffrax.diffeqsolve(
        diffrax.ODETerm(rate), diffrax.Tsit5(), t0=1.0, t1=0.0, dt0=-1.0 / steps, y0=(y, density), max_steps=steps + 2,
        stepsize_controller=diffrax.ConstantStepSize(), adjoint=diffrax.ForwardMode(),
    )  # fmt: skip
    ends: Any = solved.ys
    modes, log_density = (one[-1] for one in ends)
    x = modes @ setting.matrix
    action = jnp.sum(modes * modes / setting.q[None, :], axis=1) / 2 + jnp.sum(jnp.polyval(setting.bend[::-1], x), axis=1)
    return x, -action - log_density


def _metropolis(logs: np.ndarray, generator: np.random.Generator) -> tuple[np.ndarray, float]:
    """Numbers of the fields at which a chain of independent proposals stands, and the share that it took."""
    chances = np.log(generator.random(len(logs)))
    chain, at = np.empty(len(logs), dtype=int), 0
    for number in range(len(logs)):
        if chances[number] < logs[number] - logs[at]:
            at = number
        chain[number] = at
    return chain, float(np.mean(np.diff(chain) > 0))
