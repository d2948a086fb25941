"""Softmax attention with Gaussian logits: the average over the logits, by drawing them.

With a root R of the joint covariance of both inputs, (R R^T)_(xa)(yb) = K_ab(x,y), and G of independent standard Gaussians, the logits
L = sigma_qk R_x G R_x^T of x and those of y have exactly the covariance E[L_ac(x) L_bd(y)] = sigma_qk^2 K_ab K_cd.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array

from certifield.layers import Attention

from ._state import State

DRAWS = 64  # of one replicate


def attended(state: State, layer: Attention) -> State:
    """sigma_ov^2 E[zeta(L(x)) K zeta(L(y))^T] over `DRAWS` draws, the same ones for all pairs of inputs."""
    n, m, tokens = state.cross.shape[:3]
    own = [jnp.broadcast_to(within, shape) for within, shape in (
        (state.left[:, None], (n, m, tokens, tokens)), (state.right[None], (n, m, tokens, tokens)))]  # fmt: skip
    joint = jnp.concatenate(
        [jnp.concatenate([own[0], state.cross], axis=3), jnp.concatenate([jnp.swapaxes(state.cross, 2, 3), own[1]], axis=3)], axis=2
    )
    roots, left, right = _root(joint), _root(state.left), _root(state.right)

    def logits(root: Array, noise: Array) -> Array:
        return layer.zeta(layer.sigma_qk * (root @ noise @ jnp.swapaxes(root, -1, -2)))

    def draw(sums: tuple[Array, ...], key: Array) -> tuple[tuple[Array, ...], None]:
        noise = jax.random.normal(key, (2 * tokens, 2 * tokens), dtype=state.cross.dtype)
        small = noise[:tokens, :tokens]
        of_x, of_y = (logits(part, noise) for part in (roots[:, :, :tokens], roots[:, :, tokens:]))
        found = [of_x @ state.cross @ jnp.swapaxes(of_y, 2, 3)]
        for root, within in ((left, state.left), (right, state.right)):
            attention = logits(root, small)
            found.append(attention @ within @ jnp.swapaxes(attention, 1, 2))
        return tuple(total + one for total, one in zip(sums, found, strict=True)), None

    start = tuple(map(jnp.zeros_like, (state.cross, state.left, state.right)))
    sums, _ = jax.lax.scan(draw, start, jax.random.split(state.key, DRAWS))
    cross, left, right = (layer.sigma_ov**2 / DRAWS * total for total in sums)
    return state.but(cross=cross, left=left, right=right)


def _root(covariance: Array) -> Array:
    """R with R R^T the covariance; it may be singular, as at coincident inputs."""
    values, vectors = jnp.linalg.eigh(covariance)
    return vectors * jnp.sqrt(jnp.maximum(values, 0.0))[..., None, :]
