"""Tasks in several processes on this machine.

Processes are spawned (a fork after JAX has started is unsafe), one a core, one thread each.  A process that dies breaks its
pool: the pool is built again and its unfinished tasks are handed out again.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Generic, TypeVar

from certifield.evidence import InputError

from ._progress import WorkersLost
from ._spawn import Processes
from ._worker import Failure

_TICK = 0.5  # seconds after which progress is told although nothing is done
_LOSSES = 5  # in a row, without a finished task: then it is not bad luck

Task = tuple[str, int]  # what is asked for, by name and number
Outcome = TypeVar("Outcome")
# Does one task of the study in a directory, given its digest and the task; a function of a module, so that it travels by name.
Work = Callable[[str, str, str, int], Outcome | Failure]


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def checked_workers(workers: int | None) -> int:
    """The number of processes: one a core if None.  Raises `InputError` for less than one."""
    workers = cores() if workers is None else workers
    if workers < 1:
        raise InputError("workers", workers, "a whole number of processes, 1 or more", "leave it out to use all cores")
    return workers


class Pool(Generic[Outcome]):
    """A process pool that survives its processes; ``named`` says in words which task is meant."""

    def __init__(self, directory: Path, digest: str, workers: int, work: Work[Outcome], named: Callable[[Task], str]) -> None:
        self._directory, self._digest, self._workers, self._work, self._named = directory, digest, workers, work, named
        self._processes: Processes | None = None
        self._losses = 0

    def __enter__(self) -> "Pool[Outcome]":
        return self

    def __exit__(self, *exception: object) -> None:
        if self._processes is not None:
            self._processes.end()

    def compute(self, tasks: Iterator[Task], stop: Callable[[], bool]) -> Iterator[Outcome | None]:
        """The outcomes of ``tasks`` as they come; a bounded number is in flight at any time."""
        flight: dict[Future[Outcome | Failure], Task] = {}
        again: list[Task] = []
        while True:
            while not stop() and len(flight) < 2 * self._workers:
                task = again.pop() if again else next(tasks, None)
                if task is None:
                    break
                try:
                    flight[self._submit(task)] = task
                except BrokenProcessPool:
                    again.append(task)
                    self._lose(flight, again)
            if stop():
                flight = {future: task for future, task in flight.items() if not future.cancel()}
            if not flight:
                return
            finished = wait(flight, timeout=_TICK, return_when=FIRST_COMPLETED).done
            if not finished:
                yield None
            for future in finished:
                if isinstance(future.exception(), BrokenProcessPool):
                    self._lose(flight, again)
                    break
                yield self._outcome(future.result())
                del flight[future]

    def _submit(self, task: Task) -> "Future[Outcome | Failure]":
        if self._processes is None:
            self._processes = Processes(self._workers)
        return self._processes.executor.submit(self._work, str(self._directory), self._digest, *task)

    def _outcome(self, outcome: Outcome | Failure) -> Outcome:
        if isinstance(outcome, Failure):
            for note in outcome.notes:
                outcome.error.add_note(note)
            raise outcome.error
        self._losses = 0
        return outcome

    def _lose(self, flight: dict[Future[Outcome | Failure], Task], again: list[Task]) -> None:
        """The pool is broken: everything in flight goes out again, to new processes."""
        again.extend(flight.values())
        flight.clear()
        self._processes, broken = None, self._processes
        if broken is not None:
            broken.end()
        self._losses += 1
        if self._losses == _LOSSES:
            raise WorkersLost(
                f"Worker processes died {_LOSSES} times in a row without finishing anything of the study in {self._directory} "
                f"(next: {self._named(again[-1])}). What was stored is safe. The system may be out of memory: try fewer "
                'workers or a smaller block_size. In a script, call the runner under `if __name__ == "__main__":`, '
                "because every worker imports the script."
            )
