"""The walk of the random agent, compiled.

It moves on the dual graph of the diagram as in arXiv:2304.09304: it *starts* in a face, *attaches* the band to an edge of it, beyond
which the band begins, and then goes *over* or *under* an edge into a face not yet visited, *twists* the band by a full twist, never back,
or *attaches* it.  Each valid action has the weight of its kind.  The band is laid, the link simplified, and the next band begun.
"""

import numpy as np

from ..moves._components import colourings, label_components
from ..moves._elementary import compiled, following, named
from ..moves._map import ALIVE, LOGGED, OVERFLOW
from ..moves._passes import draw, number_faces
from ..moves._simplify import simplify
from ._attach import LONGEST, attach, linked, load
from ._enumerate import BITS, CROSSED, DARTS, HALF_TWISTS, LEFT

START, ATTACH, OVER, UNDER, TWIST = range(5)  # kinds of action, and their places in the weights
STEPS, SIZE, BANDS, TWISTS, RESTARTS = range(5)  # places in the limits
FINE = 1 << 40  # resolution of the draws


@compiled
def drawn_kind(planar, weights, ends, ways, twists):
    """A kind of action after the start, by weight times number of valid actions; -1 where none is valid."""
    attach_weight, twist_weight = weights[ATTACH] * ends, weights[TWIST] * twists
    over_weight, under_weight = weights[OVER] * ways, weights[UNDER] * ways
    total = attach_weight + over_weight + under_weight + twist_weight
    if not total > 0:
        return -1
    point = draw(planar, FINE) / FINE * total
    if point < attach_weight:
        return ATTACH
    if point < attach_weight + over_weight:
        return OVER
    if point < attach_weight + over_weight + under_weight:
        return UNDER
    return TWIST


@compiled
def first_dart(planar, faces):
    """The dart along which a band begins: an edge of a face drawn, seen from its other side."""
    wanted, dart = draw(planar, faces), 0
    while planar.face[dart] != wanted:
        dart += 1
    degree, current = 1, following(planar, dart)
    while current != dart:
        degree, current = degree + 1, following(planar, current)
    for _ in range(draw(planar, degree)):
        current = following(planar, current)
    return planar.across[current]


@compiled
def options(planar, darts, crossed, entry, home, visited, ends, ways):
    """The edges of the face of ``entry`` where the band may end, and those that it may cross: how many of each."""
    most_ends, most_ways, dart = 0, 0, entry
    while True:
        beyond = planar.across[dart]
        own = crossed == 0 and dart == darts[0]
        if home[dart] == home[darts[0]] and not own:
            ends[most_ends] = dart
            most_ends += 1
        if crossed < LONGEST and not own and not visited[planar.face[beyond]]:
            ways[most_ways] = dart
            most_ways += 1
        dart = following(planar, dart)
        if dart == entry:
            return most_ends, most_ways


@compiled
def walk_band(planar, weights, limits, steps, twists, scratch, darts):
    """A band by random actions: (actions so far, strands crossed or -1 where the walk is given up, bits, half twists).

    ``steps`` and ``twists``: actions, and full twists, before it.
    """
    home, outgoing, ends, ways = scratch[0], scratch[1], scratch[3], scratch[4]
    label_components(planar, home, outgoing)
    visited = np.zeros(number_faces(planar) + 1, np.bool_)
    darts[0] = first_dart(planar, visited.shape[0] - 1)
    entry, crossed, bits, full = darts[0], 0, 0, 0
    visited[planar.face[entry]] = visited[planar.face[planar.across[entry]]] = True
    steps += 2
    while steps < limits[STEPS]:
        steps += 1
        most_ends, most_ways = options(planar, darts, crossed, entry, home, visited, ends, ways)
        kind = drawn_kind(planar, weights, most_ends, most_ways, 0 if twists + abs(full) >= limits[TWISTS] else 1 if full else 2)
        if kind < 0:
            return steps, -1, 0, 0
        if kind == TWIST:
            full += (1 if full > 0 else -1) if full else 1 - 2 * draw(planar, 2)
            continue
        dart = ends[draw(planar, most_ends)] if kind == ATTACH else ways[draw(planar, most_ways)]
        darts[crossed + 1] = dart
        if kind == ATTACH:
            parallel = outgoing[dart] == outgoing[darts[0]]
            return steps, crossed, bits, 2 * full + (0 if parallel else 1)
        bits |= (1 if kind == OVER else 0) << crossed
        crossed += 1
        entry = planar.across[dart]
        visited[planar.face[entry]] = True
    return steps, -1, 0, 0


@compiled
def lay_walked(planar, darts, crossed, bits, half_twists, limits, scratch, rounds):
    """Lays a band in place and simplifies; whether the link may still have disjoint discs and is within the limits."""
    if not attach(planar, darts, bits, crossed, half_twists):
        return False
    components, pairs, _ = linked(planar, scratch)
    if pairs or colourings(planar, scratch[2]) < components:
        return False
    simplify(planar, rounds)
    return planar.counters[OVERFLOW] == 0 and planar.counters[ALIVE] <= limits[SIZE]


@compiled
def record(planar, darts, crossed, bits, half_twists, row):
    """Writes a band into ``row`` in the numbering of the checker; under LEFT stands how many moves were logged before it."""
    row[CROSSED], row[BITS], row[HALF_TWISTS], row[LEFT] = crossed, bits, half_twists, planar.counters[LOGGED]
    for place in range(crossed + 2):
        row[DARTS + place] = named(planar, darts[place])


@compiled
def walk(start, here, weights, limits, budget, rounds, scratch, laid):
    """Walks from ``start`` until circles alone are left, ``budget`` bands are tried or the restarts are spent.

    The log of ``here`` and the rows of ``laid`` tell how the circles were reached.  Returns (bands tried, restarts, bands laid or -1).
    """
    darts = np.zeros(LONGEST + 2, np.int64)
    tried, restarts = 0, 0
    while tried < budget and restarts < limits[RESTARTS]:
        state = here.random[0]
        load(start, here)
        here.random[0] = state
        steps, twists, bands = 0, 0, 0
        while bands < limits[BANDS]:
            steps, crossed, bits, half_twists = walk_band(here, weights, limits, steps, twists, scratch, darts)
            if crossed < 0:
                tried += 1
                break
            record(here, darts, crossed, bits, half_twists, laid[bands])
            bands, tried, twists = bands + 1, tried + 1, twists + abs(half_twists >> 1)
            if not lay_walked(here, darts, crossed, bits, half_twists, limits, scratch, rounds):
                break
            if here.counters[ALIVE] == 0:
                return tried, restarts, bands
        restarts += 1
    return tried, restarts, -1
