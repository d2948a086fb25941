"""Programs that are done with are given back: a plugin of pytest.

JAX keeps every program that it has compiled, and a worker of the suite compiles thousands: gigabytes, and mappings of which Linux
allows a process some 65,000.  A file of tests rarely needs the programs of the one before; what it does need comes from the cache.
"""

import ctypes
import gc
import sys
from contextlib import suppress
from pathlib import Path

import jax
import pytest

MOST_MAPPINGS = 8000  # about a gigabyte of programs; most files stay below, and pay nothing
MAPS = Path("/proc/self/maps")


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Between two files."""
    if nextitem is not None and item.path != nextitem.path and sys.platform == "linux" and _mappings() > MOST_MAPPINGS:
        jax.clear_caches()
        gc.collect()
        with suppress(OSError, AttributeError):  # of the C library of GNU: free pages go back to the system
            ctypes.CDLL(None).malloc_trim(0)


def _mappings() -> int:
    with MAPS.open("rb") as lines:
        return sum(1 for _ in lines)
