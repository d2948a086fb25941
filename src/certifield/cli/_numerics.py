"""How the command line starts JAX: 64 bit, and compiled programs kept between calls."""

import os
import sys
from pathlib import Path


def start_numerics() -> None:
    """64-bit arithmetic on, and `keep_programs`; worker processes inherit both."""
    keep_programs()
    import jax

    jax.config.update("jax_enable_x64", True)


def keep_programs() -> None:
    """Compiled programs go to the user's cache folder, without importing what compiles them.

    The cache is an optimisation: it changes no number, and on some processors every entry is rejected when read back.
    """
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(cache_folder()))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.2")


def cache_folder() -> Path:
    """Where compiled programs are kept: the cache folder of the user, as the platform has it."""
    if "XDG_CACHE_HOME" in os.environ:
        base = Path(os.environ["XDG_CACHE_HOME"])
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path.home() / ".cache"
    return base / "certifield" / "jax"
