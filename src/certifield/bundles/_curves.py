r"""Line bundles on curves in smooth complete toric surfaces: $h^0$ jumps where coefficients of the curve vanish.

For a curve C with equation P on S, and a divisor D on S, the restriction sequence gives

.. math:: h^0(C, D|_C) = h^0(D) - h^0(D - C) + \dim\ker\bigl(H^1(D - C) \xrightarrow{P} H^1(D)\bigr).

$H^1_m$ of a character m are the locally constant functions on the rays with $\langle m, u_\rho\rangle < -a_\rho$ modulo constants, and a
monomial $x^e$ of P restricts them to the rays that are left at $m + e$.  (M. Bies, M. Cvetic, R. Donagi, L. Lin, M. Liu,
F. Ruehle, arXiv:2007.00009.)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np

from certifield.evidence import InputError, MissingExtra

from ._toric import Fan, toric_cohomology

Character = tuple[int, int]


@dataclass(frozen=True)
class CurveCohomology:
    """$h^0$ and $h^1$ of a line bundle of this ``degree`` on a curve of arithmetic ``genus``, and the ``rank`` of the map that decides."""

    genus: int
    degree: int
    h0: int
    h1: int
    rank: int


def hexagon_fan() -> Fan:
    """The fan of the plane blown up in three points, a hexagon of (-1)-curves."""
    return Fan(((1, 0), (1, 1), (0, 1), (-1, 0), (-1, -1), (0, -1)), tuple((i, (i + 1) % 6) for i in range(6)))


def intersection_form(fan: Fan) -> np.ndarray:
    """$D_i \\cdot D_j$ of the divisors of the rays of a smooth complete toric surface.

    Raises `InputError` for another fan.

    >>> intersection_form(hexagon_fan()).sum(axis=1).tolist()  # -K . D_i
    [1, 1, 1, 1, 1, 1]
    """
    near = _neighbours(fan)
    form = np.zeros((len(fan.rays),) * 2, np.int64)
    for i, (j, k) in enumerate(near):
        form[i, j] = form[i, k] = 1
        total, ray = np.add(fan.rays[j], fan.rays[k]), np.array(fan.rays[i])
        form[i, i] = -int(total @ ray) // int(ray @ ray)
    return form


def monomials(fan: Fan, divisor: Sequence[int]) -> list[Character]:
    """The characters of the sections of $O(\\sum a_\\rho D_\\rho)$, in order."""
    return [m for m in _characters(fan, divisor) if not _below(fan, divisor, m)]


def curve_cohomology(fan: Fan, curve: Mapping[Character, int], of: Sequence[int], divisor: Sequence[int]) -> CurveCohomology:
    r"""The cohomology of $O(D)|_C$: C is given by ``curve``, whole coefficients by characters, a section of the divisor ``of``.

    The rank is one over the rationals, exactly.  Needs python-flint.  Raises `InputError` for a fan that is no smooth complete surface,
    for lists of another length than the rays, and for an equation that is zero or has monomials that are no sections.

    >>> fan = hexagon_fan()
    >>> cubic = {m: 1 + 3 * m[0] + 5 * m[1] ** 2 for m in monomials(fan, [1] * 6)}  # an elliptic curve, -K
    >>> curve_cohomology(fan, cubic, [1] * 6, [1, 0, 0, 0, 0, 0])
    CurveCohomology(genus=1, degree=1, h0=1, h1=0, rank=0)
    """
    if len(of) != len(fan.rays) or len(divisor) != len(fan.rays):
        raise InputError("of, divisor", (list(of), list(divisor)), f"{len(fan.rays)} whole numbers each", "one for each ray")
    terms = {m: c for m, c in curve.items() if c}
    if not terms or any(_below(fan, of, m) for m in terms):
        raise InputError("curve", dict(curve), "a section of the divisor that is not zero", "see monomials(fan, of)")
    form, less = intersection_form(fan), [a - c for a, c in zip(divisor, of, strict=True)]
    canonical = -np.ones(len(fan.rays), np.int64)
    genus = 1 + int(np.array(of) @ form @ (np.array(of) + canonical)) // 2
    degree = int(np.array(divisor) @ form @ np.array(of))
    rank = _rank(fan, terms, less, divisor)
    smaller, larger = _dimensions(fan, tuple(less)), _dimensions(fan, tuple(divisor))
    h0 = larger[0] - smaller[0] + smaller[1] - rank
    h1 = larger[1] - rank + smaller[2] - larger[2]
    if h0 - h1 != degree - genus + 1 or min(h0, h1) < 0:
        raise AssertionError(f"Riemann-Roch fails on a curve: {h0} - {h1}, degree {degree}, genus {genus}")
    return CurveCohomology(genus, degree, h0, h1, rank)


def _neighbours(fan: Fan) -> list[tuple[int, int]]:
    if fan.dimension != 2 or any(abs(round(np.linalg.det([fan.rays[ray] for ray in cone]))) != 1 for cone in fan.cones):
        raise InputError("fan", fan.rays, "one of a smooth complete surface", "such as hexagon_fan()")
    near: list[list[int]] = [[] for _ in fan.rays]
    for i, j in fan.cones:
        near[i].append(j)
        near[j].append(i)
    return [(one[0], one[1]) for one in near]


def _below(fan: Fan, divisor: Sequence[int], m: Character) -> frozenset[int]:
    return frozenset(i for i, ray in enumerate(fan.rays) if m[0] * ray[0] + m[1] * ray[1] < -divisor[i])


def _characters(fan: Fan, divisor: Sequence[int]) -> list[Character]:
    """All characters between the corners of the arrangement of lines: no others have sections or first cohomology."""
    reach = 1 + 2 * max(abs(entry) for entry in divisor) * max(abs(entry) for ray in fan.rays for entry in ray)
    return [(x, y) for x, y in product(range(-reach, reach + 1), repeat=2)]


def _arcs(fan: Fan, near: list[tuple[int, int]], rays: frozenset[int]) -> list[frozenset[int]]:
    """The connected parts of a set of rays along the circle of the fan."""
    left, found = set(rays), []
    while left:
        part, waiting = set(), [min(left)]
        while waiting:
            ray = waiting.pop()
            if ray in left:
                left.discard(ray)
                part.add(ray)
                waiting += near[ray]
        found.append(frozenset(part))
    return found


@lru_cache(maxsize=64)
def _first_cohomology(fan: Fan, divisor: tuple[int, ...]) -> dict[Character, list[frozenset[int]]]:
    """The arcs of rays of every character that has more than one."""
    near = _neighbours(fan)
    arcs = {m: _arcs(fan, near, _below(fan, divisor, m)) for m in _characters(fan, divisor)}
    return {m: parts for m, parts in arcs.items() if len(parts) > 1}


@lru_cache(maxsize=64)
def _dimensions(fan: Fan, divisor: tuple[int, ...]) -> tuple[int, ...]:
    return toric_cohomology(fan, divisor)


def _rank(fan: Fan, terms: Mapping[Character, int], source: Sequence[int], target: Sequence[int]) -> int:
    """The rank of the multiplication from H^1(source) to H^1(target): functions that vanish on the first arc stand for classes."""
    bases = [_first_cohomology(fan, tuple(divisor)) for divisor in (source, target)]
    rows = [(m, arc) for m, parts in bases[0].items() for arc in parts[1:]]
    columns = {
        (m, number): place for place, (m, number) in enumerate((m, n) for m, parts in bases[1].items() for n in range(1, len(parts)))
    }
    if not rows or not columns:
        return 0
    matrix = [[0] * len(columns) for _ in rows]
    for row, (m, arc) in zip(matrix, rows, strict=True):
        for e, coefficient in terms.items():
            there = (m[0] + e[0], m[1] + e[1])
            parts = bases[1].get(there, [])
            if parts:
                shift = int(parts[0] <= arc)  # the value on the first arc there is taken away everywhere
                for number in range(1, len(parts)):
                    row[columns[there, number]] += coefficient * (int(parts[number] <= arc) - shift)
    try:
        from flint import fmpz_mat
    except ImportError:
        raise MissingExtra("ranks of integer matrices need python-flint: pip install 'certifield[precision]'") from None
    return int(fmpz_mat(matrix).rank())
