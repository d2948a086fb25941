r"""Checks not-slice-seifert@1 and not-unknot-seifert@1: what a Seifert matrix forbids, recomputed from a planar diagram in integers.

Diagram.  A PD code lists each crossing counter-clockwise by the labels of its four edges, from the incoming end of the lower
strand.  Crossing c has the darts 4c, ..., 4c + 3, one for each entry; corner d lies between darts d and d + 1 of its crossing.
A component that never passes below gets an orientation of its own; whether discs exist does not depend on it.

Seifert matrix.  V[i][j] = lk(x_i, pushed-off x_j) on the surface of Seifert's algorithm.  One loop for each face, counter-clockwise;
the Seifert circles cut the sphere into regions, the loops of one region add up to zero, so one face of each is left out.  Seen with both
strands upwards, a crossing of sign e with faces t, b above and below, l and r at its sides adds -e/2 to (t,t) and (b,b), e to (t,b) if
e = 1, to (b,t) if e = -1, 1/2 to (l,t), (b,r) and -1/2 to (l,b), (t,r).  A diagram of p pieces needs p - 1 tubes, rows of zeros.

S = V + V^T, A = V - V^T; w = (c + i)/(c - i) is the point of the unit circle with cot(arg(w)/2) = c, and
(1 - w) V + (1 - conj(w)) V^T is S - i c A times a positive number.  With c = p/q in lowest terms the form is q S - i p A; the inertia
of [[q S, p A], [-p A, q S]], a symmetric matrix of integers, is twice its inertia.

Theorems.  If a knot bounds a locally flat disc in the four-ball, then V is congruent to a matrix with a half-rank block of zeros
(Levine, Comment. Math. Helv. 44 (1969) 229).  Hence the signature is 0 at every w where the form is nonsingular; the determinant
|det S| is a square; the Arf invariant is 0, that is det = +-1 modulo 8; and Delta(t) = det(V - t V^T) = +-t^k f(t) f(1/t) for an
integer polynomial f (Fox and Milnor, Osaka J. Math. 3 (1966) 257).  If m components bound disjoint locally flat discs, their linking
numbers are 0 and S has signature 0 and nullity m - 1 (Kauffman and Taylor, Trans. Am. Math. Soc. 216 (1976) 351).

Fox and Milnor without factors over the integers: let q = t^2 - a t + 1 be irreducible modulo an odd prime p, so that a^2 - 4 is no
square.  As q is its own reciprocal, its exponent in f(t) f(1/t) modulo p is even; an odd exponent in Delta modulo p forbids f.
Such p and a exist whenever f does not: by Chebotarev's theorem, for an irreducible factor of odd exponent with root r, infinitely
many primes of degree one of Q(r + 1/r) are inert in Q(r).  The least p, and the least a for it, are the witness.

The unknot has signature 0, determinant 1, Arf 0, Delta = +-t^k.  Eliminations that would take minutes are refused.

claim    {"kind": "not slice", "category": "topological", "diagram": PD code} or {"kind": "not the unknot", "diagram": PD code of a knot},
         labels any integers from 0; "not slice": the components do not bound disjoint locally flat discs in the four-ball
value    the number named below, as text
witness  {"test": "arf"}                                          1
         {"test": "determinant"}                                  |det S|, not a square (not 1)
         {"test": "signature", "cotangent": "p/q", "determinant": "det(q S - i p A)"}    the signature, not 0; c >= 0, for links c = 0
         {"test": "nullity"}                                      for links: the nullity, not m - 1
         {"test": "linking number", "darts": [d, e]}              for links: the linking number, not 0, of the components of d and e, d < e
                                                                  being the least darts of theirs
         {"test": "fox-milnor", "prime": p, "trace": a}           the odd exponent of t^2 - a t + 1 in Delta modulo p
         {"test": "alexander", "coefficients": [...]}             not the unknot: the degree of Delta, not 0; Delta(1) = 1
"""

