"""Ctrl-C: the first asks for an orderly stop, the second does not wait."""

import contextlib
import signal
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def orderly_stop() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C sets; the second raises `KeyboardInterrupt`.  Outside the main thread Ctrl-C is left alone."""
    asked = threading.Event()

    def on_interrupt(number: int, frame: object) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    previous = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, previous)
