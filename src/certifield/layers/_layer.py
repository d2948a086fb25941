"""What every layer is, and the finite network that follows from a description."""

import abc
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Inexact, PyTree

from certifield.ensembles import AbstractArchitecture, Ensemble, Independent, normal
from certifield.ensembles._checked import checked_count
from certifield.evidence import InputError

# The shape of one input or output: positions, then channels.
Shape = tuple[int, ...]


@dataclass
class Widths:
    """The widths of the random layers in their order; ``hidden``: that of all hidden layers, the largest where they differ."""

    remaining: Iterator[int]
    hidden: int

    def next(self) -> int:
        """The width of the next random layer."""
        return next(self.remaining)


class Layer(abc.ABC):
    """A layer, or a network made of layers: a description that can be compared and hashed, without a width and without parameters.

    All random parameters are standard Gaussian; variances and fan-ins stand in the formulas (the convention of the tangent kernel).
    """

    has_weights = False  # of its own, whose last ones have a symmetric law and multiply the output

    @property
    def random_layers(self) -> int:
        """How many layers inside carry weights of their own."""
        return int(self.has_weights)

    @property
    def linear_readout(self) -> bool:
        """Whether changing the sign of the last random parameters changes the sign of the output."""
        return self.has_weights

    @abc.abstractmethod
    def build(self, shape: Shape, widths: Widths) -> tuple[PyTree, Shape]:
        """The shapes of the parameters, as a tree, and the shape of the output, for inputs of ``shape``."""

    @abc.abstractmethod
    def apply(self, params: PyTree, x: Inexact[Array, "..."]) -> Inexact[Array, "..."]:
        """The output for one input [*positions, channels]."""

    def ensemble(self, dim: int | Sequence[int], width: int | Sequence[int], *, outputs: int = 1, name: str = "") -> Ensemble:
        """The finite networks: an `Ensemble` on flat inputs.

        ``dim``: the number of inputs, or the shape (*positions, channels) of one input, which the ensemble takes as a flat vector of that
        many numbers (``x.reshape(n, -1)``).  ``width``: of every hidden layer (neurons, channels; heads and key size of attention), or one
        number for each hidden layer in the order in which they are written.  ``outputs``: channels of the last random layer.
        Raises `InputError` where the shapes do not fit.

        >>> import certifield as cf
        >>> cf.layers.serial(cf.layers.dense(), cf.layers.relu(), cf.layers.dense()).ensemble(dim=3, width=100).name
        'dense > relu > dense'
        """
        shape = counts("dim", dim)
        if not shape:
            raise InputError("dim", dim, "a number of inputs, or (*positions, channels)", "try dim=3 or dim=(8, 3)")
        shapes, output = self.build(shape, self._widths(width, outputs))
        laws = jax.tree.map(lambda _: normal(), shapes, is_leaf=is_shape)
        return Ensemble(
            LayeredArchitecture(self, shape),
            Independent(laws, shapes),
            even=self.linear_readout,
            dim=math.prod(shape),
            name=name or str(self),
            scale=f"width {width}, output shape {output}; standard Gaussian parameters, variances and fan-ins as in the layers",
        )

    def _widths(self, width: int | Sequence[int], outputs: int) -> Widths:
        hidden = self.random_layers - 1
        if hidden < 0:
            raise InputError("network", str(self), "one with weights", "add cf.layers.dense()")
        each = counts("width", width, hidden)
        if len(each) != hidden:
            raise InputError("width", width, f"one number, or {hidden} of them, one for each hidden layer", "try width=100")
        return Widths(iter([*each, checked_count("outputs", outputs)]), max(counts("width", width), default=1))


def counts(name: str, given: int | Sequence[int], many: int = 1) -> tuple[int, ...]:
    """Whole numbers, one for each of ``many``; one alone holds for all of them.  Raises `InputError`."""
    return tuple(checked_count(name, one) for one in ([given] * many if np.ndim(given) == 0 else cast(Sequence[int], given)))


def is_shape(node: object) -> bool:
    """Whether a node of a tree is the shape of an array."""
    return isinstance(node, tuple) and all(isinstance(entry, int) for entry in node)


class LayeredArchitecture(AbstractArchitecture):
    """A network made of layers, on flat inputs and with flat outputs."""

    network: Layer = eqx.field(static=True)
    shape: Shape = eqx.field(static=True)

    def __call__(self, params: PyTree, x: Inexact[Array, "*points dim"]) -> Inexact[Array, "*points out"]:
        """The field at the points ``x``."""
        rows = x.reshape((-1, *self.shape))
        output = jax.vmap(lambda row: self.network.apply(params, row).ravel())(rows)
        return output.reshape((*x.shape[:-1], -1))


def positions_of(shape: Shape, layer: Layer, least: int = 1, most: int = 99) -> Shape:
    """The positions of ``shape``.  Raises `InputError` where the layer needs another number of them."""
    if not least <= len(shape) - 1 <= most:
        allowed = f"an input of {least} position axes or more and channels" if most > 9 else f"an input of {least} to {most} position axes"
        raise InputError(str(layer), shape, allowed, "give dim=(*positions, channels), and no flatten or pooling before it")
    return shape[:-1]


def affine(x: Array, weights: Array, bias: Array | None, sigma_w: float, sigma_b: float, fan_in: int) -> Array:
    """sigma_w/sqrt(fan_in) x.W + sigma_b b over the last axis."""
    summed = jnp.tensordot(x, weights.astype(jnp.result_type(x.dtype, weights.dtype)), axes=1) * (sigma_w * fan_in**-0.5)
    return summed if bias is None else summed + (sigma_b * bias).reshape((1,) * (summed.ndim - 1) + (-1,))
