r"""Checks same-plumbing@1: two plumbing forests belong to one oriented 3-manifold, by Neumann's moves from both to one forest.

A forest with integer weights e_v is the boundary of disc bundles of Euler numbers e_v over spheres, plumbed along the edges.  Each move
keeps this oriented manifold (W. D. Neumann, Trans. Amer. Math. Soc. 268 (1981) 299, R1, R3 and R6); all edges are positive on a forest.

    blow-down v      v of weight s = 1 or -1 and valence 0, 1 or 2 vanishes; its neighbours lose s, and two of them are joined
    blow-up s near   the inverse: a new vertex of weight s; near is [], [u], or the ends [u, w] of an edge; they gain s
    absorb v         v of weight 0 and valence 2 vanishes; its neighbours u < w become u, of weight e_u + e_w
    extrude u a set  the inverse: u loses a; a new vertex 0 joins it to a new one of weight a, to which the neighbours in set move
    split v          v, a leaf of weight 0, and its neighbour vanish
    join a near      the inverse: a new vertex of weight a with a new leaf 0, joined to vertices near in different trees
    expand v         v of weight e >= 2 and valence at most 2: e times blow-up -1 on the edge of v to its least neighbour, at first, and to
                     the new vertex, later (without neighbours: at v, at first); then v, of weight 0, is absorbed or split

New vertices take the next numbers, beginning with the number of vertices of the forest.

claim    {"kind": "same plumbed manifold", "first": FOREST, "second": FOREST}, FOREST = {"weights": [e_0, ...], "edges": [[u, w], ...]}
value    "0"
witness  {"first": [[name, ...], ...], "second": likewise, "isomorphism": [[v, w], ...], "trace": eight hexadecimal digits}

"isomorphism" pairs all vertices of the last forests.  "trace" is the CRC-32 of the JSON text of the list of these three, without spaces.
"""

import json
import sys
import zlib
from typing import Any

CHECKER = "same-plumbing@1"
MOST = 2_000_000  # new vertices


class _Refused(Exception):
    """Carries the reason for a rejection."""


def check(claim: Any, value: Any, witness: Any) -> tuple[bool, str, int]:
    """Whether the moves lead both forests of ``claim`` to isomorphic ones; the reason names the first wrong move."""
    steps = 0
    try:
        _require(isinstance(claim, dict) and set(claim) == {"kind", "first", "second"}, "the claim must have kind, first, second")
        _require(claim["kind"] == "same plumbed manifold", 'claim.kind must be "same plumbed manifold"')
        _require(isinstance(value, str) and value == "0", 'the value must be "0"')
        fields = ("first", "second", "isomorphism", "trace")
        _require(isinstance(witness, dict) and set(witness) == set(fields), f"the witness must have the fields {', '.join(fields)}")
        ends = []
        for side in ("first", "second"):
            forest = Forest(claim[side], f"claim.{side}")
            _require(isinstance(witness[side], list), f"witness.{side} must be a list")
            for place, move in enumerate(witness[side]):
                forest.move(move, f"witness.{side}[{place}]")
                steps += 1
            ends.append(forest)
        _isomorphic(ends[0], ends[1], witness["isomorphism"])
        text = json.dumps([witness[name] for name in fields[:3]], separators=(",", ":"))
        _require(witness["trace"] == f"{zlib.crc32(text.encode()):08x}", "witness.trace does not belong to the rest")
    except _Refused as refusal:
        return False, str(refusal), steps
    return True, "", steps


