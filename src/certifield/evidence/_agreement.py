"""The comparison of two values: how many standard errors apart, and how likely that is by chance."""

import math
from dataclasses import dataclass

import numpy as np

from ._checked import bound
from ._errors import InputError
from ._estimate import Estimate
from ._exact import Exact
from ._operators import operate
from ._printing import format_array
from ._propagation import as_quantity
from ._student import hotelling, two_sided


@dataclass(frozen=True, eq=False, repr=False)
class Agreement:
    """The record of a comparison; arrays for arrays.

    ``pull``: difference in standard errors, after the radius of exact values and bounded biases are taken off it;
    ``p_value``: two-sided, Student's t with blocks - 1 degrees of freedom; ``decisive``: false where an error is refused, so that
    nothing was compared (pull 0, p-value 1); ``agrees``: decisive, and ``p_value`` not below that of ``sigmas`` Gaussian standard
    errors.  For a vector also ``chi2`` = $d^T C^{-1} d$ over the ``dof`` directions that have an error, by the joint covariance,
    and ``p_joint`` by Hotelling's law, None when there are too few blocks for that many directions.
    """

    pull: float | np.ndarray
    p_value: float | np.ndarray
    agrees: bool | np.ndarray
    sigmas: float
    decisive: bool | np.ndarray
    chi2: float | None = None
    dof: int | None = None
    p_joint: float | None = None

    def __bool__(self) -> bool:
        raise InputError("agreement", str(self), "read field by field", "read .agrees (and .decisive)")

    def __repr__(self) -> str:
        pulls, p_values, agrees, decisive = (np.ravel(field).tolist() for field in (self.pull, self.p_value, self.agrees, self.decisive))
        texts = [
            f"pull {pull:+.2f} (p = {p_value:.2g}, {'agrees' if agreed else 'disagrees'})" if decided else "undecided"
            for pull, p_value, agreed, decided in zip(pulls, p_values, agrees, decisive, strict=True)
        ]
        joint = "" if self.p_joint is None else f"  [chi2 {self.chi2:.4g} for {self.dof}, p = {self.p_joint:.2g}]"
        return format_array(texts, np.shape(self.pull)) + joint


def compare(left: object, right: object, *, sigmas: float = 4.89, independent: bool = False) -> Agreement:
    """The agreement of two results; ``independent`` as for `propagate`."""
    if not 0 < sigmas < math.inf:
        raise InputError("sigmas", sigmas, "a positive number of standard errors", "try sigmas=4.89, one chance in a million")
    first, second = as_quantity(left), as_quantity(right)
    if first is None or second is None:
        raise InputError("other", right, "a result or a number", "pass an Exact, an Estimate or a number")
    if isinstance(first, Exact) and isinstance(second, Exact):
        gap = first - second
        return _agreement_of_exact(np.asarray(gap.value), np.asarray(gap.radius), sigmas)
    difference = operate("subtract", first, second, independent=independent)
    slack = np.broadcast_to(_slack(first) + _slack(second), difference.shape)
    if np.iscomplexobj(difference.mean):
        return _agreement_of_complex(difference, slack, sigmas)
    return _agreement_of_real(difference, slack, sigmas)


def _slack(quantity: Exact | Estimate) -> np.ndarray:
    """How far the value may be off for reasons that are not statistical."""
    known = np.asarray(quantity.radius) if isinstance(quantity, Exact) else np.asarray(bound(quantity.bias))
    return np.where(np.isnan(known), 0.0, known)


def _agreement_of_exact(difference: np.ndarray, radius: np.ndarray, sigmas: float) -> Agreement:
    agrees = np.abs(difference) <= radius
    direction = np.where(np.real(difference) < 0, -1.0, 1.0)
    return _record(np.where(agrees, 0.0, np.inf * direction), agrees.astype(float), agrees, sigmas, np.ones(agrees.shape, dtype=bool))


