r"""Trust region policy optimisation (arXiv:1502.05477).

The surrogate $L(\theta)=\mathbb E[A\,\pi_\theta/\pi_{old}]$ is raised along the natural gradient $s=F^{-1}\nabla L$, which conjugate
gradients find from products $Fv$ alone, by the step $\sqrt{2\delta/s^TFs}$, at which the quadratic model of the mean divergence
$KL(\pi_{old}\|\pi_\theta)$ is $\delta$; halved until the surrogate has risen and the divergence is at most $\delta$ indeed.
For a categorical policy $F=\mathbb E[J^T\mathrm{diag}(\pi)J]$ with the Jacobian J of $\log\pi$.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float, Key

from ._categorical import divergence, entropy
from ._learner import Gathered, Learning, Report, begun, check_settings, chosen, descended, gathered, reported, value_loss
from ._policy import Actor, Critic

Vector = Float[Array, " parameters"]


@dataclass(frozen=True)
class TRPO:
    """Steps of mean divergence ``radius`` at most; the critic follows by ``lessons`` steps of Adam.

    F is estimated from every ``thinning``-th sample and gets ``damping`` on its diagonal.
    """

    name: ClassVar[str] = "trpo"
    workers: int = 256
    length: int = 32
    patience: int = 400
    discount: float = 0.99
    trace: float = 0.95
    width: int = 64
    radius: float = 0.02
    damping: float = 0.02
    iterations: int = 10
    thinning: int = 4
    halvings: int = 10
    rate: float = 2e-3
    lessons: int = 10

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
        """One batch, one step of the policy."""
        return _step(self, environment, learning)


def fisher_product(logs: Callable[[Vector], Array], at: Vector) -> Callable[[Vector], Vector]:
    """v -> F v for the log-probabilities [samples, choices] as a function of the parameters, averaged over samples."""
    values, push = jax.linearize(logs, at)
    pull = jax.linear_transpose(push, at)
    return lambda vector: pull(jnp.exp(values) * push(vector) / values.shape[0])[0]


def conjugate_gradients(product: Callable[[Vector], Vector], right: Vector, iterations: int) -> Vector:
    """The solution x of A x = b for a positive definite A, after so many iterations or with a residual of 1e-10 of that of 0."""
    least = 1e-10 * jnp.vdot(right, right)

    def improve(_: Any, carried: tuple) -> tuple:
        solution, residual, direction, square = carried
        image = product(direction)
        going = square > least
        step = jnp.where(going, square / jnp.where(going, jnp.vdot(direction, image), 1.0), 0.0)
        residual = residual - step * image
        new = jnp.vdot(residual, residual)
        turned = residual + jnp.where(going, new / jnp.where(going, square, 1.0), 0.0) * direction
        return solution + step * direction, residual, turned, jnp.where(going, new, square)

    start = (jnp.zeros_like(right), right, right, jnp.vdot(right, right))
    return jax.lax.fori_loop(0, iterations, improve, start)[0]


def line_search(
    measure: Callable[[Vector], tuple[Array, Array]], start: Vector, step: Vector, radius: float, halvings: int
) -> tuple[Vector, Array]:
    """start + step / 2^k with the least k for which the gain is positive and the divergence at most ``radius``; else the start.

    ``measure`` gives gain and divergence.  Returned is the divergence, too.
    """

    def shorter(carried: tuple) -> tuple:
        tried, _, _ = carried
        gain, moved = measure(start + 0.5**tried * step)
        return tried + 1, (gain > 0) & (moved <= radius), moved

    tried, good, moved = jax.lax.while_loop(
        lambda carried: ~carried[1] & (carried[0] < halvings), shorter, (jnp.float32(0), jnp.bool_(False), jnp.float32(0))
    )
    return jnp.where(good, start + 0.5 ** (tried - 1) * step, start), jnp.where(good, moved, jnp.zeros_like(moved))


def improved(actor: Actor, data: Gathered, method: TRPO) -> tuple[Actor, Array]:
    """The actor after one step inside the trust region, and the divergence of that step."""
    arrays, fixed = eqx.partition(actor, eqx.is_inexact_array)
    vector, restore = ravel_pytree(arrays)
    seen = data.experience

    def logs_at(parameters: Vector, every: int = 1) -> Array:
        return jax.vmap(eqx.combine(restore(parameters), fixed))(seen.observations[::every], seen.legal[::every])

    def measure(parameters: Vector) -> tuple[Array, Array]:
        logs = logs_at(parameters)
        ratios = jnp.exp(chosen(logs, seen.actions) - chosen(seen.logs, seen.actions))
        return jnp.mean((ratios - 1) * data.advantages), jnp.mean(divergence(seen.logs, logs))

    gradient = jax.grad(lambda parameters: measure(parameters)[0])(vector)
    fisher = fisher_product(lambda parameters: logs_at(parameters, method.thinning), vector)
    direction = conjugate_gradients(lambda given: fisher(given) + method.damping * given, gradient, method.iterations)
    curvature = jnp.vdot(direction, fisher(direction) + method.damping * direction)
    step = jnp.sqrt(2 * method.radius / jnp.maximum(curvature, 1e-12)) * direction
    vector, moved = line_search(measure, vector, step, method.radius, method.halvings)
    return eqx.combine(restore(vector), fixed), moved


def _taught(critic: Critic, memory: Any, data: Gathered, method: TRPO) -> tuple[Critic, Any]:
    arrays, fixed = eqx.partition(critic, eqx.is_inexact_array)
    optimiser = optax.adam(method.rate)

    def lesson(_: Any, carried: tuple) -> tuple:
        model = eqx.combine(carried[0], fixed)
        gradients = eqx.filter_grad(value_loss)(model, data.experience.observations, data.returns)
        model, memory = descended(optimiser, model, carried[1], gradients)
        return eqx.filter(model, eqx.is_inexact_array), memory

    arrays, memory = jax.lax.fori_loop(0, method.lessons, lesson, (arrays, memory))
    return eqx.combine(arrays, fixed), memory


@eqx.filter_jit
def _begin(method: TRPO, environment: Any, key: Key[Array, ""]) -> Learning:
    actor, critic, workers, kept = begun(environment, key, workers=method.workers, width=method.width)
    return Learning(actor, critic, optax.adam(method.rate).init(eqx.filter(critic, eqx.is_inexact_array)), workers, kept)


@eqx.filter_jit
def _step(method: TRPO, environment: Any, learning: Learning) -> tuple[Learning, Report]:
    data, workers, _, kept = gathered(
        environment, learning, length=method.length, patience=method.patience, discount=method.discount, trace=method.trace
    )
    actor, moved = improved(learning.actor, data, method)
    critic, memory = _taught(learning.critic, learning.memory, data, method)
    seen = data.experience
    ratios = jnp.exp(chosen(jax.vmap(actor)(seen.observations, seen.legal), seen.actions) - chosen(seen.logs, seen.actions))
    policy, value = -jnp.mean((ratios - 1) * data.advantages), value_loss(critic, seen.observations, data.returns)
    return Learning(actor, critic, memory, workers, kept), reported(data, jnp.mean(entropy(seen.logs)), moved, policy, value)
