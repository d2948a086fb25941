r"""Checks twisted-alexander@1: twisted Alexander polynomials that are no norms forbid a locally flat disc; modular integers only.

Group.  A PD code lists each crossing counter-clockwise by the labels of its four edges, from the incoming end of the lower strand.
Arc k begins where the lower strand leaves crossing k; x_k is its meridian.  With o the upper arc, e the lower arc that enters and k the
one that leaves, the relation of crossing k is x_o x_k = x_e x_o if the upper strand comes from the left of the lower one (sign +1),
x_o x_e = x_k x_o if not.  Read as x_o x_b = x_a x_o; any one relation follows from the others.

Characters.  Sigma is the branched cover with n = r^m sheets, r prime, T its deck transformation, q an odd prime, z = exp(2 pi i/q).
V = Hom(H_1(Sigma), Z/q) is the space of tables c[i][k], k modulo n, with c[0] = 0 and c[a][k] = c[o][k] + c[b][k-1] - c[o][k-1] at all
crossings: c[i][k] is the value at x_0^-k (x_i x_0^-1) x_0^k.  T moves k.  H_1 has no r-torsion, so q does not divide n where V is not 0.

Polynomial.  c gives a representation on Q(z)[t, 1/t]^n: X_i e_k = z^c[i][k+1] e_(k+1), with a factor t where k = n - 1.  D is the
determinant of the Fox matrix, with blocks 1 - X_a at x_o, X_o at x_b, -1 at x_a, without the last relation and x_0; D/(t - 1) is the
order of H_1 of the complement with these coefficients, for c not 0 (Herald, Kirk, Livingston, 0804.1355).  Its degree is < crossings.

Theorem (Casson and Gordon; Kirk and Livingston, Topology 38 (1999) 635; 0804.1355).  If the knot is slice, W the branched cover of the
disc, then M = ker(H_1(Sigma) -> H_1(W)) is T-invariant, its own annihilator in the linking form, and for a character c with c(M) = 0,
not 0, D = u t^i (1-t)^j f(t) conj f(1/t), u and f over Q(exp(2 pi i/q^e)) for some e (c extends to W with values in Z/q^e).
Let A, M' be the q-parts of H_1, M and N = {c in V: c(M) = 0} = Hom(A/M', Z/q).  A/M' is dual to M', so rank A <= 2 rank A/M', which
says 2 dim N >= dim V.  Nothing is assumed of A.  So: no knot is slice for which each invariant N with 2 dim N >= dim V has a c that fails.

Submodules.  V is semisimple, so N is the sum of its parts in ker f(T), f the irreducible factors of x^n - 1 modulo q.  Such a part is 0 if
each irreducible submodule of ker f(T), there are (Q^m - 1)/(Q - 1) for dim = m deg f, Q = q^deg f, has a c that fails; with one such
submodule its dimension is at least deg f less than that of ker f(T).

Failing.  Let p = -1 modulo q be an odd prime, P a prime of Q(z) above it, with residue field F of p^2 elements.  Conjugation fixes P
and is x -> x^p on F.  If D is as in the theorem with e = 1, scale f to be primitive at P: if D is not 0 modulo P, it is of this form
modulo P.  For a != 1 with a^(p+1) = 1, conj f(1/a) = f(a)^p, so f and conj f(1/t) have the same multiplicity at a, and D an even one.
An odd multiplicity is a contradiction.  It is one for each e: p has order 2 q^h modulo q^e, so conjugation fixes the primes above P
too and is x -> x^(p^(q^h)) on their fields, which takes a to 1/a again.

F = F_p(s), s^2 the smallest non-residue.  z is g^((p^2-1)/q) for the first g = s, 1 + s, 2 + s, ... where this is not 1 (other choices
belong to multiples of c, which fail together).  The a are (k - s)/(k + s), k = 0, ..., p - 1.  D modulo P is interpolated.

claim    {"kind": "not slice", "category": "topological", "diagram": PD code of a knot, labels any integers from 0}
value    "1", a lower bound for the genus of locally flat surfaces in the four-ball
witness  {"sheets": n, "prime": q, "characters": [{"values": c, "modulus": p, "place": k}, ...]}

For each f that occurs: one character, or one in each irreducible submodule.  k is the least that serves; p is at least the crossings.
"""

