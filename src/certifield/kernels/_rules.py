"""What every layer does to the covariance.  A layer of one's own joins by ``propagate.register``."""

import math
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

from ._state import State, Tangent
from .duals import Resolution, dual_of
from .duals._dual import ROUNDING, Dual, compounded, divided, rooted


@singledispatch
def propagate(layer: Layer, state: State, resolution: Resolution) -> State:
    """The covariance after ``layer``.  Raises `NoClosedForm` for a layer without a rule, `InputError` where the limit does not exist."""
    raise NoClosedForm(f"no kernel is known for {type(layer).__name__}; sample its ensemble, or register a rule for it")


def through(layer: Layer, state: State, resolution: Resolution) -> State:
    """`propagate`, which a layer of one's own must extend to the tangent kernel where that is asked for."""
    moved = propagate(layer, state, resolution)
    if state.tangent is not None and moved.tangent is state.tangent and moved.cross is not state.cross:
        raise NoClosedForm(f"the rule of {type(layer).__name__} does not say what becomes of state.tangent")
    return moved


def _both(state: State, cross: Callable[[Array], Array], within: Callable[[Array], Array], **changes: object) -> State:
    return state.but(cross=cross(state.cross), left=within(state.left), right=within(state.right), **changes)


def _linear(state: State, cross: Callable[[Array], Array], within: Callable[[Array], Array], **changes: object) -> State:
    """A layer without parameters that acts on the covariance and on the tangent kernel alike."""
    moved = _both(state, cross, within, **changes)
    old = state.tangent
    return moved if old is None else moved.but(tangent=old.but(cross=cross(old.cross), left=within(old.left), right=within(old.right)))


def _weighted(layer: Dense | Conv, state: State, cross: Callable, within: Callable, taps: int, error: Callable = lambda e: e) -> State:
    """K' = sigma_w^2 S K + sigma_b^2, S a mean over ``taps`` positions, and Theta' = what weights and biases add + sigma_w^2 S Theta.

    Relative errors of kernels that are added are at most the larger one, since both are positive.
    """
    weight, bias = layer.sigma_w**2, layer.sigma_b**2
    summed = _both(state, cross, within)
    moved = _both(summed, *2 * (lambda k: weight * k + bias if bias else weight * k,))
    moved = moved.but(error=error(state.worst()) + ROUNDING, own_error=state.own_error + ROUNDING, gaussian=True, centred=True)
    old = state.tangent
    if old is None:
        return moved
    if state.fan_in is None:
        added = [getattr(moved, name) for name in ("cross", "left", "right")]
    else:
        parts = 2.0 if isinstance(layer, Dense) and layer.complex else 1.0
        added = [parts * (state.fan_in * taps * getattr(summed, name) + (1.0 if bias else 0.0)) for name in ("cross", "left", "right")]
    carried = [weight * each for each in (cross(old.cross), within(old.left), within(old.right))]
    own = jnp.maximum(state.own_error, old.own_error) + ROUNDING
    worst = error(jnp.maximum(state.worst(), old.worst())) + ROUNDING
    both, left, right = (new + kept for new, kept in zip(added, carried, strict=True))
    tangent = Tangent(both, left, right, worst, own)
    return moved.but(tangent=tangent, **({} if state.fan_in is None else {"fan_in": state.widths[0], "widths": state.widths[1:]}))


@propagate.register
def _(layer: Serial, state: State, resolution: Resolution) -> State:
    for part in layer.layers:
        state = through(part, state, resolution)
    return state


@propagate.register
def _(layer: Dense, state: State, resolution: Resolution) -> State:
    if state.complex and not layer.complex:
        allowed = "complex weights on a complex field: real ones leave E[z z] different from 0"
        raise InputError(str(layer), "real weights", allowed, "write cf.layers.dense(..., complex=True)")

    moved = _weighted(layer, state, lambda k: k, lambda k: k, 1).but(flat=False, complex=layer.complex)
    if not layer.complex:
        return moved
    tangent = None if moved.tangent is None else moved.tangent.but(cross=_complexified(moved.tangent.cross))
    return moved.but(cross=_complexified(moved.cross), tangent=tangent)


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
        return covariance

    return _weighted(layer, state, lambda k: summed(k, 2), lambda k: summed(k, 1), math.prod(layer.window), over_positions)


