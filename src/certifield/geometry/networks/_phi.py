r"""The phi-model: $g = g_{\mathrm{base}} + \partial\bar\partial\varphi$ with a network $\varphi$ of inputs that are defined everywhere.

Closed, in the class of the base metric and of its volume for all weights, so that the Monge-Ampere loss $\int(1-\eta)^2|\Omega|^2$ is
all that is trained (Larfors, Lukas, Ruehle, Schneider, arXiv:2205.13408).  Nothing keeps it positive: that is seen at points, not proved.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from certifield._arguments import listed, of_kind, positive_float, whole
from certifield.evidence import InputError, NotConverged

from ..metrics import AlgebraicMetric, Sections, multidegree, packed, unpacked
from ..points import LocalGeometry, Points
from ..varieties import Variety
from ._fourth_order import fourth_order
from ._levi import Layers, input_jets, network_jets, packed_determinant, start_layers
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
            here = slice(start, start + _BENT)
            added = fourth_order(self.variety, self.features, self.layers, self.change, local[here])  # type: ignore[arg-type]
            for total, part in zip(found, added, strict=True):
                total[here] += part
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
) -> NetworkMetric:
    """Trains phi on ``points`` by Adam with a cosine schedule, in 32 bits, the points and their jets being computed in 64.

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
    g = base.metric(points.local)
    det = np.linalg.det(g).real
    if not np.all(np.linalg.eigvalsh(g)[:, 0] > 0):
        raise InputError("base", "not positive at a point", "positive", "start from fubini_study")
    share = points.weights / points.weights.sum()
    kappa = share @ (det / points.omega)
    chunks = range(0, len(points), _CHUNK)
    jets = np.concatenate([input_jets(variety, degrees, points.local[s : s + _CHUNK]).astype(np.float32) for s in chunks], axis=1)
    data = jets, packed(g).T.astype(np.float32), (kappa * points.omega).astype(np.float32), (share * len(points)).astype(np.float32)
    start = [(w.astype(np.float32), b.astype(np.float32)) for w, b in start_layers(jets.shape[2], widths, seed)]
    chosen = chosen_batches(len(points), steps, batch, seed)
    with jax.numpy_dtype_promotion("standard"):  # Optax raises floats to integer powers
        layers, losses = _trained(start, tuple(map(jnp.asarray, data)), chosen, step, n, bool(frozen))
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


@partial(jax.jit, static_argnames=("rate", "n", "frozen"))
def _trained(start: Layers, data: tuple[jax.Array, ...], chosen: jax.Array, rate: float, n: int, frozen: bool) -> tuple[Layers, jax.Array]:
    def objective(layers: Any, batch: jax.Array) -> jax.Array:
        jets, base, volume, share = data[0][:, batch], data[1][:, batch], data[2][batch], data[3][batch]
        change = jax.tree.map(jnp.subtract, layers, start) if frozen else None
        return monge_ampere(_model(start if frozen else layers, change, jets, n), base, volume, share, n)

    return adam(objective, start, chosen, rate)


def monge_ampere(jet: jax.Array, base: jax.Array, volume: jax.Array, share: jax.Array, n: int) -> jax.Array:
    r"""The mean of $w(1 - \eta)^2$, $\eta = \det(g + \partial\bar\partial\varphi)/(\kappa|\Omega|^2)$; ``volume``: the denominator."""
    levi = jet[2 * n + 1 :]
    return jnp.mean(share * (1 - packed_determinant(base + levi, n) / volume) ** 2)
