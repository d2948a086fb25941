"""The arithmetic in which pieces are computed: its precision, and one thread, in every way to run.

A sum that is split over threads rounds differently, and one that has another precision is another number; so both are set before the
libraries that read them are loaded: by the command line at its start, by the pool for the processes it starts.
"""

import contextlib
import os
import sys
from collections.abc import Iterator

from certifield._cache import cache_folder
from certifield.evidence import InputError

_ONE = {"NPROC": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
_ONE_XLA_THREAD = "--xla_cpu_multi_thread_eigen=false"
# Compiled programs go to the user's cache folder: an optimisation, which changes no number.
_CACHE = {"JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0.2"}


def one_thread() -> dict[str, str]:
    """The environment of a process that computes pieces, beside what is there already."""
    flags = os.environ.get("XLA_FLAGS", "")
    return {**_ONE, "XLA_FLAGS": flags if _ONE_XLA_THREAD in flags else " ".join([flags, _ONE_XLA_THREAD]).strip()}


def prepare_process() -> None:
    """Sets one thread, 64 bit and the cache of compiled programs for this process; call it before numpy and JAX are loaded."""
    os.environ.update(one_thread())
    os.environ.setdefault("JAX_ENABLE_X64", "1")
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(cache_folder("jax")))
    for name, value in _CACHE.items():
        os.environ.setdefault(name, value)


def check_process() -> None:
    """Raises `InputError` where this process was not started for one thread, so that its digits might be others."""
    wanted = one_thread()
    lacking = {name: os.environ.get(name) for name, value in wanted.items() if os.environ.get(name) != value}
    if lacking:
        settings = " ".join(f"{name}={value!r}" for name, value in wanted.items())
        raise InputError(
            "environment", lacking, "that of one thread, in a process that computes pieces itself", f"use workers=1, or start it with {settings}"
        )


@contextlib.contextmanager
def environment() -> Iterator[None]:
    """The environment that a process started inside inherits; libraries read it when they are first loaded."""
    settings = {**one_thread(), "JAX_COMPILATION_CACHE_DIR": os.environ.get("JAX_COMPILATION_CACHE_DIR") or str(cache_folder("jax")), **_CACHE}
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


@contextlib.contextmanager
def arithmetic(precision: str) -> Iterator[None]:
    """JAX in ``precision`` ("float64" or "float32") inside a with-block, whether it is loaded already or will be there."""
    name, value = "JAX_ENABLE_X64", "1" if precision == "float64" else "0"
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        if "jax" in sys.modules:
            import jax

            with jax.enable_x64(precision == "float64"):
                yield
        else:
            yield
    finally:
        os.environ.pop(name) if before is None else os.environ.update({name: before})


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


