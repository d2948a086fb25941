"""The remaining time is that of the blocks still to come, at the speed of this run."""

from pathlib import Path

import pytest

from certifield.runners.blocks._meter import Meter, Outcome
from certifield.runners.blocks._schedule import Stage
from certifield.studies import Study, parse_question

QUESTION = """
[[system]]
name = "erf"
ensemble = "erf_net"
widths = [10, 1000]
points = [[1.0]]
orders = [2]
methods = ["network-wick"]
[budget]
draws = 1000
block_size = 8
"""


def meter(workers: int = 1) -> Meter:
    made = Meter(Study(parse_question(QUESTION), Path()), workers, None)
    made.begin(Stage(iter(()), {"erf/network-wick/N=10": 10, "erf/network-wick/N=1000": 10}, {"erf/network-wick/N=10": 4}), {})
    return made


def test_blocks_that_were_there_tell_nothing_about_speed() -> None:
    one = meter()
    assert one.progress().remaining is None
    one.count(Outcome("erf/network-wick/N=10", 0, None))
    assert one.progress().remaining is None
    assert (one.progress().done, one.progress().total, one.progress().draws) == (17, 20, 136)


@pytest.mark.parametrize("workers", [1, 4])
def test_quantities_are_weighted_by_their_own_seconds(workers: int) -> None:
    one = meter(workers)
    wanted, missing = (
        {"erf/network-wick/N=10": 10, "erf/network-wick/N=1000": 10},
        {"erf/network-wick/N=10": 4, "erf/network-wick/N=1000": 10},
    )
    one.begin(Stage(iter(()), wanted, missing), {})
    ratio = (1000 * 4 + 2) / (10 * 4 + 2)
    one.count(Outcome("erf/network-wick/N=10", 0, 20.0))
    assert one.progress().remaining is None, "the first block carries a compilation"
    one.count(Outcome("erf/network-wick/N=10", 1, 2.0))
    assert one.progress().remaining == pytest.approx((2 * 2.0 + 10 * 2.0 * ratio) / workers)
    one.count(Outcome("erf/network-wick/N=10", 2, 3.0))
    one.count(Outcome("erf/network-wick/N=1000", 0, 500.0))
    assert one.progress().remaining == pytest.approx((1 * 3.0 + 9 * 3.0 * ratio) / workers), "nor does it say anything later"
    one.count(Outcome("erf/network-wick/N=1000", 1, 5.0))
    one.count(Outcome("erf/network-wick/N=1000", 2, 5.0))
    assert one.progress().remaining == pytest.approx((1 * 3.0 + 7 * 5.0) / workers), "measured, not guessed"
