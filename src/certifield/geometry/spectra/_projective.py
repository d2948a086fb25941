r"""Projective spaces, whose spectrum is known: exact levels, and the same Galerkin method by exact quadrature.

With $g = \frac1\pi\partial\bar\partial\ln|z|^2$ the eigenvalues are $4\pi m(m+n)$, m = 0, 1, ..., with multiplicity
$\binom{n+m}{m}^2 - \binom{n+m-1}{m-1}^2$; P^1 is the sphere of area 1.  By Archimedes and Duistermaat-Heckman the measure is uniform over
the simplex of $x_i = |z_i|^2/|z|^2$ and over all phases: Gauss-Jacobi nodes and equidistant phases integrate products of functions exactly.
"""

import itertools
import math
from fractions import Fraction

import numpy as np
from scipy.special import roots_jacobi

from certifield._arguments import whole
from certifield.evidence import Estimate, Exact

from ..metrics import fubini_study
from ..points import LocalGeometry
from ..varieties import Symmetry, Variety, coordinates
from ._functions import Functions
from ._laplacian import Level, Spectrum, solved

_ROUNDING = 1e-13  # relative to the largest eigenvalue


def projective_levels(dimension: int, count: int) -> tuple[Exact, tuple[int, ...]]:
    """The first ``count`` eigenvalues of P^n in the Fubini-Study metric of class 1, and their multiplicities.

    >>> projective_levels(1, 3)[1]
    (1, 3, 5)
    """
    n = whole("dimension", dimension, 1, 100, "3 for P^3")
    count = whole("count", count, 1, 1000, "try count=4")
    values = np.array([4 * math.pi * m * (m + n) for m in range(count)])
    multiplicities = [math.comb(n + m, m) ** 2 - (math.comb(n + m - 1, m - 1) ** 2 if m else 0) for m in range(count)]
    # pi is rounded by 0.4e-16 of itself, and the two products, by m and by m + n, by 1.2e-16 each.
    return Exact(values, "4 pi m(m + n)", "harmonic analysis on P^n", radius=4e-16 * values), tuple(multiplicities)


def projective_spectrum(dimension: int, degree: int) -> Spectrum:
    """The levels 0 to ``degree`` of P^n by the method of `laplacian_spectrum`; their error is the difference of two quadratures."""
    n = whole("dimension", dimension, 1, 6, "3 for P^3")
    k = whole("degree", degree, 1, 12, "3 has the first three levels above 0")
    fine, coarse = (_solved(n, k, nodes) for nodes in (k + 2, k + 1))
    values = np.array([level.value for level in fine])
    errors = np.abs(values - [level.value for level in coarse]) + _ROUNDING * values.max()
    volume = 1 / math.factorial(n)
    made = Estimate.from_stderr(values, errors, source=f"P^{n}/degree {k}", method="Galerkin, two quadratures", bias="unknown")
    return Spectrum(made, made * volume ** (1 / n), tuple(level.multiplicity for level in fine))


def _solved(n: int, degree: int, nodes: int) -> list[Level]:
    """By the symmetry of the torus: within a block integrands do not depend on phases, so that one point of each torus is enough."""
    space = hyperplane(n)
    turns = [tuple(Fraction(int(i == j), 4 * degree + 1) for j in range(n + 2)) for i in range(n + 1)]
    permutations = [(*range(j), j + 1, j, *range(j + 2, n + 2)) for j in range(n)]
    functions = Functions(space, (degree,), Symmetry(tuple(permutations), tuple(turns)))
    local, volumes = quadrature(space, nodes, 1)
    return solved(functions, local, volumes, fubini_study(space, [1]).metric(local))


def hyperplane(dimension: int) -> Variety:
    """P^n as z_(n+1) = 0 in P^(n+1), with whose Fubini-Study metric it is P^n."""
    return Variety((dimension + 1,), (coordinates(dimension + 2)[-1],))


def quadrature(space: Variety, nodes: int, phases: int) -> tuple[LocalGeometry, np.ndarray]:
    """Points of the `hyperplane`, and weights whose mean with f is the integral of f dV: exact for functions of bidegree 2 nodes - 1 in the
    coordinates, where they have no phases of ``phases`` or more.
    """
    n = space.dimension
    rules = [roots_jacobi(nodes, n - 1 - j, 0) for j in range(n)]
    turns = np.exp(2j * np.pi * np.arange(phases) / phases)
    points, shares = [], []
    for choice in itertools.product(range(nodes), repeat=n):
        left, x, share = 1.0, [], 1.0
        for (axis, weights), node in zip(rules, choice, strict=True):
            x.append(left * (1 + axis[node]) / 2)
            left -= x[-1]
            share *= weights[node] / weights.sum()
        for turn in itertools.product(turns, repeat=n):
            points.append([*(np.sqrt([*x, left]) * [*turn, 1]), 0])
            shares.append(share)
    local = LocalGeometry(space, np.array(points, dtype=np.complex128))
    return local, np.array(shares) * (len(shares) / sum(shares) / math.factorial(n))
