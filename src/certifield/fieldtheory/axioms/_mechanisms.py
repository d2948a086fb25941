r"""Ensembles that are reflection positive by construction, with the argument that makes them so.

* parameter splitting: theta = (theta_0, theta_+, theta_-), the halves mirror images and independent given theta_0; the field at +-tau > 0
  depends on (theta_0, theta_+-) alone.  Then $M = E_{\theta_0}[\bar f f]$.  Translation invariance does not follow.
* a stationary, reversible Markov process: condition on the slice at time 0.
* a network that acts pointwise in time on such processes, with random weights that do not depend on time: the functionals of the network
  are functionals of the process.  A layer that mixes times destroys the argument, and is refused.

Sources: arXiv:2504.05462, arXiv:2112.04527.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize

from certifield._arguments import positive
from certifield.evidence import Estimate, Exact, InputError
from certifield.fieldtheory.oracles import TransferMatrix

Draws = np.ndarray
_UNIT = 2.0**-53
_ROOT = 1e-15  # tolerance of roots, absolute and relative
Generator = np.random.Generator


@dataclass(frozen=True, eq=False)
class PositiveEnsemble:
    """``draw``: (generator, draws, points [P, d]) -> fields [draws, P]; ``proof`` of positivity; ``stationary``: None where it is not
    known.

    Called with (seed, draws, points), it is a sampler for the tests of axioms.
    """

    name: str
    dimension: int
    draw: Callable[[Generator, int, np.ndarray], Draws]
    proof: str
    stationary: bool | None = None

    def __call__(self, seed: int, draws: int, points: Any) -> Draws:
        where = np.asarray(points, dtype=float)
        if where.ndim != 2 or where.shape[1] != self.dimension or not np.all(np.isfinite(where)):
            raise InputError("points", where.shape, f"finite points [P, {self.dimension}]", "Euclidean time comes first")
        return self.draw(np.random.default_rng(seed), draws, where)


def parameter_splitting(
    shared: Callable[[Generator, int], Draws], half: Callable[[Generator, Draws], Draws], field: Callable[[Draws, Draws, np.ndarray],
    Draws],
    *, dimension: int = 1, name: str = "split parameters",
) -> PositiveEnsemble:  # fmt: skip
    """theta_0 = ``shared``(generator, draws); theta_+ and theta_- by two independent calls of ``half``(generator, theta_0);
    ``field``(theta_0, theta_half, points [P, d] with |tau|) -> [draws, P].  Points at time 0 belong to neither half, and are refused."""

    def draw(generator: Generator, draws: int, points: np.ndarray) -> Draws:
        if np.any(points[:, 0] == 0):
            raise InputError("points", points.tolist(), "away from time 0", "the slice tau = 0 belongs to neither half")
        base = shared(generator, draws)
        found = np.empty((draws, len(points)))
        folded = np.concatenate([np.abs(points[:, :1]), points[:, 1:]], axis=1)
        for side in (points[:, 0] > 0, points[:, 0] < 0):
            parameters = half(generator, base)  # drawn for both sides always, so that one side does not depend on what else is asked
            if np.any(side):
                found[:, side] = field(base, parameters, folded[side])
        return found

    return PositiveEnsemble(name, dimension, draw, "parameter splitting: M = E[conj(f) f] over theta_0", None)


def ornstein_uhlenbeck_process(mass: float = 1.0) -> PositiveEnsemble:
    r"""$dx = -mx\,dt + dW$, drawn exactly at any times: $x_{k+1} = e^{-m\Delta}x_k + \sqrt{(1-e^{-2m\Delta})/2m}\,\xi$; variance 1/2m.

    The harmonic oscillator of frequency m, hbar = mass = 1.
    """
    positive("mass", mass)

    def draw(generator: Generator, draws: int, points: np.ndarray) -> Draws:
        times, place = np.unique(points[:, 0], return_inverse=True)
        x = np.empty((draws, len(times)))
        x[:, 0] = generator.normal(size=draws) / math.sqrt(2 * mass)
        for k, step in enumerate(np.diff(times)):
            kick = math.sqrt(-math.expm1(-2 * mass * step) / (2 * mass))
            x[:, k + 1] = math.exp(-mass * step) * x[:, k] + kick * generator.normal(size=draws)
        return x[:, place]

    return PositiveEnsemble(f"Ornstein-Uhlenbeck, m = {mass:g}", 1, draw, "reversible Markov process", True)


def ground_state_process(chain: TransferMatrix) -> PositiveEnsemble:
    r"""The stationary chain $P(x, y) = K(x, y)\psi_0(y)/\Lambda_0\psi_0(x)$ of a transfer matrix, at times that are multiples of its
    spacing.

    The ground-state transform of an interacting theory, $dx = -U'(x)dt + dW$ with $U = -\ln\psi_0$ as the spacing falls; on the nodes of
    the quadrature, whose error is that of the transfer matrix.
    """
    nodes, moves, start = chain.ground_state_chain()
    cumulated, first = np.cumsum(moves, axis=1), np.cumsum(start)

    def draw(generator: Generator, draws: int, points: np.ndarray) -> Draws:
        counts = np.rint(points[:, 0] / chain.spacing)
        if not np.allclose(counts * chain.spacing, points[:, 0], atol=1e-9 * chain.spacing):
            raise InputError("points", points[:, 0].tolist(), f"multiples of the spacing {chain.spacing:g}", "round the times")
        steps = counts.astype(int) - int(counts.min())
        path = np.empty((draws, int(steps.max()) + 1), dtype=int)
        path[:, 0] = np.minimum(np.searchsorted(first, generator.uniform(size=draws)), len(nodes) - 1)
        for k in range(1, path.shape[1]):
            chance = generator.uniform(size=draws)
            path[:, k] = np.minimum(np.sum(cumulated[path[:, k - 1]] < chance[:, None], axis=1), len(nodes) - 1)
        return nodes[path[:, steps]]

    return PositiveEnsemble(f"ground state of {chain.site.describe()}", 1, draw, "reversible Markov chain", True)


def pointwise(
    function: Callable[..., Any], *processes: PositiveEnsemble, weights: Callable[[Generator, int], Any] | None = None
) -> PositiveEnsemble:
    r"""$\phi_t = f_\vartheta(x^{(1)}_t, x^{(2)}_t, \dots)$: ``function``(x1, x2, ...) acts entry by entry on fields [draws, P] of
    independent
    positive processes; with ``weights``(generator, draws) it is called as function(weights, x1, ...), the same weights at all times.

    Positivity is kept, Markov is lost.  That the function is pointwise is tested when it is used: fields at other times must not change
    its value, and a function that mixes times is refused with `InputError`.
    """
    if not processes or any(not isinstance(process, PositiveEnsemble) for process in processes):
        raise InputError("processes", processes, "positive ensembles, one at least", "try ornstein_uhlenbeck_process(1.0)")
    dimension = processes[0].dimension
    if any(process.dimension != dimension for process in processes):
        raise InputError("processes", [process.dimension for process in processes], "of one dimension", "take processes in one space")

    def draw(generator: Generator, draws: int, points: np.ndarray) -> Draws:
        chosen = () if weights is None else (weights(generator, draws),)
        inputs = [process.draw(generator, draws, points) for process in processes]
        found = np.asarray(function(*chosen, *inputs), dtype=float)
        if found.shape != inputs[0].shape:
            raise _mixes(f"fields of shape {found.shape} from inputs of shape {inputs[0].shape}")
        if len(points) > 1:
            some = slice(0, min(draws, 64))
            kept = tuple(one[some] for one in chosen)
            for column in range(len(points)):
                other = [np.where(np.arange(len(points)) == column, one[some], one[some][:, ::-1] + 1.0) for one in inputs]
                if not np.allclose(np.asarray(function(*kept, *other))[:, column], found[some, column], rtol=1e-9, atol=1e-12):
                    raise _mixes("a value that changes with the fields at other times")
        return found

    stationary = True if all(process.stationary for process in processes) else None
    argument = " and ".join(dict.fromkeys(process.proof for process in processes))
    name = "network on " + ", ".join(process.name for process in processes)
    return PositiveEnsemble(name, dimension, draw, f"pointwise in time on: {argument}", stationary)


def time_convolution(process: PositiveEnsemble, kernel: Any) -> PositiveEnsemble:
    """Refused: a layer that mixes times maps functionals of positive times to functionals of all times, and the proof is lost."""
    raise _mixes(f"a convolution in time of {process.name} with a kernel of {np.size(kernel)} entries")


def _mixes(given: str) -> InputError:
    remedy = "apply the layer at each time alone; or test the result with `sampled_positivity`, which needs no proof"
    return InputError("function", given, "pointwise in time: mixing times destroys reflection positivity", remedy)


@dataclass(frozen=True, eq=False)
class KarhunenLoeve:
    r"""Ornstein-Uhlenbeck on [0, T] as a network $\sum_k \theta_k e_k(t)$ with independent $\theta_k \sim N(0, \lambda_k)$.

    $\lambda_k = 1/(\omega_k^2 + m^2)$ with $\omega_k$ [K]: about the middle, even modes $\omega\tan(\omega T/2) = m$, odd ones
    $\omega\cot(\omega T/2) = -m$.  theta are uncorrelated for every process, and independent because this one is Gaussian
    (arXiv:2504.05462).
    """

    mass: float
    length: float
    frequencies: np.ndarray

    @property
    def variances(self) -> np.ndarray:
        """lambda_k [K], falling."""
        return 1 / (self.frequencies**2 + self.mass**2)

    def modes(self, times: Any) -> np.ndarray:
        """e_k at ``times`` [P]: [P, K], orthonormal on [0, T]."""
        t = np.atleast_1d(np.asarray(times, dtype=float))
        if t.ndim != 1 or not np.all((t >= 0) & (t <= self.length)):
            raise InputError("times", times, f"between 0 and T = {self.length:g}", "the expansion holds inside the interval")
        w, s, even = self.frequencies, t[:, None] - self.length / 2, np.arange(len(self.frequencies)) % 2 == 0
        norm = np.sqrt(self.length / 2 + np.where(even, 1, -1) * np.sin(w * self.length) / (2 * w))
        return np.where(even, np.cos(w * s), np.sin(w * s)) / norm

    def covariance(self, left: Any, right: Any) -> np.ndarray:
        """Of the network with K neurons: it misses $\\sum_{k>K}\\lambda_k e_k e_k$, on average over the interval `missing` at t = t'."""
        return (self.modes(left) * self.variances) @ self.modes(right).T

    @property
    def missing(self) -> Exact:
        r"""$\frac1T\int_0^T (\frac1{2m} - \sum_{k\le K} \lambda_k e_k(t)^2) dt = \frac1{2m} - \frac1T\sum_k\lambda_k$, falling as 1/K."""
        w, lambdas = self.frequencies, self.variances
        value = 1 / (2 * self.mass) - float(np.sum(lambdas)) / self.length
        # The equation for y = omega T/2 has two terms of one size at its root, and a slope without cancellation: where the computed sign
        # changes, the root lies within their rounding over the slope (twice it, as the slope varies little) and Brent's tolerance.
        y, even = w * self.length / 2, np.arange(len(w)) % 2 == 0
        sine, cosine = np.abs(np.sin(y)), np.abs(np.cos(y))
        slope = np.where(even, sine + y * cosine, cosine + y * sine) * 2 / self.length + self.mass * np.where(even, sine, cosine)
        size = w * np.where(even, sine, cosine) + self.mass * np.where(even, cosine, sine)
        off = 2 * (4 * _UNIT * size / slope + 2 * _UNIT * y) + _ROOT * (1 + y)
        moved = float(np.sum(2 * w * lambdas**2 * 2 * off / self.length)) / self.length  # d lambda = -2 omega lambda^2 d omega
        return Exact(value, "variance beyond K modes", "arXiv:2504.05462", moved + (len(w) + 16) * _UNIT / self.mass)

    def sample(self, seed: int, draws: int, times: Any) -> Draws:
        """Fields [draws, P]."""
        theta = np.random.default_rng(seed).normal(size=(draws, len(self.frequencies))) * np.sqrt(self.variances)
        return theta @ self.modes(times).T


