"""Shares of successes with intervals that stay honest at 0 and 1."""

from dataclasses import dataclass
from math import sqrt

from ._errors import InputError


@dataclass(frozen=True)
class Share:
    """``successes`` among ``trials``, with the interval [low, high] of Wilson."""

    successes: int
    trials: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share; 0 where nothing was tried, with the interval [0, 1]."""
        return self.successes / self.trials if self.trials else 0.0

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def wilson(successes: int, trials: int, *, sigmas: float = 1.959963984540054) -> Share:
    r"""The score interval: all p with $|\hat p-p|\le z\sqrt{p(1-p)/n}$ (Wilson 1927); 95 % by default.

    >>> print(wilson(60, 60))
    1.000 [0.940, 1.000]

    Raises `InputError` for counts that are not whole numbers with 0 <= successes <= trials, and for sigmas that are not positive.
    """
    if type(successes) is not int or type(trials) is not int or not 0 <= successes <= trials:
        raise InputError("successes", (successes, trials), "whole numbers, 0 <= successes <= trials", "count again")
    if isinstance(sigmas, bool) or not isinstance(sigmas, int | float) or not 0 < sigmas < 100:
        raise InputError("sigmas", sigmas, "a number between 0 and 100", "leave it out for 95 %")
    if trials == 0:
        return Share(0, 0, 0.0, 1.0)
    share, square = successes / trials, sigmas * sigmas / trials
    centre = (share + square / 2) / (1 + square)
    half = sqrt(share * (1 - share) * square + square * square / 4) / (1 + square)
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    return Share(successes, trials, low, 1.0 if successes == trials else min(1.0, centre + half))
