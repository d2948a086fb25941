"""Tail probabilities of Student's t and of Hotelling's T squared (scipy is imported where it is used: importing this is free)."""

import math

import numpy as np


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
