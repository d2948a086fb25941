r"""Deep Q-learning with a memory and a second network (arXiv:1312.5602; Nature 518 (2015) 529).

$Q(s, a)$ is drawn to $r + \gamma \max_{a'} \bar Q(s', a')$ over the choices that are allowed in s', and to r where the game is over.  The
transitions are samples of a memory; $\bar Q$ is a copy of Q that is renewed now and then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Bool, Float, Int, Key

from certifield.evidence import InputError

from ._categorical import entropy
from ._learner import Learning, Report, check_settings, chosen, descended, moved, networks
from ._rollout import Experience, collected, started


class Explorer(eqx.Module):
    """Chooses the greatest Q, and with probability ``explore`` any allowed choice."""

    network: Any
    explore: Float[Array, ""]

    def __call__(self, observation: Float[Array, " features"], legal: Bool[Array, " choices"]) -> Float[Array, " choices"]:
        values = jnp.where(legal, self.network(observation), -jnp.inf)
        best = jnp.arange(values.size) == jnp.argmax(values)
        allowed = legal.astype(jnp.float32) / jnp.maximum(jnp.sum(legal, dtype=jnp.float32), 1)
        chance = self.explore * allowed + (1 - self.explore) * best.astype(jnp.float32)
        return jnp.where(legal, jnp.log(jnp.maximum(chance, 1e-30)), jnp.float32(-1e9))

    def choose(self, key: Key[Array, ""], observation: Float[Array, " features"], legal: Bool[Array, " choices"]) -> Int[Array, ""]:
        """A choice."""
        return jax.random.categorical(key, self(observation, legal)).astype(jnp.int32)


class Target(eqx.Module):
    """The copy of Q; as a critic it names the greatest of its values."""

    network: Any

    def __call__(self, observation: Float[Array, " features"]) -> Float[Array, ""]:
        return jnp.max(self.network(observation))


class Memory(NamedTuple):
    """Transitions, the next place to write, how many there are, steps of learning so far, and the optimiser's part."""

    observation: Float[Array, "room features"]
    legal: Bool[Array, "room choices"]
    action: Int[Array, " room"]
    reward: Float[Array, " room"]
    next_observation: Float[Array, "room features"]
    next_legal: Bool[Array, "room choices"]
    over: Bool[Array, " room"]
    known: Bool[Array, " room"]
    place: Int[Array, ""]
    steps: Int[Array, ""]
    optimiser: Any


@dataclass(frozen=True)
class DQN:
    """``lessons`` of ``sample`` transitions each from a memory of ``room``; the copy is renewed after every ``period`` steps.

    Exploration falls by ``decay`` a step from 1 to ``least``, with which the trained player also plays.
    """

    name: ClassVar[str] = "dqn"
    workers: int = 64
    length: int = 16
    patience: int = 400
    discount: float = 0.99
    width: int = 64
    rate: float = 1e-3
    lessons: int = 8
    sample: int = 256
    room: int = 1 << 14
    period: int = 4
    decay: float = 0.97
    least: float = 0.05

    def __post_init__(self) -> None:
        check_settings(self)
        kept = (self.length - 1) * self.workers
        if kept < 1 or kept > self.room:
            allowed = f"2 steps or more a batch, and room for the {kept} transitions of one"
            raise InputError("length, room", (self.length, self.room), allowed, "leave them at their defaults")

    @property
    def batch(self) -> int:
        """Choices made in one step."""
        return self.workers * self.length

    def init(self, environment: Any, key: Key[Array, ""]) -> Learning:
        """New networks, fresh games, an empty memory."""
        return _begin(self, environment, key)

    def step(self, environment: Any, learning: Learning) -> tuple[Learning, Report]:
        """One batch into the memory, some lessons from it."""
        return _step(self, environment, learning)


def targets(network: Any, part: Memory, discount: float) -> Float[Array, " samples"]:
    """What Q should have said of some transitions, by the copy."""
    ahead = jnp.where(part.next_legal, jax.vmap(network)(part.next_observation), -jnp.inf)
    best = jnp.where(part.over | ~jnp.any(part.next_legal, axis=1), jnp.float32(0), jnp.max(ahead, axis=1))
    return part.reward + jnp.float32(discount) * best


def remembered(memory: Memory, seen: Experience) -> Memory:
    """The memory with the transitions of a batch, but for the last of each worker; cut-off games have no next state, which is kept."""
    follows = [jax.tree.map(lambda series: series[1:], part) for part in (seen.observations, seen.legal)]
    here = jax.tree.map(lambda series: series[:-1], seen)
    known = here.over | ~here.ended
    parts = (here.observations, here.legal, here.actions, here.rewards, follows[0], follows[1], here.over, known)
    rows = [part.reshape(-1, *part.shape[2:]) for part in parts]
    count, room = rows[2].shape[0], memory.action.shape[0]
    places = (memory.place + jnp.arange(count, dtype=jnp.int32)) % room
    written = [old.at[places].set(new.astype(old.dtype)) for old, new in zip(memory[:8], rows, strict=True)]
    return _rewritten(memory, written)._replace(place=(memory.place + count) % room, steps=memory.steps + 1)


