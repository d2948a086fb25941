r"""How far a metric is from Ricci-flat, measured on points that it was not fitted on.

With $\eta = \frac{\det g}{|\Omega|^2}\frac{V_\Omega}{V_g}$, both volumes measured on the same points:

sigma        $\frac1{V_\Omega}\int|1-\eta|\,|\Omega|^2$
l2           $\big(\frac1{V_\Omega}\int(1-\eta)^2|\Omega|^2\big)^{1/2}$
quantile     of $|1-\eta|$ in the measure $|\Omega|^2$, 99.9 %
maximum      of $|1-\eta|$ over the points: a lower bound of the supremum, which grows with their number
ricci        $\frac{V_g^{1/n}}{V_g}\int|\mathrm{tr}_g\mathrm{Ric}|\,dV_g$, which no scaling of g and Omega changes
volume       $V_g = \int\det g\,d^{2n}x$ against $\int J^n/n!$.  It comes out right for every potential that is defined everywhere (Stokes),
so it tests the points and the class, and says nothing of Ricci-flatness
"""

import math
from dataclasses import dataclass

import numpy as np

from certifield.evidence import Certificate, Estimate, Exact, InputError, Share, wilson

from ..points import Points, integral, require_apart
from ..varieties import volume as exact_volume
from ._algebraic import AlgebraicMetric
from ._certificate import certify_kaehler
from ._curvature import scalar_curvature
from ._levi import determinant

_REPLICATES = 200  # of the bootstrap over draws, for what is no smooth function of means
_CHUNK = 4096


@dataclass(frozen=True, eq=False)
class Quality:
    """The measures above; ``positive``: points where g is positive definite; ``certificate``: that it is so everywhere, or why there is
    none.

    Where g is not positive at some point it is no metric: every measure but the volume is withheld (its error is infinite and its warning
    says why), since the Monge-Ampere equation can hold well there.
    """

    sigma: Estimate
    l2: Estimate
    quantile: Estimate
    maximum: Estimate
    ricci: Estimate | None
    volume: Estimate
    volume_expected: Exact
    positive: Share
    certificate: Certificate | None
    refusal: str

    @property
    def certified(self) -> bool:
        """Whether the metric is proved to be one everywhere."""
        return self.certificate is not None

    def __str__(self) -> str:
        measured = {name: getattr(self, name) for name in ("sigma", "l2", "quantile", "maximum", "ricci", "volume")}
        rows = [f"{name:<10}{estimate}" for name, estimate in measured.items() if estimate is not None]
        rows.append(f"{'':<10}{self.volume_expected} expected")
        rows.append(f"{'positive':<10}{self.positive}, {'certified everywhere' if self.certified else 'no certificate: ' + self.refusal}")
        return "\n".join(rows)


def quality(metric: AlgebraicMetric, points: Points, fitted: Points | None = None, *, ricci: float = 1.0, certify: bool = True) -> Quality:
    """The quality of a metric on ``points``, with errors by draw.

    ``fitted``: the points that it was fitted on; `InputError` where they share a draw.  ``ricci``: the share of the draws on which the
    curvature is measured, the costliest part; ``certify``: whether to ask for a certificate of positivity, which takes n^3 products of
    whole numbers for n sections.
    """
    if fitted is not None:
        require_apart(fitted, points)
    if points.variety is not metric.variety:
        raise InputError("points", repr(points.variety), f"of the variety of the metric, {metric.variety!r}", "sample metric.variety")
    det = np.concatenate([determinant(metric.metric(points.local[start : start + _CHUNK])) for start in range(0, len(points), _CHUNK)])
    good = np.isfinite(det)
    positive = wilson(int(good.sum()), len(det))
    certificate, refusal = None, f"not positive at {len(det) - int(good.sum())} of {len(det)} points"
    if good.all():
        refusal = "not asked for"
        if certify:
            try:
                certificate, refusal = certify_kaehler(metric).checked(), ""
            except InputError as error:
                refusal = str(error)
    ratio, w = det / points.omega, points.weights
    centre = (w @ ratio) / w.sum()
    eta = ratio / centre
    gap = np.abs(1 - eta)
    features = {
        "sigma": np.stack([w, w * eta, w * gap, w * np.sign(1 - eta) * eta], axis=1),
        "l2": np.stack([w, w * eta, w * eta**2], axis=1),
        "volume": (w * ratio)[:, None],
    }
    measured = {
        name: integral(points, lambda _, name=name: features[name], statistic, f"{name}, by draw")
        for name, statistic in (("sigma", _sigma), ("l2", _l2), ("volume", lambda means: means[:, 0]))
    }
    curved = _ricci(metric, points, w * ratio, ricci) if ricci and good.all() else None
    sigma, l2, quantile, maximum = (
        one if good.all() else _withheld(one, refusal) for one in (measured["sigma"], measured["l2"], *_order_statistics(points, gap))
    )
    expected = exact_volume(metric.variety.configuration, metric.kaehler)
    return Quality(sigma, l2, quantile, maximum, curved, measured["volume"], expected, positive, certificate, refusal)


