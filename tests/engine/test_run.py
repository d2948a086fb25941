"""Runs: the same digits in one process and in several, stages that do not depend on who computes, and honest progress."""

import os
import threading
from pathlib import Path

import pytest
from four_kinds import BUDGETS, KINDS, contents, created, digits, left_alone, pieces

from certifield import engine
from certifield.engine import Progress, Share
from certifield.engine._meter import Made, Meter
from certifield.evidence import InputError
from certifield.study import Budget

HEAVY = """
import numpy as np
from certifield.evidence import Exact
from certifield.study import Case, Found, Options, Study

def piece(task, options):
    matrix = np.random.default_rng(task.seed).normal(size=(256, 256))
    return {"eigenvalues": np.linalg.eigh(matrix @ matrix.T)[0]}

def read(case, pieces, options):
    yield "pieces", Found(Exact(len(pieces), "counted"))

STUDY = Study(options=Options, cases=lambda options: [Case("a"), Case("b")], piece=piece, read=read)
"""


@pytest.mark.parametrize("kind", KINDS)
def test_any_number_of_workers_gives_the_same_bytes(kind: str, tmp_path: Path) -> None:
    alone = contents(left_alone(kind, tmp_path / "alone"))
    for workers in (1, 2, 3):
        directory = created(kind, tmp_path / str(workers))
        done = engine.run(directory, BUDGETS[kind], workers=workers)
        assert done.done == done.total == len(pieces(directory))
        assert contents(directory) == alone and digits(directory) == digits(tmp_path / "alone")
    # Sabotage twin: one piece less is another content.
    pieces(tmp_path / "1")[0].unlink()
    assert contents(tmp_path / "1") != alone


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shares", [(Share(0, 2), Share(1, 2)), (Share(), Share())], ids=["shared", "twice"])
def test_two_coordinators_of_one_directory(kind: str, shares: tuple[Share, Share], tmp_path: Path, monkeypatch) -> None:
    """At once, in one process: each makes what the other has not made."""
    monkeypatch.setenv("PAUSE", "0.002")
    directory, failed = created(kind, tmp_path / "shared"), []

    def coordinate(share: Share) -> None:
        try:
            engine.run(directory, BUDGETS[kind], workers=0, share=share)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=coordinate, args=(share,)) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert contents(directory) == contents(left_alone(kind, tmp_path / "alone"))


def test_linear_algebra_has_the_same_digits_in_this_process_and_in_another(tmp_path: Path) -> None:
    """A decomposition that splits its sums over threads where it may."""
    (tmp_path / "heavy.py").write_text(HEAVY)
    for workers in (0, 1):
        engine.create(tmp_path / "heavy.py", tmp_path / str(workers))
        engine.run(tmp_path / str(workers), workers=workers)
    assert contents(tmp_path / "0") == contents(tmp_path / "1")


def test_a_process_of_several_threads_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = created("primes", tmp_path / "run")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    with pytest.raises(InputError, match=r"environment.*OPENBLAS_NUM_THREADS='1'"):
        engine.run(directory, workers=0)
    assert engine.run(directory, workers=1).done == 12, "processes that the engine starts are started right"


def test_what_is_there_is_not_made_again(tmp_path: Path) -> None:
    """And each piece that is lost comes back as it was, whether early or late."""
    for kind in KINDS:
        directory = left_alone(kind, tmp_path / kind)
        before = contents(directory)
        times = {path: path.stat().st_mtime_ns for path in pieces(directory)}
        told: list[Progress] = []
        engine.run(directory, BUDGETS[kind], workers=0, progress=told.append)
        assert {path: path.stat().st_mtime_ns for path in times} == times
        assert (told[0].done, told[-1].done) == (0, len(times))
        for path in times:
            path.unlink()
            assert engine.run(directory, BUDGETS[kind], workers=0).done == len(times)
        assert contents(directory) == before


@pytest.mark.parametrize("kind, less, more", [
    ("coin", Budget(draws=1000), Budget(draws=30_000)), ("walk", Budget(steps=2), Budget(steps=9)),
    ("braids", Budget(rounds=(3,)), Budget(rounds=(3, 6, 40)))])  # fmt: skip
def test_more_work_continues(kind: str, less: Budget, more: Budget, tmp_path: Path) -> None:
    directory, at_once = left_alone(kind, tmp_path / "run", less), left_alone(kind, tmp_path / "at-once", more)
    few = len(pieces(directory))
    told: list[Progress] = []
    engine.run(directory, more, workers=0, progress=told.append)
    assert few < len(pieces(directory)) and contents(directory) == contents(at_once)
    assert [one.done for one in told] == sorted(one.done for one in told)
    assert engine.run(directory, less, workers=0).total == len(pieces(at_once)), "less than there is: nothing to do"


def test_progress_is_told(tmp_path: Path, monkeypatch) -> None:
    told: list[Progress] = []
    engine.run(created("primes", tmp_path / "here"), workers=0, progress=told.append)
    assert phases(told) == ["preparing: loading, compiling"]
    assert [one.done for one in told if not one.phase] == [*range(13), 12] and told[-1].at == "n-013"
    assert told[-1].remaining == 0.0 and all(one.remaining is not None for one in told if one.at)
    told.clear()
    monkeypatch.setenv("PAUSE", "0.2")
    engine.run(created("primes", tmp_path / "there"), workers=2, progress=told.append)
    assert phases(told)[0] == "starting processes (2)"
    assert [one.elapsed for one in told] == sorted(one.elapsed for one in told)
    told.clear()
    engine.run(tmp_path / "there", workers=0, progress=told.append)
    assert phases(told) == ["looking at what is there"]


