"""Networks with one hidden layer, and the best of several least-squares fits of them."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import scipy
from jaxtyping import Array, Float
from scipy.optimize import least_squares

from certifield._arguments import a_function, positive, seeded, whole
from certifield.evidence import InputError

Target = Callable[[Array], Array]  # a number to a number on a line, a point [dim] to a number above one dimension


def at_points(target: Target, dim: int) -> Callable[[Array], Array]:
    """The target as a function of a point [dim], also where it is one of a number."""
    return target if dim > 1 else lambda x: target(x[0])


class Shallow(eqx.Module):
    """x -> c + sum_i a_i sigma(w_i . x + b_i), one number for one point [dim]."""

    outer: Float[Array, " neurons"]
    weights: Float[Array, "neurons dim"]
    biases: Float[Array, " neurons"]
    constant: Float[Array, ""]
    activation: Callable[[Array], Array] = eqx.field(static=True)

    def __call__(self, x: Float[Array, " dim"]) -> Float[Array, ""]:
        return self.constant + self.outer @ self.activation(self.weights @ x + self.biases)

    def on_line(self, x: Float[Array, ""]) -> Float[Array, ""]:
        """The value at one number, neuron by neuron: a program of numbers alone, as enclosures read it.  For ``dim`` 1."""
        terms = zip(*(np.asarray(one).ravel().tolist() for one in (self.outer, self.weights, self.biases)), strict=True)
        total = jnp.asarray(float(self.constant))
        for outer, weight, bias in terms:
            total = total + outer * self.activation(weight * x + bias)
        return total


def fit_shallow(
    target: Target, activation: Callable[[Array], Array], neurons: int, *, dim: int = 1, half_width: float = 1.0, restarts: int = 4,
    seed: int = 0, steps: int = 200, order: int = 2,
) -> Shallow:  # fmt: skip
    """The best of ``restarts`` fits of ``target`` in the mean square over the box |x_i| <= ``half_width``, all parameters free.

    Each starts from random directions with the zeros of their neurons in the box; on a line the first start has them equally spaced and
    the second at quantiles of |f^(p)|^(2/(2p+1)), p the ``order``, where the knots of the best splines of that order are.  Each
    takes the outer weights from linear least squares and is polished by trust regions (Levenberg and Marquardt's), with scaled
    parameters and without, for at most ``steps`` Jacobians each.  Nodes: Gauss and Legendre's in one dimension, Sobol's above.  A local
    minimum is what it finds: errors are upper bounds of what the family can do.
    Raises `InputError` for numbers that are none, and for targets that are not finite numbers on the nodes.
    """
    for name, number in {"neurons": neurons, "dim": dim, "restarts": restarts, "steps": steps, "order": order}.items():
        whole(name, number, 1)
    half_width, seed = positive("half_width", half_width), seeded(seed)
    a_function("target", target, "a number on a line, of a point [dim] above, that returns a number")
    a_function("activation", activation, "an array, entry by entry")
    nodes, roots = _nodes(dim, half_width, neurons)
    wanted = np.asarray(jax.vmap(at_points(target, dim))(jnp.asarray(nodes)), dtype=float)
    if wanted.shape != (len(nodes),) or not np.isfinite(wanted).all():
        raise InputError(
            "target", f"values of shape {list(wanted.shape[1:])}", "one finite number for each point of the box", "check it there"
        )
    residual, jacobian = _residuals(activation, neurons, dim, nodes, roots, wanted)
    best, least = None, np.inf
    for attempt in range(restarts):
        start = _outer(activation, *_inner(target, neurons, dim, half_width, order, [seed, attempt]), nodes, roots, wanted)
        for scale in ("jac", 1.0):  # trust regions in the lengths of the columns and in the parameters: which goes farther differs
            # Not by MINPACK ("lm"), whose last digits change from call to call, and with many steps all of them.
            solved = least_squares(residual, start, jacobian, x_scale=scale, ftol=1e-14, xtol=1e-14, gtol=1e-14, max_nfev=steps)
            if solved.cost < least:
                best, least = solved.x, solved.cost
    assert best is not None
    return _unpacked(jnp.asarray(best), activation, neurons, dim)


def _nodes(dim: int, half_width: float, neurons: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes [n, dim], and the roots of their weights, which sum to one."""
    if dim == 1:
        x, weights = np.polynomial.legendre.leggauss(max(200, 12 * neurons))
        return half_width * x[:, None], np.sqrt(weights / 2)
    count = 1 << int(np.ceil(np.log2(max(1024, 16 * neurons * (dim + 2)))))
    points = scipy.stats.qmc.Sobol(dim, scramble=True, rng=1).random(count)
    return half_width * (2 * points - 1), np.full(count, count**-0.5)


def _unpacked(row: Array, activation: Callable[[Array], Array], neurons: int, dim: int) -> Shallow:
    outer, weights, biases, constant = jnp.split(row, np.cumsum([neurons, neurons * dim, neurons]))
    return Shallow(outer, weights.reshape(neurons, dim), biases, constant[0], activation)


def _inner(target: Target, neurons: int, dim: int, half_width: float, order: int, address: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Weights [neurons, dim] and biases of the start with the ``address`` (seed, number)."""
    if dim == 1 and address[1] < 2:
        zeros = np.linspace(-1, 1, neurons + 1)[:-1] * half_width
        if address[1] == 1:
            fine = np.linspace(-half_width, half_width, 2001)
            derivative = target
            for _ in range(order):
                derivative = jax.grad(derivative)
            bent = abs(np.asarray(jax.vmap(derivative)(jnp.asarray(fine)))) ** (2 / (2 * order + 1))
            share = np.cumsum(bent + 1e-3 * bent.max() + 1e-300)
            zeros = np.interp(np.arange(neurons) / neurons, share / share[-1], fine)
        directions = np.full((neurons, 1), neurons / 2 / half_width)
        return directions, -directions[:, 0] * zeros
    rng = np.random.default_rng(address)
    directions = rng.standard_normal((neurons, dim))
    directions *= (neurons ** (1 / dim) * rng.uniform(0.5, 2, neurons) / half_width / np.linalg.norm(directions, axis=1))[:, None]
    return directions, -(directions * rng.uniform(-half_width, half_width, (neurons, dim))).sum(axis=1)


def _outer(activation: Any, directions: np.ndarray, biases: np.ndarray, nodes: np.ndarray, roots: np.ndarray,
           wanted: np.ndarray) -> np.ndarray:  # fmt: skip
    """All parameters in a row, the outer ones by linear least squares."""
    hidden = np.asarray(activation(jnp.asarray(nodes @ directions.T + biases)))
    rows = np.concatenate([hidden, np.ones((len(nodes), 1))], axis=1) * roots[:, None]
    outer = np.linalg.lstsq(rows, wanted * roots, rcond=1e-12)[0]
    return np.concatenate([outer[:-1], directions.ravel(), biases, outer[-1:]])


def _residuals(activation: Any, neurons: int, dim: int, nodes: np.ndarray, roots: np.ndarray, wanted: np.ndarray) -> tuple[Any, Any]:
    """Weighted residuals and their Jacobian as functions of all parameters in a row."""
    points, weights, values = jnp.asarray(nodes), jnp.asarray(roots), jnp.asarray(wanted)

    def residual(row: Array) -> Array:
        return weights * (jax.vmap(_unpacked(row, activation, neurons, dim))(points) - values)

    compiled, slopes = jax.jit(residual), jax.jit(jax.jacrev(residual) if len(nodes) < neurons else jax.jacfwd(residual))
    return (lambda row: np.asarray(compiled(row))), (lambda row: np.asarray(slopes(row)))
