r"""Checks not-slice-lattice@1: the Goeritz lattice of a knot does not embed in Z^n, so no smooth disc exists.  Exhaustive, in integers.

Diagram.  A PD code lists each crossing counter-clockwise by the labels of its four edges, from the incoming end of the lower
strand.  Crossing c has the darts 4c, ..., 4c + 3, one for each entry; corner d lies between darts d and d + 1 of its crossing.
The faces are coloured like a chessboard; those of one colour are a surface F in space, and the loops round the faces of the other
colour, the *white* ones, generate its homology.  "surface": s takes the faces with corner s of crossing 0, s = 0 or 1, as white.

Form.  A crossing has sign +1 if its white corners are 1 and 3, else -1.  G[i][j] is minus the sum of the signs of the crossings where
the white faces i and j meet, and the rows add up to zero; one face is left out.  Up to sign G is the intersection form of the double
cover of the four-ball branched along F, pushed in (Gordon and Litherland, Invent. Math. 47 (1978) 53); its boundary is the double
cover of the sphere branched along the knot, a rational homology sphere.

Theorem.  If the knot bounds a smooth disc, that boundary bounds a rational ball.  If G is definite, both together are a closed definite
four-manifold, whose form is diagonal (Donaldson, J. Diff. Geom. 26 (1987) 397), so that |G| = M M^T with a square integer matrix M
(used so by Lisca, Geom. Topol. 11 (2007) 429).  A knot has surfaces with G definite of both signs exactly if it alternates (Greene,
Duke Math. J. 166 (2017) 2133), but any knot may have one of one sign.

Search.  |G| = M M^T says that the columns of M are n integer vectors with c^T |G|^-1 c = 1, orthogonal to each other for |G|^-1.
With |G| = L D L^T and y = L^-1 c the form is the sum of y_k^2 / d_k, and y_k depends on the first k entries of c alone: all c up to sign
with sum 1 are found entry by entry.  Then n of them that are orthogonal to each other are sought.

claim    {"kind": "not slice", "category": "smooth", "diagram": PD code of a knot, labels any integers from 0}
value    the signature of G, n or -n, as text
witness  {"surface": s, "vectors": number of vectors c up to sign}
"""

import json
import sys
from itertools import pairwise
from math import isqrt, lcm
from operator import mul
from typing import Any

CHECKER = "not-slice-lattice@1"
Outcome = tuple[bool, str, int]
Matrix = list[list[int]]

LARGEST_NUMBER = 10**9  # of a label
MOST_STATES = 2_000_000
MOST_CROSSINGS = 200


class _Refused(Exception):
    """Carries the reason for a rejection."""


def check(claim: Any, value: Any, witness: Any) -> Outcome:
    """Whether the lattice of the surface named by ``witness`` is definite and has no frame; steps count states of the search."""
    search = _Search()
    try:
        across = _claimed(claim)
        _require(isinstance(witness, dict) and set(witness) == {"surface", "vectors"}, "the witness must have the fields surface, vectors")
        _require(_whole(witness["surface"]) and witness["surface"] in (0, 1), "witness.surface must be 0 or 1")
        _require(_whole(witness["vectors"]), "witness.vectors must be an integer")
        _require(len(across) > 0, "a circle bounds a disc")
        form = _goeritz(across, witness["surface"])
        vectors, weights = search.unit_vectors(*_factored(form))
        _require(witness["vectors"] == len(vectors), f"there are {len(vectors)} vectors")
        _require(not search.has_frame(vectors, weights), "the lattice embeds")
        signature = len(form) if form[0][0] > 0 else -len(form)
        _require(isinstance(value, str) and value == str(signature), f'the value must be "{signature}"')
    except _Refused as refusal:
        return False, str(refusal), search.states
    return True, "", search.states


def _goeritz(across: list[int], surface: int) -> Matrix:
    """G without the white face of most corners, the first of them."""
    face = _faces(across)
    white = _white(across, face, surface)
    order = sorted(white, key=lambda number: (-face.count(number), number))
    place = {number: position for position, number in enumerate(order)}
    form = [[0] * len(order) for _ in order]
    for dart in range(0, len(across), 4):
        odd = face[dart] not in white
        one, two = place[face[dart + odd]], place[face[dart + odd + 2]]
        sign = 1 if odd else -1
        for i, j, entry in ((one, one, sign), (two, two, sign), (one, two, -sign), (two, one, -sign)):
            form[i][j] += entry
    return [row[1:] for row in form[1:]]


