"""Which jobs a budget asks for.

Work comes in *stages*; a stage is complete before the next is decided on, from pieces that are all present whatever computed them, so that
the number of workers cannot show in the digits.  Several coordinators may share a directory: each begins with its own share of a stage,
then helps with those of the others from their ends, so that what is computed twice is little, and harmless.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from certifield.evidence import InputError
from certifield.study import Budget

from ._directory import Opened
from ._work import Job, Made


@dataclass(frozen=True)
class Share:
    """The part ``number`` of ``of`` coordinators, counted from 0.  Raises `InputError` for a part that is not there."""

    number: int = 0
    of: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.number < self.of:
            raise InputError("share", f"{self.number}/{self.of}", "I/N with 0 <= I < N", "number the coordinators from 0")


class Stage:
    """Jobs that may be done in any order, and after each step of a ``chain`` the next one.

    ``steps``: how many pieces the stage makes, None where nothing but time ends it; ``weight``: their work, as `Steps.weight` has it.
    """

    def __init__(self, jobs: Iterable[Job], steps: int | None, weight: float, chains: Mapping[str, Iterator[int]] | None = None) -> None:
        self.steps, self.weight = steps, weight
        self._jobs, self._chains, self._next = iter(jobs), chains or {}, deque[Job]()

    def next(self) -> Job | None:
        """A job that can begin now; None where there is none, or none before another is finished."""
        job = next(self._jobs, None)
        return self._next.popleft() if job is None and self._next else job

    def finished(self, made: Iterable[Made]) -> None:
        """Pieces are done: their chains may go on."""
        for case in dict.fromkeys(one.case for one in made):
            step = next(self._chains.get(case, iter(())), None)
            if step is not None:
                self._next.append((case, (step,)))


def stages(opened: Opened, budget: Budget, share: Share) -> Iterator[Stage]:
    """The stages that ``budget`` asks for, one after the other; the next is decided on when the one before is complete."""
    while (stage := _stage(opened, budget, share)) is not None:
        yield stage


def endless(opened: Opened, budget: Budget) -> bool:
    """Whether nothing but time bounds the work."""
    takes = opened.asked.study.steps.takes
    return bool(takes) and not takes & budget.stated().keys()


def _stage(opened: Opened, budget: Budget, share: Share) -> Stage | None:
    steps = opened.asked.study.steps
    missing = {name: iter(_missing(opened, name, budget)) for name in opened.cases}
    if steps.chained:
        first = [(name, (step,)) for name, rest in missing.items() if (step := next(rest, None)) is not None]
        left = None if budget.steps is None else sum(budget.steps - step for _, (step,) in first)
        return Stage(_shared(first, share), left, float(left or 0), missing) if first else None
    if endless(opened, budget):
        return Stage(_in_turn(missing, share), None, 0.0)
    jobs = [job for name, rest in missing.items() for job in _chunks(opened, name, rest)]
    weight = sum(steps.weight(opened.cases[name], step) for name, chunk in jobs for step in chunk)
    return Stage(_shared(jobs, share), sum(len(chunk) for _, chunk in jobs), weight) if jobs else None


def _missing(opened: Opened, name: str, budget: Budget) -> Iterable[int]:
    pieces = opened.store.pieces(name)
    return opened.asked.study.steps.next(opened.cases[name], budget, pieces, lambda steps: opened.found_in(name, pieces.only(steps)))


def _chunks(opened: Opened, name: str, steps: Iterable[int]) -> Iterator[Job]:
    """Small steps of a case go out together: a job is worth its way to a process, and a case is compiled in few of them."""
    chunk, load = [], 0.0
    for step in steps:
        chunk.append(step)
        load += opened.asked.study.steps.weight(opened.cases[name], step)
        if load >= 1:
            yield name, tuple(chunk)
            chunk, load = [], 0.0
    if chunk:
        yield name, tuple(chunk)


def _in_turn(missing: dict[str, Iterator[int]], share: Share) -> Iterator[Job]:
    """The next missing step of every case, in turn, without end; of several coordinators each takes every so-manyth step."""
    while missing:
        for name in list(missing):
            step = next((step for step in missing[name] if step % share.of == share.number), None)
            if step is None:
                del missing[name]
            else:
                yield name, (step,)


def _shared(jobs: list[Job], share: Share) -> list[Job]:
    """The own share first, in order; then those of the others, each from its end."""
    own = jobs[share.number :: share.of]
    others = (reversed(jobs[(share.number + shift) % share.of :: share.of]) for shift in range(1, share.of))
    return own + [job for theirs in others for job in theirs]
