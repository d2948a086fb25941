"""The ensemble of F-theory geometries made of blow-up trees: exact counts and means, and geometries drawn uniformly (ledger M4)."""

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import permutations
from math import gcd, log10
from typing import Any

import numpy as np
from pydantic import Field

from certifield.bundles.trees import EdgeTrees, FaceTrees
from certifield.evidence import Estimate, Exact
from certifield.study import Case, Claim, Curve, Found, Options, Piece, Pieces, Plot, Readings, Section, Stairs, Study, Task

EDGES, FACES, RAYS = 108, 72, 38  # of the triangulated boundary of either of the two dominant polytopes
HEIGHT = 6
GAUGED = 4  # rays up to this height carry a gauge group where all corners carry E8: ord g = 6 - height >= 2
SHARE = 500  # geometries in a piece of work


class Question(Options):
    """The greatest heights that single trees are counted for, of edges and of faces, and geometries to draw."""

    edges: int = Field(7, ge=1, le=9)
    faces: int = Field(6, ge=3, le=6)
    geometries: int = Field(10_000, ge=SHARE)


def cases(options: Question) -> Iterator[Case]:
    """Single trees by height, and the ensemble."""
    yield from (Case(f"edge/{height}", {"edge": height}, "edges") for height in range(1, options.edges + 1))
    yield from (Case(f"face/{height}", {"face": height}, "faces") for height in range(3, options.faces + 1))
    yield from (Case(f"ensemble/{part}", {}, "ensemble") for part in range(options.geometries // SHARE))


def edge_means(height: int) -> tuple[Fraction, ...]:
    r"""The mean number of rays of height 2, 3, ..., ``height`` on an edge with a uniform tree.

    With the number T of trees between two rays, the sums S over these trees obey $S = S_l T_r + T_l S_r + e_{p+q} T_l T_r$.
    """

    @cache
    def sums(p: int, q: int) -> tuple[int, tuple[int, ...]]:
        if p + q > height:
            return 1, (0,) * (height + 1)
        (left, first), (right, second) = sums(p, p + q), sums(p + q, q)
        total = [a * right + left * b for a, b in zip(first, second, strict=True)]
        total[p + q] += left * right
        return 1 + left * right, tuple(total)

    count, total = sums(1, 1)
    return tuple(Fraction(one, count) for one in total[2:])


def face_means(height: int) -> tuple[Fraction, ...]:
    """The mean number of rays of height 3, ..., ``height`` on a face: a ray is absent from as many fans as there are without it."""
    every = FaceTrees(height).count
    found = []
    for total in range(3, height + 1):
        mean = Fraction(0)
        for ray in ((a, b, total - a - b) for a in range(1, total) for b in range(1, a + 1)):
            if ray[2] >= 1 and ray[1] >= ray[2] and gcd(*ray) == 1:
                without = FaceTrees(height, lambda one, ray=ray: one != ray).count
                mean += len(set(permutations(ray))) * (1 - Fraction(without, every))
        found.append(mean)
    return tuple(found)


@cache
def ensemble_means() -> tuple[Fraction, Fraction]:
    """E[h11(B)] = rays - 3, and the mean number of divisors with a gauge group where all corners carry E8."""
    edge, face = edge_means(HEIGHT), face_means(HEIGHT)
    added = EDGES * sum(edge, Fraction(0)) + FACES * sum(face, Fraction(0))
    gauged = EDGES * sum(edge[: GAUGED - 1], Fraction(0)) + FACES * sum(face[: GAUGED - 2], Fraction(0))
    return RAYS - 3 + added, RAYS + gauged


def piece(task: Task, options: Question) -> Piece:
    """Exact counts, or geometries drawn uniformly: added rays and gauge sectors of each."""
    data = task.case.data
    if "edge" in data:
        means = edge_means(data["edge"]) if data["edge"] > 1 else ()
        return {"trees": EdgeTrees(data["edge"]).count, "means": [[one.numerator, one.denominator] for one in means]}
    if "face" in data:
        means = [[str(one.numerator), str(one.denominator)] for one in face_means(data["face"])]
        return {"trees": FaceTrees(data["face"]).count, "by rays": [str(one) for one in FaceTrees(data["face"]).by_rays], "means": means}
    rng = np.random.Generator(np.random.PCG64(task.seed))
    edges, faces = EdgeTrees(HEIGHT), FaceTrees(HEIGHT)
    rows = []
    for _ in range(SHARE):
        trees = [*(edges.draw(rng) for _ in range(EDGES)), *(faces.draw(rng) for _ in range(FACES))]
        heights = [sum(ray) for tree in trees for ray in tree]
        rows.append([RAYS - 3 + len(heights), RAYS + sum(one <= GAUGED for one in heights)])
    return {"geometries": np.array(rows, np.int64)}


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Counts and means of single trees; those of the ensemble, exact and sampled."""
    if case.group == "edges" and 0 in pieces:
        yield "trees", Found(Exact(int(pieces[0]["trees"]), "T(1, 1)", "arXiv:1706.02299"))
        if pieces[0]["means"]:
            yield "mean rays", Found(Exact(sum((Fraction(a, b) for a, b in pieces[0]["means"]), Fraction(0)), "uniform over all trees"))
    elif case.group == "faces" and 0 in pieces:
        held = pieces[0]
        yield "trees", Found(Exact(int(held["trees"]), "distinct fans", "arXiv:1706.02299"))
        by_rays = [int(one) for one in held["by rays"]]
        total = Fraction(sum(number * times for number, times in enumerate(by_rays)), int(held["trees"]))
        # Two routes: fans by their number of rays, and fans without each ray.
        yield (
            "mean rays",
            Found(Exact(total, "fans by rays"), Exact(sum((Fraction(int(a), int(b)) for a, b in held["means"]), Fraction(0)))),
        )
    elif case.group == "ensemble" and 0 in pieces:
        yield "fewest axions", Found(Exact(int(np.asarray(pieces[0]["geometries"])[:, 0].min()), f"least h11(B) of {SHARE} geometries"))


def _drawn(readings: Readings) -> np.ndarray:
    """Axions and gauge sectors of all geometries, a row each."""
    parts = [np.asarray(one.pieces[0]["geometries"]) for one in readings.values() if one.case.group == "ensemble" and 0 in one.pieces]
    return np.concatenate(parts) if parts else np.zeros((0, 2), np.int64)


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """The logarithm of the number of geometries, and the exact means of the ensemble."""
    count = EDGES * log10(EdgeTrees(HEIGHT).count) + FACES * log10(FaceTrees(HEIGHT).count)
    yield "log10 of the geometries", Found(Exact(count, "82^108 x 41,873,645^72", "arXiv:1706.02299", radius=1e-10))
    axions, sectors = ensemble_means()
    rows = _drawn(readings)
    for name, column, exact in zip(("axions", "gauge sectors"), rows.T, (axions, sectors), strict=True):
        if len(column) > 1:
            error = float(np.std(column, ddof=1)) / np.sqrt(len(column))
            value = Estimate.from_stderr(np.mean(column), error, source=f"geometries/{name}", draws=len(column), method="mean")
            yield f"sampled {name}", Found(value, Exact(exact, "from the exact means of single trees"))
    yield "mean axions", Found(Exact(axions, "35 + 108 E[edge] + 72 E[face]"))
    yield "mean gauge sectors", Found(Exact(sectors, "38 + 108 E[edge, height <= 4] + 72 E[face, height <= 4], all corners E8"))


def _number(found: Found) -> Any:
    """The value of an exact finding."""
    assert isinstance(found.value, Exact)
    return found.value.value


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Single trees and histograms of the ensemble."""
    rows = [
        (name, _number(one["trees"]), f"{float(_number(one['mean rays'])):.6f}" if "mean rays" in one else "0")
        for name, one in readings.items() if one.case.group in ("edges", "faces") and 0 in one.pieces
    ]  # fmt: skip
    if rows:
        yield Section(
            "trees", "Single trees",
            "Trees of blow-ups of one edge and of one face, by the greatest height: counts, and the mean number of added rays, all trees "
            "equally probable. The means of faces are found twice, from fans by their number of rays and from fans without each ray.",
            columns=("tree / height", "distinct", "mean added rays"), rows=rows,
        )  # fmt: skip
    held = _drawn(readings)
    if not len(held):
        return
    plots = []
    for name, column, exact, colour in zip(("h11(B)", "gauge sectors"), held.T, ensemble_means(), ("blue", "orange"), strict=True):
        edges = np.linspace(column.min() - 0.5, column.max() + 0.5, 31)
        heights = np.histogram(column, edges)[0] / len(column)
        marks = [
            Stairs(edges, heights, colour, filled=True),
            Curve(np.array([float(exact)] * 2), np.array([0.0, heights.max() * 1.05]), "ink", "dashed"),
        ]
        plots.append(Plot(name, name, "share", marks, "a histogram around a dashed line"))
    yield Section(
        "ensemble", "The ensemble",
        "Geometries with an independent uniform tree on each of 108 edges and 72 faces. Axions: h11(B) = rays - 3. Gauge "
        "sectors as divisors on which g vanishes to order 2 at least where all corners carry E8, as rays up to height 4 do.",
        plots=plots, caption="Dashed: the exact mean.",
        columns=("quantity", "geometries", "mean", "spread", "exact mean"),
        rows=[_row(*one) for one in zip(("h11(B)", "gauge sectors"), held.T, ensemble_means(), strict=True)],
    )  # fmt: skip


def _row(name: str, column: np.ndarray, exact: Fraction) -> tuple:
    spread = column.std(ddof=1)
    return name, len(column), f"{column.mean():.3f} +- {spread / np.sqrt(len(column)):.3f}", f"{spread:.2f}", f"{float(exact):.4f}"


CLAIMS = (
    Claim("MO-13", "PHENO 2021", "10^755 geometries by an explicit algorithm.", ours="log10 of the geometries",
          printed=Exact(755.5, radius=0.5),
          note="2.96e755 for the larger of two bases; 4/3 of it in all."),
    Claim("MO-14", "PHENO 2021", "A uniform draw has about 750 gauge sectors.", ours="mean gauge sectors",
          printed=Exact(750.0, radius=25.0),
          note="762.7 where all corners carry E8; sampled geometries agree."),
    Claim("MO-14 (axions)", "PHENO 2021", "A uniform draw has thousands of axions.", ours="mean axions", printed=Exact(1000), relation=">",
          note="1881.3, counted as h11(B)."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, conclude=conclude, claims=CLAIMS, page=page, unit="geometries")
