"""The comparison of two values: how many standard errors apart, and how likely that is by chance."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

import numpy as np

from ._deviations import correlation, covariance, split, standard_error
from ._errors import InputError
from ._printing import format_array

SMALL = 1e-3  # a radius about 0 by which something is known


@dataclass(frozen=True, eq=False, repr=False)
class Agreement:
    """The record of a comparison; arrays for arrays.

    ``pull``: difference in standard errors, after the radius of exact values and bounded biases are taken off it;
    ``p_value``: two-sided, Student's t with blocks - 1 degrees of freedom; ``decisive``: false where an error is refused, or where a
    radius is larger than both values, so that nothing was compared (pull 0, p-value 1); ``agrees``: decisive, and ``p_value`` not
    below that of ``sigmas`` Gaussian standard errors.  For a vector also ``chi2`` = $d^T C^{-1} d$ over the ``dof`` directions that
    have an error, by the joint covariance, and ``p_joint`` by Hotelling's law, None when there are too few blocks for that many.
    """

    pull: float | np.ndarray
    p_value: float | np.ndarray
    agrees: bool | np.ndarray
    sigmas: float
    decisive: bool | np.ndarray
    chi2: float | None = None
    dof: int | None = None
    p_joint: float | None = None

    def reversed(self) -> "Agreement":
        """The same comparison from the other side: the pull with the other sign."""
        return replace(self, pull=0.0 - self.pull)

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


@runtime_checkable
class Comparable(Protocol):
    """A result that can be held against another one."""

    def agrees_with(self, other: Any, *, sigmas: float = 4.89, independent: bool = False) -> Agreement: ...


def not_comparable(other: object) -> InputError:
    """The error for what no result can be held against."""
    return InputError("other", other, "a result or a number", "pass an Exact, an Estimate or a number")


def agreement_of_exact(difference: np.ndarray, radius: np.ndarray, size: np.ndarray, sigmas: float) -> Agreement:
    """The agreement of two exact values by their difference and its radius: certain in both directions.

    Where the radius holds the difference, and is larger than the values themselves (``size``, the larger of the two), no digit is known
    that could agree.  What is held against 0 has no size of its own: there a radius of a thousandth is small enough.
    """
    _require_sigmas(sigmas)
    within = np.frompyfunc(lambda gap, room: abs(gap) <= room, 2, 1)  # among Python's numbers, whose integers never wrap around
    inside = np.asarray(within(difference, radius), dtype=bool)
    known = np.frompyfunc(lambda room, size: room <= max(size, SMALL), 2, 1)
    decisive = ~inside | np.asarray(known(radius, size), dtype=bool)
    direction = np.where(np.real(difference) < 0, -1.0, 1.0)
    return _record(np.where(inside, 0.0, np.inf * direction), inside.astype(float), inside & decisive, sigmas, decisive)


@dataclass(frozen=True)
class Difference:
    """The difference of two results, of which one is an estimate: its mean, error and degrees of freedom.

    ``slack``: how far each entry may be off zero for reasons that are not statistical.
    """

    mean: np.ndarray
    deviations: Mapping[str, np.ndarray]
    refused: np.ndarray
    degrees_of_freedom: float
    slack: np.ndarray

    def agreement(self, sigmas: float) -> Agreement:
        """The agreement of the two results; of complex ones by their real and imaginary parts."""
        _require_sigmas(sigmas)
        return self._of_complex(sigmas) if np.iscomplexobj(self.mean) else self._of_real(sigmas)

    def _of_real(self, sigmas: float) -> Agreement:
        decisive = ~self.refused
        shift, error = self._shift(), standard_error(self.deviations, self.mean.shape)
        pull = np.where(error > 0, shift / np.where(error > 0, error, 1), np.where(shift == 0, 0.0, np.copysign(np.inf, shift)))
        p_value = np.where(decisive, two_sided(pull, self.degrees_of_freedom or 1), 1.0)
        joint = self._joint(shift.ravel(), error.ravel()) if self.mean.shape else (None, None, None)
        return _record(pull, p_value, decisive & (p_value >= _threshold(sigmas)), sigmas, decisive, *joint)

    def _of_complex(self, sigmas: float) -> Agreement:
        """Real and imaginary parts are compared separately; the worse counts, its p-value doubled (Bonferroni)."""
        both = np.stack([np.real(self.mean), np.imag(self.mean)])
        refused, slack = np.stack([self.refused] * 2), np.stack([self.slack] * 2)
        joint = Difference(both, split(self.deviations), refused, self.degrees_of_freedom, slack)._of_real(sigmas)
        worse = np.argmax(np.abs(joint.pull), axis=0)
        pull = np.take_along_axis(np.asarray(joint.pull), worse[None], axis=0)[0]
        p_value = np.minimum(1.0, 2 * np.min(joint.p_value, axis=0))
        agrees = ~self.refused & (p_value >= _threshold(sigmas))
        return _record(pull, p_value, agrees, sigmas, ~self.refused, joint.chi2, joint.dof, joint.p_joint)

    def _shift(self) -> np.ndarray:
        """The difference moved towards zero by the slack; zero where nothing can be said."""
        mean = np.where(self.refused, 0.0, self.mean)
        return np.copysign(np.maximum(np.abs(mean) - self.slack, 0.0), mean)

    def _joint(self, shift: np.ndarray, error: np.ndarray) -> tuple[float | None, int | None, float | None]:
        kept = (error > 0) & ~self.refused.ravel()
        if np.any((error == 0) & (shift != 0)):
            return math.inf, int(np.sum(kept)), 0.0
        freedom = self.degrees_of_freedom
        if not np.any(kept) or 2 * np.sum(kept) > freedom:
            return None, None, None  # so many entries nearly span the replicates: their joint covariance was hardly measured
        scaled = shift[kept] / error[kept]
        correlations = correlation(covariance(self.deviations, self.refused, self.mean.dtype))
        values, vectors = np.linalg.eigh(correlations[np.ix_(kept, kept)])
        seen = values > 1e-10 * values[-1]
        dimension = int(np.sum(seen))
        components = vectors.T @ scaled
        # A difference where the covariance allows none is a contradiction, unless rounding or the slack can make it.
        if np.linalg.norm(components[~seen]) > 1e-4 + np.linalg.norm(self.slack.ravel()[kept] / error[kept]):
            return math.inf, dimension, 0.0
        squared = float(np.sum(components[seen] ** 2 / values[seen]))
        return squared, dimension, hotelling(squared, dimension, freedom)


def _require_sigmas(sigmas: float) -> None:
    if not 0 < sigmas < math.inf:
        raise InputError("sigmas", sigmas, "a positive number of standard errors", "try sigmas=4.89, one chance in a million")


def _threshold(sigmas: float) -> float:
    return float(two_sided(np.asarray(sigmas), math.inf))


def _record(pull, p_value, agrees, sigmas, decisive, chi2=None, dof=None, p_joint=None) -> Agreement:
    plain = [field.item() if np.ndim(field) == 0 else field for field in map(np.asarray, (pull, p_value, agrees, decisive))]
    return Agreement(plain[0], plain[1], plain[2], sigmas, plain[3], chi2, dof, p_joint)


# Tail probabilities.  scipy is imported where it is used: importing this is free.


def two_sided(pull: np.ndarray, degrees_of_freedom: float) -> np.ndarray:
    """The chance of a t beyond ``|pull|`` on either side; Gaussian for infinitely many degrees of freedom."""
    from scipy.special import ndtr, stdtr

    tail = -np.abs(pull)
    return 2 * (ndtr(tail) if math.isinf(degrees_of_freedom) else stdtr(degrees_of_freedom, tail))


def quantile(level: float, degrees_of_freedom: float) -> float:
    """The t such that ``|T| < t`` with probability ``level``."""
    from scipy.special import ndtri, stdtrit

    upper = (1 + level) / 2
    return float(ndtri(upper) if math.isinf(degrees_of_freedom) else stdtrit(degrees_of_freedom, upper))


def hotelling(squared: float, dimension: int, degrees_of_freedom: float) -> float:
    r"""The chance of a larger $T^2 = d^T C^{-1} d$ when C was estimated with nu degrees of freedom.

    $T^2 (\nu - p + 1)/(\nu p)$ follows F(p, nu - p + 1); chi-squared with p degrees of freedom when C is known.
    """
    from scipy.special import chdtrc, fdtrc

    if math.isinf(degrees_of_freedom) or math.isinf(squared):
        return float(chdtrc(dimension, squared))
    remaining = degrees_of_freedom - dimension + 1
    return float(fdtrc(dimension, remaining, squared * remaining / (degrees_of_freedom * dimension)))
