"""The cumulants of one random attention head, which are those of the block at any number of heads up to powers of that number."""

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from certifield._arguments import reals, whole
from certifield.evidence import Estimate
from certifield.streams import BlockSums, draw_keys, jackknife, stream_key

_BLOCKS = 128


class HeadMoments(NamedTuple):
    """Of one head at inputs x [n, d], with the weights of `transformer_block` and one component a of the output.

    ``kernel`` [n, n]: E[u'_ia u'_ja] at any number of heads; components are uncorrelated.
    ``quartic`` [n]: kappa_4, so that G_c^(4) of u'_ia is quartic/H.
    """

    kernel: Estimate
    quartic: Estimate


def head_moments(x: Any, key_size: int, *, draws: int = 100_000, seed: int = 0) -> HeadMoments:
    """Cumulants of a head by sampling its queries and keys alone; values and outputs are integrated exactly.

    With y = alpha x, the kernel is E[y_i . y_j]/d.  Given alpha, a component is Gaussian with variance (|y_i|^2/d) chi^2_k/k, k the key
    size, so that kappa_4 = 3 (E|y_i|^4 (1 + 2/k) - (E|y_i|^2)^2)/d^2.
    Errors are jackknifed over 128 blocks.  Raises `InputError` for inputs that are not [n, d] and fewer than 128 draws.
    """
    wanted = ("finite numbers [positions, dim]", "give one row for each position")
    points = jnp.asarray(reals("x", x, *wanted, dimensions=2))
    whole("key_size", key_size, 1)
    whole("draws", draws, _BLOCKS)
    n, dim, each = len(points), points.shape[1], -(-draws // _BLOCKS)
    root = stream_key(seed, "attention heads")
    rows = [np.asarray(_features(points, draw_keys(root, block * each, each), key_size)) for block in range(_BLOCKS)]
    sums = [BlockSums(each, one.sum(axis=0), abs(one).sum(axis=0), abs(one).max(axis=0)) for one in rows]

    def cumulants(sums: np.ndarray, count: np.ndarray) -> np.ndarray:
        means = sums / count[:, None]
        kernel, fourth = means[:, : n * n], means[:, n * n :]
        variance = kernel[:, :: n + 1]  # the diagonal of [n, n]
        return np.concatenate([kernel / dim, 3 * (fourth * (1 + 2 / key_size) - variance**2) / dim**2], axis=1)

    value, deviations = jackknife(sums, cumulants)
    source = f"attention heads, {key_size} keys, seed {seed}, {draws} draws, inputs {np.asarray(points).tolist()}"
    found = Estimate(value, {source: deviations}, each * _BLOCKS, _BLOCKS, seed, "queries and keys of one head", "float64")
    where = np.arange(n * n).reshape(n, n)
    return HeadMoments(found[where], found[n * n :])


@partial(jax.jit, static_argnums=2)
def _features(x: Float[Array, "n dim"], keys: Key[Array, " draws"], key_size: int) -> Float[Array, "draws features"]:
    """y_i . y_j for all pairs and |y_i|^4, draw by draw."""

    def one(key: Key[Array, ""]) -> Array:
        query, other = jax.random.normal(key, (2, x.shape[1], key_size)) * x.shape[1] ** -0.5
        alpha = jax.nn.softmax((x @ query) @ (x @ other).T * key_size**-0.5, axis=-1)
        y = alpha @ x
        gram = y @ y.T
        return jnp.concatenate([gram.ravel(), jnp.diagonal(gram) ** 2])

    return jax.vmap(one)(keys)
