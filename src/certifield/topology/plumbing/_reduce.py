r"""The normal form of a plumbing forest, by moves.

Only vertices of valence at most 2 are touched, as long as one of these fits:

* *split*: a leaf of weight 0 is taken away with its neighbour, whose branches become separate; *absorb*: a vertex of weight 0 and
  valence 2 is taken away, and its neighbours u, w become one vertex of weight $e_u + e_w$;
* *blow-down*: a vertex of weight $\epsilon = \pm1$ is taken away, its neighbours lose $\epsilon$ and are joined;
* *expand*: a vertex of weight $e \ge 2$ is replaced by a chain of $e - 1$ vertices of weight -2 and its neighbours lose 1.  These are
  $e$ blow-ups of sign -1 on one side of the vertex, and an absorption, or a splitting, of the 0 that is left of it.

Every step lowers $(b_+, \text{vertices})$ in the order of dictionaries, hence the end.  It has vertices of valence at most 2 with weights
at most -2 and isolated zeros only.  The order of the steps does not matter to the result; it does to the time, and *expand* waits.
"""

from ..moves._elementary import compiled
from ._arrays import GONE, LOGGED, LOGGING, NEXT_NAME, OVERFLOW, SLOTS, absorb, add, blow_down, join, part, remove

SPLIT, ABSORB, BLOW_DOWN, EXPAND = range(4)
REDUCTIONS = {SPLIT: "split", ABSORB: "absorb", BLOW_DOWN: "blow-down", EXPAND: "expand"}


@compiled
def note(arrays, kind, slot):
    """One more row of the log."""
    if arrays.counters[LOGGING]:
        row = arrays.counters[LOGGED]
        if row >= arrays.log.shape[0]:
            arrays.counters[OVERFLOW] = 1
            return
        arrays.log[row, 0], arrays.log[row, 1] = kind, arrays.name[slot]
        arrays.counters[LOGGED] = row + 1


@compiled
def look_at(arrays, slot):
    """Puts a vertex on the stack of those to look at."""
    if not arrays.marked[slot] & 1 and arrays.degree[slot] <= 2:
        arrays.marked[slot] |= 1
        arrays.waiting[arrays.waiting[-1]] = slot
        arrays.waiting[-1] += 1


@compiled
def look_later(arrays, slot):
    """Puts a vertex on the stack of those to expand."""
    if not arrays.marked[slot] & 2:
        arrays.marked[slot] |= 2
        arrays.later[arrays.later[-1]] = slot
        arrays.later[-1] += 1


@compiled
def split(arrays, slot):
    """Takes away a leaf of weight 0 and its neighbour."""
    middle = arrays.head[arrays.first[slot]]
    while arrays.degree[middle] > 0:
        half = arrays.first[middle]
        other = arrays.head[half]
        part(arrays, half)
        look_at(arrays, other)
    remove(arrays, middle)
    remove(arrays, slot)


@compiled
def expand(arrays, slot):
    """Replaces a vertex of weight e >= 2 by a chain of e - 1 vertices of weight -2; it begins at the neighbour of the smaller name."""
    weight, degree = arrays.weight[slot], arrays.degree[slot]
    start = end = -1
    if degree > 0:
        half = arrays.first[slot]
        start = arrays.head[half]
        end = arrays.head[arrays.after[half]] if degree > 1 else -1
        if degree > 1 and arrays.name[end] < arrays.name[start]:
            start, end = end, start
        while arrays.degree[slot] > 0:
            part(arrays, arrays.first[slot])
        arrays.weight[start] -= 1
        if end >= 0:
            arrays.weight[end] -= 1
    remove(arrays, slot)
    behind = start
    for _ in range(weight - 1):
        new = add(arrays, -2)
        if arrays.counters[OVERFLOW]:
            return
        if behind >= 0:
            join(arrays, behind, new)
        behind = new
    arrays.counters[NEXT_NAME] += 1  # the vertex of weight -1 that the absorption, or the splitting, takes away
    if end >= 0:
        join(arrays, behind, end)
        look_at(arrays, end)
    if start >= 0:
        look_at(arrays, start)


@compiled
def reduce_at(arrays, slot):
    """One look at a vertex of valence at most 2 that may be due."""
    weight, degree = arrays.weight[slot], arrays.degree[slot]
    if weight == 0 and degree == 1:
        note(arrays, SPLIT, slot)
        split(arrays, slot)
    elif weight == 0 and degree == 2:
        note(arrays, ABSORB, slot)
        look_at(arrays, absorb(arrays, slot))
    elif weight == 1 or weight == -1:
        note(arrays, BLOW_DOWN, slot)
        half = arrays.first[slot]
        one = arrays.head[half] if degree > 0 else -1
        other = arrays.head[arrays.after[half]] if degree > 1 else -1
        blow_down(arrays, slot)
        if one >= 0:
            look_at(arrays, one)
        if other >= 0:
            look_at(arrays, other)
    elif weight > 1:
        look_later(arrays, slot)


@compiled
def reduce(arrays):
    """Brings a forest to its normal form; stops early where room ran out."""
    for slot in range(arrays.counters[SLOTS]):
        if arrays.degree[slot] != GONE:
            look_at(arrays, slot)
    while not arrays.counters[OVERFLOW]:
        if arrays.waiting[-1]:
            arrays.waiting[-1] -= 1
            slot = arrays.waiting[arrays.waiting[-1]]
            arrays.marked[slot] &= ~1
            if 0 <= arrays.degree[slot] <= 2:
                reduce_at(arrays, slot)
        elif arrays.later[-1]:
            arrays.later[-1] -= 1
            slot = arrays.later[arrays.later[-1]]
            arrays.marked[slot] &= ~2
            if 0 <= arrays.degree[slot] <= 2 and arrays.weight[slot] > 1:
                note(arrays, EXPAND, slot)
                expand(arrays, slot)
        else:
            return
