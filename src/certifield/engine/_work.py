"""One job, from address to store: some steps of a case, in order, each stored as it is done.

Every way to run comes here: this process, a process of the pool, a task of Dask.  Workers write what they compute into the store
themselves, so that a coordinator that is killed takes nothing with it.
"""

import time
from collections.abc import Callable
from functools import lru_cache

from certifield.evidence import Certificate, CertificateRejected
from certifield.files import StoreError
from certifield.study import Piece, Task, proved

from ._arithmetic import arithmetic, check_process
from ._directory import Opened, open_study
from ._failures import Failure, code_of_the_study, failure
from ._meter import Made
from ._piece import certificates_of, checked

Job = tuple[str, tuple[int, ...]]  # a case by name, and its steps


def compute(opened: Opened, case: str, step: int) -> Piece:
    """The piece at (case, step), computed here and now, its certificates replayed and held against the case.

    Raises `StudyError` where the study's code fails, `CertificateRejected` for a false proof, `InputError` for what a piece cannot hold,
    `StoreError` where the step before is missing in a chain.
    """
    study, options = opened.asked.study, opened.asked.options
    task = Task(opened.seed, opened.cases[case], step, _before(opened, case, step) if study.steps.chained else None)
    place = f"{case}, step {step}, of the study in {opened.directory}, seed {task.seed}"
    with arithmetic(opened.asked.precision), code_of_the_study(place):
        piece = checked(study.piece(task, options))
        study.steps.check(task.case, step, piece)
        for certificate in certificates_of(piece).values():
            refusal = refused(opened, case, certificate)
            if refusal:
                raise CertificateRejected(f"The answer is no proof, and was not stored: {refusal}")
    return piece


def _before(opened: Opened, case: str, step: int) -> Piece | None:
    before = opened.store.get(case, step - 1) if step else None
    if step and before is None:  # a step that began anew would be another piece
        raise StoreError(
            f"Step {step - 1} of {case} is missing or damaged in {opened.directory}, and step {step} continues it. Run the study again: "
            "it is made again, and so is what follows."
        )
    return before


def refused(opened: Opened, case: str, certificate: Certificate, *, isolated: bool = False, timeout: float | None = None) -> str:
    """Why a certificate does not prove what is asked of ``case``; "" where it does."""
    if not opened.asked.study.about(opened.cases[case], certificate, opened.asked.options):
        return "its certificate is about something else"
    verdict = certificate.replay(isolated=isolated, timeout=timeout)
    return "" if verdict.accepted else f"{certificate.checker} rejects it: {verdict.reason}"


def make(opened: Opened, job: Job, stop: Callable[[], bool] = lambda: False) -> list[Made]:
    """Makes and stores the pieces of a job, those that are there already left out, until ``stop()`` says so."""
    case, steps = job
    done = []
    for step in steps:
        if stop():
            break
        present = opened.store.get(case, step)
        if present is not None:
            done.append(Made(case, step, None, proved(present)))
            continue
        started = time.perf_counter()
        piece = compute(opened, case, step)
        seconds = time.perf_counter() - started
        opened.store.put(case, step, piece, seconds)
        done.append(Made(case, step, seconds, proved(piece)))
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
    with arithmetic(opened.asked.precision), code_of_the_study(f"prepare, of the study in {directory}"):
        opened.asked.study.prepare(opened.asked.options)
    return opened
