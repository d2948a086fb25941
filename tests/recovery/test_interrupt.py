"""Ctrl-C, as a terminal sends it: to every process of the group at once; and SIGTERM, as clusters end programs."""

import os
import signal
import time
from pathlib import Path

import pytest
from four_kinds import contents, created, left_alone, pieces

from certifield import engine


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("workers", [0, 2])
def test_the_first_one_ends_in_good_order(workers: int, number: signal.Signals, coordinate, wait_for, tmp_path: Path) -> None:
    directory = created("primes", tmp_path / "run", count=60)
    run = coordinate(directory, workers, "primes", pause=0.1)
    wait_for(lambda: any(done > 0 for done, *_ in run.lines()))
    os.killpg(run.process.pid, number)
    status, errors = run.ended()
    assert status == 3
    assert errors == f"Interrupted with {len(pieces(directory))} pieces of 60, which are all kept. Run the study again to continue.\n"
    assert 0 < len(pieces(directory)) < 60
    last = engine.LastRun.load(directory)
    assert last is not None and not last.finished, "what was asked for is remembered, to be continued"
    engine.run(directory, last.budget, workers=0)
    assert contents(directory) == contents(left_alone("primes", tmp_path / "alone", count=60))


def test_the_second_one_does_not_wait(coordinate, wait_for, tmp_path: Path) -> None:
    run = coordinate(created("walk", tmp_path / "run"), 2, "walk", pause=100.0)
    wait_for(lambda: len(run.lines()) > 5)  # ticks: the workers are at it
    os.killpg(run.process.pid, signal.SIGINT)
    time.sleep(1.0)
    assert run.process.poll() is None, "the first one waits for the pieces in flight"
    os.killpg(run.process.pid, signal.SIGINT)
    assert run.ended(seconds=60) == (3, "Interrupted with 0 pieces of 18, which are all kept. Run the study again to continue.\n")
    assert pieces(tmp_path / "run") == []


def test_before_anything_is_done(coordinate, wait_for, tmp_path: Path) -> None:
    """While the workers are still starting."""
    run = coordinate(created("primes", tmp_path / "run"), 2, "primes", pause=0.2)
    wait_for(lambda: len(run.lines()) > 0)
    os.killpg(run.process.pid, signal.SIGINT)
    status, errors = run.ended()
    assert status == 3 and errors.startswith("Interrupted with"), errors
