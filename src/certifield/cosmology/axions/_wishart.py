r"""Random kinetic matrices: $K = XX^T/P$ with a standard normal X [N, P], and a charge vector Q of a gauge group of coupling 1/tau.

$P|Q|^2/(Q^TK^{-1}Q)$ is chi-square with $P - N + 1$ degrees of freedom, so that for $P > N$

.. math:: E[g]\,M_P = \frac{|Q|}{\sqrt2\,\tau_Q}\sqrt P\;\frac{\Gamma(\frac{P-N}2)}{\sqrt2\,\Gamma(\frac{P-N+1}2)},

and for square matrices, P = N, the mean is infinite.
"""

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import gammaln

from certifield._arguments import positive, seeded, whole
from certifield.evidence import Exact

TAU = 25.0  # 1/alpha of unification


def wishart_couplings(axions: int, excess: int, draws: int, seed: int, *, charge: float = 1.0, tau: float = TAU) -> np.ndarray:
    """g M_P of so many kinetic matrices of P = axions + excess columns, all axions light; ``charge``: the length of Q.

    A raw sample, whose mean `wishart_mean` knows.  Raises `InputError` for numbers out of range.
    """
    whole("axions", axions, 1)
    whole("excess", excess, 0)
    whole("draws", draws, 1)
    positive("charge", charge)
    positive("tau", tau)
    rng = np.random.Generator(np.random.PCG64(seeded(seed)))
    found = np.empty(draws)
    for number in range(draws):
        columns = rng.standard_normal((axions, axions + excess))
        root = np.linalg.cholesky(columns @ columns.T / (axions + excess))
        direction = rng.standard_normal(axions)
        rest = solve_triangular(root, charge * direction / np.linalg.norm(direction), lower=True)
        found[number] = np.sqrt(rest @ rest / 2) / tau
    return found


def wishart_mean(axions: int, excess: int, *, charge: float = 1.0, tau: float = TAU) -> Exact:
    """E[g] M_P in closed form for P = axions + excess, excess 1 or more.

    >>> float(wishart_mean(100, 1).value) / float(wishart_mean(25, 1).value)
    1.97...
    """
    whole("axions", axions, 1)
    whole("excess", excess, 1, remedy="square matrices have no mean")
    value = positive("charge", charge) / (2 * positive("tau", tau)) * np.sqrt(axions + excess)
    value *= np.exp(gammaln(excess / 2) - gammaln((excess + 1) / 2))
    return Exact(float(value), "the inverse chi distribution", radius=1e-13 * float(value) * (1 + abs(float(gammaln(excess / 2)))))
