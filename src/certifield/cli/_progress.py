"""Progress on standard error: a bar on a terminal, a line now and then elsewhere."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ._console import messages

if TYPE_CHECKING:
    from typing_extensions import TypeIs

    from certifield.runners import Progress
    from certifield.runners.census import Progress as CensusProgress

    AnyProgress = Progress | CensusProgress

Tell = Callable[["AnyProgress"], None]

SECONDS_BETWEEN_LINES = 10.0


@contextlib.contextmanager
def shown_progress() -> Iterator[Tell]:
    """A callback for a runner; what it shows disappears from a terminal at the end."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    from rich.progress import BarColumn, Progress as Bar, TextColumn

    columns = (TextColumn("{task.description:<28}"), BarColumn(), TextColumn("{task.fields[said]}"))
    with Bar(*columns, console=messages(), transient=True) as bar:
        task = bar.add_task("starting", total=1.0, said="")
        yield lambda progress: bar.update(task, description=place(progress), completed=fraction(progress), said=sentence(progress))


def _lines() -> Tell:
    last = -SECONDS_BETWEEN_LINES

    def tell(progress: "AnyProgress") -> None:
        nonlocal last
        if progress.elapsed - last >= SECONDS_BETWEEN_LINES:
            last = progress.elapsed
            print(f"{place(progress)}: {sentence(progress)}", file=sys.stderr, flush=True)

    return tell


def place(progress: "AnyProgress") -> str:
    """What is at work: a quantity, or a round of a census."""
    return f"round of {progress.budget}" if _of_census(progress) else progress.quantity


def _of_census(progress: "AnyProgress") -> "TypeIs[CensusProgress]":
    return hasattr(progress, "certified")


def fraction(progress: "AnyProgress") -> float:
    """How much is done: of the blocks where their number is known, of the time otherwise."""
    if progress.total is not None:
        return progress.done / progress.total if progress.total else 1.0
    whole = progress.elapsed + (progress.remaining or 0.0)
    return progress.elapsed / whole if whole else 0.0


def sentence(progress: "AnyProgress") -> str:
    """``34/128 blocks, 1:05 left``; of a census ``34/128 items, 1:05 left; of 158: 120 certified, 4 obstructed, 34 unknown``."""
    if _of_census(progress):
        counts = f"{progress.certified} certified, {progress.obstructed} obstructed, {progress.unknown} unknown"
        return f"{progress.done}/{progress.total} items, {_left(progress)}; of {progress.items}: {counts}"
    blocks = f"{progress.done} blocks" if progress.total is None else f"{progress.done}/{progress.total} blocks"
    return f"{blocks}, {_left(progress)}"


def _left(progress: "AnyProgress") -> str:
    return "estimating the time" if progress.remaining is None else f"{clock(progress.remaining)} left"


def clock(seconds: float) -> str:
    """Seconds as ``m:ss`` or ``h:mm:ss``.

    >>> clock(65), clock(3723.2)
    ('1:05', '1:02:03')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
