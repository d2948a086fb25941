"""Sums of five line bundles: all of a box, what a genetic search finds of them, and which have slopes that vanish together (ledger M1)."""

from collections.abc import Iterator
from typing import Literal

import jax.numpy as jnp
import numpy as np
from pydantic import Field

from certifield.bundles import BICUBIC, TETRA_QUADRIC, Threefold
from certifield.bundles.line_bundle_sums import LineBundleSum, SumBox, SumGenome, common_zero, read_published, scan_sums
from certifield.bundles.monads import canonical_rows
from certifield.evidence import Estimate, Exact
from certifield.search.genetic import Genetic, evolve, richness
from certifield.study import Case, Claim, Curve, Found, Options, Piece, Pieces, Plot, Readings, Section, Study, Task, curves

MANIFOLDS = {
    "tetra-quadric": TETRA_QUADRIC,
    "bicubic": BICUBIC,
    "two-equations": Threefold((1, 1, 3), ((2, 0), (0, 2), (2, 2))),
}
COUNTS = ("sums", "index", "anomaly", "signs")
PROPER = "classes without a trivial line or pair"  # the others break E8 to a group larger than SU(5)
SEARCHED = SumBox(TETRA_QUADRIC, 4, -4, 3)
EVOLUTION = Genetic(population=200, generations=100, pressure=5.0)
SEARCHERS = {"genetic": EVOLUTION, "random": Genetic(population=200, generations=0)}
_TOGETHER = 16  # evolutions in one program


class Question(Options):
    """Boxes (manifold, order, lowest and highest entry); evaluations and seeds of the searches; ``published``: a list on the
    tetra-quadric for an order, in a file, which is none of ours."""

    boxes: tuple[tuple[Literal["tetra-quadric", "bicubic", "two-equations"], int, int, int], ...] = (
        ("tetra-quadric", 4, -4, 3),
        ("tetra-quadric", 2, -2, 2),
        ("tetra-quadric", 4, -2, 2),
        ("two-equations", 2, -4, 4),
        ("bicubic", 3, -6, 6),
    )
    searchers: tuple[str, ...] = tuple(SEARCHERS)
    evaluations: int = Field(650_000, ge=10_000)
    seeds: int = Field(2, ge=1)
    published: str = ""


def cases(options: Question) -> Iterator[Case]:
    """Scans, searches by seed, and the list."""
    for name, order, low, high in options.boxes:
        yield Case(f"scan/{name}/{order}/from{low}to{high}", {"box": [name, order, low, high]}, "scan")
    for name in options.searchers:
        for seed in range(options.seeds):
            yield Case(f"{name}/{seed}", {"searcher": name, "evaluations": options.evaluations}, name)
    if options.published:
        yield Case("published", {"path": options.published}, "published")


