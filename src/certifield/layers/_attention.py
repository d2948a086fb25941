"""Self-attention between positions."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
from jaxtyping import Array, PyTree

from certifield.ensembles._checked import checked_count, checked_scale

from ._layer import Layer, Shape, Widths, positions_of


@dataclass(frozen=True)
class Attention(Layer):
    """H^(-1/2) sum_h zeta(L_h) X V_h O_h over heads h, L = logits between positions; see `attention`."""

    softmax: bool
    tied: bool
    sigma_qk: float
    sigma_ov: float
    heads: int | None = None
    key_size: int | None = None
    has_weights = True

    def __str__(self) -> str:
        return f"{'tied ' if self.tied else ''}{'softmax' if self.softmax else 'identity'} attention"

    def build(self, shape: Shape, widths: Widths) -> tuple[PyTree, Shape]:
        """Q, K [heads, inputs, keys], V [heads, inputs, keys], O [heads, keys, width]; tied: no K."""
        positions_of(shape, self, 1, 1)
        width = widths.next()
        heads, keys = self.heads or widths.hidden, self.key_size or widths.hidden
        into = (heads, shape[-1], keys)
        shapes = {"query": into, "value": into, "output": (heads, keys, width), **({} if self.tied else {"key": into})}
        return shapes, (shape[0], width)

    def zeta(self, logits: Array) -> Array:
        """Softmax over the last axis, or the identity."""
        return jax.nn.softmax(logits, axis=-1) if self.softmax else logits

    def apply(self, params: PyTree, x: Array) -> Array:
        """The output at all positions."""
        heads, inputs, keys = params["query"].shape
        fan = inputs**-0.5
        query = jnp.einsum("pc,hck->hpk", x, params["query"]) * fan
        key = query if self.tied else jnp.einsum("pc,hck->hpk", x, params["key"]) * fan
        logits = jnp.einsum("hpk,hqk->hpq", query, key) * (self.sigma_qk * keys ** (-1.0 if self.tied else -0.5))
        value = jnp.einsum("pc,hck,hko->hpo", x, params["value"], params["output"]) * (fan * keys**-0.5)
        return jnp.einsum("hpq,hqo->po", self.zeta(logits), value) * (self.sigma_ov * heads**-0.5)


def attention(
    sigma_qk: float = 1.0,
    sigma_ov: float = 1.0,
    *,
    softmax: bool = True,
    tied: bool = False,
    heads: int | None = None,
    key_size: int | None = None,
) -> Attention:
    """Self-attention over one axis of positions, every position seeing all.

    Logits L_ab = sigma_qk q_a.k_b/sqrt(d_k), or with ``tied`` (queries = keys) sigma_qk q_a.q_b/d_k; zeta is the softmax over b, or the
    identity.  ``heads`` and ``key_size`` (d_k) are the width of the network unless given.
    Kernel, in the limit of many heads: K'_ab(x,y) = sigma_ov^2 sum_cd E[zeta(L(x))_ac zeta(L(y))_bd] K_cd(x,y), where untied logits are
    Gaussian with E[L_ac(x) L_bd(y)] = sigma_qk^2 K_ab K_cd (a single softmax head is not Gaussian in the limit of wide keys), and tied
    ones are the numbers sigma_qk K_ac(x,x).
    Raises `InputError` for sigmas and sizes that are none.

    Reference: arXiv:2006.10540.
    """
    scales = checked_scale("sigma_qk", sigma_qk), checked_scale("sigma_ov", sigma_ov)
    sizes = (size if size is None else checked_count(name, size) for name, size in (("heads", heads), ("key_size", key_size)))
    return Attention(bool(softmax), bool(tied), *scales, *sizes)