def _rewritten(memory: Memory, rows: Sequence[Array]) -> Memory:
    """The memory with other transitions."""
    return memory._replace(**dict(zip(Memory._fields, rows, strict=False)))


def _optimiser(method: DQN) -> optax.GradientTransformation:
    return optax.chain(optax.clip_by_global_norm(1.0), optax.adam(method.rate))


@eqx.filter_jit
def _begin(method: DQN, environment: Any, key: Key[Array, ""]) -> Learning:
    first, second, third, last = jax.random.split(key, 4)
    network = networks(environment, method.width, first, second)[0].network
    features, choices, room = environment.num_features, len(environment.choices), method.room
    zeros, false = jnp.zeros((room, features), jnp.float32), jnp.zeros((room, choices), bool)
    numbers, truths = jnp.zeros(room, jnp.int32), jnp.zeros(room, bool)
    optimiser = _optimiser(method).init(eqx.filter(network, eqx.is_inexact_array))
    none, rewards = jnp.int32(0), jnp.zeros(room, jnp.float32)
    memory = Memory(zeros, false, numbers, rewards, zeros, false, truths, truths, none, none, optimiser)
    return Learning(
        Explorer(network, jnp.float32(1)), Target(network), memory, started(environment, method.workers, third), jax.random.key_data(last)
    )


def _loss(network: Any, part: Memory, wanted: Float[Array, " samples"]) -> Float[Array, ""]:
    gap = chosen(jax.vmap(network)(part.observation), part.action) - wanted
    weight = part.known.astype(jnp.float32)
    return jnp.sum(optax.losses.huber_loss(gap) * weight) / jnp.maximum(jnp.sum(weight), 1)


@eqx.filter_jit
def _step(method: DQN, environment: Any, learning: Learning) -> tuple[Learning, Report]:
    playing, using, keeping = jax.random.split(jax.random.wrap_key_data(learning.key, impl="threefry2x32"), 3)
    explorer, target = learning.actor, learning.critic
    workers, seen = collected(
        explorer, target, environment, learning.workers, playing, length=method.length, patience=method.patience
    )  # fmt: skip
    memory = remembered(learning.memory, seen)
    arrays, fixed = eqx.partition(explorer.network, eqx.is_inexact_array)
    filled = jnp.maximum(jnp.minimum(memory.steps * ((method.length - 1) * method.workers), method.room), 1)

    def lesson(carried: tuple, key: Array) -> tuple[tuple, tuple[Array, Array]]:
        model = eqx.combine(carried[0], fixed)
        rows = jax.random.randint(key, (method.sample,), 0, filled, dtype=jnp.int32)
        part = _rewritten(memory, [entries[rows] for entries in memory[:8]])._replace(optimiser=None)
        wanted = targets(target.network, part, method.discount)
        loss, gradients = eqx.filter_value_and_grad(_loss)(model, part, wanted)
        model, optimiser = descended(_optimiser(method), model, carried[1], gradients)
        return (eqx.filter(model, eqx.is_inexact_array), optimiser), (loss, jnp.mean(wanted))

    (arrays, optimiser), (losses, wanted) = jax.lax.scan(lesson, (arrays, memory.optimiser), jax.random.split(using, method.lessons))
    network = eqx.combine(arrays, fixed)
    renew = memory.steps % method.period == 0
    old = eqx.filter(target.network, eqx.is_inexact_array)
    kept = jax.tree.map(lambda new, before: jnp.where(renew, new, before), arrays, old)
    explore = jnp.maximum(explorer.explore * jnp.float32(method.decay), jnp.float32(method.least))
    flat = jax.tree.map(lambda series: series.reshape(-1, *series.shape[2:]), seen)
    ended, won = (jnp.sum(part, dtype=jnp.int32).astype(jnp.float32) for part in (flat.ended, flat.won))
    after = Explorer(network, explore)
    spread, changed, none = jnp.mean(entropy(flat.logs)), moved(after, flat), jnp.float32(0)  # type: ignore[arg-type]
    report = Report(ended, won, jnp.mean(flat.rewards), spread, changed, none, losses[-1], jnp.mean(wanted), flat)
    critic, memory = Target(eqx.combine(kept, fixed)), memory._replace(optimiser=optimiser)
    return Learning(after, critic, memory, workers, jax.random.key_data(keeping)), report  # type: ignore[arg-type]
