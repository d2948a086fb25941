r"""What a sample of points must reproduce, whatever the metric: exact numbers of the variety, measured from its points."""

import math

import numpy as np
from scipy.special import digamma

from certifield.evidence import Estimate, Exact, InputError

from ._density import mixed_discriminants
from ._points import Points, integral
from ._sampling import kinds


def omega_volume(points: Points) -> Estimate:
    r"""$V_\Omega = \int_X |\Omega|^2 d^{2n}x = E[w]$, in the normalisation of the residue, $\Omega = dx^1\cdots dx^n/\det(\partial
    p/\partial z)$.
    """
    return integral(points, lambda part: part.weights[:, None], lambda means: means[:, 0], "weights, by draw", bias="none")


def exact_omega_volume(dimension: int) -> Exact:
    r"""$V_\Omega = \pi^n\,\gamma(1/d)^{d}/d^{n+1}$ for $\sum_i z_i^d = 0$, d = n + 2, $\gamma(x) = \Gamma(x)/\Gamma(1-x)$.

    In $\int d^{2d}z\,\delta^2(p) = V_\Omega\int d^2\lambda/|\lambda|^2$ write $\delta^2(p) = \pi^{-2}\int d^2s\,e^{2i\,\mathrm{Re}(sp)}$:
    each coordinate gives $\int d^2z\,e^{2i\,\mathrm{Re}(sz^d)} = \frac{\pi}{d}\gamma(1/d)\,|s|^{-2/d}$, and $\int d^2s/|s|^2 = d\int
    d^2\lambda/|\lambda|^2$ for $s\sim\lambda^{-d}$.

    >>> exact_omega_volume(3)
    Exact 47.2975609... (radius ...)
    """
    if isinstance(dimension, bool) or not isinstance(dimension, int) or dimension < 1:
        raise InputError("dimension", dimension, "a whole number, 1 or more", "3 for the quintic")
    d = dimension + 2
    value = math.pi**dimension * (math.gamma(1 / d) / math.gamma(1 - 1 / d)) ** d / d ** (dimension + 1)
    # A gamma function is good to 4 ulps; the rounding of its argument counts by the digamma function.
    slope = abs(digamma(1 / d)) / d + abs(digamma(1 - 1 / d)) * (1 - 1 / d)
    relative = (d * (8 + slope) + 2 * dimension + 4) * 2.0**-52
    return Exact(value, "pi^n gamma(1/d)^d / d^(n+1), the Fermat member", "complex beta integrals", radius=value * relative)


def effective_fraction(points: Points) -> Estimate:
    r"""$(E w)^2/E[w^2]$: the share of points of weight 1 that would measure $V_\Omega$ as well.  Below 0.05 a few points decide all."""
    squares = lambda part: np.stack([part.weights, part.weights**2], axis=1)  # noqa: E731
    return integral(points, squares, lambda means: means[:, 0] ** 2 / means[:, 1], "weights, by draw")


def measured_intersections(points: Points) -> tuple[Estimate, Exact]:
    r"""$\int_X\prod_i J_i^{k_i}$ for every multi-index k where it is not 0, measured with the Fubini-Study forms, and exact.

    In the order of descending k.  The measured ones use $E[w f]$ with the weights, so that a wrong density, weight or Jacobian shows; a
    kind that the points were drawn from alone is exact by construction.
    """
    known = kinds(points.variety)
    orders = list(known)

    def features(part: Points) -> np.ndarray:
        found = mixed_discriminants(part.local)
        scale = part.weights / part.omega
        return np.stack([math.prod(map(math.factorial, k)) * found[k] * scale for k in orders], axis=1)

    measured = integral(points, features, lambda means: means, "Fubini-Study forms, by draw", bias="none")
    return measured, Exact(np.array(list(known.values())), "intersection numbers")
