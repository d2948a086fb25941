"""Exact n-point functions and connected correlators, at any width, from one-neuron moments in closed form."""

import dataclasses
import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jax.numpy as jnp
import numpy as np

from certifield.enclosures import EPSILON
from certifield.ensembles import Ensemble, Independent, Law, LinearField, Neurons
from certifield.evidence import Exact, InputError, NoClosedForm, PrecisionError

from ._question import checked_indices, checked_points
from .closed_forms import REFERENCES, neuron_moments, program_of_feature
from .expansion import (
    Term,
    component_cumulant,
    component_moments,
    hafnian,
    law_cumulant,
    neuron_cumulant,
    neuron_moment,
    nonzero,
    positions,
    set_partitions,
)

_SAMPLE = "sample it with cf.correlators.estimate(ensemble, points, draws=...)"


def exact(ensemble: Ensemble, points: Any, *, indices: Any = None, components: Any = None, connected: bool = False) -> Exact:
    """The n-point function G^(n)(x_1..x_n) = E[phi(x_1) ... phi(x_n)], or with ``connected`` its joint cumulant G_c^(n), in closed form.

    For a single hidden layer of N independent neurons, phi = N^(-1/2) sum_i alpha_i h_i + c, at every width N (arXiv:2307.03223):

        G_c^(n) = N^(1-n/2) kappa_n[alpha h] + kappa_n[c],

    with the one-neuron moments of `closed_forms`; for G^(n) the blocks of a set partition sit on distinct neurons.

    ``points`` [n, dim]: the answer is the n-point function at these points, n <= 8.  With ``indices`` [T, n] it is a vector: one
    correlator for each tuple of rows of ``points``.  ``components`` (like ``indices``): outputs, for ensembles with several; all 0
    unless given.
    `Exact.radius` bounds the numerical error (rounding, and the one-dimensional quadratures that are part of some closed forms).

    Raises `NoClosedForm` naming the route that exists; `InputError` for unusable points, indices or components.

    >>> import certifield as cf
    >>> net = cf.ensembles.cos_net(dim=1, width=10)
    >>> round(float(cf.correlators.exact(net, [[0.0]] * 4, connected=True).value), 12)
    0.0375
    """
    where = checked_points(ensemble, points)
    neurons = ensemble.neurons
    linear = _linear_law(ensemble)
    table, parts, single = checked_indices(where, indices, components, neurons.outputs if neurons else (1 if linear else None))
    if linear is not None:
        value, radius = _linear_field(linear, where, table, connected)
        reference, derivation = "Physics4ML notes; independence of the theta_j", "cumulants of a sum of independent terms"
    elif neurons is not None:
        value, radius = _from_neurons(neurons, where, table, parts, connected)
        reference, derivation = REFERENCES[neurons.feature.name], _derivation(neurons, table.shape[1], connected)
    else:
        raise NoClosedForm(
            f"no closed form is known for the correlators of {ensemble.name}, which is not a single layer of independent neurons; {_SAMPLE}"
        )
    if single:
        value, radius = value[0], radius[0]
    return Exact(value, derivation=derivation, reference=reference, radius=radius)


def free_limit(ensemble: Ensemble, points: Any, *, indices: Any = None) -> Exact:
    """The n-point function at infinite width: the sum over pairings of products of the kernel (Wick's theorem), as a Hafnian.

    Arguments and errors as `exact`.  For one hidden layer the kernel is the same at every width.
    """
    where = checked_points(ensemble, points)
    table, _, single = checked_indices(where, indices, None, None)
    if not ensemble.even:
        raise InputError("ensemble", ensemble.name, "one whose odd correlators vanish", "use exact at a large width instead")
    kernel = kernel_matrix(ensemble, where)
    matrix, error = np.asarray(kernel.value), np.asarray(kernel.radius)
    value, size, most = (
        np.array([float(hafnian(entries[np.ix_(row, row)])) for row in table])
        for entries in (matrix, np.abs(matrix), np.abs(matrix) + error)
    )
    radius = most - size + 64 * EPSILON * size
    return Exact(
        value[0] if single else value,
        derivation="Wick's theorem with the exact kernel",
        reference=kernel.reference,
        radius=radius[0] if single else radius,
    )


def kernel_matrix(ensemble: Ensemble, points: Any) -> Exact:
    """The matrix K(x_i, x_j) = G^(2)(x_i, x_j) of one output, [P, P].  Raises as `exact`."""
    where = checked_points(ensemble, points)
    upper = np.stack(np.triu_indices(len(where)), axis=1)
    pairs = exact(ensemble, where, indices=upper)
    value, radius = np.zeros((2, len(where), len(where)))
    for matrix, entries in ((value, pairs.value), (radius, pairs.radius)):
        matrix[upper[:, 0], upper[:, 1]] = matrix[upper[:, 1], upper[:, 0]] = entries
    return Exact(value, derivation=pairs.derivation, reference=pairs.reference, radius=radius)


def feature_kernel(neurons: Neurons, points: np.ndarray) -> np.ndarray:
    """E[h(x_i) h(x_j)] of one neuron, without readout and output bias, [P, P].  Raises `NoClosedForm`."""
    rows, columns = np.triu_indices(len(points))
    values, _ = neuron_moments(neurons, points, list(zip(rows.tolist(), columns.tolist(), strict=True)))
    kernel = np.zeros((len(points), len(points)))
    kernel[rows, columns] = kernel[columns, rows] = values
    return kernel


