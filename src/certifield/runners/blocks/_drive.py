"""The one loop behind all runners: stages in, blocks out, progress told."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from certifield.studies import Budget, LastRun, Seconds, Store, Study, changed_originals, in_words

from .._interrupts import orderly_stop
from .._progress import Callback, Interrupted, Progress
from ._meter import Meter, Outcome
from ._schedule import Task, stages

# Computes tasks until there are no more or until the second argument says stop; None is a tick, on which nothing was finished.
Compute = Callable[[Iterator[Task], Callable[[], bool]], Iterator[Outcome | None]]


def drive(study: Study, directory: Path, budget: Budget | None, workers: int, compute: Compute, tell: Callback | None) -> Progress:
    """Computes the blocks that ``budget`` asks for.  Raises `Interrupted` after Ctrl-C."""
    store = Store(directory, study.digest())
    meter = Meter(study, workers, _seconds(study, budget))
    run = LastRun(None if budget is None else in_words(budget))
    run.save(directory)  # not finished: what a run that is killed leaves behind
    with orderly_stop() as asked:
        try:
            for stage in stages(study, store, budget, meter.remarks):
                meter.begin(stage, _present(study, store))
                _tell(meter, tell)
                for outcome in compute(stage.tasks, lambda: asked.is_set() or meter.time_is_up):
                    if outcome is not None:
                        meter.count(outcome)
                    _tell(meter, tell)
                if asked.is_set():
                    raise Interrupted(meter.progress())
        except KeyboardInterrupt:
            raise Interrupted(meter.progress()) from None
    replace(run, finished=True, blocks=_present(study, store), remarks=tuple(meter.remarks)).save(directory)
    meter.remarks.extend(changed_originals(directory))
    return _tell(meter, tell)


def _present(study: Study, store: Store) -> dict[str, int]:
    return {quantity.name: len(store.present(quantity.name)) for quantity in study.quantities}


def _tell(meter: Meter, tell: Callback | None) -> Progress:
    progress = meter.progress()
    if tell is not None:
        tell(progress)
    return progress


def _seconds(study: Study, budget: Budget | None) -> float | None:
    given = budget or study.question.budget.budget()
    return given.seconds if isinstance(given, Seconds) else None