def _white(across: list[int], face: list[int], surface: int) -> set[int]:
    """The faces of the colour of corner ``surface``; neighbouring corners of a crossing differ in colour."""
    white = [face[surface]]
    for number in white:  # grows while it is read
        for corner, home in enumerate(face):
            if home == number and face[_turned(corner, 2)] not in white:
                white.append(face[_turned(corner, 2)])
    return set(white)


def _factored(form: Matrix) -> tuple[Matrix, list[int]]:
    """Integer rows N_k, of k entries, and minors m_0 = 1, m_1, ... such that c^T |G|^-1 c = sum_k (N_k c)^2 / (m_(k-1) m_k).

    Bareiss's elimination of [|G|, 1] has the minors as pivots and N_k = m_(k-1) (L^-1)_k beside them.
    Each time the least diagonal entry is the pivot, so that few vectors reach the last level.
    """
    size, sign = len(form), 1 if not form or form[0][0] > 0 else -1
    rows = [[sign * entry for entry in row] + [int(i == j) for j in range(size)] for i, row in enumerate(form)]
    order, minors, lower = list(range(size)), [1], []
    for k in range(size):
        place = min(range(k, size), key=lambda i: rows[i][i])
        for row in rows[k:]:
            row[k], row[place] = row[place], row[k]
        rows[k], rows[place], order[k], order[place] = rows[place], rows[k], order[place], order[k]
        pivot = rows[k][k]
        _require(pivot > 0, "the form is not definite")
        for i in range(k + 1, size):
            factor = rows[i][k]
            rows[i] = [(pivot * here - factor * there) // minors[-1] for here, there in zip(rows[i], rows[k], strict=True)]
        minors.append(pivot)
        lower.append([rows[k][size + order[j]] for j in range(k + 1)])
    return lower, minors


class _Search:
    """Counts the states that it visits, and stops beyond a limit."""

    def __init__(self) -> None:
        self.states = 0

    def visit(self, states: int = 1) -> None:
        self.states += states
        _require(self.states <= MOST_STATES, f"more than {MOST_STATES} states")

    def unit_vectors(self, lower: Matrix, minors: list[int]) -> tuple[Matrix, list[int]]:
        """The rows N c of all vectors c up to sign with c^T |G|^-1 c = 1, and the weights w_k of their entries."""
        products = [one * two for one, two in pairwise(minors)]
        whole = lcm(*products)
        weights = [whole // product for product in products]
        found: Matrix = []
        waiting: list[tuple[list[int], list[int], int]] = [([], [], whole)]
        while waiting:
            c, image, rest = waiting.pop()
            self.visit()
            if len(c) == len(lower):
                if not rest:
                    found.append(image)
                continue
            *head, step = lower[len(c)]
            offset = sum(one * two for one, two in zip(head, c, strict=True))
            reach = isqrt(rest // weights[len(c)])
            lowest = -((reach + offset) // step) if any(c) else 0  # of c and -c the one whose first entry is positive
            for entry in range(lowest, (reach - offset) // step + 1):
                value = offset + step * entry
                waiting.append(([*c, entry], [*image, value], rest - weights[len(c)] * value * value))
        return found, weights

    def has_frame(self, vectors: Matrix, weights: list[int]) -> bool:
        """Whether as many of the vectors as they have entries are orthogonal to each other.

        Either the first candidate belongs to the frame or it does not.  A row of products counts as a state for each of them.
        """
        orthogonal: dict[int, int] = {}
        waiting = [((1 << len(vectors)) - 1, len(weights))]
        while waiting:
            candidates, missing = waiting.pop()
            self.visit()
            if not missing:
                return True
            if candidates.bit_count() < missing:
                continue
            first = (candidates & -candidates).bit_length() - 1
            candidates &= candidates - 1
            if first not in orthogonal:
                self.visit(len(vectors))
                one = [weight * entry for weight, entry in zip(weights, vectors[first], strict=True)]
                orthogonal[first] = sum(1 << j for j, two in enumerate(vectors) if not sum(map(mul, one, two)))
            waiting += [(candidates, missing), (candidates & orthogonal[first], missing - 1)]
        return False


def _claimed(claim: Any) -> list[int]:
    """The involution of the darts of the diagram, after all that makes it one of an oriented knot in the plane has been checked."""
    _require(isinstance(claim, dict) and set(claim) == {"kind", "category", "diagram"}, "the claim has the fields category, diagram, kind")
    _require(claim["kind"] == "not slice", 'claim.kind must be "not slice"')
    _require(claim["category"] == "smooth", 'claim.category must be "smooth"')
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
