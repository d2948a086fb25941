"""Dense networks of large but finite width: the connected four-point function to first order in 1/n, for any activation."""

import itertools
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from certifield.evidence import Estimate, Exact, InputError
from certifield.layers import Activation, Dense, Layer, Serial
from certifield.layers._layer import counts

from ._averages import MOST, pair_products
from ._matrix import checked
from ._nngp import nngp
from .duals import Dual, Resolution, dual_of

_LARGE = 0.3  # depth over width from which on the first order says little
_RESOLUTION = Resolution(192, 128)


@dataclass(frozen=True, eq=False)
class FiniteWidth:
    """One output of a dense network at finite width.

    ``kernel`` [P, P]: at infinite width, as `nngp` gives it.  ``vertex`` [P, P, P, P]: V_(ab)(cd)/n, the covariance of the conditional
    kernels C_ab, C_cd, to first order; its error is ten times the difference of two quadratures, and no bound.  ``connected`` [P, P, P, P]:
    G_c4(a,b,c,d) = V_(ab)(cd)/n + V_(ac)(bd)/n + V_(ad)(bc)/n, whose error bar is the size of the next order, since leading entries can be
    small by cancellation.  ``depth_over_width``: sum over hidden layers of 1/n_l, the parameter of the expansion.
    """

    kernel: Exact | Estimate
    vertex: Estimate
    connected: Estimate
    depth_over_width: Exact


def finite_width(network: Layer, x: Any, width: int | Sequence[int]) -> FiniteWidth:
    """The connected four-point function of a dense network to first order in 1/n, any depth and activation.

    ``network``: dense layers with one activation between two of them; ``x`` [P, dim]; ``width``: of all hidden layers, or of each.
    With U = V/n and < > Gaussian at the kernel G of the layer, layer by layer (J = derivatives of <s s> with respect to the entries of G)

        U'_(ab)(cd) = (sigma_w^4/n_l) [<s_a s_b s_c s_d> - <s_a s_b><s_c s_d>] + sigma_w^4 (J U J^T)_(ab)(cd),    U = 0 at first.

    Warns where depth over width exceeds 0.3; use `deep_relu_moment`, `deep_linear_moment` or sampling there.
    Raises `InputError` for other networks, for which these formulas do not hold.

    Reference: arXiv:2106.10165, chapter 4; arXiv:1910.00019.
    """
    hidden, first = _layers_of(network)
    widths = counts("width", width, len(hidden))
    if len(widths) != len(hidden):
        raise InputError("width", width, f"a whole number, or {len(hidden)} of them", "try width=100")
    ratio = sum((Fraction(1, n) for n in widths), start=Fraction(0))
    if ratio > _LARGE:
        text = f"depth over width is {float(ratio):.2f}: the first order in 1/n says little; use exact moments or sampling"
        warnings.warn(text, stacklevel=2)
    points, _ = checked(x, None, None)
    if points.ndim != 2 or points.dtype.kind == "c":
        raise InputError("x", f"an array of shape {points.shape}", "real, of shape [points, dim]", "give one row per point")
    with jax.enable_x64(True):
        fine, coarse = (_vertex(hidden, first, widths, points, nodes) for nodes in (10, 8))
    change = 10 * np.abs(fine - coarse) + 1e-13 * np.abs(fine).max()
    kernel = nngp(network, points)
    method = "recursion of the covariance of conditional kernels; quadratures of 10 and 8 nodes a panel"
    vertex = Estimate(fine, {f"quadrature/{network}": change[None]}, 0, 0, None, method, "float64", "unknown")
    return FiniteWidth(kernel, vertex, _connected(fine, np.asarray(kernel.mean)), Exact(ratio, "sum of 1/n over hidden layers"))


def _layers_of(network: Layer) -> tuple[list[tuple[Activation, Dense]], Dense]:
    layers = network.layers if isinstance(network, Serial) else (network,)
    dense = [layer for layer in layers[::2] if isinstance(layer, Dense) and not layer.complex]
    activations = [layer for layer in layers[1::2] if isinstance(layer, Activation)]
    if len(dense) + len(activations) < len(layers) or len(dense) != len(activations) + 1:
        remedy = "sample its ensemble, or use dense > activation > dense > ..."
        raise InputError("network", str(network), "real dense layers with one activation between two: 1/n is known for these", remedy)
    return list(zip(activations, dense[1:], strict=True)), dense[0]