def karhunen_loeve(mass: float, length: float, terms: int) -> KarhunenLoeve:
    """The first ``terms`` modes.  Raises `InputError` for a mass or length that is not positive, m T outside 1e-9 to 1e9, or no term."""
    positive("mass", mass)
    positive("length", length)
    whole = isinstance(terms, int) and not isinstance(terms, bool) and 1 <= terms <= 10_000
    if not whole or not 1e-9 <= mass * length <= 1e9:
        allowed = "1 to 10,000 terms and a product of mass and length between 1e-9 and 1e9"
        raise InputError("mass, length, terms", (mass, length, terms), allowed, "try karhunen_loeve(1.0, 4.0, 32)")
    return KarhunenLoeve(float(mass), float(length), np.array([_frequency(mass, length, k) for k in range(terms)]))


def _frequency(mass: float, length: float, k: int) -> float:
    """omega T/2 lies between k pi/2 and (k+1) pi/2, where the equation is monotone."""
    first, second = (math.sin, math.cos) if k % 2 == 0 else (math.cos, math.sin)
    sign = -1.0 if k % 2 == 0 else 1.0
    bracket = (k * math.pi / 2 + 1e-12, (k + 1) * math.pi / 2 - 1e-12)
    found = optimize.root_scalar(
        lambda y: 2 * y / length * first(y) + sign * mass * second(y), bracket=bracket, method="brentq", xtol=_ROOT, rtol=_ROOT
    )
    return 2 * float(found.root) / length


def mean_square_increments(process: PositiveEnsemble, intervals: Sequence[float], *, draws: int = 20_000, seed: int = 0) -> Estimate:
    r"""$\epsilon^{-1}E[(\phi_{t+\epsilon}-\phi_t)^2]$ from draws: the commutator, hbar/mass, in the window $1/\Lambda \ll \epsilon \ll
    1/m$."""
    epsilon = np.asarray(intervals, dtype=float)
    points = np.zeros((len(epsilon) + 1, process.dimension))
    points[1:, 0] = epsilon
    fields = process(seed, draws, points)
    each = (fields[:, 1:] - fields[:, :1]) ** 2 / epsilon
    covariance = np.cov(each.T, ddof=1).reshape(len(epsilon), len(epsilon)) / draws
    source = f"commutator/{process.name}/{seed}"
    return Estimate.from_stderr(each.mean(axis=0), covariance, source=source, draws=draws, method="mean square increments")