def _agreement_of_real(difference: Estimate, slack: np.ndarray, sigmas: float) -> Agreement:
    decisive = ~difference.refused
    shift, error = _reduced(difference, slack), difference.nominal_stderr
    pull = np.where(error > 0, shift / np.where(error > 0, error, 1), np.where(shift == 0, 0.0, np.copysign(np.inf, shift)))
    p_value = np.where(decisive, two_sided(pull, difference.degrees_of_freedom or 1), 1.0)
    joint = _joint(difference, shift, slack) if difference.shape else (None, None, None)
    return _record(pull, p_value, decisive & (p_value >= _threshold(sigmas)), sigmas, decisive, *joint)


def _agreement_of_complex(difference: Estimate, slack: np.ndarray, sigmas: float) -> Agreement:
    """Real and imaginary parts are compared separately; the worse counts, its p-value doubled (Bonferroni)."""
    joint = _agreement_of_real(_parts(difference), np.stack([slack, slack]), sigmas)
    worse = np.argmax(np.abs(joint.pull), axis=0)
    pull = np.take_along_axis(np.asarray(joint.pull), worse[None], axis=0)[0]
    p_value = np.minimum(1.0, 2 * np.min(joint.p_value, axis=0))
    decisive = ~difference.refused
    agrees = decisive & (p_value >= _threshold(sigmas))
    return _record(pull, p_value, agrees, sigmas, decisive, joint.chi2, joint.dof, joint.p_joint)


def _parts(estimate: Estimate) -> Estimate:
    deviations = {source: np.stack([np.real(given), np.imag(given)], axis=1) for source, given in estimate.deviations.items()}
    mean, refused = np.stack([np.real(estimate.mean), np.imag(estimate.mean)]), np.stack([estimate.refused] * 2)
    return Estimate(mean, deviations, estimate.draws, estimate.blocks, None, estimate.method, estimate.precision, refused=refused)


def _threshold(sigmas: float) -> float:
    return float(two_sided(np.asarray(sigmas), math.inf))


def _reduced(difference: Estimate, slack: np.ndarray) -> np.ndarray:
    """The difference moved towards zero by the slack; zero where nothing can be said."""
    mean = np.where(difference.refused, 0.0, difference.mean)
    return np.copysign(np.maximum(np.abs(mean) - slack, 0.0), mean)


def _joint(difference: Estimate, shift: np.ndarray, slack: np.ndarray) -> tuple[float | None, int | None, float | None]:
    error = difference.nominal_stderr.ravel()
    kept = (error > 0) & ~difference.refused.ravel()
    if np.any((error == 0) & (shift.ravel() != 0)):
        return math.inf, int(np.sum(kept)), 0.0
    freedom = difference.degrees_of_freedom
    if not np.any(kept) or 2 * np.sum(kept) > freedom:
        return None, None, None  # so many entries nearly span the replicates: their joint covariance was hardly measured
    scaled = shift.ravel()[kept] / error[kept]
    values, vectors = np.linalg.eigh(difference.correlation[np.ix_(kept, kept)])
    seen = values > 1e-10 * values[-1]
    dimension = int(np.sum(seen))
    components = vectors.T @ scaled
    # A difference where the covariance allows none is a contradiction, unless rounding or the slack can make it.
    if np.linalg.norm(components[~seen]) > 1e-4 + np.linalg.norm(slack.ravel()[kept] / error[kept]):
        return math.inf, dimension, 0.0
    squared = float(np.sum(components[seen] ** 2 / values[seen]))
    return squared, dimension, hotelling(squared, dimension, freedom)


def _record(pull, p_value, agrees, sigmas, decisive, chi2=None, dof=None, p_joint=None) -> Agreement:
    plain = [field.item() if np.ndim(field) == 0 else field for field in map(np.asarray, (pull, p_value, agrees, decisive))]
    return Agreement(plain[0], plain[1], plain[2], sigmas, plain[3], chi2, dof, p_joint)
