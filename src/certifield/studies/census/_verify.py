"""Whether the answers of a census are what they claim to be."""

import json
import random
from dataclasses import dataclass, replace
from pathlib import Path

from ..block_sums._directory import RESULTS
from ._answer_file import DamagedAnswer, encode
from ._answers import AnswerStore
from ._census import Census
from ._directory import open as open_census
from ._results import results, row_of
from .protocol._answered import Answered

SECONDS_FOR_A_CHECKER = 600.0


@dataclass(frozen=True)
class AnswerCheck:
    """One answer file, looked at: its checksum, its certificate (``replayed``), and whether answering again gives the same (``again``)."""

    item: str
    budget: int
    status: str
    replayed: bool
    again: bool
    accepted: bool
    reason: str


def verify_answers(
    directory: Path | str, certificates: int | None = None, again: int = 0, seed: int = 0, *, isolated: bool = False
) -> list[AnswerCheck]:
    """Checks every answer of the census, replays certificates, and answers some items again.

    ``certificates``: how many are replayed, all if None, ``isolated`` each in a process of its own; ``again``: how many answers are
    computed again; both are chosen at random by ``seed``.  A replay also asks whether the certificate is about its item.
    Nothing is changed.  Raises `StoreMismatch` where an answer belongs to another census.
    """
    census = open_census(directory)
    store, chance = AnswerStore(directory, census.digest(), read_only=True), random.Random(seed)
    known = {item.name for item in census.items}
    present = [(item, budget) for budget in store.budgets() for item in sorted(store.present(budget))]
    checks = [_look(store, item, budget, item in known) for item, budget in present]
    proofs = [place for place, check in enumerate(checks) if check.accepted and check.status != "unknown"]
    sound = [place for place, check in enumerate(checks) if check.accepted]
    for place in proofs if certificates is None else chance.sample(proofs, min(certificates, len(proofs))):
        checks[place] = _replayed(census, store, checks[place], isolated)
    for place in chance.sample(sound, min(again, len(sound))):
        checks[place] = _again(census, store, checks[place])
    return checks


def _look(store: AnswerStore, item: str, budget: int, known: bool) -> AnswerCheck:
    if not known:
        return AnswerCheck(item, budget, "", False, False, False, "the census has no such item")
    try:
        record = store.read(item, budget)
    except DamagedAnswer as damage:
        return AnswerCheck(item, budget, "", False, False, False, str(damage))
    return AnswerCheck(item, budget, record.status, False, False, True, "checksum holds")


def _replayed(census: Census, store: AnswerStore, check: AnswerCheck, isolated: bool) -> AnswerCheck:
    record = store.read(check.item, check.budget)
    refusal = census.refusal(check.item, record, isolated=isolated, timeout=SECONDS_FOR_A_CHECKER)
    return AnswerCheck(check.item, check.budget, check.status, True, check.again, not refusal, refusal or "certificate accepted")


def _again(census: Census, store: AnswerStore, check: AnswerCheck) -> AnswerCheck:
    if not check.accepted:
        return check
    fresh, stored = census.answer(check.item, check.budget), store.read(check.item, check.budget)
    same = encode(store.digest, check.item, check.budget, fresh) == encode(store.digest, check.item, check.budget, stored)
    reason = f"{check.reason}; answered again: {'the same' if same else 'another answer'}"
    return AnswerCheck(check.item, check.budget, check.status, check.replayed, True, same, reason)


@dataclass(frozen=True)
class ResultsCheck:
    """results.json, compared with what follows from the answers."""

    accepted: bool
    reason: str


def check_results(directory: Path | str) -> ResultsCheck:
    """Compares results.json with the answers that are there and not damaged, character by character.

    It may be older than some answers, as after a run that was killed, but it must not claim more than there is.
    """
    path = Path(directory) / RESULTS
    if not path.exists():
        return ResultsCheck(True, "not there yet")
    census = open_census(directory)
    fresh, stored = results(census, AnswerStore(directory, census.digest(), read_only=True)), path.read_bytes()
    if fresh.text().encode() == stored:
        return ResultsCheck(True, "the same as from the answers")
    if (claims := _claims_in(stored)) is None:
        return ResultsCheck(False, "not the results of a census")
    claimed, rows = claims
    if claimed > fresh.attempts:
        missing = f"of {claimed} answers, {claimed - fresh.attempts} are missing or damaged"
        return ResultsCheck(False, f"{missing}; to answer them again: certifield resume {directory}")
    older = replace(fresh, answered=tuple(map(_as_claimed, fresh.answered, rows))) if len(rows) == len(fresh.answered) else fresh
    fewest = sum(len(one.attempts) for one in older.answered)
    if fewest <= claimed < fresh.attempts and {**json.loads(older.text()), "attempts": claimed} == json.loads(stored):
        return ResultsCheck(True, f"older than the newest answers; to renew it: certifield resume {directory}")
    return ResultsCheck(False, "differs from what the answers say")


def _as_claimed(one: Answered, row: object) -> Answered:
    """The item with its first answers up to one that makes this row, as it was before the others came; without any where none does."""
    earlier = (Answered(one.item, one.attempts[: place + 1]) for place in range(len(one.attempts)))
    return next((known for known in earlier if row_of(known) == row), Answered(one.item))


def _claims_in(stored: bytes) -> tuple[int, list] | None:
    """The number of answers and the rows of a results.json; None where it is something else."""
    try:
        claims = json.loads(stored)
        attempts, rows = claims["attempts"], claims["answers"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return (attempts, rows) if type(attempts) is int and isinstance(rows, list) else None
