"""Line-bundle cohomology as regions with a polynomial each: learnt from a box, verified on one twice as large, beside a network.

A case is one dimension h^i on one space, or a count of what is proved about a table.  Values are exact: in closed form, by flops, or by
ranks that are full; where a rank is only likely, the bundle is counted as such and enters no table.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any, Literal

import numpy as np
from pydantic import Field

from certifield.evidence import Estimate, Exact
from certifield.study import Case, Cells, Claim, Found, Missing, Options, Piece, Pieces, Plot, Points, Readings, Section, Study, Task

Sides = tuple[tuple[int, int], ...]
NAMES = ("a", "b")
RIGOR = "arXiv:2402.13321"


@dataclass(frozen=True)
class Space:
    """Where line bundles live: the ``values`` of h^i on a box of coordinates (a, b), the box to learn from, the degree, and a title."""

    title: str
    degree: int
    sides: Callable[["Boxes"], Sides]
    values: Callable[[np.ndarray, int], np.ndarray]
    dimensions: tuple[int, ...] = (0,)


class Boxes(Options):
    """The bicubic is learnt for |a|, |b| <= ``bicubic``; the tetra-quadric is counted for |k_i| <= ``tetra``.

    Regions are verified on boxes twice as large, but those of h1 and h2 of the bicubic, which take a rank for every bundle, for |a|, |b| up
    to ``far``: 12 is twice as large, and takes half an hour.  ``steps``: of the training of every network.
    """

    spaces: tuple[Literal["bicubic", "P1xP3", "tetra-quadric", "F1", "F2", "F3"], ...] = (
        "bicubic", "P1xP3", "tetra-quadric", "F1", "F2", "F3",
    )  # fmt: skip
    bicubic: int = Field(6, ge=6, le=8)
    far: int = Field(9, ge=6, le=16)
    tetra: int = Field(3, ge=1, le=5)
    steps: int = Field(4000, ge=100)


def _bicubic(bundles: np.ndarray, i: int) -> np.ndarray:
    """Sections in closed form, the others by ranks over primes that are full; the two planes are exchanged, and Serre duality is used."""
    from certifield.bundles import hypersurface_sections

    if i in (0, 3):
        return hypersurface_sections([2, 2], [3, 3], bundles if i == 0 else -bundles)
    found = []
    for a, b in bundles.tolist():
        (low, high), dual = max(((sorted((a, b)), False), (sorted((-a, -b)), True)), key=lambda one: sum(one[0]))
        found.append(_by_rank(low, high)[3 - i if dual else i])
    return np.array(found)


@cache
def _by_rank(low: int, high: int) -> tuple[int, ...]:
    from certifield.bundles import hypersurface_cohomology

    answer = hypersurface_cohomology([2, 2], [3, 3], (low, high))
    if not answer.proved:
        raise AssertionError(f"a rank that is not full at {low, high}")
    return answer.dimensions


def _by_flops(spaces: list[int], degrees: list[int], spread: list[int]) -> Callable[[np.ndarray, int], np.ndarray]:
    def values(bundles: np.ndarray, i: int) -> np.ndarray:
        from certifield.bundles import hypersurface_sections

        return hypersurface_sections(spaces, degrees, bundles[:, spread])

    return values


def _hirzebruch(n: int) -> Space:
    def values(bundles: np.ndarray, i: int) -> np.ndarray:
        from certifield.bundles import hirzebruch_cohomology

        return np.array([hirzebruch_cohomology(n, a, b)[i] for a, b in bundles.tolist()])

    top = 8 + 4 * n
    return Space(f"Hirzebruch surface F_{n}, O(aC + bF)", 2, lambda options: ((-8, top), (-8, n * top)), values)


SPACES = {
    "bicubic": Space("bicubic in P2 x P2, O(a, b)", 3, lambda options: ((-options.bicubic, options.bicubic),) * 2, _bicubic, (0, 1, 2, 3)),
    "P1xP3": Space("degree (2, 4) in P1 x P3, O(a, b)", 3, lambda options: ((-6, 8), (-8, 28)), _by_flops([1, 3], [2, 4], [0, 1])),
    "tetra-quadric": Space(
        "tetra-quadric, O(a, b, b, b)", 3, lambda options: ((-6, 8), (-8, 14)), _by_flops([1] * 4, [2] * 4, [0, 1, 1, 1])
    ),
    **{f"F{n}": _hirzebruch(n) for n in (1, 2, 3)},
}


def cases(options: Boxes) -> Iterator[Case]:
    """Space by space, and the table of the tetra-quadric."""
    yield Case("tetra-quadric/table", {"table": True}, "tables")
    for name in options.spaces:
        yield Case(name, {"space": name})


def piece(task: Task, options: Boxes) -> Piece:
    """Regions learnt, verified, and a network beside them; or how much of a table is proved."""
    if "table" in task.case.data:
        return _table(options)
    name = task.case.data["space"]
    found: Piece = {}
    for i in SPACES[name].dimensions:
        counts, arrays = _regions(name, i, task.seed, options)
        found |= {f"h{i}": counts} | {f"h{i} {key}": array for key, array in arrays.items()}  # arrays stand at the top of a piece
    return found


def _parts(found: Piece) -> dict[str, Piece]:
    """What a piece holds of each dimension, h0 to h3, with its arrays."""
    names = [name for name in found if name in ("h0", "h1", "h2", "h3")]
    return {name: found[name] | {key: found[f"{name} {key}"] for key in ("points", "owner")} for name in names}


def _table(options: Boxes) -> Piece:
    """Bundles on the tetra-quadric up to permutations of the four lines and duality: proved dimensions, and likely ones."""
    from certifield.bundles import hypersurface_cohomology, index

    counts = {"bundles": 0, "proved": 0, "likely": 0, "several": 0, "index": 0}
    span = range(-options.tetra, options.tetra + 1)
    for k in product(span, repeat=4):
        if list(k) != sorted(k) or sum(k) < 0 or (sum(k) == 0 and sorted(-entry for entry in k) < list(k)):
            continue
        found = hypersurface_cohomology([1] * 4, [2] * 4, k)
        counts["bundles"] += 1
        counts["proved" if found.proved else "likely"] += 1
        counts["several"] += sum(entry > 0 for entry in found.dimensions) > 1
        counts["index"] += sum((-1) ** j * h for j, h in enumerate(found.dimensions)) == index([1] * 4, [2] * 4, k)
    return {"counts": counts}


def _regions(name: str, i: int, seed: int, options: Boxes) -> tuple[Piece, Piece]:
    from certifield.bundles import box
    from certifield.conjecture.regions import learn_neural_regions, learn_regions

    space = SPACES[name]
    near_sides = space.sides(options)
    ranks = name == "bicubic" and i in (1, 2)
    far_sides = ((-options.far, options.far),) * 2 if ranks else tuple((2 * a, 2 * b) for a, b in near_sides)
    far_points = box(*far_sides)
    far_values = space.values(far_points, i)
    far = dict(zip(map(tuple, far_points.tolist()), far_values.tolist(), strict=True))
    near = {k: value for k, value in far.items() if all(low <= entry <= high for entry, (low, high) in zip(k, near_sides, strict=True))}
    learnt = learn_regions(near, space.degree)
    verified = learnt.verify(far)
    network = learn_neural_regions(near, space.degree, steps=options.steps, seed=seed % 2**31)
    owner = np.full(len(far_points), -1)
    for number, region in reversed(list(enumerate(learnt.regions))):
        owner[region.holds(far_points)] = number
    near_places = np.array([k in near for k in far])
    chosen = network.chosen(far_points)[near_places]
    counts = {
        "near": len(near),
        "far": len(far),
        "right": verified.right,
        "failed": [list(k) for k in (*verified.wrong, *verified.unsaid, *verified.torn)],
        "exceptions": len(learnt.exceptions),
        "regions": [
            {"where": one.where(NAMES), "formula": one.formula(NAMES), "factored": one.factored(NAMES), "points": one.points,
             "modulus": one.modulus}
            for one in learnt.regions
        ],
        "index": _tied_to_index(learnt, i),
        "network": {"near": network.share_right(near).successes, "far": network.share_right(far).successes},
        "network regions": int(sum(np.bincount(owner[near_places][chosen == one] + 1).max() for one in np.unique(chosen))),
        "majority": int(np.unique(np.array(list(near.values())), return_counts=True)[1].max()),
    }  # fmt: skip
    return counts, {"points": far_points, "owner": owner}


def _tied_to_index(learnt: Any, i: int) -> int:
    """Regions whose polynomial is 3/2 (a + b)(2 + ab) or its negative: the index of the bicubic."""
    index = {(2, 1): 3, (1, 2): 3, (1, 0): 6, (0, 1): 6}
    return sum({key: 2 * value for key, value in one.polynomial} in (index, {k: -v for k, v in index.items()}) for one in learnt.regions)


def read(case: Case, pieces: Pieces, options: Boxes) -> Iterator[tuple[str, Found]]:
    """Counts of what is right, each decided in integers."""
    if 0 not in pieces:
        yield "bundles", Found(Missing("it has not been asked yet", waiting=True))
        return
    found = pieces[0]
    if "counts" in found:
        counts = found["counts"]
        yield "bundles", Found(Exact(counts["bundles"], "up to permutations and Serre duality"))
        yield "proved bundles", Found(Exact(counts["proved"], "by full ranks, no map, or flops"))
        yield "bundles with likely ranks only", Found(Exact(counts["likely"], "right with probability all but rank/p, and not proved"))
        yield "bundles with several dimensions", Found(Exact(counts["several"], "dimensions other than zero, proved or likely"))
        yield "bundles that agree with the index", Found(Exact(counts["index"], "alternating sums"), Exact(counts["bundles"]))
        return
    for name, one in _parts(found).items():
        yield from ((f"{name}: {told}", value) for told, value in _read(one, f"{case.name} {name}"))
        if case.name == "bicubic":
            expected = {"h0": 1, "h1": 2, "h2": 2, "h3": 1}[name]
            told = Exact(one["index"], "polynomial +-3/2 (a + b)(2 + ab), exactly")
            yield f"{name}: regions with the index", Found(told, Exact(expected))


def _read(found: Piece, source: str) -> Iterator[tuple[str, Found]]:
    """What is read of one dimension."""
    yield "bundles", Found(Exact(found["far"], "in the box of the verification"))
    yield "bundles given rightly", Found(Exact(found["right"], f"by regions from {found['near']}, every one decided"), Exact(found["far"]))
    yield "regions", Found(Exact(len(found["regions"]), "learnt"))
    yield "exceptions", Found(Exact(found["exceptions"], "points of the learning box in no region"))
    for name, total in (("near", found["near"]), ("far", found["far"])):
        yield f"network right, {name} box", Found(_share(found["network"][name], total, f"{source} network {name}"))
    yield "network's polynomials inside one region", Found(_share(found["network regions"], found["near"], f"{source} network regions"))
    yield "most frequent value", Found(Exact(found["majority"] / found["near"], "share of the near box", radius=1e-15))


def _share(right: int, total: int, source: str) -> Estimate:
    """A share with one success and one failure added, so that it has an error bar."""
    mean = (right + 1) / (total + 2)
    return Estimate.from_stderr(mean, np.sqrt(mean * (1 - mean) / (total + 2)), source=source, draws=total, method="Agresti-Coull")


def conclude(readings: Readings, options: Boxes) -> Iterator[tuple[str, Found]]:
    """Failures in all boxes together."""
    if any(0 not in one.pieces for one in readings.values()):
        yield "bundles outside of the learnt regions", Found(Missing("not all cases have been asked yet", waiting=True))
        return
    ones = [one for reading in readings.values() if "space" in reading.case.data for one in _parts(reading.pieces[0]).values()]
    failed, total = sum(len(one["failed"]) for one in ones), sum(one["far"] for one in ones)
    yield "bundles outside of the learnt regions", Found(Exact(failed, f"wrong, unsaid or torn among {total}"), Exact(0))
    if "bicubic" in options.spaces:
        tied = sum(one["index"] for one in _parts(readings["bicubic"].pieces[0]).values())
        yield "regions of the bicubic with the index", Found(Exact(tied, "polynomial +-3/2 (a + b)(2 + ab), exactly"), Exact(6))
    several = readings["tetra-quadric/table"].pieces[0]["counts"]["several"]
    yield "bundles of the tetra-quadric with several dimensions", Found(Exact(several, "up to permutations and duality"))
    near, far = (sum(one["network"][name] for one in ones) for name in ("near", "far"))
    most = sum(one["near"] for one in ones)
    yield "networks right, near boxes", Found(_share(near, most, "networks near"))
    yield "networks right, far boxes", Found(_share(far, total, "networks far"))


CLAIMS = (
    Claim("CO-11", f"{RIGOR}, section 2.1; arXiv:1706.07024", "networks predict line-bundle cohomology accurately and faster than algebra",
          open="Measured here: the shares of bundles that a network of soft regions gives rightly in its box and in one twice as large, "
          "where it fails while regions learnt exactly hold; speeds are in the benchmarks."),
    Claim("CO-12", f"{RIGOR}, section 2.1; arXiv:1809.02547, arXiv:1906.08363",
          "the dimensions of line-bundle cohomology are regions with a polynomial each, tied to an index",
          ours="bundles outside of the learnt regions", printed=Exact(0),
          note="On Hirzebruch surfaces the polynomials are in classes modulo n, as the ceilings of the index formula say. On the "
          "tetra-quadric several dimensions at once are frequent, so that none follows from the index alone."),
    Claim("CO-13", f"{RIGOR}, section 2.1", "does the network use these regions?",
          open="The polynomials that a network of soft regions prefers are held against the exact regions, a share of points in the "
          "tables: most of them lie inside one region each, but no source states a number."),
)  # fmt: skip


def page(readings: Readings, options: Boxes) -> Iterator[Section]:
    """Maps of the regions, their polynomials, and the network beside them."""
    for name, space in SPACES.items():
        if name not in readings or 0 not in readings[name].pieces:
            continue
        rows, plots = [], []
        for dimension, found in _parts(readings[name].pieces[0]).items():
            rows += [(dimension, r["where"], r["formula"], r["factored"], r["points"]) for r in found["regions"]]
            plots.append(_map(found, dimension, space.sides(options)))
        text = "Regions are learnt in the inner box, and verified in the whole of the map."
        caption = (
            "Colours number the regions; a cross is a bundle that the regions do not give rightly; the dots are the corners of the box."
        )
        yield Section(f"regions-{name}", f"Regions: {space.title}", text, plots=plots, caption=caption, numbers=False,
                      columns=("dimension", "where", "polynomial", "factors", "bundles in the near box"), rows=rows)  # fmt: skip
    rows = [
        (f"{one.case.name} {name}", f["near"], f["network"]["near"], f["majority"], f["far"], f["network"]["far"], f["right"])
        for one in readings.values()
        if "space" in one.case.data and 0 in one.pieces
        for name, f in _parts(one.pieces[0]).items()
    ]
    text = (
        "The network is a soft choice among six polynomials with free coefficients, trained on the near box; its values are rounded. "
        "What it says is PREDICTED. The regions that were learnt exactly are in the last column."
    )
    columns = ("case", "near bundles", "network right", "most frequent value", "far bundles", "network right, far", "regions right, far")
    yield Section("network", "A network beside them", text, rows=rows, columns=columns)


def _map(found: Piece, title: str, sides: Sides) -> Plot:
    points, owner, failed = np.asarray(found["points"]), np.asarray(found["owner"], float), np.array(found["failed"]).reshape(-1, 2)
    a, b = np.unique(points[:, 0]), np.unique(points[:, 1])
    values = owner.reshape(len(a), len(b)).T
    marks: list = [Cells(np.append(a, a[-1] + 1) - 0.5, np.append(b, b[-1] + 1) - 0.5, values + 1, "region")]
    corners = np.array(list(product(*sides)), float)
    marks.append(Points(corners[:, 0], corners[:, 1], colour="ink", marker="o", label="box of the learning"))
    if len(failed):
        marks.append(Points(failed[:, 0], failed[:, 1], colour="orange", marker="P", label="not given rightly"))
    return Plot(title, "a", "b", marks, f"The regions of {title} in the plane of a and b")


STUDY = Study(options=Boxes, cases=cases, piece=piece, read=read, conclude=conclude, claims=CLAIMS, page=page,
              packages=("python-flint",), complete=True)  # fmt: skip
