"""The one loop behind all runners of a census: rounds in, answers out, progress told."""

from collections.abc import Callable, Iterator
from pathlib import Path

from certifield.studies import changed_originals
from certifield.studies.census import AnswerStore, Census

from .._interrupts import orderly_stop
from .._processes import Task
from .._progress import Interrupted
from ._answer import Outcome
from ._meter import Meter
from ._progress import Callback, Progress

# Answers tasks until there are no more or until the second argument says stop; None is a tick, on which nothing was finished.
Compute = Callable[[Iterator[Task], Callable[[], bool]], Iterator[Outcome | None]]


def drive(census: Census, store: AnswerStore, seconds: float | None, workers: int, compute: Compute, tell: Callback | None) -> Progress:
    """Goes through the rounds of the census, or as far as ``seconds`` reach.  Raises `Interrupted` after Ctrl-C."""
    meter = Meter(workers, seconds)
    with orderly_stop() as asked:
        try:
            for budget in census.rounds:
                answered = census.answered(store)
                tasks = [(one.item.name, budget) for one in answered if one.is_open(budget)]
                meter.begin(budget, answered, len(tasks))
                _tell(meter, tell)
                for outcome in compute(iter(tasks), lambda: asked.is_set() or meter.time_is_up):
                    if outcome is not None:
                        meter.count(outcome)
                    _tell(meter, tell)
                if asked.is_set():
                    raise Interrupted(meter.progress())
                if meter.time_is_up:
                    break
        except KeyboardInterrupt:
            raise Interrupted(meter.progress()) from None
    meter.remarks.extend(_remarks(census, store, seconds))
    return _tell(meter, tell)


def _remarks(census: Census, store: AnswerStore, seconds: float | None) -> list[str]:
    left = census.left(census.answered(store))
    unfinished = [f"stopped after {seconds:g} seconds; {left} items wait for more"] if left and seconds is not None else []
    return unfinished + changed_originals(Path(store.directory))


def _tell(meter: Meter, tell: Callback | None) -> Progress:
    progress = meter.progress()
    if tell is not None:
        tell(progress)
    return progress
