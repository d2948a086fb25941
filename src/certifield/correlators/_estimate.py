"""Sampled n-point functions and connected correlators, with honest error bars."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

from certifield.ensembles import Ensemble
from certifield.evidence import Estimate, InputError, NoClosedForm
from certifield.streams import BlockSums, group, merge

from ._exact import kernel_matrix
from ._question import checked_count, checked_indices, checked_points
from .sampling import METHODS, CorrelatorMeasurement, outputs_of, plan, sobol

GROUPS = 128  # of the jackknife
_WORK = 1 << 16  # numbers of one kind held at once by an inner batch: they should fit into the cache of one core
_DRAWS = 100_000


def measurement(
    ensemble: Ensemble,
    points: Any,
    *,
    orders: Mapping[int, Any],
    connected: bool = True,
    method: str = "auto",
    block_size: int = 4096,
    name: str = "measurement",
    components: Mapping[int, Any] | None = None,
) -> CorrelatorMeasurement:
    """A measurement of all index tuples ``orders[n]`` [T, n] at ``points`` [P, dim] from one set of draws.

    ``block_size``: draws per block, rounded up to whole inner batches.  ``name`` addresses its random stream.
    The precision is the ambient one: 64 bits where JAX has them switched on.
    Raises `InputError` for unusable arguments, `NoClosedForm` for ``network-wick`` where no exact kernel is known.
    """
    where = checked_points(ensemble, points)
    if not isinstance(orders, Mapping) or not orders:
        raise InputError("orders", orders, "a table from order to index tuples", "pass e.g. orders={4: [[0, 1, 2, 3]]}")
    outputs = outputs_of(ensemble, where.shape[1])
    method, kernel = _method_and_kernel(ensemble, where, method, max(orders))
    plans = {}
    for order, indices in orders.items():
        table, parts, _ = checked_indices(where, indices, None if components is None else components[order], outputs)
        if table.shape[1] != order:
            raise InputError(
                "orders", {order: indices}, f"tuples of {order} indices under the key {order}", "use the length of the tuples as key"
            )
        plans[order] = plan(ensemble, method, table, parts, outputs, _field_kernel(method, kernel, outputs), connected)
    block_size = checked_count("block_size", block_size, 1)
    inner = min(block_size, _inner_batch(ensemble, plans, method))
    return CorrelatorMeasurement(
        name,
        ensemble,
        where,
        plans,
        connected,
        method,
        inner,
        -(-block_size // inner),
        _field_kernel(method, kernel, outputs) if method == "network-wick" else None,
        _precision(),
    )


def estimate(
    ensemble: Ensemble,
    points: Any,
    *,
    indices: Any = None,
    components: Any = None,
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
    Budget: ``draws`` (100 000 unless given), or ``stderr``: sample until every entry's standard error is below it.
    ``points``, ``indices``, ``components`` as in `exact`.  The error is a delete-one jackknife over at most 128 groups of
    draws; entries with heavy tails are refused a Gaussian error bar (`Estimate.refused`).

    Raises `InputError`: wrong shapes, NaN, an odd order where odd correlators vanish, fewer draws than the statistic needs.

    >>> import certifield as cf
    >>> net = cf.ensembles.erf_net(dim=1, width=20)
    >>> result = cf.correlators.estimate(net, [[0.2], [0.6]], draws=4096)
    >>> bool(abs(result.mean - cf.correlators.exact(net, [[0.2], [0.6]]).value) < 5 * result.stderr)
    True
    """
    where = checked_points(ensemble, points)
    if draws is not None and stderr is not None:
        raise InputError("draws, stderr", (draws, stderr), "one budget, not two", "leave one of them out")
    table, parts, single = checked_indices(where, indices, components, outputs_of(ensemble, where.shape[1]))
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
            connected=connected,
            method=method,
            block_size=-(-wanted // blocks) if stderr is None else 1024,
            name=f"estimate/{method}",
        )
        _enough(chosen, order, wanted, connected)
        result = _with_draws(chosen, order, wanted, seed) if stderr is None else _with_error(chosen, order, stderr, seed)
    # A single number keeps the diagnostics of the vector that it is the only entry of.
    return dataclasses.replace(result[0], diagnostics=result.diagnostics) if single else result


