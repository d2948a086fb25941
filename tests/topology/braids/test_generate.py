"""Random braids: certificates, sizes, and how long a random walk takes on them, against the reference measurements."""

import random

import numpy as np
import pytest

from certifield.evidence import InputError, wilson
from certifield.search import RandomWalk, follow
from certifield.topology import Diagram, determinant
from certifield.topology.braids import (
    CORE,
    UnknotGame,
    disturbed,
    exchanged,
    falls_by_reduction,
    knotted_braid,
    played,
    reductions,
    scrambled_unknot,
)
from certifield.topology.braids._generate import Scrambled

# Strands, letters before reduction; mean letters after it, mean choices of a walk over all five choices, those not allowed included, and
# its fraction solved within 2000.  Source: the specification of this area, 60 words each, without errors.
REFERENCE = [(4, 48, 14.8, 129, 1.0), (4, 96, 26.7, 191, 1.0), (6, 48, 23.3, 291, 0.97), (6, 96, 45.6, 717, 0.97)]
WORDS = 60


@pytest.mark.parametrize("strands", [3, 4, 7])
def test_scrambled_braids_have_certificates(strands):
    rng = random.Random(strands)
    for _ in range(5):
        one = scrambled_unknot(strands, 8 * strands, rng)
        assert one.certificate().replay().accepted and one.certificate().claim["word"] == tuple(one.word)
        assert reductions(one.word, strands)[1] == [] and not falls_by_reduction(one.word, strands)
        more = disturbed(one, 5, 40, rng)
        assert more.certificate().replay().accepted and (strands == 3 or more.word != one.word)
        wrong = Scrambled([-letter for letter in one.word], strands, one.raw_length, one.moves)  # sabotage: the mirror image
        assert not wrong.certificate().replay().accepted


def plain_walk(word: list[int], strands: int, rng: random.Random, cap: int) -> int | None:
    """Choices of a walk over all five choices, one that is not allowed being wasted; None beyond the cap."""
    for made in range(cap):
        if strands == 1 and not word:
            return made
        after = played(word, strands, rng.choice(CORE))
        if after is not None:
            word, strands, _ = after
    return None


@pytest.mark.parametrize(("strands", "raw", "letters", "choices", "solved"), REFERENCE)
def test_the_reference_measurements(strands, raw, letters, choices, solved):
    """Within 4.89 standard errors of the difference, those of the reference taken equal to ours."""
    rng = random.Random(100 * strands + raw)
    braids = [scrambled_unknot(strands, raw, rng) for _ in range(WORDS)]
    lengths = np.array([len(one.word) for one in braids])
    assert abs(lengths.mean() - letters) < 4.89 * np.sqrt(2 / WORDS) * lengths.std(ddof=1)
    walks = [plain_walk(one.word, one.strands, rng, 2000) for one in braids]
    made = np.array([walk for walk in walks if walk is not None])
    assert abs(made.mean() - choices) < 4.89 * np.sqrt(2 / WORDS) * made.std(ddof=1)
    fraction = wilson(len(made), WORDS, sigmas=4.89)
    assert fraction.low <= solved <= fraction.high


def test_the_measurements_would_see_braids_of_another_size():
    """Sabotage: with half the letters, both the lengths and the walks fail the reference of 6 strands and 96 letters."""
    rng = random.Random(1)
    braids = [scrambled_unknot(6, 48, rng) for _ in range(WORDS)]
    lengths = np.array([len(one.word) for one in braids])
    assert abs(lengths.mean() - 45.6) > 4.89 * np.sqrt(2 / WORDS) * lengths.std(ddof=1)
    walks = [plain_walk(one.word, one.strands, rng, 2000) for one in braids]
    made = np.array([walk for walk in walks if walk is not None])
    assert abs(made.mean() - 717) > 4.89 * np.sqrt(2 / WORDS) * made.std(ddof=1)


def test_the_walk_in_jax_has_the_law_of_the_walk_on_lists():
    """Mean number of choices over the allowed ones, same braids, two programs."""
    rng = random.Random(8)
    braids = [(one.word, one.strands) for one in (scrambled_unknot(4, 32, rng) for _ in range(20))]
    game = UnknotGame(braids * 6)
    fast = follow(RandomWalk(), game, game.pool, 0, 5000).made.reshape(6, 20)

    def slow(word: list[int], strands: int) -> int:
        made = 0
        while strands > 1:
            after = None
            while after is None:
                after = played(word, strands, rng.choice(CORE))
            word, strands, _ = after
            made += 1
        return made

    plain = np.array([[slow(*braid) for braid in braids] for _ in range(12)])
    difference = fast.mean(axis=0) - plain.mean(axis=0)
    error = np.sqrt(fast.var(axis=0, ddof=1).mean() / 6 / 20 + plain.var(axis=0, ddof=1).mean() / 12 / 20)
    assert abs(difference.mean()) < 4.89 * error


def test_knotted_braids_are_knotted():
    rng = random.Random(3)
    for strands, length in ((2, 8), (3, 12), (5, 20), (20, 40), (30, 31), (30, 100)):
        word = knotted_braid(strands, length, rng)
        diagram = Diagram.from_braid(word, strands)
        assert diagram.components == 1 and determinant(diagram) != 1


def test_an_exchange_move_keeps_the_determinant_of_a_knot():
    """Of random A B; the move with generators that it forbids does not, and is refused."""
    rng = random.Random(4)
    before = [rng.choice((1, 2, -1, -2)) for _ in range(6)]
    kept = []
    for _ in range(20):
        behind = [rng.choice((2, 3, -2, -3)) for _ in range(5)]
        plain, _ = reductions(before + behind, 4)
        kept.append(determinant(Diagram.from_braid(plain, 4)) == determinant(Diagram.from_braid(exchanged(before, behind, 4, 2), 4)))
    assert all(kept)
    with pytest.raises(InputError):
        exchanged([3], [2], 4, 1)


@pytest.mark.parametrize(
    ("before", "behind", "strands", "twists"),
    [
        ([1], [2], -3, 1),
        ([1], [2], 4, 1.5),
        ([0], [2], 4, 1),
        ([1], [9], 4, 1),
        (["x"], [2], 4, 1),
        ([1], [2], 4, 10**9),
        (None, None, 4, 1),
        (5, [2], 4, 1),
    ],
)
def test_exchange_moves_that_there_are_not(before, behind, strands, twists):
    with pytest.raises(InputError):
        exchanged(before, behind, strands, twists)


@pytest.mark.parametrize(("strands", "length"), [(31, 60), (3, 3), (3, 2000), (1, 9), (3, 9.5), (True, 9)])
def test_lengths_of_knotted_braids_that_there_are_not(strands, length):
    with pytest.raises(InputError, match="length"):
        knotted_braid(strands, length, random.Random(0))


@pytest.mark.parametrize("braids", [None, 7, [1], [[1, -1]], [([1], 2, 3)], "ab", []])
def test_games_on_what_is_no_braid(braids):
    with pytest.raises(InputError):
        UnknotGame(braids)


@pytest.mark.parametrize("choices", [[[1]], "LR", 5, [], ["L", "L"], ["X"], [None]])
def test_games_with_choices_that_there_are_not(choices):
    with pytest.raises(InputError, match="choices"):
        UnknotGame([([1], 2)], choices=choices)


@pytest.mark.parametrize(("strands", "raw"), [(2, 48), (6, 10), ("6", 48), (6, 4.5), (40, 400), (6, 10**6), (True, 48)])
def test_bad_sizes_give_an_input_error(strands, raw):
    with pytest.raises(InputError):
        scrambled_unknot(strands, raw, random.Random(0))