import json
import re
import sys
from fractions import Fraction
from math import isqrt, prod
from typing import Any

CHECKERS = {"not-slice-seifert@1": "not slice", "not-unknot-seifert@1": "not the unknot"}
Outcome = tuple[bool, str, int]
Matrix = list[list[int]]

LARGEST_LABEL = 10**9
LARGEST_PRIME = 2000
LONGEST_NUMBER = 4000  # digits, fewer than Python declines to print
FRACTION = re.compile(r"-?[0-9]{1,30}(/[1-9][0-9]{0,29})?")
MOST_CROSSINGS = 2000
MOST_WORK = 2 * 10**11  # rows^4 times the bits of an entry


class _Refused(Exception):
    """Carries the reason for a rejection."""


def check(claim: Any, value: Any, witness: Any) -> Outcome:
    """Whether the invariant named by ``witness`` has this value and forbids what ``claim`` denies; steps count crossings read."""
    steps = 0
    try:
        link = _claimed(claim)
        steps = len(link.signs)
        _require(isinstance(witness, dict) and isinstance(witness.get("test"), str), "the witness must have the field test")
        _require(witness["test"] in _TESTS, f"no such test: {witness['test'][:40]!a}")
        test, fields, kinds, knots_only = _TESTS[witness["test"]]
        _require(set(witness) == {"test", *fields}, f"the witness of {witness['test']} has the fields {', '.join(('test', *fields))}")
        _require(claim["kind"] in kinds, f"{witness['test']} cannot prove {claim['kind']}")
        _require(not knots_only or link.components == 1, f"{witness['test']} is for knots")
        found = test(link, witness, claim["kind"] == "not slice")
        _require(isinstance(value, str) and value == _text(found), f'the value must be "{_text(found)}"')
    except _Refused as refusal:
        return False, str(refusal), steps
    return True, "", steps


# The tests: each returns its invariant, or refuses where it forbids nothing --------------------------------------------------


def _arf(link: "_Link", witness: dict, slice_: bool) -> int:
    _require(abs(_inertia(_symmetric(link.seifert(), 0, 1))[3]) % 8 not in (1, 7), "the Arf invariant is 0")
    return 1


def _determinant(link: "_Link", witness: dict, slice_: bool) -> int:
    determinant = abs(_inertia(_symmetric(link.seifert(), 0, 1))[3])
    _require(not slice_ or isqrt(determinant) ** 2 != determinant, "the determinant is a square")
    _require(determinant != 1, "the determinant is 1")
    return determinant


def _signature(link: "_Link", witness: dict, slice_: bool) -> int:
    point = _fraction(witness["cotangent"], "witness.cotangent")
    _require(point >= 0, "the cotangent must not be negative")
    _require(point == 0 or link.components == 1, "the cotangent must be 0 for a link")
    positive, zero, negative, determinant = _inertia(_symmetric(link.seifert(), point.numerator, point.denominator))
    if point:  # the matrix is the real form of a Hermitian one
        positive, zero, negative = positive // 2, zero // 2, negative // 2
        determinant = isqrt(determinant) * (-1) ** negative
    _require(zero == 0 or link.components > 1, "the form is singular: the point is a root of the Alexander polynomial")
    _require(isinstance(witness["determinant"], str), "witness.determinant must be an integer as text")
    _require(witness["determinant"] == _text(determinant), "witness.determinant is not that of the form")
    _require(positive != negative, "the signature is 0")
    return positive - negative


def _nullity(link: "_Link", witness: dict, slice_: bool) -> int:
    nullity = _inertia(_symmetric(link.seifert(), 0, 1))[1] + link.pieces - 1
    _require(nullity != link.components - 1, f"the nullity is {link.components - 1}, as for discs")
    return nullity


