r"""Checks negative-direction@1: a symmetric matrix, known to a radius, is not positive semidefinite, by a vector.

A is known within ``radius`` in every entry.  For any such matrix $v^T A v \le v^T F v + radius (\sum_i |v_i|)^2$, F the matrix of floats in
the claim, and a float is a fraction: if the right side is negative, no matrix within the radius is positive semidefinite.

claim    {"kind": "negative direction", "matrix": rows of floats in hexadecimal, as `float.hex` writes them, "radius": such a float, >= 0}
value    v^T F v + radius (sum |v_i|)^2, a negative fraction in lowest terms
witness  {"vector": the entries of v, fractions in lowest terms}
"""

import json
import re
import sys
from fractions import Fraction
from typing import Any

CHECKER = "negative-direction@1"
Outcome = tuple[bool, str, int]

_FRACTION = re.compile(r"-?[0-9]{1,4300}(/[0-9]{1,4300})?")  # nothing like 1e999999999, whose digits would fill the memory


class _Refused(Exception):
    """Carries the reason for a rejection."""


def check(claim: Any, value: Any, witness: Any) -> Outcome:
    """Whether the vector shows that no matrix within the radius is positive semidefinite; the reason names the first failing entry."""
    try:
        return True, "", _steps(claim, value, witness)
    except _Refused as refusal:
        return False, str(refusal), 0


def _steps(claim: Any, value: Any, witness: Any) -> int:
    """The number of exact identities that hold."""
    matrix, radius = _matrix(claim)
    size = len(matrix)
    _require(isinstance(witness, dict) and set(witness) == {"vector"}, "the witness must have the field vector")
    vector = [_fraction(text, f"witness.vector[{i}]") for i, text in enumerate(_row(witness["vector"], size, "witness.vector"))]
    for i in range(size):
        for j in range(i):
            _require(matrix[i][j] == matrix[j][i], f"claim.matrix is not symmetric at [{i}][{j}]")
    form = sum(vector[i] * matrix[i][j] * vector[j] for i in range(size) for j in range(size))
    bound = form + radius * sum(abs(entry) for entry in vector) ** 2
    _require(bound < 0, "the form of the vector is not negative beyond the radius")
    _require(_fraction(value, "the value") == bound, "the value is not the bound of the form")
    return size * (size - 1) // 2 + 2


def _matrix(claim: Any) -> tuple[list[list[Fraction]], Fraction]:
    _require(isinstance(claim, dict) and set(claim) == {"kind", "matrix", "radius"}, "the claim must have the fields kind, matrix, radius")
    _require(claim["kind"] == "negative direction", 'claim.kind must be "negative direction"')
    rows = claim["matrix"]
    _require(isinstance(rows, list) and len(rows) > 0, "claim.matrix must be a list of rows")
    radius = _float(claim["radius"], "claim.radius")
    _require(radius >= 0, "claim.radius is negative")
    return [
        [_float(text, f"claim.matrix[{i}][{j}]") for j, text in enumerate(_row(row, len(rows), f"claim.matrix[{i}]"))]
        for i, row in enumerate(rows)
    ], radius


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
