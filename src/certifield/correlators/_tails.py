"""The heavy-tail guard: when a Gaussian error bar would be a lie.

A standard error describes a sum of many comparable draws.  It is refused

* if one draw carries more than 1 % of the sum of absolute values;
* if the errors from the first and the second half of the draws differ by more than a factor 2 (more, where so few groups would do that
  by chance once in 10^4).

The tail index alpha (P(|f| > s) ~ s^(-alpha)) is read off the largest draws of the groups: for a power law the logarithms of maxima have
standard deviation pi / (alpha sqrt 6) (Gumbel).  alpha < 2 means infinite variance.
"""

import math
from collections.abc import Sequence

import numpy as np
from scipy.stats import f as f_distribution

from certifield.streams import BlockSums

SHARE = 0.01
RATIO = 2.0


def guard(groups: Sequence[BlockSums], columns: np.ndarray, deviations: np.ndarray) -> tuple[np.ndarray, dict]:
    """Which entries are refused a Gaussian error bar [T], and the diagnostics that say why.

    ``columns`` [T]: the feature whose draws decide (the full product); ``deviations`` [groups, T]: of the jackknife.
    """
    entries = deviations.shape[1]
    if len(columns) == 0:
        return np.zeros(entries, dtype=bool), {}
    largest = np.stack([part.largest for part in groups])[:, columns]
    absolute = np.sum([part.absolute[columns] for part in groups], axis=0)
    share = np.divide(largest.max(axis=0), absolute, out=np.zeros(entries), where=absolute > 0)
    ratio, threshold = _half_sample_ratio(deviations)
    # Where all groups have the same maximum (bounded features) the tail index is infinite.
    spread = np.std(np.log(np.maximum(largest, 1e-300)), axis=0, ddof=1)
    tail = np.divide(math.pi / math.sqrt(6), spread, out=np.full(entries, np.inf), where=spread > 0)
    refused = (share > SHARE) | (ratio > threshold)
    diagnostics = {"largest_share": float(share.max()), "half_sample_ratio": float(ratio.max()), "tail_index": float(tail.min())}
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


def _warnings(share: np.ndarray, ratio: np.ndarray, threshold: float, tail: np.ndarray, refused: np.ndarray, nonfinite: int) -> list[str]:
    said = []
    if nonfinite:
        said.append(f"error bar refused: {nonfinite} draws were not finite and are left out of the sums")
    if np.any(share > SHARE):
        said.append(
            f"error bar refused: one draw carries {share.max():.1%} of the sum (at most {SHARE:.0%}); the variance may be infinite "
            f"(tail index {tail[share.argmax()]:.2g}). Ask for more draws, or use the exact value"
        )
    if np.any(ratio > threshold):
        said.append(
            f"error bar refused: the two halves of the draws give errors apart by a factor {ratio.max():.3g} (at most {threshold:.2g})"
        )
    if len(refused) > 1:
        said.append(f"{int(refused.sum())} of {len(refused)} entries are refused")
    return said
