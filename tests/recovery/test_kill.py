"""Whatever is killed, and however often, the bytes are those of the undisturbed run."""

import os
import random
import signal
import time
from pathlib import Path

import pytest
from four_kinds import KINDS, contents, created, digits, left_alone, pieces

from certifield import engine
from certifield.study import Budget

# Long enough to be killed in the middle, in tiny pieces.
SLOW = {
    "primes": ({"count": 150}, Budget()),
    "braids": ({"count": 60}, Budget(rounds=(3, 6, 40))),
    "walk": ({}, Budget(steps=60)),
    "coin": ({}, Budget(draws=250_000)),
}


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")  # dead, but not yet buried by its new parent
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")


def kill_again_and_again(kind: str, directory: Path, kills: int, coordinate, wait_for) -> None:
    """kill -9 at random moments, of a worker or of the coordinator as chance decides, until the run is allowed to end."""
    (options, budget), chance, killed, seen = SLOW[kind], random.Random(2026), {"worker": 0, "coordinator": 0}, set()
    created(kind, directory, **options)
    run = coordinate(directory, 2, budget)
    while sum(killed.values()) < kills:
        before = len(pieces(directory))
        wait_for(lambda run=run, before=before: len(pieces(directory)) > before or run.process.poll() is not None)
        time.sleep(chance.uniform(0.0, 0.1))
        seen |= set(run.workers())
        if run.process.poll() is not None:  # done before the kills were used up: undo some of it
            for path in chance.sample(pieces(directory), len(pieces(directory)) // 2):
                path.unlink()
            run = coordinate(directory, 2, budget)
        elif run.workers() and chance.random() < 0.6:
            victim = chance.choice(run.workers())
            if alive(victim):
                os.kill(victim, signal.SIGKILL)
                killed["worker"] += 1
        else:
            run.process.kill()
            run.process.wait()
            killed["coordinator"] += 1
            run = coordinate(directory, sum(killed.values()) % 3, budget)
    assert run.ended() == (0, "")
    engine.open_study(directory).store.tidy()  # what the dead left half written
    assert min(killed.values()) >= kills // 6, killed
    wait_for(lambda: not any(map(alive, seen)))  # orphaned workers leave by themselves


@pytest.mark.parametrize("kind, kills", [(kind, 4) for kind in KINDS] + [pytest.param(kind, 24, marks=pytest.mark.slow) for kind in KINDS])
def test_kills_of_workers_and_coordinators(kind: str, kills: int, coordinate, wait_for, tmp_path: Path) -> None:
    options, budget = SLOW[kind]
    kill_again_and_again(kind, tmp_path / "disturbed", kills, coordinate, wait_for)
    alone = left_alone(kind, tmp_path / "alone", budget, **options)
    assert digits(tmp_path / "disturbed") == digits(alone)
    assert contents(tmp_path / "disturbed") == contents(alone), "nothing half written, nothing set aside"


def test_the_stages_of_a_target_error_are_decided_as_if_nothing_had_happened(coordinate, wait_for, tmp_path: Path) -> None:
    """Killed between and within stages; the number of blocks is that of the undisturbed run."""
    budget = Budget(stderr=0.1)
    directory = created("coin", tmp_path / "disturbed")
    for seen in (4, 12, 30):
        run = coordinate(directory, 1, budget)
        wait_for(lambda run=run, seen=seen: len(pieces(directory)) > seen or run.process.poll() is not None)
        workers = run.workers()
        run.process.kill()
        run.process.wait()
        wait_for(lambda workers=workers: not any(map(alive, workers)))  # what an orphan is writing now would be swept away later only
    assert coordinate(directory, 2, budget).ended() == (0, "")
    assert contents(directory) == contents(left_alone("coin", tmp_path / "alone", budget))


@pytest.mark.parametrize("kind", ["braids", "walk"])
def test_one_of_two_coordinators_is_killed(kind: str, coordinate, wait_for, tmp_path: Path) -> None:
    """Shares are a preference, not a promise: the survivor does the work of both."""
    options, budget = SLOW[kind]
    directory = created(kind, tmp_path / "shared", **options)
    first, second = coordinate(directory, 0, budget, 0, 2), coordinate(directory, 1, budget, 1, 2)
    wait_for(lambda: len(pieces(directory)) > 10)
    first.process.kill()
    first.process.wait()  # a process that nobody waited for still counts as one that is alive
    assert second.ended() == (0, "")
    assert coordinate(directory, 0, budget).ended() == (0, "")  # sweeps away what the first had in the making
    assert contents(directory) == contents(left_alone(kind, tmp_path / "alone", budget, **options))


def test_an_orphaned_worker_leaves(coordinate, wait_for, tmp_path: Path) -> None:
    run = coordinate(created("primes", tmp_path / "run", count=300), 2, "primes", pause=0.05)
    wait_for(lambda: len(run.workers()) == 2)
    workers = run.workers()
    run.process.kill()
    run.process.wait()
    wait_for(lambda: not any(map(alive, workers)))
