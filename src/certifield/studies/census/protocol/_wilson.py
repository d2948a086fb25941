r"""Wilson's interval for a share: the p with $|k/n - p| \le z \sqrt{p(1-p)/n}$ (E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209)."""

import math

from certifield.evidence import InputError


def wilson(successes: int, trials: int, sigmas: float = 1.959964) -> tuple[float, float]:
    """The two ends of the interval, (0, 1) without trials; ``sigmas`` = 1.96 stands for 95 percent.

    >>> [round(end, 4) for end in wilson(8, 10)]
    [0.4902, 0.9433]
    """
    if not 0 <= successes <= trials:
        raise InputError("successes", successes, f"between 0 and the trials, {trials}", "count both in the same items")
    if not trials:
        return 0.0, 1.0
    share, square = successes / trials, sigmas**2
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    reach = sigmas / (1 + square / trials) * math.sqrt(share * (1 - share) / trials + square / (4 * trials**2))
    # Without rounding the ends at shares 0 and 1 are 0 and 1 themselves.
    return (middle - reach if successes else 0.0), (middle + reach if successes < trials else 1.0)
