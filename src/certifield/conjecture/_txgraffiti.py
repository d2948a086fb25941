"""Statements as TxGraffiti prints them (github.com/RandyRDavila/TxGraffiti), held against a table in fractions.

``(H) → (target <= rhs)`` with H one column of truth values or several joined by ∧, and a right-hand side that is linear in columns.
"""

import ast
import re
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from certifield.evidence import InputError

from ._bound import Bound
from ._search import Refuted, Search, Survives, Undecided
from ._table import Table

ARROW, AND = "→", "∧"
_STATEMENT = re.compile(rf"(?:<Conj )?\(?(?P<hypothesis>.*?)\)? ?{ARROW} ?\((?P<left>[A-Za-z_]\w*) (?P<sign><=|>=|==) (?P<right>.*)\)>?")
_SIGNS = {"<=": ("<=",), ">=": (">=",), "==": ("<=", ">=")}
Linear = dict[str, Fraction]  # coefficients of columns, "" for the constant


def reverify(table: Table, statements: Iterable[str]) -> Search:
    """What becomes of TxGraffiti's statements in every row, in fractions; an equality is two bounds.

    Its floats may let pass what is false, and its coefficients are rounded to fractions afterwards: each such statement dies here with a
    witness.  Where a column is of rounded decimals (`Table.from_csv` with ``rounded``), rows within the error leave it undecided.
    Raises `InputError` for a text that is no such statement, one that is not linear, and columns that the table has not.
    """
    alive, dead, undecided = list[Survives](), list[Refuted](), list[Undecided]()
    for text in statements:
        for bound in read_statement(text):
            asked = _with(table, bound.hypothesis)
            check = bound.check(asked)
            if check.violated:
                dead.append(Refuted(bound, check.violated[0], table.objects[check.violated[0]]))
            elif check.undecided:
                undecided.append(Undecided(bound, check))
            else:
                alive.append(Survives(bound, check))
    alive.sort(key=lambda one: (-len(one.check.touched), len(one.bound.terms)))
    return Search(tuple(alive), tuple(dead), tuple(undecided))


def read_statement(text: str) -> tuple[Bound, ...]:
    """The bounds that a statement says: one, or two for an equality.  Its hypotheses are joined by " ∧ " in the order of the alphabet."""
    match = _STATEMENT.fullmatch(text.strip())
    if match is None:
        raise InputError("statement", text, f"(hypothesis) {ARROW} (column <= columns and numbers)", "leave out what is of another kind")
    names = sorted({name.strip(" ()") for name in match["hypothesis"].split(AND)} - {"True", "TRUE", ""})
    if not all(re.fullmatch(r"\w+", name) for name in names):
        raise InputError("hypothesis", match["hypothesis"], f"names of columns joined by {AND}", "leave out what is of another kind")
    terms = _linear(match["right"], text)
    constant = terms.pop("", Fraction(0))
    bare = Bound(match["left"], ">=", tuple((name, factor) for name, factor in terms.items() if factor), constant)
    hypothesis = f" {AND} ".join(names) or None
    return tuple(replace(bare, relation=relation, hypothesis=hypothesis) for relation in _SIGNS[match["sign"]])


def write_statement(bound: Bound) -> str:
    """The bound in TxGraffiti's words, which `read_statement` reads."""
    terms = [f"({factor} * {name})" for name, factor in bound.terms]
    right = " + ".join([*terms, *([str(bound.constant)] if bound.constant or not terms else [])])
    hypothesis = f" {AND} ".join(f"({name})" for name in (bound.hypothesis or "TRUE").split(f" {AND} "))
    return f"({hypothesis}) {ARROW} ({bound.target} {bound.relation} ({right}))"


def _with(table: Table, hypothesis: str | None) -> Table:
    """The table with a column for several hypotheses at once."""
    if hypothesis is None or hypothesis in table.hypotheses:
        return table
    rows = [set(table.rows_where(name)) for name in hypothesis.split(f" {AND} ")]
    joined = tuple(all(row in one for one in rows) for row in range(len(table)))
    return Table(table.columns, {**table.hypotheses, hypothesis: joined}, table.objects)


def _linear(text: str, statement: str) -> Linear:
    """The coefficients of a sum of multiples of columns."""
    try:
        return _value(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError) as error:
        raise InputError("statement", statement, "linear in the columns, with whole numbers and fractions", str(error)) from None


def _value(node: ast.expr) -> Linear:
    match node:
        case ast.Name(id=name):
            return {name: Fraction(1)}
        case ast.Constant(value=int() | float()):
            return {"": Fraction(str(node.value))}
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _times(_value(operand), Fraction(-1))
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            one, other = _value(left), _value(right)
            sign = 1 if isinstance(node.op, ast.Add) else -1
            return {name: one.get(name, Fraction(0)) + sign * other.get(name, Fraction(0)) for name in {**one, **other}}
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div(), right=right):
            one, other = _value(left), _value(right)
            if set(other) <= {""}:
                number = other.get("", Fraction(0))
                return _times(one, number if isinstance(node.op, ast.Mult) else 1 / number)
            if set(one) <= {""} and isinstance(node.op, ast.Mult):
                return _times(other, one.get("", Fraction(0)))
    raise ValueError("found a product of columns, or what is no arithmetic")


def _times(terms: Linear, number: Fraction) -> Linear:
    return {name: number * factor for name, factor in terms.items()}
