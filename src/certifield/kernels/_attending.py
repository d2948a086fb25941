"""What attention does to the covariance and to the tangent kernel.

With K' the new covariance, weights of values and outputs add one K' each to Theta', the tangent kernel of what is attended to adds
sigma_ov^2 E[zeta(L(x)) Theta zeta(L(y))^T], and the logits, where they are random,

    sigma_ov^2 sum_(ef) E[(A_a(x) K A_b(y)^T)_(ef)] sigma_qk^2 [2 K_ab K_ef + Theta_ab K_ef + K_ab Theta_ef],    A_a = d zeta_a/d L_a:

queries and keys with their weights and what lies below them.  Logits of tied queries and keys are numbers, whose own change is of order
1/d_k.  Reference: arXiv:2006.10540.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array

from certifield.evidence import InputError
from certifield.layers import Attention

from ._logits import attended
from ._rules import needs_pairs, over_positions, propagate
from ._state import State, Tangent
from .duals import Resolution
from .duals._dual import ROUNDING, divided


@propagate.register
def _(layer: Attention, state: State, resolution: Resolution) -> State:
    needs_pairs(layer, state)
    if state.axes != 1 or state.complex:
        remedy = "give x of shape [points, *positions, channels]"
        raise InputError(str(layer), f"{state.axes} axes of positions", "real inputs with one axis of positions", remedy)
    if state.fan_in is not None:
        raise InputError(str(layer), "standard parametrisation", "the tangent-kernel parametrisation", "leave out standard_width")
    if layer.tied:
        moved = _by_numbers(layer, state)
    elif not layer.softmax:
        moved = _by_themselves(layer, state)
    else:
        key, own = jax.random.split(state.key)
        moved = attended(state.but(key=own), layer).but(key=key)
    return _with_errors(layer, state, moved.but(gaussian=True, centred=True))


def _by_numbers(layer: Attention, state: State) -> State:
    """Tied logits: sigma_ov^2 zeta(sigma_qk K_xx) K zeta(sigma_qk K_yy)^T, and 2 K' + the same of Theta."""
    left, right = (layer.zeta(layer.sigma_qk * within) for within in (state.left, state.right))
    gain = layer.sigma_ov**2

    def through(kernel: State | Tangent) -> tuple[Array, Array, Array]:
        cross = gain * jnp.einsum("iac,ijcd,jbd->ijab", left, kernel.cross, right)
        sides = ((left, kernel.left), (right, kernel.right))
        at_x, at_y = (gain * weights @ old @ jnp.swapaxes(weights, 1, 2) for weights, old in sides)
        return cross, at_x, at_y

    kernels = through(state)
    moved = state.but(**dict(zip(_PARTS, kernels, strict=True)))
    if state.tangent is None:
        return moved
    parts = {name: 2 * k + t for name, k, t in zip(_PARTS, kernels, through(state.tangent), strict=True)}
    return moved.but(tangent=state.tangent.but(**parts))


_PARTS = ("cross", "left", "right")


def _by_themselves(layer: Attention, state: State) -> State:
    """zeta the identity: w K_ab sum K_cd^2, and 4 K' + w (2 K_ab sum K_cd Theta_cd + Theta_ab sum K_cd^2), w = (sigma_ov sigma_qk)^2."""
    weight = layer.sigma_ov**2 * layer.sigma_qk**2

    def total(product: Array) -> Array:
        return jnp.sum(product, axis=(-2, -1), keepdims=True)

    olds = [getattr(state, name) for name in _PARTS]
    kernels = [weight * k * total(k * k) for k in olds]
    moved = state.but(**dict(zip(_PARTS, kernels, strict=True)))
    if state.tangent is None:
        return moved
    parts = {}
    for name, k, new in zip(_PARTS, olds, kernels, strict=True):
        t = getattr(state.tangent, name)
        parts[name] = 4 * new + weight * (2 * k * total(k * t) + t * total(k * k))
    return moved.but(tangent=state.tangent.but(**parts))


def _with_errors(layer: Attention, state: State, moved: State) -> State:
    """Relative errors, from the largest and the smallest entries of the diagonals before and after."""
    sides = [(side, state._at_positions(getattr(state, side)), moved._at_positions(getattr(moved, side))) for side in _PARTS[1:]]
    top = 1 + layer.sigma_qk * jnp.maximum(*(jnp.max(before) for _, before, _ in sides))

    def grown(error: Array, factor: Array) -> Array:  # the growth is that at the computed covariance; logits move by top e at most
        return error * factor * jnp.exp(8 * top * error) + ROUNDING

    factor = jnp.maximum(*(_growth(layer, before, before, after) for _, before, after in sides))
    error, own = grown(over_positions(state.worst()), factor), grown(state.own_error, factor)
    known = moved.but(error=error, own_error=own)
    if state.tangent is None or moved.tangent is None:
        return known
    old, new = state.tangent, moved.tangent
    factor = jnp.maximum(
        *(_growth(layer, k, state._at_positions(getattr(old, s)), moved._at_positions(getattr(new, s))) for s, k, _ in sides)
    )
    worst = over_positions(jnp.maximum(state.worst(), old.worst()))
    own_worst = jnp.maximum(state.own_error, old.own_error)
    return known.but(tangent=new.but(error=error + grown(worst, factor), own_error=own + grown(own_worst, factor)))


def _growth(layer: Attention, kernel: Array, moving: Array, after: Array) -> Array:
    """By how much relative errors grow: the output is at most ``size``, and softmax moves by at most twice the largest shift of a logit."""
    top, tokens = jnp.max(kernel, axis=1), kernel.shape[1]
    size = jnp.max(moving, axis=1) * (1 + 4 * layer.sigma_qk * top if layer.softmax else 9 * (tokens * layer.sigma_qk * top) ** 2)
    return jnp.max(divided(layer.sigma_ov**2 * size, jnp.min(after, axis=1)))
