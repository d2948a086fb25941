"""What a run says about itself: what is done, what it is doing, and how long it will still take.

The rest of a stage is predicted from the pieces that this run itself has made, weighted by their work.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Made:
    """A piece that is in the store now; ``seconds`` is None where it was there already, ``proved`` whether it holds a certificate."""

    case: str
    step: int
    seconds: float | None
    proved: bool


@dataclass(frozen=True)
class Progress:
    """Where a run stands.

    ``done`` of ``total`` pieces are there (``total`` is None for a budget of time alone; it grows from stage to stage); ``proved`` of
    ``cases`` hold a certificate; ``elapsed`` and ``remaining`` are in seconds, the latter None until it can be told; ``at``: the case at
    work; ``phase``: what is done before there are pieces, such as "starting processes (2)"; ``remarks`` say what an exhausted or a hopeless
    budget left undone.
    """

    done: int
    total: int | None
    cases: int
    proved: int
    elapsed: float
    remaining: float | None
    at: str
    phase: str = ""
    remarks: tuple[str, ...] = ()


Callback = Callable[[Progress], object]


class Meter:
    """Counts the pieces of one run, and predicts the rest of its stage.

    ``weight`` of a case and a step is its work; ``seconds``: a budget of time; ``tell``: who is to hear of the progress.
    """

    def __init__(self, cases: int, weight: Callable[[str, int], float], workers: int, seconds: float | None, tell: Callback | None) -> None:
        self._cases, self._weight, self._workers, self._seconds, self._tell = cases, weight, workers, seconds, tell
        self._started = time.monotonic()
        self._done = self._proved = 0
        self._total: int | None = 0
        self._left = self._measured = self._spent = 0.0
        self._at = self._phase = ""
        self._stopping = False
        self._counted, self._pieces = self._started, 0  # when pieces of this run were last there, and how many

    def enter(self, phase: str) -> None:
        """Something else is done now, before there are pieces."""
        if phase != self._phase:
            self._phase = phase
            self.tell()

    def stopping(self) -> None:
        """The run was asked to stop, and waits for what is in the making."""
        if not self._stopping:
            self.enter("stopping when the pieces in the making are done; once more to stop at once")
            self._stopping = True

    def found(self, done: int, proved: int) -> None:
        """So many pieces, and cases with a proof, were there when the run began."""
        self._done = self._total = done
        self._proved = proved

    def begin(self, steps: int | None, work: float) -> None:
        """A new stage of so many steps and so much work."""
        self._total = None if steps is None else self._done + steps
        self._left = work
        self.tell()

    def count(self, made: Iterable[Made]) -> None:
        """More pieces are there, or none, but time has passed."""
        for one in made:
            self._phase, self._at = self._phase if self._stopping else "", one.case
            self._done += 1
            self._proved += one.proved
            weight = self._weight(one.case, one.step)
            self._left -= weight
            if one.seconds is not None:
                self._measured, self._spent = self._measured + weight, self._spent + one.seconds
                self._counted, self._pieces = time.monotonic(), self._pieces + 1
        self.tell()

    def tell(self, remarks: Iterable[str] = ()) -> Progress:
        """Where the run stands, also to who is to hear it."""
        progress = self.progress(remarks)
        if self._tell is not None:
            self._tell(progress)
        return progress

    def progress(self, remarks: Iterable[str] = ()) -> Progress:
        """Where the run stands now."""
        return Progress(self._done, self._total, self._cases, self._proved, self.elapsed, self._remaining(), self._at, self._phase,
                        tuple(remarks))  # fmt: skip

    @property
    def elapsed(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._started

    @property
    def time_is_up(self) -> bool:
        """Whether a budget of seconds is spent."""
        return self._seconds is not None and self.elapsed >= self._seconds

    def _remaining(self) -> float | None:
        until_the_end = None if self._seconds is None else max(0.0, self._seconds - self.elapsed)
        if self._total is None:
            return until_the_end
        if self._total == self._done:
            return 0.0
        if not self._measured:
            return until_the_end
        # Less by the second until the next piece is due, and more by the second when it is late: a prediction that is wrong must grow.
        waited, due = time.monotonic() - self._counted, self._spent / self._pieces / self._workers
        predicted = max(0.0, self._left) * self._spent / self._measured / self._workers - min(waited, due) + max(0.0, waited - due)
        predicted = max(0.0, predicted)
        return predicted if until_the_end is None else min(predicted, until_the_end)
