"""Pairs of forests of which it is known whether they belong to one manifold: the task of arXiv:2305.05966 with exact labels.

A base tree has 1 to 25 vertices, each attached to an earlier one, and weights from -10 to 10.  Each of the two sides grows by blow-ups and
extrusions.  The kinds of pairs:

* "same": two growths of one base tree;
* "random": growths of two independent base trees;
* "tweak": of a base tree and of a copy of which one weight differs by 1 to 3;
* "hard": of two normal forms with equal $H_1$ and equal linking form that are not isomorphic;
* "twin": two growths of one of the forms of a hard pair, so that hard and twin pairs of one seed differ by their labels alone.

Labels come from normal forms, not from how a pair was made: some tweaks do not change the manifold.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..diagrams._reading import refuse
from ..moves._elementary import compiled
from ._arrays import EDGES, SLOTS, add, empty_arrays, fill, flat, join, part
from ._forest import PlumbingForest
from ._invariants import homology
from ._linking import linking_form
from ._normal_form import codes_of, normal_codes

KINDS = ("same", "random", "tweak", "hard", "twin")
LARGEST, HEAVIEST, MOST_MOVES = 25, 10, 40  # of a base tree, and of a growth, in the published task


@dataclass(frozen=True, eq=False)
class Forests:
    """Many forests in four arrays: ``weights``, ``edges`` [:, 2] numbered from 0 in each, and where those of each begin, with the ends."""

    weights: np.ndarray
    edges: np.ndarray
    weights_at: np.ndarray
    edges_at: np.ndarray

    @classmethod
    def of(cls, forests: Sequence[PlumbingForest]) -> "Forests":
        """The forests in arrays."""
        return cls(*flat(forests))

    def __len__(self) -> int:
        return len(self.weights_at) - 1

    def __getitem__(self, number: int) -> PlumbingForest:
        """One forest, validated."""
        number = range(len(self))[number]
        weights = self.weights[self.weights_at[number] : self.weights_at[number + 1]]
        return PlumbingForest(weights.tolist(), self.edges[self.edges_at[number] : self.edges_at[number + 1]].tolist())

    def of_rows(self, rows: np.ndarray) -> "Forests":
        """Some of the forests, in this order."""
        parts = []
        for entries, at in ((self.weights, self.weights_at), (self.edges, self.edges_at)):
            pieces = [entries[at[row] : at[row + 1]] for row in rows]
            parts.append((np.concatenate(pieces) if pieces else entries[:0], np.cumsum([0, *map(len, pieces)])))
        return Forests(parts[0][0], parts[1][0], parts[0][1], parts[1][1])

    def __add__(self, other: "Forests") -> "Forests":
        """Those of both, one behind the other."""
        return Forests(
            np.concatenate([self.weights, other.weights]),
            np.concatenate([self.edges, other.edges]),
            np.concatenate([self.weights_at, self.weights_at[-1] + other.weights_at[1:]]),
            np.concatenate([self.edges_at, self.edges_at[-1] + other.edges_at[1:]]),
        )

    def codes(self) -> list[bytes]:
        """The codes of the normal forms, as `normal_codes` gives them."""
        room = 1 << 10
        while True:
            codes, ends, failed = codes_of(empty_arrays(room), self.weights, self.edges, self.weights_at, self.edges_at)
            if failed < 0:
                break
            room *= 4
        raw, bounds = codes.tobytes(), [0, *(8 * ends).tolist()]
        return [raw[start:end] for start, end in pairwise(bounds)]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of forests of one ``kind``; ``same``: whether the normal forms agree, pair by pair."""

    kind: str
    first: Forests
    second: Forests
    same: np.ndarray

    def __len__(self) -> int:
        return len(self.first)

    def of_rows(self, rows: np.ndarray) -> "Pairs":
        """Some of the pairs, in this order."""
        return Pairs(self.kind, self.first.of_rows(rows), self.second.of_rows(rows), self.same[rows])

    def __add__(self, other: "Pairs") -> "Pairs":
        """Those of both, under both names."""
        names = self.kind if self.kind == other.kind else f"{self.kind} + {other.kind}"
        return Pairs(names, self.first + other.first, self.second + other.second, np.concatenate([self.same, other.same]))

    def known_to(self, others: "Pairs") -> np.ndarray:
        """For every pair whether one of its manifolds stands among those of ``others``, by normal forms: what a network has seen."""
        known = {*others.first.codes(), *others.second.codes()}
        return np.array([not known.isdisjoint(pair) for pair in zip(self.first.codes(), self.second.codes(), strict=True)], bool)


