"""The exact standard deviation of one draw, where closed forms of twice the order are known.

An unbiased estimator that is a polynomial in averages of products f_B has, by the first term of Hoeffding's decomposition, at least the
variance

    (1/n) sum_{A,B} g_A g_B (E[f_A f_B] - E[f_A] E[f_B]),     g_B = d(target)/d E[f_B],

and this up to terms of order 1/n^2.  E[f_A f_B] is a moment of up to 2n fields:

* ``neuron``: of one neuron, in closed form;
* ``network-kstat``: of the network, from its cumulants N^(1-n/2) kappa_n + kappa_n[c] by the sum over set partitions;
* ``network-wick``: the same, where pairs within one of the two Wick-ordered products do not occur.

A sample says the same only if it has met the tail that the moment comes from.  G_c^(6) of a Gauss-net of width 1000 has a variance that
16 384 networks show nothing of: they look light-tailed, and agree on a wrong value.
"""

import dataclasses
import math
from functools import lru_cache

import numpy as np

from certifield.ensembles import Ensemble, Independent, Law, LinearField, Neurons
from certifield.evidence import NoClosedForm, NotConverged

from ..closed_forms import elementary_moments
from ..expansion import component_cumulant, component_moments, cumulants_of, first_of_alike, law_cumulant, moments_of, positions
from ._plan import Plan

_MOST = 6  # the order up to which variances are formed: at 8 there would be 4^8 subsets for each tuple
_ROUNDING = 1e-11  # of the terms: a variance below is the rest of their cancellation


def deviation_of_one(ensemble: Ensemble, method: str, points: np.ndarray, plan: Plan, outputs: int, width: int | None) -> np.ndarray:
    """sigma [T] such that sigma / sqrt(draws) is the standard error, and never more than it; NaN where it is not known."""
    unknown = np.full(len(plan.fields), np.nan)
    order = plan.fields.shape[1]
    if order > _MOST:
        return unknown
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            moments = _moments(ensemble, method, points, plan, outputs, width)
            return unknown if moments is None else _deviation(plan, width, moments)
    except (NoClosedForm, NotConverged):
        return unknown


def deviation_of_product(neurons: Neurons, points: np.ndarray, table: np.ndarray) -> np.ndarray:
    """The standard deviation of the product of h over each tuple, for one neuron [T]; NaN where it is not known."""
    order = table.shape[1]
    if order > _MOST:
        return np.full(len(table), np.nan)
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            moments = _of_one_neuron(*_key(neurons, points), _rows(table), order % 2 == 0)
            full = 2**order - 1
            return np.sqrt(np.maximum(moments[4**order - 1] - moments[full] ** 2, 0.0))
    except (NoClosedForm, NotConverged):
        return np.full(len(table), np.nan)


def _deviation(plan: Plan, width: int | None, moments: np.ndarray) -> np.ndarray:
    order = plan.fields.shape[1]
    slopes: dict[int, np.ndarray] = {}
    for term in plan.target(width):
        known = math.prod([plan.kernel(pair) for pair in term.known], start=np.ones(len(plan.fields))) * term.coefficient
        for block in term.free:
            others = math.prod([moments[other] for other in term.free if other != block], start=np.ones(len(plan.fields)))
            slopes[block] = slopes.get(block, 0.0) + known * others
    variance, size = np.zeros((2, len(plan.fields)))
    for first, slope in slopes.items():
        for second, other in slopes.items():
            both, apart = moments[first | second << order], moments[first] * moments[second]
            variance = variance + slope * other * (both - apart)
            size = size + np.abs(slope * other) * (np.abs(both) + np.abs(apart))
    return np.sqrt(np.where(variance > _ROUNDING * size, variance, np.where(np.isnan(variance), np.nan, 0.0)))


