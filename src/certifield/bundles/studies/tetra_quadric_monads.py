"""Monads on the tetra-quadric, by the same code as on the bicubic: all of a box, and what searchers find of them (ledger M1)."""

from collections.abc import Iterator

import numpy as np
from pydantic import Field

from certifield.bundles import TETRA_QUADRIC
from certifield.bundles.monads import FILTERS, Box, scan
from certifield.evidence import Estimate, Exact
from certifield.search.genetic import richness
from certifield.study import Case, Found, Missing, Options, Piece, Pieces, Readings, Section, Study, Task

from ._monad_page import recall
from .bicubic_monads import recalls, searched

SHAPES = {"5,1": (5, 1), "6,2": (6, 2), "4,1": (4, 1)}
C = (0, 3)
SEARCHED = ("5,1", 16, -2, 1)  # shape, order, range of B


class Question(Options):
    """Boxes (shape, order, lowest and highest entry of B; those of C from 0 to 3); searchers on the first of them, their evaluations
    and seeds."""

    counted: tuple[tuple[str, int, int, int], ...] = (SEARCHED, ("5,1", 2, -1, 1), ("5,1", 4, -1, 1), ("5,1", 8, -1, 1), ("6,2", 4, 0, 1))
    searchers: tuple[str, ...] = ("random", "genetic", "ppo")
    evaluations: int = Field(400_000, ge=10_000)
    seeds: int = Field(2, ge=1)


def _name(shape: str, order: int, low: int, high: int) -> str:
    return f"scan/{shape}/{order}/from{low}to{high}"


def _box(shape: str, order: int, low: int, high: int) -> Box:
    return Box(TETRA_QUADRIC, SHAPES[shape], order, (low, high), C)


def cases(options: Question) -> Iterator[Case]:
    """Scans; searchers by seed."""
    yield from (Case(_name(*one), {"box": list(one)}, "scan") for one in options.counted)
    for name in options.searchers:
        for seed in range(options.seeds):
            yield Case(f"{name}/{seed}", {"searcher": name, "evaluations": options.evaluations}, name)


def piece(task: Task, options: Question) -> Piece:
    """Counts and classes; what was found after how many evaluations."""
    data = task.case.data
    if "box" in data:
        funnel = scan(_box(*data["box"]))
        return {"counts": list(funnel.counts), "models": funnel.classes(funnel.models)}
    return searched(data["searcher"], _box(*SEARCHED), data["evaluations"], task.seed % 2**31)


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Counts; distinct classes with the estimate of all, and terminal fractions."""
    if 0 not in pieces:
        return
    held = pieces[0]
    if "counts" in held:
        for name, count in zip(FILTERS, held["counts"], strict=True):
            yield name, Found(Exact(int(count), f"multisets that pass up to {name}"))
        yield "models mod symmetry", Found(Exact(len(held["models"]), "classes under permutations, also of the four lines"))
        return
    yield "distinct", Found(Exact(len(held["times"]), f"classes found within {held['each'] * len(held['curve'])} evaluations"))
    if held["times"]:
        yield "richness", Found(richness(list(held["times"]), len(held["curve"])))
    if "panels" in held:
        won, ended = np.asarray(held["panels"])[-10:, 3:5].sum(axis=0)
        share = won / ended if ended else 0.0
        error = np.sqrt(max(share * (1 - share), 1 / max(ended, 1)) / max(ended, 1))
        value = Estimate.from_stderr(share, error, source=case.name, draws=int(ended), method="episodes of the last ten batches")
        yield "terminal fraction", Found(value)
    else:
        yield "terminal fraction", Found(Exact(float(np.asarray(held["terminal"])[-1]), radius=1e-9))


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """Recall of each searcher against the exhaustive box."""
    truth = readings.get(_name(*SEARCHED))
    if truth is None or 0 not in truth.pieces:
        if any(one.case.group != "scan" for one in readings.values()):
            yield "recall", Found(Missing("the scan of the searched box is not there", waiting=True))
        return
    yield from recalls(readings, options.searchers, np.asarray(truth.pieces[0]["models"]))


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Counts, saturation."""
    done = [one for one in readings.values() if 0 in one.pieces]
    scans = [one for one in done if one.case.group == "scan"]
    if scans:
        columns = ("box", *FILTERS, "models mod symmetry")
        yield Section(
            "counts", "All monads of a box",
            "Multisets of line bundles with c_1 = 0, each once; filters act one after another, from left to right. Boxes: shape / order of "
            "the group / entries of B; those of C are from 0 to 3.",
            columns=columns,
            rows=[(one.case.name.removeprefix("scan/"), *(int(one[name].value.value) for name in columns[1:])) for one in scans],  # type: ignore[union-attr]
        )  # fmt: skip
    searches = [one for one in done if "searcher" in one.case.data]
    if searches:
        shape, order, low, high = SEARCHED
        where = f"({shape}), |Gamma| = {order}, B from {low} to {high}"
        yield recall(searches, readings.get(_name(*SEARCHED)), where)


STUDY = Study(Question, cases, piece, read, conclude=conclude, page=page, unit="searches", packages=("numba", "python-flint"))
