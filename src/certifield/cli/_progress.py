"""Progress on standard error: a bar on a terminal, a line now and then elsewhere."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ._console import messages

if TYPE_CHECKING:
    from certifield.engine import Progress

Tell = Callable[["Progress"], None]

SECONDS_BETWEEN_LINES = 10.0


@contextlib.contextmanager
def shown_progress() -> Iterator[Tell]:
    """A callback for a run; what it shows disappears from a terminal at the end."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    from rich.progress import BarColumn, Progress as Bar, TextColumn

    columns = (TextColumn("{task.description:<32}"), BarColumn(), TextColumn("{task.fields[said]}"))
    with Bar(*columns, console=messages(), transient=True) as bar:
        task = bar.add_task("starting", total=1.0, said="")
        yield lambda progress: bar.update(task, description=place(progress), completed=fraction(progress), said=sentence(progress))


def _lines() -> Tell:
    last, before = -SECONDS_BETWEEN_LINES, ""

    def tell(progress: "Progress") -> None:
        nonlocal last, before
        line = ": ".join(filter(None, (place(progress), sentence(progress))))
        stops = progress.phase.startswith("stopping") and not before.startswith("stopping")
        if place(progress) and line != before and (stops or progress.elapsed - last >= SECONDS_BETWEEN_LINES):
            last, before = progress.elapsed, line
            print(line, file=sys.stderr, flush=True)

    return tell


def told_lines() -> Callable[[str, int, int], None]:
    """A callback for what is checked one by one: a line at the start, and now and then."""
    started = time.monotonic()
    last = -SECONDS_BETWEEN_LINES

    def tell(doing: str, done: int, of: int) -> None:
        nonlocal last
        elapsed = time.monotonic() - started
        if elapsed - last >= SECONDS_BETWEEN_LINES:
            last = elapsed
            print(f"{doing}{f': {done}/{of}' if of else ''}, {clock(elapsed)} so far", file=sys.stderr, flush=True)

    return tell


def place(progress: "Progress") -> str:
    """The case at work, or what is done before there is one."""
    return progress.phase or progress.at


def fraction(progress: "Progress") -> float:
    """How much is done: of the pieces where their number is known, of the time otherwise."""
    if progress.total is not None:
        return progress.done / progress.total if progress.total else 1.0
    whole = progress.elapsed + (progress.remaining or 0.0)
    return progress.elapsed / whole if whole else 0.0


def sentence(progress: "Progress") -> str:
    """``34/128 pieces, 1:05 left``, and how many cases are proved where some are; "" before there is anything to count."""
    if progress.total == 0:
        return ""
    pieces = f"{progress.done} pieces" if progress.total is None else f"{progress.done}/{progress.total} pieces"
    proved = f"; {progress.proved} of {progress.cases} cases proved" if progress.proved else ""
    return f"{pieces}{proved}" if progress.phase.startswith("stopping") else f"{pieces}, {_left(progress)}{proved}"


def _left(progress: "Progress") -> str:
    return f"{clock(progress.elapsed)} so far" if progress.remaining is None else f"{clock(progress.remaining)} left"


def clock(seconds: float) -> str:
    """Seconds as ``m:ss`` or ``h:mm:ss``.

    >>> clock(65), clock(3723.2)
    ('1:05', '1:02:03')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
