"""A diagram as walks: each component lists the crossings that it passes, above or below, and each crossing has a sign.

This signed Gauss code determines the diagram on the sphere, orientation and chirality included, so every operation on diagrams is
done here and the planar diagram code is written afterwards.
"""

from collections import Counter
from collections.abc import Container, Sequence
from typing import NamedTuple


class Pass(NamedTuple):
    """One passage of a strand through a crossing."""

    crossing: int
    over: bool


Crossing = tuple[int, int, int, int]
Walk = tuple[Pass, ...]


class Walks(NamedTuple):
    """Walks of the components that have crossings, signs of the crossings, and the number of circles without crossings."""

    walks: tuple[Walk, ...]
    signs: tuple[int, ...]
    circles: int = 0


def planar_code(given: Walks) -> tuple[Crossing, ...]:
    """Planar diagram code: the edges are numbered from 0 along the walks, edge k enters pass k.

    Each crossing lists its edges counter-clockwise from the lower incoming one.  The upper strand of a positive crossing comes
    from the left of the lower one: (lower in, upper out, lower out, upper in); at a negative crossing it is the other way round.
    """
    ends: dict[Pass, tuple[int, int]] = {}
    first = 0
    for walk in given.walks:
        for place, one in enumerate(walk):
            ends[one] = (first + place, first + (place + 1) % len(walk))
        first += len(walk)
    code = []
    for crossing, sign in enumerate(given.signs):
        (below, below_next), (above, above_next) = ends[Pass(crossing, False)], ends[Pass(crossing, True)]
        code.append((below, above_next, below_next, above) if sign > 0 else (below, above, below_next, above_next))
    return tuple(code)


def mirrored(given: Walks) -> Walks:
    """Every crossing exchanged, over for under."""
    walks = tuple(tuple(Pass(crossing, not over) for crossing, over in walk) for walk in given.walks)
    return Walks(walks, tuple(-sign for sign in given.signs), given.circles)


def reversed_walks(given: Walks, components: set[int]) -> Walks:
    """The walks numbered in ``components`` backwards; a crossing keeps its sign if both of its strands, or none, are reversed."""
    walks = tuple((walk[0], *walk[:0:-1]) if place in components else walk for place, walk in enumerate(given.walks))
    signs = list(given.signs)
    for place in components & set(range(len(walks))):
        for crossing, _ in walks[place]:
            signs[crossing] = -signs[crossing]
    return Walks(walks, tuple(signs), given.circles)


def kept(given: Walks, components: Sequence[int]) -> Walks:
    """The sublink of the numbered walks, in the order of ``components``; numbers beyond the walks are circles."""
    chosen = [given.walks[place] for place in components if place < len(given.walks)]
    circles = len(components) - len(chosen)
    passes = Counter(crossing for walk in chosen for crossing, _ in walk)
    inner = sorted(crossing for crossing, times in passes.items() if times == 2)
    number = {crossing: place for place, crossing in enumerate(inner)}
    walks = [tuple(Pass(number[crossing], over) for crossing, over in walk if crossing in number) for walk in chosen]
    signs = tuple(given.signs[crossing] for crossing in inner)
    return Walks(tuple(walk for walk in walks if walk), signs, circles + sum(not walk for walk in walks))


def without(given: Walks, gone: Container[int]) -> Walks:
    """The walks with some crossings left out."""
    number = {crossing: place for place, crossing in enumerate(one for one in range(len(given.signs)) if one not in gone)}
    walks = [tuple(Pass(number[crossing], over) for crossing, over in walk if crossing in number) for walk in given.walks]
    signs = tuple(given.signs[crossing] for crossing in number)
    return Walks(tuple(walk for walk in walks if walk), signs, given.circles + sum(not walk for walk in walks))


def side_by_side(first: Walks, second: Walks) -> Walks:
    """The split union: nothing of one crosses anything of the other."""
    shift = len(first.signs)
    moved = tuple(tuple(Pass(crossing + shift, over) for crossing, over in walk) for walk in second.walks)
    return Walks(first.walks + moved, first.signs + second.signs, first.circles + second.circles)


def summed(first: Walks, second: Walks, at: int, other_at: int) -> Walks:
    """The connected sum of component ``at`` of the first with component ``other_at`` of the second, which takes the place of ``at``."""
    if at >= len(first.walks):  # a circle is the neutral element: the component of the second link remains
        return side_by_side(first._replace(circles=first.circles - 1), second)
    if other_at >= len(second.walks):
        return side_by_side(first, second._replace(circles=second.circles - 1))
    both = side_by_side(first, second)
    walks = list(both.walks)
    joined = walks.pop(len(first.walks) + other_at)
    walks[at] = walks[at] + joined
    return both._replace(walks=tuple(walks))
