"""What a long fit tells while it works: its size beforehand, and a line a step."""

import sys
import time
from collections.abc import Callable

from certifield._arguments import a_function

LONG = 50_000_000  # parameters times points of a fit that takes longer than one waits for in silence
Told = Callable[[str], object]


class Progress:
    """Lines for ``told``, with the seconds since the start; without it they go to stderr."""

    def __init__(self, told: Told | None) -> None:
        self.told = _to_stderr if told is None else a_function("progress", told, "a line of text")
        self.start = time.monotonic()

    def __call__(self, line: str) -> None:
        """Tells a line."""
        self.told(f"{line}, {time.monotonic() - self.start:.0f} s")


def silent(line: str) -> None:
    """For work whose progress somebody else shows."""


def _to_stderr(line: str) -> None:
    print(f"certifield: {line}", file=sys.stderr, flush=True)
