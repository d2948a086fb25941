r"""Checks different-plumbing@1: two plumbing forests do not belong to one oriented 3-manifold.

A forest with integer weights e_v is the boundary M of disc bundles of Euler numbers e_v over spheres, plumbed along the edges.  Its linking
matrix Q has the weights on the diagonal and 1 for every edge; H_1(M) = coker Q, and the linking form on its torsion is Q^-1 modulo 1.

claim    {"kind": "different plumbed manifolds", "first": FOREST, "second": FOREST}, FOREST = {"weights": [...], "edges": [[u, w], ...]}
value    "homology", "linking form" or "normal form"
witness  homology      {"modulus": m, "homomorphisms": [text, text]}: the numbers of homomorphisms of H_1 to Z/m, which differ
         linking form  {"prime": p, "forms": [[[k, rank, symbol], ...], likewise]}: Q is congruent to a sum of p^k A_k and zeros over the
                       p-adic integers; for p odd the symbol is that of Legendre of det A_k; for p = 2 it is the number of eighths of a turn
                       in the argument of sum exp(2 pi i 2^(k-1) L(x, x)) over the 2-torsion, or null where the sum is 0.  All of these are
                       invariants (C. T. C. Wall, Topology 2 (1963) 281; A. Kawauchi, S. Kojima, Math. Ann. 253 (1980) 29), and they differ
         normal form   {"first": [[name, vertex], ...], "second": likewise, "trace": CRC-32 of the JSON text of the list of the two}:
                       reductions (blow-down, absorb, split, expand, as in same-plumbing@1) to forests whose vertices of valence at most 2
                       have weights at most -2, or are isolated with weight 0, and which are not isomorphic.  That such forests belong to
                       different manifolds is a theorem, which is not checked here: W. D. Neumann, Trans. Amer. Math. Soc. 268 (1981) 299,
                       4.1 and 4.2, where (e; -2, -2) beside u stands for the chain u, e + 1, 0 whose last vertex has genus -1
"""

import json
import sys
import zlib
from fractions import Fraction
from itertools import pairwise
from math import gcd
from typing import Any

CHECKER = "different-plumbing@1"
MOST = 2_000_000  # vertices that an expansion makes


class _Refused(Exception):
    """Carries the reason for a rejection."""


def check(claim: Any, value: Any, witness: Any) -> tuple[bool, str, int]:
    """Whether the witness tells the two forests of ``claim`` apart; the reason names what fails."""
    steps = 0
    try:
        _require(isinstance(claim, dict) and set(claim) == {"kind", "first", "second"}, "the claim must have kind, first, second")
        _require(claim["kind"] == "different plumbed manifolds", 'claim.kind must be "different plumbed manifolds"')
        _require(isinstance(value, str) and value in FIELDS, f"the value must be one of {', '.join(FIELDS)}")
        _require(isinstance(witness, dict) and set(witness) == FIELDS[value], f"the witness must have {', '.join(sorted(FIELDS[value]))}")
        forests = [Forest(claim[side], f"claim.{side}") for side in ("first", "second")]
        if value == "homology":
            m = witness["modulus"]
            _require(type(m) is int and m > 1, "witness.modulus must be an integer from 2")
            found: list = [str(homomorphisms(forest, m)) for forest in forests]
            _require(witness["homomorphisms"] == found, f"the numbers of homomorphisms are {found}")
        elif value == "linking form":
            _require(_is_prime(witness["prime"]), "witness.prime must be a prime below 3 * 10^24")
            found = [linking(forest, witness["prime"]) for forest in forests]
            same = json.dumps(found) == json.dumps(witness["forms"])  # true is not 1 in a text
            _require(same, f"the linking forms are {found}")
        else:
            for forest, side in zip(forests, ("first", "second"), strict=True):
                _require(isinstance(witness[side], list), f"witness.{side} must be a list")
                for place, move in enumerate(witness[side]):
                    forest.move(move, f"witness.{side}[{place}]")
                    steps += 1
                _require(forest.is_normal(), f"the {side} forest ends in no normal form")
            text = json.dumps([witness["first"], witness["second"]], separators=(",", ":"))
            _require(witness["trace"] == f"{zlib.crc32(text.encode()):08x}", "witness.trace does not belong to the moves")
            known: dict = {}
            found = [classes(forest, known) for forest in forests]
        _require(found[0] != found[1], "the two are not told apart")
    except _Refused as refusal:
        return False, str(refusal), steps
    return True, "", steps


