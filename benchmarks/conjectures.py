"""Exact data for conjectures, and the search for bounds, each against a plain program; seconds of the processor.

``volumes``      `geometry.toric.minimum_volumes`: all polygons of a grid at once, against Newton's method for one polygon at a time.
``cohomology``   `bundles.hypersurface_cohomology`: bundles on the bicubic, against elimination modulo one prime by rows of numpy.
                 Then the two bundles whose numbers the documentation of pyCICY prints, which does not run with the sympy of today.
``bounds``       `conjecture.linear_bounds`: programs over a few rows, against programs over all rows; both are then decided in fractions.
"""

import time
from fractions import Fraction
from itertools import combinations

import numpy as np
from _timing import options, race, spread, write
from scipy.optimize import linprog

from certifield.bundles import hypersurface_cohomology, intersection_cohomology
from certifield.bundles._multiplication import PRIMES, multiplication, random_polynomial
from certifield.conjecture import Bound, Table, linear_bounds
from certifield.geometry.toric import LatticePolygon, minimum_volumes, polygons_in_grid

SPACES, DEGREES = (2, 2), (3, 3)
# Spaces, equations, k and h^0, ..., h^3 as pyCICY 0.5 documents them (pypi.org/project/pycicy, pycicy.readthedocs.io).
DOCUMENTED = (
    ((1, 1, 1, 1), ((2, 2, 2, 2),), (1, 2, -4, 1), (0, 36, 0, 0)),
    ((2, 3), ((2, 1), (1, 3)), (-3, 4), (0, 87, 0, 0)),
)


def scalar_newton(polygon: LatticePolygon) -> float:
    """V_min of one polygon by loops over its vertices."""
    w = polygon.vertices
    size = len(w)
    lines = [(u[1] - x[1], x[0] - u[0], u[0] * x[1] - u[1] * x[0]) for u, x in ((w[i], w[(i + 1) % size]) for i in range(size))]
    corners = []
    for i in range(size):
        (a, b), (c, d), (e, f) = w[i - 1], w[i], w[(i + 1) % size]
        corners.append(((c - a) * (f - b) - (d - b) * (e - a)) / 3)

    def expansion(b: tuple[float, float]) -> tuple | None:
        sides = [p * b[0] + q * b[1] + 3 * r for p, q, r in lines]
        if min(sides) <= 0:
            return None
        value = g0 = g1 = h00 = h01 = h11 = 0.0
        for i in range(size):
            term = corners[i] / (sides[i - 1] * sides[i])
            p0, p1, q0, q1 = (lines[j][k] / sides[j] for j in (i - 1, i) for k in (0, 1))
            s0, s1 = p0 + q0, p1 + q1
            value, g0, g1 = value + term, g0 - term * s0, g1 - term * s1
            h00 += term * (s0 * s0 + p0 * p0 + q0 * q0)
            h01 += term * (s0 * s1 + p0 * p1 + q0 * q1)
            h11 += term * (s1 * s1 + p1 * p1 + q1 * q1)
        return value, g0, g1, h00, h01, h11

    b = tuple(3 * sum(vertex[k] for vertex in w) / size for k in (0, 1))
    for _ in range(60):
        value, g0, g1, h00, h01, h11 = expansion(b)  # type: ignore[misc]
        det = h00 * h11 - h01 * h01
        step = ((h01 * g1 - h11 * g0) / det, (h01 * g0 - h00 * g1) / det)
        decrement = -(g0 * step[0] + g1 * step[1])
        if decrement <= 1e-14 * value:
            return value
        length = 1.0
        while (found := expansion((b[0] + length * step[0], b[1] + length * step[1]))) is None or found[0] > value - length * decrement / 4:
            length /= 2
        b = (b[0] + length * step[0], b[1] + length * step[1])
    raise RuntimeError(f"no minimum for {polygon}")


