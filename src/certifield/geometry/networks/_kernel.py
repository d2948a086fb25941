r"""The flow of metrics that gradient descent induces: the metric tangent kernel.

For $g = g_{\mathrm{base}} + \partial\bar\partial\varphi_\theta$ and $\dot\theta = -\partial L/\partial\theta$ metrics move by
$\dot g(x) = -\sum_{x'}\Theta(x, x')\,\partial L/\partial g(x')$ with
$\Theta_{ij,kl}(x, x') = \sum_I\partial_Ig_{ij}(x)\,\partial_Ig_{kl}(x')$ (Halverson, Ruehle, arXiv:2310.19870; arXiv:2402.13321, equations
18 to 20).  Components are the n^2 real ones of a Hermitian matrix in an orthonormal basis, so that the identity on Hermitian matrices is
the unit matrix.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from certifield._arguments import of_kind, positive_float, whole
from certifield.evidence import InputError

from ..metrics import packed
from ..points import LocalGeometry, Points
from ._levi import Layers, input_jets, network_jets, packed_determinant
from ._phi import NetworkMetric, require_finite

_MOST = 3000  # rows of a kernel that is held as a matrix
_Given = tuple[jax.Array, ...]  # the packed base metric [n^2, N], kappa |Omega|^2 [N], and shares of the points [N]


@dataclass(frozen=True, eq=False)
class MetricKernel:
    """Theta as a matrix: ``values`` [points, components, points, components]."""

    values: np.ndarray

    @property
    def off_diagonal(self) -> float:
        """The share of the squared entries between different points: 0 for a local flow."""
        own = np.einsum("xixj->xij", self.values)
        return 1 - float(np.sum(own**2) / np.sum(self.values**2))

    @property
    def across(self) -> float:
        """At the same point, the share of the squared entries between different components: 0 for a flow that does not mix them."""
        own = np.einsum("xixj->xij", self.values)
        return 1 - float(np.sum(np.einsum("xii->xi", own) ** 2) / np.sum(own**2))

    def drift(self, start: "MetricKernel") -> float:
        """The change since ``start``, in the norm of Frobenius and relative."""
        first = of_kind("start", start, MetricKernel, "a kernel of the same points").values
        if first.shape != self.values.shape:
            raise InputError("start", first.shape, f"of the shape {self.values.shape}", "take the kernel at the same points")
        return float(np.linalg.norm(self.values - first) / np.linalg.norm(first))


def metric_kernel(metric: NetworkMetric, local: LocalGeometry) -> MetricKernel:
    """Theta between all points of ``local``; of a frozen network, the one that it was linearised at.

    Raises `InputError` for more than 3000 rows: `first_step` has products with Theta without the matrix.
    """
    of_kind("metric", metric, NetworkMetric, "see train_network")
    if not of_kind("local", local, LocalGeometry, "that of a sample is sample(...).local").variety.same_as(metric.variety):
        raise InputError("local", repr(local.variety), f"of the variety of the metric, {metric.variety!r}", "sample metric.variety")
    n = metric.variety.dimension
    size = n**2
    if len(local) * size > _MOST:
        given = f"{len(local)} points, {len(local) * size} rows"
        raise InputError("local", given, f"{_MOST} rows at most", "take fewer points, or first_step")
    with jax.enable_x64(True):
        jacobian = _jacobian(_as_arrays(metric.layers), _jets(metric, local), n)
        rows = np.concatenate([np.asarray(leaf).reshape(len(local) * size, -1) for leaf in jax.tree.leaves(jacobian)], axis=1)
    return MetricKernel((rows @ rows.T).reshape(len(local), size, len(local), size))


def first_step(metric: NetworkMetric, points: Points, rate: float) -> tuple[np.ndarray, np.ndarray]:
    r"""The change of g [N, n^2] at all points in one step of gradient descent on the Monge-Ampere loss over them: predicted, $-\epsilon
    \Theta\,\partial L/\partial g$ without the matrix, and measured.  They agree to the order of the ``rate``.
    Raises `InputError` for a frozen network.
    """
    step = positive_float("rate", rate, "try rate=1e-3")
    jets, given = _problem(metric, points)
    with jax.enable_x64(True):
        predicted, measured = _first_step(_as_arrays(metric.layers), jets, given, step, metric.variety.dimension)
        return np.asarray(predicted).T, np.asarray(measured).T


def descend(metric: NetworkMetric, points: Points, rate: float, steps: int) -> NetworkMetric:
    """The metric after some steps of gradient descent on the Monge-Ampere loss over all of ``points``: the flow of the evolving kernel."""
    step, count = positive_float("rate", rate, "try rate=1e-3"), whole("steps", steps, 1, 10**7, "try steps=20")
    jets, given = _problem(metric, points)
    with jax.enable_x64(True):
        layers, losses = _as_arrays(metric.layers), []
        for _ in range(count):
            value, layers = _descended(layers, jets, given, step, metric.variety.dimension)
            losses.append(float(value))
        require_finite(layers)
        made = tuple((np.asarray(w), np.asarray(b)) for w, b in layers)
    return NetworkMetric(metric.base, metric.features, made, np.array(losses))


def _problem(metric: NetworkMetric, points: Points) -> tuple[jax.Array, _Given]:
    """The jets of the inputs, and what `loss_of` takes."""
    if of_kind("metric", metric, NetworkMetric, "see train_network").change is not None:
        raise InputError("metric", "a frozen network", "one whose weights move themselves", "train it with frozen=False")
    if not of_kind("points", points, Points, "such as sample(variety, draws=1000, seed=1)").variety.same_as(metric.variety):
        raise InputError("points", repr(points.variety), f"of the variety of the metric, {metric.variety!r}", "sample metric.variety")
    base = metric.base.metric(points.local)
    share = points.weights / points.weights.sum()
    kappa = share @ (np.linalg.det(base).real / points.omega)
    with jax.enable_x64(True):
        return _jets(metric, points.local), tuple(jnp.asarray(one) for one in (packed(base).T, kappa * points.omega, share))


def levi_of(layers: Layers, jets: jax.Array, n: int) -> jax.Array:
    """The components [n^2, N] of d dbar phi."""
    return network_jets(layers, jets, n)[2 * n + 1 :] * _orthonormal(n)[:, None]


def loss_of(moved: jax.Array, given: _Given, n: int) -> jax.Array:
    """The Monge-Ampere loss as a function of these components."""
    base, volume, share = given
    return jnp.sum(share * (1 - packed_determinant(base + moved / _orthonormal(n)[:, None], n) / volume) ** 2)


# Compiled once for each shape, whatever the metric and the rate.
@partial(jax.jit, static_argnames=("n",))
def _jacobian(layers: Layers, jets: jax.Array, n: int) -> Layers:
    return jax.jacrev(lambda at: levi_of(at, jets, n).T.ravel())(layers)


@partial(jax.jit, static_argnames=("n",))
def _first_step(layers: Layers, jets: jax.Array, given: _Given, step: float, n: int) -> tuple[jax.Array, jax.Array]:
    def levi(at: Layers) -> jax.Array:
        return levi_of(at, jets, n)

    start, pull = jax.vjp(levi, layers)
    (gradient,) = pull(jax.grad(loss_of)(start, given, n))
    predicted = -step * jax.jvp(levi, (layers,), (gradient,))[1]
    return predicted, levi(_moved(layers, gradient, step)) - start


@partial(jax.jit, static_argnames=("n",))
def _descended(layers: Layers, jets: jax.Array, given: _Given, step: float, n: int) -> tuple[jax.Array, Layers]:
    value, gradient = jax.value_and_grad(lambda at: loss_of(levi_of(at, jets, n), given, n))(layers)
    return value, _moved(layers, gradient, step)


def _moved(layers: Layers, gradient: Layers, step: float) -> Layers:
    return jax.tree.map(lambda value, slope: value - step * slope, layers, gradient)


def _as_arrays(layers: Sequence[tuple[np.ndarray, np.ndarray]]) -> Layers:
    return [(jnp.asarray(w), jnp.asarray(b)) for w, b in layers]


def _orthonormal(n: int) -> np.ndarray:
    """What turns packed components into those of an orthonormal basis: entries off the diagonal stand for two."""
    return np.where(np.eye(n, dtype=bool), 1.0, np.sqrt(2)).ravel()


def _jets(metric: NetworkMetric, local: LocalGeometry) -> jax.Array:
    with jax.enable_x64(True):
        return jnp.asarray(input_jets(metric.variety, metric.features, local))
