"""The loop behind all runners, in one process."""

import threading
from pathlib import Path

import pytest

from certifield import runners, studies
from certifield.evidence import InputError
from certifield.runners import Progress, inline
from certifield.studies import Draws, Precision, Seconds, Store


def count(directory: Path) -> dict[str, int]:
    study = studies.open(directory)
    store = Store(directory, study.digest())
    return {quantity.name: len(store.done(quantity.name)) for quantity in study.quantities}


def test_draws(coin) -> None:
    told: list[Progress] = []
    directory = coin()
    final = inline.run(directory, progress=told.append)
    assert count(directory) == {"coin/neuron": 64, "coin/network-wick/N=1": 64, "coin/network-wick/N=2": 64}
    assert (final.done, final.total, final.draws, final.remaining, final.remarks) == (192, 192, 6144, 0.0, ())
    assert [progress.done for progress in told] == [*range(193), 192]
    assert told[1].remaining is None and all(progress.remaining is not None for progress in told[2:])
    assert [progress.elapsed for progress in told] == sorted(progress.elapsed for progress in told)
    assert told[100].quantity == "coin/network-wick/N=1"


def test_more_draws_continue(coin, digits) -> None:
    directory = coin()
    inline.run(directory, Draws(1000))
    assert set(count(directory).values()) == {32}
    told: list[Progress] = []
    inline.run(directory, Draws(3000), progress=told.append)
    assert set(count(directory).values()) == {94}
    assert (told[0].done, told[0].total) == (96, 282), "blocks of earlier runs count as done"
    at_once = coin("at-once")
    inline.run(at_once, Draws(3000))
    assert digits(at_once) == digits(directory)
    assert inline.run(directory, Draws(10)).done == 3, "less than there is: nothing to do"


def test_the_budget_of_a_system_counts(coin) -> None:
    directory = coin(methods='["neuron", "network-wick"]\nbudget = { neuron = { draws = 320 }, draws = 640, block_size = 32 }')
    inline.run(directory)
    assert count(directory) == {"coin/neuron": 10, "coin/network-wick/N=1": 20, "coin/network-wick/N=2": 20}


def test_seconds(coin) -> None:
    directory = coin(parameters="{ pause = 0.01 }")
    told: list[Progress] = []
    final = inline.run(directory, Seconds(0.5), told.append)
    blocks = count(directory)
    assert max(blocks.values()) - min(blocks.values()) <= 1, "quantities take turns"
    assert 3 <= sum(blocks.values()) <= 50
    assert final.total is None and final.done == sum(blocks.values())
    assert final.elapsed >= 0.5 and final.remaining == 0.0
    assert 0 < told[0].remaining <= 0.5
    again = inline.run(directory, Seconds(0.1))
    assert again.done == sum(count(directory).values()) > final.done


def test_target_error(coin) -> None:
    """The fourth power has standard deviation sqrt(96): 0.05 takes about 38 000 draws; the first stage has 16 384."""
    directory = coin(draws="1\nblock_size = 256")
    final = inline.run(directory, Precision(0.05))
    rows = [row for row in studies.answer(directory).rows if row.order == 4]
    assert all(row.estimate.stderr.max() <= 0.05 for row in rows)
    assert all(20_000 < row.draws < 100_000 for row in rows), "neither too few nor wildly too many"
    assert final.remarks == ()
    blocks = count(directory)
    inline.run(directory, Precision(0.05))
    assert count(directory) == blocks


def test_target_error_met_at_once_and_decided_on_its_own_blocks(coin) -> None:
    directory = coin()
    inline.run(directory, Precision(10.0))
    assert set(count(directory).values()) == {64}
    inline.run(directory, Draws(4096))
    final = inline.run(directory, Precision(10.0))
    assert (final.done, final.total) == (192, 192), "further blocks that happen to be there do not change the decision"


@pytest.mark.parametrize(
    "fault, budget, blocks, words",
    [
        ("heavy", Precision(1.0), 64 * 4, "refused (heavy tails)"),
        ("nonfinite", Precision(1.0), 64, "not finite"),
        ("", Precision(1e-3, max_draws=6400), 200, "the most allowed"),
        ("", Precision(1e-3, max_draws=320), 10, "the most allowed"),
    ],
)
def test_a_target_that_cannot_be_met_is_reported(
    coin, fault: str, budget: Precision, blocks: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = coin(parameters=f'{{ fault = "{fault}" }}', methods='["neuron"]')
    monkeypatch.setattr("certifield.runners.blocks._schedule._GROWTH", 2)
    remarks = inline.run(directory, budget).remarks
    assert set(count(directory).values()) == {blocks}
    assert len(remarks) == 1 and words in remarks[0] and f"{blocks * 32} draws" in remarks[0]


def test_an_error_names_the_block(coin) -> None:
    directory = coin(parameters='{ fault = "raises" }')
    with pytest.raises(InputError) as caught:
        inline.run(directory)
    assert caught.value.__notes__ == [f"in block 5 of coin/neuron of the study in {directory}, seed 5"]
    assert count(directory)["coin/neuron"] == 5


def test_a_damaged_block_is_computed_again(coin, digits) -> None:
    directory = coin()
    inline.run(directory)
    before = digits(directory)
    path = Store(directory, studies.open(directory).digest()).path("coin/neuron", 3)
    content = bytearray(path.read_bytes())
    content[-40] ^= 1
    path.write_bytes(content)
    told: list[Progress] = []
    inline.run(directory, progress=told.append)
    assert (told[0].done, told[-1].done) == (191, 192)
    assert digits(directory) == before


def test_outside_the_main_thread(coin) -> None:
    directory, done = coin(), []
    thread = threading.Thread(target=lambda: done.append(inline.run(directory)))
    thread.start()
    thread.join()
    assert done[0].done == 192


def test_one_door(coin) -> None:
    directory = coin()
    assert runners.run(directory, Draws(64), workers=0).done == 6
    with pytest.raises(InputError, match="workers"):
        runners.run(directory, workers=-1)
    with pytest.raises(InputError, match="certifield run"):
        runners.run(directory / "nowhere")
