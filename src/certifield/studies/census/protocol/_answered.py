"""An item with everything that is known of it."""

from dataclasses import dataclass

from ._item import Item
from ._record import Record, Status


@dataclass(frozen=True, eq=False)
class Attempt:
    """One answer: the ``budget`` of its round, the record, and the ``seconds`` it took (None where their file is lost)."""

    budget: int
    record: Record
    seconds: float | None


@dataclass(frozen=True, eq=False)
class Answered:
    """An item with its attempts, by ascending budget; none where its turn has not come."""

    item: Item
    attempts: tuple[Attempt, ...] = ()

    @property
    def best(self) -> Attempt | None:
        """The attempt with a proof of the smallest budget; else the unknown one of the largest; None where there is none."""
        proofs = [attempt for attempt in self.attempts if attempt.record.status != "unknown"]
        return proofs[0] if proofs else self.attempts[-1] if self.attempts else None

    @property
    def status(self) -> Status | None:
        """The answer in a word; None where there is none yet."""
        return self.best.record.status if self.best else None

    @property
    def seconds(self) -> float:
        """Time spent on the item in all its rounds, as far as it is known."""
        return sum(attempt.seconds or 0.0 for attempt in self.attempts)

    def is_open(self, budget: int) -> bool:
        """Whether the round of ``budget`` asks for the item: it has no answer there, and no proof from a round before.

        Later rounds do not count, so that an answer that was lost is given again, and the files that are there at the end are the same.
        """
        before = (attempt.record.status != "unknown" for attempt in self.attempts if attempt.budget < budget)
        return not any(before) and all(attempt.budget != budget for attempt in self.attempts)
