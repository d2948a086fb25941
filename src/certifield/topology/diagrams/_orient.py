"""Planar diagram codes without orientation, in which any crossing may begin at either end of its lower strand."""

from collections.abc import Sequence
from itertools import pairwise

from ._planar import Dart, edge_ends, walks_of
from ._reading import refuse
from ._walks import Crossing, Walks


def oriented(crossings: Sequence[Crossing]) -> tuple[Crossing, ...]:
    """The same diagram with crossings turned by two places where they must be for each to begin at its lower incoming edge.

    A component keeps the direction that its lower passes have if they agree.  Otherwise it runs so that its labels increase but for one
    place; where they do not, a knot runs as most of its lower passes say, which makes no difference to what is asked of knots, and a link
    is refused, since its linking numbers would be free.
    """
    ends = edge_ends(crossings)
    walks = _walks(crossings, ends)
    backwards: set[Dart] = set()  # darts at lower ends by which a strand enters where the code says that it leaves
    for walk in walks:
        lower = [slot for _, slot in walk if slot % 2 == 0]
        forward = _direction(walk, [crossings[crossing][slot] for crossing, slot in walk], lower, alone=len(walks) == 1)
        backwards |= {(crossing, slot) for crossing, slot in walk if slot == (2 if forward else 0)}
    turned = {crossing for crossing, _ in backwards}
    return tuple((*row[2:], *row[:2]) if crossing in turned else row for crossing, row in enumerate(crossings))  # type: ignore[misc]


def _walks(crossings: Sequence[Crossing], ends: dict[Dart, Dart]) -> list[list[Dart]]:
    """The components as the darts by which they enter their crossings, in a direction of their own."""
    walks, seen = [], set()
    for start in ((crossing, slot) for crossing in range(len(crossings)) for slot in (0, 1)):
        walk, dart = [], start
        while dart not in seen:
            crossing, slot = dart
            leaving = (crossing, (slot + 2) % 4)
            seen |= {dart, leaving}
            walk.append(dart)
            dart = ends[leaving]
        walks += [walk] if walk else []
    return walks


def _direction(walk: list[Dart], labels: list[int], lower: list[int], *, alone: bool) -> bool:
    """Whether the component runs as it was traced."""
    agreeing = lower.count(0)
    if agreeing in (0, len(lower)):  # a component that is never below is oriented by whoever reads the code
        return agreeing == len(lower)
    ascents = sum(one < two for one, two in pairwise([*labels, labels[0]]))
    if len(labels) > 2 and ascents in (1, len(labels) - 1):
        return ascents > 1
    if alone:
        return 2 * agreeing > len(lower) or (2 * agreeing == len(lower) and walk[0][1] == 0)
    shown = ", ".join(map(str, sorted(labels)[:6])) + (", ..." if len(labels) > 6 else "")
    raise refuse(
        "pd",
        f"a link without orientation: the direction of the component with the labels {shown} is free",
        "a knot, or a link whose labels increase along each component, or whose crossings begin at their lower incoming edge",
        "number the edges along the components, or turn crossings by two places",
    )


def walks_of_unoriented(crossings: Sequence[Crossing]) -> Walks:
    """Walks of a code without any orientation, each component in the direction in which it is met first."""
    ends = edge_ends(crossings)
    turned = {crossing for walk in _walks(crossings, ends) for crossing, slot in walk if slot == 2}
    return walks_of([(*row[2:], *row[:2]) if crossing in turned else row for crossing, row in enumerate(crossings)])  # type: ignore[misc]
