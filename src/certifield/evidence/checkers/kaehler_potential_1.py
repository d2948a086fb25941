r"""Checks kaehler-potential@1: a sum of logarithms of sums of squares is the potential of a Kaehler metric, everywhere, in a stated class.

On a product of projective spaces let s_A be all monomials of a multidegree k, each times the positive root of its multinomial coefficient,
and H a positive definite Hermitian matrix.  Then F = sum H_AB s_A conj(s_B) > 0 wherever some s_A is not 0, which is everywhere, and d dbar
ln F is the pullback of a Fubini-Study form under z -> (s_A), an embedding of the product of those factors with k_i >= 1; so it is not
negative, and positive along these factors.  A sum (1/pi) sum_j a_j ln F_j with a_j > 0, in which every factor has a positive degree in some
term, has therefore a positive Levi form, and so has its restriction to any smooth subvariety; its class is t_i = sum_j a_j k_ji.

H is positive definite if M H M^dagger is, M being lower triangular with a positive diagonal; and that is shown by strict diagonal dominance
with a positive diagonal: |x + iy| <= |x| + |y|.  All is in whole numbers: entries of H are floats, hence whole multiples of a power of two.

claim    {"kind": "Kaehler potential", "ambient": [n_i], "class": fractions t_i, "terms": [{"weight": fraction a_j, "degrees": [k_ji],
          "blocks": [{"monomials": exponents of all coordinates, "matrix": row r has r + 1 entries [re, im]}]}]}, floats in hexadecimal;
          H has no entries between different blocks, and each monomial is in one block
value    the sum of all margins of dominance, diagonal less the rest of its row, of all M (2^p H) M^dagger, as a whole number
witness  {"transforms": for each term, for each block, row r of M as r + 1 entries [re, im] of whole numbers, "shifts": p of each block}
"""

import json
import math
import re
import sys
from collections.abc import Callable
from fractions import Fraction
from typing import Any

CHECKER = "kaehler-potential@1"
Outcome = tuple[bool, str, int]

_FRACTION = re.compile(r"[1-9][0-9]{0,400}(/[1-9][0-9]{0,400})?")
_MOST = 4000  # monomials of a term


class _Refused(Exception):
    """Carries the reason for a rejection."""


def check(claim: Any, value: Any, witness: Any) -> Outcome:
    """Whether the potential of ``claim`` is that of a Kaehler metric in its class; the reason names the first failing part."""
    try:
        return True, "", _steps(claim, value, witness)
    except _Refused as refusal:
        return False, str(refusal), 0


def _steps(claim: Any, value: Any, witness: Any) -> int:
    """The number of rows that are dominated."""
    kind, space, stated, terms = _fields(claim, ("kind", "ambient", "class", "terms"), "the claim")
    _require(kind == "Kaehler potential", 'claim.kind must be "Kaehler potential"')
    ambient = [_whole(n, 1, 64, "claim.ambient") for n in _list(space, None, "claim.ambient")]
    transforms, shifts = (_list(part, len(_list(terms, None, "claim.terms")), "the witness")
                          for part in _fields(witness, ("transforms", "shifts"), "the witness"))  # fmt: skip
    total, rows, kaehler = 0, 0, [Fraction(0)] * len(ambient)
    for j, term in enumerate(terms):
        where = f"terms[{j}]"
        given, powers, blocks = _fields(term, ("weight", "degrees", "blocks"), where)
        weight, degrees = _fraction(given, where), [_whole(k, 0, 64, where) for k in _list(powers, len(ambient), where)]
        kaehler = [t + weight * k for t, k in zip(kaehler, degrees, strict=True)]
        pairs = [_fields(block, ("monomials", "matrix"), where) for block in _list(blocks, None, where)]
        _monomials([_list(listed, None, where) for listed, _ in pairs], ambient, degrees, where)
        for b, (listed, matrix) in enumerate(pairs):
            shift = _whole(_list(shifts[j], len(blocks), where)[b], -1100, 1100, f"witness.shifts[{j}][{b}]")
            total += _margins(matrix, shift, _list(transforms[j], len(blocks), where)[b], len(listed), f"{where}.blocks[{b}]")
            rows += len(listed)
    _require(all(t > 0 for t in kaehler), "a factor of the ambient space has degree 0 in every term")
    _require([_fraction(t, "claim.class") for t in _list(stated, len(ambient), "claim.class")] == kaehler, "claim.class is another")
    _require(isinstance(value, str) and value == str(total), "the value is not the sum of the margins")
    return rows


