"""The transformer block in the form of J. Thickstun's notes: attention of many heads, then a network at each position, both normalised."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from certifield._arguments import positive, whole
from certifield.ensembles import Ensemble
from certifield.evidence import InputError


class TransformerBlock(eqx.Module):
    """The block X [n, d] -> Z [n, d]; see `transformer_block` for what its arrays mean."""

    query: Float[Array, "heads dim keys"]
    key: Float[Array, "heads dim keys"]
    value: Float[Array, "heads dim keys"]
    output: Float[Array, "heads keys dim"]
    up: Float[Array, "dim hidden"]
    down: Float[Array, "hidden dim"]
    gains: Float[Array, "2 dim"]
    offsets: Float[Array, "2 dim"]
    epsilon: float = eqx.field(static=True, default=1e-5)

    def attention(self, x: Float[Array, "n dim"]) -> Float[Array, "heads n n"]:
        """alpha^(h)_ij = softmax_j(Q^(h)_i . K^(h)_j / sqrt(k))."""
        queries = jnp.einsum("nd,hdk->hnk", x, self.query)
        keys = jnp.einsum("nd,hdk->hnk", x, self.key)
        return jax.nn.softmax(jnp.einsum("hik,hjk->hij", queries, keys) * self.query.shape[-1] ** -0.5, axis=-1)

    def attended(self, x: Float[Array, "n dim"]) -> Float[Array, "n dim"]:
        """u'_i = sum_h W_c^(h)T sum_j alpha^(h)_ij V^(h)_j: a sum over heads, independent where their weights are."""
        values = jnp.einsum("nd,hdk->hnk", x, self.value)
        return jnp.einsum("hij,hjk,hkd->id", self.attention(x), values, self.output)

    def __call__(self, x: Float[Array, "n dim"]) -> Float[Array, "n dim"]:
        """z = LN(u + W_2^T ReLU(W_1^T u)), u = LN(x + u').  Raises `InputError` for inputs that are not [n, d]."""
        if getattr(x, "ndim", 0) != 2 or x.shape[1] != self.query.shape[1]:
            raise InputError(
                "x", f"an array of shape {list(getattr(x, 'shape', ()))}", f"[positions, {self.query.shape[1]}]", "jax.vmap over a batch"
            )
        u = self.normalised(x + self.attended(x), 0)
        return self.normalised(u + jax.nn.relu(u @ self.up) @ self.down, 1)

    def normalised(self, x: Float[Array, "n dim"], which: int) -> Float[Array, "n dim"]:
        """LN: (x - mean)/sqrt(variance + epsilon) over the components of each position, then gain and offset of norm ``which``."""
        mean = jnp.mean(x, axis=1, keepdims=True)
        variance = jnp.mean((x - mean) ** 2, axis=1, keepdims=True)  # of the population, not of a sample
        return (x - mean) / jnp.sqrt(variance + self.epsilon) * self.gains[which][None] + self.offsets[which][None]


def transformer_block(dim: int, key_size: int, heads: int, hidden: int, *, epsilon: float = 1e-5, key: Key[Array, ""]) -> TransformerBlock:
    """A block with random weights: u = LN(x + u'), u'_i = sum_h W_c^T sum_j alpha_ij V_j, z = LN(u + W_2^T ReLU(W_1^T u)).

    Q, K, V = X W_q, X W_k, X W_v with W [dim, key_size] ~ N(0, 1/dim) for each head; W_c [key_size, dim] ~ N(0, 1/(heads key_size)), so
    that u' stays of order one with more heads; W_1 [dim, hidden] ~ N(0, 1/dim), W_2 [hidden, dim] ~ N(0, 1/hidden); gains one, offsets
    zero: 4 heads dim key_size + 2 dim hidden + 4 dim parameters.  Norms follow the sums; no mask and no positions, so the block commutes
    with permutations of the positions: language models add an embedding, positions and a causal mask.
    ``epsilon`` is added to the variances of the norms, 0 or more.
    Raises `InputError` for sizes below 1.  Reference: J. Thickstun, The transformer model in equations.
    """
    for name, number in {"dim": dim, "key_size": key_size, "heads": heads, "hidden": hidden}.items():
        whole(name, number, 1)
    if positive("epsilon", epsilon, zero=True) >= 1:
        raise InputError("epsilon", epsilon, "a number from 0 to below 1", "try epsilon=1e-5")
    keys = jax.random.split(key, 6)
    query, other, value = (jax.random.normal(one, (heads, dim, key_size)) * dim**-0.5 for one in keys[:3])
    return TransformerBlock(
        query,
        other,
        value,
        output=jax.random.normal(keys[3], (heads, key_size, dim)) * (heads * key_size) ** -0.5,
        up=jax.random.normal(keys[4], (dim, hidden)) * dim**-0.5,
        down=jax.random.normal(keys[5], (hidden, dim)) * hidden**-0.5,
        gains=jnp.ones((2, dim)),
        offsets=jnp.zeros((2, dim)),
        epsilon=float(epsilon),
    )


class _Field(eqx.Module):
    """A function of a block and its input [positions, dim], as a field on flat inputs."""

    block: TransformerBlock
    part: Callable[[TransformerBlock, Array], Array] = eqx.field(static=True)

    def __call__(self, x: Float[Array, " inputs"]) -> Float[Array, " inputs"]:
        return self.part(self.block, x.reshape(-1, self.block.query.shape[1])).ravel()


def block_ensemble(positions: int, dim: int, key_size: int, heads: int, hidden: int, *, epsilon: float = 1e-5) -> Ensemble:
    """Blocks with the weights of `transformer_block`, as random functions of flat inputs x.ravel() [positions dim].

    >>> block_ensemble(3, 4, 2, heads=8, hidden=16).dim
    12
    """
    sizes = (dim, key_size, heads, hidden)
    return _ensemble(TransformerBlock.__call__, f"transformer block, {heads} heads", False, positions, sizes, epsilon)


def attention_ensemble(positions: int, dim: int, key_size: int, heads: int) -> Ensemble:
    """The part u' of such blocks: H^(-1/2) times a sum of ``heads`` independent random functions, so Gaussian as H grows.

    Connected correlators obey G_c^(r) = H^(1-r/2) kappa_r at every H, where kappa_r are the cumulants of one head (`head_moments`).
    """
    return _ensemble(TransformerBlock.attended, f"attention of {heads} heads", True, positions, (dim, key_size, heads, 1), 0.0)


def _ensemble(
    part: Callable[[TransformerBlock, Array], Array], name: str, even: bool, positions: int, sizes: tuple[int, ...], epsilon: float
) -> Ensemble:
    whole("positions", positions, 1)
    dim, key_size, heads, hidden = sizes

    def drawn(key: Key[Array, ""]) -> _Field:
        return _Field(transformer_block(dim, key_size, heads, hidden, epsilon=epsilon, key=key), part)

    scale = f"W_q, W_k, W_v, W_1 ~ N(0, 1/{dim}), W_c ~ N(0, 1/({heads} {key_size})), W_2 ~ N(0, 1/{hidden})"
    return Ensemble(drawn(jax.random.key(0)), drawn, even=even, dim=positions * dim, name=name, scale=scale)
