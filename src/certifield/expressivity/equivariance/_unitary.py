"""Maps of SU(N) to itself that commute with conjugation: they move eigenvalues and keep eigenvectors (arXiv:2008.05456)."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float, Key

from certifield._arguments import whole


def on_circle(angle: Float[Array, "*shape"]) -> Complex[Array, "*shape"]:
    """e^(i angle)."""
    return jax.lax.complex(jnp.cos(angle), jnp.sin(angle))


def eigensystem(u: Complex[Array, "n n"]) -> tuple[Float[Array, " n"], Complex[Array, "n n"]]:
    """Phases phi in (-pi, pi] and orthonormal eigenvectors V of a unitary matrix, U = V e^(i phi) V^dagger.

    V diagonalises the Hermitian matrix (e^(-i theta) U + h.c.)/2, whose eigenvalues cos(phi - theta) coincide for different phases only
    where 2 theta is their sum; of N(N-1)/2 + 1 angles or more one keeps away from all the sums, and that one is taken.
    """
    n = u.shape[-1]
    rough = jnp.angle(jnp.linalg.eigvals(jax.lax.stop_gradient(u)))
    angles = jnp.asarray(np.pi * np.arange(n * n) / (n * n) + 0.1234)
    first, second = np.triu_indices(n, 1)
    means = (rough[first] + rough[second]) / 2
    # |cos(a - theta) - cos(b - theta)| = |e^(ia) - e^(ib)| |sin((a + b)/2 - theta)|; the last factor is what theta decides.
    apart = jnp.abs(jnp.sin(means[None, :] - angles[:, None])).min(axis=1, initial=1.0)
    turned = u * on_circle(-angles[jnp.argmax(apart)])
    _, vectors = jnp.linalg.eigh((turned + turned.conj().T) / 2)
    phases = jnp.angle(jnp.einsum("ia,ij,ja->a", vectors.conj(), u, vectors))
    return phases, vectors


class SpectralMap(eqx.Module):
    """h(U) = V e^(i phi') V^dagger with phi' = phi + s(phi), a map of SU(N) with h(X U X^dagger) = X h(U) X^dagger.

    s_a = t_a - mean(t), t_a = f(cos phi_a, sin phi_a, sum_b g(cos phi_b, sin phi_b)/N), so that permuting the phases permutes s, phases
    that differ by 2 pi are one, and the determinant stays one.  f and g are multilayer perceptrons; equal eigenvalues stay equal, so
    that the choice of eigenvectors among them does not matter.  The gradient is singular where two eigenvalues meet.
    """

    inner: eqx.nn.MLP
    outer: eqx.nn.MLP

    def __init__(self, width: int = 16, depth: int = 1, *, key: Key[Array, ""]) -> None:
        """Perceptrons of ``depth`` hidden layers of ``width`` tanh neurons.  Raises `InputError` for sizes below 1."""
        for name, number in {"width": width, "depth": depth}.items():
            whole(name, number, 1)
        first, second = jax.random.split(key)
        self.inner = eqx.nn.MLP(2, width, width, depth, activation=jnp.tanh, key=first)
        self.outer = eqx.nn.MLP(2 + width, "scalar", width, depth, activation=jnp.tanh, key=second)

    def shifts(self, phases: Float[Array, " n"]) -> Float[Array, " n"]:
        """s(phi), with sum zero."""
        circle = jnp.stack([jnp.cos(phases), jnp.sin(phases)], axis=1)
        pooled = jnp.mean(jax.vmap(self.inner)(circle), axis=0)
        found = jax.vmap(lambda point: self.outer(jnp.concatenate([point, pooled])))(circle)
        return found - jnp.mean(found)

    def __call__(self, u: Complex[Array, "n n"]) -> Complex[Array, "n n"]:
        phases, vectors = eigensystem(u)
        return (vectors * on_circle(phases + self.shifts(phases))[None, :]) @ vectors.conj().T


def conjugation(element: Complex[Array, "n n"], u: Complex[Array, "n n"]) -> Complex[Array, "n n"]:
    """X U X^dagger: the action of SU(N) on itself, to be given to `examine_equivariance`."""
    matrix = jnp.asarray(element)
    return matrix @ u @ matrix.conj().T


def random_unitary(key: Key[Array, ""], n: int, draws: int) -> Complex[Array, "draws n n"]:
    """``draws`` matrices of SU(n) by Haar's measure: unitary factors of Gaussian matrices, with R positive, over the n-th root of det.

    Raises `InputError` for n or draws below 1.
    """
    for name, number in {"n": n, "draws": draws}.items():
        whole(name, number, 1)
    parts = jax.random.normal(key, (2, draws, n, n))
    unitary, upper = jnp.linalg.qr(jax.lax.complex(parts[0], parts[1]))
    diagonal = jnp.diagonal(upper, axis1=-2, axis2=-1)
    unitary = unitary * on_circle(jnp.angle(diagonal))[:, None, :]
    return unitary * on_circle(-jnp.angle(jnp.linalg.det(unitary)) / n)[:, None, None]
