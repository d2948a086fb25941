"""What every layer does to the covariance.  A layer of one's own joins by ``propagate.register``."""

from collections.abc import Callable
from functools import singledispatch

import jax
import jax.numpy as jnp
from jaxtyping import Array

from certifield.evidence import InputError, NoClosedForm
from certifield.layers import (
    Activation,
    Attention,
    AveragePool,
    Conv,
    Dense,
    Flatten,
    GlobalAveragePool,
    Layer,
    LayerNorm,
    Residual,
    Serial,
    padded,
)  # fmt: skip
from certifield.layers._convolution import taps
from certifield.layers._deterministic import window_mean

from ._logits import attended
from ._state import State
from .duals import Resolution, dual_of
from .duals._dual import ROUNDING, divided, rooted

_RESHAPE = "give x of shape [points, *positions, channels]"


@singledispatch
def propagate(layer: Layer, state: State, resolution: Resolution) -> State:
    """The covariance after ``layer``.  Raises `NoClosedForm` for a layer without a rule, `InputError` where the limit does not exist."""
    raise NoClosedForm(f"no kernel is known for {type(layer).__name__}; sample its ensemble, or register a rule for it")


def _both(state: State, cross: Callable[[Array], Array], within: Callable[[Array], Array], **changes: object) -> State:
    return state.but(cross=cross(state.cross), left=within(state.left), right=within(state.right), **changes)


def _rounded(state: State, **changes: object) -> State:
    return state.but(error=state.worst() + ROUNDING, own_error=state.own_error + ROUNDING, **changes)


@propagate.register
def _(layer: Serial, state: State, resolution: Resolution) -> State:
    for part in layer.layers:
        state = propagate(part, state, resolution)
    return state


@propagate.register
def _(layer: Dense, state: State, resolution: Resolution) -> State:
    if state.complex and not layer.complex:
        allowed = "complex weights on a complex field: real ones leave E[z z] different from 0"
        raise InputError(str(layer), "real weights", allowed, "write cf.layers.dense(..., complex=True)")

    def affine(covariance: Array) -> Array:
        return layer.sigma_w**2 * covariance + layer.sigma_b**2 if layer.sigma_b else layer.sigma_w**2 * covariance

    moved = _both(state, affine, affine, gaussian=True, centred=True, flat=False, complex=layer.complex)
    return _rounded(moved.but(cross=_complexified(moved.cross)) if layer.complex else moved)


def _complexified(covariance: Array) -> Array:
    return covariance if jnp.iscomplexobj(covariance) else jax.lax.complex(covariance, jnp.zeros_like(covariance))


@propagate.register
def _(layer: Conv, state: State, resolution: Resolution) -> State:
    if state.complex:
        raise InputError(str(layer), "a complex field", "a real field", "use dense layers for complex networks")
    if state.axes != len(layer.window):
        raise InputError(
            str(layer), f"{state.axes} axes of positions", f"{len(layer.window)}", "give x of shape [points, *positions, channels]"
        )

    def summed(covariance: Array, first: int) -> Array:
        for axis, (window, stride) in enumerate(zip(layer.window, layer.stride, strict=True)):
            layer.positions_after(covariance.shape[first + axis], window, stride)
            covariance = padded(covariance, first + axis, window, stride, layer.padding)
            met = taps(covariance, first + axis, window, stride)
            if state.pairs:
                other = first + state.axes + axis
                met = [taps(padded(each, other, window, stride, layer.padding), other, window, stride)[tap] for tap, each in enumerate(met)]
            covariance = sum(met, jnp.zeros((), covariance.dtype)) / window
        return layer.sigma_w**2 * covariance + layer.sigma_b**2

    moved = _both(state, lambda k: summed(k, 2), lambda k: summed(k, 1), gaussian=True, centred=True)
    return _rounded(moved.but(error=_over_positions(state.error)))


def _over_positions(error: Array) -> Array:
    """The largest error over all positions, for layers that mix them."""
    return error if error.ndim < 3 else jnp.max(error, axis=tuple(range(2, error.ndim)), keepdims=True)


@propagate.register
def _(layer: Activation, state: State, resolution: Resolution) -> State:
    if not state.gaussian:
        remedy = "put cf.layers.dense() or cf.layers.conv() before it, or compose two activations into one function"
        raise InputError(str(layer), "an input that is not Gaussian", "an activation behind a layer with random weights", remedy)
    dual = dual_of(layer, resolution)
    if state.complex:
        return _split(dual, state)
    (a, b), own = state.variances(), [(*state.own_variances(within), within) for within in (state.left, state.right)]
    cross, error = dual(a, state.cross, b, state.worst())
    if state.pairs:
        (left, left_error), (right, right_error) = (dual(first, within, second, state.own_error) for first, second, within in own)
    else:
        (left, left_error), (right, right_error) = (dual.power(within, state.own_error) for within in (state.left, state.right))
    own_error = jnp.maximum(jnp.max(left_error), jnp.max(right_error))
    return state.but(cross=cross, left=left, right=right, error=error, own_error=own_error, gaussian=False, centred=False)