FIELDS = {
    "homology": {"modulus", "homomorphisms"},
    "linking form": {"prime", "forms"},
    "normal form": {"first", "second", "trace"},
}


class Forest:
    """Weights and neighbours by vertex."""

    def __init__(self, given: Any, name: str) -> None:
        _require(isinstance(given, dict) and set(given) == {"weights", "edges"}, f"{name} must have weights and edges")
        _require(_integers(given["weights"]) and isinstance(given["edges"], list), f"{name} must have lists of integers and of edges")
        self.weight = dict(enumerate(given["weights"]))
        self.near: dict[int, set[int]] = {v: set() for v in self.weight}
        self.next = len(self.weight)
        self.most = self.next + MOST
        root = list(self.weight)  # of the tree of a vertex, or on the way to it
        for place, edge in enumerate(given["edges"]):
            _require(_integers(edge) and len(edge) == 2 and all(v in self.weight for v in edge), f"{name}.edges[{place}] is no edge")
            ends = list(edge)
            for side in (0, 1):
                while root[ends[side]] != ends[side]:
                    root[ends[side]] = ends[side] = root[root[ends[side]]]
            _require(ends[0] != ends[1], f"{name}.edges[{place}] closes a cycle")
            root[ends[0]] = ends[1]
            self.link(*edge)

    def link(self, u: int, w: int) -> None:
        self.near[u].add(w)
        self.near[w].add(u)

    def drop(self, v: int) -> list[int]:
        near = sorted(self.near.pop(v))
        for u in near:
            self.near[u].remove(v)
        del self.weight[v]
        return near

    def move(self, move: Any, name: str) -> None:
        fits = isinstance(move, list) and len(move) == 2 and type(move[1]) is int and move[1] in self.weight
        _require(fits and len(self.near[move[1]]) <= 2, f"{name} is not at a vertex of valence at most 2")
        v, weight, valence = move[1], self.weight[move[1]], len(self.near[move[1]])
        if move[0] == "blow-down" and weight in (1, -1):
            near = self.drop(v)
            for u in near:
                self.weight[u] -= weight
            if valence == 2:
                self.link(*near)
        elif move[0] == "absorb" and weight == 0 and valence == 2:
            u, w = self.drop(v)
            self.weight[u] += self.weight[w]
            for x in self.drop(w):
                self.link(u, x)
        elif move[0] == "split" and weight == 0 and valence == 1:
            self.drop(self.drop(v)[0])
        elif move[0] == "expand" and 2 <= weight <= MOST:
            # What e blow-ups of sign -1 and one absorption, or splitting, come to: the neighbours lose 1, e - 1 vertices of weight -2
            # lead from the lesser one to the other, and one number is used up by the vertex of weight -1 that vanishes with v.
            near = self.drop(v)
            for u in near:
                self.weight[u] -= 1
            path = [*near[:1], *range(self.next, self.next + weight - 1), *near[1:]]
            for x in range(self.next, self.next + weight - 1):
                self.weight[x], self.near[x] = -2, set()
            self.next += weight
            _require(self.next <= self.most, "the moves make too many vertices")
            for u, w in pairwise(path):
                self.link(u, w)
        else:
            raise _Refused(f"{name} does not fit the forest")

    def is_normal(self) -> bool:
        return all(len(self.near[v]) > 2 or weight <= -2 or (weight == 0 and not self.near[v]) for v, weight in self.weight.items())


def _upwards(forest: Forest) -> list[tuple[int, int]]:
    """All vertices with their parents (-1 for roots), children first."""
    order: list[tuple[int, int]] = []
    seen: set[int] = set()
    for root in forest.weight:
        waiting = [] if root in seen else [(root, -1)]
        while waiting:
            v, parent = waiting.pop()
            seen.add(v)
            order.append((v, parent))
            waiting += [(u, v) for u in forest.near[v] if u != parent]
    return order[::-1]


