"""A census that is killed again and again has the answers, certificates and results of one that was left alone, byte for byte."""

import os
import random
import signal
import time
from pathlib import Path

from braid_census import answers as answers, braids as braids, question as question

from certifield.runners import census as runner

KILLS = 8
SLOW = {"pause": "0.05", "count": "40"}


def stored(directory: Path) -> int:
    return len(list((directory / "answers").rglob("*.json")))


def test_kills_of_workers_and_coordinators(braids, answers, coordinate, wait_for) -> None:
    """kill -9 at random moments; every second coordinator answers by itself, the others have two workers."""
    chance = random.Random(2026)
    directory, undisturbed = braids("disturbed", **SLOW), braids("undisturbed", **SLOW)
    kills = 0
    run = coordinate(directory, 0)
    while kills < KILLS:
        before = stored(directory)
        wait_for(lambda run=run, before=before: stored(directory) > before or run.process.poll() is not None)
        time.sleep(chance.uniform(0.0, 0.1))
        if run.process.poll() is not None:  # done before the kills were used up: undo some of it
            for path in chance.sample(sorted((directory / "answers").rglob("*.json")), 30):
                path.unlink()
        elif run.workers() and chance.random() < 0.5:
            os.kill(chance.choice(run.workers()), signal.SIGKILL)
            kills += 1
            continue
        else:
            run.process.kill()
            run.process.wait()
            kills += 1
        run = coordinate(directory, 2 if kills % 4 == 1 else 0)
    assert run.ended() == (0, "")
    runner.run(undisturbed, workers=0)
    assert answers(directory) == answers(undisturbed)
    assert not list(directory.rglob("*.tmp")) and not list(directory.rglob("*.damaged-*"))


def test_two_coordinators_of_one_directory(braids, answers, coordinate) -> None:
    directory, undisturbed = braids("shared", **SLOW), braids("alone", **SLOW)
    both = [coordinate(directory, 0) for _ in range(2)]
    assert [run.ended() for run in both] == [(0, "")] * 2
    runner.run(undisturbed, workers=0)
    assert answers(directory) == answers(undisturbed)


def test_ctrl_c_ends_in_good_order(braids, answers, coordinate, wait_for) -> None:
    directory, undisturbed = braids("interrupted", **SLOW), braids("undisturbed", **SLOW)
    run = coordinate(directory, 0)
    wait_for(lambda: stored(directory) > 2)
    os.killpg(run.process.pid, signal.SIGINT)
    status, errors = run.ended()
    assert status == 3
    assert errors == f"Interrupted after answers to {stored(directory)} of 40 items, which are all kept. Run the study again to continue.\n"
    runner.run(directory, workers=0)
    runner.run(undisturbed, workers=0)
    assert answers(directory) == answers(undisturbed)
