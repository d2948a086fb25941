r"""How many kinds have not been seen, from how often the others were.

Chao's estimator is a lower bound in the mean: kinds that are much rarer than the rarest seen leave no trace (A. Chao, Biometrics 43 (1987)
783; I. J. Good, Biometrika 40 (1953) 237).
"""

from collections.abc import Sequence

import numpy as np

from certifield.evidence import Estimate, InputError


def _tallies(times: Sequence[int]) -> tuple[int, int, int, int]:
    """Kinds, and those that were seen once and twice; sightings."""
    seen = np.asarray(times)
    if seen.ndim != 1 or seen.size == 0 or not np.issubdtype(seen.dtype, np.integer) or seen.min() < 1:
        raise InputError("times", times, "whole numbers from 1, one for each kind that was seen", "leave out kinds that were not seen")
    return len(seen), int(np.sum(seen == 1)), int(np.sum(seen == 2)), int(seen.sum())


def richness(times: Sequence[int], samples: int | None = None) -> Estimate:
    r"""The number of kinds, seen and unseen: $S + c\,\frac{f_1(f_1 - 1)}{2(f_2 + 1)}$ (Chao1 without bias).

    ``times``: in how many sightings each kind was seen; with ``samples``: in how many of so many samples, independent evolutions for
    instance, and c = (samples - 1)/samples instead of (n - 1)/n for n sightings (Chao2).  $f_i$ kinds were seen i times.
    The error is that of Chao's formula.  It bounds the true number from below in the mean.
    Raises `InputError` for numbers that are no tallies.
    """
    kinds, once, twice, sightings = _tallies(times)
    drawn = sightings if samples is None else samples
    if type(drawn) is not int or drawn < max(np.max(times), 1):
        raise InputError("samples", samples, f"a whole number from {int(np.max(times))}", "a kind is seen once in a sample at most")
    c = (drawn - 1) / drawn
    unseen = c * once * (once - 1) / (2 * (twice + 1))
    if twice:
        ratio = once / twice
        variance = twice * (c * ratio**2 / 2 + c**2 * ratio**3 + c**2 * ratio**4 / 4)
    else:
        variance = c * once * (once - 1) / 2 + c**2 * once * (2 * once - 1) ** 2 / 4 - c**2 * once**4 / (4 * max(kinds + unseen, 1))
    return Estimate.from_stderr(
        kinds + unseen, np.sqrt(max(variance, 0.0)), source="sightings", draws=drawn, method="Chao", bias="unknown"
    )  # fmt: skip


def coverage(times: Sequence[int]) -> Estimate:
    r"""The probability that a further sighting is of a kind that has been seen: $1 - f_1/n$ (Good, Turing).

    The variance is $(f_1 (1 - f_1/n) + 2 f_2)/n^2$ (W. W. Esty, Annals of Statistics 11 (1983) 905).
    Raises `InputError` for numbers that are no tallies.
    """
    _, once, twice, sightings = _tallies(times)
    variance = (once * (1 - once / sightings) + 2 * twice) / sightings**2
    return Estimate.from_stderr(
        1 - once / sightings, np.sqrt(variance), source="sightings", draws=sightings, method="Good-Turing", bias="unknown"
    )  # fmt: skip
