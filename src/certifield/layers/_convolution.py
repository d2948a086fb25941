"""Convolutions in one and two dimensions."""

from collections.abc import Sequence
from dataclasses import dataclass

import jax.numpy as jnp
from jaxtyping import Array, PyTree

from certifield.ensembles._checked import checked_scale
from certifield.evidence import InputError

from ._layer import Layer, Shape, Widths, affine, counts, positions_of

PADDINGS = ("circular", "same", "valid")


@dataclass(frozen=True)
class Conv(Layer):
    """z_i(p) = sigma_w (n k)^(-1/2) sum_j,delta W_ij(delta) x_j(stride p + delta) + sigma_b b_i; see `conv`."""

    window: tuple[int, ...]
    stride: tuple[int, ...]
    padding: str
    sigma_w: float = 1.0
    sigma_b: float = 0.0
    has_weights = True

    def __str__(self) -> str:
        return f"conv {'x'.join(map(str, self.window))}"

    def build(self, shape: Shape, widths: Widths) -> tuple[PyTree, Shape]:
        """W [*window, inputs, width] and b [width]."""
        places = positions_of(shape, self, len(self.window), len(self.window))
        width = widths.next()
        after = tuple(map(self.positions_after, places, self.window, self.stride))
        return {"weights": (*self.window, shape[-1], width), **({"bias": (width,)} if self.sigma_b else {})}, (*after, width)

    def positions_after(self, size: int, window: int, stride: int) -> int:
        """How many positions an axis of ``size`` has afterwards.  Raises `InputError` where the window does not fit."""
        if window > size:
            raise InputError(str(self), size, f"{window} positions or more", "use a smaller window")
        return (size - window) // stride + 1 if self.padding == "valid" else -(-size // stride)

    def apply(self, params: PyTree, x: Array) -> Array:
        """The preactivations at all positions."""
        met = [x]  # what each tap of the window meets at all positions: one matrix product is faster than many small convolutions
        for axis, (window, stride) in enumerate(zip(self.window, self.stride, strict=True)):
            met = [tap for part in met for tap in taps(padded(part, axis, window, stride, self.padding), axis, window, stride)]
        weights = params["weights"].reshape((-1, params["weights"].shape[-1]))
        return affine(jnp.concatenate(met, axis=-1), weights, params.get("bias"), self.sigma_w, self.sigma_b, len(weights))


def taps(array: Array, axis: int, window: int, stride: int) -> list[Array]:
    """For every tap of the window, the entries that it meets as the window moves along ``axis``."""
    steps = (array.shape[axis] - window) // stride + 1
    front = (slice(None),) * axis
    return [array[(*front, slice(tap, tap + (steps - 1) * stride + 1, stride))] for tap in range(window)]


def padded(array: Array, axis: int, window: int, stride: int, padding: str) -> Array:
    """``array`` with the positions that a window needs beyond the ends of ``axis``: repeated, zero, or none.

    "same" and "circular" give ceil(size/stride) positions, half of the padding before and the rest after.
    """
    if padding == "valid":
        return array
    size = array.shape[axis]
    total = max((-(-size // stride) - 1) * stride + window - size, 0)
    before = total // 2
    if padding == "circular":
        return jnp.take(array, jnp.arange(-before, size + total - before) % size, axis=axis)
    widths = [(0, 0)] * array.ndim
    widths[axis] = (before, total - before)
    return jnp.pad(array, widths)


def conv(
    window: int | Sequence[int], sigma_w: float = 1.0, sigma_b: float = 0.0, *, stride: int | Sequence[int] = 1, padding: str = "circular"
) -> Conv:
    """A convolution: weights of variance sigma_w^2/(channels x taps), shared by all positions, bias of variance sigma_b^2.

    ``window``: taps along the one axis of positions, or (height, width); ``padding``: "circular", "same" (zeros) or "valid".
    Kernel: K_{p,p'} -> sigma_b^2 + (sigma_w^2/k) sum_delta K_{p+delta, p'+delta}.
    Raises `InputError` for windows, strides and paddings that are none of these.

    Reference: arXiv:1810.05148.
    """
    taps = counts("window", window)
    steps = counts("stride", stride, len(taps))
    if len(taps) not in (1, 2) or len(steps) != len(taps):
        raise InputError("window, stride", (window, stride), "one number, or one for each of two axes", "try window=3 or window=(3, 3)")
    if padding not in PADDINGS:
        raise InputError("padding", padding, " or ".join(PADDINGS), 'try padding="circular"')
    return Conv(taps, steps, padding, checked_scale("sigma_w", sigma_w), checked_scale("sigma_b", sigma_b))
