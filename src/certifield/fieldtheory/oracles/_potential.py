"""Polynomial potentials of one variable: validation, and the inequalities on which rigorous bounds rest."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import polynomial as poly
from scipy import optimize, special

from certifield.evidence import InputError

_SLACK = 1e-9  # added to bounds that come from roots found in floats


@dataclass(frozen=True)
class Potential:
    r"""$V(x) = \sum_k v_k x^k$ with ``coefficients`` $(v_0, v_1, ...)$, bounded below: an even degree and a positive leading coefficient.

    Raises `InputError` for coefficients that are not finite, and for a potential that is not bounded below, naming its leading term.

    >>> Potential((0, 0, 0.5, 0, 0.25)).describe()
    '0.5 x^2 + 0.25 x^4'
    >>> Potential((0, 0, 0.5, 0.1))
    Traceback (most recent call last):
    ...
    certifield.evidence._errors.InputError: coefficients = '0.1 x^3' cannot be used: it must be bounded below. ...
    """

    coefficients: tuple[float, ...]

    def __post_init__(self) -> None:
        try:
            array = np.atleast_1d(np.asarray(self.coefficients, dtype=float))
        except (TypeError, ValueError):
            array = np.array([np.nan])
        if array.ndim != 1 or not np.all(np.isfinite(array)):
            raise InputError("coefficients", self.coefficients, "finite numbers v_0, v_1, ...", "pass (0, 0, 0.5, 0, 0.25)")
        trimmed = tuple(float(entry) for entry in np.trim_zeros(array, "b"))
        object.__setattr__(self, "coefficients", trimmed)
        if self.degree < 2 or self.degree % 2 or trimmed[-1] < 0:
            leading = f"{trimmed[-1]:g} x^{self.degree}" if trimmed else "0"
            raise InputError("coefficients", leading, "bounded below", "let the leading term be an even power with a positive factor")

    @property
    def degree(self) -> int:
        """The highest power of x."""
        return max(len(self.coefficients) - 1, 0)

    @property
    def even(self) -> bool:
        """Whether V(-x) = V(x)."""
        return not any(self.coefficients[1::2])

    def __call__(self, x: np.ndarray | float) -> np.ndarray:
        return np.asarray(poly.polyval(x, self.coefficients))

    def derivative(self, order: int = 1) -> np.ndarray:
        """The coefficients of the ``order``-th derivative."""
        return np.asarray(poly.polyder(self.coefficients, order))

    def describe(self) -> str:
        """The potential as text."""
        return " + ".join(f"{factor:g} x^{power}" for power, factor in enumerate(self.coefficients) if factor)

    def scaled(self, factor: float) -> "Potential":
        """factor * V."""
        return Potential(tuple(factor * entry for entry in self.coefficients))

    def lower_bound(self, frequency: float = 0.0) -> float:
        r"""$\min_x [V(x) - \frac12 \omega^2 x^2]$, less a margin for the rounding of its roots; minus infinity where there is none."""
        rest = poly.polysub(self.coefficients, (0.0, 0.0, frequency**2 / 2))
        rest = np.trim_zeros(rest, "b")
        if len(rest) == 0 or len(rest) == 1:
            return float(rest[0]) if len(rest) else 0.0
        if len(rest) % 2 == 0 or rest[-1] < 0:
            return -np.inf
        return minimum(rest)

    def turning_point(self, energy: float) -> float:
        """A distance beyond which V exceeds ``energy`` on both sides."""
        roots = poly.polyroots(poly.polysub(self.coefficients, (energy,)))
        real = roots[np.abs(roots.imag) < 1e-6 * (1 + np.abs(roots))].real
        return float(np.max(np.abs(real), initial=0.0)) * (1 + 1e-6) + 1e-6

    def power_bound(self, power: int) -> tuple[float, float]:
        r"""(a, b) with $x^k \le a V(x) + b$, for an even ``power`` up to the degree: moments are then bounded by energies."""
        if power % 2 or power > self.degree:
            raise InputError("power", power, f"even, {self.degree} at most", "take a lower power")
        a = 1.0 if power < self.degree else 2 / self.coefficients[-1]
        rest = poly.polysub(a * np.asarray(self.coefficients), np.eye(power + 1)[power])
        return a, max(0.0, -minimum(np.trim_zeros(rest, "b")))

    def hartree_frequency(self) -> float:
        r"""The frequency of the Gaussian about 0 of least energy $\frac\omega4 + \langle V \rangle$.

        For $\frac12 m^2 x^2 + g x^4$ it solves $\omega^3 - m^2 \omega - 6 g = 0$.
        """
        unit = self.coefficients[-1] ** (2 / (self.degree + 2))

        def energy(log_frequency: float) -> float:
            frequency = unit * np.exp(log_frequency)
            return frequency / 4 + sum(
                factor * special.factorial2(power - 1) / (2 * frequency) ** (power / 2)
                for power, factor in enumerate(self.coefficients)
                if factor and power % 2 == 0 and power
            )

        grid = np.linspace(-5, 5, 101)
        start = grid[int(np.argmin([energy(point) for point in grid]))]
        found = optimize.minimize_scalar(energy, bracket=(start - 0.1, start, start + 0.1), options={"xtol": 1e-12})
        return float(unit * np.exp(found.x))  # type: ignore[attr-defined]

    def oscillator(self, levels: int) -> tuple[float, float]:
        r"""(centre, frequency) of the oscillator to expand ``levels`` levels in: an ellipse in phase space that fits theirs.

        The orbit of energy E that encloses $2\pi\,$``levels`` (Bohr and Sommerfeld) reaches from x_- to x_+ and to the momentum p:
        the centre is the middle, the frequency $2 p / (x_+ - x_-)$.
        """
        bottom = self.lower_bound()
        steps = np.linspace(-1, 1, 2001)

        def orbit(energy: float) -> tuple[float, float, float]:
            x = self.turning_point(energy) * steps
            momenta = np.sqrt(np.maximum(0.0, 2 * (energy - self(x))))
            inside = x[momenta > 0]
            return float(np.sum(momenta) * (x[1] - x[0]) / np.pi), float(inside[0]), float(inside[-1])

        low, high = 0.0, 1.0
        while orbit(bottom + high)[0] < levels:
            low, high = high, 2 * high
        found = optimize.root_scalar(lambda energy: orbit(bottom + energy)[0] - levels, bracket=(low + 1e-9, high), xtol=1e-3 * high)
        excess = float(found.root)
        _, left, right = orbit(bottom + excess)
        return (0.0 if self.even else (left + right) / 2), 2 * float(np.sqrt(2 * excess)) / (right - left)


def potential(given: Potential | Sequence[float]) -> Potential:
    """``given`` as a `Potential`."""
    return given if isinstance(given, Potential) else Potential(tuple(given))


def minimum(coefficients: np.ndarray, *, from_zero: bool = False) -> float:
    """The least value of a polynomial that is bounded below, less a margin; ``from_zero``: on the half line x >= 0."""
    roots = poly.polyroots(poly.polyder(coefficients)).real
    where = np.append(np.maximum(roots, 0.0) if from_zero else roots, 0.0)  # a point too many does no harm: all values are attained
    values, scale = poly.polyval(where, coefficients), poly.polyval(np.abs(where), np.abs(coefficients))
    place = int(np.argmin(values))
    return float(values[place] - _SLACK * (1 + scale[place]))
