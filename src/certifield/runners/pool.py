"""Blocks in several processes on this machine."""

from pathlib import Path

from certifield.studies import Budget, open as open_study

from ._processes import Pool, Task, checked_workers, cores as cores
from ._progress import Callback, Progress
from .blocks._block import work
from .blocks._drive import drive


def run(directory: Path | str, budget: Budget | None = None, workers: int | None = None, progress: Callback | None = None) -> Progress:
    """Runs the study in ``directory`` in ``workers`` processes (one a core if None); arguments and digits as `inline.run`.

    Raises `Interrupted` after Ctrl-C, when the blocks in flight are done (a second Ctrl-C does not wait for them), `WorkersLost`
    when processes keep dying, and whatever a block raises, with a note that names the block.
    """
    workers = checked_workers(workers)
    study = open_study(directory)
    with Pool(Path(directory), study.digest(), workers, work, _named) as pool:
        return drive(study, Path(directory), budget, workers, pool.compute, progress)


def _named(task: Task) -> str:
    return f"block {task[1]} of {task[0]}"
