"""A number that depends on the unoriented diagram on the sphere alone, mirror images told apart."""

import numpy as np

from ._elementary import compiled, turned


@compiled
def fingerprint(planar, order, queue):
    """A hash of 64 bits: for each piece the least code over all ways of reading it, combined over pieces and circles.

    ``order`` and ``queue`` are scratch arrays with an entry for each slot and each dart.
    """
    slots = planar.name.shape[0]
    piece = np.full(slots, -1, np.int64)
    total = np.uint64(planar.counters[0]) * np.uint64(0x9E3779B97F4A7C15)
    for slot in range(slots):
        if planar.across[4 * slot] < 0 or piece[slot] >= 0:
            continue
        least = np.uint64(0xFFFFFFFFFFFFFFFF)
        size = read_piece(planar, 4 * slot, order, queue)[1]
        members = np.empty(size, np.int64)
        for place in range(size):
            members[place] = queue[place] >> 2
            piece[members[place]] = slot
        for place in range(size):
            for turn in range(4):
                code = read_piece(planar, 4 * members[place] + turn, order, queue)[0]
                least = min(least, code)
        total += least * (least | np.uint64(1))
    return total


@compiled
def read_piece(planar, start, order, queue):
    """Hash of the piece as it is read from ``start``, crossing after crossing counter-clockwise, and its number of crossings."""
    order[:] = -1
    queue[0], order[start >> 2] = start, 0
    head, tail = 0, 1
    code = np.uint64(0xCBF29CE484222325)
    while head < tail:
        entry = queue[head]
        head += 1
        for place in range(4):
            dart = turned(entry, place)
            other = planar.across[dart]
            crossing = other >> 2
            if order[crossing] < 0:
                order[crossing] = tail
                queue[tail] = other
                tail += 1
            number = order[crossing]
            offset = (other - queue[number]) & 3
            code = (code ^ np.uint64(8 * number + 2 * offset + (dart & 1))) * np.uint64(0x100000001B3)
            code ^= code >> np.uint64(29)
    return code, tail
