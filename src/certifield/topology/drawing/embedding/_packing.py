"""Circle packings by Newton's method."""

from cmath import rect
from heapq import heappop, heappush
from math import atan, sqrt

import numpy as np
from scipy.sparse import coo_array, csc_array
from scipy.sparse.linalg import splu

from ._arrays import Complexes, Reals
from ._triangulation import Triangulation

TOLERANCE = 1e-9  # of the sum of the angles at a centre
MOST_STEPS = 60
LONGEST_STEP = 1.5  # of the logarithm of a radius


class NoPacking(Exception):
    """Newton's method did not converge."""


def packed(disc: Triangulation) -> tuple[Complexes, Reals]:
    """Centres and radii of circles, one for each point of a disc, tangent where two points are joined.

    The angles at the centre of a circle add up to 2 pi, and to pi - 2 pi / n on the boundary of n circles, which so becomes a convex
    polygon with equal angles; hence no two circles overlap.  In the logarithms u of the radii the angle sums are the gradient of a
    concave function (Colin de Verdiere 1991), with Hessian d angle_a / d u_b = rho / (r_a + r_b), rho the radius of the circle
    inscribed in the triangle of the centres.  Raises `NoPacking` after too many steps.
    """
    radii = _radii(disc)
    return _laid_out(disc, radii), radii


def _radii(disc: Triangulation) -> Reals:
    targets = np.full(disc.points, 2 * np.pi)
    targets[disc.boundary] = np.pi - 2 * np.pi / len(disc.boundary)
    u = np.zeros(disc.points)
    error = targets - _angle_sums(disc, u)
    for _ in range(MOST_STEPS):
        if np.abs(error).max() < TOLERANCE:
            return np.exp(u)
        step = np.append(splu(_laplacian(disc, u)).solve(-error[:-1]), 0.0)
        u, error = _line_search(disc, targets, u, step * min(1.0, LONGEST_STEP / np.abs(step).max()), error)
    raise NoPacking


def _line_search(disc: Triangulation, targets: Reals, u: Reals, step: Reals, error: Reals) -> tuple[Reals, Reals]:
    """The first of step, step / 2, ... that does not go far beyond the lowest point on its line."""
    slope = abs(step @ error)
    for _ in range(30):
        trial = targets - _angle_sums(disc, u + step)
        if step @ trial < 0.9 * slope:
            return u + step, trial
        step, slope = step / 2, slope / 2
    raise NoPacking


def _inscribed(disc: Triangulation, u: Reals) -> tuple[Reals, Reals]:
    """For each triangle the radii of its three circles, and of the circle inscribed in the triangle of their centres."""
    radii = np.exp(u)[disc.triangles]
    return radii, np.sqrt(radii.prod(axis=1) / radii.sum(axis=1))


def _angle_sums(disc: Triangulation, u: Reals) -> Reals:
    radii, inscribed = _inscribed(disc, u)
    angles = 2 * np.arctan(inscribed[:, None] / radii)
    return np.bincount(disc.triangles.ravel(), angles.ravel(), disc.points).astype(np.float64, copy=False)


def _laplacian(disc: Triangulation, u: Reals) -> csc_array:
    """Minus the derivatives of the angle sums, without the last point, which fixes the scale."""
    radii, inscribed = _inscribed(disc, u)
    rows = np.concatenate([disc.triangles, disc.triangles[:, [1, 2, 0]]], axis=1).ravel()
    columns = np.concatenate([disc.triangles[:, [1, 2, 0]], disc.triangles], axis=1).ravel()
    weights = inscribed[:, None] / (radii + radii[:, [1, 2, 0]])
    weights = np.concatenate([weights, weights], axis=1).ravel()
    everywhere = np.arange(disc.points)
    entries = np.concatenate([np.bincount(rows, weights, disc.points), -weights])
    places = (np.concatenate([everywhere, rows]), np.concatenate([everywhere, columns]))
    return csc_array(coo_array((entries, places), (disc.points, disc.points)))[:-1, :-1]


def _laid_out(disc: Triangulation, radii: Reals) -> Complexes:
    """Centres, triangle by triangle, the largest first since rounding errors pass from circle to circle."""
    third = {}
    for a, b, c in disc.triangles.tolist():
        third[a, b], third[b, c], third[c, a] = c, a, b
    r: list[float] = radii.tolist()
    start = int(disc.boundary[0]), int(disc.boundary[1])
    centres: dict[int, complex] = {start[0]: 0j, start[1]: complex(r[start[0]] + r[start[1]])}
    waiting: list[tuple[float, int, int]] = [(-r[start[0]], *start)]
    while waiting:
        _, a, b = heappop(waiting)
        c = third.pop((a, b), None)
        if c is None:
            continue
        if c not in centres:
            half = atan(sqrt(r[b] * r[c] / (r[a] * (r[a] + r[b] + r[c]))))
            direction = (centres[b] - centres[a]) / abs(centres[b] - centres[a])
            centres[c] = centres[a] + (r[a] + r[c]) * direction * rect(1.0, 2 * half)
        for one, two in ((a, c), (c, b)):
            heappush(waiting, (-min(r[one], r[two]), one, two))
    return np.array([centres[point] for point in range(disc.points)])
