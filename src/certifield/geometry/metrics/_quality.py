r"""How far a metric is from Ricci-flat, measured on points that it was not fitted on.

With $\eta = \frac{\det g}{|\Omega|^2}\frac{V_\Omega}{V_g}$, both volumes measured on the same points:

sigma        $\frac1{V_\Omega}\int|1-\eta|\,|\Omega|^2$
l2           $\big(\frac1{V_\Omega}\int(1-\eta)^2|\Omega|^2\big)^{1/2}$
quantile     of $|1-\eta|$ in the measure $|\Omega|^2$, 99.9 %
maximum      of $|1-\eta|$ over the points: a lower bound of the supremum, which grows with their number
ricci        $\frac{V_g^{1/n}}{V_g}\int|\mathrm{tr}_g\mathrm{Ric}|\,dV_g$, which no scaling of g and Omega changes
volume       $V_g = \int\det g\,d^{2n}x$ against $\int J^n/n!$.  It comes out right for every potential that is defined everywhere (Stokes),
so it tests the points and the class, and says nothing of Ricci-flatness; where it is five errors off, a warning in its diagnostics says so
kappa        $V_g/V_\Omega$, the constant of $\det g = \kappa|\Omega|^2$.  A wrong one shows nowhere in the measures above, which are
relative to the mean: it multiplies eta by a constant
"""

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol, runtime_checkable

import numpy as np
import scipy

from certifield._arguments import fraction, of_kind, positive_float
from certifield.evidence import Certificate, Estimate, Exact, InputError, Share, wilson

from ..points import LocalGeometry, Points, integral, require_apart
from ..varieties import Singularity, Variety, smoothness, volume as exact_volume
from ._algebraic import AlgebraicMetric
from ._certificate import certify_kaehler
from ._curvature import CurvedMetric, scalar_curvature
from ._levi import determinant

_REPLICATES = 200  # of the bootstrap over draws, for what is no smooth function of means
_CHUNK = 4096
_SIGMAS = 4.9  # of a constant that is refused
_MEANINGS = {
    "sigma": "mean of |1 - eta|, eta = det g/|Omega|^2 over its mean",
    "l2": "root of the mean of (1 - eta)^2",
    "quantile": "|1 - eta| that a thousandth of X exceeds",
    "maximum": "largest |1 - eta| at these points",
    "ricci": "mean of |tr_g Ric| times V^(1/n)",
    "volume": "V = int det g, which says nothing of Ricci-flatness",
    "kappa": "V/V_Omega, the constant of det g = kappa |Omega|^2",
}
_OFF = 5  # errors of the volume, where they are well known, beyond which the metric is not one of its class


@runtime_checkable
class KaehlerMetric(Protocol):
    """Whatever gives g [N, n, n] in the charts of points, in a known class."""

    @property
    def variety(self) -> Variety:
        """What the metric is on."""
        ...

    @property
    def kaehler(self) -> tuple[Fraction, ...]:
        """The class t."""
        ...

    def metric(self, local: LocalGeometry) -> np.ndarray:
        """g [N, n, n]."""
        ...


@dataclass(frozen=True, eq=False)
class Quality:
    """The measures above; ``positive``: points where g is positive definite; ``certificate``: that it is so at every smooth point of X, or
    why there is none; ``singularity``: what is known of singular points.

    Where g is not positive at some point it is no metric: every measure but the volume is withheld (its error is infinite and its warning
    says why), since the Monge-Ampere equation can hold well there.
    """

    sigma: Estimate
    l2: Estimate
    quantile: Estimate
    maximum: Estimate
    ricci: Estimate | None
    volume: Estimate
    kappa: Estimate
    volume_expected: Exact
    positive: Share
    certificate: Certificate | None
    refusal: str
    singularity: Singularity | None = None

    @property
    def certified(self) -> bool:
        """Whether the metric is proved to be one at every smooth point."""
        return self.certificate is not None

    def __str__(self) -> str:
        measured = {name: getattr(self, name) for name in _MEANINGS}
        rows = [f"{name:<10}{estimate}  {_MEANINGS[name]}" for name, estimate in measured.items() if estimate is not None]
        rows.append(f"{'':<10}{self.volume_expected} expected of the volume")
        rows += [f"{'':<10}{warning}" for warning in self.volume.diagnostics.get("warnings", [])]  # type: ignore[union-attr]
        smooth = self.singularity is not None and self.singularity.singular is False
        proved = f"certified {'everywhere' if smooth else 'at every smooth point'}"
        rows.append(f"{'positive':<10}{self.positive}, {proved if self.certified else 'no certificate: ' + self.refusal}")
        rows += [f"{'variety':<10}{self.singularity}"] if self.singularity is not None else []
        return "\n".join(rows)


