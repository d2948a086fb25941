r"""Neumann's moves on forests, each with its inverse, in the words of the checkers.

============================ =======================================================================================================
move                         what it does; new vertices take the next numbers, and no number is used again
============================ =======================================================================================================
("blow-down", v)             v has weight e = 1 or -1 and valence at most 2: its neighbours lose e, and two of them are joined
("blow-up", e, near)         the inverse: a new vertex of weight e; ``near`` is [], [u], or the two ends of an edge
("absorb", v)                v has weight 0 and neighbours u < w: u takes weight and edges of w; v and w vanish
("extrude", u, a, moved)     the inverse: u loses a, a new vertex 0 joins it to a new one of weight a, which gets neighbours ``moved``
("split", v)                 v is a leaf of weight 0 on u: both vanish
("join", a, near)            the inverse: a new vertex of weight a with a new leaf 0, joined to ``near`` in different trees
("expand", v)                v has weight e >= 2 and valence at most 2: e blow-ups of sign -1 beside v, which becomes 0 and is absorbed
                             or split
============================ =======================================================================================================

Neumann's names: blow-down is R1, absorb is R3, split is R6; RP^2-absorption R2, in its form on trees, follows from these.
Source: W. D. Neumann, Trans. Amer. Math. Soc. 268 (1981) 299.
"""

import random
from collections.abc import Iterable, Sequence
from typing import Any

from certifield.evidence import InputError

from ._forest import PlumbingForest

Move = tuple[Any, ...]


class Plumbing:
    """A forest in the course of moves: ``weights`` by vertex, ``near`` its neighbours, ``next`` the number of the next new vertex."""

    def __init__(self, forest: PlumbingForest) -> None:
        self.weights = dict(enumerate(forest.weights))
        self.near = {vertex: set(others) for vertex, others in enumerate(forest.neighbours)}
        self.next = len(forest.weights)

    def forest(self) -> PlumbingForest:
        """The forest as it is, its vertices renumbered in the order of their numbers."""
        number = {vertex: place for place, vertex in enumerate(sorted(self.weights))}
        edges = [(number[u], number[w]) for u, others in sorted(self.near.items()) for w in sorted(others) if u < w]
        return PlumbingForest(tuple(self.weights[vertex] for vertex in sorted(self.weights)), tuple(edges))

    def move(self, move: Sequence[Any]) -> list[Move]:
        """Makes a move, and returns the moves that undo it when they follow at once.  Raises `InputError` for one that does not fit."""
        kind, *arguments = move
        if kind not in _RULES or len(arguments) != _RULES[kind][1]:
            raise InputError("move", move, f"one of {', '.join(_RULES)} with its arguments", "see certifield.topology.plumbing.play")
        return _RULES[kind][0](self, move, *arguments)

    def _new(self, weight: int, near: Iterable[int]) -> int:
        vertex, self.next = self.next, self.next + 1
        self.weights[vertex], self.near[vertex] = weight, set()
        for other in near:
            self._join(vertex, other)
        return vertex

    def _join(self, u: int, w: int) -> None:
        self.near[u].add(w)
        self.near[w].add(u)

    def _part(self, u: int, w: int) -> None:
        self.near[u].discard(w)
        self.near[w].discard(u)

    def _drop(self, vertex: int) -> list[int]:
        """Takes away a vertex; its neighbours."""
        others = sorted(self.near.pop(vertex))
        for other in others:
            self.near[other].discard(vertex)
        del self.weights[vertex]
        return others

    def _fits(self, holds: bool, move: Sequence[Any], allowed: str) -> None:
        if not holds:
            raise InputError("move", tuple(move), allowed, "see the table of moves")

    def _blow_down(self, move: Sequence[Any], v: int) -> list[Move]:
        fits = self.weights.get(v) in (1, -1) and len(self.near[v]) <= 2
        self._fits(fits, move, "at a vertex of weight 1 or -1 and valence at most 2")
        sign, near = self.weights[v], self._drop(v)
        for other in near:
            self.weights[other] -= sign
        if len(near) == 2:
            self._join(*near)
        return [("blow-up", sign, near)]

    def _blow_up(self, move: Sequence[Any], sign: int, near: Sequence[int]) -> list[Move]:
        known = all(vertex in self.weights for vertex in near)
        fits = sign in (1, -1) and known and (len(near) < 2 or (len(near) == 2 and near[1] in self.near[near[0]]))
        self._fits(fits, move, "of sign 1 or -1 at nothing, a vertex or the two ends of an edge")
        if len(near) == 2:
            self._part(*near)
        for other in near:
            self.weights[other] += sign
        return [("blow-down", self._new(sign, near))]

    def _absorb(self, move: Sequence[Any], v: int) -> list[Move]:
        self._fits(self.weights.get(v) == 0 and len(self.near[v]) == 2, move, "at a vertex of weight 0 and valence 2")
        u, w = self._drop(v)
        weight = self.weights[w]
        self.weights[u] += weight
        moved = self._drop(w)
        for other in moved:
            self._join(u, other)
        return [("extrude", u, weight, moved)]

    def _extrude(self, move: Sequence[Any], u: int, weight: int, moved: Sequence[int]) -> list[Move]:
        fits = u in self.weights and set(moved) <= self.near[u] and len(set(moved)) == len(moved)
        self._fits(fits, move, "at a vertex, with some of its neighbours")
        self.weights[u] -= weight
        for other in moved:
            self._part(u, other)
        zero = self._new(0, [u])
        self._new(weight, [zero, *moved])
        return [("absorb", zero)]

    def _split(self, move: Sequence[Any], v: int) -> list[Move]:
        self._fits(self.weights.get(v) == 0 and len(self.near[v]) == 1, move, "at a leaf of weight 0")
        (u,) = self._drop(v)
        weight = self.weights[u]
        return [("join", weight, self._drop(u))]

    def _tie(self, move: Sequence[Any], weight: int, near: Sequence[int]) -> list[Move]:
        trees = [self._tree(vertex) for vertex in near] if all(vertex in self.weights for vertex in near) else [None]
        self._fits(None not in trees and len(set(trees)) == len(trees), move, "of vertices in different trees")
        middle = self._new(weight, near)
        return [("split", self._new(0, [middle]))]

    def _tree(self, vertex: int) -> int:
        """The least vertex of the tree of a vertex."""
        seen, waiting = {vertex}, [vertex]
        while waiting:
            for other in self.near[waiting.pop()] - seen:
                seen.add(other)
                waiting.append(other)
        return min(seen)

    def _expand(self, move: Sequence[Any], v: int) -> list[Move]:
        fits = self.weights.get(v, 0) >= 2 and len(self.near[v]) <= 2
        self._fits(fits, move, "at a vertex of weight 2 or more and valence at most 2")
        beside = [min(self.near[v])] if self.near[v] else []
        undo: list[Move] = []
        while self.weights[v]:
            undo = self._blow_up(move, -1, [v, *beside]) + undo
            beside = [self.next - 1]
        if len(self.near[v]) == 2:
            back, again = self._absorb(move, v), self.next + 1
        else:
            back, again = self._split(move, v), self.next
        return [*back, ("blow-down", again), *undo[1:]]  # the last of the blown-up vertices comes back under another number


