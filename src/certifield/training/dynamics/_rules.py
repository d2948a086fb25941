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
        """A bound on |dP_t/d eigenvalue| between ``low`` and ``high`` [times]: P_t changes by at most this times the change of Theta.

        ``low`` is 0 or more, and the rule stable at ``high``.
        """

    def rounding(self, eigenvalues: np.ndarray, times: np.ndarray) -> np.ndarray:
        """A bound on the rounding of `integral` [times]: some units in the last place of formulas without cancellation."""
        return 8 * np.finfo(float).eps * np.max(np.abs(self.integral(eigenvalues, times)), axis=1)

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
    given = np.asarray(times) if len(np.shape(times)) == 1 and len(times) else np.full(1, np.nan)
    given = given.astype(float) if given.dtype.kind in "iuf" else np.full(1, np.nan)
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

    def rounding(self, eigenvalues: np.ndarray, times: np.ndarray) -> np.ndarray:
        """Where rate lambda is 1/2 or more, 1 - rate lambda is off by 2 units: t |1 - rate lambda|^(t-1) times as much in its power."""
        r = np.max(np.where(self.rate * eigenvalues < 0.5, 0.0, np.abs(1 - self.rate * eigenvalues)))
        return super().rounding(eigenvalues, times) + 8 * np.finfo(float).eps * self.rate * (1 + times * r ** np.maximum(times - 1, 0))

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
        """The step response: q <- momentum q + rate (1 - lambda p), p <- p + q, step by step: no powers, which would cancel."""
        found, p, q = np.zeros((len(times), len(eigenvalues))), np.zeros_like(eigenvalues), np.zeros_like(eigenvalues)
        place = {int(step): row for row, step in enumerate(times)}
        for step in range(1, int(times[-1]) + 1):
            q = self.momentum * q + self.rate * (1 - eigenvalues * p)
            p = p + q
            if step in place:
                found[place[step]] = p
        return found

    def steepness(self, low: float, high: float, times: np.ndarray) -> np.ndarray:
        """min(g^2 t (t-1)/2, g t s, s^2) with g = rate/(1 - momentum), s = rate/min(rate low, 2 (1 + mu) - rate high, (1 - sqrt(mu))^2).

        P_t is the sum of g_1..g_t, where g_k = rate sum_j x^j y^(k-1-j) answers a single push after k steps, and dP_t/d lambda is
        - sum_s g_(t-s) P_s.  The roots x, y of z^2 - (1 + mu - rate lambda) z + mu have |x y| = mu and |x|, |y| <= 1: so |g_k| <= g, which
        is largest where one of them is 1, and the sum of all |g_k| is at most rate/((1 - |x|)(1 - |y|)), for which `_margin` stands.
        """
        push, floor = self.rate / (1 - self.momentum), self._margin(low, high)
        early = push**2 * times * np.maximum(times - 1, 0) / 2
        if floor <= 0:
            return early
        in_all = self.rate / floor
        return np.minimum(np.minimum(early, push * times * in_all), in_all**2)

    def rounding(self, eigenvalues: np.ndarray, times: np.ndarray) -> np.ndarray:
        """What each step loses, 8 units of |p| + |q| + rate, answers like a push: at most 2/(1 - momentum) times, and adds up."""
        push, floor = self.rate / (1 - self.momentum), self._margin(float(np.min(eigenvalues)), float(np.max(eigenvalues)))
        size = np.minimum(push * times, self.rate / floor if floor > 0 else np.inf)
        return 16 * np.finfo(float).eps / (1 - self.momentum) * times * (2 * size + self.rate)

    def _margin(self, low: float, high: float) -> float:
        """The least (1 - |x|)(1 - |y|) between two eigenvalues."""
        return min(self.rate * low, 2 * (1 + self.momentum) - self.rate * high, (1 - self.momentum**0.5) ** 2)

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
