"""A network that learns regions and polynomials together: a soft choice among polynomials with free coefficients."""

from collections.abc import Mapping
from dataclasses import dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from certifield.evidence import Share, wilson

from ._fits import orders
from ._lattice import Point, points_of


class _Network(eqx.Module):
    choice: eqx.nn.MLP
    coefficients: jax.Array  # [region, monomial]

    def __call__(self, place: jax.Array, monomials: jax.Array) -> jax.Array:
        return jax.nn.softmax(self.choice(place)) @ (self.coefficients @ monomials)


@dataclass(frozen=True, eq=False)
class NeuralRegions:
    """What a network says of a table: PREDICTED, never proved.  ``scale`` and ``size`` are the units of points and of values."""

    network: _Network
    degree: int
    scale: float
    size: float

    def at(self, points: np.ndarray) -> np.ndarray:
        """The predictions in the nearest whole numbers."""
        inputs = _inputs(np.asarray(points), self.degree, self.scale)
        return np.rint(np.asarray(jax.vmap(self.network)(*inputs)) * self.size).astype(np.int64)

    def chosen(self, points: np.ndarray) -> np.ndarray:
        """The polynomial that has the greatest weight at each point, by number."""
        place, _ = _inputs(np.asarray(points), self.degree, self.scale)
        return np.asarray(jnp.argmax(jax.vmap(self.network.choice)(place), axis=1))

    def share_right(self, table: Mapping[Point, int]) -> Share:
        """The share of the points of a table whose value it predicts exactly, with Wilson's interval."""
        points, values = points_of(table)
        return wilson(int((self.at(points) == values).sum()), len(values))


def learn_neural_regions(
    table: Mapping[Point, int], degree: int, *, regions: int = 6, width: int = 48, steps: int = 4000, seed: int = 0
) -> NeuralRegions:
    """Trains weights of ``regions`` polynomials of this degree as functions of the point, by Adam on all points at once.

    (The architecture of C. R. Brodie, A. Constantin, R. Deen, A. Lukas, arXiv:1906.08730.)
    """
    points, values = points_of(table)
    scale, size = float(max(1, np.abs(points).max())), float(max(1, np.abs(values).max()))
    place, monomials = _inputs(points, degree, scale)
    target = jnp.asarray(values / size)
    first, second = jax.random.split(jax.random.key(seed))
    network = _Network(
        eqx.nn.MLP(points.shape[1], regions, width, 2, activation=jax.nn.tanh, key=first),
        0.3 * jax.random.normal(second, (regions, monomials.shape[1])),
    )
    optimiser = optax.adam(optax.cosine_decay_schedule(1e-2, steps))

    arrays, rest = eqx.partition(network, eqx.is_inexact_array)

    def loss(free: _Network) -> jax.Array:
        return jnp.mean((jax.vmap(eqx.combine(free, rest))(place, monomials) - target) ** 2)

    def step(carry: tuple, _: None) -> tuple[tuple, None]:
        updates, state = optimiser.update(jax.grad(loss)(carry[0]), carry[1])
        return (optax.apply_updates(carry[0], updates), state), None

    @jax.jit
    def train(start: _Network) -> _Network:
        return jax.lax.scan(step, (start, optimiser.init(start)), None, length=steps)[0][0]  # type: ignore[arg-type]

    with jax.numpy_dtype_promotion("standard"):  # optimisers multiply floats with the number of the step
        return NeuralRegions(eqx.combine(train(arrays), rest), degree, scale, size)


def _inputs(points: np.ndarray, degree: int, scale: float) -> tuple[jax.Array, jax.Array]:
    place = points / scale
    exponents = orders(points.shape[1], degree)
    return jnp.asarray(place), jnp.asarray(np.prod(place[:, None, :] ** exponents, axis=2))
