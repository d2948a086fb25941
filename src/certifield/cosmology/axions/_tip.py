r"""The tip of the stretched Kaehler cone $\{t: C\cdot t \ge c\ \forall\ \text{curves}\}$: its shortest vector, by a quadratic program.

The length is that of the coordinates, so that the tip depends on the basis of divisors.
"""

from fractions import Fraction
from importlib import import_module
from math import lcm, sqrt
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import nnls
from scipy.sparse import csc_array, identity

from certifield._arguments import of_kind, positive, whole
from certifield.evidence import Exact, InputError, MissingExtra, NotConverged

from ._threefold import Threefold, curve_volumes

SOLVED = 128  # axions up to which the tip is solved for in fractions
_SCALES = 1e-3, 1e-5, 1.0  # of c, one of which converges
_NEAR = 1e-6, 1e-4  # slack of a curve that may be tight


class Tip(NamedTuple):
    """A point of the stretched cone and what is known of the shortest one.

    ``t``: a point that lies in the cone exactly, in fractions or in floats; ``shortest``: the tip as an array, with a bound on the
    distance from ``t`` as its radius, 0 where ``t`` is the tip.
    """

    t: tuple[Any, ...]
    shortest: Exact


def stretched_tip(threefold: Threefold, c: float | Fraction = 1.0, *, solved: int = SOLVED) -> Tip:
    """The shortest t with C.t >= ``c`` for all curves C of the threefold.

    Up to ``solved`` axions exactly: the curves that are tight in floats give t in fractions, and the multipliers, which are not
    negative in fractions, prove it.  Beyond, t is feasible in whole numbers, and the gap between the squares of its length and of a
    dual point bounds the distance: |t - tip|^2 <= |t|^2 - 2 dual.
    Raises `InputError` for c <= 0, `NotConverged` where the cone has no inner point, `MissingExtra` without the solver Clarabel.
    """
    of_kind("threefold", threefold, Threefold, "such as tree_threefold(base, trees)")
    if not isinstance(c, Fraction):
        positive("c", c)
    elif c <= 0:
        raise InputError("c", c, "positive and finite", "try c=1.0")
    whole("solved", solved, 0)
    least = Fraction(c)
    curves = threefold.curves
    found, multipliers = _quadratic_program(curves.astype(float))  # of c = 1: the tip is proportional to c
    if threefold.axions <= solved:
        exact = _in_fractions(curves, found)
        if exact is not None:
            t = tuple(one * least for one in exact)
            return Tip(t, Exact(np.array(t, object), "Karush, Kuhn and Tucker in fractions"))
    point, size = _feasible(curves, found * float(least), least)
    multipliers = np.maximum(multipliers, 0) * float(least)
    dual = 2 * float(least) * float(multipliers.sum()) - float(np.sum((curves.T @ multipliers) ** 2))
    rounding = 1e-14 * sqrt(curves.shape[0]) * (float(point @ point) + 2 * float(least) * float(multipliers.sum()))
    distance = sqrt(max(float(point @ point) - dual, 0.0) + rounding)
    return Tip(tuple(point.tolist()), Exact(point, f"duality gap; scaled up by {size - 1:.1e}", radius=np.full(len(point), distance)))


def _quadratic_program(curves: Any) -> tuple[np.ndarray, np.ndarray]:
    """The shortest t with curves t >= 1 and the multipliers, by Clarabel: the tip of a small c, made larger."""
    try:
        clarabel: Any = import_module("clarabel")
    except ImportError:
        raise MissingExtra("the tip of the stretched cone needs Clarabel: pip install 'certifield[models]'") from None
    size, count = curves.shape[1], curves.shape[0]
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    settings.static_regularization_constant = 1e-12  # with its default a thousand axions do not converge
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-11
    settings.tol_infeas_abs = settings.tol_infeas_rel = 1e-14  # tips are long, which looks like infeasible
    status = ""
    for c in _SCALES:
        problem = identity(size, format="csc"), np.zeros(size), csc_array(-curves), np.full(count, -c)
        answer = clarabel.DefaultSolver(*problem, [clarabel.NonnegativeConeT(count)], settings).solve()
        t, multipliers, status = np.array(answer.x) / c, np.array(answer.z) / c, str(answer.status)
        if np.all(curves @ t > 0.999):
            return t, multipliers
    raise NotConverged(f"no point of the stretched cone was found ({status}): do the curves span a pointed cone?")


def _feasible(curves: Any, t: np.ndarray, least: Fraction) -> tuple[np.ndarray, float]:
    """t in floats scaled up until it obeys all curves in whole numbers, and by how much."""
    total = 1.0
    for attempt in range(12):
        entries = [Fraction(entry) for entry in t.tolist()]
        power = max(entry.denominator for entry in entries)  # powers of two
        smallest = Fraction(min(curve_volumes(curves, [int(entry * power) for entry in entries])), power)
        if smallest >= least:
            return t, total
        # Floats round the product: what curves measure changes again, by far less than the margin in the end.
        factor = float(least / smallest) * (1 + 1e-15 * 8**attempt)
        t, total = t * factor, total * factor
    raise NotConverged("a point of the stretched cone in floats: use fractions, with solved= at least the number of axions")


def _in_fractions(curves: Any, t: np.ndarray) -> tuple[Fraction, ...] | None:
    """The tip for c = 1 in fractions, or None where the tight curves do not prove one."""
    slack = curves @ t - 1
    for near in _NEAR:
        tight = np.flatnonzero(slack < near)
        rows = curves[tight].toarray()
        if not len(rows):
            return None
        weights, _ = nnls(rows.T.astype(float), t)
        active = rows[weights > 1e-9 * max(weights.max(), 1e-300)]
        gram = active @ active.T
        solution = _solved(gram)
        if solution is None or min(solution) < 0:
            continue
        exact = [sum((one * int(entry) for one, entry in zip(solution, column, strict=True)), Fraction(0)) for column in active.T]
        scale = lcm(*(entry.denominator for entry in exact))
        if min(curve_volumes(curves, [int(entry * scale) for entry in exact])) >= scale:
            return tuple(exact)
    return None


def _solved(gram: np.ndarray) -> list[Fraction] | None:
    """x with gram x = (1, ..., 1) in fractions, None where gram is singular."""
    try:
        from flint import fmpq_mat, fmpz_mat
    except ImportError:
        raise MissingExtra("fractions need python-flint: pip install 'certifield[models]'") from None
    n = len(gram)
    try:
        found = fmpq_mat(fmpz_mat(n, n, gram.ravel().tolist())).solve(fmpq_mat(fmpz_mat(n, 1, [1] * n)))
    except ZeroDivisionError:
        return None
    return [Fraction(int(found[i, 0].p), int(found[i, 0].q)) for i in range(n)]
