"""Exact polynomial relations in a table, by linear algebra over the rationals."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement
from math import prod

from certifield.evidence import InputError

from ._table import Table

Monomial = tuple[str, ...]
Terms = tuple[tuple[Fraction, Monomial], ...]


@dataclass(frozen=True)
class Polynomial:
    """``target`` = sum of coefficient times product of columns, which holds exactly in all ``rows`` rows of the table."""

    target: str
    terms: Terms
    rows: int

    def at(self, row: dict[str, Fraction]) -> Fraction:
        """The value of the right-hand side."""
        return sum((factor * prod((row[name] for name in names), start=Fraction(1)) for factor, names in self.terms), Fraction(0))

    def __str__(self) -> str:
        shown = [(factor, " ".join(f'"{name}"' if " " in name else name for name in names)) for factor, names in self.terms]
        parts = [f"{factor} {names}" if names and factor != 1 else names or str(factor) for factor, names in shown]
        return f"{self.target} = {' + '.join(parts) or '0'}".replace("+ -", "- ")


def polynomial_relation(
    table: Table, target: str, features: Sequence[str], degree: int, rows: Sequence[int] | None = None
) -> Polynomial | None:
    """The polynomial of at most this degree in the ``features`` that equals ``target`` in every row (of ``rows``), or None.

    Interpolation in fractions, held against all the rows that did not determine it.  Where the rows leave the coefficients free, which
    happens with fewer rows than monomials, raises `InputError`: any table has such a relation.
    """
    chosen = list(range(len(table))) if rows is None else list(rows)
    for name in (target, *features):
        if any(table.column(name)[row][0] != table.columns[name][row][1] for row in chosen):
            raise InputError("column", name, "an exact column", "a relation needs exact values")
    monomials = [names for size in range(degree + 1) for names in combinations_with_replacement(features, size)]
    if len(chosen) <= len(monomials):
        raise InputError("rows", len(chosen), f"more than the {len(monomials)} monomials", "lower the degree or add rows")
    terms = solved(table, target, monomials, chosen)
    return None if terms is None else Polynomial(target, terms, len(chosen))


def solved(table: Table, target: str, monomials: Sequence[Monomial], rows: Sequence[int]) -> Terms | None:
    """The coefficients of the monomials, or None where none give the target in all rows.  Raises `InputError` where some are free."""
    used = dict.fromkeys((target, *(name for names in monomials for name in names)))
    values = {name: [table.columns[name][row][0] for row in rows] for name in used}
    pivots: list[tuple[int, list[Fraction]]] = []
    for place in range(len(rows)):
        row = [prod((values[name][place] for name in names), start=Fraction(1)) for names in monomials] + [values[target][place]]
        for column, pivot in pivots:
            if row[column]:
                factor = row[column]
                row = [here - factor * there for here, there in zip(row, pivot, strict=True)]
        lead = next((column for column in range(len(monomials)) if row[column]), None)
        if lead is None:
            if row[-1]:
                return None
            continue
        row = [entry / row[lead] for entry in row]
        pivots = [(column, [here - pivot[lead] * there for here, there in zip(pivot, row, strict=True)]) for column, pivot in pivots]
        pivots.append((lead, row))
    free = set(range(len(monomials))) - {column for column, _ in pivots}
    solution = dict.fromkeys(range(len(monomials)), Fraction(0)) | {column: pivot[-1] for column, pivot in pivots}
    if free:
        named = ", ".join(" ".join(monomials[column]) or "1" for column in sorted(free))
        raise InputError("features", list(used)[1:], f"such that the rows tell their monomials apart ({named} is free)", "leave one out")
    return tuple((solution[place], names) for place, names in enumerate(monomials) if solution[place])
