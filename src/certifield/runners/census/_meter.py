"""How far a census is, and how long its round still takes."""

import time
from collections.abc import Sequence

from certifield.studies.census import Answered

from ._answer import Outcome
from ._progress import Progress


class Meter:
    """Counts the answers of one run, and predicts the rest of its round."""

    def __init__(self, workers: int, seconds: float | None) -> None:
        self.workers, self.seconds = workers, seconds
        self.remarks: list[str] = []
        self._started = time.monotonic()
        self._status: dict[str, str | None] = {}
        self._budget, self._done, self._total, self._item = 0, 0, 0, ""
        self._times: list[float] = []

    def begin(self, budget: int, answered: Sequence[Answered], asked: int) -> None:
        """A new round, in which ``asked`` items are asked about."""
        self._status = {one.item.name: one.status for one in answered}
        self._budget, self._done, self._total, self._times = budget, 0, asked, []

    def count(self, outcome: Outcome) -> None:
        """One more answer."""
        self._done, self._item = self._done + 1, outcome.item
        self._status[outcome.item] = outcome.status
        if outcome.seconds is not None:
            self._times.append(outcome.seconds)

    @property
    def elapsed(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._started

    @property
    def time_is_up(self) -> bool:
        """Whether the time that the run was given is spent."""
        return self.seconds is not None and self.elapsed >= self.seconds

    def progress(self) -> Progress:
        """Where the run stands now."""
        statuses = list(self._status.values())
        counts = (statuses.count("certified"), statuses.count("obstructed"), statuses.count("unknown"))
        done, total, elapsed = self._done, self._total, self.elapsed
        return Progress(len(statuses), *counts, self._budget, done, total, elapsed, self._remaining(), self._item, tuple(self.remarks))

    def _remaining(self) -> float | None:
        """The mean, not the median: a few items take most of the time of a round."""
        left = self._total - self._done
        if not left:
            return 0.0
        in_round = sum(self._times) / len(self._times) * left / self.workers if len(self._times) > 1 else None
        if self.seconds is None:
            return in_round
        allowed = max(0.0, self.seconds - self.elapsed)
        return allowed if in_round is None else min(allowed, in_round)
