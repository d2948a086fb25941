r"""The volume of the Sasaki-Einstein base of a toric Calabi-Yau cone, many at once in floats, and one at a time between exact bounds.

With the vertices $w_1, \dots, w_n$ of the toric diagram P counter-clockwise, $v_i = (w_i, 1)$ and the Reeb vector $b = (b_1, b_2, 3)$,

.. math:: V(b) = \frac13 \sum_i \frac{\det(v_{i-1}, v_i, v_{i+1})}{\det(b, v_{i-1}, v_i) \det(b, v_i, v_{i+1})},\qquad
          V_{\min} = \min_b V(b),

is the volume over that of the round five-sphere.  (D. Martelli, J. Sparks, S.-T. Yau, arXiv:hep-th/0503183, equation 2.25.)  With
$z = (b_1, b_2)/3$ it is $\tfrac{2}{27}$ times the area of the polar body of P about z: V is strictly convex, infinite at the boundary of P,
and its minimum is at the Santalo point.
"""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from certifield.evidence import Exact, InputError, NotConverged

from ._polygon import LatticePolygon

REFERENCE = "D. Martelli, J. Sparks, S.-T. Yau, arXiv:hep-th/0503183"
MOST_STEPS = 100


def minimum_volumes(polygons: Sequence[LatticePolygon]) -> tuple[np.ndarray, np.ndarray]:
    r"""$V_{\min}$ of every polygon [count], and the minimisers $(b_1, b_2)$ [count, 2], in floats: data for a table, without a proof.

    Damped Newton from the centroid for all polygons at once, until the decrement is below $10^{-14}\,V$.
    `minimum_volume` bounds one of them rigorously.  Raises `NotConverged` where 100 steps do not suffice, and names the polygon.
    """
    values, minimisers = np.zeros(len(polygons)), np.zeros((len(polygons), 2))
    sizes = np.array([len(polygon.vertices) for polygon in polygons], int)
    for size in np.unique(sizes):
        rows = np.flatnonzero(sizes == size)
        w = np.array([polygons[int(row)].vertices for row in rows], float).transpose(2, 1, 0)  # coordinate, vertex, polygon
        try:
            values[rows], minimisers[rows] = _newton(w)
        except NotConverged as error:
            raise NotConverged(f"{error}, for one of {[polygons[int(row)] for row in rows[:3]]} ...: use minimum_volume") from None
    return values, minimisers


def minimum_volume(polygon: LatticePolygon, digits: int = 15) -> Exact:
    r"""$V_{\min}$ between exact bounds that lie $10^{-\text{digits}}$ apart, relative to it, or less: a float whose radius covers them.

    See `volume_bounds`, which gives the bounds themselves as fractions.
    """
    low, high = volume_bounds(polygon, digits)
    value = float((low + high) / 2)
    radius = max(abs(Fraction(value) - low), abs(high - Fraction(value)))
    return Exact(value, "minimum of the volume over Reeb vectors, between exact bounds", REFERENCE, radius=_upwards(radius))


def central_charge(polygon: LatticePolygon, digits: int = 15) -> Exact:
    r"""$a/N^2 = 1/(4 V_{\min})$ of the dual superconformal field theory, as `minimum_volume` gives the volume."""
    low, high = (1 / (4 * bound) for bound in volume_bounds(polygon, digits))
    value = float((low + high) / 2)
    radius = max(abs(Fraction(value) - low), abs(high - Fraction(value)))
    return Exact(value, "a = N^2/(4 V_min)", REFERENCE, radius=_upwards(radius))