def test_a_prediction_that_is_wrong_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of ten pieces took 4 s each: 32 s are left, less while the third is due, and more when it is late."""
    clock = [0.0]
    monkeypatch.setattr("certifield.engine._meter.time.monotonic", lambda: clock[0])
    meter = Meter(1, lambda case, step: 1.0, 1, None, None)
    meter.begin(10, 10.0)
    for step in range(2):
        clock[0] += 4.0
        meter.count([Made("a", step, 4.0, False)])
    left = []
    for clock[0] in (8.0, 10.0, 12.0, 15.0):
        left.append(meter.progress().remaining)
    assert left == [32.0, 30.0, 28.0, 31.0]
    meter.stopping()
    meter.count([Made("a", 2, 7.0, False)])
    assert meter.progress().phase.startswith("stopping")


def phases(told: list[Progress]) -> list[str]:
    """What was done beside making pieces, in order."""
    return [phase for phase in dict.fromkeys(one.phase for one in told) if phase]


def test_a_budget_of_time_ends_with_an_error_bar_for_every_case(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("PAUSE", "0.3")
    directory = created("coin", tmp_path / "run", widths=(1, 2, 3))
    done = engine.run(directory, Budget(seconds=0.1), workers=0)
    assert done.done == 3 and done.total is None and done.remarks == ()
    assert all(one.agreements for one in [engine.answer(directory)])
    assert engine.run(directory, Budget(seconds=1), workers=0).done >= 5


def test_time_that_is_up_leaves_the_rest(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("PAUSE", "0.1")
    directory = created("primes", tmp_path / "run")
    done = engine.run(directory, Budget(seconds=0.25), workers=0)
    assert 0 < done.done < 12
    assert done.remarks == (f"stopped after 0.25 seconds; {12 - done.done} of 12 cases wait for more",)


def test_a_target_error_is_decided_on_stages(tmp_path: Path) -> None:
    """The fourth power has standard deviation sqrt(96): 0.05 takes about 38,000 draws."""
    alone = left_alone("coin", tmp_path / "alone", Budget(stderr=0.05))
    draws = [found.value.draws for _, found in engine.answer(alone).findings()]
    errors = [found.value.stderr.max() for _, found in engine.answer(alone).findings()]
    assert max(errors) <= 0.05 and all(5_000 < number < 100_000 for number in draws)
    shared = created("coin", tmp_path / "shared")
    engine.run(shared, Budget(stderr=0.05), workers=2)
    assert contents(shared) == contents(alone)
    engine.run(alone, Budget(draws=100_000), workers=0)
    more = len(pieces(alone))
    assert engine.run(alone, Budget(stderr=0.05), workers=0).done == more, "blocks that happen to be there change no decision"


def test_a_target_that_cannot_be_met_is_reported(tmp_path: Path) -> None:
    directory = left_alone("coin", tmp_path / "run", Budget(stderr=1e-4, draws=5000), widths=(1,))
    last = engine.LastRun.load(directory)
    assert last is not None and last.finished
    assert len(last.remarks) == 1 and "coin/N=1: stopped at" in last.remarks[0] and "the most allowed" in last.remarks[0]


@pytest.mark.parametrize("kind, budget, words", [
    ("primes", Budget(draws=5), "leave out draws"), ("coin", Budget(), "the question states none"),
    ("coin", Budget(rounds=(5,)), "leave out rounds"),
    ("braids", Budget(seconds=3), r"add rounds = \[1000, 20000\]"), ("walk", Budget(stderr=0.1), "leave out stderr")])  # fmt: skip
def test_a_budget_that_means_nothing_is_refused(kind: str, budget: Budget, words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=words):
        engine.run(created(kind, tmp_path / "run"), budget, workers=0)


def test_the_last_run_is_written_down(tmp_path: Path) -> None:
    directory = created("coin", tmp_path / "run")
    assert engine.LastRun.load(directory) is None
    engine.run(directory, Budget(draws=500), workers=0)
    assert engine.LastRun.load(directory) == engine.LastRun(Budget(draws=500), True)
    for text in ("[]", "{", '{"budget": {"draws": -1}, "finished": true, "remarks": []}'):
        (directory / "last-run.json").write_text(text)
        assert engine.LastRun.load(directory) is None


def test_workers_are_counted(tmp_path: Path) -> None:
    directory = created("primes", tmp_path / "run")
    for workers in (-1, 1.5, True):
        with pytest.raises(InputError, match="workers"):
            engine.run(directory, workers=workers)  # type: ignore[arg-type]
    for number, of in ((2, 2), (-1, 2), (0, 0)):
        with pytest.raises(InputError, match="share"):
            Share(number, of)
    with pytest.raises(InputError, match="certifield run"):
        engine.run(tmp_path / "nowhere")


def test_the_environment_is_left_alone(tmp_path: Path) -> None:
    before = dict(os.environ)
    engine.run(created("primes", tmp_path / "run"), workers=2)
    engine.run(created("walk", tmp_path / "walk"), BUDGETS["walk"], workers=0)
    assert dict(os.environ) == before
