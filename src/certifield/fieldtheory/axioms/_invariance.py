r"""Euclidean invariance, permutations and clustering, in exact and in statistical mode."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy

from certifield.evidence import Estimate, Exact, InputError

from ._positivity import Sampler
from ._report import AxiomReport
from ._theory import Theory

_SOURCE = "Osterwalder and Schrader 1973"


def random_motions(dimension: int, count: int, *, seed: int = 0, shift: float = 1.0) -> list[tuple[np.ndarray, np.ndarray]]:
    """``count`` elements of SE(d): (rotation [d, d] of Haar measure and determinant 1, translation [d] in a box of half width
    ``shift``)."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        q, r = np.linalg.qr(rng.normal(size=(dimension, dimension)))
        q = q * np.sign(np.diag(r))
        q[:, 0] *= np.sign(np.linalg.det(q))
        found.append((q, rng.uniform(-shift, shift, dimension)))
    return found


def euclidean_invariance(theory: Theory, points: Any, *, motions: int = 6, seed: int = 0) -> AxiomReport:
    """In exact mode: G^(2) and G^(n) at ``points`` [n, d], n even, before and after random motions; a difference beyond its error fails.

    The moved points are rounded, which moves a correlator by an unknown derivative: the statistic is an `Estimate` of unknown bias, with
    the bounds of both correlators and 1e-14 for the rounding as its error.
    """
    where = _points(points, theory.dimension)
    gaps: list[tuple[float, float, str]] = []
    for number, (rotation, shift) in enumerate(random_motions(theory.dimension, motions, seed=seed)):
        for chosen in (where[:2], where):
            (before, left), (after, right) = theory.correlator(chosen), theory.correlator(chosen @ rotation.T + shift)
            moved = 1e-14 * (1 + abs(before))  # what the rounding of the moved points may do
            gaps.append((before - after, left + right + moved, f"G^({len(chosen)}) under motion {number}"))
    gap, radius, worst = max(gaps, key=lambda one: abs(one[0]) / one[1])
    verdict = "fail" if abs(gap) > radius else "pass"
    told = f"{len(gaps)} comparisons; no more than these are tried" if verdict == "pass" else ""
    source = f"Euclidean invariance/{theory.name}/{seed}"
    statistic = Estimate.from_stderr(gap, radius, source=source, method="difference of correlators at rounded points", bias="unknown")
    return AxiomReport("Euclidean invariance", theory.name, verdict, statistic, "to the rounding of points", worst, told)


