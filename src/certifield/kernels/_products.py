"""Moments at any width, exactly: deep networks at one input, whose output is a product of independent factors.

A layer of n neurons multiplies the conditional variance by R = (2/n) sum_i max(g_i, 0)^2 (ReLU, sigma_w^2 = 2) or R = (1/n) sum_i g_i^2
(linear, sigma_w^2 = 1), whatever the input; so E[z^(2k)] = (2k-1)!! K^k prod_l E[R_l^k].
Reference: arXiv:1909.05989 (Hanin and Nica); for the variances arXiv:2106.10165.
"""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

from certifield.evidence import Exact, InputError
from certifield.layers._layer import counts

_WORDS = "product of independent conditional variances"


def deep_relu_moment(widths: Sequence[int], order: int) -> Exact:
    """E[z^order]/K^(order/2) of a deep ReLU network without biases and with sigma_w^2 = 2 in all layers behind the first, at one input.

    ``widths``: of the hidden layers; K: the variance of the first preactivation, which all layers keep.  An exact fraction; order 4:
    3 prod_l (1 + 5/n_l).  Raises `InputError` for widths below 1 and orders that are not even.

    >>> deep_relu_moment([8, 6, 10], 4) * 4
    429/8 exactly
    """
    return _moment(widths, order, _relu_factor)


def deep_linear_moment(widths: Sequence[int], order: int) -> Exact:
    """E[z^order]/K^(order/2) of a deep linear network without biases and with sigma_w^2 = 1; order 4: 3 prod_l (1 + 2/n_l).

    Arguments and errors as `deep_relu_moment`.

    >>> deep_linear_moment([10], 4)
    18/5 exactly
    """
    return _moment(widths, order, _linear_factor)


def _moment(widths: Sequence[int], order: int, factor: Callable[[int, int], Fraction]) -> Exact:
    if isinstance(order, bool) or not isinstance(order, int) or order < 0 or order % 2:
        raise InputError("order", order, "an even whole number", "odd moments vanish; try order=4")
    k = order // 2
    gaussian = math.prod(range(2 * k - 1, 0, -2))
    product = math.prod((factor(width, k) for width in counts("widths", widths)), start=Fraction(1))
    return Exact(gaussian * product, _WORDS, "arXiv:1909.05989")


def _chi_squared(freedom: int, k: int) -> int:
    """E[(chi^2)^k] with ``freedom`` degrees of freedom."""
    return math.prod(freedom + 2 * j for j in range(k))


def _linear_factor(width: int, k: int) -> Fraction:
    return Fraction(_chi_squared(width, k), width**k)


def _relu_factor(width: int, k: int) -> Fraction:
    """m of the neurons are positive with probability binom(width, m)/2^width; falling powers of m have the means (width)_j/2^j."""
    # prod_j (m + 2j) in falling powers m(m-1)...: multiplying by m + 2j takes (m)_i to (m)_{i+1} + (i + 2j) (m)_i.
    falling = [1]
    for j in range(k):
        raised = [0, *falling]
        falling = [up + (i + 2 * j) * (falling[i] if i < len(falling) else 0) for i, up in enumerate(raised)]
    mean = sum((Fraction(c * math.perm(width, i), 2**i) for i, c in enumerate(falling)), start=Fraction(0))
    return mean * Fraction(2, width) ** k
