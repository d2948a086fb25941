r"""The phi-model: $g = g_{\mathrm{base}} + \partial\bar\partial\varphi$ with a network $\varphi$ of inputs that are defined everywhere.

Closed, in the class of the base metric and of its volume for all weights, so that the Monge-Ampere loss $\int(1-\eta)^2|\Omega|^2$ is
all that is trained (Larfors, Lukas, Ruehle, Schneider, arXiv:2205.13408), or the Ricci curvature itself, which takes two derivatives more.
Nothing keeps it positive: that is seen at points, not proved.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from certifield._arguments import listed, of_kind, positive_float, whole
from certifield.evidence import InputError, NotConverged

from ..metrics import AlgebraicMetric, Sections, multidegree, packed, unpacked
from ..points import LocalGeometry, Points
from ..varieties import Variety
from ._fourth_order import derivatives, fourth_order, section_series
from ._levi import Layers, input_jets, network_jets, packed_determinant, start_layers
from ._losses import LOSSES, Jet, Surroundings, known
from ._training import adam, chosen_batches

_CHUNK = 4096
_BENT = 32  # points whose jets of fourth order are in memory at once


@dataclass(frozen=True, eq=False)
class NetworkMetric:
    """The metric of a potential K + phi: ``base`` is that of K; ``features``: the multidegrees of the inputs; ``layers``: weights and
    biases of a network with GELU; ``losses``: the course of the training.  Where there is a ``change``, the network is linearised about
    ``layers``: the frozen kernel.
    """

    base: AlgebraicMetric
    features: tuple[tuple[int, ...], ...]
    layers: tuple[tuple[np.ndarray, np.ndarray], ...] = field(repr=False)
    losses: np.ndarray = field(repr=False)
    change: tuple[tuple[np.ndarray, np.ndarray], ...] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        factors = len(of_kind("base", self.base, AlgebraicMetric, "such as fubini_study(fermat(), [1])").variety.ambient)
        object.__setattr__(self, "features", feature_degrees(self.features, factors))
        inputs = sum(Sections(self.variety, degrees).size ** 2 for degrees in self.features)
        for name, layers in (("layers", self.layers), ("change", self.change)):
            if layers is not None and not chained(layers, inputs):
                raise InputError(name, "arrays of other shapes", f"(weights, biases) from {inputs} inputs to 1 output", "see start_layers")

    @property
    def variety(self) -> Variety:
        """What the metric is on."""
        return self.base.variety

    @property
    def kaehler(self) -> tuple[Fraction, ...]:
        """The class, that of the base."""
        return self.base.kaehler

    @property
    def parameters(self) -> int:
        """The number of weights and biases."""
        return sum(w.size + b.size for w, b in self.layers)

    def metric(self, local: LocalGeometry) -> np.ndarray:
        r"""$g_{a\bar b}$ [N, n, n] in the charts of the points."""
        n = self.variety.dimension
        found = self.base.metric(local)  # which checks the points
        with jax.enable_x64(True):
            for start in range(0, len(local), _CHUNK):
                jets = input_jets(self.variety, self.features, local[start : start + _CHUNK])
                levi = np.asarray(_model(self.layers, self.change, jnp.asarray(jets), n))[2 * n + 1 :]  # type: ignore[arg-type]
                found[start : start + _CHUNK] += unpacked(levi.T, n)
        return found

    def derivatives(self, local: LocalGeometry) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        r"""g [N, a, c], $\partial_b g_{a\bar c}$ [N, b, a, c] and $\partial_b\bar\partial_d g_{a\bar c}$ [N, b, d, a, c] in the charts."""
        found = self.base.derivatives(local)  # which checks the points
        for start in range(0, len(local), _BENT):
            here = slice(start, min(start + _BENT, len(local)))
            # The last chunk is filled up with its last point, so that one program does for all.
            places = np.minimum(np.arange(start, start + _BENT), len(local) - 1) if len(local) > _BENT else here
            added = fourth_order(self.variety, self.features, self.layers, self.change, local[places])  # type: ignore[arg-type]
            for total, part in zip(found, added, strict=True):
                total[here] += part[: here.stop - start]
        return found


def train_network(
    base: AlgebraicMetric,
    points: Points,
    *,
    features: Sequence[Sequence[int]] | None = None,
    widths: Sequence[int] = (64, 64, 64),
    steps: int = 400,
    batch: int = 512,
    rate: float = 1e-2,
    seed: int = 0,
    frozen: bool = False,
    loss: str = "monge-ampere",
) -> NetworkMetric:
    r"""Trains phi on ``points`` by Adam with a cosine schedule, in 32 bits, the points and their jets being computed in 64.

    ``loss``: "monge-ampere", $\int(1-\eta)^2$, or "ricci-norm", $\int|\mathrm{Ric}|_g^2$, which takes jets of fourth order.
    ``features``: the multidegrees of the inputs, one for each factor of the ambient space unless others are given; (1, 1) has products of
    both factors.  ``frozen``: whether the network is linearised at its start, which is the flow of a kernel that does not change.  Judge it
    by `quality`, on another seed.  Raises `InputError` for dimensions above 3, and for a base that is not positive.
    """
    variety = of_kind("base", base, AlgebraicMetric, "such as fubini_study(fermat(), [1])").variety
    if not of_kind("points", points, Points, "such as sample(variety, draws=1000, seed=1)").variety.same_as(variety):
        raise InputError("points", repr(points.variety), f"of the variety of the metric, {variety!r}", "sample base.variety")
    n, factors = variety.dimension, len(variety.ambient)
    if n > 3:
        raise InputError("base", repr(variety), "of dimension 3 at most", "fit an algebraic metric")
    degrees = feature_degrees(features if features is not None else np.eye(factors, dtype=int).tolist(), factors)
    steps, batch = whole("steps", steps, 1, 10**7, "try steps=400"), whole("batch", batch, 1, 10**6, "try batch=512")
    of_kind("frozen", frozen, bool, "leave it out")
    step = positive_float("rate", rate, "try rate=1e-2")
    if not np.all(np.linalg.eigvalsh(base.metric(points.local))[:, 0] > 0):
        raise InputError("base", "not positive at a point", "positive", "start from fubini_study")
    inputs = sum(Sections(variety, one).size ** 2 for one in degrees)
    start = [(w.astype(np.float32), b.astype(np.float32)) for w, b in start_layers(inputs, widths, seed)]
    data = _TRAINED[known("loss", loss, _TRAINED)].data(base, points, degrees)
    share = (points.weights / points.weights.mean()).astype(np.float32)
    chosen = chosen_batches(len(points), steps, batch, seed)
    with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):  # Optax raises floats to integer powers
        layers, losses = _trained(start, jax.tree.map(jnp.asarray, (share, *data)), chosen, step, n, bool(frozen), loss)
    require_finite(layers)
    end = tuple((np.asarray(w, float), np.asarray(b, float)) for w, b in layers)
    if frozen:
        origin = tuple((w.astype(float), b.astype(float)) for w, b in start)
        change = tuple((w - w_0, b - b_0) for (w, b), (w_0, b_0) in zip(end, origin, strict=True))
        return NetworkMetric(base, degrees, origin, np.asarray(losses, float), change)
    return NetworkMetric(base, degrees, end, np.asarray(losses, float))


def feature_degrees(given: Sequence[Sequence[int]], factors: int) -> tuple[tuple[int, ...], ...]:
    """The multidegrees of inputs on a variety in so many factors."""
    degrees = tuple(multidegree(one) for one in listed("features", given, "a list of multidegrees", "[[1]] for the quintic"))
    if not degrees or any(len(one) != factors or not any(one) for one in degrees):
        raise InputError("features", given, f"multidegrees of {factors} numbers, not all 0", "one for each factor, such as [[1]]")
    return degrees


def chained(layers: Any, inputs: int, outputs: int = 1) -> bool:
    """Whether these are weights [k, m] and biases [m] of layers that follow one another, from ``inputs`` to ``outputs``."""
    try:
        shapes = [(np.shape(w), np.shape(b)) for w, b in layers]
    except (TypeError, ValueError):
        return False
    sizes = [inputs, *(biases[0] for _, biases in shapes if len(biases) == 1)]
    wanted = [((k, m), (m,)) for k, m in itertools.pairwise(sizes)]
    return bool(shapes) and shapes == wanted and sizes[-1] == outputs


def require_finite(layers: Layers) -> None:
    """Raises `NotConverged` for weights that are no numbers any more."""
    if not all(np.all(np.isfinite(leaf)) for leaf in jax.tree.leaves(layers)):
        raise NotConverged("the weights have left the range of floats: take a smaller rate")


def _model(layers: Layers, change: Layers | None, jets: jax.Array, n: int) -> jax.Array:
    """The jet of the network, or of its linearisation about ``layers``."""
    if change is None:
        return network_jets(layers, jets, n)
    return sum(jax.jvp(lambda one: network_jets(one, jets, n), (list(layers),), (list(change),)))  # type: ignore[return-value]


@partial(jax.jit, static_argnames=("n", "frozen", "loss"))
def _trained(
    start: Layers, data: tuple[Any, ...], chosen: jax.Array, rate: float, n: int, frozen: bool, loss: str
) -> tuple[Layers, jax.Array]:
    def objective(layers: Any, batch: jax.Array) -> jax.Array:
        here = jax.tree.map(lambda one: one[batch], data)
        change = jax.tree.map(jnp.subtract, layers, start) if frozen else None
        return jnp.mean(here[0] * _TRAINED[loss].values(start if frozen else layers, change, here[1:], n))

    return adam(objective, start, chosen, rate)


class _Trained(NamedTuple):
    """``data``: arrays [N, ...] of a base metric, points and features; ``values``: the loss [N] at a batch of them."""

    data: Callable[[AlgebraicMetric, Points, tuple[tuple[int, ...], ...]], tuple[Any, ...]]
    values: Callable[[Layers, Layers | None, Any, int], jax.Array]


def _levi_data(base: AlgebraicMetric, points: Points, degrees: tuple[tuple[int, ...], ...]) -> tuple[Any, ...]:
    g = base.metric(points.local)
    kappa = np.average(np.linalg.det(g).real / points.omega, weights=points.weights)
    chunks = range(0, len(points), _CHUNK)
    jets = [input_jets(points.variety, degrees, points.local[s : s + _CHUNK]).astype(np.float32) for s in chunks]
    return np.concatenate(jets, axis=1).swapaxes(0, 1), packed(g).astype(np.float32), (kappa * points.omega).astype(np.float32)


def _curved_data(base: AlgebraicMetric, points: Points, degrees: tuple[tuple[int, ...], ...]) -> tuple[Any, ...]:
    series = [np.moveaxis(one, 1, 0).astype(np.complex64) for one in section_series(points.variety, degrees, points.local)]
    return series, tuple(one.astype(np.complex64) for one in base.derivatives(points.local))


def _monge_ampere_values(layers: Layers, change: Layers | None, data: Any, n: int) -> jax.Array:
    jets, base, volume = data
    jet = _model(layers, change, jnp.swapaxes(jets, 0, 1), n)
    return (1 - packed_determinant(base.T + jet[2 * n + 1 :], n) / volume) ** 2


def _ricci_values(layers: Layers, change: Layers | None, data: Any, n: int) -> jax.Array:
    series, base = data
    added = derivatives(layers, change, [jnp.moveaxis(one, 0, 1) for one in series], n)
    nowhere = Surroundings(None, None, None, 0.0, 2, jnp)  # the curvature asks for the metric alone
    return LOSSES["ricci-norm"].values(nowhere, Jet(*map(jnp.add, base, added)), None)[:, 0]


_TRAINED: Mapping[str, _Trained] = {
    "monge-ampere": _Trained(_levi_data, _monge_ampere_values),
    "ricci-norm": _Trained(_curved_data, _ricci_values),
}
