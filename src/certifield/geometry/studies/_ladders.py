"""What the studies of algebraic metrics share: a row says which metric to fit; a piece holds its quality and its certificate."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from certifield.evidence import Certificate, Certified, Estimate, Exact, Unknown
from certifield.geometry import (
    AlgebraicMetric,
    Points as PointSet,
    Quality,
    Symmetry,
    Variety,
    balanced,
    exact_omega_volume,
    fubini_study,
    logarithms,
    omega_volume,
    quality,
    ricci_flat,
    sample,
    volume,
)
from certifield.geometry.metrics import silent
from certifield.geometry.networks import NetworkMetric, train_network
from certifield.study import Case, Found, Missing, Options, Piece, Pieces, Study, Task

_ROUNDING = 1e-12  # relative: what is the same at all points has no spread, and is rounded all the same
_CURVED, _BENT = 0.2, 0.02  # of the draws, for the curvature of algebraic metrics and of networks
MEASURES = ("sigma", "l2", "quantile", "maximum", "ricci", "volume")


@dataclass(frozen=True)
class Row:
    """A variety with a class and the multidegrees of the fits; ``symmetric``: whether its symmetry is used; ``draws``: of the last fit;
    ``solve``: what makes a metric of a row and a seed, and the points that it has seen.
    """

    variety: Callable[[], Variety]
    kaehler: tuple[Fraction, ...]
    ladder: tuple[tuple[tuple[int, ...], ...], ...]
    draws: int
    symmetric: bool = True
    solve: "Callable[[Row, int], tuple[AlgebraicMetric | NetworkMetric, PointSet]] | None" = None


def least_squares(row: Row, seed: int) -> tuple[AlgebraicMetric, PointSet]:
    """The algebraic metric with the least energy."""
    group = None if row.symmetric else Symmetry()
    return ricci_flat(row.variety(), row.kaehler, row.ladder, draws=row.draws, seed=seed, symmetry=group, progress=silent)


def donaldson(row: Row, seed: int) -> tuple[AlgebraicMetric, PointSet]:
    """The balanced metric of the last degree."""
    variety = row.variety()
    points = sample(variety, row.draws, seed)
    return balanced(fubini_study(variety, logarithms(variety, row.kaehler, row.ladder[-1])), points), points


def network(steps: int) -> Callable[[Row, int], tuple[NetworkMetric, PointSet]]:
    """A network on top of the Fubini-Study metric, or of the fit where the row has a ladder; it knows no symmetry."""

    def solve(row: Row, seed: int) -> tuple[NetworkMetric, PointSet]:
        if row.ladder:
            base, points = least_squares(row, seed)
        else:
            base, points = fubini_study(row.variety(), row.kaehler), sample(row.variety(), row.draws, seed)
        return train_network(base, points, steps=steps, seed=seed), points

    return solve


Solution = AlgebraicMetric | NetworkMetric
More = Callable[[Row, Solution, PointSet, Quality], Mapping[str, Any]]


def fitted(row: Row, task: Task, draws: int, more: More | None = None) -> Piece:
    """Fits the metric on one stream of points and judges it on ``draws`` draws of another; ``more``: what else the piece is to hold."""
    seed = task.seed % 2**31
    metric, train = (row.solve or least_squares)(row, seed)
    points = sample(row.variety(), draws, seed + 1)
    found = quality(metric, points, train, ricci=_BENT if isinstance(metric, NetworkMetric) else _CURVED)
    base = metric.base if isinstance(metric, NetworkMetric) else metric
    estimates = {name: getattr(found, name) for name in MEASURES} | {"omega": omega_volume(points)}
    piece: dict[str, Any] = {"draws": draws, "seed": seed + 1, "points": len(points), "sections": [len(h) for h in base.matrices]}
    piece["refusal"] = found.refusal
    for name, estimate in estimates.items():
        if estimate is not None:
            piece |= packed(name, estimate)
    if found.certificate is not None:
        piece["positive"] = found.certificate
    return piece | dict(more(row, metric, train, found)) if more else piece


def packed(name: str, estimate: Estimate) -> dict[str, np.ndarray]:
    """An estimate as the arrays of a piece: its mean, and its deviations by draw."""
    return {f"{name}/mean": estimate.mean, f"{name}/deviations": next(iter(estimate.deviations.values()))}


def measured(case: Case, piece: Piece, name: str) -> Estimate:
    """An estimate of a piece by its name."""
    deviations = np.asarray(piece[f"{name}/deviations"])
    blocks = len(deviations) if name not in ("quantile", "maximum") else 0
    source = f"{case.name}/{'bootstrap' if blocks == 0 else 'draws'}"
    mean = np.asarray(piece[f"{name}/mean"])
    spread = {source: deviations, f"{source}/rounding": _ROUNDING * np.abs(mean)[None]}
    return Estimate(mean, spread, int(piece["draws"]), blocks, int(piece["seed"]), f"{name}, by draw", "float64", "unknown")


def findings(case: Case, piece: Piece, row: Row) -> Iterator[tuple[str, Found]]:
    """All measures of a piece; the volumes against their exact values."""
    variety = row.variety()
    for name in MEASURES:
        if f"{name}/mean" not in piece:
            yield name, Found(Missing(str(piece["refusal"])))
            continue
        expected = volume(variety.configuration, row.kaehler) if name == "volume" else None
        yield name, Found(measured(case, piece, name), expected)
    fermat = variety.name.startswith("Fermat")
    yield "omega", Found(measured(case, piece, "omega"), exact_omega_volume(variety.dimension) if fermat else None)
    spent = {"sections": int(sum(piece["sections"]))}
    yield "positive", Found(Certified(piece["positive"], spent) if "positive" in piece else Unknown(spent))
    yield "points", Found(Exact(int(piece["points"])))


def about(case: Case, certificate: Certificate, row: Row) -> bool:
    """Whether a certificate is about a potential in the ambient space, the class and the degrees of this row."""
    variety, claim = row.variety(), certificate.document()["claim"]
    assert isinstance(claim, dict)
    stated = [term["degrees"] for term in claim["terms"]]
    return (
        claim["kind"] == "Kaehler potential"
        and claim["ambient"] == list(variety.ambient)
        and claim["class"] == [str(Fraction(t)) for t in row.kaehler]
        and [stated] == [[list(degrees) for degrees in last] for last in row.ladder[-1:]]
    )


def ladder(
    options: type[Options],
    rows: Callable[[Any], Mapping[str, Row]],
    *,
    more: More | None = None,
    more_found: Callable[[Piece], Iterable[tuple[str, Found]]] = lambda _: (),
    **parts: Any,
) -> Study[Any]:
    """The study whose cases are ``rows``, called group/k=degree: each is fitted and judged once.

    ``more``, ``more_found``: what else a piece holds and says; ``parts``: what else the study has.
    """

    def cases(asked: Any) -> Iterator[Case]:
        yield from (Case(name, {"k": int(name.rpartition("=")[2])}, name.partition("/")[0]) for name in rows(asked))

    def piece(task: Task, asked: Any) -> Piece:
        return fitted(rows(asked)[task.case.name], task, asked.tested, more)

    def read(case: Case, pieces: Pieces, asked: Any) -> Iterator[tuple[str, Found]]:
        if 0 in pieces:
            yield from findings(case, pieces[0], rows(asked)[case.name])
            yield from more_found(pieces[0])

    def its_own(case: Case, certificate: Certificate, asked: Any) -> bool:
        return about(case, certificate, rows(asked)[case.name])

    return Study(options, cases, piece, read, about=its_own, unit="fits", **parts)


def cells(found: Mapping[str, Found], names: Sequence[str]) -> list[object]:
    """What a table shows of these findings: values with their errors, and whether there is a proof."""
    return ["proved" if isinstance(found[name].value, Certified) else found[name].value for name in names]
