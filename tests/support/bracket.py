"""The Kauffman bracket of an unoriented diagram, by contraction: what isotopies must keep, computed without knowing any move.

The bracket is a Laurent polynomial in A; here it is its value at one element A of the field with 2^61 - 1 elements, so that it is
an integer and different polynomials agree with probability below 1e-15.  A circle counts delta = -A^2 - A^-2, and a crossing
(a, b, c, d), counter-clockwise from an end of the lower strand, opens to A (a-b, c-d) + A^-1 (a-d, b-c) with A as in `TYPE`.
"""

PRIME = 2**61 - 1
A = 1_234_567_890_123_456_789 % PRIME
INVERSE = pow(A, -1, PRIME)
DELTA = (-A * A - INVERSE * INVERSE) % PRIME
KINK = (-pow(A, 3, PRIME)) % PRIME  # a positive kink multiplies the bracket by -A^3, a negative one by its inverse

Matching = tuple[tuple[int, int], ...]


def bracket(crossings: list[tuple[int, int, int, int]], circles: int = 0) -> int:
    """The bracket, with the empty diagram at 1; ``circles`` are those without crossings."""
    states: dict[Matching, int] = {(): pow(DELTA, circles, PRIME)}
    for a, b, c, d in crossings:
        after: dict[Matching, int] = {}
        for matching, weight in states.items():
            for arcs, factor in ((((a, b), (c, d)), A), (((a, d), (b, c)), INVERSE)):
                joined, loops = _joined(matching, arcs)
                after[joined] = (after.get(joined, 0) + weight * factor * pow(DELTA, loops, PRIME)) % PRIME
        states = after
    assert set(states) == {()}, "a label with one end"
    return states[()]


def jones(crossings: list[tuple[int, int, int, int]], writhe: int, circles: int = 0) -> int:
    """The Jones polynomial at t = A^-4 times delta: (-A^3)^(-writhe) times the bracket."""
    return bracket(crossings, circles) * pow(KINK, -writhe, PRIME) % PRIME


def _joined(matching: Matching, arcs: tuple[tuple[int, int], ...]) -> tuple[Matching, int]:
    ends = dict(matching) | {v: u for u, v in matching}
    loops = 0
    for first, second in arcs:
        if first == second or ends.get(first) == second:
            loops += 1
            ends.pop(first, None)
            ends.pop(second, None)
            continue
        far = [ends.pop(end, end) for end in (first, second)]
        ends[far[0]], ends[far[1]] = far[1], far[0]
    return tuple(sorted((u, v) for u, v in ends.items() if u < v)), loops


def braid_closure(word: list[int], strands: int) -> tuple[list[tuple[int, int, int, int]], int]:
    """The crossings of the closure of a braid whose strands run upwards, and its circles without crossings.

    The crossing of sigma_i is positive: the strand from the left goes over.
    """
    bottom, top = list(range(strands)), list(range(strands))
    crossings, label = [], strands
    for letter in word:
        left = abs(letter) - 1
        south_west, south_east, north_west, north_east = top[left], top[left + 1], label, label + 1
        if letter > 0:  # the lower strand comes from the right
            crossings.append((south_east, north_east, north_west, south_west))
        else:
            crossings.append((south_west, south_east, north_east, north_west))
        top[left], top[left + 1] = label, label + 1
        label += 2
    closed = {above: below for below, above in zip(bottom, top, strict=True) if above != below}
    circles = sum(above == below for below, above in zip(bottom, top, strict=True))
    return [tuple(closed.get(end, end) for end in crossing) for crossing in crossings], circles
