r"""Tempered sequential Monte Carlo of a lattice scalar field: particles go from the free field of mass 1 to phi^4.

The actions on the way, $(1-\beta)S_{free} + \beta S$, are lattice actions themselves.  beta grows such that the weights of each step keep
half of the particles effective; then particles are resampled and moved by trajectories of hybrid Monte Carlo at the new beta.  The product
of the mean weights estimates $Z/Z_{free}$ without bias, and independent runs enter with theirs.
Source: Del Moral, Doucet and Jasra, J. R. Stat. Soc. B 68 (2006) 411.
"""

import math
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from certifield._arguments import of_kind, positive, seeded, whole
from certifield.evidence import Estimate, InputError, NotConverged
from certifield.streams import stream_key

from ._hmc import _run
from ._lattice import LatticeObservables, LatticeScalar

_KEPT = 0.5  # of the particles stay effective in each step
_LONGEST = 100  # steps


@dataclass(frozen=True, eq=False)
class LatticeParticles:
    """``observables``; ``log_partition``: log Z/Z_free, Z_free of the free field of mass 1; ``ladder``: beta in the first run;
    ``acceptance`` of the moves, over all; ``particles`` of each of ``runs``.
    """

    observables: LatticeObservables
    log_partition: Estimate
    ladder: tuple[float, ...]
    acceptance: float
    particles: int
    runs: int


def lattice_smc(
    lattice: LatticeScalar, *, particles: int = 1024, runs: int = 16, moves: int = 8, steps: int = 8, step: float = 0.1, seed: int = 0
) -> LatticeParticles:
    """``runs`` independent runs of ``particles``, with ``moves`` trajectories of ``steps`` leapfrog steps after every resampling.

    Raises `InputError` for fewer than 8 runs, 64 particles or 1 move; `NotConverged` where beta does not reach 1 in 100 steps, or where one
    run has more than half of all weight.
    """
    of_kind("lattice", lattice, LatticeScalar, "such as LatticeScalar((8, 8), -4.0, 8.0, 'unhalved')")
    particles, runs, moves = whole("particles", particles, 64), whole("runs", runs, 8), whole("moves", moves, 1)
    steps, step, seed = whole("steps", steps, 1), positive("step", step), seeded(seed)
    if lattice.coupling == 0:
        raise InputError("lattice", lattice, "with a coupling above 0", "the free field is known exactly: lattice.exact()")
    with jax.enable_x64(True):
        key = stream_key(seed, "lattice smc")
        found = [_one(lattice, jax.random.fold_in(key, run), particles, moves, steps, step) for run in range(runs)]
    means, logs = np.array([one[0] for one in found]), np.array([one[1] for one in found])
    weights = np.exp(logs - logs.max())
    if weights.max() > weights.sum() / 2:
        raise NotConverged("one run has more than half of all weight: take more particles, or more moves")
    values = weights @ means / weights.sum()
    left = (weights @ means - weights[:, None] * means) / (weights.sum() - weights)[:, None]
    source = f"lattice smc/{lattice}/{particles}/{runs}/{moves}/{steps}/{step}/{seed}"
    told = (runs * particles, runs, seed, f"tempered sequential Monte Carlo, {runs} runs", "float64", "unknown")
    every = Estimate(values, {source: (left - values) * math.sqrt((runs - 1) / runs)}, *told)
    mean = weights.mean()
    away = (weights - mean) / mean / math.sqrt(runs * (runs - 1))
    partition = Estimate(np.asarray(math.log(mean) + logs.max()), {source: away}, *told)
    observables = LatticeObservables(lattice, every[0], every[1], every[2] * lattice.sites)
    return LatticeParticles(observables, partition, tuple(found[0][2]), float(np.mean([one[3] for one in found])), particles, runs)


def _one(lattice: LatticeScalar, key: Any, particles: int, moves: int, steps: int, step: float) -> tuple[Any, float, list[float], float]:
    """Means of phi^2, phi^4 and m^2, log Z/Z_free, the ladder and the acceptance of one run."""
    rules, axes = lattice.rules, tuple(range(len(lattice.shape)))
    field = _free(lattice, jax.random.fold_in(key, 0), particles)
    beta, log_z, ladder, accepted = 0.0, 0.0, [0.0], []
    generator = np.random.default_rng(np.asarray(jax.random.key_data(jax.random.fold_in(key, 1))))
    while beta < 1:
        square = field * field
        gap = np.asarray(jnp.sum(square * (rules.mass * (lattice.mass_squared - 1) + rules.quartic * lattice.coupling * square), axis=axes))
        forward = _next(gap, 1 - beta)
        logs = -forward * gap
        weights = np.exp(logs - logs.max())
        log_z += math.log(weights.mean()) + float(logs.max())
        beta = 1.0 if forward == 1 - beta else beta + forward
        ladder.append(beta)
        if len(ladder) > _LONGEST:
            raise NotConverged(f"beta is {beta:.3g} after {_LONGEST} steps: take more particles, or a smaller lattice")
        places = (np.arange(particles) + generator.random()) / particles  # systematic resampling
        chosen = np.minimum(np.searchsorted(np.cumsum(weights) / weights.sum(), places), particles - 1)
        mass = rules.mass * ((1 - beta) + beta * lattice.mass_squared)
        parameters = (mass, rules.quartic * beta * lattice.coupling, rules.stiffness, step)
        field, sums = _run(field[..., chosen], jax.random.fold_in(key, len(ladder)), parameters, steps, moves)
        accepted.append(float(jnp.mean(sums["accepted"])) / moves)
    mean = jnp.mean(field, axis=axes)
    means = [float(jnp.mean(one)) for one in (field**2, field**4, mean**2)]
    return means, log_z, ladder, float(np.mean(accepted))


def _free(lattice: LatticeScalar, key: Any, particles: int) -> Any:
    """Independent free fields [*shape, particles] of mass 1, by their momenta."""
    axes = tuple(range(len(lattice.shape)))
    momenta: Any = np.meshgrid(*[4 * np.sin(np.pi * np.arange(side) / side) ** 2 for side in lattice.shape], indexing="ij")
    spread = 1 / np.sqrt(lattice.rules.stiffness * (1 + np.sum(momenta, axis=0)))
    noise = jnp.fft.fftn(jax.random.normal(key, (*lattice.shape, particles)), axes=axes)
    return jnp.real(jnp.fft.ifftn(noise * jnp.asarray(spread, noise.dtype)[..., None], axes=axes))


def _next(gap: np.ndarray, most: float) -> float:
    """The largest step of beta, up to ``most``, that keeps half of the particles effective."""

    def effective(step: float) -> float:
        weights = np.exp(-step * (gap - gap.min()))
        return float(weights.sum() ** 2 / np.sum(weights**2)) / len(gap)

    if effective(most) >= _KEPT:
        return most
    low, high = 0.0, most
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if effective(middle) >= _KEPT else (low, middle)
    return low
