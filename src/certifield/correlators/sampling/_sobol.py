"""One-neuron moments by replicated scrambled Sobol points: for activations without a closed form.

Each replicate is an independent scrambling of the same low-discrepancy points, pushed through the inverse normal distribution;
its averages are
unbiased.  The replicates are the draws of the estimator: products of expectations are averaged over distinct replicates, so
nothing is biased.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc

from certifield.ensembles import Ensemble, Law, Neurons
from certifield.evidence import Estimate, InputError
from certifield.streams import BlockSums, jackknife

from .._question import checked_count
from ..expansion import evaluate, positions, side_by_side, unbiased
from ._plan import plan

REPLICATES = 32
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
    log_size = 14 if draws is None else max(0, int(np.ceil(np.log2(checked_count("draws", draws, 2 * REPLICATES) / REPLICATES))))
    while True:
        result = _with_size(neurons, points, table, chosen, min(log_size, _MOST), seed)
        if stderr is None or log_size >= _MOST or np.max(result.nominal_stderr) <= stderr:
            return result
        log_size += 1


def _with_size(neurons: Neurons, points: np.ndarray, table: np.ndarray, chosen: Any, log_size: int, seed: int) -> Estimate:
    terms = unbiased(chosen.target(None), side_by_side)
    blocks = sorted({block for term in terms for product in term.sums for block in product})
    means = _replicate_means(neurons, points, table, blocks, log_size, seed)  # block -> [replicates, T]
    products = sorted({product for term in terms for product in term.sums})
    rows = np.concatenate([np.prod([means[block] for block in product], axis=0) for product in products], axis=1)
    place = {product: slice(i * len(table), (i + 1) * len(table)) for i, product in enumerate(products)}
    groups = [BlockSums(1, row, np.abs(row), np.abs(row)) for row in rows]

    def statistic(sums: np.ndarray, count: np.ndarray) -> np.ndarray:
        return evaluate(terms, lambda product: sums[:, place[product]], count, chosen.kernel) + chosen.constant

    value, deviations = jackknife(groups, statistic)
    return Estimate(
        mean=value,
        deviations={f"sobol/{seed}/{log_size}": deviations},
        draws=REPLICATES << log_size,
        blocks=REPLICATES,
        seed=seed,
        method="sobol",
        precision="float64",
        diagnostics={"replicates": REPLICATES, "points_per_replicate": 1 << log_size},
    )


def _replicate_means(
    neurons: Neurons, points: np.ndarray, table: np.ndarray, blocks: list[int], log_size: int, seed: int
) -> dict[int, np.ndarray]:
    means: dict[int, list[np.ndarray]] = {block: [] for block in blocks}
    for scramble in np.random.SeedSequence(seed).spawn(REPLICATES):
        uniform = qmc.Sobol(neurons.dim + 1, scramble=True, rng=np.random.default_rng(scramble)).random_base2(log_size)
        hidden = _features(neurons, points, ndtri(np.clip(uniform, 2**-40, 1 - 2**-40)))
        for block in blocks:
            means[block].append(np.prod(hidden[table[:, positions(block)]], axis=1).mean(axis=1))
    return {block: np.stack(rows) for block, rows in means.items()}


def _features(neurons: Neurons, points: np.ndarray, gaussian: np.ndarray) -> np.ndarray:
    """h(x_i) at all points for standardised hidden parameters [n, dim + 1]: [points, n], in 64 bits whatever the ambient precision."""
    assert isinstance(neurons.weights, Law)
    with jax.enable_x64(True):
        weights = neurons.weights.location + neurons.weights.scale * gaussian[:, :-1]
        biases = neurons.biases.location + neurons.biases.scale * gaussian[:, -1]
        return np.asarray(neurons.feature.at(jnp.asarray(weights), jnp.asarray(biases), jnp.asarray(points)))
