r"""Metrics whose components in the charts are given by a network: closed, global and of their class only as far as losses make them so.

A network of the real and imaginary parts of the coordinates in the chart of a point, the largest one of each factor being 1, has the $n^2$
real numbers of a Hermitian matrix N as outputs, and the ansatz makes the metric from N and a reference metric (arXiv:2205.13408, section
2.4).  The derivatives of the metric follow from those of both by the product rule, in one pass through the layers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from certifield._arguments import finite, of_kind, positive_float, whole
from certifield.evidence import InputError

from ..metrics import AlgebraicMetric, packed
from ..points import LocalGeometry, Points
from ..varieties import Variety
from ._levi import Layers, output_jets, start_layers
from ._losses import LOSSES, Jet, Surroundings, exact_slopes, known, surroundings
from ._phi import chained, require_finite
from ._training import adam, chosen_batches


def _bilinear(of: Callable[[Any, Any], Any], left: Jet, right: Jet) -> Jet:
    """A product of matrices that keeps Hermitian ones so, with its derivatives."""
    value, slope, bent = of(left.value, right.value), None, None
    if left.slope is not None and right.slope is not None:
        here, there = left.value[:, None], right.value[:, None]
        slope = of(left.slope, there) + of(here, right.slope)
        if left.bent is not None and right.bent is not None:
            bars = [jnp.conj(jnp.swapaxes(one.slope, 2, 3)) for one in (left, right)]  # dbar_d
            bent = of(left.bent, there[:, None]) + of(here[:, None], right.bent)
            bent = bent + of(left.slope[:, :, None], bars[1][:, None]) + of(bars[0][:, None], right.slope[:, :, None])
    return Jet(value, slope, bent)


def _anticommuted(left: Any, right: Any) -> Any:
    return (left @ right + right @ left) / 2


def _plus(left: Jet, right: Jet) -> Jet:
    return Jet(*(None if a is None or b is None else a + b for a, b in zip(left, right, strict=True)))


def _more(net: Jet, constant: np.ndarray) -> Jet:
    return net._replace(value=net.value + constant.astype(net.value.dtype))


# The metric from the reference and from N.
ANSATZE: Mapping[str, Callable[[Jet, Jet], Jet]] = {
    "free": lambda base, net: net,
    "additive": _plus,
    "multiplicative": lambda base, net: _bilinear(jnp.multiply, base, _more(net, np.ones(net.value.shape[1:]))),
    "matrix": lambda base, net: _bilinear(_anticommuted, base, _more(net, np.eye(net.value.shape[1]))),
}


@dataclass(frozen=True, eq=False)
class HermitianNetwork:
    """``base``: the reference metric g; ``ansatz``: "free" N, "additive" g + N, "multiplicative" g (1 + N) entry by entry, "matrix" the
    Hermitian part of the product g (1 + N); ``layers``: weights and biases; ``losses``: the course of the training.
    """

    base: AlgebraicMetric
    ansatz: str
    layers: tuple[tuple[np.ndarray, np.ndarray], ...] = field(repr=False)
    losses: np.ndarray = field(repr=False)

    def __post_init__(self) -> None:
        of_kind("base", self.base, AlgebraicMetric, "such as fubini_study(fermat(), [1])")
        known("ansatz", self.ansatz, ANSATZE)
        inputs, outputs = 2 * self.variety.coordinates, self.variety.dimension**2
        if not chained(self.layers, inputs, outputs):
            told = f"(weights, biases) from {inputs} inputs to {outputs} outputs"
            raise InputError("layers", "arrays of other shapes", told, "see start_layers")

    @property
    def variety(self) -> Variety:
        """What the metric is on."""
        return self.base.variety

    @property
    def kaehler(self) -> tuple[Fraction, ...]:
        """The class of the reference metric, which the metric itself has only as far as it was made so."""
        return self.base.kaehler

    def metric(self, local: LocalGeometry) -> np.ndarray:
        r"""$g_{a\bar b}$ [N, n, n] in the charts of the points."""
        return self._jet(local, Jet(self.base.metric(local))).value

    def derivatives(self, local: LocalGeometry) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        r"""g [N, a, c], $\partial_b g_{a\bar c}$ [N, b, a, c] and $\partial_b\bar\partial_d g_{a\bar c}$ [N, b, d, a, c] in the charts."""
        return tuple(self._jet(local, Jet(*self.base.derivatives(local))))  # type: ignore[return-value]

    def _jet(self, local: LocalGeometry, base: Jet) -> Jet:
        order = 0 if base.slope is None else 2
        with jax.enable_x64(True), jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
            inputs = jnp.asarray(coordinate_jets(local, order))
            found = _evaluated(self.ansatz, base, list(self.layers), inputs, self.variety.dimension)  # type: ignore[arg-type]
            return Jet(*(None if one is None else np.asarray(one) for one in found))


def train_hermitian(
    base: AlgebraicMetric,
    points: Points,
    *,
    ansatz: str = "matrix",
    losses: Mapping[str, float] | None = None,
    power: int = 1,
    widths: Sequence[int] = (64, 64, 64),
    steps: int = 400,
    batch: int = 256,
    rate: float = 1e-2,
    seed: int = 0,
) -> HermitianNetwork:
    """Trains the components of a metric on ``points`` by Adam with a cosine schedule, in 32 bits.

    ``losses``: the factors of those of `LOSSES` that are added, by default 1 for monge-ampere, kaehler and transition; ``power``: their p.
    Judge it by `quality` and `defects`, on another seed.  Raises `InputError` for unknown names and for a base that is not positive.
    """
    variety = of_kind("base", base, AlgebraicMetric, "such as fubini_study(fermat(), [1])").variety
    if not of_kind("points", points, Points, "such as sample(variety, draws=1000, seed=1)").variety.same_as(variety):
        raise InputError("points", repr(points.variety), f"of the variety of the metric, {variety!r}", "sample base.variety")
    factors = _factors(losses)
    order = max(LOSSES[name].order for name, _ in factors)
    n, steps, batch = variety.dimension, whole("steps", steps, 1, 10**7, "try steps=400"), whole("batch", batch, 1, 10**6, "try batch=256")
    step, power = positive_float("rate", rate, "try rate=1e-2"), whole("power", power, 1, 2, "try power=1")
    layers = start_layers(2 * variety.coordinates, widths, seed, n * n)
    at, moved = surroundings(base, points, power)
    reference = base.derivatives(points.local) if order else (base.metric(points.local), None, None)
    if not np.all(np.linalg.eigvalsh(reference[0])[:, 0] > 0):
        raise InputError("base", "not positive at a point", "positive", "start from fubini_study")
    if known("ansatz", ansatz, ANSATZE) == "free":  # begins as the mean of the reference, whatever the chart
        layers[-1] = (layers[-1][0], packed(reference[0].mean(axis=0)))
    others = np.stack([base.metric(one) for one in moved], axis=1)
    entries = np.stack([coordinate_jets(one, 0) for one in moved], axis=2)  # [1, N, factors, inputs]
    rough = lambda one: None if one is None else jnp.asarray(one, jnp.complex64 if np.iscomplexobj(one) else jnp.float32)  # noqa: E731
    share = points.weights / points.weights.mean()
    data = [share, *reference, coordinate_jets(points.local, order)[: (1, 2 * n + 1, None)[order]], at.volume, at.forms, at.turns]
    arrays = tuple(map(rough, [*data, others, entries]))
    start = [(jnp.asarray(w, jnp.float32), jnp.asarray(b, jnp.float32)) for w, b in layers]
    exact = tuple(exact_slopes(base).tolist())
    with jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        chosen = chosen_batches(len(points), steps, batch, seed)
        trained, course = _trained(start, arrays, chosen, (at.total, exact), step, n, (ansatz, factors, power))
    require_finite(trained)
    return HermitianNetwork(
        base, ansatz, tuple((np.asarray(w, float), np.asarray(b, float)) for w, b in trained), np.asarray(course, float)
    )


def coordinate_jets(local: LocalGeometry, order: int) -> np.ndarray:
    r"""The jets [components, N, 2 coordinates] of Re z and Im z: $\partial_a\,\mathrm{Re}z = \partial_az/2$; 1 component for order 0."""
    value = np.concatenate([np.real(local.z), np.imag(local.z)], axis=1)[None]
    if not order:
        return value
    half = local.tangents.transpose(1, 0, 2) / 2  # [a, N, coordinates]
    slope = np.concatenate([half, -1j * half], axis=2)
    return np.concatenate([value, np.real(slope), np.imag(slope), np.zeros((len(half) ** 2, *value.shape[1:]))])


def made_of(ansatz: str, base: Jet, layers: Layers, inputs: jax.Array, n: int) -> Jet:
    """The jet of the metric, as far as the inputs and the reference have derivatives."""
    x = output_jets(layers, inputs, n)
    units = np.zeros((n, n, n, n), dtype=np.complex64)  # the matrix that each output stands for
    for i in range(n):
        for j in range(i + 1):
            units[i, j, i, j] = units[i, j, j, i] = 1
            if i > j:
                units[j, i, i, j], units[j, i, j, i] = 1j, -1j
    units = units.reshape(n * n, n, n)
    matrices = jnp.einsum("cnk,kij->ncij", x, units)  # of each real component
    net = Jet(matrices[:, 0])
    if x.shape[0] > 1:
        net = net._replace(slope=matrices[:, 1 : n + 1] + 1j * matrices[:, n + 1 : 2 * n + 1])
    if x.shape[0] > 2 * n + 1:
        square = matrices[:, 2 * n + 1 :]
        net = net._replace(bent=jnp.einsum("ncij,ckl->nklij", square, units))
    return ANSATZE[ansatz](base, net)


_evaluated = jax.jit(made_of, static_argnames=("ansatz", "n"))


@partial(jax.jit, static_argnames=("n", "asked"))
def _trained(
    start: Layers, data: tuple[Any, ...], chosen: jax.Array, constants: tuple[Any, Any], rate: float, n: int, asked: tuple[str, Any, int]
) -> tuple[Layers, jax.Array]:
    ansatz, factors, power = asked
    total, exact = constants

    def objective(layers: Any, batch: jax.Array) -> jax.Array:
        share, value = data[0][batch], data[1][batch]
        slope, bent = (None if one is None else one[batch] for one in data[2:4])
        jet = made_of(ansatz, Jet(value, slope, bent), layers, data[4][:, batch], n)
        at = Surroundings(data[5][batch], data[6][batch], data[7][batch], total, power, jnp)
        others, entries = data[8][batch], data[9][:, batch]
        flat = Jet(others.reshape(-1, n, n))
        moved = made_of(ansatz, flat, layers, entries.reshape(1, -1, entries.shape[3]), n).value.reshape(others.shape)
        added = jnp.zeros((), jnp.float32)
        for name, factor in factors:
            means = jnp.mean(share[:, None] * LOSSES[name].values(at, jet, moved), axis=0)
            added += factor * LOSSES[name].reduced(means, jnp.stack(exact), power)
        return added

    return adam(objective, start, chosen, rate)


def _factors(given: Mapping[str, float] | None) -> tuple[tuple[str, float], ...]:
    asked = {"monge-ampere": 1.0, "kaehler": 1.0, "transition": 1.0} if given is None else given
    if not isinstance(asked, Mapping) or not asked:
        raise InputError("losses", given, "a mapping from names to factors", 'such as {"monge-ampere": 1.0, "kaehler": 1.0}')
    return tuple((known("losses", name, LOSSES), finite("losses", factor)) for name, factor in asked.items())
