"""Bands on a `PlanarMap`, compiled: how one is laid and what comes of it.

A band is a path through the faces: it leaves the edge of the dart d0 into the face on the left of d0, crosses the edges of d1, ..., dn,
each a dart of the face before it, over or under, and ends on the edge of a dart of the last face.  It has h half twists.
"""

import numpy as np

from ..moves._components import colourings, doubled_linking, label_components
from ..moves._elementary import add_kink, compiled, push, saddle
from ..moves._map import ALIVE, FREE, LOGGED, LOGGING, OVERFLOW, WORK
from ..moves._simplify import simplify

LONGEST = 12  # strands that a band may cross
MOST_TWISTS = 12  # half twists
MOST_COMPONENTS = 16

NOTHING, LINK, CIRCLES_ALONE = 0, 1, 2


@compiled
def load(source, target):
    """Copies the state of a map into one with as much room or more; its log is emptied."""
    slots = source.name.shape[0]
    target.across[:] = -1
    target.across[: 4 * slots] = source.across
    target.name[:slots] = source.name
    target.random[0] = source.random[0]
    free = 0
    for slot in range(target.name.shape[0] - 1, -1, -1):
        if target.across[4 * slot] < 0:
            target.free[free] = slot
            free += 1
    work = target.counters[WORK]
    target.counters[:] = source.counters
    target.counters[FREE], target.counters[LOGGED], target.counters[OVERFLOW], target.counters[WORK] = free, 0, 0, work


@compiled
def attach(planar, darts, bits, crossed, half_twists):
    """Lays the band along ``darts``, of which the first and the last carry its ends, without a word in the log; whether there was room."""
    planar.counters[LOGGING] = 0
    tip = darts[0]
    for place in range(crossed):
        tip = push(planar, tip, darts[place + 1], (bits >> place) & 1)
        if tip < 0:
            return False
    for _ in range(abs(half_twists)):
        tip = add_kink(planar, tip, 1 if half_twists > 0 else 0)
        if tip < 0:
            return False
    saddle(planar, tip, darts[crossed + 1])
    planar.counters[LOGGING] = 1
    return True


@compiled
def linked(planar, scratch):
    """Linking numbers of the link: (components, linked pairs, linking number of the last of them)."""
    home, outgoing = scratch[0], scratch[1]
    components = label_components(planar, home, outgoing)
    doubled = np.zeros((components, components), np.int64)
    doubled_linking(planar, home, outgoing, doubled)
    pairs, number = 0, 0
    for row in range(components):
        for column in range(row):
            if doubled[row, column]:
                pairs += 1
                number = doubled[row, column] // 2
    return components, pairs, number


@compiled
def lay_and_judge(parent, child, darts, bits, crossed, half_twists, scratch, rounds):
    """Lays a band on a copy of ``parent`` and simplifies, unless the link cannot have disjoint discs: (what came of it, linking number).

    Such a link has linking numbers zero, and as many independent colourings as components.  The linking number is that of the one linked
    pair, where there is just one.
    """
    load(parent, child)
    if not attach(child, darts, bits, crossed, half_twists):
        return NOTHING, 0
    components, pairs, number = linked(child, scratch)
    if pairs:
        return NOTHING, (number if pairs == 1 else 0)
    if components > MOST_COMPONENTS or colourings(child, scratch[2]) < components:
        return NOTHING, 0
    simplify(child, rounds)
    if child.counters[OVERFLOW]:
        return NOTHING, 0
    return (CIRCLES_ALONE if child.counters[ALIVE] == 0 else LINK), 0


@compiled
def lay_untwisted(parent, child, darts, bits, crossed, parallel, scratch, rounds):
    """The same for the half twists that a disc needs: (what came of it, half twists).

    Their parity is forced by the orientations, and each full twist changes the linking number of the two components that arise by one.
    """
    half_twists = 0 if parallel else 1
    verdict, number = lay_and_judge(parent, child, darts, bits, crossed, half_twists, scratch, rounds)
    if verdict == NOTHING and number != 0:
        half_twists += 2 * number
        if abs(half_twists) <= MOST_TWISTS:
            verdict, number = lay_and_judge(parent, child, darts, bits, crossed, half_twists, scratch, rounds)
    return verdict, half_twists
