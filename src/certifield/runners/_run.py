"""One door to all runners."""

from pathlib import Path

from certifield.studies import Budget

from . import inline, pool
from ._progress import Callback, Progress


def run(directory: Path | str, budget: Budget | None = None, workers: int | None = None, progress: Callback | None = None) -> Progress:
    """Runs the study in ``directory`` in ``workers`` processes: one a core if None, and in this process, without any other, if 0."""
    if workers == 0:
        return inline.run(directory, budget, progress)
    return pool.run(directory, budget, workers, progress)