def pairs(kind: str, count: int, *, seed: int, moves: int = MOST_MOVES) -> Pairs:
    """So many pairs of one kind ("same", "random", "tweak", "hard" or "twin"), each side grown by 1 to ``moves`` random moves.

    Raises `InputError` for another kind and for counts below 1.
    """
    if kind not in KINDS:
        raise refuse("kind", kind, f"one of {', '.join(KINDS)}", 'such as "hard"')
    for name, number in (("count", count), ("moves", moves)):
        if type(number) is not int or number < 1:
            raise refuse(name, number, "a whole number from 1", "such as 40")
    rng = np.random.Generator(np.random.PCG64([seed, KINDS.index(kind)]))
    if kind in ("hard", "twin"):
        drawn = hard_negatives(count, seed=seed)
        if kind == "twin":
            drawn = [(pair[side], pair[side]) for pair, side in zip(drawn, rng.integers(0, 2, count), strict=True)]
        bases = [Forests.of(side) for side in zip(*drawn, strict=True)]
    else:
        first = Forests(*base_trees(count, LARGEST, HEAVIEST, rng))
        if kind == "random":
            bases = [first, Forests(*base_trees(count, LARGEST, HEAVIEST, rng))]
        else:
            weights = first.weights.copy()  # a copy: else both sides would be tweaked
            if kind == "tweak":
                chosen = first.weights_at[:-1] + (rng.random(count) * np.diff(first.weights_at)).astype(np.int64)
                weights[chosen] += rng.integers(1, 4, count) * rng.choice([-1, 1], count)
            bases = [first, Forests(weights, first.edges, first.weights_at, first.edges_at)]
    sides = [grown(base, moves, rng) for base in bases]
    codes = [side.codes() for side in sides]
    return Pairs(kind, sides[0], sides[1], np.array([one == other for one, other in zip(*codes, strict=True)]))


def grown(bases: Forests, moves: int, rng: np.random.Generator) -> Forests:
    """Every forest after 1 to ``moves`` random blow-ups and extrusions."""
    room = int(np.diff(bases.weights_at).max(initial=0)) + 2 * moves + 1
    return Forests(*_grow_all(empty_arrays(room), bases.weights, bases.edges, bases.weights_at, bases.edges_at, moves, rng))


@compiled
def base_trees(count, largest, heaviest, rng):
    """Random trees: each vertex is attached to a uniform earlier one."""
    weights_at = np.zeros(count + 1, np.int64)
    for number in range(count):
        weights_at[number + 1] = weights_at[number] + rng.integers(1, largest + 1)
    weights, edges = np.empty(weights_at[count], np.int64), np.empty((weights_at[count] - count, 2), np.int64)
    for number in range(count):
        start = weights_at[number]
        for vertex in range(weights_at[number + 1] - start):
            weights[start + vertex] = rng.integers(-heaviest, heaviest + 1)
            if vertex > 0:
                edges[start - number + vertex - 1, 0] = rng.integers(0, vertex)
                edges[start - number + vertex - 1, 1] = vertex
    return weights, edges, weights_at, weights_at - np.arange(count + 1)