def quality(
    metric: KaehlerMetric,
    points: Points,
    fitted: Points | None = None,
    *,
    kappa: float | None = None,
    ricci: float = 1.0,
    certify: bool = True,
) -> Quality:
    r"""The quality of a metric on ``points``, with errors by draw, and what is known of singular points of its variety.

    ``fitted``: the points that it was fitted on; `InputError` where they share a draw.  ``kappa``: a constant that somebody has used in
    $\det g = \kappa|\Omega|^2$; `InputError` where it is not $V/V_\Omega$, as for $\int J^n$ in place of V.  ``ricci``: the share of the
    draws on which the curvature is measured, the costliest part (for networks of 3 x 64 neurons some ten milliseconds a point);
    ``certify``: whether to ask for a certificate of positivity, which takes n^3 products of whole numbers for n sections, and is for
    algebraic metrics alone.
    """
    if not isinstance(metric, KaehlerMetric):
        raise InputError("metric", metric, "a metric", "such as fubini_study(fermat(), [1])")
    of_kind("points", points, Points, "such as sample(metric.variety, draws=1000, seed=1)")
    if fitted is not None:
        require_apart(fitted, points)
    if not 0 <= fraction("ricci", ricci, "a share, from 0 to 1", "try ricci=0.2") <= 1:
        raise InputError("ricci", ricci, "a share, from 0 to 1", "try ricci=0.2")
    if not points.variety.same_as(metric.variety):
        raise InputError("points", repr(points.variety), f"of the variety of the metric, {metric.variety!r}", "sample metric.variety")
    det, good = _volume_form(metric, points)
    positive = wilson(int(good.sum()), len(det))
    certificate, refusal = None, f"not positive at {len(det) - int(good.sum())} of {len(det)} points"
    if good.all():
        refusal = "not asked for" if isinstance(metric, AlgebraicMetric) else "positive where it was looked at, and no proof for networks"
        if certify and isinstance(metric, AlgebraicMetric):
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
        "kappa": np.stack([w, w * ratio], axis=1),
    }
    measured = {
        name: integral(points, lambda _, name=name: features[name], statistic, f"{name}, by draw")
        for name, statistic in (("sigma", _sigma), ("l2", _l2), ("volume", lambda means: means[:, 0]), ("kappa", _kappa))
    }
    if kappa is not None:
        _require_kappa(kappa, measured["kappa"], metric)
    curved = _ricci(metric, points, w * ratio, ricci) if ricci and good.all() and isinstance(metric, CurvedMetric) else None
    sigma, l2, quantile, maximum = (
        one if good.all() else _withheld(one, refusal) for one in (measured["sigma"], measured["l2"], *_order_statistics(points, gap))
    )
    expected = exact_volume(metric.variety.configuration, metric.kaehler)
    v = _of_its_class(measured["volume"], expected)
    return Quality(
        sigma,
        l2,
        quantile,
        maximum,
        curved,
        v,
        measured["kappa"],
        expected,
        positive,
        certificate,
        refusal,
        smoothness(metric.variety, points.z),
    )


def _volume_form(metric: KaehlerMetric, points: Points) -> tuple[np.ndarray, np.ndarray]:
    """det g [N], of whatever sign, whose integral is the volume of the class in any case; and where g is positive definite."""
    determinants, good = [], []
    for start in range(0, len(points), _CHUNK):
        g = metric.metric(points.local[start : start + _CHUNK])
        determinants.append(np.linalg.det(g).real)
        good.append(np.isfinite(determinant(g)))
    return np.concatenate(determinants), np.concatenate(good)


def _of_its_class(measured: Estimate, expected: Exact) -> Estimate:
    """The volume, with a warning where it is not that of the class: by Stokes it would be for every closed form, defined everywhere."""
    off, error = abs(float(measured.mean) - float(expected.value)), float(measured.stderr)  # type: ignore[arg-type]
    # What chance gives as seldom where the error itself is known from few blocks (Student's t): two draws are no alarm.
    if off <= scipy.stats.t.isf(scipy.stats.norm.sf(_OFF), measured.blocks - 1) * error:
        return measured
    told = f"the volume is {off / error:.1f} errors from {expected}: the metric is not a closed form of its class on these points"
    mend = "inputs of a potential must be defined everywhere, as z_I conj(z_J)/|z|^2 are and coordinates of a chart are not; or sample anew"
    return replace(measured, diagnostics={"warnings": [f"{told}. Mend: {mend}"]})


def _kappa(means: np.ndarray) -> np.ndarray:
    return means[:, 1] / means[:, 0]


def _require_kappa(given: float, measured: Estimate, metric: KaehlerMetric) -> None:
    value, mean, error = positive_float("kappa", given, "it is V over V_Omega"), float(measured.mean), float(measured.stderr)
    if abs(value - mean) <= _SIGMAS * error:
        return
    n, t = metric.variety.dimension, float(metric.kaehler[0])
    known = {
        "int J^n was taken for V = int J^n/n!": math.factorial(n),
        "V was divided by n! twice": 1 / math.factorial(n),
        "V is that of the class with t = 1": t**-n,
    }
    reasons = [reason for reason, factor in known.items() if factor != 1 and abs(value / factor - mean) <= _SIGMAS * error]
    told = f"{value:.6g}, so that eta = det g/(kappa |Omega|^2) has the mean {mean / value:.6g}: {measured} was measured"
    raise InputError("kappa", told, "V/V_Omega", "; ".join(reasons) or "take volume(...) over omega_volume(points), of one Omega and class")


def _sigma(means: np.ndarray) -> np.ndarray:
    """E[w |1 - eta|]/E[w], eta being over the mean of the whole sample, and to first order how it varies with the mean: by E[w
    sign(1-eta) eta].
    """
    mean = means[:, 1] / means[:, 0]
    return (means[:, 2] + (mean - 1) * means[:, 3]) / means[:, 0]


def _l2(means: np.ndarray) -> np.ndarray:
    return np.sqrt(np.maximum(means[:, 2] * means[:, 0] / means[:, 1] ** 2 - 1, 0))


def _ricci(metric: CurvedMetric, points: Points, volume: np.ndarray, share: float) -> Estimate:
    if share < 1:
        some = points.draws < np.quantile(points.draws, share)
        points, volume = points[some], volume[some]
    scalar = np.concatenate([scalar_curvature(metric, points.local[start : start + _CHUNK]) for start in range(0, len(points), _CHUNK)])
    features = np.stack([volume, volume * np.abs(scalar)], axis=1)
    power = 1 / points.variety.dimension - 1
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
