import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from four_kinds import BUDGETS

from certifield.study import Budget

COORDINATOR = Path(__file__).parent / "coordinator.py"


@dataclass(frozen=True)
class Coordinator:
    """A run in a process group of its own, as a terminal would start it."""

    process: subprocess.Popen[str]
    log: Path

    def lines(self) -> list[list[int]]:
        """Pieces done and worker processes, as told so far."""
        return [[int(word) for word in line.split()] for line in self.log.read_text().splitlines(keepends=True) if line.endswith("\n")]

    def workers(self) -> list[int]:
        """Its worker processes, as last told."""
        return self.lines()[-1][1:] if self.lines() else []

    def ended(self, seconds: float = 120.0) -> tuple[int, str]:
        """Exit status and what it wrote on standard error."""
        _, errors = self.process.communicate(timeout=seconds)
        return self.process.returncode, errors


@pytest.fixture
def coordinate(tmp_path: Path) -> Iterator[Callable[..., Coordinator]]:
    """Starts coordinators whose pieces take their time; those that are left at the end are killed."""
    running: list[Coordinator] = []

    def start(directory: Path, workers: int, budget: Budget | str, *share: int, pause: float = 0.02) -> Coordinator:
        log = tmp_path / f"coordinator-{len(running)}.log"
        asked = BUDGETS[budget] if isinstance(budget, str) else budget
        command = [
            sys.executable,
            str(COORDINATOR),
            str(directory),
            str(workers),
            asked.model_dump_json(exclude_none=True),
            *map(str, share),
        ]
        with log.open("w") as file:
            process = subprocess.Popen(
                command, stdout=file, stderr=subprocess.PIPE, text=True, start_new_session=True, env={**os.environ, "PAUSE": str(pause)}
            )
        running.append(Coordinator(process, log))
        return running[-1]

    yield start
    for coordinator in running:
        if coordinator.process.poll() is None:
            os.killpg(coordinator.process.pid, signal.SIGKILL)
        coordinator.process.communicate()


@pytest.fixture
def wait_for() -> Callable[..., None]:
    """Waits until a condition holds."""

    def wait(condition: Callable[[], bool], seconds: float = 90.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "waited too long"
            time.sleep(0.02)

    return wait