def _sigma(means: np.ndarray) -> np.ndarray:
    """E[w |1 - eta|]/E[w], eta being over the mean of the whole sample, and to first order how it varies with the mean: by E[w
    sign(1-eta) eta].
    """
    mean = means[:, 1] / means[:, 0]
    return (means[:, 2] + (mean - 1) * means[:, 3]) / means[:, 0]


def _l2(means: np.ndarray) -> np.ndarray:
    return np.sqrt(np.maximum(means[:, 2] * means[:, 0] / means[:, 1] ** 2 - 1, 0))


def _ricci(metric: AlgebraicMetric, points: Points, volume: np.ndarray, share: float) -> Estimate:
    if share < 1:
        some = points.draws < np.quantile(points.draws, share)
        points, volume = points[some], volume[some]
    scalar = np.concatenate([scalar_curvature(metric, points.local[start : start + _CHUNK]) for start in range(0, len(points), _CHUNK)])
    features = np.stack([volume, volume * np.abs(scalar)], axis=1)
    power = 1 / metric.variety.dimension - 1
    return integral(points, lambda _: features, lambda means: means[:, 0] ** power * means[:, 1], "tr_g Ric, by draw")


def _order_statistics(points: Points, gap: np.ndarray) -> tuple[Estimate, Estimate]:
    """The quantile and the maximum, with the spread of a bootstrap over draws."""
    names, where = np.unique(points.draws, return_inverse=True)
    order = np.argsort(gap, kind="stable")
    sorted_gap, sorted_draw, weight = gap[order], where[order], points.weights[order]
    random = np.random.default_rng(0)

    def of(counts: np.ndarray) -> tuple[float, float]:
        share = np.cumsum(weight * counts[sorted_draw])
        place = int(np.searchsorted(share, 0.999 * share[-1]))
        present = np.flatnonzero(counts[sorted_draw])
        return float(sorted_gap[min(place, len(gap) - 1)]), float(sorted_gap[present[-1]])

    whole = of(np.ones(len(names)))
    replicas = np.array([of(random.multinomial(len(names), np.full(len(names), 1 / len(names)))) for _ in range(_REPLICATES)])
    spread = (replicas - replicas.mean(axis=0)) / math.sqrt(_REPLICATES - 1)
    source = f"{points.variety!r}/seed {points.seed}/draw {int(points.draws[0])}/bootstrap"
    return tuple(  # type: ignore[return-value]
        Estimate(
            np.asarray(whole[i]), {source: spread[:, i]}, len(names), 0, points.seed, f"{name}, bootstrap over draws", "float64", "unknown"
        )
        for i, name in enumerate(("quantile", "maximum"))
    )


def _withheld(estimate: Estimate, reason: str) -> Estimate:
    nothing = {source: np.zeros_like(given) for source, given in estimate.deviations.items()}
    warning = {"warnings": [f"{reason}: this is no metric"]}
    return Estimate(
        np.full(estimate.shape, np.nan),
        nothing,
        estimate.draws,
        estimate.blocks,
        estimate.seed,
        estimate.method,
        "float64",
        diagnostics=warning,
    )
