"""Rules of training: gradient flow, gradient descent, the heavy ball.

With a frozen kernel every rule is known on each eigenvector of Theta by one function P_t(eigenvalue): residuals are multiplied by
E_t = 1 - eigenvalue P_t, and P_t stays finite as the eigenvalue goes to 0.
"""

import abc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PyTree

from certifield.ensembles._checked import checked_number, checked_scale
from certifield.evidence import InputError

Gradient = Callable[[PyTree], PyTree]


@dataclass(frozen=True)
class Rule(abc.ABC):
    """How parameters follow the gradient, with a ``rate``; times are those of the flow, or numbers of steps."""

    rate: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "rate", checked_scale("rate", self.rate, zero_allowed=False))

    def slowed(self, factor: float) -> "Rule":
        """The same rule at rate/factor."""
        return replace(self, rate=self.rate / factor)

    @abc.abstractmethod
    def times(self, times: Sequence[float]) -> np.ndarray:
        """Ascending times as an array.  Raises `InputError` for times that the rule does not have."""

    @abc.abstractmethod
    def integral(self, eigenvalues: np.ndarray, times: np.ndarray) -> np.ndarray:
        """P_t [times, eigenvalues]."""

    @abc.abstractmethod
    def steepness(self, low: float, high: float, times: np.ndarray) -> np.ndarray:
        """A bound on |dP_t/d eigenvalue| between ``low`` and ``high`` [times]: P_t changes by at most this times the change of Theta."""

    @property
    @abc.abstractmethod
    def stable_product(self) -> float:
        """The rate times the largest eigenvalue stays below this; infinite for the flow."""

    @abc.abstractmethod
    def states(self, gradient: Gradient, start: PyTree, times: np.ndarray, step: float) -> PyTree:
        """The parameters at all ``times``, which come first in every array.

        The flow goes in Runge-Kutta steps of order 4, each of at most ``step``.
        """

    def accumulate(self, gradient: Gradient, start: Array, times: np.ndarray) -> Array:
        """a_t [times, *start] with prediction(t) = prediction(0) - Theta a_t for any loss, where ``gradient`` of a is that of the loss."""
        return self.states(lambda a: -gradient(a), start, times, 1.0)


def ascending(times: Sequence[float], whole: bool) -> np.ndarray:
    """Times as an array.  Raises `InputError`."""
    given = np.asarray(times, dtype=float) if len(np.shape(times)) == 1 and len(times) else np.full(1, np.nan)
    if not np.all(np.isfinite(given)) or np.any(given < 0) or np.any(np.diff(given) <= 0) or (whole and np.any(given != np.floor(given))):
        kind = "whole numbers of steps" if whole else "numbers"
        raise InputError("times", times, f"ascending {kind}, 0 or more", "try times=[0, 1, 10]")
    return given


class GradientFlow(Rule):
    """d theta/dt = -rate grad L: P_t = (1 - exp(-rate lambda t))/lambda."""

    def times(self, times: Sequence[float]) -> np.ndarray:
        """Any ascending times."""
        return ascending(times, whole=False)

    def integral(self, eigenvalues: np.ndarray, times: np.ndarray) -> np.ndarray:
        """By expm1; rate t at eigenvalue 0."""
        decay = self.rate * times[:, None] * eigenvalues
        positive = eigenvalues > 0
        return np.where(positive, -np.expm1(-decay) / np.where(positive, eigenvalues, 1.0), self.rate * times[:, None])

    def steepness(self, low: float, high: float, times: np.ndarray) -> np.ndarray:
        """min((rate t)^2/2, 1/low^2)."""
        early = (self.rate * times) ** 2 / 2
        return np.minimum(early, low**-2) if low > 0 else early

    @property
    def stable_product(self) -> float:
        """The flow is stable at every rate."""
        return np.inf

    def states(self, gradient: Gradient, start: PyTree, times: np.ndarray, step: float) -> PyTree:
        """Steps of equal length between two times."""
        gaps = np.diff(times, prepend=0.0)
        counts = np.ceil(gaps / step - 1e-9)
        lengths = self.rate * gaps / np.maximum(counts, 1)
        return _looped(lambda state, length: _runge_kutta(gradient, state, length), start, counts, lengths)

    def accumulate(self, gradient: Gradient, start: Array, times: np.ndarray) -> Array:
        """da/dt = rate grad, by an implicit solver: the eigenvalues of Theta make it stiff."""
        import diffrax

        term = diffrax.ODETerm(lambda t, a, _: self.rate * gradient(a))
        steps = diffrax.PIDController(rtol=1e-8, atol=1e-10)
        end = max(float(times[-1]), 1e-12)
        found = diffrax.diffeqsolve(term, diffrax.Kvaerno5(), 0.0, end, None, start, stepsize_controller=steps,
                                    saveat=diffrax.SaveAt(ts=jnp.asarray(times)), max_steps=1 << 14)  # fmt: skip
        assert found.ys is not None
        return found.ys


