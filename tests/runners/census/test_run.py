"""Runs of a census: the same answers in one process and in two, rounds in their order, and honest progress."""

from pathlib import Path

import pytest

from certifield.evidence import CertificateRejected, InputError
from certifield.runners import census as runner
from certifield.runners.census._answer import Outcome
from certifield.runners.census._meter import Meter
from certifield.studies import census
from certifield.studies.census import Answered, Item


def test_one_process_and_two_give_the_same_bytes(braids, answers, tmp_path: Path) -> None:
    prepared = tmp_path / "prepared"
    prepared.mkdir()
    directories = [braids(f"with-{workers}", prepared=f'"{prepared}"') for workers in (0, 2)]
    for workers, directory in zip((0, 2), directories, strict=True):
        told: list[runner.Progress] = []
        last = runner.run(directory, workers=workers, progress=told.append)
        assert [progress.budget for progress in told] == sorted(progress.budget for progress in told), "a round ends before the next"
        assert (last.certified, last.obstructed, last.unknown, last.items) == (4, 1, 3, 8)
        assert (last.done, last.total, last.budget, last.remaining) == (4, 4, 200, 0.0)
    first, second = (answers(directory) for directory in directories)
    assert first == second and len(first) == 1 + 12 + 5
    assert 2 <= len(list(prepared.iterdir())) <= 3, "every process prepares once"


def test_what_is_there_is_not_answered_again(braids) -> None:
    directory = braids()
    runner.run(directory, workers=0)
    times = {path: path.stat().st_mtime_ns for path in (directory / "answers").rglob("*.json")}
    again = runner.run(directory, workers=0)
    assert again.total == 0 and {path: path.stat().st_mtime_ns for path in times} == times
    contents = {path: path.read_bytes() for path in times}
    for path in contents:  # each of them lost, whether of an early round or of a late one
        path.unlink()
        assert runner.run(directory, workers=0).unknown == 3 and path.read_bytes() == contents[path]


def test_time_that_is_up_leaves_the_rest(braids) -> None:
    directory = braids(pause="0.2")
    stopped = runner.run(directory, seconds=0.3, workers=0)
    assert 0 < stopped.done < 8 and stopped.budget == 14
    assert stopped.remarks == (f"stopped after 0.3 seconds; {8 - stopped.certified - stopped.obstructed} items wait for more",)
    with pytest.raises(InputError, match="seconds"):
        runner.run(directory, seconds=0.0)


def test_a_task_that_stumbles_names_the_item(braids) -> None:
    directory = braids(mistake='"raise"', from_item="4")
    with pytest.raises(ArithmeticError) as caught:
        runner.run(directory, workers=0)
    assert any("at item braid-004 with budget 14 of the census" in note for note in caught.value.__notes__)
    assert len(list((directory / "answers").rglob("*.json"))) == 4
    with pytest.raises(ArithmeticError) as caught:
        runner.run(directory, workers=1)
    assert any("at item braid-004" in note for note in caught.value.__notes__)


def test_a_false_proof_stops_the_run(braids) -> None:
    with pytest.raises(CertificateRejected, match="is no proof, and was not stored"):
        runner.run(braids(mistake='"false proof"'), workers=0)


def test_workers_are_counted(braids) -> None:
    with pytest.raises(InputError, match="workers"):
        runner.run(braids(), workers=-1)


def test_a_study_of_blocks_is_refused(tmp_path: Path) -> None:
    from certifield import studies

    studies.create(Path(__file__).parents[2] / "studies" / "coin" / "study.toml", tmp_path / "coin")
    with pytest.raises(InputError):
        runner.run(tmp_path / "coin", workers=0)
    with pytest.raises(InputError, match="the directory of a study"):
        census.open(tmp_path / "nothing")


def test_the_rest_of_a_round_is_predicted_from_its_mean() -> None:
    meter = Meter(workers=2, seconds=None)
    meter.begin(14, [Answered(Item(f"a{number}")) for number in range(10)], 10)
    assert meter.progress().remaining is None
    for number, seconds in enumerate((1.0, 3.0, None)):
        meter.count(Outcome(f"a{number}", 14, "unknown", seconds))
    progress = meter.progress()
    assert progress.remaining == pytest.approx(2.0 * 7 / 2)
    assert (progress.unknown, progress.done, progress.item) == (3, 3, "a2")
    assert progress.kept == "answers to 3 of 10 items"
