"""Experience: a batch of environments played side by side, each started anew when its game ends."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Key, PyTree

from ._policy import Actor, Critic


class Workers(NamedTuple):
    """States of the environments, and how long each game has lasted."""

    states: PyTree
    ages: Int[Array, " workers"]


class Experience(NamedTuple):
    """What was seen and done, time first; ``logs`` are the logarithms of the probabilities of all choices.

    ``over``: games won, or lost because nothing is allowed; ``ended``: those, and the ones that were cut off.
    """

    observations: Float[Array, "time workers features"]
    legal: Bool[Array, "time workers choices"]
    actions: Int[Array, "time workers"]
    logs: Float[Array, "time workers choices"]
    rewards: Float[Array, "time workers"]
    values: Float[Array, "time workers"]
    next_values: Float[Array, "time workers"]
    won: Bool[Array, "time workers"]
    over: Bool[Array, "time workers"]
    ended: Bool[Array, "time workers"]


def started(environment: Any, workers: int, key: Key[Array, ""]) -> Workers:
    """Fresh games."""
    return Workers(jax.vmap(environment.reset)(jax.random.split(key, workers)), jnp.zeros(workers, jnp.int32))


def collected(
    actor: Actor, critic: Critic, environment: Any, workers: Workers, key: Key[Array, ""], *, length: int, patience: int
) -> tuple[Workers, Experience]:
    """``length`` choices of every worker; games longer than ``patience`` are cut off.

    Where nothing is allowed no choice is made: the game is over, without reward.  The logarithms there are constant, so that nothing
    is learned from them.
    """

    def move(key: Array, state: PyTree, age: Array) -> tuple[PyTree, Array, Experience]:
        choosing, stepping, resetting = jax.random.split(key, 3)
        observation, legal = environment.observe(state), environment.legal(state)
        logs = actor(observation, legal)
        action = jax.random.categorical(choosing, logs).astype(jnp.int32)
        after, playing = environment.step(stepping, state, action), jnp.any(legal)
        won = jnp.where(playing, after.won, environment.won(state))
        over = won | ~playing
        ended = over | (age + 1 >= patience)
        fresh = environment.reset(resetting)
        following = jax.tree.map(lambda new, old: jnp.where(ended, new, old), fresh, after.state)
        next_value = critic(environment.observe(after.state))
        reward = jnp.where(playing, after.reward, jnp.zeros_like(after.reward))
        seen = Experience(observation, legal, action, logs, reward, critic(observation), next_value, won, over, ended)
        return following, jnp.where(ended, jnp.zeros_like(age), age + 1), seen

    def turn(workers: Workers, key: Array) -> tuple[Workers, Experience]:
        keys = jax.random.split(key, workers.ages.size)
        states, ages, seen = jax.vmap(move)(keys, workers.states, workers.ages)
        return Workers(states, ages), seen

    return jax.lax.scan(turn, workers, jax.random.split(key, length))
