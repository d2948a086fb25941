"""From a question (order, index tuples, method) to the polynomial in power sums that answers it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from certifield.ensembles import Ensemble, Neurons
from certifield.evidence import InputError

from ..expansion import (
    Product,
    Term,
    UnbiasedTerm,
    component_cumulant,
    component_moments,
    cumulant,
    fewest_draws,
    joined,
    moment,
    neuron_cumulant,
    neuron_moment,
    nonzero,
    positions,
    side_by_side,
    unbiased,
    wick_cumulant,
    wick_moment,
)

METHODS = ("network-wick", "network-kstat", "neuron")


@dataclass(frozen=True, eq=False)
class Plan:
    """How one order is answered: the fields of each tuple [T, order], the terms at a width, the known pairs, an additive constant [T]."""

    fields: np.ndarray
    target: Callable[[int | None], list[Term]]
    join: Callable[[Sequence[int]], Product]
    kernel: Callable[[int], np.ndarray]
    constant: np.ndarray
    heaviest: Product

    def at_width(self, width: int | None = None) -> list[UnbiasedTerm]:
        """The unbiased estimator for ``width`` neurons (the ensemble's own width if None)."""
        return _estimator(self, width)

    @property
    def products(self) -> list[Product]:
        """Every product whose sum over draws is needed, the full one first; the same for every width."""
        needed = {product for term in self.at_width() for product in term.sums}
        return [self.heaviest, *sorted(needed - {self.heaviest})]

    @property
    def fewest_draws(self) -> int:
        """The number of draws below which the estimator does not exist."""
        return fewest_draws(self.target(None))


@lru_cache(maxsize=512)
def _estimator(plan: Plan, width: int | None) -> list[UnbiasedTerm]:
    return unbiased(plan.target(width), plan.join)


def plan(
    ensemble: Ensemble, method: str, table: np.ndarray, components: np.ndarray, outputs: int, kernel: np.ndarray | None, connected: bool
) -> Plan:
    """The plan for index tuples ``table`` [T, order]; ``kernel``: the known kernel of the fields, or None.

    Raises `InputError` for an odd order with an estimator whose odd moments are zero by assumption.
    """
    order = table.shape[1]
    if order % 2 and (method == "network-wick" or ensemble.even):
        raise InputError(
            "indices" if method != "network-wick" else "method",
            method if method == "network-wick" else table[0].tolist(),
            f"of even order for {method} on an ensemble whose odd correlators vanish; this order is {order}",
            "odd correlators of such an ensemble are exactly 0; ask for an even order",
        )
    if method == "neuron":
        assert ensemble.neurons is not None
        return _neuron_plan(ensemble.neurons, table, components, kernel, connected)
    fields = table * outputs + components
    if method == "network-wick":
        target = wick_cumulant(order) if connected else wick_moment(order)
        join = side_by_side
    else:
        target = cumulant(order, even=ensemble.even) if connected else moment(order)
        join = joined
    return Plan(fields, lambda _: target, join, _pair_values(kernel, fields), np.zeros(len(table)), ((1 << order) - 1,))


def _neuron_plan(neurons: Neurons, table: np.ndarray, components: np.ndarray, kernel: np.ndarray | None, connected: bool) -> Plan:
    order = table.shape[1]
    for name, law in (("readout", neurons.readout), ("output_bias", neurons.output_bias)):
        if not all(math.isfinite(law.moment(n)) for n in range(1, order + 1)):
            allowed = f"a law with finite moments up to order {order}: this correlator is infinite, or not defined"
            raise InputError(name, law, allowed, "ask for a lower order, or for a lighter tail")
    readout, bias = component_moments(neurons.readout, components), component_moments(neurons.output_bias, components)
    known = kernel is not None and order > 2  # a 2-point function is what is being measured

    def pair(block: int) -> np.ndarray:
        _i, _j = positions(block)
        return readout(block) * _pair_values(kernel, table)(block) if known else readout(block)

    def target(width: int | None) -> list[Term]:
        width = neurons.width if width is None else width
        if connected:
            return nonzero(neuron_cumulant(order, width, readout, known_pairs=known))
        return nonzero(neuron_moment(order, width, readout, bias, known_pairs=known))

    constant = component_cumulant(neurons.output_bias, components) if connected else np.zeros(len(table))
    return Plan(table, target, joined, pair, constant, ((1 << order) - 1,))


def _pair_values(kernel: np.ndarray | None, fields: np.ndarray) -> Callable[[int], np.ndarray]:
    def values(block: int) -> np.ndarray:
        i, j = positions(block)
        assert kernel is not None
        return kernel[fields[:, i], fields[:, j]]

    return values
