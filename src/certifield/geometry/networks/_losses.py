r"""Losses of metrics, of whatever kind, point by point: how far they are from Ricci-flat, closed, global and of their class.

With $\eta = \det g/(\kappa|\Omega|^2)$, $\kappa = V/V_\Omega$ from the exact volume, and the measure $|\Omega|^2/V_\Omega$:

monge-ampere $\int|1-\eta|^p$
kaehler      $\int\sum_{c<a,b}|\partial_cg_{a\bar b}-\partial_ag_{c\bar b}|^p$: 0 where dJ = 0
transition   $\int\frac1{n^2}\sum|g - T^{\mathsf T}g'\bar T|^p$ over the charts in which the second largest coordinate of a factor is scaled
ricci        $\int|\mathrm{tr}_g\mathrm{Ric}|^p$ with $\mathrm{Ric}=-\partial\bar\partial\ln\det g$
ricci-norm   $\int|\mathrm{Ric}|_g^p$, $|\mathrm{Ric}|_g^2=\mathrm{tr}\,(g^{-1}\mathrm{Ric})^2$; sums of squared entries depend on the chart
class        $\sum_i|\int J_iJ^{n-1}-d_{i\dots}t\cdots t|^p$

(Larfors, Lukas, Ruehle, Schneider, arXiv:2205.13408.)  Kaehler and transition losses are of components in the charts of `LocalGeometry`,
and mean nothing beyond them but that they vanish.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from certifield._arguments import listed, of_kind, whole
from certifield.evidence import Estimate, InputError

from ..metrics import CurvedMetric, KaehlerMetric
from ..points import LocalGeometry, Points, integral
from ..varieties import intersection_numbers, volume as exact_volume

_CHUNK = 512  # points whose derivatives are in memory at once


class Jet(NamedTuple):
    r"""Hermitian matrices with derivatives: ``value`` [N, a, c], ``slope`` $\partial_b$ [N, b, a, c], ``bent`` $\partial_b\bar\partial_d$
    [N, b, d, a, c]; those that no loss asks for are missing.
    """

    value: Any
    slope: Any = None
    bent: Any = None


class Surroundings(NamedTuple):
    r"""What belongs to the points: $\kappa|\Omega|^2$ [N], the J_i [N, factors, a, c], T of each neighbouring chart [N, factors, b, a], the
    exact volume, the power p, and whose arrays these are: NumPy or jax.numpy.
    """

    volume: Any
    forms: Any
    turns: Any
    total: float
    power: int
    np: Any = np


@dataclass(frozen=True)
class Loss:
    """``order``: of the derivatives that it takes; ``values``: numbers [N, F] at the points, from the metric and from those in the
    neighbouring charts [N, factors, a, c]; ``reduced``: the loss from their means [..., F] and what these must be.
    """

    order: int
    values: Callable[[Surroundings, Jet, Any], Any]
    reduced: Callable[[Any, Any, int], Any] = lambda means, exact, power: means[..., 0]


def _size(x: Any, power: int) -> Any:
    """|x|^p, with a derivative at 0."""
    return (x.real**2 + x.imag**2 + 1e-30) ** (power / 2)


def _monge_ampere(at: Surroundings, jet: Jet, moved: Any) -> Any:
    return _size(1 - at.np.linalg.det(jet.value).real / at.volume, at.power)[:, None]


def _kaehler(at: Surroundings, jet: Jet, moved: Any) -> Any:
    gap = _size(jet.slope - at.np.swapaxes(jet.slope, 1, 2), at.power)
    above = np.triu(np.ones(gap.shape[1:3]), 1)
    return at.np.einsum("ncab,ca->n", gap, above.astype(gap.dtype))[:, None]


def _transition(at: Surroundings, jet: Jet, moved: Any) -> Any:
    back = at.np.einsum("nfba,nfbd,nfdc->nfac", at.turns, moved, at.np.conj(at.turns))
    return at.np.mean(_size(jet.value[:, None] - back, at.power), axis=(1, 2, 3))[:, None]


def _raised_ricci(at: Surroundings, jet: Jet) -> Any:
    """g^(-1) Ric [N, a, b], whose eigenvalues belong to no chart."""
    inverse = at.np.linalg.inv(jet.value)  # [N, c, a]
    through = at.np.einsum("nxy,nbyz->nbxz", inverse, jet.slope)
    bar = at.np.einsum("nxy,ndzy->ndxz", inverse, at.np.conj(jet.slope))
    tensor = at.np.einsum("nbxz,ndzx->nbd", through, bar) - at.np.einsum("nca,nbdac->nbd", inverse, jet.bent)
    return inverse @ tensor


def _ricci(at: Surroundings, jet: Jet, moved: Any) -> Any:
    return _size(at.np.einsum("naa->n", _raised_ricci(at, jet)), at.power)[:, None]


def _ricci_norm(at: Surroundings, jet: Jet, moved: Any) -> Any:
    mixed = _raised_ricci(at, jet)
    square = at.np.einsum("nab,nba->n", mixed, mixed).real
    return (at.np.abs(square) + 1e-30)[:, None] ** (at.power / 2)


def _slopes(at: Surroundings, jet: Jet, moved: Any) -> Any:
    n = jet.value.shape[1]
    det, inverse = at.np.linalg.det(jet.value).real, at.np.linalg.inv(jet.value)
    traces = at.np.einsum("nca,nfac->nf", inverse, at.forms).real
    return (math.factorial(n - 1) * at.total * det / at.volume)[:, None] * traces


LOSSES: Mapping[str, Loss] = {
    "monge-ampere": Loss(0, _monge_ampere),
    "kaehler": Loss(1, _kaehler),
    "transition": Loss(0, _transition),
    "ricci": Loss(2, _ricci),
    "ricci-norm": Loss(2, _ricci_norm),
    "class": Loss(0, _slopes, lambda means, exact, power: _size(means - exact, power).sum(axis=-1)),
}


def known(name: str, given: Any, table: Mapping[str, Any]) -> str:
    """One of the names of a table."""
    if not isinstance(given, str) or given not in table:
        raise InputError(name, given, f"one of {', '.join(table)}", f"try {next(iter(table))!r}")
    return given


def surroundings(metric: KaehlerMetric, points: Points, power: int) -> tuple[Surroundings, list[LocalGeometry]]:
    """Those of the points, and the points in their neighbouring charts."""
    local, factors = points.local, range(len(points.variety.ambient))
    total = float(exact_volume(metric.variety.configuration, metric.kaehler).value)  # type: ignore[arg-type]
    moved = [local.neighbour(factor) for factor in factors]
    forms = np.stack([local.fubini_study(factor) for factor in factors], axis=1)
    volume = total * points.omega / np.mean(points.weights)
    return Surroundings(volume, forms, np.stack([turn for _, turn in moved], axis=1), total, power), [geometry for geometry, _ in moved]


def exact_slopes(metric: KaehlerMetric) -> np.ndarray:
    """d_{i j ...} t_j ... for each factor."""
    numbers = np.asarray(intersection_numbers(metric.variety.configuration).value, dtype=float)
    for _ in range(metric.variety.dimension - 1):
        numbers = numbers @ np.array([float(one) for one in metric.kaehler])
    return numbers


def defects(metric: KaehlerMetric, points: Points, *, names: Sequence[str] | None = None, power: int = 1) -> dict[str, Estimate]:
    r"""Losses of a metric on ``points``, with errors by draw, all of them unless ``names`` says which: 0 for the Ricci-flat metric of its
    class.

    ``power``: the p of $|\cdot|^p$, 1 or 2.  kaehler and ricci take derivatives, which not all metrics have, and which cost some ten
    milliseconds a point for a potential with a network of 3 x 64 neurons.
    Raises `InputError` for points of another variety and for unknown names.
    """
    if not isinstance(metric, KaehlerMetric):
        raise InputError("metric", metric, "a metric", "such as fubini_study(fermat(), [1])")
    if not of_kind("points", points, Points, "such as sample(variety, draws=1000, seed=1)").variety.same_as(metric.variety):
        raise InputError("points", repr(points.variety), f"of the variety of the metric, {metric.variety!r}", "sample metric.variety")
    power = whole("power", power, 1, 2, "try power=1")
    at, moved = surroundings(metric, points, power)
    asked = [
        known("names", name, LOSSES)
        for name in listed("names", list(LOSSES) if names is None else names, "a list of losses", "leave it out")
    ]
    curved = max((LOSSES[name].order for name in asked), default=0) > 0
    if curved and not isinstance(metric, CurvedMetric):
        raise InputError("names", asked, "without kaehler and ricci, as the metric has no derivatives", 'such as ["monge-ampere"]')
    found: dict[str, list[np.ndarray]] = {name: [] for name in asked}
    for start in range(0, len(points), _CHUNK):
        here = slice(start, start + _CHUNK)
        local = points.local[here]
        jet = Jet(*metric.derivatives(local)) if curved else Jet(metric.metric(local))  # type: ignore[attr-defined]
        others = np.stack([metric.metric(one[here]) for one in moved], axis=1)
        part = at._replace(volume=at.volume[here], forms=at.forms[here], turns=at.turns[here])
        for name in asked:
            found[name].append(LOSSES[name].values(part, jet, others))
    exact, w = exact_slopes(metric), points.weights
    return {name: _estimated(name, points, np.concatenate(rows), w, exact, power) for name, rows in found.items()}


def _estimated(name: str, points: Points, values: np.ndarray, w: np.ndarray, exact: np.ndarray, power: int) -> Estimate:
    features = np.concatenate([w[:, None], w[:, None] * values], axis=1)

    def statistic(means: np.ndarray) -> np.ndarray:
        return LOSSES[name].reduced(means[:, 1:] / means[:, :1], exact, power)

    return integral(points, lambda _: features, statistic, f"{name} loss, by draw")
