"""From an ensemble, points and a method to a measurement."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import jax
import numpy as np

from certifield.ensembles import Ensemble, Independent, OutsideArchitecture
from certifield.evidence import InputError, NoClosedForm, NotConverged

from ._exact import feature_kernel, kernel_matrix
from ._pilot import in_range, keeps_its_promise, precision, seen_apart, seen_once
from ._question import checked_conjugates, checked_count, checked_indices, checked_points
from .sampling import METHODS, CorrelatorMeasurement, plan

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
    conjugate: Mapping[int, Any] | None = None,
    sub_sums: int = 1,
) -> CorrelatorMeasurement:
    """A measurement of all index tuples ``orders[n]`` [T, n] at ``points`` [P, dim] from one set of draws.

    ``block_size``: draws per block, rounded up to whole inner batches, at least ``sub_sums`` of them.  ``name`` addresses its stream.
    ``conjugate``: for ensembles with complex outputs, which fields of each tuple are conjugated (0 or 1, shaped like ``components``).
    The precision is the ambient one: 64 bits where JAX has them switched on.
    Raises `InputError` for unusable arguments, for an ensemble that contradicts its ``even=True`` and for complex outputs without
    ``conjugate``; `NoClosedForm` for ``network-wick`` where no exact kernel is known; `PrecisionError` where 32 bits lose the digits.
    """
    where = checked_points(ensemble, points)
    if not isinstance(orders, Mapping) or not orders:
        raise InputError("orders", orders, "a table from order to index tuples", "pass e.g. orders={4: [[0, 1, 2, 3]]}")
    if components is not None and set(components) != set(orders):
        raise InputError(
            "components", components, f"a table with the orders {sorted(orders)}", "give components for every order, or for none"
        )
    seen_apart(where)
    outputs, complex_outputs, program = seen_once(ensemble, where)
    in_range(ensemble, where, max(orders))
    keeps_its_promise(ensemble, where)
    if complex_outputs:
        if conjugate is None or set(conjugate) != set(orders):
            allowed = "given: the outputs are complex, so that it must be said which fields of each correlator are conjugated"
            raise InputError("conjugate", conjugate, allowed, "e.g. conjugate=[0, 1] for E[phi(x1) phi(x2)*]")
        if method in ("neuron", "network-wick"):
            raise InputError("method", method, "network-kstat for complex outputs", "leave method out")
        method = "network-kstat"
    method, kernel = _method_and_kernel(ensemble, where, method)
    plans = {}
    for order, indices in orders.items():
        table, parts, _ = checked_indices(where, indices, None if components is None else components[order], outputs)
        if table.shape[1] != order:
            raise InputError(
                "orders", {order: indices}, f"tuples of {order} indices under the key {order}", "use the length of the tuples as key"
            )
        if complex_outputs and conjugate is not None:
            # Conjugated fields stand behind the others, as further points.
            table = table + len(where) * checked_conjugates(conjugate[order], table)
        plans[order] = plan(ensemble, method, table, parts, outputs, _field_kernel(method, kernel, outputs), connected)
    block_size = checked_count("block_size", block_size, 1)
    most = max(1, block_size // sub_sums)
    if isinstance(ensemble.architecture, OutsideArchitecture):  # its function has batches of its own
        inner = min(most, max(512, ensemble.architecture.batch or 1))
    else:
        inner = min(most, _inner_batch(plans, _parameters(ensemble, method)))
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
        precision(),
        # Several sub-sums are for studies, whose widths share the program of the products, whatever a draw of each holds.
        inner if sub_sums == 1 else min(most, _inner_batch(plans, 1)),
        program,
        complex_outputs,
    )


def _method_and_kernel(ensemble: Ensemble, points: np.ndarray, method: str) -> tuple[str, np.ndarray | None]:
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
    if method == "network-wick" and not ensemble.even:
        raise InputError(
            "method", method, "network-kstat or neuron for an ensemble whose odd correlators need not vanish", "use method='network-kstat'"
        )
    neurons = ensemble.neurons
    if neurons is not None and method in ("neuron", "auto"):
        return "neuron", _known(lambda: feature_kernel(neurons, points))
    kernel = _known(lambda: np.asarray(kernel_matrix(ensemble, points).value)) if method == "auto" else None
    if method == "network-wick":
        try:
            kernel = np.asarray(kernel_matrix(ensemble, points).value)
        except NoClosedForm as problem:
            raise NoClosedForm(f"network-wick needs the exact kernel, but: {problem}. Use method='network-kstat'") from problem
    if method == "auto":
        method = "network-wick" if kernel is not None and ensemble.even else "network-kstat"
    return method, kernel if method == "network-wick" else None


def _known(kernel: Callable[[], np.ndarray]) -> np.ndarray | None:
    """An exact kernel where there is one: sampling goes on without it where not."""
    try:
        return kernel()
    except (NoClosedForm, NotConverged):
        return None


def _field_kernel(method: str, kernel: np.ndarray | None, outputs: int) -> np.ndarray | None:
    """For network fields: the kernel of all outputs (independent of each other); for neurons: that of the features."""
    if kernel is None or method == "neuron":
        return kernel
    return np.kron(kernel, np.eye(outputs))


def _parameters(ensemble: Ensemble, method: str) -> int:
    """Parameters of a draw; single neurons have few."""
    if method == "neuron":
        return 1
    if isinstance(ensemble.density, Independent):
        return sum(map(math.prod, ensemble.density.shapes))
    shapes = jax.eval_shape(lambda key: ensemble.density.sample(key), jax.random.key(0))
    return sum(int(np.prod(leaf.shape)) for leaf in jax.tree.leaves(shapes))


def _inner_batch(plans: Mapping, parameters: int) -> int:
    """Draws evaluated at once: a power of two that keeps the working set in the cache."""
    per_draw = max(parameters, *(len(plan.fields) for plan in plans.values()))
    return int(min(4096, max(16, 2 ** int(math.log2(max(16, _WORK / per_draw))))))
