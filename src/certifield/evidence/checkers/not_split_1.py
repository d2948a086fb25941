r"""Checks not-split-colouring@1: a link that is not split, since its colourings modulo a prime are all constant.

Diagram.  A PD code lists each crossing counter-clockwise by the labels of its four edges, from an end of the lower strand: the second and
the fourth label belong to the upper strand.  An arc goes from one lower end to the next; two labels belong to one arc where they meet on
the upper strand of a crossing.

Colourings.  Modulo an odd prime p, give each arc a number such that 2 above = below + below at every crossing.  These vector spaces of
colourings have a dimension that depends on the link alone (Fox), and constant ones always exist.  A split link has a diagram of two
pieces, each of which can be given a constant of its own: its dimension is at least 2.  So a link of dimension 1 is not split.  (Planarity
is not needed for that: the dimension is found for the diagram as it stands, which must lie in the plane to be one of a link.)

claim    {"kind": "not split", "diagram": PD code of a knot or link with crossings}
value    "1", the dimension
witness  {"prime": an odd prime below 10^6}
"""

import json
import sys
from typing import Any

KIND = "not split"
LARGEST_PRIME = 10**6
MOST_CROSSINGS = 600


class _Refused(Exception):
    """Carries the reason for a rejection."""


def check(claim: Any, value: Any, witness: Any) -> tuple[bool, str, int]:
    """Whether the colourings modulo the prime of ``witness`` are all constant; the reason says what is wrong."""
    try:
        crossings = _crossings(claim)
        prime: Any = witness["prime"] if isinstance(witness, dict) and set(witness) == {"prime"} else None
        _require(_whole(prime) and 2 < prime < LARGEST_PRIME and _is_prime(prime), "witness.prime must be an odd prime below 10^6")
        _require(value == "1" and isinstance(value, str), 'the value must be "1"')
        dimension = _colourings(crossings, prime)
        _require(dimension == 1, f"there are {dimension} independent colourings")
    except _Refused as refusal:
        return False, str(refusal), 0
    return True, "", len(crossings)


def _crossings(claim: Any) -> list[list[int]]:
    _require(isinstance(claim, dict) and set(claim) == {"kind", "diagram"} and claim["kind"] == KIND, f"the claim must be of {KIND!r}")
    crossings = claim["diagram"]
    _require(
        isinstance(crossings, list) and 0 < len(crossings) <= MOST_CROSSINGS, f"claim.diagram must have 1 to {MOST_CROSSINGS} crossings"
    )
    _require(
        all(isinstance(row, list) and len(row) == 4 and all(map(_whole, row)) for row in crossings), "claim.diagram must be quadruples"
    )
    ends: dict[int, list[tuple[int, int]]] = {}
    for number, row in enumerate(crossings):
        for place, label in enumerate(row):
            ends.setdefault(label, []).append((number, place))
    _require(all(len(found) == 2 for found in ends.values()), "each label of claim.diagram must occur twice")
    across = {one: two for pair in ends.values() for one, two in (pair, pair[::-1])}
    faces, pieces = _orbits(across), _pieces(across, len(crossings))
    _require(faces == len(crossings) + 2 * pieces, "claim.diagram does not lie in the plane")
    return crossings


def _orbits(across: dict[tuple[int, int], tuple[int, int]]) -> int:
    """The number of faces: after a corner comes the far end of the next edge."""
    free, found = set(across), 0
    while free:
        corner = next(iter(free))
        found += 1
        while corner in free:
            free.discard(corner)
            corner = across[corner[0], (corner[1] + 1) % 4]
    return found


def _pieces(across: dict[tuple[int, int], tuple[int, int]], count: int) -> int:
    free, found = set(range(count)), 0
    while free:
        waiting = [free.pop()]
        found += 1
        while waiting:
            crossing = waiting.pop()
            near = {across[crossing, place][0] for place in range(4)} & free
            free -= near
            waiting += near
    return found


def _colourings(crossings: list[list[int]], prime: int) -> int:
    """The dimension of the colourings: arcs less the rank of the equations, by elimination."""
    arc: dict[int, int] = {}
    for label in (label for row in crossings for label in row):
        arc.setdefault(label, label)
    for row in crossings:  # the upper strand goes through
        one, two = _root(arc, row[1]), _root(arc, row[3])
        arc[one] = two
    pivots: dict[int, dict[int, int]] = {}
    for row in crossings:
        line: dict[int, int] = {}
        for label, entry in ((row[1], 2), (row[0], -1), (row[2], -1)):
            name = _root(arc, label)
            line[name] = (line.get(name, 0) + entry) % prime
        line = {name: entry for name, entry in line.items() if entry}
        while line:
            lead = min(line)
            if lead not in pivots:
                inverse = pow(line[lead], -1, prime)
                pivots[lead] = {name: entry * inverse % prime for name, entry in line.items()}
                break
            factor = line[lead]
            for name, entry in pivots[lead].items():
                line[name] = (line.get(name, 0) - factor * entry) % prime
            line = {name: entry for name, entry in line.items() if entry}
    return len({_root(arc, label) for label in arc}) - len(pivots)


def _root(arc: dict[int, int], label: int) -> int:
    while arc[label] != label:
        arc[label] = arc[arc[label]]
        label = arc[label]
    return label


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))


def _whole(number: Any) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and abs(number) < 10**9


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
        if certificate["checker"] != "not-split-colouring@1":
            raise ValueError("the checker that it names is not this one")
        accepted, reason, steps = check(certificate["claim"], certificate["value"], certificate["witness"])
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        print(json.dumps({"accepted": False, "reason": f"not a certificate: {error}", "steps": 0}))
        return 2
    print(json.dumps({"accepted": accepted, "reason": reason, "steps": steps}))
    return 0 if accepted else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
