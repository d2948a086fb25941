"""One job, from address to store: some steps of a case, in order, each stored as it is done.

Every way to run comes here: this process, a process of the pool, a task of Dask.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from certifield.evidence import CertificateRejected, CertifieldError
from certifield.study import Piece, Task

from ._arithmetic import arithmetic, check_process
from ._directory import Opened, open_study
from ._piece import certificates_of, checked
from ._worker import Failure, failure

Job = tuple[str, tuple[int, ...]]  # a case by name, and its steps


class PieceError(CertifieldError):
    """The code of a study failed while it made a piece; the message names case, step and seed."""


@dataclass(frozen=True)
class Made:
    """A piece that is in the store now; ``seconds`` is None where it was there already, ``proved`` whether it holds a certificate."""

    case: str
    step: int
    seconds: float | None
    proved: bool


def compute(opened: Opened, case: str, step: int) -> Piece:
    """The piece at (case, step), computed here and now, its certificates replayed and held against the case.

    Raises `PieceError` where the study's code fails, `CertificateRejected` for a false proof, `InputError` for what a piece cannot hold.
    """
    study, options = opened.asked.study, opened.asked.options
    before = opened.store.get(case, step - 1) if study.steps.chained and step else None
    task = Task(opened.seed, opened.cases[case], step, before)
    try:
        with arithmetic(opened.asked.precision):
            piece = checked(study.piece(task, options))
            for certificate in certificates_of(piece).values():
                refusal = refused(opened, case, certificate)
                if refusal:
                    raise CertificateRejected(f"The answer is no proof, and was not stored: {refusal}")
    except CertifieldError as error:
        error.add_note(_address(opened, task))
        raise
    except Exception as error:
        told = f"The study's code raised {type(error).__name__}: {error} ({_address(opened, task)}). What was stored before is safe."
        raise PieceError(told) from error
    return piece


def refused(opened: Opened, case: str, certificate, *, isolated: bool = False, timeout: float | None = None) -> str:
    """Why a certificate does not prove what is asked of ``case``; "" where it does."""
    if not opened.asked.study.about(opened.cases[case], certificate, opened.asked.options):
        return "its certificate is about something else"
    verdict = certificate.replay(isolated=isolated, timeout=timeout)
    return "" if verdict.accepted else f"{certificate.checker} rejects it: {verdict.reason}"


def _address(opened: Opened, task: Task) -> str:
    return f"at {task.case.name}, step {task.step}, of the study in {opened.directory}, seed {task.seed}"


def make(opened: Opened, job: Job, stop: Callable[[], bool] = lambda: False) -> list[Made]:
    """Makes and stores the pieces of a job, those that are there already left out, until ``stop()`` says so."""
    case, steps = job
    done = []
    for step in steps:
        if stop():
            break
        present = opened.store.get(case, step)
        if present is not None:
            done.append(Made(case, step, None, bool(certificates_of(present))))
            continue
        started = time.perf_counter()
        piece = compute(opened, case, step)
        seconds = time.perf_counter() - started
        opened.store.put(case, step, piece, seconds)
        done.append(Made(case, step, seconds, bool(certificates_of(piece))))
    return done


def work(directory: str, digest: str, job: Job) -> list[Made] | Failure:
    """Makes a job in a process of its own."""
    try:
        return make(ready(directory, digest), job)
    except Exception as error:
        return failure(error)


@lru_cache(maxsize=1)
def ready(directory: str, digest: str) -> Opened:
    """The study, opened and prepared once in this process.  ``digest`` tells one study in the directory from another."""
    check_process()
    opened = open_study(directory, check=False)
    with arithmetic(opened.asked.precision):
        opened.asked.study.prepare(opened.asked.options)
    return opened