import json
import sys
from typing import Any

CHECKER = "twisted-alexander@1"
Outcome = tuple[bool, str, int]
Pair = tuple[int, int]  # x + y s
Table = list[list[int]]

SHEETS = (2, 3, 4, 5, 7, 8, 9, 11, 13, 16, 17, 19, 23, 25, 27, 29, 31, 32)
FIELDS = {"values", "modulus", "place"}
LARGEST_LABEL = 10**9
LARGEST_PRIME = 10**4
LARGEST_MODULUS = 10**6
LARGEST_SIZE = 1000  # of the Fox matrix
MOST_WORK = 3 * 10**7  # entries of all matrices: about a minute


class _Refused(Exception):
    """Carries the reason for a rejection."""


def check(claim: Any, value: Any, witness: Any) -> Outcome:
    """Whether the characters of ``witness`` leave no room for a metabolizer; steps count characters."""
    steps, where = 0, ""
    try:
        relations = _group(claim)
        n, q, entries = _read(witness)
        size = (len(relations) - 1) * n
        work = len(entries) * len(relations) * size**2
        _require(size <= LARGEST_SIZE and work <= MOST_WORK, "the matrices are too large, or too many")
        _require(isinstance(value, str) and value == "1", 'the value must be "1"')
        parts: dict[tuple, set] = {}
        for number, entry in enumerate(entries):  # what costs little to refuse comes first
            where = f"witness.characters[{number}]: "
            factor, submodule = _submodule(entry["values"], relations, n, q)
            _require(submodule not in parts.setdefault(factor, set()), "its submodule has occurred before")
            parts[factor].add(submodule)
        where, space = "", _kernel(_equations(relations, n), size, q)
        room = len(space) - sum(_taken(factor, len(found), space, n, q) for factor, found in parts.items())
        _require(2 * room < len(space), f"a metabolizer has room: {room} of {len(space)} dimensions are left")
        for steps, entry in enumerate(entries):
            where = f"witness.characters[{steps}]: "
            _fails(entry, relations, n, q)
    except _Refused as refusal:
        return False, where + str(refusal), steps
    return True, "", len(entries)


# The group and its characters ------------------------------------------------------------------------------------------------


def _group(claim: Any) -> list[tuple[int, int, int]]:
    """The relations (o, b, a) of the claim's diagram, after all that makes it one of an oriented knot in the plane has been checked."""
    _require(isinstance(claim, dict) and set(claim) == {"kind", "category", "diagram"}, "the claim has the fields category, diagram, kind")
    _require(claim["kind"] == "not slice" and claim["category"] == "topological", 'the claim must be "not slice", "topological"')
    rows = claim["diagram"]
    _require(isinstance(rows, list) and all(isinstance(row, list) and len(row) == 4 for row in rows), "claim.diagram must be quadruples")
    _require(len(rows) > 1, "claim.diagram has too few crossings")
    labels = [label for row in rows for label in row]
    _require(all(_whole(label) and label >= 0 for label in labels), "claim.diagram must have integers from 0 as labels")
    ends: dict[int, list[int]] = {}
    for dart, label in enumerate(labels):
        ends.setdefault(label, []).append(dart)
    for label, darts in ends.items():
        _require(len(darts) == 2, f"label {label} occurs {len(darts)} times in claim.diagram")
    across = {dart: other for one, two in ends.values() for dart, other in ((one, two), (two, one))}
    arcs: dict[int, int] = {}  # of the dart at which the knot enters a crossing
    dart, arc = 2, 0
    while not arcs or dart != 2:
        entered = across[dart]
        _require(entered & 3 != 2, "claim.diagram has crossings that do not begin with the incoming lower end")
        arcs[entered], dart = arc, (entered & ~3) | ((entered + 2) & 3)
        arc = dart >> 2 if dart & 3 == 2 else arc
    _require(len(arcs) == 2 * len(rows), "claim.diagram has more than one component")
    _require(_faces(across) == len(rows) + 2, "claim.diagram does not lie in the plane")
    return [_relation(crossing, arcs) for crossing in range(len(rows))]