def sampled_invariance(
    sampler: Sampler, points: Any, *, motions: int = 4, draws: int = 20_000, seed: int = 0, level: float = 0.01, tolerance: float = 0.2,
    name: str = "sampled",
) -> AxiomReport:  # fmt: skip
    r"""Hotelling's $T^2$ on differences of products of fields, moved against not moved on the *same* draws.

    Products: two fields (the first two of ``points`` [n, d]) and all n.  "fail" at ``level``; "pass" only if a relative violation of
    ``tolerance`` of every product would have been rejected in nine of ten experiments, else "undecided".
    """
    where = np.atleast_2d(np.asarray(points, dtype=float))
    where = _points(where, where.shape[1])
    elements = random_motions(where.shape[1], motions, seed=seed + 1)
    if draws < 50 * motions or not 0 < level < 0.5:
        raise InputError("draws, level", (draws, level), f"{50 * motions} draws or more, level between 0 and 1/2", "try draws=20_000")
    everywhere = np.concatenate([where, *(where @ rotation.T + shift for rotation, shift in elements)])
    fields = np.asarray(sampler(seed, draws, everywhere), dtype=float).reshape(draws, motions + 1, len(where))
    products = np.stack([fields[:, :, 0] * fields[:, :, 1], np.prod(fields, axis=2)], axis=2)  # [draws, placements, 2]
    gaps = (products[:, :1] - products[:, 1:]).reshape(draws, -1)
    sizes = np.abs(np.mean(products[:, 0], axis=0))
    mean, covariance = np.mean(gaps, axis=0), np.cov(gaps.T, ddof=1) / draws
    k = len(mean)
    usable = np.diag(covariance) > 1e-24 * np.maximum(np.tile(sizes, motions), 1e-300) ** 2
    if not np.any(usable):  # exactly invariant on every draw
        statistic = Estimate.from_stderr(mean, np.zeros(k), source=f"invariance/{name}/{seed}", draws=draws)
        return AxiomReport("Euclidean invariance", name, "pass", statistic, "identical on every draw", "none")
    inverse = np.linalg.pinv(covariance[np.ix_(usable, usable)], hermitian=True)
    rank = int(np.linalg.matrix_rank(covariance[np.ix_(usable, usable)], hermitian=True))
    squared = float(mean[usable] @ inverse @ mean[usable])
    p_value = float(scipy.stats.f.sf(squared * (draws - rank) / (rank * (draws - 1)), rank, draws - rank))
    critical = scipy.stats.chi2.isf(level, rank)
    needed = scipy.optimize.root_scalar(lambda size: scipy.stats.ncx2.sf(critical, rank, size) - 0.9, bracket=(1e-6, 1e4)).root
    relative = np.sqrt(needed * np.diag(covariance)) / np.maximum(np.tile(sizes, motions), 1e-300)
    detectable = float(np.max(relative[usable]))
    verdict = "fail" if p_value < level else "pass" if detectable < tolerance else "undecided"
    worst = int(np.argmax(np.abs(mean) / np.sqrt(np.maximum(np.diag(covariance), 1e-300)) * usable))
    told = f"T^2 = {squared:.3g} of {rank}, p = {p_value:.2g}; violations above {detectable:.1%} would be seen"
    statistic = Estimate.from_stderr(mean, covariance, source=f"invariance/{name}/{seed}", draws=draws, method="paired differences")
    configuration = f"G^({2 if worst % 2 == 0 else len(where)}) under motion {worst // 2}"
    return AxiomReport("Euclidean invariance", name, verdict, statistic, f"level {level:g}", configuration, told)


def permutation_symmetry(theory: Theory, points: Any) -> AxiomReport:
    """An identity for scalar fields: what is tested is the code that evaluates correlators, at reversed and rotated orders of the
    points."""
    where = _points(points, theory.dimension)
    orders = [np.roll(np.arange(len(where)), k) for k in range(len(where))] + [np.arange(len(where))[::-1]]
    found = [theory.correlator(where[order]) for order in orders]
    gaps = [(one - found[0][0], radius + found[0][1] + 1e-15) for one, radius in found[1:]]
    gap, radius = max(gaps, key=lambda one: abs(one[0]) / one[1])
    verdict = "fail" if abs(gap) > radius else "pass"
    statistic = Exact(gap, "difference of correlators", _SOURCE, radius)
    confidence = "proof" if verdict == "pass" else "certified"
    told = "an identity for scalar fields; the evaluation was tested"
    return AxiomReport("permutations", theory.name, verdict, statistic, confidence, f"G^({len(where)}) in another order", told)


