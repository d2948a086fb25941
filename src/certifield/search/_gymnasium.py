"""Environments as those of Gymnasium, for the learners of other packages."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from certifield.evidence import InputError, MissingExtra

from ._environment import Environment
from ._keys import key_of


def as_gymnasium(environment: Environment, *, patience: int = 400) -> Any:
    """A `gymnasium.Env` with the same trajectories: the same start for the same seed, states, rewards and ends.

    Observations are those of the environment; ``info`` holds the mask of allowed choices as "action_mask", and "state".  An episode is
    terminated where it is won or nothing is allowed, truncated after ``patience`` choices.  A choice that is not allowed is refused with
    `InputError`.  Needs gymnasium.
    """
    try:
        import gymnasium
    except ImportError:
        raise MissingExtra("environments of Gymnasium need gymnasium: pip install 'certifield[models]'") from None
    if type(patience) is not int or patience < 1:
        raise InputError("patience", patience, "a whole number from 1", "leave it at 400")
    step, legal, observe, won = (eqx.filter_jit(getattr(environment, name)) for name in ("step", "legal", "observe", "won"))

    class Wrapped(gymnasium.Env):  # made here, since its base class is optional
        metadata = {"render_modes": []}  # noqa: RUF012  the name and the kind are Gymnasium's
        action_space = gymnasium.spaces.Discrete(len(environment.choices))
        observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (environment.num_features,), np.float32)

        def reset(self, *, seed: int | None = None, options: dict | None = None) -> tuple[np.ndarray, dict[str, Any]]:
            super().reset(seed=seed)
            drawn = int(self.np_random.integers(2**31)) if seed is None else seed
            starting, self.key = jax.random.split(key_of(drawn, "gymnasium"))
            self.state, self.age = environment.reset(starting), 0
            return self._seen()

        def step(self, action: int) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
            if not 0 <= action < len(environment.choices) or not self.mask[action]:
                raise InputError("action", action, "a choice that is allowed", 'look at info["action_mask"]')
            move = step(jax.random.fold_in(self.key, self.age), self.state, jnp.int32(action))
            self.state, self.age = move.state, self.age + 1
            observation, info = self._seen()
            over = bool(move.won) or not self.mask.any()
            return observation, float(move.reward), over, not over and self.age >= patience, info

        def _seen(self) -> tuple[np.ndarray, dict[str, Any]]:
            self.mask = np.asarray(legal(self.state))
            info = {"action_mask": self.mask.astype(np.int8), "state": jax.tree.map(np.asarray, self.state), "won": bool(won(self.state))}
            return np.asarray(observe(self.state)), info

    return Wrapped()
