"""Pairs of plumbing forests: the exact procedure and simple invariants on the task of arXiv:2305.05966, and on hard negatives.

A case is one batch of pairs of one kind and one length of scrambling.  Every pair is decided by `same_manifold`, so that a label is a
certificate; the invariants are asked to decide the same pairs alone, which is the baseline for anything that is learned.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from pydantic import Field

from certifield.evidence import Certificate, Certified, Estimate, Exact, wilson
from certifield.study import (
    Case,
    Claim,
    Found,
    Missing,
    Options,
    Picture,
    Piece,
    Pieces,
    Plot,
    Reading,
    Readings,
    Section,
    Study,
    Task,
    curves,
)

KINDS = ("same", "random", "tweak", "hard")
VERDICTS = ("homology", "linking form", "normal form")  # what tells two manifolds apart, in the order in which they are asked
LARGEST_PICTURE = 40  # vertices
BASELINES = ("|det|", "homology", "homology and linking form")
RIGOR, PAPER = "arXiv:2402.13321", "arXiv:2305.05966"


class Batches(Options):
    """``batches`` of ``count`` pairs for each kind and each greatest number of ``moves``; ``keep`` certificates of each are stored."""

    kinds: tuple[str, ...] = KINDS
    moves: tuple[int, ...] = (40, 60, 80)
    batches: int = Field(4, ge=1)
    count: int = Field(125, ge=1)
    keep: int = Field(2, ge=0)
    seed: int = Field(1, ge=0)


def cases(options: Batches) -> Iterator[Case]:
    """Batch by batch; the pairs follow from the seed among the options."""
    for kind in options.kinds:
        for moves in options.moves:
            for batch in range(options.batches):
                number = (options.seed << 20) + batch
                data = {"kind": kind, "moves": moves, "seed": number}
                yield Case(f"{kind}/{moves}/{batch}", data, f"{kind}, up to {moves} moves")


@lru_cache(maxsize=2)
def _pairs(kind: str, count: int, seed: int, moves: int) -> Any:
    from certifield.topology.plumbing import pairs

    return pairs(kind, count, seed=seed, moves=moves)


def _pairs_of(case: Case, options: Batches) -> Any:
    return _pairs(case.data["kind"], options.count, case.data["seed"], case.data["moves"])


def piece(task: Task, options: Batches) -> Piece:
    """How many pairs are the same, what tells the others apart, and how often each invariant alone would have erred."""
    from certifield.topology.plumbing import determinant, homology, linking_form, normal_form, same_manifold

    batch, verdicts, errors, kept = _pairs_of(task.case, options), Counter(), Counter(), {}
    for number in range(options.count):
        sides = batch.first[number], batch.second[number]
        answer = same_manifold(*sides)  # with a certificate that its checker has accepted
        same = isinstance(answer, Certified)
        verdicts["same" if same else str(answer.certificate.value)] += 1
        errors["labels"] += same != bool(batch.same[number])
        equal_det = len({abs(determinant(side)) for side in sides}) == 1
        equal_homology = len({homology(side) for side in sides}) == 1
        equal_form = equal_homology and (same or len({linking_form(normal_form(side).forest) for side in sides}) == 1)
        for name, equal in zip(BASELINES, (equal_det, equal_homology, equal_form), strict=True):
            errors[name] += equal != same
        if number < options.keep:
            kept[f"pair {number}"] = answer.certificate
    return {"verdicts": dict(verdicts), "errors": dict(errors)} | kept


def read(case: Case, pieces: Pieces, options: Batches) -> Iterator[tuple[str, Found]]:
    """The counts of a batch."""
    if 0 not in pieces:
        yield "same", Found(Missing("it has not been asked yet", waiting=True))
        return
    verdicts, errors = pieces[0]["verdicts"], pieces[0]["errors"]
    told = f"counted among {options.count} pairs, each with a certificate that was replayed"
    expected = {"same": Exact(options.count), "random": None, "tweak": None, "hard": Exact(0)}[case.data["kind"]]
    yield "same", Found(Exact(verdicts.get("same", 0), told), expected)
    for name in VERDICTS:
        yield f"told apart by {name}", Found(Exact(verdicts.get(name, 0), told))
    yield "wrong labels", Found(Exact(errors.get("labels", 0), told), Exact(0))
    for name in BASELINES:
        yield f"errors of {name}", Found(Exact(errors.get(name, 0), told))


def about(case: Case, certificate: Certificate, options: Batches) -> bool:
    """Whether the certificate speaks of one of the first pairs of this batch."""
    batch, claim = _pairs_of(case, options), certificate.document()["claim"]
    asked = [(batch.first[number].document(), batch.second[number].document()) for number in range(min(options.keep, options.count))]
    return isinstance(claim, dict) and (claim.get("first"), claim.get("second")) in asked


def _number(reading: Reading, name: str) -> int:
    return int(reading[name].value.value)  # type: ignore[union-attr]


def _of(readings: Readings, kind: str, moves: int | None = None) -> list[Reading]:
    """The batches of one kind that have been asked."""
    return [
        one
        for one in readings.values()
        if one.case.data["kind"] == kind and moves in (None, one.case.data["moves"]) and "wrong labels" in one
    ]


def _share(ones: Sequence[Reading], name: str, count: int, source: str) -> Found:
    """The share of pairs on which an invariant alone is right, with one success and one failure added for the error bar."""
    trials = len(ones) * count
    right = trials - sum(_number(one, name) for one in ones)
    mean = (right + 1) / (trials + 2)
    return Found(Estimate.from_stderr(mean, np.sqrt(mean * (1 - mean) / (trials + 2)), source=source, draws=trials, method="Agresti-Coull"))


def conclude(readings: Readings, options: Batches) -> Iterator[tuple[str, Found]]:
    """Mismatches of scrambled pairs, and the baselines."""
    if any("wrong labels" not in one for one in readings.values()):
        yield "scrambled pairs with two normal forms", Found(Missing("not all batches have been asked yet", waiting=True))
        return
    if "same" in options.kinds:
        ones = _of(readings, "same")
        told = f"counted among {len(ones) * options.count} pairs, each with moves that were replayed"
        wrong = sum(options.count - _number(one, "same") for one in ones)
        yield "scrambled pairs with two normal forms", Found(Exact(wrong, told), Exact(0))
    for kind in options.kinds:
        for name in BASELINES:
            yield f"{name} right on {kind} pairs", _share(_of(readings, kind), f"errors of {name}", options.count, f"{kind} {name}")
    different = [one for kind in options.kinds for one in _of(readings, kind)]
    apart = {name: sum(_number(one, f"told apart by {name}") for one in different) for name in VERDICTS}
    yield "different pairs", Found(Exact(sum(apart.values()), "counted"))
    yield "different pairs told apart by an invariant", Found(Exact(apart["homology"] + apart["linking form"], "counted"))


CLAIMS = (
    Claim(
        "CO-01",
        f"{RIGOR}, section 2.2; {PAPER}",
        "a Kirby diagram whose components are unknots is a plumbing diagram",
        open="Only where the unknots are linked as the edges of a graph say: the Borromean rings are three unknots and no plumbing. "
        "Input is a forest here, and what is none is refused by name.",
    ),
    Claim(
        "CO-02",
        f"{RIGOR}, section 2.2; {PAPER}",
        "a small set of moves relates all plumbing diagrams of one manifold",
        ours="scrambled pairs with two normal forms",
        printed=Exact(0),
        note="On forests, where the moves of Neumann lead to a normal form. Every pair has its moves, replayed by same-plumbing@1.",
    ),
)


def _wide(moves: Sequence[int]) -> tuple[float, float]:
    """A range around all lengths, in which marks that are moved sideways still belong to theirs."""
    edge = max(4.0, 0.1 * (max(moves) - min(moves)))
    return min(moves) - edge, max(moves) + edge


def page(readings: Readings, options: Batches) -> Iterator[Section]:
    """What tells pairs apart, and how good each invariant is alone, by kind and length."""
    rows, plots = [], []
    for kind in options.kinds:
        lines: dict[str, list] = {name: [] for name in BASELINES}
        for moves in options.moves:
            ones = _of(readings, kind, moves)
            total = len(ones) * options.count
            if not total:
                continue
            counts = [sum(_number(one, name) for one in ones) for name in ("same", *(f"told apart by {name}" for name in VERDICTS))]
            shares = [wilson(total - sum(_number(one, f"errors of {name}") for one in ones), total) for name in BASELINES]
            rows.append((kind, moves, total, *counts, *(str(share) for share in shares)))
            for name, share in zip(BASELINES, shares, strict=True):
                lines[name].append((moves, share))
        marks = [
            mark
            for number, (name, points) in enumerate(lines.items())
            if points
            for mark in curves(
                name,
                [moves + 0.6 * (number - 1) for moves, _ in points],
                [share.value for _, share in points],
                number,
                low=[share.low for _, share in points],
                high=[share.high for _, share in points],
            )
        ]
        if marks:
            plots.append(
                Plot(
                    f"{kind} pairs",
                    "moves on each side, at most",
                    "share of right answers",
                    marks,
                    x_range=_wide(options.moves),
                    y_range=(-0.05, 1.05),
                )
            )
    text = (
        "Every label is a certificate: moves of Neumann that a checker replayed, or an invariant or two normal forms that it computed.\n\n"
        "An invariant alone says 'same' where it agrees. The exact procedure is right on all pairs, by construction of the labels; that it "
        "finds no difference between two scramblings of one forest is what the column 'same' shows for the kind 'same'."
    )
    columns = ("kind", "moves", "pairs", "same", *(f"by {name}" for name in VERDICTS), *(f"right by {name}" for name in BASELINES))
    yield Section("pairs", "Pairs by kind", text, plots=plots, columns=columns, rows=rows, numbers=False,
                  caption="Share of pairs that an invariant alone decides rightly, with Wilson's interval of 95 %; "
                  "marks are moved apart sideways.")  # fmt: skip
    yield from _pictures(readings)


def _pictures(readings: Readings) -> Iterator[Section]:
    """One pair of each kind, in its normal forms."""
    from certifield.topology.plumbing import PlumbingForest, drawing, normal_form

    pictures = []
    for kind in KINDS:
        ones = [one for one in _of(readings, kind) if "pair 0" in one.pieces[0]]
        if not ones:
            continue
        certificate = ones[0].pieces[0]["pair 0"]
        claim = certificate.document()["claim"]
        verdict = "SAME" if certificate.checker.startswith("same") else f"DISTINCT (by {certificate.value})"
        for side in ("first", "second"):
            normal = normal_form(PlumbingForest(claim[side]["weights"], claim[side]["edges"]))
            if len(normal.forest.weights) <= LARGEST_PICTURE:
                caption = f"{kind}, {side}: {verdict}, {len(normal.moves)} moves from {len(claim[side]['weights'])} vertices"
                pictures.append(Picture(drawing(normal.forest), caption, f"The forest {normal}"))
    if pictures:
        text = "The normal forms of the first pair of each kind, as far as they are small; every vertex has its weight."
        yield Section("pictures", "Normal forms", text, pictures)


def prepare(options: Batches) -> None:
    """Compiles the moves."""
    _pairs("tweak", 1, 0, 1)


STUDY = Study(
    options=Batches,
    cases=cases,
    piece=piece,
    read=read,
    about=about,
    conclude=conclude,
    claims=CLAIMS,
    page=page,
    prepare=prepare,
    preparing="compiling the moves of forests",
    packages=("numba", "python-flint"),
)
