r"""Checks not-unknot-jones@1: the Jones polynomial of a knot is not 1, recomputed from a planar diagram in integers.

Diagram.  A PD code lists each crossing counter-clockwise by the labels of its four edges, from the incoming end of the lower
strand.  Crossing c has the darts 4c, ..., 4c + 3, one for each entry.

Bracket.  At each crossing the strands are joined in two ways: darts 0, 1 and 2, 3 with weight A, or 0, 3 and 1, 2 with weight 1/A.
<D> is the sum over all states, with -A^2 - A^-2 for every circle but one; V(t) = (-A^3)^(-writhe) <D> at t = A^-4 is an invariant,
1 for the unknot (Kauffman, Topology 26 (1987) 395).  Crossings are read one by one; what is kept is a polynomial for each way in
which the open edges are joined.  V(1) = 1 and V'(1) = 0 (Jones 1985), so that V = 1 exactly if the span of V is 0.

claim    {"kind": "not the unknot", "diagram": PD code of a knot, labels any integers from 0}
value    the span of V, not 0: the difference of its highest and lowest exponent, as text
witness  {"lowest": lowest exponent, "coefficients": [those of V in increasing powers of t]}
"""

import json
import sys
from typing import Any

CHECKER = "not-unknot-jones@1"
Outcome = tuple[bool, str, int]
Matching = tuple[tuple[int, int], ...]  # pairs of open edges that are joined in what was read
Polynomial = dict[int, int]  # coefficients by powers of A

LARGEST_NUMBER = 10**9  # of a label
MOST_TERMS = 20_000_000  # that are added up
MOST_CROSSINGS = 2000


class _Refused(Exception):
    """Carries the reason for a rejection."""


def check(claim: Any, value: Any, witness: Any) -> Outcome:
    """Whether V is as ``witness`` says, and not 1; steps count the crossings read."""
    steps = 0
    try:
        across = _claimed(claim)
        steps = len(across) // 4
        _require(
            isinstance(witness, dict) and set(witness) == {"lowest", "coefficients"}, "the witness has the fields lowest, coefficients"
        )
        given = witness["coefficients"]
        _require(isinstance(given, list) and all(type(entry) is int for entry in given), "witness.coefficients must be integers")
        _require(_whole(witness["lowest"]), "witness.lowest must be an integer")
        lowest, coefficients = _jones(across)
        _require((witness["lowest"], given) == (lowest, coefficients), "the witness is not the Jones polynomial")
        _require(len(coefficients) > 1, "the Jones polynomial is 1")
        _require(isinstance(value, str) and value == str(len(coefficients) - 1), f'the value must be "{len(coefficients) - 1}"')
    except _Refused as refusal:
        return False, str(refusal), steps
    return True, "", steps


