"""Fans inside one of the three cones that the first blow-up of a face leaves, with the orders of events on its inner edges.

The cone has the corners u, w and the centre c = (1, 1, 1) of the face.  Its edge (u, w) stays; its edges (u, c) and (w, c) are shared with
the other two cones, and up to height 6 each is blown up in a chain: between u and the last ray.  So what the cone shares with the others
is a word: the order in which its two chains grow.  One fan may come about with several words.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from itertools import combinations

Ray = tuple[int, ...]
Cone = frozenset[Ray]
Fan = frozenset[Cone]
Words = frozenset[str]

FIRST, SECOND, CENTRE = (1, 0, 0), (0, 1, 0), (1, 1, 1)


@cache
def fans_of_a_cone(height: int) -> tuple[tuple[Fan, Words], ...]:
    """All fans that sequences of blow-ups up to a height leave in the cone of u, w and c, with all words of "0" (u, c) and "1" (w, c)."""
    found: dict[Fan, set[str]] = {}
    level: dict[Fan, set[str]] = {frozenset([frozenset([FIRST, SECOND, CENTRE])]): {""}}
    while level:
        found |= level
        following: dict[Fan, set[str]] = defaultdict(set)
        for fan, words in level.items():
            for finer, event in _blown_up(fan, height):
                following[finer] |= {word + event for word in words}
        level = following
    return tuple((fan, frozenset(words)) for fan, words in found.items())


def _blown_up(fan: Fan, height: int) -> Iterable[tuple[Fan, str]]:
    """All blow-ups of cones and edges, with the letter of the chain that they make longer, if any."""
    around: dict[tuple[Ray, ...], list[Cone]] = defaultdict(list)
    for cone in fan:
        yield from _star(fan, cone, [cone], height, "")
        for edge in combinations(sorted(cone), 2):
            around[edge].append(cone)
    for edge, cones in around.items():
        if len(cones) == 2:
            yield from _star(fan, frozenset(edge), cones, height, "")
        elif set(edge) != {FIRST, SECOND}:
            yield from _star(fan, frozenset(edge), cones, height, "0" if all(b == c for _, b, c in edge) else "1")


def _star(fan: Fan, part: Cone, cones: list[Cone], height: int, event: str) -> Iterable[tuple[Fan, str]]:
    """The star subdivision at the sum of the rays of a part, which these cones hold."""
    ray = tuple(map(sum, zip(*part, strict=True)))
    if sum(ray) <= height:
        yield fan - set(cones) | {cone - {old} | {ray} for cone in cones for old in part}, event


def inner_rays(fan: Fan) -> frozenset[Ray]:
    """The rays that are in the fan, and neither corners nor on the two chains."""
    rays = frozenset(ray for cone in fan for ray in cone)
    return frozenset(ray for ray in rays if 0 not in ray and not (ray[0] == ray[2] or ray[1] == ray[2]))


def words_of(first: int, second: int) -> list[str]:
    """All words with so many letters of each kind."""
    if not first or not second:
        return ["0" * first + "1" * second]
    return ["0" + word for word in words_of(first - 1, second)] + ["1" + word for word in words_of(first, second - 1)]
