r"""Checks monad-topology@1: a monad 0 -> V -> B -> C -> 0 of line bundles on a Calabi-Yau threefold meets what integers can decide.

claim    {"kind": "monad topology", "spaces": [n, ...], "degrees": [[q, ...], ...], "order": |G|,
          "b": [[k, ...], ...], "c": [[k, ...], ...]}
value    the index of V as text, which must be -3 |G|
witness  {"c2": [c_2(V) J_r, ...]}

The threefold is given by a row of degrees for each projective space.  Chern numbers follow from splitting: integrals of polynomials in the
J over the ambient space times the classes of the equations, where J_i^(n_i + 1) = 0.  Checked are: c_1(V) = 0;
c_2(V) J_r <= c_2(TX) J_r for all r; index = -3 |G|; all c - b >= 0 and none of them 0, so that a generic map has full rank everywhere when
r_B - r_C >= 3; no summand O; |G| divides n chi(L) for each block of n equal line bundles L; c_2(V) J_r > 0 for some r, or all 0.
"""

import json
import sys
from fractions import Fraction
from itertools import product
from typing import Any

CHECKER = "monad-topology@1"
MOST = 64  # line bundles, and the largest entry

Polynomial = dict[tuple[int, ...], Fraction]


class _Refused(Exception):
    """Carries the reason for a rejection."""


def check(claim: Any, value: Any, witness: Any) -> tuple[bool, str, int]:
    """Whether the monad of ``claim`` meets the conditions."""
    try:
        spaces, degrees, order, b, c = _read(claim)
        h = len(spaces)
        _require(isinstance(witness, dict) and set(witness) == {"c2"}, "the witness must have the field c2")
        _require(len(b) - len(c) >= 3, "B must have three line bundles more than C, or the generic map can drop rank")
        _require(all(sum(k[r] for k in b) == sum(k[r] for k in c) for r in range(h)), "c_1(V) is not 0")
        restricted = _ambient(spaces, degrees)
        chi = {k: _index(spaces, degrees, restricted, k) for k in {*b, *c}}
        total = sum(chi[k] for k in b) - sum(chi[k] for k in c)
        _require(total == -3 * order, f"the index is {total}, not {-3 * order}")
        _require(value == str(total), f"the value must be the index, {total}")
        bundle = _second_chern(spaces, restricted, b, c)
        tangent = _second_chern(spaces, restricted, *_tangent(spaces, degrees))
        _require(witness["c2"] == [int(one) for one in bundle], "witness.c2 is not the second Chern class")
        _require(all(x <= y for x, y in zip(bundle, tangent, strict=True)), "c_2(V) exceeds c_2(TX)")
        _require(any(one > 0 for one in bundle) or not any(bundle), "c_2(V) is negative on the whole Kaehler cone: V is not stable")
        _require((0,) * h not in {*b, *c}, "a summand is trivial")
        for x, y in product(b, c):
            gap = [y[r] - x[r] for r in range(h)]
            _require(min(gap) >= 0 and any(gap), f"the map from {list(x)} to {list(y)} is zero or constant")
        for rows in (b, c):
            for k in set(rows):
                _require(rows.count(k) * chi[k] % order == 0, f"{order} does not divide the index of the block of {list(k)}")
    except _Refused as refusal:
        return False, str(refusal), 0
    return True, "", len(b) * len(c)


def _read(claim: Any) -> tuple[list[int], list[list[int]], int, list[tuple[int, ...]], list[tuple[int, ...]]]:
    fields = {"kind", "spaces", "degrees", "order", "b", "c"}
    _require(isinstance(claim, dict) and set(claim) == fields, "the claim must have the fields kind, spaces, degrees, order, b, c")
    _require(claim["kind"] == "monad topology", 'claim.kind must be "monad topology"')
    spaces, degrees, order = claim["spaces"], claim["degrees"], claim["order"]
    _require(_row(spaces, 1) and 1 <= len(spaces) <= 12, "claim.spaces must be 1 to 12 whole numbers from 1")
    fits = isinstance(degrees, list) and len(degrees) == len(spaces) and all(_row(row, 0) for row in degrees)
    _require(fits and len({len(row) for row in degrees}) == 1, "claim.degrees must have a row of one length for each space")
    _require(all(sum(row) == n + 1 for n, row in zip(spaces, degrees, strict=True)), "claim.degrees do not give c_1 = 0")
    _require(sum(spaces) - len(degrees[0]) == 3, "claim.degrees do not give a threefold")
    _require(type(order) is int and order >= 1, "claim.order must be a whole number from 1")
    found = []
    for name in ("b", "c"):
        rows = claim[name]
        good = isinstance(rows, list) and 1 <= len(rows) <= MOST and all(_row(row, -MOST) and len(row) == len(spaces) for row in rows)
        _require(good, f"claim.{name} must be rows of {len(spaces)} whole numbers from -{MOST} to {MOST}")
        found.append([tuple(row) for row in rows])
    return spaces, degrees, order, found[0], found[1]


def _row(row: Any, least: int) -> bool:
    return isinstance(row, list) and all(type(entry) is int and least <= entry <= MOST for entry in row)


def _times(one: Polynomial, other: Polynomial, spaces: list[int]) -> Polynomial:
    found: Polynomial = {}
    for left, a in one.items():
        for right, b in other.items():
            power = tuple(x + y for x, y in zip(left, right, strict=True))
            if all(x <= n for x, n in zip(power, spaces, strict=True)):
                found[power] = found.get(power, Fraction(0)) + a * b
    return found


def _linear(k: Any) -> Polynomial:
    return {tuple(int(i == r) for i in range(len(k))): Fraction(entry) for r, entry in enumerate(k) if entry}


def _ambient(spaces: list[int], degrees: list[list[int]]) -> Polynomial:
    """The class of X in the ambient space."""
    found: Polynomial = {(0,) * len(spaces): Fraction(1)}
    for equation in zip(*degrees, strict=True):
        found = _times(found, _linear(equation), spaces)
    return found


def _integral(spaces: list[int], restricted: Polynomial, *factors: Polynomial) -> Fraction:
    for factor in factors:
        restricted = _times(restricted, factor, spaces)
    return restricted.get(tuple(spaces), Fraction(0))


def _tangent(spaces: list[int], degrees: list[list[int]]) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """TX as a difference of sums of line bundles, up to trivial ones (Euler and adjunction)."""
    plus = [tuple(int(i == r) for i in range(len(spaces))) for r, n in enumerate(spaces) for _ in range(n + 1)]
    return plus, [tuple(column) for column in zip(*degrees, strict=True)]


def _second_chern(spaces: list[int], restricted: Polynomial, plus: Any, minus: Any) -> list[Fraction]:
    """c_2 J_r = -ch_2 J_r, c_1 being 0."""
    units = [tuple(int(i == r) for i in range(len(spaces))) for r in range(len(spaces))]
    found = []
    for unit in units:
        squares = [sum(_integral(spaces, restricted, _linear(k), _linear(k), _linear(unit)) for k in rows) for rows in (plus, minus)]
        found.append(Fraction(squares[1] - squares[0], 2))
    return found


def _index(spaces: list[int], degrees: list[list[int]], restricted: Polynomial, k: tuple[int, ...]) -> int:
    line = _linear(k)
    cubic = _integral(spaces, restricted, line, line, line)
    plus, minus = _tangent(spaces, degrees)
    linear = sum((entry * one for entry, one in zip(k, _second_chern(spaces, restricted, plus, minus), strict=True)), Fraction(0))
    found = cubic / 6 + linear / 12
    _require(found.denominator == 1, "an index is not a whole number")
    return int(found)


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
