"""What a move earns in games whose states have a value."""

from dataclasses import asdict, dataclass

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from certifield.evidence import InputError


@dataclass(frozen=True)
class Reward:
    """``scale`` times the gain in value to the ``power`` where the value rises, ``offset`` where it does not; always ``step``;
    ``boundary`` for a move out of the box; ``bonus`` for a terminal state (arXiv:2108.07316).

    With ``offset`` None a loss counts as a gain of the same size does, with the other sign: going to and fro earns nothing then.
    """

    scale: float = 1.0
    power: float = 1.2
    offset: float | None = -2.0
    step: float = -1.0
    boundary: float = -2.0
    bonus: float = 10.0

    def __post_init__(self) -> None:
        for name, given in asdict(self).items():
            if given is None and name == "offset":
                continue
            if isinstance(given, bool) or not isinstance(given, int | float) or not np.isfinite(given):
                raise InputError(name, given, "a finite number", "leave it out")
        if not self.power > 0:
            raise InputError("power", self.power, "above 0", "leave it at 1.2")

    def earned(self, gain: Float[Array, ""], inside: Bool[Array, ""], won: Bool[Array, ""]) -> Float[Array, ""]:
        """Of a move that changes the value by ``gain``, stays ``inside`` of the box or not, and leads to a terminal state or not."""
        size = jnp.power(jnp.where(gain == 0, jnp.ones_like(gain), jnp.float32(self.scale) * jnp.abs(gain)), jnp.float32(self.power))
        losing = jnp.where(gain == 0, jnp.zeros_like(gain), -size) if self.offset is None else jnp.float32(self.offset)
        found = jnp.where(gain > 0, size, losing) + jnp.float32(self.step)
        found = found + jnp.where(inside, jnp.float32(0), jnp.float32(self.boundary))
        return found + jnp.where(won, jnp.float32(self.bonus), jnp.float32(0))
