"""Pairs of forests as arrays of one shape: all vertices of a batch in one row, padded, so that a network is compiled once."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from certifield._arguments import whole

from ...diagrams._reading import refuse
from .._pairs import Forests, Pairs

PAIRS, ROOM = 64, 6144  # of one batch; pairs of the published task have about 80 vertices
HEAVY = 10.0  # the greatest weight of a base tree in the published task, the unit in which a network reads weights


class Batch(NamedTuple):
    """Up to ``PAIRS`` pairs; the graphs of the first sides have numbers 0, 1, ..., those of the second sides follow from ``PAIRS``.

    An edge stands twice, once in each direction.  A vertex that is not there belongs to no graph, and edges that are not there lead to no
    vertex: sums over segments drop both.
    """

    features: np.ndarray  # float32 [room, 2]: weight / 10 and valence
    graph: np.ndarray  # int32 [room]
    sender: np.ndarray  # int32 [2 room]
    receiver: np.ndarray  # int32 [2 room]
    there: np.ndarray  # float32 [room]
    same: np.ndarray  # int32 [pairs]
    asked: np.ndarray  # float32 [pairs], 0 for pairs that are not there
    rows: np.ndarray  # int64 [pairs], their numbers


def batches(pairs: Pairs, order: Sequence[int] | np.ndarray | None = None, *, most: int = PAIRS, room: int = ROOM) -> Iterator[Batch]:
    """The pairs in this order, as many in a batch as its ``room`` for vertices holds, ``most`` at most.

    Raises `InputError` for a pair that has more vertices than there is room, and for numbers that are not those of pairs.
    """
    whole("most", most, 1), whole("room", room, 2)
    order = np.arange(len(pairs)) if order is None else np.asarray(order)
    if order.dtype.kind not in "iu" or order.ndim != 1 or np.any((order < 0) | (order >= len(pairs))):
        raise refuse("order", order, f"numbers of pairs, from 0 to {len(pairs) - 1}", "leave it out")
    sizes = np.diff(pairs.first.weights_at) + np.diff(pairs.second.weights_at)
    if len(order) and sizes[order].max() >= room:
        raise refuse("room", room, f"more than {sizes[order].max()}, the vertices of the largest pair", "give more room")
    begin, used = 0, 0
    for place, row in enumerate(order):
        if place - begin == most or used + sizes[row] >= room:
            yield _batch(pairs, order[begin:place], most, room)
            begin, used = place, 0
        used += sizes[row]
    if begin < len(order):
        yield _batch(pairs, order[begin:], most, room)


def _batch(pairs: Pairs, rows: np.ndarray, most: int, room: int) -> Batch:
    weights, graph, ends, used = [], [], [], 0
    for side, forests in enumerate((pairs.first, pairs.second)):
        found, where, edges, vertices = _gathered(forests, rows)
        weights.append(found)
        graph.append(where + side * most)
        ends.append(edges + used)
        used += vertices
    weight, edge = np.concatenate(weights), np.concatenate(ends)
    sender, receiver = np.zeros(2 * room, np.int32), np.full(2 * room, room, np.int32)
    count = len(edge)
    sender[: 2 * count], receiver[: 2 * count] = np.concatenate([edge[:, 0], edge[:, 1]]), np.concatenate([edge[:, 1], edge[:, 0]])
    features, number, there = np.zeros((room, 2), np.float32), np.full(room, 2 * most, np.int32), np.zeros(room, np.float32)
    features[:used, 0], features[:used, 1] = weight / HEAVY, np.bincount(edge.ravel(), minlength=used)
    number[:used], there[:used] = np.concatenate(graph), 1
    same, asked, names = np.zeros(most, np.int32), np.zeros(most, np.float32), np.zeros(most, np.int64)
    same[: len(rows)], asked[: len(rows)], names[: len(rows)] = pairs.same[rows], 1, rows
    return Batch(features, number, sender, receiver, there, same, asked, names)


def _gathered(forests: Forests, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Weights, numbers of graphs and edges of some of the forests, their vertices numbered one behind the other."""
    sizes = np.diff(forests.weights_at)[rows]
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    weights = forests.weights[ranges(forests.weights_at[rows], sizes)]
    counts = np.diff(forests.edges_at)[rows]
    edges = forests.edges[ranges(forests.edges_at[rows], counts)] + np.repeat(offsets[:-1], counts)[:, None]
    return weights, np.repeat(np.arange(len(rows)), sizes), edges, int(offsets[-1])


def ranges(starts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """All numbers start, ..., start + size - 1, range after range."""
    ends = np.cumsum(sizes)
    return np.repeat(starts - np.concatenate([[0], ends[:-1]]), sizes) + np.arange(ends[-1] if len(ends) else 0)
