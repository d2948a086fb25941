"""The folder for what can be made again: compiled programs and trained networks."""

import os
import sys
from pathlib import Path


def cache_folder(name: str) -> Path:
    """The folder of that name in Certifield's part of the cache folder of the user, as the platform has it."""
    asked = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if asked.is_absolute():  # an empty or relative name does not count, as that specification has it
        base = asked
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path.home() / ".cache"
    return base / "certifield" / name