def homomorphisms(forest: Forest, m: int) -> int:
    """The number of x modulo m with Q x = 0: choose x freely at leaves, row v of Q x tells x at the parent of v, and the rest is linear."""
    told: dict[int, dict[int, int]] = {}
    below: dict[int, dict[int, int]] = {}
    rows, free = [], 0
    for v, parent in _upwards(forest):
        if v not in told:
            told[v], free = {free: 1}, free + 1
        relation = _plus(below.get(v, {}), told[v], forest.weight[v], m)
        if parent >= 0:
            below[parent] = _plus(below.get(parent, {}), told[v], 1, m)
            if parent not in told:
                told[parent] = {key: -number % m for key, number in relation.items()}
                continue
            relation = _plus(relation, told[parent], 1, m)
        rows.append(relation)
    return _kernel([[row.get(key, 0) for key in range(free)] for row in rows], free, m)


def _plus(one: dict[int, int], other: dict[int, int], times: int, m: int) -> dict[int, int]:
    return one | {key: (one.get(key, 0) + times * number) % m for key, number in other.items()}


def _kernel(rows: list[list[int]], columns: int, m: int) -> int:
    """The number of solutions of a linear system modulo m: row and column operations make it diagonal."""
    count = 1
    while columns:
        places = [(row[j], i, j) for i, row in enumerate(rows) for j in range(columns) if row[j]]
        if not places:
            return count * m**columns
        pivot, i, j = min(places)
        clear = True
        for k, row in enumerate(rows):
            if k != i and row[j]:
                quotient = row[j] // pivot
                rows[k] = [(a - quotient * b) % m for a, b in zip(row, rows[i], strict=True)]
                clear &= not rows[k][j]
        for k in range(columns):
            if k != j and rows[i][k]:
                quotient = rows[i][k] // pivot
                for row in rows:
                    row[k] = (row[k] - quotient * row[j]) % m
                clear &= not rows[i][k]
        if clear:
            count *= gcd(pivot, m)
            rows = [row[:j] + row[j + 1 :] for k, row in enumerate(rows) if k != i]
            columns -= 1
    return count


def nullity(forest: Forest) -> int:
    """The dimension of the kernel of Q over the rationals, by elimination of the leaves."""
    pivot, zeros, found = {v: Fraction(weight) for v, weight in forest.weight.items()}, dict.fromkeys(forest.weight, 0), 0
    for v, parent in _upwards(forest):
        if zeros[v]:
            found += zeros[v] - 1
        elif pivot[v] == 0:
            if parent < 0:
                found += 1
            else:
                zeros[parent] += 1
        elif parent >= 0:
            pivot[parent] -= 1 / pivot[v]
    return found


