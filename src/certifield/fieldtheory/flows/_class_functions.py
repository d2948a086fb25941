r"""Flows of one SU(N) matrix that commute with conjugation, for densities that are class functions (arXiv:2008.05456).

A gradient flow of a class function, $\dot U = X U$ with $X = \sum_a T_a\,\partial_a\varphi$ and
$\mathrm{tr}\,T_aT_b = -\frac12\delta_{ab}$, where

$$\varphi = \sum_k \tfrac2k a_k(t)\,\mathrm{Re}\,p_k,\quad p_k = \mathrm{tr}\,U^k,\qquad X = -\sum_k a_k\big(U^k\big)_{AH},\qquad
\frac{d\ln q}{dt} = \sum_k a_k\,\mathrm{Re}\Big[N p_k + \sum_{j=1}^{k-1}p_j p_{k-j} - \tfrac kN p_k\Big]$$

and AH is the traceless anti-Hermitian part.  X is a polynomial in U: it commutes with U, whose eigenvectors stay, and eigenangles flow by
$\dot\theta_i = -\sum_k a_k(\sin k\theta_i - \frac1N\sum_j\sin k\theta_j)$, in steps of Runge and Kutta's fourth order.  All powers push
angles alike, so that one rate of training serves them all.
"""

from collections.abc import Callable, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from certifield._arguments import finite, listed, of_kind, positive, seeded, whole
from certifield.evidence import Estimate, InputError
from certifield.streams import stream_key

from ..gauge._links import dagger, haar, product, real_trace
from ._coupling import lenient


class ClassFlow(eqx.Module):
    """``weights`` [times, K] of the a_k, Chebyshev polynomials in time; ``n`` of SU(n); ``steps``.  Made by `class_flow`."""

    weights: jax.Array
    n: int = eqx.field(static=True)
    steps: int = eqx.field(static=True)

    @lenient()
    def draw(self, key: jax.Array, count: int) -> tuple[jax.Array, jax.Array]:
        """``count`` matrices [n, n, count] and the logarithms of their densities [count] with respect to the uniform measure."""
        angles, frame = self._start(key, count)
        angles, density = self._integrated(angles)
        return _matrices(frame, angles), density

    @lenient()
    def pushed(self, matrices: jax.Array) -> tuple[jax.Array, jax.Array]:
        r"""Given matrices [n, n, ...] at the end of the flow, and the logarithm of the density of those that began as uniform.

        By interpolation, $U' = \sum_i e^{i\theta'_i}\prod_{j\ne i}(U - \lambda_j)/(\lambda_i - \lambda_j)$.
        """
        angles = jnp.moveaxis(eigenangles(matrices), -1, 0)
        values = jax.lax.complex(jnp.cos(angles), jnp.sin(angles))
        angles, density = self._integrated(angles)
        ends = jax.lax.complex(jnp.cos(angles), jnp.sin(angles))
        one = jnp.eye(self.n, dtype=matrices.dtype).reshape(self.n, self.n, *[1] * (matrices.ndim - 2))
        total = jnp.zeros_like(matrices)
        for i in range(self.n):
            term = one * ends[i]
            for j in range(self.n):
                if j != i:
                    term = product(term, (matrices - one * values[j]) / (values[i] - values[j]))
            total = total + term
        return total, density

    @lenient()
    def mismatch(self, key: jax.Array, count: int) -> tuple[jax.Array, jax.Array, jax.Array]:
        """Matrices and log q as `draw` gives them, and the logarithm of the density of the discrete map less that."""
        start, frame = self._start(key, count)
        angles, density = self._integrated(start)
        jacobian = jax.vmap(jax.jacfwd(lambda one: self._integrated(one[:, None])[0][:, 0]), in_axes=1)(start)
        true = _log_measure(start) - _log_measure(angles) - jnp.linalg.slogdet(jacobian)[1]
        return _matrices(frame, angles), density, true - density

    def _start(self, key: jax.Array, count: int) -> tuple[jax.Array, jax.Array]:
        """The eigenangles [n, count] of uniform matrices, and a uniform frame of eigenvectors [n, n, count], which is independent."""
        spectrum, frame = (haar(one, self.n, (count,)) for one in jax.random.split(key))
        kind = jnp.complex64 if self.weights.dtype == jnp.float32 else jnp.complex128
        return jnp.moveaxis(eigenangles(spectrum), -1, 0).astype(self.weights.dtype), frame.astype(kind)

    def _integrated(self, angles: jax.Array) -> tuple[jax.Array, jax.Array]:
        """Angles [n, ...] at the end, and log q for a uniform start."""
        x = jnp.linspace(-1.0, 1.0, 2 * self.steps + 1, dtype=self.weights.dtype)
        polynomials = [jnp.ones_like(x), x]
        while len(polynomials) < len(self.weights):
            polynomials.append(2 * x * polynomials[-1] - polynomials[-2])
        coefficients = jnp.stack(polynomials[: len(self.weights)], axis=1) @ self.weights.astype(angles.dtype)
        h = 1 / self.steps

        def step(state: Any, number: Any) -> tuple[Any, None]:
            at, density = state
            k1, d1 = self._velocity(coefficients[2 * number], at)
            k2, d2 = self._velocity(coefficients[2 * number + 1], at + h / 2 * k1)
            k3, d3 = self._velocity(coefficients[2 * number + 1], at + h / 2 * k2)
            k4, d4 = self._velocity(coefficients[2 * number + 2], at + h * k3)
            return (at + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4), density + h / 6 * (d1 + 2 * d2 + 2 * d3 + d4)), None

        return jax.lax.scan(step, (angles, jnp.zeros_like(angles[0])), jnp.arange(self.steps))[0]

    def _velocity(self, coefficients: jax.Array, angles: jax.Array) -> tuple[jax.Array, jax.Array]:
        """The slopes of the angles, and d ln q/dt."""
        value = jax.lax.complex(jnp.cos(angles), jnp.sin(angles))
        power, traces = value, []
        slope, gain = jnp.zeros_like(angles), jnp.zeros_like(angles[0])
        for k in range(1, self.weights.shape[1] + 1):
            a, sine = coefficients[k - 1], jnp.imag(power)
            traces.append(jnp.sum(power, axis=0))
            slope = slope - a * (sine - jnp.mean(sine, axis=0, keepdims=True))
            pairs = sum((traces[j - 1] * traces[k - j - 1] for j in range(1, k)), jnp.zeros_like(traces[0]))
            gain = gain + a * jnp.real(traces[k - 1] * (self.n - k / self.n) + pairs)
            power = power * value
        return slope, gain