def _derivation(neurons: Neurons, order: int, connected: bool) -> str:
    what = f"N^{1 - order / 2:g} times the joint cumulant of one neuron" if connected else "set partitions over distinct neurons"
    return f"{what}, N = {neurons.width}; one-neuron moments in closed form ({neurons.feature.name})"


def _from_neurons(
    neurons: Neurons, points: np.ndarray, table: np.ndarray, components: np.ndarray, connected: bool
) -> tuple[np.ndarray, np.ndarray]:
    order = table.shape[1]
    readout = component_moments(neurons.readout, components)
    if connected:
        terms = neuron_cumulant(order, neurons.width, readout, known_pairs=False)
        constant = component_cumulant(neurons.output_bias, components)
    else:
        terms = neuron_moment(order, neurons.width, readout, component_moments(neurons.output_bias, components), known_pairs=False)
        constant = np.zeros(len(table))
    with np.errstate(invalid="ignore", over="ignore"):  # moments that do not exist are caught below
        value, radius = _evaluate(neurons, points, table, nonzero(terms))
    if not np.all(np.isfinite(value + constant)):
        laws = [law for law in (neurons.readout, neurons.output_bias) if not _has_moments(law, order)]
        if laws:
            raise NoClosedForm(
                f"a moment of {laws[0]} that this correlator needs does not exist: the correlator is infinite, or not defined"
            )
        raise PrecisionError(
            f"the moments of {neurons.feature.name} at these points exceed the range of 64-bit numbers; bring the points closer to 0"
        )
    return value + constant, radius + 16 * EPSILON * np.abs(constant)


def _has_moments(law: Law, order: int) -> bool:
    return all(math.isfinite(law.moment(n)) for n in range(1, order + 1))


def _evaluate(neurons: Neurons, points: np.ndarray, table: np.ndarray, terms: list[Term]) -> tuple[np.ndarray, np.ndarray]:
    """The polynomial with exact moments, and a running bound on its error."""
    blocks = sorted({block for term in terms for block in term.free})
    names = {block: [tuple(sorted(row)) for row in table[:, positions(block)].tolist()] for block in blocks}
    multisets = sorted({name for rows in names.values() for name in rows})
    precision = jnp.zeros(()).dtype.name
    where = tuple(map(tuple, points.tolist()))
    moments, errors = _moments(dataclasses.replace(neurons, width=1), where, tuple(multisets), precision, program_of_feature(neurons))
    place = {multiset: row for row, multiset in enumerate(multisets)}
    value, size, slack = np.zeros((3, len(table)))
    for term in terms:
        product, largest = term.coefficient * np.ones(len(table)), np.abs(term.coefficient) * np.ones(len(table))
        exactly = largest.copy()
        for block in term.free:
            rows = [place[name] for name in names[block]]
            product, exactly, largest = (
                product * moments[rows],
                exactly * np.abs(moments[rows]),
                largest * (np.abs(moments[rows]) + errors[rows]),
            )
        value, size, slack = value + product, size + exactly, slack + (largest - exactly)
    return value, slack + (len(terms) + 16) * EPSILON * size


@lru_cache(maxsize=32)
def _moments(
    neurons: Neurons, points: tuple[tuple[float, ...], ...], multisets: tuple[tuple[int, ...], ...], precision: str, program: str
) -> tuple[np.ndarray, np.ndarray]:
    """Remembered, because a study asks for the same neurons at many widths.

    ``precision`` (that of JAX) and ``program`` (the digest of the activation, which may close over what changes) tell two answers apart.
    """
    return neuron_moments(neurons, np.array(points), list(multisets))


def _linear_law(ensemble: Ensemble) -> Law | None:
    if isinstance(ensemble.architecture, LinearField) and isinstance(ensemble.density, Independent):
        return ensemble.density.laws
    return None


def _linear_field(law: Law, points: np.ndarray, table: np.ndarray, connected: bool) -> tuple[np.ndarray, np.ndarray]:
    """Phi = d^(-1/2) sum_j theta_j x_j: cumulants add over j; moments from cumulants by sum over set partitions."""
    dim = points.shape[1]

    def joint_cumulant(rows: np.ndarray, where: np.ndarray = points) -> np.ndarray:
        one = law_cumulant(law, rows.shape[1])
        return one * dim ** (-rows.shape[1] / 2) * np.prod(where[rows], axis=1).sum(axis=1)

    if not _has_moments(law, table.shape[1]):
        raise NoClosedForm(f"a moment of {law} that this correlator needs does not exist: the correlator is infinite, or not defined")
    if connected:
        return joint_cumulant(table), 64 * EPSILON * np.abs(joint_cumulant(table, np.abs(points)))

    def over_partitions(where: np.ndarray, sign: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        blocks = [
            [sign(joint_cumulant(table[:, positions(block)], where)) for block in blocks] for blocks in set_partitions(table.shape[1])
        ]
        return np.sum([np.prod(factors, axis=0) for factors in blocks], axis=0)

    return over_partitions(points, np.asarray), 64 * EPSILON * over_partitions(np.abs(points), np.abs)
