"""Playing many games at once with a policy, and certifying what is won."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Key, PyTree

from certifield.evidence import CertificateRejected, Certified, InputError, Unknown

from ._environment import Environment, Episode, Trajectory
from ._keys import key_of

GAMES_AT_ONCE = 64  # of one shape, so that suites of any size share one compiled program; a single game has one of its own


class Games(NamedTuple):
    """Choices by game, how many of them were made, which games were won, and how many states were looked at."""

    actions: np.ndarray
    made: np.ndarray
    won: np.ndarray
    states: np.ndarray


@runtime_checkable
class Policy(Protocol):
    """Decides by what it observes; a pytree."""

    def choose(self, key: Key[Array, ""], observation: Float[Array, " features"], legal: Bool[Array, " choices"]) -> Int[Array, ""]: ...


@runtime_checkable
class Searcher(Protocol):
    """Plays by trying out."""

    def games(self, environment: Environment, starts: PyTree, seed: int, cap: int) -> Games: ...


def play(player: Policy | Searcher, environment: Environment, starts: PyTree, *, seed: int, cap: int) -> list[Episode]:
    """One episode of at most ``cap`` choices from each row of ``starts``; every won one has been certified and checked.

    Episode number i depends on its start, the seed and i alone, but for the rounding of a network, which is not the same for one game
    and for several.  Raises `InputError`; raises `CertificateRejected` where a game that the player holds for won has no certificate,
    or one that its checker refuses.
    """
    if isinstance(player, type) or not isinstance(player, Policy | Searcher):
        raise InputError("player", player, "a policy or a searcher", 'such as RandomWalk(), Beam(), or player("trpo", environment)')
    _check_starts(environment, starts)
    if type(cap) is not int or not 1 <= cap <= 1_000_000:
        raise InputError("cap", cap, "a whole number from 1 to 1000000", "try 2000")
    games = player.games(environment, starts, seed, cap) if isinstance(player, Searcher) else follow(player, environment, starts, seed, cap)
    return [_episode(environment, starts, games, row) for row in range(len(games.won))]


def _check_starts(environment: Environment, starts: PyTree) -> None:
    if not callable(getattr(environment, "reset", None)):
        raise InputError("environment", environment, "a game with the methods of Environment", "such as an UnknotGame")
    states = jax.eval_shape(environment.reset, key_of(0, "shape"))
    rows = {np.shape(leaf)[:1] for leaf in jax.tree.leaves(starts)}
    alike = jax.tree.structure(starts) == jax.tree.structure(states)
    alike = alike and [np.shape(leaf)[1:] for leaf in jax.tree.leaves(starts)] == [leaf.shape for leaf in jax.tree.leaves(states)]
    if not alike or len(rows) != 1 or rows & {(), (0,)}:
        raise InputError("starts", starts, "one row or more of states of the environment", "such as the pool of the environment")


def _episode(environment: Environment, starts: PyTree, games: Games, row: int) -> Episode:
    actions = tuple(int(action) for action in games.actions[row, : games.made[row]])
    states = int(games.states[row])
    if not games.won[row]:
        return Episode(actions, states, Unknown({"choices": len(actions), "states": states}))
    certificate = environment.certificate(Trajectory(jax.tree.map(lambda rows: np.asarray(rows[row]), starts), actions))
    verdict = certificate.replay()
    if not verdict.accepted:
        raise CertificateRejected(f"episode {row}: {certificate.checker} refuses what the environment calls won: {verdict.reason}")
    return Episode(actions, states, Certified(certificate, {"choices": len(actions), "states": states}))


def rows_of(starts: PyTree) -> int:
    """The number of starts."""
    return len(jax.tree.leaves(starts)[0])


def follow(policy: Policy, environment: Environment, starts: PyTree, seed: int, cap: int) -> Games:
    """One game from each row of ``starts`` by a policy, not certified."""
    count, key = rows_of(starts), key_of(seed, "play")
    parts = []
    together = 1 if count == 1 else GAMES_AT_ONCE
    for first in range(0, count, together):
        rows = np.arange(first, first + together)
        states = jax.tree.map(lambda leaf, rows=rows: jnp.asarray(leaf)[np.minimum(rows, count - 1)], starts)
        parts.append([np.asarray(part) for part in _follow(policy, environment, states, key, jnp.asarray(rows, jnp.int32), cap)])
    actions, made, won = (np.concatenate(part)[:count] for part in zip(*parts, strict=True))
    return Games(actions, made, won, made)


@eqx.filter_jit
def _follow(policy: Any, environment: Any, states: PyTree, key: Key[Array, ""], rows: Array, cap: int) -> Sequence[Array]:
    keys = jax.vmap(lambda row: jax.random.fold_in(key, row))(rows)

    def move(key: Array, state: PyTree, time: Array) -> tuple[PyTree, Array, Array]:
        choosing, stepping = jax.random.split(jax.random.fold_in(key, time))
        legal = environment.legal(state)
        action = policy.choose(choosing, environment.observe(state), legal)
        playing = jnp.any(legal) & ~environment.won(state)
        after = environment.step(stepping, state, action).state
        return jax.tree.map(lambda new, old: jnp.where(playing, new, old), after, state), action, playing

    def turn(carried: tuple) -> tuple:
        states, actions, made, time, _ = carried
        states, chosen, playing = jax.vmap(move, in_axes=(0, 0, None))(keys, states, time)
        actions = actions.at[:, time].set(chosen.astype(actions.dtype))
        return states, actions, made + playing.astype(jnp.int32), time + 1, jnp.any(playing)

    games = rows.size
    numbers = np.min_scalar_type(len(environment.choices) - 1)
    start = (states, jnp.zeros((games, cap), numbers), jnp.zeros(games, jnp.int32), jnp.int32(0), jnp.bool_(True))
    states, actions, made, _, _ = jax.lax.while_loop(lambda carried: carried[4] & (carried[3] < cap), turn, start)
    return actions, made, jax.vmap(environment.won)(states)
