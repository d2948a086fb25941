"""Softmax attention with Gaussian logits: the average over the logits, by drawing them.

With a root R of the joint covariance of both inputs, (R R^T)_(xa)(yb) = K_ab(x,y), and G of independent standard Gaussians, the logits
L = sigma_qk R_x G R_x^T of x and those of y have exactly the covariance E[L_ac(x) L_bd(y)] = sigma_qk^2 K_ab K_cd.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array

from certifield.layers import Attention

from ._state import State

DRAWS = 64  # of one replicate


def attended(state: State, layer: Attention) -> State:
    """sigma_ov^2 E[zeta(L(x)) K zeta(L(y))^T] over `DRAWS` draws, the same ones for all pairs of inputs; likewise for Theta."""
    n, m, tokens = state.cross.shape[:3]
    own = [jnp.broadcast_to(within, shape) for within, shape in (
        (state.left[:, None], (n, m, tokens, tokens)), (state.right[None], (n, m, tokens, tokens)))]  # fmt: skip
    joint = jnp.concatenate(
        [jnp.concatenate([own[0], state.cross], axis=3), jnp.concatenate([jnp.swapaxes(state.cross, 2, 3), own[1]], axis=3)], axis=2
    )
    roots, left, right = _root(joint), _root(state.left), _root(state.right)
    met = _met(layer) if state.tangent is None else _met_with_tangent(layer)
    kernels = tuple((getattr(state, part), None if state.tangent is None else getattr(state.tangent, part)) for part in _PARTS)

    def zeta(root: Array, noise: Array) -> Array:
        return layer.zeta(layer.sigma_qk * (root @ noise @ jnp.swapaxes(root, -1, -2)))

    def draw(sums: tuple, key: Array) -> tuple[tuple, None]:
        noise = jax.random.normal(key, (2 * tokens, 2 * tokens), dtype=state.cross.dtype)
        small = noise[:tokens, :tokens]
        of_x, of_y = (zeta(part, noise) for part in (roots[:, :, :tokens], roots[:, :, tokens:]))
        pairs = [(of_x, of_y), *((alone, alone) for alone in (zeta(left, small), zeta(right, small)))]
        found = tuple(met(*pair, *kernel) for pair, kernel in zip(pairs, kernels, strict=True))
        return jax.tree.map(jnp.add, sums, found), None

    start = jax.tree.map(lambda part: jnp.zeros_like(part), tuple(tuple(k for k in pair if k is not None) for pair in kernels))
    sums, _ = jax.lax.scan(draw, start, jax.random.split(state.key, DRAWS))
    means = jax.tree.map(lambda total: layer.sigma_ov**2 / DRAWS * total, sums)
    moved = state.but(**{part: mean[0] for part, mean in zip(_PARTS, means, strict=True)})
    if state.tangent is None:
        return moved
    return moved.but(tangent=state.tangent.but(**{part: mean[1] for part, mean in zip(_PARTS, means, strict=True)}))


_PARTS = ("cross", "left", "right")


def _met(layer: Attention) -> Callable[..., tuple[Array, ...]]:
    """One draw of zeta K zeta'^T."""
    return lambda zeta, other, k, _: (zeta @ k @ jnp.swapaxes(other, -1, -2),)


def _met_with_tangent(layer: Attention) -> Callable[..., tuple[Array, ...]]:
    """The same, and one draw of Theta'/sigma_ov^2; see `_attending`."""

    def met(zeta: Array, other: Array, k: Array, t: Array) -> tuple[Array, Array]:
        turned = jnp.swapaxes(other, -1, -2)
        new = zeta @ k @ turned
        # (A_a K A_b^T)_(ef) = zeta_ae zeta'_bf [K_ef - (K zeta'_b)_e - (zeta_a K)_f + zeta_a K zeta'_b]
        ahead, behind = k @ turned, zeta @ k  # [.., e, b], [.., a, f]
        bracket = (
            k[..., None, None, :, :]
            - jnp.swapaxes(ahead, -1, -2)[..., None, :, :, None]
            - behind[..., :, None, None, :]
            + new[..., :, :, None, None]
        )
        weights = zeta[..., :, None, :, None] * other[..., None, :, None, :] * bracket

        def summed(kernel: Array) -> Array:
            return jnp.einsum("...abef,...ef->...ab", weights, kernel)

        logits = layer.sigma_qk**2 * ((2 * k + t) * summed(k) + k * summed(t))
        return new, 2 * new + zeta @ t @ turned + logits

    return met


def _root(covariance: Array) -> Array:
    """R with R R^T the covariance; it may be singular, as at coincident inputs."""
    values, vectors = jnp.linalg.eigh(covariance)
    return vectors * jnp.sqrt(jnp.maximum(values, 0.0))[..., None, :]