def over_positions(error: Array) -> Array:
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
    moved = state.but(cross=cross, left=left, right=right, error=error, own_error=own_error, gaussian=False, centred=False)
    return moved if state.tangent is None else moved.but(tangent=_chained(dual.derivative(), state, state.tangent, (a, b), own))


def _chained(slope: Dual, state: State, tangent: Tangent, variances: tuple[Array, Array], own: list[tuple[Array, ...]]) -> Tangent:
    """Theta E[f'(u) f'(v)]."""
    factor, error = slope(variances[0], state.cross, variances[1], state.worst())
    if state.pairs:
        (left, left_error), (right, right_error) = (slope(first, within, second, state.own_error) for first, second, within in own)
    else:
        (left, left_error), (right, right_error) = (slope.power(within, state.own_error) for within in (state.left, state.right))
    own_error = jnp.maximum(jnp.max(left_error), jnp.max(right_error))
    return Tangent(factor * tangent.cross, left * tangent.left, right * tangent.right, compounded(error, tangent.worst()) + ROUNDING,
                   compounded(own_error, tangent.own_error) + ROUNDING)  # fmt: skip


def _split(dual: Dual, state: State) -> State:
    """f(Re z) + i f(Im z): 2 F(Re K/2) + i [F(Im K/2) - F(-Im K/2)], at variances K_xx/2 and K_yy/2 of each part.

    Tangent kernel: F'(Re K/2) Re Theta + i [F'(Im K/2) + F'(-Im K/2)]/2 Im Theta, F' that of f'.
    """

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
    moved = state.but(cross=cross, left=within[0], right=within[1], error=error, own_error=jnp.max(own), gaussian=False, centred=False)
    old = state.tangent
    if old is None:
        return moved
    slope = dual.derivative()

    def chained(variances: tuple[Array, Array], covariance: Array, tangent: Array, error: Array) -> tuple[Array, Array]:
        a, b = variances[0] / 2, variances[1] / 2
        real, grown = slope(a, jnp.real(covariance) / 2, b, error)
        ahead, behind = (slope(a, sign * jnp.imag(covariance) / 2, b, error)[0] for sign in (1, -1))
        return jax.lax.complex(real * jnp.real(tangent), (ahead + behind) / 2 * jnp.imag(tangent)), 2 * grown

    cross, error = chained(state.variances(), _complexified(state.cross), old.cross, state.worst())
    (left, _), (right, own) = (
        chained(state.own_variances(k), _complexified(k), _complexified(t), state.own_error)
        for k, t in ((state.left, old.left), (state.right, old.right))
    )
    within = (left, right) if state.pairs else (jnp.real(left), jnp.real(right))
    error, own_error = compounded(error, old.worst()) + ROUNDING, compounded(jnp.max(own), old.own_error) + ROUNDING
    return moved.but(tangent=Tangent(cross, *within, error, own_error))


@propagate.register
def _(layer: LayerNorm, state: State, resolution: Resolution) -> State:
    if not (state.gaussian and state.centred):
        remedy = "put cf.layers.layer_norm() directly behind a layer with random weights"
        raise InputError(str(layer), "channels without mean 0", "a layer norm behind a random layer, whose channels have mean 0", remedy)

    def normalised(covariance: Array, variances: tuple[Array, Array]) -> Array:
        return divided(covariance, (rooted(variances[0]) * rooted(variances[1])).astype(covariance.dtype))

    own = [state.own_variances(within) for within in (state.left, state.right)]
    left, right = (normalised(within, variances) for within, variances in zip((state.left, state.right), own, strict=True))
    moved = state.but(cross=normalised(state.cross, state.variances()), left=left, right=right)
    moved = moved.but(error=_over(state.worst(), state.own_error), own_error=_over(state.own_error, state.own_error))
    old = state.tangent
    if old is None:
        return moved
    left, right = (normalised(within, variances) for within, variances in zip((old.left, old.right), own, strict=True))
    error, own_error = _over(old.worst(), state.own_error), _over(old.own_error, state.own_error)
    return moved.but(tangent=Tangent(normalised(old.cross, state.variances()), left, right, error, own_error))


def _over(error: Array, variance: Array) -> Array:
    """The relative error of what is divided by deviations with relative errors ``variance`` of their squares."""
    return jnp.where(variance < 1, (error + variance) / jnp.where(variance < 1, 1 - variance, 1.0), jnp.inf) + ROUNDING


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

    moved = _linear(state, lambda k: mean(k, 2), lambda k: mean(k, 1), axes=0, pairs=False, flat=True)
    if state.fan_in is not None:
        moved = moved.but(fan_in=state.fan_in * math.prod(state.cross.shape[2 : 2 + state.axes]))
    return _grown(moved, state, _without_positions, lambda before, after: jnp.ones(()))


