"""Layers without parameters: normalisation, flattening and pooling."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import jax.numpy as jnp
from jaxtyping import Array, PyTree

from certifield.evidence import InputError

from ._convolution import taps
from ._layer import Layer, Shape, Widths, counts, positions_of


@dataclass(frozen=True)
class LayerNorm(Layer):
    """(z - mean)/deviation over the channels at every position; see `layer_norm`."""

    def __str__(self) -> str:
        return "layer norm"

    def build(self, shape: Shape, widths: Widths) -> tuple[PyTree, Shape]:
        """No parameters."""
        return {}, shape

    def apply(self, params: PyTree, x: Array) -> Array:
        """Normalised entries; 0 where all channels are equal."""
        centred = x - jnp.mean(x, axis=-1, keepdims=True)
        variance = jnp.mean(jnp.abs(centred) ** 2, axis=-1, keepdims=True)
        return centred * jnp.where(variance > 0, jnp.where(variance > 0, variance, 1.0) ** -0.5, 0.0)


def layer_norm() -> LayerNorm:
    """Layer norm over the channels, without offset, gain or epsilon.  Kernel: K_xy/sqrt(K_xx K_yy); 0 where a variance is 0.

    It stands behind a random layer, whose channels have mean 0.  Reference: arXiv:1607.06450.
    """
    return LayerNorm()


@dataclass(frozen=True)
class Flatten(Layer):
    """All positions and channels as one vector."""

    def __str__(self) -> str:
        return "flatten"

    def build(self, shape: Shape, widths: Widths) -> tuple[PyTree, Shape]:
        """No parameters."""
        return {}, (math.prod(shape),)

    def apply(self, params: PyTree, x: Array) -> Array:
        """The vector."""
        return x.ravel()


def flatten() -> Flatten:
    """Positions and channels as one vector, for a dense layer after it.  Kernel: the mean of K_{p,p} over the positions p."""
    return Flatten()


@dataclass(frozen=True)
class AveragePool(Layer):
    """Means over windows of positions; see `average_pool`."""

    window: tuple[int, ...]
    stride: tuple[int, ...]

    def __str__(self) -> str:
        return f"average pool {'x'.join(map(str, self.window))}"

    def build(self, shape: Shape, widths: Widths) -> tuple[PyTree, Shape]:
        """No parameters."""
        places = positions_of(shape, self, len(self.window), len(self.window))
        if any(size < window for size, window in zip(places, self.window, strict=True)):
            raise InputError(str(self), shape, f"positions of {self.window} or more", "use a smaller window")
        return {}, (*((size - w) // s + 1 for size, w, s in zip(places, self.window, self.stride, strict=True)), shape[-1])

    def apply(self, params: PyTree, x: Array) -> Array:
        """The means."""
        for axis, (window, stride) in enumerate(zip(self.window, self.stride, strict=True)):
            x = window_mean(x, axis, window, stride)
        return x


def window_mean(array: Array, axis: int, window: int, stride: int) -> Array:
    """The mean over every window of positions along ``axis``, windows ``stride`` apart and none beyond the ends."""
    return sum(taps(array, axis, window, stride), jnp.zeros((), array.dtype)) / window


def average_pool(window: int | Sequence[int], stride: int | Sequence[int] | None = None) -> AveragePool:
    """Means over windows of positions, ``stride`` apart (the window itself unless given), without padding.

    Kernel: the mean of K_{p,p'} over both windows.  Raises `InputError` for windows and strides below 1.
    """
    sizes = counts("window", window)
    steps = sizes if stride is None else counts("stride", stride, len(sizes))
    if not sizes or len(steps) != len(sizes):
        raise InputError("window, stride", (window, stride), "whole numbers, 1 or more, one for each axis", "try window=2")
    return AveragePool(sizes, steps)


@dataclass(frozen=True)
class GlobalAveragePool(Layer):
    """The mean over all positions."""

    def __str__(self) -> str:
        return "global average pool"

    def build(self, shape: Shape, widths: Widths) -> tuple[PyTree, Shape]:
        """No parameters."""
        positions_of(shape, self)
        return {}, shape[-1:]

    def apply(self, params: PyTree, x: Array) -> Array:
        """The mean."""
        return jnp.mean(x, axis=tuple(range(x.ndim - 1)))


def global_average_pool() -> GlobalAveragePool:
    """The mean over all positions.  Kernel: the mean of K_{p,p'} over all pairs of positions."""
    return GlobalAveragePool()