def _split(dual: Callable[..., tuple[Array, Array]], state: State) -> State:
    """f(Re z) + i f(Im z): 2 F(Re K/2) + i [F(Im K/2) - F(-Im K/2)], at variances K_xx/2 and K_yy/2 of each part."""

    def averaged(variances: tuple[Array, Array], covariance: Array, error: Array) -> tuple[Array, Array]:
        a, b = variances[0] / 2, variances[1] / 2
        real, grown = dual(a, jnp.real(covariance) / 2, b, error)
        ahead, _ = dual(a, jnp.imag(covariance) / 2, b, error)
        behind, _ = dual(a, -jnp.imag(covariance) / 2, b, error)
        return jax.lax.complex(2 * real, ahead - behind), 2 * grown

    cross, error = averaged(state.variances(), state.cross, state.worst())
    (left, _), (right, own) = (
        averaged(state.own_variances(within), _complexified(within), state.own_error) for within in (state.left, state.right)
    )
    within = (left, right) if state.pairs else (jnp.real(left), jnp.real(right))
    return state.but(cross=cross, left=within[0], right=within[1], error=error, own_error=jnp.max(own), gaussian=False, centred=False)


@propagate.register
def _(layer: LayerNorm, state: State, resolution: Resolution) -> State:
    if not (state.gaussian and state.centred):
        remedy = "put cf.layers.layer_norm() directly behind a layer with random weights"
        raise InputError(str(layer), "channels without mean 0", "a layer norm behind a random layer, whose channels have mean 0", remedy)

    def normalised(covariance: Array, variances: tuple[Array, Array]) -> Array:
        return divided(covariance, (rooted(variances[0]) * rooted(variances[1])).astype(covariance.dtype))

    left, right = (normalised(within, state.own_variances(within)) for within in (state.left, state.right))
    moved = state.but(cross=normalised(state.cross, state.variances()), left=left, right=right)
    return moved.but(error=2 * state.worst() + ROUNDING, own_error=2 * state.own_error + ROUNDING)


@propagate.register
def _(layer: Flatten, state: State, resolution: Resolution) -> State:
    if not state.axes:
        return state

    def mean(covariance: Array, first: int) -> Array:
        for left in range(state.axes, 0, -1):
            if state.pairs:
                covariance = jnp.mean(jnp.diagonal(covariance, axis1=first, axis2=first + left), axis=-1)
            else:
                covariance = jnp.mean(covariance, axis=first)
        return covariance

    moved = _both(state, lambda k: mean(k, 2), lambda k: mean(k, 1), axes=0, pairs=False, flat=True)
    return _without_positions(moved, state)


def _without_positions(moved: State, state: State) -> State:
    error = state.worst()
    return moved.but(error=(jnp.max(error, axis=tuple(range(2, error.ndim))) if error.ndim > 2 else error) + ROUNDING,
                     own_error=state.own_error + ROUNDING)  # fmt: skip


def _needs_pairs(layer: Layer, state: State) -> None:
    if not state.pairs:
        raise InputError(
            str(layer), f"{state.axes} axes of positions", "an input with positions", "give x of shape [points, *positions, channels]"
        )


@propagate.register
def _(layer: AveragePool, state: State, resolution: Resolution) -> State:
    _needs_pairs(layer, state)

    def pooled(covariance: Array, first: int) -> Array:
        for axis, (window, stride) in enumerate(zip(layer.window, layer.stride, strict=True)):
            for place in (first + axis, first + state.axes + axis):
                covariance = window_mean(covariance, place, window, stride)
        return covariance

    moved = _both(state, lambda k: pooled(k, 2), lambda k: pooled(k, 1))
    # The error is relative to the deviations before pooling, which pooling can cancel: it grows as the deviations fall.
    shrunk = [_shrinkage(state._at_positions(a), moved._at_positions(b)) for a, b in ((state.left, moved.left), (state.right, moved.right))]
    factor = jnp.maximum(*shrunk)
    return moved.but(error=_over_positions(state.worst()) * factor + ROUNDING, own_error=state.own_error * factor + ROUNDING)


def _shrinkage(before: Array, after: Array) -> Array:
    largest, left = (each.reshape((len(each), -1)) for each in (before, after))
    return jnp.max(divided(jnp.max(largest, axis=1), jnp.min(left, axis=1)))


