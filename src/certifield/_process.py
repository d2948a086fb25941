"""How a process that computes is set up, before numpy and JAX are loaded: this module imports neither.

One thread, since a sum that is split over threads rounds differently; 64 bit; and compiled programs kept in the user's cache folder, which
is an optimisation and changes no number.
"""

import os

from ._cache import cache_folder

_ONE = {"NPROC": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
_ONE_XLA_THREAD = "--xla_cpu_multi_thread_eigen=false"


def one_thread() -> dict[str, str]:
    """The environment of a process that computes pieces, beside what is there already."""
    flags = os.environ.get("XLA_FLAGS", "")
    return {**_ONE, "XLA_FLAGS": flags if _ONE_XLA_THREAD in flags else " ".join([flags, _ONE_XLA_THREAD]).strip()}


def kept_programs() -> dict[str, str]:
    """Where JAX keeps compiled programs, unless the user has said so."""
    settings = {"JAX_COMPILATION_CACHE_DIR": str(cache_folder("jax")), "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0.2"}
    return {name: os.environ.get(name, value) for name, value in settings.items()}


def set_up() -> None:
    """Sets one thread, 64 bit and the cache of compiled programs for this process and those it starts."""
    os.environ.update({**one_thread(), **kept_programs(), "JAX_ENABLE_X64": os.environ.get("JAX_ENABLE_X64", "1")})


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
