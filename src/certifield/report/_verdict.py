"""Whether chance explains the largest pull of a study.

Entries of one row share their draws, so that neither their number beyond two standard errors nor their rms has a simple law.  The
largest pull has a bound that holds under any correlation (Bonferroni): among n comparisons, a pull that one alone exceeds with
probability `LEVEL`/n is exceeded by any with at most `LEVEL`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ._measured import Measured

LEVEL = 0.01  # of honest studies, how many may be called contradicted


@dataclass(frozen=True, eq=False)
class Verdict:
    """The least probable pull among ``rows``: its size ``largest`` in row ``worst``, and the ``threshold`` that it is held against."""

    worst: Measured
    largest: float
    threshold: float

    @property
    def contradicted(self) -> bool:
        """Whether chance does not explain the pull."""
        return self.largest > self.threshold


def verdict(rows: Iterable[Measured], comparisons: int) -> Verdict | None:
    """The verdict on ``rows`` in a study of so many ``comparisons``; None where nothing can be compared."""
    found = []
    for row in rows:
        estimate, sizes = row.row.estimate, np.abs(row.pulls[np.isfinite(row.pulls)])
        if estimate is not None and sizes.size:
            found.append(Verdict(row, float(sizes.max()), threshold(comparisons, estimate.blocks)))
    return max(found, key=lambda one: one.largest / one.threshold, default=None)


def threshold(comparisons: int, blocks: int) -> float:
    """The size that the largest of so many pulls exceeds with probability `LEVEL` at most.

    Pulls follow Student's law with ``blocks`` - 1 degrees of freedom, the normal law where the error bar is not from blocks.
    """
    from scipy.special import ndtri, stdtrit

    tail = LEVEL / (2 * max(comparisons, 1))
    return -float(stdtrit(blocks - 1, tail) if blocks > 1 else ndtri(tail))


def distinct(rows: Sequence[Measured]) -> list[Measured]:
    """Rows with pulls of their own: the widths of one neuron quantity are the same draws rescaled, and count once."""
    return list(reversed({(row.row.quantity, row.row.order): row for row in reversed(rows)}.values()))


def comparisons(rows: Sequence[Measured]) -> int:
    """How many estimates of a study are compared with a closed form."""
    return sum(int(np.isfinite(row.pulls).sum()) for row in distinct(rows))
