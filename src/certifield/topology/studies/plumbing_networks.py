"""Graph networks on pairs of plumbing forests, beside invariants that decide the same pairs, with intervals and calibration.

A case is one training of one network on one mix of pairs, or the invariants on the pairs of one length of scrambling.  Labels are those of
normal forms; no pair that a network is asked about has a manifold that any training has seen.  What a network says is PREDICTED.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from pydantic import Field

from certifield.evidence import Estimate, Exact
from certifield.study import Case, Found, Missing, Options, Piece, Pieces, Readings, Study, Task

from ._network_page import ACCURACIES, BASELINES, CLAIMS, MIXES, TESTS, right, sections
from ._shares import difference_of_shares

Network = Literal["GEN+GAT", "GCN+GAT", "GCN+GCN"]
TESTED_SEED = 1 << 20  # apart from the seeds of trainings


class Trainings(Options):
    """``pairs`` in a training of ``steps`` batches; ``tested`` pairs of each kind and each greatest number of ``moves``."""

    networks: tuple[Network, ...] = ("GEN+GAT", "GCN+GAT", "GCN+GCN")
    mixes: tuple[Literal["published", "hard"], ...] = ("published", "hard")
    pairs: int = Field(8000, ge=16)
    steps: int = Field(600, ge=1)
    tested: int = Field(200, ge=10)
    moves: tuple[int, ...] = (40, 60, 80)
    seed: int = Field(1, ge=0)


def cases(options: Trainings) -> Iterator[Case]:
    """Networks by mix, then the invariants by length."""
    for mix in options.mixes:
        for network in options.networks:
            yield Case(f"{network}/{mix}", {"network": network, "mix": mix}, f"trained on {mix} pairs")
    for moves in options.moves:
        yield Case(f"invariants/{moves}", {"moves": moves}, "invariants")


@lru_cache(maxsize=2)
def training_pairs(mix: str, count: int, seed: int) -> Any:
    """The pairs of a mix, as many of them the same as not."""
    from certifield.topology.plumbing import pairs

    parts = [pairs(kind, max(1, count * share // 4), seed=seed) for kind, share in MIXES[mix]]
    found = parts[0]
    for part in parts[1:]:
        found += part
    return found


@lru_cache(maxsize=32)
def tested_pairs(kind: str, moves: int, count: int, size: int, seed: int) -> Any:
    """Pairs of one kind whose manifolds are in neither mix; twin pairs are those that belong to the hard ones."""
    from certifield.topology.plumbing import pairs

    found = pairs(kind, count, seed=TESTED_SEED + seed, moves=moves)
    known = np.zeros(count, bool)
    for mix in MIXES:
        for one in (found, pairs("hard", count, seed=TESTED_SEED + seed, moves=moves)) if kind == "twin" else (found,):
            known |= one.known_to(training_pairs(mix, size, seed))
    return found.of_rows(np.nonzero(~known)[0])


def _tested(kind: str, moves: int, options: Trainings) -> Any:
    return tested_pairs(kind, moves, options.tested, options.pairs, options.seed)


def piece(task: Task, options: Trainings) -> Piece:
    """What a network says of all pairs, or which of them an invariant decides rightly."""
    data = task.case.data
    if "network" not in data:
        return {kind: _invariants(_tested(kind, data["moves"], options)) for kind in TESTS}
    from certifield.topology.plumbing.learning import guess, train

    trained = train(data["network"], training_pairs(data["mix"], options.pairs, options.seed), steps=options.steps, seed=options.seed)
    found: dict[str, Any] = {"losses": np.array(trained.losses)}
    for kind in TESTS:
        for moves in options.moves:
            asked = _tested(kind, moves, options)
            found[f"{kind} {moves}"] = guess(trained.network, asked).astype(np.float64)
            found[f"{kind} {moves} same"] = asked.same.astype(np.int64)
    return found


def _invariants(asked: Any) -> dict[str, int]:
    """How many pairs each invariant decides rightly, if it says "same" where it agrees."""
    from certifield.topology.plumbing import determinant, homology, linking_form, normal_form

    counted = {"pairs": len(asked)} | dict.fromkeys(BASELINES, 0)
    for row in range(len(asked)):
        sides = [normal_form(side).forest for side in (asked.first[row], asked.second[row])]
        same = bool(asked.same[row])
        said = {"|det|": len({abs(determinant(side)) for side in sides}) == 1, "homology": len({homology(side) for side in sides}) == 1}
        said["homology and linking form"] = said["homology"] and (same or len({linking_form(side) for side in sides}) == 1)
        for name in BASELINES:
            counted[name] += said[name] == same
    return counted


def read(case: Case, pieces: Pieces, options: Trainings) -> Iterator[tuple[str, Found]]:
    """Right answers by kind and length."""
    if 0 not in pieces:
        yield "pairs", Found(Missing("it has not been asked yet", waiting=True))
        return
    found = pieces[0]
    if "network" not in case.data:
        for kind in TESTS:
            told = "labels by normal forms, of manifolds that no training has seen"
            yield f"{kind} pairs", Found(Exact(found[kind]["pairs"], told))
            for name in BASELINES:
                yield f"{kind} pairs decided by {name}", Found(Exact(found[kind][name], told))
        return
    for kind in TESTS:
        for moves in options.moves:
            good, asked = right(found, [(kind, moves)])
            yield f"{kind} pairs, up to {moves} moves: PREDICTED rightly", Found(Exact(good, f"of {asked}, by a network: no proof"))


def conclude(readings: Readings, options: Trainings) -> Iterator[tuple[str, Found]]:
    """Accuracies with errors over pairs, differences to invariants and between networks, and calibration."""
    if any(0 not in one.pieces for one in readings.values()):
        yield "GEN+GAT less |det| on published pairs", Found(Missing("not all trainings have been made yet", waiting=True))
        return
    from certifield.topology.plumbing.learning import calibration

    least = min(options.moves)
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for mix in options.mixes:
        asked = [(kind, least) for kind in ACCURACIES[mix]]
        for name in options.networks:
            found = readings[f"{name}/{mix}"].pieces[0]
            counts[name, mix] = right(found, asked)
            yield f"accuracy of {name} on {mix} pairs", Found(_share(*counts[name, mix], f"{name} {mix}"))
            said, truth = (np.concatenate([found[f"{kind} {moves}{end}"] for kind, moves in asked]) for end in ("", " same"))
            yield f"calibration gap of {name} on {mix} pairs", Found(calibration(said, truth == 1).gap)
        told = readings[f"invariants/{least}"].pieces[0]
        total = sum(told[kind]["pairs"] for kind in ACCURACIES[mix])
        for name in BASELINES:
            counts[name, mix] = sum(told[kind][name] for kind in ACCURACIES[mix]), total
            yield f"accuracy of {name} on {mix} pairs", Found(_share(*counts[name, mix], f"{name} {mix}"))
    for one, other, mix in (("GEN+GAT", "|det|", "published"), ("GEN+GAT", "GCN+GCN", "published"), ("GEN+GAT", "GCN+GAT", "published"),
                            ("GEN+GAT", "homology and linking form", "hard")):  # fmt: skip
        if (one, mix) in counts and (other, mix) in counts:
            (good, total), (theirs, _) = counts[one, mix], counts[other, mix]
            yield f"{one} less {other} on {mix} pairs", Found(difference_of_shares(good, theirs, total, f"{one}, {other}, {mix}"))


def _share(good: int, total: int, source: str) -> Estimate:
    """With one success and one failure added."""
    mean = (good + 1) / (total + 2)
    return Estimate.from_stderr(mean, np.sqrt(mean * (1 - mean) / (total + 2)), source=source, draws=total, method="Agresti-Coull")


def page(readings: Readings, options: Trainings) -> Iterator[Any]:
    """Accuracy against the length with the invariants as lines; calibration; the table."""
    return sections(readings, options.networks, options.mixes, options.moves)


STUDY = Study(
    options=Trainings,
    cases=cases,
    piece=piece,
    read=read,
    conclude=conclude,
    claims=CLAIMS,
    page=page,
    precision="float32",
    packages=("equinox", "optax", "numba", "python-flint"),
)
