"""Checks table-statements@1: statements about the columns of a table, each decided in every row, in fractions.

A number is a fraction, or lies between two; a statement holds in a row if it does for all numbers between these, and is violated if it
does for none.  With a hypothesis it speaks of the rows in which this column of truth values is true.

claim    {"kind": "statements decided in a table", "rows": how many, "source": anything, such as a hash of the file, "objects": anything,
         "columns": {name: for each row a fraction or [low, high]}, "truths": {name: for each row true or false},
         "statements": [{"target": column, "relation": ">=", "<=" or "=", "terms": [[factor, columns that are multiplied]],
         "hypothesis": null or a name of truth values}]}
value    how many of the statements hold in all of their rows, as text
witness  {"fates": for each statement {"touched": in how many rows both sides are equal}, which says that it holds,
         or {"violated": the number, from 0, of a row that violates it}}
"""

import json
import re
import sys
from fractions import Fraction
from typing import Any

CHECKER = "table-statements@1"
KIND = "statements decided in a table"
FIELDS = {"kind", "rows", "source", "objects", "columns", "truths", "statements"}
FORM = {"target", "relation", "terms", "hypothesis"}
HOLDS = {">=": lambda low, high: low >= 0, "<=": lambda low, high: high <= 0, "=": lambda low, high: low == high == 0}
FAILS = {">=": lambda low, high: high < 0, "<=": lambda low, high: low > 0, "=": lambda low, high: high < 0 or low > 0}
_FRACTION = re.compile(r"-?[0-9]{1,4300}(/[0-9]{1,4300})?")


class _Refused(Exception):
    """Carries the reason for a rejection."""


def check(claim: Any, value: Any, witness: Any) -> tuple[bool, str, int]:
    """Whether every statement has the fate that is claimed; the reason names the first that has not."""
    try:
        return True, "", _steps(claim, value, witness)
    except _Refused as refusal:
        return False, str(refusal), 0


def _steps(claim: Any, value: Any, witness: Any) -> int:
    """The number of rows that were decided."""
    _require(isinstance(claim, dict) and set(claim) == FIELDS, f"the claim must have the fields {', '.join(sorted(FIELDS))}")
    _require(claim["kind"] == KIND, f"claim.kind must be {KIND}")
    count, statements = claim["rows"], claim["statements"]
    _require(type(count) is int and count > 0, "claim.rows must be a number of rows")
    _require(isinstance(claim["columns"], dict) and isinstance(claim["truths"], dict), "claim.columns and claim.truths must be objects")
    columns = {name: [_interval(entry, f"{name}, row {row}") for row, entry in enumerate(_list(column, count, name))]
               for name, column in claim["columns"].items()}  # fmt: skip
    for name, column in claim["truths"].items():
        _require(all(type(entry) is bool for entry in _list(column, count, name)), f"{name} must be true or false in every row")
    _require(isinstance(statements, list) and len(statements) > 0, "claim.statements must be a list that is not empty")
    _require(isinstance(witness, dict) and set(witness) == {"fates"}, "the witness must have the field fates")
    both = enumerate(zip(statements, _list(witness["fates"], len(statements), "witness.fates"), strict=True))
    decided = [_decided(one, fate, columns, claim["truths"], count, f"statement {place}") for place, (one, fate) in both]
    _require(value == str(sum(holds for holds, _ in decided)), "the value is not the number of statements that hold")
    return sum(rows for _, rows in decided)


def _decided(one: Any, fate: Any, columns: dict, truths: dict, count: int, name: str) -> tuple[bool, int]:
    """Whether a statement holds, and in how many rows that was decided."""
    _require(isinstance(one, dict) and isinstance(fate, dict) and len(fate) == 1, f"{name} or its fate is no object")
    _require(set(one) == FORM and one["relation"] in (">=", "<=", "="), f"{name} has other fields, or another relation")
    _require(isinstance(one["target"], str) and one["target"] in columns, f"{name} has a target that is no column")
    where = one["hypothesis"]
    _require(where is None or (isinstance(where, str) and where in truths), f"{name} has a hypothesis that is no column of truth values")
    terms = _terms(one["terms"], columns, name)
    if "violated" in fate:
        row = fate["violated"]
        _require(type(row) is int and 0 <= row < count and (where is None or truths[where][row]), f"{name}: it does not speak of that row")
        _require(FAILS[one["relation"]](*_gap(one["target"], terms, columns, row)), f"{name}: row {row} does not violate it")
        return False, 1
    rows = [row for row in range(count) if where is None or truths[where][row]]
    gaps: list[Any] = [_gap(one["target"], terms, columns, row) for row in rows]
    for row, gap in zip(rows, gaps, strict=True):
        _require(HOLDS[one["relation"]](*gap), f"{name}: it does not hold in row {row}")
    _require(type(fate.get("touched")) is int and fate["touched"] == gaps.count((0, 0)), f"{name}: another number of rows touch it")
    return True, len(rows)


def _gap(target: str, terms: list, columns: dict, row: int) -> tuple[Fraction, Fraction]:
    """Between which fractions the target less a sum of products of columns lies."""
    low, high = columns[target][row]
    for factor, names in terms:
        ends = [factor]
        for name in names:
            ends = [one * other for one in {min(ends), max(ends)} for other in columns[name][row]]
        low, high = low - max(ends), high - min(ends)
    return low, high


def _terms(given: Any, columns: dict, name: str) -> list:
    _require(isinstance(given, list) and all(isinstance(term, list) and len(term) == 2 for term in given), f"{name} has no terms")
    for _, names in given:
        known = isinstance(names, list) and len(names) <= 16 and all(isinstance(one, str) and one in columns for one in names)
        _require(known, f"{name} has a term that is no product of columns")
    return [(_fraction(factor, f"{name}, a factor"), names) for factor, names in given]


def _interval(entry: Any, name: str) -> tuple[Fraction, Fraction]:
    low, high = (_fraction(end, name) for end in (entry if isinstance(entry, list) and len(entry) == 2 else [entry, entry]))
    _require(low <= high, f"{name} ends before it begins")
    return low, high


def _list(given: Any, length: int, name: str) -> list:
    _require(isinstance(given, list) and len(given) == length, f"{name} must be a list of {length} entries")
    return given


def _fraction(text: Any, name: str) -> Fraction:
    try:
        _require(isinstance(text, str) and _FRACTION.fullmatch(text) is not None, f"{name} is not a fraction")
        number = Fraction(text)
        _require(str(number) == text, f"{name} is not in lowest terms")
        return number
    except (ValueError, ZeroDivisionError):
        raise _Refused(f"{name} is not a fraction") from None


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
