"""One thread, set before numpy and JAX are loaded, which is why this module loads neither.

A sum that is split over threads rounds differently, so whatever computes digits has one thread: the command line calls `prepare_process`
before anything else, the engine starts its processes so.
"""

import gc
import os
import sys

from ._cache import cache_folder

_ALGEBRA = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}  # read when numpy is loaded
_ONE_XLA_THREAD = "--xla_cpu_multi_thread_eigen=false"
_late: list[str] = []  # what was set when numpy was there already


def _of_jax() -> dict[str, str]:
    """Read when JAX is loaded."""
    flags = os.environ.get("XLA_FLAGS", "")
    return {"NPROC": "1", "XLA_FLAGS": flags if _ONE_XLA_THREAD in flags else f"{flags} {_ONE_XLA_THREAD}".strip()}


def settings() -> dict[str, str]:
    """The environment variables of a process of one thread."""
    return {**_ALGEBRA, **_of_jax()}


def cache_settings() -> dict[str, str]:
    """Where compiled programs are kept: an optimisation, which changes no number."""
    folder = os.environ.get("JAX_COMPILATION_CACHE_DIR") or str(cache_folder("jax"))
    return {"JAX_COMPILATION_CACHE_DIR": folder, "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0.2"}


def prepare_process() -> None:
    """Sets one thread, 64 bit and the cache of compiled programs for this process; call it before numpy and JAX are loaded.

    Cycles of garbage are looked for rarely: what JAX makes of a program lives on, and going through it all took a seventh of a short run.
    """
    gc.set_threshold(200_000, 20, 100)
    if "numpy" in sys.modules:
        _late.extend(name for name, value in _ALGEBRA.items() if os.environ.get(name) != value)
    os.environ.update(settings())
    for name, value in {"JAX_ENABLE_X64": "1", **cache_settings()}.items():
        os.environ.setdefault(name, value)


def lacking() -> list[str]:
    """The variables that this process was started without, so that it may have several threads.

    Those of JAX are set now if it is not loaded yet, as in a worker of Dask, which sets the others itself.
    """
    if "jax" not in sys.modules:
        os.environ.update(_of_jax())
    return [name for name, value in settings().items() if os.environ.get(name) != value or name in _late]