def _jones(across: list[int]) -> tuple[int, list[int]]:
    """The lowest exponent and the coefficients of V(t)."""
    entered = _entered(across)
    writhe = sum(1 if dart + 3 in entered else -1 for dart in range(0, len(across), 4))
    bracket = _bracket(across) if across else {2: -1, -2: -1}
    quotient: Polynomial = {}
    for power in range(max(bracket) - 2, min(bracket), -4):  # division by -A^2 - A^-2, from the highest power down
        quotient[power] = -bracket.get(power + 2, 0) - quotient.get(power + 4, 0)
    sign = -1 if writhe % 2 else 1
    found = {-(power - 3 * writhe) // 4: sign * entry for power, entry in quotient.items() if entry}
    exponents = range(min(found), max(found) + 1)
    return min(found), [found.get(exponent, 0) for exponent in exponents]


def _bracket(across: list[int]) -> Polynomial:
    """The state sum with a factor -A^2 - A^-2 for every circle."""
    edge = [min(dart, other) for dart, other in enumerate(across)]
    states: dict[Matching, Polynomial] = {(): {0: 1}}
    terms = 0
    for crossing in _order(across):
        a, b, c, d = edge[crossing : crossing + 4]
        following: dict[Matching, Polynomial] = {}
        for matching, polynomial in states.items():
            terms += 2 * len(polynomial)
            _require(terms <= MOST_TERMS, f"more than {MOST_TERMS} terms: the diagram is too wide")
            for arcs, weight in ((((a, b), (c, d)), 1), (((a, d), (b, c)), -1)):
                joined, circles = _joined(matching, arcs)
                sum_so_far = following.setdefault(joined, {})
                for power, entry in _with_circles(polynomial, circles).items():
                    sum_so_far[power + weight] = sum_so_far.get(power + weight, 0) + entry
        states = following
    return {power: entry for power, entry in states[()].items() if entry}


def _joined(matching: Matching, arcs: Matching) -> tuple[Matching, int]:
    """The matching after adding arcs, and the number of circles that they close; an edge met for the second time is open no more."""
    partner = {one: other for pair in matching for one, other in (pair, pair[::-1])}
    circles = 0
    for one, other in arcs:
        if one == other or partner.get(one) == other:
            circles += 1
            partner.pop(one, None)
            partner.pop(other, None)
        else:
            start, end = partner.pop(one, one), partner.pop(other, other)
            partner[start], partner[end] = end, start
    return tuple(sorted((one, other) for one, other in partner.items() if one < other)), circles


def _with_circles(polynomial: Polynomial, circles: int) -> Polynomial:
    for _ in range(circles):
        product: Polynomial = {}
        for power, entry in polynomial.items():
            product[power + 2] = product.get(power + 2, 0) - entry
            product[power - 2] = product.get(power - 2, 0) - entry
        polynomial = product
    return polynomial


def _order(across: list[int]) -> list[int]:
    """The first darts of the crossings, each time of one with most edges already open."""
    waiting = dict.fromkeys(range(0, len(across), 4), 0)
    order = []
    while waiting:
        order.append(max(waiting, key=lambda first: (waiting[first], -first)))
        del waiting[order[-1]]
        for dart in range(order[-1], order[-1] + 4):
            if across[dart] & ~3 in waiting:
                waiting[across[dart] & ~3] += 1
    return order


def _claimed(claim: Any) -> list[int]:
    """The involution of the darts of the diagram, after all that makes it one of an oriented knot in the plane has been checked."""
    _require(isinstance(claim, dict) and set(claim) == {"kind", "diagram"}, "the claim must have the fields kind, diagram")
    _require(claim["kind"] == "not the unknot", 'claim.kind must be "not the unknot"')
    rows = claim["diagram"]
    _require(isinstance(rows, list) and all(isinstance(row, list) and len(row) == 4 for row in rows), "claim.diagram must be quadruples")
    _require(len(rows) <= MOST_CROSSINGS, f"claim.diagram has more than {MOST_CROSSINGS} crossings")
    labels = [label for row in rows for label in row]
    _require(all(_whole(label) and label >= 0 for label in labels), "claim.diagram must have integers from 0 as labels")
    ends: dict[int, list[int]] = {}
    for dart, label in enumerate(labels):
        ends.setdefault(label, []).append(dart)
    across = [0] * len(labels)
    for label, darts in ends.items():
        _require(len(darts) == 2, f"label {label} occurs {len(darts)} times in claim.diagram")
        across[darts[0]], across[darts[1]] = darts[1], darts[0]
    _require(2 * len(_entered(across)) == len(across), "claim.diagram has more than one component")
    _require(not across or max(_faces(across)) + 1 == len(rows) + 2, "claim.diagram does not lie in the plane")
    return across


def _entered(across: list[int]) -> set[int]:
    """The darts by which the component of dart 0 comes to its crossings."""
    entered, dart = set(), 0
    while across and dart not in entered:
        _require(dart % 4 != 2, "claim.diagram has crossings that do not begin with the incoming lower end")
        entered.add(dart)
        dart = across[_turned(dart, 2)]
    return entered


def _faces(across: list[int]) -> list[int]:
    """The number of the face in which each corner lies; corner d is between darts d and d + 1 of a crossing."""
    face, number = [-1] * len(across), 0
    for corner in range(len(across)):
        number += face[corner] < 0
        while face[corner] < 0:
            face[corner] = number - 1
            corner = across[_turned(corner, 1)]
    return face


def _turned(dart: int, quarters: int) -> int:
    """The dart of the same crossing that many places further counter-clockwise."""
    return (dart & ~3) | ((dart + quarters) & 3)


def _whole(number: Any) -> bool:
    return type(number) is int and abs(number) < LARGEST_NUMBER


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
