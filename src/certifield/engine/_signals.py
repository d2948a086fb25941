"""Ctrl-C and SIGTERM, as terminals and clusters send them: to the coordinator alone, or to all processes at once."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator

_PATROL = 0.5  # seconds between two looks at the parent
_STOP = (signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def orderly_stop() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C or SIGTERM sets; the second raises `KeyboardInterrupt`.

    Outside the main thread signals are left alone.
    """
    asked = threading.Event()

    def on_signal(number: int, frame: object) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    previous = {number: signal.signal(number, on_signal) for number in _STOP}
    try:
        yield asked
    finally:
        for number, handler in previous.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)


def begin_worker(parent: int) -> None:
    """Makes this process a worker of process ``parent``: deaf to what the coordinator hears, and gone when the coordinator is."""
    for number in _STOP:
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()


def _leave_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_PATROL)
    os._exit(1)


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """Holds both signals back: a process started inside never sees them, and this one sees them at the end."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOP)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