def volumes(side: int, repeats: int) -> dict:
    """All polygons of a grid."""
    polygons = polygons_in_grid(side)
    plain = polygons[:: max(1, len(polygons) // 300)]
    assert np.allclose([scalar_newton(polygon) for polygon in plain], minimum_volumes(plain)[0], rtol=1e-12)
    programs = {"all at once": lambda turn: minimum_volumes(polygons), "scalar": lambda turn: [scalar_newton(one) for one in plain]}
    times = race(programs, repeats, time.process_time)
    rates = {
        name: spread(count / np.array(times[name]["rounds"])) for name, count in (("all at once", len(polygons)), ("scalar", len(plain)))
    }
    return {"task": "volumes", "polygons": len(polygons), "seconds": times, "per_second": rates}


def plain_rank(matrix: np.ndarray, prime: int) -> int:
    """Elimination row by row."""
    rows, rank = matrix % prime, 0
    for column in range(rows.shape[1]):
        pivots = np.flatnonzero(rows[rank:, column])
        if not len(pivots):
            continue
        rows[[rank, rank + pivots[0]]] = rows[[rank + pivots[0], rank]]
        rows[rank] = rows[rank] * pow(int(rows[rank, column]), -1, prime) % prime
        others = np.flatnonzero(rows[:, column])
        others = others[others > rank]
        rows[others] = (rows[others] - rows[others, column][:, None] * rows[rank] % prime) % prime
        rank += 1
        if rank == len(rows):
            break
    return rank


def plain_cohomology(k: tuple[int, int]) -> tuple[int, int]:
    """h^1 and h^2 of O(k), k_1 <= -3 and k_2 >= 3, by the rank of one multiplication."""
    prime = PRIMES[0]
    source = tuple(entry - degree for entry, degree in zip(k, DEGREES, strict=True))
    matrix = multiplication(SPACES, DEGREES, random_polynomial(SPACES, DEGREES, prime, (1,)), source, k)
    found = plain_rank(matrix, prime)
    return len(matrix) - found, matrix.shape[1] - found


def cohomology(bundles: list[tuple[int, int]], repeats: int) -> dict:
    """Bundles with one rank each."""
    for k in bundles:
        assert plain_cohomology(k) == hypersurface_cohomology(SPACES, DEGREES, k).dimensions[1:3]
    programs = {
        "certifield": lambda turn: [hypersurface_cohomology(SPACES, DEGREES, k, seed=turn) for k in bundles],
        "plain": lambda turn: [plain_cohomology(k) for k in bundles],
    }
    return {"task": "cohomology", "bundles": len(bundles), "seconds": race(programs, repeats, time.process_time)}


def documented(repeats: int) -> dict:
    """The bundles of pyCICY's documentation: as many equal and proved, and seconds for all of them."""
    equal = 0
    for spaces, equations, k, printed in DOCUMENTED:
        found = intersection_cohomology(spaces, equations, k)
        equal += found.proved and found.lower == printed
    programs = {"certifield": lambda turn: [intersection_cohomology(*row[:3], seed=turn) for row in DOCUMENTED]}
    return {
        "task": "documented cohomology",
        "bundles": len(DOCUMENTED),
        "equal": equal,
        "seconds": race(programs, repeats, time.process_time),
    }


def all_rows(table: Table, target: str, features: list[str]) -> list[str]:
    """The bounds of programs over all rows, rounded and decided in fractions."""
    columns, found = table.floats, set()
    for chosen in combinations(features, 2):
        matrix = np.column_stack([*(columns[name] for name in chosen), np.ones(len(table))])
        solved = linprog(-matrix.sum(axis=0), A_ub=matrix, b_ub=columns[target], bounds=(None, None), method="highs")
        if solved.x is None:
            continue
        terms = tuple((name, Fraction(float(x)).limit_denominator(60)) for name, x in zip(chosen, solved.x, strict=False))
        bound = Bound(target, ">=", tuple(one for one in terms if one[1]), Fraction(float(solved.x[-1])).limit_denominator(60))
        if bound.check(table).holds:
            found.add(str(bound))
    return sorted(found)


def bounds(side: int, repeats: int) -> dict:
    """Lower bounds on the doubled area by pairs of features."""
    polygons = polygons_in_grid(side)
    columns = {
        "area": [polygon.double_area for polygon in polygons],
        "I": [polygon.interior_points for polygon in polygons],
        "B": [polygon.boundary_points for polygon in polygons],
        "n": [len(polygon.vertices) for polygon in polygons],
        "II": [polygon.interior_points**2 for polygon in polygons],
        "BB": [polygon.boundary_points**2 for polygon in polygons],
        "nn": [len(polygon.vertices) ** 2 for polygon in polygons],
    }
    table, features = Table.of(columns), ["I", "B", "n", "II", "BB", "nn"]
    counted: dict[str, int] = {}

    def run(name: str, found: list) -> None:
        counted[name] = len(found)

    programs = {
        "certifield": lambda turn: run("certifield", list(linear_bounds(table, "area", features, most=2).surviving)),
        "all rows": lambda turn: run("all rows", all_rows(table, "area", features)),
    }
    times = race(programs, repeats, time.process_time)
    return {"task": "bounds", "rows": len(table), "features": len(features), "surviving": counted, "seconds": times}


def main() -> None:
    """Measures, prints, writes."""
    chosen = options(__doc__, __file__)
    repeats = 2 if chosen.small else 5
    first = volumes(3 if chosen.small else 4, repeats)
    told = [first["per_second"][name]["median"] for name in ("all at once", "scalar")]
    print(f"{first['polygons']} polygons: {told[0]:.4g} volumes a second, one at a time {told[1]:.4g}")
    second = cohomology([(-3, 4)] if chosen.small else [(-3, 4), (-4, 4), (-4, 5), (-5, 5)], repeats)
    told = [second["seconds"][name]["median"] for name in ("certifield", "plain")]
    print(f"{second['bundles']} bundles on the bicubic: {told[0]:.3g} s for two primes, {told[1]:.3g} s plainly for one")
    printed = documented(repeats)
    print(
        f"{printed['equal']} of {printed['bundles']} bundles as pyCICY documents them: {printed['seconds']['certifield']['median']:.3g} s"
    )
    third = bounds(3 if chosen.small else 4, repeats)
    told = [third["seconds"][name]["median"] for name in ("certifield", "all rows")]
    print(f"bounds on {third['rows']} rows: {told[0]:.3g} s, {told[1]:.3g} s over all rows; surviving {third['surviving']}")
    write(chosen, "Volumes, cohomology and bounds beside plain programs that answer the same questions", [first, second, printed, third])


if __name__ == "__main__":
    main()
