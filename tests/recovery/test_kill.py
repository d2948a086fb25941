"""Whatever is killed, and however often, the digits are those of the undisturbed run."""

import os
import random
import signal
import time
from pathlib import Path

from certifield import studies
from certifield.runners import inline
from certifield.studies import Store

KILLS = 20
SLOW = "{ pause = 0.02 }"  # longer blocks, the same numbers


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")  # dead, but not yet buried by its new parent
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")


def blocks(directory: Path) -> list[Path]:
    return sorted((directory / "blocks").rglob("*.block"))


def test_twenty_kills_of_workers_and_coordinators(coin, digits, coordinate, wait_for) -> None:
    """kill -9 at random moments, of a worker or of the coordinator as chance decides; orphaned workers leave by themselves."""
    chance = random.Random(2026)
    directory, undisturbed = coin("disturbed", parameters=SLOW), coin("undisturbed")
    inline.run(undisturbed)
    victims = {"worker": 0, "coordinator": 0}
    workers: set[int] = set()
    run = coordinate(directory, 2)
    while sum(victims.values()) < KILLS:
        before = len(blocks(directory))
        wait_for(lambda run=run, before=before: len(blocks(directory)) > before or run.process.poll() is not None)
        time.sleep(chance.uniform(0.0, 0.1))
        workers |= set(run.workers())
        if run.process.poll() is not None:  # done before the kills were used up: undo some of it
            for path in chance.sample(blocks(directory), 60):
                path.unlink()
            run = coordinate(directory, 2)
        elif run.workers() and chance.random() < 0.7:
            victim = chance.choice(run.workers())
            if alive(victim):
                os.kill(victim, signal.SIGKILL)
                victims["worker"] += 1
        else:
            run.process.kill()
            run.process.wait()
            victims["coordinator"] += 1
            run = coordinate(directory, 2)
    assert min(victims.values()) >= 3, victims
    assert run.ended() == (0, "")
    assert digits(directory) == digits(undisturbed)
    wait_for(lambda: not any(map(alive, workers)))
    Store(directory, studies.open(directory).digest())
    assert not list((directory / "blocks").rglob("*.tmp")), "what the dead left half written is cleared away"
    assert not list((directory / "blocks").rglob("*.damaged-*")), "and no block is ever seen half written"


def test_two_coordinators_of_one_directory(coin, digits, coordinate) -> None:
    directory, undisturbed = coin("shared", parameters=SLOW), coin("alone")
    inline.run(undisturbed)
    both = [coordinate(directory, 1) for _ in range(2)]
    assert [run.ended() for run in both] == [(0, "")] * 2
    assert digits(directory) == digits(undisturbed)
    assert not list((directory / "blocks").rglob("*.damaged-*"))


def test_an_orphaned_worker_leaves(coin, coordinate, wait_for) -> None:
    run = coordinate(coin(parameters="{ pause = 0.05 }"), 2)
    wait_for(lambda: len(run.workers()) == 2)
    workers = run.workers()
    run.process.kill()
    run.process.wait()
    wait_for(lambda: not any(map(alive, workers)))
