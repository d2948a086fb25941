"""Interval Newton: a hyperbolic structure near numbers that somebody proposes, with balls around volume and cusp shape.

An ideal triangulation with n tetrahedra has n edges.  With shapes z in the upper half plane and principal logarithms,

    f_e(z) = sum a log z + b log 1/(1-z) + c log (z-1)/z - 2 pi i = 0   at each edge,   f_mu(z) = 0   at the meridian

is the complete structure.  The f_e add up to 0 identically, since log z + log 1/(1-z) + log (z-1)/z = i pi; one of them is left out.
Where the Krawczyk operator K(X) = c - Y f(c) + (1 - Y f'(X)) (X - c) maps a box X of the upper half plane into its interior, there is
exactly one solution in X, and it lies in K(X) (Krawczyk 1969; Hoffman, Ichihara, Kashiwagi, Masai, Oishi and Takayasu, arXiv:1310.3410).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..invariants._flint import flint

BITS = 128
STEPS = 4
WIDTHS = (1e-30, 1e-20, 1e-12)
Equations = Sequence[Sequence[int]]


class Structure(NamedTuple):
    """Balls (of Arb) that contain the volume and the cusp shape lambda / mu of the complete structure."""

    volume: Any
    shape: Any


def structure(equations: Equations, proposed: Sequence[Sequence[float]]) -> Structure | None:
    """The complete structure near ``proposed``; None where the test does not succeed.

    ``equations``: one row for each edge, one for the meridian, one for the longitude, with entries a, b, c for each tetrahedron.
    """
    *edges, meridian, longitude = equations
    system = _System([*edges[1:], meridian])
    with flint().ctx.workprec(BITS):
        box = _enclosure(system, proposed)
        if box is None:
            return None
        return Structure(_volume(box), _shape(system, box, longitude))


class _System:
    """The equations that are kept, of which the last is the meridian's; only entries that are not zero are stored."""

    def __init__(self, rows: Equations) -> None:
        self.rows = [_entries(row) for row in rows]
        self.size = len(rows)

    def values(self, shapes: list) -> Any:
        """The column f(z)."""
        logs = [(z.log(), -(1 - z).log(), ((z - 1) / z).log()) for z in shapes]
        turn = 2 * flint().acb.pi() * flint().acb(0, 1)
        sums = [sum((a * logs[t][k] for t, k, a in row), flint().acb(0)) for row in self.rows]
        return flint().acb_mat([[total - turn] for total in sums[:-1]] + [[sums[-1]]])

    def slopes(self, shapes: list) -> Any:
        """The matrix f'(z)."""
        derivatives = _derivatives(shapes)
        return flint().acb_mat([_gradient(row, derivatives, self.size) for row in self.rows])


def _entries(row: Sequence[int]) -> list[tuple[int, int, int]]:
    """(tetrahedron, which of the three logarithms, coefficient)."""
    return [(*divmod(place, 3), entry) for place, entry in enumerate(row) if entry]


def _derivatives(shapes: list) -> list:
    """Of log z, log 1/(1-z) and log (z-1)/z."""
    return [(1 / z, 1 / (1 - z), 1 / (z * (z - 1))) for z in shapes]


def _gradient(row: list[tuple[int, int, int]], derivatives: list, size: int) -> list:
    gradient = [flint().acb(0)] * size
    for t, k, a in row:
        gradient[t] += a * derivatives[t][k]
    return gradient


def _enclosure(system: _System, proposed: Sequence[Sequence[float]]) -> list | None:
    """A box with exactly one solution, all of it in the upper half plane."""
    try:
        centre = _newton(system, [flint().acb(*pair) for pair in proposed])
        inverse = system.slopes(centre).inv().mid()
    except ZeroDivisionError:  # a matrix that is singular as far as one can see
        return None
    for width in WIDTHS:
        box = [z + flint().acb(flint().arb(0, width), flint().arb(0, width)) for z in centre]
        image = _krawczyk(system, centre, box, inverse)
        if all(z.imag > 0 and z.contains_interior(w) for z, w in zip(box, image, strict=True)):
            return image
    return None


def _newton(system: _System, shapes: list) -> list:
    """Newton's method with midpoints: still no more than a proposal."""
    for _ in range(STEPS):
        step = system.slopes(shapes).solve(system.values(shapes)).entries()
        shapes = [(z - dz).mid() for z, dz in zip(shapes, step, strict=True)]
    return shapes


def _krawczyk(system: _System, centre: list, box: list, inverse: Any) -> list:
    matrix = flint().acb_mat
    identity = matrix([[int(i == j) for j in range(system.size)] for i in range(system.size)])
    spread = matrix([[z - c] for z, c in zip(box, centre, strict=True)])
    moved = (identity - inverse * system.slopes(box)) * spread - inverse * system.values(centre)
    return [c + step for c, step in zip(centre, moved.entries(), strict=True)]


def _volume(shapes: list) -> Any:
    """The sum of the volumes of ideal tetrahedra, D(z) = Im Li_2(z) + arg(1-z) log |z| (Bloch and Wigner)."""
    return sum((z.polylog(2).imag + (1 - z).arg() * abs(z).log() for z in shapes), flint().arb(0))


def _shape(system: _System, shapes: list, longitude: Sequence[int]) -> Any:
    """lambda / mu, the derivative of u_lambda in u_mu along the deformations (Neumann and Zagier, Topology 24 (1985) 307)."""
    along = system.slopes(shapes).solve(flint().acb_mat([[int(i == system.size - 1)] for i in range(system.size)]))
    gradient = _gradient(_entries(longitude), _derivatives(shapes), system.size)
    return sum((a * b for a, b in zip(gradient, along.entries(), strict=True)), flint().acb(0))