def piece(task: Task, options: Question) -> Piece:
    """Counts, classes and their slopes; what a search found after how many evaluations; a list held against our conditions."""
    data = task.case.data
    if "box" in data:
        name, order, low, high = data["box"]
        found = scan_sums(SumBox(MANIFOLDS[name], order, low, high))
        return {"counts": list(found.counts), "classes": found.classes, "slopes": _statuses(MANIFOLDS[name], found.classes)}
    if "path" in data:
        every = read_published(data["path"], TETRA_QUADRIC)
        sums = [LineBundleSum(TETRA_QUADRIC, tuple(map(tuple, one.tolist()))) for one in every]
        misses = [[sum(one.misses(order).values()) for order in (2, 4, 8, 16)] for one in sums]
        return {"models": every, "misses": np.array(misses), "slopes": _statuses(TETRA_QUADRIC, every)}
    genome, method = SumGenome(SEARCHED), SEARCHERS[data["searcher"]]
    count = max(_TOGETHER, data["evaluations"] // method.evaluations // _TOGETHER * _TOGETHER)
    times: dict[bytes, int] = {}
    curve = []
    for first in range(0, count, _TOGETHER):
        for one in evolve(genome, method, seed=task.seed % 2**31, count=_TOGETHER, first=first).found:
            rows = canonical_rows(TETRA_QUADRIC, np.asarray(genome.lines(jnp.asarray(one))), 5) if len(one) else []
            for row in rows:
                times[row.astype(np.int8).tobytes()] = times.get(row.astype(np.int8).tobytes(), 0) + 1
        curve.append(len(times))
    found = np.frombuffer(b"".join(times), np.int8).reshape(len(times), 20)
    return {"found": found, "times": list(times.values()), "curve": curve, "each": _TOGETHER * method.evaluations, "samples": count}


def _statuses(manifold: Threefold, sums: np.ndarray) -> list[str]:
    return [common_zero(LineBundleSum(manifold, tuple(map(tuple, one.tolist()))).slope_forms()).status for one in sums]


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Counts, classes and proved slopes; distinct classes with the estimate of all."""
    if 0 not in pieces:
        return
    held = pieces[0]
    if "counts" in held:
        for name, count in zip(COUNTS, held["counts"], strict=True):
            yield name, Found(Exact(int(count), f"multisets that pass up to {name}"))
        yield "classes", Found(Exact(len(held["classes"]), "under permutations and the symmetries of the configuration"))
        manifold = MANIFOLDS[case.data["box"][0]]
        proper = sum(not _trivial(_sum(manifold, one)) for one in np.asarray(held["classes"]).tolist())
        yield PROPER, Found(Exact(proper, "in the others some L_a or L_a L_b is O, with h^0 = 1, and SU(5) is part of a larger group"))
    if "slopes" in held:
        for status, said in (("zero", "slopes vanish together, proved"), ("none", "they do not, proved"), ("open", "not decided")):
            yield f"slopes {status}", Found(Exact(held["slopes"].count(status), said))
    if "misses" in held:
        yield "models read", Found(Exact(len(held["models"]), "of the list"))
        yield (
            "that meet our conditions",
            Found(Exact(int((np.asarray(held["misses"]) == 0).any(axis=1).sum()), "for an order of 2, 4, 8, 16")),
        )
    if "times" in held:
        yield "distinct", Found(Exact(len(held["times"]), f"classes found within {held['each'] * len(held['curve'])} evaluations"))
        if held["times"]:
            yield "richness", Found(richness(list(held["times"]), held["samples"]))


def _trivial(one: LineBundleSum) -> int:
    """How many lines, and products of two, are trivial."""
    return one.trivial + one.trivial_pairs


def _truth(readings: Readings) -> set[bytes] | None:
    one = readings.get("scan/tetra-quadric/4/from-4to3")
    return {row.astype(np.int8).tobytes() for row in np.asarray(one.pieces[0]["classes"])} if one is not None and 0 in one.pieces else None


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """Recall of each searcher, and whether one calls something a model that is none."""
    truth = _truth(readings)
    if not truth:
        return
    outside = 0
    for name in options.searchers:
        done = [np.asarray(one.pieces[0]["found"]) for one in readings.values() if one.case.group == name and 0 in one.pieces]
        sets = [{row.tobytes() for row in found} for found in done]
        outside += sum(len(found - truth) for found in sets)
        if sets:
            shares = [len(found & truth) / len(truth) for found in sets]
            spread = max(float(np.std(shares, ddof=1)) if len(shares) > 1 else 0.0, 1 / len(truth)) / np.sqrt(len(shares))
            yield f"recall of {name}", Found(Estimate.from_stderr(np.mean(shares), spread, source=name, draws=len(shares), method="seeds"))
    yield "found outside of the truth", Found(Exact(outside, "classes that searchers call terminal and the scan does not have"), Exact(0))
    none = sum(_count(one, "slopes none") for one in readings.values() if one.case.group == "scan")
    yield "excluded beyond the signs of sets", Found(Exact(none, "classes of all boxes, by a combination of slope forms"))


def _count(reading: object, name: str) -> int:
    found = reading.get(name)  # type: ignore[attr-defined]
    return 0 if found is None else int(found.value.value)


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Counts and slopes; saturation; the models."""
    scans = [one for one in readings.values() if one.case.group == "scan" and 0 in one.pieces]
    if scans:
        columns = ("box", *COUNTS, "classes", PROPER, "slopes zero", "slopes none", "slopes open")
        yield Section(
            "counts", "All sums of a box",
            "Multisets of five line bundles with the sum 0 whose lines and pairs have an index from -3 |Gamma| to 0 that |Gamma| divides; "
            "of these, those of index -3 |Gamma|, those without an anomaly, and those where no set of lines has a slope form of one sign. "
            "These conditions are met, too, by sums with a trivial line or product of two, whose section makes SU(5) part of SO(10) "
            "or SU(6): classes without one are counted beside. "
            "Slopes are decided in fractions: a point near which they vanish together, or a combination of them that is positive. "
            "Boxes: manifold / order / entries.",
            columns=columns,
            rows=[(one.case.name.removeprefix("scan/"), *(_count(one, name) for name in columns[1:])) for one in scans],
        )  # fmt: skip
    truth, marks = _truth(readings), []
    for number, one in enumerate(one for one in readings.values() if one.case.group in SEARCHERS and 0 in one.pieces):
        curve, each = one.pieces[0]["curve"], one.pieces[0]["each"]
        marks += curves(one.case.name, [each * (k + 1) for k in range(len(curve))], [max(y, 0.5) for y in curve], number)
    if marks:
        if truth:
            ends = np.array([1e4, float(options.evaluations)])
            marks.append(Curve(ends, np.full(2, float(len(truth))), "ink", "dashed", label="all there are"))
        yield Section(
            "saturation", "Search against the truth",
            "Distinct classes on the tetra-quadric with |Gamma| = 4 and entries from -4 to 3, found by independent evolutions.",
            plots=[Plot("saturation", "evaluations", "distinct classes", marks, "rising curves below a line", x_log=True, y_log=True)],
            caption="Dashed: the exhaustive scan. A half stands for none.",
        )  # fmt: skip
    for one in scans[:1]:
        manifold = MANIFOLDS[one.case.data["box"][0]]
        rows = [
            (" ".join(f"({','.join(map(str, line))})" for line in state), str(_sum(manifold, state).c2), status,
             f"no: {several} trivial" if (several := _trivial(_sum(manifold, state))) else "yes")
            for state, status in zip(np.asarray(one.pieces[0]["classes"]).tolist(), one.pieces[0]["slopes"], strict=True)
        ]  # fmt: skip
        order = {"zero": 0, "open": 1, "none": 2}
        title = f"The sums of the box {one.case.name.removeprefix('scan/')}"
        yield Section("models", title, "Ranked: those without a trivial line or pair first, and of these proved slopes.",
                      columns=("lines", "c2", "slopes", "SU(5)"),
                      rows=sorted(rows, key=lambda row: (row[3] != "yes", order[str(row[2])])), numbers=False)  # fmt: skip


def _sum(manifold: Threefold, lines: list) -> LineBundleSum:
    return LineBundleSum(manifold, tuple(map(tuple, lines)))


CLAIMS = (
    Claim("LB-01", "arXiv:2306.03147", "Genetic search finds line bundle models.", ours="recall of genetic", printed=Exact(0.0),
          relation=">", within=0.1,
          note="The share of all 126 classes of our box on the tetra-quadric, |Gamma| = 4, that meet the conditions in whole numbers; 71 "
               "of them have no trivial line, and only these are SU(5) models. Random strings at equal evaluations stand beside."),
    Claim("LB-02", "arXiv:1106.4804", "A common zero of slopes needs slope forms of both signs.",
          ours="excluded beyond the signs of sets", printed=Exact(0), relation=">",
          note="Necessary, and not sufficient: so many classes have both signs for all sets of lines, and are excluded by another "
               "combination of slope forms."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, conclude=conclude, claims=CLAIMS, page=page, unit="searches", packages=("numba",))