def _without_positions(error: Array) -> Array:
    return jnp.max(error, axis=tuple(range(2, error.ndim))) if error.ndim > 2 else error


def _grown(moved: State, state: State, mixed: Callable[[Array], Array], growth: Callable[[Array, Array], Array]) -> State:
    """The errors of a layer that mixes positions; ``growth``: of relative errors, from the diagonals before and after."""

    def errors(before: State | Tangent, after: State | Tangent) -> dict[str, Array]:
        pairs = ((before.left, after.left), (before.right, after.right))
        factor = jnp.maximum(*(growth(state._at_positions(old), moved._at_positions(new)) for old, new in pairs))
        return {"error": mixed(before.worst()) * factor + ROUNDING, "own_error": before.own_error * factor + ROUNDING}

    known = moved.but(**errors(state, moved))
    if state.tangent is None or moved.tangent is None:
        return known
    return known.but(tangent=moved.tangent.but(**errors(state.tangent, moved.tangent)))


def needs_pairs(layer: Layer, state: State) -> None:
    if not state.pairs:
        raise InputError(
            str(layer), f"{state.axes} axes of positions", "an input with positions", "give x of shape [points, *positions, channels]"
        )


@propagate.register
def _(layer: AveragePool, state: State, resolution: Resolution) -> State:
    needs_pairs(layer, state)

    def pooled(covariance: Array, first: int) -> Array:
        for axis, (window, stride) in enumerate(zip(layer.window, layer.stride, strict=True)):
            for place in (first + axis, first + state.axes + axis):
                covariance = window_mean(covariance, place, window, stride)
        return covariance

    # The error is relative to the deviations before pooling, which pooling can cancel: it grows as the deviations fall.
    return _grown(_linear(state, lambda k: pooled(k, 2), lambda k: pooled(k, 1)), state, over_positions, _shrinkage)


def _shrinkage(before: Array, after: Array) -> Array:
    largest, left = (each.reshape((len(each), -1)) for each in (before, after))
    return jnp.max(divided(jnp.max(largest, axis=1), jnp.min(left, axis=1)))


@propagate.register
def _(layer: GlobalAveragePool, state: State, resolution: Resolution) -> State:
    needs_pairs(layer, state)
    moved = _linear(
        state,
        lambda k: jnp.mean(k, axis=tuple(range(2, 2 + 2 * state.axes))),
        lambda k: jnp.real(jnp.mean(k, axis=tuple(range(1, 1 + 2 * state.axes)))),
        axes=0,
        pairs=False,
    )
    return _grown(moved, state, _without_positions, _shrinkage)


@propagate.register
def _(layer: Residual, state: State, resolution: Resolution) -> State:
    keys = jax.random.split(state.key, len(layer.branches))
    parts, widths = [], state.widths
    for branch, key in zip(layer.branches, keys, strict=True):
        parts.append(through(branch, state.but(key=key, widths=widths), resolution))
        widths = widths[branch.random_layers :]
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
        tangent=_added([part.tangent for part in parts if part.tangent is not None]),
        fan_in=parts[-1].fan_in,
        widths=widths,
    )


def _added(tangents: list[Tangent]) -> Tangent | None:
    if not tangents:
        return None
    total = tangents[0]
    for one in tangents[1:]:
        error, own_error = jnp.maximum(total.worst(), one.worst()), jnp.maximum(total.own_error, one.own_error)
        total = Tangent(total.cross + one.cross, total.left + one.left, total.right + one.right, error, own_error)
    return total.but(error=total.worst() + ROUNDING, own_error=total.own_error + ROUNDING)


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


def parts_of(network: Layer) -> tuple[Layer, ...]:
    """The layers that a network is made of; none for a single layer."""
    return network.layers if isinstance(network, Serial) else network.branches if isinstance(network, Residual) else ()


def draws_logits(layer: Layer) -> bool:
    """Whether somewhere in the network logits have to be drawn: softmax attention with untied queries and keys."""
    return (isinstance(layer, Attention) and layer.softmax and not layer.tied) or any(map(draws_logits, parts_of(layer)))
