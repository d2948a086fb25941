"""Training by least squares: Levenberg and Marquardt, on one grid after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from scipy import optimize

from certifield.evidence import InputError

from ._network import KAN, trained_part
from ._refit import refit

_MOST = 3000  # parameters; the Jacobian is dense


@dataclass(frozen=True, eq=False)
class Fitted:
    """``network``; ``errors``: the root mean square on the training points after every grid; ``evaluations`` of the Jacobian."""

    network: KAN
    errors: tuple[float, ...]
    evaluations: int


def fit(
    network: KAN, x: Any, y: Any, *, intervals: int | None = None, grids: Sequence[int] = (), steps: int = 100, damping: float = 1e-4,
    share: float = 1.0,
) -> Fitted:  # fmt: skip
    """The network that is nearest to ``y`` [S, m] at ``x`` [S, n] in mean square, on ``intervals`` (its own, if None), then on ``grids``.

    Before each grid the splines move onto the range of what they are given (`refit`, with ``share``).  ``damping``: a penalty on all
    parameters, damping |theta|^2, with which directions that nothing fixes stay put; a ten-thousandth of it counts on every further grid.
    Raises `InputError` for labels of another shape ([S] against [S, 1]: the loss would be another one, silently), for values that are not
    finite, and for more than 3000 parameters, which first-order optimisers train.
    """
    points, labels = (np.asarray(each, dtype=float) for each in (x, y))
    shape = jax.eval_shape(network, jax.ShapeDtypeStruct(points.shape, network.layers[0].grid.dtype)).shape
    if labels.shape != shape:
        raise InputError("y", f"shape {labels.shape}", f"of the shape of the outputs, {shape}", f"write y.reshape{shape}")
    if not (np.all(np.isfinite(points)) and np.all(np.isfinite(labels))):
        raise InputError("x, y", "values that are not finite", "finite numbers", "drop them")
    errors, evaluations = [], 0
    with jax.enable_x64(True):
        network = jax.tree.map(lambda leaf: jnp.asarray(leaf, jnp.float64), network)
        for place, count in enumerate([intervals, *grids]):
            network = refit(network, points, intervals=count, share=share).network
            network, error, used = _least_squares(network, points, labels, steps, damping * 1e-4**place)
            errors.append(error)
            evaluations += used
    return Fitted(network, tuple(errors), evaluations)


def _least_squares(network: KAN, x: np.ndarray, y: np.ndarray, steps: int, damping: float) -> tuple[KAN, float, int]:
    params, rest = trained_part(network)
    flat, unravel = ravel_pytree(params)
    if flat.size > _MOST:
        raise InputError("network", f"{flat.size} parameters", f"{_MOST} at most", "train with optax, then call refit")
    at, wanted, weight = jnp.asarray(x), jnp.asarray(y), float(np.sqrt(damping))

    @jax.jit
    def residual(theta: Any) -> Any:
        out = eqx.combine(unravel(theta), rest)(at)
        return jnp.concatenate([((out - wanted) / len(x) ** 0.5).ravel(), weight * theta])

    @jax.jit
    def jacobian(theta: Any) -> Any:
        rows = jax.vmap(jax.jacrev(lambda theta, point: eqx.combine(unravel(theta), rest)(point)), in_axes=(None, 0))(theta, at)
        return jnp.concatenate([rows.reshape(-1, theta.size) / len(x) ** 0.5, weight * jnp.eye(theta.size)])

    slopes: Any = lambda theta: np.asarray(jacobian(theta))  # noqa: E731
    found = optimize.least_squares(
        lambda theta: np.asarray(residual(theta)), np.asarray(flat), slopes, method="lm", max_nfev=steps, xtol=1e-14, ftol=1e-9, gtol=1e-15
    )
    done = eqx.combine(unravel(jnp.asarray(found.x)), rest)
    return done, float(np.sqrt(np.mean((np.asarray(done(at)) - y) ** 2))), int(found.njev)
