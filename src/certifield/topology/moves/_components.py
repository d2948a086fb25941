"""Components of a `PlanarMap`, their linking numbers, and the nullity of the link."""

import numpy as np

from ._elementary import compiled, turned
from ._passes import onward

PRIME = 2**31 - 1


@compiled
def label_components(planar, home, outgoing):
    """Numbers the components: ``home`` and ``outgoing`` of each dart, the latter +1 where the walk leaves by it; how many there are."""
    home[:] = -1
    number = 0
    for start in range(planar.across.shape[0]):
        if planar.across[start] < 0 or home[start] >= 0:
            continue
        dart = start
        while home[dart] < 0:
            home[dart], outgoing[dart] = number, 1
            arrival = planar.across[dart]
            home[arrival], outgoing[arrival] = number, -1
            dart = turned(arrival, 2)
        number += 1
    return number


@compiled
def doubled_linking(planar, home, outgoing, doubled):
    """Twice the linking numbers of the components, into the square array ``doubled``."""
    doubled[:] = 0
    for slot in range(planar.name.shape[0]):
        if planar.across[4 * slot] < 0:
            continue
        one, two = home[4 * slot], home[4 * slot + 1]
        if one != two:
            sign = outgoing[4 * slot + 2] * outgoing[4 * slot + 1]
            doubled[one, two] += sign
            doubled[two, one] += sign


@compiled
def number_arcs(planar, arc):
    """Numbers the arcs, which go from one lower end to the next: ``arc`` of each dart; how many there are."""
    arc[:] = -1
    number = 0
    for start in range(planar.across.shape[0]):
        if start & 1 or planar.across[start] < 0 or arc[start] >= 0:
            continue
        dart = start
        while True:
            arrival = planar.across[dart]
            arc[dart] = arc[arrival] = number
            if arrival & 1 == 0:
                break
            dart = turned(arrival, 2)
        number += 1
    for start in range(planar.across.shape[0]):
        if planar.across[start] >= 0 and arc[start] < 0:  # a component that is never below
            dart = start
            while arc[dart] < 0:
                arc[dart] = arc[planar.across[dart]] = number
                dart = onward(planar, dart)
            number += 1
    return number


@compiled
def colourings(planar, arc):
    """The dimension of the colourings 2 above = below + below modulo a large prime.

    It is at least the nullity over the rationals plus 1, and a link whose components bound disjoint discs in the ball has as many
    independent colourings as components.
    """
    arcs = number_arcs(planar, arc)
    rows = np.zeros((arcs + 1, arcs), np.int64)
    row = 0
    rank = 0
    pivots = np.full(arcs, -1, np.int64)
    for slot in range(planar.name.shape[0]):
        if planar.across[4 * slot] < 0:
            continue
        line = rows[row]
        line[:] = 0
        line[arc[4 * slot + 1]] += 2
        line[arc[4 * slot]] -= 1
        line[arc[4 * slot + 2]] -= 1
        for column in range(arcs):
            value = line[column] % PRIME
            line[column] = value
            if value == 0 or pivots[column] < 0:
                continue
            pivot = rows[pivots[column]]
            for further in range(column, arcs):
                line[further] = (line[further] - value * pivot[further]) % PRIME
        lead = 0
        while lead < arcs and line[lead] == 0:
            lead += 1
        if lead < arcs:
            inverse = power(line[lead], PRIME - 2)
            for further in range(lead, arcs):
                line[further] = line[further] * inverse % PRIME
            pivots[lead] = row
            row += 1
            rank += 1
    return arcs - rank


@compiled
def power(base, exponent):
    """``base`` to the ``exponent`` modulo the prime."""
    result = 1
    while exponent:
        if exponent & 1:
            result = result * base % PRIME
        base = base * base % PRIME
        exponent >>= 1
    return result
