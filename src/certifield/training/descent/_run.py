"""A descent from start to end in one compiled program, and what it did: losses, energies, speeds, bounces."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import PyTree

from certifield._arguments import whole
from certifield.evidence import NotConverged

from ._transform import DescentState

_ADVICE = "give an F0 below every value of the loss, lower=0.1 to let F0 move, or a smaller lr"


def checked(state: DescentState) -> DescentState:
    """The state, where the descent is still going.  Raises `NotConverged` with the step and the values at which it stopped."""
    step, value, floor = (np.asarray(each) for each in (state.stopped, state.value, state.floor))
    if np.all(step < 0):
        return state
    place = np.unravel_index(int(np.argmax(step >= 0)), step.shape)
    why = "fell below F0" if np.isfinite(value[place]) else "or its gradient is not finite"
    raise NotConverged(f"stopped at step {step[place]}: the loss {value[place]:g} {why} = {floor[place]:g}; {_ADVICE}")


@dataclass(frozen=True, eq=False)
class Descent:
    """``params`` at the end; by step [T]: ``value`` = F, ``gap`` = F - F0, ``drift`` of the energy before it is restored, ``speed``, and
    ``bounces`` so far; ``state``: the last one."""

    params: Any
    value: np.ndarray
    gap: np.ndarray
    drift: np.ndarray
    speed: np.ndarray
    bounces: np.ndarray
    state: DescentState


def descend(loss: Callable[[Any], Any], params: PyTree, optimiser: optax.GradientTransformationExtraArgs, steps: int) -> Descent:
    """``steps`` updates of ``params``, a tree of floating arrays, against the gradient of ``loss(params)``.

    Minibatches have a loop of their own: call ``optimiser.update(grads, state, params, value=loss)`` there, and `checked` on its state.
    Raises `NotConverged` where the loss fell below F0 or was not finite, and `InputError` for fewer steps than one.

    >>> import jax.numpy as jnp, certifield as cf
    >>> found = cf.training.descend(lambda q: jnp.sum(q**2), jnp.ones(2), cf.training.ecd_q1(0.1, eta=4.0), 200)
    >>> bool(found.value.min() < 0.1)
    True
    """
    whole("steps", steps, 1)

    @jax.jit
    def run(params: PyTree) -> Any:
        def step(carry: Any, _: None) -> tuple[Any, dict[str, Any]]:
            params, state = carry
            value, grads = jax.value_and_grad(loss)(params)
            updates, state = optimiser.update(grads, state, params, value=value)
            seen = {name: getattr(state, name) for name in ("value", "gap", "drift", "speed", "bounces")}
            return (optax.apply_updates(params, updates), state), seen

        (params, state), seen = jax.lax.scan(step, (params, optimiser.init(params)), None, length=steps)
        return params, state, seen

    end, state, seen = run(jax.tree.map(jnp.asarray, params))
    checked(state)
    return Descent(end, **{name: np.asarray(values) for name, values in seen.items()}, state=state)
