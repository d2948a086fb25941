r"""Jets of fourth order through a network: what the curvature of $g + \partial\bar\partial\varphi$ takes.

A real function is held as its power series in x and $\bar x$ up to degree 2 in either, $\sum c_{\alpha\beta}x^\alpha\bar x^\beta$: a
Hermitian matrix of coefficients, 10 by 10 on a threefold.  Layers multiply it by their weights, and with $v = v_0 + h$ an activation adds
powers, $\sigma(v) = \sum_{k\le4}\sigma^{(k)}(v_0)h^k/k!$, whose products end at the same degrees: exact derivatives, without automatic
differentiation of the points.
"""

import math
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import erf

from ..metrics import Sections
from ..points import LocalGeometry
from ..varieties import Variety
from ._levi import Layers


def fourth_order(
    variety: Variety, features: Sequence[tuple[int, ...]], layers: Layers, change: Layers | None, local: LocalGeometry
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""$\partial_a\bar\partial_c\varphi$ [N, a, c], $\partial_b\partial_a\bar\partial_c\varphi$ [N, b, a, c] and
    $\partial_b\bar\partial_d\partial_a\bar\partial_c\varphi$ [N, b, d, a, c] of a network, or of its linearisation about ``layers``.
    """
    with jax.enable_x64(True), jax.numpy_dtype_promotion("standard"):  # real weights times complex jets
        given = [jnp.asarray(one) for one in section_series(variety, features, local)]
        found = _derivatives(list(layers), None if change is None else list(change), given, variety.dimension)
        return tuple(map(np.array, found))  # type: ignore[return-value]


def section_series(variety: Variety, features: Sequence[tuple[int, ...]], local: LocalGeometry) -> list[np.ndarray]:
    """The power series [monomials, N, sections] of the sections of each multidegree in the local coordinates."""
    shape = _factorials(variety.dimension)[:, None, None]
    return [np.moveaxis(Sections(variety, k).jets(local, order=2), 1, 0) / shape for k in features]


def _factorials(n: int) -> np.ndarray:
    rows, columns = np.triu_indices(n)
    return np.concatenate([np.ones(n + 1), np.where(rows == columns, 2.0, 1.0)])


def derivatives(layers: Layers, change: Layers | None, given: Sequence[jax.Array], n: int) -> tuple[jax.Array, jax.Array, jax.Array]:
    """What `fourth_order` has, from the series of the sections."""
    factorials = _factorials(n).astype(np.finfo(given[0].dtype).dtype)
    jets = _series(layers, change, given, n) * factorials[:, None, None] * factorials[None, :, None]
    rows, columns = np.triu_indices(n)
    place = np.zeros((n, n), dtype=np.int64)
    place[rows, columns] = np.arange(len(rows))
    place = np.maximum(place, place.T)
    first, second = slice(1, n + 1), jets[n + 1 :][place]  # second: [b, a, monomials, N]
    levi, mixed, four = jets[first, first], second[:, :, first], second[:, :, n + 1 :][:, :, place]
    return levi.transpose(2, 0, 1), mixed.transpose(3, 0, 1, 2), four.transpose(4, 0, 2, 1, 3)


_derivatives = jax.jit(derivatives, static_argnames=("n",))


def _series(layers: Layers, change: Layers | None, sections: Sequence[jax.Array], n: int) -> jax.Array:
    """The series [monomials, monomials, N] of the output, from those of sections [monomials, N, sections] in x."""
    inputs = jnp.concatenate([_inputs(s, n) for s in sections], axis=3)
    if change is None:
        return _network(layers, inputs, n)
    return sum(jax.jvp(lambda one: _network(one, inputs, n), (layers,), (change,)))  # type: ignore[return-value]


def _inputs(s: jax.Array, n: int) -> jax.Array:
    r"""The series of Re and Im of $s_A\bar s_B/\sum|s|^2$, A <= B, in the order of `input_jets`: [monomials, monomials, N, inputs]."""
    size = jnp.einsum("ank,bnk->abn", s, s.conj())[..., None]
    at = jnp.real(size[0, 0])
    inverse = _composed(size, [(-1) ** k * math.factorial(k) / at ** (k + 1) for k in range(5)], n)
    left, right = np.triu_indices(s.shape[2])
    products = _multiplied(s[:, None, :, left] * s[None, :, :, right].conj(), inverse, n)
    mirrored = products.swapaxes(0, 1).conj()
    both = jnp.stack([(products + mirrored) / 2, (products - mirrored) / 2j], axis=4).reshape(*products.shape[:3], -1)
    return both[..., np.flatnonzero(np.stack([np.ones(len(left), dtype=bool), left != right], axis=1))]


def _network(layers: Layers, inputs: jax.Array, n: int) -> jax.Array:
    x = inputs
    for number, (weights, bias) in enumerate(layers):
        x = x @ weights
        if number == len(layers) - 1:
            break
        x = x.at[0, 0].add(bias[None])
        v = jnp.real(x[0, 0])
        density, share = jnp.exp(-v * v / 2) / math.sqrt(2 * math.pi), (1 + erf(v / math.sqrt(2))) / 2
        gelu = [v * share, share + v * density, (2 - v**2) * density, (v**3 - 4 * v) * density, (7 * v**2 - 4 - v**4) * density]
        x = _composed(x, gelu, n)
    return x[..., 0]


def _composed(x: jax.Array, slopes: Sequence[jax.Array], n: int) -> jax.Array:
    r"""$\sigma(x)$ from the derivatives of $\sigma$ of the orders 0 to 4 at the constant term."""
    h = x.at[0, 0].set(0)
    square = _multiplied(h, h, n)
    powers = [h, square, _multiplied(square, h, n), _multiplied(square, square, n)]
    total = sum(slope[None, None] / math.factorial(k + 1) * power for k, (slope, power) in enumerate(zip(slopes[1:], powers, strict=True)))
    return total.at[0, 0].add(slopes[0])  # type: ignore[union-attr]


def _multiplied(left: jax.Array, right: jax.Array, n: int) -> jax.Array:
    """The product of two series [monomials, monomials, ...], up to degree 2 in x and in its conjugate."""
    first, second, into = _table(n)
    pairs = left[first][:, first] * right[second][:, second]
    summed = jnp.tensordot(into, pairs, axes=(1, 0))
    return jnp.moveaxis(jnp.tensordot(into, summed, axes=(1, 1)), 0, 1)


def _table(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which monomials of degree 2 at the most have which product: two places each, and where it stands as a matrix of 0 and 1."""
    rows, columns = np.triu_indices(n)
    unit = np.eye(n, dtype=np.int64)
    exponents = np.concatenate([np.zeros((1, n), dtype=np.int64), unit, unit[rows] + unit[columns]])
    place = {tuple(row): number for number, row in enumerate(exponents.tolist())}
    found = [(i, j, place.get(tuple((a + b).tolist()))) for i, a in enumerate(exponents) for j, b in enumerate(exponents)]
    first, second, product = np.array([one for one in found if one[2] is not None]).T
    return first, second, np.equal.outer(np.arange(len(exponents)), product).astype(np.float32)
