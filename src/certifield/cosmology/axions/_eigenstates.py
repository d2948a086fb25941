r"""Couplings of mass eigenstates where instantons on the prime divisors make the masses, for scales that lie far apart.

The potential is $\sum_D\Lambda_D^4\cos(2\pi Q_D\cdot\theta)$ with $\Lambda_D^4 = 8\pi\,\tau_D\,e^{-2\pi\tau_D}/\mathcal V^2$ in units
of $M_P$ (flux superpotential and prefactors of size 1).  Where the scales are far apart, the strongest instanton gives its combination of
axions a mass, the next what is orthogonal to it in the kinetic metric, and so on: with the Gram matrix
$G_{DE} = Q_DK^{-1}Q_E = LL^T$ in the order of falling scales,

.. math:: m_k^2 = 2\pi^2\Lambda_k^4L_{kk}^2/M_P^2,\qquad g_k\,M_P = L_{Dk}/(\sqrt2\,\tau_D)

for the photon of a seven-brane on D.  L is triangular: eigenstates lighter than the instanton on D itself do not couple to its photon.
(N. Gendler, D. J. E. Marsh, L. McAllister, J. Moritz, arXiv:2309.13145.)
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from scipy.linalg import solve_triangular

from certifield._arguments import of_kind
from certifield.evidence import Exact, PrecisionError

from ._couplings import PLANCK_MASS, SOURCE
from ._threefold import Threefold, Volumes

_LOG_EV = np.log10(PLANCK_MASS) + 9  # the Planck mass in eV
_HALF = 0.1  # size of the relative perturbation up to which the bound below holds


class Eigenstates(NamedTuple):
    """``order`` [N]: the prime divisors whose instantons give the masses, heaviest first; ``masses``: log10 of m in eV [N];
    ``couplings``: g M_P [prime divisors, N] of each eigenstate to the photon on each prime divisor; ``own`` [prime divisors]: how many
    eigenstates are as heavy as the instanton on the divisor itself, or heavier.
    """

    order: np.ndarray
    masses: Exact
    couplings: Exact
    own: np.ndarray


def mass_eigenstates(threefold: Threefold, t: Sequence[Any]) -> Eigenstates:
    """Masses and couplings of all N axions at a point of the Kaehler cone, to leading order in the ratios of scales.

    The radius bounds the error of the factorisation in floats, not of the leading order.
    Raises `InputError` as `couplings` does, and `PrecisionError` where floats do not carry the factorisation.
    """
    of_kind("threefold", threefold, Threefold, "such as tree_threefold(base, trees)")
    found = threefold.at(t)
    tau = np.array([float(one) for one in found.divisors])
    scales = np.log10(8 * np.pi * tau) - 2 * np.pi * tau / np.log(10) - 2 * np.log10(float(found.volume))
    falling = np.argsort(-scales, kind="stable")
    order = falling[_independent(threefold.divisors[falling].toarray())]
    gram, size = _gram(threefold, t, found)
    lower, error = _factor(gram[np.ix_(order, order)])
    rows = solve_triangular(lower, gram[order], lower=True).T
    rows[order] = lower
    ratio = size / (np.sqrt(2) * tau)
    values = ratio[:, None] * rows
    place = np.empty(len(tau), int)
    place[falling] = np.arange(len(tau))
    own = np.searchsorted(place[order], place, side="right")
    lighter = np.arange(len(order))[None, :] >= own[:, None]
    values[lighter] = 0  # the classes of the rest depend on those before them, in whole numbers
    masses = (scales[order] + 2 * np.log10(np.diag(lower) * size[order]) + np.log10(2 * np.pi**2)) / 2 + _LOG_EV
    bound = np.where(lighter, 0.0, error * np.linalg.norm(values, axis=1, keepdims=True))
    slack = 1e-13 * np.abs(masses) + error
    return Eigenstates(
        order,
        Exact(masses, "hierarchical instantons of size 1", "arXiv:2309.13145", radius=slack),
        Exact(values, "a row of the triangular factor", SOURCE, radius=bound),
        own,
    )


def _gram(threefold: Threefold, t: Sequence[Any], found: Volumes) -> tuple[np.ndarray, np.ndarray]:
    r"""$G_{DE} = 4(\tau_D\tau_E - \mathcal V\kappa_{DEk}t^k)$ over the roots of its diagonal, and these roots.

    The two terms cancel in up to seven digits: the difference is taken in whole numbers, so that every entry is right to a few units of
    its last digit.
    """
    whole, scale = threefold.whole_point(t)
    double = np.array([int(2 * scale**2 * one) for one in found.divisors], object)  # whole: tau is half a cubic form of whole numbers
    six = int(6 * scale**3 * found.volume)
    numerators = 3 * np.outer(double, double) - 2 * six * threefold.products(whole)  # over 3 scale^4
    largest = max(numerators.diagonal())
    entries = np.array([[one / largest for one in row] for row in numerators.tolist()])  # of integers, rounded once
    root = np.sqrt(entries.diagonal())
    return entries / np.outer(root, root), root * np.sqrt(float(Fraction(largest, 3 * scale**4)))


def _independent(rows: np.ndarray) -> list[int]:
    """The first rows that are independent of those before them, modulo a large prime: equal to the rank over the fractions."""
    prime, held, kept = 2_147_483_629, np.zeros((0, rows.shape[1]), np.int64), []
    pivots: list[int] = []
    for number, row in enumerate(rows % prime):
        for pivot, one in zip(pivots, held, strict=True):
            if row[pivot]:
                row = (row - row[pivot] * one) % prime
        place = np.flatnonzero(row)
        if len(place):
            pivot = int(place[0])
            row = row * pow(int(row[pivot]), -1, prime) % prime
            held, pivots, kept = np.vstack([held, row]), [*pivots, pivot], [*kept, number]
        if len(kept) == rows.shape[1]:
            break
    return kept


def _factor(gram: np.ndarray) -> tuple[np.ndarray, float]:
    """The triangular factor of a matrix of unit diagonal, and a bound on the relative change of its rows by rounding.

    The entries of G are right to a few units of their last digit.  Of G = L L^T + E the exact factor is L chol(1 + F),
    F = L^-1 E L^-T; where F is small, each row changes by at most its norm times |F|.
    """
    try:
        lower = np.linalg.cholesky(gram)
    except np.linalg.LinAlgError:
        raise PrecisionError(f"the kinetic matrix of {len(gram)} axions is too close to singular for floats") from None
    unit = (len(gram) + 4) * 2.0**-53
    error = np.abs(gram - lower @ lower.T) + 8 * unit * (np.abs(lower) @ np.abs(lower.T) + 1)
    inverse = np.abs(solve_triangular(lower, np.eye(len(gram)), lower=True))
    change = float(np.linalg.norm(inverse @ error @ inverse.T))
    if change > _HALF:
        raise PrecisionError(f"floats leave the factor of {len(gram)} axions unknown by {change:.2g} of its rows")
    return lower, 1.5 * change
