r"""Matrix elements $\langle m|x^k|n\rangle$ between levels, with bounds.

The computed vector u differs from the eigenvector psi by w.  x^k is unbounded, so that a small w is not enough; but $Hw = E\psi - Hu$ is
known, and

    ||V w||^2 <= ||H w||^2 + <w|V''|w>/2 - V_min <w|p^2|w>,     <w|H|w> <= (lambda - E) + |E| ||w||^2,

and $|x|^k \le a V + b$ for k up to the degree: all of these are small, and enter squared.  The first inequality is $H^2$ multiplied out,
less its term in p^4.
"""

from functools import cached_property

import numpy as np
from numpy.polynomial import polynomial as poly

from ._basis import powers
from ._levels import Levels
from ._potential import Potential, minimum


class Elements:
    """Elements of the powers of x up to twice the degree of ``potential``, between the K levels of ``levels``."""

    def __init__(self, potential: Potential, levels: Levels) -> None:
        self.potential, self.levels = potential, levels
        self._found: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def between(self, power: int) -> tuple[np.ndarray, np.ndarray]:
        """<m|x^power|n> [K, K], and bounds on their errors."""
        if power not in self._found:
            self._found[power] = self._between(power)
        return self._found[power]

    def _between(self, power: int) -> tuple[np.ndarray, np.ndarray]:
        half = power // 2
        low, high = min(half, self.potential.degree), power - half
        left, right = self._images[low], self._images[high]
        rows = max(len(left), len(right))
        first, second = _padded(left, rows), _padded(right, rows)
        value = first.T @ second
        d = self.levels.distance
        whole = np.linalg.norm(self._image(power), axis=0)
        first_order = whole[:, None] * d[None, :] + d[:, None] * whole[None, :]
        lower, upper = (_padded(self._size(k), rows) for k in (low, high))  # |x^k| on |u|: what is rounded on the way may cancel
        rounding = (2 * rows + 16 * power + 16) * 2.0**-53 * (lower.T @ upper)
        return value, first_order + np.outer(self._tails(low), self._tails(high)) + rounding

    @cached_property
    def _powers(self) -> list:
        highest = 2 * self.potential.degree
        return powers(self.levels.size, highest, self.levels.centre, self.levels.frequency)

    @cached_property
    def _images(self) -> list[np.ndarray]:
        return [self._image(k) for k in range(self.potential.degree + 1)]

    def _image(self, power: int) -> np.ndarray:
        return self._powers[power] @ self.levels.vectors

    @cached_property
    def _magnitudes(self) -> list:
        return powers(self.levels.size, self.potential.degree, abs(self.levels.centre), self.levels.frequency)

    def _size(self, power: int) -> np.ndarray:
        return self._magnitudes[power] @ np.abs(self.levels.vectors)

    def _tails(self, power: int) -> np.ndarray:
        """Bounds on ||x^power w|| for every level."""
        levels, d = self.levels, self.levels.distance
        if power == 0:
            return d
        energy = np.abs(levels.energies) + levels.radius
        mean = levels.radius + energy * d**2  # of H
        bottom = min(0.0, self.potential.lower_bound())
        curvature = self.potential.derivative(2)
        lift = max(0.0, -minimum(poly.polysub(self.potential.coefficients, curvature)))
        force = (energy * d + levels.residuals + levels.radius) ** 2
        of_potential = np.sqrt(force + (mean + lift * d**2) / 2 - bottom * 2 * (mean - bottom * d**2))
        scale = 1.0 if power < self.potential.degree else 2 / self.potential.coefficients[-1]
        return scale * of_potential + self._offset(power, scale) * d

    def _offset(self, power: int, scale: float) -> float:
        r"""b with $|x|^k \le a V(x) + b$ for every x, by the two half lines."""
        right = scale * np.asarray(self.potential.coefficients)
        left = right * (-1.0) ** np.arange(len(right))
        return max(0.0, *(-minimum(poly.polysub(side, np.eye(power + 1)[power]), from_zero=True) for side in (left, right)))


def _padded(matrix: np.ndarray, rows: int) -> np.ndarray:
    return np.pad(matrix, [(0, rows - len(matrix)), (0, 0)])
