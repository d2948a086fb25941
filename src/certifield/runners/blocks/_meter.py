"""How long a run still takes, from the blocks that this run itself has computed."""

import time
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from statistics import median

from certifield.studies import Study

from .._progress import Progress
from ._schedule import Stage

_RECENT = 15  # blocks that stand for a quantity


@dataclass(frozen=True)
class Outcome:
    """A block that is in the store now; ``seconds`` is None where it was there already."""

    quantity: str
    index: int
    seconds: float | None


class Meter:
    """Counts the blocks of one run, and predicts the rest of its stage."""

    def __init__(self, study: Study, workers: int, seconds: float | None) -> None:
        self.study, self.workers, self.seconds = study, workers, seconds
        self.remarks: list[str] = []
        self._started = time.monotonic()
        self._recent: dict[str, deque[float]] = {}
        self._quantities = {quantity.name: quantity for quantity in study.quantities}
        self._have: dict[str, int] = {}
        self._stage: Stage | None = None
        self._quantity = study.quantities[0].name

    def begin(self, stage: Stage, present: dict[str, int]) -> None:
        """A new stage, with the number of blocks ``present`` by quantity where the stage has no end of its own."""
        self._stage = stage
        self._have = {name: blocks - stage.missing.get(name, 0) for name, blocks in stage.wanted.items()} if stage.wanted else present

    def count(self, outcome: Outcome) -> None:
        """One more block."""
        self._quantity = outcome.quantity
        self._have[outcome.quantity] = self._have.get(outcome.quantity, 0) + 1
        if outcome.seconds is not None:
            self._recent.setdefault(outcome.quantity, deque(maxlen=_RECENT)).append(outcome.seconds)

    @property
    def elapsed(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._started

    @property
    def time_is_up(self) -> bool:
        """Whether a budget of seconds is spent."""
        return self.seconds is not None and self.elapsed >= self.seconds

    def progress(self) -> Progress:
        """Where the run stands now."""
        wanted = self._stage.wanted if self._stage else None
        return Progress(
            done=sum(self._have.values()),
            total=None if wanted is None else sum(wanted.values()),
            draws=sum(blocks * self._quantities[name].block_size for name, blocks in self._have.items()),
            elapsed=self.elapsed,
            remaining=self._remaining(wanted),
            quantity=self._quantity,
            remarks=tuple(self.remarks),
        )

    def _remaining(self, wanted: dict[str, int] | None) -> float | None:
        if wanted is None:
            return None if self.seconds is None else max(0.0, self.seconds - self.elapsed)
        left = {name: blocks - self._have.get(name, 0) for name, blocks in wanted.items()}
        if not any(left.values()):
            return 0.0
        measured = _typical(self._recent)
        if not measured:
            return None
        # A quantity that has not had its turn yet costs as much per operation as those that had.
        rate = sum(measured.values()) / sum(self._quantities[name].work for name in measured)
        return sum(blocks * measured.get(name, rate * self._quantities[name].work) for name, blocks in left.items()) / self.workers


def _typical(recent: Mapping[str, Collection[float]]) -> dict[str, float]:
    """Median seconds of a block, by quantity; of quantities with a block or two only the shortest, and only while there are no others.

    The first block of every worker carries a compilation.
    """
    if sum(map(len, recent.values())) < 2:
        return {}
    known = {name: median(seconds) for name, seconds in recent.items() if len(seconds) > 2}
    return known or {name: min(seconds) for name, seconds in recent.items()}
