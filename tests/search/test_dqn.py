"""Deep Q-learning: its memory and its targets against plain loops, and the learner on a game with a known best play."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from line_game import FAR, Line

from certifield.evidence import InputError
from certifield.search import DQN, Question, trained, training
from certifield.search.learning._dqn import Explorer, Memory, remembered, targets
from certifield.search.learning._rollout import collected

SMALL = DQN(workers=16, length=6, patience=20, width=16, room=128, sample=64, lessons=4, rate=5e-3, decay=0.9, discount=0.7)


@pytest.fixture(scope="module")
def line():
    return Line()


@pytest.fixture(scope="module")
def learning(line):
    return SMALL.init(line, jax.random.key(2))


@pytest.mark.parametrize("wrong", [{"length": 1}, {"room": 79}])
def test_a_memory_too_small_for_one_batch_is_refused(wrong):
    with pytest.raises(InputError, match="length, room"):
        dataclasses.replace(SMALL, **wrong)


def test_the_memory_holds_transitions_and_forgets_the_oldest(line, learning):
    _, seen = collected(learning.actor, learning.critic, line, learning.workers, jax.random.key(5), length=6, patience=2)
    memory = remembered(learning.memory, seen)
    places, rows = [np.asarray(part).argmax(axis=-1) for part in (memory.observation, seen.observations)], np.asarray(seen.ended)
    assert (int(memory.place), int(memory.steps)) == (80, 1) and np.array_equal(places[0][:80].reshape(5, 16), places[1][:-1])
    known = np.asarray(memory.known)[:80].reshape(5, 16)
    over = np.asarray(seen.over)
    assert np.array_equal(known, (over | ~rows)[:-1]) and not known.all() and not np.asarray(memory.known)[80:].any()
    follows = np.asarray(memory.next_observation).argmax(axis=-1)[:80].reshape(5, 16)
    moves = np.asarray(seen.actions)[:-1]
    stepped = np.where(moves == 0, places[1][:-1] - 1, np.where(moves == 1, places[1][:-1] + 1, places[1][:-1] // 2))
    assert np.array_equal(follows[known & ~over[:-1]], stepped[known & ~over[:-1]])
    again = remembered(memory, seen)
    assert int(again.place) == 32 and np.array_equal(np.asarray(again.action)[:32], np.asarray(seen.actions)[:-1].ravel()[48:80])


def test_targets_look_one_step_ahead_and_stop_where_the_game_is_over():
    rng = np.random.default_rng(3)
    table = rng.normal(size=(FAR + 1, 3)).astype(np.float32)
    states, legal, over = rng.integers(0, FAR + 1, 40), rng.random((40, 3)) < 0.6, rng.random(40) < 0.3
    legal[0] = False
    rewards = rng.normal(size=40).astype(np.float32)
    part = Memory(None, None, None, jnp.asarray(rewards), jnp.asarray(np.eye(FAR + 1, dtype=np.float32)[states]), jnp.asarray(legal),
                  jnp.asarray(over), None, None, None, None)  # fmt: skip
    found = np.asarray(targets(lambda observation: observation @ jnp.asarray(table), part, 0.9))
    ahead = [0 if end or not fits.any() else max(table[state][fits]) for state, fits, end in zip(states, legal, over, strict=True)]
    assert np.allclose(found, rewards + 0.9 * np.array(ahead), atol=1e-6)
    assert not np.allclose(found, rewards + 0.9 * table[states].max(axis=1), atol=1e-2)  # what is not allowed, and what comes after the end


def test_an_explorer_is_greedy_but_for_its_share():
    explorer = Explorer(lambda observation: observation, jnp.float32(0.3))
    chances = np.exp(np.asarray(explorer(jnp.asarray([5.0, 2.0, 3.0, 1.0], jnp.float32), jnp.asarray([False, True, True, True]))))
    assert np.allclose(chances, [0, 0.1, 0.8, 0.1], atol=1e-6)


def test_the_learner_finds_the_way_and_a_stopped_one_ends_the_same(line, tmp_path):
    question = Question(SMALL, line, 0, 60 * SMALL.batch)
    for _, (progress, _) in zip(range(30), training(question, tmp_path, every=10), strict=False):
        assert 0 <= progress.won <= 1
    stopped = trained(question, tmp_path)
    states = jnp.arange(1, FAR + 1)
    wrong = np.exp(np.asarray(jax.vmap(lambda state: stopped(line.observe(state), line.legal(state))[1])(states)))
    assert wrong.mean() < 0.15 and float(stopped.explore) == pytest.approx(0.05)
    whole = trained(question)
    assert all((np.asarray(a) == np.asarray(b)).all() for a, b in zip(*map(jax.tree.leaves, (whole, stopped)), strict=True)
               if hasattr(a, "shape"))  # fmt: skip