class Forest:
    """Weights and neighbours by vertex."""

    def __init__(self, given: Any, name: str) -> None:
        _require(isinstance(given, dict) and set(given) == {"weights", "edges"}, f"{name} must have weights and edges")
        weights, edges = given["weights"], given["edges"]
        _require(_integers(weights), f"{name}.weights must be integers")
        self.weight, self.near, self.next = dict(enumerate(weights)), {v: set() for v in range(len(weights))}, len(weights)
        self.most = self.next + MOST
        _require(isinstance(edges, list), f"{name}.edges must be a list")
        root = list(self.weight)  # of the tree of a vertex, or on the way to it
        for place, edge in enumerate(edges):
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

    def new(self, weight: int, near: list) -> int:
        v, self.next = self.next, self.next + 1
        _require(self.next < self.most, "the moves make too many vertices")
        self.weight[v], self.near[v] = weight, set()
        for u in near:
            self.link(u, v)
        return v

    def drop(self, v: int) -> list:
        near = sorted(self.near.pop(v))
        for u in near:
            self.near[u].remove(v)
        del self.weight[v]
        return near

    def tree(self, v: int) -> set:
        found, waiting = {v}, [v]
        while waiting:
            fresh = self.near[waiting.pop()] - found
            found |= fresh
            waiting += fresh
        return found

    def move(self, move: Any, name: str) -> None:
        _require(isinstance(move, list) and len(move) > 0 and isinstance(move[0], str) and move[0] in MOVES, f"{name} is not a move")
        shapes = MOVES[move[0]]
        known = len(move) == len(shapes) + 1 and all(
            (_integers(entry) and len(set(entry)) == len(entry) and all(v in self.weight for v in entry))
            if shape == "set"
            else type(entry) is int and (shape == "number" or entry in self.weight)
            for shape, entry in zip(shapes, move[1:], strict=True)
        )
        _require(known and getattr(self, move[0].replace("-", "_"))(*move[1:]), f"{name} does not fit the forest")

    def blow_down(self, v: int) -> bool:
        sign = self.weight[v]
        if sign not in (1, -1) or len(self.near[v]) > 2:
            return False
        near = self.drop(v)
        for u in near:
            self.weight[u] -= sign
        if len(near) == 2:
            self.link(*near)
        return True

    def blow_up(self, sign: int, near: list) -> bool:
        if sign not in (1, -1) or len(near) > 2 or (len(near) == 2 and near[1] not in self.near[near[0]]):
            return False
        if len(near) == 2:
            self.near[near[0]].remove(near[1])
            self.near[near[1]].remove(near[0])
        for u in near:
            self.weight[u] += sign
        self.new(sign, near)
        return True

    def absorb(self, v: int) -> bool:
        if self.weight[v] != 0 or len(self.near[v]) != 2:
            return False
        u, w = self.drop(v)
        self.weight[u] += self.weight[w]
        for x in self.drop(w):
            self.link(u, x)
        return True

    def extrude(self, u: int, weight: int, moved: list) -> bool:
        if not set(moved) <= self.near[u]:
            return False
        self.weight[u] -= weight
        for x in moved:
            self.near[u].remove(x)
            self.near[x].remove(u)
        self.new(weight, [self.new(0, [u]), *moved])
        return True

    def split(self, v: int) -> bool:
        if self.weight[v] != 0 or len(self.near[v]) != 1:
            return False
        self.drop(self.drop(v)[0])
        return True

    def join(self, weight: int, near: list) -> bool:
        if any(w in self.tree(u) for place, u in enumerate(near) for w in near[:place]):
            return False
        self.new(0, [self.new(weight, near)])
        return True

    def expand(self, v: int) -> bool:
        if not 2 <= self.weight[v] <= MOST or len(self.near[v]) > 2:
            return False
        beside = sorted(self.near[v])[:1]
        while self.weight[v]:
            self.blow_up(-1, [v, *beside])
            beside = [self.next - 1]
        return self.absorb(v) if len(self.near[v]) == 2 else self.split(v)


MOVES = {
    "blow-down": ["vertex"],
    "blow-up": ["number", "set"],
    "absorb": ["vertex"],
    "extrude": ["vertex", "number", "set"],
    "split": ["vertex"],
    "join": ["number", "set"],
    "expand": ["vertex"],
}


def _isomorphic(one: Forest, other: Forest, pairs: Any) -> None:
    fits = isinstance(pairs, list) and all(_integers(pair) and len(pair) == 2 for pair in pairs)
    _require(fits, "witness.isomorphism must be a list of pairs of vertices")
    image = dict(pairs)
    fits = len(pairs) == len(image) == len(one.weight) and set(image) == set(one.weight) and set(image.values()) == set(other.weight)
    _require(fits and len(other.weight) == len(pairs), "witness.isomorphism does not pair all vertices")
    for v, w in image.items():
        _require(one.weight[v] == other.weight[w], f"witness.isomorphism: vertices {v} and {w} have different weights")
        _require({image[u] for u in one.near[v]} == other.near[w], f"witness.isomorphism: vertices {v} and {w} have different neighbours")


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
