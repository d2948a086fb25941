"""One door to the runners of censuses."""

from collections.abc import Callable, Iterator
from pathlib import Path

from certifield.evidence import InputError
from certifield.studies.census import AnswerStore, open as open_census

from .._processes import Pool, Task, checked_workers
from ._answer import Outcome, store_answer, work
from ._drive import drive
from ._progress import Callback, Progress


def run(directory: Path | str, seconds: float | None = None, workers: int | None = None, progress: Callback | None = None) -> Progress:
    """Answers the census in ``directory``, round by round, in ``workers`` processes: one a core if None, and in this process if 0.

    ``seconds``: hands out no more items after that time; what was begun is finished.  ``progress`` is called with a `Progress` after every
    answer.  Raises `Interrupted` after Ctrl-C, when the answers in flight are done (a second Ctrl-C does not wait for them),
    `WorkersLost` when processes keep dying, and whatever a task raises, with a note that names the item.
    """
    if seconds is not None and not 0 < seconds < float("inf"):
        raise InputError("seconds", seconds, "a positive finite number", "try seconds=60")
    census, directory = open_census(directory), Path(directory)
    store = AnswerStore(directory, census.digest())
    if workers != 0:
        workers = checked_workers(workers)
        with Pool(directory, store.digest, workers, work, _named) as pool:
            return drive(census, store, seconds, workers, pool.compute, progress)
    census.task.prepare(census.options)

    def compute(tasks: Iterator[Task], stop: Callable[[], bool]) -> Iterator[Outcome]:
        while not stop() and (task := next(tasks, None)) is not None:
            yield store_answer(census, store, *task)

    return drive(census, store, seconds, 1, compute, progress)


def _named(task: Task) -> str:
    return f"item {task[0]} with budget {task[1]}"
