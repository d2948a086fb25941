r"""Eigenvalues of the scalar Laplacian, with multiplicities.

The Riemannian metric that belongs to $J = \frac i2 g_{a\bar b}dz^a\wedge d\bar z^b$ is $ds^2 = g_{a\bar b}dz^ad\bar z^b$, so that
$\Delta = 4g^{\bar ba}\partial_a\bar\partial_b$ and $|df|^2 = 2g^{\bar ba}(\partial_af\,\overline{\partial_bf} +
\bar\partial_bf\,\overline{\bar\partial_af})$ for complex f.  The method is that of Galerkin (Braun, Brelidze, Douglas, Ovrut,
arXiv:0805.3689): $\int\langle df, dh\rangle dV = \lambda\int f\bar h\,dV$ for all functions h of a finite degree.  With exact integrals
each eigenvalue is an upper bound.  Both matrices are averaged over the group of the variety, so that multiplets are degenerate to rounding.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from certifield._arguments import of_kind, whole
from certifield.evidence import Estimate, InputError

from ..metrics import AlgebraicMetric, determinant
from ..points import LocalGeometry, Points, integral
from ..varieties import Symmetry
from ._functions import Functions

_CHUNK = 512  # points whose jets are in memory at once
_NULL = 1e-9  # of the largest eigenvalue of the matrix of products: functions that vanish on the variety
_SAME = 1e-7  # relative: levels of one multiplet


@dataclass(frozen=True, eq=False)
class Level:
    """One eigenvalue, its ``multiplicity``, and for each orbit of blocks that it is in its eigenvectors [functions, d] in the first."""

    value: float
    multiplicity: int
    vectors: dict[int, np.ndarray] = field(repr=False)


@dataclass(frozen=True, eq=False)
class Spectrum:
    r"""The lowest ``levels`` in ascending order, the constant function with 0 first, their ``multiplicities``, and the volume V.

    ``scaled``: $\lambda V^{1/n}$, the eigenvalues at volume 1, which no scaling of the metric changes.
    """

    levels: Estimate
    scaled: Estimate
    multiplicities: tuple[int, ...]

    def __str__(self) -> str:
        rows = zip(self.levels.mean, self.levels.stderr, self.scaled.mean, self.multiplicities, strict=True)
        return "\n".join(f"{value:12.6g} +- {error:.2g}  x {times}  ({scaled:.6g} at volume 1)" for value, error, scaled, times in rows)


def laplacian_spectrum(
    metric: AlgebraicMetric, points: Points, degrees: Sequence[int], *, levels: int = 6, symmetry: Symmetry | None = None
) -> Spectrum:
    """The lowest distinct eigenvalues of a metric among the functions of multidegree ``degrees``, with errors by draw.

    ``symmetry``: that of the variety unless another is given; `Symmetry()` is none, and multiplets are then split by the sample.  Errors
    are those of the sample; what functions of higher degree would lower, and the error of the metric, is not in them.
    """
    of_kind("metric", metric, AlgebraicMetric, "such as fubini_study(fermat(), [1])")
    if not of_kind("points", points, Points, "such as sample(metric.variety, draws=1000, seed=1)").variety.same_as(metric.variety):
        raise InputError("points", repr(points.variety), f"of the variety of the metric, {metric.variety!r}", "sample metric.variety")
    levels = whole("levels", levels, 1, 10**6, "try levels=6")
    functions = Functions(metric.variety, degrees, metric.variety.symmetry if symmetry is None else symmetry)  # type: ignore[arg-type]
    g = metric.metric(points.local)
    volumes = riemannian_weights(points, g)
    found = solved(functions, points.local, volumes, g)[:levels]
    features = np.concatenate([volumes[:, None], volumes[:, None] * rayleigh(functions, found, points.local, g)], axis=1)
    count, power = len(found), 1 / metric.variety.dimension

    def statistic(means: np.ndarray) -> np.ndarray:
        values = means[:, 1 : count + 1] / means[:, count + 1 :]
        return np.concatenate([values, values * means[:, :1] ** power], axis=1)

    both = integral(points, lambda _: features, statistic, "Rayleigh quotients of multiplets, by draw")
    return Spectrum(both[:count], both[count:], tuple(level.multiplicity for level in found))


def riemannian_weights(points: Points, metric: np.ndarray) -> np.ndarray:
    """Weights of the Riemannian volume: the mean of w f is the integral of f.  Raises `InputError` where g [N, n, n] is not positive."""
    ratio = determinant(metric) / points.omega
    if not np.all(np.isfinite(ratio)):
        raise InputError("metric", "not positive at a point", "positive", "fit it again, or take fubini_study")
    return points.weights * ratio


def pieces(functions: Functions, local: LocalGeometry, metric: np.ndarray) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
    """The jets of `Functions.jets`, of some points at a time."""
    for start in range(0, len(local), _CHUNK):
        here = slice(start, start + _CHUNK)
        yield here, *functions.jets(local[here], metric[here])


def gradients(values: np.ndarray, slopes: np.ndarray, block: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """f_AB [N, functions], and d f and dbar f in the frame, [N, 2n, functions], for the functions of a block."""
    left, right = block // values.shape[1], block % values.shape[1]
    first, second = values[:, left], values[:, right].conj()
    return first * second, np.concatenate([slopes[:, :, left] * second[:, None], first[:, None] * slopes[:, :, right].conj()], axis=1)


def solved(functions: Functions, local: LocalGeometry, volumes: np.ndarray, metric: np.ndarray) -> list[Level]:
    """All levels for g [N, n, n]: eigenvalues of one block of each orbit of blocks, gathered into multiplets."""
    matrices = [np.zeros((2, len(block), len(block)), dtype=np.complex128) for block in functions.blocks]
    for here, values, slopes in pieces(functions, local, metric):
        root = np.sqrt(volumes[here] / len(local))
        for block, matrix in zip(functions.blocks, matrices, strict=True):
            f, df = gradients(values * np.sqrt(root)[:, None], slopes * np.sqrt(root)[:, None, None], block)
            matrix[1] += f.conj().T @ f
            flat = df.reshape(-1, len(block))
            matrix[0] += 2 * (flat.conj().T @ flat)
    found = []
    place = np.empty(functions.sections.size**2, dtype=np.int64)
    for block in functions.blocks:
        place[block] = np.arange(len(block))
    for orbit, images in enumerate(functions.orbits):
        energy, product = np.mean([matrices[number][:, place[source][:, None], place[source]] for number, source in images], axis=0)
        sizes, basis = np.linalg.eigh(product)
        kept = sizes > _NULL * sizes[-1]
        basis = basis[:, kept] / np.sqrt(sizes[kept])
        eigenvalues, vectors = np.linalg.eigh(basis.conj().T @ energy @ basis)
        blocks = len({number for number, _ in images})
        found += [(value, orbit, blocks, basis @ vector) for value, vector in zip(eigenvalues.tolist(), vectors.T, strict=True)]
    return _multiplets(sorted(found, key=lambda one: one[0]))


def _multiplets(ordered: Sequence[tuple[float, int, int, np.ndarray]]) -> list[Level]:
    """Neighbours that agree to rounding are one level."""
    rounding, groups = _SAME * abs(ordered[-1][0]), []
    for one in ordered:
        if groups and one[0] - groups[-1][-1][0] <= _SAME * max(abs(one[0]), rounding):
            groups[-1].append(one)
        else:
            groups.append([one])
    levels = []
    for group in groups:
        orbits = {orbit for _, orbit, _, _ in group}
        vectors = {orbit: np.stack([vector for _, its, _, vector in group if its == orbit], axis=1) for orbit in orbits}
        levels.append(Level(float(np.mean([one[0] for one in group])), sum(blocks for _, _, blocks, _ in group), vectors))
    return levels


def rayleigh(functions: Functions, levels: Sequence[Level], local: LocalGeometry, metric: np.ndarray) -> np.ndarray:
    """The sums [N, 2 levels] of |df|^2, and then those of |f|^2, over all eigenfunctions of each level."""
    found = np.zeros((2, len(levels), len(local)))
    for here, values, slopes in pieces(functions, local, metric):
        for orbit, images in enumerate(functions.orbits):
            present = [(number, level.vectors[orbit]) for number, level in enumerate(levels) if orbit in level.vectors]
            for source in dict(images).values() if present else ():
                f, df = gradients(values, slopes, source)
                for number, vectors in present:
                    found[1, number, here] += np.sum(np.abs(f @ vectors) ** 2, axis=1)
                    found[0, number, here] += 2 * np.sum(np.abs(df @ vectors) ** 2, axis=(1, 2))
    return found.reshape(2 * len(levels), -1).T
