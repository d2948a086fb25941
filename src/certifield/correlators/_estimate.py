"""Sampled n-point functions and connected correlators, with honest error bars."""

import dataclasses
import hashlib
import math
from typing import Any

import numpy as np

from certifield.ensembles import Ensemble
from certifield.evidence import Estimate, InputError, NotConverged
from certifield.streams import BlockSums, group, merge

from ._measurement import measurement
from ._question import checked_count, checked_indices, checked_points
from .sampling import CorrelatorMeasurement, outputs_of, sobol

GROUPS = 128  # of the jackknife
_DRAWS = 100_000
_MOST_DRAWS = 10**9
_PATIENCE = 16  # first stages after which a refused error bar is believed to stay refused


def estimate(
    ensemble: Ensemble,
    points: Any,
    *,
    indices: Any = None,
    components: Any = None,
    conjugate: Any = None,
    connected: bool = False,
    draws: int | None = None,
    stderr: float | None = None,
    seed: int = 0,
    method: str = "auto",
) -> Estimate:
    """The n-point function E[phi(x_1) ... phi(x_n)], or with ``connected`` its joint cumulant, by sampling; unbiased.

    Methods: ``neuron`` (single hidden layers: one-neuron moments with the readout averaged exactly, valid at every width; errors fall as
    the correlator itself does), ``network-wick`` (means of Wick-ordered products; needs the exact kernel), ``network-kstat`` (joint
    k-statistics; any ensemble), ``sobol`` (one-neuron moments by replicated scrambled Sobol points), ``auto`` (the first of neuron,
    network-wick, network-kstat that applies).
    Budget: ``draws`` (100 000 unless given; they come in whole blocks, so that there may be a few more), or ``stderr``: sample until
    every entry's standard error is below it.
    ``points``, ``indices``, ``components`` as in `exact`; ``conjugate``, shaped alike, says for complex outputs which fields are
    conjugated: conjugate=[0, 1] is E[phi(x_1) phi(x_2)*], and the answer is complex.  The error is a delete-one jackknife over at most 128
    groups of draws; entries with too few draws for their tails, or with tails that no number of draws will do for, are refused a
    Gaussian error bar (`Estimate.refused`).

    Raises `InputError`: wrong shapes, NaN, an odd order where odd correlators vanish, fewer draws than the statistic needs;
    `NoClosedForm` for ``network-wick`` without an exact kernel; `NotConverged` where 10^9 draws do not reach ``stderr``.

    >>> import certifield as cf
    >>> net = cf.ensembles.erf_net(dim=1, width=20)
    >>> result = cf.correlators.estimate(net, [[0.2], [0.6]], draws=4096)
    >>> bool(abs(result.mean - cf.correlators.exact(net, [[0.2], [0.6]]).value) < 5 * result.stderr)
    True
    """
    where = checked_points(ensemble, points)
    if draws is not None and stderr is not None:
        raise InputError("draws, stderr", (draws, stderr), "one budget, not two", "leave one of them out")
    if stderr is not None and not (isinstance(stderr, int | float) and not isinstance(stderr, bool) and 0 < stderr < math.inf):
        raise InputError("stderr", stderr, "a finite number more than 0", "try stderr=1e-3")
    table, parts, single = checked_indices(where, indices, components, outputs_of(ensemble, where))
    order = table.shape[1]
    if method == "sobol":
        result = sobol(ensemble, where, table, parts, connected=connected, draws=draws, stderr=stderr, seed=seed)
    else:
        wanted = checked_count("draws", _DRAWS if draws is None else draws, 1)
        blocks = GROUPS if stderr is None else 1
        chosen = measurement(
            ensemble,
            where,
            orders={order: table},
            components={order: parts},
            conjugate=None if conjugate is None else {order: conjugate},
            connected=connected,
            method=method,
            block_size=-(-wanted // blocks) if stderr is None else 1024,
        )
        # Another question, another stream: estimates of different ensembles or points from one seed are independent.
        chosen = dataclasses.replace(chosen, name=f"estimate/{hashlib.sha256(chosen.identity).hexdigest()}")
        _enough(chosen, order, wanted, connected)
        result = _with_draws(chosen, order, wanted, seed) if stderr is None else _with_error(chosen, order, stderr, seed)
    # A single number keeps the diagnostics of the vector that it is the only entry of.
    return dataclasses.replace(result[0], diagnostics=result.diagnostics) if single else result


def _with_draws(chosen: CorrelatorMeasurement, order: int, draws: int, seed: int) -> Estimate:
    blocks = [chosen.block(seed, index) for index in range(max(2, -(-draws // chosen.block_size)))]
    return chosen.estimate(group(blocks, GROUPS), seed=seed, order=order)


def _with_error(chosen: CorrelatorMeasurement, order: int, target: float, seed: int) -> Estimate:
    """Blocks until the largest standard error is below the target; stages grow by what is missing, at most fourfold."""
    if chosen.infinite[order]:
        raise NotConverged(f"stderr = {target:g} cannot be reached: {chosen.infinite[order]}")
    parts: list[BlockSums] = []  # of `size` blocks each: neighbours are merged as their number grows, so memory stays flat
    size, done, wanted = 1, 0, GROUPS
    while True:
        while done < wanted:
            parts.append(merge(chosen.block(seed, index) for index in range(done, done + size)))
            done += size
            if len(parts) == 4 * GROUPS:
                parts, size = group(parts, 2 * GROUPS), 2 * size
        result = chosen.estimate(group(parts, GROUPS), seed=seed, order=order)
        reached = float(np.max(result.nominal_stderr))
        # Few draws are often refused an error bar that more of them earn; a refusal that lasts is part of the answer.
        if reached <= target and (done >= _PATIENCE * GROUPS or not result.refused.any()):
            return result
        missing = 2.0 if reached <= target else 1.1 * (reached / target) ** 2
        hopeless = done >= 4 * GROUPS and missing * done * chosen.block_size > _MOST_DRAWS
        if hopeless or not math.isfinite(reached) or done * chosen.block_size >= _MOST_DRAWS:
            raise NotConverged(
                f"stderr = {target:g} was not reached: {done * chosen.block_size} draws give {reached:.2g}, tail index "
                f"{result.diagnostics.get('tail_index', math.nan):.2g}. Ask for a larger stderr, another method, or the exact value"
            )
        wanted = min(4 * done, max(math.ceil(missing * done), done + size))


def _enough(chosen: CorrelatorMeasurement, order: int, draws: int, connected: bool) -> None:
    # One draw more than the statistic itself needs: its error leaves each group of draws out once.
    least = 1 + max(2, chosen.plans[order].fewest_draws, math.ceil(order / 2) if connected else 1)
    if draws < least:
        raise InputError(
            "draws", draws, f"{least} or more for {chosen.method} at order {order}", "an error bar needs some thousands; try draws=100_000"
        )
