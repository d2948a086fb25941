"""Paths for bands through the faces, one after another, compiled."""

import numpy as np

from ..moves._elementary import compiled, following
from ._attach import LONGEST

LEVEL, CROSSES = range(2)  # places in the state of a walk over all paths


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
def begin(planar, start, crossed, faces):
    """The state from which `advance` goes through the paths: (level and length, darts, entries, cursors, faces visited)."""
    darts, entry, cursor = np.zeros(LONGEST + 2, np.int64), np.zeros(LONGEST + 1, np.int64), np.zeros(LONGEST + 1, np.int64)
    visited = np.zeros(faces, np.int64)
    darts[0], entry[0], cursor[0] = start, start, start
    visited[planar.face[start]] = 1
    return np.array([0, crossed]), darts, entry, cursor, visited


@compiled
def advance(planar, home, distance, shortest, state):
    """Puts the next path that a band may take into the darts of ``state``; False after the last.

    A band is found from the smaller of its two end darts, and both ends are on one component.
    """
    place, darts, entry, cursor, visited = state
    start, crossed, level = darts[0], place[CROSSES], place[LEVEL]
    while level >= 0:
        dart = cursor[level]
        if dart < 0:
            visited[planar.face[entry[level]]] = 0
            level -= 1
            continue
        after = following(planar, dart)
        cursor[level] = -1 if after == entry[level] else after
        if level == crossed:
            if home[dart] == home[start] and dart >= start and not (dart == start and crossed == 0):
                darts[crossed + 1], place[LEVEL] = dart, level
                return True
            continue
        beyond = planar.across[dart]
        face = planar.face[beyond]
        own = level == 0 and (dart == start or beyond == start)  # an edge does not cross itself
        if not (own or visited[face] or (shortest and distance[face] != level + 1)):
            level += 1
            darts[level], entry[level], cursor[level] = dart, beyond, beyond
            visited[face] = 1
    place[LEVEL] = level
    return False
