r"""A continuous flow of a scalar lattice field that commutes with the symmetries of its action (arXiv:2207.00283).

$$\dot\phi_x = \sum_y\Big[W^0_{|x-y|}(t)\,\phi_y + \sum_{n=1}^F W^n_{|x-y|}(t)\,\sin(n\omega\phi_y)\Big],\qquad
\frac{d\ln q}{dt} = -\sum_x\Big[W^0_0(t) + \sum_n n\omega\,W^n_0(t)\cos(n\omega\phi_x)\Big]$$

W depends on the displacement up to translations, reflections and, on equal sides, exchanges of axes, and is a polynomial in time; sines are
odd.  So the law is invariant under translations, the point group and phi -> -phi, as the action is.
Steps of Runge and Kutta's fourth order do both integrals.  Fields are then those of the discrete map, whose density differs from the
integral by $O(h^4)$; `ContinuousFlow.mismatch` measures by how much, with the Jacobian of the discrete map itself.
"""

import math
from functools import cache
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from certifield._arguments import of_kind, seeded, whole
from certifield.streams import stream_key

from ..oracles import LatticeScalar


class ContinuousFlow(eqx.Module):
    """``weights`` [times, 1 + F, orbits] (Chebyshev polynomials in time); ``frequency`` omega; ``log_scale`` of the noise that flows;
    ``shape`` of the lattice; ``steps`` of the integrator.  Made by `continuous_flow`.
    """

    weights: jax.Array
    frequency: jax.Array
    log_scale: jax.Array
    shape: tuple[int, ...] = eqx.field(static=True)
    steps: int = eqx.field(static=True)

    def draw(self, key: jax.Array, count: int) -> tuple[jax.Array, jax.Array]:
        """``count`` independent fields [count, *shape] and the logarithms of their densities [count]."""
        noise = jax.random.normal(key, (count, math.prod(self.shape)), self.weights.dtype)
        fields, spread = self._integrated(jnp.exp(self.log_scale) * noise)
        return fields.reshape(count, *self.shape), self._prior(noise) - spread

    def log_density(self, fields: jax.Array) -> jax.Array:
        """log q of given fields [count, *shape], by the flow backwards: up to O(h^4)."""
        start, shrink = self._integrated(fields.reshape(len(fields), -1), backwards=True)
        return self._prior(start / jnp.exp(self.log_scale)) + shrink

    def mismatch(self, key: jax.Array, count: int) -> tuple[jax.Array, jax.Array, jax.Array]:
        """``count`` fields, log q as `draw` gives it, and the logarithm of the density of the discrete map less that."""
        noise = jax.random.normal(key, (count, math.prod(self.shape)), self.weights.dtype)
        start = jnp.exp(self.log_scale) * noise
        fields, spread = self._integrated(start)
        jacobian = jax.lax.map(jax.jacfwd(lambda one: self._integrated(one[None])[0][0]), start, batch_size=16)
        return fields.reshape(count, *self.shape), self._prior(noise) - spread, spread - jnp.linalg.slogdet(jacobian)[1]

    def velocity(self, time: Any, fields: jax.Array) -> tuple[jax.Array, jax.Array]:
        """The vector field [count, sites] at fields [count, sites], and its divergence [count]."""
        kernel = self._kernels(jnp.asarray(time, self.weights.dtype)[None])
        return self._velocity(kernel[0][0], kernel[1][0], fields)

    def _prior(self, noise: jax.Array) -> jax.Array:
        return -jnp.sum(noise**2, axis=1) / 2 - noise.shape[1] * (self.log_scale + math.log(2 * math.pi) / 2)

    def _kernels(self, times: jax.Array) -> tuple[jax.Array, jax.Array]:
        """The matrices [T, (1 + F) sites, sites] of the features, and their entries [T, 1 + F] on the diagonal."""
        x = 2 * times - 1
        polynomials = [jnp.ones_like(x), x]
        while len(polynomials) < len(self.weights):
            polynomials.append(2 * x * polynomials[-1] - polynomials[-2])
        w = jnp.einsum("kt,kfo->tfo", jnp.stack(polynomials[: len(self.weights)]), self.weights)
        sites = math.prod(self.shape)
        return w[:, :, orbits(self.shape)].reshape(len(times), -1, sites), w[:, :, 0]

    def _velocity(self, matrix: jax.Array, diagonal: jax.Array, fields: jax.Array) -> tuple[jax.Array, jax.Array]:
        sine, cosine = jnp.sin(self.frequency * fields), jnp.cos(self.frequency * fields)
        sines, cosines = [jnp.zeros_like(sine), sine], [jnp.ones_like(cosine), cosine]
        while len(sines) < self.weights.shape[1]:  # sin (n+1)a = 2 cos a sin na - sin (n-1)a
            sines.append(2 * cosine * sines[-1] - sines[-2])
            cosines.append(2 * cosine * cosines[-1] - cosines[-2])
        features = jnp.concatenate([fields, *sines[1:]], axis=1)
        spread = fields.shape[1] * diagonal[0]
        for n, one in enumerate(cosines[1:], start=1):
            spread = spread + n * self.frequency * diagonal[n] * jnp.sum(one, axis=1)
        return features @ matrix, spread

    def _integrated(self, fields: jax.Array, backwards: bool = False) -> tuple[jax.Array, jax.Array]:
        """The fields at the other end of time, and the integral of the divergence on the way."""
        times = jnp.linspace(0.0, 1.0, 2 * self.steps + 1, dtype=self.weights.dtype)
        matrices, diagonals = self._kernels(times[::-1] if backwards else times)
        h = (-1.0 if backwards else 1.0) / self.steps

        def step(state: Any, number: Any) -> tuple[Any, None]:
            phi, spread = state

            def slope(half: int, at: jax.Array) -> Any:
                return self._velocity(matrices[2 * number + half], diagonals[2 * number + half], at)

            (k1, d1) = slope(0, phi)
            (k2, d2) = slope(1, phi + h / 2 * k1)
            (k3, d3) = slope(1, phi + h / 2 * k2)
            (k4, d4) = slope(2, phi + h * k3)
            return (phi + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4), spread + h / 6 * (d1 + 2 * d2 + 2 * d3 + d4)), None

        return jax.lax.scan(step, (fields, jnp.zeros_like(fields[:, 0])), jnp.arange(self.steps))[0]


