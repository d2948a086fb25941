"""The arithmetic in which pieces are computed: its precision, and one thread, in every way to run.

Both are set before the libraries that read them are loaded: by the command line at its start, by the pool for the processes it starts.
"""

import contextlib
import os
import sys
from collections.abc import Iterator

from certifield._process import kept_programs, one_thread
from certifield.evidence import InputError


def check_process() -> None:
    """Raises `InputError` where this process was not started for one thread, so that its digits might be others."""
    wanted = one_thread()
    lacking = {name: os.environ.get(name) for name, value in wanted.items() if os.environ.get(name) != value}
    if lacking:
        settings = " ".join(f"{name}={value!r}" for name, value in wanted.items())
        allowed = "that of one thread, in a process that makes pieces itself"
        raise InputError("environment", lacking, allowed, f"use workers=1, or start the process with {settings}")


@contextlib.contextmanager
def environment() -> Iterator[None]:
    """The environment that a process started inside inherits; libraries read it when they are first loaded."""
    with _set(one_thread() | kept_programs()):
        yield


@contextlib.contextmanager
def arithmetic(precision: str) -> Iterator[None]:
    """JAX in ``precision`` ("float64" or "float32") inside a with-block, whether it is loaded already or will be there."""
    wide = precision == "float64"
    with _set({"JAX_ENABLE_X64": "1" if wide else "0"}):
        if "jax" in sys.modules:
            import jax

            with jax.enable_x64(wide):
                yield
        else:
            yield


@contextlib.contextmanager
def _set(settings: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
