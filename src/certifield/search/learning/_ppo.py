"""Proximal policy optimisation with clipped ratios (arXiv:1707.06347)."""

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
class PPO:
    """``epochs`` passes of Adam over each batch in ``parts`` pieces; ratios of probabilities count between 1 - clip and 1 + clip."""

    name: ClassVar[str] = "ppo"
    workers: int = 256
    length: int = 32
    patience: int = 400
    discount: float = 0.99
    trace: float = 0.95
    width: int = 64
    rate: float = 1e-3
    bonus: float = 0.01
    clip: float = 0.2
    epochs: int = 4
    parts: int = 4

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
        """One batch, several passes."""
        return _step(self, environment, learning)


def _optimiser(method: PPO) -> optax.GradientTransformation:
    return optax.chain(optax.clip_by_global_norm(0.5), optax.adam(method.rate, eps=1e-5))


def clipped_surrogate(ratios: Array, advantages: Array, clip: float) -> Float[Array, ""]:
    """mean min(r A, clip(r) A): no gain from ratios beyond the clip."""
    return jnp.mean(jnp.minimum(ratios * advantages, jnp.clip(ratios, 1 - clip, 1 + clip) * advantages))


def _loss(networks: tuple[Actor, Critic], data: Gathered, method: PPO) -> tuple[Float[Array, ""], tuple[Array, Array, Array]]:
    actor, critic = networks
    seen = data.experience
    logs = jax.vmap(actor)(seen.observations, seen.legal)
    ratios = jnp.exp(chosen(logs, seen.actions) - chosen(seen.logs, seen.actions))
    spread = jnp.mean(entropy(logs))
    policy, value = -clipped_surrogate(ratios, data.advantages, method.clip), value_loss(critic, seen.observations, data.returns)
    return value - method.bonus * spread + policy, (spread, policy, value)


@eqx.filter_jit
def _begin(method: PPO, environment: Any, key: Key[Array, ""]) -> Learning:
    actor, critic, workers, kept = begun(environment, key, workers=method.workers, width=method.width)
    return Learning(actor, critic, _optimiser(method).init(eqx.filter((actor, critic), eqx.is_inexact_array)), workers, kept)


@eqx.filter_jit
def _step(method: PPO, environment: Any, learning: Learning) -> tuple[Learning, Report]:
    data, workers, key, kept = gathered(
        environment, learning, length=method.length, patience=method.patience, discount=method.discount, trace=method.trace
    )
    networks, fixed = eqx.partition((learning.actor, learning.critic), eqx.is_inexact_array)

    def improve(carried: tuple, rows: Array) -> tuple[tuple, tuple[Array, Array, Array]]:
        arrays, memory = carried
        part = jax.tree.map(lambda samples: samples[rows], data)
        (_, told), gradients = eqx.filter_value_and_grad(_loss, has_aux=True)(eqx.combine(arrays, fixed), part, method)
        model, memory = descended(_optimiser(method), eqx.combine(arrays, fixed), memory, gradients)
        return (eqx.filter(model, eqx.is_inexact_array), memory), told

    orders = [jax.random.permutation(each, method.batch) for each in jax.random.split(key, method.epochs)]
    pieces = jnp.concatenate(orders).reshape(method.epochs * method.parts, -1)
    (networks, memory), (spread, policy, value) = jax.lax.scan(improve, (networks, learning.memory), pieces)
    actor, critic = eqx.combine(networks, fixed)
    return Learning(actor, critic, memory, workers, kept), reported(data, spread[-1], moved(actor, data.experience), policy[-1], value[-1])
