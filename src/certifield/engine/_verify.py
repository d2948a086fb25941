"""Whether the pieces of a study, their certificates and its results are what they claim to be."""

import hashlib
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ._directory import RESULTS, Opened, open_study
from ._failures import Failure, failure, outcome_of
from ._piece import DamagedPiece, certificates_of, encode
from ._pool import Processes
from ._results import results
from ._work import compute, ready, refused

Place = TypeVar("Place")

SECONDS_FOR_A_CHECKER = 600.0


@dataclass(frozen=True)
class PieceCheck:
    """One piece, looked at: its checksum, its certificates (``replayed``), and whether making it again gives the same (``again``)."""

    case: str
    step: int
    proofs: int
    replayed: bool
    again: bool
    accepted: bool
    reason: str


@dataclass(frozen=True)
class ResultsCheck:
    """results.json, compared with what follows from the pieces."""

    accepted: bool
    reason: str


@dataclass(frozen=True)
class Verified:
    """All that was looked at."""

    pieces: tuple[PieceCheck, ...]
    results: ResultsCheck

    @property
    def accepted(self) -> bool:
        """Whether everything holds."""
        return self.results.accepted and all(check.accepted for check in self.pieces)

    @property
    def rejected(self) -> tuple[PieceCheck, ...]:
        """The pieces that do not hold."""
        return tuple(check for check in self.pieces if not check.accepted)


Told = Callable[[str, int, int], object]  # what is done now, how many of it are done, and how many there are


def _in_silence(doing: str, done: int, of: int) -> None:
    pass


def verify(directory: Path | str, *, again: int = 8, certificates: int | None = None, seed: int = 0, isolated: bool = False,
           progress: Told = _in_silence) -> Verified:  # fmt: skip
    """Checks every piece of the study and results.json, replays certificates, and makes some pieces again.

    ``certificates``: how many pieces have theirs replayed, all if None, ``isolated`` each in a process of its own; ``again``: how many
    pieces are made again; both are chosen at random by ``seed``.  A replay also asks whether the certificate is about its case.
    ``progress`` is called now and then with what is done, and with how many of how many.
    Nothing is changed.  Raises `StoreMismatch` where a piece belongs to another study.
    """
    progress("reading the study", 0, 0)
    opened, chance = open_study(directory, read_only=True), random.Random(seed)
    places = [(case, step) for case in _cases_there(opened) for step in opened.store.steps(case)]
    checks = [_look(opened, *place) for place in _told(places, "checking pieces", progress)]
    whole = {(check.case, check.step) for check in checks if check.accepted}
    proofs = [place for place, check in enumerate(checks) if check.accepted and check.proofs]
    chained = opened.asked.study.steps.chained
    sound = [
        place
        for place, check in enumerate(checks)
        if check.accepted and (not chained or check.step == 0 or (check.case, check.step - 1) in whole)
    ]
    replays = proofs if certificates is None else chance.sample(proofs, min(certificates, len(proofs)))
    for place in _told(replays, "replaying certificates", progress):
        checks[place] = _replayed(opened, checks[place], isolated)
    chosen = [place for place in chance.sample(sound, min(again, len(sound))) if checks[place].accepted]
    for place, sha256 in zip(chosen, _made_again(opened, [checks[place] for place in chosen], progress), strict=True):
        checks[place] = _compared(opened, checks[place], sha256)
    progress("comparing the results", 0, 0)
    return Verified(tuple(checks), _check_results(opened, whole))


def _told(places: Sequence[Place], doing: str, progress: Told) -> Iterator[Place]:
    for done, place in enumerate(places):
        progress(doing, done, len(places))
        yield place


def _cases_there(opened: Opened) -> Iterator[str]:
    """The cases of the study, then folders of pieces that belong to none."""
    yield from opened.cases
    root = opened.directory / "pieces"
    folders = {path.parent.relative_to(root).as_posix() for path in root.rglob("*.piece")}
    yield from sorted(folders - opened.cases.keys())


def _look(opened: Opened, case: str, step: int) -> PieceCheck:
    if case not in opened.cases:
        return PieceCheck(case, step, 0, False, False, False, "the study has no such case")
    try:
        piece = opened.store.read(case, step)
    except DamagedPiece as damage:
        return PieceCheck(case, step, 0, False, False, False, str(damage))
    return PieceCheck(case, step, len(certificates_of(piece)), False, False, True, "checksum holds")


def _replayed(opened: Opened, check: PieceCheck, isolated: bool) -> PieceCheck:
    found = certificates_of(opened.store.read(check.case, check.step)).values()
    refusals = (refused(opened, check.case, one, isolated=isolated, timeout=SECONDS_FOR_A_CHECKER) for one in found)
    refusal = next((reason for reason in refusals if reason), "")
    return PieceCheck(check.case, check.step, check.proofs, True, check.again, not refusal, refusal or "certificates accepted")


def _made_again(opened: Opened, checks: list[PieceCheck], progress: Told) -> list[str]:
    """The sha256 of pieces made again, in a process that was started for one thread."""
    if not checks:
        return []
    processes = Processes(1)
    try:
        address = str(opened.directory.resolve()), opened.digest
        futures = [processes.executor.submit(sha256_again, *address, check.case, check.step) for check in checks]
        return [outcome_of(future.result()) for future in _told(futures, "making pieces again", progress)]
    finally:
        processes.end()


def sha256_again(directory: str, digest: str, case: str, step: int) -> str | Failure:
    """The sha256 of a piece made here and now."""
    try:
        opened = ready(directory, digest)
        return hashlib.sha256(encode(digest, case, step, compute(opened, case, step))).hexdigest()
    except Exception as error:
        return failure(error)


def _compared(opened: Opened, check: PieceCheck, sha256: str) -> PieceCheck:
    same = hashlib.sha256(opened.store.path(check.case, check.step).read_bytes()).hexdigest() == sha256
    found = "the same" if same else "another piece (its chance must come from task.seed or task.key alone)"
    reason = f"{check.reason}; made again: {found}"
    return PieceCheck(check.case, check.step, check.proofs, check.replayed, True, same, reason)


def _check_results(opened: Opened, whole: set[tuple[str, int]]) -> ResultsCheck:
    """Compares results.json with what the ``whole`` pieces say that it names, character by character.

    It may be older than some pieces, as after a run that was killed, but it must not claim more than there is.
    """
    path = opened.directory / RESULTS
    if not path.exists():
        return ResultsCheck(True, "not there yet")
    try:
        stored = path.read_text(encoding="utf-8")
        spans = {case: [range(first, last + 1) for first, last in given] for case, given in json.loads(stored)["steps"].items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError):
        return ResultsCheck(False, "not the results of a study")
    named: dict[str, list[int]] = {case: [] for case in spans}
    for case, step in whole:
        if any(step in span for span in spans.get(case, ())):
            named[case].append(step)
    lost = sum(span.stop - span.start for case in spans for span in spans[case]) - sum(map(len, named.values()))
    if lost:
        return ResultsCheck(False, f"{lost} of its pieces are missing or damaged; to make them again: certifield resume {opened.directory}")
    if results(opened, named).text() != stored:
        return ResultsCheck(False, "differs from what its pieces say")
    newer = len(whole) - sum(map(len, named.values()))
    remedy = f"older than {newer} of the pieces; to renew it: certifield resume {opened.directory}"
    return ResultsCheck(True, remedy if newer else "the same as from the pieces")
