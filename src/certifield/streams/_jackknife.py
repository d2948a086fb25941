"""Delete-one-group jackknife for groups of unequal size.

With group sizes m_j, n = sum m_j and h_j = n/m_j, the pseudo-values are t_j = h_j t - (h_j - 1) t_(j), where t_(j) is
the statistic without group j.  The covariance is (1/g) sum_j (t_j - T)(t_j - T)^T / (h_j - 1), T = sum_j t_j / h_j the mean of the t_j
weighted by size; for equal groups this is the textbook (g-1)/g sum_j (t_(j) - mean)(t_(j) - mean)^T.  For a sample mean of independent
draws it is unbiased whatever the sizes.  Reference: Busing, Meijer, van der Leeden, Stat. Comput. 9 (1999) 3.
"""

from collections.abc import Callable, Sequence

import numpy as np

from certifield.evidence import InputError

from ._sums import BlockSums

Statistic = Callable[[np.ndarray, np.ndarray], np.ndarray]


def jackknife(groups: Sequence[BlockSums], statistic: Statistic) -> tuple[np.ndarray, np.ndarray]:
    """The statistic on all draws, and deviations ``D`` of shape [groups, *shape] with covariance ``D^T D``.

    A group without draws (all of its draws were not finite) knows nothing, and is left out of ``D``.

    ``statistic(sums, count)`` maps sums of shape [k, features] and counts of shape [k] to values [k, *shape]; it is called once
    with all the leave-one-out sums, so that it can share its work between them.
    Raises `InputError` for fewer than two groups.
    """
    groups = [part for part in groups if part.count]
    if len(groups) < 2:
        raise InputError("groups", len(groups), "two groups of finite draws or more", "ask for more draws, or for smaller blocks")
    sums = np.stack([part.sums for part in groups])
    counts = np.array([part.count for part in groups], dtype=float)
    total, n = sums.sum(axis=0), counts.sum()
    value = statistic(total[None], np.array([n]))[0]
    ratio = (n / counts).reshape((-1,) + (1,) * np.ndim(value))
    with np.errstate(invalid="ignore"):  # sums that overflowed give NaN, which is an answer
        without = statistic(total[None] - sums, n - counts)
        pseudo = ratio * value - (ratio - 1) * without
    centre = np.sum(pseudo / ratio, axis=0)
    return value, (pseudo - centre) / np.sqrt(len(groups) * (ratio - 1))