_RULES = {
    "blow-down": (Plumbing._blow_down, 1),
    "blow-up": (Plumbing._blow_up, 2),
    "absorb": (Plumbing._absorb, 1),
    "extrude": (Plumbing._extrude, 3),
    "split": (Plumbing._split, 1),
    "join": (Plumbing._tie, 2),
    "expand": (Plumbing._expand, 1),
}


def play(forest: PlumbingForest, moves: Iterable[Sequence[Any]]) -> PlumbingForest:
    """The forest after ``moves``, renumbered.  Raises `InputError` at a move that does not fit.

    >>> print(play(PlumbingForest((5,)), [("expand", 0)]))
    (-2(-2(-2(-2))))
    """
    state = Plumbing(forest)
    for move in moves:
        state.move(move)
    return state.forest()


def scrambled(forest: PlumbingForest, moves: int, *, seed: int, down: bool = True) -> tuple[PlumbingForest, tuple[Move, ...]]:
    """Another forest of the same manifold after so many random moves, and the moves; without ``down`` the forest only grows.

    A move is a blow-up at a vertex or edge, an extrusion with a random weight and random neighbours, or, as often, one of the
    reductions that fit, all other than "join".
    """
    rng, state, made = random.Random(seed), Plumbing(forest), []
    while len(made) < moves:
        move = (down and rng.random() < 0.5 and _random_reduction(state, rng)) or _random_growth(state, rng)
        state.move(move)
        made.append(move)
    return state.forest(), tuple(made)


def reductions(state: Plumbing) -> list[Move]:
    """All reductions that fit, each by the vertex that it takes away."""
    found: list[Move] = []
    for vertex, weight in state.weights.items():
        valence = len(state.near[vertex])
        if valence <= 2 and weight in (1, -1):
            found.append(("blow-down", vertex))
        elif valence in (1, 2) and weight == 0:
            found.append(("absorb" if valence == 2 else "split", vertex))
        elif valence <= 2 and weight >= 2:
            found.append(("expand", vertex))
    return found


def _random_reduction(state: Plumbing, rng: random.Random) -> Move | None:
    found = reductions(state)
    return rng.choice(found) if found else None


def _random_growth(state: Plumbing, rng: random.Random) -> Move:
    sign, kind = rng.choice((1, -1)), rng.randrange(3)
    if not state.weights:
        return ("blow-up", sign, [])
    vertex = rng.choice(sorted(state.weights))
    near = sorted(state.near[vertex])
    if kind == 2:
        return ("extrude", vertex, rng.randint(-3, 3), [other for other in near if rng.random() < 0.5])
    return ("blow-up", sign, [vertex, rng.choice(near)] if kind and near else [vertex])
