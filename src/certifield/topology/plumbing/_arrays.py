"""A plumbing forest as arrays of half-edges, made for compiled moves.

Half-edges 2k and 2k + 1 are the two ends of one edge: ``head[h]`` is the vertex that h leads to, ``after[h]`` the next half-edge that
leaves the same vertex, in a circle.  A vertex lives in a *slot*; ``name[slot]`` is its number in the checker, which is never used again.
Each function trusts its caller that the move fits; the checker does not.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..moves._elementary import compiled
from ._forest import PlumbingForest

GONE = -1  # the degree of a slot without a vertex
NEXT_NAME, SLOTS, EDGES, LOGGED, LOGGING, OVERFLOW, ALIVE = range(7)


class Arrays(NamedTuple):
    """One forest.

    ``counters``: next name, slots and edges in use so far, rows of the log, whether to log, whether room ran out, vertices.
    """

    weight: np.ndarray  # int64 [slots]
    degree: np.ndarray  # int64 [slots]
    first: np.ndarray  # int64 [slots], one half-edge of each vertex
    name: np.ndarray  # int64 [slots]
    head: np.ndarray  # int64 [2 edges]
    after: np.ndarray  # int64 [2 edges]
    before: np.ndarray  # int64 [2 edges]
    free_slot: np.ndarray  # int64 [slots + 1], a stack whose height is its last entry
    free_edge: np.ndarray  # int64 [edges + 1], likewise
    counters: np.ndarray  # int64 [7]
    log: np.ndarray  # int64 [rows, 2]: the kind of a reduction and the name of its vertex
    waiting: np.ndarray  # int64 [slots + 1], a stack of slots to look at, likewise
    marked: np.ndarray  # int64 [slots]: on the stack of ``waiting``, or of ``later``
    later: np.ndarray  # int64 [slots + 1]


def empty_arrays(room: int, rows: int = 0) -> Arrays:
    """Room for so many vertices at a time and so many logged moves."""
    counters = np.zeros(7, np.int64)
    counters[LOGGING] = rows > 0

    def zeros(size: int) -> np.ndarray:
        return np.zeros(size, np.int64)

    return Arrays(
        weight=zeros(room),
        degree=zeros(room),
        first=zeros(room),
        name=zeros(room),
        head=zeros(2 * room),
        after=zeros(2 * room),
        before=zeros(2 * room),
        free_slot=zeros(room + 1),
        free_edge=zeros(room + 1),
        counters=counters,
        log=np.zeros((rows, 2), np.int64),
        waiting=zeros(room + 1),
        marked=zeros(room),
        later=zeros(room + 1),
    )


def arrays_of(forest: PlumbingForest, room: int, rows: int = 0) -> Arrays:
    """The arrays of a forest, vertex v in slot v under the name v."""
    arrays = empty_arrays(room, rows)
    fill(arrays, np.array(forest.weights, np.int64), np.array(forest.edges, np.int64).reshape(-1, 2))
    return arrays


def forest_of(arrays: Arrays) -> tuple[PlumbingForest, list[int]]:
    """The forest of the arrays, its vertices in the order of their names, and these names."""
    slots = sorted((slot for slot in range(arrays.counters[SLOTS]) if arrays.degree[slot] != GONE), key=lambda slot: arrays.name[slot])
    number = {slot: place for place, slot in enumerate(slots)}
    edges = []
    for slot in slots:
        half = arrays.first[slot]
        for _ in range(arrays.degree[slot]):
            if number[slot] < number[int(arrays.head[half])]:
                edges.append((number[slot], number[int(arrays.head[half])]))
            half = arrays.after[half]
    return PlumbingForest(arrays.weight[slots].tolist(), edges), arrays.name[slots].tolist()  # type: ignore[arg-type]


def flat(forests: Sequence[PlumbingForest]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Many forests in four arrays: weights, edges, and where the weights and the edges of each begin, with the ends."""
    weights = np.array([weight for forest in forests for weight in forest.weights], np.int64)
    edges = np.array([edge for forest in forests for edge in forest.edges], np.int64).reshape(-1, 2)
    starts = [np.cumsum([0, *map(len, parts)]) for parts in ([f.weights for f in forests], [f.edges for f in forests])]
    return weights, edges, starts[0].astype(np.int64), starts[1].astype(np.int64)


@compiled
def fill(arrays, weights, edges):
    """Puts a forest in place of what was there."""
    if arrays.counters[OVERFLOW]:
        arrays.marked[:] = 0  # else both stacks are empty and nothing is marked
    arrays.counters[NEXT_NAME] = 0
    arrays.counters[SLOTS] = arrays.counters[EDGES] = arrays.counters[LOGGED] = arrays.counters[OVERFLOW] = arrays.counters[ALIVE] = 0
    arrays.free_slot[-1] = arrays.free_edge[-1] = arrays.waiting[-1] = arrays.later[-1] = 0
    for vertex in range(weights.shape[0]):
        add(arrays, weights[vertex])
    for edge in range(edges.shape[0]):
        join(arrays, edges[edge, 0], edges[edge, 1])


