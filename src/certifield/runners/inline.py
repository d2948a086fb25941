"""Blocks one after the other, in this process."""

from collections.abc import Callable, Iterator
from pathlib import Path

from certifield.studies import Budget, Store, open as open_study

from ._progress import Callback, Progress
from .blocks._block import store_block
from .blocks._drive import drive
from .blocks._meter import Outcome
from .blocks._schedule import Task


def run(directory: Path | str, budget: Budget | None = None, progress: Callback | None = None) -> Progress:
    """Runs the study in ``directory`` until ``budget`` (that of its question if None) is spent.

    ``progress`` is called with a `Progress` after every block.  Raises `Interrupted` after Ctrl-C, when the block at work is done.
    """
    study = open_study(directory)
    store = Store(directory, study.digest())

    def compute(tasks: Iterator[Task], stop: Callable[[], bool]) -> Iterator[Outcome]:
        while not stop() and (task := next(tasks, None)) is not None:
            yield store_block(study, store, *task)

    return drive(study, Path(directory), budget, 1, compute, progress)
