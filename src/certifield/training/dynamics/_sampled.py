"""Any loss at infinite width: draws of the Gaussian process at the start, each followed through training.

The field at other points needs no equation of its own: phi_t(x) = phi_0(x) - Theta_xX a_t with a_t the accumulated gradient at X.
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from certifield.ensembles._checked import checked_count
from certifield.streams import stream_key

from ._kernels import Kernels
from ._losses import Loss
from ._rules import Rule

_AT_ONCE = 256


def sampled_fields(
    kernels: Kernels, rule: Rule, loss: Loss, labels: np.ndarray, times: Sequence[float], draws: int, seed: int, *, centred: bool
) -> np.ndarray:
    """The field after training at the other points: [draws, times, p, outputs]."""
    count, moments = checked_count("draws", draws), rule.times(times)
    n, k = kernels.train, np.asarray(kernels.nngp.value)
    theta = np.asarray(kernels.ntk.value)
    values, vectors = np.linalg.eigh(k)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    with jax.enable_x64(True):
        y, inside = jnp.asarray(labels), jnp.asarray(theta[:n, :n]) + kernels.ridge * jnp.eye(n)
        across = jnp.asarray(theta[n:, :n])

        def followed(start: Array) -> Array:
            on, at = (jnp.zeros_like(start[:n]), jnp.zeros_like(start[n:])) if centred else (start[:n], start[n:])
            found = rule.accumulate(lambda a: loss.gradient(on - inside @ a, y), jnp.zeros_like(y), moments)
            return at[None] - jnp.einsum("pn,tno->tpo", across, found)

        normal = jax.random.normal(stream_key(seed, f"process/{loss.name}"), (count, len(k), labels.shape[1]))
        starts = jnp.einsum("ab,mbo->mao", jnp.asarray(root), normal)
        return np.asarray(jax.jit(lambda given: jax.lax.map(followed, given, batch_size=min(_AT_ONCE, count)))(starts))