@propagate.register
def _(layer: GlobalAveragePool, state: State, resolution: Resolution) -> State:
    _needs_pairs(layer, state)
    moved = _both(
        state,
        lambda k: jnp.mean(k, axis=tuple(range(2, 2 + 2 * state.axes))),
        lambda k: jnp.real(jnp.mean(k, axis=tuple(range(1, 1 + 2 * state.axes)))),
        axes=0,
        pairs=False,
    )
    shrunk = [_shrinkage(state._at_positions(a), b) for a, b in ((state.left, moved.left), (state.right, moved.right))]
    factor = jnp.maximum(*shrunk)
    moved = _without_positions(moved, state)
    return moved.but(error=moved.error * factor, own_error=moved.own_error * factor)


@propagate.register
def _(layer: Residual, state: State, resolution: Resolution) -> State:
    keys = jax.random.split(state.key, len(layer.branches))
    parts = [propagate(branch, state.but(key=key), resolution) for branch, key in zip(layer.branches, keys, strict=True)]
    first = parts[0]
    if len({(part.axes, part.pairs, part.complex, part.cross.shape) for part in parts}) > 1:
        raise InputError(str(layer), [part.cross.shape for part in parts], "branches with outputs of one shape", "pool all or none")
    error, own = first.worst(), first.own_error
    for part in parts[1:]:
        error, own = jnp.maximum(error, part.worst()), jnp.maximum(own, part.own_error)
    return first.but(
        **{name: sum(getattr(part, name) for part in parts[1:]) + getattr(first, name) for name in ("cross", "left", "right")},
        error=error + ROUNDING,
        own_error=own + ROUNDING,
        gaussian=all(part.gaussian for part in parts),
        centred=all(part.centred for part in parts),
    )


@propagate.register
def _(layer: Attention, state: State, resolution: Resolution) -> State:
    _needs_pairs(layer, state)
    if state.axes != 1 or state.complex:
        raise InputError(
            str(layer),
            f"{state.axes} axes of positions",
            "real inputs with one axis of positions",
            _RESHAPE,
        )
    scale, gain = layer.sigma_qk, layer.sigma_ov**2
    if layer.tied:
        left, right = (layer.zeta(scale * within) for within in (state.left, state.right))
        moved = _both(state, lambda k: gain * jnp.einsum("iac,ijcd,jbd->ijab", left, k, right), lambda k: k)
        moved = moved.but(
            left=gain * left @ state.left @ jnp.swapaxes(left, 1, 2), right=gain * right @ state.right @ jnp.swapaxes(right, 1, 2)
        )
    elif not layer.softmax:
        weight = gain * scale**2
        moved = _both(
            state,
            lambda k: weight * k * jnp.sum(k * k, axis=(2, 3), keepdims=True),
            lambda k: weight * k * jnp.sum(k * k, axis=(1, 2), keepdims=True),
        )
    else:
        key, own = jax.random.split(state.key)
        moved = attended(state.but(key=own), layer).but(key=key)
    pairs = ((state.left, moved.left), (state.right, moved.right))
    factor = jnp.maximum(*[_attention_growth(layer, state._at_positions(before), moved._at_positions(after)) for before, after in pairs])
    return moved.but(
        error=_over_positions(state.worst()) * factor + ROUNDING, own_error=state.own_error * factor + ROUNDING, gaussian=True, centred=True
    )


def _attention_growth(layer: Attention, before: Array, after: Array) -> Array:
    """By how much relative errors grow: the output is at most ``size``, and softmax moves by at most twice the largest shift of a logit."""
    top, tokens = jnp.max(before, axis=1), before.shape[1]
    size = top * (1 + 4 * layer.sigma_qk * top) if layer.softmax else 3 * (tokens * layer.sigma_qk) ** 2 * top**3
    return jnp.max(divided(layer.sigma_ov**2 * size, jnp.min(after, axis=1)))


def pairs_needed(layer: Layer, after: bool) -> bool:
    """Whether a network needs all pairs of positions at its input, if what follows does (``after``)."""
    if isinstance(layer, Serial):
        for part in reversed(layer.layers):
            after = pairs_needed(part, after)
        return after
    if isinstance(layer, Residual):
        return any(pairs_needed(branch, after) for branch in layer.branches)
    if isinstance(layer, Flatten):
        return False
    return after or isinstance(layer, AveragePool | GlobalAveragePool | Attention)


def draws_logits(layer: Layer) -> bool:
    """Whether somewhere in the network logits have to be drawn: softmax attention with untied queries and keys."""
    parts = layer.layers if isinstance(layer, Serial) else layer.branches if isinstance(layer, Residual) else ()
    return (isinstance(layer, Attention) and layer.softmax and not layer.tied) or any(map(draws_logits, parts))