def _linking_number(link: "_Link", witness: dict, slice_: bool) -> int:
    chosen = witness["darts"]
    _require(isinstance(chosen, list) and len(chosen) == 2 and all(_whole(dart) for dart in chosen), "witness.darts must be two integers")
    _require(0 <= chosen[0] < chosen[1] < len(link.home), "witness.darts must be two darts in increasing order")
    _require(all(link.home.index(link.home[dart]) == dart for dart in chosen), "witness.darts must be the least of their components")
    pair = {link.home[dart] for dart in chosen}
    number = sum(sign for place, sign in enumerate(link.signs) if {link.home[4 * place], link.home[4 * place + 1]} == pair) // 2
    _require(number != 0, "the linking number is 0")
    return number


def _fox_milnor(link: "_Link", witness: dict, slice_: bool) -> int:
    prime, trace = witness["prime"], witness["trace"]
    _require(_whole(prime) and 2 < prime <= LARGEST_PRIME, f"witness.prime must be from 3 to {LARGEST_PRIME}")
    _require(_whole(trace) and 0 <= trace < prime, "witness.trace must be from 0 to prime - 1")
    delta = _alexander_of(link.seifert())
    for p in (p for p in range(3, prime + 1, 2) if all(p % d for d in range(3, isqrt(p) + 1, 2))):
        for a in range(p if p < prime else trace + 1):
            exponent = _exponent(delta, a, p) if pow(a * a - 4, p // 2, p) == p - 1 else 0
            if exponent % 2:
                _require((p, a) == (prime, trace), f"the least prime and trace are {p} and {a}")
                return exponent
    raise _Refused("t^2 - a t + 1 has no odd exponent modulo this prime")


def _alexander(link: "_Link", witness: dict, slice_: bool) -> int:
    delta, given = _alexander_of(link.seifert()), witness["coefficients"]
    _require(isinstance(given, list) and all(type(entry) is int for entry in given), "witness.coefficients must be integers")
    _require(given == delta, "witness.coefficients are not those of the Alexander polynomial")
    _require(len(delta) > 1, "the Alexander polynomial is trivial")
    return len(delta) - 1


_BOTH = tuple(CHECKERS.values())
_TESTS = {  # function, further fields of the witness, kinds of claims, whether for knots only
    "arf": (_arf, (), _BOTH, True),
    "determinant": (_determinant, (), _BOTH, True),
    "signature": (_signature, ("cotangent", "determinant"), _BOTH, False),
    "nullity": (_nullity, (), ("not slice",), False),
    "linking number": (_linking_number, ("darts",), ("not slice",), False),
    "fox-milnor": (_fox_milnor, ("prime", "trace"), ("not slice",), True),
    "alexander": (_alexander, ("coefficients",), ("not the unknot",), True),
}


# Algebra -----------------------------------------------------------------------------------------------------------------------


def _symmetric(matrix: Matrix, p: int, q: int) -> Matrix:
    """q S for p = 0, else [[q S, p A], [-p A, q S]], the real form of q S - i p A."""
    size = range(len(matrix))
    symmetric = [[q * (matrix[i][j] + matrix[j][i]) for j in size] for i in size]
    if not p:
        return symmetric
    skew = [[p * (matrix[i][j] - matrix[j][i]) for j in size] for i in size]
    upper = [one + two for one, two in zip(symmetric, skew, strict=True)]
    return upper + [[-entry for entry in two] + one for one, two in zip(symmetric, skew, strict=True)]


def _inertia(rows: Matrix) -> tuple[int, int, int, int]:
    """Numbers of positive, zero and negative eigenvalues of a symmetric matrix, and its determinant.

    Bareiss's elimination without fractions, with equal steps on rows and columns: the pivots are minors along a flag of a matrix
    congruent over the integers, and the eigenvalues have the signs of their quotients.
    """
    positive, negative, previous = 0, 0, 1
    _afford(rows)
    while rows:
        place = _make_pivot(rows)
        if place is None:
            return positive, len(rows), negative, 0
        rows[0], rows[place] = rows[place], rows[0]
        for row in rows:
            row[0], row[place] = row[place], row[0]
        head, pivot = rows[0], rows[0][0]
        positive, negative = positive + ((pivot > 0) == (previous > 0)), negative + ((pivot > 0) != (previous > 0))
        rows = [[(pivot * here - row[0] * there) // previous for here, there in zip(row[1:], head[1:], strict=True)] for row in rows[1:]]
        previous = pivot
    return positive, 0, negative, previous


def _afford(rows: Matrix) -> None:
    bits = max((entry.bit_length() for row in rows for entry in row), default=0)
    _require(len(rows) ** 4 * bits <= MOST_WORK, f"{len(rows)} rows with entries of {bits} bits are too large for the elimination")


def _make_pivot(rows: Matrix) -> int | None:
    """The place of a diagonal entry that is not 0, made by adding row and column j to row and column i if need be."""
    size = range(len(rows))
    for i in size:
        if rows[i][i]:
            return i
    for i in size:
        for j in size:
            if rows[i][j]:
                rows[i] = [here + there for here, there in zip(rows[i], rows[j], strict=True)]
                for row in rows:
                    row[i] += row[j]
                return i
    return None


def _plain_determinant(rows: Matrix) -> int:
    """By Bareiss's elimination."""
    previous, sign = 1, 1
    _afford(rows)
    while rows:
        place = next((i for i, row in enumerate(rows) if row[0]), None)
        if place is None:
            return 0
        rows[0], rows[place], sign = rows[place], rows[0], sign if place == 0 else -sign
        head = rows[0]
        rows = [[(head[0] * here - row[0] * there) // previous for here, there in zip(row[1:], head[1:], strict=True)] for row in rows[1:]]
        previous = head[0]
    return sign * previous


def _alexander_of(matrix: Matrix) -> list[int]:
    """Coefficients of det(V - t V^T), from the first to the last that is not 0; they add up to det(V - V^T), 1 for a knot.

    One determinant at a power of 2 so large that its digits are the coefficients.
    """
    size = range(len(matrix))
    bits = prod(max(sum(abs(matrix[i][j]) + abs(matrix[j][i]) for j in size), 1) for i in size).bit_length() + 1
    number = _plain_determinant([[matrix[i][j] - (matrix[j][i] << bits) for j in size] for i in size])
    digits = []
    while number:
        digit = (number + (1 << (bits - 1))) % (1 << bits) - (1 << (bits - 1))
        number = (number - digit) >> bits
        if digit or digits:
            digits.append(digit)
    return digits


def _exponent(polynomial: list[int], trace: int, prime: int) -> int:
    """The exponent of t^2 - trace t + 1 in a polynomial that is not 0 modulo the prime."""
    rest, exponent = [entry % prime for entry in polynomial], 0
    while True:
        quotient = [0, 0]
        for entry in reversed(rest):
            quotient.append((entry + trace * quotient[-1] - quotient[-2]) % prime)
        if quotient[-1] or quotient[-2]:  # the remainder
            return exponent
        rest, exponent = quotient[-3:1:-1], exponent + 1


# Diagrams ----------------------------------------------------------------------------------------------------------------------


class _Link:
    """An oriented diagram: the involution of its darts, the component of each, signs of crossings, numbers of components, pieces."""

    def __init__(self, across: list[int]) -> None:
        self.across, self.home = across, [-1] * len(across)
        self.components, entered = 0, set()
        for start in [*range(0, len(across), 4), *range(1, len(across), 4)]:  # lower strands first: they know their direction
            if self.home[start] >= 0:
                continue
            dart = start
            while dart not in entered:
                _require(dart % 4 != 2, "claim.diagram has crossings that do not begin with the incoming lower end")
                entered.add(dart)
                self.home[dart] = self.home[_turned(dart, 2)] = self.components
                dart = across[_turned(dart, 2)]
            self.components += 1
        self.signs = [1 if dart + 3 in entered else -1 for dart in range(0, len(across), 4)]
        self.face, faces = [-1] * len(across), 0
        for corner in range(len(across)):
            faces += self.face[corner] < 0
            while self.face[corner] < 0:
                self.face[corner] = faces - 1
                corner = across[_turned(corner, 1)]
        pieces = list(range(len(self.signs)))
        for dart, other in enumerate(across):
            _unite(pieces, dart // 4, other // 4)
        self.pieces = len({_root(pieces, crossing) for crossing in range(len(pieces))}) or 1
        _require(not across or faces - len(self.signs) == 2 * self.pieces, "claim.diagram does not lie in the plane")
        self.components = self.components or 1

    def seifert(self) -> Matrix:
        """V, without the zero rows of tubes."""
        region = list(range(max(self.face, default=-1) + 1))
        doubled = [[0] * len(region) for _ in region]
        for crossing, sign in enumerate(self.signs):
            below = 4 * crossing + (3 if sign > 0 else 0)
            b, r, t, l = (self.face[_turned(below, turn)] for turn in range(4))  # noqa: E741
            _unite(region, t, b)
            one, two = (t, b) if sign > 0 else (b, t)
            for i, j, entry in ((t, t, -sign), (b, b, -sign), (one, two, 2 * sign), (l, t, 1), (l, b, -1), (t, r, -1), (b, r, 1)):
                doubled[i][j] += entry
        basis = [face for face in range(len(region)) if _root(region, face) != face]
        return [[doubled[i][j] // 2 for j in basis] for i in basis]


def _claimed(claim: Any) -> _Link:
    """The diagram of the claim, after all that makes it one of an oriented link in the plane has been checked."""
    _require(isinstance(claim, dict) and claim.get("kind") in _BOTH, f"claim.kind must be one of {', '.join(_BOTH)}")
    fields = {"kind", "category", "diagram"} if claim["kind"] == "not slice" else {"kind", "diagram"}
    _require(set(claim) == fields, f"the claim must have the fields {', '.join(sorted(fields))}")
    _require(claim.get("category", "topological") == "topological", 'claim.category must be "topological"')
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
    link = _Link(across)
    _require(claim["kind"] == "not slice" or link.components == 1, "claim.diagram has more than one component")
    return link


def _turned(dart: int, quarters: int) -> int:
    """The dart of the same crossing that many places further counter-clockwise."""
    return (dart & ~3) | ((dart + quarters) & 3)


def _root(parents: list[int], number: int) -> int:
    while parents[number] != number:
        number = parents[number]
    return number


def _unite(parents: list[int], one: int, two: int) -> None:
    parents[_root(parents, one)] = _root(parents, two)


# Reading -----------------------------------------------------------------------------------------------------------------------


def _whole(number: Any) -> bool:
    return type(number) is int and abs(number) < LARGEST_LABEL


def _text(number: int) -> str:
    _require(number.bit_length() < 3 * LONGEST_NUMBER, "a number is too long to print")
    return str(number)


def _fraction(text: Any, name: str) -> Fraction:
    """A fraction in lowest terms, written as Python writes it."""
    fits = isinstance(text, str) and FRACTION.fullmatch(text) and str(Fraction(text)) == text
    _require(bool(fits), f"{name} must be a fraction in lowest terms as text, of at most 30 digits a number")
    return Fraction(text)


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
        if CHECKERS.get(certificate["checker"]) != certificate["claim"]["kind"]:
            raise ValueError(f"the checker that it names is not for its claim; this one is {' or '.join(CHECKERS)}")
        accepted, reason, steps = check(certificate["claim"], certificate["value"], certificate["witness"])
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        print(json.dumps({"accepted": False, "reason": f"not a certificate: {error}", "steps": 0}))
        return 2
    print(json.dumps({"accepted": accepted, "reason": reason, "steps": steps}))
    return 0 if accepted else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
