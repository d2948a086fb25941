"""Training by least squares: Levenberg and Marquardt, on one grid after the other.

Scales and shifts of hidden nodes cost almost nothing: a first step of least squares that is free to take them carries nodes beyond their
grids, where splines are lines, and from there it does not find back.  Parameters are therefore held where a grid begins, by a weight that
is small beside the misfit.  What is left of the error is then that of the splines, and that of points beyond all training points: there a
grid that ends with the data goes on as a line, and a margin as a cubic.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from scipy import optimize

from certifield._arguments import positive, whole
from certifield.evidence import InputError

from ._network import KAN, trained_part
from ._refit import refit

_MOST = 3000  # parameters; the Jacobian is dense
_SLOW = 1e-4  # of the sum of squares: least squares end where a step gains less


@dataclass(frozen=True, eq=False)
class Fitted:
    """``network``; ``errors``: the root mean square on the training points after every grid; ``evaluations`` of the Jacobian."""

    network: KAN
    errors: tuple[float, ...]
    evaluations: int


def fit(
    network: KAN, x: Any, y: Any, *, intervals: int | None = None, grids: Sequence[int] = (), steps: int = 100, damping: float = 1e-4,
    share: float = 1.0, margin: float = 0.01,
) -> Fitted:  # fmt: skip
    """The network that is nearest to ``y`` [S, m] at ``x`` [S, n] in mean square, on ``intervals`` (its own, if None), then on ``grids``.

    Before each grid the splines move onto the range of what they are given, and ``margin`` of its width beyond (`refit`, with ``share``).
    ``damping``: a penalty on the way that parameters go on one grid, damping |theta - theta_0|^2, so that what nothing fixes stays put; a
    ten-thousandth of it counts on every further grid.  It should be well below the mean square that is aimed at.
    Raises `InputError` for labels of another shape ([S] against [S, 1]: the loss would be another one, silently), for values that are not
    finite, and for more than 3000 parameters, which first-order optimisers train.
    """
    points, labels = (np.asarray(each, dtype=float) for each in (x, y))
    shape = jax.eval_shape(network, jax.ShapeDtypeStruct(points.shape, network.layers[0].grid.dtype)).shape
    if labels.shape != shape:
        raise InputError("y", f"shape {labels.shape}", f"of the shape of the outputs, {shape}", f"write y.reshape{shape}")
    if not (np.all(np.isfinite(points)) and np.all(np.isfinite(labels))):
        raise InputError("x, y", "values that are not finite", "finite numbers", "drop them")
    whole("steps", steps, 1)
    positive("damping", damping, zero=True)
    errors, evaluations = [], 0
    with jax.enable_x64(True):
        network = jax.tree.map(lambda leaf: jnp.asarray(leaf, jnp.float64), network)
        for place, count in enumerate([intervals, *grids]):
            network = refit(network, points, intervals=count, share=share, margin=margin).network
            network, error, used = _least_squares(network, points, labels, steps, damping * 1e-4**place)
            errors.append(error)
            evaluations += used
    return Fitted(network, tuple(errors), evaluations)


def _least_squares(network: KAN, x: np.ndarray, y: np.ndarray, steps: int, damping: float) -> tuple[KAN, float, int]:
    params, rest = trained_part(network)
    start = np.asarray(ravel_pytree(params)[0])
    if start.size > _MOST:
        raise InputError("network", f"{start.size} parameters", f"{_MOST} at most", "train with optax, then call refit")
    at, wanted, weight = jnp.asarray(x), jnp.asarray(y), float(np.sqrt(damping))
    held = weight * np.eye(start.size)

    def residual(theta: np.ndarray) -> np.ndarray:
        return np.concatenate([np.asarray(_gaps(theta, params, rest, at, wanted)).ravel(), weight * (theta - start)])

    slopes: Any = lambda theta: np.concatenate([np.asarray(_slopes(theta, params, rest, at)), held])  # noqa: E731
    found = optimize.least_squares(residual, start, slopes, method="lm", max_nfev=steps, xtol=1e-14, ftol=_SLOW, gtol=1e-15)
    done = _with(found.x, params, rest)
    return done, float(np.sqrt(np.mean((np.asarray(done(at)) - y) ** 2))), int(found.njev)


def _with(theta: Any, params: Any, rest: Any) -> KAN:
    return eqx.combine(ravel_pytree(params)[1](jnp.asarray(theta)), rest)


@eqx.filter_jit  # by shapes: networks of one shape share the program
def _gaps(theta: Any, params: Any, rest: Any, at: Any, wanted: Any) -> Any:
    """Outputs less labels, over sqrt(S) [S, m]."""
    return (_with(theta, params, rest)(at) - wanted) / len(at) ** 0.5


@eqx.filter_jit
def _slopes(theta: Any, params: Any, rest: Any, at: Any) -> Any:
    """The Jacobian of the gaps [S m, parameters]."""
    rows = jax.vmap(jax.jacrev(lambda theta, point: _with(theta, params, rest)(point)), in_axes=(None, 0))(jnp.asarray(theta), at)
    return rows.reshape(-1, theta.size) / len(at) ** 0.5
