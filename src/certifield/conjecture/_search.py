"""Bounds found by linear programming, held against every row exactly, and refined by what refutes them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations, product
from math import floor
from typing import Any

import numpy as np
from scipy.optimize import linprog

from certifield.evidence import InputError

from ._bound import Bound, Check, dominated
from ._table import Table

FIRST_ROWS = 60
LARGEST = 1e6  # number of a solution, where columns are of the size 1
TIE = 1e-4  # part of the way to the mean, or away from it, that decides between weights
MOST_ROUNDS = 60
ADDED = 16  # rows that join a program, those that its solution violates most
DENOMINATORS = (1, 2, 3, 4, 6, 8, 12, 24, 60)


@dataclass(frozen=True)
class Refuted:
    """A dead conjecture: the first row that violates it, by number, and what the row is about."""

    bound: Bound
    row: int
    witness: object

    def __str__(self) -> str:
        return f"REFUTED  {self.bound}  by {self.witness}"


@dataclass(frozen=True)
class Survives:
    """A conjecture that holds in all rows that were checked, exactly: no statement about other objects."""

    bound: Bound
    check: Check

    def __str__(self) -> str:
        return f"SURVIVES({self.check.rows} rows)  {self.bound}  touched by {len(self.check.touched)}"


@dataclass(frozen=True)
class Undecided:
    """A statement that no row refutes, and that some rows leave open since their intervals are too wide: ask for narrower ones."""

    bound: Bound
    check: Check

    def __str__(self) -> str:
        return f"UNDECIDED in {len(self.check.undecided)} of {self.check.rows} rows  {self.bound}"


@dataclass(frozen=True)
class Unbounded:
    """Features by which the linear program has no finite solution: the weights of ``at_fault`` may grow without end in the rows.

    Such a feature is constant, or nearly the sum of multiples of the others.
    """

    shape: Bound
    at_fault: tuple[str, ...]

    def __str__(self) -> str:
        names = ", ".join(name for name, _ in self.shape.terms)
        where = f"where {self.shape.hypothesis}" if self.shape.hypothesis else "in these rows"
        one = len(self.at_fault) == 1
        why = f"it is constant {where}, and nothing is lost without it" if one else f"they depend on each other {where}; leave one out"
        return f"UNBOUNDED  {self.shape.target} by {names}: weights of {', '.join(self.at_fault)} may grow without end, since {why}"


@dataclass(frozen=True)
class Search:
    """The surviving bounds, those with most touches first; the log of the ``dead`` ones with their witnesses; the ``undecided`` ones.

    ``unbounded``: features by which there is no sharpest bound, each set of them once.
    """

    surviving: tuple[Survives, ...]
    dead: tuple[Refuted, ...] = field(repr=False, default=())
    undecided: tuple[Undecided, ...] = ()
    unbounded: tuple[Unbounded, ...] = ()


def linear_bounds(
    table: Table,
    target: str,
    features: Sequence[str],
    *,
    relation: str = ">=",
    most: int = 2,
    constant: bool = True,
    hypothesis: str | None = None,
    touching: bool = True,
    sharp: bool = False,
    seed: int = 0,
) -> Search:
    r"""Bounds on ``target`` by at most so many of the ``features`` at a time, with or without a ``constant``.

    For every choice a linear program over a few rows makes the sum of all slacks least; its numbers are rounded to small fractions; the
    statement is then decided in every row, in fractions.  A row that refutes it is its witness; the rows that the solution violates join
    the program, until there are none, and the next statement is asked for.  Bounds that others make superfluous in every row are left out,
    and so are those that no row touches exactly, unless ``touching`` is false, as for columns of intervals, which nothing touches.
    ``sharp``: afterwards every row that no survivor touches is asked for the bound by ``most`` features that is sharpest there.
    Raises `InputError` for a target or a feature that is no column, for a constant target, and for fewer rows than features.
    """
    rows = table.rows_where(hypothesis)
    for name in (target, *features):
        table.column(name)
    if target in features or len(set(table.columns[target])) == 1:
        raise InputError("target", target, "a column that is not constant and not among the features", "choose another")
    if len(rows) <= most:
        raise InputError("table", f"{len(rows)} rows", f"more rows than the {most} features of a bound", "add rows, or lower `most`")
    rng = np.random.Generator(np.random.PCG64(seed))
    alive, dead, undecided, unbounded = list[Survives](), list[Refuted](), list[Undecided](), list[Unbounded]()

    def sort(every: Iterator[Survives | Refuted | Undecided | Unbounded]) -> None:
        for found in every:
            if isinstance(found, Survives):
                alive.append(found)
            elif isinstance(found, Refuted):
                dead.append(found)
            elif isinstance(found, Undecided):
                undecided.append(found)
            elif all(found.at_fault != one.at_fault for one in unbounded):
                unbounded.append(found)

    shapes = [
        Bound(target, relation, tuple((name, Fraction(0)) for name in chosen), hypothesis=hypothesis)
        for size in range(1, most + 1)
        for chosen in combinations(features, size)
    ]
    for shape in shapes:
        sort(_refined(table, shape, rows, constant, touching, rng))
    for shape in (shape for shape in shapes if sharp and len(shape.terms) == most):
        for row, tie in product(_outermost(table, shape, rows), (TIE, -TIE)):
            if all(row not in one.check.touched for one in alive):
                sort(_refined(table, shape, rows, constant, touching, rng, at=row, tie=tie))
    alive.sort(key=lambda one: (-len(one.check.touched), len(one.bound.terms)))
    kept: list[Survives] = []
    for one in alive:
        if not dominated(one.bound, [other.bound for other in kept], table):
            kept.append(one)
    return Search(tuple(kept), tuple(dead), tuple(undecided), tuple(unbounded))


def _refined(
    table: Table,
    shape: Bound,
    rows: Sequence[int],
    constant: bool,
    touching: bool,
    rng: np.random.Generator,
    at: int | None = None,
    tie: float = TIE,
) -> Iterator[Survives | Refuted | Undecided | Unbounded]:
    """Statements of one shape until one survives, or the program has no solution: sharpest on average, or at one row.

    The program sees the columns relative to a row where there is a constant, and scaled by powers of two: its solution is bounded by
    `LARGEST`, or by nothing.
    """
    names = [name for name, _ in shape.terms]
    y, x = table.floats[shape.target], np.stack([table.floats[name] for name in names], axis=1)
    sign = 1.0 if shape.relation == ">=" else -1.0
    if constant:
        x, y = x - x[rows[0]], y - y[rows[0]]
    scale, unit = _power(np.abs(x[rows]).max(axis=0)), _power(np.abs(y[rows]).max())
    x, y = x / scale, y / unit
    free = _dependent(x[rows])
    if free.any():
        yield Unbounded(shape, tuple(name for name, one in zip(names, free, strict=True) if one))
        return
    used = sorted(rng.permutation(rows)[: min(FIRST_ROWS, len(rows))].tolist())
    aim = x[rows].mean(axis=0) if at is None else x[at] + tie * (x[rows].mean(axis=0) - x[at])  # at a corner many weights are as sharp
    mean = np.append(aim, 1.0 if constant else 0.0)
    said: set[Bound] = set()
    for _ in range(MOST_ROUNDS):
        matrix = np.column_stack([x[used], np.full(len(used), 1.0 if constant else 0.0)])
        solved = linprog(-sign * mean, A_ub=sign * matrix, b_ub=sign * y[used], bounds=(-LARGEST, LARGEST), method="highs")
        if solved.status != 0:
            return
        weights, offset = solved.x[:-1], solved.x[-1] if constant else 0.0
        slack = sign * (y[rows] - x[rows] @ weights - offset)
        below = [rows[place] for place in np.argsort(slack)[:ADDED] if slack[place] < -1e-9 * (1 + abs(y[rows[place]]))]
        far = np.abs(weights).max() > 0.999 * LARGEST  # an end of the program and no corner of the rows
        bound = None if far else _rounded(table, shape, weights * unit / scale, used, constant)
        if bound is not None and bound not in said:
            said.add(bound)
            check = bound.check(table)
            if check.violated:
                yield Refuted(bound, check.violated[0], table.objects[check.violated[0]])
            elif not below:
                if check.touched or check.undecided or not touching:
                    yield Survives(bound, check) if check.holds else Undecided(bound, check)
                return
            below = below or list(check.violated[:ADDED])
        if not below:
            return
        used = sorted({*used, *below})


def _power(size: Any) -> Any:
    """The power of two near a size, 1 for 0: dividing by it rounds nothing."""
    return np.exp2(np.round(np.log2(np.where(size > 0, size, 1.0))))


def _dependent(x: np.ndarray) -> np.ndarray:
    """Which columns take part in a combination that is 0 in all rows, by which weights may grow and change nothing."""
    _, values, directions = np.linalg.svd(x, full_matrices=False)
    return np.any(np.abs(directions[values <= 1e-10 * max(1.0, values[0])]) > 1e-6, axis=0)


def _outermost(table: Table, shape: Bound, rows: Sequence[int]) -> list[int]:
    """Of the rows with the same features the first with the least target, or the greatest for bounds from above."""
    sign, best = 1 if shape.relation == ">=" else -1, dict[tuple, int]()
    target = table.columns[shape.target]
    for row in rows:
        key = tuple(table.columns[name][row] for name, _ in shape.terms)
        if key not in best or sign * target[row][0] < sign * target[best[key]][0]:
            best[key] = row
    return list(best.values())


def _rounded(table: Table, shape: Bound, weights: np.ndarray, used: Sequence[int], constant: bool) -> Bound | None:
    """The statement with the smallest denominators that are near, true in the rows of the program."""
    for denominator in DENOMINATORS:
        terms = tuple((name, Fraction(round(w * denominator), denominator)) for (name, _), w in zip(shape.terms, weights, strict=True))
        near = max(abs(float(factor) - w) for (_, factor), w in zip(terms, weights, strict=True))
        if near > 1e-7 * max(1.0, float(np.abs(weights).max())) and denominator != DENOMINATORS[-1]:
            continue
        if any(factor == 0 for _, factor in terms):
            return None  # a statement of fewer features
        if not constant:
            return Bound(shape.target, shape.relation, terms, hypothesis=shape.hypothesis)
        bare = Bound(shape.target, shape.relation, terms, hypothesis=shape.hypothesis)
        # The greatest constant that is true in the rows of the program: exact there, whatever the program says.
        least = bare.slacks(table, used).least
        exact = least if least.denominator <= DENOMINATORS[-1] else Fraction(floor(least * DENOMINATORS[-1]), DENOMINATORS[-1])
        return Bound(shape.target, shape.relation, terms, exact if shape.relation == ">=" else -exact, shape.hypothesis)
    return None