def linking(forest: Forest, p: int) -> list[list[int | None]]:
    """The rows [k, rank, symbol] of the linking form at p, for k up to the greatest one."""
    digits, zeros = 8, nullity(forest)
    while True:
        blocks, left = _jordan(forest, p, digits)
        top = max((k for k, _ in blocks), default=0)
        if left == zeros and top + 4 <= digits:
            break
        digits *= 2
    rows: list[list[int | None]] = []
    for k in range(1, top + 1):
        members = [block for power, block in blocks if power == k]
        rank = sum(1 if len(block) == 1 else 2 for block in members)
        if p > 2:
            symbol: int | None = 1
            for (a,) in members:
                symbol *= 1 if pow(a, (p - 1) // 2, p) == 1 else -1  # type: ignore[operator]
        else:
            symbol = 0
            for power, block in blocks:
                turn = _eighths(block, power - k + 1) if power >= k else 0
                symbol = None if symbol is None or turn is None else (symbol + turn) % 8
        rows.append([k, rank, symbol])
    return rows


def _eighths(block: tuple[int, ...], s: int) -> int | None:
    if len(block) == 1:
        a = block[0] % 8
        return None if s == 1 else a if s % 2 else (1 if a % 4 == 1 else 7)
    a, b, c = block
    return 0 if s % 2 or (a * c - b * b) % 8 == 7 else 4


def _jordan(forest: Forest, p: int, digits: int) -> tuple[list[tuple[int, tuple[int, ...]]], int]:
    """Blocks (k, (a,)) or, for p = 2, (k, (a, b, c)) with a and c even, and the number of rows that are 0 modulo p ** digits."""
    m, number = p**digits, {v: place for place, v in enumerate(forest.weight)}
    q = [[0] * len(number) for _ in number]
    for v, weight in forest.weight.items():
        q[number[v]][number[v]] = weight % m
        for u in forest.near[v]:
            q[number[v]][number[u]] = 1
    blocks: list[tuple[int, tuple[int, ...]]] = []
    while True:
        size = range(len(q))
        places = [(_valuation(q[i][j], p), i != j, i, j) for i in size for j in range(i, len(q)) if q[i][j]]
        if not places:
            return blocks, len(q)
        k, off, i, j = min(places)
        if off and p > 2:
            q[i] = [(a + b) % m for a, b in zip(q[i], q[j], strict=True)]
            for row in q:
                row[i] = (row[i] + row[j]) % m
            off, j = False, i
        unit = p**k
        rest = [r for r in size if r not in (i, j)]
        if off:
            a, b, c = q[i][i] // unit, q[i][j] // unit, q[j][j] // unit
            blocks.append((k, (a, b, c)))
            d = pow(a * c - b * b, -1, m)
            x, y = {r: q[r][i] // unit for r in rest}, {r: q[r][j] // unit for r in rest}
            drop = {(r, s): d * (c * x[r] * x[s] - b * (x[r] * y[s] + y[r] * x[s]) + a * y[r] * y[s]) for r in rest for s in rest}
        else:
            a = q[i][i] // unit
            blocks.append((k, (a,)))
            d = pow(a, -1, m)
            drop = {(r, s): d * (q[r][i] // unit) * (q[s][i] // unit) for r in rest for s in rest}
        q = [[(q[r][s] - unit * drop[r, s]) % m for s in rest] for r in rest]


def _valuation(number: int, p: int) -> int:
    k = 0
    while number % p == 0:
        number, k = number // p, k + 1
    return k


def _is_prime(n: Any) -> bool:
    """Miller and Rabin with the first thirteen primes as bases, which is proved below 3317044064679887385961981."""
    if type(n) is not int or not 2 <= n < 3 * 10**24:
        return False
    bases = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)
    if n in bases or any(n % base == 0 for base in bases):
        return n in bases
    twos = _valuation(n - 1, 2)
    for base in bases:
        x = pow(base, (n - 1) >> twos, n)
        if x != 1 and all((x := x * x % n if turn else x) != n - 1 for turn in range(twos)):
            return False
    return True


def classes(forest: Forest, known: dict) -> list[int]:
    """The classes of isomorphism of its trees, as numbers that ``known`` gives: trees are read from their leaves to their centres."""
    degree, below = {v: len(near) for v, near in forest.near.items()}, {v: [] for v in forest.weight}
    left, found = set(forest.weight), []
    leaves = [v for v in left if degree[v] <= 1]
    while leaves:
        number = {v: known.setdefault((forest.weight[v], tuple(sorted(below[v]))), len(known)) for v in leaves}
        left -= set(leaves)
        fresh = []
        for v in leaves:
            above = [u for u in forest.near[v] if u in left or u in number]
            if not above:
                found.append(known.setdefault(("centre", number[v]), len(known)))
            elif above[0] in number:
                if v < above[0]:
                    found.append(known.setdefault(("two", tuple(sorted((number[v], number[above[0]])))), len(known)))
            else:
                below[above[0]].append(number[v])
                degree[above[0]] -= 1
                if degree[above[0]] == 1:
                    fresh.append(above[0])
        leaves = fresh
    return sorted(found)


def _integers(given: Any) -> bool:
    return isinstance(given, list) and all(type(entry) is int for entry in given)


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
