"""Worker processes: how they are started and ended."""

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from ._worker import begin

# One thread a process: as many processes as cores are at work, and a sum split over threads could round differently.
_ONE_THREAD = {"NPROC": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
_ONE_XLA_THREAD = "--xla_cpu_multi_thread_eigen=false"


class Processes:
    """An executor and the processes behind it."""

    def __init__(self, workers: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.executor = ProcessPoolExecutor(workers, mp_context=context, initializer=begin, initargs=(os.getpid(),))
        before = set(multiprocessing.active_children())
        with _one_thread(), _deaf_to_interrupts():
            for _ in range(workers):  # a process is started for each task that finds none idle: now, all of them
                self.executor.submit(os.getpid)
        self.processes = set(multiprocessing.active_children()) - before

    def end(self) -> None:
        """Ends the processes.  Blocks that are in the making are lost, those that are stored are not."""
        for process in self.processes:
            process.kill()
        self.executor.shutdown(wait=True, cancel_futures=True)


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """The environment that a process started inside inherits; libraries read it when they are first loaded."""
    flags = " ".join([os.environ.get("XLA_FLAGS", ""), _ONE_XLA_THREAD]).strip()
    settings = {**_ONE_THREAD, "XLA_FLAGS": flags}
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


@contextlib.contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Holds Ctrl-C back: a process started inside never sees it, and this one sees it at the end."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