def _monomials(blocks: list, ambient: list[int], degrees: list[int], where: str) -> None:
    """All monomials of the multidegree, each in one block."""
    wanted = math.prod(math.comb(n + k, n) for n, k in zip(ambient, degrees, strict=True))
    seen = set()
    for row in (row for block in blocks for row in block):
        exponents, start = [_whole(e, 0, 64, where) for e in _list(row, sum(ambient) + len(ambient), where)], 0
        for n, k in zip(ambient, degrees, strict=True):
            _require(sum(exponents[start : start + n + 1]) == k, f"{where} has a monomial of another degree")
            start += n + 1
        seen.add(tuple(exponents))
    _require(len(seen) == sum(map(len, blocks)) == wanted <= _MOST, f"{where} does not list each of its {wanted} monomials once")


def _margins(matrix: Any, shift: int, given: Any, size: int, where: str) -> int:
    """The sum of the margins of the rows of M (2^p H) M^dagger, every one of which must be positive."""
    m = _triangle(given, size, lambda x: _whole(x, -(1 << 200), 1 << 200, f"{where}, the witness"), where)
    lower = _triangle(matrix, size, lambda x: _integer(x, shift, where), where)
    _require(all(lower[i][i][1] == 0 for i in range(size)), f"{where} has a diagonal entry that is not real")
    _require(all(m[i][i][0] > 0 == m[i][i][1] for i in range(size)), f"{where}: M has a diagonal entry that is not positive")
    columns = [[lower[i][j] if i >= j else (lower[j][i][0], -lower[j][i][1]) for i in range(size)] for j in range(size)]
    pushed = [[_dot(row, column[: len(row)]) for column in columns] for row in m]
    rest, diagonal = [0] * size, [0] * size
    for i in range(size):
        for j in range(i + 1):
            x, y = _dot(pushed[i][: j + 1], [(a, -b) for a, b in m[j]])
            if i == j:
                diagonal[i] = x
            else:
                rest[i], rest[j] = rest[i] + abs(x) + abs(y), rest[j] + abs(x) + abs(y)
    for i in range(size):
        _require(diagonal[i] > rest[i], f"{where}: row {i} of M H M^dagger is not dominated by its diagonal")
    return sum(diagonal) - sum(rest)


def _dot(left: list, right: list) -> tuple[int, int]:
    """The sum of products of Gaussian integers."""
    x = sum(a * c - b * d for (a, b), (c, d) in zip(left, right, strict=True))
    return x, sum(a * d + b * c for (a, b), (c, d) in zip(left, right, strict=True))


def _triangle(given: Any, size: int, read: Callable[[Any], int], where: str) -> list[list[tuple[int, int]]]:
    """Row r has r + 1 entries [re, im]."""
    rows = [_list(row, i + 1, where) for i, row in enumerate(_list(given, size, where))]
    return [[(read(_list(entry, 2, where)[0]), read(entry[1])) for entry in row] for row in rows]


def _integer(text: Any, shift: int, where: str) -> int:
    """2^p times a float, which is a whole number; one spelling for every float, and a zero has no sign."""
    try:
        number = float.fromhex(text)
        _require(number.hex() == text and text != "-0x0.0p+0", f"{where} has an entry that is not a float as float.hex writes it")
        scaled = Fraction(number) * Fraction(2) ** shift
    except (TypeError, ValueError, OverflowError):
        raise _Refused(f"{where} has an entry that is not a finite float in hexadecimal") from None
    _require(scaled.denominator == 1, f"{where}: 2^p H is not in whole numbers")
    return int(scaled)


def _fields(given: Any, names: tuple[str, ...], where: str) -> list:
    _require(isinstance(given, dict) and set(given) == set(names), f"{where} must have the fields {', '.join(names)}")
    return [given[name] for name in names]


def _list(given: Any, length: int | None, where: str) -> list:
    _require(isinstance(given, list) and len(given) > 0 and length in (None, len(given)), f"{where}: a list of {length or 'some'} entries")
    return given


def _whole(given: Any, least: int, most: int, where: str) -> int:
    _require(type(given) is int and least <= given <= most, f"{where} must hold whole numbers from {least} to {most}")
    return given


def _fraction(given: Any, where: str) -> Fraction:
    _require(isinstance(given, str) and _FRACTION.fullmatch(given) is not None, f"{where} has no positive fraction")
    _require(str(Fraction(given)) == given, f"{where} has a fraction that is not in lowest terms")
    return Fraction(given)


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
