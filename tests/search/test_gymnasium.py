"""The wrapper for Gymnasium walks the same trajectories."""

import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from line_game import Line

from certifield.evidence import InputError, MissingExtra
from certifield.search import as_gymnasium
from certifield.search._keys import key_of

pytest.importorskip("gymnasium")


def test_trajectories_are_those_of_the_pure_functions():
    game, rng = Line(), np.random.default_rng(0)
    step = jax.jit(game.step)
    wrapped = as_gymnasium(game, patience=30)
    for seed in range(4):
        observation, info = wrapped.reset(seed=seed)
        state = game.reset(jax.random.split(key_of(seed, "gymnasium"))[0])
        ended, steps = False, 0
        while not ended:
            assert (observation == np.asarray(game.observe(state))).all() and (info["action_mask"] == np.asarray(game.legal(state))).all()
            action = int(rng.choice(np.flatnonzero(info["action_mask"])))
            observation, reward, won, cut, info = wrapped.step(action)
            move = step(jax.random.key(0), state, jnp.int32(action))
            state, steps, ended = move.state, steps + 1, won or cut
            assert reward == float(move.reward) and won == bool(move.won) == info["won"] and cut == (steps == 30 and not won)
            assert int(info["state"]) == int(state)
    other, _ = wrapped.reset(seed=5)
    assert (other == wrapped.reset(seed=5)[0]).all()


@pytest.mark.filterwarnings("ignore:.*WARN")
def test_the_checker_of_gymnasium_is_content():
    from gymnasium.utils.env_checker import check_env

    wrapped = as_gymnasium(Line())
    wrapped.action_space.sample = lambda mask=None: 0  # left, which is always allowed; masks are ours
    check_env(wrapped, skip_render_check=True)


def test_what_is_not_allowed_is_refused(monkeypatch):
    wrapped = as_gymnasium(Line())
    wrapped.reset(seed=1)
    for action in (3, -1):
        with pytest.raises(InputError):
            wrapped.step(action)
    with pytest.raises(InputError):
        as_gymnasium(Line(), patience=0)
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    with pytest.raises(MissingExtra, match="models"):
        as_gymnasium(Line())
