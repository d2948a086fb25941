"""Which steps come next, held against slow and obvious ways to say the same."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from pydantic import ValidationError

from certifield.evidence import Estimate, InputError, certificate_of_braid_moves
from certifield.study import Blocks, Budget, Case, Chain, Found, Missing, Once, Rounds

CASE = Case("a", {"work": 1})
PROOF = {"proof": certificate_of_braid_moves([], 1, [])}
NOTHING: dict = {}

BLOCKS = st.builds(
    lambda first, doubling, operations, cost: Blocks(first, doubling, operations, lambda case: cost),
    st.sampled_from([256, 512, 1024, 16384]),
    st.integers(1, 9),
    st.floats(1e3, 1e9),
    st.floats(1.0, 1e5),
)


def found_nothing(steps: object) -> dict:
    raise AssertionError("this budget needs no findings")


@settings(max_examples=150, deadline=None)
@given(BLOCKS, st.integers(0, 200))
def test_sizes_are_powers_of_two_that_double_and_stop(blocks: Blocks, step: int) -> None:
    size = blocks.size(CASE, step)
    assert size & (size - 1) == 0 and size >= 256
    assert size <= blocks.size(CASE, step + 1) <= 2 * size
    assert blocks.size(CASE, step + blocks.doubling) in (size, 2 * size)
    assert blocks.weight(CASE, step) <= 1 or size == 256, "no block costs more than what should be handed out at once"


@settings(max_examples=150, deadline=None)
@given(BLOCKS, st.integers(1, 10**6))
def test_count_and_draws_are_sums_of_sizes(blocks: Blocks, draws: int) -> None:
    sizes = itertools.accumulate(blocks.size(CASE, step) for step in itertools.count())
    slow = next(number for number, total in enumerate(sizes, 1) if total >= draws)
    assert blocks.count(CASE, draws) == slow
    assert blocks.draws(CASE, slow) == sum(blocks.size(CASE, step) for step in range(slow)) >= draws
    assert blocks.draws(CASE, slow - 1) < draws and blocks.draws(CASE, 0) == 0


def test_a_long_run_is_counted_at_once() -> None:
    blocks = Blocks()
    assert blocks.draws(CASE, blocks.count(CASE, 10**15)) >= 10**15


@given(st.sets(st.integers(0, 30)), st.integers(1, 40_000))
def test_blocks_name_what_is_missing(there: set[int], draws: int) -> None:
    blocks, pieces = Blocks(256, 2, 1e5), dict.fromkeys(sorted(there), NOTHING)
    named = list(blocks.next(CASE, Budget(draws=draws), pieces, found_nothing))
    assert sorted(named + [step for step in there if step < blocks.count(CASE, draws)]) == list(range(blocks.count(CASE, draws)))
    endless = blocks.next(CASE, Budget(seconds=1), pieces, found_nothing)
    assert list(itertools.islice(endless, 5)) == [step for step in range(40) if step not in there][:5]


def test_work_is_shared_among_narrow_and_wide() -> None:
    blocks = Blocks(work=lambda case: case.data["work"])
    cheap, dear = Case("cheap", {"work": 1}), Case("dear", {"work": 1000})
    drawn = [blocks.draws(case, len(list(blocks.next(case, Budget(work=1e8), {}, found_nothing)))) for case in (cheap, dear)]
    assert 1e8 <= drawn[0] < 1.05e8 and 1e5 <= drawn[1] < 1.3e5
    assert blocks.draws(dear, len(list(blocks.next(dear, Budget(work=1), {}, found_nothing)))) == Blocks.fewest


def error(size: float, refused: bool = False) -> dict[str, Found]:
    value = Estimate(np.zeros(1), {"a": np.array([[size]])}, 1, 0, 0, "m", "float64", refused=np.array([refused]))
    return {"moment": Found(value)}


def run(blocks: Blocks, budget: Budget, errors) -> tuple[list[int], str]:
    """The stages, as numbers of blocks that are there at their ends, with errors as a function of the draws; and the last word."""
    pieces: dict[int, dict] = {}
    ends = []

    def found(steps: range) -> dict[str, Found]:
        assert all(step in pieces for step in steps), "decided on what is all there"
        return errors(blocks.draws(CASE, len(steps)))

    while more := list(blocks.next(CASE, budget, pieces, found)):
        pieces.update(dict.fromkeys(more, NOTHING))
        ends.append(len(pieces))
    return ends, blocks.stopped(CASE, budget, pieces, found)


@settings(max_examples=60, deadline=None)
@given(st.floats(1e-3, 1.0))
def test_a_target_error_takes_about_the_draws_that_it_needs(target: float) -> None:
    blocks = Blocks(256, 8, 1e5)
    ends, said = run(blocks, Budget(stderr=target), lambda draws: error(2 / math.sqrt(draws)))
    drawn, needed = blocks.draws(CASE, ends[-1]), 4 / target**2
    assert said == "" and needed <= drawn <= max(1.25 * needed + blocks.size(CASE, ends[-1]), blocks.draws(CASE, 8))
    assert ends[0] == 8 and all(
        blocks.draws(CASE, b) <= 4.1 * blocks.draws(CASE, a) + 2 * blocks.size(CASE, b) for a, b in itertools.pairwise(ends)
    )


def test_a_target_that_cannot_be_met_says_so() -> None:
    blocks = Blocks(256, 8, 1e5)
    assert "the most allowed" in run(blocks, Budget(stderr=1e-6, draws=10_000), lambda draws: error(2 / math.sqrt(draws)))[1]
    ends, said = run(blocks, Budget(stderr=1.0), lambda draws: error(1.0, refused=True))
    assert "refused, and more draws did not help" in said and len(ends) == 3
    ends, said = run(blocks, Budget(stderr=1.0), lambda draws: {"moment": Found(Missing("not finite"))})
    assert "refused" in said and len(ends) == 3
    ends, said = run(blocks, Budget(stderr=1.0), lambda draws: {**error(0.5), "other": error(1.0, refused=True)["moment"]})
    assert "some error bars are refused" in said


def test_once() -> None:
    assert list(Once().next(CASE, Budget(), {}, found_nothing)) == [0]
    assert list(Once().next(CASE, Budget(), {0: NOTHING}, found_nothing)) == [] and Once().stopped(CASE, Budget(), {}, found_nothing) == ""


def test_rounds_stop_at_a_proof() -> None:
    def after(pieces: dict) -> list[int]:
        return list(Rounds().next(CASE, Budget(rounds=(3, 10, 50)), pieces, found_nothing))

    assert after({}) == [3] and after({3: NOTHING}) == [10] and after({3: PROOF}) == []
    assert after({3: NOTHING, 10: PROOF}) == [] and after({3: NOTHING, 10: NOTHING, 50: NOTHING}) == []
    assert after({10: PROOF}) == [3], "a piece that was lost is made again"
    assert list(Rounds().next(CASE, Budget(), {}, found_nothing)) == []


@given(st.sets(st.integers(0, 12)), st.integers(1, 12))
def test_chains_name_what_is_missing_in_order(there: set[int], steps: int) -> None:
    pieces = dict.fromkeys(sorted(there), NOTHING)
    assert list(Chain().next(CASE, Budget(steps=steps), pieces, found_nothing)) == [step for step in range(steps) if step not in there]
    assert next(iter(Chain().next(CASE, Budget(seconds=1), pieces, found_nothing))) == min(set(range(14)) - there)


@pytest.mark.parametrize("stated, words", [
    ({"draws": 0}, "draws"), ({"draws": True}, "without quotes"), ({"draws": "5"}, "without quotes"), ({"stderr": 0}, "stderr"),
    ({"seconds": math.inf}, "seconds"), ({"rounds": ()}, "rounds"), ({"rounds": (5, 5)}, "grow from round to round"),
    ({"rounds": (0,)}, "rounds"), ({"work": 1, "draws": 1}, "keep one of the two"), ({"work": 1, "stderr": 1}, "bound it by draws"),
    ({"drawz": 1}, "drawz")])  # fmt: skip
def test_budgets_check_themselves(stated: dict, words: str) -> None:
    with pytest.raises((InputError, ValidationError), match=words):
        Budget(**stated)


def test_what_is_given_takes_the_place_of_what_was_asked() -> None:
    asked = Budget(draws=5, rounds=(1, 2))
    assert asked.replaced_by(Budget()) == asked
    assert asked.replaced_by(Budget(stderr=0.5)) == Budget(stderr=0.5, rounds=(1, 2))
    assert asked.replaced_by(Budget(rounds=(7,))) == Budget(rounds=(7,))
    assert str(Budget(draws=5, stderr=0.5)) == "draws 5, stderr 0.5" and str(Budget()) == "nothing"
