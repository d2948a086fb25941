r"""Theories whose correlators are known exactly: what the axioms are tested on in exact mode.

A theory gives $G^{(n)}(x_1, ..., x_n)$ as an `Exact` for points [n, d] whose first coordinate is Euclidean time.  ``proof`` names the
argument by which reflection positivity holds, where there is one; numbers alone can refute it, or confirm it for the functionals at hand.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Protocol

import numpy as np
from scipy import special

from certifield._arguments import positive
from certifield.correlators import hafnian
from certifield.evidence import Exact, InputError

_UNIT = 2.0**-53


class Theory(Protocol):
    """A name, a dimension, exact correlators, the proof of positivity ("" where there is none), and the cutoff (infinite where none)."""

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    @property
    def proof(self) -> str: ...

    @property
    def cutoff(self) -> float: ...

    def correlator(self, points: np.ndarray) -> tuple[float, float]:
        """G^(n) at ``points`` [n, d], and its radius."""
        ...


@dataclass(frozen=True)
class GaussianTheory:
    """A Gaussian field with ``covariance``: separations [k, d] -> (values [k], radii [k]); all correlators by Wick's theorem."""

    name: str
    dimension: int
    covariance: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
    proof: str = ""
    cutoff: float = math.inf

    def correlator(self, points: np.ndarray) -> tuple[float, float]:
        """The Hafnian of the covariance."""
        n = len(points)
        if n % 2:
            return 0.0, 0.0
        if n == 0:
            return 1.0, 0.0
        rows, columns = np.triu_indices(n, 1)
        found, error = self.covariance(points[rows] - points[columns])
        value, size, above = np.zeros((n, n)), np.zeros((n, n)), np.zeros((n, n))
        value[rows, columns] = value[columns, rows] = found
        size[rows, columns] = size[columns, rows] = np.abs(found)
        above[rows, columns] = above[columns, rows] = np.abs(found) + error
        largest = float(hafnian(above))
        return float(hafnian(value)), largest - float(hafnian(size)) + 8 * n * n * _UNIT * largest


