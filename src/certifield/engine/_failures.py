"""What may go wrong while a study runs: each says what, where and what to do, and travels from one process to another."""

import contextlib
import pickle
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from certifield.evidence import CertifieldError

from ._meter import Progress

Outcome = TypeVar("Outcome")


class StudyError(CertifieldError):
    """The code of a study failed; the message says in what, and where."""


class WorkersLost(CertifieldError):
    """Worker processes died again and again without finishing anything."""


class Interrupted(CertifieldError):
    """The run was stopped; all that was finished is stored, and the study can be resumed.  ``progress`` says how far it came."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        of = "" if progress.total is None else f" of {progress.total}"
        if progress.total == progress.done > 0:
            told = f"Interrupted when all {progress.done} pieces of the stage were there; all are kept. Run the study again to go on."
        else:
            told = f"Interrupted with {progress.done} pieces{of}, which are all kept. Run the study again to continue."
        super().__init__(told)

    def __reduce__(self):
        return (type(self), (self.progress,))


@contextlib.contextmanager
def code_of_the_study(place: str) -> Iterator[None]:
    """Turns what the code of a study raises into a `StudyError`; an error of ours keeps its kind, and gets a note of the place."""
    try:
        yield
    except CertifieldError as error:
        error.add_note(f"at {place}")
        raise
    except Exception as error:
        raise StudyError(
            f"The study's code raised {type(error).__name__}: {error} (at {place}). What is stored is safe. Mend the code, and run the "
            "study again; one of your own in another directory, since its code is part of what was asked."
        ) from error


@dataclass(frozen=True)
class Failure:
    """An exception on its way to the coordinator; notes are sent beside it, since not every exception carries them through a pickle."""

    error: Exception
    notes: tuple[str, ...]


def failure(error: Exception) -> Failure:
    """What travels in place of an outcome."""
    notes = tuple(getattr(error, "__notes__", ()))
    if error.__cause__ is not None or not isinstance(error, CertifieldError):
        notes += ("".join(traceback.format_exception(error)),)
    try:
        return Failure(pickle.loads(pickle.dumps(error)), notes)
    except Exception:  # one that cannot be unpickled would break the pool
        return Failure(RuntimeError(f"{type(error).__name__}: {error}"), notes)


def outcome_of(outcome: Outcome | Failure) -> Outcome:
    """What a process sent.  Raises the exception that came in its place."""
    if isinstance(outcome, Failure):
        for note in outcome.notes:
            if note not in getattr(outcome.error, "__notes__", ()):
                outcome.error.add_note(note)
        raise outcome.error
    return outcome
