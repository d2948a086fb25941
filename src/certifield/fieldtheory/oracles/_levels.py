r"""The lowest levels of $\frac12 p^2 + V(x)$, with bounds that hold.

1. Diagonalise H on the first n oscillator states.  For a vector u with $\lambda = \langle u|H|u\rangle$ the residual
   $r = \|Hu - \lambda u\|$ is computed completely, since H raises by ``degree`` states at most: a level lies within r of lambda.
2. A staircase below V counts at most M levels below some E*.  If M disjoint intervals lie below E*, every level below E* is in one of them.
3. Levels are then isolated, and Kato and Temple's inequality makes the radius quadratic:
   $\lambda - r^2/(\beta - \lambda) \le E \le \lambda$ for the lowest, and $\pm r^2/gap$ for the others.
4. The distance from u to the eigenvector is $\sqrt2\, r/gap$ at most (Davis and Kahan).

Even potentials are treated in their two sectors, where near-degenerate doublets of a double well are far apart.
Sources: Kato, J. Phys. Soc. Japan 4 (1949) 334; Parlett, The Symmetric Eigenvalue Problem, chapters 4, 10 and 11.
"""

from dataclasses import dataclass

import numpy as np
from scipy import linalg, sparse

from certifield.evidence import NotConverged

from ._basis import hamiltonian
from ._counting import Side, levels_below
from ._potential import Potential

_UNIT = 2.0**-53
_SIZES = (64, 96, 144, 216, 324, 486, 729, 1094)
_WANTED = 1e-9  # residuals: the radius of a level is their square over a gap
_PIECES = (400, 1600, 6400, 25600)


@dataclass(frozen=True, eq=False)
class Levels:
    """All levels below ``ceiling``: ``energies`` [K] and their ``radius``; ``vectors`` [n, K] on the oscillator of ``frequency`` about
    ``centre``, each with its ``residuals`` [K] and within ``distance`` [K] of the eigenvector."""

    energies: np.ndarray
    radius: np.ndarray
    vectors: np.ndarray
    residuals: np.ndarray
    distance: np.ndarray
    ceiling: float
    centre: float
    frequency: float

    @property
    def size(self) -> int:
        """The number n of oscillator states."""
        return len(self.vectors)


def lowest_levels(potential: Potential, count: int) -> Levels:
    """At least ``count`` levels from below, none missing.  Raises `NotConverged` where 1094 states or 25,600 stairs do not suffice."""
    centre, frequency = potential.oscillator(2 * count + 10)
    sides: tuple[Side, ...] = ("even", "odd") if potential.even else ("line",)
    each = count // 2 + 1 if potential.even else count
    sectors: list[_Sector] = []
    for size in _SIZES:
        if size < 2 * count + 16:
            continue
        full, bound = hamiltonian(potential, size, centre, frequency)
        sectors = [_ritz(full, bound, side, each + 3) for side in sides]
        if all(np.all(sector.residuals[: each + 1] < _WANTED * (1 + np.abs(sector.values[: each + 1]))) for sector in sectors):
            break
    else:
        worst = max(float(np.max(sector.residuals)) for sector in sectors)
        raise NotConverged(f"residuals of {worst:.1e} with {_SIZES[-1]} states; ask for fewer levels, or rescale the potential")
    bounded = [_isolated(potential, sector, side, each) for sector, side in zip(sectors, sides, strict=True)]
    ceiling = min(top for *_, top in bounded)
    energies, radius, residuals, distance, vectors = (np.concatenate([sector[k] for sector in bounded], axis=-1) for k in range(5))
    order = [k for k in np.argsort(energies) if energies[k] + radius[k] < ceiling]
    return Levels(energies[order], radius[order], vectors[:, order], residuals[order], distance[order], ceiling, centre, frequency)


@dataclass(frozen=True, eq=False)
class _Sector:
    values: np.ndarray
    vectors: np.ndarray
    residuals: np.ndarray
    rounding: np.ndarray


def _ritz(full: sparse.csr_array, bound: sparse.csr_array, side: Side, count: int) -> _Sector:
    """Rayleigh quotients, vectors in the whole basis, bounds on the residuals, and on the rounding of the quotients."""
    rows, size = full.shape  # type: ignore[misc]  # of two dimensions, which the stubs leave open
    kept = np.arange(size)[{"line": slice(None), "even": slice(0, None, 2), "odd": slice(1, None, 2)}[side]]
    dense = full[:size][kept][:, kept].toarray()
    _, found = linalg.eigh((dense + dense.T) / 2, subset_by_index=[0, min(count, len(kept)) - 1])
    vectors = np.zeros((size, found.shape[1]))
    found[np.abs(found) < 8 * _UNIT] = 0.0  # what is there is the noise of the solver, which H would multiply by its largest entries
    vectors[kept] = found / np.linalg.norm(found, axis=0)
    image = full @ vectors
    values = np.sum(vectors * image[:size], axis=0)
    padded = np.pad(vectors, [(0, rows - size), (0, 0)])
    # Entries of H are sums of products of at most 3 degree + 4 roundings; a row has 2 degree + 1 of them.
    roundings = (8 * (rows - size) + 16) * _UNIT
    blur = roundings * (bound @ np.abs(vectors) + np.abs(values) * np.abs(padded))
    residuals = (np.linalg.norm(image - values * padded, axis=0) + np.linalg.norm(blur, axis=0)) * (1 + size * _UNIT)
    rounding = np.sum(np.abs(padded) * blur, axis=0) + size * _UNIT * np.sum(np.abs(padded) * np.abs(image), axis=0)
    return _Sector(values, vectors, residuals, rounding)


def _isolated(potential: Potential, sector: _Sector, side: Side, count: int) -> tuple[*tuple[np.ndarray, ...], float]:
    """Energies, radii, residuals, distances and vectors of a sector below the energy that the staircase fixes, and that energy."""
    values, residuals = sector.values, sector.residuals
    gaps = np.diff(values)
    last = count + int(np.argmax(gaps[count - 1 :]))  # levels kept: the widest gap above them is where counting is easiest
    ceiling = float(values[last] - 0.5 * gaps[last - 1])
    for pieces in _PIECES:
        if levels_below(potential, ceiling, pieces, side) <= last:
            break
    else:
        raise NotConverged(f"the levels below {ceiling:.6g} could not be counted; ask for another number of levels")
    values, residuals = values[:last], residuals[:last]
    low, high = values - residuals, values + residuals
    upper = np.append(low[1:], ceiling) - values  # at least this far to the next level above,
    lower = values - np.append(-np.inf, high[:-1])  # and below
    if np.any(upper <= residuals) or np.any(lower <= residuals):
        raise NotConverged("two levels lie closer together than their residuals: they cannot be told apart")
    quadratic = np.maximum(residuals**2 / upper, np.where(np.isfinite(lower), residuals**2 / lower, 0.0))
    radius = np.minimum(residuals, quadratic) + sector.rounding[:last]
    distance = np.sqrt(2) * residuals / np.minimum(upper, lower) + len(sector.vectors) * _UNIT
    return values, radius, residuals, distance, sector.vectors[:, :last], ceiling