def _relation(crossing: int, arcs: dict[int, int]) -> tuple[int, int, int]:
    below, last = arcs[4 * crossing], arcs.get(4 * crossing + 3)  # where the upper strand comes in last, the sign is +1
    return (arcs[4 * crossing + 1], below, crossing) if last is None else (last, crossing, below)


def _faces(across: dict[int, int]) -> int:
    """The number of faces: crossings + 2 on a sphere, fewer on other surfaces."""
    faces, seen = 0, set()
    for dart in across:
        faces += dart not in seen
        while dart not in seen:
            seen.add(dart)
            dart = (across[dart] & ~3) | ((across[dart] - 1) & 3)
    return faces


def _equations(relations: list[tuple[int, int, int]], n: int) -> Table:
    """The conditions on c[1], ..., c[arcs - 1], written one after the other."""
    rows = []
    for o, b, a in relations:
        for k in range(n):
            row = [0] * (len(relations) * n)
            for arc, sheet, sign in ((o, k, 1), (b, k - 1, 1), (o, k - 1, -1), (a, k, -1)):
                row[arc * n + sheet % n] += sign
            rows.append(row[n:])
    return rows


def _echelon(rows: Table, q: int) -> Table:
    """The reduced row echelon form modulo q, without rows of zeros."""
    rows, done = [[entry % q for entry in row] for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        place = next((i for i in range(done, len(rows)) if rows[i][column]), None)
        if place is None:
            continue
        pivot, rows[place] = rows[place], rows[done]
        inverse = pow(pivot[column], -1, q)
        pivot = [entry * inverse % q for entry in pivot]
        rows = [
            [(entry - row[column] * other) % q for entry, other in zip(row, pivot, strict=True)] if row[column] else row for row in rows
        ]
        rows[done], done = pivot, done + 1
    return rows[:done]


def _kernel(equations: Table, unknowns: int, q: int) -> Table:
    """A basis of the solutions modulo q."""
    rows = _echelon(equations, q)
    pivots, basis = [next(j for j, entry in enumerate(row) if entry) for row in rows], []
    for free in sorted(set(range(unknowns)) - set(pivots)):
        chosen = {free: 1} | {pivot: -row[free] % q for pivot, row in zip(pivots, rows, strict=True)}
        basis.append([chosen.get(unknown, 0) for unknown in range(unknowns)])
    return basis


def _moved(flat: list[int], n: int) -> list[int]:
    """The table, written as one list, after T."""
    return [flat[start + (k - 1) % n] for start in range(0, len(flat), n) for k in range(n)]


def _applied(polynomial: tuple, flat: list[int], n: int, q: int) -> list[int]:
    """polynomial(T) of a table."""
    result = [0] * len(flat)
    for coefficient in polynomial:
        result = [(entry + coefficient * other) % q for entry, other in zip(result, flat, strict=True)]
        flat = _moved(flat, n)
    return result


def _submodule(c: Any, relations: list[tuple[int, int, int]], n: int, q: int) -> tuple[tuple, tuple]:
    """The factor of x^n - 1 that annihilates a character, and the submodule generated by it, which must be irreducible."""
    rows = isinstance(c, list) and len(c) == len(relations) and all(isinstance(row, list) and len(row) == n for row in c)
    _require(rows, "values must have a row for each crossing and a column for each sheet")
    _require(all(_whole(entry) and 0 <= entry < q for row in c for entry in row), "values must be integers from 0 below the prime")
    holds = not any((c[o][k] + c[b][k - 1] - c[o][k - 1] - c[a][k]) % q for o, b, a in relations for k in range(n))
    _require(holds and any(map(any, c)) and not any(c[0]), "values are not a character, or zero")
    orbit = [[entry for row in c[1:] for entry in row]]
    while len(_echelon(orbit, q)) == len(orbit):
        orbit.append(_moved(orbit[-1], n))
    (relation,) = _kernel([list(column) for column in zip(*orbit, strict=True)], len(orbit), q)  # sum_j relation[j] T^j c = 0
    order = next(d for d in range(1, n + 1) if n % d == 0 and _applied((-1, *[0] * (d - 1), 1), orbit[0], n, q) == [0] * len(orbit[0]))
    # Some root of the factor has this order, as n is a prime power; the factor is irreducible if it has no roots but the conjugates of one.
    _require(
        len(orbit) - 1 == next(e for e in range(1, n + 1) if (q**e - 1) % order == 0), "values do not generate an irreducible submodule"
    )
    inverse = pow(relation[-1], -1, q)
    return tuple(entry * inverse % q for entry in relation), tuple(map(tuple, _echelon(orbit, q)))


def _taken(factor: tuple, found: int, space: Table, n: int, q: int) -> int:
    """By how much the dimension of a metabolizer's part in ker factor(T) is less than that of this kernel."""
    dimension = len(space) - len(_echelon([_applied(factor, c, n, q) for c in space], q))
    degree = len(factor) - 1
    submodules = (q**dimension - 1) // (q**degree - 1)
    _require(found in (1, submodules), f"{found} submodules of {submodules} are given where one or all are asked for")
    return dimension if found == submodules else degree


# The polynomial --------------------------------------------------------------------------------------------------------------


class _Field:
    """The field of p^2 elements x + y s, written (x, y)."""

    def __init__(self, p: int) -> None:
        self.p, self.d = p, next(d for d in range(2, p) if pow(d, (p - 1) // 2, p) == p - 1)

    def times(self, one: Pair, two: Pair) -> Pair:
        (x, y), (u, v) = one, two
        return (x * u + self.d * y * v) % self.p, (x * v + y * u) % self.p

    def plus(self, one: Pair, two: Pair) -> Pair:
        return (one[0] + two[0]) % self.p, (one[1] + two[1]) % self.p

    def inverse(self, one: Pair) -> Pair:
        return self.times((one[0], -one[1]), (pow(one[0] ** 2 - self.d * one[1] ** 2, -1, self.p), 0))

    def power(self, one: Pair, exponent: int) -> Pair:
        result = (1, 0)
        while exponent:
            result = self.times(result, one) if exponent & 1 else result
            one, exponent = self.times(one, one), exponent >> 1
        return result

    def cleared(self, row: list[Pair], pivot: list[Pair], column: int) -> list[Pair]:
        """The row less a multiple of the pivot row, which has 1 in the column."""
        (u, v), p = row[column], self.p
        if not (u or v):
            return list(row)
        dv = self.d * v
        return [((x - u * a - dv * b) % p, (y - u * b - v * a) % p) for (x, y), (a, b) in zip(row, pivot, strict=True)]

    def monic(self, row: list[Pair], column: int) -> list[Pair]:
        factor = self.inverse(row[column])
        return [self.times(entry, factor) for entry in row]

    def determinant(self, rows: list[list[Pair]]) -> Pair:
        result = (1, 0)
        while rows:
            place = next((i for i, row in enumerate(rows) if row[0] != (0, 0)), None)
            if place is None:
                return (0, 0)
            pivot = rows[place]
            result = self.times(result, pivot[0] if place % 2 == 0 else (-pivot[0][0], -pivot[0][1]))
            pivot = self.monic(pivot, 0)
            rows = [self.cleared(row, pivot, 0)[1:] for i, row in enumerate(rows) if i != place]
        return result


def _fails(entry: dict, relations: list[tuple[int, int, int]], n: int, q: int) -> None:
    """Refuses a character whose polynomial is not shown to be no norm by its modulus and place."""
    p, place = entry["modulus"], entry["place"]
    _require(_prime(p, LARGEST_MODULUS) and (p + 1) % q == 0, "the modulus must be an odd prime that is -1 modulo the prime")
    _require(_whole(place) and 0 <= place < p and p >= len(relations), "the place, or the modulus, is out of range")
    _require(place * len(relations) <= MOST_WORK, "the place is too far")
    field = _Field(p)
    z = next(root for k in range(p) if (root := field.power((k, 1), (p * p - 1) // q)) != (1, 0))
    polynomial = _polynomial(entry["values"], relations, n, field, [field.power(z, j) for j in range(q)])
    _require(any(coefficient != (0, 0) for coefficient in polynomial), "the polynomial is 0 for this modulus")
    for k in range(place + 1):
        root = field.times((k, -1), field.inverse((k, 1)))
        odd = _multiplicity(polynomial, root, field) % 2 == 1
        _require(odd == (k == place), f"place {k} is {'an' if odd else 'no'} odd root")


def _polynomial(c: Table, relations: list[tuple[int, int, int]], n: int, field: _Field, powers: list[Pair]) -> list[Pair]:
    """D modulo P up to a constant factor: the rows without t are eliminated once, and the rest is interpolated."""
    fixed, constant, linear = _fox_matrix(c, relations, n, powers)
    while fixed:
        row = fixed.pop()
        column = next((j for j, entry in enumerate(row) if entry[0] % field.p or entry[1] % field.p), None)
        if column is None:
            return []
        pivot = field.monic(row, column)
        for block in (fixed, constant, linear):
            block[:] = [field.cleared(other, pivot, column) for other in block]
            for other in block:
                del other[column]
    values = []
    for t in range(len(relations)):
        rows = [[field.plus(x, (t * y[0], t * y[1])) for x, y in zip(*both, strict=True)] for both in zip(constant, linear, strict=True)]
        values.append(field.determinant(rows))
    return _interpolated(values, field)


def _fox_matrix(c: Table, relations: list[tuple[int, int, int]], n: int, powers: list[Pair]) -> tuple[list, list, list]:
    """The rows without t, and, of the others, what is constant and what is multiplied by t."""
    fixed, constant, linear = [], [], []
    for o, b, a in relations[:-1]:
        for i in range(n):
            still, moving = ([(0, 0)] * (len(relations) * n) for _ in range(2))
            for arc, matrix, sign in ((o, None, 1), (o, a, -1), (b, o, 1), (a, None, -1)):
                row, column = (still, i) if matrix is None else (moving if i == 0 else still, (i - 1) % n)
                x, y = powers[0] if matrix is None else powers[c[matrix][i]]
                before = row[arc * n + column]
                row[arc * n + column] = before[0] + sign * x, before[1] + sign * y
            (fixed if i else constant).append(still[n:])
            linear += [] if i else [moving[n:]]
    return fixed, constant, linear


def _interpolated(values: list[Pair], field: _Field) -> list[Pair]:
    """Coefficients, from the constant term on, of the polynomial with these values at 0, 1, 2, ...: divided differences."""
    for order in range(1, len(values)):
        step, pairs = (pow(order, -1, field.p), 0), zip(values[order - 1 :], values[order:], strict=False)
        values = values[:order] + [field.times((one[0] - two[0], one[1] - two[1]), step) for two, one in pairs]
    coefficients: list[Pair] = [(0, 0)] * len(values)
    for place in range(len(values) - 1, -1, -1):
        raised = [values[place], *coefficients[:-1]]
        coefficients = [field.plus(one, field.times((-place, 0), two)) for one, two in zip(raised, coefficients, strict=True)]
    return coefficients


def _multiplicity(polynomial: list[Pair], root: Pair, field: _Field) -> int:
    """How often t - root divides a polynomial that is not 0."""
    times = 0
    while True:
        quotient, carry = [], (0, 0)
        for coefficient in reversed(polynomial):
            carry = field.plus(field.times(carry, root), coefficient)
            quotient.append(carry)
        if carry != (0, 0):
            return times
        polynomial, times = quotient[-2::-1], times + 1


# Reading ---------------------------------------------------------------------------------------------------------------------


def _read(witness: Any) -> tuple[int, int, list[dict]]:
    _require(isinstance(witness, dict) and set(witness) == {"sheets", "prime", "characters"}, "the fields are characters, prime, sheets")
    n, q, entries = witness["sheets"], witness["prime"], witness["characters"]
    _require(_whole(n) and n in SHEETS, f"witness.sheets must be one of {SHEETS}")
    _require(_prime(q, LARGEST_PRIME) and n % q != 0, "witness.prime must be an odd prime that does not divide sheets")
    listed = isinstance(entries, list) and all(isinstance(entry, dict) and set(entry) == FIELDS for entry in entries)
    _require(listed, f"witness.characters must be a list of objects with the fields {', '.join(sorted(FIELDS))}")
    return n, q, entries


def _whole(number: Any) -> bool:
    return type(number) is int and abs(number) < LARGEST_LABEL


def _prime(number: Any, limit: int) -> bool:
    """Whether it is an odd prime below the limit."""
    return _whole(number) and 2 < number < limit and all(number % divisor for divisor in range(2, int(number**0.5) + 1))


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
