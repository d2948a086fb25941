"""The answers of a census, as a function of the set of answer files: without times, so that every run gives the same bytes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ._answer_file import certificate_id
from ._answers import AnswerStore
from ._census import Census
from .protocol._answered import Answered
from .protocol._record import STATUSES


@dataclass(frozen=True)
class Tally:
    """The items of one group: how many, how many with each answer, and the work and the time that all their rounds took."""

    group: str
    items: int
    counts: Mapping[str, int]
    work: int
    seconds: float


@dataclass(frozen=True, eq=False)
class CensusResults:
    """The census with its digest, and every item with its answers; ``packages`` and ``complete`` are those of its task."""

    title: str
    digest: str
    seed: int
    unit: str
    answered: tuple[Answered, ...]
    packages: tuple[str, ...] = ()
    complete: bool = False

    @property
    def attempts(self) -> int:
        """How many answers there are, those of all rounds together."""
        return sum(len(one.attempts) for one in self.answered)

    @property
    def tallies(self) -> "list[Tally]":
        """One row for each group of items, in the order of their first items."""
        groups = dict.fromkeys(one.item.group for one in self.answered)
        return [_tally(group, [one for one in self.answered if one.item.group == group], self.unit) for group in groups]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many items have each answer; "waiting" have none yet."""
        return counts(self.answered)

    def data(self) -> dict[str, Any]:
        """The results as JSON data, without times."""
        head = {"title": self.title, "digest": self.digest, "seed": self.seed, "unit": self.unit, "counts": dict(self.counts)}
        return {**head, "attempts": self.attempts, "answers": [row_of(one) for one in self.answered]}

    def text(self) -> str:
        """The content of results.json."""
        return json.dumps(self.data(), indent=1, allow_nan=False) + "\n"


def counts(answered: list[Answered] | tuple[Answered, ...]) -> dict[str, int]:
    """How many items have each answer; "waiting" have none yet."""
    statuses = [one.status or "waiting" for one in answered]
    return {status: statuses.count(status) for status in (*STATUSES, "waiting")}


def _tally(group: str, answered: list[Answered], unit: str) -> Tally:
    work = sum(attempt.record.spent.get(unit, 0) for one in answered for attempt in one.attempts)
    return Tally(group, len(answered), counts(answered), work, sum(one.seconds for one in answered))


def row_of(answered: Answered) -> dict[str, Any]:
    """One item and its best answer, as JSON data."""
    item, best = answered.item, answered.best
    if best is None:
        return {"item": item.name, "group": item.group, "status": None}
    record = best.record
    return {
        "item": item.name,
        "group": item.group,
        "status": record.status,
        "category": record.category,
        "budget": best.budget,
        "spent": record.spent,
        "figures": record.figures,
        "certificate": None if record.certificate is None else certificate_id(record.certificate),
    }


def results(census: Census, store: AnswerStore) -> CensusResults:
    """The answers in ``store``."""
    task, answered = census.task, tuple(census.answered(store))
    title, digest, seed = census.question.title, census.digest(), census.root_seed
    return CensusResults(title, digest, seed, task.unit, answered, tuple(task.packages), task.complete)
