r"""Links, plaquettes and forces of a two-dimensional gauge field.

Fields are arrays [N, N, 2, L0, L1, ...]: matrix indices first, then the direction of a link, its site, and whatever runs side by side
(chains, draws).  Products of small matrices are sums over a short leading axis, which compilers vectorise over all the rest.
"""

import math
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


def product(*factors: Any) -> Any:
    """The product of matrices [N, N, ...] in the first two axes."""
    total = factors[0]
    for factor in factors[1:]:
        total = jnp.sum(total[:, :, None] * factor[None], axis=1)
    return total


def dagger(matrix: Any) -> Any:
    """The Hermitian conjugate, of the first two axes."""
    return jnp.conj(jnp.swapaxes(matrix, 0, 1))


def real_trace(matrix: Any) -> Any:
    """Re tr / N."""
    return sum(jnp.real(matrix[place, place]) for place in range(matrix.shape[0])) / matrix.shape[0]


def plaquettes(links: Any) -> Any:
    r"""$P_x = U_0(x)\,U_1(x+\hat0)\,U_0(x+\hat1)^\dagger\,U_1(x)^\dagger$, [N, N, L0, L1, ...]."""
    first, second = links[:, :, 0], links[:, :, 1]
    return product(first, jnp.roll(second, -1, 2), dagger(jnp.roll(first, -1, 3)), dagger(second))


def plaquette_means(links: Any) -> Any:
    """The mean of Re tr P/N over the lattice, of fields [N, N, 2, L0, L1, ...]."""
    return jnp.mean(real_trace(plaquettes(links)), axis=(0, 1))


def topological_charges(links: Any) -> Any:
    r"""$Q = \frac1{2\pi}\sum_x\arg P_x$, a whole number, of U(1) fields [1, 1, 2, L0, L1, ...]."""
    return jnp.round(jnp.sum(jnp.angle(plaquettes(links)[0, 0]), axis=(0, 1)) / (2 * np.pi))


def gauge_transformed(links: Any, rotation: Any) -> Any:
    r"""$U_\mu(x) \to g(x)\,U_\mu(x)\,g(x+\hat\mu)^\dagger$ for ``rotation`` g [N, N, L0, L1, ...]."""
    moved = [product(rotation, links[:, :, axis], dagger(jnp.roll(rotation, -1, 2 + axis))) for axis in (0, 1)]
    return jnp.stack(moved, axis=2)


def staples(links: Any) -> Any:
    r"""$A_\mu(x)$ with $\sum_{P\ni U}\mathrm{Re\,tr}\,P = \mathrm{Re\,tr}(U_\mu(x) A_\mu(x))$: what closes a link to its two plaquettes."""
    first, second = links[:, :, 0], links[:, :, 1]
    above = product(jnp.roll(second, -1, 2), dagger(jnp.roll(first, -1, 3)), dagger(second))
    lower_first, lower_second = jnp.roll(first, 1, 3), jnp.roll(second, 1, 3)
    below = product(dagger(jnp.roll(lower_second, -1, 2)), dagger(lower_first), lower_second)
    right = product(jnp.roll(first, -1, 3), dagger(jnp.roll(second, -1, 2)), dagger(first))
    left_first, left_second = jnp.roll(first, 1, 2), jnp.roll(second, 1, 2)
    left = product(dagger(jnp.roll(left_first, -1, 3)), dagger(left_second), left_first)
    return jnp.stack([above + below, right + left], axis=2)


def antihermitian(matrix: Any) -> Any:
    """(M - M^dagger)/2, without its trace where N > 1."""
    half = (matrix - dagger(matrix)) / 2
    n = matrix.shape[0]
    if n == 1:
        return half
    trace = sum(half[place, place] for place in range(n)) / n
    return half - jnp.eye(n, dtype=matrix.dtype).reshape(n, n, *[1] * trace.ndim) * trace[None, None]


@cache
def generators(n: int) -> np.ndarray:
    """T_a [n^2 - 1, n, n] of su(n), or the one of u(1), anti-Hermitian with tr T_a T_b = -delta_ab/2."""
    found = []
    for i in range(n):
        for j in range(i):
            for entry in (0.5, -0.5j):
                one = np.zeros((n, n), dtype=complex)
                one[i, j], one[j, i] = entry, np.conj(entry)
                found.append(1j * one)
    for k in range(1, n):
        diagonal = np.array([1.0] * k + [-float(k)] + [0.0] * (n - k - 1))
        found.append(1j * np.diag(diagonal) / math.sqrt(2 * k * (k + 1)))
    return np.array(found) if n > 1 else np.array([[[1j / math.sqrt(2)]]])


def gaussian_algebra(key: Any, n: int, shape: tuple[int, ...]) -> Any:
    """Elements [n, n, *shape] of the algebra with independent standard normal components along the generators."""
    basis = jnp.asarray(generators(n))
    return jnp.tensordot(jnp.moveaxis(basis, 0, -1), jax.random.normal(key, (len(basis), *shape)).astype(basis.dtype), axes=1)


def exponential(matrix: Any, halvings: int = 3, order: int = 10) -> Any:
    """exp of small anti-Hermitian matrices, by a Taylor series of M/2^halvings and squarings."""
    if matrix.shape[0] == 1:
        return jnp.exp(matrix)
    small = matrix / 2.0**halvings
    one = jnp.eye(matrix.shape[0], dtype=matrix.dtype).reshape(*matrix.shape[:2], *[1] * (matrix.ndim - 2))
    total = jnp.broadcast_to(one, matrix.shape)
    for k in range(order, 0, -1):
        total = one + product(small, total) / k
    for _ in range(halvings):
        total = product(total, total)
    return total


def haar(key: Any, n: int, shape: tuple[int, ...]) -> Any:
    """Matrices [n, n, *shape] of U(1) (n = 1) or SU(n), uniform: QR of Gaussian matrices with the phases of R divided out."""
    if n == 1:
        angle = jax.random.uniform(key, shape, minval=-math.pi, maxval=math.pi)
        return jax.lax.complex(jnp.cos(angle), jnp.sin(angle))[None, None]
    parts = jax.random.normal(key, (2, *shape, n, n))
    q, r = jnp.linalg.qr(jax.lax.complex(parts[0], parts[1]))
    phases = jnp.diagonal(r, axis1=-2, axis2=-1)
    q = q * jnp.exp(1j * jnp.angle(phases).astype(q.dtype))[..., None, :]
    q = q / (jnp.linalg.det(q) ** (1 / n))[..., None, None]
    return jnp.moveaxis(q, (-2, -1), (0, 1))
