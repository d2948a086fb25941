"""The game in JAX against the exact twin on lists: the same masks, the same braids, the same rewards, after every choice."""

import random

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from certifield.evidence import CertificateRejected
from certifield.search import RandomWalk, Trajectory, play
from certifield.topology.braids import Braid, UnknotGame, _choices, played, scrambled_unknot

GAMES, TURNS = 48, 120


def scrambled(count: int, strands: int, raw_length: int, seed: int = 0) -> list[tuple[list[int], int]]:
    rng = random.Random(seed)
    return [(one.word, one.strands) for one in (scrambled_unknot(strands, raw_length, rng) for _ in range(count))]


def braids_of(states: Braid) -> list[tuple[list[int], int]]:
    letters, lengths, strands = map(np.asarray, (states.letters, states.length, states.strands))
    return [(row[:length].tolist(), int(width)) for row, length, width in zip(letters, lengths, strands, strict=True)]


def mistakes(game: UnknotGame) -> set[str]:
    """What the game and its twin disagree on in random games."""
    rng, key = np.random.default_rng(1), jax.random.key(0)
    legal_of, step_of = jax.jit(jax.vmap(game.legal)), jax.jit(jax.vmap(game.step, in_axes=(None, 0, 0)))
    states, found, made = game.pool, set(), set()
    for _ in range(TURNS):
        braids, legal = braids_of(states), np.array(legal_of(states))
        twins = [[played(word, strands, name) for name in game.choices] for word, strands in braids]
        for number, name in enumerate(game.choices):
            allowed = [row[number] is not None and (strands > 1) for row, (_, strands) in zip(twins, braids, strict=True)]
            if name[0] in "SC":  # these the game forbids where there is no room
                room = [len(word) + 2 <= game.most_letters and strands < game.most_strands for word, strands in braids]
                allowed = [yes and free for yes, free in zip(allowed, room, strict=True)]
                legal[:, number] &= room
            found |= {name} if legal[:, number].tolist() != allowed else set()
        actions = np.array([rng.choice(np.flatnonzero(row)) if row.any() else 0 for row in legal], np.int32)
        after = step_of(key, states, jnp.asarray(actions))
        for row, new in enumerate(braids_of(after.state)):
            twin = twins[row][actions[row]]
            if legal[row].any() and twin is not None:
                made.add(game.choices[actions[row]])
                size, before = len(new[0]) + new[1] - 1, len(braids[row][0]) + braids[row][1] - 1
                fall = (before - size) / int(states.began[row]) + (size == 0)
                if new != twin[:2] or abs(float(after.reward[row]) - fall) > 1e-6 or bool(after.won[row]) != (size == 0):
                    found.add(game.choices[actions[row]])
        keep = jnp.asarray(legal.any(axis=1))
        states = jax.tree.map(lambda new, old, keep=keep: jnp.where(keep.reshape(-1, *[1] * (new.ndim - 1)), new, old), after.state, states)
    assert made == set(game.choices)
    return found


def test_the_game_is_its_twin():
    assert mistakes(UnknotGame(scrambled(GAMES, 5, 40), growth=True, most_letters=48, most_strands=7)) == set()


def test_a_spoiled_choice_is_seen(monkeypatch):
    """Sabotage: R keeps the last letter; CL- forgets a sign."""
    spoiled = dict(_choices.CHOICES)
    spoiled["R"] = spoiled["R"]._replace(after=lambda board: (board.letters, board.length, board.strands))
    spoiled["CL-"] = spoiled["CL-"]._replace(after=_choices._insert_before(1).after)
    monkeypatch.setattr("certifield.topology.braids._game.CHOICES", spoiled)
    assert mistakes(UnknotGame(scrambled(GAMES, 5, 40), growth=True, most_letters=48, most_strands=7)) == {"R", "CL-"}


def test_won_games_have_accepted_certificates():
    game = UnknotGame(scrambled(20, 4, 32))
    episodes = play(RandomWalk(), game, game.pool, seed=3, cap=1000)
    assert sum(one.solved for one in episodes) >= 18
    for one, (word, strands) in zip(episodes, braids_of(game.pool), strict=True):
        if one.solved:
            certificate = one.answer.certificate
            assert certificate.claim == {"kind": "unknot", "strands": strands, "word": tuple(word)}
            assert certificate.replay(isolated=False).accepted


def test_a_trajectory_that_is_not_won_has_no_certificate():
    """Sabotage: one choice dropped from a won game, and a choice that is not allowed."""
    game = UnknotGame(scrambled(1, 4, 32))
    (episode,) = play(RandomWalk(), game, game.pool, seed=3, cap=1000)
    start = jax.tree.map(lambda rows: np.asarray(rows[0]), game.pool)
    assert game.certificate(Trajectory(start, episode.actions)).replay().accepted
    with pytest.raises(CertificateRejected, match="left"):
        game.certificate(Trajectory(start, episode.actions[:-1]))
    with pytest.raises(CertificateRejected, match="not allowed"):
        game.certificate(Trajectory(start, [game.choices.index("D")] * 50))


def test_a_bug_in_a_mask_is_a_hard_error(monkeypatch):
    """Sabotage: D allowed whatever the word; the random walk then wins games that no certificate follows."""
    spoiled = dict(_choices.CHOICES)
    spoiled["D"] = spoiled["D"]._replace(allowed=lambda board: board.strands > 1)
    monkeypatch.setattr("certifield.topology.braids._game.CHOICES", spoiled)
    game = UnknotGame(scrambled(20, 4, 32), most_letters=50)
    with pytest.raises(CertificateRejected):
        play(RandomWalk(), game, game.pool, seed=3, cap=1000)


def test_an_empty_word_is_won_at_once_and_a_knot_never():
    game = UnknotGame([([], 1), ([1, -1, 2, 1, 1, 1], 3)])
    episodes = play(RandomWalk(), game, game.pool, seed=0, cap=100)
    assert [one.solved for one in episodes] == [True, False] and episodes[0].actions == ()
    assert dict(episodes[1].answer.spent) == {"choices": 100, "states": 100}


def test_the_encoding_forgets_shifts_of_the_index_and_the_sign_of_all():
    """The relative part of the observation is the same for sigma_i -> sigma_{i+1} and for the mirror image."""
    game = UnknotGame([([1, 2, -1, 2, 3, 3, 3, 4], 5), ([2, 3, -2, 3, 4, 4, 4, 1], 5), ([-1, -2, 1, -2, -3, -3, -3, -4], 5)])
    seen = np.asarray(jax.jit(jax.vmap(game.observe))(game.pool))
    window = 14 * 6
    assert seen.shape[1] == game.num_features and seen.min() == 0 and seen.max() == 1
    assert (seen[0] == seen[2]).all() and (seen[0, :window] == seen[1, :window]).all() and not (seen[0] == seen[1]).all()
