"""Differential equations by networks: least squares of the residual at points inside, the boundary built into the form of the solution."""

from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import scipy
from jaxtyping import Array, Float
from scipy.optimize import least_squares

from certifield._arguments import a_function, seeded, whole
from certifield.evidence import Estimate, InputError

from ..approximation import Shallow, rms_error

Field = Callable[[Array], Array]  # a point [dim] to a number
Equation = Callable[[Field, Array], Array]  # (u, x) to the residual at x


class ResidualSolution(NamedTuple):
    """``field``: the solution as a function of a point [dim]; ``residual``: its root mean square at points that the fit has not seen;
    ``parameters``: how many numbers it has."""

    field: "Vanishing"
    residual: Estimate
    parameters: int


class Vanishing(eqx.Module):
    """x -> prod_i 4 x_i (1 - x_i) times a network: zero on the boundary of the unit box."""

    network: Shallow

    def __call__(self, x: Float[Array, " dim"]) -> Float[Array, ""]:
        return jnp.prod(4 * x * (1 - x)) * self.network(x)


def laplacian(field: Field) -> Field:
    """sum_i d^2 u/dx_i^2, by forward differentiation twice in every direction: exact, and of cost ~ dim evaluations."""

    def applied(x: Float[Array, " dim"]) -> Float[Array, ""]:
        def second(direction: Array) -> Array:
            return jax.jvp(lambda y: jax.jvp(field, (y,), (direction,))[1], (x,), (direction,))[1]

        return jnp.sum(jax.vmap(second)(jnp.eye(x.shape[0])))

    return applied


def solve_by_residual(
    equation: Equation, dim: int, neurons: int, *, points: int | None = None, steps: int = 60, restarts: int = 1, seed: int = 0
) -> ResidualSolution:
    """The solution of ``equation``(u, x) = 0 in the unit box with u = 0 on its boundary, by a network of ``neurons`` tanh neurons.

    Least squares of the residual at ``points`` Sobol points inside (four for each parameter
    unless given, and up to the next power of two), over all parameters, by
    Levenberg and Marquardt from ``restarts`` random starts.  No lattice: the solution is a function, with its derivatives, everywhere.
    A small residual bounds the error only through the constant of the equation (for -Laplace on the unit box at most 1/(dim pi^2), in
    the mean square), and a local minimum is what is found.
    Raises `InputError` for numbers that are none, fewer points than parameters, and residuals that are not finite numbers.
    Reference: I. E. Lagaris, A. Likas, D. I. Fotiadis, arXiv:physics/9705023.
    """
    for name, number in {"dim": dim, "neurons": neurons, "steps": steps, "restarts": restarts}.items():
        whole(name, number, 1)
    a_function("equation", equation, "(u, x) that returns the residual at x")
    seed = seeded(seed)
    parameters = neurons * (dim + 2) + 1
    count = 4 * parameters if points is None else points
    whole("points", count, parameters, remedy=f"at least as many as parameters; try points={4 * parameters}")
    count = 1 << (count - 1).bit_length()
    inside = jnp.asarray(scipy.stats.qmc.Sobol(dim, scramble=True, rng=np.random.default_rng([seed, 1])).random(count))

    def built(row: Array) -> Vanishing:
        outer, weights, biases, constant = jnp.split(row, np.cumsum([neurons, neurons * dim, neurons]))
        return Vanishing(Shallow(outer, weights.reshape(neurons, dim), biases, constant[0], jnp.tanh))

    def residual(row: Array) -> Array:
        return jax.vmap(lambda x: equation(built(row), x))(inside) * count**-0.5

    compiled, slopes = jax.jit(residual), jax.jit(jax.jacfwd(residual))
    best: Any = None
    for attempt in range(restarts):
        start = _start(dim, neurons, np.random.default_rng([seed, 2, attempt]))
        values = np.asarray(compiled(jnp.asarray(start)))
        if values.shape != (count,) or not np.isfinite(values).all():
            raise InputError(
                "equation", f"residuals of shape {list(values.shape[1:])}", "one finite number for each point", "check it in the box"
            )
        solved = least_squares(
            lambda row: np.asarray(compiled(row)),
            start,
            lambda row: np.asarray(slopes(row)),  # type: ignore[arg-type]
            x_scale="jac",  # MINPACK ("lm") does the same, but its last digits change from call to call
            ftol=1e-14,
            xtol=1e-14,
            gtol=1e-14,
            max_nfev=steps,
        )
        best = solved if best is None or solved.cost < best.cost else best
    field = built(jnp.asarray(best.x))
    left = mean_square(lambda x: equation(field, x), dim, seed=seed + 1)
    return ResidualSolution(field, left, parameters)


def _start(dim: int, neurons: int, rng: np.random.Generator) -> np.ndarray:
    """Neurons that bend inside the box, and outer weights zero: the solution begins at zero."""
    directions = rng.standard_normal((neurons, dim))
    directions *= (rng.uniform(1, 4, neurons) / np.linalg.norm(directions, axis=1))[:, None]
    biases = -(directions * rng.uniform(0, 1, (neurons, dim))).sum(axis=1)
    return np.concatenate([0.1 * rng.standard_normal(neurons), directions.ravel(), biases, np.zeros(1)])


def mean_square(field: Field, dim: int, *, seed: int = 0) -> Estimate:
    """The root mean square of a function of a point [dim] over the unit box, by scrambled Sobol points with their error bar."""
    whole("dim", dim, 1)
    a_function("field", field, "a point [dim] that returns a number")
    shifted = (lambda x: field((x[None] + 1) / 2)) if dim == 1 else (lambda x: field((x + 1) / 2))
    return rms_error(shifted, lambda x: jnp.zeros(()), dim=dim, seed=seed)
