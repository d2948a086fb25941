"""The Jones polynomial by a planar state sum."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import comb

from ..diagrams._diagram import Diagram
from ..diagrams._knot import checked_diagram
from ..diagrams._planar import edge_ends
from ..diagrams._walks import Crossing
from ._laurent import LaurentPolynomial

Matching = tuple[tuple[int, int], ...]  # how the open edges are joined in the part of the diagram that was read
SHIFT = 5  # powers of A multiplied to each crossing, so that no exponent is ever negative: 1 for A^-1, 2 for each of two loops


def jones_polynomial(diagram: Diagram) -> LaurentPolynomial:
    """V(t) with V(unknot) = 1; the right-handed trefoil has t + t^3 - t^4, and the mirror image has 1/t in place of t.

    V = (-A^3)^(-writhe) <D> at t = A^-4 with Kauffman's bracket <D> = A <0> + A^-1 <1> and -A^2 - A^-2 for a further circle (Kauffman,
    Topology 26 (1987) 395), so links of an even number of components have half powers, and the unlink of two has -t^(1/2) - t^(-1/2).
    The crossings are read one by one; a state is a matching of the open edges with a polynomial, so the time grows exponentially
    with the width of the picture (the number of open edges) and not with the crossings.  The empty link has V = 0 here.
    Raises `InputError` for what is no diagram.
    """
    if checked_diagram(diagram).components == 0:
        return LaurentPolynomial()
    exponents = _bracket(diagram.crossings, diagram.circles)
    sign = -1 if diagram.writhe % 2 else 1
    # V counts one circle less than the state sum, which is divided by -A^2 - A^-2 here, from the lowest power up.
    powers = sorted(exponents)
    lowest, quotient = powers[0] + 2, {}
    for power in range(lowest, powers[-1] - 1, 4):
        quotient[power] = -exponents.get(power - 2, 0) - quotient.get(power - 4, 0)
    shifted = {Fraction(-(power - 3 * diagram.writhe), 4): sign * value for power, value in quotient.items() if value}
    first, last = min(shifted), max(shifted)
    return LaurentPolynomial(tuple(shifted.get(first + place, 0) for place in range(int(last - first) + 1)), first)


def _bracket(crossings: Sequence[Crossing], circles: int) -> dict[int, int]:
    """Coefficients of the state sum by powers of A, a factor -A^2 - A^-2 for every circle, the last one included.

    A polynomial is kept as one integer, its value at A = 2^bits with digits wide enough never to meet.
    """
    bits = 3 * len(crossings) + 8
    states: dict[Matching, int] = {(): 1}
    for crossing in _order(crossings):
        following: dict[Matching, int] = {}
        for matching, value in states.items():
            for arcs, power in _smoothings(crossings[crossing]):
                joined, loops = _joined(matching, arcs)
                term = value << (bits * (SHIFT + power))
                for _ in range(loops):
                    term = -(term << (2 * bits)) - (term >> (2 * bits))
                following[joined] = following.get(joined, 0) + term
        states = following
    found: dict[int, int] = {}
    for power, digit in _digits(states.get((), 0), bits):
        for place in range(circles + 1):  # (-A^2 - A^-2)^circles, by the binomial theorem
            at = power - SHIFT * len(crossings) + 4 * place - 2 * circles
            found[at] = found.get(at, 0) + digit * (-1) ** circles * comb(circles, place)
    return found


def _smoothings(crossing: Crossing) -> tuple[tuple[Matching, int], tuple[Matching, int]]:
    """The two ways to join the four edges, with the power of A: +1 joins the regions that the upper strand sweeps counter-clockwise."""
    a, b, c, d = crossing
    return (((a, b), (c, d)), 1), (((a, d), (b, c)), -1)


def _joined(matching: Matching, arcs: Matching) -> tuple[Matching, int]:
    """The matching after adding arcs, and the number of loops that they closed; an edge met for the second time is closed."""
    partner = {one: other for pair in matching for one, other in (pair, pair[::-1])}
    loops = 0
    for one, other in arcs:
        if one == other or partner.get(one) == other:
            loops += 1
            partner.pop(one, None)
            partner.pop(other, None)
            continue
        start, end = partner.pop(one, one), partner.pop(other, other)
        partner[start], partner[end] = end, start
    return tuple(sorted((one, other) for one, other in partner.items() if one < other)), loops


def _order(crossings: Sequence[Crossing]) -> Iterator[int]:
    """Crossings in an order that keeps the number of open edges small: next the one with most edges already open."""
    ends = edge_ends(crossings)
    open_edges = dict.fromkeys(range(len(crossings)), 0)
    while open_edges:
        crossing = max(open_edges, key=lambda number: (open_edges[number], -number))
        del open_edges[crossing]
        yield crossing
        for slot in range(4):
            neighbour = ends[crossing, slot][0]
            if neighbour in open_edges:
                open_edges[neighbour] += 1


def _digits(value: int, bits: int) -> Iterator[tuple[int, int]]:
    """Places and values of the digits, positive or negative, of a number to the base 2^bits."""
    base, place = 1 << bits, 0
    while value:
        digit = (value + base // 2) % base - base // 2
        if digit:
            yield place, digit
        value, place = (value - digit) >> bits, place + 1
