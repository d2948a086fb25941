"""Points of a variety with weights, and integrals over them with errors by draw."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from certifield._arguments import fraction, of_kind
from certifield.evidence import Estimate, InputError
from certifield.streams import BlockSums, group, jackknife

from ..varieties import Variety
from ._local import LocalGeometry

_ROUNDING = 1e-12  # relative, of an integral


@dataclass(frozen=True, eq=False)
class Points:
    r"""Points with weights w such that $\int_X f\,|\Omega|^2 d^{2n}x = E[w f]$, and the draw that each comes from.

    ``local``: the points and their charts; ``weights``, ``draws`` [N].  The points of one draw depend on each other: error bars count
    draws.
    ``seed``: of the draws, so that points of two sets with the same seed and draw are the same; ``dropped``: draws left out for lost roots.
    """

    local: LocalGeometry
    weights: np.ndarray
    draws: np.ndarray
    seed: int | None = None
    dropped: int = 0

    def __post_init__(self) -> None:
        of_kind("local", self.local, LocalGeometry, "such as LocalGeometry(variety, z)")
        for name, numbers in (("weights", self.weights), ("draws", self.draws)):
            of_kind(name, numbers, np.ndarray, "one number for each point")
        if self.draws.dtype.kind not in "iu":
            raise InputError("draws", self.draws, "whole numbers", "the same number for the points of one draw")
        if self.weights.shape != (len(self.local),) or self.draws.shape != (len(self.local),):
            given = (self.weights.shape, self.draws.shape)
            raise InputError("weights, draws", given, f"[{len(self.local)}] both", "one for each point")
        if not np.all((self.weights > 0) & np.isfinite(self.weights)):
            raise InputError("weights", self.weights, "finite and above 0", "they are |Omega|^2 over a density")

    @property
    def variety(self) -> Variety:
        """What the points lie on."""
        return self.local.variety

    @property
    def z(self) -> np.ndarray:
        """The points [N, coordinates], the largest coordinate of each factor being 1."""
        return self.local.z

    @property
    def omega(self) -> np.ndarray:
        r"""$|\Omega|^2$ [N] in the chart of each point."""
        return self.local.omega

    def __len__(self) -> int:
        return len(self.local)

    def __getitem__(self, index: slice | np.ndarray) -> "Points":
        """The points of a slice or a mask."""
        return replace(self, local=self.local[index], weights=self.weights[index], draws=self.draws[index])

    def split(self, share: float) -> "tuple[Points, Points]":
        """Two parts, the first with about ``share`` of the draws; no draw is in both."""
        names = np.unique(self.draws)
        cut = round(fraction("share", share, "between 0 and 1", "try share=0.8") * len(names))
        if not 0 < share < 1 or not 0 < cut < len(names):
            raise InputError("share", share, "between 0 and 1, leaving a draw on either side", "try share=0.8")
        first = self.draws < names[cut]
        return self[first], self[~first]


def require_apart(first: Points, second: Points) -> None:
    """Raises `InputError` where two sets share a draw: what is fitted on one would know the other."""
    for part in (first, second):
        of_kind("points", part, Points, "such as sample(variety, draws=1000, seed=1)")
    if first.seed is None or first.seed != second.seed:
        return
    shared = np.intersect1d(first.draws, second.draws)
    if len(shared):
        given = f"{len(shared)} draws that both sets have, such as {int(shared[0])}"
        raise InputError(
            "points", given, "of different draws for fitting and for judging", "split by draw (Points.split), or take another seed"
        )


def sums_by_draw(points: Points, features: np.ndarray, most: int = 128) -> list[BlockSums]:
    """Sums of ``features`` [N, F] over the points, in at most ``most`` groups of whole draws; counts are draws, of equal numbers of
    points.
    """
    names, where = np.unique(points.draws, return_inverse=True)
    if len(points) % len(names):
        raise InputError("draws", f"{len(points)} points in {len(names)} draws", "of as many points each", "keep the draws whole")
    bounds = np.linspace(0, len(names), min(most, len(names)) + 1).astype(np.int64)
    group_of = np.searchsorted(bounds, where, side="right") - 1
    sums, absolute = (_added(group_of, values, len(bounds) - 1) for values in (features, np.abs(features)))
    largest = np.zeros(sums.shape)
    np.maximum.at(largest, group_of, np.abs(features))
    return [BlockSums(int(count), *rows) for count, *rows in zip(np.diff(bounds), sums, absolute, largest, strict=True)]


def _added(group_of: np.ndarray, values: np.ndarray, groups: int) -> np.ndarray:
    return np.stack([np.bincount(group_of, column, groups) for column in values.T], axis=1)


def integral(
    points: Points | Iterable[Points],
    features: Callable[[Points], np.ndarray],
    statistic: Callable[[np.ndarray], np.ndarray],
    method: str,
    bias: str = "unknown",
) -> Estimate:
    r"""A function of means over the points, with a jackknife error by draw.

    ``features(points)`` [N, F]; ``statistic`` maps means [k, F] over points to values [k, ...].  Several sets are read one after the other,
    and memory is that of one.
    """
    sets = [points] if isinstance(points, Points) else points
    sums: list[BlockSums] = []
    seed, each, source = None, None, ""
    for part in sets if isinstance(sets, Iterable) else [sets]:
        of_kind("points", part, Points, "such as sample(variety, draws=1000, seed=1)")
        several = len(part) // len(np.unique(part.draws))
        if each not in (None, several):
            raise InputError("points", (each, several), "of the same number of points a draw in all sets", "take one mixture")
        seed, each = part.seed, several
        source = source or f"{part.variety!r}/seed {part.seed}/draw {int(part.draws[0])}"
        found = np.asarray(features(part))
        if found.ndim != 2 or len(found) != len(part) or not np.all(np.isfinite(found)):
            given = f"an array {found.shape}" + ("" if np.all(np.isfinite(found)) else " with entries that are not finite")
            raise InputError("features", given, f"finite, [{len(part)}, F] for {len(part)} points", "one column for each mean")
        sums += sums_by_draw(part, found)
    if not sums:
        raise InputError("points", points, "one set at the least", "such as sample(variety, draws=1000, seed=1)")
    sums = group(sums)
    number = float(each or 1)
    value, deviations = jackknife(sums, lambda total, count: statistic(total / (number * count[:, None])))
    # What is the same at every point, such as the volume of the form that the points were drawn from, still has the rounding of its sums.
    spread = {source: deviations, f"{source}/rounding": _ROUNDING * np.abs(value)[None]}
    return Estimate(value, spread, sum(part.count for part in sums), len(sums), seed, method, "float64", bias)