def _vertex(hidden: list[tuple[Activation, Dense]], first: Dense, widths: Sequence[int], points: np.ndarray, nodes: int) -> np.ndarray:
    """V/n of the last layer: [P, P, P, P]."""
    count = len(points)
    left, right = np.triu_indices(count)
    covariance = first.sigma_w**2 * points @ points.T / points.shape[1] + first.sigma_b**2
    spread = np.zeros((len(left), len(left)))
    for (activation, layer), width in zip(hidden, widths, strict=True):
        dual = dual_of(activation, _RESOLUTION)
        sides = [covariance[pair] for pair in ((left, left), (left, right), (right, right))]
        mean = np.asarray(_average(dual, left == right, *sides))
        four = _four_points(activation, covariance, left, right, nodes)
        slopes = _slopes(dual, sides, left, right) if np.any(spread) else np.zeros_like(spread)
        spread = layer.sigma_w**4 * ((four - np.outer(mean, mean)) / width + slopes @ spread @ slopes.T)
        covariance[left, right] = covariance[right, left] = layer.sigma_w**2 * mean + layer.sigma_b**2
    number = np.empty((count, count), dtype=int)
    number[left, right] = number[right, left] = np.arange(len(left))
    return spread[number[:, :, None, None], number[None, None]]


def _slopes(dual: Dual, sides: Sequence[np.ndarray], left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Derivatives of <s_a s_b> with respect to the entries of the covariance: [pairs, pairs]."""
    number = {pair: place for place, pair in enumerate(zip(left.tolist(), right.tolist(), strict=True))}
    slopes = np.zeros((len(left), len(left)))
    found = map(np.asarray, _derivatives(dual, left == right, *sides))
    for slope, first, second in zip(found, (left, left, right), (left, right, right), strict=True):
        for row, pair in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
            slopes[row, number[pair]] += slope[row]
    return slopes


@partial(jax.jit, static_argnums=0)
def _average(dual: Dual, same: jax.Array, a: jax.Array, c: jax.Array, b: jax.Array) -> jax.Array:
    """F(a, c, b); where both inputs are the ``same``, E[f^2] as a function of the one variance a."""
    zero = jnp.zeros(())
    return jnp.where(same, dual.power(a, zero)[0], dual(a, jnp.where(same, 0.0, c), b, zero)[0])


@partial(jax.jit, static_argnums=0)
def _derivatives(dual: Dual, same: jax.Array, *arguments: jax.Array) -> tuple[jax.Array, ...]:
    """F_a, F_c and F_b."""

    def slope(place: int) -> jax.Array:
        ones = tuple(jnp.ones_like(each) if k == place else jnp.zeros_like(each) for k, each in enumerate(arguments))
        return jax.jvp(partial(_average, dual, same), arguments, ones)[1]

    return slope(0), slope(1), slope(2)


def _four_points(activation: Activation, covariance: np.ndarray, left: np.ndarray, right: np.ndarray, nodes: int) -> np.ndarray:
    """<s_a s_b s_c s_d> over pairs, from sets of four inputs at a time."""
    count = len(covariance)
    found = np.zeros((len(left), len(left)))
    number = np.empty((count, count), dtype=int)
    number[left, right] = number[right, left] = np.arange(len(left))
    for chosen in itertools.combinations(range(count), min(count, MOST)):
        inside = np.array(chosen)
        a, b = np.triu_indices(len(inside))
        places = number[inside[a], inside[b]]
        found[np.ix_(places, places)] = pair_products(activation, covariance[np.ix_(inside, inside)], nodes)
    return found


def _connected(vertex: np.ndarray, kernel: np.ndarray) -> Estimate:
    """The sum over three pairings, with the size of the next order: relative to the Gaussian scale it is the square of the first."""
    size = np.sqrt(np.maximum(np.einsum("abab->ab", vertex), 0.0))
    variance = np.maximum(np.diagonal(kernel), np.finfo(float).tiny)
    relative = float(np.max(np.einsum("aaaa->a", vertex) / variance**2))
    next_order = relative * size[:, :, None, None] * size[None, None]
    value, error = (part + part.transpose(0, 2, 1, 3) + part.transpose(0, 3, 2, 1) for part in (vertex, next_order))
    return Estimate.from_stderr(value, error, source="next order in 1/n", method="first order in 1/n", bias="unknown")
