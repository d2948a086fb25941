r"""Checks positive-definite@1: a symmetric matrix of floats is positive definite, by an exact factorisation.

A float is a fraction with a power of two below, so A = L D L^T is an identity between fractions, and can be checked without
rounding.  If L is lower triangular with ones on its diagonal and all entries of the diagonal D are positive, then
x^T A x = sum_k D_k (L^T x)_k^2 > 0 for every x other than zero.

claim    {"kind": "positive definite", "matrix": rows of floats in hexadecimal, as `float.hex` writes them, such as "0x1.8p-2"}
value    the determinant of A, the product of D, as a fraction in lowest terms
witness  {"lower": row i has the i entries of L left of the diagonal, "diagonal": entries of D}, fractions in lowest terms
"""

import json
import math
import re
import sys
from fractions import Fraction
from typing import Any

CHECKER = "positive-definite@1"
Outcome = tuple[bool, str, int]

_FRACTION = re.compile(r"-?[0-9]{1,4300}(/[0-9]{1,4300})?")  # nothing like 1e999999999, whose digits would fill the memory


class _Refused(Exception):
    """Carries the reason for a rejection."""


def check(claim: Any, value: Any, witness: Any) -> Outcome:
    """Whether the matrix of ``claim`` is positive definite with determinant ``value``; the reason names the first failing entry."""
    try:
        return True, "", _steps(claim, value, witness)
    except _Refused as refusal:
        return False, str(refusal), 0


def _steps(claim: Any, value: Any, witness: Any) -> int:
    """The number of exact identities that hold."""
    matrix = _matrix(claim)
    size = len(matrix)
    _require(isinstance(witness, dict) and set(witness) == {"lower", "diagonal"}, "the witness must have the fields lower, diagonal")
    diagonal = [_fraction(text, f"witness.diagonal[{i}]") for i, text in enumerate(_row(witness["diagonal"], size, "witness.diagonal"))]
    rows = _row(witness["lower"], size, "witness.lower")
    lower = []
    for i, row in enumerate(rows):
        entries = [_fraction(text, f"witness.lower[{i}][{j}]") for j, text in enumerate(_row(row, i, f"witness.lower[{i}]"))]
        lower.append([*entries, Fraction(1)])
    for i, pivot in enumerate(diagonal):
        _require(pivot > 0, f"witness.diagonal[{i}] is not positive")
    for i in range(size):
        for j in range(i + 1):
            _require(matrix[i][j] == matrix[j][i], f"claim.matrix is not symmetric at [{i}][{j}]")
            product = sum(lower[i][k] * diagonal[k] * lower[j][k] for k in range(j + 1))
            _require(product == matrix[i][j], f"L D L^T differs from the matrix at [{i}][{j}]")
    _require(_fraction(value, "the value") == math.prod(diagonal, start=Fraction(1)), "the value is not the product of the diagonal")
    return size * (size + 1) // 2 + size + 1


def _matrix(claim: Any) -> list[list[Fraction]]:
    _require(isinstance(claim, dict) and set(claim) == {"kind", "matrix"}, "the claim must have the fields kind, matrix")
    _require(claim["kind"] == "positive definite", 'claim.kind must be "positive definite"')
    rows = claim["matrix"]
    _require(isinstance(rows, list) and len(rows) > 0, "claim.matrix must be a list of rows")
    return [
        [_float(text, f"claim.matrix[{i}][{j}]") for j, text in enumerate(_row(row, len(rows), f"claim.matrix[{i}]"))]
        for i, row in enumerate(rows)
    ]


def _row(given: Any, length: int, name: str) -> list:
    _require(isinstance(given, list) and len(given) == length, f"{name} must be a list of {length} entries")
    return given


def _float(text: Any, name: str) -> Fraction:
    """The fraction that a float is; one spelling for every number, and a zero has no sign."""
    try:
        number = float.fromhex(text)
        _require(number.hex() == text and text != "-0x0.0p+0", f"{name} is not a float as float.hex writes it")
        return Fraction(number)
    except (TypeError, ValueError, OverflowError):
        raise _Refused(f"{name} is not a finite float in hexadecimal") from None


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
