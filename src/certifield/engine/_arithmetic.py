"""The arithmetic in which pieces are computed: its precision, and one thread, in every way to run."""

import contextlib
import os
import sys
from collections.abc import Iterator

from certifield._one_thread import cache_settings, lacking, settings
from certifield.evidence import InputError


def check_process() -> None:
    """Raises `InputError` where this process was not started for one thread, so that its digits might be others."""
    wrong = lacking()
    if wrong:
        started = " ".join(f"{name}={value!r}" for name, value in settings().items())
        raise InputError(
            "environment",
            {name: os.environ.get(name) for name in wrong},
            "that of one thread when numpy and JAX are loaded, in a process that computes pieces itself",
            f"let the engine start processes (workers=1 or more), or start this one, or the worker of a cluster: env {started} COMMAND",
        )


@contextlib.contextmanager
def environment() -> Iterator[None]:
    """The environment that a process started inside inherits; libraries read it when they are first loaded."""
    with _set({**settings(), **cache_settings()}):
        yield


@contextlib.contextmanager
def arithmetic(precision: str) -> Iterator[None]:
    """JAX in ``precision`` ("float64" or "float32") inside a with-block, whether it is loaded already or will be there."""
    wide = precision == "float64"
    with _set({"JAX_ENABLE_X64": str(int(wide))}):
        if "jax" in sys.modules:
            import jax

            with jax.enable_x64(wide):
                yield
        else:
            yield


@contextlib.contextmanager
def _set(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