def clustering(
    theory: Theory, pairs: Any, *, distances: Sequence[float] = (8.0, 16.0), tolerance: float = 1e-4, width: int | None = None
) -> AxiomReport:
    r"""$\langle\phi\phi\,\phi\phi\rangle - \langle\phi\phi\rangle\langle\phi\phi\rangle$ for two ``pairs`` [4, d] that are moved apart in
    space (or
    time, in one dimension), over the product of both propagators.

    "fail": at both distances beyond ``tolerance`` and level to one part in ten, a plateau; "pass": below ``tolerance`` at the larger one;
    with ``width`` N the remark gives N times the plateau, the coefficient of 1/N.  A two-point function that clusters proves nothing.
    """
    where = _points(pairs, theory.dimension)
    if len(where) != 4 or len(distances) != 2 or not 0 < distances[0] < distances[1]:
        raise InputError("pairs, distances", (where.shape, distances), "four points and two growing distances", "try distances=(8, 16)")
    direction = np.eye(theory.dimension)[-1]
    values = []
    for distance in distances:
        moved = where + np.array([0.0, 0.0, 1.0, 1.0])[:, None] * distance * direction
        (four, e4), (left, e1), (right, e2) = (theory.correlator(part) for part in (moved, moved[:2], moved[2:]))
        product = Exact(left, radius=e1) * Exact(right, radius=e2)
        values.append((Exact(four, "four-point function of distant pairs", _SOURCE, e4) - product) / product)
    near, far = values
    low, high = abs(float(far.value)) - float(far.radius), abs(float(far.value)) + float(far.radius)
    level = abs(float(near.value) - float(far.value)) <= 0.1 * abs(float(far.value)) + float(near.radius) + float(far.radius)
    verdict = "pass" if high < tolerance else "fail" if low > tolerance and level else "undecided"
    told = f"N times it: {width * float(far.value):.6g}" if width else f"at distance {distances[1]:g}"
    worst = "phi(x1)phi(x2) against phi(x3)phi(x4)"
    return AxiomReport("cluster", theory.name, verdict, far, "certified" if verdict != "undecided" else "none", worst, told)


def sampled_clustering(
    sampler: Sampler, pairs: Any, *, distances: Sequence[float] = (8.0, 16.0), draws: int = 100_000, seed: int = 0, tolerance: float = 0.05,
    width: int | None = None, name: str = "sampled",
) -> AxiomReport:  # fmt: skip
    """The same from draws: "fail" where both distances are beyond zero by 4.9 errors, "pass" where a one-sided 99 % bound is below
    tolerance."""
    where = np.atleast_2d(np.asarray(pairs, dtype=float))
    where = _points(where, where.shape[1])
    if len(where) != 4 or len(distances) != 2 or not 0 < distances[0] < distances[1] or draws < 400:
        raise InputError("pairs, distances", (where.shape, distances), "four points, two growing distances, 400 draws", "try (8, 16)")
    direction = np.eye(where.shape[1])[-1]
    everywhere = np.concatenate([where[:2], *(where[2:] + distance * direction for distance in distances)])
    fields = np.asarray(sampler(seed, draws, everywhere), dtype=float)
    products = fields.reshape(draws, 3, 2).prod(axis=2)
    blocks = products.reshape(draws, 3)[: draws // 40 * 40].reshape(40, -1, 3)

    def ratio(part: np.ndarray) -> np.ndarray:
        mean = part.reshape(-1, 3).mean(axis=0)
        return np.array([np.mean(part[..., 0] * part[..., k]) / (mean[0] * mean[k]) - 1 for k in (1, 2)])

    left_out = np.array([ratio(np.delete(blocks, k, axis=0)) for k in range(40)])
    spread = (left_out - left_out.mean(axis=0)) * math.sqrt(39 / 40)
    source = f"cluster/{name}/{seed}"
    found = Estimate(ratio(blocks), {source: spread}, draws, 40, seed, "block jackknife", "float64", "unknown")
    pulls = found.mean / np.maximum(found.stderr, 1e-300)
    upper = abs(float(found.mean[1])) + 2.33 * float(found.stderr[1])
    verdict = "fail" if np.all(np.abs(pulls) > 4.9) else "pass" if upper < tolerance else "undecided"
    told = f"N times it: {width * float(found.mean[1]):.3g}" if width else f"at distances {distances[0]:g} and {distances[1]:g}"
    return AxiomReport("cluster", name, verdict, found, "4.9 errors", "phi(x1)phi(x2) against phi(x3)phi(x4)", told)


def _points(given: Any, dimension: int) -> np.ndarray:
    where = np.asarray(given, dtype=float)
    if where.ndim != 2 or where.shape[1] != dimension or len(where) < 2 or len(where) % 2 or not np.all(np.isfinite(where)):
        raise InputError("points", where.shape, f"an even number of finite points [n, {dimension}]", "pass [[0.0], [0.3], [0.7], [1.2]]")
    return where
