"""An embedded disc made even: triangles near to their models, strands that bend little."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array
from scipy.sparse.linalg import SuperLU, splu

from ._arrays import Complexes, Integers, Reals
from ._triangulation import Triangulation

MEMORY = 12
FRESH = 20  # steps with one approximation of the Hessian
SMALL_GAIN = 2e-3  # of the energy, in ten steps together

History = list[tuple[Complexes, Complexes, float]]


def relaxed(disc: Triangulation, centres: Complexes, strands: Integers, bend: Complexes, most: int) -> Complexes:
    """Positions of small energy, reached in ``most`` steps from ``centres`` without a triangle ever turning over.

    Every triangle is a linear image of its model: z -> a z + b conj(z), of determinant D = |a|^2 - |b|^2.  The energy is the sum of
    2 (|a|^2 + |b|^2) (1 + D^-2), the symmetric Dirichlet energy (Smith and Schaefer 2015), infinite for D = 0, and of the
    squares of the sums of three points of the ``strands``, a row of numbers, with the weights of a row of ``bend``.
    Where triangles are so thin that the numbers fail, what was reached before is returned.
    Descent by L-BFGS (Nocedal 1980), which starts from a Laplacian as its Hessian; no step goes further than the first place where a
    triangle would turn over.
    """
    energy = _Energy.of(disc, strands, bend)
    z = centres * np.sqrt(areas(disc.models).sum() / areas(centres[disc.triangles]).sum())
    value, slope = energy.at(z)
    values, history, solver = [value], History(), None
    for number in range(most):
        if solver is None or number % FRESH == 0:
            solver, history = energy.solver(z), []
            if solver is None:
                break
        direction = -_times_inverse_hessian(slope, history, solver)
        step = _step(energy, z, value, slope, direction)
        if step is None:
            break
        change, value, new_slope = step
        history = [*history[1 - MEMORY :], (change, new_slope - slope, _dot(change, new_slope - slope))]
        history = [row for row in history if row[2] > 0]
        z, slope = z + change, new_slope
        values.append(value)
        if len(values) > 10 and values[-11] - value < SMALL_GAIN * value:
            break
    return z


def areas(corners: Complexes) -> Reals:
    """The oriented areas of triangles."""
    return ((corners[:, 1] - corners[:, 0]).conj() * (corners[:, 2] - corners[:, 0])).imag / 2


@dataclass(frozen=True)
class _Energy:
    """``to_a``, ``to_b``: what the corners of each triangle contribute to a and b; ``bend``: weights along the strands."""

    triangles: Integers
    to_a: Complexes
    to_b: Complexes
    strands: Integers
    bend: Complexes
    points: int

    @classmethod
    def of(cls, disc: Triangulation, strands: Integers, bend: Complexes) -> "_Energy":
        first, second = disc.models[:, 1] - disc.models[:, 0], disc.models[:, 2] - disc.models[:, 0]
        common = first * second.conj() - second * first.conj()
        to_a, to_b = (
            np.stack([-one - two, one, two], axis=1)
            for one, two in ((second.conj() / common, -first.conj() / common), (-second / common, first / common))
        )
        return cls(disc.triangles, to_a, to_b, strands, bend, disc.points)

    def at(self, z: Complexes) -> tuple[float, Complexes]:
        """The energy and its gradient; infinite where a triangle is turned over."""
        corners, bent = z[self.triangles], (z[self.strands] * self.bend).sum(axis=1)
        a, b = (corners * self.to_a).sum(axis=1), (corners * self.to_b).sum(axis=1)
        aa, bb = a.real**2 + a.imag**2, b.real**2 + b.imag**2
        determinant = aa - bb
        if not determinant.min() > 0.0:
            return np.inf, z
        square = determinant**-2.0
        wide, thin = 2 * (1 + square), 4 * (aa + bb) * square / determinant
        pulls = ((wide - thin) * a)[:, None] * self.to_a.conj() + ((wide + thin) * b)[:, None] * self.to_b.conj()
        value = float((wide * (aa + bb)).sum() + (bent.real**2 + bent.imag**2).sum())
        return value, 2 * (self._gathered(self.triangles, pulls) + self._gathered(self.strands, bent[:, None] * self.bend.conj()))

    def _gathered(self, places: Integers, entries: Complexes) -> Complexes:
        where = places.ravel()
        real = np.bincount(where, entries.real.ravel(), self.points)
        return real + 1j * np.bincount(where, entries.imag.ravel(), self.points)

    def room(self, z: Complexes, direction: Complexes) -> float:
        """How far one can go before a triangle turns over: the first zero of a determinant, which is quadratic along a line."""
        (a, b), (da, db) = ([(way[self.triangles] * to).sum(axis=1) for to in (self.to_a, self.to_b)] for way in (z, direction))
        c2, c1, c0 = abs(da) ** 2 - abs(db) ** 2, (a.conj() * da - b.conj() * db).real, abs(a) ** 2 - abs(b) ** 2
        under = c1**2 - c2 * c0
        towards = np.sqrt(np.maximum(under, 0.0)) - c1  # c0 over this is the smaller positive zero
        return float(np.min(c0 / np.where(towards > 0, towards, 1.0), where=(under >= 0) & (towards > 0), initial=np.inf))

    def solver(self, z: Complexes) -> SuperLU | None:
        """Factors of a real symmetric approximation of the Hessian: small triangles are stiff.  None where it is singular in 64 bit."""
        a = (z[self.triangles] * self.to_a).sum(axis=1)
        weights = 2 + 6 / np.abs(a) ** 4
        entries = weights[:, None, None] * (self.to_a.conj()[:, :, None] * self.to_a[:, None, :]).real
        bends = 2 * (self.bend.conj()[:, :, None] * self.bend[:, None, :]).real
        rows = np.concatenate([np.repeat(where, 3, axis=1).ravel() for where in (self.triangles, self.strands)])
        columns = np.concatenate([np.tile(where, (1, 3)).ravel() for where in (self.triangles, self.strands)])
        entries = np.concatenate([2 * entries.ravel(), bends.ravel(), np.full(self.points, 1e-3)])
        everywhere = np.arange(self.points)
        places = np.concatenate([rows, everywhere]), np.concatenate([columns, everywhere])
        if not np.isfinite(entries).all():
            return None
        matrix = csc_array((entries, places), shape=(self.points, self.points))
        try:
            return splu(matrix, permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True})
        except RuntimeError:
            return None


def _step(energy: _Energy, z: Complexes, value: float, slope: Complexes, direction: Complexes) -> tuple[Complexes, float, Complexes] | None:
    """The change, the energy and the gradient after a step that gains enough."""
    length, rate = min(1.0, 0.8 * energy.room(z, direction)), _dot(slope, direction)
    for _ in range(40):
        new_value, new_slope = energy.at(z + length * direction)
        if new_value <= value + 1e-4 * length * rate:
            return length * direction, new_value, new_slope
        length /= 2
    return None


def _times_inverse_hessian(slope: Complexes, history: History, solver: SuperLU) -> Complexes:
    """The recursion of two loops."""
    rest, parts = slope, []
    for change, turn, product in reversed(history):
        parts.append(_dot(change, rest) / product)
        rest = rest - parts[-1] * turn
    found = solver.solve(np.stack([rest.real, rest.imag], axis=1))
    found = found[:, 0] + 1j * found[:, 1]
    for (change, turn, product), part in zip(history, reversed(parts), strict=True):
        found = found + (part - _dot(turn, found) / product) * change
    return found


def _dot(one: Complexes, other: Complexes) -> float:
    return float(np.vdot(one, other).real)