def _matrices(frame: jax.Array, angles: jax.Array) -> jax.Array:
    return product(frame * jax.lax.complex(jnp.cos(angles), jnp.sin(angles))[None].astype(frame.dtype), dagger(frame))


def _log_measure(angles: jax.Array) -> jax.Array:
    """The logarithm of prod |e^{i theta_i} - e^{i theta_j}|^2 over pairs, of angles [n, ...]."""
    n = len(angles)
    pairs = [(i, j) for i in range(n) for j in range(i)]
    return sum((2 * jnp.log(2 * jnp.abs(jnp.sin((angles[i] - angles[j]) / 2))) for i, j in pairs), jnp.zeros_like(angles[0]))


def class_flow(n: int, *, powers: int = 8, times: int = 3, steps: int = 12, seed: int = 0) -> ClassFlow:
    """An untrained `ClassFlow` of SU(n): K ``powers`` of U, polynomials in time of degree ``times`` - 1, ``steps`` of the integrator.

    Raises `InputError` for n other than 2 to 8, and counts below 1 (2 ``times``).
    """
    n, powers, times = whole("n", n, 2, 8), whole("powers", powers, 1, 32), whole("times", times, 2, 16)
    key = stream_key(seeded(seed), "lattice flows/class functions")
    return ClassFlow(1e-2 * jax.random.normal(key, (times, powers), jnp.float32), n, whole("steps", steps, 1, 1000))


def class_action(coefficients: Sequence[float], beta: float) -> Callable[[jax.Array], jax.Array]:
    r"""$S(U) = -\frac\beta N\,\mathrm{Re\,tr}\sum_n c_n U^n$ of matrices [N, N, ...]: the family of arXiv:2008.05456.

    Raises `InputError` for no coefficients, numbers that are not finite, and a beta that is not positive.
    """
    given = listed("coefficients", coefficients, "numbers c_1, c_2, ...", "such as (1.0,)")
    if not len(given):
        raise InputError("coefficients", coefficients, "one number at the least", "such as (1.0,)")
    factors = tuple(finite("coefficients", one) for one in given)
    beta = positive("beta", beta)

    @lenient()
    def action(matrices: jax.Array) -> jax.Array:
        n, power, total = matrices.shape[0], matrices, jnp.zeros_like(jnp.real(matrices[0, 0]))
        for factor in factors:
            total = total + factor * jnp.real(jnp.sum(jnp.diagonal(power), axis=-1))
            power = product(power, matrices)
        return -beta / n * total

    return action


