"""Stages and shares: whoever computes, all that is asked for is made, and what is made twice is little."""

from collections import deque
from types import SimpleNamespace

from hypothesis import given, strategies as st

from certifield.engine import Share
from certifield.engine._meter import Made, Meter
from certifield.engine._stages import Stage, _in_turn

JOBS = st.lists(st.integers(0, 10**6), unique=True, max_size=40).map(lambda numbers: [(str(number), (0,)) for number in numbers])


@given(JOBS, st.integers(1, 5))
def test_every_share_covers_all_jobs_its_own_first(jobs: list, of: int) -> None:
    shares = [Share(number, of) for number in range(of)]
    assert sorted(job for share in shares for job in share.own(jobs)) == sorted(jobs), "own shares are a partition"
    for share in shares:
        own, others = share.own(jobs), share.of_others(jobs)
        assert sorted(own + others) == sorted(jobs) and own == [job for job in jobs if job in own]


@given(JOBS, st.integers(1, 4))
def test_coordinators_at_one_speed_make_little_twice(jobs: list, of: int) -> None:
    """Each takes a job in turn and skips what is there: nothing is made twice but what is begun in one breath."""
    queues = [deque(Share(number, of).own(jobs) + Share(number, of).of_others(jobs)) for number in range(of)]
    there: set = set()
    made = 0
    while len(there) < len(jobs):
        begun = []
        for queue in queues:
            while queue and queue[0] in there:
                queue.popleft()
            if queue:
                begun.append(queue.popleft())
        made, there = made + len(begun), there | set(begun)
    assert made <= len(jobs) + of * (of - 1)


def finish(stage: Stage, flight: int) -> list:
    """All jobs of a stage, so many at a time, each finished in the order in which it was begun."""
    done, running = [], deque()
    while True:
        while len(running) < flight and (job := stage.next()) is not None:
            running.append(job)
        if not running:
            return done
        case, steps = running.popleft()
        done.append((case, steps))
        stage.finished([Made(case, step, 0.1, False) for step in steps])


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 6), min_size=1), st.integers(1, 5), st.integers(1, 3))
def test_chains_are_made_in_order_and_to_their_ends(lengths: dict[str, int], flight: int, of: int) -> None:
    def stage(share: Share) -> Stage:
        chains = {name: iter(range(1, length)) for name, length in lengths.items()}
        first = [(name, (0,)) for name in lengths]
        return Stage(share.own(first), share.of_others(first), chains=chains)

    for number in range(of):
        done = finish(stage(Share(number, of)), flight)
        for name, length in lengths.items():
            assert [steps for case, steps in done if case == name] == [(step,) for step in range(length)]


def test_a_coordinator_helps_with_other_chains_when_its_own_leave_it_idle() -> None:
    first = [(name, (0,)) for name in "abcd"]
    stage = Stage(Share(0, 2).own(first), Share(0, 2).of_others(first), chains={name: iter(range(1, 4)) for name in "abcd"})
    done = finish(stage, 1)
    assert ([case for case, _ in done[:8]] == ["a", "c"] * 4 and [case for case, _ in done[8:]] == ["d", "b"] * 4) or done[8][0] == "d"


def test_steps_without_end_are_shared_in_turn() -> None:
    def steps(share: Share) -> list:
        jobs = _in_turn({"a": iter(range(100)), "b": iter(range(3))}, share)
        return [next(jobs) for _ in range(6)]

    assert steps(Share()) == [("a", (0,)), ("b", (0,)), ("a", (1,)), ("b", (1,)), ("a", (2,)), ("b", (2,))]
    assert steps(Share(0, 2))[:3] == [("a", (0,)), ("b", (0,)), ("a", (2,))]
    assert steps(Share(1, 2))[:4] == [("a", (1,)), ("b", (1,)), ("a", (3,)), ("a", (5,))]


def test_the_rest_is_predicted_from_what_this_run_has_made(monkeypatch) -> None:
    now = [100.0]
    monkeypatch.setattr("certifield.engine._meter.time", SimpleNamespace(monotonic=lambda: now[0]))
    told: list = []
    meter = Meter(5, lambda case, step: 2.0 if case == "dear" else 1.0, 2, None, told.append)
    meter.found(6, 1)
    meter.begin(10, 14.0)
    assert meter.progress().remaining is None and (meter.progress().done, meter.progress().total) == (6, 16)
    meter.count([Made("cheap", 0, None, True)])
    assert meter.progress().remaining is None, "what was there already tells nothing about speed"
    meter.count([Made("dear", 0, 4.0, False), Made("cheap", 1, 2.0, False)])
    progress = meter.progress()
    assert progress.remaining == (14 - 4) * 2.0 / 2
    assert (progress.done, progress.proved, progress.at) == (9, 2, "cheap")
    meter.enter("waiting")
    assert told[-1].phase == "waiting"
    # A piece is due every 1.5 s: until then the rest falls by the second, and what is late lets it grow.
    for passed, left in ((1.0, 9.0), (1.5, 8.5), (2.5, 9.5), (30.0, 37.0)):
        now[0] = 100.0 + passed
        assert meter.progress().remaining == left
    timed = Meter(1, lambda case, step: 1.0, 1, 100.0, None)
    timed.begin(None, 0.0)
    assert timed.progress().remaining == 100 and not timed.time_is_up and timed.progress().total is None
