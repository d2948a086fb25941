"""The heavy-tail guard: when a Gaussian error bar would be a lie.

A standard error describes a sum of many comparable draws.  It is refused

* if one draw carries more than 1 % of the sum of absolute values;
* if the errors from the first and the second half of the draws differ by more than a factor 2 (more, where so few groups would do that
  by chance once in 10^4).

The tail index alpha (P(|f| > s) ~ s^(-alpha); alpha <= 2 means infinite variance) is Hill's estimate from the largest draws of the
groups, the upper quarter of them.  It is a diagnostic, not a criterion: a quartic in a Gaussian field, whose moments all exist, still
looks like alpha = 2 to 3 at the levels that 10^5 draws reach.
"""

import math
from collections.abc import Sequence

import numpy as np
from scipy.stats import f as f_distribution

from certifield.streams import BlockSums

SHARE = 0.01
RATIO = 2.0


def guard(groups: Sequence[BlockSums], columns: np.ndarray, value: np.ndarray, deviations: np.ndarray) -> tuple[np.ndarray, dict]:
    """Which entries are refused a Gaussian error bar [T], and the diagnostics that say why.

    ``columns`` [T]: the feature whose draws decide (the product of all fields of the entry, the heaviest of its sums); ``value`` [T] and
    ``deviations`` [groups, T]: of the jackknife.
    """
    entries = deviations.shape[1]
    if len(columns) == 0:
        return np.zeros(entries, dtype=bool), {}
    largest = np.stack([part.largest for part in groups])[:, columns]
    absolute = np.sum([part.absolute[columns] for part in groups], axis=0)
    share = np.divide(largest.max(axis=0), absolute, out=np.zeros(entries), where=absolute > 0)
    # Deviations at the level of rounding say nothing: an entry that all draws agree on has no error to compare.
    ratio, threshold = _half_sample_ratio(np.where(np.abs(deviations).max(axis=0) > 1e-14 * np.abs(value), deviations, 0.0))
    tail = _hill(largest)
    refused = (share > SHARE) | (ratio > threshold)
    diagnostics: dict[str, object] = {
        "largest_share": float(share.max()),
        "half_sample_ratio": float(ratio.max()),
        "tail_index": float(tail.min()),
    }
    nonfinite = sum(part.nonfinite for part in groups)
    if nonfinite:
        refused[:] = True
        diagnostics["nonfinite_draws"] = nonfinite
    if refused.any():
        diagnostics["warnings"] = _warnings(share, ratio, threshold, tail, refused, nonfinite)
    return refused, diagnostics


def _half_sample_ratio(deviations: np.ndarray) -> tuple[np.ndarray, float]:
    """Ratio (>= 1) of the errors from the two halves of the groups, and the ratio above which they disagree."""
    half = len(deviations) // 2
    first, second = (
        np.std(part, axis=0, ddof=1) if half > 1 else np.ones(deviations.shape[1]) for part in (deviations[:half], deviations[half:])
    )
    small, large = np.minimum(first, second), np.maximum(first, second)
    ratio = np.divide(large, small, out=np.where(large > 0, np.inf, 1.0), where=small > 0)
    if half < 2:
        return ratio, math.inf
    return ratio, max(RATIO, math.sqrt(f_distribution.isf(0.5e-4, half - 1, len(deviations) - half - 1)))


def _hill(largest: np.ndarray) -> np.ndarray:
    """Hill's tail index of each feature from the upper quarter of its group maxima [groups, T]; infinite where they are all equal."""
    descending = np.sort(np.log(np.maximum(largest, 1e-300)), axis=0)[::-1]
    quarter = max(1, len(descending) // 4)
    excess = (
        np.mean(descending[:quarter] - descending[quarter : quarter + 1], axis=0) if len(descending) > 1 else np.zeros(largest.shape[1])
    )
    return np.divide(1.0, excess, out=np.full(largest.shape[1], np.inf), where=excess > 0)


def _warnings(share: np.ndarray, ratio: np.ndarray, threshold: float, tail: np.ndarray, refused: np.ndarray, nonfinite: int) -> list[str]:
    said = []
    if nonfinite:
        said.append(f"{nonfinite} draws were not finite and are left out of the sums")
    if np.any(share > SHARE):
        said.append(
            f"one draw carries {share.max():.1%} of the sum (at most {SHARE:.0%}); the variance may be infinite "
            f"(tail index {tail[share.argmax()]:.2g}). Ask for more draws, or for cf.correlators.exact where a closed form exists"
        )
    if np.any(ratio > threshold):
        said.append(f"the two halves of the draws give errors apart by a factor {ratio.max():.3g} (at most {threshold:.2g})")
    if len(refused) > 1:
        said.append(f"{int(refused.sum())} of {len(refused)} entries are refused")
    return said
