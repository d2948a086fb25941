"""Networks from layers: one after the other, and side by side."""

import math
from dataclasses import dataclass

import jax.numpy as jnp
from jaxtyping import Array, PyTree

from certifield.evidence import InputError

from ._layer import Layer, Shape, Widths


@dataclass(frozen=True)
class Serial(Layer):
    """Layers one after the other; none at all is the identity."""

    layers: tuple[Layer, ...]

    def __str__(self) -> str:
        return " > ".join(map(_inside, self.layers)) or "identity"

    @property
    def random_layers(self) -> int:
        """Those of all parts."""
        return sum(layer.random_layers for layer in self.layers)

    @property
    def linear_readout(self) -> bool:
        """That of the last random layer, with nothing behind it but flattening and pooling."""
        from ._deterministic import AveragePool, Flatten, GlobalAveragePool

        for layer in reversed(self.layers):
            if not isinstance(layer, Flatten | AveragePool | GlobalAveragePool):
                return layer.linear_readout
        return False

    def build(self, shape: Shape, widths: Widths) -> tuple[PyTree, Shape]:
        """Those of the parts, in a list."""
        shapes = []
        for layer in self.layers:
            inner, shape = layer.build(shape, widths)
            shapes.append(inner)
        return shapes, shape

    def apply(self, params: PyTree, x: Array) -> Array:
        """All parts in order."""
        for layer, inner in zip(self.layers, params, strict=True):
            x = layer.apply(inner, x)
        return x


def _inside(layer: Layer) -> str:
    """A layer as a part of another: several in a row in parentheses."""
    return f"({layer})" if isinstance(layer, Serial) and len(layer.layers) > 1 else str(layer)


@dataclass(frozen=True)
class Residual(Layer):
    """The sum of branches; see `residual`."""

    branches: tuple[Layer, ...]

    def __str__(self) -> str:
        return "[" + " + ".join(map(_inside, self.branches)) + "]"

    @property
    def random_layers(self) -> int:
        """Those of all branches."""
        return sum(branch.random_layers for branch in self.branches)

    def build(self, shape: Shape, widths: Widths) -> tuple[PyTree, Shape]:
        """Those of the branches, in a list; all outputs have one shape."""
        built = [branch.build(shape, widths) for branch in self.branches]
        outputs = {output for _, output in built}
        if len(outputs) != 1:
            remedy = "use one width inside residual layers, and end the network with cf.layers.dense()"
            raise InputError(str(self), sorted(outputs), "branches with outputs of one shape", remedy)
        return [shapes for shapes, _ in built], outputs.pop()

    def apply(self, params: PyTree, x: Array) -> Array:
        """The sum."""
        outputs = [branch.apply(inner, x) for branch, inner in zip(self.branches, params, strict=True)]
        return sum(outputs[1:], jnp.asarray(outputs[0]))


def abbreviated(network: Layer) -> str:
    """The network in words, with what is repeated once: (dense > relu) x 40 > dense."""
    if isinstance(network, Residual):
        return "[" + " + ".join(map(_inside_abbreviated, network.branches)) + "]"
    if not isinstance(network, Serial) or not network.layers:
        return str(network)
    inner, words, at = list(map(_inside_abbreviated, network.layers)), [], 0
    while at < len(inner):
        found = [(length, _repeats(inner[at:], length)) for length in range(1, (len(inner) - at) // 2 + 1)]
        length, times = max([pair for pair in found if pair[1] > 1], key=math.prod, default=(1, 1))
        once = " > ".join(inner[at : at + length])
        words.append(once if times == 1 else f"({once}) x {times}" if length > 1 else f"{once} x {times}")
        at += length * times
    return " > ".join(words)


def _inside_abbreviated(layer: Layer) -> str:
    return f"({abbreviated(layer)})" if isinstance(layer, Serial) and len(layer.layers) > 1 else abbreviated(layer)


def _repeats(parts: list[str], length: int) -> int:
    """How often the first ``length`` parts follow each other."""
    times = 1
    while parts[times * length : (times + 1) * length] == parts[:length]:
        times += 1
    return times


def serial(*layers: Layer) -> Serial:
    """Layers one after the other; without any it is the identity, for instance as a branch of `residual`.

    Raises `InputError` for what is no layer.

    >>> import certifield as cf
    >>> print(cf.layers.serial(cf.layers.dense(1.0, 1.0), cf.layers.erf(), cf.layers.dense()))
    dense > erf > dense
    """
    return Serial(_checked("layers", layers))


def residual(*branches: Layer) -> Residual:
    """The sum of ``branches`` of one input; a single branch is added to the identity, as in a residual network.

    Kernel: the sum of the kernels, since branches with random layers of their own are independent and have mean 0; at most one branch may
    be without.  Raises `InputError` for what is no layer, and for none.

    Reference: arXiv:1912.02803 (section on residual networks).
    """
    given = _checked("branches", branches)
    if not given:
        raise InputError("branches", branches, "one layer or more", "try residual(serial(relu(), dense()))")
    whole = given if len(given) > 1 else (Serial(()), *given)
    if sum(branch.random_layers == 0 for branch in whole) > 1:
        raise InputError("branches", [str(branch) for branch in whole], "at most one without random layers", "add dense() to the others")
    return Residual(whole)


def _checked(name: str, layers: tuple[object, ...]) -> tuple[Layer, ...]:
    for layer in layers:
        if not isinstance(layer, Layer):
            raise InputError(name, layer, "layers of cf.layers", "wrap a function into cf.layers.activation(function)")
    return layers  # type: ignore[return-value]
