r"""Levi forms through a network, without automatic differentiation of the points.

Inputs are real functions u of bidegree (k, k) on the ambient space, so that the network is defined everywhere on X.  For $v = Wu + b$
and $y = \sigma(v)$, $\partial_ay = \sigma'\partial_av$ and $\partial_a\bar\partial_by = \sigma'\partial_a\bar\partial_bv +
\sigma''\partial_av\,\overline{\partial_bv}$: the $1 + 2n + n^2$ real numbers of a jet go through each layer in one matrix product.  With
the components first, (components, points, width), these products are contiguous; that order is two to three times faster than points
first.
"""

import itertools
import math
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import erf

from certifield._arguments import listed, seeded, whole

from ..metrics import Sections, packed
from ..points import LocalGeometry
from ..varieties import Variety

Layers = Sequence[tuple[jax.Array, jax.Array]]


def input_jets(variety: Variety, features: Sequence[tuple[int, ...]], local: LocalGeometry) -> np.ndarray:
    r"""The jets [1 + 2n + n^2, N, inputs] of all Re and Im of $s_A\bar s_B/\prod|z^{(i)}|^{2k_i}$, A <= B, of the given multidegrees.

    Components: the value, Re and Im of $\partial_a$, and $\partial_a\bar\partial_b$ as `packed` orders it.
    """
    return np.concatenate([_of_degree(Sections(variety, degrees), local) for degrees in features], axis=2)


def _of_degree(sections: Sections, local: LocalGeometry) -> np.ndarray:
    jets = sections.jets(local)
    values, slopes = jets[:, 0], jets[:, 1:]
    covariant = slopes - (slopes @ values.conj()[:, :, None]) * values[:, None]
    levi = covariant @ covariant.conj().transpose(0, 2, 1)
    parts: list[np.ndarray] = []
    for left, right in ((a, b) for a in range(sections.size) for b in range(a, sections.size)):
        product = values[:, left] * values[:, right].conj()
        up, down = covariant[:, :, left] * values[:, None, right].conj(), covariant[:, :, right] * values[:, None, left].conj()
        bent = covariant[:, :, None, left] * covariant[:, None, :, right].conj() - levi * product[:, None, None]
        parts.append(_jet(np.real(product), (up + down) / 2, bent))
        if left != right:
            parts.append(_jet(np.imag(product), (up - down) / 2j, -1j * bent))
    return np.ascontiguousarray(np.stack(parts, axis=2).transpose(1, 0, 2))


def _jet(value: np.ndarray, slope: np.ndarray, bent: np.ndarray) -> np.ndarray:
    """The jet [N, 1 + 2n + n^2] of the real part of a function."""
    hermitian = (bent + bent.conj().transpose(0, 2, 1)) / 2
    return np.concatenate([value[:, None], np.real(slope), np.imag(slope), packed(hermitian)], axis=1)


def start_layers(inputs: int, widths: Sequence[int], seed: int, outputs: int = 1) -> list[tuple[np.ndarray, np.ndarray]]:
    """Weights and biases of a network: Gaussian of variance 1/inputs, no biases, and a tenth of that in the last layer: a start near to the
    base.  Raises `InputError` for no inputs or outputs, and for widths that are no whole numbers from 1 to 4096.
    """
    random = np.random.default_rng(seeded(seed))
    given = listed("widths", widths, "a list", "try (64, 64, 64)")
    hidden = [whole("widths", one, 1, 4096, "try (64, 64, 64)") for one in given]
    sizes = [whole("inputs", inputs, 1, 10**6, "25 for [[1]] on the quintic"), *hidden, whole("outputs", outputs, 1, 4096)]
    made = [(random.normal(size=(m, k)) / np.sqrt(m), np.zeros(k)) for m, k in itertools.pairwise(sizes)]
    made[-1] = (made[-1][0] / 10, made[-1][1])
    return made


def network_jets(layers: Layers, jets: jax.Array, dimension: int) -> jax.Array:
    """The jet [1 + 2n + n^2, N] of the one output of a potential."""
    return output_jets(layers, jets, dimension)[..., 0]


def output_jets(layers: Layers, jets: jax.Array, dimension: int) -> jax.Array:
    """The jets [components, N, outputs] of all outputs, for jets of inputs with 1, 1 + 2n or all 1 + 2n + n^2 components."""
    rows, columns, first, second = _products(dimension)
    x = jets
    for number, (weights, bias) in enumerate(layers):
        x = x @ weights
        v = x[0] + bias[None]
        if number == len(layers) - 1:
            return jnp.concatenate([v[None], x[1:]])
        density, share = jnp.exp(-v * v / 2) / math.sqrt(2 * math.pi), (1 + erf(v / math.sqrt(2))) / 2
        slope, curve = share + v * density, (2 - v * v) * density
        parts = [(v * share)[None], slope[None] * x[1 : 2 * dimension + 1]]
        if len(x) > 2 * dimension + 1:
            re, im = x[1 : dimension + 1], x[dimension + 1 : 2 * dimension + 1]
            both = jnp.concatenate([re, im])
            square = both[rows] * both[columns] + jnp.asarray(second, x.dtype)[:, None, None] * both[first[0]] * both[first[1]]
            parts.append(slope[None] * x[2 * dimension + 1 :] + curve[None] * square)
        x = jnp.concatenate(parts)
    raise AssertionError("a network has a last layer")


def _products(n: int) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray], np.ndarray]:
    """Where the products of first derivatives stand that make $d_a\\bar d_b$, packed: one product, plus or minus another."""
    rows, columns, third, fourth, sign = [], [], [], [], []
    for i in range(n):
        for j in range(n):
            if i >= j:  # the real part of d_i conj(d_j)
                rows, columns, third, fourth, sign = [*rows, i], [*columns, j], [*third, n + i], [*fourth, n + j], [*sign, 1.0]
            else:  # the imaginary part of d_j conj(d_i)
                rows, columns, third, fourth, sign = [*rows, n + j], [*columns, i], [*third, j], [*fourth, n + i], [*sign, -1.0]
    return np.array(rows), np.array(columns), (np.array(third), np.array(fourth)), np.array(sign)


def packed_determinant(h: jax.Array, n: int) -> jax.Array:
    """det [N] of packed Hermitian matrices [n * n, N], n at most 3."""
    re = lambda i, j: h[i * n + j]  # noqa: E731
    if n == 1:
        return h[0]
    square = lambda i, j: re(i, j) ** 2 + h[j * n + i] ** 2  # noqa: E731
    if n == 2:
        return re(0, 0) * re(1, 1) - square(1, 0)
    # Re of h_10 h_21 h_02 with h_02 the conjugate of h_20
    a, b, c = ((re(i, j), h[j * n + i]) for i, j in ((1, 0), (2, 1), (2, 0)))
    triple = (a[0] * b[0] - a[1] * b[1]) * c[0] + (a[0] * b[1] + a[1] * b[0]) * c[1]
    diagonal = re(0, 0) * re(1, 1) * re(2, 2)
    return diagonal + 2 * triple - re(0, 0) * square(2, 1) - re(1, 1) * square(2, 0) - re(2, 2) * square(1, 0)
