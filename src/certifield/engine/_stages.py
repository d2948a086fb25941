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
from ._meter import Made
from ._work import Job


@dataclass(frozen=True)
class Share:
    """The part ``number`` of ``of`` coordinators, counted from 0.  Raises `InputError` for a part that is not there."""

    number: int = 0
    of: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.number < self.of:
            raise InputError("share", f"{self.number}/{self.of}", "I/N with 0 <= I < N", "number the coordinators from 0")

    def own(self, jobs: list[Job]) -> list[Job]:
        """Every ``of``-th job."""
        return jobs[self.number :: self.of]

    def of_others(self, jobs: list[Job]) -> list[Job]:
        """The jobs of the other coordinators, each share from its end."""
        shares = (reversed(jobs[(self.number + shift) % self.of :: self.of]) for shift in range(1, self.of))
        return [job for theirs in shares for job in theirs]


class Stage:
    """Jobs that may be done in any order, and after each step of a chain the next one.

    ``steps``: how many pieces the stage makes, None where nothing but time ends it; ``work``: their weight, as `Steps.weight` has it;
    ``chains``: what follows the first step of each; ``later``: jobs to be had when there is nothing better to do.
    """

    def __init__(self, jobs: Iterable[Job], later: Iterable[Job] = (), *, steps: int | None = None, work: float = 0.0,
                 chains: Mapping[str, Iterator[int]] | None = None) -> None:  # fmt: skip
        self.steps, self.work = steps, work
        self._jobs, self._later, self._chains, self._following = iter(jobs), iter(later), chains or {}, deque[Job]()

    def next(self) -> Job | None:
        """A job that can begin now; None where there is none, or none before another is finished."""
        job = next(self._jobs, None)
        if job is None:
            job = self._following.popleft() if self._following else next(self._later, None)
        return job

    def finished(self, made: Iterable[Made]) -> None:
        """Pieces are done: their chains may go on."""
        for case in dict.fromkeys(one.case for one in made):
            step = next(self._chains.get(case, iter(())), None)
            if step is not None:
                self._following.append((case, (step,)))


def stages(opened: Opened, budget: Budget, share: Share) -> Iterator[Stage]:
    """The stages that ``budget`` asks for, one after the other; the next is decided on when the one before is complete."""
    while (stage := _stage(opened, budget, share)) is not None:
        yield stage


def endless(opened: Opened, budget: Budget) -> bool:
    """Whether nothing but time bounds the work."""
    takes = opened.asked.study.steps.takes
    return bool(takes) and not takes & budget.stated().keys()


def _stage(opened: Opened, budget: Budget, share: Share) -> Stage | None:
    steps, bounded = opened.asked.study.steps, not endless(opened, budget)
    missing = {name: opened.missing(name, budget) for name in opened.cases}
    left = sum(len(list(opened.missing(name, budget))) for name in missing) if steps.chained and bounded else None
    if steps.chained:
        first = [(name, (step,)) for name, rest in missing.items() if (step := next(rest, None)) is not None]
        return Stage(share.own(first), share.of_others(first), steps=left, work=float(left or 0), chains=missing) if first else None
    if not bounded:
        return Stage(_in_turn(missing, share))
    jobs = [job for name, rest in missing.items() for job in _chunks(opened, name, rest)]
    work = sum(steps.weight(opened.cases[name], step) for name, chunk in jobs for step in chunk)
    number = sum(len(chunk) for _, chunk in jobs)
    return Stage(share.own(jobs), share.of_others(jobs), steps=number, work=work) if jobs else None


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
