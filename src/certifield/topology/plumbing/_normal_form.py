"""Normal forms: of one forest with the moves that lead to it, and of many at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..diagrams._reading import refuse
from ..moves._elementary import compiled
from ._arrays import LOGGED, OVERFLOW, arrays_of, empty_arrays, fill, flat, forest_of
from ._canonical import canonical
from ._forest import PlumbingForest
from ._reduce import REDUCTIONS, reduce

MOST_ROOM = 1 << 17  # vertices at a time


@dataclass(frozen=True)
class NormalForm:
    """The ``forest`` that a plumbing forest is led to, its vertices in canonical order, with the ``moves`` that do it.

    ``code``: equal for two forests exactly if they are isomorphic.  ``names``: what the moves call the vertices of ``forest``.
    """

    forest: PlumbingForest
    code: tuple[int, ...]
    moves: tuple[tuple[str, int], ...]
    names: tuple[int, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NormalForm) and self.code == other.code

    def __hash__(self) -> int:
        return hash(self.code)

    def __str__(self) -> str:
        return str(self.forest)


def normal_form(forest: PlumbingForest) -> NormalForm:
    """The normal form: vertices of valence at most 2 have weights at most -2, but for isolated zeros.

    Two forests with one normal form are plumbings of one manifold: the moves prove it.  Forests with different normal forms belong to
    different oriented manifolds, by the classification of lens spaces, Seifert manifolds and graph manifolds, not by a computation: the
    page on plumbing forests derives it, and `same_manifold` looks for an invariant that tells them apart first.
    A weight e >= 2 becomes a chain of e - 1 vertices; raises `InputError` where a forest on the way has more than 100,000.

    >>> print(normal_form(PlumbingForest.from_text("(7(2))")))
    (-2(-2(-3))(-2(-2(-2))))
    """
    size = len(forest.weights)
    room, rows = _room_for(forest.weights), 8 * size + 64
    while True:
        arrays = arrays_of(forest, room, rows)
        reduce(arrays)
        if not arrays.counters[OVERFLOW]:
            break
        room, rows = 2 * room, 4 * rows
        _refuse_room(room, forest)
    code, read = canonical(arrays)
    slots = read[read >= 0]
    moves = tuple((REDUCTIONS[kind], name) for kind, name in arrays.log[: arrays.counters[LOGGED]].tolist())
    found, names = forest_of(arrays)
    rank = {name: place for place, name in enumerate(arrays.name[slots].tolist())}
    order = sorted(range(len(names)), key=lambda vertex: rank[names[vertex]])
    number = {vertex: place for place, vertex in enumerate(order)}
    edges = sorted(tuple(sorted((number[u], number[w]))) for u, w in found.edges)
    ordered = PlumbingForest(tuple(found.weights[vertex] for vertex in order), tuple(edges))  # type: ignore[arg-type]
    return NormalForm(ordered, tuple(code.tolist()), moves, tuple(names[vertex] for vertex in order))


def normal_codes(forests: Sequence[PlumbingForest]) -> list[bytes]:
    """The codes of the normal forms of many forests, without moves, as bytes: equal exactly where the normal forms are.

    Ten thousand forests of 25 vertices take about a quarter of a second.
    """
    if not forests:
        return []
    weights, edges, weights_at, edges_at = flat(forests)
    room = max(_room_for(forest.weights) for forest in forests)
    while True:
        codes, ends, failed = codes_of(empty_arrays(room), weights, edges, weights_at, edges_at)
        if failed < 0:
            break
        room *= 2
        _refuse_room(room, forests[failed])
    return [codes[start:end].tobytes() for start, end in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True)]


@compiled
def codes_of(arrays, weights, edges, weights_at, edges_at):
    """The codes one behind the other, where each ends, and the number of the first forest without room (-1 if all had it)."""
    count = weights_at.shape[0] - 1
    codes, ends, used = np.empty(4 * weights.shape[0] + 64, np.int64), np.empty(count, np.int64), 0
    for number in range(count):
        fill(arrays, weights[weights_at[number] : weights_at[number + 1]], edges[edges_at[number] : edges_at[number + 1]])
        reduce(arrays)
        if arrays.counters[OVERFLOW]:
            return codes, ends, number
        code, _ = canonical(arrays)
        while used + code.shape[0] > codes.shape[0]:
            codes = np.concatenate((codes, np.empty_like(codes)))
        codes[used : used + code.shape[0]] = code
        used += code.shape[0]
        ends[number] = used
    return codes, ends, -1


def _room_for(weights: Sequence[int]) -> int:
    return min(len(weights) + sum(weight for weight in weights if weight > 0) + 64, MOST_ROOM)


def _refuse_room(room: int, forest: PlumbingForest) -> None:
    if room > MOST_ROOM:
        raise refuse(
            "weights",
            max(forest.weights),
            "such that no forest on the way has more than 100,000 vertices",
            "each e >= 2 makes e - 1 of them",
        )
