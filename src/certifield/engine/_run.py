"""The one loop behind all ways to run: stages in, pieces out, progress told."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path

from certifield._process import cores
from certifield.evidence import InputError
from certifield.study import Budget
from certifield.study._steps import proved

from ._arithmetic import check_process
from ._directory import Opened, changed_originals, open_study
from ._interrupts import orderly_stop
from ._last_run import LastRun
from ._meter import Meter
from ._pool import Foreign, Pool, Processes
from ._progress import Callback, Interrupted, Progress
from ._stages import Share, Stage, endless, stages
from ._work import Made, make, ready

Compute = Callable[[Stage, Callable[[], bool]], Iterator[list[Made]]]


def run(
    directory: Path | str,
    budget: Budget | None = None,
    *,
    workers: int | None = None,
    executor: Executor | None = None,
    share: Share = Share(),  # noqa: B008  a value
    progress: Callback | None = None,
) -> Progress:
    """Makes the pieces that ``budget`` (that of the question if None) asks for, in the study in ``directory``.

    ``workers``: processes on this machine, one a core if None; 0 works in this process, which must have been started for one thread.
    ``executor``: where jobs go instead, such as ``client.get_executor(pure=False)`` of a Dask client.  ``share``: the part of this
    coordinator, of several in one directory.  ``progress`` is called with a `Progress` now and then.  The digits are those of one
    undisturbed process, whatever is chosen.

    Raises `Interrupted` after Ctrl-C or SIGTERM, when the pieces in flight are done (a second does not wait for them), `WorkersLost` when
    processes keep dying, and whatever the making of a piece raises, with a note that names it.
    """
    opened = open_study(directory)
    asked = _checked(opened, budget or opened.asked.question.budget)
    if executor is None and workers == 0:
        check_process()
        mine = ready(str(opened.directory.resolve()), opened.digest)
        return _drive(opened, asked, share, 1, lambda stage, stop: _here(mine, stage, stop), progress)
    number = workers_of(executor) if executor is not None else checked_workers(workers)
    start = (lambda: Foreign(executor)) if executor is not None else (lambda: Processes(number))
    with Pool(opened, number, start) as pool:
        return _drive(opened, asked, share, number, pool.compute, progress)


def _here(opened: Opened, stage: Stage, stop: Callable[[], bool]) -> Iterator[list[Made]]:
    while not stop() and (job := stage.next()) is not None:
        for step in job[1]:
            if stop():
                return
            yield make(opened, (job[0], (step,)))


def checked_workers(workers: int | None) -> int:
    """The number of processes: one a core if None.  Raises `InputError` for less than one."""
    workers = cores() if workers is None else workers
    if type(workers) is not int or workers < 1:
        raise InputError("workers", workers, "a whole number of processes, 0 or more", "leave it out to use all cores")
    return workers


def workers_of(executor: Executor) -> int:
    """How many jobs an executor works on at once, as far as it says."""
    return max(1, int(getattr(executor, "_max_workers", 0) or 8))


def _checked(opened: Opened, budget: Budget) -> Budget:
    """Raises `InputError` where nothing in the budget means anything to the study."""
    takes = opened.asked.study.steps.takes
    strange = budget.stated().keys() - takes - {"seconds"}
    if strange:
        allowed = f"one of {', '.join(sorted(takes | {'seconds'}))}: that is what this study's steps take"
        raise InputError("budget", budget.stated(), allowed, f"leave out {', '.join(sorted(strange))}")
    if takes and not budget.stated():
        remedy = f"give it one of {', '.join(sorted(takes | {'seconds'}))}, in the table [budget] or by an option"
        raise InputError("budget", {}, "a budget: the question states none", remedy)
    if "rounds" in takes and budget.rounds is None:
        raise InputError("budget", budget.stated(), "rounds of work, beside seconds", "add rounds = [1000, 20000] to the table [budget]")
    return budget


def _drive(opened: Opened, budget: Budget, share: Share, workers: int, compute: Compute, tell: Callback | None) -> Progress:
    opened.store.tidy()
    present, certified = _sweep(opened)
    meter = Meter(opened, workers, budget.seconds, present, certified)
    last = LastRun(budget)
    last.save(opened.directory)  # not finished: what a run that is killed leaves behind
    with orderly_stop() as asked:
        try:
            _tell(meter, tell)
            for stage in stages(opened, budget, share):
                meter.begin(stage)
                _tell(meter, tell)
                for made in compute(stage, lambda: asked.is_set() or (meter.time_is_up and _enough(opened, budget, meter))):
                    meter.count(made)
                    stage.finished(made)
                    _tell(meter, tell)
                if asked.is_set():
                    raise Interrupted(meter.progress())
                if meter.time_is_up:
                    break
        except KeyboardInterrupt:
            raise Interrupted(meter.progress()) from None
    remarks = list(_remarks(opened, budget, meter))
    replace(last, finished=True, remarks=tuple(remarks)).save(opened.directory)
    meter.remarks.extend([*remarks, *changed_originals(opened.directory)])
    return _tell(meter, tell)


def _enough(opened: Opened, budget: Budget, meter: Meter) -> bool:
    """Whether a run of bounded time may stop: not before every case of a study of draws has its first block, and so an error bar."""
    return not endless(opened, budget) or meter.progress().done >= len(opened.cases)


def _sweep(opened: Opened) -> tuple[int, int]:
    """Pieces that are there and whole, and cases with a proof; damaged pieces are set aside on the way."""
    present = certified = 0
    for name in opened.cases:
        pieces = [piece for step in opened.store.steps(name) if (piece := opened.store.get(name, step)) is not None]
        present, certified = present + len(pieces), certified + any(map(proved, pieces))
    return present, certified


def _remarks(opened: Opened, budget: Budget, meter: Meter) -> Iterator[str]:
    steps = opened.asked.study.steps
    left = 0
    for name, case in opened.cases.items():
        pieces = opened.store.pieces(name)

        def found(chosen, name=name, pieces=pieces):
            return opened.found_in(name, pieces.only(chosen))

        short = steps.stopped(case, budget, pieces, found)
        if short:
            yield f"{name}: {short}"
        if meter.time_is_up and not endless(opened, budget):
            left += next(iter(steps.next(case, budget, pieces, found)), None) is not None
    if left:
        yield f"stopped after {budget.seconds:g} seconds; {left} of {len(opened.cases)} cases wait for more"


def _tell(meter: Meter, tell: Callback | None) -> Progress:
    progress = meter.progress()
    if tell is not None:
        tell(progress)
    return progress