class GradientDescent(Rule):
    """theta <- theta - rate grad L: P_t = (1 - (1 - rate lambda)^t)/lambda after t steps."""

    def times(self, times: Sequence[float]) -> np.ndarray:
        """Ascending numbers of steps."""
        return ascending(times, whole=True)

    def integral(self, eigenvalues: np.ndarray, times: np.ndarray) -> np.ndarray:
        """By expm1 and log1p while rate lambda < 1; rate t at eigenvalue 0."""
        step, t = self.rate * eigenvalues, times[:, None]
        small, positive = step < 0.5, eigenvalues > 0
        gone = np.where(small, -np.expm1(t * np.log1p(-np.where(small, step, 0.0))), 1 - (1 - np.where(small, 0.0, step)) ** t)
        return np.where(positive, gone / np.where(positive, eigenvalues, 1.0), self.rate * t)

    def steepness(self, low: float, high: float, times: np.ndarray) -> np.ndarray:
        """min(rate^2 t (t-1)/2, rate t r^(t-1)/low + (1 + r^t)/low^2), r the largest |1 - rate lambda|."""
        early = self.rate**2 * times * np.maximum(times - 1, 0) / 2
        if low <= 0:
            return early
        r = max(abs(1 - self.rate * low), abs(1 - self.rate * high))
        return np.minimum(early, self.rate * times * r ** np.maximum(times - 1, 0) / low + (1 + r**times) / low**2)

    @property
    def stable_product(self) -> float:
        """2."""
        return 2.0

    def states(self, gradient: Gradient, start: PyTree, times: np.ndarray, step: float) -> PyTree:
        """After so many steps."""
        counts = np.diff(times, prepend=0.0)
        return _looped(lambda state, rate: _moved(state, gradient(state), -rate), start, counts, np.full(len(times), self.rate))


@dataclass(frozen=True)
class HeavyBall(Rule):
    """v <- momentum v - rate grad L, theta <- theta + v, with v = 0 at first."""

    momentum: float = 0.9

    def __post_init__(self) -> None:
        super().__post_init__()
        number = checked_number("momentum", self.momentum)
        if not 0 <= number < 1:
            raise InputError("momentum", self.momentum, "0 or more and below 1", "try momentum=0.9")
        object.__setattr__(self, "momentum", number)

    def times(self, times: Sequence[float]) -> np.ndarray:
        """Ascending numbers of steps."""
        return ascending(times, whole=True)

    def integral(self, eigenvalues: np.ndarray, times: np.ndarray) -> np.ndarray:
        """The step response: p <- p + q, q <- momentum q + rate (1 - lambda p), by powers of a matrix."""
        return self._response(eigenvalues, times)[0]

    def steepness(self, low: float, high: float, times: np.ndarray) -> np.ndarray:
        """Twice the largest derivative of the step response on 257 eigenvalues between both."""
        return 2 * np.max(np.abs(self._response(np.linspace(low, high, 257), times)[1]), axis=1)

    def _response(self, eigenvalues: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """P_t and dP_t/d lambda: [times, eigenvalues]."""
        zero, one = np.zeros_like(eigenvalues), np.ones_like(eigenvalues)
        step, mu, rate = self.rate * eigenvalues, self.momentum * one, self.rate * one
        # Of (p, q, p', q', 1), prime the derivative with respect to the eigenvalue; q comes first, so that p takes the new one.
        rows = [
            [1 - step, mu, zero, zero, rate],
            [-step, mu, zero, zero, rate],
            [-rate, zero, 1 - step, mu, zero],
            [-rate, zero, -step, mu, zero],
            [zero, zero, zero, zero, one],
        ]
        matrix = np.moveaxis(np.array(rows), 2, 0)
        powers = np.stack([np.linalg.matrix_power(matrix, int(t)) for t in times])
        return powers[..., 0, 4], powers[..., 2, 4]

    @property
    def stable_product(self) -> float:
        """2 (1 + momentum)."""
        return 2 * (1 + self.momentum)

    def states(self, gradient: Gradient, start: PyTree, times: np.ndarray, step: float) -> PyTree:
        """After so many steps."""

        def once(carry: tuple[PyTree, PyTree], rate: Array) -> tuple[PyTree, PyTree]:
            velocity = jax.tree.map(lambda v, g: self.momentum * v - rate * g, carry[1], gradient(carry[0]))
            return _moved(carry[0], velocity, 1.0), velocity

        still = jax.tree.map(jnp.zeros_like, start)
        return _looped(once, (start, still), np.diff(times, prepend=0.0), np.full(len(times), self.rate))[0]


def _moved(params: PyTree, direction: PyTree, length: Any) -> PyTree:
    return jax.tree.map(lambda p, d: (p + length * d).astype(p.dtype), params, direction)


def _runge_kutta(gradient: Gradient, params: PyTree, length: Array) -> PyTree:
    """One step of d params = -gradient, by the classical rule; its four stages are one loop, which compiles four times faster."""

    def stage(carry: tuple[PyTree, PyTree], weights: tuple[Array, Array]) -> tuple[tuple[PyTree, PyTree], None]:
        before, total = carry
        now = gradient(_moved(params, before, -length * weights[0]))
        return (now, _moved(total, now, weights[1])), None

    nothing = jax.tree.map(jnp.zeros_like, params)
    nodes, weights = jnp.array([0.0, 0.5, 0.5, 1.0]), jnp.array([1.0, 2.0, 2.0, 1.0]) / 6
    (_, total), _ = jax.lax.scan(stage, (nothing, nothing), (nodes, weights))
    return _moved(params, total, -length)


def _looped(step: Callable[[Any, Array], Any], start: Any, counts: np.ndarray, lengths: np.ndarray) -> Any:
    """The state after each of the given numbers of further steps, as arrays with one more axis in front."""

    def interval(state: Any, part: tuple[Array, Array]) -> tuple[Any, Any]:
        after = jax.lax.fori_loop(0, part[0], lambda _, now: step(now, part[1]), state)
        return after, after

    return jax.lax.scan(interval, start, (jnp.asarray(counts.astype(int)), jnp.asarray(lengths)))[1]
