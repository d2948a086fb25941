"""Interactions without a small width: parameters that are not independent.

Two families that can be sampled exactly:

* the deformed Gaussian P(W) ~ exp(-t/s^2 - lambda t^2), t = Tr W^T W over n components: W = sqrt(t) u with u uniform on the sphere, t of
  density t^(n/2-1) exp(-t/s^2 - lambda t^2).  At lambda = 0 a component has the variance s^2/2 (not s^2);
* networks with a common random variance v of the output: phi = sqrt(v) phi_0, whose connected four-point function does not fall with N.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key, PyTree

from certifield.correlators import exact
from certifield.ensembles import AbstractDensity, Ensemble
from certifield.evidence import Exact, InputError, NoClosedForm, log

_ROUNDING = 2.0**-53
_GRID = 20_000  # nodes of the trapezoidal rule in log t, and of the table of quantiles


@dataclass(frozen=True)
class RadialLaw:
    """The law of t = Tr W^T W under exp(-t/s^2 - coupling t^2) in ``components`` dimensions; the arguments of `deformed_gaussian`."""

    components: int
    s: float
    coupling: float

    def moment(self, k: int) -> Exact:
        """<t^k>, by the trapezoidal rule in log t, whose error is bounded (see `_integral`)."""
        ratio = self._integral(k) / self._integral(0)
        return Exact(ratio.value, f"<t^{k}>, one-dimensional integral", "Strings 2025", ratio.radius)

    def kappa4(self) -> Exact:
        """The fourth cumulant of one component, 3 (<t^2>/(n(n+2)) - <t>^2/n^2): negative, and falling with n."""
        n = self.components
        return 3 * (self.moment(2) / (n * (n + 2)) - self.moment(1) ** 2 / n**2)

    def log_normaliser(self) -> Exact:
        """The logarithm of int d^nW exp(-t/s^2 - coupling t^2)."""
        half, mass = self.components / 2, self._integral(0)
        terms = [half * math.log(math.pi), -math.lgamma(half), self._peak]
        rounding = 8 * _ROUNDING * sum(map(abs, terms))
        value = sum(terms) + log(mass)
        return Exact(value.value, "log Z, one-dimensional integral", "Strings 2025", float(value.radius) + rounding)

    @cached_property
    def _grid(self) -> np.ndarray:
        """Log t around the largest t^(n/2) exp(-t/s^2 - coupling t^2), as far as it falls by a factor e^-40 on either side."""
        half = self.components / 2
        top = math.log(2 * half / (self.s**-2 + math.sqrt(self.s**-4 + 8 * self.coupling * half)))
        return np.linspace(top - 42 / half - 12 / math.sqrt(half), top + math.log1p(100 / half) + 12 / math.sqrt(half), _GRID + 1)

    @cached_property
    def _peak(self) -> float:
        return float(np.max(self._exponent(self._grid)))

    def _exponent(self, log_t: np.ndarray) -> np.ndarray:
        t = np.exp(log_t)
        return self.components / 2 * log_t - t / self.s**2 - self.coupling * t * t

    def _integral(self, k: int) -> Exact:
        """The integral of t^k exp(exponent - peak) over log t, by the trapezoidal rule on the grid.

        The rule errs by 3 c^-a exp(-2 pi d/h) of the integral at most, a = n/2 + k, h the step: at a distance up to d from the real
        axis the integrand is no larger than with c t in place of t in the exponentials where cos(d)^2 = (1 + c^2)/2, any c < 1.  What
        lies beyond the ends is bounded by geometric series, because the logarithm of the integrand is concave.
        """
        grid, a = self._grid, self.components / 2 + k
        step, t = grid[1] - grid[0], np.exp(grid)
        terms = np.exp(self._exponent(grid) - self._peak + k * grid)
        value = math.fsum(terms) * step
        c = a / (1 + a)
        aliasing = 3 * math.exp(a * math.log1p(1 / a) - 2 * math.pi * math.acos(math.sqrt((1 + c * c) / 2)) / step)
        slopes = np.abs(a - t[[0, -1]] / self.s**2 - 2 * self.coupling * t[[0, -1]] ** 2)
        size = a * np.abs(grid) + t / self.s**2 + self.coupling * t * t + abs(self._peak) + 4
        rounding = 4 * _ROUNDING * float(np.sum(terms * size) * step)
        return Exact(value, radius=value * aliasing + float(np.sum(terms[[0, -1]] / slopes)) + rounding)

    @cached_property
    def quantiles(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Log odds of the distribution function, log t and its derivative by the log odds, for Hermite interpolation.

        In these variables both tails are smooth: log t is linear in the log odds below.
        """
        grid = self._grid
        density = np.exp(self._exponent(grid) - self._peak)
        width = grid[1] - grid[0]
        below = _cumulated(density) * width
        above = _cumulated(density[::-1])[::-1] * width
        kept = (below > 1e-18 * below[-1]) & (above > 1e-18 * below[-1])
        odds = np.log(below[kept]) - np.log(above[kept])
        slope = 1 / (density[kept] * (1 / below[kept] + 1 / above[kept]))
        return odds, grid[kept], slope


def _cumulated(density: np.ndarray) -> np.ndarray:
    """The running integral by a rule of fourth order (in units of the step); the tail before the first node is that of an exponential."""
    left, right = density[:-1], density[1:]
    before = np.concatenate([[0.0], density[:-2]])
    after = np.concatenate([density[2:], [0.0]])
    steps = (left + right) / 2 + (left + right - before - after) / 24
    ratio = density[1] / density[0] if density[0] > 0 else math.e
    start = density[0] / math.log(ratio) if ratio > 1 else 0.0
    return np.maximum(start + np.concatenate([[0.0], np.cumsum(steps)]), 1e-300)


