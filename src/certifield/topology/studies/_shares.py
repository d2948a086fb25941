"""Shares and means over cases that stand for others of their kind, as estimates."""

from math import sqrt

import numpy as np

from certifield.evidence import Estimate


def difference_of_shares(first: int, second: int, trials: int, source: str) -> Estimate:
    r"""The difference of two shares of as many ``trials``, with one success and one failure added to each (Agresti and Caffo 2000).

    $\tilde p = (s + 1)/(n + 2)$ has an error bar that stays honest at 0 and 1; that the same cases were tried makes it wider than need be.
    """
    shares = [(successes + 1) / (trials + 2) for successes in (first, second)]
    error = sqrt(sum(share * (1 - share) for share in shares) / (trials + 2))
    return Estimate.from_stderr(shares[0] - shares[1], error, source=source, draws=trials, method="Agresti-Caffo")


def mean_of(values: np.ndarray, source: str, method: str) -> Estimate:
    """The mean of values of one for each case, two at least, with the standard error of their spread."""
    return Estimate.from_stderr(values.mean(), sqrt(values.var(ddof=1) / len(values)), source=source, draws=len(values), method=method)


def difference_of_means(first: np.ndarray, second: np.ndarray, source: str, method: str) -> Estimate:
    """The mean of one sample, two values at least, less that of another independent one, with the standard error of their spreads."""
    error = sqrt(sum(values.var(ddof=1) / len(values) for values in (first, second)))
    return Estimate.from_stderr(first.mean() - second.mean(), error, source=source, draws=len(first) + len(second), method=method)
