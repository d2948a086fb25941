"""From an ensemble, points and a method to a measurement."""

import math
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

from certifield.ensembles import Ensemble
from certifield.evidence import InputError, NoClosedForm

from ._exact import kernel_matrix
from ._question import checked_count, checked_indices, checked_points
from .sampling import METHODS, CorrelatorMeasurement, outputs_of, plan

_WORK = 1 << 16  # numbers of one kind held at once by an inner batch: they should fit into the cache of one core


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


def _precision() -> str:
    return "float64" if jax.numpy.zeros(()).dtype == np.float64 else "float32"
