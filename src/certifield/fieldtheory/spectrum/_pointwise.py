r"""Networks that act pointwise on an Ornstein-Uhlenbeck process, whose spectrum is known.

x_t is Gaussian with covariance $e^{-m|t|}/2m$, so that Mehler's formula gives, for every function f of it,

    E[f(x_t) g(x_0)] = sum_n c_n(f) c_n(g) e^{-n m |t|},     c_n(f) = E[f(x) He_n(sqrt(2m) x)] / sqrt(n!):

the energies of the harmonic oscillator, whatever the network; only the weights depend on it.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.polynomial import hermite_e, polynomial as poly

from certifield._arguments import positive, reals, whole
from certifield.evidence import Estimate, Exact, InputError, exp

_HIGHEST = 60
_UNIT = 2.0**-53


@dataclass(frozen=True)
class Pointwise:
    """A function of one variable with the closed form of its coefficients c_n(sqrt of variance), where there is one.

    ``function``: of arrays; ``coefficient``: (n, sigma) -> (c_n, its radius) for x of standard deviation sigma, or None; ``square``:
    sigma -> (E[f^2], its radius);
    ``strip``: the half width in which f is analytic and bounded, with ``bound`` of |f| at a height in it.  Without a closed form or a
    strip, coefficients are estimates whose error is not known.
    """

    name: str
    function: Callable[[Any], Any]
    coefficient: Callable[[int, float], tuple[float, float]] | None = None
    square: Callable[[float], tuple[float, float]] | None = None
    strip: float = 0.0
    bound: Callable[[float], float] | None = None
    breaks: tuple[float, ...] = ()

    def __call__(self, x: Any) -> Any:
        return self.function(x)


def tanh(slope: float = 1.0) -> Pointwise:
    r"""$\tanh(s x)$, analytic for $|\mathrm{Im}\, x| < \pi/2s$, where $|\tanh|\le \max(1, \tan(s b))$."""
    positive("slope", slope)
    return Pointwise(f"tanh({slope:g}x)", lambda x: np.tanh(slope * x), strip=math.pi / (2 * slope), bound=partial(_tangent, slope))


def sine(slope: float = 1.0) -> Pointwise:
    r"""$\sin(s x)$: $c_n = \pm e^{-s^2\sigma^2/2} (s\sigma)^n/\sqrt{n!}$ for odd n."""
    positive("slope", slope)

    def coefficient(n: int, sigma: float) -> tuple[float, float]:
        size, radius = _power(n, _moderate(slope, sigma), -1.0)
        return ((-1) ** (n // 2) * size, radius) if n % 2 else (0.0, 0.0)

    def square(sigma: float) -> tuple[float, float]:
        value = -math.expm1(-2 * _moderate(slope, sigma) ** 2) / 2  # at most as far off as its argument
        return value, 32 * _UNIT * value

    return Pointwise(f"sin({slope:g}x)", lambda x: np.sin(slope * x), coefficient, square)


def exponential(slope: float = 1.0) -> Pointwise:
    r"""$e^{s x}$: $c_n = e^{s^2\sigma^2/2} (s\sigma)^n/\sqrt{n!}$."""
    positive("slope", slope)

    def coefficient(n: int, sigma: float) -> tuple[float, float]:
        return _power(n, _moderate(slope, sigma), 1.0)

    def square(sigma: float) -> tuple[float, float]:
        exponent = 2 * _moderate(slope, sigma) ** 2
        return math.exp(exponent), (32 + 16 * exponent) * _UNIT * math.exp(exponent)

    return Pointwise(f"exp({slope:g}x)", lambda x: np.exp(slope * x), coefficient, square)


def polynomial(coefficients: Sequence[float]) -> Pointwise:
    """A polynomial $(p_0, p_1, ...)$, by its expansion in Hermite polynomials, which ends."""
    allowed, remedy = f"at most {_HIGHEST} finite numbers p_0, p_1, ...", "pass (0, 0, 0, 1) for x^3"
    factors = reals("coefficients", coefficients, allowed, remedy)
    if factors.ndim != 1 or len(factors) > _HIGHEST:
        raise InputError("coefficients", coefficients, allowed, remedy)

    def coefficient(n: int, sigma: float) -> tuple[float, float]:
        scaled = factors * sigma ** np.arange(len(factors))
        # The change of basis has positive entries, so that the same sum of moduli bounds its rounding.
        series, sizes = (hermite_e.poly2herme(one) for one in (scaled, np.abs(scaled)))
        root, roundings = (math.sqrt(math.factorial(n)), 8 * len(factors) + 32) if n < len(series) else (0.0, 0)
        most = float(sizes[n]) if n < len(sizes) else 0.0
        return (float(series[n]) * root if n < len(series) else 0.0), roundings * _UNIT * most * math.sqrt(math.factorial(n))

    def square(sigma: float) -> tuple[float, float]:
        parts = [coefficient(n, sigma) for n in range(len(factors))]
        value = sum(one**2 for one, _ in parts)
        return value, sum(2 * abs(one) * radius + radius**2 for one, radius in parts) + (len(parts) + 2) * _UNIT * value

    name = " + ".join(f"{factor:g}x^{power}" for power, factor in enumerate(factors) if factor) or "0"
    return Pointwise(name, lambda x: poly.polyval(x, factors), coefficient, square)


def relu() -> Pointwise:
    r"""$\max(x, 0)$: $c_0^2 = \sigma^2/2\pi$, $c_1^2 = \sigma^2/4$, $c_n = \sigma He_{n-2}(0)/\sqrt{2\pi n!}$ from n = 2."""

    def coefficient(n: int, sigma: float) -> tuple[float, float]:
        at_zero = 0.0 if n % 2 else (-1) ** (n // 2 - 1) * math.prod(range(n - 3, 0, -2))  # a whole number, rounded once
        large = at_zero / math.sqrt(2 * math.pi * math.factorial(n))
        value = sigma * (large if n > 1 else 0.5 if n else 1 / math.sqrt(2 * math.pi))
        return value, 32 * _UNIT * abs(value)

    def square(sigma: float) -> tuple[float, float]:
        return sigma**2 / 2, 8 * _UNIT * sigma**2

    return Pointwise("relu(x)", lambda x: np.maximum(x, 0.0), coefficient, square, breaks=(0.0,))


def hermite_coefficients(function: Pointwise, mass: float, count: int) -> Exact | Estimate:
    r"""$c_n$ for n below ``count``, with x of variance 1/2m; their squares are the weights of $e^{-nmt}$ in the correlator of f(x).

    `Exact` where f has a closed form or a strip of analyticity (trapezoidal rule, with its bound); an `Estimate` without a known error
    for other functions.  Raises `InputError` for a mass that is not positive or a count above 60.

    >>> found = hermite_coefficients(polynomial((0, 0, 0, 1)), 1.0, 4) ** 2
    >>> [round(float(one), 12) for one in found.value]
    [0.0, 1.125, 0.0, 0.75]
    """
    sigma, _ = _checked(mass, count)
    if function.coefficient is not None:
        values, radii = np.array([function.coefficient(n, sigma) for n in range(count)]).T
        return Exact(values, f"Hermite coefficients of {function.name}", "Mehler 1866", radii)
    if function.bound is not None:
        found = [_trapezoid(function, sigma, _hermite(n), 1) for n in range(count)]
        value, radius = np.array(found).T
        return Exact(value, f"Hermite coefficients of {function.name}, trapezoidal rule", "Mehler 1866", radius)
    values = np.array([_panels(function, sigma, n) for n in range(count)])
    return Estimate.from_stderr(
        values, np.zeros(count), source=f"quadrature/{function.name}", method="Gauss-Legendre panels", bias="unknown"
    )


def pointwise_correlator(function: Pointwise, mass: float, times: Any, *, count: int = 40, connected: bool = False) -> Exact:
    r"""$E[f(x_t) f(x_0)] = \sum_n c_n^2 e^{-nm|t|}$ at ``times`` [T]; terms from ``count`` on are bounded by $E[f^2] - \sum c_n^2$."""
    sigma, mass = _checked(mass, count)
    found = hermite_coefficients(function, mass, count)
    t = np.abs(np.atleast_1d(reals("times", times, "finite numbers [T]", "pass [0.0, 0.5, 1.0]")))
    if t.ndim != 1:
        raise InputError("times", times, "finite numbers [T]", "pass [0.0, 0.5, 1.0]")
    if not isinstance(found, Exact):
        raise InputError(
            "function", function.name, "one with a closed form or a strip of analyticity", "use tanh, sine, relu, polynomial ..."
        )
    weights = found**2
    square, blur = function.square(sigma) if function.square is not None else _trapezoid(function, sigma, np.ones(1), 2)
    kept = np.asarray(weights.value) - np.asarray(weights.radius)
    rest = max(0.0, square + blur - float(np.sum(kept)))
    start = int(connected)
    decays = exp(Exact(np.outer(-mass * t, np.arange(start, count)))) * weights[None, start:]
    radius = np.sum(decays.radius, axis=1) + rest * np.exp(-mass * count * t) + (count + 8) * _UNIT * square
    return Exact(
        np.sum(np.asarray(decays.value), axis=1), f"correlator of {function.name} on an Ornstein-Uhlenbeck process", "Mehler 1866", radius
    )


def _trapezoid(function: Pointwise, sigma: float, factor: np.ndarray, power: int) -> tuple[float, float]:
    """E[f(sigma y)^power * factor(y)] for standard normal y, and the bound of the rule in the strip (factor: its coefficients)."""
    assert function.bound is not None
    b = 0.75 * function.strip / sigma
    y = np.linspace(-14, 14, 2 * 4096 + 1)
    step, density = y[1] - y[0], np.exp(-y * y / 2) / math.sqrt(2 * math.pi)
    values = function(sigma * y) ** power * poly.polyval(y, factor) * density
    size = step * float(np.sum(poly.polyval(np.abs(y) + b, np.abs(factor)) * density))  # of the factor, everywhere in the strip
    strip = function.bound(b * sigma) ** power * math.exp(b * b / 2) * size
    cut = 4 * poly.polyval(14.0 + b, np.abs(factor)) * function.bound(0.0) ** power * math.exp(-98.0)
    rounding = len(y) * 2.0**-53 * step * float(np.sum(np.abs(values))) + 1e-15 * size
    return step * float(np.sum(values)), 2.01 * strip / math.expm1(min(700.0, 2 * math.pi * b / step)) + cut + rounding


def _hermite(n: int) -> np.ndarray:
    return hermite_e.herme2poly(np.eye(n + 1)[n]) / math.sqrt(math.factorial(n))


def _panels(function: Pointwise, sigma: float, n: int) -> float:
    edges = np.unique(np.concatenate([np.linspace(-14, 14, 57), np.asarray(function.breaks) / sigma]))
    nodes, weights = np.polynomial.legendre.leggauss(24)
    half = np.diff(edges)[:, None] / 2
    y = (edges[1:] + edges[:-1])[:, None] / 2 + half * nodes
    density = np.exp(-y * y / 2) / math.sqrt(2 * math.pi)
    return float(np.sum(half * weights * function(sigma * y) * poly.polyval(y, _hermite(n)) * density))


def _tangent(slope: float, height: float) -> float:
    return max(1.0, math.tan(slope * height))


def _moderate(slope: float, sigma: float) -> float:
    """s sigma, where exp(2 s^2 sigma^2) is a 64-bit number."""
    if slope * sigma > 15:
        raise InputError("slope", slope, f"15/sigma = {15 / sigma:.3g} at most, for x of this variance", "take a smaller slope")
    return slope * sigma


def _power(n: int, size: float, sign: float) -> tuple[float, float]:
    """Exp(sign size^2/2) size^n/sqrt(n!), and its radius: a power by n roundings of ``size``, an exponential by those of its argument."""
    value = math.exp(sign * size * size / 2) * size**n / math.sqrt(math.factorial(n))
    return value, (32 + 8 * n + 8 * size * size) * _UNIT * value


def _checked(mass: float, count: int) -> tuple[float, float]:
    whole("count", count, 1, _HIGHEST)
    return math.sqrt(1 / (2 * positive("mass", mass))), float(mass)