def eigenangles(matrices: jax.Array) -> jax.Array:
    """The angles [..., N] of the eigenvalues of unitary matrices [N, N, ...], in (-pi, pi], in order."""
    values = jnp.linalg.eigvals(jnp.moveaxis(matrices, (0, 1), (-2, -1)))
    return jnp.sort(jnp.angle(values), axis=-1)


def class_trace(matrices: jax.Array) -> jax.Array:
    """Re tr U/N [draws, 1] of matrices [N, N, draws]."""
    return real_trace(matrices)[:, None]


def class_quadrature(n: int, coefficients: Sequence[float], beta: float) -> Estimate:
    r"""$\frac1N\langle\mathrm{Re\,tr}\,U\rangle$ under $e^{-S}$ of `class_action`, by a rule over eigenangles; the error is what half
    of the nodes change, and rounding.

    Raises `InputError` as `class_action` does, and for n other than 2 and 3.
    """
    n = whole("n", n, 2, 3)
    class_action(coefficients, beta)

    def at(nodes: int) -> float:
        angles, measure = _torus(n, nodes)
        action = _by_angles(angles, coefficients, beta)
        weight = measure * np.exp(np.min(action) - action)
        return float(np.sum(weight * np.mean(np.cos(angles), axis=0)) / np.sum(weight))

    return _refined(at, f"eigenangles/{n}/{tuple(coefficients)}/{beta}")


def class_efficiency(flow: ClassFlow, coefficients: Sequence[float], beta: float) -> Estimate:
    r"""$(\int w\,d\mu)^2/\int w^2 d\mu$ with $w = e^{-S}/q$: the effective part of the draws of ``flow`` for `class_action`, by a rule
    over the eigenangles at the start of the flow.

    Draws may miss a rare large weight, and then print too large an effective part with too small an error; the rule does not.  Its error is
    what half of the nodes change, and rounding.  Raises `InputError` as `class_action` does, for what is no `ClassFlow`, and for n other
    than 2 and 3.
    """
    of_kind("flow", flow, ClassFlow, "such as class_flow(3)")
    n = whole("n", flow.n, 2, 3)
    class_action(coefficients, beta)

    def at(nodes: int) -> float:
        start, measure = _torus(n, nodes)
        with jax.enable_x64(True), lenient():
            wide = jax.tree.map(lambda one: jnp.asarray(one, float), flow)
            angles, density = map(np.asarray, wide._integrated(jnp.asarray(start)))
        logs = -_by_angles(angles, coefficients, beta) - density
        weights = np.exp(logs - np.max(logs))
        return float(np.sum(measure * weights) ** 2 / np.sum(measure * weights**2))

    return _refined(at, f"effective part/{n}/{tuple(coefficients)}/{beta}")


def _torus(n: int, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Eigenangles [n, nodes^(n-1)] of SU(n) with even distances, and the shares of the uniform measure there."""
    free = np.meshgrid(*[2 * np.pi * (np.arange(nodes) + 0.5) / nodes] * (n - 1), indexing="ij")
    angles = np.stack([*free, -np.sum(free, axis=0)]).reshape(n, -1)
    z = np.exp(1j * angles)
    measure = np.prod([np.abs(z[i] - z[j]) ** 2 for i in range(n) for j in range(i)], axis=0)
    return angles, measure / np.sum(measure)


def _by_angles(angles: np.ndarray, coefficients: Sequence[float], beta: float) -> np.ndarray:
    """The action of `class_action`."""
    return np.asarray(-beta * sum(factor * np.mean(np.cos(k * angles), axis=0) for k, factor in enumerate(coefficients, start=1)))


def _refined(at: Callable[[int], float], source: str) -> Estimate:
    """Of rules on a torus, whose error falls exponentially with the nodes: integrands are periodic and analytic."""
    coarse, fine = at(96), at(192)
    return Estimate.from_stderr(fine, abs(fine - coarse) + 1e-13, source=source, method="quadrature over eigenangles")
