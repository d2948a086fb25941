"""How many vacua: published counts as logarithms, and the number of fluxes on a fourfold between two bounds."""

import math
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import gammaln

from certifield._arguments import whole
from certifield.evidence import Exact, InputError


class Count(NamedTuple):
    """A published number of something, as its decimal logarithm; such numbers are never written out."""

    log10: float
    of: str
    source: str


COUNTS = (
    Count(500.0, "flux vacua on a typical Calabi-Yau threefold", "M. R. Douglas, arXiv:hep-th/0303194"),
    Count(272_000.0, "flux vacua on the elliptic fourfold with the largest fourth Betti number", "W. Taylor, Y.-N. Wang, arXiv:1511.03209"),
    Count(math.log10(2.96) + 755, "toric bases of F-theory from trees of blow-ups", "J. Halverson, C. Long, B. Sung, arXiv:1706.02299"),
    Count(15.0, "F-theory models with the exact chiral spectrum of the Standard Model", "M. Cvetic et al., arXiv:1903.00009"),
)


def lattice_points(dim: int, square: int) -> Exact:
    """log10 of the number of integer vectors v in Z^dim with v^2 <= ``square``, as the middle of two bounds and half their distance.

    Above: N <= e^(sR) theta_3(e^-s)^dim for every s > 0, taken at its least.  Below: the vectors with n_k entries +-k, sum k^2 n_k <= R,
    dim!/prod n_k! 2^(dim - n_0) of them for one choice of the n_k near the saddle.  The volume of a ball, which counts well in low
    dimension, is far off where R < dim: most entries are then zero.
    Raises `InputError` for a dimension below 1 or a negative square.
    """
    whole("dim", dim, 1)
    whole("square", square, 0)
    if square == 0:
        return Exact(0.0, "the zero vector alone")
    k = np.arange(1, math.isqrt(square) + 2, dtype=float)

    def logarithm(t: float) -> float:
        """ln of the bound above at s = e^t."""
        return math.exp(t) * square + dim * math.log1p(2 * float(np.exp(-math.exp(t) * k**2).sum()))

    best: Any = minimize_scalar(logarithm, bounds=(-math.log(square + 1.0) - 2, math.log(60.0)), method="bounded", options={"xatol": 1e-10})
    above, s = float(best.fun), math.exp(float(best.x))
    weights = 2 * np.exp(-s * k**2) / (1 + 2 * float(np.exp(-s * k**2).sum()))
    counts = np.floor(dim * weights)
    left = square - int((counts * k**2).sum())
    while left < 0:  # the floor of the saddle can be above the sphere by rounding alone
        last = int(np.flatnonzero(counts)[-1])
        counts[last] -= 1
        left += int(k[last] ** 2)
    counts[0] += min(left, dim - int(counts.sum()))
    zeros = dim - counts.sum()
    below = float(gammaln(dim + 1) - gammaln(zeros + 1) - gammaln(counts + 1).sum() + counts.sum() * math.log(2))
    rounding = 1e-13 * (abs(above) + float(gammaln(dim + 1)))
    middle, half = (above + below) / 2 / math.log(10), ((above - below) / 2 + rounding) / math.log(10)
    return Exact(middle, "between the theta function and one multinomial term", radius=abs(half))


class Fourfold(NamedTuple):
    """The numbers of a Calabi-Yau fourfold that count its fluxes, from h11, h21 and h31."""

    euler: int
    betti: int
    fluxes: Exact


def fourfold_fluxes(h11: int, h31: int, h21: int = 0) -> Fourfold:
    """chi = 6 (8 + h11 + h31 - h21), b_4 = 2 + 2 h31 + h22 with h22 = 2 (22 + 2 h11 + 2 h31 - h21), and log10 of the number of integer
    vectors in Z^b_4 with v^2 <= chi/12, the bound of the tadpole, as in arXiv:1511.03209.

    That is a model of the count: the form on H^4 is indefinite, and only self-dual fluxes have v^2 > 0; fluxes lie in Z + 1/2 where c_2 is
    odd; and the lattice, though unimodular, is not Z^b_4 with the sum of squares.

    Raises `InputError` for negative numbers and where chi is negative.
    """
    for name, number in {"h11": h11, "h31": h31, "h21": h21}.items():
        whole(name, number, 0)
    euler = 6 * (8 + h11 + h31 - h21)
    if euler < 0:
        raise InputError("h21", h21, f"at most {8 + h11 + h31}, so that the tadpole is not negative", "compare with the Hodge numbers")
    betti = 2 + 2 * h31 + 2 * (22 + 2 * h11 + 2 * h31 - h21)
    return Fourfold(euler, betti, lattice_points(betti, euler // 12))
