"""The other side of the pool: what a worker process does.

Workers write their blocks into the store themselves, so that a coordinator that is killed takes nothing with it.
"""

import os
import pickle
import signal
import threading
import time
import traceback
from dataclasses import dataclass
from functools import lru_cache

from certifield.evidence import CertifieldError
from certifield.studies import Store, Study, open as open_study

from ._block import store_block
from ._meter import Outcome

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


def work(directory: str, digest: str, quantity: str, index: int) -> Outcome | Failure:
    """Stores one block."""
    try:
        return store_block(*_opened(directory, digest), quantity, index)
    except Exception as error:
        return _failure(error)


@lru_cache(maxsize=1)
def _opened(directory: str, digest: str) -> tuple[Study, Store]:
    return open_study(directory, check=False), Store(directory, digest)


def _failure(error: Exception) -> Failure:
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
