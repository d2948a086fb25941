"""From an ensemble, points and a method to a measurement."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import jax
import numpy as np

from certifield.ensembles import Ensemble
from certifield.evidence import InputError, NoClosedForm, NotConverged, PrecisionError

from ._exact import feature_kernel, kernel_matrix
from ._question import checked_count, checked_indices, checked_points
from .sampling import METHODS, CorrelatorMeasurement, outputs_of, plan

_WORK = 1 << 16  # numbers of one kind held at once by an inner batch: they should fit into the cache of one core

_SINGLE_RANGE = (1e-30, 1e30)  # of a 32-bit number, with room for draws around the mean


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
    sub_sums: int = 1,
) -> CorrelatorMeasurement:
    """A measurement of all index tuples ``orders[n]`` [T, n] at ``points`` [P, dim] from one set of draws.

    ``block_size``: draws per block, rounded up to whole inner batches, at least ``sub_sums`` of them.  ``name`` addresses its stream.
    The precision is the ambient one: 64 bits where JAX has them switched on.
    Raises `InputError` for unusable arguments, `NoClosedForm` for ``network-wick`` where no exact kernel is known.
    """
    where = checked_points(ensemble, points)
    if not isinstance(orders, Mapping) or not orders:
        raise InputError("orders", orders, "a table from order to index tuples", "pass e.g. orders={4: [[0, 1, 2, 3]]}")
    if components is not None and set(components) != set(orders):
        raise InputError(
            "components", components, f"a table with the orders {sorted(orders)}", "give components for every order, or for none"
        )
    _seen_apart(where)
    _in_range(ensemble, where, max(orders))
    outputs = outputs_of(ensemble, where.shape[1])
    method, kernel = _method_and_kernel(ensemble, where, method)
    plans = {}
    for order, indices in orders.items():
        table, parts, _ = checked_indices(where, indices, None if components is None else components[order], outputs)
        if table.shape[1] != order:
            raise InputError(
                "orders", {order: indices}, f"tuples of {order} indices under the key {order}", "use the length of the tuples as key"
            )
        plans[order] = plan(ensemble, method, table, parts, outputs, _field_kernel(method, kernel, outputs), connected)
    block_size = checked_count("block_size", block_size, 1)
    most = max(1, block_size // sub_sums)
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
        _precision(),
        # Several sub-sums are for studies, whose widths share the program of the products, whatever a draw of each holds.
        inner if sub_sums == 1 else min(most, _inner_batch(plans, 1)),
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
    shapes = jax.eval_shape(lambda key: ensemble.density.sample(key), jax.random.key(0))
    return sum(int(np.prod(leaf.shape)) for leaf in jax.tree.leaves(shapes))


def _inner_batch(plans: Mapping, parameters: int) -> int:
    """Draws evaluated at once: a power of two that keeps the working set in the cache."""
    per_draw = max(parameters, *(len(plan.fields) for plan in plans.values()))
    return int(min(4096, max(16, 2 ** int(math.log2(max(16, _WORK / per_draw))))))


def _seen_apart(points: np.ndarray) -> None:
    """Raises `PrecisionError` where the precision of JAX would move points by more than a part in 1000 of their distances."""
    moved = np.abs(np.asarray(jax.numpy.asarray(points, dtype=float), dtype=float) - points).max()
    distances = np.linalg.norm(points[:, None] - points[None, :], axis=2)
    closest = min(distances[distances > 0].min(initial=np.inf), np.inf)
    if moved > 1e-3 * closest:
        raise PrecisionError(
            f"rounded to {_precision()}, the points move by {moved:.1e}, but the closest are {closest:.1e} apart; switch on 64 bits with "
            'jax.config.update("jax_enable_x64", True), or bring the points closer to the origin'
        )


def _in_range(ensemble: Ensemble, points: np.ndarray, order: int) -> None:
    """Raises `PrecisionError` where products of ``order`` fields leave the range of 32-bit numbers, judged by a few draws."""
    if _precision() != "float32":
        return
    pilot = np.asarray(ensemble.evaluate(jax.random.key(0), jax.numpy.asarray(points, dtype=float), 64), dtype=float)
    sizes = np.sqrt(np.mean(pilot[np.isfinite(pilot).all(axis=(1, 2))] ** 2, axis=0))
    sizes = sizes[sizes > 0]
    if sizes.size and (sizes.min() ** order < _SINGLE_RANGE[0] or sizes.max() ** order > _SINGLE_RANGE[1]):
        raise PrecisionError(
            f"products of {order} fields of size {sizes.min():.1e} to {sizes.max():.1e} leave the range of 32-bit numbers; "
            'switch on 64 bits with jax.config.update("jax_enable_x64", True)'
        )


def _precision() -> str:
    return "float64" if jax.numpy.zeros(()).dtype == np.float64 else "float32"
