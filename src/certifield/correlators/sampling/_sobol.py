"""One-neuron moments by replicated scrambled Sobol points: for activations without a closed form.

Each replicate is an independent scrambling of the same low-discrepancy points, pushed through the inverse normal distribution; its
averages are unbiased.  The replicates are the draws of the estimator: products of expectations are averaged over distinct replicates,
so nothing is biased.  Heavy tails are guarded against point by point, as for random draws: low-discrepancy points stop short of a far
tail, and their replicates then agree on a wrong value.
"""

import hashlib
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import scipy
from scipy.special import ndtri

from certifield.ensembles import Ensemble, Law, Neurons
from certifield.evidence import Estimate, InputError, NotConverged
from certifield.streams import BlockSums, jackknife

from .._question import checked_count
from ..expansion import entering, evaluate, positions, side_by_side, unbiased
from ._growth import is_random
from ._plan import plan
from ._spread import deviation_of_product
from ._tails import guard

REPLICATES = 32
_LIMIT = 0.3  # of the skewness that random draws would have
_MOST = 22  # log2 of the points of a replicate


def sobol(
    ensemble: Ensemble,
    points: np.ndarray,
    table: np.ndarray,
    components: np.ndarray,
    *,
    connected: bool,
    draws: int | None,
    stderr: float | None,
    seed: int,
) -> Estimate:
    """The correlator from 32 scrambled replicates; ``draws`` counts all points, ``stderr`` doubles them until it is reached.

    Raises `InputError` unless the ensemble is one layer of neurons with Gaussian weights and biases.
    """
    neurons = ensemble.neurons
    if neurons is None or any(getattr(law, "family", "") not in ("normal", "fixed") for law in (neurons.weights, neurons.biases)):
        raise InputError(
            "method", "sobol", "used on a single layer with Gaussian weights and biases", "use method='neuron' or 'network-kstat'"
        )
    chosen = plan(ensemble, "neuron", table, components, neurons.outputs, None, connected)
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError("seed", seed, "a whole number, 0 or more", "try seed=0")
    most = scipy.stats.qmc.Sobol.MAXDIM
    if neurons.dim + 1 > most:
        raise InputError("method", "sobol", f"used in fewer than {most} dimensions", "use method='neuron'")
    log_size = 14 if draws is None else max(0, int(np.ceil(np.log2(checked_count("draws", draws, 2 * REPLICATES) / REPLICATES))))
    while True:
        result = _with_size(ensemble, neurons, points, table, chosen, min(log_size, _MOST), seed)
        if stderr is None or np.max(result.nominal_stderr) <= stderr:
            return result
        if log_size >= _MOST:
            reached = float(np.max(result.nominal_stderr))
            raise NotConverged(f"stderr = {stderr:g} was not reached: {result.draws} points give {reached:.2g}. Ask for a larger stderr")
        log_size += 1


def _with_size(
    ensemble: Ensemble, neurons: Neurons, points: np.ndarray, table: np.ndarray, chosen: Any, log_size: int, seed: int
) -> Estimate:
    terms = unbiased(chosen.target(None), side_by_side)
    blocks = sorted({block for term in terms for product in term.sums for block in product} | set(chosen.heaviest))
    means, parts = _replicates(neurons, points, table, blocks, log_size, seed)
    products = sorted({product for term in terms for product in term.sums})
    rows = np.concatenate([np.prod([means[block] for block in product], axis=0) for product in [chosen.heaviest, *products]], axis=1)
    place = {product: slice((i + 1) * len(table), (i + 2) * len(table)) for i, product in enumerate(products)}
    groups = [BlockSums(1, row, np.abs(row), np.abs(row)) for row in rows]

    def statistic(sums: np.ndarray, count: np.ndarray) -> np.ndarray:
        return evaluate(terms, lambda product: sums[:, place[product]], count, chosen.kernel) + chosen.constant

    value, deviations = jackknife(groups, statistic)
    # The points are judged as if they were random draws of their own: what those would miss in the tail, these miss as well.
    spread = sum(part.sums[len(table) :] for part in parts) - (REPLICATES << log_size) * rows[:, : len(table)].mean(axis=0) ** 2
    total = np.sqrt(np.maximum(spread, 0.0))
    known = deviation_of_product(neurons, points, table) * np.sqrt(REPLICATES << log_size)
    refused, longer, diagnostics = guard(
        parts,
        np.arange(len(table)),
        np.ones(len(table)),
        value,
        deviations,
        random=np.full(len(table), is_random(ensemble, "sobol")) & entering(terms, len(table)),
        total=total,
        met=np.divide(total, known, out=np.full(len(table), np.nan), where=known > 0),
        limit=_LIMIT,
    )
    return Estimate(
        mean=value,
        deviations={f"sobol/{hashlib.sha256(rows.tobytes()).hexdigest()[:16]}": deviations * longer},
        draws=REPLICATES << log_size,
        blocks=REPLICATES,
        seed=seed,
        method="sobol",
        precision="float64",
        refused=refused,
        diagnostics=diagnostics | {"replicates": REPLICATES, "points_per_replicate": 1 << log_size},
    )


def _replicates(
    neurons: Neurons, points: np.ndarray, table: np.ndarray, blocks: list[int], log_size: int, seed: int
) -> tuple[dict[int, np.ndarray], list[BlockSums]]:
    """Means of the products over each block, block -> [replicates, T]; and for quarters of replicates, what the full products and their
    squares add up to."""
    means: dict[int, list[np.ndarray]] = {block: [] for block in blocks}
    parts = []
    for scramble in np.random.SeedSequence(seed).spawn(REPLICATES):
        uniform = scipy.stats.qmc.Sobol(neurons.dim + 1, scramble=True, rng=np.random.default_rng(scramble)).random_base2(log_size)
        hidden = _features(neurons, points, ndtri(np.clip(uniform, 2**-40, 1 - 2**-40)))
        for block in blocks:
            means[block].append(np.prod(hidden[table[:, positions(block)]], axis=1).mean(axis=1))
        for quarter in np.array_split(np.prod(hidden[table], axis=1), min(4, 1 << log_size), axis=1):
            both = np.concatenate([quarter, quarter**2])
            parts.append(BlockSums(quarter.shape[1], both.sum(axis=1), np.abs(both).sum(axis=1), np.abs(both).max(axis=1)))
    return {block: np.stack(rows) for block, rows in means.items()}, parts


def _features(neurons: Neurons, points: np.ndarray, gaussian: np.ndarray) -> np.ndarray:
    """h(x_i) at all points for standardised hidden parameters [n, dim + 1]: [points, n], in 64 bits whatever the ambient precision."""
    assert isinstance(neurons.weights, Law)
    with jax.enable_x64(True):
        weights = neurons.weights.location + neurons.weights.scale * gaussian[:, :-1]
        biases = neurons.biases.location + neurons.biases.scale * gaussian[:, -1]
        return np.asarray(neurons.feature.at(jnp.asarray(weights), jnp.asarray(biases), jnp.asarray(points)))
