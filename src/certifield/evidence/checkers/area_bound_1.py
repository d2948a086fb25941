r"""Checks area-bound@1: 1 <= 2 Area V_min < 4 pi^2 / 27 for the Sasaki-Einstein volume of every convex polygon, by two theorems.

For a convex polygon P with vertices w_i counter-clockwise, v_i = (w_i, 1) and b = (b_1, b_2, 3),
    V(b) = 1/3 sum_i det(v_{i-1}, v_i, v_{i+1}) / (det(b, v_{i-1}, v_i) det(b, v_i, v_{i+1})),
and V_min the least V(b) inside 3 P.  With z = (b_1, b_2)/3 and the outer normal n_i of the edge from w_i to w_{i+1}, on which
(w - z) . n_i = h_i, it is checked that det(b, v_i, v_{i+1}) = 3 h_i and det(v_{i-1}, v_i, v_{i+1}) = det(n_{i-1}, n_i), as polynomials of
degree at most 1 in each variable, so that values at 0 and 1 decide.  The polar polygon (P - z)o has vertices n_i / h_i, so that
V(b) = 2/27 |(P - z)o| and 2 |P| V_min = 4/27 min_z |P| |(P - z)o|.
Cited and not checked: 27/4 <= |P| |(P - z)o|, with equality for triangles about their centroids only (K. Mahler, 1939), and
min_z |P| |(P - z)o| <= pi^2, with equality for ellipses only (Blaschke and Santalo, 1949).
The ``polygons`` are decided without them: V is convex, V_min >= V(c) + min_i grad V(c) . (3 w_i - c) for a fraction c in 3 P.

claim    {"kind": "area bound", "statement": STATEMENT, "polygons": [[[x, y], ...], ...]}, vertices counter-clockwise
value    the greatest 2 Area V(c), "0" without polygons
witness  {"theorems": THEOREMS, "reeb": [[c_1, c_2], ...]} as fractions, one pair for each polygon
"""

import json
import sys
from fractions import Fraction
from itertools import product
from typing import Any

CHECKER, MOST, DIGITS = "area-bound@1", 20_000, 4000
STATEMENT = "1 <= 2 Area V_min < 4 pi^2 / 27 for every convex polygon, with equality for triangles only"
THEOREMS = ["Mahler, planar", "Blaschke-Santalo"]
PI = Fraction(314159265358979, 10**14)  # a little less than pi


class _Refused(Exception):
    """Carries the reason for a rejection."""


def check(claim: Any, value: Any, witness: Any) -> tuple[bool, str, int]:
    """Whether the identities hold, and every polygon of ``claim`` lies within the bounds."""
    steps = 0
    try:
        right = isinstance(claim, dict) and set(claim) == {"kind", "statement", "polygons"}
        _require(right, "the claim must have the fields kind, statement, polygons")
        _require(claim["kind"] == "area bound", 'claim.kind must be "area bound"')
        _require(claim["statement"] == STATEMENT, f"claim.statement must be {STATEMENT!r}")
        _require(isinstance(witness, dict) and set(witness) == {"theorems", "reeb"}, "the witness must have the fields theorems, reeb")
        _require(witness["theorems"] == THEOREMS, f"witness.theorems must be {THEOREMS}")
        polygons, reeb = claim["polygons"], witness["reeb"]
        fits = isinstance(polygons, list) and isinstance(reeb, list) and len(polygons) == len(reeb) <= MOST
        _require(fits, f"claim.polygons and witness.reeb must be lists of one length, {MOST} at most")
        steps = _identities()
        greatest = Fraction(0)
        for place, (polygon, pair) in enumerate(zip(polygons, reeb, strict=True)):
            greatest = max(greatest, _within(polygon, pair, f"polygon {place}"))
            steps += 1
        _require(isinstance(value, str) and value == str(greatest), "the value must be the greatest 2 Area V(c)")
    except _Refused as refusal:
        return False, str(refusal), steps
    return True, "", steps


