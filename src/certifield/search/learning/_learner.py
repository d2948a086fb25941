"""What every learner is: ``init`` makes its state, ``step`` plays one batch and learns from it."""

import dataclasses
import math
from typing import Any, ClassVar, NamedTuple, Protocol

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Key, PyTree, UInt32

from certifield.evidence import InputError

from ._advantages import advantages
from ._categorical import divergence
from ._policy import Actor, Critic
from ._rollout import Experience, Workers, collected, started


class Learning(eqx.Module):
    """Networks, optimisers, unfinished games and the random key: everything that the next step depends on."""

    actor: Any  # an `Actor`, or what else chooses
    critic: Any  # a `Critic`, or what else judges
    memory: PyTree
    workers: Workers
    key: UInt32[Array, " two"]


class Report(NamedTuple):
    """What one step of learning saw: games ended and won, mean reward of a choice, entropy, and how far the policy moved.

    ``policy_loss``: minus the surrogate that the policy climbs; ``value_loss``: half the mean squared error of the critic; ``returns``: the
    mean return that the critic should have known; ``experience``: what was seen and done, in one row of samples.
    """

    ended: Float[Array, ""]
    won: Float[Array, ""]
    reward: Float[Array, ""]
    entropy: Float[Array, ""]
    divergence: Float[Array, ""]
    policy_loss: Float[Array, ""]
    value_loss: Float[Array, ""]
    returns: Float[Array, ""]
    experience: Experience


class Learner(Protocol):
    """A method with its settings; immutable and hashable.  ``step`` makes ``batch`` choices."""

    name: ClassVar[str]

    @property
    def batch(self) -> int: ...
    def init(self, environment: Any, key: Key[Array, ""]) -> Learning: ...
    def step(self, environment: Any, learning: Learning) -> tuple[Learning, Report]: ...


WHOLE = {"workers": 1, "length": 1, "patience": 1, "width": 1, "epochs": 1, "parts": 1, "iterations": 1, "thinning": 1}
WHOLE |= {"halvings": 1, "lessons": 0, "sample": 1, "room": 1, "period": 1}  # the least value of each
REAL = {"discount": (0, 1), "trace": (0, 1), "rate": (0, 10), "bonus": (0, 10), "clip": (0, 1), "radius": (0, 10), "damping": (0, 10)}
REAL |= {"decay": (0, 1), "least": (0, 1)}


def check_settings(learner: Any) -> None:
    """Raises `InputError` for a setting outside of its range, or a batch that does not fall into its parts; others are not looked at."""
    for field in dataclasses.fields(learner):
        given = getattr(learner, field.name)
        if field.name in WHOLE:
            if type(given) is not int or not WHOLE[field.name] <= given <= 10**6:
                raise InputError(field.name, given, f"a whole number from {WHOLE[field.name]} to 1000000", f"leave it at {field.default}")
        elif field.name in REAL:
            low, high = REAL[field.name]
            if isinstance(given, bool) or not isinstance(given, int | float) or not low <= given <= high:
                raise InputError(field.name, given, f"a number from {low} to {high}", f"leave it at {field.default}")
    parts = getattr(learner, "parts", 1)
    if learner.batch % parts:
        raise InputError("parts", parts, f"a divisor of workers times length, {learner.batch}", f"try {math.gcd(parts, learner.batch)}")


class Gathered(NamedTuple):
    """Experience in one row of samples, with standardised advantages and the returns that the critic should have known."""

    experience: Experience
    advantages: Float[Array, " samples"]
    returns: Float[Array, " samples"]


def begun(environment: Any, key: Key[Array, ""], *, workers: int, width: int) -> tuple[Actor, Critic, Workers, UInt32[Array, " two"]]:
    """New networks and fresh games."""
    first, second, third, last = jax.random.split(key, 4)
    actor, critic = networks(environment, width, first, second)
    return actor, critic, started(environment, workers, third), jax.random.key_data(last)


def networks(environment: Any, width: int, first: Key[Array, ""], second: Key[Array, ""]) -> tuple[Any, Any]:
    """What the environment makes by its own ``networks(width, key, key)``, such as graph networks, and else perceptrons."""
    made = getattr(environment, "networks", None)
    if made is not None:
        return made(width, first, second)
    return Actor(environment.num_features, len(environment.choices), width, first), Critic(environment.num_features, width, second)


def gathered(
    environment: Any, learning: Learning, *, length: int, patience: int, discount: float, trace: float
) -> tuple[Gathered, Workers, Key[Array, ""], UInt32[Array, " two"]]:
    """One batch of experience, the workers after it, a key to use and the key to keep."""
    playing, using, keeping = jax.random.split(jax.random.wrap_key_data(learning.key, impl="threefry2x32"), 3)
    workers, seen = collected(learning.actor, learning.critic, environment, learning.workers, playing, length=length, patience=patience)
    found = advantages(seen.rewards, seen.values, seen.next_values, seen.over, seen.ended, discount=discount, trace=trace)
    flat = jax.tree.map(lambda series: series.reshape(-1, *series.shape[2:]), seen)
    centred = (found - jnp.mean(found)) / (jnp.std(found) + 1e-8)
    return Gathered(flat, centred.ravel(), (found + seen.values).ravel()), workers, using, jax.random.key_data(keeping)


def chosen(logs: Float[Array, "samples choices"], actions: Array) -> Float[Array, " samples"]:
    """The entry of the choice that was made."""
    return jnp.take_along_axis(logs, actions[:, None], axis=1)[:, 0]


def value_loss(critic: Critic, observations: Array, returns: Array) -> Float[Array, ""]:
    """Mean squared error of the critic, halved."""
    return 0.5 * jnp.mean((jax.vmap(critic)(observations) - returns) ** 2)


def moved(actor: Actor, seen: Experience) -> Float[Array, ""]:
    """Mean divergence of the policy of ``actor`` from that of the experience."""
    return jnp.mean(divergence(seen.logs, jax.vmap(actor)(seen.observations, seen.legal)))


def descended(optimiser: optax.GradientTransformation, model: PyTree, memory: PyTree, gradients: PyTree) -> tuple[PyTree, PyTree]:
    """The model and the memory of its optimiser after one step down ``gradients``."""
    with jax.numpy_dtype_promotion("standard"):  # Optax raises floats to integer powers
        updates, memory = optimiser.update(gradients, memory, eqx.filter(model, eqx.is_inexact_array))
    return eqx.apply_updates(model, updates), memory


def reported(data: Gathered, entropy: Array, divergence: Array, policy_loss: Array, value_loss: Array) -> Report:
    """The report of one batch."""
    seen = data.experience
    ended, won = (jnp.sum(part, dtype=jnp.int32).astype(jnp.float32) for part in (seen.ended, seen.won))
    return Report(ended, won, jnp.mean(seen.rewards), entropy, divergence, policy_loss, value_loss, jnp.mean(data.returns), seen)
