"""Every band that leaves a given edge and crosses a given number of strands, compiled."""

import numpy as np

from ..moves._components import label_components
from ..moves._elementary import compiled, following
from ..moves._map import ALIVE
from ..moves._passes import number_faces
from ._attach import CIRCLES_ALONE, LONGEST, NOTHING, lay_untwisted

# Columns of a finding: strands crossed, bits, half twists, crossings left, then the darts.
CROSSED, BITS, HALF_TWISTS, LEFT, DARTS = range(5)
COLUMNS = DARTS + LONGEST + 2


@compiled
def face_distances(planar, start, faces):
    """Distances of all faces from that of ``start``, each step across one edge."""
    distance = np.full(faces, -1, np.int64)
    queue = np.zeros(faces, np.int64)
    distance[planar.face[start]], queue[0], head, tail = 0, start, 0, 1
    while head < tail:
        dart = queue[head]
        head += 1
        current = dart
        while True:
            beyond = planar.across[current]
            if distance[planar.face[beyond]] < 0:
                distance[planar.face[beyond]] = distance[planar.face[dart]] + 1
                queue[tail] = beyond
                tail += 1
            current = following(planar, current)
            if current == dart:
                break
    return distance


@compiled
def bands_from(parent, child, start, crossed, shortest, rounds, scratch, findings):
    """Lays all bands that leave the edge of ``start`` and cross so many strands, along simple or along ``shortest`` paths.

    A band is found from the smaller of its two end darts.  ``findings`` takes a row for each that may lead to a disc.
    Returns (bands tried, rows, whether the last row led to circles alone, when the search stopped).
    """
    faces = number_faces(parent)
    distance = face_distances(parent, start, faces)
    home, outgoing = np.empty_like(scratch[0]), np.empty_like(scratch[0])
    label_components(parent, home, outgoing)
    darts, entry, cursor = np.zeros(LONGEST + 2, np.int64), np.zeros(LONGEST + 1, np.int64), np.zeros(LONGEST + 1, np.int64)
    visited = np.zeros(faces, np.int64)
    darts[0], entry[0], cursor[0], level, rows, tried = start, start, start, 0, 0, 0
    visited[parent.face[start]] = 1
    while level >= 0:
        dart = cursor[level]
        if dart < 0:
            visited[parent.face[entry[level]]] = 0
            level -= 1
            continue
        advance = following(parent, dart)
        cursor[level] = -1 if advance == entry[level] else advance
        if level < crossed:
            beyond = parent.across[dart]
            face = parent.face[beyond]
            own = level == 0 and (dart == start or beyond == start)  # an edge does not cross itself
            if not (own or visited[face] or (shortest and distance[face] != level + 1)):
                level += 1
                darts[level], entry[level], cursor[level] = dart, beyond, beyond
                visited[face] = 1
            continue
        if home[dart] != home[start] or dart < start or (dart == start and crossed == 0):
            continue
        darts[crossed + 1] = dart
        for bits in range(1 << crossed):
            tried += 1
            parallel = outgoing[dart] == outgoing[start]
            verdict, half_twists = lay_untwisted(parent, child, darts, bits, crossed, parallel, scratch, rounds)
            if verdict == NOTHING:
                continue
            if rows < findings.shape[0]:
                findings[rows, CROSSED], findings[rows, BITS] = crossed, bits
                findings[rows, HALF_TWISTS], findings[rows, LEFT] = half_twists, child.count[ALIVE]
                findings[rows, DARTS : DARTS + crossed + 2] = darts[: crossed + 2]
                rows += 1
            if verdict == CIRCLES_ALONE:
                return tried, rows, True
    return tried, rows, False
