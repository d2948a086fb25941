r"""Four-point functions that are sums of powers: g(u, v) stands behind $\langle\phi\phi\rangle_{12} \langle\phi\phi\rangle_{34}$."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import factorial
from typing import Any, Protocol

import numpy as np

from certifield.evidence import Exact, InputError

from ._balls import ball, exact, precise
from ._laws import gaussian_moment

Power = tuple[Fraction, Fraction]


class _Radial(Protocol):
    @property
    def components(self) -> int: ...

    def moment(self, k: int, /) -> Exact: ...


@dataclass(frozen=True)
class FourPoint:
    r"""$g(u, v) = \sum_{ab} c_{ab} u^a v^b$ for a field of ``dimension`` Delta; ``terms``: (a, b) -> c.

    The field has unit normalisation: for $\Theta\cdot X$, whose two-point function is $-\frac12 x_{12}^2$, the correlator has a factor
    $\frac14 x_{12}^2 x_{34}^2$ in front of g.
    """

    dimension: Fraction
    terms: Mapping[Power, Exact]

    def __call__(self, u: Any, v: Any) -> Exact:
        """g at cross-ratios of one shape, positive numbers.  Raises `InputError` for others."""
        us, vs = np.broadcast_arrays(*(checked_ratio(name, given) for name, given in (("u", u), ("v", v))))
        with precise():
            found = [self._at(ball(a), ball(b)) for a, b in zip(us.ravel().tolist(), vs.ravel().tolist(), strict=True)]
            return exact(found, us.shape, "sum of powers of the cross-ratios", "arXiv:2409.12222")

    def crossing(self, u: Any, v: Any) -> tuple[Exact, Exact]:
        r"""$g(u,v) - (u/v)^\Delta g(v,u)$ and $g(u,v) - g(u/v, 1/v)$: 0 where the field is symmetric under exchange of its points."""
        us, vs = np.broadcast_arrays(*(checked_ratio(name, given) for name, given in (("u", u), ("v", v))))
        first, second = [], []
        with precise():
            for a, b in zip(map(ball, us.ravel().tolist()), map(ball, vs.ravel().tolist()), strict=True):
                here = self._at(a, b)
                first.append(here - (a / b) ** ball(self.dimension) * self._at(b, a))
                second.append(here - self._at(a / b, 1 / b))
            words = "crossing"
            return exact(first, us.shape, words, "arXiv:2409.12222"), exact(second, us.shape, words, "arXiv:2409.12222")

    def _at(self, u: Any, v: Any) -> Any:
        total = ball(0.0)
        for (a, b), factor in self.terms.items():
            total += _ball_of(factor) * u ** ball(a) * v ** ball(b)
        return total


def _ball_of(number: Exact) -> Any:
    from ._balls import flint

    if isinstance(number.value, int | Fraction):
        return ball(Fraction(number.value))
    return ball(float(number.value)) + flint().acb(flint().arb(0, float(number.radius)))  # type: ignore[arg-type]  # a real number


def generalised_free(dimension: float | Fraction) -> FourPoint:
    r"""$g = 1 + u^\Delta + (u/v)^\Delta$: the limit of infinite width of every network with this two-point function.

    >>> generalised_free(1)(0.05, 0.65)
    Exact 1.126923076923... (radius ...)
    """
    delta = rational("dimension", dimension)
    one = Exact(Fraction(1), "Wick's theorem")
    return FourPoint(delta, {(Fraction(0), Fraction(0)): one, (delta, Fraction(0)): one, (delta, -delta): one})


def theta_power(law: _Radial, power: int = 1) -> FourPoint:
    r"""$\phi = (\Theta\cdot X)^p$, which is homogeneous of degree p, so that $\Delta = -p$.

    $g = m \sum_{a+b+c=p} \Big(\frac{p!}{a!\,b!\,c!}\Big)^2 u^{-b-c} v^c$, where
    $m = \frac{E|\Theta|^{4p}}{(E|\Theta|^{2p})^2} \frac{(n(n+2)\cdots(n+2p-2))^2}{n(n+2)\cdots(n+4p-2)}$; for p = 1 this is
    $\frac{\mu_4}{3}(1 + \frac1u + \frac vu)$ with $\mu_4 = E\Theta_1^4$ (arXiv:2409.12222).  The sum counts pairings between the points;
    none pairs a point with itself, because X is null.  Raises `InputError` for a power that is no positive integer.

    >>> from certifield.fieldtheory.conformal import sphere
    >>> theta_power(sphere(4)).terms[0, 0]
    3/4 exactly
    """
    if isinstance(power, bool) or not isinstance(power, int) or power < 1:
        raise InputError("power", power, "a positive integer", "the field is (Theta . X)^power")
    n = law.components
    scale = Fraction(gaussian_moment(n, power) ** 2, gaussian_moment(n, 2 * power))
    m = law.moment(2 * power) / law.moment(power) ** 2 * scale
    terms = {}
    for b in range(power + 1):
        for c in range(power + 1 - b):
            pairings = Fraction(factorial(power), factorial(power - b - c) * factorial(b) * factorial(c)) ** 2
            terms[Fraction(-b - c), Fraction(c)] = m * pairings
    return FourPoint(Fraction(-power), terms)


def rational(name: str, given: Any) -> Fraction:
    """A finite number as the fraction that it is."""
    try:
        return Fraction(given)
    except (TypeError, ValueError, OverflowError):
        raise InputError(name, given, "a finite number", "pass a fraction where it is one: Fraction(3, 2)") from None


def checked_ratio(name: str, given: Any) -> np.ndarray:
    """Positive finite cross-ratios."""
    try:
        array = np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        raise InputError(name, given, "positive numbers", "see cross_ratios") from None
    if not np.all(np.isfinite(array) & (array > 0)):
        raise InputError(name, given, "positive and finite", "cross-ratios vanish or diverge where two points coincide")
    return array
