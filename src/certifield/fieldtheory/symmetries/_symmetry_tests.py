"""Statistical tests of the symmetry of an ensemble, with the violation that they could have seen.

Two independent sets of networks, phi and phi', are compared as phi at x and g phi' at x: by their correlators, with the full covariance,
and by the energy distance of their joint law at all points, with permuted labels.  P-values of several elements of a group are corrected by
Holm's rule.  A test that does not reject is no proof of a symmetry: hence the power.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import jax.numpy as jnp
import numpy as np
import scipy
from scipy.spatial.distance import cdist

from certifield.ensembles import Ensemble
from certifield.evidence import Estimate, InputError
from certifield.streams import stream_key

from ._transformations import Transformation, in_reals

_LEVEL, _POWER = 0.01, 0.9
_RESAMPLES = 999
_OMNIBUS = 300  # networks in each half of the omnibus test
_BLOCKS = 32  # behind the error bars of single violations


@dataclass(frozen=True)
class SymmetryTest:
    """One element of a group.

    ``chi2``, ``effective_dof``, ``p_correlators``: correlators of the orders asked for; ``p_omnibus``: energy distance, permuted labels
    (at least 1/1000); ``p_value``: twice the smaller one, corrected by Holm over all elements tested together.
    ``violations`` [products]: correlators of g phi less those of phi, at ``products``: the fields that are multiplied, counted through
    points and outputs.  ``largest_pull``: of a single one.  ``detectable``: the relative violation of the best measured correlator that
    would be rejected at 1 % in nine of ten experiments; ``draws``: networks in each half.
    """

    transformation: str
    chi2: float
    effective_dof: float
    p_correlators: float
    p_omnibus: float
    p_value: float
    largest_pull: float
    detectable: float
    draws: int
    violations: Estimate
    products: tuple[tuple[int, ...], ...]

    @property
    def rejected(self) -> bool:
        """Whether the symmetry is rejected at the level of 1 %; False is not "symmetric"."""
        return self.p_value < _LEVEL


def check_symmetry(
    ensemble: Ensemble,
    elements: Sequence[Transformation],
    points: Any,
    *,
    orders: Sequence[int] = (1, 2, 3, 4),
    draws: int = 20_000,
    seed: int = 0,
) -> list[SymmetryTest]:
    """Whether the law of the ensemble at ``points`` [P, dim] is invariant under each of ``elements``, by ``draws`` networks a half.

    Correlators: means of all products of the fields of ``orders``, over points and outputs.  Raises `InputError` for too few draws.

    >>> import jax, certifield as cf
    >>> biased = cf.ensembles.single_layer(jax.nn.relu, 1, 4, readout=cf.ensembles.normal(0.3, 1.0))
    >>> [one.rejected for one in check_symmetry(biased, cf.fieldtheory.sign_flip(), [[0.5]], draws=4000)]
    [True]
    """
    where = np.asarray(points, dtype=float)
    if where.ndim != 2 or draws < 1000 or not elements:
        raise InputError("draws", draws, "1000 or more, with points [P, dim] and one element at least", "try draws=20_000")
    plain = _fields(ensemble, where, draws, seed, "phi")
    tests = []
    for place, element in enumerate(elements):
        moved = element.of_outputs(_fields(ensemble, element.sources(where), draws, seed, f"g phi/{place}"))
        tests.append(_compared(element.name, plain, moved, orders, seed + place))
    corrected = holm([min(1.0, 2 * min(one.p_correlators, one.p_omnibus)) for one in tests])
    return [replace(one, p_value=p_value) for one, p_value in zip(tests, corrected, strict=True)]


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down correction: rejecting those below a level keeps the chance of any false rejection below it.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p_values)
    raised = np.maximum.accumulate((len(p_values) - np.arange(len(p_values))) * np.asarray(p_values)[order])
    corrected = np.empty(len(p_values))
    corrected[order] = np.minimum(1.0, raised)
    return corrected.tolist()


@dataclass(frozen=True)
class EnergyTest:
    """Energy distance of two samples, and the share of permutations of the labels with a larger one, (b + 1)/(``resamples`` + 1)."""

    distance: float
    p_value: float
    resamples: int
    seed: int


def energy_test(left: np.ndarray, right: np.ndarray, *, resamples: int = _RESAMPLES, seed: int = 0) -> EnergyTest:
    """Whether two samples [n, k] and [m, k] have one law, by their energy distance and permuted labels (Szekely and Rizzo 2004)."""
    both = np.concatenate([left, right])
    distances = cdist(both, both)
    total = distances.sum()

    def statistic(first: np.ndarray, second: np.ndarray, axis: int = -1) -> np.ndarray:
        inside = np.zeros((*first.shape[:-1], len(both)))
        np.put_along_axis(inside, first.astype(int), 1.0, axis=-1)
        onto = inside @ distances
        within, leaving = np.sum(onto * inside, axis=-1), np.sum(onto, axis=-1)
        across, rest = leaving - within, total - 2 * leaving + within
        n, m = first.shape[-1], second.shape[-1]
        return 2 * across / (n * m) - within / n**2 - rest / m**2

    labels = np.arange(len(both))
    chosen = {"vectorized": True, "n_resamples": resamples, "alternative": "greater", "rng": np.random.default_rng(seed), "batch": 250}
    found = scipy.stats.permutation_test((labels[: len(left)], labels[len(left) :]), statistic, **chosen)
    return EnergyTest(float(found.statistic), float(found.pvalue), resamples, seed)


def _fields(ensemble: Ensemble, points: np.ndarray, draws: int, seed: int, name: str) -> np.ndarray:
    """[draws, P, D], in parts of one size, so that one program is compiled."""
    size = min(4096, draws)
    parts = [
        in_reals(ensemble.evaluate(stream_key(seed, f"symmetry/{name}/{start}"), jnp.asarray(points), size))
        for start in range(0, draws, size)
    ]
    return np.concatenate(parts)[:draws]


def _compared(name: str, plain: np.ndarray, moved: np.ndarray, orders: Sequence[int], seed: int) -> SymmetryTest:
    draws = len(plain)
    rows = [row for order in orders for row in itertools.combinations_with_replacement(range(plain[0].size), order)]
    left, right = (_products(fields.reshape(draws, -1), rows) for fields in (plain, moved))
    if left.shape[1] > draws // 10:
        raise InputError("draws", draws, f"ten for each of {left.shape[1]} correlators", "use fewer points, outputs or orders")
    violations = _difference(right, left, name, seed)
    scale = np.sqrt((left.var(axis=0) + right.var(axis=0)) / draws)
    usable = scale > 1e-12 * np.max(scale, initial=1e-300)
    left, right, scale = left[:, usable] / scale[usable], right[:, usable] / scale[usable], scale[usable]
    gap = left.mean(axis=0) - right.mean(axis=0)
    covariance = (np.cov(left.T, ddof=1) + np.cov(right.T, ddof=1)).reshape(len(gap), len(gap)) / draws
    shrunk = _shrunk(covariance, draws)
    inverse = np.linalg.inv(shrunk)
    chi2 = float(gap @ inverse @ gap)
    # Of correlated gaps, the form is a sum of squares with these weights: two moments are matched (Satterthwaite), exact without shrinkage.
    weights = np.linalg.eigvals(inverse @ covariance).real
    factor, dof = float(np.sum(weights**2) / np.sum(weights)), float(np.sum(weights) ** 2 / np.sum(weights**2))
    omnibus = energy_test(*(_standard(fields)[:_OMNIBUS] for fields in (plain.reshape(draws, -1), moved.reshape(draws, -1))), seed=seed)
    sizes = np.abs(left.mean(axis=0))
    needed = np.sqrt(factor * _noncentrality(dof) / np.diag(inverse))
    relative = np.where(sizes > 5, needed / np.maximum(sizes, 1e-300), np.inf)
    p_value = float(scipy.stats.chi2.sf(chi2 / factor, dof))
    largest, smallest = float(np.max(np.abs(gap))), float(np.min(relative, initial=np.inf))
    return SymmetryTest(name, chi2, dof, p_value, omnibus.p_value, np.nan, largest, smallest, draws, violations, tuple(rows))


def _difference(left: np.ndarray, right: np.ndarray, name: str, seed: int) -> Estimate:
    """Means of [draws, products] less other means, with the covariance by blocks."""
    blocks = [np.array_split(rows, _BLOCKS) for rows in (left, right)]
    each = np.stack([one.mean(axis=0) - other.mean(axis=0) for one, other in zip(*blocks, strict=True)])
    away = (each - each.mean(axis=0)) / np.sqrt(_BLOCKS * (_BLOCKS - 1))
    source, mean = {f"symmetry/{name}/{seed}": away}, left.mean(axis=0) - right.mean(axis=0)
    return Estimate(mean, source, len(left), _BLOCKS, seed, "correlators of g phi less those of phi", "float64")


def _products(fields: np.ndarray, rows: Sequence[tuple[int, ...]]) -> np.ndarray:
    """Products of fields of [draws, k] at ``rows`` of indices: [draws, products]."""
    return np.stack([np.prod(fields[:, list(row)], axis=1) for row in rows], axis=1)


def _shrunk(covariance: np.ndarray, draws: int) -> np.ndarray:
    """Mixed with its diagonal, in the share k/n of correlators to draws: nearly singular directions cannot dominate the form."""
    share = min(1.0, len(covariance) / draws)
    return (1 - share) * covariance + share * np.diag(np.diag(covariance))


def _standard(fields: np.ndarray) -> np.ndarray:
    return fields / np.sqrt(np.mean(fields**2))


def _noncentrality(dof: float) -> float:
    """Of the chi2 that is beyond the 1 % point in nine of ten cases."""
    critical = scipy.stats.chi2.isf(_LEVEL, dof)
    return float(scipy.optimize.root_scalar(lambda size: scipy.stats.ncx2.sf(critical, dof, size) - _POWER, bracket=(1e-6, 1e4)).root)
