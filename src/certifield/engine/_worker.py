"""The other side of the pool: what a worker process does.

Workers write what they compute into the store themselves, so that a coordinator that is killed takes nothing with it.
"""

import os
import pickle
import signal
import threading
import time
import traceback
from dataclasses import dataclass

from certifield.evidence import CertifieldError

_PATROL = 0.5  # seconds between two looks at the parent


def begin(parent: int) -> None:
    """Makes this process a worker of process ``parent``: deaf to Ctrl-C, and gone when the parent is."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()


@dataclass(frozen=True)
class Failure:
    """An exception on its way to the coordinator; notes are sent beside it, since not every exception carries them through a pickle."""

    error: Exception
    notes: tuple[str, ...]


def failure(error: Exception) -> Failure:
    """What travels in place of an outcome."""
    notes = tuple(getattr(error, "__notes__", ()))
    if not isinstance(error, CertifieldError):
        notes += ("".join(traceback.format_exception(error)),)
    try:
        return Failure(pickle.loads(pickle.dumps(error)), notes)
    except Exception:  # one that cannot be unpickled would break the pool
        return Failure(RuntimeError(f"{type(error).__name__}: {error}"), notes)


def _leave_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_PATROL)
    os._exit(1)
