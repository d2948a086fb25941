"""How the command line starts JAX: 64 bit, and compiled programs kept between calls."""

import os

from certifield._cache import cache_folder


def start_numerics() -> None:
    """64-bit arithmetic on, and `keep_programs`; worker processes inherit both."""
    keep_programs()
    import jax

    jax.config.update("jax_enable_x64", True)


def keep_programs() -> None:
    """Compiled programs go to the user's cache folder, without importing what compiles them.

    The cache is an optimisation: it changes no number, and on some processors every entry is rejected when read back.
    """
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(cache_folder("jax")))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.2")
