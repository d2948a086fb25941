r"""Calabi-Yau hypersurfaces in toric varieties, and the integers that their polytope and its triangulation decide.

The anticanonical hypersurface X of a fan over a triangulated reflexive polytope of dimension d has dimension n = d - 1.  The toric divisors
of n different rays meet X where the rays span a cone that lies in a face of dimension d - 2, in as many points as the dual edge is long
(Batyrev, alg-geom/9310003); where a ray stands twice, the relations $\sum_i\langle m, v_i\rangle D_i = 0$ replace it by others.  With
$c(X) = \prod_i(1+D_i)/(1+\sum_iD_i)$, $c_2 = \sum_{i<j}D_iD_j$ and $c_3 = \sum_{i<j<k}D_iD_jD_k - c_2\sum_iD_i$ on X.  All of it is
arithmetic with whole numbers and fractions: another program finds the triangulation alone.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from certifield._arguments import fraction, listed, of_kind
from certifield.evidence import Exact, InputError, MissingExtra

_WHERE = "Batyrev, alg-geom/9310003"
_SUCH_AS = "the quintic has the corners e_1, ..., e_4 and (-1, -1, -1, -1)"
_Key = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class ToricHypersurface:
    """``rays`` [divisors, d]: the points of the polytope that span the fan; ``facets`` [facets, d]: the m with <m, v> >= -1 on all of it;
    ``cones`` [cones, d]: the rays of each cone of dimension d, by their numbers.  d is 3 for a K3 surface, 4 for a threefold.

    Raises `InputError` for entries that are no whole numbers, for facets that do not bound the rays, and for cones that do not lie in a
    facet or are not joined to another one along each wall.
    """

    rays: np.ndarray
    facets: np.ndarray
    cones: np.ndarray

    def __post_init__(self) -> None:
        for name in ("rays", "facets", "cones"):
            given = np.asarray(listed(name, getattr(self, name), "a table of whole numbers", "see polytope_hypersurface"))
            if given.ndim != 2 or given.dtype.kind not in "iu" or not given.size:
                raise InputError(name, getattr(self, name), "a table of whole numbers", "see polytope_hypersurface")
            object.__setattr__(self, name, given.astype(np.int64))
        d = self.rays.shape[1]
        if d not in (3, 4) or self.facets.shape[1] != d or self.cones.shape[1] != d:
            shapes = [self.rays.shape, self.facets.shape, self.cones.shape]
            raise InputError("rays", shapes, "rays and facets in 3 or 4 dimensions, and as many rays a cone", _SUCH_AS)
        heights = self.facets @ self.rays.T
        if np.any(heights < -1) or not np.all(np.any(heights == -1, axis=0)):
            raise InputError("facets", self.facets.tolist(), "with <m, v> >= -1 on all rays, and -1 somewhere for each", _SUCH_AS)
        if np.any(self.cones < 0) or np.any(self.cones >= len(self.rays)) or any(not self._facets_of(cone) for cone in self._cones):
            raise InputError("cones", self.cones.tolist(), "numbers of rays in one facet", "the fan is over a triangulated boundary")
        if any(len(ends) != 2 for ends in self._walls.values()) or any(_determinant(self.rays[list(cone)]) == 0 for cone in self._cones):
            raise InputError("cones", self.cones.tolist(), "of full dimension, and two at each wall", "the fan must be complete")

    @property
    def dimension(self) -> int:
        """The complex dimension n = d - 1 of the hypersurface."""
        return self.rays.shape[1] - 1

    @cached_property
    def _cones(self) -> list[_Key]:
        return [tuple(sorted(row)) for row in self.cones.tolist()]

    @cached_property
    def _walls(self) -> dict[_Key, list[int]]:
        """The rays of each wall, and the two rays on its sides."""
        found: dict[_Key, list[int]] = {}
        for cone in self._cones:
            for ray in cone:
                found.setdefault(tuple(i for i in cone if i != ray), []).append(ray)
        return found

    def _facets_of(self, rays: Sequence[int]) -> list[int]:
        """The facets that have all these rays."""
        return np.flatnonzero(np.all(self.facets @ self.rays[list(rays)].T == -1, axis=1)).tolist()

    @cached_property
    def _numbers(self) -> dict[_Key, int]:
        """The non-zero intersection numbers on X by their rays, in order."""
        n, found = self.dimension, {}
        for key in self._walls:
            sides = self._facets_of(key)
            if len(sides) == 2:  # the face is of dimension d - 2, and its dual the edge between two corners of the dual polytope
                found[key] = Fraction(math.gcd(*(self.facets[sides[0]] - self.facets[sides[1]]).tolist()))
        duals: dict[_Key, tuple[_Key, list[list[Fraction]]]] = {}
        for cone in self._cones:
            inverse = _inverse(self.rays[list(cone)])
            for size in range(1, n):
                for support in itertools.combinations(cone, size):
                    duals.setdefault(support, (cone, inverse))
        for size in range(n - 1, 0, -1):  # of the different rays
            new: dict[_Key, Fraction] = {}
            for support in (one for one in duals if len(one) == size):
                cone, inverse = duals[support]
                for extra in itertools.combinations_with_replacement(support, n - size):
                    key = tuple(sorted(support + extra))
                    twice = extra[0]
                    rest = list(key)
                    rest.remove(twice)
                    m = [row[cone.index(twice)] for row in inverse]
                    total = Fraction(0)
                    for ray in range(len(self.rays)):
                        if ray not in support and (number := found.get(tuple(sorted([*rest, ray])))):
                            total -= number * sum(a * int(b) for a, b in zip(m, self.rays[ray], strict=True))
                    if total:
                        new[key] = total
            found |= new
        if any(number.denominator != 1 for number in found.values()):
            raise InputError(
                "cones", "intersection numbers in fractions", "whole ones", "take all points of the faces: a fine triangulation"
            )
        return {key: int(number) for key, number in found.items()}

    def intersection_numbers(self) -> Exact:
        """$D_{i_1}\\cdots D_{i_n}$ on X, an array with n indices over the rays."""
        values = np.zeros((len(self.rays),) * self.dimension, dtype=np.int64)
        for key, number in self._numbers.items():
            for order in set(itertools.permutations(key)):
                values[order] = number
        return Exact(values, "points of dual edges, and linear relations", _WHERE)

    def second_chern_numbers(self) -> Exact:
        r"""$\int_Xc_2D_i$ [divisors] of a threefold, $\int_Xc_2$ of a surface."""
        numbers = np.asarray(self.intersection_numbers().value)
        pairs = np.triu_indices(len(self.rays), 1)
        return Exact(numbers[pairs].sum(axis=0) if self.dimension == 3 else int(numbers[pairs].sum()), "c_2 = sum of D_i D_j", _WHERE)

    def euler_number(self) -> Exact:
        r"""$\chi = \int_Xc_n$."""
        second = np.asarray(self.second_chern_numbers().value)
        if self.dimension == 2:
            return Exact(int(second), "c_2", _WHERE)
        triples = sum(number for key, number in self._numbers.items() if len(set(key)) == 3)
        return Exact(triples - int(second.sum()), "c_3", _WHERE)

    @cached_property
    def curves(self) -> np.ndarray:
        """The toric curves, one for each wall, by their positive multiple of $D_i\\cdot C$ in lowest terms [curves, divisors]: J is inside
        the Kaehler cone of the ambient variety where $J\\cdot C>0$ for all.
        """
        found = set()
        for wall, (first, second) in self._walls.items():
            cone = sorted((*wall, first))
            inverse = _inverse(self.rays[cone])
            row = [Fraction(0)] * len(self.rays)
            for place, ray in enumerate(cone):  # v_second in terms of the cone
                row[ray] = -sum((int(b) * inverse[k][place] for k, b in enumerate(self.rays[second])), Fraction(0))
            row[second] = Fraction(1)
            scale = math.lcm(*(one.denominator for one in row))
            whole = [int(one * scale) for one in row]
            found.add(tuple(one // math.gcd(*whole) for one in whole))
        return np.array(sorted(found))

    def volume(self, coefficients: Sequence[object]) -> Exact:
        r"""$V = \int_XJ^n/n!$ of $J = \sum_ia_iD_i$, exactly.  Raises `InputError` where J is not positive on a toric curve."""
        given = listed("coefficients", coefficients, f"{len(self.rays)} numbers, one for each divisor", "see curves")
        if len(given) != len(self.rays):
            raise InputError("coefficients", coefficients, f"{len(self.rays)} numbers, one for each divisor", "see curves")
        a = [fraction("coefficients", one, "finite real numbers", "see curves") for one in given]
        degrees = [sum(int(k) * one for k, one in zip(curve, a, strict=True)) for curve in self.curves]
        if min(degrees) <= 0:
            told = f"{min(degrees)} on the curve {self.curves[degrees.index(min(degrees))].tolist()}"
            raise InputError("coefficients", told, "positive on all toric curves", "J = sum a_i D_i must lie inside the Kaehler cone")
        total = Fraction(0)
        for key, number in self._numbers.items():
            times = math.factorial(self.dimension) // math.prod(math.factorial(key.count(i)) for i in set(key))
            total += number * times * math.prod((a[i] for i in key), start=Fraction(1))
        value = total / math.factorial(self.dimension)
        return Exact(value if value.denominator > 1 else int(value), "d_ijk a_i a_j a_k / n!", _WHERE)


def polytope_hypersurface(vertices: Any, *, dual: bool = False) -> ToricHypersurface:
    """The hypersurface of a reflexive polytope of dimension 3 or 4 by its ``vertices``, in the default triangulation of CYTools.

    ``dual``: of the dual polytope instead, which gives the mirror.  The rays are the points that are not interior to facets.
    Raises `MissingExtra` without CYTools, and `InputError` for vertices of no reflexive polytope.
    """
    points = np.asarray(listed("vertices", vertices, "whole numbers [vertices, d]", _SUCH_AS))
    if points.ndim != 2 or points.shape[1] not in (3, 4) or points.dtype.kind not in "iu" or len(points) <= points.shape[1]:
        raise InputError("vertices", points.shape, "whole numbers [vertices, 3 or 4], more than that", _SUCH_AS)
    of_kind("dual", dual, bool, "True or False")
    try:
        from cytools import Polytope  # type: ignore[import-not-found]
    except ImportError:
        told = "triangulations of polytopes need CYTools: pip install 'certifield[toric]'"
        raise MissingExtra(f"{told}; ToricHypersurface takes rays, facets and cones that were found elsewhere") from None
    polytope = Polytope(points.tolist())
    if polytope.dim() != points.shape[1] or not polytope.is_reflexive():
        raise InputError("vertices", points.tolist(), "of a reflexive polytope of full dimension", _SUCH_AS)
    if dual:
        polytope = polytope.dual()
    triangulation = polytope.triangulate()
    rays, cones = np.asarray(triangulation.points(), np.int64), np.asarray(triangulation.simplices(), np.int64)
    origin = int(np.flatnonzero(np.all(rays == 0, axis=1))[0])
    numbers = np.cumsum(np.arange(len(rays)) != origin) - 1
    outer = np.array([[numbers[i] for i in cone if i != origin] for cone in cones.tolist()])
    facets = np.asarray(polytope.inequalities(), np.int64)[:, :-1]
    return ToricHypersurface(np.delete(rays, origin, axis=0), facets, outer)


def _determinant(rows: np.ndarray) -> int:
    """By the first row, exactly."""
    if len(rows) == 1:
        return int(rows[0, 0])
    return sum((-1) ** j * int(rows[0, j]) * _determinant(np.delete(rows[1:], j, axis=1)) for j in range(len(rows)))


def _inverse(rows: np.ndarray) -> list[list[Fraction]]:
    """The inverse, whose column i is dual to row i, by minors."""
    size, whole = len(rows), _determinant(rows)
    minor = lambda i, j: _determinant(np.delete(np.delete(rows, i, axis=0), j, axis=1))  # noqa: E731
    return [[Fraction((-1) ** (i + j) * minor(i, j), whole) for i in range(size)] for j in range(size)]