def _with_draws(chosen: CorrelatorMeasurement, order: int, draws: int, seed: int) -> Estimate:
    blocks = [chosen.block(seed, index) for index in range(max(2, -(-draws // chosen.block_size)))]
    return chosen.estimate(group(blocks, GROUPS), seed=seed, order=order)


def _with_error(chosen: CorrelatorMeasurement, order: int, target: float, seed: int) -> Estimate:
    """Blocks until the largest standard error is below the target; stages grow by what is missing, at most fourfold."""
    if isinstance(target, bool) or not isinstance(target, int | float) or not (math.isfinite(target) and target > 0):
        raise InputError("stderr", target, "a finite number more than 0", "try stderr=1e-3")
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
        if reached <= target and not (result.refused.any() and done * chosen.block_size < 16 * GROUPS * chosen.block_size):
            return result
        wanted = min(4 * done, max(math.ceil(1.1 * done * (reached / target) ** 2), done + size))


def _method_and_kernel(ensemble: Ensemble, points: np.ndarray, method: str, order: int) -> tuple[str, np.ndarray | None]:
    """The method that ``auto`` stands for, and the exact kernel of one output where it is known."""
    if method != "auto" and method not in METHODS:
        raise InputError("method", method, f"one of {', '.join((*METHODS, 'sobol', 'auto'))}", "leave method out to let Certifield choose")
    if method == "neuron" and ensemble.neurons is None:
        raise InputError(
            "method",
            method,
            "a network-level method: this ensemble is not a single layer of independent neurons",
            "use method='network-kstat'",
        )
    kernel = None
    if method != "network-kstat":
        try:
            kernel = np.asarray(kernel_matrix(ensemble, points).value)
        except NoClosedForm as problem:
            if method == "network-wick":
                raise NoClosedForm(f"network-wick needs the exact kernel, but: {problem}. Use method='network-kstat'") from problem
    if method == "network-wick" and not ensemble.even:
        raise InputError(
            "method", method, "network-kstat or neuron for an ensemble whose odd correlators need not vanish", "use method='network-kstat'"
        )
    if method == "auto":
        method = "neuron" if ensemble.neurons is not None else "network-wick" if kernel is not None and ensemble.even else "network-kstat"
    neurons = ensemble.neurons
    if method == "neuron" and neurons is not None and kernel is not None:
        variance, bias = neurons.readout.moment(2), neurons.output_bias.moment(2)
        mean = neurons.readout.moment(1) != 0 or neurons.output_bias.moment(1) != 0
        # The kernel of one neuron's feature, E[h h], without readout and output bias.
        kernel = None if mean or variance == 0 else (kernel - bias) / variance
    return method, kernel if method != "network-kstat" else None


def _field_kernel(method: str, kernel: np.ndarray | None, outputs: int) -> np.ndarray | None:
    """For network fields: the kernel of all outputs (independent of each other); for neurons: that of the features."""
    if kernel is None or method == "neuron":
        return kernel
    return np.kron(kernel, np.eye(outputs))


def _inner_batch(ensemble: Ensemble, plans: Mapping, method: str) -> int:
    """Draws evaluated at once: a power of two that keeps the working set in the cache."""
    shapes = jax.eval_shape(lambda key: ensemble.density.sample(key), jax.random.key(0))
    parameters = 1 if method == "neuron" else sum(int(np.prod(leaf.shape)) for leaf in jax.tree.leaves(shapes))
    features = max(len(plan.fields) for plan in plans.values())
    per_draw = max(parameters, features)
    return int(min(4096, max(16, 2 ** int(math.log2(max(16, _WORK / per_draw))))))


def _enough(chosen: CorrelatorMeasurement, order: int, draws: int, connected: bool) -> None:
    least = max(2, chosen.plans[order].fewest_draws, math.ceil(order / 2) if connected else 1)
    if draws < least:
        raise InputError(
            "draws", draws, f"{least} or more for {chosen.method} at order {order}", "an error bar needs some thousands; try draws=100_000"
        )


def _precision() -> str:
    return "float64" if jax.numpy.zeros(()).dtype == np.float64 else "float32"
