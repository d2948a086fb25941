"""One code for each class of isomorphic weighted forests.

Every tree is rooted at the middle of a longest path; where that is an edge, at a vertex put on it (its weight is ``BETWEEN``).  Level by
level from the leaves, vertices are sorted by weight, number of children, and ranks of the children, equal ones getting equal ranks (Aho,
Hopcroft and Ullman).  The code is the forest read from the roots downwards in this order: the weight and the number of children of every
vertex.
"""

import numpy as np

from ..moves._elementary import compiled
from ._arrays import GONE, SLOTS

BETWEEN = np.iinfo(np.int64).min


@compiled
def spread_out(arrays, start, order, parent, begin):
    """Writes the tree of ``start`` into ``order`` from place ``begin``, nearest vertices first; the place behind the last."""
    order[begin], end, place = start, begin + 1, begin
    while place < end:
        slot = order[place]
        place += 1
        half = arrays.first[slot]
        for _ in range(arrays.degree[slot]):
            other = arrays.head[half]
            half = arrays.after[half]
            if other != parent[slot]:
                parent[other] = slot
                order[end] = other
                end += 1
    return end


@compiled
def compared(one, other, weight, start, count, child, rank):
    """-1, 0 or 1 as the key of ``one`` is smaller than, equal to or greater than that of ``other``."""
    if weight[one] != weight[other]:
        return -1 if weight[one] < weight[other] else 1
    if count[one] != count[other]:
        return -1 if count[one] < count[other] else 1
    for place in range(count[one]):
        here, there = rank[child[start[one] + place]], rank[child[start[other] + place]]
        if here != there:
            return -1 if here < there else 1
    return 0


@compiled
def sort_level(level, spare, weight, start, count, child, rank):
    """Sorts the vertices of one level by their keys (merge sort) and gives them ranks."""
    size, width = level.shape[0], 1
    while width < size:
        for low in range(0, size, 2 * width):
            middle, high = min(low + width, size), min(low + 2 * width, size)
            left, right = low, middle
            for place in range(low, high):
                if right >= high or (left < middle and compared(level[left], level[right], weight, start, count, child, rank) <= 0):
                    spare[place] = level[left]
                    left += 1
                else:
                    spare[place] = level[right]
                    right += 1
        level[:] = spare[:size]
        width *= 2
    for place in range(size):
        equal = place > 0 and compared(level[place - 1], level[place], weight, start, count, child, rank) == 0
        rank[level[place]] = rank[level[place - 1]] if equal else place


@compiled
def rooted(arrays, weight, parent, order):
    """Roots every tree; ``order`` lists all vertices tree by tree, parents first.  The number of vertices, with those put between."""
    slots = arrays.counters[SLOTS]
    seen, scratch = np.zeros(slots, np.bool_), np.empty(slots, np.int64)
    total, extra = 0, slots
    for slot in range(slots):
        if arrays.degree[slot] == GONE or seen[slot]:
            continue
        parent[slot] = -1
        farthest = scratch[spread_out(arrays, slot, scratch, parent, 0) - 1]
        parent[farthest] = -1
        end = spread_out(arrays, farthest, scratch, parent, 0)
        length, here = 0, scratch[end - 1]
        while parent[here] >= 0:
            here, length = parent[here], length + 1
        here = scratch[end - 1]
        for _ in range(length // 2):
            here = parent[here]
        for place in range(end):
            seen[scratch[place]] = True
        if length % 2 == 0:
            parent[here] = -1
            total = spread_out(arrays, here, order, parent, total)
        else:
            there = parent[here]
            weight[extra], parent[extra], order[total] = BETWEEN, -1, extra
            parent[here], parent[there] = there, here  # so that neither side crosses the edge
            middle = spread_out(arrays, here, order, parent, total + 1)
            total = spread_out(arrays, there, order, parent, middle)
            parent[here] = parent[there] = extra
            extra += 1
    return total, extra


@compiled
def canonical(arrays):
    """The code, two numbers for each vertex, and the slots in its order (-1 for a vertex put between two)."""
    slots = arrays.counters[SLOTS]
    room = 2 * slots + 1
    weight, parent, order = np.zeros(room, np.int64), np.full(room, -1), np.empty(room, np.int64)
    weight[:slots] = arrays.weight[:slots]
    total, used = rooted(arrays, weight, parent, order)
    depth, count, start = np.zeros(used, np.int64), np.zeros(used, np.int64), np.zeros(used, np.int64)
    deepest = 0
    for place in range(total):
        v = order[place]
        if parent[v] >= 0:
            depth[v] = depth[parent[v]] + 1
            count[parent[v]] += 1
            deepest = max(deepest, depth[v])
    begin, offset = np.zeros(deepest + 2, np.int64), 0
    for place in range(total):
        begin[depth[order[place]] + 1] += 1
        start[order[place]] = offset
        offset += count[order[place]]
    begin = np.cumsum(begin)
    levels, filled = np.empty(total, np.int64), begin.copy()
    for place in range(total):
        v = order[place]
        levels[filled[depth[v]]] = v
        filled[depth[v]] += 1
    child, got = np.empty(total, np.int64), np.zeros(used, np.int64)
    rank, spare = np.zeros(used, np.int64), np.empty(total, np.int64)
    for level in range(deepest, -1, -1):
        members = levels[begin[level] : begin[level + 1]]
        sort_level(members, spare, weight, start, count, child, rank)
        for v in members:
            if level > 0:
                above = parent[v]
                child[start[above] + got[above]] = v
                got[above] += 1
    code, read, stack = np.empty(2 * total, np.int64), np.empty(total, np.int64), np.empty(total + 1, np.int64)
    height = 0
    for place in range(begin[1] - 1, -1, -1):
        stack[height] = levels[place]
        height += 1
    for place in range(total):
        height -= 1
        v = stack[height]
        code[2 * place], code[2 * place + 1] = weight[v], count[v]
        read[place] = v if v < slots else -1
        for turn in range(count[v] - 1, -1, -1):
            stack[height] = child[start[v] + turn]
            height += 1
    return code, read
