"""Which steps of a case come next.

Steps decide; the engine does the input and output.  ``next`` is asked again when all that it named is there, until it names nothing: so a
decision rests on pieces that are all present, whatever computed them, and the number of workers cannot show in the digits.

=========== ============================ ==================================== ===========
steps       a step is                    the next ones                        takes
=========== ============================ ==================================== ===========
`Once`      all of the work              0, until it is there
`Rounds`    a budget of work             the next round, until a proof        rounds
`Chain`     what continues the one before  one after the other                steps
`Blocks`    a block of draws             as many as draws or an error ask for draws, stderr
=========== ============================ ==================================== ===========

All take ``seconds``: no step is begun after them.
"""

import itertools
import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Protocol

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from certifield.evidence import Certificate, Estimate, InputError

from ._case import Case
from ._found import Found, Missing
from ._sums import drawn_in
from ._task import Piece, Pieces


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError("value", value, "a number", "write it without quotes")
    return value


Whole = Annotated[int, BeforeValidator(_number)]
Real = Annotated[float, BeforeValidator(_number)]


class Budget(BaseModel):
    """How much work a study is given.  It never enters the digest: a study that is given more continues where it was.

    ``draws``: for every case; ``work``: operations for every case, so that narrow and wide networks cost the same (2e8 are some seconds);
    ``stderr``: draws until the largest standard error of a case is at most this, but no more than ``draws`` where both are given;
    ``rounds``: units of work, round by round; ``steps``: of a chain; ``seconds``: wall-clock time for all.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    draws: Whole | None = Field(default=None, ge=1, examples=[100_000])
    work: Real | None = Field(default=None, gt=0, examples=[2e8])
    stderr: Real | None = Field(default=None, gt=0, examples=[0.001])
    seconds: Real | None = Field(default=None, gt=0, examples=[60])
    rounds: tuple[Annotated[Whole, Field(ge=1, lt=2**63)], ...] | None = Field(
        default=None, min_length=1, max_length=64, examples=[[1000, 20000]]
    )
    steps: Whole | None = Field(default=None, ge=1, examples=[100])

    @model_validator(mode="after")
    def _consistent(self) -> "Budget":
        if self.rounds and any(second <= first for first, second in pairwise(self.rounds)):
            mended = f"try rounds = {sorted(set(self.rounds))}"
            raise InputError("rounds", list(self.rounds), "budgets that grow from round to round", mended)
        if self.work is not None and self.draws is not None:
            raise InputError("work", self.work, "given instead of draws, not beside them", "keep one of the two")
        if self.work is not None and self.stderr is not None:
            raise InputError("work", self.work, "given instead of stderr, not beside it", "bound it by draws, or keep one of the two")
        return self

    def stated(self) -> dict[str, Any]:
        """What is given, by name."""
        return self.model_dump(exclude_none=True)

    def __str__(self) -> str:
        return ", ".join(f"{name} {_plain(value)}" for name, value in self.stated().items()) or "nothing"

    def replaced_by(self, given: "Budget") -> "Budget":
        """This budget with what is ``given`` put in its place: whatever is given takes the place of draws, work, stderr and seconds."""
        kept = {"rounds": self.rounds, "steps": self.steps} if given.stated() else self.stated()
        return Budget(**{**kept, **given.stated()})


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else f"{value:g}" if isinstance(value, float) else str(value)


# Reads the findings of a case from these of its pieces alone.
FoundFrom = Callable[[Collection[int]], Mapping[str, Found]]


class Steps(Protocol):
    """What a study says of its steps."""

    chained: ClassVar[bool]  # whether a step needs the piece of the step before
    takes: ClassVar[frozenset[str]]  # the parts of a budget that mean something, beside seconds

    def next(self, case: Case, budget: Budget, pieces: Pieces, found: FoundFrom) -> Iterable[int]:
        """The steps that are missing now; none where the case is done.  Without an end where only ``seconds`` are given."""
        ...

    def weight(self, case: Case, step: int) -> float:
        """The work of a step, 1 for as much as should be handed out at once."""
        ...

    def stopped(self, case: Case, budget: Budget, pieces: Pieces, found: FoundFrom) -> str:
        """Why the case ended short of its budget, in a sentence; "" where it did not."""
        ...

    def check(self, case: Case, step: int, piece: Piece) -> None:
        """Raises `InputError` for a piece that cannot be that of this step."""
        ...


@dataclass(frozen=True)
class Once:
    """A case is one piece of work."""

    chained: ClassVar[bool] = False
    takes: ClassVar[frozenset[str]] = frozenset()

    def next(self, case: Case, budget: Budget, pieces: Pieces, found: FoundFrom) -> Iterable[int]:
        """Step 0."""
        return [] if 0 in pieces else [0]

    def weight(self, case: Case, step: int) -> float:
        """All alike."""
        return 1.0

    def stopped(self, case: Case, budget: Budget, pieces: Pieces, found: FoundFrom) -> str:
        """Never."""
        return ""

    def check(self, case: Case, step: int, piece: Piece) -> None:
        """Any will do."""


@dataclass(frozen=True)
class Rounds:
    """Steps are budgets of work: the next round, as long as no piece of a round before holds a certificate.

    Later rounds do not count, so that a piece that was lost is made again, and the files at the end are the same.
    """

    chained: ClassVar[bool] = False
    takes: ClassVar[frozenset[str]] = frozenset({"rounds"})

    def next(self, case: Case, budget: Budget, pieces: Pieces, found: FoundFrom) -> Iterable[int]:
        """The next round, one at a time, so that every case has its first before any has its second."""
        for step in budget.rounds or ():
            if step not in pieces:
                return [step]
            if proved(pieces[step]):
                return []
        return []

    def weight(self, case: Case, step: int) -> float:
        """All alike: how long a search takes is not known."""
        return 1.0

    def stopped(self, case: Case, budget: Budget, pieces: Pieces, found: FoundFrom) -> str:
        """Never: a case that is left open says so itself."""
        return ""

    def check(self, case: Case, step: int, piece: Piece) -> None:
        """Any will do."""


def proved(piece: Mapping[str, Any]) -> bool:
    """Whether a piece holds a certificate."""
    return any(isinstance(value, Certificate) for value in piece.values())


@dataclass(frozen=True)
class Chain:
    """Step k continues step k - 1: a training, a population, a Markov chain."""

    chained: ClassVar[bool] = True
    takes: ClassVar[frozenset[str]] = frozenset({"steps"})

    def next(self, case: Case, budget: Budget, pieces: Pieces, found: FoundFrom) -> Iterable[int]:
        """The missing steps, in order."""
        asked = itertools.count() if budget.steps is None else range(budget.steps)
        return (step for step in asked if step not in pieces)

    def weight(self, case: Case, step: int) -> float:
        """All alike."""
        return 1.0

    def stopped(self, case: Case, budget: Budget, pieces: Pieces, found: FoundFrom) -> str:
        """Never."""
        return ""

    def check(self, case: Case, step: int, piece: Piece) -> None:
        """Any will do."""


def _one(case: Case) -> float:
    return 1.0


@dataclass(frozen=True)
class Blocks:
    """Steps are blocks of draws, small at first and larger later: a first answer comes quickly, and a long run writes few files.

    Block k of a case has ``first`` draws, doubled every ``doubling`` blocks, until a block costs ``operations``, of which a draw takes
    ``work(case)``.  The size depends on case and step alone, so that no budget can change a digit.
    """

    first: int = 16384
    doubling: int = 8
    operations: float = 3e7
    work: Callable[[Case], float] = _one
    most_draws: int = 10**9

    chained: ClassVar[bool] = False
    takes: ClassVar[frozenset[str]] = frozenset({"draws", "work", "stderr"})
    fewest: ClassVar[int] = 16384  # draws that a budget of work grants: fewer hardly ever pass the heavy-tail guard at order 4

    _STAGE: ClassVar[int] = 8  # blocks
    _GROWTH: ClassVar[int] = 4  # in draws, at most, from stage to stage: an early error bar is itself uncertain
    _MARGIN: ClassVar[float] = 1.1  # on the predicted draws, since the next error bar fluctuates too
    _PATIENCE: ClassVar[int] = 3  # stages in a row whose error bar is refused

    def unit(self, case: Case) -> int:
        """The draws of the first block: a power of two, at least 256."""
        return min(self.first, self._most(case))

    def size(self, case: Case, step: int) -> int:
        """The draws of a block: ``unit`` times a power of two."""
        return min(self.unit(case) << min(step // self.doubling, 40), max(self.unit(case), self._most(case)))

    def _most(self, case: Case) -> int:
        return 1 << (max(256, min(int(self.operations / self.work(case)), 1 << 20)).bit_length() - 1)

    def count(self, case: Case, draws: float) -> int:
        """The least number of blocks with so many draws."""
        total = blocks = 0
        while total < draws:
            level = self.size(case, blocks)
            left = self.doubling - blocks % self.doubling if level < self._most(case) else 1 << 60
            more = min(left, math.ceil((draws - total) / level))
            total, blocks = total + more * level, blocks + more
        return blocks

    def draws(self, case: Case, blocks: int) -> int:
        """The draws of the first so many blocks."""
        total = at = 0
        while at < blocks:
            level = self.size(case, at)
            more = min(blocks - at, self.doubling - at % self.doubling if level < self._most(case) else blocks)
            total, at = total + more * level, at + more
        return total

    def next(self, case: Case, budget: Budget, pieces: Pieces, found: FoundFrom) -> Iterable[int]:
        """What is missing of the blocks that the budget asks for; of a target error, stage by stage."""
        if budget.stderr is not None:
            wanted, _ = self._until_precise(case, budget, pieces, found)
        elif budget.draws is not None:
            wanted = self.count(case, budget.draws)
        elif budget.work is not None:
            wanted = self.count(case, max(self.fewest, budget.work / self.work(case)))
        else:
            return (step for step in itertools.count() if step not in pieces)
        return [step for step in range(wanted) if step not in pieces]

    def weight(self, case: Case, step: int) -> float:
        """The part of ``operations`` that a block takes."""
        return self.size(case, step) * self.work(case) / self.operations

    def stopped(self, case: Case, budget: Budget, pieces: Pieces, found: FoundFrom) -> str:
        """Why a target error was not reached."""
        return "" if budget.stderr is None else self._until_precise(case, budget, pieces, found)[1]

    def check(self, case: Case, step: int, piece: Piece) -> None:
        """Raises `InputError` where sums are of another number of draws than the block has: error bars and budgets count on it."""
        if "count" in piece and (drawn := drawn_in(piece)) != (size := self.size(case, step)):
            allowed = f"{size} draws, the size of block {step} of {case.name}"
            raise InputError("piece", f"sums of {drawn} draws", allowed, "draw STEPS.size(task.case, task.step), STEPS being your Blocks")

    def _until_precise(self, case: Case, budget: Budget, pieces: Pieces, found: FoundFrom) -> tuple[int, str]:
        """The number of blocks of the first stage that is not all there, or of the last; and why that one stops short.

        Every stage is decided from the blocks of the one before, and from no others: a run that was killed decides as it would have.
        """
        assert budget.stderr is not None
        most = self.count(case, budget.draws or self.most_draws)
        blocks, refusals = min(self._STAGE, most), 0
        while all(step in pieces for step in range(blocks)):
            drawn = self.draws(case, blocks)
            errors = list(_errors(found(range(blocks))))
            known = [error for error in errors if math.isfinite(error)]
            error, refused = max(known, default=math.nan), len(known) < len(errors)
            refusals = refusals + 1 if refused else 0
            if not errors or (error <= budget.stderr and (not refused or refusals >= self._PATIENCE)):
                return blocks, f"stopped at {drawn} draws: some error bars are refused, and more draws did not help" if refused else ""
            if not known and refusals >= self._PATIENCE:
                return blocks, f"stopped at {drawn} draws: its error bars are refused, and more draws did not help"
            if blocks >= most:
                return blocks, f"stopped at {drawn} draws, the most allowed: its error is {error:.3g}, not {budget.stderr:.3g}"
            missing = self._GROWTH if math.isnan(error) else self._MARGIN * (error / budget.stderr) ** 2
            blocks = min(most, max(blocks + 1, self.count(case, drawn * min(max(missing, 1.0), self._GROWTH))))
        return blocks, ""


def _errors(found: Mapping[str, Found]) -> Iterable[float]:
    """The standard errors of all findings; infinite where one is refused or withheld."""
    for one in found.values():
        if isinstance(one.value, Estimate):
            yield from one.value.stderr.ravel().tolist()
        elif isinstance(one.value, Missing):
            yield math.inf
