"""The simplest polynomial relation of a target: of few columns first, proposed modulo a prime, decided in fractions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, combinations_with_replacement
from math import comb

import numpy as np

from ._relations import Monomial, Polynomial, solved
from ._table import Table

PRIME = 2**31 - 1  # whose squares fit 64 bits
FEW = 3  # columns of a small relation
SURPLUS = 8  # rows beyond the monomials by which a small relation is refused


@dataclass(frozen=True)
class Sought:
    """What came of the search: a ``relation`` or None, and in words what was ``sought`` where there is none."""

    relation: Polynomial | None
    sought: str = ""


def find_relation(
    table: Table, target: str, features: Sequence[str], degree: int, tell: Callable[[str], None] = lambda line: None
) -> Sought:
    """The relation of fewest columns, up to three, and of the lowest degree among these; else one in all columns, made as short as can be.

    Whether there is one is asked modulo a prime, where a relation in fractions remains one; what is found is solved in fractions, and held
    against every row.  A question with as many monomials as rows, or more, is left out, since any table has such a relation.
    """
    if not table.exact(target):
        return Sought(None, f"No relation sought: {target} is known between fractions only.")
    exact = [name for name in features if table.exact(name)]
    if not exact:
        return Sought(None, "No relation sought: there is no exact column beside the target.")
    values = {name: residues([low for low, _ in table.column(name)]) for name in (target, *exact)}
    order = np.random.Generator(np.random.PCG64(0)).permutation(len(table))
    done, skipped = dict[int, int](), list[str]()
    for size in range(1, min(FEW, len(exact)) + 1):
        for power in range(1, degree + 1):
            count = comb(size + power, power)
            if count >= len(table):
                skipped.append(f"degree {power} in {size}: {count} monomials")
                continue
            done[size] = power
            tell(f"relations of degree {power} in {size} of {len(exact)} columns")
            first = order[: count + SURPLUS]
            for chosen in combinations(exact, size):
                names = monomials(chosen, power)
                if _holds(values, target, names, first) and _holds(values, target, names, order):
                    found = _shortest(table, values, target, names, order)
                    if found is not None:
                        return Sought(found)
    for power in range(1, degree + 1):
        count = comb(len(exact) + power, power)
        if len(exact) > FEW and count >= len(table):
            skipped.append(f"degree {power} in all {len(exact)}: {count} monomials")
        elif len(exact) > FEW:
            tell(f"relations of degree {power} in all {len(exact)} columns")
            names, done[len(exact)] = monomials(exact, power), power
            if _holds(values, target, names, order):
                found = _shortest(table, values, target, names, order)
                if found is not None:
                    return Sought(found)
    return Sought(None, _told(done, skipped, len(table), [name for name in features if name not in exact]))


def residues(column: Sequence[Fraction]) -> np.ndarray:
    """Fractions modulo the prime; where it divides a denominator, in a unit of their own, on which no relation depends."""
    while any(value.denominator % PRIME == 0 for value in column):
        column = [value * PRIME for value in column]
    return np.array([value.numerator * pow(value.denominator, -1, PRIME) % PRIME for value in column], np.int64)


def monomials(names: Sequence[str], degree: int) -> list[Monomial]:
    """All products of at most so many of the columns, 1 first."""
    return [product for size in range(degree + 1) for product in combinations_with_replacement(names, size)]


def _told(done: dict[int, int], skipped: Sequence[str], rows: int, between: Sequence[str]) -> str:
    parts = [
        f"of degree <= {power} in {' or '.join(str(size) for size in done if done[size] == power)}"
        for power in dict.fromkeys(done.values())
    ]
    told = f"No exact relation {', or '.join(parts)} columns" if parts else "No exact relation was sought"
    told += f"; not sought, since {rows} rows always have one: {', '.join(skipped)}" if skipped else ""
    return told + (f"; left out, since they are not exact: {', '.join(between)}." if between else ".")


def _shortest(table: Table, values: dict[str, np.ndarray], target: str, names: list[Monomial], rows: np.ndarray) -> Polynomial | None:
    """The relation without the columns, then without the monomials, that it can do without, from the most intricate on."""
    for name in sorted({one for product in names for one in product}, reverse=True):
        fewer = [product for product in names if name not in product]
        names = fewer if _holds(values, target, fewer, rows) else names
    for product in sorted(names, key=lambda one: (-len(one), -len(set(one)))):
        fewer = [other for other in names if other != product]
        names = fewer if _holds(values, target, fewer, rows) else names
    terms = solved(table, target, names, rows.tolist())
    return None if terms is None else Polynomial(target, terms, len(table))


def _holds(values: dict[str, np.ndarray], target: str, names: Sequence[Monomial], rows: np.ndarray) -> bool:
    """Whether the target is a combination of the monomials modulo a prime."""
    matrix = np.empty((len(rows), len(names) + 1), np.int64)
    for place, product in enumerate(names):
        column = np.ones(len(rows), np.int64)
        for name in product:
            column = column * values[name][rows] % PRIME
        matrix[:, place] = column
    matrix[:, -1] = values[target][rows]
    top = 0
    for place in range(len(names)):
        lead = np.flatnonzero(matrix[top:, place])
        if not len(lead):
            continue
        row = top + lead[0]
        if row != top:
            matrix[[top, row]] = matrix[[row, top]]
        pivot = matrix[top, place:] * pow(int(matrix[top, place]), -1, PRIME) % PRIME
        matrix[top + 1 :, place:] = (matrix[top + 1 :, place:] - matrix[top + 1 :, place, None] * pivot % PRIME) % PRIME
        top += 1
        if top == len(rows):
            return True
    return not matrix[top:, -1].any()
