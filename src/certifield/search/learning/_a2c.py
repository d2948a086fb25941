"""Advantage actor-critic, synchronous: the many workers of A3C (arXiv:1602.01783) learn in step."""

from dataclasses import dataclass
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Key

from ._categorical import entropy
from ._learner import Gathered, Learning, Report, begun, check_settings, chosen, descended, gathered, moved, reported, value_loss
from ._policy import Actor, Critic


@dataclass(frozen=True)
class A2C:
    """One step of RMSprop on the policy gradient of each batch; ``bonus`` weighs the entropy."""

    name: ClassVar[str] = "a2c"
    workers: int = 256
    length: int = 8
    patience: int = 400
    discount: float = 0.99
    trace: float = 0.95
    width: int = 64
    rate: float = 4e-3
    bonus: float = 0.003

    def __post_init__(self) -> None:
        check_settings(self)

    @property
    def batch(self) -> int:
        """Choices made in one step."""
        return self.workers * self.length

    def init(self, environment: Any, key: Key[Array, ""]) -> Learning:
        """New networks and fresh games."""
        return _begin(self, environment, key)

    def step(self, environment: Any, learning: Learning) -> tuple[Learning, Report]:
        """One batch, one gradient."""
        return _step(self, environment, learning)


def _optimiser(method: A2C) -> optax.GradientTransformation:
    return optax.chain(optax.clip_by_global_norm(0.5), optax.rmsprop(method.rate, decay=0.99, eps=1e-5))


def _loss(networks: tuple[Actor, Critic], data: Gathered, bonus: float) -> tuple[Float[Array, ""], tuple[Array, Array, Array]]:
    actor, critic = networks
    logs = jax.vmap(actor)(data.experience.observations, data.experience.legal)
    policy = -jnp.mean(data.advantages * chosen(logs, data.experience.actions))
    spread = jnp.mean(entropy(logs))
    value = value_loss(critic, data.experience.observations, data.returns)
    return policy - bonus * spread + value, (spread, policy, value)


@eqx.filter_jit
def _begin(method: A2C, environment: Any, key: Key[Array, ""]) -> Learning:
    actor, critic, workers, kept = begun(environment, key, workers=method.workers, width=method.width)
    return Learning(actor, critic, _optimiser(method).init(eqx.filter((actor, critic), eqx.is_inexact_array)), workers, kept)


@eqx.filter_jit
def _step(method: A2C, environment: Any, learning: Learning) -> tuple[Learning, Report]:
    data, workers, _, kept = gathered(
        environment, learning, length=method.length, patience=method.patience, discount=method.discount, trace=method.trace
    )
    networks = (learning.actor, learning.critic)
    (_, (spread, policy, value)), gradients = eqx.filter_value_and_grad(_loss, has_aux=True)(networks, data, method.bonus)
    (actor, critic), memory = descended(_optimiser(method), networks, learning.memory, gradients)
    return Learning(actor, critic, memory, workers, kept), reported(data, spread, moved(actor, data.experience), policy, value)