def volume_bounds(polygon: LatticePolygon, digits: int = 15) -> tuple[Fraction, Fraction]:
    r"""Fractions with low <= V_min <= high and high - low <= $10^{-\text{digits}}$ high.

    Above stands the volume at one rational Reeb vector c.  Below, since V is convex and its minimum lies in the triangle or polygon 3 P,
    $V_{\min} \ge V(c) + \min_i \nabla V(c) \cdot (3 w_i - c)$.  All of it is rational; c comes from Newton's method on fractions.
    Raises `InputError` for digits that are not from 1 to 200, and `NotConverged` where the bounds do not meet.
    """
    if type(digits) is not int or not 1 <= digits <= 200:
        raise InputError("digits", digits, "a whole number from 1 to 200", "such as 15")
    _, start = minimum_volumes([polygon])
    c = [Fraction(float(entry)) for entry in start[0]]
    grid = 10 ** (digits // 2 + 12)
    for _ in range(12):
        value, gradient, hessian = derivatives(polygon, c)
        low = value + min(sum(g * (3 * w - entry) for g, w, entry in zip(gradient, vertex, c, strict=True)) for vertex in polygon.vertices)
        if (value - low) * 10**digits <= value:
            return low, value
        grid = max(grid, 10 ** (2 * digits))
        det = hessian[0] * hessian[2] - hessian[1] ** 2
        c[0] -= (hessian[2] * gradient[0] - hessian[1] * gradient[1]) / det
        c[1] -= (hessian[0] * gradient[1] - hessian[1] * gradient[0]) / det
        c = [Fraction(round(entry * grid), grid) for entry in c]
    raise NotConverged(f"the bounds on the volume of {polygon} do not meet at b = {[float(entry) for entry in c]}; ask for fewer digits")


def derivatives(polygon: LatticePolygon, b: Sequence[Fraction]) -> tuple[Fraction, tuple[Fraction, Fraction], tuple[Fraction, ...]]:
    """Value, gradient, and second derivatives (11, 12, 22) of the volume at (b_1, b_2, 3), in fractions.

    Raises `InputError` for b outside of 3 P.
    """
    w = polygon.vertices
    size = len(w)
    line = [_line(w[i], w[(i + 1) % size]) for i in range(size)]
    side = [p[0] * b[0] + p[1] * b[1] + 3 * p[2] for p in line]
    if min(side) <= 0:
        raise InputError("b", b, "inside three times the polygon", "start from three times the centroid")
    value, first, second = Fraction(0), [Fraction(0)] * 2, [Fraction(0)] * 3
    for i in range(size):
        p, q = line[i - 1], line[i]
        term = Fraction(_corner(w[i - 1], w[i], w[(i + 1) % size]), 3) / (side[i - 1] * side[i])
        u = [p[a] / side[i - 1] for a in (0, 1)]
        v = [q[a] / side[i] for a in (0, 1)]
        value += term
        for a in (0, 1):
            first[a] -= term * (u[a] + v[a])
        for place, (a, c) in enumerate(((0, 0), (0, 1), (1, 1))):
            second[place] += term * ((u[a] + v[a]) * (u[c] + v[c]) + u[a] * u[c] + v[a] * v[c])
    return value, (first[0], first[1]), tuple(second)


def _line(u: tuple[int, int], w: tuple[int, int]) -> tuple[int, int, int]:
    """The coefficients of det(b, u, w) in b."""
    return u[1] - w[1], w[0] - u[0], u[0] * w[1] - u[1] * w[0]


def _corner(t: tuple[int, int], u: tuple[int, int], w: tuple[int, int]) -> int:
    return (u[0] - t[0]) * (w[1] - t[1]) - (u[1] - t[1]) * (w[0] - t[0])


def _newton(w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Minima and minimisers for polygons with one number of vertices, w [2, vertices, polygons]."""
    u, t = np.roll(w, -1, axis=1), np.roll(w, 1, axis=1)
    cones = np.stack([w[1] - u[1], u[0] - w[0], w[0] * u[1] - w[1] * u[0]])  # det(b, w, u) as a linear function of b
    corners = ((w[0] - t[0]) * (u[1] - t[1]) - (w[1] - t[1]) * (u[0] - t[0])) / 3
    b = 3 * w.mean(axis=1)
    active, values = np.arange(b.shape[1]), np.empty(b.shape[1])
    for _ in range(MOST_STEPS):
        line, corner, here = cones[:, :, active], corners[:, active], b[:, active]
        value, (g0, g1), (h00, h01, h11) = _expansion(line, corner, here)
        step = np.stack([h01 * g1 - h11 * g0, h01 * g0 - h00 * g1]) / (h00 * h11 - h01 * h01)
        decrement = -(g0 * step[0] + g1 * step[1])
        done = decrement <= 1e-14 * value
        length = np.ones(len(active))
        for _ in range(60):  # backtracking, which also keeps b inside
            there = here + length * step
            side = _sides(line, there)
            fine = (side > 0).all(axis=0)
            fine &= _volume(side, corner) <= value - 0.25 * length * decrement
            fine |= done
            if fine.all():
                break
            length = np.where(fine, length, length / 2)
        b[:, active] = here + np.where(done, 0.0, length) * step
        values[active] = value - 0.5 * decrement  # what the last, quadratic step would gain
        active = active[~done]
        if not len(active):
            return values, b.T
    raise NotConverged(f"Newton's method is at b = {b[:, active[0]]}")


def _sides(cones: np.ndarray, b: np.ndarray) -> np.ndarray:
    return cones[0] * b[0] + cones[1] * b[1] + 3 * cones[2]


def _volume(side: np.ndarray, corners: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return (corners / (side * np.roll(side, 1, axis=0))).sum(axis=0)


def _expansion(cones: np.ndarray, corners: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, tuple, tuple]:
    """Value, gradient and second derivatives (11, 12, 22) of the volume."""
    side = _sides(cones, b)
    term = corners / (side * np.roll(side, 1, axis=0))
    q0, q1 = cones[0] / side, cones[1] / side
    p0, p1 = np.roll(q0, 1, axis=0), np.roll(q1, 1, axis=0)
    s0, s1 = p0 + q0, p1 + q1
    first = -(term * s0).sum(axis=0), -(term * s1).sum(axis=0)
    second = tuple((term * (x * y + u * v + w * z)).sum(axis=0)
                   for x, y, u, v, w, z in ((s0, s0, p0, p0, q0, q0), (s0, s1, p0, p1, q0, q1), (s1, s1, p1, p1, q1, q1)))  # fmt: skip
    return term.sum(axis=0), first, second


def _upwards(radius: Fraction) -> float:
    return float(np.nextafter(float(radius), np.inf))
