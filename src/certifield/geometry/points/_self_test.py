r"""What a sample of points must reproduce, whatever the metric: exact numbers of the variety, measured from its points."""

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np

from certifield._arguments import of_kind, whole
from certifield.evidence import Estimate, Exact

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
    dimension = whole("dimension", dimension, 1, 500, "3 for the quintic")
    d = dimension + 2
    with localcontext() as digits:
        digits.prec = 60
        logarithm = log_gamma(Fraction(1, d)) - log_gamma(Fraction(d - 1, d))
        value = float((dimension * _PI.ln() + d * logarithm - (dimension + 1) * Decimal(d).ln()).exp())
    # The logarithm is good to 502 times 1e-32 and more: what is left is the rounding to a float.
    return Exact(value, "pi^n gamma(1/d)^d / d^(n+1), the Fermat member", "complex beta integrals", radius=math.ulp(value))


_PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494")
_BERNOULLI = [  # B_2, B_4, ..., B_20
    Fraction(top, bottom)
    for top, bottom in zip((1, -1, 1, -1, 5, -691, 7, -3617, 43867, -174611), (6, 30, 42, 30, 66, 2730, 6, 510, 798, 330), strict=True)
]
_FAR = 40


def log_gamma(x: Fraction) -> Decimal:
    r"""$\ln\Gamma(x)$, x > 0, within 1e-32: Stirling's series at x + 40, whose error is below its first term left out, 3e-33.

    A logarithm of the decimal module is correctly rounded, to the sixty digits of the caller.
    """
    y = _decimal(x + _FAR)
    series = sum(
        (_decimal(b / ((2 * k) * (2 * k - 1))) / y ** (2 * k - 1) for k, b in enumerate(_BERNOULLI, start=1)),
        (y - Decimal("0.5")) * y.ln() - y + (2 * _PI).ln() / 2,
    )
    return series - sum((_decimal(x + k).ln() for k in range(_FAR)), Decimal(0))


def _decimal(fraction: Fraction) -> Decimal:
    return Decimal(fraction.numerator) / fraction.denominator


def effective_fraction(points: Points) -> Estimate:
    r"""$(E w)^2/E[w^2]$: the share of points of weight 1 that would measure $V_\Omega$ as well.  Below 0.05 a few points decide all."""
    squares = lambda part: np.stack([part.weights, part.weights**2], axis=1)  # noqa: E731
    return integral(points, squares, lambda means: means[:, 0] ** 2 / means[:, 1], "weights, by draw")


def measured_intersections(points: Points) -> tuple[Estimate, Exact]:
    r"""$\int_X\prod_i J_i^{k_i}$ for every multi-index k where it is not 0, measured with the Fubini-Study forms, and exact.

    In the order of descending k.  The measured ones use $E[w f]$ with the weights, so that a wrong density, weight or Jacobian shows; a
    kind that the points were drawn from alone is exact by construction.
    """
    known = kinds(of_kind("points", points, Points, "such as sample(variety, draws=1000, seed=1)").variety)
    orders = list(known)

    def features(part: Points) -> np.ndarray:
        found = mixed_discriminants(part.local)
        scale = part.weights / part.omega
        return np.stack([math.prod(map(math.factorial, k)) * found[k] * scale for k in orders], axis=1)

    measured = integral(points, features, lambda means: means, "Fubini-Study forms, by draw", bias="none")
    return measured, Exact(np.array(list(known.values())), "intersection numbers")
