"""How far a study is: what is there, what its last run asked for, and what that leaves to be done."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from certifield.evidence import Certified, Obstructed, Unknown
from certifield.study import Budget, Reading

from ._directory import Opened
from ._run import LastRun
from ._stages import endless

ANSWERS = ("certified", "obstructed", "unknown")
_MANY = 100_000  # steps that are counted of a case before it is enough to know that there are many


@dataclass(frozen=True)
class Standing:
    """A case: its ``pieces``, and how many more steps the budget asks for now (None where nothing but time bounds them)."""

    case: str
    group: str
    pieces: int
    missing: int | None


@dataclass(frozen=True)
class Tally:
    """The cases of one group: how many, how many with each answer ("waiting": none yet), and the seconds of all their pieces."""

    group: str
    cases: int
    counts: Mapping[str, int]
    seconds: float


def budget_in_force(opened: Opened) -> Budget:
    """The budget of the last run, and that of the question where there was none: what `resume` continues."""
    last = LastRun.load(opened.directory)
    return opened.asked.question.budget if last is None else last.budget


def standing(opened: Opened) -> list[Standing]:
    """Every case, as the budget in force sees it."""
    budget, steps = budget_in_force(opened), opened.asked.study.steps
    found = []
    for name, case in opened.cases.items():
        pieces = opened.store.pieces(name)
        if endless(opened, budget):
            missing = None
        else:
            next_ = steps.next(case, budget, pieces, lambda chosen, name=name, pieces=pieces: opened.found_in(name, pieces.only(chosen)))
            missing = sum(1 for _ in islice(next_, _MANY))
        found.append(Standing(name, case.group, len(pieces), missing))
    return found


def tallies(readings: Mapping[str, Reading]) -> list[Tally]:
    """One row for each group of cases that have answers, in the order of their first cases; none for a study of numbers."""
    groups: dict[str, list[Reading]] = {}
    for reading in readings.values():
        groups.setdefault(reading.case.group, []).append(reading)
    if not any(answer_of(reading) != "waiting" for reading in readings.values()):
        return []
    return [_tally(group, members) for group, members in groups.items()]


def _tally(group: str, members: list[Reading]) -> Tally:
    answers = [answer_of(reading) for reading in members]
    counts = {answer: answers.count(answer) for answer in (*ANSWERS, "waiting")}
    return Tally(group, len(members), counts, sum(reading.seconds or 0.0 for reading in members))


def answer_of(reading: Reading) -> str:
    """The answer to a case in a word: a proof if any finding is one, "unknown" if one is that, "waiting" where there is no answer."""
    values = [found.value for found in reading.values()]
    for kind, word in ((Certified, "certified"), (Obstructed, "obstructed"), (Unknown, "unknown")):
        if any(isinstance(value, kind) for value in values):
            return word
    return "waiting"