@compiled
def add(arrays, weight):
    """The slot of a new vertex without edges, under the next name; slot 0, and an overflow, where there is no room."""
    free = arrays.free_slot[-1]
    if free:
        slot = arrays.free_slot[free - 1]
        arrays.free_slot[-1] = free - 1
    else:
        slot = arrays.counters[SLOTS]
        if slot >= arrays.weight.shape[0]:
            arrays.counters[OVERFLOW] = 1
            return 0
        arrays.counters[SLOTS] = slot + 1
    arrays.weight[slot], arrays.degree[slot], arrays.first[slot] = weight, 0, -1
    arrays.name[slot] = arrays.counters[NEXT_NAME]
    arrays.counters[NEXT_NAME] += 1
    arrays.counters[ALIVE] += 1
    return slot


@compiled
def remove(arrays, slot):
    """Takes away a vertex that has no edges."""
    arrays.degree[slot] = GONE
    arrays.free_slot[arrays.free_slot[-1]] = slot
    arrays.free_slot[-1] += 1
    arrays.counters[ALIVE] -= 1


@compiled
def attach(arrays, half, slot):
    """``half`` leaves ``slot``."""
    arrays.head[half ^ 1] = slot
    first = arrays.first[slot]
    if arrays.degree[slot] == 0:
        arrays.first[slot] = arrays.after[half] = arrays.before[half] = half
    else:
        last = arrays.before[first]
        arrays.after[half], arrays.before[half] = first, last
        arrays.after[last] = arrays.before[first] = half
    arrays.degree[slot] += 1


@compiled
def detach(arrays, half):
    """``half`` leaves no vertex."""
    slot = arrays.head[half ^ 1]
    arrays.degree[slot] -= 1
    if arrays.degree[slot] == 0:
        arrays.first[slot] = -1
        return
    behind, next_one = arrays.before[half], arrays.after[half]
    arrays.after[behind], arrays.before[next_one] = next_one, behind
    if arrays.first[slot] == half:
        arrays.first[slot] = next_one


@compiled
def join(arrays, one, other):
    """A new edge; nothing where room ran out."""
    free = arrays.free_edge[-1]
    if free:
        edge = arrays.free_edge[free - 1]
        arrays.free_edge[-1] = free - 1
    else:
        edge = arrays.counters[EDGES]
        if 2 * edge >= arrays.head.shape[0]:
            arrays.counters[OVERFLOW] = 1
            return
        arrays.counters[EDGES] = edge + 1
    attach(arrays, 2 * edge, one)
    attach(arrays, 2 * edge + 1, other)


@compiled
def part(arrays, half):
    """Takes away an edge."""
    detach(arrays, half)
    detach(arrays, half ^ 1)
    arrays.free_edge[arrays.free_edge[-1]] = half >> 1
    arrays.free_edge[-1] += 1


@compiled
def blow_down(arrays, slot):
    """Takes away a vertex of weight 1 or -1 and valence at most 2."""
    sign, degree = arrays.weight[slot], arrays.degree[slot]
    one = other = -1
    if degree > 0:
        half = arrays.first[slot]
        one, other = arrays.head[half], arrays.head[arrays.after[half]]
        arrays.weight[one] -= sign
        part(arrays, half)
    if degree > 1:
        arrays.weight[other] -= sign
        part(arrays, arrays.first[slot])
        join(arrays, one, other)
    remove(arrays, slot)


@compiled
def merge(arrays, keep, lose):
    """All edges of ``lose`` become edges of ``keep``, which takes the smaller of the two names and the sum of the weights."""
    arrays.weight[keep] += arrays.weight[lose]
    arrays.name[keep] = min(arrays.name[keep], arrays.name[lose])
    while arrays.degree[lose]:
        half = arrays.first[lose]
        detach(arrays, half)
        attach(arrays, half, keep)
    remove(arrays, lose)


@compiled
def absorb(arrays, slot):
    """Takes away a vertex of weight 0 and valence 2 and makes its neighbours one vertex, whose slot is returned."""
    half = arrays.first[slot]
    one, other = arrays.head[half], arrays.head[arrays.after[half]]
    part(arrays, half)
    part(arrays, arrays.first[slot])
    remove(arrays, slot)
    keep, lose = (one, other) if arrays.degree[one] >= arrays.degree[other] else (other, one)
    merge(arrays, keep, lose)
    return keep