def _identities() -> int:
    """Both identities at all points with coordinates 0 and 1, which decide polynomials of degree 1 in each variable."""
    for z in product((0, 1), repeat=2):
        for u, w in product(product((0, 1), repeat=2), repeat=2):
            height = (w[1] - u[1]) * (u[0] - z[0]) + (u[0] - w[0]) * (u[1] - z[1])  # (u - z) . n
            along = (w[1] - u[1]) * (w[0] - z[0]) + (u[0] - w[0]) * (w[1] - z[1])  # (w - z) . n
            _require(_det((3 * z[0], 3 * z[1], 3), (*u, 1), (*w, 1)) == 3 * height == 3 * along, "det(b, u, w) is not 3 h")
    for t, u, w in product(product((0, 1), repeat=2), repeat=3):
        before, after = (u[1] - t[1], t[0] - u[0]), (w[1] - u[1], u[0] - w[0])
        _require(_det((*t, 1), (*u, 1), (*w, 1)) == before[0] * after[1] - before[1] * after[0], "det(t, u, w) is not det(n, n')")
    return 64 + 64


def _within(polygon: Any, pair: Any, name: str) -> Fraction:
    """2 Area V(c), which is at least 2 Area V_min and below 4 pi^2 / 27; that V_min is above 1 / (2 Area) is checked too."""
    fits = (
        isinstance(polygon, list)
        and len(polygon) >= 3
        and all(isinstance(vertex, list) and len(vertex) == 2 and all(type(entry) is int for entry in vertex) for vertex in polygon)
    )
    _require(fits, f"{name} must be a list of three integer vertices or more")
    size = len(polygon)
    corner = [_det(*((*polygon[(i + step) % size], 1) for step in (-1, 0, 1))) for i in range(size)]
    _require(min(corner) > 0 and _turns_once(polygon), f"{name} is not convex and counter-clockwise")
    _require(isinstance(pair, list) and len(pair) == 2, f"{name} needs a pair of fractions")
    c = [_fraction(entry, f"{name}, Reeb vector") for entry in pair]
    lines = [(u[1] - w[1], w[0] - u[0], u[0] * w[1] - u[1] * w[0]) for u, w in ((polygon[i], polygon[(i + 1) % size]) for i in range(size))]
    sides = [p * c[0] + q * c[1] + 3 * r for p, q, r in lines]
    _require(min(sides) > 0, f"{name}: the Reeb vector is not inside of 3 P")
    volume, gradient = Fraction(0), [Fraction(0), Fraction(0)]
    for i in range(size):
        term = Fraction(corner[i], 3) / (sides[i - 1] * sides[i])
        volume += term
        for a in (0, 1):
            gradient[a] -= term * (lines[i - 1][a] / sides[i - 1] + lines[i][a] / sides[i])
    low = volume + min(gradient[0] * (3 * x - c[0]) + gradient[1] * (3 * y - c[1]) for x, y in polygon)
    area = sum(r for _, _, r in lines)  # doubled
    _require(area * low >= 1 if size == 3 else area * low > 1, f"{name}: the lower bound on 2 Area V_min is {float(area * low)}")
    _require(area * volume < 4 * PI**2 / 27, f"{name}: 2 Area V(c) is not below 4 pi^2 / 27")
    return area * volume


def _turns_once(polygon: list) -> bool:
    """Whether the edges turn once around: their directions pass the positive x-axis once."""
    size = len(polygon)
    edges = [(polygon[(i + 1) % size][0] - polygon[i][0], polygon[(i + 1) % size][1] - polygon[i][1]) for i in range(size)]
    upper = [y > 0 or (y == 0 and x > 0) for x, y in edges]
    return sum(upper[i] and not upper[i - 1] for i in range(size)) == 1


def _det(a: tuple, b: tuple, c: tuple) -> int:
    return a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0])


def _fraction(text: Any, name: str) -> Fraction:
    try:
        value = Fraction(text) if isinstance(text, str) and len(text) < DIGITS and set(text) <= set("0123456789-/") else None
    except (ValueError, ZeroDivisionError):
        value = None
    if value is None or str(value) != text:
        raise _Refused(f"{name} must be a fraction in lowest terms")
    return value


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise _Refused(otherwise)


def _without_duplicates(pairs: list) -> dict:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a field is given twice")
    return dict(pairs)


def main(arguments: list[str]) -> int:
    """Prints the verdict on the certificate in the file named by the one argument."""
    try:
        with open(arguments[0], encoding="utf-8") as file:
            certificate = json.load(file, object_pairs_hook=_without_duplicates)
        if certificate["checker"] != CHECKER:
            raise ValueError(f"the certificate asks for another checker than {CHECKER}")
        accepted, reason, steps = check(certificate["claim"], certificate["value"], certificate["witness"])
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        print(json.dumps({"accepted": False, "reason": f"not a certificate: {error}", "steps": 0}))
        return 2
    print(json.dumps({"accepted": accepted, "reason": reason, "steps": steps}))
    return 0 if accepted else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
