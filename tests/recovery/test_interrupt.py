"""Ctrl-C, as a terminal sends it: to every process of the group at once."""

import os
import signal
import time
from pathlib import Path

import pytest

from certifield.runners import inline

SHORT = "512\nblock_size = 32"  # 48 blocks in all


def blocks(directory: Path) -> int:
    return len(list((directory / "blocks").rglob("*.block")))


@pytest.mark.parametrize("workers", [0, 2])
def test_the_first_one_ends_in_good_order(coin, digits, coordinate, wait_for, workers: int) -> None:
    directory, undisturbed = coin("interrupted", parameters="{ pause = 0.2 }", draws=SHORT), coin("undisturbed", draws=SHORT)
    run = coordinate(directory, workers)
    wait_for(lambda: any(done > 0 for done, *_ in run.lines()))
    os.killpg(run.process.pid, signal.SIGINT)
    status, errors = run.ended()
    assert status == 3
    assert errors == f"Interrupted after {blocks(directory)} blocks, which are all kept. Run the study again to continue.\n"
    assert 0 < blocks(directory) < 48
    inline.run(directory)
    inline.run(undisturbed)
    assert digits(directory) == digits(undisturbed)


def test_the_second_one_does_not_wait(coin, coordinate, wait_for) -> None:
    directory = coin(parameters="{ pause = 100.0 }")
    run = coordinate(directory, 2)
    wait_for(lambda: len(run.lines()) > 3)  # ticks: the workers are at it
    os.killpg(run.process.pid, signal.SIGINT)
    time.sleep(1.0)
    assert run.process.poll() is None, "the first one waits for the blocks in flight"
    os.killpg(run.process.pid, signal.SIGINT)
    assert run.ended(seconds=60) == (3, "Interrupted after 0 blocks, which are all kept. Run the study again to continue.\n")
    assert blocks(directory) == 0


def test_before_anything_is_done(coin, coordinate, wait_for) -> None:
    """While the workers are still starting."""
    run = coordinate(coin(parameters="{ pause = 0.2 }"), 2)
    wait_for(lambda: len(run.lines()) > 0)
    os.killpg(run.process.pid, signal.SIGINT)
    status, errors = run.ended()
    assert status == 3 and errors.startswith("Interrupted after"), errors
