r"""Axion-photon couplings in closed form, without an inverse of the kinetic matrix.

For $\mathcal L = -M_P^2K_{i\bar j}\partial\theta^i\partial\theta^j - \frac14\tau_QF^2 + \frac14\theta_QF\tilde F$ of a seven-brane on
$D = Q^iD_i$ with $K = -2\ln\mathcal V$, and all axions light,

.. math:: g\,M_P = \frac{\sqrt{\frac12Q_iK^{i\bar j}Q_j}}{\tau_Q} = \sqrt{2\Big(1 - \frac{\mathcal V\,\kappa_{QQk}t^k}{\tau_Q^2}\Big)},
   \qquad K^{i\bar j} = 4(\tau_i\tau_j - \mathcal VA_{ij}).

(J. Halverson, C. Long, B. Nelson, G. Salinas, arXiv:1909.05257.)  It does not change where t is multiplied by a number.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt
from typing import Any, NamedTuple

import numpy as np

from certifield._arguments import of_kind
from certifield.evidence import Exact, InputError

from ._threefold import Threefold

PLANCK_MASS = 2.435e18  # GeV, reduced
SOURCE = "arXiv:1909.05257"


class Couplings(NamedTuple):
    """``squares``: (g M_P)^2 of every prime divisor in fractions; ``values``: g M_P in floats, a bound on the rounding as radius."""

    squares: tuple[Fraction, ...]
    values: Exact


def couplings(threefold: Threefold, t: Sequence[Any]) -> Couplings:
    """The norm of the vector of couplings of all axions to the photon of a seven-brane, for each prime divisor as its host.

    Exact at ``t``, a point of the Kaehler cone in fractions or floats.
    Raises `InputError` outside of the cone, and where the kinetic matrix is not positive.

    >>> quintic = Threefold(np.array([[0, 0, 0, 5]]), np.array([[1]]), np.array([[1]]), "quintic")
    >>> couplings(quintic, [1]).squares
    (Fraction(2, 3),)
    """
    of_kind("threefold", threefold, Threefold, "such as tree_threefold(base, trees)")
    found = threefold.at(t)
    squares = tuple(2 * (1 - found.volume * square / tau**2) for tau, square in zip(found.divisors, found.squares, strict=True))
    if min(squares) <= 0:
        raise InputError("intersections", float(min(squares)), "of a positive kinetic matrix", "they belong to another basis than t")
    values = np.array([root(one) for one in squares])
    return Couplings(squares, Exact(values, "2 (1 - V kappa_QQk t^k / tau_Q^2) in fractions", SOURCE, radius=2.0**-51 * values))


def kinetic_inverse(threefold: Threefold, t: Sequence[Any]) -> np.ndarray:
    r"""$K^{i\bar j} = 4(\tau_i\tau_j - \mathcal VA_{ij})$ [N, N] in floats: no inversion, so that its condition does not matter."""
    of_kind("threefold", threefold, Threefold, "such as tree_threefold(base, trees)")
    threefold.whole_point(t)
    point = np.array([float(one) for one in t])
    a = threefold.matrix(point)
    tau = a @ point / 2
    return 4 * (np.outer(tau, tau) - float(tau @ point) / 3 * a.toarray())


def root(square: Fraction) -> float:
    """The square root of a fraction, to the last digit of a float or one beside it."""
    shift = max(0, 110 - (square.numerator.bit_length() - square.denominator.bit_length())) // 2 + 1
    return isqrt((square.numerator << (2 * shift)) // square.denominator) / (1 << shift)
