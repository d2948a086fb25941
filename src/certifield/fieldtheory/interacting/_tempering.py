"""Tempered sequential Monte Carlo (BlackJAX): particles go from P_0 to P_0 exp(-S_int) through exp(-beta S_int), beta chosen such that the
weights of each step stay even, with resampling and Metropolis moves that redraw neurons (or modes) in between.  It gives log Z as well.

Independent runs give the error bars; they enter with their estimates of Z, which makes the ratio consistent in the number of runs.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from certifield.evidence import Estimate, InputError, MissingExtra, NotConverged
from certifield.streams import draw_keys, stream_key

from ._reweighting import pilot_spacing, precision, source_of
from ._spacing import Doubled, doubled
from ._theory import InteractingField, checked_rows, deformed, redrawn

_TARGET = 0.5  # of the particles stay effective in each step
_LONGEST = 200  # steps


@dataclass(frozen=True, eq=False)
class Tempered:
    """``values`` [T]; ``log_partition``: log Z(V)/Z(0); ``betas``: the ladder of the first run; ``acceptance``: of the last moves.

    ``halving``: the largest change of S_int on doubling the spacing, over particles of the mean weight or more; ``shift`` [T]: what that
    does to the values (None on a lattice), which is part of their errors.
    """

    values: Estimate
    log_partition: Estimate
    betas: np.ndarray
    acceptance: float
    halving: float
    shift: Estimate | None


def tempered(
    field: InteractingField, points: Any, indices: Any, *, particles: int = 1024, runs: int = 16, moves: int = 20, seed: int = 0
) -> Tempered:
    """The n-point functions at ``indices`` [T, n] by ``runs`` independent runs of ``particles``, with ``moves`` after every resampling.

    ``indices`` may be a function of the fields as in `reweighted`.
    Raises `NotConverged` where beta does not reach 1 in 200 steps, and for a spacing as in `reweighted`; `InputError` for unusable points,
    fewer than 16 runs, 64 particles or 1 move; `MissingExtra` without BlackJAX.
    """
    where, measured = checked_rows(field, points, indices)
    if runs < 16 or particles < 64 or moves < 1:
        raise InputError("runs, particles, moves", (runs, particles, moves), "at least 16, 64 and 1", "leave them out")
    blackjax = blackjax_or_missing()
    pilot_spacing(field, where, seed)
    start, step, look = _programs(field, tuple(map(tuple, where.tolist())), particles, moves, precision())
    seen, logs, ladder, accepted = [], [], [], []
    with jax.numpy_dtype_promotion("standard"):
        for key in draw_keys(stream_key(seed, "interacting/tempered"), 0, runs):
            first, key = jax.random.split(key)
            state = blackjax.smc.tempered.init(start(first))
            total, betas, rate = 0.0, [0.0], 1.0
            while float(state.tempering_param) < 1:
                own, key = jax.random.split(key)
                state, increment, rate = step(own, state)
                total += float(increment)
                betas.append(float(state.tempering_param))
                if len(betas) > _LONGEST:
                    raise NotConverged(f"beta is {betas[-1]:.3g} after {_LONGEST} steps: take more particles, or a smaller box")
            seen.append([np.asarray(one, dtype=float) for one in (*look(state.particles), state.weights)])
            logs.append(total)
            ladder.append(betas)
            accepted.append(float(rate))
    actions, phi, weights = (np.stack(one) for one in zip(*seen, strict=True))
    weights /= weights.sum(axis=1, keepdims=True)
    products = measured(phi)
    with np.errstate(divide="ignore"):  # a particle may have no weight at all
        each = np.log(weights) + np.array(logs)[:, None] - max(logs)
    change = (actions[..., 0] - actions[..., -1]).ravel()
    coarse = doubled(field, products.reshape(runs * particles, -1), each.ravel(), change, runs)
    values, log_z = _combined(np.einsum("rp,rpt->rt", weights, products), np.array(logs), coarse, particles, seed)
    return Tempered(values, log_z, np.array(ladder[0]), float(np.mean(accepted)), coarse.halving, coarse.estimate(values))


@lru_cache(maxsize=16)
def _programs(
    field: InteractingField, where: tuple[tuple[float, ...], ...], particles: int, moves: int, kind: str
) -> tuple[Callable, Callable, Callable]:
    """Compiled once for a question: the particles of a key, a step of the ladder, and S_int and the fields of particles."""
    kernel = deformed(field, np.array(where))
    start = jax.jit(lambda key: jax.vmap(field.free.density.sample)(jax.random.split(key, particles)))
    step = jax.jit(partial(_step, blackjax_or_missing(), field, kernel, moves))
    return start, step, jax.jit(jax.vmap(kernel))


def blackjax_or_missing() -> Any:
    """BlackJAX; raises `MissingExtra` without it."""
    try:
        import blackjax
        import blackjax.smc.resampling
    except ImportError as error:
        raise MissingExtra("tempered and Markov-chain sampling need BlackJAX: pip install 'certifield[sampling]'") from error
    return blackjax


def _step(blackjax: Any, field: InteractingField, kernel: Any, moves: int, key: jax.Array, state: Any) -> tuple[Any, jax.Array, jax.Array]:
    """One step of the ladder.  Densities are with respect to P_0, under which the moves are reversible."""

    def move(rng_key: jax.Array, chain: Any, logdensity: Any) -> tuple[Any, Any]:
        metropolis = blackjax.mcmc.random_walk.build_rmh()
        return metropolis(rng_key, chain, logdensity, lambda own, position: redrawn(field.free, own, position))

    algorithm = blackjax.adaptive_tempered_smc(
        logprior_fn=lambda _: jnp.zeros(()),
        loglikelihood_fn=lambda params: -kernel.action(params),
        mcmc_step_fn=move,
        mcmc_init_fn=blackjax.mcmc.random_walk.init,
        mcmc_parameters={},
        resampling_fn=blackjax.smc.resampling.systematic,
        target_ess=_TARGET,
        num_mcmc_steps=moves,
    )
    moved, info = algorithm.step(key, state)
    return moved, info.log_likelihood_increment, jnp.mean(info.update_info.is_accepted.astype(float))


def _combined(means: np.ndarray, logs: np.ndarray, coarse: Doubled, particles: int, seed: int) -> tuple[Estimate, Estimate]:
    """The values and log Z of all runs, with the deviations of the quadrature."""
    runs = len(means)
    weights = np.exp(logs - logs.max())
    values = weights @ means / weights.sum()
    left = (weights @ means - weights[:, None] * means) / (weights.sum() - weights)[:, None]
    partition = weights.mean()
    away_z = (weights - partition) / math.sqrt(runs * (runs - 1)) / partition
    ess = weights.sum() ** 2 / np.sum(weights**2)
    warnings = [] if ess > runs / 3 else [f"estimates of Z differ between runs: {ess:.2g} of {runs} count; take more particles or moves"]
    diagnostics = {"warnings": warnings} if warnings else {}
    shared = {"draws": runs * particles, "blocks": runs, "seed": seed, "precision": precision(), "diagnostics": diagnostics}
    source, method = source_of("tempered", seed, values), f"tempered sequential Monte Carlo, {runs} runs of {particles}"
    found = Estimate(
        values,
        {source: (left - values) * math.sqrt((runs - 1) / runs)} | coarse.deviation(coarse.shift),
        method=method,
        bias="unknown",
        refused=np.full(values.shape, bool(warnings)),
        **shared,
    )
    log_z = Estimate(
        np.asarray(math.log(partition) + logs.max()),
        {source + "/log Z": away_z} | coarse.deviation(math.log1p(coarse.gain)),
        method=method,
        bias="unknown",
        refused=np.asarray(bool(warnings)),
        **shared,
    )
    return found, log_z