class DeformedGaussian(AbstractDensity):
    """P(W) ~ exp(-Tr W^T W/s^2 - coupling (Tr W^T W)^2) for W of ``shape``; made by `deformed_gaussian`."""

    shape: tuple[int, ...] = eqx.field(static=True)
    law: RadialLaw = eqx.field(static=True)
    odds: Float[Array, " nodes"]
    log_t: Float[Array, " nodes"]
    slope: Float[Array, " nodes"]

    def sample(self, key: Key[Array, ""]) -> Float[Array, "..."]:
        """One W: sqrt(t) u, t by the inverse distribution function, whose odds are interpolated to a part in 1e6 or better."""
        radial, direction = jax.random.split(key)
        u = jnp.clip(jax.random.uniform(radial), 1e-15, 1 - 1e-15)
        odds = jnp.log(u) - jnp.log1p(-u)
        place = jnp.clip(jnp.searchsorted(self.odds, odds) - 1, 0, self.odds.shape[0] - 2)
        width = self.odds[place + 1] - self.odds[place]
        x = (odds - self.odds[place]) / width
        near, far, start, end = self.log_t[place], self.log_t[place + 1], self.slope[place] * width, self.slope[place + 1] * width
        log_t = near + x * start + x * x * (3 * (far - near) - 2 * start - end) + x * x * x * (start + end - 2 * (far - near))
        normal = jax.random.normal(direction, self.shape)
        return normal * jnp.exp(log_t / 2) / jnp.sqrt(jnp.sum(normal * normal))

    def log_density(self, params: Float[Array, "..."]) -> Float[Array, ""]:
        """-t/s^2 - coupling t^2 - log Z."""
        t = jnp.sum(params * params)
        return -t / self.law.s**2 - self.law.coupling * t * t - float(np.asarray(self.law.log_normaliser().value))


def deformed_gaussian(shape: int | tuple[int, ...], *, s: float = 1.0, coupling: float = 0.1) -> DeformedGaussian:
    """The rotation-invariant density exp(-t/s^2 - coupling t^2), t = Tr W^T W, on arrays of ``shape``.

    Raises `InputError` for an empty shape, s not positive or coupling below 0 (the density could not be normalised).

    >>> deformed_gaussian(6).law.kappa4()
    Exact -0.019442041...
    """
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    if not sizes or any(isinstance(one, bool) or not isinstance(one, int) or one < 1 for one in sizes) or math.prod(sizes) > 100_000:
        raise InputError("shape", shape, "sizes of 1 or more, at most 100,000 components", "try shape=(2, 3)")
    if not 0 < s < math.inf or not 0 <= coupling < math.inf:
        raise InputError("s, coupling", (s, coupling), "s more than 0, coupling 0 or more, both finite", "try s=1.0, coupling=0.1")
    law = RadialLaw(math.prod(sizes), float(s), float(coupling))
    return DeformedGaussian(sizes, law, *(jnp.asarray(one) for one in law.quantiles))


class SharedVariance(AbstractDensity):
    """Parameters of a network of independent neurons, and a common factor sqrt(v) on all readouts: dependent neurons."""

    inner: AbstractDensity
    variance: Callable[[Key[Array, ""]], Float[Array, ""]] = eqx.field(static=True)

    def sample(self, key: Key[Array, ""]) -> PyTree:
        """One draw of all parameters, with readout and output bias times sqrt(v)."""
        params = self.inner.sample(jax.random.fold_in(key, 0))
        factor = jnp.sqrt(self.variance(jax.random.fold_in(key, 1)))
        return params._replace(readout=params.readout * factor, output_bias=params.output_bias * factor)

    def log_density(self, params: PyTree) -> Float[Array, ""]:
        """Not known; raises `NoClosedForm`."""
        raise NoClosedForm("the density of readouts with a common random variance is an integral over it; sample it instead")


def shared_variance(ensemble: Ensemble, variance: Callable[[Any], Any]) -> Ensemble:
    """``ensemble`` (one hidden layer) with a common random variance v = ``variance(key)`` of its output: phi = sqrt(v) phi_0.

    Raises `InputError` for an ensemble that is not a single hidden layer of independent neurons.
    """
    if ensemble.neurons is None:
        raise InputError("ensemble", ensemble.name, "a single hidden layer of independent neurons", "try cf.ensembles.erf_net(1, 10)")
    density = SharedVariance(ensemble.density, variance)
    name = f"{ensemble.name} with a shared variance"
    return Ensemble(ensemble.architecture, density, even=ensemble.even, dim=ensemble.dim, name=name, scale=ensemble.scale)


def shared_variance_cumulant(ensemble: Ensemble, points: Any, mean: float, square: float) -> Exact:
    """G_c4 of sqrt(v) phi_0 at four points, by the law of total cumulance: E[v^2] G_c4 of phi_0 + Var(v) sum_3 K K.

    ``mean``, ``square``: E[v] and E[v^2].  The second term does not know N.  Raises as `cf.correlators.exact`.
    """
    if square < mean * mean or not math.isfinite(square):
        raise InputError("square", square, f"finite, at least the square of the mean, {mean * mean:g}", "pass E[v] and E[v^2]")
    where = np.asarray(points, dtype=float)
    if where.ndim != 2 or len(where) != 4:
        raise InputError("points", where.shape, "four points, [4, dim]", "repeat a point for coincident ones")
    pairs = exact(ensemble, where, indices=[[0, 1], [2, 3], [0, 2], [1, 3], [0, 3], [1, 2]])
    wick = pairs[0] * pairs[1] + pairs[2] * pairs[3] + pairs[4] * pairs[5]
    return square * exact(ensemble, where, connected=True) + (square - mean * mean) * wick
