"""The bands of a link that score best, and what comes of laying them, compiled."""

import heapq

import numpy as np

from ...moves._components import label_components
from ...moves._elementary import compiled
from ...moves._map import ALIVE
from ...moves._passes import number_faces
from .._attach import CIRCLES_ALONE, NOTHING, lay_untwisted
from .._enumerate import BITS, CROSSED, DARTS, HALF_TWISTS, write_finding
from .._paths import advance, begin, face_distances


@compiled
def score(planar, darts, bits, crossed, ends, over, under, length):
    """The score of a band, from both its ends alike."""
    first, last = darts[0], darts[crossed + 1]
    total = np.float64(ends[first, last]) + np.float64(length[crossed])
    for place in range(crossed):
        table = over if (bits >> place) & 1 else under
        dart = darts[place + 1]
        total += table[first, dart]  # one after the other, in double precision
        total += table[last, planar.across[dart]]
    return total


@compiled
def best_bands(planar, longest, simple, ends, over, under, length, ranked):
    """Fills the rows of ``ranked`` with the bands of highest score, best first; how many there are.

    Bands cross at most ``longest`` strands, more than ``simple`` only along shortest paths.  The column of half twists holds their parity.
    """
    faces = number_faces(planar)
    home, outgoing = np.zeros_like(planar.across), np.zeros_like(planar.across)
    label_components(planar, home, outgoing)
    room, heap = ranked.shape[0], [(0.0, 0)][:0]
    for start in range(planar.across.shape[0]):
        distance = face_distances(planar, start, faces)
        for crossed in range(longest + 1):
            state = begin(planar, start, crossed, faces)
            darts = state[1]
            while advance(planar, home, distance, crossed > simple, state):
                for bits in range(1 << crossed):
                    points = score(planar, darts, bits, crossed, ends, over, under, length)
                    if len(heap) == room and points <= heap[0][0]:
                        continue
                    row = heapq.heappop(heap)[1] if len(heap) == room else len(heap)
                    heapq.heappush(heap, (points, row))
                    odd = 0 if outgoing[darts[crossed + 1]] == outgoing[start] else 1
                    write_finding(ranked[row], darts, crossed, bits, odd, 0)
    order, count = ranked.copy(), len(heap)
    for place in range(count - 1, -1, -1):
        ranked[place] = order[heapq.heappop(heap)[1]]
    return count


@compiled
def lay_ranked(parent, child, ranked, begin_row, end_row, rounds, scratch, findings):
    """Lays bands of the list one after another: (bands tried, rows of findings, whether the last led to circles alone)."""
    rows = 0
    for place in range(begin_row, end_row):
        band = ranked[place]
        crossed, darts = band[CROSSED], band[DARTS:]
        verdict, half_twists = lay_untwisted(parent, child, darts, band[BITS], crossed, band[HALF_TWISTS] == 0, scratch, rounds)
        if verdict == NOTHING:
            continue
        write_finding(findings[rows], darts, crossed, band[BITS], half_twists, child.counters[ALIVE])
        rows += 1
        if verdict == CIRCLES_ALONE:
            return place - begin_row + 1, rows, True
    return end_row - begin_row, rows, False
