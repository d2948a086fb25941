"""The lattice beside it: second-order differences on n^d points, solved exactly by sine transforms."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array
from scipy.fft import dstn, idstn

from certifield._arguments import a_function, whole
from certifield.evidence import InputError

_MOST = 1 << 24  # points


class LatticeSolution(NamedTuple):
    """Values [n] * dim at the points ``axis`` [n] of every dimension; ``points``: how many numbers that are."""

    values: np.ndarray
    axis: np.ndarray

    @property
    def points(self) -> int:
        """n^dim."""
        return self.values.size


def solve_on_lattice(source: Callable[[Array], Array], dim: int, n: int) -> LatticeSolution:
    """-Laplace u = f in the unit box with u = 0 on its boundary, on n inner points a dimension, h = 1/(n + 1), error ~ h^2.

    The matrix of second differences is diagonal in the sine basis, with eigenvalues sum_i (2 - 2 cos(pi k_i h))/h^2, so that two
    transforms solve it exactly.  Raises `InputError` for more than 2^24 points: the lattice needs n^dim of them.
    """
    whole("dim", dim, 1)
    whole("n", n, 1)
    a_function("source", source, "a point [dim] that returns a number")
    if n**dim > _MOST:
        raise InputError("n", n, f"at most {_MOST} points in all; {n}^{dim} is {n**dim:.3g}", "take fewer points a dimension")
    axis = np.arange(1, n + 1) / (n + 1)
    eigenvalues = (2 - 2 * np.cos(np.pi * axis)) * (n + 1) ** 2
    total = sum((eigenvalues.reshape([-1 if place == one else 1 for place in range(dim)]) for one in range(dim)), start=np.zeros(()))
    coefficients = np.asarray(dstn(on_lattice(source, dim, axis), type=1)) / total
    return LatticeSolution(np.asarray(idstn(coefficients, type=1)), axis)


def on_lattice(function: Callable[[Array], Array], dim: int, axis: np.ndarray) -> np.ndarray:
    """Values of a function of a point [dim] on the lattice, [n] * dim, a slab at a time."""
    rest = np.stack(np.meshgrid(*[axis] * (dim - 1), indexing="ij"), axis=-1).reshape(-1, dim - 1) if dim > 1 else np.zeros((1, 0))
    slab = jax.jit(lambda first: jax.vmap(lambda tail: function(jnp.concatenate([first[None], tail])))(jnp.asarray(rest)))
    return np.stack([np.asarray(slab(first)) for first in jnp.asarray(axis)]).reshape((len(axis),) * dim)