def _moments(ensemble: Ensemble, method: str, points: np.ndarray, plan: Plan, outputs: int, width: int | None) -> np.ndarray | None:
    """What is averaged over the draws, over all subsets of two copies of the tuple: [4^order, T]; None where no formula is known."""
    order, neurons = plan.fields.shape[1], ensemble.neurons
    if method == "neuron":
        assert neurons is not None
        even = all(block.bit_count() % 2 == 0 for term in plan.target(width) for block in term.free)
        return _of_one_neuron(*_key(neurons, points), _rows(plan.fields), even)
    table, components = np.divmod(plan.fields, outputs)
    if neurons is not None:
        cumulants = _of_network(neurons, points, table, components, ensemble.even)
    elif isinstance(ensemble.architecture, LinearField) and isinstance(ensemble.density, Independent):
        cumulants = _of_linear_field(ensemble.density.laws, points, table, ensemble.even)
    else:
        return None
    if method == "network-wick":
        for first in range(order):
            for second in range(first):
                cumulants[(1 << first | 1 << second)] = cumulants[(1 << first | 1 << second) << order] = 0.0
    return moments_of(cumulants, order, even=ensemble.even, alike=method != "network-wick")


def _of_network(neurons: Neurons, points: np.ndarray, table: np.ndarray, components: np.ndarray, even: bool) -> np.ndarray:
    """N^(1-n/2) kappa_n[alpha h] + kappa_n[c] of all subsets."""
    order = table.shape[1]
    rows, back = np.unique(components, axis=0, return_inverse=True)
    doubled = np.concatenate([rows, rows], axis=1)
    readout, alike = component_moments(neurons.readout, doubled), first_of_alike(order)
    moments = _of_one_neuron(*_key(neurons, points), _rows(table), even).copy()
    cumulants = np.zeros_like(moments)
    masks = [mask for mask in range(1, len(moments)) if not (even and mask.bit_count() % 2)]
    for mask in masks:
        moments[mask] *= readout(int(alike[mask]))[back.ravel()]
    own = cumulants_of(moments, order, even=even)
    for mask in masks:
        size = mask.bit_count()
        bias = component_cumulant(neurons.output_bias, doubled[:, positions(int(alike[mask]))])
        cumulants[mask] = float(neurons.width) ** (1 - size / 2) * own[mask] + bias[back.ravel()]
    return cumulants


def _of_linear_field(law: Law, points: np.ndarray, table: np.ndarray, even: bool) -> np.ndarray:
    """kappa_n d^(-n/2) sum_j prod x_j of all subsets."""
    order, dim = table.shape[1], points.shape[1]
    where = points[np.concatenate([table, table], axis=1)]
    cumulants = np.zeros((4**order, len(table)))
    for mask in range(1, 4**order):
        size = mask.bit_count()
        if not (even and size % 2):
            scale = law_cumulant(law, size) * dim ** (-size / 2)
            cumulants[mask] = scale * np.prod(where[:, positions(mask)], axis=1).sum(axis=1)
    return cumulants


def _rows(table: np.ndarray) -> tuple[tuple[int, ...], ...]:
    return tuple(map(tuple, table.tolist()))


def _key(neurons: Neurons, points: np.ndarray) -> tuple:
    """What the moments of one neuron depend on, besides the tuples."""
    return dataclasses.replace(neurons, width=1), tuple(map(tuple, points.tolist()))


@lru_cache(maxsize=6)
def _of_one_neuron(neurons: Neurons, points: tuple, rows: tuple[tuple[int, ...], ...], even: bool) -> np.ndarray:
    """E[prod h] over all subsets of two copies of each tuple: [4^order, T]; remembered, because all widths share it.  Not to be changed."""
    table = np.array(rows)
    order = table.shape[1]
    both, alike = np.concatenate([table, table], axis=1), first_of_alike(order)
    found = np.zeros((4**order, len(table)))
    found[0] = 1.0
    masks = np.unique(alike)
    for size in range(2 if even else 1, 2 * order + 1, 2 if even else 1):
        chosen = masks[np.bitwise_count(masks) == size]
        names = np.sort(np.stack([both[:, positions(int(mask))] for mask in chosen]), axis=2)
        unique, back = np.unique(names.reshape(-1, size), axis=0, return_inverse=True)
        values = elementary_moments(neurons, np.array(points), [tuple(row) for row in unique.tolist()])
        found[chosen] = values[back.ravel()].reshape(len(chosen), len(table))
    return found[alike]
