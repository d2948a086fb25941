"""The hierarchy of tangent kernels of one network, and training corrected by it.

O_2(a,b) = sum_theta d phi_a d phi_b and O_(s+1)(..., c) = sum_theta d O_s(...) d phi_c.  Under the flow of the squared loss with residuals
Delta = phi - y at the training points

    d phi_a/dt = -rate sum_b O_2(a,b) Delta_b,    d O_s/dt = -rate sum_c O_(s+1)(..., c) Delta_c,

and holding O_s at its start is an error of order 1/N for s = 2, of order 1/N^2 for s = 4.  Reference: arXiv:1909.08156; arXiv:1909.11304.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PyTree
from scipy.integrate import solve_ivp

from certifield.evidence import Estimate, InputError, NotConverged

from ..dynamics import GradientFlow


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """The field and the kernels of one network at n training points followed by p others, first index over all n + p, others over n.

    ``field`` [n + p]; ``kernels``: O_2 [n + p, n], O_3 [n + p, n, n], O_4 [n + p, n, n, n].
    """

    field: np.ndarray
    kernels: tuple[np.ndarray, ...]

    def after(self, times: Sequence[float], y: Any, *, rate: float = 1.0, order: int = 4) -> Estimate:
        """The field [times, n + p] under the flow of the squared loss, with O_order held at its start; order 2 is the linearised network.

        Solved twice; the error is by how far the result moves as the tolerance of the solver is lowered a hundredfold, which is no bound.
        Raises `InputError` for an order that is not there, and for labels that are not of shape [n]; `NotConverged` where kernels explode.
        """
        if not 2 <= order <= len(self.kernels) + 1:
            raise InputError("order", order, f"2 to {len(self.kernels) + 1}", "raise the order of hierarchy(...)")
        count, labels = self.kernels[0].shape[1], np.asarray(y)
        if labels.shape != (count,) or labels.dtype.kind not in "iuf" or not np.all(np.isfinite(labels)):
            raise InputError("y", labels.shape, f"of shape ({count},): the hierarchy is that of one output", "give one label per point")
        moments = GradientFlow(rate).times(times)
        given = self.field, self.kernels[: order - 1], labels, rate, moments
        coarse, fine = (_followed(*given, tolerance) for tolerance in (1e-8, 1e-10))
        error = np.abs(fine - coarse) + 1e-15 * np.abs(fine)
        words = f"tangent hierarchy, O_{order} held"
        return Estimate.from_stderr(fine, error, source=f"{words}/{rate}/{tuple(map(float, times))}", method=words, bias="unknown")


def _followed(
    field: np.ndarray, kernels: tuple[np.ndarray, ...], labels: np.ndarray, rate: float, times: np.ndarray, tolerance: float
) -> np.ndarray:
    """Field and kernels below the last one change together; the solver is explicit, since nothing here is stiffer than the network."""
    start = (field, *kernels[:-1])
    ends = np.cumsum([part.size for part in start])[:-1]

    def change(_: float, flat: np.ndarray) -> np.ndarray:
        state = [part.reshape(one.shape) for part, one in zip(np.split(flat, ends), start, strict=True)]
        residual = state[0][: len(labels)] - labels
        return np.concatenate([(-rate * higher @ residual).ravel() for higher in (*state[1:], kernels[-1])])

    flat, span = np.concatenate([part.ravel() for part in start]), (0.0, max(float(times[-1]), 1e-12))
    solution = solve_ivp(change, span, flat, method="DOP853", t_eval=times, rtol=tolerance, atol=tolerance / 10)
    if not solution.success:
        raise NotConverged(f"the tangent hierarchy: {solution.message} Ask for earlier times: kernels that move far explode in it")
    return solution.y[: len(field)].T


def hierarchy(function: Callable[[PyTree, Array], Array], params: PyTree, x: Any, at: Any, *, order: int = 4) -> Hierarchy:
    """The hierarchy up to O_order of ``function(params, points) -> [points]``, by nested derivatives along the gradients of the field.

    Tensors over the parameters are never formed: O_3 is the derivative of O_2 along grad phi_c, and so on.  ``x`` [n, dim] training
    points, ``at`` [p, dim] others.  Raises `InputError` for orders other than 2 to 4, and for a function with several outputs.
    """
    if order not in (2, 3, 4):
        raise InputError("order", order, "2, 3 or 4", "try order=4")
    points = jnp.concatenate([jnp.asarray(x, dtype=float), jnp.asarray(at, dtype=float)])
    count = len(np.asarray(x))

    def field(theta: PyTree) -> Array:
        return function(theta, points)

    shape = jax.eval_shape(field, params).shape
    if shape != (len(points),):
        raise InputError("function", shape, f"one number per point, of shape ({len(points)},)", "choose one output: f(params, x)[:, 0]")

    def raised(lower: Callable[[PyTree], Array]) -> Callable[[PyTree], Array]:
        def higher(theta: PyTree) -> Array:
            gradients = jax.jacrev(lambda inner: field(inner)[:count])(theta)
            along = jax.vmap(lambda direction: jax.jvp(lower, (theta,), (direction,))[1])(gradients)
            return jnp.moveaxis(along, 0, -1)

        return higher

    levels: list[Callable[[PyTree], Array]] = [field]
    for _ in range(order - 1):
        levels.append(raised(levels[-1]))
    found = jax.jit(lambda theta: [level(theta) for level in levels])(params)
    return Hierarchy(np.asarray(found[0]), tuple(map(np.asarray, found[1:])))