def continuous_flow(lattice: LatticeScalar, *, harmonics: int = 2, times: int = 3, steps: int = 8, seed: int = 0) -> ContinuousFlow:
    """An untrained `ContinuousFlow` on the lattice: F ``harmonics``, polynomials in time of degree ``times`` - 1, ``steps`` of the
    integrator.

    More harmonics make the field stiffer, which asks for more steps.  Raises `InputError` for what is no `LatticeScalar`, and counts below
    1 (2 ``times``).
    """
    of_kind("lattice", lattice, LatticeScalar, "such as LatticeScalar((8, 8), -4.0, 8.0, 'unhalved')")
    harmonics, times, steps = whole("harmonics", harmonics, 1, 16), whole("times", times, 2, 16), whole("steps", steps, 1, 1000)
    key = stream_key(seeded(seed), "lattice flows/continuous")
    count = int(orbits(lattice.shape).max()) + 1
    weights = 1e-3 * jax.random.normal(key, (times, harmonics + 1, count), jnp.float32)
    scale = -math.log(2 * lattice.rules.stiffness) / 2
    return ContinuousFlow(weights, jnp.asarray(1.2, jnp.float32), jnp.asarray(scale, jnp.float32), lattice.shape, steps)


@cache
def orbits(shape: tuple[int, ...]) -> np.ndarray:
    """The number [sites, sites] of the class of each displacement under translations and the point group; 0 is no displacement."""
    places = np.stack(np.meshgrid(*[np.arange(side) for side in shape], indexing="ij"), axis=-1).reshape(-1, len(shape))
    apart = (places[:, None] - places[None]) % np.array(shape)
    apart = np.minimum(apart, np.array(shape) - apart)
    if len(set(shape)) == 1:
        apart = np.sort(apart, axis=-1)
    return np.unique(apart.reshape(-1, len(shape)), axis=0, return_inverse=True)[1].reshape(len(places), len(places))
