"""The one loop behind all ways to run: stages in, pieces out, progress told."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from certifield.evidence import InputError
from certifield.files import replace
from certifield.study import Budget, proved

from ._arithmetic import check_process, cores
from ._directory import Opened, changed_originals, open_study
from ._failures import Interrupted
from ._meter import Callback, Made, Meter, Progress
from ._pool import Foreign, Pool, Processes
from ._question import Asked
from ._signals import orderly_stop
from ._stages import Share, Stage, endless, stages
from ._work import make, ready

LAST_RUN = "last-run.json"
Compute = Callable[[Stage, Callable[[], bool]], Iterator[list[Made]]]


@dataclass(frozen=True)
class LastRun:
    """The ``budget`` that a run was given, and whether it is ``finished``; of a run that is, ``remarks`` about what it left undone.

    Kept apart from the results, which are a function of the pieces, whatever runs made them.
    """

    budget: Budget
    finished: bool = False
    remarks: tuple[str, ...] = ()

    def save(self, directory: Path | str) -> None:
        """Puts it into the directory of the study, in place of the run before."""
        document = {
            "budget": self.budget.model_dump(mode="json", exclude_none=True),
            "finished": self.finished,
            "remarks": list(self.remarks),
        }
        replace(Path(directory) / LAST_RUN, json.dumps(document, indent=1).encode())

    @staticmethod
    def load(directory: Path | str) -> "LastRun | None":
        """The last run of the study in ``directory``; None where there was none, or its record cannot be read."""
        try:
            data = json.loads((Path(directory) / LAST_RUN).read_text(encoding="utf-8"))
            return LastRun(Budget(**data["budget"]), bool(data["finished"]), tuple(data["remarks"]))
        except (OSError, ValueError, TypeError, LookupError, ValidationError):  # a courtesy: the budget of the question stands in for it
            return None


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
    asked = budget or opened.asked.question.budget
    check_budget(opened.asked, asked)
    here = executor is None and workers == 0
    if here:
        check_process()
    number = 1 if here else max(1, workers or workers_of(executor)) if executor is not None else checked_workers(workers)

    def weight(case: str, step: int) -> float:
        return opened.asked.study.steps.weight(opened.cases[case], step)

    meter = Meter(len(opened.cases), weight, number, asked.seconds, progress)
    if here:
        return _drive(opened, asked, share, meter, lambda stage, stop: _here(opened, meter, stage, stop))
    start = (lambda: Foreign(executor)) if executor is not None else (lambda: Processes(number))
    with Pool(opened, number, start, meter.enter) as pool:
        return _drive(opened, asked, share, meter, pool.compute)


def _here(opened: Opened, meter: Meter, stage: Stage, stop: Callable[[], bool]) -> Iterator[list[Made]]:
    meter.enter(opened.asked.study.preparing)
    mine = ready(str(opened.directory.resolve()), opened.digest)
    while not stop() and (job := stage.next()) is not None:
        for step in job[1]:
            if stop():
                return
            yield make(mine, (job[0], (step,)))


def checked_workers(workers: int | None) -> int:
    """The number of processes: one a core if None.  Raises `InputError` for less than one."""
    workers = cores() if workers is None else workers
    if type(workers) is not int or workers < 1:
        raise InputError("workers", workers, "a whole number of processes, 0 or more", "leave it out to use all cores")
    return workers


def workers_of(executor: Executor) -> int:
    """How many jobs an executor works on at once, as far as it says."""
    return max(1, int(getattr(executor, "_max_workers", 0) or 8))


def check_budget(asked: Asked, budget: Budget) -> None:
    """Raises `InputError` where a part of the budget means nothing to the study that is asked, or too little is stated."""
    takes = asked.study.steps.takes
    strange = budget.stated().keys() - takes - {"seconds"}
    if strange:
        allowed = f"one of {', '.join(sorted(takes | {'seconds'}))}: that is what this study's steps take"
        raise InputError("budget", budget.stated(), allowed, f"leave out {', '.join(sorted(strange))}")
    if takes and not budget.stated():
        remedy = f"give it one of {', '.join(sorted(takes | {'seconds'}))}, in the table [budget] or by an option"
        raise InputError("budget", {}, "a budget: the question states none", remedy)
    if "rounds" in takes and budget.rounds is None:
        raise InputError("budget", budget.stated(), "rounds of work, beside seconds", "add rounds = [1000, 20000] to the table [budget]")


def _drive(opened: Opened, budget: Budget, share: Share, meter: Meter, compute: Compute) -> Progress:
    with orderly_stop() as asked:
        try:
            folder = opened.directory / "pieces"
            if folder.exists() and any(folder.iterdir()):
                meter.enter("looking at what is there")
            opened.store.tidy()
            meter.found(*_there(opened))
            LastRun(budget).save(opened.directory)  # not finished: what a run that is killed leaves behind
            for stage in stages(opened, budget, share):
                meter.begin(stage.steps, stage.work)
                for made in compute(stage, lambda: _stopped(asked, meter) or (meter.time_is_up and _enough(opened, budget, meter))):
                    stage.finished(made)
                    meter.count(made)
                if asked.is_set():
                    raise Interrupted(meter.progress())
                if meter.time_is_up:
                    break
        except KeyboardInterrupt:
            raise Interrupted(meter.progress()) from None
    meter.enter("")
    remarks = tuple(_remarks(opened, budget, meter))
    LastRun(budget, True, remarks).save(opened.directory)
    return meter.tell([*remarks, *changed_originals(opened.directory)])


def _stopped(asked: threading.Event, meter: Meter) -> bool:
    """Whether the run was asked to stop, which is told at once."""
    if asked.is_set():
        meter.stopping()
    return asked.is_set()


def _enough(opened: Opened, budget: Budget, meter: Meter) -> bool:
    """Whether a run of bounded time may stop: not before every case of a study of draws has its first block, and so an error bar."""
    return not endless(opened, budget) or meter.progress().done >= len(opened.cases)


def _there(opened: Opened) -> tuple[int, int]:
    """Pieces that are there and whole, and cases with a proof; damaged pieces are set aside on the way."""
    present = certified = 0
    for name in opened.cases:
        proofs = False
        for step in opened.store.steps(name):
            piece = opened.store.get(name, step)
            present, proofs = present + (piece is not None), proofs or (piece is not None and proved(piece))
        certified += proofs
    return present, certified


def _remarks(opened: Opened, budget: Budget, meter: Meter) -> Iterator[str]:
    left = 0
    for name in opened.cases:
        short = opened.stopped(name, budget)
        if short:
            yield f"{name}: {short}"
        if meter.time_is_up and not endless(opened, budget):
            left += next(opened.missing(name, budget), None) is not None
    if left:
        yield f"stopped after {budget.seconds:g} seconds; {left} of {len(opened.cases)} cases wait for more"
