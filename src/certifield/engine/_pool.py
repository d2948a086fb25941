"""Jobs in several processes on this machine, or wherever an executor takes them.

Processes are spawned (a fork after JAX has started is unsafe), one a core, one thread each.  A process that dies breaks its pool: the
pool is built again and its unfinished jobs are handed out again.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, ProcessPoolExecutor, wait

from ._arithmetic import environment
from ._directory import Opened
from ._failures import Failure, WorkersLost, outcome_of
from ._meter import Made
from ._signals import begin_worker, held_back
from ._stages import Stage
from ._work import Job, work

_TICK = 0.5  # seconds after which progress is told although nothing is done
_LOSSES = 5  # in a row, without a finished job: then it is not bad luck


class Processes:
    """An executor of processes of this machine."""

    def __init__(self, workers: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.executor = ProcessPoolExecutor(workers, mp_context=context, initializer=begin_worker, initargs=(os.getpid(),))
        before = set(multiprocessing.active_children())
        with environment(), held_back():
            # A process is started for each task that finds none idle: now, all of them.
            self._signs = [self.executor.submit(os.getpid) for _ in range(workers)]
        self._processes = set(multiprocessing.active_children()) - before

    @property
    def phase(self) -> str:
        """What happens before the processes take work; "" from then on."""
        return "" if any(sign.done() for sign in self._signs) else f"starting processes ({len(self._signs)})"

    def end(self) -> None:
        """Ends the processes.  Pieces that are in the making are lost, those that are stored are not."""
        for process in self._processes:
            process.kill()
        self.executor.shutdown(wait=True, cancel_futures=True)


class Foreign:
    """An executor that somebody else started and will end, such as that of a Dask client."""

    phase = "waiting for the workers"

    def __init__(self, executor: Executor) -> None:
        self.executor = executor

    def end(self) -> None:
        """Leaves it as it is."""


class Pool:
    """Workers that survive losses: ``start`` makes an executor, again after each loss."""

    def __init__(self, opened: Opened, workers: int, start: Callable[[], Processes | Foreign], enter: Callable[[str], None]) -> None:
        self._opened, self._workers, self._start, self._enter = opened, workers, start, enter
        self._executor: Processes | Foreign | None = None
        self._losses, self._made = 0, False

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *exception: object) -> None:
        if self._executor is not None:
            self._executor.end()

    def compute(self, stage: Stage, stop: Callable[[], bool]) -> Iterator[list[Made]]:
        """What is made of the jobs of a stage, as it comes, and empty lists while nothing does; a bounded number is in flight."""
        flight: dict[Future, Job] = {}
        again: list[Job] = []
        while True:
            while not stop() and len(flight) < 2 * self._workers and (job := again.pop() if again else stage.next()) is not None:
                try:
                    flight[self._submit(job)] = job
                except Exception as lost:  # the executor is broken or closed
                    again.append(job)
                    self._lose(flight, again, lost)
            if stop():
                flight = {future: job for future, job in flight.items() if not future.cancel()}
            if not flight:
                return
            finished = wait(flight, timeout=_TICK, return_when=FIRST_COMPLETED).done
            if not finished:
                self._say()
                yield []
            for future in finished:
                error = CancelledError() if future.cancelled() else future.exception()
                if error is not None:
                    self._lose(flight, again, error)
                    break
                del flight[future]
                yield self._outcome(future.result())

    def _say(self) -> None:
        if self._executor is not None and not self._made:
            self._enter(self._executor.phase or self._opened.asked.study.preparing)

    def _submit(self, job: Job) -> Future:
        if self._executor is None:
            self._executor = self._start()
            self._say()
        return self._executor.executor.submit(work, str(self._opened.directory.resolve()), self._opened.digest, job)

    def _outcome(self, outcome: list[Made] | Failure) -> list[Made]:
        made = outcome_of(outcome)
        self._losses, self._made = 0, True
        return made

    def _lose(self, flight: dict[Future, Job], again: list[Job], error: BaseException) -> None:
        """A worker was lost, and its executor may be: everything in flight goes out again, to new processes."""
        again.extend(flight.values())
        flight.clear()
        self._executor, broken = None, self._executor
        if broken is not None:
            broken.end()
        self._losses += 1
        if self._losses == _LOSSES:
            case, steps = again[-1]
            raise WorkersLost(
                f"Worker processes died {_LOSSES} times in a row without finishing anything of the study in {self._opened.directory} "
                f"(next: {case}, step {steps[0]}; {type(error).__name__}: {error}). What was stored is safe. The system may be out of "
                'memory: try fewer workers. In a script, call the engine under `if __name__ == "__main__":`, because every worker '
                "imports the script."
            ) from error
