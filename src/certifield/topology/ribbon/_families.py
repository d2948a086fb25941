"""Ribbon knots made on purpose: sums with the mirror image, symmetric unions, and scrambled diagrams of them."""

import random
from collections.abc import Sequence

import numpy as np

from ..diagrams import Diagram
from ..diagrams._knot import checked_diagram, checked_knot
from ..diagrams._reading import integers, refuse, seed_of
from ..moves._elementary import add_kink, following, push
from ..moves._map import ALIVE, PlanarMap, diagram_of, map_of
from ..moves._passes import draw
from ..moves._simplify import shake

MOST_CROSSINGS = 2000
MIRRORED = (2, 1, 0, 3)  # place in the mirrored crossing of each place in a crossing


def scrambled(diagram: Diagram, crossings: int, *, seed: int = 0) -> Diagram:
    """Another diagram of the same link, by random Reidemeister moves until it has so many ``crossings``.

    Raises `InputError` for what is no diagram, the empty link, and more than 2000 crossings.

    >>> from certifield.topology import Diagram
    >>> len(scrambled(Diagram.from_braid([1, 1, 1]), 20).crossings) >= 20
    True
    """
    crossings, seed = integers("crossings", [crossings])[0], seed_of(seed)
    if crossings > MOST_CROSSINGS:
        raise refuse("crossings", crossings, f"at most {MOST_CROSSINGS}", "scramble less")
    if checked_diagram(diagram).components == 0:
        raise refuse("diagram", diagram, "a link of one component at least", "the unknot is Diagram(circles=1)")
    if crossings <= len(diagram.crossings):
        return diagram
    planar = map_of(diagram, room=2 * crossings + 40, seed=seed)
    if not diagram.crossings:
        add_kink(planar, -1, 1)
    while planar.counters[ALIVE] < crossings:
        dart = draw(planar, len(planar.across))
        if planar.across[dart] >= 0 and draw(planar, 3) == 0:
            add_kink(planar, dart, draw(planar, 2))
        else:
            shake(planar, 1, 100)
    return diagram_of(planar)


def mirror_sum(diagram: Diagram, *, scramble: int = 0, seed: int = 0) -> Diagram:
    """K # -K, the sum of a knot and its mirror image, which is ribbon; scrambled to ``scramble`` crossings.

    The diagram is symmetric in a line before it is scrambled; the edge along which the summands are joined depends on ``seed``.
    Raises `InputError` for a link.

    >>> from certifield.topology import Diagram, determinant
    >>> determinant(mirror_sum(Diagram.from_braid([1, 1, 1])))
    9
    """
    return symmetric_union(diagram, (), scramble=scramble, seed=seed)


def symmetric_union(diagram: Diagram, twists: Sequence[int] = (1,), *, scramble: int = 0, seed: int = 0) -> Diagram:
    """A symmetric union of Kinoshita and Terasaka, which is ribbon: K # -K with full twists between mirrored edges.

    Each entry of ``twists`` adds so many full twists, of that sign, between an edge and its mirror image, at the axis; where, depends on
    ``seed``.  The Alexander polynomial stays that of K # -K.  The diagram is then scrambled to ``scramble`` crossings.
    Raises `InputError` for a link, and for more twists than there are edges for.
    """
    checked_knot(diagram)
    twists, seed = integers("twists", twists), seed_of(seed)
    if 2 * sum(map(abs, twists)) > MOST_CROSSINGS:
        raise refuse("twists", twists, f"at most {MOST_CROSSINGS // 2} full twists", "twist less")
    if not diagram.crossings:
        return scrambled(diagram, scramble, seed=seed)
    rng = random.Random(seed)
    joined = rng.choice(sorted({label for crossing in diagram.crossings for label in crossing}))
    planar = map_of(symmetric_sum(diagram, joined), room=2 * sum(map(abs, twists)))
    for number in twists:
        sites = axis_sites(planar, len(diagram.crossings))
        if not sites:
            raise refuse(
                "twists", list(twists), "fewer entries: no edge at the axis is left", "a diagram with more crossings has more edges"
            )
        dart = rng.choice(sites)
        add_twists(planar, dart, mirror_partner(planar, dart, len(diagram.crossings)), number)
    return scrambled(diagram_of(planar), scramble, seed=seed)


def symmetric_sum(diagram: Diagram, joined: int) -> Diagram:
    """K # -K: the diagram and its reflection in a line, reversed, with the edge ``joined`` of both cut and joined across the line."""
    count = len(diagram.crossings)
    names: dict[tuple[int, int], object] = {}
    ends = [(number, place) for number, crossing in enumerate(diagram.crossings) for place, label in enumerate(crossing) if label == joined]
    for number, crossing in enumerate(diagram.crossings):
        for place, label in enumerate(crossing):
            names[number, place], names[number + count, MIRRORED[place]] = (label, "left"), (label, "right")
    for end in ends:  # the two ends of the edge that was cut, each joined to its reflection
        names[end] = names[end[0] + count, MIRRORED[end[1]]] = (joined, end)
    number_of = {name: number for number, name in enumerate(dict.fromkeys(names.values()))}
    return Diagram.from_pd([[number_of[names[crossing, place]] for place in range(4)] for crossing in range(2 * count)])


def mirror_partner(planar: PlanarMap, dart: int, count: int) -> int:
    """The dart along the mirror image of an edge of the left half that has the mirror image of the face of ``dart`` on its left."""
    return int(planar.across[4 * ((dart >> 2) + count) + MIRRORED[dart & 3]])


def axis_sites(planar: PlanarMap, count: int) -> list[int]:
    """Darts between crossings of the left half that share a face with their mirror partners."""
    sites = []
    for dart in range(4 * count):
        if planar.across[dart] >> 2 < count:
            partner, current = mirror_partner(planar, dart, count), following(planar, dart)
            while current not in (dart, partner):
                current = following(planar, current)
            if current == partner:
                sites.append(dart)
    return sites


def add_twists(planar: PlanarMap, dart: int, other: int, number: int) -> None:
    """Twists the edges of two darts of one face around each other, |number| full turns: each a push with one of its crossings changed."""
    for _ in range(abs(number)):
        north = push(planar, dart, other, int(number > 0))
        change(planar, int(north) >> 2)
        other = following(planar, dart)


def change(planar: PlanarMap, slot: int) -> None:
    """Changes a crossing: the lower strand becomes the upper one."""
    darts = np.arange(4 * slot, 4 * slot + 4)
    renamed = {int(dart): 4 * slot + ((int(dart) + 1) & 3) for dart in darts}
    far = {int(dart): int(planar.across[dart]) for dart in darts}
    for dart, end in far.items():
        planar.across[renamed[dart]], planar.across[renamed.get(end, end)] = renamed.get(end, end), renamed[dart]
