"""A frozen census: its question, its task and its items."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from certifield.evidence import CertificateRejected

from ..question import _identity
from ..question._user_file import is_user_file, own_name, source_digest
from ._answers import AnswerStore
from ._question import CensusQuestion
from .protocol._answered import Answered
from .protocol._item import Item
from .protocol._record import Record
from .protocol._registry import task_called
from .protocol._task import Options, Task

FORMAT = "census 1"  # of the directory; a reader of another format must not guess


@dataclass(frozen=True, eq=False)
class Census:
    """A question with everything that its digest covers; ``folder`` holds the user's own task, if it is one."""

    question: CensusQuestion
    items: tuple[Item, ...]
    folder: Path = Path()

    @cached_property
    def task(self) -> Task[Any]:
        """The task that answers."""
        return task_called(self.question.census, self.folder)

    @cached_property
    def options(self) -> Options:
        """The options of the task."""
        return self.task.options.model_validate(self.question.items)

    @cached_property
    def _by_name(self) -> dict[str, Item]:
        return {item.name: item for item in self.items}

    @property
    def root_seed(self) -> int:
        """The seed from which the seed of every answer is derived."""
        return self.question.seed

    @property
    def rounds(self) -> tuple[int, ...]:
        """The budgets of the rounds."""
        return self.question.budget.rounds

    @cached_property
    def identity(self) -> dict[str, Any]:
        """Everything that the digest covers, as JSON data: the question without title and budget, the task, and its items."""
        source = {"source": source_digest(self.folder, self.question.census)} if is_user_file(self.question.census) else {}
        return {
            "format": FORMAT,
            "census": own_name(self.question.census),
            "seed": self.root_seed,
            "options": self.question.items,
            "version": self.task.version,
            "items": items_digest(self.items),
            **source,
        }

    def digest(self) -> str:
        """sha256 of the identity, in hexadecimal.  More rounds, other workers or another title do not change it."""
        return _identity.digest(self.identity)

    def seed_of(self, item: str, budget: int) -> int:
        """The seed of one answer, below 2^63: sha256 of root seed, item and budget."""
        address = _identity.canonical([self.root_seed, item, budget])
        return int.from_bytes(hashlib.sha256(address.encode()).digest()[:8]) >> 1

    def answer(self, item: str, budget: int) -> Record:
        """The answer to ``item`` with ``budget`` units of work, computed here and now.  Raises `CertificateRejected` for a false proof."""
        record = self.task.answer(self._by_name[item], budget, self.seed_of(item, budget), self.options)
        reason = self.refusal(item, record)
        if reason:
            raise CertificateRejected(f"The answer to {item} with budget {budget} is no proof, and was not stored: {reason}")
        return record

    def refusal(self, item: str, record: Record, *, isolated: bool = False, timeout: float | None = None) -> str:
        """Why the certificate of ``record`` does not prove the answer to ``item``; "" where it does, or there is none."""
        if record.certificate is None:
            return ""
        if not self.task.proves(self._by_name[item], record, self.options):
            return "its certificate is about something else"
        verdict = record.certificate.replay(isolated=isolated, timeout=timeout)
        return "" if verdict.accepted else f"{record.certificate.checker} rejects it: {verdict.reason}"

    def answered(self, store: AnswerStore) -> list[Answered]:
        """Every item with its answers in ``store``."""
        return [Answered(item, store.attempts(item.name)) for item in self.items]

    def left(self, answered: Sequence[Answered]) -> int:
        """How many of the items some round still asks for."""
        return sum(any(map(one.is_open, self.rounds)) for one in answered)

    def open_items(self, store: AnswerStore, budget: int) -> list[str]:
        """The items that the round of ``budget`` asks for: no answer there, and no proof from a round before."""
        return [one.item.name for one in self.answered(store) if one.is_open(budget)]


def items_digest(items: Sequence[Item]) -> str:
    """sha256 of all items in their order, in hexadecimal."""
    return _identity.digest([item.document() for item in items])
