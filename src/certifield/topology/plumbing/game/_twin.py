"""The same moves on forests, in exact integers and without JAX, written down for the checker."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from certifield.evidence import Certificate, CertificateRejected, InputError

from .._arrays import arrays_of
from .._canonical import canonical
from .._compare import certificate_of_moves
from .._forest import PlumbingForest
from .._moves import Move, Plumbing
from ._tree import GONE, KINDS, ROOT


def parents_of(tree: PlumbingForest) -> list[int | None]:
    """The parent of every vertex, vertex 0 being the root."""
    found: list[int | None] = [None] * len(tree.weights)
    waiting, seen = [0], {0}
    while waiting:
        vertex = waiting.pop()
        for other in tree.neighbours[vertex]:
            if other not in seen:
                seen.add(other)
                found[other] = vertex
                waiting.append(other)
    return found


def forest_of_slots(weight: Any, parent: Any) -> tuple[PlumbingForest, dict[int, int]]:
    """The forest of a tree in slots, and the vertex of every slot."""
    weights, parents = np.asarray(weight).tolist(), np.asarray(parent).tolist()
    number = {slot: place for place, slot in enumerate(slot for slot, above in enumerate(parents) if above > GONE)}
    edges = tuple((number[parents[slot]], place) for slot, place in number.items() if parents[slot] >= 0)
    return PlumbingForest(tuple(weights[slot] for slot in number), edges), number


class Twin:
    """A tree in slots whose vertices carry the names of the checker; ``made`` are the moves so far."""

    def __init__(self, weight: Any, parent: Any) -> None:
        self.forest, self.name = forest_of_slots(weight, parent)
        self.parent = {slot: above for slot, above in enumerate(np.asarray(parent).tolist()) if above > GONE}
        self.slots, self.state, self.made = len(np.asarray(parent)), Plumbing(self.forest), list[Move]()

    def play(self, action: int) -> None:
        """One move by its number.  Raises `InputError` where it does not fit."""
        slot, kind = divmod(action, len(KINDS))
        if slot not in self.parent or (kind < 4 and len(self.parent) == self.slots):
            raise InputError("move", action, "at a vertex that is there, with a slot for a new one", "see PlumbingGame.legal")
        if kind == 4:
            self._reduce(slot)
        else:
            self._grow(slot, 1 - 2 * (kind % 2), on_edge=kind >= 2)

    def _grow(self, slot: int, sign: int, *, on_edge: bool) -> None:
        free, above = next(one for one in range(self.slots) if one not in self.parent), self.parent[slot]
        if on_edge and above == ROOT:
            raise InputError("move", slot, "on the edge to a parent, which the root has not", "see PlumbingGame.legal")
        name = self.state.next
        self._make(("blow-up", sign, [self.name[slot], self.name[above]] if on_edge else [self.name[slot]]))
        self.name[free] = name
        if on_edge:
            self.parent[free], self.parent[slot] = above, free
        else:
            self.parent[free] = slot

    def _reduce(self, slot: int) -> None:
        below = sorted(one for one, above in self.parent.items() if above == slot)
        beside = below if self.parent[slot] == ROOT else [self.parent[slot], *below]
        if not 1 <= len(beside) <= 2:
            raise InputError("move", slot, "at a vertex of valence 1 or 2", "see PlumbingGame.legal")
        one, other = beside[0], beside[1] if len(beside) == 2 else None
        absorbs = self.state.weights[self.name[slot]] == 0
        self._make(("absorb" if absorbs else "blow-down", self.name[slot]))
        if self.parent.pop(slot) == ROOT:
            self.parent[one] = ROOT
        del self.name[slot]
        if other is None:
            return
        if absorbs:
            self.name[one] = min(self.name[one], self.name.pop(other))
            del self.parent[other]
            self.parent = {child: one if above == other else above for child, above in self.parent.items()}
        else:
            self.parent[other] = one

    def _make(self, move: Move) -> None:
        self.state.move(move)
        self.made.append(move)


def certificate_of(start: Any, actions: Sequence[int]) -> Certificate:
    """same-plumbing@1 from the start to its goal by these choices.  Raises `CertificateRejected` where they do not lead there."""
    twin = Twin(start.tree.weight, start.tree.parent)
    goal, _ = forest_of_slots(start.goal.weight, start.goal.parent)
    for place, action in enumerate(actions):
        try:
            twin.play(action)
        except InputError as error:
            raise CertificateRejected(f"choice {place} does not fit: {error}") from None
    reached, names = twin.state.forest(), sorted(twin.state.weights)
    (code, order), (sought, wanted) = _read(reached), _read(goal)
    if code != sought:
        raise CertificateRejected(f"{len(actions)} moves lead to {reached}, which is not isomorphic to the goal {goal}")
    isomorphism = [[names[one], other] for one, other in zip(order, wanted, strict=True)]
    return certificate_of_moves(twin.forest, goal, twin.made, [], isomorphism)


def _read(forest: PlumbingForest) -> tuple[list[int], list[int]]:
    """Code and vertices of a forest in canonical order."""
    arrays = arrays_of(forest, len(forest.weights) + 2)
    code, read = canonical(arrays)
    return code.tolist(), [int(arrays.name[slot]) for slot in read if slot >= 0]
