"""How long a run still takes, from the pieces that this run itself has made."""

import time

from ._directory import Opened
from ._progress import Progress
from ._stages import Stage
from ._work import Made


class Meter:
    """Counts the pieces of one run, and predicts the rest of its stage."""

    def __init__(self, opened: Opened, workers: int, seconds: float | None, present: int, proved: int) -> None:
        self._opened, self._workers, self._seconds = opened, workers, seconds
        self._started = time.monotonic()
        self._done, self._total, self._left = present, present, 0.0
        self._proved, self._cases = proved, len(opened.cases)
        self._measured = self._spent = 0.0
        self.phase, self._at, self.remarks = opened.asked.study.preparing, "", []

    def begin(self, stage: Stage) -> None:
        """A new stage."""
        self._total = None if stage.steps is None else self._done + stage.steps
        self._left = stage.weight

    def count(self, made: list[Made]) -> None:
        """More pieces are there."""
        self.phase = ""
        for one in made:
            self._at = one.case
            self._done += 1
            self._proved += one.proved
            weight = self._opened.asked.study.steps.weight(self._opened.cases[one.case], one.step)
            self._left -= weight
            if one.seconds is not None:
                self._measured, self._spent = self._measured + weight, self._spent + one.seconds

    @property
    def elapsed(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._started

    @property
    def time_is_up(self) -> bool:
        """Whether a budget of seconds is spent."""
        return self._seconds is not None and self.elapsed >= self._seconds

    def progress(self) -> Progress:
        """Where the run stands now."""
        return Progress(self._done, self._total, self._cases, self._proved, self.elapsed, self._remaining(), self._at, self.phase,
                        tuple(self.remarks))  # fmt: skip

    def _remaining(self) -> float | None:
        until_the_end = None if self._seconds is None else max(0.0, self._seconds - self.elapsed)
        if self._total is None:
            return until_the_end
        if self._total == self._done:
            return 0.0
        if not self._measured:
            return until_the_end
        predicted = self._left * self._spent / self._measured / self._workers
        return predicted if until_the_end is None else min(predicted, until_the_end)