def exponential_mixture(weights: Sequence[float], masses: Sequence[float]) -> GaussianTheory:
    r"""$G(t) = \sum_k w_k e^{-m_k|t|}$ with $w_k > 0$, $m_k \ge 0$: a Laplace transform of a positive measure, so reflection positive."""
    w, m = np.atleast_1d(np.asarray(weights, dtype=float)), np.atleast_1d(np.asarray(masses, dtype=float))
    if w.shape != m.shape or w.ndim != 1 or not np.all(w > 0) or not np.all(m >= 0) or not np.all(np.isfinite([w, m])):
        raise InputError("weights, masses", (weights, masses), "positive weights and masses >= 0 of one number", "pass [0.5, 0.3], [1, 3]")

    def covariance(separations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        values = np.exp(-np.abs(separations[:, :1]) * m) @ w
        return values, (8 + 2 * np.abs(separations[:, 0]) * float(np.max(m))) * len(w) * _UNIT * values

    return GaussianTheory("exponential mixture", 1, covariance, "a Laplace transform of a positive measure")


def ornstein_uhlenbeck(mass: float = 1.0) -> GaussianTheory:
    r"""$G(t) = e^{-m|t|}/2m$: the free field in one dimension, the harmonic oscillator of frequency m."""
    positive("mass", mass)
    found = exponential_mixture([1 / (2 * mass)], [mass])
    return GaussianTheory("Ornstein-Uhlenbeck", 1, found.covariance, "Markov and reversible: rank one")


def spatial_cutoff(mass: float, momenta: Sequence[float], length: float) -> GaussianTheory:
    r"""The free field in two dimensions on a circle of ``length`` L, with spatial ``momenta`` $2\pi k/L$ alone, time uncut:

    $G(t, x) = \frac1L \sum_k \frac{e^{-\omega_k|t|}}{2\omega_k} \cos p_k x$, $\omega_k^2 = p_k^2 + m^2$: a cutoff that keeps positivity.
    """
    positive("mass", mass)
    positive("length", length)
    p = 2 * math.pi * np.atleast_1d(np.asarray(momenta, dtype=float)) / length
    omega = np.sqrt(p * p + mass * mass)

    def covariance(separations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        t, x = np.abs(separations[:, :1]), separations[:, 1:]
        terms = np.exp(-t * omega) / (2 * omega * length)
        errors = (16 + 4 * t * omega + 4 * np.abs(x * p)) * len(p) * _UNIT * terms
        return np.sum(terms * np.cos(x * p), axis=1), np.sum(errors, axis=1)

    return GaussianTheory("spatial cutoff", 2, covariance, "every momentum is an Ornstein-Uhlenbeck process", float(np.max(np.abs(p))))


def hard_cutoff(mass: float, cutoff: float) -> GaussianTheory:
    r"""$G(t) = \frac1\pi\int_0^\Lambda \frac{\cos pt}{p^2+m^2} dp$: the free field of a uniform ball of momenta, which breaks positivity.

    Gauss-Legendre panels of 32 nodes, with the bound of an ellipse that stays away from the poles at $\pm im$.
    """
    positive("mass", mass)
    positive("cutoff", cutoff)
    panels = math.ceil(1.5 * cutoff / mass)
    half = cutoff / panels / 2
    nodes, weights = np.polynomial.legendre.leggauss(32)
    p = (half * (2 * np.arange(panels) + 1)[:, None] + half * nodes[None, :]).ravel()
    density = np.tile(half * weights, panels) / (p * p + mass * mass) / math.pi
    height = 0.9 * mass / half  # of the ellipse, in half panels: rho - 1/rho is twice it
    rho = height + math.sqrt(height * height + 1)

    def covariance(separations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        t = np.abs(separations[:, 0])
        values = np.cos(t[:, None] * p) @ density
        largest = np.cosh(0.9 * mass * t) / (0.19 * mass * mass * math.pi)
        rule = panels * half * 64 / 15 * largest * rho**-64 / (1 - rho**-2)
        rounding = (len(p) + 64 + 2 * t * cutoff) * _UNIT * float(np.sum(density))
        return values, rule + rounding

    return GaussianTheory(f"hard cutoff {cutoff:g}", 1, covariance, "", float(cutoff))


def covariance_of_time(
    name: str, function: Callable[[np.ndarray], np.ndarray], *, proof: str = "", roundings: float = 32.0
) -> GaussianTheory:
    """A Gaussian field in one dimension with covariance ``function`` of |t| [k].

    ``roundings``: the caller's word, on which all radii rest, that values are computed to this many roundings of G(0); raise it for a
    function that loses digits, or that varies much faster than its times are rounded.  Raises `InputError` for what is no such function.
    """
    positive("roundings", roundings)
    _tried(function)

    def covariance(separations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        t = np.abs(separations[:, 0])
        values = np.asarray(function(t), dtype=float)
        return values, roundings * _UNIT * np.maximum(np.abs(values), float(np.max(np.abs(function(np.zeros(1))))))

    return GaussianTheory(name, 1, covariance, proof)


def _tried(function: Callable[[np.ndarray], np.ndarray]) -> None:
    try:
        seen = np.asarray(function(np.array([0.0, 0.5, 1.0])), dtype=float)
    except (TypeError, ValueError, AttributeError):
        seen = np.zeros(0)
    if seen.shape != (3,) or not np.all(np.isfinite(seen)):
        raise InputError("function", function, "a function of arrays of times with finite values", "try lambda t: np.exp(-t * t / 2)")


@dataclass(frozen=True)
class CauchyNet:
    r"""$\phi(t) = \sqrt{\frac{2w}N}\sum_i \alpha_i \cos(b_i t + c_i)$ with Cauchy momenta of scale ``mass`` and w = 1/2m.

    Its propagator is $e^{-m|t|}/2m$ at every width N, exactly; its connected correlators fall as 1/N.  ``kappa``: E alpha^4 with
    E alpha^2 = 1: 1 (fixed size), 2 (Rayleigh) or 3 (Gaussian).  At N = kappa = mass = 1 it is cos(bt + c).
    """

    width: int
    mass: float = 1.0
    kappa: int = 1

    def __post_init__(self) -> None:
        if isinstance(self.width, bool) or not isinstance(self.width, int) or self.width < 1:
            raise InputError("width", self.width, "a whole number, 1 or more", "try width=10")
        positive("mass", self.mass)
        if self.kappa not in (1, 2, 3):
            raise InputError("kappa", self.kappa, "1, 2 or 3", "1: fixed size, 2: Rayleigh, 3: Gaussian amplitudes")

    @property
    def name(self) -> str:
        """Named by its width and amplitudes."""
        return f"Cauchy net, N = {self.width}, kappa = {self.kappa}"

    dimension: int = 1
    proof: str = ""
    cutoff: float = math.inf

    def correlator(self, points: np.ndarray) -> tuple[float, float]:
        """Sum over partitions into even blocks, one neuron each: N(N-1)...(N-k+1) N^(-n/2) times the moments of a neuron."""
        times, n = np.asarray(points, dtype=float)[:, 0], len(points)
        if n % 2:
            return 0.0, 0.0
        # All terms are positive and largest at coincident points; there, an exponential moves by m times the rounding of its times.
        roundings = 64 * n * n + len(_even_partitions(tuple(range(n)))) + 2 * n * self.mass * float(np.max(np.abs(times), initial=0.0))
        return self._sum(times), roundings * _UNIT * _coincident(self, n)

    def _sum(self, times: np.ndarray) -> float:
        n, total = len(times), 0.0
        for blocks in _even_partitions(tuple(range(n))):
            falling = math.prod(self.width - k for k in range(len(blocks)))
            total += falling * math.prod(self._neuron(times[list(block)]) for block in blocks)
        return total / self.width ** (n // 2)

    def _neuron(self, times: np.ndarray) -> float:
        n = len(times)
        amplitude = {1: 1.0, 2: float(math.factorial(n // 2)), 3: float(_pairings(n))}[self.kappa]
        return amplitude / self.mass ** (n // 2) * float(np.sum(np.exp(-self.mass * np.abs(_balanced(n) @ times)))) / 2**n


@dataclass(frozen=True)
class ScaledTheory:
    r"""$\phi = s\varphi$ with one random scale s for the whole field, ``moments``: n -> E s^n: clustering fails, the propagator does not
    show it."""

    inner: Theory
    moments: Callable[[int], float]

    @property
    def name(self) -> str:
        """That of the field inside."""
        return f"random scale times {self.inner.name}"

    @property
    def dimension(self) -> int:
        """That of the field inside."""
        return self.inner.dimension

    @property
    def proof(self) -> str:
        """A mixture of reflection-positive theories is one."""
        return self.inner.proof and f"a mixture: {self.inner.proof}"

    @property
    def cutoff(self) -> float:
        """That of the field inside."""
        return self.inner.cutoff

    def correlator(self, points: np.ndarray) -> tuple[float, float]:
        """E s^n times that of the field inside."""
        value, radius = self.inner.correlator(points)
        factor = float(self.moments(len(points)))
        return factor * value, abs(factor) * radius + 4 * _UNIT * abs(factor * value)


def commutator(theory: GaussianTheory, intervals: Sequence[float]) -> Exact:
    r"""$\epsilon^{-1} E[(\phi_{t+\epsilon}-\phi_t)^2]$ at ``intervals`` epsilon: hbar/mass = 1 as epsilon falls, for a theory without a
    cutoff.

    Ornstein-Uhlenbeck: $(1-e^{-m\epsilon})/m\epsilon$.  A field with a cutoff is smooth and gives 0 in the end: read it for
    $1/\Lambda \ll \epsilon \ll 1/m$ only, and quote ``theory.cutoff`` beside it.
    """
    epsilon = np.atleast_1d(np.asarray(intervals, dtype=float))
    if epsilon.ndim != 1 or not np.all(epsilon > 0) or not np.all(np.isfinite(epsilon)):
        raise InputError("intervals", intervals, "positive numbers", "pass [0.01, 0.1]")
    points = np.zeros((len(epsilon) + 1, theory.dimension))
    points[1:, 0] = epsilon
    values, radii = theory.covariance(points)
    error = 2 * (radii[0] + radii[1:] + 4 * _UNIT * (np.abs(values[0]) + np.abs(values[1:])))
    told = "commutator" if math.isinf(theory.cutoff) else f"commutator of a field with cutoff {theory.cutoff:g}"
    return Exact(2 * (values[0] - values[1:]) / epsilon, told, "arXiv:2504.05462", error / epsilon)


@cache
def _coincident(net: CauchyNet, n: int) -> float:
    return net._sum(np.zeros(n))


@cache
def _balanced(n: int) -> np.ndarray:
    """All signs of n momenta that add up to zero for any phase, [choices, n]."""
    signs = np.ones((math.comb(n, n // 2), n))
    for row, chosen in enumerate(combinations(range(n), n // 2)):
        signs[row, list(chosen)] = -1.0
    return signs


@cache
def _even_partitions(items: tuple[int, ...]) -> list[list[tuple[int, ...]]]:
    """All partitions into blocks of even size."""
    if not items:
        return [[]]
    first, rest = items[0], items[1:]
    found = []
    for size in range(1, len(items), 2):
        for partners in combinations(rest, size):
            left = tuple(item for item in rest if item not in partners)
            found += [[(first, *partners), *others] for others in _even_partitions(left)]
    return found


def _pairings(n: int) -> int:
    return int(special.factorial2(n - 1)) if n else 1