@compiled
def grow(arrays, rng):
    """One random growth: a blow-up at a vertex, a blow-up of an edge, or an extrusion that moves each neighbour with probability 1/2."""
    kind, sign = rng.integers(0, 3), 2 * rng.integers(0, 2) - 1
    if kind == 0 or arrays.counters[EDGES] == 0:
        slot = rng.integers(0, arrays.counters[SLOTS])
        arrays.weight[slot] += sign
        join(arrays, slot, add(arrays, sign))
    elif kind == 1:
        half = 2 * rng.integers(0, arrays.counters[EDGES])
        one, other = arrays.head[half], arrays.head[half ^ 1]
        part(arrays, half)
        arrays.weight[one] += sign
        arrays.weight[other] += sign
        new = add(arrays, sign)
        join(arrays, one, new)
        join(arrays, new, other)
    else:
        slot = rng.integers(0, arrays.counters[SLOTS])
        weight = rng.integers(-3, 4)
        arrays.weight[slot] -= weight
        zero, new = add(arrays, 0), add(arrays, weight)
        half = arrays.first[slot]
        for _ in range(arrays.degree[slot]):
            following, other = arrays.after[half], arrays.head[half]
            if rng.integers(0, 2):
                part(arrays, half)
                join(arrays, new, other)
            half = following
        join(arrays, slot, zero)
        join(arrays, zero, new)


@compiled
def _grow_all(arrays, weights, edges, weights_at, edges_at, moves, rng):
    count = weights_at.shape[0] - 1
    new_weights_at, new_edges_at = np.zeros(count + 1, np.int64), np.zeros(count + 1, np.int64)
    new_weights = np.empty(weights.shape[0] + 2 * moves * count, np.int64)
    new_edges = np.empty((edges.shape[0] + 2 * moves * count, 2), np.int64)
    for number in range(count):
        fill(arrays, weights[weights_at[number] : weights_at[number + 1]], edges[edges_at[number] : edges_at[number + 1]])
        for _ in range(rng.integers(1, moves + 1)):
            grow(arrays, rng)
        slots, used = arrays.counters[SLOTS], new_weights_at[number]
        order = rng.permutation(slots)  # the numbers of vertices must not tell their ages
        for slot in range(slots):
            new_weights[used + order[slot]] = arrays.weight[slot]
        used = new_edges_at[number]
        for edge in range(arrays.counters[EDGES]):
            new_edges[used + edge, 0] = order[arrays.head[2 * edge]]
            new_edges[used + edge, 1] = order[arrays.head[2 * edge + 1]]
        new_weights_at[number + 1] = new_weights_at[number] + slots
        new_edges_at[number + 1] = used + arrays.counters[EDGES]
    return new_weights[: new_weights_at[count]], new_edges[: new_edges_at[count]], new_weights_at, new_edges_at


def hard_negatives(count: int, *, seed: int, largest: int = 9) -> list[tuple[PlumbingForest, PlumbingForest]]:
    """So many pairs of trees in normal form with equal homology and equal linking form that are not isomorphic.

    Random trees of 3 to ``largest`` vertices with small weights are put into buckets of equal invariants until enough buckets hold two or
    more; a pair is drawn from a random bucket, without putting back as long as there are others.
    """
    rng = np.random.Generator(np.random.PCG64([seed, 99]))
    buckets: dict[object, list[PlumbingForest]] = defaultdict(list)
    known: set[bytes] = set()
    while sum(len(bucket) // 2 for bucket in buckets.values()) < count:
        trees = [_random_normal_tree(rng, largest) for _ in range(256)]
        for tree, code in zip(trees, normal_codes(trees), strict=True):
            if code not in known:
                known.add(code)
                buckets[homology(tree), linking_form(tree)].append(tree)
    found = []
    for bucket in buckets.values():
        order = rng.permutation(len(bucket)).tolist()
        found += [(bucket[i], bucket[j]) for i, j in zip(order[0::2], order[1::2], strict=False)]
    return [found[place] for place in rng.permutation(len(found))[:count]]


def _random_normal_tree(rng: np.random.Generator, largest: int) -> PlumbingForest:
    size = int(rng.integers(3, largest + 1))
    edges = [(int(rng.integers(0, vertex)), vertex) for vertex in range(1, size)]
    valence = np.bincount(np.array(edges).ravel(), minlength=size)
    low, high = rng.integers(-4, -1, size), rng.integers(-4, 3, size)
    return PlumbingForest(tuple(np.where(valence <= 2, low, high).tolist()), tuple(edges))
