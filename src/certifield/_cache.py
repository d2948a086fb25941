"""The folder for what can be made again: compiled programs and trained networks."""

import os
import sys
from pathlib import Path


def cache_folder(name: str) -> Path:
    """The folder of that name in Certifield's part of the cache folder of the user, as the platform has it."""
    if "XDG_CACHE_HOME" in os.environ:
        base = Path(os.environ["XDG_CACHE_HOME"])
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path.home() / ".cache"
    return base / "certifield" / name
