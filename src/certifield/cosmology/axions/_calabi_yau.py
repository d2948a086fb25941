r"""Calabi-Yau threefolds in toric varieties of reflexive polytopes, by CYTools; and an ensemble of polytopes that needs no list.

A four-dimensional reflexive simplex of Fermat type is a solution of $1/a_1 + \dots + 1/a_5 = 1$ in whole numbers: with
$d = \mathrm{lcm}(a)$ and weights $w_i = d/a_i$ it is the polytope of the weighted projective space, and its dual that of the mirror.
There are 147, from h11 = 1 (the quintic) to 491.
"""

from collections.abc import Sequence
from functools import cache
from math import gcd, lcm
from typing import Any

import numpy as np

from certifield._arguments import listed, of_kind
from certifield.evidence import InputError, MissingExtra

from ._threefold import Threefold


@cache
def fermat_simplices() -> tuple[tuple[int, ...], ...]:
    """The weights of all 147 Fermat simplices, each in rising order.

    >>> len(fermat_simplices()), fermat_simplices()[0], fermat_simplices()[-1]
    (147, (1, 1, 1, 1, 1), (1, 42, 258, 602, 903))
    """

    def rest(top: int, bottom: int, count: int, least: int) -> list[tuple[int, ...]]:
        """Ways to write top/bottom as a sum of so many unit fractions with denominators from ``least`` on."""
        if count == 1:
            return [(bottom // top,)] if bottom % top == 0 and bottom // top >= least else []
        first = max(least, bottom // top + 1)
        found = []
        for a in range(first, count * bottom // top + 1):
            up, down = top * a - bottom, bottom * a
            common = gcd(up, down)
            found += [(a, *others) for others in rest(up // common, down // common, count - 1, a)]
        return found

    every = rest(1, 1, 5, 2)
    return tuple(sorted((tuple(sorted(lcm(*a) // one for one in a)) for a in every), key=lambda w: (sum(w), w)))


def simplex_vertices(weights: Sequence[int]) -> np.ndarray:
    """Vertices [n + 1, n] of the simplex with sum w_i v_i = 0 whose vertices generate the lattice.

    Raises `InputError` for weights that are not positive or have a common factor.

    >>> int(simplex_vertices((1, 1, 2))[:, 0] @ np.array([1, 1, 2]))
    0
    """
    w = [int(one) for one in listed("weights", weights, "positive whole numbers", "such as (1, 1, 1, 1, 1)")]
    if len(w) < 2 or min(w) < 1 or gcd(*w) != 1 or list(w) != list(weights):
        raise InputError("weights", tuple(weights), "positive whole numbers without a common factor", "such as (1, 1, 1, 1, 1)")
    # Column operations of determinant 1 take w to (1, 0, ..., 0); the columns that w sends to 0 span its kernel.
    columns, values = np.eye(len(w), dtype=object), np.array(w, object)
    while np.count_nonzero(values) > 1:
        places = [place for place in range(len(w)) if values[place]]
        least = min(places, key=lambda place: abs(values[place]))
        for place in places:
            if place != least:
                times = values[place] // values[least]
                values[place] -= times * values[least]
                columns[:, place] -= times * columns[:, least]
    kept = [place for place in range(len(w)) if not values[place]]
    return _shortened(columns[:, kept]).astype(np.int64)


def _shortened(basis: np.ndarray) -> np.ndarray:
    """A lattice basis of shorter columns, by subtracting columns from each other while that helps."""
    while True:
        lengths = [int(column @ column) for column in basis.T]
        for i in range(basis.shape[1]):
            for j in range(basis.shape[1]):
                times = round(int(basis[:, i] @ basis[:, j]) / lengths[j]) if i != j else 0
                if times:
                    shorter = basis[:, i] - times * basis[:, j]
                    if int(shorter @ shorter) < lengths[i]:
                        basis[:, i] = shorter
                        lengths[i] = int(shorter @ shorter)
        if lengths == [int(column @ column) for column in basis.T] and not _improves(basis, lengths):
            return basis


def _improves(basis: np.ndarray, lengths: list[int]) -> bool:
    n = basis.shape[1]
    return any(
        int((rest := basis[:, i] - round(int(basis[:, i] @ basis[:, j]) / lengths[j]) * basis[:, j]) @ rest) < lengths[i]
        for i in range(n) for j in range(n) if i != j
    )  # fmt: skip


def polytope_threefold(vertices: Any, *, dual: bool = False) -> Threefold:
    """The Calabi-Yau hypersurface of a four-dimensional reflexive polytope by its vertices, in the default triangulation of CYTools.

    ``dual``: of the dual polytope instead, which gives the mirror.  The basis of divisors, and with it the tip, is the default of CYTools;
    prime divisors are the toric ones; the curves are those of the ambient variety, whose Kaehler cone lies inside that of the threefold.
    Nothing is downloaded.  Raises `MissingExtra` without CYTools, `InputError` for vertices of no reflexive polytope and for one that is
    not favourable, of which some divisors do not come from the ambient variety.
    """
    points = np.asarray(listed("vertices", vertices, "whole numbers [vertices, 4]", "such as simplex_vertices((1, 1, 1, 1, 1))"))
    if points.ndim != 2 or points.shape[1] != 4 or len(points) < 5 or points.dtype.kind not in "iu":
        raise InputError("vertices", points.shape, "whole numbers [vertices, 4], five or more", "such as simplex_vertices((1, 1, 1, 1, 1))")
    of_kind("dual", dual, bool, "True or False")
    polytope = _polytope(points)
    if dual:
        polytope = polytope.dual()
    if not polytope.is_favorable(lattice="N"):
        raise InputError("vertices", points.tolist(), "of a favourable polytope", "some divisors of this one are not toric; try its dual")
    hypersurface = polytope.triangulate().get_cy()
    numbers = hypersurface.intersection_numbers(in_basis=True)
    rows = np.array([[*index, round(float(value))] for index, value in numbers.items() if round(float(value))], np.int64)
    if any(abs(float(value) - round(float(value))) > 1e-3 for value in numbers.values()):
        raise InputError("vertices", points.tolist(), "of a smooth threefold", "this triangulation gives intersection numbers in fractions")
    curves = np.asarray(hypersurface.toric_mori_cone(in_basis=True).rays(), np.int64)
    divisors = np.asarray(hypersurface.glsm_charge_matrix(include_origin=False), np.int64).T
    basis = ", ".join(map(str, hypersurface.divisor_basis()[:3]))
    label = f"CYTools, default triangulation; basis: its default (divisors {basis}{', ...' if divisors.shape[1] > 3 else ''})"
    return Threefold(rows, curves, divisors, label)


def _polytope(points: np.ndarray) -> Any:
    try:
        from cytools import Polytope  # type: ignore[import-not-found]
    except ImportError:
        raise MissingExtra(
            "Calabi-Yau threefolds from polytopes need CYTools: pip install 'certifield[toric]'; trees, random matrices and "
            "load_threefold, which reads what was exported elsewhere, work without it"
        ) from None
    polytope = Polytope(points.tolist())
    if polytope.dim() != 4 or not polytope.is_reflexive():
        raise InputError("vertices", points.tolist(), "of a four-dimensional reflexive polytope", "compare with simplex_vertices")
    return polytope
