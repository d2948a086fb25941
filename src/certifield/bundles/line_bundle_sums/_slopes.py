r"""Is there a t with all $t^r > 0$ where quadratic forms vanish together?  Both answers are proved in fractions.

No: a combination $\sum_a v_a M_a$ with entries that are all $\ge 0$ and not all 0, which is positive for all such t; found by a linear
program, and checked with v in whole numbers.  Yes: Newton's iteration from a point in fractions converges, by the theorem of Kantorovich in
the norm of the greatest entry: with $|J^{-1}F| \le \eta$, $|J^{-1}| \le \beta$ and $|J(t) - J(s)| \le K |t - s|$ a zero lies within $2\eta$
where $\beta K \eta \le \frac12$.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Literal, NamedTuple

import numpy as np
from scipy.optimize import least_squares, linprog

from certifield._arguments import seeded
from certifield.evidence import InputError

_DENOMINATOR = 10**6  # of fractions near floats
_STARTS = 30


class Slopes(NamedTuple):
    """``status``: "zero" with a point ``witness`` and the ``radius`` within which a zero lies, all of its entries positive;
    "none" with the combination of forms that excludes one; "open" where neither was proved, ``witness`` being empty.
    """

    status: Literal["zero", "none", "open"]
    witness: tuple[Fraction, ...]
    radius: Fraction


def common_zero(forms: Any, *, seed: int = 0) -> Slopes:
    """Whether symmetric forms [number, h, h] of whole numbers have a common zero in the open positive orthant, proved in fractions.

    Raises `InputError` for another shape, forms that are not symmetric, and entries that are not whole.

    >>> common_zero([[[1, 0], [0, -4]]]).status, common_zero([[[1, 2], [2, 0]]]).status
    ('zero', 'none')
    """
    m = np.asarray(forms)
    if m.ndim != 3 or m.shape[1] != m.shape[2] or 0 in m.shape or m.dtype.kind not in "iu" or (m != m.transpose(0, 2, 1)).any():
        raise InputError("forms", m.shape, "symmetric forms of whole numbers, [number, h, h]", "such as LineBundleSum.slope_forms()")
    m = _independent(m.astype(np.int64))
    if not len(m):
        return Slopes("zero", (Fraction(1),) * np.asarray(forms).shape[1], Fraction(0))
    excluded = _positive_combination(m)
    if excluded is not None:
        return Slopes("none", excluded, Fraction(0))
    rng = np.random.Generator(np.random.PCG64(seeded(seed)))
    for _ in range(_STARTS):
        start = rng.normal(0, 1.0, m.shape[1])
        found = least_squares(lambda x: _values(m, np.exp(x)) / np.exp(2 * x).sum(), start, xtol=1e-15, ftol=1e-15, gtol=1e-15)
        t = np.exp(found.x - found.x.max())
        if np.abs(found.fun).max() < 1e-9 and t.min() > 1e-4:
            proved = _kantorovich(m, t)
            if proved is not None:
                return proved
    return Slopes("open", (), Fraction(0))


def _values(m: np.ndarray, t: np.ndarray) -> np.ndarray:
    return np.einsum("ast,s,t->a", m, t, t)


def _independent(m: np.ndarray) -> np.ndarray:
    """The first forms that are no combinations of those before them."""
    kept: list[np.ndarray] = []
    rows: list[list[Fraction]] = []
    for form in m:
        row = [Fraction(int(entry)) for entry in form.ravel()]
        for one in rows:
            pivot = next(place for place, entry in enumerate(one) if entry)
            if row[pivot]:
                times = row[pivot] / one[pivot]
                row = [a - times * b for a, b in zip(row, one, strict=True)]
        if any(row):
            rows.append(row)
            kept.append(form)
    return np.array(kept, np.int64).reshape(len(kept), *m.shape[1:])


def _positive_combination(m: np.ndarray) -> tuple[Fraction, ...] | None:
    """v with all entries of sum v_a M_a at least 0 and not all 0, in fractions; None where the program finds none or it fails the check."""
    size = len(m)
    flat = m[:, *np.triu_indices(m.shape[1])].T.astype(float)  # entries, forms
    answer = linprog(-flat.sum(axis=0), A_ub=-flat, b_ub=np.zeros(len(flat)), bounds=[(-1, 1)] * size, method="highs")
    if answer.status != 0 or -answer.fun < 1e-7:
        return None
    for denominator in (12, 1000, _DENOMINATOR):
        v = tuple(Fraction(float(one)).limit_denominator(denominator) for one in answer.x)
        total = sum((one * form.astype(object) for one, form in zip(v, m, strict=True)), np.zeros(m.shape[1:], object))
        if (total >= 0).all() and (total > 0).any():
            return v
    return None


def _kantorovich(m: np.ndarray, t: np.ndarray) -> Slopes | None:
    """A proof that the forms vanish together near t: as many entries of t move as there are forms, the others stay."""
    point = [Fraction(float(one)).limit_denominator(10**12) for one in t]
    jacobian = 2 * np.einsum("ast,t->as", m, t)
    moving = _pivots(jacobian)
    if moving is None:
        return None
    exact = [[2 * sum((int(form[s, r]) * point[r] for r in range(len(point))), Fraction(0)) for s in moving] for form in m]
    value = [sum((int(form[s, r]) * point[s] * point[r] for s in range(len(point)) for r in range(len(point))), Fraction(0)) for form in m]
    inverse = _inverse(exact)
    if inverse is None:
        return None
    beta = max(sum(map(abs, row)) for row in inverse)
    eta = max(abs(sum((a * b for a, b in zip(row, value, strict=True)), Fraction(0))) for row in inverse)
    lipschitz = max(2 * int(np.abs(form[np.ix_(moving, moving)]).sum()) for form in m)
    if 2 * beta * lipschitz * eta > 1 or any(point[s] <= 2 * eta for s in moving) or min(point) <= 0:
        return None
    return Slopes("zero", tuple(point), 2 * eta)


def _pivots(jacobian: np.ndarray) -> list[int] | None:
    """Columns that make a well-conditioned square matrix, by elimination with the greatest pivot."""
    rest, found = jacobian.copy(), []
    for row in range(len(rest)):
        column = int(np.argmax(np.abs(rest[row])))
        if abs(rest[row, column]) < 1e-9 * max(1.0, np.abs(jacobian).max()):
            return None
        found.append(column)
        rest[row + 1 :] -= np.outer(rest[row + 1 :, column] / rest[row, column], rest[row])
        rest[:, column] = 0
    return found


def _inverse(matrix: Sequence[Sequence[Fraction]]) -> list[list[Fraction]] | None:
    n = len(matrix)
    rows = [[*row, *(Fraction(int(i == j)) for j in range(n))] for i, row in enumerate(matrix)]
    for column in range(n):
        pivot = max(range(column, n), key=lambda r: abs(rows[r][column]))
        if rows[pivot][column] == 0:
            return None
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [entry / rows[column][column] for entry in rows[column]]
        for other in range(n):
            if other != column and rows[other][column]:
                times = rows[other][column]
                rows[other] = [a - times * b for a, b in zip(rows[other], rows[column], strict=True)]
    return [row[n:] for row in rows]
