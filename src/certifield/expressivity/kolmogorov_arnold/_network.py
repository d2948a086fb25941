r"""Kolmogorov-Arnold networks: sums, and products, of functions of one variable, each a spline.

    x_{l+1,j} = sum_i phi_{l,j,i}(x_{l,i}),     phi(x) = w_b x/(1 + e^-x) + w_s sum_m c_m B_m(x)      (arXiv:2404.19756)

A layer evaluates all its splines by one matrix product over (input, basis function).  With product nodes (arXiv:2408.10205) the last sums
of a layer are multiplied in pairs.
"""

from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PyTree

from certifield.evidence import InputError

from ._splines import basis, is_uniform, knots

Node = int | tuple[int, int]  # sums, or (sums, products)


class Layer(eqx.Module):
    """``coefficients`` [o, n, G + k], ``scale`` = w_s and ``base`` = w_b [o, n]; ``grid`` [n, G + 2k + 1] and ``mask`` [o, n] are data, not
    trained; ``products``: of the o sums the last 2p are multiplied in pairs."""

    coefficients: Array
    scale: Array
    base: Array
    grid: Array
    mask: Array
    order: int = eqx.field(static=True)
    uniform: bool = eqx.field(static=True)
    products: int = eqx.field(static=True)

    def __call__(self, x: Array) -> Array:
        """X [..., n] to the nodes [..., o - p]."""
        mask = jax.lax.stop_gradient(self.mask)
        weights = (self.scale * mask)[..., None] * self.coefficients
        found = jnp.tensordot(self.basis(x), weights, axes=((-2, -1), (1, 2)))
        return self.joined(found + jnp.tensordot(jax.nn.silu(x), self.base * mask, axes=((-1,), (1,))))

    def basis(self, x: Array) -> Array:
        """The basis functions [..., n, G + k] of all inputs."""
        return basis(x, jax.lax.stop_gradient(self.grid), self.order, self.uniform)

    def edges(self, x: Array) -> Array:
        """Every phi_{ji}(x_i) [..., o, n]."""
        spline = jnp.einsum("...nm,onm,on->...on", self.basis(x), self.coefficients, self.scale * self.mask)
        return spline + jnp.einsum("...n,on->...on", jax.nn.silu(x), self.base * self.mask)

    def joined(self, sums: Array) -> Array:
        """Sums [..., o] with the last 2p multiplied in pairs."""
        if not self.products:
            return sums
        plain = sums.shape[-1] - 2 * self.products
        return jnp.concatenate([sums[..., :plain], sums[..., plain::2] * sums[..., plain + 1 :: 2]], axis=-1)

    @property
    def intervals(self) -> int:
        """G."""
        return self.grid.shape[1] - 2 * self.order - 1


class KAN(eqx.Module):
    """A network of ``layers``, made by `kan`; a function of x [..., n]."""

    layers: tuple[Layer, ...]

    def __call__(self, x: Array) -> Array:
        """X [..., n] to outputs [..., m]."""
        for layer in self.layers:
            x = layer(x)
        return x

    def inputs(self, x: Array) -> list[Array]:
        """What every layer is given."""
        found = [x]
        for layer in self.layers[:-1]:
            found.append(layer(found[-1]))
        return found

    def outside(self, x: Array) -> list[int]:
        """For every layer, how many of its inputs at ``x`` lie outside their grids, where splines go on as straight lines."""
        ends = [(np.asarray(layer.grid[:, layer.order]), np.asarray(layer.grid[:, -layer.order - 1])) for layer in self.layers]
        seen = map(np.asarray, self.inputs(x))
        return [int(np.sum((at < low) | (at > high))) for at, (low, high) in zip(seen, ends, strict=True)]

    @property
    def shape(self) -> list[Node]:
        """Nodes of every layer, inputs first."""
        first: list[Node] = [self.layers[0].grid.shape[0]]
        sums = [(layer.mask.shape[0] - 2 * layer.products, layer.products) for layer in self.layers]
        return first + [plain if not products else (plain, products) for plain, products in sums]


def kan(
    shape: Sequence[Node], *, intervals: int = 5, order: int = 3, domain: tuple[float, float] = (-1.0, 1.0), noise: float = 0.1,
    key: Array, dtype: Any = None,
) -> KAN:  # fmt: skip
    """A random network: w_b ~ N(0, 1/n), w_s = 1, c ~ N(0, noise^2/n); the grids of all layers are on ``domain``.

    ``shape``: inputs, then the nodes of each layer, a number of sums or (sums, products); G + k + 2 parameters an edge.
    Raises `InputError` for a shape without a layer, G or k below 1, and an empty domain.
    """
    nodes = [(each, 0) if isinstance(each, int) else tuple(each) for each in shape]
    if len(nodes) < 2 or nodes[0][1] or any(min(pair) < 0 or sum(pair) < 1 for pair in nodes):
        raise InputError("shape", shape, "inputs and the nodes of one layer at least, 1 or more each", "try [2, 5, 1]")
    layers = []
    for (sums, joint), (plain, products), one in zip(nodes, nodes[1:], jax.random.split(key, len(nodes) - 1), strict=False):
        n, o = sums + joint, plain + 2 * products
        grid = knots(np.full(n, domain[0]), np.full(n, domain[1]), intervals, order)
        first, second = jax.random.split(one)
        base = jax.random.normal(first, (o, n), dtype) / n**0.5
        coefficients = noise / n**0.5 * jax.random.normal(second, (o, n, intervals + order), dtype)
        ones = jnp.ones_like(base)
        layers.append(Layer(coefficients, ones, base, jnp.asarray(grid, base.dtype), ones, order, is_uniform(grid), products))
    return KAN(tuple(layers))


def trained_part(network: KAN) -> tuple[PyTree, PyTree]:
    """(parameters, rest), for eqx.combine: coefficients and weights are trained, grids and masks are not."""
    chosen = jax.tree.map(lambda _: True, network)
    for place in range(len(network.layers)):
        chosen = eqx.tree_at(lambda k, place=place: (k.layers[place].grid, k.layers[place].mask), chosen, (False, False))
    return eqx.partition(network, chosen)
