"""Several processes: the same digits, and errors that say where they come from."""

import os
import pickle
import time
from pathlib import Path

import numpy as np
import pytest

from certifield import runners, studies
from certifield.evidence import InputError
from certifield.runners import Interrupted, Progress, WorkersLost, inline, pool
from certifield.runners._worker import failure
from certifield.studies import Precision, Seconds

ERF = """
seed = 3
[[system]]
name = "erf"
ensemble = "erf_net"
widths = [3, 20]
points = [[-0.5], [1.0]]
orders = [2, 4]
methods = ["neuron", "network-wick"]
[budget]
draws = 16384
block_size = 512
"""


def test_any_number_of_workers_gives_the_same_digits(coin, digits) -> None:
    directories = [coin(f"workers-{workers}") for workers in range(4)]
    for workers, directory in enumerate(directories):
        final = runners.run(directory, workers=workers)
        assert (final.done, final.total, final.draws) == (192, 192, 6144)
    first, *others = (digits(directory) for directory in directories)
    assert others == [first] * 3
    # Sabotage twin: one block less is another answer.
    next((directories[0] / "blocks").rglob("*.block")).unlink()
    assert digits(directories[0]) != first


def test_a_real_ensemble_has_the_same_digits_in_other_processes(tmp_path: Path, digits) -> None:
    (tmp_path / "erf.toml").write_text(ERF)
    for name in ("inline", "pool"):
        studies.create(tmp_path / "erf.toml", tmp_path / name)
    inline.run(tmp_path / "inline")
    pool.run(tmp_path / "pool", workers=2)
    assert digits(tmp_path / "inline") == digits(tmp_path / "pool")
    rows = studies.answer(tmp_path / "pool").rows
    assert len(rows) == 8
    for row in rows:
        assert row.no_closed_form is None
        trusted = ~row.estimate.refused
        assert trusted.any()
        assert np.all(abs(row.estimate.mean - row.exact.value)[trusted] < 4.89 * row.estimate.stderr[trusted])
    assert all(check.accepted for check in studies.verify_blocks(tmp_path / "pool", how_many=4))


def test_a_target_error_takes_the_same_blocks_with_any_number_of_workers(coin, digits) -> None:
    runs = {workers: coin(f"workers-{workers}", methods='["neuron"]') for workers in (0, 1, 2)}
    done = {workers: runners.run(directory, Precision(0.1), workers).done for workers, directory in runs.items()}
    assert len(set(done.values())) == 1 and done[0] > 64
    assert digits(runs[0]) == digits(runs[1]) == digits(runs[2])


def test_seconds(coin) -> None:
    directory = coin(parameters="{ pause = 0.02 }")
    told: list[Progress] = []
    final = pool.run(directory, Seconds(1.5), 2, told.append)
    study = studies.open(directory)
    store = studies.Store(directory, study.digest())
    assert final.done == sum(len(store.done(quantity.name)) for quantity in study.quantities) > 0
    assert final.total is None and final.elapsed < 30


def test_progress_is_told_while_a_block_takes_its_time(coin) -> None:
    told: list[Progress] = []
    pool.run(coin(parameters="{ pause = 1.5 }", draws="1\nblock_size = 8", methods='["neuron"]'), workers=1, progress=told.append)
    assert sum(progress.done == 0 for progress in told) >= 3


def test_an_error_in_a_worker_names_the_block(coin) -> None:
    directory = coin(parameters='{ fault = "raises" }')
    with pytest.raises(InputError, match="catch the coin") as caught:
        pool.run(directory, workers=2)
    assert f"in block 5 of coin/neuron of the study in {directory}, seed 5" in caught.value.__notes__


def test_workers_that_keep_dying(coin) -> None:
    directory = coin(parameters='{ fault = "dies" }')
    with pytest.raises(WorkersLost, match=r"5 times in a row .* block \d+ of coin/neuron"):
        pool.run(directory, workers=1)


def test_a_block_that_changes_its_mind(coin) -> None:
    """Two coordinators of a study whose blocks are random: the second arrival of a block differs from the first."""
    directory = coin(parameters='{ fault = "drifts" }')
    inline.run(directory)
    rejected = [check for check in studies.verify_blocks(directory, 20) if not check.accepted]
    assert len(rejected) == 20


def test_the_environment_is_left_alone(coin) -> None:
    before = dict(os.environ)
    pool.run(coin(draws="64\nblock_size = 32"), workers=2)
    assert dict(os.environ) == before


def test_number_of_workers(coin) -> None:
    assert pool.cores() >= 1
    with pytest.raises(InputError, match="workers"):
        pool.run(coin(), workers=0)


class Stubborn(Exception):
    def __init__(self, one: object, two: object) -> None:
        super().__init__(f"{one} and {two}")


def test_exceptions_travel() -> None:
    """One that cannot be unpickled arrives as its text; others arrive as they are, with the trace of where they came from."""
    try:
        raise Stubborn(1, 2)
    except Stubborn as error:
        sent = failure(error)
    assert isinstance(sent.error, RuntimeError) and "Stubborn: 1 and 2" in str(sent.error)
    assert "test_pool.py" in sent.notes[0]
    plain = failure(InputError("a", 1, "b", "c"))
    assert isinstance(plain.error, InputError) and plain.notes == ()
    assert pickle.loads(pickle.dumps(sent)).notes == sent.notes


def test_the_record_of_an_interruption_travels() -> None:
    progress = Progress(3, 4, 5, 1.0, 2.0, "q")
    again = pickle.loads(pickle.dumps(Interrupted(progress)))
    assert again.progress == progress and "3 blocks" in str(again)


def test_a_pool_ends_without_leaving_processes(coin) -> None:
    import multiprocessing

    pool.run(coin(draws="64\nblock_size = 32"), workers=2)
    deadline = time.monotonic() + 10
    while multiprocessing.active_children() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert multiprocessing.active_children() == []
